#![expect(clippy::unwrap_used, reason = "tests")]
//! Laptops with real stores at a real hub.

mod agree;
mod album;
mod dishonest;
mod forger;
mod line;
mod people;
mod photos;
mod photos_broken;
mod presence;
mod restored;
mod snapshots;
mod two_hubs;
mod world;
