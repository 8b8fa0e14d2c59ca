//! Takes every file of a folder, and of the folders in it, and prints one line for each: what it is, or why it is refused.
//! Public test suites hold the files cameras and phones never should have written; they are not ours to commit.
//!
//! `awkward DIR [OUT]` also writes the copies that were made into OUT, to be looked at or compared.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::panic, reason = "a measuring program")]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use stall_media::{MAX_BYTES, Worker, sniff};

fn main() {
    let mut args = std::env::args().skip(1).map(PathBuf::from);
    let Some(dir) = args.next() else { panic!("awkward DIR [OUT]") };
    let out = args.next();
    let mut files = Vec::new();
    walk(&dir, &mut files);
    files.sort();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for path in &files {
        let verdict = look(path, out.as_deref());
        println!(
            "{:<22} {}",
            verdict.split(' ').next().unwrap_or(""),
            path.strip_prefix(&dir).unwrap_or(path).display()
        );
        if verdict.contains(' ') {
            println!("{:<22}   {verdict}", "");
        }
        *counts.entry(verdict.split(' ').next().unwrap_or("").to_owned()).or_default() += 1;
    }
    println!("\n{} files: {counts:?}", files.len());
    assert!(!counts.contains_key("PANIC"), "a decoder panicked");
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

fn look(path: &Path, out: Option<&Path>) -> String {
    let Ok(bytes) = fs::read(path) else { return "unreadable".to_owned() };
    if bytes.len() as u64 > MAX_BYTES {
        return "FileTooLarge".to_owned();
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let format = match sniff(&bytes, &name) {
        Ok(format) => format,
        Err(error) => return format!("{:?}", error.code),
    };
    let made = catch_unwind(AssertUnwindSafe(|| Worker::new().unwrap().make(&bytes, format)));
    match made {
        Err(_) => format!("PANIC {format:?}"),
        Ok(Err(error)) => format!("{:?} {format:?}: {}", error.code, error.detail.unwrap_or_default()),
        Ok(Ok(made)) => {
            if let Some(out) = out {
                let flat = path.to_string_lossy().replace(['/', '\\'], "_");
                fs::write(out.join(format!("{flat}.jpg")), &made.view).unwrap();
            }
            format!("ok {format:?} {}x{} sharp {} light {}", made.width, made.height, made.sharp, made.light)
        }
    }
}
