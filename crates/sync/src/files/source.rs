//! A file of this laptop as the hub gets it: sealed, from any byte on. Read twice, since its hash is announced beforehand; never
//! whole in memory unless it is small.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use stall_core::AppError;
use stall_media::Size;
use stall_seal::blob::{self, Blob as Sealing, HEAD, Head, PIECE};

use super::Key;
use crate::{SyncError, SyncResult};

/// Sealed bytes that are kept rather than sealed again.
const SMALL: u64 = 4 << 20;
/// A copy is never longer.
const COPY: u64 = 16 << 20;

/// A file that is sound.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    sealing: Sealing,
    head: Head,
    length: u64,
    /// Bytes and BLAKE3 when sealed.
    pub total: u64,
    pub hash: [u8; 32],
    kept: Vec<u8>,
}

impl Source {
    /// Opens a file and sees that it is what its name says: an original by its hash, a copy by being a whole picture. `None` for
    /// one that is not, or cannot be read: what is damaged here must not become the stall's.
    ///
    /// # Errors
    /// `Seal` only.
    pub fn open(path: &Path, size: Size, key: &Key) -> SyncResult<Option<Self>> {
        let Ok(mut file) = File::open(path) else { return Ok(None) };
        let Ok(length) = file.metadata().map(|m| m.len()) else { return Ok(None) };
        let content = match size {
            Size::Full => hashed(&mut file).filter(|hash| *hash == key.hash),
            Size::View | Size::Thumb if length > COPY => None,
            Size::View | Size::Thumb => {
                let mut bytes = Vec::new();
                let read = file.read_to_end(&mut bytes).is_ok() && stall_media::is_copy(&bytes);
                read.then(|| *blake3::hash(&bytes).as_bytes())
            }
        };
        let Some(content) = content else { return Ok(None) };
        let head = key.sealing.head(&content);
        let total = blob::sealed_length(length);
        let sealing = key.sealing.clone();
        let mut source = Self { file, sealing, head, length, total, hash: [0; 32], kept: Vec::new() };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&head);
        let mut kept = head.to_vec();
        for piece in 0..blob::pieces(length) {
            let Ok(sealed) = source.piece(piece) else { return Ok(None) };
            hasher.update(&sealed);
            if total <= SMALL {
                kept.extend_from_slice(&sealed);
            }
        }
        source.hash = *hasher.finalize().as_bytes();
        if total <= SMALL {
            source.kept = kept;
        }
        Ok(Some(source))
    }

    fn piece(&mut self, piece: u64) -> SyncResult<Vec<u8>> {
        let at = piece * PIECE as u64;
        let most = self.length.saturating_sub(at).min(PIECE as u64);
        let mut plain = Vec::new();
        let read = self.file.seek(SeekFrom::Start(at)).and_then(|_| (&self.file).take(most).read_to_end(&mut plain));
        read.map_err(|e| SyncError::Store(AppError::from_io(&e)))?;
        Ok(self.sealing.seal(&self.head, self.length, piece, &plain)?)
    }

    /// At most `most` sealed bytes from `offset` on.
    ///
    /// # Errors
    /// `Store` or `Seal` when the file changed under it.
    pub fn bytes(&mut self, offset: u64, most: usize) -> SyncResult<Vec<u8>> {
        if !self.kept.is_empty() {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            return Ok(self.kept.iter().skip(from).take(most).copied().collect());
        }
        let mut out = Vec::new();
        let mut at = offset;
        while out.len() < most && at < self.total {
            let Some((piece, skip)) = blob::resume(at) else {
                out.extend(self.head.iter().skip(usize::try_from(at).unwrap_or(HEAD)));
                at = HEAD as u64;
                continue;
            };
            let sealed = self.piece(piece)?;
            out.extend_from_slice(sealed.get(skip..).unwrap_or_default());
            at += (sealed.len() - skip.min(sealed.len())) as u64;
        }
        out.truncate(most);
        Ok(out)
    }
}

/// BLAKE3 of all of it.
pub(super) fn hashed(file: &mut File) -> Option<[u8; 32]> {
    let mut hasher = blake3::Hasher::new();
    let mut room = vec![0; 256 << 10];
    loop {
        match file.read(&mut room).ok()? {
            0 => return Some(*hasher.finalize().as_bytes()),
            n => hasher.update(room.get(..n)?),
        };
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use stall_core::sync::Hex;
    use stall_seal::{ScopeKey, blob::BlobKey};

    use super::*;

    fn key(bytes: &[u8]) -> Key {
        let (all, hash) = (BlobKey::of(&ScopeKey::from_bytes([5; 32])), *blake3::hash(bytes).as_bytes());
        Key { name: Hex(all.name("", &hash)), sealing: all.blob("", &hash), hash }
    }

    #[test]
    fn a_large_file_is_the_same_bytes_from_wherever_it_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let bytes: Vec<u8> = (0..5 * PIECE + 77).map(|i| (i / 7) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let mut source = Source::open(&path, Size::Full, &key(&bytes)).unwrap().unwrap();
        assert!(source.kept.is_empty() && source.total == blob::sealed_length(bytes.len() as u64));
        let whole = source.bytes(0, usize::MAX).unwrap();
        assert_eq!((whole.len() as u64, *blake3::hash(&whole).as_bytes()), (source.total, source.hash));
        for (from, most) in [(0, 5), (3, 100), (20, PIECE), (21, 2 * PIECE), (PIECE as u64 + 30, 3 * PIECE + 1)] {
            let part = source.bytes(from, most).unwrap();
            let at = usize::try_from(from).unwrap();
            assert!(part == whole[at..at + most], "{from}");
        }
        assert_eq!(source.bytes(source.total - 3, 100).unwrap().len(), 3);
    }

    #[test]
    fn what_is_damaged_here_is_no_source() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, b"the photograp").unwrap();
        assert!(Source::open(&path, Size::Full, &key(b"the photograph")).unwrap().is_none());
        assert!(Source::open(&path, Size::Thumb, &key(b"the photograp")).unwrap().is_none(), "a copy is a picture");
        assert!(Source::open(&dir.path().join("none"), Size::Full, &key(b"")).unwrap().is_none());
        assert!(Source::open(&path, Size::Full, &key(b"the photograp")).unwrap().is_some());
    }
}
