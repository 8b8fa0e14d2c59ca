//! Whether laptops hold the same: sums of what each holds at one place of the hub's order, and what follows from comparing
//! them. Who is wrong is not voted on: what a laptop must hold is a function of the hub's order.

use std::collections::BTreeMap;

use super::{Hex, ReplicaId, Scope};
use crate::Ms;

/// A laptop makes sure of what it holds at most so often.
const DAY: u64 = 24 * 3600 * 1000;
/// What could not be made sure of is tried again.
const HOUR: u64 = 3600 * 1000;
/// Sums of ours that are kept: another laptop may be slow to tell its own.
const KEPT: usize = 8;
/// Every so many groups all laptops take sums at the same place, for a stall that is never quiet.
const CUT: i64 = 64;

/// Whether sums are taken after an envelope with the groups `first..=last`. All laptops get the same envelopes.
#[must_use]
pub fn is_cut(first: i64, last: i64) -> bool {
    last.div_euclid(CUT) > (first - 1).div_euclid(CUT)
}

/// The keys of sums, by scope: nobody without them can tell from a sum what it is of.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Keys(pub BTreeMap<Scope, [u8; 32]>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({:?})", self.0.keys())
    }
}

/// What a laptop holds, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// What was applied of the hub's order, and nothing else, makes what is summed up.
    pub seq: i64,
    pub lineage: Hex<16>,
    /// Of the tables and columns: programs that do not know the same hold not the same, and are right.
    pub shape: u64,
    /// By scope, of rows in any order.
    pub of: BTreeMap<Scope, u128>,
}

impl Sums {
    /// Whether both hold the same, as far as both may see; `None` where they cannot be compared.
    #[must_use]
    pub fn same(&self, other: &Self) -> Option<bool> {
        if (self.seq, self.lineage, self.shape) != (other.seq, other.lineage, other.shape) {
            return None;
        }
        let mut both = self.of.iter().filter_map(|(scope, sum)| Some((sum, other.of.get(scope)?))).peekable();
        both.peek()?;
        Some(both.all(|(a, b)| a == b))
    }
}

/// Sums, as a laptop tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub sums: Sums,
    /// It compared what it holds with the hub's order within the last day, and they are of after that.
    pub sure: bool,
}

/// How this laptop and the others stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Laptops that held the same when they were last compared, and when that was.
    pub same: u32,
    pub at: Option<Ms>,
    /// Laptops that do not.
    pub differ: u32,
    /// Of these, such as made sure of what they hold, as this one did.
    pub stuck: u32,
}

#[derive(Debug)]
struct Other {
    name: String,
    told: Told,
    last: Option<Compared>,
}

#[derive(Debug, Clone, Copy)]
struct Compared {
    at: Ms,
    same: bool,
    /// Both had made sure.
    sure: bool,
    /// This one had.
    here: bool,
}

/// What was summed up here and told elsewhere while the program runs.
#[derive(Debug, Default)]
pub struct Ledger {
    mine: Vec<Told>,
    others: BTreeMap<ReplicaId, Other>,
    sure: Option<Ms>,
    tried: Option<Ms>,
    owed: bool,
}

impl Ledger {
    /// One that made sure of what it holds at `sure`.
    #[must_use]
    pub fn new(sure: Option<Ms>) -> Self {
        Self { sure, ..Self::default() }
    }

    /// Forgets everything but when it made sure: the laptop is another now, or stands elsewhere.
    pub fn forget(&mut self) {
        *self = Self::new(self.sure);
    }

    /// Takes sums of what this laptop holds.
    pub fn take(&mut self, sums: Sums, now: Ms) {
        if self.has(sums.seq, sums.lineage) {
            return;
        }
        let told = Told { sums, sure: self.is_sure(now) };
        self.others.values_mut().for_each(|other| other.compare(&told, now));
        self.mine.push(told);
        self.mine.drain(..self.mine.len().saturating_sub(KEPT));
        self.owed = true;
    }

