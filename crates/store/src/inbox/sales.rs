//! One unit in two orders, one order line with two units: the same facts, seen from either end.

use std::collections::BTreeSet;

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppResult, ErrorCode, Fen, Id, Ms,
    api::{InboxChoice, InboxQuestion, OrderStage, SaleSide, Told, UnitRow},
    grades,
    sync::conflicts::{self, Item, Kind},
};

use super::{Face, Look, id_of, json_texts, live_facts, no_choice, stock_no};
use crate::{
    Tx,
    tables::{
        erasures,
        facts::{self, FactKind, NewFact},
        lines::{refused, short},
        order_row, orders, unit_row, unit_rows, words,
    },
};

/// Units offered as a substitute.
const LIKES: usize = 6;

/// A unit given to a line, the fact perhaps void by now.
struct Contender {
    fact: Id,
    told: Told,
    unit: Id,
    order: Id,
    line: Id,
    title: String,
    pieces: u32,
    live: bool,
}

impl Contender {
    fn same(&self, other: &Self) -> bool {
        (self.unit, self.line) == (other.unit, other.line)
    }
}

/// The facts an item names, in the order of their telling; without those whose order is gone by an undone import.
async fn contenders(conn: &mut SqliteConnection, item: &Item) -> AppResult<Vec<Contender>> {
    let facts = conflicts::contenders(&item.subject).get(1..).unwrap_or_default();
    let rows = sqlx::query(
        "SELECT f.id, f.at, f.by, f.unit_id, f.order_id, f.line_id, l.title, max(l.quantity, 1),
           NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id),
           EXISTS (SELECT 1 FROM change_rows c JOIN change_groups g ON g.rseq = c.rseq
             WHERE c.row_id = f.id AND c.kind = 'I' AND g.op <> 'sync')
         FROM json_each(?1) j JOIN facts f ON f.id = j.value JOIN order_lines l ON l.id = f.line_id
         JOIN orders o ON o.id = f.order_id JOIN units u ON u.id = f.unit_id ORDER BY f.at, f.id",
    )
    .bind(json_texts(facts))
    .fetch_all(conn)
    .await?;
    Ok(rows
        .iter()
        .map(|r| Contender {
            fact: r.get(0),
            told: Told { at: Ms(r.get(1)), by: r.get(2), here: r.get(9) },
            unit: r.get(3),
            order: r.get(4),
            line: r.get(5),
            title: r.get(6),
            pieces: r.get(7),
            live: r.get(8),
        })
        .collect())
}

fn has_left(stage: OrderStage) -> bool {
    matches!(stage, OrderStage::Shipped | OrderStage::Done)
}

/// The card, or `None` when too little of it is left.
pub(super) async fn face(look: &mut Look<'_>, item: &Item) -> AppResult<Option<Face>> {
    let all = contenders(look.conn, item).await?;
    let mut sides: Vec<SaleSide> = Vec::new();
    let mut lines: Vec<&Contender> = Vec::new();
    for c in &all {
        // The same sale told twice is one side.
        if lines.iter().any(|l| l.same(c)) {
            continue;
        }
        lines.push(c);
        let packed =
            live_facts(look.conn, "f.line_id = ?1 AND f.unit_id = ?2 AND f.kind = 'packed'", c.line, Some(c.unit));
        let packed = !packed.await?.is_empty();
        let order = order_row(look.conn, look.now, c.order).await?;
        sides.push(SaleSide {
            fact: c.fact,
            told: c.told.clone(),
            unit: unit_row(look.conn, look.now, c.unit).await?,
            left: has_left(order.stage),
            order,
            line_id: c.line,
            title: c.title.clone(),
            packed,
        });
    }
    let (Some(first), true) = (lines.first(), sides.len() > 1) else { return Ok(None) };
    let at = all.iter().map(|c| c.told.at).max().unwrap_or_default();
    if item.kind == Kind::LineTwoDevices {
        let order = order_row(look.conn, look.now, first.order).await?;
        let (title, pieces) = (first.title.clone(), first.pieces);
        let mut choices: Vec<_> = sides.iter().map(|s| InboxChoice::Keep { keep: s.fact }).collect();
        choices.push(InboxChoice::Neither);
        return Ok(Some(Face { at, question: InboxQuestion::Line { order, title, pieces, sides }, choices }));
    }
    let unit = unit_row(look.conn, look.now, first.unit).await?;
    let likes = likes(look.conn, look.now, &unit).await?;
    let choices = offers(&sides, &likes, look.role.sees_floor());
    Ok(Some(Face { at, question: InboxQuestion::Sale { unit, sides, likes }, choices }))
}

