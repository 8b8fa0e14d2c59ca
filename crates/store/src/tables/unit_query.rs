//! The stock list: pages, counts and whole answers of a query, asked of the board.

use stall_core::{
    AppResult,
    api::{Matching, Page, UnitCounts, UnitQuery, UnitRow},
};

use super::{unit_rows::unit_rows, units::MOST};
use crate::{Store, board::Place};

/// One page of units.
///
/// # Errors
/// `BadInput` for a limit outside 1 to 200 or a place that is not ours.
pub async fn list(store: &Store, q: &UnitQuery) -> AppResult<Page<UnitRow>> {
    super::cursor::check_limit(q.limit)?;
    let after = q.after.as_deref().map(|text| Place::parse(text, q.sort)).transpose()?;
    let (now, limit) = (store.env().now(), usize::try_from(q.limit).unwrap_or(usize::MAX));
    let slice = store.board().ask(store, |b| b.page(q, after.as_ref(), limit, now)).await?;
    let rows = unit_rows(&mut *store.read().await?, now, &slice.ids).await?;
    let next = slice.next.map(|p| p.to_string());
    Ok(Page { rows, next, total: slice.total, total_capped: false })
}

/// Every unit of a query, as many as one action may touch.
///
/// # Errors
/// Store errors only.
pub async fn matching(store: &Store, q: &UnitQuery) -> AppResult<Matching> {
    let now = store.env().now();
    let slice = store.board().ask(store, |b| b.page(q, None, MOST, now)).await?;
    let rows = unit_rows(&mut *store.read().await?, now, &slice.ids).await?;
    Ok(Matching { rows, total: slice.total })
}

/// What each filter would leave, the others applied.
///
/// # Errors
/// Store errors only.
pub async fn narrow(store: &Store, q: &UnitQuery) -> AppResult<UnitCounts> {
    let now = store.env().now();
    store.board().ask(store, |b| b.counts(q, now)).await
}
