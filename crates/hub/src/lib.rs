//! The sync hub: keeps sealed changes in one order a stall, and photographs, and can read neither.
//!
//! [`Hub`] over a [`storage::Storage`] and [`blobs::Blobs`]; [`router`] gives its HTTP API, for the program `stall-hub` and
//! for the desktop app that is a hub itself (it puts a [`Peer`] into each request, runs [`Hub::run`] and calls [`Hub::stop`]).
//!
//! Shapes are `stall_core::sync::{wire, wire_trust}`, octets `stall_seal::frame`. What those do not say:
//! * `POST /v1/stalls` takes the operator's token or a founding code as bearer; for a stall that is here none: a new
//!   certificate of the root is the right. `exists`: that certificate is known, sign another.
//! * `POST /v1/token` [`Proof`]: a token for who holds a certificate's key; `bad_input` for `at` says the hub's `now`.
//! * `POST /v1/members`, `/v1/keys`: one or a list, 204; `GET`: a list. A laptop without a certificate may use both GETs
//!   and post certificates; keys are given to whom they are for, to owners all. `POST /v1/invites` 204.
//! * `push`, `pull`, `snapshots` take `lineage=hex` and refuse an old one with `lineage`. `push` is all or none and takes
//!   envelopes of other members too. `bad_envelope` has `why`: `bytes`, `newer`, `stall`, `part`, `signature`, `chain`;
//!   `gap`, `fork` and `chain` have `replica` and `expect`.
//! * `PUT /v1/blobs/{name}?offset&size&hash` answers `{received, whole}`; another offset is `bad_input` with `field`
//!   `offset` and `received`; `busy`: another laptop is sending it, sealed otherwise (taken over ten minutes after its last
//!   piece); `exists`: it is here, sealed otherwise. `HEAD`: 200 whole, 202 and [`RECEIVED`] on its way, 404.
//! * `PUT /v1/snapshots/{seq}/{scope}?offset&size&hash&epoch`, owners only; likewise.
//! * `GET /v1/blobs` and `GET /v1/blobs/names?after=` tell an owner how many files there are, and which; objects of up to 32
//!   bytes (an owner's proof to a laptop that it let in) are none.
//! * `POST /v1/blobs/needless {names}` by an owner marks; a day later the sweep deletes, unless `missing` named it again.
//! * `POST /v1/relay` [`stall_core::sync::wire::RelayAsk`] by an owner: the hub orders the stall's groups, or relays. A relay's
//!   `push` holds envelopes; `GET /v1/held?skip=n` gives them to owners; `POST /v1/place?lineage=hex` takes pages of the orderer
//!   (`pull?whole=true`), as they are.
//! * `GET /v1/wait`: events `head` with `{"head": n}`; the line ends when the hub stops or the member is removed.
//! * `POST /v1/presence`: 1 to 512 octets (`stall_seal::presence`), 204; forgotten after 30 s. `GET`: events `presence` with
//!   `{"replica", "sealed"}` of the others: what stands, then what is said. An older hub answers `not_found`.
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
mod presence;
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
