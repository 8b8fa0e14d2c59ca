//! What was taken in from the folder, remembered beside the stall through restarts: a line for each file.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use stall_core::{AppError, AppResult};

use super::look::Found;

const FILE: &str = "watch-seen.jsonl";

/// One file as it was when it was dealt with.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    path: String,
    bytes: u64,
    modified: i64,
    /// The picture; absent for files that were there before or are no pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
}

/// The memory of one stall.
#[derive(Debug, Default)]
pub(super) struct Seen {
    file: PathBuf,
    files: HashMap<PathBuf, (u64, i64)>,
    blobs: HashSet<String>,
}

impl Seen {
    /// Reads it; a line cut short by a crash is passed over.
    pub fn open(stall: &Path) -> Self {
        let mut seen = Self { file: stall.join(FILE), ..Self::default() };
        let text = fs::read_to_string(&seen.file).unwrap_or_default();
        for line in text.lines().filter_map(|l| serde_json::from_str::<Line>(l).ok()) {
            seen.note(line);
        }
        seen
    }

    fn note(&mut self, line: Line) {
        self.files.insert(line.path.into(), (line.bytes, line.modified));
        self.blobs.extend(line.blob);
    }

    /// Whether this file, as it is now, was dealt with.
    pub fn has(&self, f: &Found) -> bool {
        self.files.get(&f.path) == Some(&key(f))
    }

    /// Whether this picture was taken in under whatever name.
    pub fn has_blob(&self, blob: &str) -> bool {
        self.blobs.contains(blob)
    }

    /// Remembers files, on disk before it returns.
    ///
    /// # Errors
    /// `DiskFull`, `FolderReadOnly`.
    pub fn add<'f>(&mut self, files: impl IntoIterator<Item = (&'f Found, Option<String>)>) -> AppResult<()> {
        let mut text = String::new();
        let mut lines = Vec::new();
        for (f, blob) in files {
            let (bytes, modified) = key(f);
            let line = Line { path: f.path.to_string_lossy().into_owned(), bytes, modified, blob };
            text += &serde_json::to_string(&line).unwrap_or_default();
            text.push('\n');
            lines.push(line);
        }
        let io = |e: std::io::Error| AppError::from_io(&e);
        let mut file = OpenOptions::new().create(true).append(true).open(&self.file).map_err(io)?;
        // A line that a crash cut short must not swallow the next one.
        let cut = !self.files.is_empty() && !ends_whole(&self.file);
        let text = if cut { format!("\n{text}") } else { text };
        file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).map_err(io)?;
        lines.into_iter().for_each(|l| self.note(l));
        Ok(())
    }
}

fn key(f: &Found) -> (u64, i64) {
    (f.bytes, f.modified.map_or(0, |m| m.0))
}

fn ends_whole(file: &Path) -> bool {
    use std::io::{Read, Seek, SeekFrom};
    let last = || {
        let mut f = fs::File::open(file)?;
        if f.metadata()?.len() == 0 {
            return Ok(b'\n');
        }
        f.seek(SeekFrom::End(-1))?;
        let mut one = [0];
        f.read_exact(&mut one)?;
        Ok::<u8, std::io::Error>(one[0])
    };
    last().is_ok_and(|b| b == b'\n')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use stall_core::Ms;

    fn found(name: &str, bytes: u64) -> Found {
        Found { path: name.into(), bytes, modified: Some(Ms(5)) }
    }

    #[test]
    fn what_was_seen_is_known_after_a_restart_and_a_changed_file_is_new() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = Seen::open(dir.path());
        seen.add([(&found("/a.jpg", 10), Some("ab".to_owned())), (&found("/b.jpg", 10), None)]).unwrap();
        let again = Seen::open(dir.path());
        assert!(again.has(&found("/a.jpg", 10)) && again.has(&found("/b.jpg", 10)) && again.has_blob("ab"));
        assert!(!again.has(&found("/a.jpg", 11)) && !again.has(&found("/c.jpg", 10)));
    }

    #[test]
    fn a_line_cut_short_costs_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = Seen::open(dir.path());
        seen.add([(&found("/a.jpg", 1), None)]).unwrap();
        let mut file = OpenOptions::new().append(true).open(dir.path().join(FILE)).unwrap();
        file.write_all(b"{\"path\":\"/b.j").unwrap();
        let mut seen = Seen::open(dir.path());
        seen.add([(&found("/c.jpg", 1), None)]).unwrap();
        let seen = Seen::open(dir.path());
        assert!(seen.has(&found("/a.jpg", 1)) && seen.has(&found("/c.jpg", 1)) && !seen.has(&found("/b.jpg", 1)));
    }
}
