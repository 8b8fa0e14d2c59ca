//! Taking one photograph in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use stall_core::{AppError, AppResult, ErrorCode, Ms};

use crate::blobs::{Blob, BlobStore, Size};
use crate::sniff::{Format, sniff};
use crate::worker::{Made, Worker};

/// Largest file taken in.
pub const MAX_BYTES: u64 = 50_000_000;
/// Most pixels decoded.
pub const MAX_PIXELS: u64 = 120_000_000;

/// A photograph that is on disk with both its copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub blob: Blob,
    /// Pixels after orientation.
    pub width: u32,
    pub height: u32,
    /// Size of the original.
    pub bytes: u32,
    /// 64-bit difference hash: pictures of the same thing differ in a few bits.
    pub dhash: u64,
    /// When the camera says it was taken; local time of Asia/Shanghai unless the photograph names its offset.
    pub taken_at: Option<Ms>,
    pub format: Format,
}

/// Takes one photograph in: looks at it, makes its copies, and puts copies and original on disk, flushed. The original is
/// kept byte for byte. Nothing is written for a file that is refused.
///
/// # Errors
/// `FileEmpty`, `FileTooLarge`, `PhotoNotImage`, `PhotoHeic`, `PhotoTooManyPixels`, `PhotoTruncated`, `PhotoDamaged`, all with
/// `name`; `DiskFull`, `FolderReadOnly`.
pub fn ingest(store: &BlobStore, bytes: &[u8], file_name: &str, worker: &mut Worker) -> AppResult<Taken> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large(file_name));
    }
    let format = sniff(bytes, file_name)?;
    let made = make(bytes, format, worker).map_err(|error| error.arg("name", file_name))?;
    let blob = Blob::of(bytes);
    store.put_named(&blob, Size::Full, bytes)?;
    put_copies(store, &blob, &made)?;
    let Made { width, height, dhash, taken_at, .. } = made;
    Ok(Taken { blob, width, height, bytes: bytes.len() as u32, dhash, taken_at, format })
}

/// Makes the copies of a kept original again, where a folder was restored without them.
///
/// # Errors
/// `FileMissing` when the original is not there; else as [`ingest`].
pub fn remake(store: &BlobStore, blob: &Blob, worker: &mut Worker) -> AppResult<()> {
    let bytes = store.read(blob, Size::Full)?;
    let format = sniff(&bytes, blob.as_str())?;
    let made = make(&bytes, format, worker)?;
    put_copies(store, blob, &made)
}

pub(crate) fn too_large(file_name: &str) -> AppError {
    AppError::new(ErrorCode::FileTooLarge).arg("name", file_name).arg("limit", format!("{} MB", MAX_BYTES / 1_000_000))
}

fn put_copies(store: &BlobStore, blob: &Blob, made: &Made) -> AppResult<()> {
    store.put_named(blob, Size::View, &made.view)?;
    store.put_named(blob, Size::Thumb, &made.thumb)
}

/// A decoder that panics over a hostile file must not end the batch: the file is damaged, the worker starts afresh.
fn make(bytes: &[u8], format: Format, worker: &mut Worker) -> AppResult<Made> {
    match catch_unwind(AssertUnwindSafe(|| worker.make(bytes, format))) {
        Ok(made) => made,
        Err(_) => {
            *worker = Worker::new()?;
            Err(AppError::new(ErrorCode::PhotoDamaged).detail("the decoder gave up"))
        }
    }
}
