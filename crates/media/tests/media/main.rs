//! Tests of stall-media through its public door.
#![expect(clippy::unwrap_used, reason = "tests")]

mod codes;
mod common;
mod copies;
#[cfg(target_os = "linux")]
mod disk;
mod edits;
mod folder;
mod garbage;
mod heif;
mod quality;
mod refused;
mod sets;
