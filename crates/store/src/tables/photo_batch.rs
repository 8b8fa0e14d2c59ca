//! Photographs of many units at once: whose codes those are, and the writing of all of them as one action.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use sqlx::Row;
use stall_core::{AppResult, Id, api::BatchUnit, rank};

use super::{find::OLD_LABELS, photos::NewPhoto, unit_rows, words};
use crate::{Actor, Op, Output, Store, Tx};

/// Stock numbers named in the action's sentence.
const NAMED: usize = 3;

/// Where photographs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Unit(Id),
    /// The tray; photographs of one device share its text.
    Tray(String),
}

/// Photographs for one place, in order.
#[derive(Debug, Clone)]
pub struct Taking {
    pub place: Place,
    pub photos: Vec<NewPhoto>,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TookIn {
    pub photos: usize,
    pub units: usize,
    pub tray: usize,
    /// Names of files whose picture the unit had already.
    pub duplicates: Vec<String>,
}

/// The units these codes (stock number, IMEI, MEID, serial) name. A unit that is here comes before one that has left; a code
/// that several have which are here names none: a person says whose the pictures are.
///
/// # Errors
/// Store errors only.
pub async fn known(store: &Store, codes: &[String]) -> AppResult<HashMap<String, Id>> {
    let mut conn = store.read().await?;
    let sql = format!(
        "SELECT k.code, k.id, s.status IN ('in_stock','sold','packed') AS here FROM (
             SELECT stock_no AS code, id FROM units WHERE stock_no IN (SELECT value FROM json_each(?1))
             UNION SELECT imei, id FROM units WHERE imei IN (SELECT value FROM json_each(?1))
             UNION SELECT imei2, id FROM units WHERE imei2 IN (SELECT value FROM json_each(?1))
             UNION SELECT meid, id FROM units WHERE meid IN (SELECT value FROM json_each(?1))
             UNION SELECT serial, id FROM units WHERE serial IN (SELECT value FROM json_each(?1))
             UNION SELECT no, id FROM ({OLD_LABELS})) k
           JOIN unit_state s ON s.unit_id = k.id
           WHERE k.code <> ''
           ORDER BY here DESC, s.taken_in DESC, s.n DESC"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(words::json(&codes)).fetch_all(&mut *conn).await?;
    let mut found: HashMap<String, Id> = HashMap::new();
    let mut shared: HashSet<String> = HashSet::new();
    for r in rows {
        let (code, id, here): (String, Id, bool) = (r.get(0), r.get(1), r.get(2));
        match found.entry(code) {
            Entry::Vacant(free) => {
                free.insert(id);
            }
            Entry::Occupied(held) if here && *held.get() != id => {
                shared.insert(held.key().clone());
            }
            Entry::Occupied(_) => {}
        }
    }
    found.retain(|code, _| !shared.contains(code));
    Ok(found)
}

/// Heads of units; those that are gone are left out.
///
/// # Errors
/// Store errors only.
pub async fn heads(store: &Store, ids: &[Id]) -> AppResult<HashMap<Id, BatchUnit>> {
    let mut conn = store.read().await?;
    let rows = unit_rows(&mut conn, store.env().now(), ids).await?;
    let head = |r: stall_core::api::UnitRow| {
        let parts = [r.model.as_str(), r.storage.as_str(), r.colour.as_str()];
        let title = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        (r.id, BatchUnit { id: r.id, stock_no: r.stock_no, title, cover: r.cover, photos: r.photos })
    };
    Ok(rows.into_iter().map(head).collect())
}

/// Pictures units have: unit and blob.
///
/// # Errors
/// Store errors only.
pub async fn blobs(store: &Store, units: &[Id]) -> AppResult<HashSet<(Id, String)>> {
    let mut conn = store.read().await?;
    let list = words::json_ids(units);
    let rows = sqlx::query!(
        r#"SELECT unit_id AS "unit!: Id", blob FROM photos WHERE unit_id IN (SELECT value FROM json_each(?1))"#,
        list
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.unit, r.blob)).collect())
}

