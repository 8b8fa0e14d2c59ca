#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
//! Laptops with real stores at a real hub.

#[path = "../../../store/tests/actions/mod.rs"]
mod actions;
mod agree;
mod album;
mod audit;
mod between;
mod claims;
mod dishonest;
mod faults;
mod forger;
mod histories;
mod line;
mod lost;
mod lying_hub;
mod people;
mod photos;
mod photos_broken;
mod presence;
mod pruned;
mod regressions;
mod restored;
#[path = "../../../core/tests/sync_model/rng.rs"]
mod rng;
mod sealed;
mod snapshots;
#[path = "../../../store/tests/sync/state.rs"]
mod state;
mod tidied;
mod two_hubs;
mod versions;
mod world;
