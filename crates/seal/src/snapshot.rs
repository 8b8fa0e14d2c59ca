//! Snapshots sealed: what a new laptop begins with. One file a scope; all begin with the same signed header, so that none can be
//! swapped, cut or made older.
//!
//! ```text
//! "SKS" 0x01 | stall 16 | replica 16 | seq varint | schema varint | salt 32
//! | n_parts u8 | per part, scopes ascending: scope u8 | key_epoch varint | length varint | BLAKE3 of its pieces 32
//! | signature 64 (Ed25519 of an owner's replica over all bytes before it)
//! | pieces: length u32 | XChaCha20-Poly1305 (zstd (step varint | block)); the last is empty
//! ```
//! A part's key is made of the scope's key, the salt, the stall, `seq` and the scope; the nonce is the piece's number, the
//! associated data `"SKS" 0x01` and 1 for the last piece, else 0. A step has one number in all parts.

use stall_core::sync::{ReplicaId, Scope, StallId, snapshot::Block};

use crate::{
    Reader, ReplicaKey, SealError, VerifyKey, Writer, aead, block,
    body::{UNPACKED_MAX, inflate},
    keys::{Ring, ScopeKey},
    random,
};

const MAGIC: [u8; 4] = *b"SKS\x01";
const PARTS_MAX: usize = 16;
/// A header is never longer.
pub const HEADER_MAX: usize = 2 << 10;
/// A sealed piece is never longer; writers aim at far less.
pub const PIECE_MAX: usize = 32 << 20;
/// Blocks are cut where they grow past it, in bytes of values.
pub const AIM: usize = 1 << 20;
/// It is read once by each new laptop and made beside somebody's work.
const LEVEL: i32 = 3;
const TAG: usize = 16;

/// What one scope's part is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedPart {
    pub scope: Scope,
    pub key_epoch: u32,
    /// Of its pieces.
    pub length: u64,
    /// BLAKE3 of its pieces.
    pub hash: [u8; 32],
}

/// What every part begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotHeader {
    pub stall: StallId,
    /// Who made it.
    pub replica: ReplicaId,
    /// It is what the groups up to it make.
    pub seq: i64,
    /// Of the store that made it.
    pub schema: u32,
    pub salt: [u8; 32],
    /// In ascending order of scope.
    pub parts: Vec<SealedPart>,
    pub signature: [u8; 64],
}

impl SnapshotHeader {
    /// One without parts, to seal them by.
    ///
    /// # Errors
    /// `NoRandom`.
    pub fn new(stall: StallId, replica: ReplicaId, seq: i64, schema: u32) -> Result<Self, SealError> {
        let salt = random::bytes()?;
        Ok(Self { stall, replica, seq, schema, salt, parts: Vec::new(), signature: [0; 64] })
    }

    /// The part of a scope.
    #[must_use]
    pub fn part(&self, scope: Scope) -> Option<&SealedPart> {
        self.parts.iter().find(|p| p.scope == scope)
    }

    fn signed(&self) -> Writer {
        let mut w = Writer::default();
        w.raw(&MAGIC);
        w.raw(&self.stall.0);
        w.raw(&self.replica.0);
        w.natural(self.seq);
        w.varint(u64::from(self.schema));
        w.raw(&self.salt);
        w.byte(self.parts.len() as u8);
        for p in &self.parts {
            w.byte(p.scope.number());
            w.varint(u64::from(p.key_epoch));
            w.varint(p.length);
            w.raw(&p.hash);
        }
        w
    }

    /// Signs it; its parts are all there.
    pub fn sign(&mut self, key: &ReplicaKey) {
        self.parts.sort_by_key(|p| p.scope);
        self.signature = key.sign(&self.signed().0);
    }

    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut w = self.signed();
        w.raw(&self.signature);
        w.0
    }

    /// That the replica signed it.
    ///
    /// # Errors
    /// `NotGenuine`.
    pub fn verify(&self, key: &VerifyKey) -> Result<(), SealError> {
        key.check(&self.signed().0, &self.signature)
    }

    /// Reads one from the front. Its signature is not yet checked.
    ///
    /// # Errors
    /// `Malformed`, `Newer`.
    pub fn read(r: &mut Reader<'_>) -> Result<Self, SealError> {
        let magic = r.array::<4>()?;
        if magic[..3] != MAGIC[..3] {
            return Err(SealError::Malformed);
        }
        if magic[3] != MAGIC[3] {
            return Err(SealError::Newer);
        }
        let small = |n: u64| u32::try_from(n).map_err(|_| SealError::Malformed);
        let (stall, replica) = (stall_core::sync::Hex(r.array()?), stall_core::sync::Hex(r.array()?));
        let (seq, schema, salt) = (r.natural()?, small(r.varint()?)?, r.array()?);
        let n = usize::from(r.byte()?);
        if n > PARTS_MAX {
            return Err(SealError::Malformed);
        }
        let mut parts: Vec<SealedPart> = Vec::with_capacity(n);
        for _ in 0..n {
            // A scope that is not known here is of a newer program, whose rows would not be whole here.
            let scope = Scope::of_number(r.byte()?).ok_or(SealError::Newer)?;
            if parts.last().is_some_and(|p| p.scope >= scope) {
                return Err(SealError::Malformed);
            }
            let (key_epoch, length) = (small(r.varint()?)?, r.varint()?);
            parts.push(SealedPart { scope, key_epoch, length, hash: r.array()? });
        }
        Ok(Self { stall, replica, seq, schema, salt, parts, signature: r.array()? })
    }

    fn sealer(&self, scope: Scope, key: &ScopeKey) -> Sealer {
        let derived = key.derive("stallkeeper 2026 snapshot");
        let mut hasher = blake3::Hasher::new_keyed(&derived);
        hasher.update(&self.salt).update(&self.stall.0).update(&self.seq.to_be_bytes()).update(&[scope.number()]);
        Sealer { key: zeroize::Zeroizing::new(*hasher.finalize().as_bytes()), next: 0 }
    }

    /// Seals the part of a scope under its newest key, and says under which.
    ///
    /// # Errors
    /// `NoKey`.
    pub fn writer(&self, scope: Scope, ring: &Ring) -> Result<(u32, PieceWriter), SealError> {
        let (epoch, key) = ring.newest(scope).ok_or(SealError::NoKey)?;
        Ok((epoch, PieceWriter(self.sealer(scope, key))))
    }

    /// Opens the part of a scope.
    ///
    /// # Errors
    /// `NoKey`; `Malformed` where there is no such part.
    pub fn reader(&self, scope: Scope, ring: &Ring) -> Result<PieceReader, SealError> {
        let part = self.part(scope).ok_or(SealError::Malformed)?;
        let key = ring.get(scope.number(), part.key_epoch).ok_or(SealError::NoKey)?;
        Ok(PieceReader { sealer: self.sealer(scope, key), ended: false })
    }
}