/// What may be chosen of a double sale. `refunds`: the caller may give money back. A substitute is offered once a pair; any of
/// the likes may be named instead.
fn offers(sides: &[SaleSide], likes: &[UnitRow], refunds: bool) -> Vec<InboxChoice> {
    let mut out = Vec::new();
    for k in sides {
        let others: Vec<&SaleSide> = sides.iter().filter(|s| s.fact != k.fact).collect();
        if others.iter().any(|o| o.left) {
            continue;
        }
        let keep = k.fact;
        for o in others.iter().filter(|o| o.order.stage != OrderStage::Closed) {
            let other = o.fact;
            out.extend(likes.first().map(|u| InboxChoice::Substitute { keep, other, unit_id: u.id }));
            if refunds && o.order.id != k.order.id {
                out.push(InboxChoice::Cancel { keep, other });
            }
        }
        out.push(InboxChoice::Keep { keep });
    }
    if sides.iter().all(|s| !s.left) {
        out.push(InboxChoice::Neither);
    }
    out
}

/// Units in stock that a buyer of this one would take: the same but for the grade, which is no worse, and nothing stops them.
async fn likes(conn: &mut SqliteConnection, now: Ms, unit: &UnitRow) -> AppResult<Vec<UnitRow>> {
    let rows = sqlx::query(
        "SELECT u.id, u.grade, coalesce(u.price_list, u.price_live) FROM unit_state s JOIN units u ON u.id = s.unit_id
         WHERE s.status = 'in_stock' AND s.brand = ?1 AND u.model = ?2 AND u.storage = ?3 AND u.colour = ?4
           AND s.category = ?5 AND u.id <> ?6
           AND NOT EXISTS (SELECT 1 FROM unit_inspections x WHERE x.unit_id = u.id AND x.blocked <> '[]')",
    )
    .bind(&unit.brand)
    .bind(&unit.model)
    .bind(&unit.storage)
    .bind(&unit.colour)
    .bind(words::name(&unit.category))
    .bind(unit.id)
    .fetch_all(&mut *conn)
    .await?;
    let rank = |grade: Option<&str>| grade.and_then(grades::by_id).map(|g| g.rank);
    let worst = rank(unit.grade.as_deref());
    let asked = unit.price_list.or(unit.price_live).map_or(0, |p| p.0);
    let mut found: Vec<(u32, i64, Id)> = rows
        .iter()
        .filter_map(|r| {
            let grade = rank(r.get(1));
            // Of a unit without a grade nobody promised one.
            let fits = worst.is_none_or(|w| grade.is_some_and(|g| g <= w));
            let price = r.get::<Option<Fen>, _>(2).map_or(asked, |p| p.0);
            let off = worst.unwrap_or_default().abs_diff(grade.unwrap_or_default());
            fits.then(|| (off, (price - asked).abs(), r.get(0)))
        })
        .collect();
    found.sort_unstable();
    let ids: Vec<Id> = found.into_iter().take(LIKES).map(|(.., id)| id).collect();
    unit_rows(conn, now, &ids).await
}

/// Does what was chosen; gives the number for the action's sentence.
pub(super) async fn answer(tx: &mut Tx<'_>, item: &Item, choice: InboxChoice) -> AppResult<String> {
    let all = contenders(tx.conn(), item).await?;
    let find = |fact: Id| all.iter().find(|c| c.fact == fact).ok_or_else(no_choice);
    let sale = item.kind == Kind::DeviceDoubleSold;
    match choice {
        InboxChoice::Keep { keep } => give(tx, item, &all, Some(find(keep)?)).await?,
        InboxChoice::Neither => give(tx, item, &all, None).await?,
        InboxChoice::Substitute { keep, other, unit_id } if sale => {
            let (k, o) = (find(keep)?, find(other)?);
            if k.same(o) {
                return Err(no_choice());
            }
            give(tx, item, &all, Some(k)).await?;
            substitute(tx, item, o, unit_id).await?;
        }
        InboxChoice::Cancel { keep, other } if sale => {
            let (k, o) = (find(keep)?, find(other)?);
            if k.order == o.order {
                return Err(no_choice());
            }
            if !tx.actor.role.sees_floor() {
                return Err(ErrorCode::NotAllowed.into());
            }
            give(tx, item, &all, Some(k)).await?;
            cancel(tx, item, o).await?;
        }
        _ => return Err(no_choice()),
    }
    if sale {
        return stock_no(tx.conn(), id_of(item, 0)?).await;
    }
    let first = all.first().ok_or(ErrorCode::InboxGone)?;
    let now = tx.now;
    Ok(short(&order_row(tx.conn(), now, first.order).await?.order_no).to_owned())
}

