//! The pure domain of Stallkeeper.
//!
//! No clock, no files, no network, no database: time and bytes are passed in, values come out.
//! `api` holds the record types that cross to the UI; every other module is a rule.

pub mod api;
pub mod error;
pub mod id;
pub mod money;
mod number;
pub mod role;
pub mod time;

pub use error::{AppError, AppResult, ErrorCode};
pub use id::Id;
pub use money::Fen;
pub use role::Role;
pub use time::Ms;
