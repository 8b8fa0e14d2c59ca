//! A batch of photographs on a few threads.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use stall_core::AppResult;

use crate::barcode::CodeReader;
use crate::blobs::{BlobStore, Size};
use crate::ingest::{MAX_BYTES, Taken, ingest, too_large};
use crate::io_error;
use crate::worker::Worker;

/// A file to take in, and the name a person knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileIn {
    pub path: PathBuf,
    pub name: String,
}

/// One core is left for the window; there is always at least one worker.
#[must_use]
pub fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1).max(1))
}

/// Takes files in on `workers` threads. `on_each(index in files, outcome)` is called on the calling thread, in the order in
/// which files are done. A bad file is an outcome and never ends the batch. Once `cancel` is set no further file begins;
/// the ones under way are finished and told. Each worker holds one file at a time.
///
/// # Errors
/// `Internal` when no worker can start.
pub fn ingest_many(
    store: &BlobStore,
    files: &[FileIn],
    workers: usize,
    cancel: &AtomicBool,
    on_each: impl FnMut(usize, AppResult<Taken>),
) -> AppResult<()> {
    let work = |worker: &mut Worker, file: &FileIn| read(file).and_then(|b| ingest(store, &b, &file.name, worker));
    each(files, workers, Worker::new, work, cancel, on_each)
}

/// Like [`ingest_many`], and reads the barcodes of each picture.
///
/// # Errors
/// `Internal` when no worker can start.
pub fn read_many(
    store: &BlobStore,
    files: &[FileIn],
    workers: usize,
    cancel: &AtomicBool,
    on_each: impl FnMut(usize, AppResult<(Taken, Vec<String>)>),
) -> AppResult<()> {
    let begin = || Ok((Worker::new()?, CodeReader::new()?));
    let work = |(worker, codes): &mut (Worker, CodeReader), file: &FileIn| {
        let taken = read(file).and_then(|bytes| ingest(store, &bytes, &file.name, worker))?;
        let found = store.read(&taken.blob, Size::View).map_or_else(|_| Vec::new(), |view| codes.read(&view));
        Ok((taken, found))
    };
    each(files, workers, begin, work, cancel, on_each)
}

/// One thread a worker; each takes the next file until there is none.
fn each<W: Send, T: Send>(
    files: &[FileIn],
    workers: usize,
    begin: impl Fn() -> AppResult<W>,
    work: impl Fn(&mut W, &FileIn) -> AppResult<T> + Sync,
    cancel: &AtomicBool,
    mut on_each: impl FnMut(usize, AppResult<T>),
) -> AppResult<()> {
    let count = workers.clamp(1, files.len().max(1));
    let pool = (0..count).map(|_| begin()).collect::<AppResult<Vec<_>>>()?;
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (tell, told) = sync_channel(count * 2);
        for mut worker in pool {
            let (tell, next, work) = (tell.clone(), &next, &work);
            scope.spawn(move || {
                while !cancel.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index) else { break };
                    let outcome = work(&mut worker, file);
                    if tell.send((index, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(tell);
        for (index, outcome) in told {
            on_each(index, outcome);
        }
    });
    Ok(())
}

/// A file that is too large is refused by its size, before a byte of it is read.
fn read(file: &FileIn) -> AppResult<Vec<u8>> {
    let fail = |e: std::io::Error| io_error::reading(&e, &file.name);
    let mut from = File::open(&file.path).map_err(fail)?;
    let len = from.metadata().map_err(fail)?.len();
    if len > MAX_BYTES {
        return Err(too_large(&file.name));
    }
    let mut bytes = Vec::with_capacity(len as usize);
    // It may grow meanwhile: `ingest` refuses one byte too many.
    from.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(fail)?;
    Ok(bytes)
}