#[derive(Debug)]
struct Sealer {
    key: zeroize::Zeroizing<[u8; 32]>,
    next: u64,
}

impl Sealer {
    /// The next piece's nonce and associated data.
    fn turn(&mut self, last: bool) -> ([u8; 24], [u8; 5]) {
        let mut nonce = [0; 24];
        nonce[16..].copy_from_slice(&self.next.to_be_bytes());
        self.next += 1;
        (nonce, [MAGIC[0], MAGIC[1], MAGIC[2], MAGIC[3], u8::from(last)])
    }
}

/// Seals pieces of a part, in their order.
#[derive(Debug)]
pub struct PieceWriter(Sealer);

impl PieceWriter {
    fn seal(&mut self, plain: &[u8], last: bool) -> Result<Vec<u8>, SealError> {
        let (nonce, aad) = self.0.turn(last);
        let (_, sealed) = aead::seal_with(&self.0.key, &nonce, &aad, plain)?;
        if sealed.len() > PIECE_MAX {
            return Err(SealError::TooLong);
        }
        let mut w = Writer(Vec::with_capacity(sealed.len() + 4));
        w.raw(&(sealed.len() as u32).to_be_bytes());
        w.raw(&sealed);
        Ok(w.0)
    }

    /// The bytes of a block, which is the scope's share of step `step`.
    ///
    /// # Errors
    /// `Malformed` for an uneven block; `TooLong`.
    pub fn block(&mut self, step: u64, block: &Block) -> Result<Vec<u8>, SealError> {
        let mut plain = Writer::default();
        plain.varint(step);
        block::write(block, &mut plain)?;
        if plain.0.len() > UNPACKED_MAX {
            return Err(SealError::TooLong);
        }
        let packed = zstd::bulk::compress(&plain.0, LEVEL).map_err(|_| SealError::Malformed)?;
        self.seal(&packed, false)
    }

    /// The bytes that end the part.
    ///
    /// # Errors
    /// None that can be met.
    pub fn end(mut self) -> Result<Vec<u8>, SealError> {
        self.seal(&[], true)
    }
}

/// Opens pieces of a part, in their order.
#[derive(Debug)]
pub struct PieceReader {
    sealer: Sealer,
    ended: bool,
}

impl PieceReader {
    /// How many bytes the piece has that begins with these four.
    ///
    /// # Errors
    /// `Malformed`; `TooLong`.
    pub fn length(&self, first: [u8; 4]) -> Result<usize, SealError> {
        let n = u32::from_be_bytes(first) as usize;
        if self.ended || n < TAG {
            return Err(SealError::Malformed);
        }
        if n > PIECE_MAX { Err(SealError::TooLong) } else { Ok(n) }
    }

    /// The next piece: its step and block; `None` for the last, after which nothing comes.
    ///
    /// # Errors
    /// `NotGenuine`, `Malformed`, `TooLong`.
    pub fn open(&mut self, sealed: &[u8]) -> Result<Option<(u64, Block)>, SealError> {
        if self.ended {
            return Err(SealError::Malformed);
        }
        let last = sealed.len() == TAG;
        let (nonce, aad) = self.sealer.turn(last);
        let packed = aead::open_with(&self.sealer.key, &nonce, &aad, sealed)?;
        if last {
            self.ended = true;
            return Ok(None);
        }
        let plain = inflate(&packed, UNPACKED_MAX)?;
        let mut r = Reader::new(&plain);
        let (step, block) = (r.varint()?, block::read(&mut r)?);
        r.end()?;
        Ok(Some((step, block)))
    }
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