    /// Takes what another laptop told.
    pub fn hear(&mut self, replica: ReplicaId, name: &str, told: Told, now: Ms) {
        if self.others.get(&replica).is_some_and(|o| o.told == told) {
            return;
        }
        let last = self.others.get(&replica).and_then(|o| o.last);
        let mut other = Other { name: name.to_owned(), told, last };
        if let Some(mine) = self.mine.iter().rev().find(|m| m.sums.same(&other.told.sums).is_some()) {
            other.compare(mine, now);
            // It may have begun to listen after this one spoke.
            self.owed = true;
        }
        self.others.insert(replica, other);
    }

    /// Whether sums of this place were taken.
    #[must_use]
    pub fn has(&self, seq: i64, lineage: Hex<16>) -> bool {
        self.mine.iter().any(|m| (m.sums.seq, m.sums.lineage) == (seq, lineage))
    }

    /// Whether somebody told sums of this place, and none were taken here.
    #[must_use]
    pub fn wants(&self, seq: i64, lineage: Hex<16>) -> bool {
        let told = self.others.values().any(|o| (o.told.sums.seq, o.told.sums.lineage) == (seq, lineage));
        told && !self.has(seq, lineage)
    }

    /// What is to be told, the newest; again when somebody new spoke.
    pub fn say(&mut self) -> Option<Told> {
        std::mem::take(&mut self.owed).then(|| self.mine.last().cloned()).flatten()
    }

    /// What could not be said is said later.
    pub fn unsaid(&mut self) {
        self.owed = true;
    }

    /// Whether this laptop is to compare what it holds with the hub's order.
    #[must_use]
    pub fn in_doubt(&self, now: Ms) -> bool {
        let tried = self.tried.is_some_and(|at| now.0.abs_diff(at.0) < HOUR);
        let differs = self.others.values().any(|o| o.last.is_some_and(|l| !l.same && !l.here));
        differs && !tried && !self.is_sure(now)
    }

    /// It tries to.
    pub fn tries(&mut self, now: Ms) {
        self.tried = Some(now);
    }

    /// It did: what it holds is what the hub's order makes, or could not be made so.
    pub fn made_sure(&mut self, now: Ms) {
        self.sure = Some(now);
        self.mine.clear();
    }

    /// When it last did.
    #[must_use]
    pub fn sure(&self) -> Option<Ms> {
        self.sure
    }

    fn is_sure(&self, now: Ms) -> bool {
        self.sure.is_some_and(|at| now.0.abs_diff(at.0) < DAY)
    }

    /// Laptops that hold something else though both made sure: nothing more can be done by itself.
    #[must_use]
    pub fn stuck(&self) -> Vec<String> {
        let stuck = |o: &&Other| o.last.is_some_and(|l| !l.same && l.sure);
        self.others.values().filter(stuck).map(|o| o.name.clone()).collect()
    }

    /// Laptops that hold something else.
    #[must_use]
    pub fn differ(&self) -> Vec<String> {
        let differs = |o: &&Other| o.last.is_some_and(|l| !l.same);
        self.others.values().filter(differs).map(|o| o.name.clone()).collect()
    }

    /// In numbers.
    #[must_use]
    pub fn standing(&self, now: Ms) -> Standing {
        let mut out = Standing::default();
        for last in self.others.values().filter_map(|o| o.last) {
            if last.same {
                out.same += 1;
                out.at = out.at.max(Some(last.at));
            } else if now.0.abs_diff(last.at.0) < DAY {
                // Who was not heard of for longer may be gone for good.
                out.differ += 1;
                out.stuck += u32::from(last.sure);
            }
        }
        out
    }
}

impl Other {
    fn compare(&mut self, mine: &Told, now: Ms) {
        if let Some(same) = mine.sums.same(&self.told.sums) {
            self.last = Some(Compared { at: now, same, sure: mine.sure && self.told.sure, here: mine.sure });
        }
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
