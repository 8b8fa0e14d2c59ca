//! Stock-takes: what was seen against what should be there. Scans are kept, so a take can go on another day.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{
        TakeAnswer, TakeInput, TakeOdd, TakeOddUnit, TakeOutcome, TakeRow, TakeScan, TakeScanRow, TakeScope, TakeSheet,
        Takes, Touched, UnitRow, UnitStatus,
    },
    identity,
};

use super::{find, unit_rows, words};
use crate::{Actor, Op, Store, Tx};

/// Takes listed.
const LISTED: i64 = 60;
/// Scans shown as the last ones.
const LAST: i64 = 30;

/// The difference, by ids: what is kept when a take is ended.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Difference {
    expected: u32,
    seen: u32,
    missing: Vec<Id>,
    odd: Vec<(Id, TakeOdd)>,
    /// Scans of codes that nothing here has.
    unknown: Vec<Id>,
}

struct Take {
    row: TakeRow,
    result: Option<String>,
}

async fn load(conn: &mut SqliteConnection, id: Id) -> AppResult<Take> {
    let r = sqlx::query!(
        r#"SELECT at AS "at: Ms", by, scope, value, done_at AS "done_at: Ms", result FROM stock_takes WHERE id = ?1"#,
        id
    )
    .fetch_one(conn)
    .await?;
    let scope = words::parse(&r.scope)?;
    let row =
        TakeRow { id, at: r.at, by: r.by, scope, value: r.value, done_at: r.done_at, expected: 0, seen: 0, odd: 0 };
    Ok(Take { row, result: r.result })
}

/// The difference as it is kept, or, while the take goes on, as it stands now.
async fn difference(conn: &mut SqliteConnection, take: &Take) -> AppResult<Difference> {
    if let Some(kept) = &take.result {
        return serde_json::from_str(kept).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e));
    }
    let id = take.row.id;
    let scans = sqlx::query!(
        r#"SELECT id AS "id: Id", code, unit_id AS "unit: Id" FROM take_scans WHERE take_id = ?1 ORDER BY id"#,
        id
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut seen: HashSet<Id> = HashSet::new();
    let mut order: Vec<Id> = Vec::new();
    let mut unknown: Vec<Id> = Vec::new();
    for s in scans {
        // What was unknown when scanned may have been taken in since.
        let unit = match s.unit {
            Some(unit) => Some(unit),
            None => match find::units_of(&mut *conn, &s.code).await?[..] {
                [unit] => Some(unit),
                _ => None,
            },
        };
        match unit {
            Some(unit) if seen.insert(unit) => order.push(unit),
            Some(_) => {}
            None => unknown.push(s.id),
        }
    }
    let expected = expected(&mut *conn, &take.row).await?;
    let of_scope: HashSet<&Id> = expected.iter().collect();
    let missing: Vec<Id> = expected.iter().filter(|e| !seen.contains(*e)).copied().collect();
    let outside: Vec<Id> = order.into_iter().filter(|u| !of_scope.contains(u)).collect();
    let list = words::json_ids(&outside);
    let states = sqlx::query!(
        r#"SELECT s.unit_id AS "id: Id", s.status FROM json_each(?1) j JOIN unit_state s ON s.unit_id = j.value ORDER BY j.key"#,
        list
    )
    .fetch_all(conn)
    .await?;
    let mut odd = Vec::with_capacity(states.len());
    for s in states {
        odd.push((s.id, why(words::parse(&s.status)?)));
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Difference {
        expected: count(expected.len()),
        seen: count(expected.len() - missing.len()),
        missing,
        odd,
        unknown,
    })
}

fn why(status: UnitStatus) -> TakeOdd {
    match status {
        UnitStatus::InStock => TakeOdd::Elsewhere,
        UnitStatus::Sold => TakeOdd::Sold,
        UnitStatus::Packed => TakeOdd::Packed,
        UnitStatus::Shipped => TakeOdd::Shipped,
        UnitStatus::Withdrawn => TakeOdd::Withdrawn,
    }
}

