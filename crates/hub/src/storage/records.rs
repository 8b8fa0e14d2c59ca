//! The rows, as the rest of the hub sees them.

use std::{fmt, ops::Range};

use bytes::Bytes;

/// First 16 bytes of BLAKE3 of the stall's root key.
pub type StallId = [u8; 16];
/// One install of the console.
pub type ReplicaId = [u8; 16];
/// Changes when the hub was restored from an older copy.
pub type Lineage = [u8; 16];
/// A BLAKE3 hash.
pub type Hash = [u8; 32];
/// The keyed hash a photograph goes by (32 bytes), or the seq and scope of a snapshot (9).
pub type Name = Bytes;

/// What one process tells the others at its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A stall's head rose.
    Head(StallId, i64),
    /// A laptop said something of itself.
    Presence(StallId, ReplicaId, Bytes),
}

/// One more beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    pub beat: i64,
    /// This is a copy that was taken for a backup, opened for the first time.
    pub stale: bool,
}

/// A right to found a stall, kept by the hash of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    pub code: Hash,
    pub name: String,
    pub quota: i64,
    /// Good until, ms.
    pub until: i64,
}

/// A stall to be made.
#[derive(Debug, Clone)]
pub struct NewStall {
    pub stall: StallId,
    pub root: [u8; 32],
    pub recovery: [u8; 32],
    pub name: String,
    pub quota: i64,
    pub now: i64,
}

/// An owner's invite, kept by a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvite {
    pub invite: Hash,
    pub role: String,
    pub name: String,
    pub until: i64,
}

/// A laptop that shows an invite.
#[derive(Debug, Clone)]
pub struct NewJoin {
    pub stall: StallId,
    pub invite: Hash,
    pub replica: ReplicaId,
    /// The request, for the owner's laptop.
    pub bytes: Bytes,
    pub token: Hash,
    pub now: i64,
}

/// Who holds a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    pub replica: ReplicaId,
    /// `None`: joined, but no certificate yet.
    pub standing: Option<Replica>,
}

/// A stall at this hub.
#[derive(Debug, Clone)]
pub struct Stall {
    pub stall: StallId,
    pub name: String,
    pub root: [u8; 32],
    pub recovery: [u8; 32],
    pub lineage: Lineage,
    /// Greatest seq given.
    pub head: i64,
    /// Greatest eff of all groups.
    pub max_eff: i64,
    /// Bytes it may keep, and keeps.
    pub quota: i64,
    pub used: i64,
    /// Another hub orders its groups.
    pub relay: bool,
    /// When the order began that is here, ms; 0: with the stall.
    pub since: i64,
}

/// What a hub is to be for a stall.
#[derive(Debug, Clone, Copy)]
pub struct Relay {
    pub relay: bool,
    /// The head as whoever asks knows it.
    pub head: i64,
    /// Forgets the order that is here: another hub's is to come.
    pub clear: bool,
    /// When the order began that comes with it; an earlier one than is known changes nothing.
    pub since: i64,
    /// The hub that ordered is lost: the time at which this one begins an order of its own.
    pub lost: Option<i64>,
}

/// The order that a relay copies.
#[derive(Debug, Clone, Copy)]
pub struct Copied {
    pub lineage: Lineage,
    /// As [`Stall::since`].
    pub since: i64,
}

/// An envelope that waits for the hub that orders.
#[derive(Debug, Clone)]
pub struct Held {
    /// To be added to its author's clock, ms.
    pub skew: i64,
    pub bytes: Bytes,
}

/// An envelope with the place another hub gave it.
#[derive(Debug, Clone)]
pub struct Placing {
    pub seq0: i64,
    pub effs: Vec<i64>,
    pub envelope: NewEnvelope,
}

/// A certificate to append, and what it does.
#[derive(Debug, Clone)]
pub struct NewCertificate {
    pub id: Hash,
    pub bytes: Bytes,
    pub join: Option<Joiner>,
    /// Who no longer belongs.
    pub revoked: Vec<ReplicaId>,
}

/// Who belongs from now on.
#[derive(Debug, Clone)]
pub struct Joiner {
    pub replica: ReplicaId,
    /// Ed25519.
    pub signer: [u8; 32],
    pub role: String,
}

