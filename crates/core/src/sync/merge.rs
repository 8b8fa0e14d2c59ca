//! Cells: the last writer by effective stamp, exactly, and what of a loser is kept.
//!
//! Groups are applied strictly in the order of `seq`. So a state is a pure function of the groups up to a cursor, and two
//! laptops at the same cursor hold the same, whatever their clocks said.

use super::{Hlc, ReplicaId};

/// Where a group stands. A cell keeps its `seq`; the rest is looked up by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write {
    pub seq: i64,
    pub eff: Hlc,
    pub replica: ReplicaId,
    /// All the author had applied.
    pub base_seq: i64,
}

impl Write {
    /// Whether it takes the cell from its holder. Of two by one group the later stands.
    #[must_use]
    pub fn beats(&self, holder: &Self) -> bool {
        (self.eff, self.seq) >= (holder.eff, holder.seq)
    }

    /// Whether its author had not seen an earlier group of somebody else.
    #[must_use]
    pub fn unaware_of(&self, earlier: &Self) -> bool {
        self.replica != earlier.replica && earlier.seq > self.base_seq
    }
}

/// What becomes of a write to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The cell takes its value and its seq.
    pub wins: bool,
    /// Its author had not seen the holder.
    pub concurrent: bool,
}

/// Decides a write to a cell that holds the value of `holder`, none when nobody has written it.
#[must_use]
pub fn cell(holder: Option<&Write>, new: &Write) -> Verdict {
    holder.map_or(Verdict { wins: true, concurrent: false }, |h| Verdict {
        wins: new.beats(h),
        concurrent: new.unaware_of(h),
    })
}

/// A value and the group it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<V> {
    pub write: Write,
    pub value: V,
}

/// A guarded cell: what it holds, and values that lost without their authors having seen each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded<V> {
    pub holder: Option<Held<V>>,
    /// By seq: every write that nobody has seen and written over. Those of the holder's value are no conflict, yet kept: the
    /// holder may change.
    pub shadows: Vec<Held<V>>,
}

impl<V> Default for Guarded<V> {
    fn default() -> Self {
        Self { holder: None, shadows: Vec::new() }
    }
}

impl<V: PartialEq> Guarded<V> {
    /// Applies a write. Shadows its author had seen are settled by it, whoever wins.
    pub fn write(&mut self, new: Held<V>) -> Verdict {
        let verdict = cell(self.holder.as_ref().map(|h| &h.write), &new.write);
        self.shadows.retain(|s| new.write.unaware_of(&s.write));
        let loser = if verdict.wins { self.holder.replace(new) } else { Some(new) };
        if verdict.concurrent {
            self.shadows.extend(loser);
            self.shadows.sort_by_key(|s| s.write.seq);
        }
        verdict
    }

    /// The losing values that differ from the one shown.
    pub fn contended(&self) -> impl Iterator<Item = &Held<V>> {
        self.shadows.iter().filter(|s| self.holder.as_ref().is_some_and(|h| h.value != s.value))
    }

    /// Drops the shadows up to `seq`: a person dismissed them.
    pub fn settle(&mut self, seq: i64) {
        self.shadows.retain(|s| s.write.seq > seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(seq: i64, eff: i64, replica: u8, base_seq: i64) -> Write {
        Write { seq, eff: Hlc(eff), replica: super::super::Hex([replica; 16]), base_seq }
    }
    fn held(seq: i64, eff: i64, replica: u8, base: i64, value: i64) -> Held<i64> {
        Held { write: write(seq, eff, replica, base), value }
    }
    fn lost(c: &Guarded<i64>) -> Vec<i64> {
        c.contended().map(|s| s.value).collect()
    }

    #[test]
    fn the_later_stamp_holds_the_cell_whichever_came_first() {
        let (a, b) = (write(1, 90, 1, 0), write(2, 50, 2, 0));
        assert_eq!(cell(Some(&a), &b), Verdict { wins: false, concurrent: true });
        assert_eq!(cell(Some(&write(1, 50, 1, 0)), &write(2, 90, 2, 1)), Verdict { wins: true, concurrent: false });
        assert_eq!(cell(Some(&write(1, 50, 1, 0)), &write(2, 50, 2, 0)), Verdict { wins: true, concurrent: true });
        assert!(cell(None, &b).wins);
    }

    #[test]
    fn a_price_that_lost_unseen_is_kept_until_somebody_who_saw_both_writes() {
        let mut c = Guarded::default();
        c.write(held(1, 10, 1, 0, 100));
        c.write(held(2, 90, 2, 1, 200));
        assert!(lost(&c).is_empty(), "seen");
        c.write(held(3, 50, 1, 1, 300));
        assert_eq!((c.holder.as_ref().map(|h| h.value), lost(&c)), (Some(200), vec![300]));
        c.write(held(4, 95, 3, 2, 400));
        assert_eq!(lost(&c), [300], "the third had seen the holder and not the loser");
        c.write(held(5, 99, 2, 4, 500));
        assert!(lost(&c).is_empty());
    }

    #[test]
    fn equal_values_are_no_conflict_and_a_dismissed_one_does_not_come_back() {
        let mut c = Guarded::default();
        c.write(held(1, 10, 1, 0, 100));
        c.write(held(2, 20, 2, 0, 100));
        assert!(lost(&c).is_empty());
        c.write(held(3, 30, 3, 0, 7));
        assert_eq!(lost(&c), [100, 100]);
        c.settle(2);
        assert!(lost(&c).is_empty());
    }

    #[test]
    fn of_two_changes_in_one_transaction_the_second_stands() {
        let mut c = Guarded::default();
        c.write(held(4, 10, 1, 0, 100));
        c.write(held(4, 10, 1, 0, 200));
        assert_eq!((c.holder.as_ref().map(|h| h.value), lost(&c)), (Some(200), vec![]));
    }
}
