//! Who listens for new heads.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{
    error::{HubError, HubResult},
    storage::StallId,
};

type Map = HashMap<StallId, (watch::Sender<i64>, usize)>;

/// The listeners, by stall.
#[derive(Debug, Default, Clone)]
pub struct Heads(Arc<Mutex<Map>>);

/// One listener; counts until it is dropped.
#[derive(Debug)]
pub struct Listener {
    heads: Heads,
    stall: StallId,
    pub head: watch::Receiver<i64>,
}

impl Heads {
    /// Listens to a stall.
    ///
    /// # Errors
    /// `slow` when as many listen already.
    pub fn listen(&self, stall: &StallId, most: usize) -> HubResult<Listener> {
        let mut map = self.lock();
        let (sender, n) = map.entry(*stall).or_insert_with(|| (watch::channel(0).0, 0));
        if *n >= most {
            return Err(HubError::slow(60_000));
        }
        *n += 1;
        Ok(Listener { heads: self.clone(), stall: *stall, head: sender.subscribe() })
    }

    /// A head rose. Heads told late and out of order change nothing.
    pub fn rose(&self, stall: &StallId, head: i64) {
        if let Some((sender, _)) = self.lock().get(stall) {
            sender.send_if_modified(|old| {
                let rose = head > *old;
                *old = head.max(*old);
                rose
            });
        }
    }

    /// How many listen in all.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().values().map(|(_, n)| n).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Map> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut map = self.heads.lock();
        if let Some((_, n)) = map.get_mut(&self.stall) {
            *n -= 1;
            if *n == 0 {
                map.remove(&self.stall);
            }
        }
    }
}
