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
/// Before a file that was refused or damaged is tried again, ms: fetched each time, it would eat the line.
const AGAIN_MS: u64 = 3_600_000;
/// Before the hub is asked again for a file it lacked, ms: at least, and at most however long it has been lacking.
const SOON_MS: u64 = 2_000;

/// Waits for a hub that is busy, at most.
const WAITS: u32 = 20;

/// How often one question was asked already.
#[derive(Debug, Default)]
pub(crate) struct Patience(u32);

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
    /// When the hub was first and last asked for what it lacked.
    lacking: Mutex<HashMap<[u8; 32], (i64, i64)>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { chunk: AtomicUsize::new(FIRST), refused: Mutex::default(), lacking: Mutex::default() }
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

    /// The hub lacked it.
    pub fn lacks(&self, name: [u8; 32], now: i64) {
        let mut lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
        lacking.entry(name).or_insert((now, now)).1 = now;
    }

    /// It came.
    pub fn came(&self, name: &[u8; 32]) {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Whether to ask for it (again): the rarer, the longer it has been asked for in vain, so that a thousand pictures on a
    /// laptop that is away cost little.
    pub fn is_due(&self, name: &[u8; 32], now: i64) -> bool {
        let lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner);
        lacking
            .get(name)
            .is_none_or(|(first, last)| now.abs_diff(*last) >= (last.abs_diff(*first) / 4).clamp(SOON_MS, AGAIN_MS))
    }

    /// What the hub gave under this name was not it, or what lies here.
    pub fn refuse(&self, name: [u8; 32], now: i64) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(name, now);
    }

    /// Whether that was so a short while ago.
    pub fn refused(&self, name: &[u8; 32], now: i64) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(name).is_some_and(|at| now.abs_diff(*at) < AGAIN_MS)
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
        assert!(memory.refused(&[1; 32], 3_599_999) && !memory.refused(&[2; 32], 0));
        assert!(!memory.refused(&[1; 32], 3_600_000));
    }

    #[test]
    fn what_the_hub_lacks_for_long_is_asked_for_seldom() {
        let (memory, name) = (Memory::default(), [1; 32]);
        let (mut asked, month) = (0, 30 * 86_400_000);
        for now in (0..month).step_by(5_000) {
            if memory.is_due(&name, now) {
                memory.lacks(name, now);
                asked += 1;
            }
        }
        assert!((700..800).contains(&asked), "{asked}");
        assert!(!memory.is_due(&name, month));
        memory.came(&name);
        assert!(memory.is_due(&name, month));
    }
}
