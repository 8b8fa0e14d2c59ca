//! Units on their way to a writer: read some at a time here, written on a thread of their own, so that 200,000 of them take
//! little memory and a stop is heard at once.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use stall_core::{AppError, AppResult, ErrorCode, Id, api::UnitQuery, units_export::UnitRecord};
use stall_store::tables::{
    unit_export::{self, UnitPhoto},
    units,
};
use tokio::sync::mpsc;

use crate::{jobs::Running, stall::Stall};

/// Units read at a time.
const CHUNK: usize = 500;
/// Keys of a query read at a time.
const PAGE: u32 = 200;

/// Units and their photographs.
pub(super) struct Chunk {
    pub units: Vec<UnitRecord>,
    pub photos: HashMap<Id, Vec<UnitPhoto>>,
}

/// Which units.
pub(super) enum Source {
    Ids(Vec<Id>),
    Query(Box<UnitQuery>),
}

impl Source {
    /// Picked units, else what the query finds.
    pub fn new(ids: Vec<Id>, query: UnitQuery) -> Self {
        if ids.is_empty() { Self::Query(Box::new(query)) } else { Self::Ids(ids) }
    }

    /// How many they will be, as far as the list counts.
    pub async fn guess(&self, stall: &Stall) -> AppResult<u32> {
        match self {
            Self::Ids(ids) => Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX)),
            Self::Query(q) => {
                Ok(units::list(&stall.store, &UnitQuery { limit: 1, after: None, ..(**q).clone() }).await?.total)
            }
        }
    }

    async fn ids(self, stall: &Stall, running: &Running) -> AppResult<Vec<Id>> {
        let query = match self {
            Self::Ids(ids) => return Ok(ids),
            Self::Query(query) => *query,
        };
        let mut page = UnitQuery { after: None, limit: PAGE, ..query };
        let mut ids = Vec::new();
        loop {
            stop(running)?;
            let rows = units::list(&stall.store, &page).await?;
            ids.extend(rows.rows.iter().map(|r| r.id));
            match rows.next {
                Some(next) => page.after = Some(next),
                None => return Ok(ids),
            }
        }
    }
}

fn stop(running: &Running) -> AppResult<()> {
    if running.cancelled() { Err(ErrorCode::Cancelled.into()) } else { Ok(()) }
}

/// The writer's end.
pub(super) struct Chunks {
    from: mpsc::Receiver<Chunk>,
    broken: Arc<AtomicBool>,
}

impl Chunks {
    /// The next units; `None` at the end, or when there will be no more (`check`).
    pub fn next(&mut self) -> Option<Chunk> {
        self.from.blocking_recv()
    }

    /// Whether the end was the end of the units, not of the reader.
    ///
    /// # Errors
    /// `Cancelled` when it was not: whoever reads knows why.
    pub fn check(&self) -> AppResult<()> {
        if self.broken.load(Ordering::Acquire) { Err(ErrorCode::Cancelled.into()) } else { Ok(()) }
    }
}

/// How units are read.
pub(super) struct Feed {
    pub stall: Arc<Stall>,
    pub photos: bool,
    /// Units handed over at a time.
    pub piece: usize,
}

impl Feed {
    /// Runs a writer over all units.
    ///
    /// # Errors
    /// `NothingToExport` for no unit, `Cancelled`, what the reader or the writer meets.
    pub async fn through<T: Send + 'static>(
        &self,
        running: &Running,
        source: Source,
        write: impl FnOnce(Chunks) -> AppResult<T> + Send + 'static,
    ) -> AppResult<T> {
        let (send, from) = mpsc::channel(1);
        let broken = Arc::new(AtomicBool::new(false));
        let chunks = Chunks { from, broken: broken.clone() };
        let writing = tokio::task::spawn_blocking(move || write(chunks));
        let read = self.read(running, source, &send).await;
        broken.store(read.is_err(), Ordering::Release);
        drop(send);
        let written = writing.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        match read {
            // The writer went away first: it knows why.
            Ok(()) | Err(Stopped::Writer) => written,
            Err(Stopped::Reader(e)) => Err(e),
        }
    }

    async fn read(&self, running: &Running, source: Source, send: &mpsc::Sender<Chunk>) -> Result<(), Stopped> {
        let ids = source.ids(&self.stall, running).await?;
        let total = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let mut done = 0;
        for chunk in ids.chunks(CHUNK) {
            stop(running)?;
            let units = unit_export::records(&self.stall.store, chunk).await?;
            let photos =
                if self.photos { unit_export::photos(&self.stall.store, chunk).await? } else { HashMap::new() };
            for piece in pieces(units, photos, self.piece) {
                stop(running)?;
                let n = piece.units.len() as u32;
                send.send(piece).await.map_err(|_| Stopped::Writer)?;
                done += n;
                running.progress(done.min(total), total);
            }
        }
        if done == 0 {
            return Err(AppError::new(ErrorCode::NothingToExport).into());
        }
        running.progress(total, total);
        Ok(())
    }
}

fn pieces(units: Vec<UnitRecord>, mut photos: HashMap<Id, Vec<UnitPhoto>>, size: usize) -> Vec<Chunk> {
    let mut out: Vec<Chunk> = Vec::new();
    for unit in units {
        if out.last().is_none_or(|c| c.units.len() >= size) {
            out.push(Chunk { units: Vec::new(), photos: HashMap::new() });
        }
        if let Some(chunk) = out.last_mut() {
            chunk.photos.extend(photos.remove(&unit.id).map(|p| (unit.id, p)));
            chunk.units.push(unit);
        }
    }
    out
}

/// Why the reader stopped early.
enum Stopped {
    Reader(AppError),
    Writer,
}

impl From<AppError> for Stopped {
    fn from(e: AppError) -> Self {
        Self::Reader(e)
    }
}
