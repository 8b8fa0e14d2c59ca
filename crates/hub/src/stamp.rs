//! The place of a group in time: the rule is core's, the numbers are the database's.

use stall_core::{
    Ms,
    sync::{Claim, Hlc, restamp},
};

/// The stamp a group counts with. `last`: of its author's group before; `seen`: the greatest its author had seen.
#[must_use]
pub fn eff(hlc: i64, offset_ms: i64, now: i64, last: i64, seen: i64) -> i64 {
    restamp(Claim { hlc: Hlc(hlc), offset_ms }, Ms(now), Hlc(last), Hlc(seen)).0
}