/// Units in stock that the scope names, in the order a person walks the shelves.
async fn expected(conn: &mut SqliteConnection, take: &TakeRow) -> AppResult<Vec<Id>> {
    let scope = words::name(&take.scope);
    Ok(sqlx::query_scalar!(
        r#"SELECT u.id AS "id: Id" FROM unit_state s JOIN units u ON u.id = s.unit_id
           WHERE s.status = 'in_stock' AND CASE ?1 WHEN 'shelf' THEN u.shelf = ?2 WHEN 'box' THEN u.box = ?2
             WHEN 'category' THEN u.category = ?2 ELSE 1 END
           ORDER BY u.shelf, u.box, u.stock_no"#,
        scope,
        take.value
    )
    .fetch_all(conn)
    .await?)
}

fn counted(mut row: TakeRow, d: &Difference) -> TakeRow {
    (row.expected, row.seen) = (d.expected, d.seen);
    row.odd = u32::try_from(d.odd.len() + d.unknown.len()).unwrap_or(u32::MAX);
    row
}

/// The newest takes.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Takes> {
    let mut conn = store.read().await?;
    let ids =
        sqlx::query_scalar!(r#"SELECT id AS "id: Id" FROM stock_takes ORDER BY at DESC, id DESC LIMIT ?1"#, LISTED)
            .fetch_all(&mut *conn)
            .await?;
    let mut takes = Vec::with_capacity(ids.len());
    for id in ids {
        let take = load(&mut conn, id).await?;
        let d = difference(&mut conn, &take).await?;
        takes.push(counted(take.row, &d));
    }
    Ok(Takes { takes })
}

/// One take: how far it is and what differs.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<TakeSheet> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    let take = load(&mut conn, id).await?;
    let d = difference(&mut conn, &take).await?;
    let missing = unit_rows::unit_rows(&mut conn, now, &d.missing).await?;
    let ids: Vec<Id> = d.odd.iter().map(|(id, _)| *id).collect();
    let odd = unit_rows::unit_rows(&mut conn, now, &ids).await?;
    let reason = |unit: &UnitRow| d.odd.iter().find(|(id, _)| *id == unit.id).map_or(TakeOdd::Elsewhere, |(_, w)| *w);
    let odd = odd.into_iter().map(|unit| TakeOddUnit { why: reason(&unit), unit }).collect();
    let unknown = scans(&mut conn, now, id, Some(&d.unknown)).await?;
    let last = scans(&mut conn, now, id, None).await?;
    Ok(TakeSheet { take: counted(take.row, &d), missing, odd, unknown, last })
}

/// These scans of a take, or its last ones.
async fn scans(conn: &mut SqliteConnection, now: Ms, take: Id, ids: Option<&[Id]>) -> AppResult<Vec<TakeScanRow>> {
    let list = ids.map(words::json_ids);
    let rows = sqlx::query!(
        r#"SELECT id AS "id: Id", at AS "at: Ms", by, code, unit_id AS "unit: Id" FROM take_scans
           WHERE take_id = ?1 AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2)))
           ORDER BY id DESC LIMIT CASE WHEN ?2 IS NULL THEN ?3 ELSE -1 END"#,
        take,
        list,
        LAST
    )
    .fetch_all(&mut *conn)
    .await?;
    let units: Vec<Id> = rows.iter().filter_map(|r| r.unit).collect();
    let units = unit_rows::unit_rows(conn, now, &units).await?;
    Ok(rows
        .into_iter()
        .map(|r| TakeScanRow {
            unit: units.iter().find(|u| Some(u.id) == r.unit).cloned(),
            id: r.id,
            at: r.at,
            by: r.by,
            code: r.code,
        })
        .collect())
}

/// Begins a take.
///
/// # Errors
/// `BadInput {field}` for a scope without a value.
pub async fn start(store: &Store, actor: &Actor, input: &TakeInput) -> AppResult<TakeRow> {
    let value = words::limited("value", 40, &input.value)?;
    let value = if input.scope == TakeScope::All { String::new() } else { value };
    if value.is_empty() && input.scope != TakeScope::All {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "value"));
    }
    let out = store
        .transact(Op::StartTake, actor, async |tx: &mut Tx<'_>| {
            let (id, now, by, scope) = (tx.new_id()?, tx.now, tx.actor.name.clone(), words::name(&input.scope));
            sqlx::query!(
                "INSERT INTO stock_takes(id,at,by,scope,value) VALUES(?1,?2,?3,?4,?5)",
                id,
                now,
                by,
                scope,
                value
            )
            .execute(tx.conn())
            .await?;
            tx.say("what", &value);
            let take = load(tx.conn(), id).await?;
            let d = difference(tx.conn(), &take).await?;
            Ok(counted(take.row, &d))
        })
        .await?;
    Ok(out.value)
}

