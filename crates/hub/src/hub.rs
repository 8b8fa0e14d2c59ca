//! The hub: what its routes share.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    blobs::Blobs,
    error::HubResult,
    heads::Heads,
    limits::Limits,
    metrics::{Metrics, add},
    presence::{Presence, Said},
    rates::Rates,
    storage::{StallId, Storage, Told},
};

/// Between two beats: a copy of the database that is older than this is known for one when it is put back.
const BEAT: Duration = Duration::from_secs(600);
/// After news could not be heard.
const PAUSE: Duration = Duration::from_secs(2);

/// Milliseconds since 1970, from wherever the hub takes its time.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// An open hub. Cheap to clone.
#[derive(Clone)]
pub struct Hub(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub storage: Arc<dyn Storage>,
    pub blobs: Blobs,
    pub limits: Limits,
    pub clock: Clock,
    pub rates: Rates,
    pub heads: Heads,
    pub presence: Presence,
    pub metrics: Metrics,
    pub bodies: Semaphore,
    pub stop: CancellationToken,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("storage", &self.0.storage).field("blobs", &self.0.blobs).finish_non_exhaustive()
    }
}

/// The clock of the system.
#[must_use]
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

impl Hub {
    /// Opens a hub over its two stores. A database that is older than what lies beside it gives all stalls a new
    /// lineage: their laptops send again what they kept.
    ///
    /// # Errors
    /// `internal` when either store does not answer.
    pub async fn open(storage: Arc<dyn Storage>, blobs: Blobs, limits: Limits, clock: Clock) -> HubResult<Self> {
        let hub = Self(Arc::new(Inner {
            storage,
            blobs,
            limits,
            clock,
            rates: Rates::default(),
            heads: Heads::default(),
            presence: Presence::default(),
            metrics: Metrics::default(),
            bodies: Semaphore::new(limits.bodies),
            stop: CancellationToken::new(),
        }));
        hub.beat().await?;
        Ok(hub)
    }

    /// Counts the beat up here and beside the objects; compares them first.
    async fn beat(&self) -> HubResult<()> {
        let (storage, blobs) = (&self.0.storage, &self.0.blobs);
        let mark = blobs.mark().await?;
        let mut beat = storage.beat().await?;
        // Another process may have counted on between the two; a copy is behind for good.
        if beat.stale || mark >= beat.beat {
            let stalls = storage.renew_lineages(mark.max(beat.beat) + 1).await?;
            tracing::warn!(stalls, "this is an older copy of the hub: laptops will send again what they kept");
            beat.beat = mark.max(beat.beat) + 1;
        }
        blobs.set_mark(beat.beat).await
    }

    /// What goes on in the background until [`Hub::stop`]: beats, the sweep, news of other processes.
    pub async fn run(&self) {
        tokio::join!(self.beats(), self.hear());
    }

    async fn beats(&self) {
        loop {
            tokio::select! {
                () = self.0.stop.cancelled() => return,
                () = tokio::time::sleep(BEAT) => {}
            }
            self.0.presence.tidy(self.now(), self.0.limits.presence_ms);
            if let Err(e) = self.beat().await {
                tracing::warn!(%e, "no beat");
            }
            if let Err(e) = self.sweep().await {
                tracing::warn!(%e, "the sweep broke off");
            }
        }
    }

    async fn hear(&self) {
        loop {
            let news = tokio::select! {
                () = self.0.stop.cancelled() => return,
                news = self.0.storage.news() => news,
            };
            match news {
                None => return,
                Some(Ok(Told::Head(stall, head))) => self.0.heads.rose(&stall, head),
                Some(Ok(Told::Presence(stall, replica, sealed))) => {
                    self.0.presence.said(&stall, Said { replica, sealed }, self.now(), self.0.limits.presence_ms);
                }
                Some(Err(e)) => {
                    tracing::warn!(%e, "no news from the database");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Second pass over needless objects: forgets those that were marked a day ago, and uploads nobody went on with.
    ///
    /// # Errors
    /// `internal`.
    pub async fn sweep(&self) -> HubResult<usize> {
        let (now, limits) = (self.now(), &self.0.limits);
        let mut gone = 0;
        loop {
            let paths = self.0.storage.sweep(now - limits.sweep_ms, now - limits.upload_ms).await?;
            if paths.is_empty() {
                return Ok(gone);
            }
            self.0.blobs.delete(&paths).await;
            gone += paths.len();
            add(&self.0.metrics.swept_objects, paths.len());
        }
    }

    /// Ends streams and background work; requests under way are finished by the server.
    pub fn stop(&self) {
        self.0.stop.cancel();
    }

    /// Where rows are kept.
    #[must_use]
    pub fn storage(&self) -> &Arc<dyn Storage> {
        &self.0.storage
    }

    /// Where objects are kept.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// The limits it was opened with.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The time here, ms.
    #[must_use]
    pub fn now(&self) -> i64 {
        (self.0.clock)()
    }

    /// Tells listeners, here and at other processes, that a stall's head rose.
    pub(crate) async fn rose(&self, stall: &StallId, head: i64) {
        self.0.heads.rose(stall, head);
        self.0.storage.tell(&Told::Head(*stall, head)).await;
    }
}
