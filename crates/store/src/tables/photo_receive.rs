//! Photographs that a phone sends under ids of its own: stored once, however often they arrive.

use stall_core::{AppError, AppResult, ErrorCode, Id, api::PhoneReceipt, rank};

use super::photos::NewPhoto;
use crate::{Actor, Op, Output, Store, Tx};

/// Where a photograph goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    Unit(Id),
    /// No unit yet: photographs of one device share the tray's name.
    Tray(String),
}

/// A photograph that has arrived whole, its file stored.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The phone's id of it.
    pub id: Id,
    pub device: Id,
    pub to: Place,
    pub photo: NewPhoto,
}

impl Place {
    /// The unit or the tray.
    #[must_use]
    pub fn parts(&self) -> (Option<Id>, Option<&str>) {
        match self {
            Self::Unit(id) => (Some(*id), None),
            Self::Tray(name) => (None, Some(name)),
        }
    }
}

/// What is known of a photograph by the phone's id.
///
/// # Errors
/// Store errors only; an id never heard of is an answer.
pub async fn receipt(store: &Store, id: Id) -> AppResult<PhoneReceipt> {
    let mut conn = store.read().await?;
    Ok(find(&mut conn, id).await?.unwrap_or(PhoneReceipt {
        id,
        stored: false,
        photo_id: None,
        blob: None,
        removed: false,
        unit_id: None,
        tray: None,
    }))
}

/// Whether a unit is there to take photographs: asked before the bytes are taken in.
///
/// # Errors
/// `NotFound`.
pub async fn can_go(store: &Store, to: &Place) -> AppResult<()> {
    if let Place::Unit(unit) = to {
        let mut conn = store.read().await?;
        sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", unit).fetch_one(&mut *conn).await?;
    }
    Ok(())
}

async fn find(conn: &mut sqlx::SqliteConnection, id: Id) -> AppResult<Option<PhoneReceipt>> {
    let row = sqlx::query!(
        r#"SELECT r.photo_id AS "photo_id: Id", r.blob, p.id IS NULL AS "removed!: bool", p.unit_id AS "unit_id: Id", p.tray
           FROM photo_receipts r LEFT JOIN photos p ON p.id = r.photo_id WHERE r.id = ?1"#,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| PhoneReceipt {
        id,
        stored: true,
        photo_id: Some(r.photo_id),
        blob: Some(r.blob),
        removed: r.removed,
        unit_id: r.unit_id,
        tray: r.tray,
    }))
}

/// Stores a photograph behind those its unit or tray has. One that came before, or the very same picture in the same
/// place, is answered for and not stored again. `step` joins the photographs this phone sent just before.
///
/// # Errors
/// `NotFound` when the unit is gone; `HashMismatch` when the id stands for another picture.
pub async fn receive(
    store: &Store,
    actor: &Actor,
    new: &Arrived,
    step: Option<u32>,
) -> AppResult<Output<PhoneReceipt>> {
    store
        .transact_into(step, Op::AddPhotos, actor, async |tx: &mut Tx<'_>| {
            if let Some(known) = find(tx.conn(), new.id).await? {
                return if known.blob.as_ref() == Some(&new.photo.blob) { Ok(known) } else { Err(other(new.id)) };
            }
            let (unit, tray) = new.to.parts();
            let what = match unit {
                Some(unit) => {
                    sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", unit).fetch_one(tx.conn()).await?
                }
                None => String::new(),
            };
            let blob = &new.photo.blob;
            let there = sqlx::query_scalar!(
                r#"SELECT id AS "id: Id" FROM photos
                   WHERE blob = ?1 AND ((unit_id IS NULL AND tray = ?3) OR unit_id = ?2) LIMIT 1"#,
                blob,
                unit,
                tray
            )
            .fetch_optional(tx.conn())
            .await?;
            let photo_id = match there {
                Some(id) => id,
                None => {
                    insert(tx, new).await?;
                    let before = match step {
                        Some(step) => said(tx, step).await?,
                        None => 0,
                    };
                    tx.say("what", what);
                    tx.say("n", before + 1);
                    new.id
                }
            };
            let now = tx.now;
            sqlx::query!(
                "INSERT INTO photo_receipts(id,photo_id,device_id,blob,at) VALUES(?1,?2,?3,?4,?5)",
                new.id,
                photo_id,
                new.device,
                blob,
                now
            )
            .execute(tx.conn())
            .await?;
            find(tx.conn(), new.id).await?.ok_or_else(|| ErrorCode::Internal.into())
        })
        .await
}

fn other(id: Id) -> AppError {
    AppError::new(ErrorCode::HashMismatch).arg("id", id)
}

async fn insert(tx: &mut Tx<'_>, new: &Arrived) -> AppResult<()> {
    let ((unit, tray), p, now) = (new.to.parts(), &new.photo, tx.now);
    let taken: i64 = sqlx::query_scalar!(r#"SELECT count(*) AS "n: i64" FROM photos WHERE id = ?1"#, new.id)
        .fetch_one(tx.conn())
        .await?;
    if taken > 0 {
        return Err(other(new.id));
    }
    let last = sqlx::query_scalar!(
        r#"SELECT max(pos) AS "pos: String" FROM photos WHERE unit_id = ?1 OR (unit_id IS NULL AND tray = ?2)"#,
        unit,
        tray
    )
    .fetch_one(tx.conn())
    .await?;
    let pos = rank::n_between(last.as_deref(), None, 1).pop().unwrap_or_default();
    let bytes = i64::try_from(p.bytes).unwrap_or(i64::MAX);
    // SQLite has no unsigned numbers: the bits are what counts.
    let dhash = p.dhash.map(u64::cast_signed);
    sqlx::query!(
        "INSERT INTO photos(id,unit_id,tray,pos,blob,shown,shot,source,file_name,width,height,bytes,dhash,sharp,light,
           taken_at,added_at)
         VALUES(?1,?2,?3,?4,?5,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
        new.id,
        unit,
        tray,
        pos,
        p.blob,
        p.shot,
        p.source,
        p.file_name,
        p.width,
        p.height,
        bytes,
        dhash,
        p.sharp,
        p.light,
        p.taken_at,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many photographs the step has so far.
async fn said(tx: &mut Tx<'_>, step: u32) -> AppResult<i64> {
    let n = sqlx::query_scalar!(
        r#"SELECT CAST(args ->> '$.n' AS INTEGER) AS "n: i64" FROM undo_steps WHERE id = ?1 AND undone = 0"#,
        step
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(n.flatten().unwrap_or(0))
}

/// Whether this device sent every one of these photographs: what a phone may take off again.
///
/// # Errors
/// Store errors only.
pub async fn sent_all(store: &Store, device: Id, photos: &[Id]) -> AppResult<bool> {
    let mut conn = store.read().await?;
    let list = super::words::json_ids(photos);
    let foreign: i64 = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n: i64" FROM json_each(?1) j
           WHERE NOT EXISTS (SELECT 1 FROM photo_receipts r WHERE r.device_id = ?2 AND r.photo_id = j.value)"#,
        list,
        device
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(foreign == 0)
}

/// Whether a picture of this name belongs to a unit or the tray.
///
/// # Errors
/// Store errors only.
pub async fn is_photo(store: &Store, name: &str) -> AppResult<bool> {
    let mut conn = store.read().await?;
    let n: i64 = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM photos WHERE blob = ?1)
               OR EXISTS (SELECT 1 FROM photos WHERE shown = ?1 AND shown <> blob) AS "n!: i64""#,
        name
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(n != 0)
}
