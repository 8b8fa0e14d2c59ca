//! The sync hub: keeps sealed changes in one order a stall, and photographs, and can read neither.
//!
//! [`Hub`] over a [`storage::Storage`] and [`blobs::Blobs`]; [`router`] gives its HTTP API, for the program `stall-hub` and
//! for the desktop app that is a hub itself.

#![cfg_attr(
    feature = "postgres",
    expect(clippy::duplicate_mod, reason = "storage/sql is compiled once for each database")
)]

pub mod blobs;
mod body;
mod error;
pub mod fsck;
mod heads;
pub mod hex;
mod hub;
mod limits;
mod metrics;
#[cfg(feature = "server")]
pub mod program;
mod random;
mod rates;
pub mod routes;
pub mod secrets;
mod stamp;
pub mod storage;
mod trust;

pub use error::{HubCode, HubError, HubResult};
pub use hub::{Clock, Hub, system_clock};
pub use limits::Limits;
pub use routes::{Peer, Proof, RECEIVED, proof_message, router};
