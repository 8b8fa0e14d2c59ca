//! A sealed snapshot to the hub.

use std::{
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom},
    path::PathBuf,
    time::Instant,
};

use serde::Deserialize;
use stall_core::sync::{Hex, Scope, wire::HubCode};

use super::{
    files::{hashed, io},
    make::{Made, Sealed, Snapshots},
};
use crate::{SyncError, SyncResult, files::blocking};

/// Answers in a row that bring an upload no further, or lines that broke.
const VAIN: u32 = 4;

/// How far an upload is.
#[derive(Debug, Deserialize)]
struct Received {
    received: u64,
    whole: bool,
}

/// A part as the hub gets it: the header and its pieces.
#[derive(Debug, Clone)]
struct Object {
    header: Vec<u8>,
    pieces: PathBuf,
}

impl Object {
    fn hash(&self) -> SyncResult<(u64, [u8; 32])> {
        hashed(Cursor::new(&self.header).chain(File::open(&self.pieces).map_err(io)?))
    }

    fn bytes(&self, offset: u64, most: usize) -> SyncResult<Vec<u8>> {
        let head = self.header.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
        let mut file = File::open(&self.pieces).map_err(io)?;
        file.seek(SeekFrom::Start(offset.saturating_sub(self.header.len() as u64))).map_err(io)?;
        let mut out = Vec::new();
        Cursor::new(head).chain(file).take(most as u64).read_to_end(&mut out).map_err(io)?;
        Ok(out)
    }
}

impl Snapshots {
    /// Sends what the hub lacks of it.
    pub(super) async fn send(&self, sealed: &Sealed) -> SyncResult<Made> {
        for part in &sealed.header.parts {
            let object = Object { header: sealed.header.encode(), pieces: sealed.part(part.scope) };
            let to = (sealed.header.seq, part.scope, part.key_epoch);
            match self.send_part(object, to).await {
                Ok(()) => {}
                Err(SyncError::Hub(e)) => match e.code {
                    // Parts of two laptops would not go together: who was first has it.
                    HubCode::Exists | HubCode::Busy | HubCode::BadInput => return Ok(Made::Elsewhere),
                    HubCode::Quota | HubCode::TooLarge => return Ok(Made::Full),
                    _ => return Err(e.into()),
                },
                Err(e) => return Err(e),
            }
        }
        Ok(Made::Sent(sealed.header.seq))
    }

    async fn send_part(&self, object: Object, (seq, scope, epoch): (i64, Scope, u32)) -> SyncResult<()> {
        let of = object.clone();
        let (total, hash) = blocking(move || of.hash()).await?;
        let at = format!("snapshots/{seq}/{}", scope.number());
        let to = format!("{at}?size={total}&hash={}&epoch={epoch}", Hex(hash));
        let (mut offset, mut ask, mut vain) = (0, total > self.memory.chunk() as u64, 0);
        loop {
            if ask {
                // Rather asked than sent in vain. Whatever is there may be another laptop's: the next request tells.
                offset = patient!(self.line.received(&at))?.unwrap_or(0).min(total - 1);
                ask = false;
            }
            let (of, most) = (object.clone(), self.memory.chunk());
            let body = blocking(move || of.bytes(offset, most)).await?;
            let (length, began) = (body.len(), Instant::now());
            let to = format!("{to}&offset={offset}&lineage={}", self.lineage);
            let before = offset;
            match patient!(self.line.put_piece::<Received>(&to, body.clone())) {
                Ok(Received { whole: true, .. }) => return Ok(()),
                Ok(Received { received, .. }) => {
                    self.memory.took(length, began.elapsed());
                    offset = received.min(total - 1);
                }
                Err(SyncError::Broken(said)) => {
                    self.memory.broke();
                    ask = true;
                    if vain + 1 == VAIN {
                        return Err(SyncError::Broken(said));
                    }
                }
                Err(SyncError::Hub(e)) => {
                    // It goes on elsewhere: a part of it is there from before, or an answer was lost.
                    let received = e.args.get("received").and_then(|r| r.parse::<u64>().ok());
                    let Some(received) = received.filter(|_| e.code == HubCode::BadInput && vain + 1 < VAIN) else {
                        return Err(e.into());
                    };
                    offset = received.min(total - 1);
                }
                Err(e) => return Err(e),
            }
            vain = if offset > before { 0 } else { vain + 1 };
            if vain == VAIN {
                return Err(SyncError::Broken("an upload that gets no further".to_owned()));
            }
        }
    }
}
