//! The place of a group in time.
pub fn eff(hlc: i64, offset: i64, now: i64, last: i64, seen: i64) -> i64 { (hlc + (offset << 16)).min(now << 16).max(last + 1).max(seen + 1) }
