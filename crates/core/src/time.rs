//! Instants and lengths. The core never reads a clock; callers pass `now`.

use crate::number::safe_i64;

safe_i64! {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Ms
}

/// One hour in milliseconds.
pub const HOUR: i64 = 3_600_000;
/// One day in milliseconds.
pub const DAY: i64 = 24 * HOUR;
/// Exports of Chinese platforms write local time of Asia/Shanghai, which has had no summer time since 1991.
pub const SHANGHAI_OFFSET: i64 = 8 * HOUR;

impl Ms {
    /// `self` moved by `ms` milliseconds.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}
