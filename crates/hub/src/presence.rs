//! What laptops say of themselves to the others of their stall: sealed, in memory only, and forgotten after a while.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::broadcast;

use crate::{
    error::{HubError, HubResult},
    storage::{ReplicaId, StallId},
};

/// A listener that is further behind is told anew what stands.
const BEHIND: usize = 64;

/// One laptop's last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub replica: ReplicaId,
    pub sealed: Bytes,
}

#[derive(Debug)]
struct Room {
    said: BTreeMap<ReplicaId, (Bytes, i64)>,
    news: broadcast::Sender<Said>,
    listeners: usize,
}

/// What was said, by stall.
#[derive(Debug, Default, Clone)]
pub struct Presence(Arc<Mutex<HashMap<StallId, Room>>>);

/// One listener; counts until it is dropped.
#[derive(Debug)]
pub struct Listener {
    presence: Presence,
    stall: StallId,
    pub news: broadcast::Receiver<Said>,
}

impl Presence {
    /// A laptop says something. False when it said the same already: said again it lives no longer.
    pub fn said(&self, stall: &StallId, said: Said, now: i64, keep_ms: i64) -> bool {
        let mut rooms = self.lock();
        let room = rooms.entry(*stall).or_insert_with(Room::new);
        room.tidy(now, keep_ms);
        if room.said.get(&said.replica).is_some_and(|(sealed, _)| *sealed == said.sealed) {
            return false;
        }
        room.said.insert(said.replica, (said.sealed.clone(), now));
        // Nobody listening is no error.
        room.news.send(said).ok();
        true
    }

    /// Listens to a stall, and gives what stands.
    ///
    /// # Errors
    /// `slow` when as many listen already.
    pub fn listen(&self, stall: &StallId, most: usize, now: i64, keep_ms: i64) -> HubResult<(Listener, Vec<Said>)> {
        let mut rooms = self.lock();
        let room = rooms.entry(*stall).or_insert_with(Room::new);
        if room.listeners >= most {
            return Err(HubError::slow(60_000));
        }
        room.listeners += 1;
        room.tidy(now, keep_ms);
        let listener = Listener { presence: self.clone(), stall: *stall, news: room.news.subscribe() };
        Ok((listener, room.all()))
    }

    /// What stands in a stall.
    pub fn standing(&self, stall: &StallId, now: i64, keep_ms: i64) -> Vec<Said> {
        self.lock().get_mut(stall).map_or_else(Vec::new, |room| {
            room.tidy(now, keep_ms);
            room.all()
        })
    }

    /// Forgets what is too old everywhere.
    pub fn tidy(&self, now: i64, keep_ms: i64) {
        self.lock().retain(|_, room| {
            room.tidy(now, keep_ms);
            room.listeners > 0 || !room.said.is_empty()
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<StallId, Room>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn new() -> Self {
        Self { said: BTreeMap::new(), news: broadcast::channel(BEHIND).0, listeners: 0 }
    }

    /// A clock that was set back keeps nothing longer.
    fn tidy(&mut self, now: i64, keep_ms: i64) {
        self.said.retain(|_, (_, at)| now.abs_diff(*at) < keep_ms.unsigned_abs());
    }

    fn all(&self) -> Vec<Said> {
        self.said.iter().map(|(replica, (sealed, _))| Said { replica: *replica, sealed: sealed.clone() }).collect()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut rooms = self.presence.lock();
        if let Some(room) = rooms.get_mut(&self.stall) {
            room.listeners -= 1;
            if room.listeners == 0 && room.said.is_empty() {
                rooms.remove(&self.stall);
            }
        }
    }
}
