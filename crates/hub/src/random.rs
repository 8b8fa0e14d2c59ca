//! Random bytes of the system.

use crate::error::{HubError, HubResult};

/// `N` of them.
///
/// # Errors
/// `internal` when the system has none to give.
pub fn bytes<const N: usize>() -> HubResult<[u8; N]> {
    let mut out = [0; N];
    getrandom::fill(&mut out).map_err(|e| HubError::internal(format!("no random bytes: {e}")))?;
    Ok(out)
}
