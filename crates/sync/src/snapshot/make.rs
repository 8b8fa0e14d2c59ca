//! An owner's laptop makes a snapshot.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use stall_core::sync::{Hex, Scope, snapshot::Step};
use stall_seal::{
    SealError,
    keys::Ring,
    snapshot::{PieceWriter, SealedPart, SnapshotHeader},
};
use stall_store::Store;
use tokio::sync::{Mutex, mpsc};

use super::files::{clear, going, io};
use crate::{
    Http, Identity, SyncResult,
    files::{Memory, blocking},
    people,
};

/// Groups, and rows they worked on, that a new laptop takes one by one without waiting long.
const GROUPS: i64 = 2_000;
const ROWS: i64 = 2_000;
/// The groups after a snapshot must be this part of all, for a new one costs the line as much as the last.
const SHARE: i64 = 10;
/// Steps that are read while one is sealed.
const AHEAD: usize = 2;
/// Signed, and written when all parts are: the mark of a whole one.
const HEADER: &str = "header";

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// The last one is good for a while.
    NotDue,
    /// Something of ours has no place yet, or one is being made already.
    NotNow,
    /// Another laptop sends one of the same seq.
    Elsewhere,
    /// The stall's space is used up, or the hub takes none so long.
    Full,
    /// The hub has it: the groups up to this seq.
    Sent(i64),
}

/// Makes snapshots and sends them, beside all other work. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Snapshots {
    pub(super) store: Store,
    pub(super) me: Identity,
    pub(super) line: Http,
    pub(super) memory: Arc<Memory>,
    pub(super) lineage: Hex<16>,
    /// The seq of the hub's newest; 0 for none.
    pub(super) newest: i64,
    pub(super) one: Arc<Mutex<()>>,
}

/// A snapshot that lies here sealed.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub header: SnapshotHeader,
    pub dir: PathBuf,
}

impl Sealed {
    /// The pieces of a part.
    pub fn part(&self, scope: Scope) -> PathBuf {
        part(&self.dir, scope)
    }
}

fn part(dir: &Path, scope: Scope) -> PathBuf {
    dir.join(scope.number().to_string())
}

impl Snapshots {
    /// Makes a snapshot where it is due and sends it; goes on with one that was not sent to its end. It may be dropped at any time.
    ///
    /// # Errors
    /// `Offline`, `Broken`: it goes on from there; `Hub`, `Strange`, `Seal`, `Store`.
    pub async fn round(&self) -> SyncResult<Made> {
        self.work(false).await
    }

    /// The same where it is not due: before many laptops join.
    ///
    /// # Errors
    /// As [`Snapshots::round`].
    pub async fn now(&self) -> SyncResult<Made> {
        self.work(true).await
    }

    async fn work(&self, now: bool) -> SyncResult<Made> {
        let Ok(_one) = self.one.try_lock() else { return Ok(Made::NotNow) };
        let sealed = match self.kept().await? {
            Some(sealed) => sealed,
            None => {
                let dir = going(&self.store);
                blocking(move || clear(&dir)).await?;
                if !now && !self.due().await? {
                    return Ok(Made::NotDue);
                }
                let Some(sealed) = self.seal().await? else { return Ok(Made::NotNow) };
                sealed
            }
        };
        let made = self.send(&sealed).await?;
        let dir = going(&self.store);
        blocking(move || clear(&dir)).await?;
        Ok(made)
    }

    /// Whether the groups after the newest have outgrown it.
    async fn due(&self) -> SyncResult<bool> {
        let cursor = self.store.sync_standing().await?.cursor;
        let groups = cursor - self.newest;
        if groups <= 0 {
            return Ok(false);
        }
        if groups > GROUPS.max(self.newest / SHARE) {
            return Ok(true);
        }
        let (grown, all) = self.store.sync_grown(self.newest).await?;
        Ok(grown > ROWS && grown * 2 > all)
    }

    fn dir(&self) -> PathBuf {
        going(&self.store).join(self.lineage.to_string())
    }

    /// The keys of today: whoever was taken out since the last exchange shall not read it.
    async fn ring(&self) -> SyncResult<Ring> {
        let members = people::members(&self.line, &self.me).await?;
        let kept = people::keys(&self.line).await?;
        Ok(people::my_ring(&kept, &self.me, &members)?)
    }

