//! Edits of photographs, and what is doubtful about them.

use std::collections::HashMap;

use stall_core::{
    AppResult, ErrorCode, Id,
    api::{ByIds, PhotoFlag, PhotoFlags, Touched},
    photo_edit::Edits,
    photo_quality::{first_alike, verdict},
};

use super::words;
use crate::{Actor, Op, Store, Tx};

/// An original and what is done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// BLAKE3 of the original, 64 hex digits.
    pub blob: String,
    pub edits: Edits,
}

impl Edited {
    fn of(blob: String, edits: Option<&str>) -> AppResult<Self> {
        Ok(Self { blob, edits: edits.map_or_else(|| Ok(Edits::default()), Edits::read)? })
    }
}

/// One photograph's original and edits.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<Edited> {
    let mut conn = store.read().await?;
    let row = sqlx::query!("SELECT blob, edits FROM photos WHERE id = ?1", id).fetch_one(&mut *conn).await?;
    Edited::of(row.blob, row.edits.as_deref())
}

/// The original and edits of the picture with this name, where a row still shows it: its copies can be made again.
///
/// # Errors
/// Store errors only.
pub async fn by_shown(store: &Store, shown: &str) -> AppResult<Option<Edited>> {
    let mut conn = store.read().await?;
    let row = sqlx::query!("SELECT blob, edits FROM photos WHERE edits IS NOT NULL AND shown = ?1 LIMIT 1", shown)
        .fetch_optional(&mut *conn)
        .await?;
    row.map(|r| Edited::of(r.blob, r.edits.as_deref())).transpose()
}

/// Replaces a photograph's edits. The copies of the edited picture are on disk before.
///
/// # Errors
/// `NotFound`.
pub async fn set(store: &Store, actor: &Actor, id: Id, edits: &Edits) -> AppResult<Touched> {
    store
        .transact(Op::EditPhoto, actor, async |tx: &mut Tx<'_>| {
            let row = sqlx::query!(
                r#"SELECT p.blob, u.stock_no AS "stock_no?: String"
                   FROM photos p LEFT JOIN units u ON u.id = p.unit_id WHERE p.id = ?1"#,
                id
            )
            .fetch_one(tx.conn())
            .await?;
            let shown = edits.shown(&row.blob);
            let json = (!edits.is_empty()).then(|| edits.json());
            sqlx::query!("UPDATE photos SET edits = ?2, shown = ?3 WHERE id = ?1", id, json, shown)
                .execute(tx.conn())
                .await?;
            tx.say("what", row.stock_no.unwrap_or_default());
            tx.say("n", 1);
            Ok(())
        })
        .await?;
    Ok(Touched { count: 1 })
}

/// Judges photographs, in the order asked.
///
/// # Errors
/// `BadInput` for more than 500.
pub async fn flags(store: &Store, input: &ByIds) -> AppResult<PhotoFlags> {
    if input.ids.len() > 500 {
        return Err(stall_core::AppError::new(ErrorCode::BadInput).arg("field", "ids"));
    }
    let list = words::json_ids(&input.ids);
    let mut conn = store.read().await?;
    let rows = sqlx::query!(
        r#"SELECT id AS "id: Id", dhash, sharp AS "sharp: u8", light AS "light: u8"
           FROM photos WHERE id IN (SELECT value FROM json_each(?1))"#,
        list
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut found: HashMap<Id, _> = rows.into_iter().map(|r| (r.id, r)).collect();
    let rows: Vec<_> = input.ids.iter().filter_map(|id| found.remove(id)).collect();
    let hashes: Vec<Option<u64>> = rows.iter().map(|r| r.dhash.map(i64::cast_unsigned)).collect();
    let flags = rows.iter().zip(first_alike(&hashes)).map(|(row, like)| PhotoFlag {
        id: row.id,
        verdict: verdict(row.sharp, row.light),
        like: like.and_then(|i| rows.get(i)).map(|r| r.id),
    });
    Ok(PhotoFlags { flags: flags.collect() })
}
