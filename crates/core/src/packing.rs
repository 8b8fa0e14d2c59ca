//! The check at the bench: is the scanned unit the one this parcel sold?

use crate::Id;
use crate::api::LineKind;

/// A line of the parcel on the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParcelLine {
    pub line: Id,
    pub kind: LineKind,
    /// The unit sold in it, once matched.
    pub unit: Option<Id>,
    pub packed: bool,
}

/// What a scanned unit means for the parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Sold here and not packed yet: pack this line. `complete` when it is the last.
    Right { line: Id, complete: bool },
    /// Sold here and packed before: nothing to write.
    Already { line: Id, complete: bool },
    /// Not of this parcel; `expected` are the units still to be packed.
    Wrong { expected: Vec<Id> },
}

/// Checks a scanned unit against a parcel.
#[must_use]
pub fn check(lines: &[ParcelLine], scanned: Id) -> Check {
    let units = || lines.iter().filter(|l| l.kind == LineKind::Unit);
    // The same unit on two lines would be a conflict of two laptops; the line not packed yet is meant.
    let hit = units().filter(|l| l.unit == Some(scanned)).min_by_key(|l| l.packed);
    match hit {
        Some(l) if l.packed => Check::Already { line: l.line, complete: complete(lines) },
        Some(l) => Check::Right { line: l.line, complete: units().all(|o| o.packed || o.line == l.line) },
        None => Check::Wrong { expected: units().filter(|l| !l.packed).filter_map(|l| l.unit).collect() },
    }
}

/// Every unit of the parcel is packed; accessories go along by eye.
#[must_use]
pub fn complete(lines: &[ParcelLine]) -> bool {
    lines.iter().filter(|l| l.kind == LineKind::Unit).all(|l| l.packed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ms;

    fn id(n: u8) -> Id {
        Id::v7(Ms(i64::from(n)), [n; 10])
    }
    fn line(n: u8, unit: Option<u8>, packed: bool) -> ParcelLine {
        ParcelLine { line: id(n), kind: LineKind::Unit, unit: unit.map(id), packed }
    }
    fn cable(n: u8) -> ParcelLine {
        ParcelLine { kind: LineKind::Accessory, ..line(n, None, false) }
    }

    #[test]
    fn the_last_right_unit_completes_the_parcel() {
        let lines = [line(1, Some(11), true), line(2, Some(12), false), cable(3)];
        assert_eq!(check(&lines, id(12)), Check::Right { line: id(2), complete: true });
        assert!(!complete(&lines));
        assert!(complete(&[line(1, Some(11), true), cable(3)]));
    }

    #[test]
    fn a_right_unit_among_others_does_not_complete_it() {
        let lines = [line(1, Some(11), false), line(2, Some(12), false)];
        assert_eq!(check(&lines, id(11)), Check::Right { line: id(1), complete: false });
        let unmatched = [line(1, Some(11), false), line(2, None, false)];
        assert_eq!(check(&unmatched, id(11)), Check::Right { line: id(1), complete: false });
    }

    #[test]
    fn a_unit_scanned_twice_is_already_packed() {
        let lines = [line(1, Some(11), true), line(2, Some(12), false)];
        assert_eq!(check(&lines, id(11)), Check::Already { line: id(1), complete: false });
    }

    #[test]
    fn a_wrong_unit_says_what_is_still_expected() {
        let lines = [line(1, Some(11), true), line(2, Some(12), false), cable(3)];
        assert_eq!(check(&lines, id(99)), Check::Wrong { expected: vec![id(12)] });
        assert_eq!(check(&[], id(99)), Check::Wrong { expected: vec![] });
    }
}
