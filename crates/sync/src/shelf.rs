//! What an owner's laptop keeps of the exchange for the day a hub comes back from an older backup: the envelopes of the last
//! days as they were said, and who belongs to the stall. All of it is sealed or public; it lies beside the stall's file.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use stall_core::{
    Ms,
    sync::wire_trust::{Certificate, Wrap},
};
use stall_seal::{Envelope, frame};

const DAY_MS: i64 = 24 * 60 * 60_000;
/// Files of a day each. Counted, not reckoned from the clock: a clock that jumps a year takes nothing away.
const DAYS: usize = 14;
/// All of them together, in bytes; the oldest go first.
const MOST: u64 = 256 << 20;
const TRUST: &str = "trust.json";

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    dir: PathBuf,
    /// The day whose file was found to end with a whole envelope.
    whole: Arc<AtomicI64>,
}

/// Who belongs, as the hub last had it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trust {
    pub certificates: Vec<Certificate>,
    pub wraps: Vec<Wrap>,
}

impl Shelf {
    pub fn of(stall: &Path) -> Self {
        Self { dir: stall.join("sync").join("kept"), whole: Arc::new(AtomicI64::new(i64::MIN)) }
    }

    /// Puts envelopes on it.
    pub async fn keep(&self, envelopes: Vec<Envelope>, now: Ms) -> io::Result<()> {
        if envelopes.is_empty() {
            return Ok(());
        }
        let of = self.clone();
        aside(move || of.append(&frame::push_all(&envelopes), now)).await
    }

    /// Every envelope on it, in the order they were put there. One that was cut off by a halt is left out.
    pub async fn envelopes(&self) -> io::Result<Vec<Envelope>> {
        let of = self.clone();
        aside(move || {
            let mut all = Vec::new();
            for (file, _) in of.files()? {
                let mut bytes = Vec::new();
                File::open(file)?.read_to_end(&mut bytes)?;
                all.extend(frame::pushed(&bytes).map_while(Result::ok).filter_map(|e| Envelope::decode(e).ok()));
            }
            Ok(all)
        })
        .await
    }

    /// Notes who belongs.
    pub async fn keep_trust(&self, trust: Trust) -> io::Result<()> {
        let of = self.clone();
        aside(move || {
            let bytes = serde_json::to_vec(&trust)?;
            let file = of.dir.join(TRUST);
            if fs::read(&file).is_ok_and(|old| old == bytes) {
                return Ok(());
            }
            fs::create_dir_all(&of.dir)?;
            let new = of.dir.join("trust.new");
            let mut out = File::create(&new)?;
            out.write_all(&bytes)?;
            out.sync_all()?;
            fs::rename(new, file)
        })
        .await
    }

    /// Who belonged, as last noted; nobody where it was never noted or cannot be read.
    pub async fn trust(&self) -> io::Result<Trust> {
        let of = self.clone();
        aside(move || match fs::read(of.dir.join(TRUST)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Trust::default()),
            Err(e) => Err(e),
        })
        .await
    }

    fn append(&self, bytes: &[u8], now: Ms) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let day = now.0.div_euclid(DAY_MS).max(0);
        let file = self.dir.join(format!("{day:08}.env"));
        let fresh = !file.exists();
        let mut out = OpenOptions::new().create(true).append(true).open(&file)?;
        if self.whole.swap(day, Ordering::Relaxed) != day {
            whole(&file)?;
        }
        out.write_all(bytes)?;
        out.sync_data()?;
        if fresh { self.prune() } else { Ok(()) }
    }

    /// Day files and their sizes, oldest first.
    fn files(&self) -> io::Result<Vec<(PathBuf, u64)>> {
        let mut all = Vec::new();
        let found = match fs::read_dir(&self.dir) {
            Ok(found) => found,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(all),
            Err(e) => return Err(e),
        };
        for entry in found {
            let entry = entry?;
            if entry.path().extension().is_some_and(|e| e == "env") {
                all.push((entry.path(), entry.metadata()?.len()));
            }
        }
        all.sort();
        Ok(all)
    }

    fn prune(&self) -> io::Result<()> {
        let mut left = MOST;
        for (n, (file, size)) in self.files()?.iter().rev().enumerate() {
            let fits = *size <= left;
            left = left.saturating_sub(*size);
            // The newest stays whatever its size: it is being written to.
            if n > 0 && (n >= DAYS || !fits) {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }
}

/// Cuts off what a halt left of an envelope, so that what is put after it can be read.
fn whole(file: &Path) -> io::Result<()> {
    let mut head = [0; 4];
    let mut of = OpenOptions::new().read(true).write(true).open(file)?;
    let size = of.metadata()?.len();
    let mut at = 0;
    while at + 4 <= size {
        io::Seek::seek(&mut of, io::SeekFrom::Start(at))?;
        of.read_exact(&mut head)?;
        let end = at + 4 + u64::from(u32::from_be_bytes(head));
        if end > size {
            break;
        }
        at = end;
    }
    if at < size { of.set_len(at) } else { Ok(()) }
}

/// Reads and writes where nobody waits for them.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
