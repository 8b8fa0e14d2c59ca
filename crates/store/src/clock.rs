//! The outside a store needs: a clock and randomness, passed in so that tests can own both.

use std::sync::Arc;

use stall_core::{AppError, AppResult, ErrorCode, Id, Ms};

/// Clock and randomness.
#[derive(Clone)]
pub struct Env {
    now: Arc<dyn Fn() -> Ms + Send + Sync>,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Env")
    }
}

impl Env {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::with_clock(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            Ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        })
    }

    /// A clock of the caller's.
    pub fn with_clock(now: impl Fn() -> Ms + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now) }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Ms {
        (self.now)()
    }

    /// A new row id.
    ///
    /// # Errors
    /// `Internal` when the system gives no randomness.
    pub fn new_id(&self) -> AppResult<Id> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        Ok(Id::v7(self.now(), random))
    }
}
