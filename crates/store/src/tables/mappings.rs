//! Column mappings remembered by the shape of a file.

use std::collections::BTreeMap;

use stall_core::AppResult;

use super::words;
use crate::{Store, Tx};

/// What was used the last time a file had these headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Empty for files that belong to no platform.
    pub platform: String,
    pub shop: String,
    /// Field name -> header.
    pub mapping: BTreeMap<String, String>,
}

/// `kind` is `orders` or `units`; `headers` are the file's, in file order.
fn key(kind: &str, headers: &[String]) -> String {
    format!("{kind}:{}", blake3::hash(words::json(&headers).as_bytes()).to_hex())
}

/// The mapping remembered for these headers.
///
/// # Errors
/// Store errors only.
pub async fn get(store: &Store, kind: &str, headers: &[String]) -> AppResult<Option<Mapping>> {
    let id = key(kind, headers);
    let row = sqlx::query!("SELECT platform, shop, mapping FROM mappings WHERE id = ?1", id)
        .fetch_optional(&mut *store.read().await?)
        .await?;
    Ok(row.and_then(|r| {
        let mapping = serde_json::from_str(&r.mapping).ok()?;
        Some(Mapping { platform: r.platform, shop: r.shop, mapping })
    }))
}

/// The shop last used with a platform; empty when there was none.
///
/// # Errors
/// Store errors only.
pub async fn last_shop(store: &Store, platform: &str) -> AppResult<String> {
    let shop = sqlx::query_scalar!(
        "SELECT shop FROM mappings WHERE kind = 'orders' AND platform = ?1 ORDER BY used_at DESC, id LIMIT 1",
        platform
    )
    .fetch_optional(&mut *store.read().await?)
    .await?;
    Ok(shop.unwrap_or_default())
}

/// Remembers a mapping.
///
/// # Errors
/// Store errors only.
pub async fn put(tx: &mut Tx<'_>, kind: &str, headers: &[String], used: &Mapping) -> AppResult<()> {
    let (id, mapping, now) = (key(kind, headers), words::json(&used.mapping), tx.now);
    sqlx::query!(
        "INSERT INTO mappings(id,kind,platform,shop,mapping,used_at) VALUES(?1,?2,?3,?4,?5,?6)
         ON CONFLICT(id) DO UPDATE SET platform=excluded.platform, shop=excluded.shop, mapping=excluded.mapping,
           used_at=excluded.used_at",
        id,
        kind,
        used.platform,
        used.shop,
        mapping,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
