//! The clock of changes: milliseconds and a counter in one number. Clocks are corrected, never refused.

use crate::Ms;

/// Milliseconds since 1970 in the upper 48 bits, a counter in the lower 16. A full counter rolls into the milliseconds,
/// so that there is always a next stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Hlc(pub i64);

const COUNTER_BITS: u32 = 16;
/// The last millisecond a stamp can hold, in the year 6429.
const LAST_MS: i64 = i64::MAX >> COUNTER_BITS;

impl Hlc {
    /// Below every stamp.
    pub const ZERO: Self = Self(0);

    /// The first stamp of a millisecond; clocks before 1970 or past 6429 are held at those.
    #[must_use]
    pub fn at(now: Ms) -> Self {
        Self(now.0.clamp(0, LAST_MS) << COUNTER_BITS)
    }

    /// Its millisecond.
    #[must_use]
    pub fn ms(self) -> Ms {
        Ms(self.0 >> COUNTER_BITS)
    }

    /// Its place within the millisecond.
    #[must_use]
    pub fn counter(self) -> u16 {
        (self.0 & i64::from(u16::MAX)) as u16
    }

    /// The stamp after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The stamp of a change made now by a replica whose last was `self`.
    #[must_use]
    pub fn tick(self, now: Ms) -> Self {
        self.next().max(Self::at(now))
    }

    /// Moved by a difference of clocks.
    #[must_use]
    pub fn moved(self, offset_ms: i64) -> Self {
        let by = offset_ms.clamp(-LAST_MS, LAST_MS) << COUNTER_BITS;
        Self(self.0.saturating_add(by).max(0))
    }
}

/// What a group says of its time, and the clock it was sent by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The author's stamp.
    pub hlc: Hlc,
    /// The hub's clock less the author's, when the group was sent.
    pub offset_ms: i64,
}

/// The stamp a group counts with.
///
/// `last_of_replica`: of the author's group before; for the first of an heir (a laptop that was restored or cloned and goes on
/// under a new id), the greatest of all replicas that come from the same laptop. `seen`: the greatest of all groups up to the
/// group's `base_seq`. The floors matter more than the clock: without them an edit could lose against the very value it
/// replaced.
#[must_use]
pub fn restamp(claim: Claim, hub_now: Ms, last_of_replica: Hlc, seen: Hlc) -> Hlc {
    let corrected = claim.hlc.moved(claim.offset_ms).min(Hlc::at(hub_now));
    corrected.max(last_of_replica.next()).max(seen.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_counter_rolls_into_the_next_millisecond() {
        // actual #4873: the 65,536th change of a millisecond stopped sync.
        let full = Hlc(Hlc::at(Ms(1_000)).0 + 65_535);
        assert_eq!((full.ms(), full.counter()), (Ms(1_000), 65_535));
        let next = full.tick(Ms(1_000));
        assert_eq!((next.ms(), next.counter()), (Ms(1_001), 0));
        let mut last = Hlc::ZERO;
        for _ in 0..200_000 {
            let next = last.tick(Ms(5));
            assert!(next > last);
            last = next;
        }
    }

    #[test]
    fn a_clock_that_jumps_back_still_gives_later_stamps() {
        let first = Hlc::ZERO.tick(Ms(5_000));
        assert!(first.tick(Ms(10)) > first);
    }

    #[test]
    fn clocks_wrong_by_years_are_corrected_and_none_is_refused() {
        let now = Ms(1_700_000_000_000);
        for wrong in [i64::MIN, -1, 0, now.0 * 3, i64::MAX] {
            let claim = Claim { hlc: Hlc::at(Ms(wrong)), offset_ms: now.0.saturating_sub(wrong) };
            let eff = restamp(claim, now, Hlc::ZERO, Hlc::ZERO);
            assert!(eff <= Hlc::at(now), "{wrong}");
        }
        let late = Claim { hlc: Hlc::at(Ms(now.0 + 86_400_000)), offset_ms: -86_400_000 };
        assert_eq!(restamp(late, now, Hlc::ZERO, Hlc::ZERO), Hlc::at(now));
        let liar = Claim { hlc: Hlc(i64::MAX), offset_ms: i64::MAX };
        assert_eq!(restamp(liar, now, Hlc::ZERO, Hlc::ZERO), Hlc::at(now));
    }

    #[test]
    fn a_group_is_later_than_all_its_author_had_seen() {
        let now = Ms(1_000);
        let behind = Claim { hlc: Hlc::at(Ms(10)), offset_ms: 0 };
        let seen = Hlc::at(Ms(5_000));
        assert_eq!(restamp(behind, now, Hlc(7), seen), seen.next());
        assert_eq!(restamp(behind, now, seen, Hlc(7)), seen.next());
    }
}
