//! Rows: made, worked on, deleted. A delete is a tombstone that somebody's unseen work contradicts.
//!
//! Whether a row is seen is a function of its own tombstones, of the live facts about it, and of the living rows that name
//! it: a child never loses its parent, in whatever order things came.

use super::{ReplicaId, merge::Write};

/// The last works on a row: enough to know the last by anybody but a given replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Touches {
    /// The last: seq and replica.
    pub last: Option<(i64, ReplicaId)>,
    /// The last by a replica other than that one.
    pub other: Option<(i64, ReplicaId)>,
}

impl Touches {
    /// Notes a work; in the order of seq.
    pub fn add(&mut self, seq: i64, replica: ReplicaId) {
        if self.last.is_some_and(|(_, r)| r != replica) {
            self.other = self.last;
        }
        self.last = Some((seq, replica));
    }

    /// The seq of the last work of anybody but `replica`; 0 where there is none.
    #[must_use]
    pub fn by_others(&self, replica: ReplicaId) -> i64 {
        let of = |t: Option<(i64, ReplicaId)>| t.filter(|(_, r)| *r != replica).map(|(seq, _)| seq);
        of(self.last).or(of(self.other)).unwrap_or(0)
    }
}

/// A delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tomb {
    pub write: Write,
    /// One of too many in its group: does nothing until an owner confirms.
    pub held: bool,
    /// Somebody worked on the row and neither had seen the other: it stays, and a person is asked.
    pub contradicted: bool,
}

impl Tomb {
    fn kills(&self) -> bool {
        !self.held && !self.contradicted
    }
}

/// What is known of a row's life, in the order of seq.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    pub touches: Touches,
    /// By seq; nearly always none.
    pub tombs: Vec<Tomb>,
}

/// What besides its own life keeps a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// A live fact names it (`scope::FACT_KEEPS`).
    pub fact: bool,
    /// A row that is seen names it (`scope::PARENTS`).
    pub child: bool,
}

/// How a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Seen,
    /// Seen, though somebody deleted it at this seq: a `delete_edit` item.
    Disputed(i64),
    /// Its values are kept and go on merging.
    Gone,
}

impl Life {
    /// The row was made, or made again. Who made it again having seen a delete takes it back; who had not, contradicts it.
    pub fn insert(&mut self, w: &Write) {
        self.tombs.retain(|t| w.unaware_of(&t.write));
        self.work(w);
    }

    /// A cell was set, or touched in another scope.
    pub fn touch(&mut self, w: &Write) {
        self.work(w);
    }

    /// A work of the deleter's own, sent before it heard that its delete was held or contradicted, says nothing.
    fn work(&mut self, w: &Write) {
        for t in &mut self.tombs {
            t.contradicted |= w.replica != t.write.replica || w.base_seq >= t.write.seq;
        }
        self.touches.add(w.seq, w.replica);
    }

    /// The row was deleted. `held`: the group is a proposal (see [`mass_delete`]) that is not confirmed.
    pub fn delete(&mut self, w: &Write, held: bool) {
        let contradicted = self.touches.by_others(w.replica) > w.base_seq;
        if !held {
            // Who knew of an earlier delete has decided anew.
            self.tombs.retain(|t| w.unaware_of(&t.write));
        }
        self.tombs.push(Tomb { write: *w, held, contradicted });
    }

    /// An owner confirmed the proposal of this seq.
    pub fn confirm(&mut self, seq: i64) {
        self.tombs.iter_mut().filter(|t| t.write.seq == seq).for_each(|t| t.held = false);
    }

    /// Whether no delete of its own counts. The rows of a table that [`mass_delete`] compares with are those alive.
    #[must_use]
    pub fn alive(&self) -> bool {
        !self.tombs.iter().any(Tomb::kills)
    }

    /// How the row stands. A dispute a person has answered is found by the id of its item (`conflicts::delete_edit`).
    #[must_use]
    pub fn standing(&self, kept: Kept) -> Standing {
        let alive = self.alive();
        if !alive && !kept.fact && !kept.child {
            return Standing::Gone;
        }
        // Kept by facts alone, a row was never hidden: nothing to ask.
        let disputes = |t: &&Tomb| !t.held && (t.contradicted || kept.child);
        let asked = alive || kept.child;
        self.tombs
            .iter()
            .filter(disputes)
            .map(|t| t.write.seq)
            .max()
            .filter(|_| asked)
            .map_or(Standing::Seen, Standing::Disputed)
    }
}

const MANY: u64 = 200;
const FEW: u64 = 20;
const SHARE: u64 = 20; // a twentieth

/// Whether a group that deletes so many rows of a table is held as a proposal. `rows`: of the table, alive as sequenced before
/// the group; not as the screen shows them, which differs from laptop to laptop.
#[must_use]
pub fn mass_delete(deletes: u64, rows: u64) -> bool {
    deletes > MANY || (deletes > FEW && deletes.saturating_mul(SHARE) > rows)
}

/// What becomes of a change to an append-only table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Insert,
    /// It is there already, or says nothing.
    Already,
    /// Facts are neither changed nor deleted: parked.
    Refused,
}

/// Decides a change to an append-only table.
#[must_use]
pub fn told(change: &super::record::Change, there: bool) -> Told {
    use super::record::Change as C;
    match change {
        C::Insert(_) if there => Told::Already,
        C::Insert(_) => Told::Insert,
        C::Touch => Told::Already,
        C::Set(..) | C::Delete => Told::Refused,
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
