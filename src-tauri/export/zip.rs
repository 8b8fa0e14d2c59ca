//! A zip of units: the sheet, their photographs, and the manifest that ties both together (docs/exchange.md).
//!
//! Everything is written as it comes: photographs into the zip, sheet and manifest into files beside it that go in last.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;
use stall_core::{
    AppError, AppResult, ErrorCode, Ms,
    api::{ExportForm, ExportHow, JobProblem, ZipPhotos},
    datetime,
    manifest::{self, PhotoEntry, UnitPhotos},
    units_export::{Column, UnitRecord},
};
use stall_media::{Blob, BlobStore, Size, sniff};
use stall_store::tables::unit_export::UnitPhoto;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{feed::Chunk, picture::extension, sheet::SheetFile};

pub(super) struct ZipFile {
    zip: ZipWriter<BufWriter<File>>,
    sheet: SheetFile,
    beside: Beside,
    manifest: BufWriter<File>,
    first: bool,
    media: Arc<BlobStore>,
    photos: ZipPhotos,
    stored: SimpleFileOptions,
    folders: HashSet<String>,
    problems: Vec<JobProblem>,
}

/// The files that wait beside the zip; they go when it is done or given up.
struct Beside {
    sheet: PathBuf,
    manifest: PathBuf,
}

impl Drop for Beside {
    fn drop(&mut self) {
        fs::remove_file(&self.sheet).ok();
        fs::remove_file(&self.manifest).ok();
    }
}

impl ZipFile {
    pub fn create(
        path: &Path,
        media: Arc<BlobStore>,
        how: &ExportHow,
        columns: &Arc<[Column]>,
        now: Ms,
    ) -> AppResult<Self> {
        let beside = Beside { sheet: path.with_extension("sheet"), manifest: path.with_extension("manifest") };
        let how_sheet = ExportHow { form: ExportForm::Xlsx, ..how.clone() };
        let sheet = SheetFile::create(&beside.sheet, &how_sheet, columns)?;
        let zip = ZipWriter::new(BufWriter::new(File::create(path).map_err(|e| AppError::from_io(&e))?));
        let mut manifest = BufWriter::new(File::create(&beside.manifest).map_err(|e| AppError::from_io(&e))?);
        let photos = if how.photos == ZipPhotos::Original { "original" } else { "view" };
        let head = format!(
            "{{\"format\":\"{}\",\"version\":{},\"made_at\":{},\"photos\":\"{photos}\",\"units\":[",
            manifest::FORMAT,
            manifest::VERSION,
            now.0
        );
        manifest.write_all(head.as_bytes()).map_err(|e| AppError::from_io(&e))?;
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let stored = zip_time(now).map_or(stored, |at| stored.last_modified_time(at));
        Ok(Self {
            zip,
            sheet,
            beside,
            manifest,
            first: true,
            media,
            photos: how.photos,
            stored,
            folders: HashSet::new(),
            problems: Vec::new(),
        })
    }

    pub fn write(&mut self, chunk: &Chunk) -> AppResult<()> {
        for unit in &chunk.units {
            self.sheet.row(unit)?;
            if let Some(photos) = chunk.photos.get(&unit.id) {
                self.photos_of(unit, photos)?;
            }
        }
        Ok(())
    }

    fn photos_of(&mut self, unit: &UnitRecord, photos: &[UnitPhoto]) -> AppResult<()> {
        let stock_no = unit.unit.stock_no.clone().unwrap_or_default();
        let folder = self.folder(&stock_no);
        let mut entries = Vec::with_capacity(photos.len());
        for photo in photos {
            match self.photo(&folder, entries.len() + 1, photo) {
                Ok(entry) => entries.push(entry),
                // One picture that is gone must not keep the others.
                Err(e) if e.code == ErrorCode::FileMissing => {
                    self.problems.push(JobProblem { name: format!("{stock_no} {}", photo.file_name), error: e });
                }
                Err(e) => return Err(e),
            }
        }
        let comma = if std::mem::take(&mut self.first) { "\n" } else { ",\n" };
        self.manifest.write_all(comma.as_bytes()).map_err(|e| AppError::from_io(&e))?;
        let unit = UnitPhotos { stock_no, photos: entries };
        serde_json::to_writer(&mut self.manifest, &unit).map_err(|e| AppError::from_io(&e.into()))
    }

