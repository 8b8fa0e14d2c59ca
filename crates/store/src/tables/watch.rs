//! The watched folder: a setting of this computer, not of the stall. The row carries the replica's id, so that another
//! laptop does not look for this one's path.

use sqlx::SqliteConnection;
use stall_core::{AppError, AppResult, ErrorCode, Id, api::WatchSettings};

use super::words;
use crate::{Actor, Op, Output, Store};

/// Seconds of pause a person may set.
const GAP: std::ops::RangeInclusive<u32> = 1..=3600;
const GAP_AT_FIRST: u32 = 40;
const PATH_MAX: usize = 1000;

async fn row_id(conn: &mut SqliteConnection) -> AppResult<String> {
    let replica = sqlx::query_scalar!(r#"SELECT replica_id AS "id: Id" FROM replica"#).fetch_one(conn).await?;
    Ok(format!("watch.{replica}"))
}

/// What this computer watches; nothing at first.
///
/// # Errors
/// Store errors only.
pub async fn get(store: &Store) -> AppResult<WatchSettings> {
    let mut conn = store.read().await?;
    let row = row_id(&mut conn).await?;
    let kept = sqlx::query_scalar!("SELECT value FROM settings WHERE id = ?1", row).fetch_optional(&mut *conn).await?;
    match kept {
        Some(text) => serde_json::from_str(&text).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e)),
        None => Ok(WatchSettings { gap_s: GAP_AT_FIRST, ..WatchSettings::default() }),
    }
}

/// Replaces it.
///
/// # Errors
/// `BadInput` with `field` for a pause out of range or no folder; `FieldTooLong`.
pub async fn set(store: &Store, actor: &Actor, new: &WatchSettings) -> AppResult<Output<()>> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    let folder = words::limited("folder", PATH_MAX, &new.folder)?;
    if new.on && folder.is_empty() {
        return Err(bad("folder"));
    }
    if !GAP.contains(&new.gap_s) {
        return Err(bad("gap_s"));
    }
    let value = words::json(&WatchSettings { folder, ..new.clone() });
    store
        .transact(Op::SetWatch, actor, async |tx| {
            let row = row_id(tx.conn()).await?;
            sqlx::query!(
                "INSERT INTO settings(id,value) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                row,
                value
            )
            .execute(tx.conn())
            .await?;
            Ok(())
        })
        .await
}
