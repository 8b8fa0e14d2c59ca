//! The folder of photographs, and batches into it.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::common::*;
use stall_core::ErrorCode;
use stall_media::{Blob, BlobStore, FileIn, MAX_BYTES, Size, default_workers, ingest, ingest_many};

#[test]
fn only_sixty_four_lower_hex_digits_are_a_name() {
    let good = "0123456789abcdef".repeat(4);
    assert_eq!(Blob::parse(&good).unwrap().as_str(), good);
    let upper = good.to_uppercase();
    let slash = format!("../../../../etc/passwd{}", &good[..42]);
    let wide = "é".repeat(32);
    for bad in ["", &good[1..], &format!("{good}0"), &upper, &slash, &wide, &format!("{}\0", &good[1..])] {
        assert_eq!(Blob::parse(bad).unwrap_err().code, ErrorCode::BadInput, "{bad:?}");
    }
    assert_eq!(
        [Size::parse("320"), Size::parse("1600"), Size::parse("full")],
        [Some(Size::Thumb), Some(Size::View), Some(Size::Full)]
    );
    assert_eq!(Size::parse("../x"), None);
}

#[test]
fn putting_the_same_bytes_twice_keeps_one_file() {
    let (dir, store, _) = store();
    let blob = store.put(b"bytes").unwrap();
    assert_eq!(store.put(b"bytes").unwrap(), blob);
    let folder = dir.path().join("blobs").join(&blob.as_str()[..2]);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    assert_eq!(store.read(&blob, Size::Full).unwrap(), b"bytes");
    assert_eq!(store.read(&blob, Size::View).unwrap_err().code, ErrorCode::FileMissing);
}

#[test]
fn a_file_that_lost_its_end_is_written_again() {
    let (_dir, store, _) = store();
    let blob = store.put(b"all of it").unwrap();
    fs::write(store.path(&blob, Size::Full), b"all").unwrap();
    store.put(b"all of it").unwrap();
    assert_eq!(store.read(&blob, Size::Full).unwrap(), b"all of it");
}

#[test]
fn opening_clears_what_an_interrupted_write_left_and_touches_nothing_else() {
    let (dir, store, _) = store();
    let blob = store.put(b"kept").unwrap();
    fs::write(dir.path().join("tmp").join("123-0"), b"half").unwrap();
    let again = BlobStore::open(dir.path()).unwrap();
    assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
    assert_eq!(again.read(&blob, Size::Full).unwrap(), b"kept");
}

fn age(store: &BlobStore, blob: &Blob) {
    for size in [Size::Full, Size::View, Size::Thumb] {
        let file = fs::File::options().append(true).open(store.path(blob, size)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(7_200)).unwrap();
    }
}

#[test]
fn a_sweep_removes_old_orphans_with_their_copies_and_nothing_else() {
    let (dir, store, mut worker) = store();
    let [wanted, orphan, fresh] =
        [40, 41, 42].map(|w| ingest(&store, &jpeg(&grain(w, 30), w, 30), "a.jpg", &mut worker).unwrap().blob);
    age(&store, &wanted);
    age(&store, &orphan);
    fs::write(dir.path().join("blobs").join(&orphan.as_str()[..2]).join("notes.txt"), b"a person's").unwrap();
    let hour = Duration::from_secs(3_600);
    let swept = store.sweep(|hash| hash == wanted.as_str(), hour).unwrap();
    assert_eq!(swept.files, 3);
    assert!(swept.bytes > 0);
    assert!(store.has(&wanted) && store.has(&fresh));
    assert!(!store.path(&orphan, Size::Full).exists() && !store.path(&orphan, Size::Thumb).exists());
    assert!(dir.path().join("blobs").join(&orphan.as_str()[..2]).join("notes.txt").exists());
}

