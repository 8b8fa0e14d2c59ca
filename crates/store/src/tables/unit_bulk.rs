//! One edit of many units by rules: fields set alike, badges added and taken off, prices moved.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id,
    api::{BulkPreview, PriceChange, PriceColumn, PricePreview, Touched, UnitBulk, UnitPatch},
    price_change,
};

use super::{unit_patch, units, words};
use crate::{Actor, Op, Store, Tx};

/// Changes a preview shows.
const SHOWN: usize = 200;

struct Priced {
    id: Id,
    stock_no: String,
    model: String,
    /// List, live, floor, cost.
    prices: [Option<Fen>; 4],
}

const COLUMNS: [(PriceColumn, &str); 4] = [
    (PriceColumn::PriceList, "price_list"),
    (PriceColumn::PriceLive, "price_live"),
    (PriceColumn::PriceFloor, "price_floor"),
    (PriceColumn::Cost, "cost"),
];

fn at(column: PriceColumn) -> usize {
    COLUMNS.iter().position(|(c, _)| *c == column).unwrap_or(0)
}

/// What would become of the prices; nothing is written.
///
/// # Errors
/// `BadInput {field}` for no units, too many, or two moves of one price; `PriceInvalid {field}`.
pub async fn preview(store: &Store, input: &UnitBulk) -> AppResult<BulkPreview> {
    check(input)?;
    let mut conn = store.read().await?;
    let rows = read(&mut conn, &input.ids).await?;
    let mut out = BulkPreview { changes: Vec::new(), count: 0, skipped: 0, below_floor: Some(0) };
    for u in &rows {
        let new = moved(u, &input.prices)?;
        let lacking = input.prices.iter().any(|c| u.prices[at(c.field)].is_none() && new[at(c.field)].is_none());
        out.skipped += u32::from(lacking);
        let under = |p: &[Option<Fen>; 4]| matches!((p[1], p[2]), (Some(live), Some(floor)) if live < floor);
        out.below_floor = out.below_floor.map(|n| n + u32::from(new != u.prices && under(&new)));
        for c in &input.prices {
            let (old, new) = (u.prices[at(c.field)], new[at(c.field)]);
            if old == new {
                continue;
            }
            out.count += 1;
            if out.changes.len() < SHOWN {
                let (stock_no, model) = (u.stock_no.clone(), u.model.clone());
                out.changes.push(PricePreview { id: u.id, stock_no, model, field: c.field, old, new });
            }
        }
    }
    Ok(out)
}

/// Edits the units as one step.
///
/// # Errors
/// As [`preview`]; what [`unit_patch::clean`] finds; `NotFound`; `BadInput {field: ids}` for a field that names one
/// device.
pub async fn apply(store: &Store, actor: &Actor, input: &UnitBulk) -> AppResult<Touched> {
    check(input)?;
    let patch = unit_patch::clean(&input.patch)?;
    if unit_patch::names_one(&patch) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "patch"));
    }
    let clean = |badges: &[String]| {
        let patch = UnitPatch { badges: Some(badges.to_vec()), ..UnitPatch::default() };
        unit_patch::clean(&patch).map(|p| p.badges.unwrap_or_default())
    };
    let (add, remove) = (clean(&input.badges_add)?, clean(&input.badges_remove)?);
    let out = store
        .transact(Op::EditUnits, actor, async |tx: &mut Tx<'_>| {
            let count = units::known(tx, &input.ids).await?.len();
            unit_patch::write(tx, &input.ids, &patch).await?;
            if !add.is_empty() || !remove.is_empty() {
                badges(tx, &input.ids, &add, &remove).await?;
            }
            if !input.prices.is_empty() {
                prices(tx, &input.ids, &input.prices).await?;
            }
            Ok(Touched { count: u32::try_from(count).unwrap_or(u32::MAX) })
        })
        .await?;
    Ok(out.value)
}

fn check(input: &UnitBulk) -> AppResult<()> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    if input.ids.is_empty() || input.ids.len() > units::MOST {
        return Err(bad("ids"));
    }
    let twice = input.prices.iter().enumerate().any(|(i, c)| input.prices[..i].iter().any(|d| d.field == c.field));
    if twice { Err(bad("prices")) } else { Ok(()) }
}

/// The prices of a unit after the moves.
fn moved(u: &Priced, changes: &[PriceChange]) -> AppResult<[Option<Fen>; 4]> {
    let mut new = u.prices;
    for c in changes {
        let price = price_change::moved(u.prices[at(c.field)], c.how, i64::from(c.amount), c.round);
        if price.is_some_and(|Fen(p)| p > unit_patch::PRICE_MAX) {
            return Err(AppError::new(ErrorCode::PriceInvalid).arg("field", COLUMNS[at(c.field)].1));
        }
        new[at(c.field)] = price;
    }
    Ok(new)
}

async fn read(conn: &mut SqliteConnection, ids: &[Id]) -> AppResult<Vec<Priced>> {
    let list = words::json_ids(ids);
    let rows = sqlx::query!(
        r#"SELECT u.id AS "id: Id", u.stock_no, u.model, u.price_list AS "list: Fen", u.price_live AS "live: Fen",
             u.price_floor AS "floor: Fen", u.cost AS "cost: Fen"
           FROM json_each(?1) j JOIN units u ON u.id = j.value"#,
        list
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Priced { id: r.id, stock_no: r.stock_no, model: r.model, prices: [r.list, r.live, r.floor, r.cost] })
        .collect())
}

async fn prices(tx: &mut Tx<'_>, ids: &[Id], changes: &[PriceChange]) -> AppResult<()> {
    let rows = read(tx.conn(), ids).await?;
    for c in changes {
        let column = COLUMNS[at(c.field)].1;
        let mut new: Vec<(Id, Option<Fen>)> = Vec::new();
        for u in &rows {
            let price = moved(u, std::slice::from_ref(c))?[at(c.field)];
            if price != u.prices[at(c.field)] {
                new.push((u.id, price));
            }
        }
        let sql = format!(
            "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
             UPDATE units SET {column} = r.v->>1 FROM r WHERE units.id = r.v->>0"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(words::json(&new)).execute(tx.conn()).await?;
    }
    Ok(())
}

async fn badges(tx: &mut Tx<'_>, ids: &[Id], add: &[String], remove: &[String]) -> AppResult<()> {
    let list = words::json_ids(ids);
    let rows =
        sqlx::query!(r#"SELECT u.id AS "id: Id", u.badges FROM json_each(?1) j JOIN units u ON u.id = j.value"#, list)
            .fetch_all(tx.conn())
            .await?;
    // Units that had the same get the same: a statement each.
    let mut by_new: HashMap<String, Vec<Id>> = HashMap::new();
    for r in rows {
        let old: Vec<String> = serde_json::from_str(&r.badges).unwrap_or_default();
        let kept = old.iter().filter(|b| !remove.contains(b));
        let new: Vec<String> = kept.chain(add.iter().filter(|b| !old.contains(b))).cloned().collect();
        if new != old {
            by_new.entry(words::json(&new)).or_default().push(r.id);
        }
    }
    for (new, ids) in by_new {
        let badges: Vec<String> = serde_json::from_str(&new).unwrap_or_default();
        let patch = unit_patch::clean(&UnitPatch { badges: Some(badges), ..UnitPatch::default() })?;
        unit_patch::write(tx, &ids, &patch).await?;
    }
    Ok(())
}
