//! What keyset-paged lists have in common.

use stall_core::{AppError, AppResult, ErrorCode};

/// Rows a page may have at most.
const PAGE_MAX: u32 = 200;

/// Checks the size of a page.
///
/// # Errors
/// `BadInput` outside 1 to 200.
pub fn check_limit(limit: u32) -> AppResult<()> {
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(());
    }
    Err(AppError::new(ErrorCode::BadInput).arg("field", "limit").detail("limit is 1 to 200"))
}
