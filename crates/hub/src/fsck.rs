//! Checks every byte that is kept: hashes, signatures, chains, order, counts.

use std::collections::{BTreeMap, BTreeSet};

use stall_core::sync::{Hex, wire_trust::Certificate};
use stall_seal::{Header, PartHead, Reader, VerifyKey};

use crate::{
    blobs::Blobs,
    error::HubResult,
    hex,
    storage::{Hash, Kept, Kind, Object, Replica, ReplicaId, Stall, Storage},
    trust::Roll,
};

/// Envelopes looked at at once.
const LOT: i64 = 100;
/// Lines of one kind, in one stall, before only their number is told.
const LINES: usize = 20;

/// What was looked at and found.
#[derive(Debug, Default)]
pub struct Report {
    pub stalls: usize,
    pub envelopes: u64,
    pub groups: u64,
    pub objects: u64,
    pub bytes: u64,
    /// Damage, one line each.
    pub damage: Vec<String>,
    /// Pieces which no row names: of uploads under way, or left behind by a stop. They do no harm.
    pub orphans: u64,
}

/// Looks at everything. Laptops may go on meanwhile; what they change meanwhile is not looked at.
///
/// # Errors
/// `internal` when a store does not answer.
pub async fn check(storage: &dyn Storage, blobs: &Blobs) -> HubResult<Report> {
    let mut report = Report::default();
    for stall in storage.stalls().await? {
        report.stalls += 1;
        let mut one = OneStall { storage, blobs, stall: &stall, report: &mut report, told: 0, kept: 0 };
        one.look().await?;
    }
    Ok(report)
}

struct OneStall<'a> {
    storage: &'a dyn Storage,
    blobs: &'a Blobs,
    stall: &'a Stall,
    report: &'a mut Report,
    told: usize,
    /// Bytes counted against the quota.
    kept: i64,
}

/// Where an author's chain stands.
#[derive(Debug, Clone, Copy, Default)]
struct Author {
    last_id: Hash,
    last_rseq: i64,
    last_eff: i64,
}

