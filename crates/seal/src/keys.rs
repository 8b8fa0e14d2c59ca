//! The keys of scopes, by epoch, and the keys made of them.

use std::collections::BTreeMap;

use stall_core::sync::Scope;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{SealError, random};

/// Seals one scope in one epoch.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ScopeKey(pub(crate) [u8; 32]);

impl std::fmt::Debug for ScopeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScopeKey")
    }
}

impl ScopeKey {
    /// A new one.
    ///
    /// # Errors
    /// `NoRandom`.
    pub fn make() -> Result<Self, SealError> {
        random::bytes().map(Self)
    }

    /// As it was kept.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What to keep, and to tell nobody.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        self.0
    }

    /// A key for one use, so that no two uses share one.
    pub(crate) fn derive(&self, context: &str) -> [u8; 32] {
        blake3::derive_key(context, &self.0)
    }
}

/// The keys a replica holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ring(BTreeMap<(u8, u32), ScopeKey>);

impl Ring {
    /// Adds a key.
    pub fn add(&mut self, scope: Scope, epoch: u32, key: ScopeKey) {
        self.0.insert((scope.number(), epoch), key);
    }

    /// The key of an epoch; old ones are kept, since old envelopes stay.
    #[must_use]
    pub fn get(&self, scope: u8, epoch: u32) -> Option<&ScopeKey> {
        self.0.get(&(scope, epoch))
    }

    /// The newest key of a scope, with its epoch: the one to seal with.
    #[must_use]
    pub fn newest(&self, scope: Scope) -> Option<(u32, &ScopeKey)> {
        let n = scope.number();
        self.0.range((n, 0)..=(n, u32::MAX)).next_back().map(|((_, epoch), key)| (*epoch, key))
    }

    /// Every key, for keeping and for wrapping to a new member.
    pub fn iter(&self) -> impl Iterator<Item = (Scope, u32, &ScopeKey)> {
        self.0.iter().filter_map(|((s, e), k)| Some((Scope::of_number(*s)?, *e, k)))
    }
}
