//! Photographs of units: rows only; the files are in the blob folder before their rows are written.

use std::collections::HashSet;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{ByIds, Photo, PhotosOrder, Touched},
    rank,
};

use super::words;
use crate::{Actor, Op, Output, Store, Tx};

/// A photograph whose original and copies are stored.
#[derive(Debug, Clone)]
pub struct NewPhoto {
    /// BLAKE3 of the original, 64 hex digits.
    pub blob: String,
    pub file_name: String,
    /// Pixels after orientation.
    pub width: u32,
    pub height: u32,
    /// Size of the original in bytes.
    pub bytes: u64,
    pub dhash: Option<u64>,
    /// Sharpness, 0-100, where it was measured.
    pub sharp: Option<u8>,
    /// Mean lightness, 0-255, where it was measured.
    pub light: Option<u8>,
    /// Which view of the shot list it shows; empty when unknown.
    pub shot: String,
    /// Empty by hand, else `phone` or `folder`.
    pub source: String,
    pub taken_at: Option<Ms>,
}

/// A unit's photographs in order; the first is the cover.
pub(super) async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<Vec<Photo>> {
    Ok(sqlx::query_as!(
        Photo,
        r#"SELECT id AS "id: Id", unit_id AS "unit_id: Id", tray, blob, shown, edits IS NOT NULL AS "edited!: bool", shot, source,
             file_name, width AS "width: u32", height AS "height: u32", bytes AS "bytes: u32", sharp AS "sharp: u8",
             light AS "light: u8", taken_at AS "taken_at: Ms", added_at AS "added_at: Ms"
           FROM photos WHERE unit_id = ?1 ORDER BY pos, id"#,
        unit
    )
    .fetch_all(conn)
    .await?)
}

async fn stock_no(tx: &mut Tx<'_>, unit: Id) -> AppResult<String> {
    Ok(sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", unit).fetch_one(tx.conn()).await?)
}

/// Adds photographs behind those a unit has. A photograph the unit already has is left out. `step` joins an earlier
/// batch of the same job, so that one undo takes all back.
///
/// # Errors
/// `NotFound` when the unit is gone.
pub async fn add(
    store: &Store,
    actor: &Actor,
    unit: Id,
    new: Vec<NewPhoto>,
    step: Option<u32>,
) -> AppResult<Output<Vec<Id>>> {
    store
        .transact_into(step, Op::AddPhotos, actor, async |tx: &mut Tx<'_>| {
            let no = stock_no(tx, unit).await?;
            let ids = put(tx, unit, &new).await?;
            let before = match step {
                Some(step) => said(tx, step).await?,
                None => 0,
            };
            tx.say("what", no);
            tx.say("n", before + ids.len());
            Ok(ids)
        })
        .await
}