async fn open(tx: &mut Tx<'_>, id: Id) -> AppResult<Take> {
    let take = load(tx.conn(), id).await?;
    if take.row.done_at.is_some() { Err(ErrorCode::AlreadyDone.into()) } else { Ok(take) }
}

/// Notes a code as seen. The second scan of a unit writes nothing.
///
/// # Errors
/// `NotFound`, `AlreadyDone`, `BadInput` for no code at all, `CodeShared {code}` for a code of several that does not say which.
pub async fn scan(store: &Store, actor: &Actor, input: &TakeScan) -> AppResult<TakeAnswer> {
    let now = store.env().now();
    let code = words::limited("code", 80, &input.code)?;
    if identity::clean(&code).is_empty() {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "code"));
    }
    let out = store
        .transact(Op::ScanTake, actor, async |tx: &mut Tx<'_>| {
            let take = open(tx, input.take_id).await?;
            let unit = find::unit_of(tx.conn(), &code, input.unit_id).await?;
            let again = sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT 1 FROM take_scans WHERE take_id = ?1
                     AND (unit_id = ?2 OR (?2 IS NULL AND code = ?3))) AS "b!: bool""#,
                input.take_id,
                unit,
                code
            )
            .fetch_one(tx.conn())
            .await?;
            if !again {
                let (id, now, by) = (tx.new_id()?, tx.now, tx.actor.name.clone());
                sqlx::query!(
                    "INSERT INTO take_scans(id,take_id,at,by,code,unit_id) VALUES(?1,?2,?3,?4,?5,?6)",
                    id,
                    input.take_id,
                    now,
                    by,
                    code,
                    unit
                )
                .execute(tx.conn())
                .await?;
            }
            let d = difference(tx.conn(), &take).await?;
            let why = unit.and_then(|u| d.odd.iter().find(|(id, _)| *id == u)).map(|(_, w)| *w);
            let outcome = match (unit, again, why) {
                (None, ..) => TakeOutcome::Unknown,
                (_, true, _) => TakeOutcome::Again,
                (_, _, Some(_)) => TakeOutcome::Odd,
                _ => TakeOutcome::Seen,
            };
            Ok((unit, why, outcome, d.expected, d.seen))
        })
        .await?;
    let (unit, why, outcome, expected, seen) = out.value;
    let unit = match unit {
        Some(id) => Some(unit_rows::unit_row(&mut *store.read().await?, now, id).await?),
        None => None,
    };
    Ok(TakeAnswer { outcome, code, unit, why, expected, seen })
}

/// Takes a scan of a take that goes on back.
///
/// # Errors
/// `NotFound`, `AlreadyDone`.
pub async fn unscan(store: &Store, actor: &Actor, scan: Id) -> AppResult<Touched> {
    let out = store
        .transact(Op::ScanTake, actor, async |tx: &mut Tx<'_>| {
            let take = sqlx::query_scalar!(r#"SELECT take_id AS "id: Id" FROM take_scans WHERE id = ?1"#, scan)
                .fetch_one(tx.conn())
                .await?;
            open(tx, take).await?;
            sqlx::query!("DELETE FROM take_scans WHERE id = ?1", scan).execute(tx.conn()).await?;
            Ok(Touched { count: 1 })
        })
        .await?;
    Ok(out.value)
}

/// Ends a take and keeps its differences as they are now; undo lets it go on.
///
/// # Errors
/// `NotFound`, `AlreadyDone`.
pub async fn finish(store: &Store, actor: &Actor, id: Id) -> AppResult<TakeSheet> {
    store
        .transact(Op::FinishTake, actor, async |tx: &mut Tx<'_>| {
            let take = open(tx, id).await?;
            let d = difference(tx.conn(), &take).await?;
            let (kept, now) = (words::json(&d), tx.now);
            sqlx::query!("UPDATE stock_takes SET done_at = ?2, result = ?3 WHERE id = ?1", id, now, kept)
                .execute(tx.conn())
                .await?;
            tx.say("what", &take.row.value);
            tx.say("missing", d.missing.len());
            Ok(())
        })
        .await?;
    get(store, id).await
}
