//! Reading units and their photographs for an export, some at a time.

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::Row;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::FieldDef,
    units_export::{Column, UnitRecord, every},
};

use super::{
    fields,
    mappings::{self, Mapping},
    unit_plan::{cells, stored},
    words,
};
use crate::{Actor, Op, Store, Tx};

/// Under which the choices of an export of units are remembered.
pub const UNITS: &str = "units_export";
/// The same for sets of pictures.
pub const PHOTOS: &str = "photos_export";

/// A photograph as an export carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitPhoto {
    pub blob: String,
    /// Name of the made copies on show.
    pub shown: String,
    /// JSON of the edits that make `shown` from `blob`.
    pub edits: Option<String>,
    pub shot: String,
    pub source: String,
    pub file_name: String,
    pub taken_at: Option<Ms>,
}

/// The units of these ids in the order asked; ids that name no unit are left out.
///
/// # Errors
/// Store errors only.
pub async fn records(store: &Store, ids: &[Id]) -> AppResult<Vec<UnitRecord>> {
    let mut conn = store.read().await?;
    let rows = sqlx::query(concat!(
        "SELECT ",
        cells!(),
        ", u.id, s.status, u.taken_in
         FROM json_each(?1) j JOIN units u ON u.id = j.value JOIN unit_state s ON s.unit_id = u.id ORDER BY j.key",
    ))
    .bind(words::json_ids(ids))
    .fetch_all(&mut *conn)
    .await?;
    let mut values = fields::of_units(&mut conn, ids).await?;
    let mut record = |r: &sqlx::sqlite::SqliteRow| {
        let cells: Vec<Value> =
            serde_json::from_str(r.get(0)).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        let id = r.get(1);
        let mut unit = stored(&cells)?;
        unit.fields = Some(values.remove(&id).unwrap_or_default());
        Ok(UnitRecord { id, unit, taken_in: r.get(3), status: words::parse(r.get(2))? })
    };
    rows.iter().map(&mut record).collect()
}

/// Every column an export can have: what all units have, then the fields that some unit has a value of.
///
/// # Errors
/// Store errors only.
pub async fn columns(store: &Store) -> AppResult<Vec<Column>> {
    let mut conn = store.read().await?;
    let all = fields::defs(&mut conn).await?;
    let used = sqlx::query_scalar!("SELECT DISTINCT field_id FROM unit_fields").fetch_all(&mut *conn).await?;
    let used: Vec<FieldDef> = all.iter().filter(|d| used.contains(&d.id)).cloned().collect();
    Ok(every(&used, &all))
}

/// The photographs of these units, each unit's in order.
///
/// # Errors
/// Store errors only.
pub async fn photos(store: &Store, ids: &[Id]) -> AppResult<HashMap<Id, Vec<UnitPhoto>>> {
    let mut conn = store.read().await?;
    let list = words::json_ids(ids);
    let rows = sqlx::query!(
        r#"SELECT p.unit_id AS "unit_id!: Id", p.blob, p.shown, p.edits, p.shot, p.source, p.file_name, p.taken_at AS "taken_at: Ms"
           FROM json_each(?1) j JOIN photos p ON p.unit_id = j.value ORDER BY p.unit_id, p.pos, p.id"#,
        list
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut all: HashMap<Id, Vec<UnitPhoto>> = HashMap::new();
    for r in rows {
        let photo = UnitPhoto {
            blob: r.blob,
            shown: r.shown,
            edits: r.edits,
            shot: r.shot,
            source: r.source,
            file_name: r.file_name,
            taken_at: r.taken_at,
        };
        all.entry(r.unit_id).or_default().push(photo);
    }
    Ok(all)
}

/// How an export of this kind (`UNITS`, `PHOTOS`) was made the last time by somebody of this role.
///
/// # Errors
/// Store errors only.
pub async fn last<T: DeserializeOwned>(store: &Store, kind: &str, role: &str) -> AppResult<Option<T>> {
    let kept = mappings::get(store, kind, &[role.to_owned()]).await?;
    Ok(kept.and_then(|m| serde_json::from_str(m.mapping.get("how")?).ok()))
}

/// Remembers how an export is made. Undo does not take it back.
///
/// # Errors
/// Store errors only.
pub async fn keep<T: Serialize + DeserializeOwned + PartialEq>(
    store: &Store,
    actor: &Actor,
    kind: &str,
    how: &T,
) -> AppResult<()> {
    let role = actor.role.as_str();
    if last::<T>(store, kind, role).await?.as_ref() == Some(how) {
        return Ok(());
    }
    let mapping = BTreeMap::from([("how".to_owned(), words::json(how))]);
    let kept = Mapping { platform: String::new(), shop: String::new(), mapping };
    let work = async |tx: &mut Tx<'_>| mappings::put(tx, kind, &[role.to_owned()], &kept).await;
    store.transact(Op::KeepChoices, actor, work).await?;
    Ok(())
}
