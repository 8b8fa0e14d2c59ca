//! Counts of the stock as a whole, for the tabs: counts that follow a query are [`super::units::narrow`].

use stall_core::{AppResult, api::UnitFacets, time::DAY};

use super::settings;
use crate::Store;

/// Counts by status of all units; the rest of units in stock.
///
/// # Errors
/// Store errors only.
pub async fn facets(store: &Store) -> AppResult<UnitFacets> {
    let now = store.env().now();
    let days = settings::read(&mut *store.read().await?).await?.ageing_days;
    let old = now.plus(-i64::from(days) * DAY);
    store.board().ask(store, |b| b.overview(now, old)).await
}