/// Whether any photograph, in a unit or in the tray, has this original.
///
/// # Errors
/// Store errors only.
pub async fn has_blob(store: &Store, blob: &str) -> AppResult<bool> {
    let mut conn = store.read().await?;
    let found = sqlx::query_scalar!("SELECT 1 AS one FROM photos WHERE blob = ?1 LIMIT 1", blob);
    Ok(found.fetch_optional(&mut *conn).await?.is_some())
}

/// Takes photographs in, all or none: one undo step over every unit. A picture a unit has already is left out and told.
///
/// # Errors
/// `NotFound` when a unit is gone.
pub async fn take(store: &Store, actor: &Actor, takings: &[Taking]) -> AppResult<Output<TookIn>> {
    let for_units = takings.iter().any(|t| matches!(t.place, Place::Unit(_)));
    let op = if for_units { Op::TakePhotos } else { Op::TrayPhotos };
    store
        .transact(op, actor, async |tx: &mut Tx<'_>| {
            let mut took = TookIn::default();
            let mut nos = Vec::new();
            for t in takings.iter().filter(|t| !t.photos.is_empty()) {
                let n = put(tx, t, &mut took.duplicates).await?;
                match &t.place {
                    Place::Unit(unit) => {
                        let no = sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", unit)
                            .fetch_one(tx.conn())
                            .await?;
                        took.photos += n;
                        took.units += usize::from(n > 0);
                        nos.extend((n > 0).then_some(no));
                    }
                    Place::Tray(_) => took.tray += n,
                }
            }
            let more = if nos.len() > NAMED { " …" } else { "" };
            tx.say("what", format!("{}{more}", nos.iter().take(NAMED).cloned().collect::<Vec<_>>().join(" ")));
            tx.say("n", took.photos + took.tray);
            Ok(took)
        })
        .await
}

/// Writes photographs behind those of their place; answers how many were new there.
async fn put(tx: &mut Tx<'_>, taking: &Taking, duplicates: &mut Vec<String>) -> AppResult<usize> {
    let (unit, tray) = match &taking.place {
        Place::Unit(unit) => (Some(*unit), None),
        Place::Tray(tray) => (None, Some(tray.as_str())),
    };
    let has = at(tx, &taking.place).await?;
    let last = has.last().map(|(pos, _)| pos.clone());
    let mut seen: HashSet<String> = has.into_iter().map(|(_, blob)| blob).collect();
    let (fresh, again): (Vec<_>, Vec<_>) = taking.photos.iter().partition(|p| seen.insert(p.blob.clone()));
    duplicates.extend(again.into_iter().map(|p| p.file_name.clone()));
    let ranks = rank::n_between(last.as_deref(), None, fresh.len());
    for (p, pos) in fresh.iter().zip(ranks) {
        let (id, now) = (tx.new_id()?, tx.now);
        let bytes = i64::try_from(p.bytes).unwrap_or(i64::MAX);
        // SQLite has no unsigned numbers: the bits are what counts.
        let dhash = p.dhash.map(u64::cast_signed);
        sqlx::query!(
            "INSERT INTO photos(id,unit_id,tray,pos,blob,shown,file_name,width,height,bytes,dhash,taken_at,added_at,
               sharp,light,shot,source)
             VALUES(?1,?2,?3,?4,?5,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
            id,
            unit,
            tray,
            pos,
            p.blob,
            p.file_name,
            p.width,
            p.height,
            bytes,
            dhash,
            p.taken_at,
            now,
            p.sharp,
            p.light,
            p.shot,
            p.source
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(fresh.len())
}

/// Rank and original of the photographs of a place, in order.
async fn at(tx: &mut Tx<'_>, place: &Place) -> AppResult<Vec<(String, String)>> {
    Ok(match place {
        Place::Unit(unit) => sqlx::query!("SELECT pos, blob FROM photos WHERE unit_id = ?1 ORDER BY pos, id", unit)
            .fetch_all(tx.conn())
            .await?
            .into_iter()
            .map(|r| (r.pos, r.blob))
            .collect(),
        Place::Tray(tray) => {
            sqlx::query!("SELECT pos, blob FROM photos WHERE unit_id IS NULL AND tray = ?1 ORDER BY pos, id", tray)
                .fetch_all(tx.conn())
                .await?
                .into_iter()
                .map(|r| (r.pos, r.blob))
                .collect()
        }
    })
}
