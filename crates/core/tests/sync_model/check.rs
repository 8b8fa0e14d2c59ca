//! What must hold, said anew and by brute force, not by the rules under test.

use std::collections::BTreeSet;

use stall_core::{
    Id, Ms,
    sync::{
        Write,
        conflicts::{self, Assigned, Item},
        rows::Standing,
    },
};

use super::{
    history::{Seen, World, proposal},
    laptop::{Laptop, View},
    state::{COLS, Fact, PHOTOS, Rec, State, UNITS},
};

/// No photograph is seen without its unit: the store's foreign keys hold at every moment.
pub fn parents(view: &View) {
    for p in view.rows(PHOTOS) {
        if let Some(unit) = view.value(PHOTOS, p, 0) {
            assert!(view.has(UNITS, unit.v), "photograph {p} without its unit {}", unit.v);
        }
    }
}

fn id(n: usize) -> Id {
    Id::v7(Ms(n as i64), [0; 10])
}

/// The inbox.
pub fn items(s: &State) -> Vec<Item> {
    let mut all = vec![];
    for (t, name) in [(UNITS, "units"), (PHOTOS, "photos")] {
        for (i, row) in s.tables[t].iter().enumerate() {
            let standing = s.standing(t, i);
            if let Standing::Disputed(seq) = standing {
                all.push(conflicts::delete_edit(name, &i.to_string(), seq));
            }
            if t == UNITS && standing != Standing::Gone && !row.cells[0].shadows.is_empty() {
                all.extend(conflicts::guarded(name, &i.to_string(), "price_live", &row.cells[0]));
            }
        }
    }
    let (mut sold, mut back) = (vec![], vec![]);
    for (i, f) in s.facts.iter().enumerate().filter(|(i, _)| s.live(*i)) {
        match f {
            Some(Fact::Assigned { unit, line, .. }) => sold.push(Assigned {
                fact: id(i),
                unit: id(usize::from(*unit)),
                order: id(usize::from(*line)),
                line: id(1000 + usize::from(*line)),
                at: Ms(i as i64),
            }),
            Some(Fact::Restored { unit }) => back.push((id(usize::from(*unit)), Ms(i as i64), id(i))),
            _ => {}
        }
    }
    if sold.len() > 1 {
        let counting = conflicts::counting(&sold, &back);
        all.extend(conflicts::device_double_sold(&counting));
        all.extend(conflicts::line_two_devices(&counting, |_| 1));
    }
    for (replica, rseq, _, table) in &s.proposals {
        if !s.confirmed((*replica, *rseq, *table)) {
            all.push(proposal(*replica, *rseq, *table));
        }
    }
    let answer = |f: &Fact| if let Fact::Answer { item } = f { Some(*item) } else { None };
    conflicts::open(all, &s.facts.iter().flatten().filter_map(answer).collect())
}

/// All that must hold after everybody has exchanged everything.
pub fn all(w: &World) -> Seen {
    // One who comes new and pulls it all at once.
    let whole = fresh(w, false);
    let blind = w.laptops.iter().any(|l| l.state.blind).then(|| fresh(w, true));
    let asked = items(&whole.state);
    let rows = |l: &Laptop, t| l.view().rows(t);
    let (units, photos) = (rows(&whole, UNITS), rows(&whole, PHOTOS));
    for l in &w.laptops {
        assert!(l.pending().is_empty() && l.cursor == w.hub.head());
        let like = if l.state.blind { blind.as_ref().unwrap_or(&whole) } else { &whole };
        assert_eq!(l.state, like.state, "divergence");
        assert_eq!(items(&l.state), asked, "other questions");
        assert_eq!((rows(l, UNITS), rows(l, PHOTOS)), (units.clone(), photos.clone()), "roles differ about deletes");
        parents(&l.view());
    }
    told(w, &whole.state);
    work_is_not_hidden(w, &whole.state);
    // Without the floor this breaks too: a write may lose, unseen, against what its author saw.
    if !w.hub.without_floor {
        values_are_not_lost(w, &whole.state);
    }
    let disputes = |t: usize| {
        (0..whole.state.tables[t].len())
            .filter(|i| matches!(whole.state.standing(t, *i), Standing::Disputed(_)))
            .count()
    };
    Seen {
        groups: w.hub.log.len(),
        inversions: inversions(w),
        shadows: whole.state.tables[UNITS].iter().map(|r| r.cells[0].shadows.len()).sum(),
        disputes: disputes(UNITS) + disputes(PHOTOS),
        double_sold: asked.iter().filter(|i| i.kind == conflicts::Kind::DeviceDoubleSold).count(),
        twice: w.hub.log.len() - w.hub.log.iter().map(|p| p.group.uid).collect::<BTreeSet<_>>().len(),
        proposals: whole.state.proposals.len(),
        heirs: 0,
    }
}