/// Writes photographs behind those a unit has, without those it has already.
pub(super) async fn put(tx: &mut Tx<'_>, unit: Id, new: &[NewPhoto]) -> AppResult<Vec<Id>> {
    let has = of_unit(tx.conn(), unit).await?;
    let mut seen: HashSet<&str> = has.iter().map(|p| p.blob.as_str()).collect();
    let fresh: Vec<&NewPhoto> = new.iter().filter(|p| seen.insert(&p.blob)).collect();
    let last = sqlx::query_scalar!(r#"SELECT max(pos) AS "pos: String" FROM photos WHERE unit_id = ?1"#, unit)
        .fetch_one(tx.conn())
        .await?;
    let ranks = rank::n_between(last.as_deref(), None, fresh.len());
    let mut ids = Vec::with_capacity(fresh.len());
    for (p, pos) in fresh.iter().zip(ranks) {
        let (id, now) = (tx.new_id()?, tx.now);
        let bytes = i64::try_from(p.bytes).unwrap_or(i64::MAX);
        // SQLite has no unsigned numbers: the bits are what counts.
        let dhash = p.dhash.map(u64::cast_signed);
        sqlx::query!(
            "INSERT INTO photos(id,unit_id,pos,blob,shown,file_name,width,height,bytes,dhash,taken_at,added_at,
               sharp,light,shot,source)
             VALUES(?1,?2,?3,?4,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)",
            id,
            unit,
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
        ids.push(id);
    }
    Ok(ids)
}

/// How many photographs earlier batches of the step said they took in.
async fn said(tx: &mut Tx<'_>, step: u32) -> AppResult<usize> {
    let n = sqlx::query_scalar!(
        r#"SELECT CAST(args ->> '$.n' AS INTEGER) AS "n: i64" FROM undo_steps WHERE id = ?1 AND undone = 0"#,
        step
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(n.flatten().and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
}

/// Orders a unit's photographs; the first becomes the cover.
///
/// # Errors
/// `NotFound`, `BadInput` unless every photograph of the unit is named once.
pub async fn reorder(store: &Store, actor: &Actor, input: &PhotosOrder) -> AppResult<Touched> {
    let out = store
        .transact(Op::ReorderPhotos, actor, async |tx: &mut Tx<'_>| {
            let no = stock_no(tx, input.unit_id).await?;
            let has: Vec<Id> = of_unit(tx.conn(), input.unit_id).await?.iter().map(|p| p.id).collect();
            let (a, b): (HashSet<&Id>, HashSet<&Id>) = (has.iter().collect(), input.ids.iter().collect());
            if a != b || has.len() != input.ids.len() {
                return Err(AppError::new(ErrorCode::BadInput).arg("field", "ids"));
            }
            if has != input.ids {
                for (id, pos) in input.ids.iter().zip(rank::n_between(None, None, has.len())) {
                    sqlx::query!("UPDATE photos SET pos = ?2 WHERE id = ?1", id, pos).execute(tx.conn()).await?;
                }
            }
            tx.say("what", no);
            tx.say("n", has.len());
            Ok(has.len())
        })
        .await?;
    Ok(Touched { count: u32::try_from(out.value).unwrap_or(u32::MAX) })
}

/// Takes photographs off their units. The originals stay while undo or a change can still name them.
///
/// # Errors
/// `NotFound` when one of them is not there.
pub async fn delete(store: &Store, actor: &Actor, input: &ByIds) -> AppResult<Touched> {
    let out = store
        .transact(Op::DeletePhotos, actor, async |tx: &mut Tx<'_>| {
            let list = words::json_ids(&input.ids);
            let nos = sqlx::query_scalar!(
                "SELECT DISTINCT u.stock_no FROM json_each(?1) j JOIN photos p ON p.id = j.value JOIN units u ON u.id = p.unit_id",
                list
            )
            .fetch_all(tx.conn())
            .await?;
            let gone = sqlx::query!("DELETE FROM photos WHERE id IN (SELECT value FROM json_each(?1))", list)
                .execute(tx.conn())
                .await?
                .rows_affected();
            let asked: HashSet<&Id> = input.ids.iter().collect();
            if gone == 0 || usize::try_from(gone).ok() != Some(asked.len()) {
                return Err(ErrorCode::NotFound.into());
            }
            tx.say("what", nos.join(" "));
            tx.say("n", gone);
            Ok(gone)
        })
        .await?;
    Ok(Touched { count: u32::try_from(out.value).unwrap_or(u32::MAX) })
}

/// Every blob that a row names or an undo step can bring back, and the copies of edited pictures on show: the sweep keeps
/// these. Copies of edits that were undone go; they can be made again from the row.
///
/// # Errors
/// Store errors only.
pub async fn blobs_in_use(store: &Store) -> AppResult<HashSet<String>> {
    let mut conn = store.read().await?;
    let blobs = sqlx::query_scalar!(
        r#"SELECT blob AS "blob!: String" FROM photos
           UNION
           SELECT shown FROM photos WHERE edits IS NOT NULL
           UNION
           SELECT x.value ->> '$.copy' FROM passports p, json_each(p.document, '$.sections.photos') x
           UNION
           SELECT x.value ->> '$.original' FROM passports p, json_each(p.document, '$.sections.photos') x
           UNION
           SELECT coalesce(c.new, c.old) ->> '$.blob' FROM undo_groups g JOIN change_rows c ON c.rseq = g.rseq
           WHERE c.tbl = 'photos' AND c.kind IN ('I','D')"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let evidence = super::inspection_reports::evidence(&mut conn).await?;
    Ok(blobs.into_iter().chain(evidence).collect())
}
