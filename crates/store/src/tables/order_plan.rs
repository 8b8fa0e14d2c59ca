//! Judging a file's orders against the store: what an import would do, before anything is written.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, Id, Ms,
    api::{Aftersale, AppNote, FieldChange, LineKind, MatchHow, OrderStage, OrderStatus, Verdict},
    order_draft::OrderDraft,
    order_judge::{self, Judged},
    orders_import::Refused,
    stage::{LineState, stage},
};

use super::{
    order_load::{self, Stored},
    order_match,
};

/// Orders compared at a time.
const CHUNK: usize = 1000;

/// What one file would do. Nothing has been written.
#[derive(Debug, Default)]
pub struct OrderPlan {
    pub(crate) orders: Vec<PlanOrder>,
    pub(crate) refused: Vec<Refused>,
    /// By row number: (row, place in `orders` or, behind them, in `refused`).
    pub(crate) rows: Vec<(u32, u32)>,
    /// Last change group when it was judged: unchanged means the plan still holds.
    pub(crate) rseq: i64,
}

/// One order of the file, judged.
#[derive(Debug)]
pub(crate) struct PlanOrder {
    pub verdict: Verdict,
    /// As it should be stored.
    pub draft: OrderDraft,
    pub changes: Vec<FieldChange>,
    pub notes: Vec<AppNote>,
    pub error: Option<AppError>,
    /// One a line of `draft`.
    pub lines: Vec<PlanLine>,
    /// Assignments to take back.
    pub void: Vec<Id>,
    /// Units those free.
    pub freed: Vec<Id>,
    pub stage: OrderStage,
}

#[derive(Debug, Default)]
pub(crate) struct PlanLine {
    pub unit: Option<Id>,
    pub how: Option<MatchHow>,
    /// Units that fit, where a person must choose.
    pub candidates: Vec<Id>,
    /// The unit is new to the line: write the fact.
    pub assign: bool,
    /// No unit yet and worth looking for.
    pub wants: bool,
    pub notes: Vec<AppNote>,
}

/// A remark for the preview.
pub(crate) fn note(key: &str, args: &[(&str, &str)]) -> AppNote {
    let args: BTreeMap<String, String> = args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    AppNote { key: key.to_owned(), args }
}

