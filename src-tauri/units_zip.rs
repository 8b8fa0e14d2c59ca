//! A zip of units and photographs coming in: the sheet out of it, and its photographs, each checked before it is believed.
//!
//! Nothing is ever unpacked to a path that the zip names; every read is bounded, whatever the zip says of its sizes.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{BufReader, Read},
    path::PathBuf,
    sync::atomic::Ordering,
};

use stall_core::{
    AppError, AppResult, ErrorCode,
    manifest::{self, Manifest, PhotoEntry},
    photo_edit::Edits,
};
use stall_media::{Blob, BlobStore, Worker, ingest, make_edited};
use stall_store::tables::{order_import::Watch, photos::NewPhoto, unit_import::PhotosOf};
use zip::{ZipArchive, result::ZipError};

use crate::{
    photos_job,
    staging::{MAX_BYTES, Staged},
};

type Archive = ZipArchive<BufReader<File>>;

/// Longest manifest: about half a million photographs.
const MAX_MANIFEST: u64 = 256 << 20;
/// What a zip may always unpack to, and how many times its own size beyond that: photographs do not shrink.
const FREE: u64 = 1 << 30;
const TIMES: u64 = 20;

/// The photographs of a zip.
#[derive(Debug)]
pub struct PhotoZip {
    path: PathBuf,
    manifest: Manifest,
}

/// What a unit has of the photographs, by stock number: `None` for a new one; units that are not taken are not in it.
pub type There = HashMap<String, Option<HashSet<String>>>;

/// The zip's photographs and the bytes of its sheet; `None` for a file that is no zip of ours.
///
/// # Errors
/// `FileDamaged`, `FileWrongType`, `ArchivePath`, `ArchiveBomb`, `ArchiveMissing`, `ArchiveHash`, `ArchiveManifest`,
/// `ArchiveNewer`, `FileTooLarge`, all with `name`.
pub fn open(staged: &Staged) -> AppResult<Option<(PhotoZip, Vec<u8>)>> {
    let mut magic = [0; 4];
    let mut file = File::open(&staged.path).map_err(|e| AppError::from_io(&e).arg("name", &staged.file.name))?;
    let zip = file.read_exact(&mut magic).is_ok() && magic.starts_with(b"PK");
    let found = if zip { ours(staged)? } else { None };
    if found.is_none() && staged.file.bytes > MAX_BYTES {
        // Large files are for our own zips.
        return Err(AppError::new(ErrorCode::FileWrongType).arg("kind", "zip").arg("name", &staged.file.name));
    }
    Ok(found)
}

fn ours(staged: &Staged) -> AppResult<Option<(PhotoZip, Vec<u8>)>> {
    let named = |e: AppError| if e.args.contains_key("name") { e } else { e.arg("name", &staged.file.name) };
    // A workbook is a zip too: what is wrong with it is for its own reader to say.
    let Ok(mut archive) = read(&staged.path) else { return Ok(None) };
    if archive.index_for_name_raw(manifest::NAME.as_bytes()).is_none() {
        return Ok(None);
    }
    check_archive(&mut archive, staged.file.bytes).map_err(named)?;
    let text = bytes(&mut archive, manifest::NAME, MAX_MANIFEST).map_err(named)?;
    let manifest = understand(&text).map_err(named)?;
    for photo in manifest.units.iter().flat_map(|u| &u.photos) {
        check_entry(&mut archive, &manifest, photo)?;
    }
    let sheet = bytes(&mut archive, manifest::SHEET, MAX_BYTES)?;
    Ok(Some((PhotoZip { path: staged.path.clone(), manifest }, sheet)))
}

fn read(path: &std::path::Path) -> AppResult<Archive> {
    let file = File::open(path).map_err(|e| AppError::from_io(&e))?;
    ZipArchive::new(BufReader::new(file)).map_err(damaged)
}

fn damaged(e: ZipError) -> AppError {
    match e {
        ZipError::Io(e)
            if e.kind() != std::io::ErrorKind::UnexpectedEof && e.kind() != std::io::ErrorKind::InvalidData =>
        {
            AppError::from_io(&e)
        }
        e => AppError::new(ErrorCode::FileDamaged).detail(e),
    }
}

/// No name leads out of the zip, and it does not unpack to more than it could honestly hold.
fn check_archive(archive: &mut Archive, size: u64) -> AppResult<()> {
    let mut unpacked = 0u64;
    for i in 0..archive.len() {
        let entry = archive.by_index_raw(i).map_err(damaged)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if name.starts_with('/')
            || name.contains(['\\', ':'])
            || name.split('/').any(|p| p == "..")
            || entry.is_symlink()
        {
            return Err(AppError::new(ErrorCode::ArchivePath).arg("name", name));
        }
        unpacked = unpacked.saturating_add(entry.size());
    }
    if unpacked > FREE.max(size.saturating_mul(TIMES)) {
        return Err(ErrorCode::ArchiveBomb.into());
    }
    Ok(())
}

fn understand(text: &[u8]) -> AppResult<Manifest> {
    /// What every version says first.
    #[derive(serde::Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    let bad = |e: serde_json::Error| AppError::new(ErrorCode::ArchiveManifest).detail(format!("line {}", e.line()));
    let head: Head = serde_json::from_slice(text).map_err(bad)?;
    if head.format != manifest::FORMAT {
        return Err(AppError::new(ErrorCode::ArchiveManifest).detail("another format"));
    }
    if head.version > manifest::VERSION {
        return Err(ErrorCode::ArchiveNewer.into());
    }
    serde_json::from_slice(text).map_err(bad)
}

