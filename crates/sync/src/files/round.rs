//! One exchange of files.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use stall_core::sync::{
    Hex,
    wire::{BlobsAsk, BlobsMissing},
};
use stall_media::BlobStore;
use stall_store::tables::named_files;
use tokio_util::sync::CancellationToken;

use super::{
    Files, Inner, blocking,
    known::{Known, short},
    plan::{self, Wanted},
    work::{Done, Job, Tally},
};
use crate::SyncResult;

/// Files on their way at once.
const AT_ONCE: usize = 4;
/// Names in one question; the hub takes no more.
const NAMES: usize = 2000;
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

/// What an exchange has to see to.
struct Work {
    round: FilesRound,
    jobs: Vec<Job>,
    known: Known,
    /// All that is named.
    names: BTreeSet<[u8; 8]>,
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
        let named = named_files::all(&self.0.store).await?;
        let at = Arc::clone(media);
        let wanted = blocking(move || {
            at.sweep_parts(MONTH)?;
            Ok(plan::wanted(named))
        });
        let mut work = self.work(media, wanted.await?, wish).await?;
        work.known.only(&work.names);
        // Also where nothing is to be carried: what is named again later must be asked for.
        let at = Arc::clone(media);
        work.known = blocking(move || work.known.save(&at)).await?;
        self.go(media, work, stop, tell).await
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
        let work = self.work(media, wanted, wish).await?;
        self.go(media, work, stop, tell).await
    }

    /// Looks which files are here. Beside the threads that answer screens: a stall may have a hundred thousand.
    async fn work(&self, media: &Arc<BlobStore>, wanted: Vec<Wanted>, wish: FileWish) -> SyncResult<Work> {
        let lineage = self.0.store.sync_lineage().await?;
        let (inner, media) = (Arc::clone(&self.0), Arc::clone(media));
        blocking(move || inner.look(&media, wanted, wish, lineage)).await
    }

    async fn go(
        &self,
        media: &Arc<BlobStore>,
        mut work: Work,
        stop: &CancellationToken,
        tell: &(dyn Fn(FilesRound) + Sync),
    ) -> SyncResult<FilesRound> {
        let tally = Tally::new(work.round, tell);
        tally.count(|_| {});
        let mut jobs = work.jobs.into_iter();
        loop {
            // Asked and done lot by lot: the first thumbnail does not wait for questions about the last original.
            let lot: Vec<Job> = jobs.by_ref().take(NAMES).collect();
            if lot.is_empty() || stop.is_cancelled() {
                return Ok(tally.now());
            }
            let done = self.0.lot(media, lot, stop, &tally, &mut work.known).await;
            let at = Arc::clone(media);
            work.known = blocking(move || work.known.save(&at)).await?;
            done?;
        }
    }
}

impl Inner {
    /// What there is to do.
    fn look(
        &self,
        media: &BlobStore,
        wanted: Vec<Wanted>,
        wish: FileWish,
        lineage: Option<Hex<16>>,
    ) -> SyncResult<Work> {
        let (held, now) = (media.held()?, self.store.env().now().0);
        let known = Known::load(media, self.which, lineage, now);
        let mut work = Work { round: FilesRound::default(), jobs: Vec::new(), known, names: BTreeSet::new() };
        for wanted in wanted {
            // Who may not read who names it may not read it.
            let Some(key) = self.key(&wanted) else { continue };
            work.names.insert(short(&key.name));
            let up = held.contains(&(wanted.blob.clone(), wanted.size));
            if up && work.known.has(&key.name) {
                continue;
            }
            if up && self.memory.refused(&key.name.0, now) {
                work.round.damaged += 1;
                continue;
            }
            *(if up { &mut work.round.waiting_up } else { &mut work.round.waiting_down }) += 1;
            let due = up || self.memory.is_due(&key.name.0, now);
            if due && (wish == FileWish::All || wanted.is_small()) {
                work.jobs.push(Job { wanted, key, up });
            }
        }
        Ok(work)
    }

    /// Asks which files of a lot the hub has, and carries those that one side lacks.
    async fn lot(
        &self,
        media: &Arc<BlobStore>,
        lot: Vec<Job>,
        stop: &CancellationToken,
        tally: &Tally<'_>,
        known: &mut Known,
    ) -> SyncResult<()> {
        let now = self.store.env().now().0;
        let ask = BlobsAsk { names: lot.iter().map(|j| j.key.name).collect() };
        let answer: BlobsMissing = patient!(self.line.post("blobs/missing", &ask))?;
        let mut todo = Vec::new();
        for (n, job) in lot.into_iter().enumerate() {
            match (job.up, answer.lacks(n)) {
                (true, false) => {
                    tally.count(|r| r.waiting_up -= 1);
                    known.add(&job.key.name);
                }
                // Whoever has it has not sent it yet.
                (false, true) => self.memory.lacks(job.key.name.0, now),
                (false, false) if self.memory.refused(&job.key.name.0, now) => tally.count(|r| r.refused += 1),
                (true, true) | (false, false) => todo.push(job),
            }
        }
        let mut todo = todo.into_iter();
        let mut running: FuturesUnordered<_> =
            todo.by_ref().take(AT_ONCE).map(|job| self.work(media, job, stop, tally)).collect();
        while let Some((job, done)) = running.next().await {
            match done? {
                Done::Both => known.add(&job.key.name),
                Done::Lost => {
                    self.memory.lacks(job.key.name.0, now);
                    known.doubt(now);
                }
                Done::Waits => {}
            }
            running.extend(todo.next().map(|job| self.work(media, job, stop, tally)));
        }
        Ok(())
    }
}
