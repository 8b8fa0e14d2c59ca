//! Files at the hub that no row names. The hub cannot know them: an owner's laptop looks once a day, and names to it those that
//! it found needless on fourteen days; a day later they go, unless somebody asks for them until then.
//!
//! So what an undo or a restoration brings back is still there, and what a laptop sent before its row came is named meanwhile.
//! Days are counted, not reckoned from the clock: one that jumps takes nothing away.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use stall_core::sync::{
    Hex, Scope,
    wire::{BlobsAsk, BlobsCount},
};
use stall_media::{Blob, BlobStore, Size};
use stall_store::tables::{named_files, photos};

use super::{
    Files, Inner, blocking,
    known::{Known, Which, short},
    plan::{self, Wanted},
};
use crate::SyncResult;

const MAGIC: &[u8; 4] = b"SKN\x01";
const DAY_MS: u64 = 86_400_000;
/// Looks at which a file was needless, before the hub is told.
const LOOKS: u8 = 14;
/// Names in one message; the hub takes no more.
const NAMES: usize = 2000;
/// Answers with names at most: more than any stall has files.
const ANSWERS: usize = 1000;

/// What a look found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tidied {
    /// Files at the hub that no row names.
    pub needless: u64,
    /// Of those the hub was told of now.
    pub told: u64,
}

type Name = [u8; 32];

impl Files {
    /// Looks, once a day, which files at the hub no row names any more, and tells it of those that were needless for long. Only an
    /// owner's laptop does, and one that knows all that rows may say. Call it after [`Files::round`], not beside it. It may be
    /// dropped at any time.
    ///
    /// # Errors
    /// `Offline`, `Broken`; `Hub`, also for one that knows no such thing; `Store`.
    pub async fn tidy(&self, media: &Arc<BlobStore>) -> SyncResult<Option<Tidied>> {
        let of = &self.0;
        let (lineage, now, which) = (of.store.sync_lineage().await?, of.store.env().now().0, of.which);
        let at = Arc::clone(media);
        let mut seen = blocking(move || Ok(Seen::load(&at, which, lineage.unwrap_or_default().0))).await?;
        // What a newer program's rows name, this one cannot tell; nor what is named under a key it has not got.
        let all = of.owner && Scope::ALL.iter().all(|s| of.keys.contains_key(s)) && !of.store.sync_waits().await?;
        if !all || seen.at.is_some_and(|at| now.abs_diff(at) < DAY_MS) {
            return Ok(None);
        }
        let BlobsCount { count } = patient!(of.line.get("blobs"))?;
        let at = Arc::clone(media);
        let known = blocking(move || Ok(Known::load(&at, which, lineage, now).len() as u64)).await?;
        // As many as are named and known to be there: there are no others.
        let there = if count > known { of.list().await? } else { Vec::new() };
        // Read after the list: what was named meanwhile counts.
        let named = of.named().await?;
        let due = seen.look(there, &named, now);
        let tidied = Tidied { needless: seen.needless.len() as u64, told: due.len() as u64 };
        let at = Arc::clone(media);
        // Before the hub is told: where one is named again, it is asked for it.
        blocking(move || {
            let mut known = Known::load(&at, which, lineage, now);
            known.only(&named.iter().map(|n| short(&Hex(*n))).collect());
            known.save(&at).map(drop)
        })
        .await?;
        for some in due.chunks(NAMES) {
            let ask = BlobsAsk { names: some.iter().map(|n| Hex(*n)).collect() };
            let _marked: serde_json::Value = patient!(of.line.post("blobs/needless", &ask))?;
        }
        let at = Arc::clone(media);
        blocking(move || seen.save(&at)).await?;
        Ok(Some(tidied))
    }
}

impl Inner {
    /// Every name at the hub.
    async fn list(&self) -> SyncResult<Vec<Name>> {
        let mut all: Vec<Name> = Vec::new();
        for _ in 0..ANSWERS {
            let after = all.last().map_or_else(String::new, |n| format!("?after={}", Hex(*n)));
            let path = format!("blobs/names{after}");
            let bytes = patient!(self.line.bytes(&path))?;
            let (names, _) = bytes.as_chunks::<32>();
            if names.is_empty() {
                break;
            }
            all.extend(names);
        }
        Ok(all)
    }

