//! Taking one photograph in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use stall_core::photo_edit::Edits;
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
    /// Sharpness of the view, 0-100, and mean lightness, 0-255; `stall_core::photo_quality` says what they mean.
    pub sharp: u8,
    pub light: u8,
    /// When the camera says it was taken; local time of Asia/Shanghai unless the photograph names its offset.
    pub taken_at: Option<Ms>,
    pub format: Format,
}

/// Takes one photograph in: looks at it, makes its copies, and puts copies and original on disk, flushed. The original is
/// kept byte for byte. Nothing is written for a file that is refused.
///
/// # Errors
/// `FileEmpty`, `FileTooLarge`, `PhotoNotImage`, `PhotoUnsupported`, `PhotoTooManyPixels`, `PhotoTruncated`, `PhotoDamaged`, all with
/// `name`; `DiskFull`, `FolderReadOnly`.
pub fn ingest(store: &BlobStore, bytes: &[u8], file_name: &str, worker: &mut Worker) -> AppResult<Taken> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large(file_name));
    }
    let format = sniff(bytes, file_name)?;
    let made = guarded(worker, |worker| worker.make(bytes, format)).map_err(|error| error.arg("name", file_name))?;
    let blob = Blob::of(bytes);
    store.put_named(&blob, Size::Full, bytes)?;
    put_copies(store, &blob, &made.view, &made.thumb)?;
    let Made { width, height, dhash, sharp, light, taken_at, .. } = made;
    Ok(Taken { blob, width, height, bytes: bytes.len() as u32, dhash, sharp, light, taken_at, format })
}

/// Makes the copies of a kept original again, where a folder was restored without them.
///
/// # Errors
/// `FileMissing` when the original is not there; else as [`ingest`].
pub fn remake(store: &BlobStore, blob: &Blob, worker: &mut Worker) -> AppResult<()> {
    let (bytes, format) = original(store, blob)?;
    let made = guarded(worker, |worker| worker.make(&bytes, format))?;
    put_copies(store, blob, &made.view, &made.thumb)
}

/// Makes the copies of an edited picture from its kept original, under the name of the edits. What is there already is left.
///
/// # Errors
/// `FileMissing` when the original is not there; else as [`ingest`].
pub fn make_edited(store: &BlobStore, blob: &Blob, edits: &Edits, worker: &mut Worker) -> AppResult<Blob> {
    let shown = Blob::parse(&edits.shown(blob.as_str()))?;
    if [Size::View, Size::Thumb].iter().all(|size| store.path(&shown, *size).is_file()) {
        return Ok(shown);
    }
    let (bytes, format) = original(store, blob)?;
    if edits.is_empty() {
        remake(store, blob, worker)?;
    } else {
        let (view, thumb) = guarded(worker, |worker| worker.make_edited(&bytes, format, edits))?;
        put_copies(store, &shown, &view, &thumb)?;
    }
    Ok(shown)
}

/// The whole picture as one large JPEG, with its edits: what is looked at closely. Not kept.
///
/// # Errors
/// As [`make_edited`].
pub fn enlarge(store: &BlobStore, blob: &Blob, edits: &Edits, worker: &mut Worker) -> AppResult<Vec<u8>> {
    let (bytes, format) = original(store, blob)?;
    guarded(worker, |worker| worker.enlarge(&bytes, format, edits))
}

/// Whether these bytes are a copy as the makers above write them: a whole JPEG. A disk may have spoilt it since.
#[must_use]
pub fn is_copy(bytes: &[u8]) -> bool {
    let Ok(mut worker) = Worker::new() else { return false };
    let whole = bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9]);
    whole && guarded(&mut worker, |worker| worker.upright(bytes, Format::Jpeg)).is_ok()
}

fn original(store: &BlobStore, blob: &Blob) -> AppResult<(Vec<u8>, Format)> {
    let bytes = store.read(blob, Size::Full)?;
    let format = sniff(&bytes, blob.as_str())?;
    Ok((bytes, format))
}

pub(crate) fn too_large(file_name: &str) -> AppError {
    AppError::new(ErrorCode::FileTooLarge).arg("name", file_name).arg("limit", format!("{} MB", MAX_BYTES / 1_000_000))
}

fn put_copies(store: &BlobStore, blob: &Blob, view: &[u8], thumb: &[u8]) -> AppResult<()> {
    store.put_named(blob, Size::View, view)?;
    store.put_named(blob, Size::Thumb, thumb)
}

/// A decoder that panics over a hostile file must not end the batch: the file is damaged, the worker starts afresh.
fn guarded<T>(worker: &mut Worker, work: impl FnOnce(&mut Worker) -> AppResult<T>) -> AppResult<T> {
    match catch_unwind(AssertUnwindSafe(|| work(worker))) {
        Ok(made) => made,
        Err(_) => {
            *worker = Worker::new()?;
            Err(AppError::new(ErrorCode::PhotoDamaged).detail("the decoder gave up"))
        }
    }
}
