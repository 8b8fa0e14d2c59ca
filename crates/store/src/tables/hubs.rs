//! Where the stall's hubs are: a row of the settings, so that every laptop is told by the exchange itself.

use serde::{Deserialize, Serialize};
use stall_core::{AppError, AppResult, ErrorCode};

use super::words;
use crate::{Actor, Op, Store};

const ROW: &str = "hubs";

/// The addresses, with fingerprints where there are any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hubs {
    /// The one that orders.
    pub first: String,
    /// The one that relays.
    pub second: Option<String>,
}

/// As it was last said; `None` for a stall that never had two.
///
/// # Errors
/// Store errors only.
pub async fn get(store: &Store) -> AppResult<Option<Hubs>> {
    let kept: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE id = ?1")
        .bind(ROW)
        .fetch_optional(&mut *store.read().await?)
        .await?;
    let damaged = |e| AppError::new(ErrorCode::StallDamaged).detail(e);
    kept.map(|text| serde_json::from_str(&text).map_err(damaged)).transpose()
}

/// Says it to every laptop.
///
/// # Errors
/// Store errors only.
pub async fn set(store: &Store, actor: &Actor, hubs: &Hubs) -> AppResult<()> {
    store
        .transact(Op::SetHubs, actor, async |tx| {
            sqlx::query(
                "INSERT INTO settings(id,value) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET value = excluded.value",
            )
            .bind(ROW)
            .bind(words::json(hubs))
            .execute(tx.conn())
            .await?;
            Ok(())
        })
        .await
        .map(drop)
}
