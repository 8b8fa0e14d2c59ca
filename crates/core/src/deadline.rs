//! When a parcel must leave.

use crate::api::{Deadline, DeadlineSource};
use crate::{Ms, time::HOUR};

/// The file's promise where it gives one, else payment plus the stall's hours; `None` for an unpaid order without either.
#[must_use]
pub fn deadline(promise: Option<Ms>, paid_at: Option<Ms>, hours: u32) -> Option<Deadline> {
    promise
        .map(|at| Deadline { at, source: DeadlineSource::File })
        .or_else(|| paid_at.map(|p| Deadline { at: p.plus(i64::from(hours) * HOUR), source: DeadlineSource::Hours }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_promise_wins_over_the_hours() {
        let d = deadline(Some(Ms(5)), Some(Ms(1)), 48);
        assert_eq!(d, Some(Deadline { at: Ms(5), source: DeadlineSource::File }));
    }

    #[test]
    fn without_a_promise_the_hours_count_from_payment() {
        let d = deadline(None, Some(Ms(1)), 48);
        assert_eq!(d, Some(Deadline { at: Ms(48 * HOUR + 1), source: DeadlineSource::Hours }));
        assert_eq!(deadline(None, None, 48), None);
    }
}
