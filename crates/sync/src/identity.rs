//! Who this laptop is at its stall. Secret: it belongs into the keychain, never into the database or a backup meant for
//! others.

use serde::{Deserialize, Serialize};
use stall_core::{
    Role,
    sync::{Hex, ReplicaId, StallId},
};
use stall_seal::{ReplicaKey, WrapKey};

/// A laptop's place at a stall and what proves it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Where the hub is: `https://hub.example:4900`.
    pub hub: String,
    pub stall: StallId,
    /// The stall's root public key: certificates end in it.
    pub root: Hex<32>,
    /// Keys are wrapped to it too, for the day every laptop burns.
    pub recovery: Hex<32>,
    pub replica: ReplicaId,
    pub name: String,
    pub role: Role,
    /// Bearer of the hub.
    pub token: String,
    /// Where the stall has a second hub, which relays what cannot reach the first.
    #[serde(default)]
    pub second: Option<Second>,
    /// The code it joined by, until the owner's side of it was seen.
    #[serde(default)]
    pub(crate) unproved: Option<String>,
    sign: Hex<32>,
    wrap: Hex<32>,
}

/// The stall's second hub.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// As [`Identity::hub`].
    pub hub: String,
    /// Bearer; empty before this laptop proved its key there.
    pub token: String,
}

impl std::fmt::Debug for Second {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Second({})", self.hub)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({} at {})", self.replica, self.hub)
    }
}

/// The secret halves of a new laptop.
#[derive(Debug)]
pub(crate) struct Secrets {
    pub sign: ReplicaKey,
    pub wrap: WrapKey,
}

impl Secrets {
    pub fn make() -> Result<Self, stall_seal::SealError> {
        Ok(Self { sign: ReplicaKey::from_bytes(&stall_seal::random::bytes()?), wrap: WrapKey::make()? })
    }
}

/// What of an identity is told.
#[derive(Debug, Clone)]
pub(crate) struct Public {
    pub hub: String,
    pub stall: StallId,
    pub root: Hex<32>,
    pub recovery: Hex<32>,
    pub replica: ReplicaId,
    pub name: String,
    pub role: Role,
}

impl Identity {
    pub(crate) fn new(of: Public, token: String, secrets: &Secrets) -> Self {
        Self {
            hub: of.hub,
            stall: of.stall,
            root: of.root,
            recovery: of.recovery,
            replica: of.replica,
            name: of.name,
            role: of.role,
            token,
            second: None,
            unproved: None,
            sign: Hex(secrets.sign.secret()),
            wrap: Hex(secrets.wrap.secret()),
        }
    }

    /// It has asked to join and was not let in, as far as it knows.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.unproved.is_some()
    }

    /// Signs this laptop's envelopes.
    #[must_use]
    pub fn sign(&self) -> ReplicaKey {
        ReplicaKey::from_bytes(&self.sign.0)
    }

    /// Opens the keys that are wrapped to it.
    #[must_use]
    pub fn wrap(&self) -> WrapKey {
        WrapKey::from_bytes(self.wrap.0)
    }
}
