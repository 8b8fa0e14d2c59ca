//! One code on two units: catalogued twice, or a slip of the keyboard. The slip is mended by editing the unit, after which
//! nothing is asked; that they are one is told here.

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppResult, ErrorCode, Id, Ms,
    api::{InboxChoice, InboxQuestion, Told, TwinSide, UnitStatus},
    sync::conflicts::{self, Item},
};

use super::{Face, Look, live_facts, no_choice, stock_no, told};
use crate::{
    Tx,
    tables::{
        facts::{self, FactKind, NewFact},
        unit_row, words,
    },
};

pub(super) fn units(item: &Item) -> Vec<Id> {
    conflicts::contenders(&item.subject).iter().skip(1).filter_map(|id| id.parse().ok()).collect()
}

pub(super) async fn face(look: &mut Look<'_>, item: &Item) -> AppResult<Option<Face>> {
    let mut sides = Vec::new();
    for id in units(item) {
        let unit = match unit_row(look.conn, look.now, id).await {
            Err(e) if e.code == ErrorCode::NotFound => continue,
            row => row?,
        };
        let order_no = sqlx::query_scalar(
            "SELECT o.order_no FROM unit_state s JOIN orders o ON o.id = s.order_id WHERE s.unit_id = ?1",
        )
        .bind(id)
        .fetch_optional(&mut *look.conn)
        .await?;
        let told = catalogued(look.conn, id, unit.taken_in).await?;
        sides.push(TwinSide { unit, told, order_no });
    }
    if sides.len() < 2 {
        return Ok(None);
    }
    sides.sort_by_key(|s| s.told.at);
    let at = sides.iter().map(|s| s.told.at).max().unwrap_or_default();
    let choices = sides.iter().map(|s| InboxChoice::Merge { unit_id: s.unit.id }).collect();
    let code = item.subject.first().cloned().unwrap_or_default();
    Ok(Some(Face { at, question: InboxQuestion::Twins { code, sides }, choices }))
}

/// Who took it in.
pub(super) async fn catalogued(conn: &mut SqliteConnection, unit: Id, at: Ms) -> AppResult<Told> {
    let by: Option<String> = sqlx::query_scalar(
        "SELECT g.by FROM change_rows c JOIN change_groups g ON g.rseq = c.rseq
         WHERE c.row_id = ?1 AND c.tbl = 'units' AND c.kind = 'I' AND g.op <> 'sync' ORDER BY c.rseq LIMIT 1",
    )
    .bind(unit)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(by) = by {
        return Ok(Told { by, at, here: true });
    }
    let made: Option<i64> = sqlx::query_scalar(
        "SELECT r.made FROM sync_rows r JOIN sync_names n ON n.n = r.tbl AND n.name = 'units' WHERE r.row = ?1",
    )
    .bind(unit)
    .fetch_optional(&mut *conn)
    .await?;
    let by = told(conn, made.unwrap_or_default()).await?.map(|t| t.by).unwrap_or_default();
    Ok(Told { by, at, here: false })
}

pub(super) async fn answer(tx: &mut Tx<'_>, item: &Item, choice: InboxChoice) -> AppResult<String> {
    let InboxChoice::Merge { unit_id: kept } = choice else { return Err(no_choice()) };
    let all = units(item);
    if !all.contains(&kept) {
        return Err(no_choice());
    }
    let no = stock_no(tx.conn(), kept).await?;
    // Another answer may have merged this one away.
    let away: Vec<Id> = sqlx::query_scalar(
        "SELECT f.id FROM facts f WHERE f.unit_id = ?1 AND f.kind = 'aliased'
           AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)",
    )
    .bind(kept)
    .fetch_all(tx.conn())
    .await?;
    facts::void_many(tx, &away).await?;
    for other in all.into_iter().filter(|u| *u != kept) {
        merge(tx, item, other, kept, &no).await?;
    }
    Ok(no)
}

/// Takes a unit out of stock as another's second record; the order it is sold in gets the one that stays.
async fn merge(tx: &mut Tx<'_>, item: &Item, other: Id, kept: Id, no: &str) -> AppResult<()> {
    let state = sqlx::query("SELECT status, order_id, line_id FROM unit_state WHERE unit_id = ?1")
        .bind(other)
        .fetch_optional(tx.conn())
        .await?;
    let Some(state) = state else { return Ok(()) };
    match words::parse(state.get(0))? {
        UnitStatus::Withdrawn | UnitStatus::Shipped => return Ok(()),
        UnitStatus::InStock => {}
        status @ (UnitStatus::Sold | UnitStatus::Packed) => {
            let (order, line): (Option<Id>, Option<Id>) = (state.get(1), state.get(2));
            let void = live_facts(tx.conn(), "f.unit_id = ?1 AND ?2 IS NULL", other, None).await?;
            facts::void_many(tx, &void).await?;
            if let (Some(order), Some(line)) = (order, line) {
                let of = |kind| NewFact::of(kind).unit(kept).order(order).line(line);
                let mut new = vec![of(FactKind::Assigned).with("how", "merged").with("item", item.id.to_string())];
                if status == UnitStatus::Packed {
                    new.push(of(FactKind::Packed));
                }
                facts::add_many(tx, &new).await?;
            }
        }
    }
    let alias = NewFact::of(FactKind::Aliased).unit(other).with("to", kept.to_string()).with("stock_no", no);
    facts::add(tx, alias.with("item", item.id.to_string())).await
}
