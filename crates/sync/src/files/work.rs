//! One file's job in an exchange, and what becomes of its trouble.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use stall_media::BlobStore;
use tokio_util::sync::CancellationToken;

use super::{FilesRound, Inner, Key, down::Came, plan::Wanted, up::Went};
use crate::{SyncError, SyncResult};

/// Files that broke in a row: the line is dead.
const BROKEN: u32 = 8;

/// What is to be done for one file.
#[derive(Debug)]
pub(super) struct Job {
    pub wanted: Wanted,
    pub key: Key,
    pub up: bool,
}

/// The exchange so far.
pub(super) struct Tally<'a> {
    round: Mutex<FilesRound>,
    tell: &'a (dyn Fn(FilesRound) + Sync),
    full: AtomicBool,
    broken: AtomicU32,
}

impl<'a> Tally<'a> {
    pub fn new(round: FilesRound, tell: &'a (dyn Fn(FilesRound) + Sync)) -> Self {
        Self { round: Mutex::new(round), tell, full: false.into(), broken: 0.into() }
    }

    pub fn now(&self) -> FilesRound {
        *self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn count(&self, change: impl FnOnce(&mut FilesRound)) {
        let now = {
            let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut round);
            *round
        };
        (self.tell)(now);
    }
}

/// Where a file is after its job.
pub(super) enum Done {
    Both,
    Waits,
    /// The hub said that it has it, and has it not.
    Lost,
}

impl Inner {
    /// Does one job and counts it.
    pub(super) async fn work(
        &self,
        media: &Arc<BlobStore>,
        job: Job,
        stop: &CancellationToken,
        tally: &Tally<'_>,
    ) -> (Job, SyncResult<Done>) {
        if stop.is_cancelled() || (job.up && tally.full.load(Ordering::Relaxed)) {
            return (job, Ok(Done::Waits));
        }
        let worked =
            async { if job.up { self.send(media, &job, tally).await } else { self.take(media, &job, tally).await } };
        let done = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(Done::Waits),
            done = worked => judged(done, tally),
        };
        (job, done)
    }

    async fn send(&self, media: &Arc<BlobStore>, job: &Job, tally: &Tally<'_>) -> SyncResult<Done> {
        let went = self.up(media, &job.wanted, &job.key, &|n| tally.count(|r| r.bytes_up += n)).await;
        match went {
            Ok(Went::There) => {
                tally.count(|r| (r.up, r.waiting_up) = (r.up + 1, r.waiting_up - 1));
                Ok(Done::Both)
            }
            // A file that changed while it was read is as one that was damaged before.
            Ok(Went::Damaged) | Err(SyncError::Seal(_) | SyncError::Store(_)) => {
                tracing::warn!(blob = job.wanted.blob.as_str(), size = ?job.wanted.size, "a damaged file is not sent");
                self.memory.refuse(job.key.name.0, self.store.env().now().0);
                tally.count(|r| (r.damaged, r.waiting_up) = (r.damaged + 1, r.waiting_up - 1));
                Ok(Done::Waits)
            }
            Ok(Went::Full) => {
                tally.full.store(true, Ordering::Relaxed);
                tally.count(|r| r.full = true);
                Ok(Done::Waits)
            }
            Ok(Went::Waits) => Ok(Done::Waits),
            Err(e) => Err(e),
        }
    }

    async fn take(&self, media: &Arc<BlobStore>, job: &Job, tally: &Tally<'_>) -> SyncResult<Done> {
        let got = |n| tally.count(|r| r.bytes_down += n);
        match self.down(media, &job.wanted, &job.key, false, &got).await? {
            Came::Here(_) => {
                self.memory.came(&job.key.name.0);
                tally.count(|r| (r.down, r.waiting_down) = (r.down + 1, r.waiting_down - 1));
                Ok(Done::Both)
            }
            Came::Lacking => Ok(Done::Lost),
            Came::Refused => {
                tracing::warn!(blob = job.wanted.blob.as_str(), size = ?job.wanted.size, "other bytes are refused");
                self.memory.refuse(job.key.name.0, self.store.env().now().0);
                tally.count(|r| r.refused += 1);
                Ok(Done::Waits)
            }
            Came::Elsewhere => Ok(Done::Waits),
        }
    }
}

/// One file's trouble is its own; when none gets through any more, it is everybody's.
fn judged(done: SyncResult<Done>, tally: &Tally<'_>) -> SyncResult<Done> {
    match done {
        Ok(done) => {
            tally.broken.store(0, Ordering::Relaxed);
            Ok(done)
        }
        Err(SyncError::Broken(said)) if tally.broken.fetch_add(1, Ordering::Relaxed) + 1 < BROKEN => {
            tracing::info!(said, "a file waits");
            Ok(Done::Waits)
        }
        Err(SyncError::Broken(said)) => Err(SyncError::Offline(said)),
        Err(SyncError::Strange(said)) => {
            tracing::warn!(said, "a file waits");
            Ok(Done::Waits)
        }
        Err(e) => Err(e),
    }
}
