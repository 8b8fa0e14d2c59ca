//! One file per table: plain SQL, typed in and out.

pub mod facts;
mod unit_rows;
pub(crate) mod words;

pub use unit_rows::{unit_row, unit_rows};