/// A member's standing, and how far its envelopes came.
#[derive(Debug, Clone)]
pub struct Replica {
    pub replica: ReplicaId,
    /// Ed25519.
    pub signer: [u8; 32],
    pub role: String,
    pub revoked: bool,
    /// The rseq expected next, from 1.
    pub next_rseq: i64,
    /// Id of its last envelope; zeros before the first.
    pub last_id: Hash,
    pub last_eff: i64,
}

/// An envelope to keep: parsed, its signature and the hashes of its parts checked.
#[derive(Clone)]
pub struct NewEnvelope {
    pub id: Hash,
    pub replica: ReplicaId,
    pub first_rseq: i64,
    pub prev: Hash,
    pub groups: Vec<NewGroup>,
    pub header: Bytes,
    pub parts: Vec<NewPart>,
    /// Added to the author's clock, ms.
    pub offset: i64,
}

/// One local transaction of a laptop, as its envelope's header has it.
#[derive(Debug, Clone, Copy)]
pub struct NewGroup {
    pub base_seq: i64,
    pub hlc: i64,
}

/// What of an envelope one scope's key opens.
#[derive(Clone)]
pub struct NewPart {
    pub scope: u8,
    pub bytes: Bytes,
}

impl fmt::Debug for NewEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEnvelope").field("first_rseq", &self.first_rseq).field("n", &self.groups.len()).finish()
    }
}

impl fmt::Debug for NewPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPart").field("scope", &self.scope).field("size", &self.bytes.len()).finish()
    }
}

/// What a push came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Greatest seq of the stall.
    pub head: i64,
    /// Groups that were new.
    pub new: u64,
    /// The rseq expected next of each author.
    pub next: Vec<(ReplicaId, i64)>,
}

/// What a laptop wants to pull.
#[derive(Debug, Clone)]
pub struct Pull {
    pub stall: StallId,
    pub after: i64,
    /// Bit n: it wants scope n.
    pub scopes: i64,
    /// Its own envelopes come without parts.
    pub own: ReplicaId,
    pub budget: usize,
}

/// A page of envelopes in seq order.
#[derive(Debug, Clone)]
pub struct Page {
    pub head: i64,
    pub envelopes: Vec<Kept>,
}

/// An envelope as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Seq of its last group.
    pub last: i64,
    pub replica: ReplicaId,
    pub id: Hash,
    pub header: Bytes,
    pub effs: Vec<i64>,
    /// Greatest eff of all groups before it.
    pub max_before: i64,
    /// Index among the header's parts, and bytes.
    pub parts: Vec<(u8, Bytes)>,
}

impl Kept {
    /// Seq of its first group.
    #[must_use]
    pub fn seq0(&self) -> i64 {
        self.last + 1 - i64::try_from(self.effs.len()).unwrap_or(0)
    }
}

/// What lies in the object store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A photograph or its small copy.
    Blob = 0,
    Snapshot = 1,
}

/// An object and its pieces.
#[derive(Debug, Clone)]
pub struct Object {
    pub name: Name,
    pub size: i64,
    pub hash: Hash,
    /// Of the key it is sealed under; snapshots only.
    pub epoch: i64,
    /// Bytes from its start which are here.
    pub received: i64,
    pub whole: bool,
    /// When it was last written to.
    pub at: i64,
    /// In order, without gaps.
    pub pieces: Vec<Piece>,
}

/// A piece of an object.
#[derive(Debug, Clone)]
pub struct Piece {
    pub bytes: Range<i64>,
    pub hash: Hash,
    pub path: String,
}

/// A piece that lies in the object store and is to be counted.
#[derive(Debug, Clone)]
pub struct NewPiece {
    pub kind: Kind,
    pub name: Name,
    /// Of the whole object.
    pub size: i64,
    pub hash: Hash,
    pub epoch: i64,
    pub piece: Piece,
    pub now: i64,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It counts; `received` bytes are here now.
    Counted { received: i64 },
    /// The next piece starts elsewhere: somebody was faster, or one is missing.
    Elsewhere { received: i64 },
    /// It is here whole.
    Whole,
}

/// An online reservation.
#[derive(Debug, Clone)]
pub struct Claim {
    pub what: Hash,
    pub replica: ReplicaId,
    pub until: i64,
}
