//! Scope keys on their way to a member: HPKE (RFC 9180, base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305), signed by who
//! wraps, since anybody can seal to a public key.

use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256 as Kem,
};
use stall_core::{
    Ms,
    sync::{
        Hex, HexBytes, Scope, StallId,
        wire_trust::{Signer, Wrap, WrapTo},
    },
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{ReplicaKey, SealError, VerifyKey, Writer, keys::ScopeKey, random};

const INFO: &[u8] = b"stallkeeper 2026 scope key";
const ENCAPPED: usize = 32;

/// A replica's or the phrase's key for receiving.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct WrapKey([u8; 32]);

impl std::fmt::Debug for WrapKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrapKey")
    }
}

impl WrapKey {
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

    /// The public half, as a certificate has it.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        Kem::derive_keypair(&self.0).1.to_bytes().into()
    }

    /// Opens what was sealed to it.
    fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let bad = |_| SealError::NotGenuine;
        let (encapped, text) = sealed.split_at_checked(ENCAPPED).ok_or(SealError::NotGenuine)?;
        let encapped = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapped).map_err(bad)?;
        let private = Kem::derive_keypair(&self.0).0;
        let mode = OpModeR::Base;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(&mode, &private, &encapped, INFO, text, aad)
            .map_err(bad)
    }
}

/// The recipient's public key of a wrap, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Holder {
    pub to: WrapTo,
    pub x25519: [u8; 32],
}

fn aad(w: &Wrap) -> Vec<u8> {
    let mut out = Writer(b"SKW\x01".to_vec());
    out.raw(&w.stall.0);
    out.byte(w.scope.number());
    out.varint(u64::from(w.key_epoch));
    match w.to {
        WrapTo::Replica(id) => {
            out.byte(0);
            out.raw(&id.0);
        }
        WrapTo::Recovery => out.byte(1),
    }
    signer(&mut out, w.by);
    out.signed(w.at.0);
    out.0
}

pub(crate) fn signer(out: &mut Writer, by: Signer) {
    match by {
        Signer::Root => out.byte(0),
        Signer::Replica(id) => {
            out.byte(1);
            out.raw(&id.0);
        }
    }
}

fn signed(w: &Wrap) -> Vec<u8> {
    let mut out = Writer(aad(w));
    out.sized(&w.sealed.0);
    out.0
}

/// Which key, of which stall.
#[derive(Debug, Clone, Copy)]
pub struct Which {
    pub stall: StallId,
    pub scope: Scope,
    pub key_epoch: u32,
}

/// Wraps a scope's key to a holder.
///
/// # Errors
/// `NotGenuine` for a public key that is none; `NoRandom`.
pub fn wrap(
    which: Which,
    key: &ScopeKey,
    holder: Holder,
    by: (Signer, &ReplicaKey),
    at: Ms,
) -> Result<Wrap, SealError> {
    let mut w = Wrap {
        stall: which.stall,
        scope: which.scope,
        key_epoch: which.key_epoch,
        to: holder.to,
        by: by.0,
        at,
        sealed: HexBytes::default(),
        signature: Hex([0; 64]),
    };
    let bad = |_| SealError::NotGenuine;
    let public = <Kem as hpke::Kem>::PublicKey::from_bytes(&holder.x25519).map_err(bad)?;
    let (encapped, text) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Kem, _>(
        &OpModeS::Base,
        &public,
        INFO,
        &key.0,
        &aad(&w),
        &mut random::Stream::new()?,
    )
    .map_err(bad)?;
    w.sealed = HexBytes([&encapped.to_bytes()[..], &text].concat());
    w.signature = Hex(by.1.sign(&signed(&w)));
    Ok(w)
}

/// Checks who wrapped (an owner's or the root's key, the caller knows) and opens.
///
/// # Errors
/// `NotGenuine`.
pub fn unwrap(w: &Wrap, by: &VerifyKey, mine: &WrapKey) -> Result<ScopeKey, SealError> {
    by.check(&signed(w), &w.signature.0)?;
    let mut plain = mine.open(&aad(w), &w.sealed.0)?;
    let key = plain.as_slice().try_into().map(ScopeKey).map_err(|_| SealError::NotGenuine);
    plain.zeroize();
    key
}

/// That `by` made it. Whether the key inside is one, only its holder learns.
///
/// # Errors
/// `NotGenuine`.
pub fn check(w: &Wrap, by: &VerifyKey) -> Result<(), SealError> {
    by.check(&signed(w), &w.signature.0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_key_reaches_its_holder_and_nobody_else_and_not_as_another_key() {
        let (mine, other) = (WrapKey::make().unwrap(), WrapKey::make().unwrap());
        let owner = ReplicaKey::from_bytes(&[3; 32]);
        let check = VerifyKey::from_bytes(&owner.public()).unwrap();
        let key = ScopeKey::make().unwrap();
        let which = Which { stall: Hex([1; 16]), scope: Scope::Money, key_epoch: 2 };
        let holder = Holder { to: WrapTo::Recovery, x25519: mine.public() };
        let w = wrap(which, &key, holder, (Signer::Replica(Hex([9; 16])), &owner), Ms(5)).unwrap();
        assert_eq!(unwrap(&w, &check, &mine).unwrap(), key);
        assert_eq!(unwrap(&w, &check, &other), Err(SealError::NotGenuine));
        let forger = VerifyKey::from_bytes(&ReplicaKey::from_bytes(&[4; 32]).public()).unwrap();
        assert_eq!(unwrap(&w, &forger, &mine), Err(SealError::NotGenuine));
        // Signed anew by the same owner, it still does not open as the key of another epoch.
        let mut moved = Wrap { key_epoch: 3, ..w };
        moved.signature = Hex(owner.sign(&signed(&moved)));
        assert_eq!(unwrap(&moved, &check, &mine), Err(SealError::NotGenuine));
    }
}
