//! One file from the hub.

use std::{
    fs::File,
    io::{Read, Write},
    sync::Arc,
};

use stall_core::{AppError, sync::wire::HubCode};
use stall_media::{BlobStore, Part, Size};
use stall_seal::{
    SealError,
    blob::{self, HEAD, PIECE},
};

use super::{Inner, Key, blocking, plan::Wanted, source::hashed};
use crate::{SyncError, SyncResult};

/// What comes is written so much at a time: what a kill may cost.
const BUFFER: usize = 128 << 10;
/// Lines that broke without bringing anything, in a row.
const VAIN: u32 = 4;
const SEALED_PIECE: u64 = (PIECE + 16) as u64;

/// How a download ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// It is here, this many bytes came for it.
    Here(u64),
    /// The hub has it not, or not whole.
    Lacking,
    /// What the hub gave is not what the row names: nothing of it was kept.
    Refused,
    /// Somebody else is fetching it.
    Elsewhere,
}

/// Whether a file is here, and an original the one its name says.
pub(super) fn is_sound(media: &BlobStore, wanted: &Wanted) -> bool {
    let Ok(mut file) = File::open(media.path(&wanted.blob, wanted.size)) else { return false };
    wanted.size != Size::Full
        || hashed(&mut file).is_some_and(|h| blake3::Hash::from(h).to_hex().as_str() == wanted.blob.as_str())
}

impl Inner {
    /// Fetches a file from where it was left off and keeps it whole or not at all. `anew`: also where one is there.
    ///
    /// # Errors
    /// `Offline`; `Broken` when the line broke several times; `Hub` where it is of no use to go on; `Strange`; `Store`.
    pub(super) async fn down(
        &self,
        media: &Arc<BlobStore>,
        wanted: &Wanted,
        key: &Key,
        anew: bool,
        got: &(dyn Fn(u64) + Sync),
    ) -> SyncResult<Came> {
        let (at, name) = (Arc::clone(media), key.name.to_string());
        let Some(mut part) = blocking(move || Ok(at.part(&name)?)).await? else { return Ok(Came::Elsewhere) };
        // Who had the part a moment ago may have landed it.
        if !anew && media.path(&wanted.blob, wanted.size).is_file() {
            part.remove();
            return Ok(Came::Here(0));
        }
        let path = format!("blobs/{}", key.name);
        let (mut bytes, mut vain) = (0, 0);
        loop {
            // What lay here from another day may be of another sealing: refused, it is fetched once from the beginning.
            let resumed = part.length() > 0;
            let before = bytes;
            let (back, came) = self.fetch(part, &path, wanted.most(), &mut bytes, got).await;
            part = back;
            let whole = match came {
                Ok(whole) => whole,
                Err(SyncError::Hub(e)) if e.code == HubCode::NotFound => {
                    part.remove();
                    return Ok(Came::Lacking);
                }
                // It cannot at the moment.
                Err(SyncError::Hub(e)) if matches!(e.code, HubCode::Busy | HubCode::Internal | HubCode::Unknown) => {
                    return Ok(Came::Lacking);
                }
                Err(SyncError::Broken(said)) => {
                    vain = if bytes > before { 0 } else { vain + 1 };
                    if vain == VAIN {
                        return Err(SyncError::Broken(said));
                    }
                    continue;
                }
                Err(e) => return Err(e),
            };
            if whole {
                let (media, wanted, key) = (Arc::clone(media), wanted.clone(), key.clone());
                let (back, landed) = blocking(move || {
                    let landed = land(&media, &wanted, &key, &mut part);
                    Ok((part, landed))
                })
                .await?;
                part = back;
                match landed {
                    Ok(()) => {
                        part.remove();
                        return Ok(Came::Here(bytes));
                    }
                    Err(SyncError::Seal(_)) => {}
                    Err(e) => return Err(e),
                }
            }
            part.clear()?;
            if !resumed {
                part.remove();
                return Ok(Came::Refused);
            }
        }
    }

    /// Adds what comes to the part; whether it has all now. `false`: what the hub says of it cannot be.
    async fn fetch(
        &self,
        mut part: Part,
        path: &str,
        most: u64,
        bytes: &mut u64,
        got: &(dyn Fn(u64) + Sync),
    ) -> (Part, SyncResult<bool>) {
        let from = part.length();
        let mut coming = match patient!(self.line.from(path, from)) {
            Ok(coming) => coming,
            Err(e) => return (part, Err(e)),
        };
        let total = coming.total;
        if coming.from != from
            && let Err(e) = part.clear()
        {
            return (part, Err(e.into()));
        }
        if total < part.length() || total > most || blob::length_of(total).is_err() {
            return (part, Ok(false));
        }
        let mut buffer = Vec::new();
        loop {
            let next = coming.next().await;
            let ended = !matches!(next, Ok(Some(_)));
            let broke = match next {
                Ok(Some(piece)) => {
                    buffer.extend_from_slice(&piece);
                    None
                }
                Ok(None) => None,
                Err(e) => Some(e),
            };
            if part.length() + buffer.len() as u64 > total {
                return (part, Ok(false));
            }
            // What came before the line broke is kept too.
            if buffer.len() >= BUFFER || ended {
                if let Err(e) = part.append(&buffer) {
                    return (part, Err(e.into()));
                }
                *bytes += buffer.len() as u64;
                got(buffer.len() as u64);
                buffer.clear();
            }
            if let Some(e) = broke {
                return (part, Err(e));
            }
            if ended {
                let whole = part.length() == total;
                let short = || SyncError::Broken("the file ended early".to_owned());
                return (part, if whole { Ok(true) } else { Err(short()) });
            }
        }
    }
}

/// Opens a whole part into its place. Every piece is checked, then that they are the file: an original by the hash that the row
/// names, a copy by the one it was sealed with.
fn land(media: &BlobStore, wanted: &Wanted, key: &Key, part: &mut Part) -> SyncResult<()> {
    let total = part.length();
    let length = blob::length_of(total)?;
    let file = part.read()?;
    let io = |e: std::io::Error| SyncError::Store(AppError::from_io(&e));
    let mut head = [0; HEAD];
    file.read_exact(&mut head).map_err(io)?;
    media.put_from(&wanted.blob, wanted.size, |out: &mut dyn Write| {
        let mut hasher = blake3::Hasher::new();
        for piece in 0..blob::pieces(length) {
            let mut sealed = Vec::new();
            (&mut *file).take(SEALED_PIECE).read_to_end(&mut sealed).map_err(io)?;
            let plain = key.sealing.open(&head, length, piece, &sealed)?;
            hasher.update(&plain);
            out.write_all(&plain).map_err(io)?;
        }
        let content = *hasher.finalize().as_bytes();
        let named = wanted.size != Size::Full || content == key.hash;
        if named && key.sealing.head(&content) == head { Ok(()) } else { Err(SealError::NotGenuine.into()) }
    })
}
