//! Importing orders: preview, its rows, and the one transaction that writes them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{ImportDone, ImportRow, ImportRows, LineKind, MatchHow, OrderStage, Verdict},
    deadline::deadline,
    order_draft::OrderDraft,
    orders_import::OrderFile,
};

pub use super::order_plan::OrderPlan;
use super::{
    facts::{self, FactKind, NewFact},
    lines::short,
    mappings::{self, Mapping},
    order_load,
    order_plan::{self, PlanOrder},
    orders::not_free,
    unit_rows, words,
};
use crate::{Actor, Op, Store, Tx};

/// Orders written at a time.
const CHUNK: usize = 4_000;

/// Judges a file's orders and looks up their units; writes nothing.
///
/// # Errors
/// Store errors only; what is wrong with a row is in its verdict.
pub async fn preview(store: &Store, file: OrderFile) -> AppResult<OrderPlan> {
    let mut conn = store.read().await?;
    order_plan::judge(&mut conn, file.orders, file.refused).await
}

/// Which judged rows to show.
#[derive(Debug, Clone, Default)]
pub struct RowFilter {
    /// Empty shows all.
    pub verdicts: Vec<Verdict>,
    /// Only rows whose line still needs a unit.
    pub unmatched: bool,
    /// Row number to start behind.
    pub after: u32,
    pub limit: u32,
}

/// Judged rows behind `after`, in file order. Receivers are never in them.
///
/// # Errors
/// Store errors only.
pub async fn rows(store: &Store, plan: &OrderPlan, filter: &RowFilter) -> AppResult<ImportRows> {
    let mut conn = store.read().await?;
    let limit = filter.limit.clamp(1, 500) as usize;
    let from = plan.rows.partition_point(|(row, _)| *row <= filter.after);
    let shown = |(row, place): &&(u32, u32)| {
        let (verdict, unmatched) =
            plan.at(*place).map_or((Verdict::Refused, false), |o| (o.row_verdict(*row), o.row_unmatched(*row)));
        (filter.verdicts.is_empty() || filter.verdicts.contains(&verdict)) && (!filter.unmatched || unmatched)
    };
    let mut found: Vec<(u32, u32)> = plan.rows[from..].iter().filter(shown).take(limit + 1).copied().collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let hours = crate::derive::ship_hours(&mut conn).await?;
    let now = store.env().now();
    let mut rows: Vec<ImportRow> = Vec::with_capacity(found.len());
    for (row, place) in found {
        rows.push(match plan.at(place) {
            Ok(order) => judged_row(&mut conn, now, order, row, &hours).await?,
            Err(refused) => refused.map_or_else(
                || blank_row(row),
                |r| ImportRow {
                    error: Some(r.error.clone()),
                    key: r.key.clone(),
                    title: r.title.clone(),
                    ..blank_row(row)
                },
            ),
        });
    }
    Ok(ImportRows { rows, more })
}

fn blank_row(row: u32) -> ImportRow {
    ImportRow {
        row,
        verdict: Verdict::Refused,
        error: None,
        notes: Vec::new(),
        changes: Vec::new(),
        key: String::new(),
        title: String::new(),
        status: String::new(),
        price: None,
        deadline: None,
        unit: None,
        how: None,
        candidates: Vec::new(),
    }
}

