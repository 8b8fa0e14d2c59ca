//! What one laptop, one address and all together may ask for.

use std::time::Duration;

/// Limits of the hub.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Connections at once, in all and from one address.
    pub connections: usize,
    pub connections_per_address: usize,
    /// Requests at once and a second, of one token; of one address before its token is known it is ten times that.
    pub burst: f64,
    pub per_second: f64,
    /// Wrong invites from one address: at once and a minute.
    pub guesses: f64,
    /// Large bodies being read at once.
    pub bodies: usize,
    /// Largest JSON.
    pub json_bytes: u64,
    /// Largest push. An envelope has the limits of `stall_seal::envelope`.
    pub push_bytes: u64,
    /// Largest page of a pull, unless one envelope alone is larger.
    pub page_bytes: usize,
    /// Largest piece of an object, and largest object.
    pub piece_bytes: u64,
    pub blob_bytes: u64,
    pub snapshot_bytes: u64,
    /// Names in one question.
    pub names: usize,
    /// Certificates and wraps in one stall.
    pub certificates: usize,
    /// Laptops listening at once, in one stall.
    pub listeners: usize,
    /// What a laptop says of itself to the others: bytes, how often at once and a second, and how long it is kept, ms.
    pub presence_bytes: u64,
    pub presence_burst: f64,
    pub presence_per_second: f64,
    pub presence_ms: i64,
    /// The head of a request must be there by then; a connection nobody uses is closed.
    pub head: Duration,
    /// A body that brings nothing for this long is given up.
    pub idle: Duration,
    /// After `grace` a body must have come at this many bytes a second.
    pub slowest: u64,
    pub grace: Duration,
    /// A right to found a stall is good for this long, and an owner's invite at most, ms.
    pub invite_ms: i64,
    /// A proof of a key may be this far from the hub's clock, ms.
    pub proof_ms: i64,
    /// Between the two passes over needless objects, and before an unfinished upload is given up, ms.
    pub sweep_ms: i64,
    pub upload_ms: i64,
    /// An unfinished upload another laptop may take over, ms after its last piece.
    pub takeover_ms: i64,
    /// Longest reservation, ms.
    pub claim_ms: i64,
    /// Bytes a stall may keep unless told otherwise.
    pub quota: i64,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 2000,
            connections_per_address: 64,
            burst: 400.0,
            per_second: 100.0,
            guesses: 10.0,
            bodies: 32,
            json_bytes: 512 << 10,
            push_bytes: 17 << 20,
            page_bytes: 512 << 10,
            piece_bytes: 4 << 20,
            blob_bytes: 512 << 20,
            snapshot_bytes: 8 << 30,
            names: 2000,
            certificates: 1000,
            listeners: 64,
            presence_bytes: 512,
            presence_burst: 20.0,
            presence_per_second: 2.0,
            presence_ms: 30_000,
            head: Duration::from_secs(20),
            idle: Duration::from_secs(20),
            slowest: 2 << 10,
            grace: Duration::from_secs(30),
            invite_ms: 7 * DAY,
            proof_ms: 2 * MINUTE,
            sweep_ms: DAY,
            upload_ms: 7 * DAY,
            takeover_ms: 10 * MINUTE,
            claim_ms: 15 * MINUTE,
            quota: 20 << 30,
        }
    }
}
