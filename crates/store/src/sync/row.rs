//! One row while a page is applied: what is known of it, what it becomes.

use std::collections::BTreeMap;

use stall_core::sync::{
    Scope, Value, Write,
    merge::{self, Guarded, Held},
    rows::Life,
};

/// One cell.
#[derive(Debug, Default, Clone)]
pub(super) struct Cell {
    /// The group whose value it holds; 0: that of the row's making.
    pub seq: i64,
    /// The sequenced value, while a change of ours without a place covers it on the screens.
    pub hidden: Option<Value>,
    /// Values that lost unseen: seq and value.
    pub shadows: Vec<(i64, Value)>,
    pub dirty: bool,
    pub shadows_dirty: bool,
}

/// Changes of ours which the hub has given no place, by the greatest local rseq.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// The row was made or deleted.
    pub whole: i64,
    /// It was deleted, and not made again.
    pub deleted: i64,
    pub cells: BTreeMap<String, i64>,
}

impl Pending {
    /// A delete covers no cell: where the row is there all the same (a child of somebody's needs it), it shows what others say.
    fn covers(&self, column: &str, after: i64) -> bool {
        (self.whole > after && self.deleted < self.whole) || self.cells.get(column).is_some_and(|r| *r > after)
    }
}

/// A row.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub life: Life,
    /// The insert that holds the cells nobody wrote since; 0: none.
    pub made: i64,
    /// Scopes besides goods whose part of the making was heard, a bit each.
    pub parts: i64,
    pub cells: BTreeMap<String, Cell>,
    pub pending: Pending,
    /// It is in its table.
    pub there: bool,
    /// Values of a row that is not: all of them.
    pub grave: BTreeMap<String, Value>,
    /// Values to write into a row that is.
    pub writes: BTreeMap<String, Value>,
    /// What was written into guarded cells: column, group, value, and whether it took the cell.
    pub told: Vec<(String, i64, Value, bool)>,
    pub dirty: bool,
}

/// What a write needs to know of its surroundings.
pub(super) struct Around<'a> {
    /// Finds a group by its seq.
    pub group: &'a dyn Fn(i64) -> Option<Write>,
    /// Our own groups up to this local rseq have their place.
    pub seen: i64,
    pub guarded: bool,
    /// What the row's table holds now, where it was asked for (guarded cells).
    pub stored: Option<&'a Value>,
    /// The column's.
    pub scope: Scope,
}

/// The bit of a scope whose part of a row's making was heard; goods are where the row is.
pub(super) fn part(scope: Scope) -> i64 {
    if scope == Scope::Goods { 0 } else { 1 << scope.number() }
}

impl Row {
    /// The value as sequenced, as far as it is known here.
    fn sequenced(&self, column: &str, around: &Around<'_>) -> Value {
        let cell = self.cells.get(column).and_then(|c| c.hidden.clone());
        cell.or_else(|| self.grave.get(column).cloned())
            .or_else(|| self.writes.get(column).cloned())
            .or_else(|| around.stored.cloned())
            .unwrap_or(Value::Null)
    }

    /// Whether making the row wrote the columns of this scope.
    fn made_with(&self, scope: Scope) -> bool {
        scope == Scope::Goods || self.parts & part(scope) != 0
    }

    /// Writes one cell for the group `w`.
    pub fn write(&mut self, column: &str, value: Value, w: &Write, around: &Around<'_>) {
        let old = self.cells.get(column).map_or(0, |c| c.seq);
        let holder = if old == 0 && self.made_with(around.scope) { self.made } else { old };
        let holder = (around.group)(holder);
        let making = w.seq == self.made;
        if making {
            self.parts |= part(around.scope);
        }
        let wins = if around.guarded {
            let wins = self.guard(column, value.clone(), w, holder.as_ref(), around);
            // What a unit came with is no change of its value.
            if !making {
                self.told.push((column.to_owned(), w.seq, value.clone(), wins));
            }
            wins
        } else {
            merge::cell(holder.as_ref(), w).wins
        };
        let covered = self.there && self.pending.covers(column, around.seen);
        if wins && making && !covered && old == 0 {
            // The row's own number says it.
            self.put(column, value);
            return;
        }
        let cell = self.cells.entry(column.to_owned()).or_default();
        if wins {
            cell.seq = w.seq;
            cell.dirty = true;
            if covered {
                cell.hidden = Some(value);
                return;
            }
            cell.hidden = None;
            self.put(column, value);
        } else if !covered && let Some(hidden) = cell.hidden.take() {
            // Ours has its place now, and another's value stands.
            cell.dirty = true;
            self.put(column, hidden);
        }
    }

    fn put(&mut self, column: &str, value: Value) {
        let side = if self.there { &mut self.writes } else { &mut self.grave };
        side.insert(column.to_owned(), value);
    }

    /// A guarded cell keeps what lost unseen.
    fn guard(&mut self, column: &str, value: Value, w: &Write, holder: Option<&Write>, around: &Around<'_>) -> bool {
        let held = holder.map(|h| Held { write: *h, value: self.sequenced(column, around) });
        let cell = self.cells.entry(column.to_owned()).or_default();
        let mut shadows: Vec<Held<Value>> = cell
            .shadows
            .iter()
            .filter_map(|(seq, v)| Some(Held { write: (around.group)(*seq)?, value: v.clone() }))
            .collect();
        shadows.sort_by_key(|s| s.write.seq);
        let mut guarded = Guarded { holder: held, shadows };
        let verdict = guarded.write(Held { write: *w, value });
        let after: Vec<(i64, Value)> = guarded.shadows.into_iter().map(|s| (s.write.seq, s.value)).collect();
        if after != cell.shadows {
            cell.shadows = after;
            cell.shadows_dirty = true;
            cell.dirty = true;
        }
        verdict.wins
    }

    /// Made, or made again. `cells` holds every column the author knew, so that nothing is left of an earlier making.
    /// `ours`: the row in the table is the one this says was made.
    pub fn insert(&mut self, w: &Write, ours: bool, cells: Vec<(String, Value, Around<'_>)>) {
        self.life.insert(w);
        if self.made == 0 {
            self.made = w.seq;
            if self.cells.is_empty() && (ours || !self.there) {
                if !self.there {
                    self.grave.extend(cells.into_iter().map(|(c, v, _)| (c, v)));
                }
                return;
            }
        }
        for (column, value, around) in cells {
            self.write(&column, value, w, &around);
        }
    }
}
