//! Files handed in or made, waiting to be used. They live until the program ends.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use stall_core::{AppError, AppResult, ErrorCode, Id, Ms, api::StagedFile};

/// Largest file a person can hand in.
pub const MAX_BYTES: u64 = 64 << 20;
/// A zip of photographs may be larger: it is read piece by piece.
const MAX_ZIP: u64 = 32 << 30;

/// A staged file and where its bytes are.
#[derive(Debug, Clone)]
pub struct Staged {
    pub file: StagedFile,
    pub path: PathBuf,
    pub from: FileFrom,
}

/// What is known of a file beside its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFrom {
    /// Name of the folder it lay in; empty when unknown.
    pub folder: String,
    /// When it was last written.
    pub modified: Option<Ms>,
}

/// The staged files of this run.
#[derive(Debug)]
pub struct Staging {
    dir: PathBuf,
    files: Mutex<HashMap<Id, Staged>>,
}

impl Staging {
    /// Empties and opens the folder.
    ///
    /// # Errors
    /// `FolderReadOnly`, `DiskFull`.
    pub fn open(dir: &Path) -> AppResult<Self> {
        if dir.exists() {
            fs::remove_dir_all(dir).map_err(|e| AppError::from_io(&e))?;
        }
        fs::create_dir_all(dir).map_err(|e| AppError::from_io(&e))?;
        Ok(Self { dir: dir.to_owned(), files: Mutex::default() })
    }

    /// A place for a new file's bytes; [`Staging::add`] makes it known when they are there.
    #[must_use]
    pub fn place(&self, id: Id) -> PathBuf {
        self.dir.join(id.to_string())
    }

    /// Stages a file that lies at `path`: our own place, or where the person keeps it.
    ///
    /// # Errors
    /// `FileMissing`, `FileEmpty`, `FileTooLarge`, all with `name`.
    pub fn add(&self, id: Id, name: &str, path: PathBuf) -> AppResult<StagedFile> {
        let from = if path.starts_with(&self.dir) { FileFrom::default() } else { FileFrom::of(&path) };
        self.add_from(id, name, path, from)
    }

    /// The same, with what the person's machine knows of the file.
    ///
    /// # Errors
    /// As [`Staging::add`].
    pub fn add_from(&self, id: Id, name: &str, path: PathBuf, from: FileFrom) -> AppResult<StagedFile> {
        let name = clean_name(name);
        let meta = fs::metadata(&path).map_err(|e| AppError::from_io(&e).arg("name", &name))?;
        let bytes = match meta.len() {
            0 => return Err(AppError::new(ErrorCode::FileEmpty).arg("name", name)),
            n if meta.is_file() && n <= limit(&name) => n,
            _ => return Err(too_large(&name)),
        };
        let file = StagedFile { id, name, bytes };
        self.lock().insert(id, Staged { file: file.clone(), path, from });
        Ok(file)
    }

    /// Stages bytes made by the program or sent by the window.
    ///
    /// # Errors
    /// As [`Staging::add`]; `DiskFull`.
    pub fn put(&self, id: Id, name: &str, bytes: &[u8]) -> AppResult<StagedFile> {
        self.put_from(id, name, bytes, FileFrom::default())
    }

    /// The same, with what the person's machine knows of the file.
    ///
    /// # Errors
    /// As [`Staging::put`].
    pub fn put_from(&self, id: Id, name: &str, bytes: &[u8], from: FileFrom) -> AppResult<StagedFile> {
        if bytes.len() as u64 > limit(name) {
            return Err(too_large(name));
        }
        let path = self.place(id);
        let written = fs::write(&path, bytes).map_err(|e| AppError::from_io(&e));
        let done = written.and_then(|()| self.add_from(id, name, path.clone(), from));
        if done.is_err() {
            fs::remove_file(&path).ok();
        }
        done
    }

