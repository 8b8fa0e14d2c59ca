//! A laptop: what it has pulled, what of its own it has not seen come by, and what its person sees.

use stall_core::{
    Ms,
    sync::{Hex, Hlc, ReplicaId, rows::Standing},
};

use super::{
    hub::Hub,
    state::{COLS, Fact, Group, PHOTOS, Rec, State, UNITS, Val, at},
};

#[derive(Debug, Clone)]
pub struct Laptop {
    pub id: ReplicaId,
    pub state: State,
    pub cursor: i64,
    /// All of this id; rseq = index + 1.
    pub own: Vec<Group>,
    /// Its own groups up to this rseq have come by in a pull.
    pub seen_own: i64,
    /// The hub told it has these.
    pub acked: i64,
    pub hlc: Hlc,
    pub skew_ms: i64,
    /// What would take the last actions back.
    pub undo: Vec<Vec<Rec>>,
}

/// What the person sees.
#[derive(Debug, Clone, Default)]
pub struct View {
    pub seen: [Vec<bool>; 2],
    pub cells: [Vec<[Option<Val>; COLS]>; 2],
    pub facts: Vec<Option<Fact>>,
    pub voided: Vec<bool>,
}

impl View {
    pub fn has(&self, t: usize, row: u8) -> bool {
        self.seen[t].get(usize::from(row)).is_some_and(|s| *s)
    }
    pub fn value(&self, t: usize, row: u8, col: usize) -> Option<Val> {
        self.cells[t].get(usize::from(row)).and_then(|c| c[col])
    }
    pub fn rows(&self, t: usize) -> Vec<u8> {
        (0..self.seen[t].len()).filter(|r| self.seen[t][*r]).map(|r| r as u8).collect()
    }
    pub fn photos_of(&self, unit: u8) -> Vec<u8> {
        self.rows(PHOTOS).into_iter().filter(|p| self.value(PHOTOS, *p, 0).is_some_and(|v| v.v == unit)).collect()
    }
    pub fn live(&self) -> impl Iterator<Item = (usize, &Fact)> {
        let voided = |i: usize| self.voided.get(i).is_some_and(|v| *v);
        self.facts.iter().enumerate().filter(move |(i, _)| !voided(*i)).filter_map(|(i, f)| Some((i, f.as_ref()?)))
    }
    pub fn sold(&self, unit: u8) -> bool {
        self.live().any(|(_, f)| matches!(f, Fact::Assigned { unit: u, .. } if *u == unit))
    }
}

impl Laptop {
    pub fn new(id: ReplicaId, blind: bool) -> Self {
        let state = State { blind, ..State::default() };
        Self { id, state, cursor: 0, own: vec![], seen_own: 0, acked: 0, hlc: Hlc::ZERO, skew_ms: 0, undo: vec![] }
    }

    pub fn pending(&self) -> &[Group] {
        &self.own[self.seen_own as usize..]
    }

    pub fn view(&self) -> View {
        let mut v = View { facts: self.state.facts.clone(), voided: self.state.voided.clone(), ..View::default() };
        for t in [UNITS, PHOTOS] {
            for (i, row) in self.state.tables[t].iter().enumerate() {
                v.seen[t].push(self.state.standing(t, i) != Standing::Gone);
                v.cells[t].push(std::array::from_fn(|c| row.cells[c].holder.as_ref().map(|h| h.value)));
            }
        }
        for g in self.pending() {
            for r in &g.recs {
                v.lay(r, g.uid, self.state.blind);
            }
        }
        // A living child or fact keeps its row, whatever is pending.
        for p in v.rows(PHOTOS) {
            if let Some(unit) = v.value(PHOTOS, p, 0)
                && let Some(seen) = v.seen[UNITS].get_mut(usize::from(unit.v))
            {
                *seen = true;
            }
        }
        for u in 0..v.seen[UNITS].len() {
            v.seen[UNITS][u] |= v.sold(u as u8) && self.state.tables[UNITS].get(u).is_some_and(|r| r.made);
        }
        v
    }

