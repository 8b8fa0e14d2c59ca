//! The clock of a laptop: shifted by libfaketime, which reads the shift out of a file again and again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicI64, Ordering},
};

use crate::process::Laptop;

pub struct Clock {
    library: PathBuf,
    file: PathBuf,
    shift: AtomicI64,
}

impl Clock {
    /// A clock whose file is in this folder; `None` where the library is not installed.
    pub fn new(library: Option<&Path>, folder: &Path) -> Option<Self> {
        let clock = Self { library: library?.to_owned(), file: folder.join("clock"), shift: AtomicI64::new(0) };
        clock.write(0);
        Some(clock)
    }

    /// Lets a program go by it. Only the time of day is shifted: what waits 20 s waits 20 s.
    pub fn rule(&self, program: &mut Command) {
        program
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_CACHE_DURATION", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("NO_FAKE_STAT", "1");
    }

    fn write(&self, seconds: i64) {
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n")).unwrap();
        fs::rename(&new, &self.file).unwrap();
        self.shift.store(seconds, Ordering::SeqCst);
    }

    /// Puts the laptop's clock so far from the right time, and looks that its program goes by it.
    pub async fn jump(&self, laptop: &Laptop, seconds: i64) {
        self.write(seconds);
        let mut off = 0;
        for _ in 0..40 {
            off = laptop.now().await - now() - seconds * 1000;
            if off.abs() < 10_000 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("{}: the clock was put {seconds} s off and is {off} ms from that", laptop.name);
    }

    /// How far it is off, in seconds.
    pub fn shift(&self) -> i64 {
        self.shift.load(Ordering::SeqCst)
    }
}

/// Removes what libfaketime shares between a program and its children, which one that is killed leaves.
pub fn forget(pid: u32) {
    for of in ["faketime_shm_", "sem.faketime_sem_"] {
        fs::remove_file(format!("/dev/shm/{of}{pid}")).ok();
    }
}

/// libfaketime as Debian installs it.
pub fn library() -> Option<PathBuf> {
    let all = fs::read_dir("/usr/lib").ok()?.flatten();
    all.map(|e| e.path().join("faketime/libfaketimeMT.so.1")).find(|p| p.exists())
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}