async fn judged_row(
    conn: &mut SqliteConnection,
    now: stall_core::Ms,
    order: &PlanOrder,
    row: u32,
    hours: &BTreeMap<String, u32>,
) -> AppResult<ImportRow> {
    let draft = &order.draft;
    let mut out = blank_row(row);
    out.verdict = order.row_verdict(row);
    out.error.clone_from(&order.error);
    out.key.clone_from(&draft.order_no);
    out.status =
        if draft.from.status_text.is_empty() { words::name(&draft.status) } else { draft.from.status_text.clone() };
    out.price = draft.paid;
    let left = matches!(order.stage, OrderStage::Shipped | OrderStage::Done | OrderStage::Closed);
    let hours = hours.get(&draft.platform).copied().unwrap_or(crate::derive::SHIP_HOURS);
    out.deadline = deadline(draft.ship_deadline, draft.paid_at, hours).filter(|_| !left).map(|d| d.at);
    // What concerns the whole order stands on its first row.
    if draft.lines.iter().map(|l| l.row).find(|r| *r > 0) == Some(row) {
        out.notes.clone_from(&order.notes);
        out.changes.clone_from(&order.changes);
    }
    let mut titles: Vec<&str> = Vec::new();
    let (mut unit, mut candidates) = (None, Vec::new());
    for (i, line) in order.row_lines(row) {
        titles.extend(draft.lines.get(i).map(|l| l.title.as_str()));
        out.notes.extend(line.notes.iter().cloned());
        unit = unit.or(line.unit);
        out.how = out.how.or(line.how);
        if candidates.is_empty() && line.unit.is_none() {
            candidates.clone_from(&line.candidates);
        }
    }
    out.title = titles.join("；");
    let ids: Vec<Id> = unit.into_iter().chain(candidates.iter().copied()).collect();
    let mut units = unit_rows(conn, now, &ids).await?;
    if unit.is_some() && !units.is_empty() {
        out.unit = Some(units.remove(0));
    }
    out.candidates = units;
    Ok(out)
}

/// What a person decided on a preview.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Rows left out; an order is left out whole.
    pub skip: Vec<u32>,
    /// Row -> unit chosen by hand.
    pub choose: BTreeMap<u32, Id>,
    /// Headers and mapping to remember with the import.
    pub remember: Option<(Vec<String>, Mapping)>,
}

/// Progress of a long import, and the wish to stop it.
#[derive(Debug, Default)]
pub struct Watch {
    /// Orders written so far.
    pub done: AtomicU32,
    pub cancel: AtomicBool,
}

impl Watch {
    pub(super) fn step(&self, n: usize) -> AppResult<()> {
        self.done.fetch_add(u32::try_from(n).unwrap_or(0), Ordering::Relaxed);
        if self.cancel.load(Ordering::Relaxed) { Err(ErrorCode::Cancelled.into()) } else { Ok(()) }
    }
}

/// Writes a judged file: all of it or, on an error or a cancel, nothing; one undo step.
///
/// When anything was written since the preview, the file is judged again inside the transaction.
///
/// # Errors
/// `Cancelled`; for a unit chosen by hand `BadInput {row}`, `LineTaken {row}`, `OrderClosed {order_no, row}`,
/// `UnitTaken {stock_no, order_no, row}`, `UnitNotInStock {stock_no, row}`.
pub async fn apply(
    store: &Store,
    actor: &Actor,
    plan: OrderPlan,
    choices: &Choices,
    watch: &Watch,
) -> AppResult<ImportDone> {
    let out = store
        .transact(Op::ImportOrders, actor, async |tx: &mut Tx<'_>| {
            let rseq = sqlx::query_scalar!(r#"SELECT coalesce(max(rseq), 0) AS "n!: i64" FROM change_groups"#)
                .fetch_one(tx.conn())
                .await?;
            let mut plan = plan;
            if plan.rseq != rseq {
                let drafts = plan.orders.into_iter().map(|o| o.draft).collect();
                plan = order_plan::judge(tx.conn(), drafts, plan.refused).await?;
            }
            write(tx, plan, choices, watch).await
        })
        .await?;
    Ok(out.value)
}

