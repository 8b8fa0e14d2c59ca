//! What the hub is known to have, so that an exchange asks for what is new and not for everything a stall ever photographed.
//! A note beside the photographs: lost or doubtful, everything is asked for once.

use std::collections::BTreeSet;

use stall_core::sync::Hex;
use stall_media::BlobStore;

use crate::SyncResult;

const MAGIC: &[u8; 4] = b"SKH\x01";
const WEEK_MS: u64 = 7 * 86_400_000;
const DAY_MS: u64 = 86_400_000;

/// Which of the stall's hubs: each has its own note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    First,
    Second,
}

impl Which {
    fn note(self) -> &'static str {
        match self {
            Self::First => "hub-files",
            Self::Second => "hub-files-2",
        }
    }

    /// Of what nobody needs there.
    pub(super) fn needless(self) -> &'static str {
        match self {
            Self::First => "hub-needless",
            Self::Second => "hub-needless-2",
        }
    }
}

/// Names by their first 8 bytes: they are hashes under a key, so none meets another.
#[derive(Debug)]
pub(super) struct Known {
    lineage: [u8; 16],
    /// When everything was last asked for.
    at: i64,
    names: BTreeSet<[u8; 8]>,
    which: Which,
    changed: bool,
}

pub(super) fn short(name: &Hex<32>) -> [u8; 8] {
    name.0.first_chunk().copied().unwrap_or_default()
}

impl Known {
    /// As it was kept; empty after a week, for another lineage of the hub, and when it cannot be read.
    pub fn load(media: &BlobStore, which: Which, lineage: Option<Hex<16>>, now: i64) -> Self {
        let lineage = lineage.unwrap_or_default().0;
        let kept = media.note(which.note()).and_then(|bytes| Self::read(which, &bytes));
        match kept {
            Some(known) if known.lineage == lineage && now.abs_diff(known.at) < WEEK_MS => known,
            _ => Self { lineage, at: now, names: BTreeSet::new(), which, changed: true },
        }
    }

    fn read(which: Which, bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        let (lineage, rest) = body.strip_prefix(MAGIC)?.split_first_chunk::<16>()?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let (names, []) = rest.as_chunks::<8>() else { return None };
        if blake3::hash(body) != *sum {
            return None;
        }
        let names = names.iter().copied().collect();
        Some(Self { lineage: *lineage, at: i64::from_be_bytes(*at), names, which, changed: false })
    }

    pub fn has(&self, name: &Hex<32>) -> bool {
        self.names.contains(&short(name))
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn add(&mut self, name: &Hex<32>) {
        self.changed |= self.names.insert(short(name));
    }

    /// Forgets what no row names any more: when one names it again, the hub is asked, and told that it is wanted.
    pub fn only(&mut self, named: &BTreeSet<[u8; 8]>) {
        let before = self.names.len();
        self.names.retain(|n| named.contains(n));
        self.changed |= self.names.len() != before;
    }

    /// The hub lost something: it is asked for everything again, once a day.
    pub fn doubt(&mut self, now: i64) {
        if now.abs_diff(self.at) >= DAY_MS {
            (self.at, self.changed) = (now, true);
            self.names.clear();
        }
    }

    /// Keeps it, and gives it back.
    ///
    /// # Errors
    /// `Store`.
    pub fn save(mut self, media: &BlobStore) -> SyncResult<Self> {
        if !std::mem::take(&mut self.changed) {
            return Ok(self);
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.lineage);
        bytes.extend_from_slice(&self.at.to_be_bytes());
        bytes.extend(self.names.iter().flatten());
        let sum = blake3::hash(&bytes);
        bytes.extend_from_slice(sum.as_bytes());
        media.put_note(self.which.note(), &bytes)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn it_is_kept_for_a_week_of_one_lineage_and_a_spoilt_one_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let media = BlobStore::open(dir.path()).unwrap();
        let (one, other) = (Some(Hex([1; 16])), Some(Hex([2; 16])));
        let mut known = Known::load(&media, Which::First, one, 0);
        known.add(&Hex([7; 32]));
        known.save(&media).unwrap();
        let has = |lineage, now| Known::load(&media, Which::First, lineage, now).has(&Hex([7; 32]));
        assert!(!Known::load(&media, Which::Second, one, 1).has(&Hex([7; 32])));
        assert!(has(one, 1) && !has(other, 1) && !has(None, 1) && !has(one, WEEK_MS as i64));
        let path = dir.path().join(Which::First.note());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[30] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(!has(one, 1));
    }
}
