//! One random history: what people do, and what goes wrong with clocks, lines, disks.

use stall_core::{
    Ms,
    sync::{Hex, conflicts},
};

use super::{
    check,
    hub::Hub,
    laptop::{Laptop, View},
    rng::Rng,
    state::{COLS, COST, Fact, PHOTOS, Rec, UNITS},
};

const DAY: i64 = 86_400_000;

#[derive(Debug)]
pub struct World {
    pub rng: Rng,
    pub hub: Hub,
    pub laptops: Vec<Laptop>,
    backups: Vec<Laptop>,
    pub now: Ms,
    uid: u32,
    /// The next row of each table; units 0 to 2 are imported, so that two laptops can make the same.
    rows: [u8; 2],
    pub facts: u16,
    replicas: u8,
}

/// What a history has proved.
#[derive(Debug, Default, Clone, Copy)]
pub struct Seen {
    pub groups: usize,
    pub inversions: usize,
    pub shadows: usize,
    pub disputes: usize,
    pub double_sold: usize,
    pub proposals: usize,
    pub heirs: usize,
    /// Groups sent twice by two laptops out of one backup.
    pub twice: usize,
}

/// Runs the history of a seed; panics where a promise is broken.
pub fn run(seed: u64, without_floor: bool) -> Seen {
    let mut rng = Rng(seed);
    let n = 2 + rng.below(3);
    let laptops: Vec<Laptop> = (0..n).map(|i| Laptop::new(Hex([i as u8 + 1; 16]), i > 0 && rng.one_in(4))).collect();
    let hub = Hub::new(without_floor);
    let (now, replicas) = (Ms(1_700_000_000_000), n as u8);
    let mut w = World { rng, hub, laptops, backups: vec![], now, uid: 0, rows: [3, 0], facts: 0, replicas };
    if w.rng.one_in(30) {
        w.stock_up();
    }
    let steps = 10 + w.rng.below(50);
    for _ in 0..steps {
        w.now = w.now.plus([0, 1, 500, 60_000, DAY / 3][w.rng.below(5)]);
        w.step();
    }
    for round in 0..2 {
        for i in 0..w.laptops.len() {
            let l = &mut w.laptops[i];
            l.hello(&mut w.hub, &mut w.replicas);
            let pushed = w.hub.push(l.id, -l.skew_ms, w.now, &l.own[l.acked as usize..]);
            assert!(pushed.is_ok(), "round {round}: {pushed:?}");
            l.pull(&w.hub, usize::MAX);
        }
    }
    if std::env::var_os("STALL_SEED").is_some() {
        w.hub.tell();
    }
    let mut seen = check::all(&w);
    seen.heirs = w.replicas as usize - n;
    seen
}

impl World {
    fn step(&mut self) {
        let i = self.rng.below(self.laptops.len());
        match self.rng.below(20) {
            0..10 => self.act(i),
            10..13 => self.push(i),
            13..17 => {
                let n = 1 + self.rng.below(8);
                self.laptops[i].hello(&mut self.hub, &mut self.replicas);
                self.laptops[i].pull(&self.hub, n);
            }
            17 => self.laptops[i].skew_ms = self.rng.below(2 * DAY as usize) as i64 - DAY,
            18 => self.backups.push(self.laptops[i].clone()),
            // The disk is replaced by an old picture of it, or the laptop by a clone of another.
            _ => {
                if let (Some(b), true) = (self.backups.pop(), self.rng.one_in(2))
                    && b.state.blind == self.laptops[i].state.blind
                {
                    self.laptops[i] = b;
                }
            }
        }
    }

    fn push(&mut self, i: usize) {
        let l = &mut self.laptops[i];
        l.hello(&mut self.hub, &mut self.replicas);
        // From what is known to be there or earlier, to anywhere: envelopes come twice, a line breaks.
        let from = self.rng.below(l.acked as usize + 1);
        let to = l.acked as usize + self.rng.below(l.own.len() - l.acked as usize + 1);
        let error = self.rng.below(400) as i64 - 200;
        let answer = self.hub.push(l.id, error - l.skew_ms, self.now, &l.own[from.min(to)..to]);
        assert!(answer.is_ok(), "{answer:?}");
        if let (Ok(acked), true) = (answer, self.rng.one_in(2)) {
            l.acked = l.acked.max(acked.min(l.own.len() as i64));
        }
    }

    fn commit(&mut self, i: usize, view: &View, recs: Vec<Rec>) {
        self.uid += 1;
        self.laptops[i].commit(self.now, self.uid, view, recs);
    }

    fn fact(&mut self, fact: Fact) -> Rec {
        self.facts += 1;
        Rec::Fact { id: self.facts - 1, fact }
    }

    /// A table of which a group can delete too many.
    fn stock_up(&mut self) {
        let recs = (0..24).map(|n| Rec::Insert { t: UNITS, row: 3 + n, cells: [Some(n), None, None] }).collect();
        self.rows[UNITS] += 24;
        let view = self.laptops[0].view();
        self.commit(0, &view, recs);
        self.push(0);
        for l in &mut self.laptops {
            l.pull(&self.hub, 1);
        }
    }

