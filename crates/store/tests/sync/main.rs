#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
//! Several stores and a hub in memory: what each holds once all have heard all.

#[path = "../actions/mod.rs"]
mod actions;
mod audit;
#[path = "../actions/cases.rs"]
mod cases;
mod hub;
mod inbox;
mod inbox_numbers;
mod inbox_sales;
mod keeps;
mod merge;
#[path = "../actions/photo.rs"]
mod photo;
mod property;
mod prune;
mod snapshot;
mod state;
