//! What outlives the program: on or off, the ports, the certificate. Files only this person may read, in the stall's
//! folder, never in the change log.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use stall_core::{AppError, AppResult, Ms};

/// The door's own settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub on: bool,
    /// 0: none chosen yet.
    pub http_port: u16,
    pub https_port: u16,
    /// Addresses the certificate names.
    pub names: Vec<String>,
    /// When the certificate ends.
    pub until: Option<Ms>,
}

fn file(dir: &Path) -> PathBuf {
    dir.join("door.json")
}

/// The settings; a file that is not there or cannot be read is a closed door with nothing chosen.
pub fn read(dir: &Path) -> Kept {
    match fs::read(file(dir)) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|e| {
            tracing::warn!(%e, "the settings of the door for phones are made anew");
            Kept::default()
        }),
        Err(_) => Kept::default(),
    }
}

/// Writes the settings.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn write(dir: &Path, kept: &Kept) -> AppResult<()> {
    let bytes = serde_json::to_vec_pretty(kept).unwrap_or_default();
    write_private(&file(dir), &bytes)
}

/// Writes a file whole, readable by this person alone. (On Windows the data folder is the person's own already.)
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn write_private(path: &Path, bytes: &[u8]) -> AppResult<()> {
    let temp = path.with_extension("new");
    let written = open_private(&temp).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let done = written.and_then(|()| fs::rename(&temp, path));
    done.map_err(|e| AppError::from_io(&e))
}

/// A folder only this person may enter.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn make_dir(dir: &Path) -> AppResult<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|e| AppError::from_io(&e))
}

fn open_private(path: &Path) -> io::Result<fs::File> {
    fs::remove_file(path).ok();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
