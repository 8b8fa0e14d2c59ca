//! The stall's key. Where it is kept is the program's affair.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use stall_core::{AppError, ErrorCode};

use crate::canon::{hash, hex, spaced, unhex};

/// Signs passports.
pub struct StallKey(SigningKey);

impl std::fmt::Debug for StallKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StallKey({})", fingerprint(&self.public()))
    }
}

impl StallKey {
    /// From 32 random bytes, or the bytes it was kept as.
    #[must_use]
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// A new key from the system's random numbers.
    ///
    /// # Errors
    /// `Internal` when the system has none.
    pub fn make() -> Result<Self, AppError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        Ok(Self::from_bytes(&secret))
    }

    /// What to keep, and to tell nobody.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half, 64 hex digits.
    #[must_use]
    pub fn public(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    /// Signs; 128 hex digits.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        hex(&self.0.sign(message).to_bytes())
    }
}

/// What people compare: the first 8 bytes of BLAKE3 over the public key's 32 bytes, in groups.
#[must_use]
pub fn fingerprint(public: &str) -> String {
    let bytes = unhex::<32>(public).unwrap_or_default();
    spaced(&hash(&bytes)[..16])
}

/// Whether a signature fits: strictly, so that there is one signature only and no weak key.
#[must_use]
pub fn signed(public: &str, message: &[u8], signature: &str) -> bool {
    let (Some(public), Some(signature)) = (unhex::<32>(public), unhex::<64>(signature)) else { return false };
    let Ok(key) = VerifyingKey::from_bytes(&public) else { return false };
    key.verify_strict(message, &Signature::from_bytes(&signature)).is_ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn rfc_8032_test_1_signs_as_printed_there() {
        let secret = unhex::<32>("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        let key = StallKey::from_bytes(&secret);
        assert_eq!(key.public(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let signature = key.sign(b"");
        assert!(signature.starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"));
        assert!(signed(&key.public(), b"", &signature));
        assert!(!signed(&key.public(), b" ", &signature));
    }

    #[test]
    fn the_secret_is_not_printed() {
        let key = StallKey::make().unwrap();
        assert!(!format!("{key:?}").contains(&hex(&key.secret())[..16]));
    }
}