    /// A staged file.
    ///
    /// # Errors
    /// `FileMissing` when the id is not staged in this run.
    pub fn get(&self, id: Id) -> AppResult<Staged> {
        self.lock().get(&id).cloned().ok_or_else(|| AppError::new(ErrorCode::FileMissing).arg("name", id))
    }

    /// Makes known a file that the program made at `place(id)`, however large.
    ///
    /// # Errors
    /// `FileMissing`.
    pub fn made(&self, id: Id, name: &str) -> AppResult<StagedFile> {
        let path = self.place(id);
        let bytes = fs::metadata(&path).map_err(|e| AppError::from_io(&e))?.len();
        let file = StagedFile { id, name: clean_name(name), bytes };
        self.lock().insert(id, Staged { file: file.clone(), path, from: FileFrom::default() });
        Ok(file)
    }

    /// A staged file's bytes.
    ///
    /// # Errors
    /// `FileMissing`, `FileLocked` when another program holds it, `Internal`.
    pub fn read(&self, id: Id) -> AppResult<(StagedFile, Vec<u8>)> {
        let staged = self.get(id)?;
        let bytes = fs::read(&staged.path).map_err(|e| reading(&e).arg("name", &staged.file.name))?;
        Ok((staged.file, bytes))
    }

    /// Forgets files that have been used; our copies go, what lies elsewhere stays. Three hundred photographs are not to
    /// lie on the disk twice until the program ends.
    pub fn forget(&self, ids: &[Id]) {
        for id in ids {
            let gone = self.lock().remove(id);
            if let Some(staged) = gone.filter(|s| s.path.starts_with(&self.dir)) {
                fs::remove_file(staged.path).ok();
            }
        }
    }

    /// Forgets everything and removes our copies.
    pub fn clear(&self) {
        self.lock().clear();
        fs::remove_dir_all(&self.dir).ok();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Id, Staged>> {
        self.files.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl FileFrom {
    /// Of a file where it lies.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let folder = path.parent().and_then(Path::file_name).map(|f| f.to_string_lossy().into_owned());
        Self { folder: folder.unwrap_or_default(), modified: written(path) }
    }

    /// As a door was told; `folder` may be a whole path.
    #[must_use]
    pub fn told(folder: &str, modified: Option<i64>) -> Self {
        let folder = if folder.is_empty() { String::new() } else { clean_name(folder) };
        Self { folder, modified: modified.filter(|ms| *ms > 0).map(Ms) }
    }
}

/// When a file was last written.
fn written(path: &Path) -> Option<Ms> {
    let at = fs::metadata(path).ok()?.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(at.as_millis()).ok().map(Ms)
}

/// A spreadsheet open in Excel is locked on Windows (sharing violation 32, lock violation 33).
fn reading(e: &io::Error) -> AppError {
    if cfg!(windows) && matches!(e.raw_os_error(), Some(32 | 33)) {
        AppError::new(ErrorCode::FileLocked).detail(e)
    } else {
        AppError::from_io(e)
    }
}

/// The most bytes a file of this name may have.
#[must_use]
pub fn limit(name: &str) -> u64 {
    if is_zip(name) { MAX_ZIP } else { MAX_BYTES }
}

fn is_zip(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"))
}

/// The refusal of a file over the limit.
#[must_use]
pub fn too_large(name: &str) -> AppError {
    let limit = limit(name) >> 20;
    let said = if limit >= 1 << 10 { format!("{} GB", limit >> 10) } else { format!("{limit} MB") };
    AppError::new(ErrorCode::FileTooLarge).arg("name", name).arg("limit", said)
}

/// The last part of a path or name from outside, without control characters, at most 200 characters.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn a_name_from_outside_loses_its_folders_and_control_characters() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\x\\订单\u{0}.xlsx"), "订单.xlsx");
        assert_eq!(clean_name("a/"), "file");
        assert_eq!(clean_name(&"长".repeat(500)).chars().count(), 200);
    }
}
