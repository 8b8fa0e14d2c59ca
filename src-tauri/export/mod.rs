//! Files out of the stall: units as sheets and zips, photographs as sets. Each is a job; what it makes is a staged file.

mod picture;
mod sheet;
pub mod units;
mod zip;