impl OneStall<'_> {
    fn damaged(&mut self, what: impl std::fmt::Display) {
        self.told += 1;
        if self.told <= LINES {
            let stall = hex::of(&self.stall.stall);
            self.report.damage.push(format!("{stall} {what}"));
        } else if self.told == LINES + 1 {
            self.report.damage.push(format!("{} and more", hex::of(&self.stall.stall)));
        }
    }

    async fn look(&mut self) -> HubResult<()> {
        self.certificates().await?;
        // Read before the envelopes: what is pushed meanwhile is behind these.
        let members = self.storage.replicas(&self.stall.stall).await?;
        self.envelopes(&members).await?;
        self.objects().await
    }

    async fn certificates(&mut self) -> HubResult<()> {
        let kept = self.storage.certificates(&self.stall.stall).await?;
        let mut roll = Roll::read(Hex(self.stall.stall), &self.stall.root, &[])?;
        for (n, bytes) in (1..).zip(&kept) {
            let read: Result<Certificate, _> = serde_json::from_slice(bytes);
            match read.map(|c| roll.add(&c)) {
                Ok(Ok(_)) => {}
                Ok(Err(e)) => self.damaged(format_args!("certificate {n}: {e}")),
                Err(_) => self.damaged(format_args!("certificate {n}: not readable")),
            }
        }
        Ok(())
    }

    async fn envelopes(&mut self, members: &[Replica]) -> HubResult<()> {
        let keys: BTreeMap<ReplicaId, &Replica> = members.iter().map(|m| (m.replica, m)).collect();
        let mut authors: BTreeMap<ReplicaId, Author> = BTreeMap::new();
        let (mut last, mut max) = (0, 0);
        loop {
            let lot = self.storage.walk(&self.stall.stall, last, LOT).await?;
            let Some(end) = lot.last().map(|e| e.last) else { break };
            for e in lot.iter().filter(|e| e.last <= self.stall.head) {
                if e.seq0() != last + 1 {
                    self.damaged(format_args!("seq {}: {} were expected before it", e.seq0(), last + 1));
                }
                if e.max_before != max {
                    self.damaged(format_args!("seq {}: greatest stamp before it", e.seq0()));
                }
                let author = authors.entry(e.replica).or_default();
                let faults = one(e, &self.stall.stall, keys.get(&e.replica).copied(), author);
                for fault in faults {
                    self.damaged(format_args!("seq {}: {fault}", e.seq0()));
                }
                last = e.last;
                max = e.effs.iter().copied().fold(max, i64::max);
                self.kept += length(e);
                self.report.envelopes += 1;
                self.report.groups += e.effs.len() as u64;
            }
            if end >= self.stall.head {
                break;
            }
            last = end;
        }
        if (last, max) != (self.stall.head, self.stall.max_eff) {
            self.damaged(format_args!("head {} and stamp do not fit the last envelope, {last}", self.stall.head));
        }
        for m in members {
            let is = authors.get(&m.replica).copied().unwrap_or_default();
            // Pushes since the stall was read are ahead of what was walked.
            if m.next_rseq <= is.last_rseq || (m.next_rseq == is.last_rseq + 1 && m.last_id != is.last_id) {
                self.damaged(format_args!("replica {}: its chain ends elsewhere", hex::of(&m.replica)));
            }
        }
        Ok(())
    }

    async fn objects(&mut self) -> HubResult<()> {
        let mut named = BTreeSet::new();
        for kind in [Kind::Blob, Kind::Snapshot] {
            for object in self.storage.objects(&self.stall.stall, kind).await? {
                let read = self.storage.object(&self.stall.stall, kind, &object.name).await?;
                let Some(object) = read else { continue };
                named.extend(object.pieces.iter().map(|p| p.path.clone()));
                self.kept += object.received;
                self.report.objects += 1;
                self.object(kind, &object).await;
            }
        }
        let lying = self.blobs.list(&self.stall.stall).await?;
        self.report.orphans += lying.iter().filter(|(path, _)| !named.contains(path)).count() as u64;
        // Changes meanwhile move the count: it is compared when nothing did.
        let now = self.storage.stall(&self.stall.stall).await?;
        if now.is_some_and(|s| s.used == self.stall.used && s.head == self.stall.head) && self.kept != self.stall.used {
            let said = format!("{} bytes are counted, {} are kept", self.stall.used, self.kept);
            self.damaged(said);
        }
        Ok(())
    }

    async fn object(&mut self, kind: Kind, object: &Object) {
        let name = format!("{kind:?} {}", hex::of(&object.name));
        let (mut hasher, mut at) = (blake3::Hasher::new(), 0);
        for piece in &object.pieces {
            if piece.bytes.start != at {
                self.damaged(format_args!("{name}: a piece is missing at {at}"));
            }
            at = piece.bytes.end;
            let Ok(bytes) = self.blobs.get(&piece.path, 0..piece.bytes.end.abs_diff(piece.bytes.start)).await else {
                self.damaged(format_args!("{name}: {} cannot be read", piece.path));
                continue;
            };
            self.report.bytes += bytes.len() as u64;
            if *blake3::hash(&bytes).as_bytes() != piece.hash {
                self.damaged(format_args!("{name}: {} has other bytes", piece.path));
            }
            hasher.update(&bytes);
        }
        if at != object.received || (object.whole && object.received != object.size) {
            self.damaged(format_args!("{name}: {at} bytes of {}", object.size));
        }
        if object.whole && *hasher.finalize().as_bytes() != object.hash {
            self.damaged(format_args!("{name}: the whole has another hash"));
        }
    }
}

fn length(e: &Kept) -> i64 {
    let parts: usize = e.parts.iter().map(|(_, b)| b.len()).sum();
    i64::try_from(e.header.len() + parts).unwrap_or(i64::MAX)
}

/// What is wrong with one envelope.
fn one(e: &Kept, stall: &[u8; 16], member: Option<&Replica>, author: &mut Author) -> Vec<&'static str> {
    let mut r = Reader::new(&e.header);
    let Ok(header) = Header::read(&mut r).and_then(|h| r.end().map(|()| h)) else { return vec!["header not readable"] };
    let mut faults = Vec::new();
    let mut expect = |holds: bool, what| {
        if !holds {
            faults.push(what);
        }
    };
    expect(*blake3::hash(&e.header).as_bytes() == e.id, "header with another hash");
    expect(header.stall.0 == *stall && header.replica.0 == e.replica, "of another stall or author");
    let key = member.and_then(|m| VerifyKey::from_bytes(&m.signer).ok());
    expect(key.is_some_and(|k| header.verify(&k).is_ok()), "signature");
    expect(header.follows(&author.last_id, author.last_rseq).is_ok(), "chain of its author");
    expect(header.groups.len() == e.effs.len(), "number of stamps");
    let mut eff = author.last_eff;
    expect(e.effs.iter().all(|n| std::mem::replace(&mut eff, *n) < *n), "stamps of its author go back");
    expect(parts_hold(&header.parts, &e.parts), "a part with other bytes");
    *author = Author { last_id: e.id, last_rseq: header.last_rseq(), last_eff: eff };
    faults
}

fn parts_hold(heads: &[PartHead], parts: &[(u8, bytes::Bytes)]) -> bool {
    heads.len() == parts.len()
        && (0..).zip(heads).zip(parts).all(|((n, head), (at, bytes))| *at == n && head.check(bytes).is_ok())
}
