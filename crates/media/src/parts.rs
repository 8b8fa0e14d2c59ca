//! Files on their way from elsewhere: what came of each so far lies in `parts/` until it is whole, also when the program ends
//! in between. What a part holds is its owner's business; nothing of it is a photograph before [`BlobStore::put_from`].

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use stall_core::AppResult;

use crate::{Blob, BlobStore, io_error};

/// Names of parts somebody is at.
pub(crate) type Busy = Arc<Mutex<HashSet<String>>>;

/// A file on its way. One at a time has it.
#[derive(Debug)]
pub struct Part {
    path: PathBuf,
    file: File,
    length: u64,
    _mine: Mine,
}

/// Frees the name when it is dropped.
#[derive(Debug)]
struct Mine {
    busy: Busy,
    name: String,
}

impl Drop for Mine {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

impl BlobStore {
    /// What came so far under a name of 64 lower hex digits, perhaps nothing; `None` while somebody else is at it.
    ///
    /// # Errors
    /// `BadInput` for another name; `DiskFull`, `FolderReadOnly`, or `Internal` with the system's words.
    pub fn part(&self, name: &str) -> AppResult<Option<Part>> {
        let name = Blob::parse(name)?.as_str().to_owned();
        if !self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone()) {
            return Ok(None);
        }
        let mine = Mine { busy: Arc::clone(&self.busy), name };
        let path = self.root.join("parts").join(&mine.name);
        let open = || {
            let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
            let length = file.seek(SeekFrom::End(0))?;
            io::Result::Ok((file, length))
        };
        let (file, length) = open().map_err(|e| io_error::writing(&e))?;
        Ok(Some(Part { path, file, length, _mine: mine }))
    }

    /// Forgets parts that nobody went on with for `older_than`.
    ///
    /// # Errors
    /// `FolderReadOnly`, or `Internal` with the system's words.
    pub fn sweep_parts(&self, older_than: Duration) -> AppResult<()> {
        let now = SystemTime::now();
        for entry in fs::read_dir(self.root.join("parts")).map_err(|e| io_error::writing(&e))?.flatten() {
            let at = entry.metadata().ok().and_then(|m| m.modified().ok());
            let age = at.and_then(|at| now.duration_since(at).ok()).unwrap_or_default();
            let name = entry.file_name();
            let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            if age >= older_than && !name.to_str().is_some_and(|n| busy.contains(n)) {
                fs::remove_file(entry.path()).map_err(|e| io_error::writing(&e))?;
            }
        }
        Ok(())
    }
}

impl Part {
    /// Bytes that came so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds what came next.
    ///
    /// # Errors
    /// `DiskFull`, or `Internal` with the system's words. What came before stays.
    pub fn append(&mut self, bytes: &[u8]) -> AppResult<()> {
        let written = self.file.seek(SeekFrom::Start(self.length)).and_then(|_| self.file.write_all(bytes));
        written.map_err(|e| io_error::writing(&e))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Forgets what came: it is to come anew.
    ///
    /// # Errors
    /// `Internal` with the system's words.
    pub fn clear(&mut self) -> AppResult<()> {
        self.length = 0;
        self.file.set_len(0).map_err(|e| io_error::writing(&e))
    }

    /// All of it from the beginning.
    ///
    /// # Errors
    /// `Internal` with the system's words.
    pub fn read(&mut self) -> AppResult<&mut File> {
        self.file.seek(SeekFrom::Start(0)).map_err(|e| io_error::writing(&e))?;
        Ok(&mut self.file)
    }

    /// Takes it away: it became a file, or nobody wants it.
    pub fn remove(self) {
        let Self { path, file, _mine, .. } = self;
        // Windows takes no file away that is open.
        drop(file);
        remove(&path);
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, "a part stays that is of no use");
    }
}
