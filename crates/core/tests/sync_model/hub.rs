//! The hub: gives places and stamps, knows again what it has.

use std::collections::HashMap;

use stall_core::{
    Ms,
    sync::{Claim, Hlc, ReplicaId, Write, restamp},
};

use super::state::Group;

#[derive(Debug, Clone)]
pub struct Placed {
    pub write: Write,
    pub group: Group,
}

#[derive(Debug, Default)]
pub struct Hub {
    /// seq = index + 1
    pub log: Vec<Placed>,
    /// Greatest stamp up to each.
    greatest: Vec<Hlc>,
    /// The replica's groups, as indices of `log`.
    of: HashMap<ReplicaId, Vec<usize>>,
    last: HashMap<ReplicaId, Hlc>,
    /// Of an heir, the replica the laptop was at first.
    first: HashMap<ReplicaId, ReplicaId>,
    pub without_floor: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Fork;

impl Hub {
    pub fn new(without_floor: bool) -> Self {
        Self { without_floor, ..Self::default() }
    }

    /// The whole history, for a replay.
    pub fn tell(&self) {
        for p in &self.log {
            let (w, g) = (&p.write, &p.group);
            eprintln!(
                "seq {} eff {:x} replica {} rseq {} base {} uid {} {:?} replaced {:?}",
                w.seq, w.eff.0, w.replica.0[0], g.rseq, g.base, g.uid, g.recs, g.replaced
            );
        }
    }

    pub fn head(&self) -> i64 {
        self.log.len() as i64
    }

    /// uid of a replica's group.
    pub fn known(&self, replica: ReplicaId, rseq: i64) -> Option<u32> {
        let i = self.of.get(&replica)?.get(usize::try_from(rseq - 1).ok()?)?;
        Some(self.log[*i].group.uid)
    }

    /// Whether a group is there under any name.
    pub fn has(&self, uid: u32) -> bool {
        self.log.iter().any(|p| p.group.uid == uid)
    }

    pub fn expect(&self, replica: ReplicaId) -> i64 {
        self.of.get(&replica).map_or(0, Vec::len) as i64 + 1
    }

    /// A replica that was another before (a restored backup, a cloned disk): its stamps go on from the last of all that come
    /// from the same laptop, or an edit could lose against its own author's earlier one.
    pub fn heir(&mut self, new: ReplicaId, old: ReplicaId) {
        let first = self.first.get(&old).copied().unwrap_or(old);
        self.first.insert(new, first);
        let family = |r: &ReplicaId| self.first.get(r).copied().unwrap_or(*r) == first;
        let last = self.last.iter().filter(|(r, _)| family(r)).map(|(_, l)| *l).max().unwrap_or_default();
        self.last.insert(new, last);
    }

    pub fn push(&mut self, replica: ReplicaId, offset_ms: i64, now: Ms, groups: &[Group]) -> Result<i64, Fork> {
        for g in groups {
            match self.known(replica, g.rseq) {
                Some(uid) if uid == g.uid => continue,
                Some(_) => return Err(Fork),
                None if g.rseq != self.expect(replica) => return Err(Fork),
                None => {}
            }
            let seen = match usize::try_from(g.base) {
                Ok(b) if b > 0 && !self.without_floor => self.greatest[b - 1],
                _ => Hlc::ZERO,
            };
            let last = self.last.get(&replica).copied().unwrap_or_default();
            let eff = restamp(Claim { hlc: g.hlc, offset_ms }, now, last, seen);
            self.last.insert(replica, eff);
            let before = self.greatest.last().copied().unwrap_or_default();
            self.greatest.push(before.max(eff));
            self.of.entry(replica).or_default().push(self.log.len());
            let write = Write { seq: self.head() + 1, eff, replica, base_seq: g.base };
            self.log.push(Placed { write, group: g.clone() });
        }
        Ok(self.expect(replica) - 1)
    }
}
