//! Where the files of a set of pictures go: a folder of the person's, a zip, or one file by itself.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use stall_core::{AppError, AppResult, Ms};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    render::Shot,
    zip::{refused, zip_time},
};

/// A place for files whose names do not clash on any system.
pub(super) struct SetOut {
    to: To,
    taken: HashSet<String>,
}

enum To {
    Folder(PathBuf),
    Zip(Box<ZipWriter<BufWriter<File>>>, SimpleFileOptions),
    /// Only the bytes: the name is that of the one file.
    One(PathBuf),
}

impl SetOut {
    /// A new folder; it must not be there yet.
    pub fn folder(path: &Path) -> AppResult<Self> {
        fs::create_dir(path).map_err(|e| AppError::from_io(&e).arg("folder", path.display()))?;
        Ok(Self::new(To::Folder(path.to_owned())))
    }

    pub fn zip(path: &Path, now: Ms) -> AppResult<Self> {
        let file = File::create(path).map_err(|e| AppError::from_io(&e))?;
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let stored = zip_time(now).map_or(stored, |at| stored.last_modified_time(at));
        Ok(Self::new(To::Zip(Box::new(ZipWriter::new(BufWriter::new(file))), stored)))
    }

    pub fn one(path: &Path) -> Self {
        Self::new(To::One(path.to_owned()))
    }

    fn new(to: To) -> Self {
        Self { to, taken: HashSet::new() }
    }

    pub fn put(&mut self, shot: &Shot) -> AppResult<()> {
        let name = self.free(&shot.name);
        let io = |e: std::io::Error| AppError::from_io(&e).arg("name", &name);
        match &mut self.to {
            To::Folder(dir) => fs::write(dir.join(&name), &shot.jpeg).map_err(io),
            To::One(path) => fs::write(path, &shot.jpeg).map_err(io),
            To::Zip(zip, stored) => {
                zip.start_file(name.as_str(), *stored).map_err(refused)?;
                zip.write_all(&shot.jpeg).map_err(io)
            }
        }
    }

    /// Two units of one number must not write over each other.
    fn free(&mut self, name: &str) -> String {
        let (base, ext) = name.rsplit_once('.').unwrap_or((name, "jpg"));
        let others = (2..).map(|n| format!("{base} ({n}).{ext}"));
        let free = std::iter::once(name.to_owned()).chain(others).find(|n| !self.taken.contains(&n.to_lowercase()));
        let free = free.unwrap_or_default();
        self.taken.insert(free.to_lowercase());
        free
    }

    pub fn finish(self) -> AppResult<()> {
        match self.to {
            To::Folder(_) | To::One(_) => Ok(()),
            To::Zip(zip, _) => zip.finish().map_err(refused)?.flush().map_err(|e| AppError::from_io(&e)),
        }
    }
}