    /// Commits a transaction.
    pub fn commit(&mut self, now: Ms, uid: u32, view: &View, recs: Vec<Rec>) {
        if recs.is_empty() {
            return;
        }
        self.hlc = self.hlc.tick(now.plus(self.skew_ms));
        let mut replaced = vec![];
        let mut replace = |t: usize, row: u8, col: usize| {
            if let Some(old) = view.value(t, row, col) {
                replaced.push((t, row, col, old.uid));
            }
        };
        for r in &recs {
            match r {
                Rec::Set { t, row, col, .. } => replace(*t, *row, *col),
                Rec::Insert { t, row, cells } => {
                    (0..COLS).filter(|c| cells[*c].is_some()).for_each(|c| replace(*t, *row, c));
                }
                _ => {}
            }
        }
        let rseq = self.own.len() as i64 + 1;
        self.own.push(Group { uid, rseq, base: self.cursor, hlc: self.hlc, recs, replaced });
    }

    /// Before any exchange: whether the hub knows this replica as it knows itself. If not, it becomes another.
    pub fn hello(&mut self, hub: &mut Hub, fresh: &mut u8) {
        let known = hub.expect(self.id) - 1;
        let mine = usize::try_from(known - 1).ok().and_then(|i| self.own.get(i)).map(|g| g.uid);
        if known == 0 || mine == hub.known(self.id, known) {
            return;
        }
        let old = self.id;
        *fresh += 1;
        self.id = Hex([*fresh; 16]);
        hub.heir(self.id, old);
        // What the hub has comes back by pull, also what another laptop out of the same backup sent; what it never had is sent
        // under the new name.
        let mut own: Vec<Group> = self.pending().to_vec();
        own.retain(|g| !hub.has(g.uid));
        (1..).zip(&mut own).for_each(|(n, g)| g.rseq = n);
        (self.own, self.seen_own, self.acked) = (own, 0, 0);
        // In the same step, or what was dropped would be missing under what was kept.
        self.pull(hub, usize::MAX);
    }

    /// Applies up to `n` groups.
    pub fn pull(&mut self, hub: &Hub, n: usize) {
        for placed in hub.log.iter().skip(self.cursor as usize).take(n) {
            let (w, g) = (&placed.write, &placed.group);
            // Its own come as headers only.
            let recs = if w.replica == self.id {
                let mine = &self.own[g.rseq as usize - 1];
                assert_eq!((mine.uid, g.rseq), (g.uid, self.seen_own + 1), "own groups come by in order");
                self.seen_own = g.rseq;
                self.acked = self.acked.max(g.rseq);
                &mine.recs
            } else {
                &g.recs
            };
            self.state.apply(w, g.rseq, g.uid, recs);
            self.cursor = w.seq;
        }
    }
}

impl View {
    fn lay(&mut self, r: &Rec, uid: u32, blind: bool) {
        match r {
            Rec::Insert { t, row, cells } => {
                *at(&mut self.seen[*t], usize::from(*row)) = true;
                let mine = at(&mut self.cells[*t], usize::from(*row));
                for (c, v) in cells.iter().enumerate().filter(|(c, _)| !(blind && *t == UNITS && *c == 2)) {
                    mine[c] = v.map(|v| Val { v, uid }).or(mine[c]);
                }
            }
            Rec::Set { t, row, col, v } => {
                at(&mut self.seen[*t], usize::from(*row));
                at(&mut self.cells[*t], usize::from(*row))[*col] = Some(Val { v: *v, uid });
            }
            Rec::Delete { t, row } => *at(&mut self.seen[*t], usize::from(*row)) = false,
            Rec::Fact { id, fact } => {
                *at(&mut self.facts, usize::from(*id)) = Some(*fact);
                if let Fact::Void { fact } = fact {
                    *at(&mut self.voided, usize::from(*fact)) = true;
                }
            }
        }
    }
}