    /// One that lies here whole, is newer than the hub's, and sealed with the keys of today.
    async fn kept(&self) -> SyncResult<Option<Sealed>> {
        let (dir, me, newest) = (self.dir(), self.me.replica, self.newest);
        let found = blocking(move || {
            let Ok((header, _)) = super::files::header(&dir.join(HEADER)) else { return Ok(None) };
            let whole = |p: &SealedPart| part(&dir, p.scope).metadata().is_ok_and(|m| m.len() == p.length);
            let good = header.replica == me
                && header.seq > newest
                && header.schema == stall_store::schema()
                && header.parts.iter().all(whole);
            Ok(good.then_some(Sealed { header, dir }))
        });
        let Some(sealed) = found.await? else { return Ok(None) };
        let ring = self.ring().await?;
        let of_today = |p: &SealedPart| ring.newest(p.scope).is_some_and(|(epoch, _)| epoch == p.key_epoch);
        Ok(sealed.header.parts.iter().all(of_today).then_some(sealed))
    }

    /// Reads the stall at one moment and seals it. `None`: not at this moment.
    async fn seal(&self) -> SyncResult<Option<Sealed>> {
        let ring = self.ring().await?;
        let Some(telling) = self.store.sync_snapshot().await? else { return Ok(None) };
        let header = SnapshotHeader::new(self.me.stall, self.me.replica, telling.seq(), stall_store::schema())?;
        let (dir, of) = (self.dir(), header.clone());
        let mut parts = blocking(move || {
            fs::create_dir_all(&dir).map_err(io)?;
            Scope::ALL.into_iter().map(|scope| Sealing::new(&of, scope, &ring, &dir)).collect::<SyncResult<Vec<_>>>()
        })
        .await?;
        let (to, mut steps) = mpsc::channel::<Step>(AHEAD);
        let told = async move { telling.tell(&to).await };
        let sealed = async {
            let mut n = 0;
            while let Some(step) = steps.recv().await {
                parts = blocking(move || {
                    for (scope, block) in &step.0 {
                        let part = parts.iter_mut().find(|p| p.scope == *scope).ok_or(SealError::NoKey)?;
                        let bytes = part.writer.block(n, block)?;
                        part.write(&bytes)?;
                    }
                    Ok(parts)
                })
                .await?;
                n += 1;
            }
            drop(steps);
            SyncResult::Ok(parts)
        };
        let (told, parts) = tokio::join!(told, sealed);
        // Where sealing failed, nobody listened.
        let parts = parts?;
        told?;
        let (dir, key, mut header) = (self.dir(), self.me.sign(), header);
        blocking(move || {
            header.parts = parts.into_iter().map(Sealing::end).collect::<SyncResult<_>>()?;
            header.sign(&key);
            fs::write(dir.join(HEADER), header.encode()).map_err(io)?;
            Ok(Some(Sealed { header, dir }))
        })
        .await
    }
}

/// A part while it is written.
struct Sealing {
    scope: Scope,
    key_epoch: u32,
    writer: PieceWriter,
    file: File,
    hasher: Box<blake3::Hasher>,
}

impl Sealing {
    fn new(of: &SnapshotHeader, scope: Scope, ring: &Ring, dir: &Path) -> SyncResult<Self> {
        let (key_epoch, writer) = of.writer(scope, ring)?;
        let file = File::create(part(dir, scope)).map_err(io)?;
        Ok(Self { scope, key_epoch, writer, file, hasher: Box::default() })
    }

    fn write(&mut self, bytes: &[u8]) -> SyncResult<()> {
        self.hasher.update(bytes);
        self.file.write_all(bytes).map_err(io)
    }

    fn end(mut self) -> SyncResult<SealedPart> {
        let bytes = self.writer.end()?;
        self.hasher.update(&bytes);
        self.file.write_all(&bytes).map_err(io)?;
        self.file.sync_all().map_err(io)?;
        let (length, hash) = (self.hasher.count(), *self.hasher.finalize().as_bytes());
        Ok(SealedPart { scope: self.scope, key_epoch: self.key_epoch, length, hash })
    }
}
