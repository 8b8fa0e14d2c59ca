//! Which phones are here now, and the way to cut one off.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use stall_core::{AppError, AppResult, ErrorCode, Id, Ms};
use tokio_util::sync::CancellationToken;

/// A phone that asked this recently is here.
const RECENT: i64 = 20_000;
/// When a phone was last seen is written down this often.
const NOTED: i64 = 60_000;
/// Pages of one phone that listen at once.
const LISTENERS: usize = 4;

/// The phones of this run.
#[derive(Debug, Default)]
pub struct Live(Arc<Mutex<HashMap<Id, Phone>>>);

#[derive(Debug, Default)]
struct Phone {
    asked: Option<Ms>,
    noted: Option<Ms>,
    listeners: usize,
    over: CancellationToken,
}

/// An open event stream; dropped, it no longer counts.
#[derive(Debug)]
pub struct Listening {
    all: Arc<Mutex<HashMap<Id, Phone>>>,
    device: Id,
    /// Done when the phone's right is taken away.
    pub over: CancellationToken,
}

impl Live {
    /// A phone asked something. True when that is worth writing down.
    pub fn asked(&self, device: Id, now: Ms) -> bool {
        let mut all = lock(&self.0);
        let phone = all.entry(device).or_default();
        phone.asked = Some(now);
        let due = phone.noted.is_none_or(|at| now.0 - at.0 >= NOTED || now.0 < at.0);
        if due {
            phone.noted = Some(now);
        }
        due
    }

    /// A phone begins to listen.
    ///
    /// # Errors
    /// `TooMany` when it listens several times already.
    pub fn listen(&self, device: Id) -> AppResult<Listening> {
        let mut all = lock(&self.0);
        let phone = all.entry(device).or_default();
        if phone.listeners >= LISTENERS {
            return Err(AppError::new(ErrorCode::TooMany).arg("seconds", 1));
        }
        phone.listeners += 1;
        Ok(Listening { all: self.0.clone(), device, over: phone.over.clone() })
    }

    /// Whether it asked or listens now.
    pub fn connected(&self, device: Id, now: Ms) -> bool {
        lock(&self.0).get(&device).is_some_and(|p| here(p, now))
    }

    /// The phones that are here, in order.
    pub fn here(&self, now: Ms) -> Vec<Id> {
        let mut ids: Vec<Id> = lock(&self.0).iter().filter(|(_, p)| here(p, now)).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }

    /// Ends what a phone listens to.
    pub fn cut(&self, device: Id) {
        if let Some(phone) = lock(&self.0).remove(&device) {
            phone.over.cancel();
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(phone) = lock(&self.all).get_mut(&self.device) {
            phone.listeners = phone.listeners.saturating_sub(1);
        }
    }
}

fn here(phone: &Phone, now: Ms) -> bool {
    phone.listeners > 0 || phone.asked.is_some_and(|at| (0..RECENT).contains(&(now.0 - at.0)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
