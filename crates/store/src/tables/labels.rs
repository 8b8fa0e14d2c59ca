//! Labels: how they look, what they say of a unit, what was printed, and who wants one.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id,
    api::{LabelSettings, LabelsMissing, Touched},
    labels::{self, LabelFacts},
};

use super::words;
use crate::{Actor, Op, Output, Store};

const ROW: &str = "labels";

/// How labels look and what prints them.
///
/// # Errors
/// Store errors only.
pub async fn settings(store: &Store) -> AppResult<LabelSettings> {
    let mut conn = store.read().await?;
    let kept = sqlx::query_scalar!("SELECT value FROM settings WHERE id = ?1", ROW).fetch_optional(&mut *conn).await?;
    match kept {
        None => Ok(labels::defaults()),
        Some(text) => serde_json::from_str(&text).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e)),
    }
}

/// Replaces them.
///
/// # Errors
/// As [`labels::checked`].
pub async fn set_settings(store: &Store, actor: &Actor, new: LabelSettings) -> AppResult<Output<LabelSettings>> {
    let new = labels::checked(new)?;
    store
        .transact(Op::SetLabels, actor, async |tx| {
            let value = words::json(&new);
            sqlx::query!(
                "INSERT INTO settings(id,value) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                ROW,
                value
            )
            .execute(tx.conn())
            .await?;
            Ok(new.clone())
        })
        .await
}

/// What labels may tell of these units, in the order asked. The query names its columns: cost and floor price cannot
/// come along.
///
/// # Errors
/// `NotFound` when a unit is gone.
pub async fn facts(store: &Store, ids: &[Id]) -> AppResult<Vec<LabelFacts>> {
    let mut conn = store.read().await?;
    let list = words::json_ids(ids);
    let rows = sqlx::query!(
        r#"SELECT u.id AS "id: Id", u.stock_no, u.model, u.storage, u.colour, u.grade, u.battery AS "battery: u8",
             u.price_list AS "price: Fen", u.shelf,
             coalesce(nullif(u.imei,''), nullif(u.serial,''), nullif(u.meid,''), '') AS "code!: String"
           FROM json_each(?1) j JOIN units u ON u.id = j.value"#,
        list
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut found: HashMap<Id, LabelFacts> = HashMap::with_capacity(rows.len());
    for r in rows {
        let facts = LabelFacts {
            unit: Some(r.id),
            stock_no: r.stock_no,
            model: r.model,
            storage: r.storage,
            colour: r.colour,
            grade: r.grade.filter(|g| !g.is_empty()),
            battery: r.battery,
            price: r.price,
            code: r.code,
            shelf: r.shelf,
        };
        found.insert(r.id, facts);
    }
    ids.iter().map(|id| found.get(id).cloned().ok_or_else(|| ErrorCode::NotFound.into())).collect()
}

/// How many units want a label.
///
/// # Errors
/// Store errors only.
pub async fn missing(store: &Store) -> AppResult<LabelsMissing> {
    let mut conn = store.read().await?;
    read_missing(&mut conn).await
}

pub(crate) async fn read_missing(conn: &mut SqliteConnection) -> AppResult<LabelsMissing> {
    let r = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM label_wants) AS "total!: u32",
             (SELECT count(*) FROM label_wants WHERE changed = 1) AS "changed!: u32",
             EXISTS(SELECT 1 FROM label_prints) AS "used!: bool""#
    )
    .fetch_one(conn)
    .await?;
    Ok(LabelsMissing { total: r.total, changed: r.changed, used: r.used })
}

/// The units that want a label, by stock number, at most one order's worth.
///
/// # Errors
/// Store errors only.
pub async fn wanted(store: &Store) -> AppResult<Vec<Id>> {
    let mut conn = store.read().await?;
    let limit = i64::try_from(labels::MAX_LABELS).unwrap_or(i64::MAX);
    Ok(sqlx::query_scalar!(
        r#"SELECT w.unit_id AS "id: Id" FROM label_wants w JOIN unit_state s ON s.unit_id = w.unit_id
           ORDER BY s.stock_no, s.n LIMIT ?1"#,
        limit
    )
    .fetch_all(&mut *conn)
    .await?)
}

/// What one label states; `None` takes the last print of the unit back.
#[derive(Debug, Clone, Serialize)]
pub struct Printed {
    pub unit: Id,
    pub states: Option<String>,
}

/// Tells that labels were printed, or were not after all.
///
/// # Errors
/// Store errors only.
pub async fn mark(store: &Store, actor: &Actor, prints: &[Printed]) -> AppResult<Touched> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: Id,
        #[serde(flatten)]
        print: &'a Printed,
    }
    let done = store
        .transact(Op::MarkLabels, actor, async |tx| {
            tx.say("n", prints.len());
            for chunk in prints.chunks(1000) {
                let mut rows = Vec::with_capacity(chunk.len());
                for print in chunk {
                    rows.push(Row { id: tx.new_id()?, print });
                }
                let rows = words::json(&rows);
                let (at, by) = (tx.now, tx.actor.name.as_str());
                sqlx::query!(
                    "INSERT INTO label_prints(id,unit_id,at,by,states)
                     SELECT value->>'$.id', value->>'$.unit', ?2, ?3, value->>'$.states' FROM json_each(?1)",
                    rows,
                    at,
                    by
                )
                .execute(tx.conn())
                .await?;
            }
            Ok(Touched { count: u32::try_from(prints.len()).unwrap_or(u32::MAX) })
        })
        .await?;
    Ok(done.value)
}