async fn write(tx: &mut Tx<'_>, mut plan: OrderPlan, choices: &Choices, watch: &Watch) -> AppResult<ImportDone> {
    let skip: HashSet<u32> = choices.skip.iter().copied().collect();
    let skipped: HashSet<u32> = plan
        .rows
        .iter()
        .filter(|(row, place)| skip.contains(row) && plan.at(*place).is_ok_and(|o| o.error.is_none()))
        .map(|(_, place)| *place)
        .collect();
    let kept = |i: usize| u32::try_from(i).is_ok_and(|i| !skipped.contains(&i));
    choose(tx, &mut plan, choices, &kept).await?;
    free_only_what_is_kept(&mut plan, &kept);

    let done = count(&plan, &skipped);
    let mut done = ImportDone { matched: 0, ..done };
    let mut written = 0usize;
    let mut only = None;
    // By id, for the tables are kept by it: in the file's order every row would land on another page.
    let mut by_id: Vec<usize> = (0..plan.orders.len()).collect();
    by_id.sort_unstable_by_key(|i| plan.orders[*i].draft.id);
    for chunk in by_id.chunks(CHUNK) {
        let orders: Vec<&PlanOrder> = chunk.iter().filter(|i| kept(**i)).map(|i| &plan.orders[*i]).collect();
        let orders: Vec<&PlanOrder> = orders.into_iter().filter(|o| o.error.is_none()).collect();
        let drafts: Vec<&OrderDraft> = orders.iter().filter(|o| o.writes_columns()).map(|o| &o.draft).collect();
        if !drafts.is_empty() {
            order_load::write(tx, &drafts).await?;
        }
        let void: Vec<Id> = orders.iter().flat_map(|o| o.void.iter().copied()).collect();
        facts::void_many(tx, &void).await?;
        let assigned = assignments(&orders);
        facts::add_many(tx, &assigned).await?;
        done.matched += u32::try_from(assigned.len()).unwrap_or(0);
        for o in orders.iter().filter(|o| o.writes_columns() || !o.void.is_empty() || o.lines.iter().any(|l| l.assign))
        {
            written += 1;
            only = Some(short(&o.draft.order_no).to_owned());
        }
        watch.step(chunk.len())?;
    }
    match (written, only) {
        (0, _) => return Ok(done),
        (1, Some(what)) => tx.say("what", what),
        (n, _) => tx.say("n", n),
    }
    if let Some((headers, mapping)) = &choices.remember {
        mappings::put(tx, "orders", headers, mapping).await?;
    }
    Ok(done)
}

impl PlanOrder {
    /// A line whose kind a choice by hand changed is a change too, even of an order that is the same otherwise.
    fn writes_columns(&self) -> bool {
        matches!(self.verdict, Verdict::New | Verdict::Changed)
    }
}

fn assignments(orders: &[&PlanOrder]) -> Vec<NewFact> {
    let mut out = Vec::new();
    for o in orders {
        for (plan, line) in o.lines.iter().zip(&o.draft.lines) {
            if let (true, Some(unit)) = (plan.assign, plan.unit) {
                let how = plan.how.map(|h| words::name(&h)).unwrap_or_default();
                out.push(NewFact::of(FactKind::Assigned).unit(unit).order(o.draft.id).line(line.id).with("how", how));
            }
        }
    }
    out
}

