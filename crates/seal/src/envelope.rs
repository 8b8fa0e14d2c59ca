//! The envelope: consecutive groups of one replica, signed together, with a sealed part for each scope.
//!
//! ```text
//! "SKE" 0x01 | stall 16 | replica 16 | first_rseq varint | prev 32 | n_groups varint
//! | per group: base_seq z-delta from the one before (first: from 0) | hlc z-delta likewise
//! | n_parts u8 | per part: scope u8 | key_epoch varint | length varint | BLAKE3 of the sealed bytes 32
//! | signature 64 (Ed25519 of the replica over all bytes before it)
//! | the sealed parts, in that order
//! ```
//! An envelope's id is the BLAKE3 of its header with the signature; `prev` is the id of the replica's envelope before.
//! So a gap or a swap within an author shows, also to one who may not open a part.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use stall_core::sync::{Hlc, ReplicaId, StallId};

use crate::{Reader, SealError, Writer};

/// BLAKE3 of the header with its signature.
pub type EnvelopeId = [u8; 32];

const MAGIC: [u8; 4] = *b"SKE\x01";
/// An envelope of several groups, in bytes.
pub const MAX: usize = 4 << 20;
/// An envelope of one group, in bytes: a transaction is never split.
pub const MAX_ALONE: usize = 16 << 20;
/// More groups than an envelope can have, each with a record of the fewest bytes.
const MAX_GROUPS: usize = 1 << 20;
const MAX_PARTS: usize = 16;

/// What the header says of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupHead {
    /// All its author had applied.
    pub base_seq: i64,
    /// Its author's stamp.
    pub hlc: Hlc,
}

/// What the header says of one sealed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartHead {
    /// `Scope::number`; those of a newer program too.
    pub scope: u8,
    pub key_epoch: u32,
    /// Of the sealed bytes.
    pub length: u32,
    /// Of the sealed bytes.
    pub hash: [u8; 32],
}

/// All that the hub reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub stall: StallId,
    pub replica: ReplicaId,
    /// From 1.
    pub first_rseq: i64,
    /// Id of the replica's envelope before; zeros for its first.
    pub prev: EnvelopeId,
    /// At least one.
    pub groups: Vec<GroupHead>,
    /// In ascending order of scope.
    pub parts: Vec<PartHead>,
    pub signature: [u8; 64],
}

/// Signs a replica's envelopes.
pub struct ReplicaKey(SigningKey);

/// Checks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyKey(VerifyingKey);

impl std::fmt::Debug for ReplicaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplicaKey")
    }
}

impl ReplicaKey {
    /// From 32 random bytes, or the bytes it was kept as.
    #[must_use]
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// What to keep, and to tell nobody.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half, as a certificate has it.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl VerifyKey {
    /// From the public bytes.
    ///
    /// # Errors
    /// `NotGenuine` for bytes that are no key.
    pub fn from_bytes(public: &[u8; 32]) -> Result<Self, SealError> {
        VerifyingKey::from_bytes(public).map(Self).map_err(|_| SealError::NotGenuine)
    }

    /// Strictly: one signature only fits, and no weak key.
    ///
    /// # Errors
    /// `NotGenuine`.
    pub fn check(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), SealError> {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| SealError::NotGenuine)
    }
}

impl Header {
    /// The rseq of its last group.
    #[must_use]
    pub fn last_rseq(&self) -> i64 {
        self.first_rseq.saturating_add(self.groups.len() as i64 - 1)
    }

    /// Header bytes up to the list of parts: what every part is bound to.
    #[must_use]
    pub fn bound(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.raw(&MAGIC);
        w.raw(&self.stall.0);
        w.raw(&self.replica.0);
        w.natural(self.first_rseq);
        w.raw(&self.prev);
        w.count(self.groups.len());
        let mut last = (0, 0);
        for g in &self.groups {
            w.signed(g.base_seq.wrapping_sub(last.0));
            w.signed(g.hlc.0.wrapping_sub(last.1));
            last = (g.base_seq, g.hlc.0);
        }
        w.0
    }

    /// Associated data of a part.
    #[must_use]
    pub fn aad(&self, part: &PartHead) -> Vec<u8> {
        let mut w = Writer(self.bound());
        w.byte(part.scope);
        w.varint(u64::from(part.key_epoch));
        w.0
    }

    fn signed(&self) -> Vec<u8> {
        let mut w = Writer(self.bound());
        w.byte(self.parts.len() as u8);
        for p in &self.parts {
            w.byte(p.scope);
            w.varint(u64::from(p.key_epoch));
            w.varint(u64::from(p.length));
            w.raw(&p.hash);
        }
        w.0
    }

    /// Signs it.
    pub fn sign(&mut self, key: &ReplicaKey) {
        self.signature = key.sign(&self.signed());
    }

