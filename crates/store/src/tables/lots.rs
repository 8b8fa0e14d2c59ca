//! Lots: many units taken in by scanning one after another.
//!
//! Every scan is a unit in the store before its beep sounds: a program killed at the fiftieth scan has lost none of the
//! forty-nine. They are one undo step all the same, that of the lot's own row, found again in the log after a restart.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id, Ms,
    api::{
        Category, CodeKind, LotAnswer, LotFinish, LotInput, LotOutcome, LotRow, LotScan, LotSheet, LotUnit, LotUnscan,
        Lots, Touched, UnitLot, UnitPatch,
    },
    identity, lot_cost,
    units_import::{LONG_MAX, TEXT_MAX},
};

use super::{unit_codes, unit_patch, unit_rows, units, words};
use crate::{Actor, Op, Store, Tx, undo};

/// Lots listed.
const LISTED: i64 = 100;
/// Units of one lot.
const MOST: usize = 2_000;

/// The newest lots.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Lots> {
    let mut conn = store.read().await?;
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id: Id" FROM lots ORDER BY at DESC, id DESC LIMIT ?1"#, LISTED)
        .fetch_all(&mut *conn)
        .await?;
    let mut lots = Vec::with_capacity(ids.len());
    for id in ids {
        lots.push(row(&mut conn, id).await?);
    }
    Ok(Lots { lots })
}

async fn row(conn: &mut SqliteConnection, id: Id) -> AppResult<LotRow> {
    let r = sqlx::query!(
        r#"SELECT at AS "at: Ms", source, note, defaults, cost_total AS "cost_total: Fen", rule, done_at AS "done_at: Ms",
             (SELECT count(*) FROM units u WHERE u.lot_id = l.id) AS "units!: u32"
           FROM lots l WHERE id = ?1"#,
        id
    )
    .fetch_one(conn)
    .await?;
    Ok(LotRow {
        id,
        at: r.at,
        source: r.source,
        note: r.note,
        defaults: serde_json::from_str(&r.defaults).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?,
        cost_total: r.cost_total,
        rule: words::parse(&r.rule)?,
        done_at: r.done_at,
        units: r.units,
    })
}

/// One lot and its units, the last scanned first.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<LotSheet> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    let lot = row(&mut conn, id).await?;
    let ids = members(&mut conn, id).await?;
    let codes = words::json_ids(&ids);
    let codes = sqlx::query!(
        r#"SELECT u.id AS "id: Id", coalesce(u.imei, u.meid, u.serial, '') AS "code!: String"
           FROM json_each(?1) j JOIN units u ON u.id = j.value"#,
        codes
    )
    .fetch_all(&mut *conn)
    .await?;
    let codes: std::collections::HashMap<Id, String> = codes.into_iter().map(|c| (c.id, c.code)).collect();
    let rows = unit_rows::unit_rows(&mut conn, now, &ids).await?;
    let units = rows.into_iter().rev().map(|unit| {
        let code = codes.get(&unit.id).cloned().unwrap_or_default();
        LotUnit { unit, code }
    });
    Ok(LotSheet { lot, units: units.collect() })
}

/// The lot as its units show it.
pub(super) async fn of_unit(conn: &mut SqliteConnection, lot: Id) -> AppResult<Option<UnitLot>> {
    let r = sqlx::query!(
        r#"SELECT at AS "at: Ms", source, (SELECT count(*) FROM units u WHERE u.lot_id = l.id) AS "units!: u32"
           FROM lots l WHERE id = ?1"#,
        lot
    )
    .fetch_optional(conn)
    .await?;
    Ok(r.map(|r| UnitLot { id: lot, at: r.at, source: r.source, units: r.units }))
}