fn check_entry(archive: &mut Archive, manifest: &Manifest, photo: &PhotoEntry) -> AppResult<()> {
    let refuse = |code: ErrorCode| Err(AppError::new(code).arg("name", &photo.file));
    if !manifest::safe(&photo.file) {
        return refuse(ErrorCode::ArchivePath);
    }
    if Blob::parse(&photo.hash).is_err() || Blob::parse(&photo.blob).is_err() {
        return refuse(ErrorCode::ArchiveManifest);
    }
    if manifest.photos == "original" && photo.hash != photo.blob {
        return refuse(ErrorCode::ArchiveHash);
    }
    let Some(index) = archive.index_for_name_raw(photo.file.as_bytes()) else {
        return refuse(ErrorCode::ArchiveMissing);
    };
    let size = archive.by_index_raw(index).map_err(damaged)?.size();
    if size > stall_media::MAX_BYTES {
        let limit = format!("{} MB", stall_media::MAX_BYTES / 1_000_000);
        return Err(AppError::new(ErrorCode::FileTooLarge).arg("name", &photo.file).arg("limit", limit));
    }
    if size != photo.bytes { refuse(ErrorCode::ArchiveHash) } else { Ok(()) }
}

/// One file of the zip, never more than `limit` bytes of it.
fn bytes(archive: &mut Archive, name: &str, limit: u64) -> AppResult<Vec<u8>> {
    let Some(index) = archive.index_for_name_raw(name.as_bytes()) else {
        return Err(AppError::new(ErrorCode::ArchiveMissing).arg("name", name));
    };
    let entry = archive.by_index(index).map_err(|e| damaged(e).arg("name", name))?;
    let mut out = Vec::with_capacity(entry.size().min(limit) as usize);
    entry.take(limit + 1).read_to_end(&mut out).map_err(|e| damaged(ZipError::Io(e)).arg("name", name))?;
    if out.len() as u64 > limit {
        return Err(AppError::new(ErrorCode::FileTooLarge)
            .arg("name", name)
            .arg("limit", format!("{} MB", limit >> 20)));
    }
    Ok(out)
}

impl PhotoZip {
    /// Photographs in the zip.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.manifest.units.iter().map(|u| u.photos.len()).sum::<usize>()).unwrap_or(u32::MAX)
    }

    /// How many of them units lack.
    #[must_use]
    pub fn wanted(&self, there: &There) -> u32 {
        let n = self.manifest.units.iter().map(|u| lacking(there, &u.stock_no, &u.photos).count()).sum::<usize>();
        u32::try_from(n).unwrap_or(u32::MAX)
    }

    /// Puts the photographs that units lack into the blob folder, and answers their rows. Blocks for long.
    ///
    /// # Errors
    /// `ArchiveHash {name}`, `ArchiveManifest {name}` for edits that are none, `Cancelled`, what `ingest` says. No row has been written then.
    pub fn take(&self, media: &BlobStore, there: &There, watch: &Watch) -> AppResult<Vec<PhotosOf>> {
        let mut archive = read(&self.path)?;
        let mut worker = Worker::new()?;
        let mut out = Vec::new();
        for unit in &self.manifest.units {
            let mut new = Vec::new();
            for photo in lacking(there, &unit.stock_no, &unit.photos) {
                if watch.cancel.load(Ordering::Relaxed) {
                    return Err(ErrorCode::Cancelled.into());
                }
                let row = one(&mut archive, media, photo, &mut worker)?;
                // The manifest's edits are of the original; a copy shows them already.
                let edits = if photo.hash == photo.blob { edits(photo)? } else { Edits::default() };
                if !edits.is_empty() {
                    make_edited(media, &Blob::parse(&row.blob)?, &edits, &mut worker)?;
                }
                new.push((row, edits));
                watch.done.fetch_add(1, Ordering::Relaxed);
            }
            if !new.is_empty() {
                out.push((unit.stock_no.clone(), new));
            }
        }
        Ok(out)
    }
}

/// Photographs of a unit that is taken and does not have them, neither the original nor this copy.
fn lacking<'a>(there: &'a There, stock_no: &str, photos: &'a [PhotoEntry]) -> impl Iterator<Item = &'a PhotoEntry> {
    let of = there.get(stock_no);
    photos.iter().filter(move |p| match of {
        None => false,
        Some(None) => true,
        Some(Some(has)) => !has.contains(&p.blob) && !has.contains(&p.hash),
    })
}

fn edits(photo: &PhotoEntry) -> AppResult<Edits> {
    let bad = |e: AppError| AppError::new(ErrorCode::ArchiveManifest).arg("name", &photo.file).detail(e);
    photo.edits.as_ref().map_or_else(|| Ok(Edits::default()), |e| Edits::read(&e.to_string()).map_err(bad))
}

fn one(archive: &mut Archive, media: &BlobStore, photo: &PhotoEntry, worker: &mut Worker) -> AppResult<NewPhoto> {
    let bytes = bytes(archive, &photo.file, stall_media::MAX_BYTES)?;
    if Blob::of(&bytes).as_str() != photo.hash {
        return Err(AppError::new(ErrorCode::ArchiveHash).arg("name", &photo.file));
    }
    let taken = ingest(media, &bytes, &photo.file, worker)?;
    let limited = |text: &str, max: usize| text.chars().filter(|c| !c.is_control()).take(max).collect::<String>();
    let taken_at = photo.taken_at.or(taken.taken_at);
    Ok(NewPhoto {
        shot: limited(&photo.shot, 40),
        source: limited(&photo.source, 20),
        taken_at,
        ..photos_job::row(taken, &limited(&photo.file_name, 200))
    })
}
