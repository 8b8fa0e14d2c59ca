//! What a snapshot holds, before it is sealed and after it is opened: rows of tables, and the clocks of sync, by column.
//!
//! A snapshot of `seq` is what a laptop holds that applied the groups up to `seq` and has made no change of its own since. It is
//! told in steps. A step is rows of one table; each scope has its columns of the same rows, in the same order.

use super::{Scope, Value};

/// Columns of rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The table's; one of sync's own books begins with `@`.
    pub name: String,
    /// Of each row.
    pub rows: usize,
    /// Each with as many values as there are rows.
    pub columns: Vec<(String, Vec<Value>)>,
}

/// Some rows, as far as each scope has columns of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step(pub Vec<(Scope, Block)>);

impl Block {
    /// The values of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&[Value]> {
        self.columns.iter().find(|(c, _)| c == name).map(|(_, v)| v.as_slice())
    }

    /// Whether every column has a value for each row.
    #[must_use]
    pub fn is_even(&self) -> bool {
        self.columns.iter().all(|(_, v)| v.len() == self.rows)
    }
}

impl Step {
    /// The block of a scope.
    #[must_use]
    pub fn of(&self, scope: Scope) -> Option<&Block> {
        self.0.iter().find(|(s, _)| *s == scope).map(|(_, b)| b)
    }
}

/// The book of groups: `seq`, `eff`, `replica`, `base_seq`, `rseq`, `by`.
pub const GROUPS: &str = "@groups";
/// Rows that are in no table: `tbl`, `row`, what is known of their life, and `grave`, JSON of what each scope has of them.
pub const GRAVES: &str = "@graves";
/// Cells written after their rows were made: `tbl`, `row`, `col`, `seq`.
pub const CELLS: &str = "@cells";
/// Losing values of guarded cells: as cells, and `value`.
pub const SHADOWS: &str = "@shadows";
/// The history of guarded cells: as shadows, and `won`.
pub const VALUES: &str = "@values";
/// What waits: the columns of `sync_parked`.
pub const PARKED: &str = "@parked";
/// Where authors' chains end: `replica`, `envelope`, `rseq`.
pub const CHAINS: &str = "@chains";
/// What a table's block says of its rows' lives, beside their own columns.
pub const LIFE: [&str; 5] = ["@made", "@last", "@other", "@tombs", "@parts"];
