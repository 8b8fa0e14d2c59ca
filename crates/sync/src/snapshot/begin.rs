//! A new laptop begins with a snapshot.

use std::{fs::File, io::BufReader, path::PathBuf};

use stall_core::{
    ErrorCode,
    sync::{
        Scope,
        snapshot::{Block, Step},
        wire::{HubCode, SnapshotInfo, SnapshotPart},
        wire_trust::Signer,
    },
};
use stall_seal::{
    SealError, VerifyKey,
    cert::Members,
    keys::Ring,
    snapshot::{PieceReader, SnapshotHeader},
};
use stall_store::{Store, sync::snapshot::Coming};
use tokio::sync::mpsc::{Sender, channel};

use super::{
    Begun,
    files::{Gathering, clear, coming, hashed, header, io},
};
use crate::{Http, Identity, SyncError, SyncResult, files::blocking, people};

/// What comes is written so much at a time: what a kill may cost.
const BUFFER: usize = 256 << 10;
/// Lines that broke without bringing anything, in a row.
const VAIN: u32 = 4;
/// Steps that are opened while one is written.
const AHEAD: usize = 2;

/// Begins with the snapshot the hub offers, where it is what an owner's laptop made of this stall.
///
/// # Errors
/// `Offline`, `Broken`: what came is kept, and it goes on from there; `Hub`, `Strange`; `Seal(NoKey)`; `Store`.
pub(crate) async fn begin(
    store: &Store,
    line: &Http,
    me: &Identity,
    (members, ring): (&Members, &Ring),
    info: &SnapshotInfo,
) -> SyncResult<Begun> {
    let mut parts = Vec::new();
    for scope in people::scopes(me.role) {
        // A hub that keeps a part back gives the groups all the same.
        let Some(part) = info.parts.iter().find(|p| p.scope == scope) else { return Ok(Begun::Groups) };
        let Some(path) = fetch(store, line, info.seq, part).await? else { return Ok(Begun::Groups) };
        parts.push((scope, path));
    }
    let done = take(store, me, (members, ring), info, parts).await;
    clear(&coming(store))?;
    match done {
        Ok(()) => Ok(Begun::Snapshot(info.seq)),
        // The groups say the same thing of it.
        Err(SyncError::Seal(SealError::NoKey)) => Err(SealError::NoKey.into()),
        Err(SyncError::Seal(e)) => {
            tracing::warn!(%e, seq = info.seq, "the snapshot is not an owner's: every group is taken");
            Ok(Begun::Refused(e))
        }
        Err(SyncError::Store(e)) if matches!(e.code, ErrorCode::SyncGap | ErrorCode::Internal) => {
            tracing::info!(why = ?e.args.get("why"), detail = e.detail, "the snapshot does not go with what is here");
            Ok(Begun::Unfit)
        }
        Err(e) => Err(e),
    }
}

/// Fetches a part from where it was left off. `None`: the hub has it no more, or not as it said.
async fn fetch(store: &Store, line: &Http, seq: i64, part: &SnapshotPart) -> SyncResult<Option<PathBuf>> {
    let path = coming(store).join(part.hash.to_string());
    let mut file = Gathering::open(&path)?;
    let from = format!("snapshots/{seq}/{}", part.scope.number());
    let mut vain = 0;
    while file.length < part.bytes {
        let before = file.length;
        match gather(line, &from, part.bytes, &mut file).await {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(SyncError::Hub(e)) if e.code == HubCode::NotFound => return Ok(None),
            Err(SyncError::Broken(said)) => {
                vain = if file.length > before { 0 } else { vain + 1 };
                if vain == VAIN {
                    return Err(SyncError::Broken(said));
                }
            }
            Err(e) => return Err(e),
        }
    }
    Ok((file.length == part.bytes).then_some(path))
}

/// Adds what comes; `false` where the hub's lengths contradict each other.
async fn gather(line: &Http, from: &str, total: u64, file: &mut Gathering) -> SyncResult<bool> {
    let mut coming = patient!(line.from(from, file.length))?;
    if coming.total != total {
        return Ok(false);
    }
    if coming.from != file.length {
        file.clear()?;
    }
    let mut buffer = Vec::new();
    loop {
        let next = coming.next().await;
        if let Ok(Some(piece)) = &next {
            buffer.extend_from_slice(piece);
        }
        if file.length + buffer.len() as u64 > total {
            return Ok(false);
        }
        let ended = !matches!(next, Ok(Some(_)));
        // What came before the line broke is kept too.
        if ended || buffer.len() >= BUFFER {
            file.append(&buffer)?;
            buffer.clear();
        }
        if ended {
            next?;
            let short = || SyncError::Broken("the snapshot ended early".to_owned());
            return if file.length == total { Ok(true) } else { Err(short()) };
        }
    }
}