    /// A folder of its own for each unit, whatever its number.
    fn folder(&mut self, stock_no: &str) -> String {
        let base = manifest::file_part(stock_no);
        let mut names = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
        let free = names.find(|n| !self.folders.contains(n)).unwrap_or_default();
        self.folders.insert(free.clone());
        free
    }

    fn photo(&mut self, folder: &str, n: usize, photo: &UnitPhoto) -> AppResult<PhotoEntry> {
        let bytes = match self.photos {
            ZipPhotos::Original => self.media.read(&Blob::parse(&photo.blob)?, Size::Full)?,
            ZipPhotos::View => super::picture::view(&self.media, photo)?,
        };
        let format = sniff(&bytes, &photo.file_name).ok();
        let file = format!("{}{folder}/{n:02}.{}", manifest::FOLDER, extension(format));
        self.zip.start_file(file.as_str(), self.stored).map_err(refused)?;
        self.zip.write_all(&bytes).map_err(|e| AppError::from_io(&e))?;
        let edits: Option<Value> = match self.photos {
            ZipPhotos::Original => photo.edits.as_deref().and_then(|e| serde_json::from_str(e).ok()),
            // The copy shows the edited picture.
            ZipPhotos::View => None,
        };
        Ok(PhotoEntry {
            file,
            hash: Blob::of(&bytes).as_str().to_owned(),
            bytes: bytes.len() as u64,
            blob: photo.blob.clone(),
            edits,
            shot: photo.shot.clone(),
            source: photo.source.clone(),
            file_name: photo.file_name.clone(),
            taken_at: photo.taken_at,
        })
    }

    pub fn finish(self) -> AppResult<Vec<JobProblem>> {
        let Self { mut zip, sheet, beside, mut manifest, stored, problems, .. } = self;
        let io = |e: io::Error| AppError::from_io(&e);
        sheet.finish()?;
        manifest.write_all(b"\n]}\n").map_err(io)?;
        manifest.flush().map_err(io)?;
        drop(manifest);
        for (name, from, method) in [
            (manifest::SHEET, &beside.sheet, CompressionMethod::Stored),
            (manifest::NAME, &beside.manifest, CompressionMethod::Deflated),
        ] {
            let large = fs::metadata(from).map_err(io)?.len() >= u64::from(u32::MAX);
            zip.start_file(name, stored.compression_method(method).large_file(large)).map_err(refused)?;
            io::copy(&mut File::open(from).map_err(io)?, &mut zip).map_err(io)?;
        }
        let mut to = zip.finish().map_err(refused)?;
        to.flush().map_err(io)?;
        Ok(problems)
    }
}

/// What the zip writer said.
pub(super) fn refused(e: ZipError) -> AppError {
    match e {
        ZipError::Io(e) => AppError::from_io(&e),
        e => AppError::new(ErrorCode::Internal).detail(e),
    }
}

/// Local time, as zips keep it.
pub(super) fn zip_time(at: Ms) -> Option<DateTime> {
    let text = datetime::format(at);
    let mut n = text.split(['-', ' ', ':']).map(str::parse::<u16>);
    let mut next = || n.next()?.ok();
    let (y, mo, d, h, mi, s) = (next()?, next()?, next()?, next()?, next()?, next()?);
    let small = |v: u16| u8::try_from(v).ok();
    DateTime::from_date_and_time(y, small(mo)?, small(d)?, small(h)?, small(mi)?, small(s)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_keeps_local_time() {
        let at = zip_time(Ms(1_795_669_505_123)).map(|t| (t.year(), t.month(), t.hour()));
        assert_eq!(at, Some((2026, 11, 13)), "{}", datetime::format(Ms(1_795_669_505_123)));
    }
}