/// Units of a lot in the order scanned.
async fn members(conn: &mut SqliteConnection, lot: Id) -> AppResult<Vec<Id>> {
    Ok(sqlx::query_scalar!(r#"SELECT id AS "id: Id" FROM units WHERE lot_id = ?1 ORDER BY taken_in, id"#, lot)
        .fetch_all(conn)
        .await?)
}

/// The undo step of a lot: the one that made its row.
async fn step(store: &Store, lot: Id) -> AppResult<Option<u32>> {
    let mut conn = store.read().await?;
    undo::step_of_row(&mut conn, "lots", lot).await
}

/// Begins a lot, or changes its head; units already scanned stay as they are.
///
/// # Errors
/// What `unit_patch::clean` finds in the defaults, `FieldTooLong`, `NotFound`.
pub async fn save(store: &Store, actor: &Actor, input: &LotInput) -> AppResult<LotRow> {
    let mut defaults = unit_patch::clean(&UnitPatch {
        // No default names one device, and a lot's cost is shared at its end.
        stock_no: None,
        imei: None,
        imei2: None,
        meid: None,
        serial: None,
        cost: None,
        model: input.defaults.model.clone().filter(|m| !m.trim().is_empty()),
        ..input.defaults.clone()
    })?;
    defaults.source = None;
    let source = words::limited("source", TEXT_MAX, &input.source)?;
    let note = words::limited("note", LONG_MAX, &input.note)?;
    let step = match input.id {
        Some(id) => step(store, id).await?,
        None => None,
    };
    let out = store
        .transact_into(step, Op::TakeLot, actor, async |tx: &mut Tx<'_>| {
            let json = words::json(&defaults);
            let id = match input.id {
                Some(id) => {
                    row(tx.conn(), id).await?;
                    sqlx::query!(
                        "UPDATE lots SET source = ?2, note = ?3, defaults = ?4 WHERE id = ?1",
                        id,
                        source,
                        note,
                        json
                    )
                    .execute(tx.conn())
                    .await?;
                    id
                }
                None => {
                    let (id, now) = (tx.new_id()?, tx.now);
                    sqlx::query!(
                        "INSERT INTO lots(id,at,source,note,defaults) VALUES(?1,?2,?3,?4,?5)",
                        id,
                        now,
                        source,
                        note,
                        json
                    )
                    .execute(tx.conn())
                    .await?;
                    id
                }
            };
            say(tx, id).await?;
            row(tx.conn(), id).await
        })
        .await?;
    Ok(out.value)
}

async fn say(tx: &mut Tx<'_>, lot: Id) -> AppResult<()> {
    let r = row(tx.conn(), lot).await?;
    tx.say("what", r.source);
    tx.say("n", r.units);
    Ok(())
}

/// The kind of code a device of this category is scanned by. What has an IMEI is not taken in by the number of its box.
fn code_of(text: &str, category: Category) -> AppResult<(CodeKind, String)> {
    let code = identity::clean(text);
    let digits = code.strip_prefix("IMEI").unwrap_or(&code).bytes().all(|b| b.is_ascii_digit());
    if code.len() == 14 && !digits && identity::meid(&code).is_ok() {
        return Ok((CodeKind::Meid, identity::meid(&code)?));
    }
    let radio = matches!(category, Category::Phone | Category::Tablet | Category::Watch);
    if digits && (radio || code.len() == 15) {
        return Ok((CodeKind::Imei, identity::imei(&code)?));
    }
    Ok((CodeKind::Serial, identity::serial(&code)?))
}

/// Takes the unit of a scanned code into the lot. A code that is wrong, or here already, writes nothing.
///
/// # Errors
/// `NotFound`, `AlreadyDone`; `BadInput` when the lot is full. What is wrong with the code is in the answer.
pub async fn scan(store: &Store, actor: &Actor, input: &LotScan) -> AppResult<LotAnswer> {
    let now = store.env().now();
    let step = step(store, input.lot_id).await?;
    let answer = |outcome, code: &str| LotAnswer {
        outcome,
        code: code.to_owned(),
        unit: None,
        error: None,
        learned: 0,
        earlier: 0,
    };
    let out = store
        .transact_into(step, Op::TakeLot, actor, async |tx: &mut Tx<'_>| {
            let lot = row(tx.conn(), input.lot_id).await?;
            if lot.done_at.is_some() {
                return Err(ErrorCode::AlreadyDone.into());
            }
            if usize::try_from(lot.units).unwrap_or(MOST) >= MOST {
                return Err(AppError::new(ErrorCode::BadInput).arg("field", "units"));
            }
            let (kind, code) = match code_of(&input.code, lot.defaults.category.unwrap_or(Category::Phone)) {
                Ok(found) => found,
                Err(e) => {
                    return Ok((LotAnswer { error: Some(e), ..answer(LotOutcome::Wrong, input.code.trim()) }, None));
                }
            };
            if let Some((unit, _)) = unit_codes::holder(tx.conn(), &code, None).await? {
                let of = sqlx::query_scalar!(r#"SELECT lot_id AS "lot: Id" FROM units WHERE id = ?1"#, unit)
                    .fetch_one(tx.conn())
                    .await?;
                let outcome = if of == Some(lot.id) { LotOutcome::Twice } else { LotOutcome::Here };
                return Ok((answer(outcome, &code), Some(unit)));
            }
            let mut p = lot.defaults.clone();
            p.source = Some(lot.source.clone());
            let mut learned = 0;
            if kind == CodeKind::Imei
                && let Some(tac) = identity::tac(&code)
                && let Some((hint, n)) = unit_codes::by_tac(tx.conn(), tac).await?
            {
                learned = n;
                if p.model.as_ref() != Some(&hint.model) {
                    // The defaults' storage and colour were said of another model.
                    (p.storage, p.colour) = (None, None);
                }
                (p.category, p.brand, p.model) = (Some(hint.category), Some(hint.brand), Some(hint.model));
            }
            match kind {
                CodeKind::Imei => p.imei = Some(code.clone()),
                CodeKind::Meid => p.meid = Some(code.clone()),
                _ => p.serial = Some(code.clone()),
            }
            p.stock_no = Some(unit_codes::next(tx.conn()).await?);
            let earlier = unit_codes::lives(tx.conn(), &[&code], None).await?.len();
            let id = tx.new_id()?;
            units::insert(tx, id, &p, Some(lot.id)).await?;
            say(tx, lot.id).await?;
            let earlier = u32::try_from(earlier).unwrap_or(u32::MAX);
            Ok((LotAnswer { learned, earlier, ..answer(LotOutcome::New, &code) }, Some(id)))
        })
        .await?;
    let (mut answer, unit) = out.value;
    if let Some(unit) = unit {
        let mut conn = store.read().await?;
        answer.unit = Some(unit_rows::unit_row(&mut conn, now, unit).await?);
    }
    Ok(answer)
}

