//! Bytes that travel in JSON as lower-case hex digits.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// `N` bytes, written as `2 N` lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// Names a stall: the first 16 bytes of BLAKE3 of its root public key.
pub type StallId = Hex<16>;
/// Names one install of the program at a stall: random, and new after a backup was restored.
pub type ReplicaId = Hex<16>;

/// Any number of bytes, written as hex digits.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct HexBytes(pub Vec<u8>);

/// The text is not the hex digits of so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not lower-case hex digits of the right length")]
pub struct BadHex;

impl<const N: usize> Default for Hex<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl From<crate::Id> for ReplicaId {
    fn from(id: crate::Id) -> Self {
        Self(id.0.into_bytes())
    }
}

impl From<ReplicaId> for crate::Id {
    fn from(id: ReplicaId) -> Self {
        Self(uuid::Uuid::from_bytes(id.0))
    }
}

fn write(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|b| write!(f, "{b:02x}"))
}

fn digit(c: u8) -> Result<u8, BadHex> {
    match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        _ => Err(BadHex),
    }
}

fn read(s: &str) -> Result<Vec<u8>, BadHex> {
    let (pairs, rest) = s.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(BadHex);
    }
    pairs.iter().map(|[a, b]| Ok(digit(*a)? << 4 | digit(*b)?)).collect()
}

impl<const N: usize> FromStr for Hex<N> {
    type Err = BadHex;
    fn from_str(s: &str) -> Result<Self, BadHex> {
        read(s)?.try_into().map(Self).map_err(|_| BadHex)
    }
}

impl FromStr for HexBytes {
    type Err = BadHex;
    fn from_str(s: &str) -> Result<Self, BadHex> {
        read(s).map(Self)
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.0)
    }
}

impl fmt::Display for HexBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.0)
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.0)
    }
}

impl fmt::Debug for HexBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.0)
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl Serialize for HexBytes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for HexBytes {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_out_and_comes_back_and_nothing_else_is_read() {
        let id = Hex([0x0a, 0xff]);
        assert_eq!(id.to_string(), "0aff");
        assert_eq!("0aff".parse(), Ok(id));
        for bad in ["0AFF", "0af", "0aff00", "", "0ag0", "好好"] {
            assert_eq!(bad.parse::<Hex<2>>(), Err(BadHex), "{bad}");
        }
        assert_eq!("".parse::<HexBytes>().map(|b| b.0), Ok(vec![]));
    }
}
