//! The code on the owner's screen by which a laptop joins. The hub learns a hash of it; what proves the new laptop's keys to
//! the owner is another, so a hub cannot put its own keys in their place.

use stall_core::sync::{Hex, ReplicaId, StallId, wire_trust::Join};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{SealError, random};

/// Crockford's: no I, L, O, U, so that it can be read out and typed.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BYTES: usize = 10;

/// 80 random bits, 16 letters and digits.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct InviteCode([u8; BYTES]);

impl std::fmt::Debug for InviteCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InviteCode")
    }
}

/// The keys a laptop joins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinKeys {
    pub replica: ReplicaId,
    pub ed25519: [u8; 32],
    pub x25519: [u8; 32],
}

impl InviteCode {
    /// A new one.
    ///
    /// # Errors
    /// `NoRandom`.
    pub fn make() -> Result<Self, SealError> {
        random::bytes().map(Self)
    }

    /// As it is shown: `7K3M-…`, four times four.
    #[must_use]
    pub fn text(&self) -> String {
        let bits = self.0.iter().fold(0u128, |n, b| n << 8 | u128::from(*b));
        let mut out = String::new();
        for i in (0..16).rev() {
            let digit = (bits >> (5 * i) & 31) as usize;
            out.push(DIGITS.get(digit).map_or('0', |d| char::from(*d)));
            if i % 4 == 0 && i > 0 {
                out.push('-');
            }
        }
        out
    }

    /// As it is typed: any case, any dashes and spaces, I and L for 1, O for 0.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn read(text: &str) -> Result<Self, SealError> {
        let (mut bits, mut n) = (0u128, 0);
        for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let c = match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                c => c,
            };
            let digit = DIGITS.iter().position(|d| char::from(*d) == c).ok_or(SealError::Malformed)?;
            if n == 16 {
                return Err(SealError::Malformed);
            }
            bits = bits << 5 | digit as u128;
            n += 1;
        }
        if n != 16 {
            return Err(SealError::Malformed);
        }
        bits.to_be_bytes().last_chunk().copied().map(Self).ok_or(SealError::Malformed)
    }

    /// What the hub knows it by.
    #[must_use]
    pub fn at_hub(&self) -> Hex<32> {
        Hex(blake3::derive_key("stallkeeper 2026 invite at hub", &self.0))
    }

    /// Proves that who read the code has these keys.
    #[must_use]
    pub fn proof(&self, stall: StallId, keys: &JoinKeys) -> Hex<32> {
        let key = blake3::derive_key("stallkeeper 2026 invite proof", &self.0);
        let mut h = blake3::Hasher::new_keyed(&key);
        h.update(&stall.0).update(&keys.replica.0).update(&keys.ed25519).update(&keys.x25519);
        Hex(*h.finalize().as_bytes())
    }

    /// Checks what the hub says somebody wants to join with. In constant time.
    ///
    /// # Errors
    /// `NotGenuine`.
    pub fn check(&self, stall: StallId, join: &Join) -> Result<(), SealError> {
        let keys = JoinKeys { replica: join.replica, ed25519: join.ed25519.0, x25519: join.x25519.0 };
        let same = blake3::Hash::from_bytes(self.proof(stall, &keys).0) == blake3::Hash::from_bytes(join.proof.0);
        if same && join.invite == self.at_hub() { Ok(()) } else { Err(SealError::NotGenuine) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = InviteCode::make().unwrap();
        let text = code.text();
        assert_eq!(text.len(), 19);
        assert_eq!(InviteCode::read(&text).unwrap(), code);
        let typed = format!(" {} ", text.to_lowercase().replace('-', " ").replace('1', "l").replace('0', "o"));
        assert_eq!(InviteCode::read(&typed).unwrap(), code);
        for bad in ["", "7K3M", "UUUU-UUUU-UUUU-UUUU", &format!("{text}0")] {
            assert_eq!(InviteCode::read(bad), Err(SealError::Malformed));
        }
    }

    #[test]
    fn a_hub_cannot_put_its_own_keys_in_the_new_laptop_s_place() {
        let code = InviteCode::make().unwrap();
        let stall = Hex([1; 16]);
        let keys = JoinKeys { replica: Hex([2; 16]), ed25519: [3; 32], x25519: [4; 32] };
        let join = Join {
            invite: code.at_hub(),
            replica: keys.replica,
            ed25519: Hex(keys.ed25519),
            x25519: Hex(keys.x25519),
            name: "laptop".into(),
            proof: code.proof(stall, &keys),
        };
        assert_eq!(code.check(stall, &join), Ok(()));
        assert!(code.check(stall, &Join { x25519: Hex([5; 32]), ..join.clone() }).is_err());
        assert!(code.check(Hex([9; 16]), &join).is_err());
        assert_ne!(join.invite, join.proof);
    }
}