fn fresh(w: &World, blind: bool) -> Laptop {
    let mut l = Laptop::new(stall_core::sync::Hex([0xff; 16]), blind);
    l.pull(&w.hub, usize::MAX);
    l
}

/// Every fact that the hub was given is there once, and the money of the live ones adds up.
fn told(w: &World, s: &State) {
    let mut known: Vec<Option<Fact>> = vec![None; usize::from(w.facts)];
    for p in &w.hub.log {
        for r in &p.group.recs {
            if let Rec::Fact { id, fact } = r {
                known[usize::from(*id)] = Some(*fact);
            }
        }
    }
    let void: BTreeSet<u16> =
        known.iter().flatten().filter_map(|f| if let Fact::Void { fact } = f { Some(*fact) } else { None }).collect();
    let fen = |f: &Fact| if let Fact::Assigned { fen, .. } = f { *fen } else { 0 };
    let live = |i: &usize| !void.contains(&(*i as u16));
    let want: i64 = (0..known.len()).filter(live).filter_map(|i| known[i].as_ref().map(fen)).sum();
    let got: i64 = (0..s.facts.len()).filter(|i| s.live(*i)).filter_map(|i| s.facts[i].as_ref().map(fen)).sum();
    known.truncate(known.iter().rposition(Option::is_some).map_or(0, |i| i + 1));
    assert_eq!((&s.facts, got), (&known, want), "a fact or money was lost");
}

/// An edit never loses against the value its author saw and replaced.
///
/// Two laptops out of one backup, running at once, send what was pending in it twice, each as its own. Of such the author saw
/// the one that is its own or that it had applied; the other is a write of another laptop.
fn inversions(w: &World) -> usize {
    let mut placed: std::collections::HashMap<u32, Vec<Write>> = std::collections::HashMap::new();
    for p in &w.hub.log {
        placed.entry(p.group.uid).or_default().push(p.write);
    }
    let lost = |new: &Write, old: u32| {
        let all = placed.get(&old).map_or(&[][..], Vec::as_slice);
        let saw = |o: &&Write| all.len() == 1 || o.replica == new.replica || o.seq <= new.base_seq;
        all.iter().filter(saw).any(|o| !new.beats(o))
    };
    w.hub.log.iter().map(|p| p.group.replaced.iter().filter(|r| lost(&p.write, r.3)).count()).sum()
}

/// A row that is gone was deleted by one who had seen all work that others did on it, unless its delete was confirmed.
fn work_is_not_hidden(w: &World, s: &State) {
    for t in [UNITS, PHOTOS] {
        for (i, row) in s.tables[t].iter().enumerate().filter(|(_, r)| r.made && !r.life.tombs.is_empty()) {
            let on = |r: &Rec| match r {
                Rec::Insert { t: a, row, .. } | Rec::Set { t: a, row, .. } => *a == t && usize::from(*row) == i,
                _ => false,
            };
            let delete = |r: &Rec| matches!(r, Rec::Delete { t: a, row } if *a == t && usize::from(*row) == i);
            let of = |f: &dyn Fn(&Rec) -> bool| {
                w.hub.log.iter().filter(|p| p.group.recs.iter().any(f)).map(|p| p.write).collect::<Vec<_>>()
            };
            let works = of(&on);
            let knowing = of(&delete).iter().any(|d| {
                let settled = |x: &Write| x.replica == d.replica || x.seq <= d.base_seq;
                works.iter().all(settled)
            });
            if s.standing(t, i) == Standing::Gone {
                assert!(knowing, "row {i} of table {t} was hidden over somebody's head: {:?}", row.life);
            }
        }
    }
}

/// Every value of a guarded cell that nobody has seen and written over is shown or kept.
fn values_are_not_lost(w: &World, s: &State) {
    for (i, row) in s.tables[UNITS].iter().enumerate() {
        for col in 0..COLS {
            let cell = &row.cells[col];
            let mut writes = vec![];
            for p in &w.hub.log {
                for r in &p.group.recs {
                    match r {
                        Rec::Set { t: UNITS, row, col: c, .. } if usize::from(*row) == i && *c == col => {
                            writes.push((p.write, p.group.uid));
                        }
                        Rec::Insert { t: UNITS, row, cells } if usize::from(*row) == i && cells[col].is_some() => {
                            writes.push((p.write, p.group.uid));
                        }
                        _ => {}
                    }
                }
            }
            let kept = |uid: u32| cell.holder.iter().chain(&cell.shadows).any(|h| h.value.uid == uid);
            for (x, uid) in &writes {
                let written_over =
                    writes.iter().any(|(y, _)| y.seq > x.seq && (y.replica == x.replica || x.seq <= y.base_seq));
                assert!(written_over || kept(*uid), "a value of unit {i} was lost");
            }
        }
    }
}