/// Checks the parts and takes them, all or none.
async fn take(
    store: &Store,
    me: &Identity,
    (members, ring): (&Members, &Ring),
    info: &SnapshotInfo,
    parts: Vec<(Scope, PathBuf)>,
) -> SyncResult<()> {
    let scopes: Vec<Scope> = parts.iter().map(|(s, _)| *s).collect();
    let owner = |by: &stall_core::sync::ReplicaId| {
        let active = members.get(by).is_some_and(|m| m.revoked.is_none());
        // Who was taken out may have kept the keys, and the hub may be theirs.
        if active { members.owner_key(Signer::Replica(*by)).copied() } else { Err(SealError::NotGenuine) }
    };
    let (first, at) = parts.first().cloned().ok_or(SealError::Malformed)?;
    let said = blocking(move || Ok(header(&at)?.0)).await?;
    let key = owner(&said.replica)?;
    if said.stall != me.stall || said.seq != info.seq || first != Scope::Goods {
        return Err(SealError::NotGenuine.into());
    }
    let ring = ring.clone();
    let (said, open) = blocking(move || check(said, &key, parts, &ring)).await?;
    if said.schema != stall_store::schema() {
        return Err(stall_core::AppError::new(ErrorCode::SyncGap).arg("why", "another version").into());
    }
    let (to, mut steps) = channel::<Coming<SyncError>>(AHEAD);
    let opening = tokio::task::spawn_blocking(move || open_all(open, &to));
    let done = store.sync_take(info.seq, &scopes, &mut steps).await;
    // It stops when nobody listens any more.
    drop(steps);
    opening.await.ok();
    done
}

/// A part that is being opened.
struct Opening {
    scope: Scope,
    file: BufReader<File>,
    reader: PieceReader,
    next: Option<(u64, Block)>,
}

/// That the parts are those the header was signed with, to the last byte.
fn check(
    said: SnapshotHeader,
    key: &VerifyKey,
    parts: Vec<(Scope, PathBuf)>,
    ring: &Ring,
) -> SyncResult<(SnapshotHeader, Vec<Opening>)> {
    said.verify(key)?;
    let mut open = Vec::new();
    for (scope, path) in parts {
        let (own, rest) = header(&path)?;
        let part = said.part(scope).ok_or(SealError::NotGenuine)?;
        if own != said || hashed(rest)? != (part.length, part.hash) {
            return Err(SealError::NotGenuine.into());
        }
        let (_, file) = header(&path)?;
        let mut opening = Opening { scope, file, reader: said.reader(scope, ring)?, next: None };
        opening.advance()?;
        open.push(opening);
    }
    Ok((said, open))
}

impl Opening {
    fn advance(&mut self) -> SyncResult<()> {
        use std::io::Read;
        let mut first = [0; 4];
        self.file.read_exact(&mut first).map_err(io)?;
        let mut sealed = vec![0; self.reader.length(first)?];
        self.file.read_exact(&mut sealed).map_err(io)?;
        self.next = self.reader.open(&sealed)?;
        Ok(())
    }
}

/// Opens the parts side by side: what belongs to one step comes together.
fn open_all(mut parts: Vec<Opening>, to: &Sender<Coming<SyncError>>) {
    let mut step = || -> SyncResult<Option<Step>> {
        let Some(n) = parts.iter().filter_map(|p| p.next.as_ref().map(|(n, _)| *n)).min() else { return Ok(None) };
        let mut step = Step::default();
        for p in parts.iter_mut().filter(|p| p.next.as_ref().is_some_and(|(at, _)| *at == n)) {
            step.0.extend(p.next.take().map(|(_, block)| (p.scope, block)));
            p.advance()?;
        }
        Ok(Some(step))
    };
    loop {
        let next = step();
        let last = !matches!(next, Ok(Some(_)));
        if to.blocking_send(next).is_err() || last {
            return;
        }
    }
}