/// Puts the units chosen by hand on their lines; a choice takes its unit from a line that was to get it by its number.
async fn choose(
    tx: &mut Tx<'_>,
    plan: &mut OrderPlan,
    choices: &Choices,
    kept: &impl Fn(usize) -> bool,
) -> AppResult<()> {
    if choices.choose.is_empty() {
        return Ok(());
    }
    let freed: HashSet<Id> =
        plan.orders.iter().enumerate().filter(|(i, _)| kept(*i)).flat_map(|(_, o)| o.freed.iter().copied()).collect();
    let mut picked = BTreeSet::new();
    for (row, unit) in &choices.choose {
        let bad = || AppError::new(ErrorCode::BadInput).arg("field", "choose").arg("row", row);
        let at = plan.rows.partition_point(|(r, _)| r < row);
        let place = plan.rows.get(at).filter(|(r, _)| r == row).ok_or_else(bad)?.1 as usize;
        if !kept(place) {
            continue;
        }
        let order = plan.orders.get(place).filter(|o| o.error.is_none()).ok_or_else(bad)?;
        if order.stage == OrderStage::Closed {
            return Err(super::lines::refused(ErrorCode::OrderClosed, &order.draft.order_no).arg("row", row));
        }
        let free = |l: &&(usize, &order_plan::PlanLine)| l.1.how != Some(MatchHow::Already);
        let lines: Vec<_> = order.row_lines(*row).collect();
        let line = lines
            .iter()
            .filter(free)
            .min_by_key(|(_, l)| (l.candidates.is_empty(), !l.wants, l.unit.is_some()))
            .ok_or_else(|| AppError::new(ErrorCode::LineTaken).arg("row", row).arg("order_no", &order.draft.order_no))?
            .0;
        if !freed.contains(unit) {
            on_shelf(tx, *unit).await.map_err(|e| e.arg("row", row))?;
            if let Some(error) = super::erasures::hold(tx.conn(), *unit).await? {
                return Err(error.arg("row", row));
            }
        }
        if !picked.insert(*unit) {
            let stock_no = unit_stock_no(tx, *unit).await?;
            let error = super::lines::refused(ErrorCode::UnitTaken, &order.draft.order_no);
            return Err(error.arg("stock_no", stock_no).arg("row", row));
        }
        for other in plan.orders.iter_mut().flat_map(|o| &mut o.lines).filter(|l| l.assign && l.unit == Some(*unit)) {
            (other.unit, other.how, other.assign) = (None, None, false);
        }
        let order = &mut plan.orders[place];
        if let Some(l) = order.lines.get_mut(line) {
            (l.unit, l.how, l.assign) = (Some(*unit), Some(MatchHow::ByHand), true);
        }
        if let Some(l) = order.draft.lines.get_mut(line).filter(|l| l.kind == LineKind::Accessory) {
            l.kind = LineKind::Unit;
            if order.verdict == Verdict::Same {
                order.verdict = Verdict::Changed;
            }
        }
    }
    Ok(())
}

async fn on_shelf(tx: &mut Tx<'_>, unit: Id) -> AppResult<()> {
    let r = sqlx::query!(
        r#"SELECT s.status, s.stock_no, o.order_no AS "order_no?" FROM unit_state s
           LEFT JOIN orders o ON o.id = s.order_id WHERE s.unit_id = ?1"#,
        unit
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(ErrorCode::NotFound)?;
    not_free(words::parse(&r.status)?, &r.stock_no, r.order_no.as_deref()).map_or(Ok(()), Err)
}

async fn unit_stock_no(tx: &mut Tx<'_>, unit: Id) -> AppResult<String> {
    Ok(sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", unit).fetch_one(tx.conn()).await?)
}

/// A unit that only a left-out order would have freed stays where it is.
fn free_only_what_is_kept(plan: &mut OrderPlan, kept: &impl Fn(usize) -> bool) {
    let mut stays: HashSet<Id> = HashSet::new();
    for (i, o) in plan.orders.iter().enumerate() {
        if !kept(i) {
            stays.extend(o.freed.iter().copied());
        }
    }
    for line in plan.orders.iter_mut().flat_map(|o| &mut o.lines) {
        if line.assign && line.unit.is_some_and(|u| stays.contains(&u)) {
            (line.unit, line.how, line.assign) = (None, None, false);
        }
    }
}

/// Rows by what becomes of them.
fn count(plan: &OrderPlan, skipped: &HashSet<u32>) -> ImportDone {
    let mut done = ImportDone { new: 0, changed: 0, same: 0, refused: 0, skipped: 0, matched: 0, photos: 0 };
    for (row, place) in &plan.rows {
        let n = match plan.at(*place) {
            Err(_) => &mut done.refused,
            Ok(_) if skipped.contains(place) => &mut done.skipped,
            // A choice nobody made leaves the order's own verdict.
            Ok(o) => match (o.row_verdict(*row), o.verdict) {
                (Verdict::Refused, _) => &mut done.refused,
                (Verdict::New, _) | (Verdict::Choose, Verdict::New) => &mut done.new,
                (Verdict::Changed, _) | (Verdict::Choose, Verdict::Changed) => &mut done.changed,
                _ => &mut done.same,
            },
        };
        *n += 1;
    }
    done
}
