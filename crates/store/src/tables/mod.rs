//! One file per table: plain SQL, typed in and out.

mod cursor;
pub mod bench;
pub mod facts;
pub(crate) mod lines;
pub mod order_query;
mod order_rows;
pub mod orders;
pub mod ship_export;
pub mod unit_query;
mod unit_rows;
mod unit_words;
pub(crate) mod words;

pub use order_rows::{order_row, order_rows};
pub use unit_rows::{unit_row, unit_rows};