#[test]
fn taking_an_old_orphan_in_again_guards_it_from_the_next_sweep() {
    let (_dir, store, mut worker) = store();
    let bytes = jpeg(&grain(50, 30), 50, 30);
    let blob = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap().blob;
    age(&store, &blob);
    ingest(&store, &bytes, "a.jpg", &mut worker).unwrap();
    assert_eq!(store.sweep(|_| false, Duration::from_secs(3_600)).unwrap().files, 0);
    assert!(store.has(&blob));
}

fn file(dir: &std::path::Path, name: &str, bytes: &[u8]) -> FileIn {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    FileIn { path, name: name.to_owned() }
}

#[test]
fn a_bad_file_never_stops_a_batch_and_every_file_is_told_once() {
    let (_dir, store, _) = store();
    let inbox = tempfile::tempdir().unwrap();
    let good = |w: usize| jpeg(&grain(w, 40), w, 40);
    let whole = good(500);
    let mut files = vec![
        file(inbox.path(), "1.jpg", &good(60)),
        file(inbox.path(), "2.jpg", b"not a picture"),
        file(inbox.path(), "3.jpg", &whole[..whole.len() / 2]),
        file(inbox.path(), "4.jpg", b""),
        file(inbox.path(), "5.jpg", &good(61)),
    ];
    files.push(FileIn { path: inbox.path().join("gone.jpg"), name: "gone.jpg".into() });
    let large = file(inbox.path(), "large.jpg", b"\xff\xd8\xff");
    fs::File::options().write(true).open(&large.path).unwrap().set_len(MAX_BYTES * 6).unwrap();
    files.push(large);
    files.push(file(inbox.path(), "8.jpg", &good(62)));
    for workers in [0, 1, 3] {
        let mut told = BTreeMap::new();
        ingest_many(&store, &files, workers, &AtomicBool::new(false), |index, outcome| {
            assert!(
                told.insert(index, outcome.map(|t| t.width).map_err(|e| (e.code, e.args["name"].clone()))).is_none()
            );
        })
        .unwrap();
        let bad = |code, name: &str| Err((code, name.to_owned()));
        assert_eq!(
            told.into_values().collect::<Vec<_>>(),
            [
                Ok(60),
                bad(ErrorCode::PhotoNotImage, "2.jpg"),
                bad(ErrorCode::PhotoTruncated, "3.jpg"),
                bad(ErrorCode::FileEmpty, "4.jpg"),
                Ok(61),
                bad(ErrorCode::FileMissing, "gone.jpg"),
                bad(ErrorCode::FileTooLarge, "large.jpg"),
                Ok(62),
            ]
        );
    }
}

#[test]
fn a_cancelled_batch_finishes_what_is_under_way_and_begins_no_more() {
    let (_dir, store, _) = store();
    let inbox = tempfile::tempdir().unwrap();
    let files: Vec<FileIn> =
        (0..40usize).map(|n| file(inbox.path(), &format!("{n}.jpg"), &jpeg(&grain(40 + n, 30), 40 + n, 30))).collect();
    let cancel = AtomicBool::new(false);
    let mut told = Vec::new();
    ingest_many(&store, &files, 2, &cancel, |index, outcome| {
        outcome.unwrap();
        told.push(index);
        cancel.store(true, Ordering::Relaxed);
    })
    .unwrap();
    assert!(!told.is_empty() && told.len() < files.len(), "{told:?}");
    // What was begun is whole: as many originals as were told, each with its copies.
    let originals = walk(store.path(&Blob::of(b""), Size::Full).parent().unwrap().parent().unwrap());
    assert_eq!(originals.len(), told.len());
    assert!(originals.iter().all(|name| store.has(&Blob::parse(name).unwrap())));
}

fn walk(tree: &std::path::Path) -> Vec<String> {
    fs::read_dir(tree)
        .unwrap()
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn an_empty_batch_is_done_at_once_and_there_is_always_a_worker() {
    let (_dir, store, _) = store();
    let mut told = 0;
    ingest_many(&store, &[], 4, &AtomicBool::new(false), |_, _| told += 1).unwrap();
    assert_eq!(told, 0);
    assert!(default_workers() >= 1);
}