    /// Its bytes, signature and all.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.signed();
        bytes.extend_from_slice(&self.signature);
        bytes
    }

    /// What the replica's next envelope names as `prev`.
    #[must_use]
    pub fn id(&self) -> EnvelopeId {
        *blake3::hash(&self.encode()).as_bytes()
    }

    /// That the replica signed it.
    ///
    /// # Errors
    /// `NotGenuine`.
    pub fn verify(&self, key: &VerifyKey) -> Result<(), SealError> {
        key.check(&self.signed(), &self.signature)
    }

    /// That it is the replica's next after `prev` (zeros before the first), which ended at `last_rseq` (0 before the first).
    ///
    /// # Errors
    /// `Chain`.
    pub fn follows(&self, prev: &EnvelopeId, last_rseq: i64) -> Result<(), SealError> {
        let fits = self.prev == *prev && Some(self.first_rseq) == last_rseq.checked_add(1);
        if fits { Ok(()) } else { Err(SealError::Chain) }
    }

    /// Reads a header from the front. Its signature is not yet checked.
    ///
    /// # Errors
    /// `Malformed`, `Newer`, `TooLong`.
    pub fn read(r: &mut Reader<'_>) -> Result<Self, SealError> {
        let magic = r.array::<4>()?;
        if magic[..3] != MAGIC[..3] {
            return Err(SealError::Malformed);
        }
        if magic[3] != MAGIC[3] {
            return Err(SealError::Newer);
        }
        let (stall, replica) = (r.array()?, r.array()?);
        let first_rseq = r.natural()?;
        let prev = r.array()?;
        let n = r.count(2)?;
        if first_rseq < 1 || !(1..=MAX_GROUPS).contains(&n) || first_rseq.checked_add(n as i64).is_none() {
            return Err(SealError::Malformed);
        }
        let mut groups = Vec::with_capacity(n);
        let mut last = (0i64, 0i64);
        for _ in 0..n {
            let base = last.0.checked_add(r.signed()?).filter(|b| *b >= 0).ok_or(SealError::Malformed)?;
            let hlc = last.1.checked_add(r.signed()?).filter(|h| *h >= 0).ok_or(SealError::Malformed)?;
            last = (base, hlc);
            groups.push(GroupHead { base_seq: base, hlc: Hlc(hlc) });
        }
        let parts = Self::read_parts(r, groups.len())?;
        Ok(Self {
            stall: stall_core::sync::Hex(stall),
            replica: stall_core::sync::Hex(replica),
            first_rseq,
            prev,
            groups,
            parts,
            signature: r.array()?,
        })
    }

    fn read_parts(r: &mut Reader<'_>, groups: usize) -> Result<Vec<PartHead>, SealError> {
        let n = usize::from(r.byte()?);
        if n > MAX_PARTS {
            return Err(SealError::Malformed);
        }
        let mut parts: Vec<PartHead> = Vec::with_capacity(n);
        let mut all = 0u64;
        for _ in 0..n {
            let scope = r.byte()?;
            if parts.last().is_some_and(|p| p.scope >= scope) {
                return Err(SealError::Malformed);
            }
            let small = |n: u64| u32::try_from(n).map_err(|_| SealError::Malformed);
            let (key_epoch, length) = (small(r.varint()?)?, small(r.varint()?)?);
            all += u64::from(length);
            parts.push(PartHead { scope, key_epoch, length, hash: r.array()? });
        }
        let max = if groups == 1 { MAX_ALONE } else { MAX };
        if all > max as u64 { Err(SealError::TooLong) } else { Ok(parts) }
    }
}

/// A whole envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub header: Header,
    /// The sealed bytes, as `header.parts` lists them.
    pub parts: Vec<Vec<u8>>,
}

impl Envelope {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.header.encode();
        for p in &self.parts {
            bytes.extend_from_slice(p);
        }
        bytes
    }

    /// Reads one and nothing after it. The parts have the lengths and hashes of the header; the signature is not yet checked.
    ///
    /// # Errors
    /// `Malformed`, `Newer`, `TooLong`; `NotGenuine` for a part with another hash.
    pub fn decode(bytes: &[u8]) -> Result<Self, SealError> {
        if bytes.len() > MAX_ALONE {
            return Err(SealError::TooLong);
        }
        let mut r = Reader::new(bytes);
        let header = Header::read(&mut r)?;
        if header.groups.len() > 1 && bytes.len() > MAX {
            return Err(SealError::TooLong);
        }
        let mut parts = Vec::with_capacity(header.parts.len());
        for head in &header.parts {
            let part = r.take(head.length as usize)?;
            head.check(part)?;
            parts.push(part.to_vec());
        }
        r.end()?;
        Ok(Self { header, parts })
    }
}

impl PartHead {
    /// Of sealed bytes.
    #[must_use]
    pub fn of(scope: u8, key_epoch: u32, sealed: &[u8]) -> Self {
        let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
        Self { scope, key_epoch, length, hash: *blake3::hash(sealed).as_bytes() }
    }

    /// That these are the sealed bytes.
    ///
    /// # Errors
    /// `NotGenuine`.
    pub fn check(&self, sealed: &[u8]) -> Result<(), SealError> {
        let fits = sealed.len() == self.length as usize && *blake3::hash(sealed).as_bytes() == self.hash;
        if fits { Ok(()) } else { Err(SealError::NotGenuine) }
    }
}