/// Judges every order and looks up the units their lines speak of.
///
/// # Errors
/// Store errors only; what is wrong with a row is in its verdict.
pub(crate) async fn judge(
    conn: &mut SqliteConnection,
    drafts: Vec<OrderDraft>,
    refused: Vec<Refused>,
) -> AppResult<OrderPlan> {
    let rseq = sqlx::query_scalar!(r#"SELECT coalesce(max(rseq), 0) AS "n!: i64" FROM change_groups"#)
        .fetch_one(&mut *conn)
        .await?;
    let mut drafts = drafts;
    let mut orders = Vec::with_capacity(drafts.len());
    // From the end, giving the memory of the drafts back on the way: a long file is not held twice.
    while !drafts.is_empty() {
        let chunk = drafts.split_off(drafts.len().saturating_sub(CHUNK));
        drafts.shrink_to_fit();
        let ids: Vec<Id> = chunk.iter().map(|d| d.id).collect();
        let stored = order_load::stored(conn, &ids).await?;
        orders.extend(chunk.into_iter().rev().map(|draft| judge_one(stored.get(&draft.id), &draft)));
    }
    orders.reverse();
    order_match::match_units(conn, &mut orders).await?;
    let mut plan = OrderPlan { orders, refused, rows: Vec::new(), rseq };
    plan.number_rows();
    Ok(plan)
}

fn judge_one(stored: Option<&Stored>, incoming: &OrderDraft) -> PlanOrder {
    let Judged { verdict, changes, notes, error, merged } = order_judge::judge(stored.map(|s| &s.draft), incoming);
    let mut order = PlanOrder {
        verdict,
        changes,
        notes,
        error,
        lines: Vec::with_capacity(merged.lines.len()),
        void: Vec::new(),
        freed: Vec::new(),
        stage: OrderStage::Closed,
        draft: merged,
    };
    if order.error.is_some() {
        order.lines.resize_with(order.draft.lines.len(), PlanLine::default);
        return order;
    }
    let shipped = stored.is_some_and(|s| s.shipped);
    order.stage = stage_of(&order.draft, stored, shipped);
    let closes = stored.is_some_and(|s| {
        let before = stage_of(&s.draft, stored, shipped);
        order.stage == OrderStage::Closed
            && !matches!(before, OrderStage::Closed | OrderStage::Shipped | OrderStage::Done)
    });
    let wants = wants_units(order.draft.status, order.draft.aftersale, order.stage);
    for line in &order.draft.lines {
        let held = stored.and_then(|s| s.held.get(&line.id));
        let mut plan = PlanLine::default();
        match held {
            // The buyer was paid back before the parcel was packed: the unit goes back on the shelf.
            Some(held) if closes && held.packed.is_none() => {
                order.void.push(held.assigned);
                order.freed.push(held.unit);
                order.changes.push(FieldChange {
                    field: "unit".into(),
                    old: held.stock_no.clone(),
                    new: String::new(),
                });
                plan.notes.push(note("released", &[("stock_no", &held.stock_no)]));
            }
            Some(held) => {
                plan.unit = Some(held.unit);
                plan.how = Some(MatchHow::Already);
                if closes {
                    plan.notes.push(note("closed_packed", &[("stock_no", &held.stock_no)]));
                }
            }
            None if line.kind == LineKind::Accessory => plan.how = Some(MatchHow::Accessory),
            None => plan.wants = wants,
        }
        order.lines.push(plan);
    }
    order
}

fn stage_of(draft: &OrderDraft, stored: Option<&Stored>, shipped: bool) -> OrderStage {
    let state = |l: &stall_core::order_draft::LineDraft| {
        let held = stored.and_then(|s| s.held.get(&l.id));
        LineState { kind: l.kind, assigned: held.is_some(), packed: held.is_some_and(|h| h.packed.is_some()) }
    };
    let lines: Vec<LineState> = draft.lines.iter().map(state).collect();
    stage(draft.status, draft.aftersale, &lines, shipped)
}

/// An unpaid order locks nothing: who pays gets the unit. One that was paid back has no unit any more.
fn wants_units(status: OrderStatus, aftersale: Aftersale, stage: OrderStage) -> bool {
    status != OrderStatus::Unpaid
        && stage != OrderStage::Closed
        && matches!(aftersale, Aftersale::None | Aftersale::Closed | Aftersale::Processing)
}

impl OrderPlan {
    /// Puts the rows of the file in their order; a row that packs several lines stands once.
    fn number_rows(&mut self) {
        let mut rows: Vec<(u32, u32)> = Vec::new();
        for (i, order) in self.orders.iter().enumerate() {
            let i = u32::try_from(i).unwrap_or(u32::MAX);
            let mut numbers: Vec<u32> = order.draft.lines.iter().map(|l| l.row).filter(|r| *r > 0).collect();
            numbers.sort_unstable();
            numbers.dedup();
            rows.extend(numbers.into_iter().map(|row| (row, i)));
        }
        let behind = self.orders.len();
        let places = (0..self.refused.len()).filter_map(|i| u32::try_from(behind + i).ok());
        rows.extend(self.refused.iter().map(|r| r.row).zip(places));
        rows.sort_unstable();
        self.rows = rows;
    }

    /// The judged order of a place in `rows`, or the refused row.
    pub(crate) fn at(&self, place: u32) -> Result<&PlanOrder, Option<&Refused>> {
        let place = place as usize;
        self.orders.get(place).ok_or_else(|| self.refused.get(place - self.orders.len()))
    }

    /// Rows of the file below its header.
    #[must_use]
    pub fn row_count(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Rows by verdict name.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for (row, place) in &self.rows {
            let verdict = self.at(*place).map_or(Verdict::Refused, |o| o.row_verdict(*row));
            *counts.entry(super::words::name(&verdict)).or_insert(0) += 1;
        }
        counts
    }

    /// Rows whose line still needs a unit.
    #[must_use]
    pub fn unmatched(&self) -> u32 {
        let n = self.rows.iter().filter(|(row, place)| self.at(*place).is_ok_and(|o| o.row_unmatched(*row))).count();
        u32::try_from(n).unwrap_or(u32::MAX)
    }

    /// Earliest and latest order of the file.
    #[must_use]
    pub fn span(&self) -> (Option<Ms>, Option<Ms>) {
        let at = || self.orders.iter().filter_map(|o| o.draft.created_at.or(o.draft.paid_at));
        (at().min(), at().max())
    }
}

impl PlanOrder {
    /// The lines of one row.
    pub fn row_lines(&self, row: u32) -> impl Iterator<Item = (usize, &PlanLine)> {
        self.lines.iter().enumerate().filter(move |(i, _)| self.draft.lines.get(*i).is_some_and(|l| l.row == row))
    }

    pub fn row_verdict(&self, row: u32) -> Verdict {
        if self.error.is_some() {
            return Verdict::Refused;
        }
        if self.row_lines(row).any(|(_, l)| l.unit.is_none() && !l.candidates.is_empty()) {
            return Verdict::Choose;
        }
        if self.verdict == Verdict::Same && self.row_lines(row).any(|(_, l)| l.assign) {
            return Verdict::Changed;
        }
        self.verdict
    }

    /// A line of this row must have a unit before the order can go on, and has none.
    pub fn row_unmatched(&self, row: u32) -> bool {
        let open =
            !matches!(self.stage, OrderStage::Shipped | OrderStage::Done | OrderStage::Closed | OrderStage::Unpaid);
        open && self.error.is_none() && self.row_lines(row).any(|(_, l)| l.wants && l.unit.is_none())
    }
}
