//! The pure domain of Stallkeeper.
//!
//! No clock, no files, no network, no database: time and bytes are passed in, values come out.
//! `api` holds the record types that cross to the UI; every other module is a rule.

pub mod api;
pub mod apple_code;
pub mod carrier;
pub mod datetime;
pub mod deadline;
pub mod error;
pub mod fields;
pub mod grades;
pub mod headers;
pub mod id;
pub mod identity;
pub mod inspection;
pub mod labels;
pub mod lan;
pub mod lot_cost;
pub mod manifest;
pub mod mask;
pub mod match_unit;
pub mod models;
pub mod money;
pub mod money_text;
pub mod number;
pub mod order_draft;
pub mod order_judge;
pub mod orders_import;
pub mod packing;
pub mod photo_edit;
pub mod photo_groups;
pub mod photo_quality;
pub mod place;
pub mod platforms;
pub mod price_change;
pub mod rank;
pub mod role;
pub mod search;
pub mod segments;
pub mod shot_list;
pub mod show_timing;
pub mod spreadsheet;
pub mod stage;
pub mod sync;
pub mod text;
pub mod time;
pub mod unit_fields;
pub mod unit_status;
pub mod units_export;
pub mod units_import;

pub use error::{AppError, AppResult, ErrorCode};
pub use id::Id;
pub use money::Fen;
pub use role::Role;
pub use text::tidy;
pub use time::Ms;
