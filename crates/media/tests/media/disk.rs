//! A full disk and a read-only folder, on a small file system of their own.
//!
//! Mounting wants root, so these are ignored unless asked for: `cargo test -p stall-media -- --include-ignored`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::*;
use stall_core::ErrorCode;
use stall_media::{BlobStore, Size, Worker, ingest};
use tempfile::TempDir;

/// A tmpfs of one megabyte, unmounted when dropped.
struct Small(TempDir);

impl Small {
    fn mount() -> Self {
        let dir = tempfile::tempdir().unwrap();
        run("mount", &["-t", "tmpfs", "-o", "size=1m", "tmpfs"], dir.path());
        Self(dir)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        run("umount", &["-l"], self.0.path());
    }
}

fn run(program: &str, args: &[&str], path: &Path) {
    assert!(Command::new(program).args(args).arg(path).status().unwrap().success(), "{program} {args:?}");
}

#[test]
#[ignore = "mounts a tmpfs: needs root"]
fn a_full_disk_is_named_leaves_no_half_file_and_the_next_one_goes_in_when_there_is_room() {
    let small = Small::mount();
    let store = BlobStore::open(small.0.path()).unwrap();
    let mut worker = Worker::new().unwrap();
    let bytes = jpeg(&grain(900, 700), 900, 700);
    let filler = small.0.path().join("filler");
    fs::write(&filler, vec![0; 980_000]).unwrap();
    assert!(bytes.len() > 90_000, "{}", bytes.len());
    let error = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap_err();
    assert_eq!(error.code, ErrorCode::DiskFull);
    assert_eq!(fs::read_dir(small.0.path().join("tmp")).unwrap().count(), 0);
    fs::remove_file(&filler).unwrap();
    let taken = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap();
    assert_eq!(store.read(&taken.blob, Size::Full).unwrap(), bytes);
    assert!(store.has(&taken.blob));
}

#[test]
#[ignore = "mounts a tmpfs: needs root"]
fn a_folder_that_became_read_only_is_named_so_by_writing_and_by_opening() {
    let small = Small::mount();
    let store = BlobStore::open(small.0.path()).unwrap();
    run("mount", &["-o", "remount,ro"], small.0.path());
    assert_eq!(store.put(b"bytes").unwrap_err().code, ErrorCode::FolderReadOnly);
    assert_eq!(BlobStore::open(&small.0.path().join("new")).unwrap_err().code, ErrorCode::FolderReadOnly);
}
