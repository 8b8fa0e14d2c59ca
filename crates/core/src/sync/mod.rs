//! Sync, the pure part: clocks, scopes, the rules by which changes of several laptops become one stall, the conflicts a
//! person decides, and the JSON of the hub's API. No bytes of envelopes, no keys, no clock, no I/O.
//!
//! A **replica** is one install of the program; its transactions are **groups**, numbered from 1 without a gap
//! (`rseq`). The hub gives every group a place in the stall (`seq`, strictly increasing) and an effective stamp (`eff`).

pub mod audit;
pub mod conflicts;
pub mod hex;
pub mod hlc;
pub mod merge;
pub mod record;
pub mod rows;
pub mod scope;
pub mod snapshot;
pub mod wire;
pub mod wire_trust;

pub use hex::{Hex, HexBytes, ReplicaId, StallId};
pub use hlc::{Claim, Hlc, restamp};
pub use merge::Write;
pub use record::{Change, Group, Record, Said, Value};
pub use scope::Scope;
