//! What one exchange of files learns for the next.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use stall_core::sync::wire::HubCode;

use crate::SyncError;

/// Bytes in one request: a market's Wi-Fi must get it through before the line counts as dead, and the hub takes no more.
const LEAST: usize = 64 << 10;
const MOST: usize = 4 << 20;
const FIRST: usize = 512 << 10;
/// A request is to take about so long.
const AIM: Duration = Duration::from_secs(4);
/// Smaller ones say more of the way there than of the line.
const TELLING: usize = 32 << 10;
/// Before a file that was refused is tried again, ms: fetched each time, it would eat the line.
const AGAIN_MS: i64 = 3_600_000;

/// Waits for a hub that is busy, at most.
const WAITS: u32 = 20;

/// How often one question was asked already.
#[derive(Debug, Default)]
pub(super) struct Patience(u32);

impl Patience {
    /// Waits if that is what the hub said; whether to ask again.
    pub async fn waits(&mut self, error: Option<&SyncError>) -> bool {
        let Some(SyncError::Hub(e)) = error else { return false };
        if e.code != HubCode::Slow || self.0 >= WAITS {
            return false;
        }
        self.0 += 1;
        let ms = e.args.get("after_ms").and_then(|ms| ms.parse().ok()).unwrap_or(1_000);
        tokio::time::sleep(Duration::from_millis(ms).min(Duration::from_secs(10))).await;
        true
    }
}

/// Remembered while the program runs.
#[derive(Debug)]
pub(crate) struct Memory {
    chunk: AtomicUsize,
    refused: Mutex<HashMap<[u8; 32], i64>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { chunk: AtomicUsize::new(FIRST), refused: Mutex::default() }
    }
}

impl Memory {
    /// How much to send at once.
    pub fn chunk(&self) -> usize {
        self.chunk.load(Ordering::Relaxed)
    }

    /// So many bytes took so long.
    pub fn took(&self, bytes: usize, time: Duration) {
        if bytes >= TELLING {
            let fits = bytes as u128 * AIM.as_millis() / time.as_millis().max(1);
            self.chunk.store(usize::try_from(fits).unwrap_or(MOST).clamp(LEAST, MOST), Ordering::Relaxed);
        }
    }

    /// The line broke under a request.
    pub fn broke(&self) {
        self.chunk.store((self.chunk() / 2).max(LEAST), Ordering::Relaxed);
    }

    /// What the hub gave under this name was not it.
    pub fn refuse(&self, name: [u8; 32], now: i64) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(name, now);
    }

    /// Whether that was so a short while ago.
    pub fn refused(&self, name: &[u8; 32], now: i64) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(name).is_some_and(|at| now.abs_diff(*at) < AGAIN_MS.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_as_long_as_the_line_carries_in_four_seconds() {
        let memory = Memory::default();
        memory.took(512 << 10, Duration::from_millis(100));
        assert_eq!(memory.chunk(), MOST);
        memory.took(512 << 10, Duration::from_secs(20));
        assert_eq!(memory.chunk(), (512 << 10) / 5);
        (0..9).for_each(|_| memory.broke());
        assert_eq!(memory.chunk(), LEAST);
        memory.took(900, Duration::from_secs(1));
        assert_eq!(memory.chunk(), LEAST, "a thumbnail says nothing");
    }

    #[test]
    fn what_was_refused_is_left_alone_for_an_hour() {
        let memory = Memory::default();
        memory.refuse([1; 32], 0);
        assert!(memory.refused(&[1; 32], AGAIN_MS - 1) && !memory.refused(&[2; 32], 0));
        assert!(!memory.refused(&[1; 32], AGAIN_MS));
    }
}