    /// Names of all files that rows name, or that an undo would name again.
    async fn named(self: &Arc<Self>) -> SyncResult<BTreeSet<Name>> {
        let (rows, held) = (named_files::all(&self.store).await?, photos::blobs_in_use(&self.store).await?);
        let of = Arc::clone(self);
        blocking(move || {
            let sizes = [Size::Full, Size::View, Size::Thumb];
            let held = held.iter().filter_map(|b| Blob::parse(b).ok()).flat_map(|blob| {
                Scope::ALL.into_iter().flat_map(move |scope| {
                    let blob = blob.clone();
                    sizes.into_iter().map(move |size| Wanted::in_scope(blob.clone(), size, scope))
                })
            });
            let all = plan::wanted(rows).into_iter().chain(held);
            Ok(all.filter_map(|w| of.key(&w)).map(|k| k.name.0).collect())
        })
        .await
    }
}

/// What earlier looks found, kept beside the photographs: lost, they begin anew.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    which: Which,
    lineage: [u8; 16],
    /// When it was last looked.
    at: Option<i64>,
    /// At how many looks each was needless.
    needless: BTreeMap<Name, u8>,
}

impl Seen {
    fn load(media: &BlobStore, which: Which, lineage: [u8; 16]) -> Self {
        let kept = media.note(which.needless()).and_then(|bytes| Self::read(which, &bytes));
        let anew = Self { which, lineage, at: None, needless: BTreeMap::new() };
        kept.filter(|s| s.lineage == lineage).unwrap_or(anew)
    }

    fn read(which: Which, bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_last_chunk::<32>()?;
        let (lineage, rest) = body.strip_prefix(MAGIC)?.split_first_chunk::<16>()?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let (all, []) = rest.as_chunks::<33>() else { return None };
        if blake3::hash(body) != *sum {
            return None;
        }
        let one = |e: &[u8; 33]| e.split_last_chunk::<32>().and_then(|(looks, name)| Some((*name, *looks.first()?)));
        let needless = all.iter().filter_map(one).collect();
        Some(Self { which, lineage: *lineage, at: Some(i64::from_be_bytes(*at)), needless })
    }

    fn save(&self, media: &BlobStore) -> SyncResult<()> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.lineage);
        bytes.extend_from_slice(&self.at.unwrap_or_default().to_be_bytes());
        for (name, looks) in &self.needless {
            bytes.push(*looks);
            bytes.extend_from_slice(name);
        }
        let sum = blake3::hash(&bytes);
        bytes.extend_from_slice(sum.as_bytes());
        Ok(media.put_note(self.which.needless(), &bytes)?)
    }

    /// Counts a look; gives what was needless at enough of them, one after the other.
    fn look(&mut self, there: Vec<Name>, named: &BTreeSet<Name>, now: i64) -> Vec<Name> {
        self.at = Some(now);
        let before = std::mem::take(&mut self.needless);
        let looks = |n: &Name| before.get(n).copied().unwrap_or(0).saturating_add(1);
        self.needless = there.into_iter().filter(|n| !named.contains(n)).map(|n| (n, looks(&n))).collect();
        self.needless.iter().filter(|(_, looks)| **looks >= LOOKS).map(|(n, _)| *n).collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_what_was_needless_at_every_look_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let media = BlobStore::open(dir.path()).unwrap();
        let (there, none) = (vec![[1; 32], [2; 32]], BTreeSet::new());
        for n in 1..=LOOKS {
            let mut seen = Seen::load(&media, Which::First, [7; 16]);
            assert_eq!(seen.at, (n > 1).then(|| i64::from(n) - 1));
            // On the fifth day a row names the second.
            let named = if n == 5 { BTreeSet::from([[2; 32]]) } else { none.clone() };
            let due = seen.look(there.clone(), &named, i64::from(n));
            assert_eq!(due, if n == LOOKS { vec![[1; 32]] } else { vec![] });
            seen.save(&media).unwrap();
        }
        assert!(Seen::load(&media, Which::Second, [7; 16]).needless.is_empty());
        assert!(Seen::load(&media, Which::First, [8; 16]).needless.is_empty());
        let path = dir.path().join(Which::First.needless());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[40] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(Seen::load(&media, Which::First, [7; 16]).needless.is_empty());
    }
}
