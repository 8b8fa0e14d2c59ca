//! One file per table: plain SQL, typed in and out.

pub mod bench;
mod cursor;
pub mod facts;
pub mod find;
pub mod items;
pub(crate) mod lines;
pub mod mappings;
pub mod members;
mod models;
pub mod order_import;
pub(crate) mod order_load;
mod order_match;
mod order_plan;
pub mod order_query;
mod order_rows;
pub mod orders;
pub mod photos;
pub mod settings;
pub mod ship_export;
mod show_sheet;
pub mod shows;
mod timeline;
pub mod today;
mod unit_codes;
mod unit_facets;
pub mod unit_import;
mod unit_patch;
mod unit_plan;
mod unit_query;
mod unit_rows;
mod unit_words;
pub mod units;
pub(crate) mod words;

pub use order_rows::{order_row, order_rows};
pub use unit_rows::{unit_row, unit_rows};
