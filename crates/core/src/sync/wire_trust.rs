//! Who is who, as it stands at the hub: certificates, wrapped keys, invitations. The hub stores them and cannot make them.

use serde::{Deserialize, Serialize};

use super::{Hex, HexBytes, ReplicaId, Scope, StallId};
use crate::{Ms, Role};

/// What a certificate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertKind {
    Join,
    Revoke,
}

/// Who signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// The stall's root key, out of the recovery phrase.
    Root,
    /// An owner's laptop.
    Replica(ReplicaId),
}

/// That a replica belongs to the stall, or no longer does. `stall-seal` signs and checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub stall: StallId,
    pub kind: CertKind,
    pub replica: ReplicaId,
    pub name: String,
    pub role: Role,
    /// Checks its envelopes.
    pub ed25519: Hex<32>,
    /// Keys are wrapped to it.
    pub x25519: Hex<32>,
    pub at: Ms,
    pub by: Signer,
    pub signature: Hex<64>,
}

/// To whom a key is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrapTo {
    Replica(ReplicaId),
    /// The key of the recovery phrase.
    Recovery,
}

/// A scope's key of one epoch, sealed to one holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrap {
    pub stall: StallId,
    pub scope: Scope,
    pub key_epoch: u32,
    pub to: WrapTo,
    pub by: Signer,
    pub at: Ms,
    /// HPKE: encapsulated key, then ciphertext.
    pub sealed: HexBytes,
    pub signature: Hex<64>,
}

/// `POST /v1/stalls` (admin token).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeStall {
    pub stall: StallId,
    /// `stall` is made of it.
    pub root: Hex<32>,
    /// X25519: keys are wrapped to it for a stall whose every laptop burnt.
    pub recovery: Hex<32>,
    /// Of the first laptop, an owner's, signed by the root.
    pub certificate: Certificate,
    pub wraps: Vec<Wrap>,
    /// Of laptops that belong already, where the stall comes to one more hub: with the first or not at all, so that who brings it
    /// can prove itself should the answer be lost. An older hub passes them over: they are told it after, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<Certificate>,
}

/// Its answer, and that of a join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Bearer of every later request; the hub keeps its hash.
    pub token: String,
    pub stall: StallId,
    pub root: Hex<32>,
    pub recovery: Hex<32>,
}

/// `POST /v1/invites` by an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// What the hub may know of the invitation's secret.
    pub invite: Hex<32>,
    pub role: Role,
    pub name: String,
    /// How long it is good, by the hub's clock: the owner's may be wrong. A laptop of before says until when, by its own.
    #[serde(default = "half_an_hour")]
    pub hold_ms: u32,
}

const fn half_an_hour() -> u32 {
    30 * 60_000
}

/// `POST /v1/join` by a laptop that read the code. It may pull nothing until an owner's laptop has signed its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    pub invite: Hex<32>,
    pub replica: ReplicaId,
    pub ed25519: Hex<32>,
    pub x25519: Hex<32>,
    pub name: String,
    /// Made of the invitation's secret and the keys: the owner's laptop checks it, so that a hub cannot put in its own keys.
    pub proof: Hex<32>,
}

/// `GET /v1/joins`: who waits for an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub join: Join,
    pub at: Ms,
}
