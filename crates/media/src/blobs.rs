//! The folder of photographs: `blobs/ab/<blake3>` (originals, byte for byte) and `copies/ab/<blake3>.1600.jpg`, `.320.jpg`.
//!
//! A file appears under its name only whole and flushed: it is written under `tmp/` in the same volume, fsynced, renamed,
//! and its folder fsynced where the platform can.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use stall_core::{AppError, AppResult, ErrorCode};

use crate::{io_error, parts::Busy};

/// The name of an original: the BLAKE3 of its bytes as 64 lower hex digits. Only such a name ever becomes a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Blob {
    hash: String,
}

impl Blob {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { hash: blake3::hash(bytes).to_hex().to_string() }
    }

    /// Reads a name that came from outside.
    ///
    /// # Errors
    /// `BadInput` unless it is exactly 64 digits of `0-9a-f`.
    pub fn parse(text: &str) -> AppResult<Self> {
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            Ok(Self { hash: text.to_owned() })
        } else {
            Err(AppError::new(ErrorCode::BadInput).arg("field", "blob"))
        }
    }

    /// 64 lower hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.hash
    }
}

/// Which picture of a photograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Size {
    /// JPEG, long side at most 320.
    Thumb,
    /// JPEG, long side at most 1600.
    View,
    /// The original bytes, in whatever format they came.
    Full,
}

impl Size {
    /// Reads the last part of a photograph's address: `320`, `1600` or `full`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "320" => Some(Self::Thumb),
            "1600" => Some(Self::View),
            "full" => Some(Self::Full),
            _ => None,
        }
    }
}

/// What a sweep took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    pub files: u64,
    pub bytes: u64,
}

/// The folder of photographs of one stall. Cheap to share between threads.
#[derive(Debug)]
pub struct BlobStore {
    pub(crate) root: PathBuf,
    next: AtomicU64,
    pub(crate) busy: Busy,
}

impl BlobStore {
    /// Opens the folder, making it when missing, and clears what an interrupted write left behind.
    /// One program at a time: the store's lock on the stall is what keeps a second one out.
    ///
    /// # Errors
    /// `DiskFull`, `FolderReadOnly`, or `Internal` with the system's words.
    pub fn open(dir: &Path) -> AppResult<Self> {
        let store = Self { root: dir.to_owned(), next: AtomicU64::new(0), busy: Busy::default() };
        for part in ["blobs", "copies", "tmp", "parts"] {
            fs::create_dir_all(dir.join(part)).map_err(|e| io_error::writing(&e))?;
        }
        for entry in fs::read_dir(dir.join("tmp")).map_err(|e| io_error::writing(&e))?.flatten() {
            if let Err(error) = fs::remove_file(entry.path()) {
                tracing::warn!(%error, "a leftover of an interrupted write stays");
            }
        }
        Ok(store)
    }

    /// Keeps an original. Doing it twice changes nothing but the file's date, which guards it from a sweep that is under way.
    ///
    /// # Errors
    /// `DiskFull`, `FolderReadOnly`, or `Internal` with the system's words.
    pub fn put(&self, bytes: &[u8]) -> AppResult<Blob> {
        let blob = Blob::of(bytes);
        self.put_named(&blob, Size::Full, bytes)?;
        Ok(blob)
    }

    /// Keeps a picture under the name of its original; `bytes` are that original when `size` is full.
    pub(crate) fn put_named(&self, blob: &Blob, size: Size, bytes: &[u8]) -> AppResult<()> {
        let to = self.path(blob, size);
        if refresh(&to, bytes.len() as u64) {
            return Ok(());
        }
        self.write_whole(&to, |file| file.write_all(bytes)).map_err(|e| io_error::writing(&e))
    }

    /// Keeps a picture as `fill` writes it, whole or not at all, in place of one that is there. That the bytes are those of the
    /// name is for `fill` to see to: where it refuses, nothing is kept.
    ///
    /// # Errors
    /// What `fill` says; `DiskFull`, `FolderReadOnly`, or `Internal` with the system's words.
    pub fn put_from<E: From<AppError>>(
        &self,
        blob: &Blob,
        size: Size,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut refused = None;
        let kept = self.write_whole(&self.path(blob, size), |file| {
            fill(file).map_err(|e| {
                refused = Some(e);
                io::ErrorKind::Other.into()
            })
        });
        match refused {
            Some(e) => Err(e),
            None => kept.map_err(|e| io_error::writing(&e).into()),
        }
    }

    /// Every picture that is here: a look at the folders, not at the files.
    ///
    /// # Errors
    /// `Internal` with the system's words.
    pub fn held(&self) -> AppResult<HashSet<(Blob, Size)>> {
        let mut held = HashSet::new();
        for (tree, original) in [("copies", false), ("blobs", true)] {
            for folder in fs::read_dir(self.root.join(tree)).map_err(|e| io_error::writing(&e))?.flatten() {
                // Files that are not ours may lie beside the folders.
                let Ok(files) = fs::read_dir(folder.path()) else { continue };
                held.extend(files.flatten().filter_map(|f| of_size(&f.file_name(), original)));
            }
        }
        Ok(held)
    }

