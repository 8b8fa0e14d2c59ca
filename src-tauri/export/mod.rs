//! Files out of the stall: units as sheets and zips, photographs as sets. Each is a job; what it makes is a staged file.

mod feed;
pub mod photos;
mod picture;
mod render;
mod set;
mod sheet;
pub mod units;
mod zip;

use stall_core::AppResult;
use stall_media::Face;
use stall_print::{Fonts, Weight};

/// The face of strips and watermarks: the one labels are printed with.
fn face() -> AppResult<Face> {
    Face::open(Fonts::open()?.face(Weight::Medium).bytes)
}
