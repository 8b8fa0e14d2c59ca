//! Snapshots on this laptop's disk, on their way. Nothing here is needed twice: it is made or fetched anew.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use stall_core::AppError;
use stall_seal::{
    Reader, SealError,
    snapshot::{HEADER_MAX, SnapshotHeader},
};
use stall_store::Store;

use crate::{SyncError, SyncResult};

pub(super) fn io(e: std::io::Error) -> SyncError {
    SyncError::Store(AppError::from_io(&e))
}

/// Where what comes gathers.
pub(super) fn coming(store: &Store) -> PathBuf {
    store.dir().join("snapshot").join("in")
}

/// Where what goes lies.
pub(super) fn going(store: &Store) -> PathBuf {
    store.dir().join("snapshot").join("out")
}

/// Throws everything away that lies there.
pub(super) fn clear(dir: &Path) -> SyncResult<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io(e)),
        _ => Ok(()),
    }
}

/// A part that comes.
#[derive(Debug)]
pub(super) struct Gathering {
    file: File,
    pub length: u64,
}

impl Gathering {
    /// Where it was left off.
    pub fn open(path: &Path) -> SyncResult<Self> {
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(io)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        Ok(Self { file, length })
    }

    pub fn append(&mut self, bytes: &[u8]) -> SyncResult<()> {
        self.file.write_all(bytes).map_err(io)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub fn clear(&mut self) -> SyncResult<()> {
        self.file.set_len(0).map_err(io)?;
        self.length = 0;
        Ok(())
    }
}

/// Reads the header a part begins with; the file is then at its first piece.
pub(super) fn header(path: &Path) -> SyncResult<(SnapshotHeader, BufReader<File>)> {
    let mut file = File::open(path).map_err(io)?;
    let mut first = Vec::new();
    (&mut file).take(HEADER_MAX as u64).read_to_end(&mut first).map_err(io)?;
    let mut r = Reader::new(&first);
    let header = SnapshotHeader::read(&mut r)?;
    file.seek(SeekFrom::Start(r.at() as u64)).map_err(io)?;
    Ok((header, BufReader::with_capacity(1 << 16, file)))
}

/// Bytes and BLAKE3 of what is left of a file.
pub(super) fn hashed(mut rest: impl Read) -> SyncResult<(u64, [u8; 32])> {
    let mut hasher = blake3::Hasher::new();
    let mut room = vec![0; 1 << 16];
    loop {
        match rest.read(&mut room).map_err(io)? {
            0 => return Ok((hasher.count(), *hasher.finalize().as_bytes())),
            n => {
                hasher.update(room.get(..n).ok_or(SealError::Malformed)?);
            }
        }
    }
}