    /// A small note kept beside the photographs, as [`Self::put_note`] wrote it; `None` where there is none.
    #[must_use]
    pub fn note(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.root.join(name)).ok()
    }

    /// Keeps a note in place of the last of its name.
    ///
    /// # Errors
    /// `DiskFull`, `FolderReadOnly`, or `Internal` with the system's words.
    pub fn put_note(&self, name: &str, bytes: &[u8]) -> AppResult<()> {
        self.write_whole(&self.root.join(name), |file| file.write_all(bytes)).map_err(|e| io_error::writing(&e))
    }

    /// Where a picture lies, or would lie.
    #[must_use]
    pub fn path(&self, blob: &Blob, size: Size) -> PathBuf {
        let hash = blob.as_str();
        let (tree, name) = match size {
            Size::Full => ("blobs", hash.to_owned()),
            Size::View => ("copies", format!("{hash}.1600.jpg")),
            Size::Thumb => ("copies", format!("{hash}.320.jpg")),
        };
        self.root.join(tree).join(hash.get(..2).unwrap_or("00")).join(name)
    }

    /// The bytes of a picture.
    ///
    /// # Errors
    /// `FileMissing` when it is not there.
    pub fn read(&self, blob: &Blob, size: Size) -> AppResult<Vec<u8>> {
        fs::read(self.path(blob, size)).map_err(|e| io_error::reading(&e, blob.as_str()))
    }

    /// Whether the original and both made copies are here.
    #[must_use]
    pub fn has(&self, blob: &Blob) -> bool {
        [Size::Full, Size::View, Size::Thumb].iter().all(|size| self.path(blob, *size).is_file())
    }

    /// Removes originals and copies which `keep` does not want and which nobody wrote for `older_than`: a photograph that was
    /// taken in a moment ago may not have its row yet. Files that are not ours are left alone.
    ///
    /// # Errors
    /// The first thing the disk refused; what was removed before stays removed.
    pub fn sweep(&self, keep: impl Fn(&str) -> bool, older_than: Duration) -> AppResult<Swept> {
        let now = SystemTime::now();
        let mut swept = Swept::default();
        for tree in ["copies", "blobs"] {
            for folder in fs::read_dir(self.root.join(tree)).map_err(|e| io_error::writing(&e))?.flatten() {
                if !folder.path().is_dir() {
                    continue;
                }
                for file in fs::read_dir(folder.path()).map_err(|e| io_error::writing(&e))?.flatten() {
                    let Some(blob) = named(&file.file_name()) else { continue };
                    let Ok(meta) = file.metadata() else { continue };
                    let age = meta.modified().ok().and_then(|at| now.duration_since(at).ok()).unwrap_or_default();
                    if age >= older_than && !keep(blob.as_str()) {
                        fs::remove_file(file.path()).map_err(|e| io_error::writing(&e))?;
                        swept.files += 1;
                        swept.bytes += meta.len();
                    }
                }
            }
        }
        Ok(swept)
    }

    fn write_whole(&self, to: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let temp = self.root.join("tmp").join(format!("{}-{n}", std::process::id()));
        let done = write_and_rename(&temp, to, fill);
        if done.is_err() {
            // Not left to the next open: a full disk wants its bytes back now.
            fs::remove_file(&temp).ok();
        }
        done
    }
}

fn write_and_rename(temp: &Path, to: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut file = File::create(temp)?;
    fill(&mut file)?;
    file.sync_all()?;
    drop(file);
    let folder = to.parent().unwrap_or(to);
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        if let Some(parent) = folder.parent() {
            sync_dir(parent)?;
        }
    }
    fs::rename(temp, to)?;
    sync_dir(folder)
}

/// True when the file is already here whole; its date becomes now.
fn refresh(path: &Path, len: u64) -> bool {
    let Ok(file) = OpenOptions::new().append(true).open(path) else { return false };
    file.metadata().is_ok_and(|meta| meta.len() == len) && file.set_modified(SystemTime::now()).is_ok()
}

/// The picture a file of a tree is.
fn of_size(file_name: &OsStr, original: bool) -> Option<(Blob, Size)> {
    let name = file_name.to_str()?;
    let (hash, size) = match (original, name.strip_suffix(".1600.jpg"), name.strip_suffix(".320.jpg")) {
        (true, ..) => (name, Size::Full),
        (false, Some(hash), _) => (hash, Size::View),
        (false, None, Some(hash)) => (hash, Size::Thumb),
        _ => return None,
    };
    Some((Blob::parse(hash).ok()?, size))
}

/// The photograph a file in the folder belongs to, if it is one of ours.
fn named(file_name: &OsStr) -> Option<Blob> {
    let name = file_name.to_str()?;
    let hash = name.strip_suffix(".1600.jpg").or_else(|| name.strip_suffix(".320.jpg")).unwrap_or(name);
    Blob::parse(hash).ok()
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Windows journals the rename itself and cannot flush a folder's handle.
#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}
