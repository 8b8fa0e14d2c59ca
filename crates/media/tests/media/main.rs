//! Tests of stall-media through its public door.
#![expect(clippy::unwrap_used, reason = "tests")]

mod codes;
mod common;
mod copies;
#[cfg(target_os = "linux")]
mod disk;
mod folder;
mod garbage;
mod refused;
mod sets;
