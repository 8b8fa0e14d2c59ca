//! One exchange of files.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use stall_core::sync::wire::{BlobsAsk, BlobsMissing};
use stall_media::BlobStore;
use stall_seal::SealError;
use stall_store::tables::named_files;
use tokio_util::sync::CancellationToken;

use super::{
    Files, Inner, Key, blocking,
    down::Came,
    known::{Known, short},
    plan::{self, Wanted},
    up::Went,
};
use crate::{SyncError, SyncResult};

/// Files on their way at once.
const AT_ONCE: usize = 4;
/// Names in one question; the hub takes no more.
const NAMES: usize = 2000;
/// Files that broke in a row: the line is dead.
const BROKEN: u32 = 8;
/// A part nobody went on with for so long is of a file that no row names any more.
const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// Which files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileWish {
    /// Thumbnails, views, pictures of documents: a line that costs by the byte.
    Small,
    All,
}

/// What an exchange of files did, and what it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilesRound {
    /// Files.
    pub up: u64,
    pub down: u64,
    /// Sealed bytes over the line.
    pub bytes_up: u64,
    pub bytes_down: u64,
    /// Files that are here and not known to be at the hub.
    pub waiting_up: u64,
    /// Files that rows name and this laptop lacks; the hub may lack them too.
    pub waiting_down: u64,
    /// Of those waiting: files of which the hub gave other bytes. They are asked for again an hour later.
    pub refused: u64,
    /// Files here that are not what their names say; they are not sent.
    pub damaged: u64,
    /// The stall's space at the hub is used up.
    pub full: bool,
}

/// What is to be done for one file.
#[derive(Debug)]
struct Job {
    wanted: Wanted,
    key: Key,
    up: bool,
}

/// The exchange so far.
struct Tally<'a> {
    round: Mutex<FilesRound>,
    tell: &'a (dyn Fn(FilesRound) + Sync),
    full: AtomicBool,
    broken: AtomicU32,
}

impl Tally<'_> {
    fn count(&self, change: impl FnOnce(&mut FilesRound)) {
        let now = {
            let mut round = self.round.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut round);
            *round
        };
        (self.tell)(now);
    }
}

impl Files {
    /// Brings to the hub what it lacks of the files that rows name, and here what this laptop lacks, the smallest and most
    /// looked at first, four at a time. It may be dropped or stopped at any time and goes on in the next round; `tell` hears of
    /// every step.
    ///
    /// # Errors
    /// `Offline`; `Hub` where it refuses this laptop; `Store` for a full disk. One file's trouble is none of the others': it is
    /// counted.
    pub async fn round(
        &self,
        media: &Arc<BlobStore>,
        wish: FileWish,
        stop: &CancellationToken,
        tell: &(dyn Fn(FilesRound) + Sync),
    ) -> SyncResult<FilesRound> {
        let wanted = plan::wanted(named_files::all(&self.0.store).await?);
        let at = Arc::clone(media);
        blocking(move || Ok(at.sweep_parts(MONTH)?)).await?;
        self.exchange(media, wanted, wish, stop, tell).await
    }

    /// The same for files that are named otherwise, in this order.
    ///
    /// # Errors
    /// As [`Files::round`].
    pub async fn exchange(
        &self,
        media: &Arc<BlobStore>,
        wanted: Vec<Wanted>,
        wish: FileWish,
        stop: &CancellationToken,
        tell: &(dyn Fn(FilesRound) + Sync),
    ) -> SyncResult<FilesRound> {
        let inner = &self.0;
        let now = inner.store.env().now().0;
        let lineage = inner.store.sync_lineage().await?;
        let at = Arc::clone(media);
        let (held, mut known) = blocking(move || Ok((at.held()?, Known::load(&at, lineage, now)))).await?;
        let mut round = FilesRound::default();
        let (mut jobs, mut names) = (Vec::new(), BTreeSet::new());
        for wanted in wanted {
            // Who may not read who names it may not read it.
            let Some(key) = inner.key(&wanted) else { continue };
            names.insert(short(&key.name));
            let up = held.contains(&(wanted.blob.clone(), wanted.size));
            if up && known.has(&key.name) {
                continue;
            }
            *(if up { &mut round.waiting_up } else { &mut round.waiting_down }) += 1;
            if wish == FileWish::All || wanted.is_small() {
                jobs.push(Job { wanted, key, up });
            }
        }
        known.only(&names);
        let mut todo = Vec::new();
        // In questions as long as the hub takes them: what neither side lacks is done.
        for asked in lots(jobs) {
            let ask = BlobsAsk { names: asked.iter().map(|j| j.key.name).collect() };
            let answer: BlobsMissing = patient!(inner.line.post("blobs/missing", &ask))?;
            for (n, job) in asked.into_iter().enumerate() {
                match (job.up, answer.lacks(n)) {
                    (true, true) => todo.push(job),
                    (true, false) => {
                        round.waiting_up -= 1;
                        known.add(&job.key.name);
                    }
                    (false, true) => {}
                    (false, false) if inner.memory.refused(&job.key.name.0, now) => round.refused += 1,
                    (false, false) => todo.push(job),
                }
            }
        }
        let tally = Tally { round: Mutex::new(round), tell, full: false.into(), broken: 0.into() };
        tally.count(|_| {});
        let mut todo = todo.into_iter();
        let mut running: FuturesUnordered<_> =
            todo.by_ref().take(AT_ONCE).map(|job| inner.work(media, job, stop, &tally)).collect();
        let mut ended = Ok(());
        while let Some((job, done)) = running.next().await {
            match done {
                Ok(Done::Both) => known.add(&job.key.name),
                Ok(Done::Lost) => known.doubt(now),
                Ok(Done::Waits) => {}
                Err(e) => {
                    ended = Err(e);
                    break;
                }
            }
            running.extend(todo.next().map(|job| inner.work(media, job, stop, &tally)));
        }
        drop(running);
        let at = Arc::clone(media);
        blocking(move || known.save(&at)).await?;
        ended.map(|()| tally.round.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

fn lots(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut lots: Vec<Vec<Job>> = Vec::new();
    for job in jobs {
        match lots.last_mut() {
            Some(lot) if lot.len() < NAMES => lot.push(job),
            _ => lots.push(vec![job]),
        }
    }
    lots
}

/// Where a file is after its job.
enum Done {
    Both,
    Waits,
    /// The hub said that it has it, and has it not.
    Lost,
}

impl Inner {
    /// Does one job and counts it.
    async fn work(
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
                tally.count(|r| (r.down, r.waiting_down) = (r.down + 1, r.waiting_down - 1));
                Ok(Done::Both)
            }
            Came::Lacking => Ok(Done::Lost),
            Came::Refused => {
                tracing::warn!(blob = job.wanted.blob.as_str(), size = ?job.wanted.size, error = %SealError::NotGenuine, "refused");
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