    fn act(&mut self, i: usize) {
        let view = self.laptops[i].view();
        check::parents(&view);
        let units = view.rows(UNITS);
        let blind = self.laptops[i].state.blind;
        let v = self.rng.below(4) as u8;
        let unit = self.rng.pick(&units);
        let (recs, back): (Vec<Rec>, Vec<Rec>) = match (self.rng.below(16), unit) {
            (0..2, _) | (_, None) => {
                let row = if self.rng.one_in(2) { self.rng.below(3) as u8 } else { self.new_row(UNITS) };
                if view.has(UNITS, row) {
                    return;
                }
                let cells = [Some(v), self.rng.one_in(2).then_some(v), (!blind && self.rng.one_in(2)).then_some(v)];
                (vec![Rec::Insert { t: UNITS, row, cells }], vec![Rec::Delete { t: UNITS, row }])
            }
            (2..7, Some(row)) => {
                let col = self.rng.below(if blind { COST } else { COLS });
                let old = view.value(UNITS, row, col).map_or(0, |o| o.v);
                let set = |v| vec![Rec::Set { t: UNITS, row, col, v }];
                (set(v), set(old))
            }
            (7, Some(row)) => delete(&view, &[row]),
            (8, Some(_)) if units.len() > 20 => delete(&view, &units),
            (8, Some(unit)) => {
                let row = self.new_row(PHOTOS);
                let cells = [Some(unit), Some(v), None];
                (vec![Rec::Insert { t: PHOTOS, row, cells }], vec![Rec::Delete { t: PHOTOS, row }])
            }
            (9, Some(unit)) => {
                let Some(row) = self.rng.pick(&view.rows(PHOTOS)) else { return };
                let old = view.value(PHOTOS, row, 0).map_or(0, |o| o.v);
                let set = |v| vec![Rec::Set { t: PHOTOS, row, col: 0, v }];
                (set(unit), set(old))
            }
            (10, Some(_)) => {
                let Some(row) = self.rng.pick(&view.rows(PHOTOS)) else { return };
                (vec![Rec::Delete { t: PHOTOS, row }], vec![again(&view, PHOTOS, row)])
            }
            (11..13, Some(unit)) if !view.sold(unit) => {
                let f = self.fact(Fact::Assigned { unit, line: v, fen: i64::from(v) * 100 + 1 });
                (vec![f], vec![])
            }
            (13, _) => {
                let live: Vec<usize> =
                    view.live().filter(|(_, f)| matches!(f, Fact::Assigned { .. })).map(|(n, _)| n).collect();
                let Some(fact) = self.rng.pick(&live) else { return };
                (vec![self.fact(Fact::Void { fact: fact as u16 })], vec![])
            }
            (14, Some(unit)) => (self.answer(i, unit), vec![]),
            _ => return self.undo(i, &view),
        };
        if !back.is_empty() {
            self.laptops[i].undo.push(back);
        }
        self.commit(i, &view, recs);
    }

    fn new_row(&mut self, t: usize) -> u8 {
        self.rows[t] += 1;
        self.rows[t] - 1
    }

    /// A person answers a proposal, a dispute, or takes a unit back.
    fn answer(&mut self, i: usize, unit: u8) -> Vec<Rec> {
        let s = &self.laptops[i].state;
        let fact = match s.proposals.last() {
            Some((replica, rseq, _, table)) if self.rng.one_in(2) => {
                Fact::Confirm { replica: *replica, rseq: *rseq, table: *table }
            }
            _ => match check::items(s).first().map(|item| item.id) {
                Some(item) => Fact::Answer { item },
                None => Fact::Restored { unit },
            },
        };
        vec![self.fact(fact)]
    }

    /// Takes the last action back where the rows are still as it left them.
    fn undo(&mut self, i: usize, view: &View) {
        let Some(back) = self.laptops[i].undo.pop() else { return };
        let stale = back.iter().any(|r| match r {
            Rec::Insert { t, row, cells } => {
                let parent = *t == PHOTOS
                    && cells[0].is_some_and(|u| {
                        let made_too = back.iter().any(|r| matches!(r, Rec::Insert { t: UNITS, row, .. } if *row == u));
                        !view.has(UNITS, u) && !made_too
                    });
                view.has(*t, *row) || parent
            }
            Rec::Set { t, row, col, v } => !view.has(*t, *row) || (*t == PHOTOS && *col == 0 && !view.has(UNITS, *v)),
            Rec::Delete { t, row } => {
                let kept = *t == UNITS && (view.sold(*row) || !view.photos_of(*row).is_empty());
                !view.has(*t, *row) || kept
            }
            Rec::Fact { .. } => false,
        });
        if !stale {
            self.commit(i, view, back);
        }
    }
}

fn again(view: &View, t: usize, row: u8) -> Rec {
    Rec::Insert { t, row, cells: std::array::from_fn(|c| view.value(t, row, c).map(|v| v.v)) }
}

/// Deletes units that are in no order, with their photographs, and how to take that back.
fn delete(view: &View, units: &[u8]) -> (Vec<Rec>, Vec<Rec>) {
    let (mut recs, mut back) = (vec![], vec![]);
    for unit in units.iter().filter(|u| !view.sold(**u)) {
        let photos = view.photos_of(*unit);
        recs.extend(photos.iter().map(|p| Rec::Delete { t: PHOTOS, row: *p }));
        recs.push(Rec::Delete { t: UNITS, row: *unit });
        back.push(again(view, UNITS, *unit));
        back.extend(photos.iter().map(|p| again(view, PHOTOS, *p)));
    }
    (recs, back)
}

/// The id of a proposal, as the store has it.
pub fn proposal(replica: stall_core::sync::ReplicaId, rseq: i64, table: usize) -> conflicts::Item {
    conflicts::mass_delete(replica, rseq, ["units", "photos"][table])
}