/// Takes a scan back: the unit goes as if it had never been scanned, and its number is free again.
///
/// # Errors
/// `NotFound` unless the unit is of the lot, `UnitHasFacts` once something has happened to it.
pub async fn unscan(store: &Store, actor: &Actor, input: LotUnscan) -> AppResult<Touched> {
    let step = step(store, input.lot_id).await?;
    let out = store
        .transact_into(step, Op::TakeLot, actor, async |tx: &mut Tx<'_>| {
            let (lot, unit) = (input.lot_id, input.unit_id);
            sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1 AND lot_id = ?2", unit, lot)
                .fetch_optional(tx.conn())
                .await?
                .ok_or(ErrorCode::NotFound)?;
            units::delete_in(tx, &[unit]).await?;
            say(tx, lot).await?;
            Ok(Touched { count: 1 })
        })
        .await?;
    Ok(out.value)
}

/// Shares the cost by the rule and ends the lot. Again on an ended lot, it only shares anew.
///
/// # Errors
/// `NotFound`, what [`lot_cost::split`] finds.
pub async fn finish(store: &Store, actor: &Actor, input: &LotFinish) -> AppResult<LotSheet> {
    let step = step(store, input.id).await?;
    store
        .transact_into(step, Op::TakeLot, actor, async |tx: &mut Tx<'_>| {
            row(tx.conn(), input.id).await?;
            let ids = members(tx.conn(), input.id).await?;
            if let Some(total) = input.cost_total {
                share(tx, total, input, &ids).await?;
            }
            let (rule, now) = (words::name(&input.rule), tx.now);
            sqlx::query!(
                "UPDATE lots SET cost_total = coalesce(?2, cost_total), rule = ?3, done_at = coalesce(done_at, ?4)
                 WHERE id = ?1",
                input.id,
                input.cost_total,
                rule,
                now
            )
            .execute(tx.conn())
            .await?;
            say(tx, input.id).await
        })
        .await?;
    get(store, input.id).await
}

async fn share(tx: &mut Tx<'_>, total: Fen, input: &LotFinish, ids: &[Id]) -> AppResult<()> {
    let list = words::json_ids(ids);
    let prices = sqlx::query!(
        r#"SELECT u.id AS "id: Id", u.price_list AS "price: Fen" FROM json_each(?1) j JOIN units u ON u.id = j.value
           ORDER BY j.key"#,
        list
    )
    .fetch_all(tx.conn())
    .await?;
    let shares: Vec<lot_cost::Share> = prices
        .iter()
        .map(|r| lot_cost::Share {
            price: r.price,
            said: input.costs.iter().find(|c| c.id == r.id).and_then(|c| c.cost),
        })
        .collect();
    for (r, cost) in prices.iter().zip(lot_cost::split(total, input.rule, &shares)?) {
        sqlx::query!("UPDATE units SET cost = ?2 WHERE id = ?1", r.id, cost).execute(tx.conn()).await?;
    }
    Ok(())
}
