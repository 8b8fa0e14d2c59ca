//! The Stallkeeper desktop program: one list of commands behind two doors, the window (IPC) and the browser (HTTP).
//!
//! This crate holds adapters only: rules are in `stall-core`, SQL in `stall-store`, photographs in `stall-media`.

mod args;
mod batch;
pub mod commands;
pub mod ctx;
mod dispatch;
pub mod door;
mod export;
mod jobs;
mod labels;
mod labels_job;
pub mod lan;
mod logs;
mod orders_file;
mod passports;
mod photo_copies;
mod photos_job;
mod printer;
mod progress;
mod redact;
mod report_sheet;
mod rng;
pub mod sample;
mod secrets;
pub mod seed;
mod sessions;
mod sheet;
mod staging;
mod stall;
mod start;
pub mod sync;
mod third_party_file;
mod units_file;
mod units_zip;
mod watch;

pub use ctx::{Caller, Ctx};
pub use dispatch::dispatch;
pub use start::run;
