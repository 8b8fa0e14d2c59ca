//! What one phone, one address and all together may ask for.

use std::time::Duration;

/// Limits of the door for phones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Connections at once, in all and from one address.
    pub connections: usize,
    pub connections_per_address: usize,
    /// Requests at once and a second, from one address and of one phone.
    pub burst: f64,
    pub per_second: f64,
    /// Wrong codes from one address: at once and a minute.
    pub guesses: f64,
    /// Photographs on their way at once, in all and of one phone.
    pub uploads: usize,
    pub uploads_per_device: usize,
    /// Largest photograph.
    pub photo_bytes: u64,
    /// Largest JSON.
    pub json_bytes: u64,
    /// The head of a request must be there by then; a connection nobody uses is closed.
    pub head: Duration,
    /// A body that brings nothing for this long is given up.
    pub idle: Duration,
    /// After `grace` a body must have come at this many bytes a second.
    pub slowest: u64,
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 200,
            connections_per_address: 24,
            burst: 200.0,
            per_second: 40.0,
            guesses: 10.0,
            uploads: 12,
            uploads_per_device: 4,
            photo_bytes: stall_media::MAX_BYTES,
            json_bytes: 256 << 10,
            head: Duration::from_secs(20),
            idle: Duration::from_secs(20),
            slowest: 2 << 10,
            grace: Duration::from_secs(60),
        }
    }
}
