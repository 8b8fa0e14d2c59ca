//! Looking into the folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use stall_core::{AppError, ErrorCode, Ms};

/// Levels of folders looked into: cloud drives make one for a year and one for a month.
const DEPTH: u32 = 3;
const PICTURES: [&str; 11] = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"];

/// A picture in the folder, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub path: PathBuf,
    pub bytes: u64,
    pub modified: Option<Ms>,
}

impl Found {
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Name of the folder it lies in; empty directly in the watched one.
    pub fn folder(&self, watched: &Path) -> String {
        match self.path.parent() {
            Some(parent) if parent != watched => parent.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            _ => String::new(),
        }
    }
}

/// Pictures of the folder and of those in it. Hidden files and folders are somebody's half-done work.
///
/// # Errors
/// `WatchFolderMissing`, `WatchFolderDenied`, both with `folder`.
pub(super) fn look(folder: &Path) -> Result<Vec<Found>, AppError> {
    let mut found = Vec::new();
    let mut left = vec![(folder.to_owned(), 0)];
    while let Some((dir, depth)) = left.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) if depth == 0 => return Err(refused(folder, &e)),
            // A folder inside that went away or is closed to us is no reason to stop.
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            let hidden = entry.file_name().to_string_lossy().starts_with(['.', '~']);
            let Ok(meta) = entry.metadata() else { continue };
            if hidden {
                continue;
            }
            let path = entry.path();
            if meta.is_dir() && depth + 1 < DEPTH {
                left.push((path, depth + 1));
            } else if meta.is_file() && is_picture(&path) {
                found.push(Found { path, bytes: meta.len(), modified: modified(&meta) });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
    PICTURES.contains(&ending.as_str())
}

fn modified(meta: &fs::Metadata) -> Option<Ms> {
    let at = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(at.as_millis()).ok().map(Ms)
}

fn refused(folder: &Path, e: &io::Error) -> AppError {
    let code = match e.kind() {
        io::ErrorKind::PermissionDenied => ErrorCode::WatchFolderDenied,
        _ => ErrorCode::WatchFolderMissing,
    };
    AppError::new(code).arg("folder", folder.display()).detail(e)
}

pub(super) fn missing(folder: &Path) -> AppError {
    AppError::new(ErrorCode::WatchFolderMissing).arg("folder", folder.display())
}
