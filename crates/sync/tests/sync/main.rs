#![expect(clippy::unwrap_used, reason = "tests")]
//! Laptops with real stores at a real hub.

mod agree;
mod dishonest;
mod people;
mod world;
