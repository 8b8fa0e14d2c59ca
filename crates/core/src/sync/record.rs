//! What a group says, before it is sealed and after it is opened.

use std::collections::BTreeSet;

use super::{Hlc, Scope, scope};
use crate::Ms;

/// A value of a cell, as SQLite holds it.
#[derive(Debug, Clone)]
pub enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl PartialEq for Value {
    /// By bits: a NaN is the same as itself, so that equal states compare equal.
    fn eq(&self, o: &Self) -> bool {
        match (self, o) {
            (Self::Null, Self::Null) => true,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Real(a), Self::Real(b)) => a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Blob(a), Self::Blob(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The row was made, with these cells; a cell not named is null or has its default. A row made again (an undone delete, an
    /// order imported twice) is alive again.
    Insert(Vec<(String, Value)>),
    /// One cell.
    Set(String, Value),
    Delete,
    /// A cell of another scope was set: who may not read it must still know that the row was worked on.
    Touch,
}

/// One change of one row. Tables and columns that are not known here are kept: a newer program sent them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub table: String,
    pub row: String,
    pub change: Change,
}

/// The sentence of a group, for the history screen. In the goods part only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    pub op: String,
    pub by: String,
    pub at: Ms,
    /// JSON; no buyer's data.
    pub args: String,
}

/// One local transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub rseq: i64,
    pub base_seq: i64,
    pub hlc: Hlc,
    pub said: Said,
    pub records: Vec<Record>,
}

/// The records of one scope, in their order. What has none is left out, except goods, which tell that the group was.
///
/// Apply goods before the others: the rows are in it.
#[must_use]
pub fn of_scope(records: &[Record], wanted: Scope) -> Vec<Record> {
    let mut out: Vec<Record> = Vec::new();
    let mut touched: BTreeSet<(&str, &str)> = BTreeSet::new();
    for r in records {
        let mine = |column: &str| scope::of_column(&r.table, column) == wanted;
        let mut put = |change| out.push(Record { table: r.table.clone(), row: r.row.clone(), change });
        match &r.change {
            Change::Insert(cells) if wanted == Scope::Goods => {
                put(Change::Insert(cells.iter().filter(|(c, _)| mine(c)).cloned().collect()));
                touched.insert((&r.table, &r.row));
            }
            Change::Insert(cells) => {
                cells.iter().filter(|(c, _)| mine(c)).for_each(|(c, v)| put(Change::Set(c.clone(), v.clone())))
            }
            Change::Set(column, value) if mine(column) => {
                put(Change::Set(column.clone(), value.clone()));
                touched.insert((&r.table, &r.row));
            }
            Change::Set(..) if wanted == Scope::Goods && touched.insert((&r.table, &r.row)) => put(Change::Touch),
            Change::Delete if wanted == Scope::Goods => {
                put(Change::Delete);
                touched.remove(&(r.table.as_str(), r.row.as_str()));
            }
            Change::Touch if wanted == Scope::Goods => put(Change::Touch),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rec(change: Change) -> Record {
        Record { table: "units".into(), row: "u".into(), change }
    }

    #[test]
    fn a_row_is_made_in_goods_and_its_cost_is_set_under_the_keys_of_money() {
        let made = rec(Change::Insert(vec![("brand".into(), Value::Text("A".into())), ("cost".into(), Value::Int(9))]));
        let all = [made];
        assert_eq!(
            of_scope(&all, Scope::Goods),
            [rec(Change::Insert(vec![("brand".into(), Value::Text("A".into()))]))]
        );
        assert_eq!(of_scope(&all, Scope::Money), [rec(Change::Set("cost".into(), Value::Int(9)))]);
        assert!(of_scope(&all, Scope::Buyers).is_empty());
    }

    #[test]
    fn who_may_not_read_a_cost_still_learns_that_the_unit_was_worked_on() {
        let cost = rec(Change::Set("cost".into(), Value::Int(9)));
        assert_eq!(of_scope(&[cost.clone(), cost.clone()], Scope::Goods), [rec(Change::Touch)]);
        let note = rec(Change::Set("note".into(), Value::Null));
        assert_eq!(of_scope(&[note.clone(), cost], Scope::Goods), [note]);
    }
}
