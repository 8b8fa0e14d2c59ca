//! The sequenced state: a fold over groups in the order of seq, by the rules of `stall_core::sync`.

use stall_core::sync::{
    Hex, ReplicaId, Write,
    merge::{Guarded, Held},
    rows::{Kept, Life, Standing, mass_delete},
};

pub const UNITS: usize = 0;
pub const PHOTOS: usize = 1;
/// Columns: of a unit its price (guarded), note, cost (money); of a photograph its unit, place.
pub const COLS: usize = 3;
pub const COST: usize = 2;

/// A value that knows which write it came with; equal by the value alone.
#[derive(Debug, Clone, Copy, Eq)]
pub struct Val {
    pub v: u8,
    pub uid: u32,
}

impl PartialEq for Val {
    fn eq(&self, o: &Self) -> bool {
        self.v == o.v
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    Assigned {
        unit: u8,
        line: u8,
        fen: i64,
    },
    Restored {
        unit: u8,
    },
    Void {
        fact: u16,
    },
    /// An owner confirms a proposal of (replica, rseq, table).
    Confirm {
        replica: ReplicaId,
        rseq: i64,
        table: usize,
    },
    /// A person answers an item.
    Answer {
        item: Hex<32>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rec {
    Insert { t: usize, row: u8, cells: [Option<u8>; COLS] },
    Set { t: usize, row: u8, col: usize, v: u8 },
    Delete { t: usize, row: u8 },
    Fact { id: u16, fact: Fact },
}

/// `uid` stands for the bytes: two groups of the same uid are the same group.
#[derive(Debug, Clone)]
pub struct Group {
    pub uid: u32,
    pub rseq: i64,
    pub base: i64,
    pub hlc: stall_core::sync::Hlc,
    pub recs: Vec<Rec>,
    /// What the author saw in the cells it wrote: (table, row, column, uid of the write shown there).
    pub replaced: Vec<(usize, u8, usize, u32)>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    pub made: bool,
    pub life: Life,
    pub cells: [Guarded<Val>; COLS],
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    pub tables: [Vec<Row>; 2],
    /// By id.
    pub facts: Vec<Option<Fact>>,
    pub voided: Vec<bool>,
    /// Held or not: replica, rseq, seq, table.
    pub proposals: Vec<(ReplicaId, i64, i64, usize)>,
    /// Without the key of money.
    pub blind: bool,
}

pub fn at<T: Default + Clone>(all: &mut Vec<T>, i: usize) -> &mut T {
    if all.len() <= i {
        all.resize(i + 1, T::default());
    }
    &mut all[i]
}

impl State {
    pub fn live(&self, id: usize) -> bool {
        self.facts.get(id).is_some_and(Option::is_some) && !self.voided.get(id).is_some_and(|v| *v)
    }

    pub fn confirmed(&self, of: (ReplicaId, i64, usize)) -> bool {
        let same = |f: &Fact| matches!(f, Fact::Confirm { replica, rseq, table } if (*replica, *rseq, *table) == of);
        self.facts.iter().flatten().any(same)
    }

    pub fn apply(&mut self, w: &Write, rseq: i64, uid: u32, recs: &[Rec]) {
        for r in recs {
            if let Rec::Fact { id, fact } = r {
                self.tell(usize::from(*id), *fact);
            }
        }
        let held = [UNITS, PHOTOS].map(|t| self.proposal(w, rseq, t, recs));
        for r in recs {
            match r {
                Rec::Insert { t, row, cells } => {
                    let row = at(&mut self.tables[*t], usize::from(*row));
                    row.made = true;
                    row.life.insert(w);
                    for (cell, v) in row.cells.iter_mut().zip(cells) {
                        if let Some(v) = v {
                            cell.write(Held { write: *w, value: Val { v: *v, uid } });
                        }
                    }
                    if self.blind && *t == UNITS {
                        row.cells[COST] = Guarded::default();
                    }
                }
                Rec::Set { t, row, col, v } => {
                    let row = at(&mut self.tables[*t], usize::from(*row));
                    row.life.touch(w);
                    if !(self.blind && *t == UNITS && *col == COST) {
                        row.cells[*col].write(Held { write: *w, value: Val { v: *v, uid } });
                    }
                }
                Rec::Delete { t, row } => at(&mut self.tables[*t], usize::from(*row)).life.delete(w, held[*t]),
                Rec::Fact { .. } => {}
            }
        }
    }

    fn tell(&mut self, id: usize, fact: Fact) {
        if at(&mut self.facts, id).replace(fact).is_some() {
            return;
        }
        match fact {
            Fact::Void { fact } => *at(&mut self.voided, usize::from(fact)) = true,
            Fact::Confirm { replica, rseq, table } => {
                let of = |p: &&(ReplicaId, i64, i64, usize)| (p.0, p.1, p.3) == (replica, rseq, table);
                if let Some(seq) = self.proposals.iter().find(of).map(|p| p.2) {
                    self.tables[table].iter_mut().for_each(|r| r.life.confirm(seq));
                }
            }
            _ => {}
        }
    }

    fn proposal(&mut self, w: &Write, rseq: i64, t: usize, recs: &[Rec]) -> bool {
        let deletes = recs.iter().filter(|r| matches!(r, Rec::Delete { t: of, .. } if *of == t)).count();
        if deletes == 0 {
            return false;
        }
        let rows = self.tables[t].iter().filter(|r| r.made && r.life.alive()).count();
        if !mass_delete(deletes as u64, rows as u64) {
            return false;
        }
        self.proposals.push((w.replica, rseq, w.seq, t));
        !self.confirmed((w.replica, rseq, t))
    }

    pub fn fact_keeps(&self, unit: usize) -> bool {
        let names = |f: &Fact| matches!(f, Fact::Assigned { unit: u, .. } if usize::from(*u) == unit);
        self.facts.iter().enumerate().any(|(i, f)| f.as_ref().is_some_and(names) && self.live(i))
    }

    pub fn value(&self, t: usize, row: usize, col: usize) -> Option<Val> {
        self.tables[t].get(row)?.cells[col].holder.as_ref().map(|h| h.value)
    }

    pub fn standing(&self, t: usize, row: usize) -> Standing {
        let Some(r) = self.tables[t].get(row).filter(|r| r.made) else { return Standing::Gone };
        if r.life.tombs.is_empty() {
            return Standing::Seen;
        }
        let kept = if t == UNITS {
            let child = |p: usize| {
                self.value(PHOTOS, p, 0).is_some_and(|v| usize::from(v.v) == row)
                    && self.standing(PHOTOS, p) != Standing::Gone
            };
            Kept { fact: self.fact_keeps(row), child: (0..self.tables[PHOTOS].len()).any(child) }
        } else {
            Kept::default()
        };
        r.life.standing(kept)
    }
}
