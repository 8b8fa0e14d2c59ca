//! One file to the hub.

use std::{sync::Arc, time::Instant};

use serde::Deserialize;
use stall_core::sync::{
    Hex,
    wire::{HubCode, HubError},
};
use stall_media::BlobStore;

use super::{Inner, Key, blocking, plan::Wanted, source::Source};
use crate::{SyncError, SyncResult};

/// Answers in a row that bring an upload no further, or lines that broke.
const VAIN: u32 = 4;

/// How an upload ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// The hub has it.
    There,
    /// The file here is not what its name says.
    Damaged,
    /// Not now: another laptop is sending it sealed otherwise, or the hub cannot.
    Waits,
    /// The stall's space is used up.
    Full,
}

/// How far an upload is.
#[derive(Debug, Deserialize)]
struct Received {
    received: u64,
    whole: bool,
}

impl Inner {
    /// Sends a file from where the hub has it. `sent` hears of the bytes of every request that got through.
    ///
    /// # Errors
    /// `Offline`; `Broken` when the line broke several times; `Hub` where it is of no use to go on; `Strange`; `Seal`.
    pub(super) async fn up(
        &self,
        media: &Arc<BlobStore>,
        wanted: &Wanted,
        key: &Key,
        sent: &(dyn Fn(u64) + Sync),
    ) -> SyncResult<Went> {
        let (path, size, of) = (media.path(&wanted.blob, wanted.size), wanted.size, key.clone());
        let Some(mut source) = blocking(move || Source::open(&path, size, &of)).await? else {
            return Ok(Went::Damaged);
        };
        let (total, hash) = (source.total, Hex(source.hash));
        let at = format!("blobs/{}", key.name);
        let (mut offset, mut ask, mut vain) = (0, total > self.memory.chunk() as u64, 0);
        while vain < VAIN {
            if ask {
                // Rather asked than sent in vain. Whatever is there may be sealed otherwise: the next request tells.
                offset = patient!(self.line.received(&at))?.unwrap_or(0).min(total - 1);
                ask = false;
            }
            let most = self.memory.chunk();
            let (back, body) = blocking(move || {
                let body = source.bytes(offset, most)?;
                Ok((source, body))
            })
            .await?;
            source = back;
            let (length, began) = (body.len(), Instant::now());
            let to = format!("{at}?offset={offset}&size={total}&hash={hash}");
            match patient!(self.line.put_piece::<Received>(&to, body.clone())) {
                Ok(Received { received, whole }) => {
                    self.memory.took(length, began.elapsed());
                    if received > offset {
                        sent(length as u64);
                        vain = 0;
                    } else {
                        vain += 1;
                    }
                    if whole {
                        return Ok(Went::There);
                    }
                    offset = received.min(total - 1);
                }
                Err(SyncError::Broken(said)) => {
                    self.memory.broke();
                    vain += 1;
                    if vain == VAIN {
                        return Err(SyncError::Broken(said));
                    }
                    ask = true;
                }
                Err(SyncError::Hub(e)) => match elsewhere(&e) {
                    // Another laptop sends the same bytes, or an answer was lost.
                    Some(received) if e.code == HubCode::BadInput => {
                        vain += 1;
                        offset = received.min(total - 1);
                    }
                    _ => return refused(e),
                },
                Err(e) => return Err(e),
            }
        }
        Ok(Went::Waits)
    }
}

fn elsewhere(e: &HubError) -> Option<u64> {
    e.args.get("received")?.parse().ok()
}

/// What a refusal means for this file; an error where it means something for all.
fn refused(e: HubError) -> SyncResult<Went> {
    match e.code {
        // Sealed otherwise: a copy that another laptop made with another encoder. The first one is the stall's.
        HubCode::Exists => Ok(Went::There),
        HubCode::Quota => Ok(Went::Full),
        HubCode::Busy | HubCode::TooLarge | HubCode::BadInput | HubCode::Internal | HubCode::Unknown => Ok(Went::Waits),
        _ => Err(e.into()),
    }
}