async fn stage_of(tx: &mut Tx<'_>, order: Id) -> AppResult<(OrderStage, String)> {
    let r =
        sqlx::query("SELECT s.stage, o.order_no FROM order_state s JOIN orders o ON o.id = s.order_id WHERE o.id = ?1")
            .bind(order)
            .fetch_one(tx.conn())
            .await?;
    Ok((words::parse(r.get(0))?, r.get(1)))
}

/// Takes the unit from every contender but one, which gets it where another answer had taken it away.
async fn give(tx: &mut Tx<'_>, item: &Item, all: &[Contender], to: Option<&Contender>) -> AppResult<()> {
    let mut void = BTreeSet::new();
    for c in all.iter().filter(|c| !to.is_some_and(|k| k.same(c))) {
        // What is in the buyer's hands is sold to that buyer. A line that is away went with one of its units: which, a person says.
        if item.kind == Kind::DeviceDoubleSold {
            let (stage, order_no) = stage_of(tx, c.order).await?;
            if has_left(stage) {
                return Err(refused(ErrorCode::AlreadyShipped, &order_no));
            }
        }
        void.extend(live_facts(tx.conn(), "f.line_id = ?1 AND f.unit_id = ?2", c.line, Some(c.unit)).await?);
    }
    if let Some(k) = to
        && !all.iter().any(|c| c.live && c.same(k))
    {
        // What an answer gave the line instead goes back to the shelf.
        let instead = "f.line_id = ?1 AND f.unit_id <> ?2 AND f.data ->> '$.item' IS NOT NULL";
        void.extend(live_facts(tx.conn(), instead, k.line, Some(k.unit)).await?);
        orders::free_unit(tx.conn(), k.unit).await?;
        let again = NewFact::of(FactKind::Assigned).unit(k.unit).order(k.order).line(k.line);
        facts::add(tx, again.with("how", "kept").with("item", item.id.to_string())).await?;
    }
    facts::void_many(tx, &void.into_iter().collect::<Vec<_>>()).await
}

/// Gives a unit off the shelf to the line that lost.
async fn substitute(tx: &mut Tx<'_>, item: &Item, to: &Contender, unit: Id) -> AppResult<()> {
    let (stage, order_no) = stage_of(tx, to.order).await?;
    if stage == OrderStage::Closed {
        return Err(refused(ErrorCode::OrderClosed, &order_no));
    }
    if unit == to.unit {
        return Err(no_choice());
    }
    orders::free_unit(tx.conn(), unit).await?;
    if let Some(error) = erasures::hold(tx.conn(), unit).await? {
        return Err(error);
    }
    let fact = NewFact::of(FactKind::Assigned).unit(unit).order(to.order).line(to.line);
    facts::add(tx, fact.with("how", "substitute").with("item", item.id.to_string())).await
}

/// Closes the order with a refund entry; its other units are free again too.
async fn cancel(tx: &mut Tx<'_>, item: &Item, to: &Contender) -> AppResult<()> {
    let (stage, order_no) = stage_of(tx, to.order).await?;
    if stage == OrderStage::Closed {
        return Err(refused(ErrorCode::OrderClosed, &order_no));
    }
    let rest = live_facts(tx.conn(), "f.order_id = ?1 AND ?2 IS NULL", to.order, None).await?;
    facts::void_many(tx, &rest).await?;
    let paid: Option<Fen> =
        sqlx::query_scalar("SELECT paid FROM orders WHERE id = ?1").bind(to.order).fetch_one(tx.conn()).await?;
    let mut refund = NewFact::of(FactKind::Refunded).order(to.order).with("item", item.id.to_string());
    if let Some(paid) = paid {
        refund = refund.with("amount", paid.0);
    }
    facts::add(tx, refund).await
}
