//! The recovery phrase: 24 words that are the stall. On paper, it restores a stall whose every laptop burnt.

use bip39::{Language, Mnemonic};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{ReplicaKey, SealError, random, wrap::WrapKey};

/// The 32 bytes behind the words.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Phrase([u8; 32]);

/// The list the words are of. The same phrase in two languages is not the same words, but the same stall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    English,
    /// One character a word.
    Chinese,
}

impl std::fmt::Debug for Phrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phrase")
    }
}

impl Phrase {
    /// A new one.
    ///
    /// # Errors
    /// `NoRandom`.
    pub fn make() -> Result<Self, SealError> {
        random::bytes().map(Self)
    }

    /// From the bytes behind the words.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 24 words of either list: any case, any space between them, characters also without.
    ///
    /// # Errors
    /// `NotGenuine` when a word is not of the list or the words do not check.
    pub fn read(text: &str) -> Result<Self, SealError> {
        let spaced: String =
            if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().flat_map(|c| [c, ' ']).collect() };
        let language = if text.is_ascii() { Language::English } else { Language::SimplifiedChinese };
        let words = zeroize::Zeroizing::new(spaced.split_whitespace().collect::<Vec<_>>().join(" "));
        let mnemonic = Mnemonic::parse_in_normalized(language, &words).map_err(|_| SealError::NotGenuine)?;
        let (entropy, n) = mnemonic.to_entropy_array();
        let bytes = entropy.first_chunk::<32>().filter(|_| n == 32).ok_or(SealError::NotGenuine)?;
        Ok(Self(*bytes))
    }

    /// The words to print.
    ///
    /// # Errors
    /// None with 32 bytes.
    pub fn words(&self, of: Words) -> Result<Vec<&'static str>, SealError> {
        let language = match of {
            Words::English => Language::English,
            Words::Chinese => Language::SimplifiedChinese,
        };
        let mnemonic = Mnemonic::from_entropy_in(language, &self.0).map_err(|_| SealError::Malformed)?;
        Ok(mnemonic.words().collect())
    }

    /// The stall's root key: signs the first certificate, and others when every owner's laptop is lost.
    #[must_use]
    pub fn root(&self) -> ReplicaKey {
        ReplicaKey::from_bytes(&blake3::derive_key("stallkeeper 2026 root ed25519", &self.0))
    }

    /// The key every scope key is wrapped to besides.
    #[must_use]
    pub fn recovery(&self) -> WrapKey {
        WrapKey::from_bytes(blake3::derive_key("stallkeeper 2026 recovery x25519", &self.0))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn bip_39_s_own_example_has_its_words() {
        let words = Phrase([0x7f; 32]).words(Words::English).unwrap().join(" ");
        assert!(words.starts_with("legal winner thank year wave sausage worth useful legal winner thank year wave"));
        assert!(words.ends_with("useful legal winner thank year wave sausage worth title"));
    }

    #[test]
    fn a_phrase_comes_back_from_either_list_however_it_is_typed() {
        let phrase = Phrase::make().unwrap();
        let english = phrase.words(Words::English).unwrap();
        assert_eq!(english.len(), 24);
        let typed = format!("  {}\n", english.join("\t ").to_uppercase());
        assert_eq!(Phrase::read(&typed).unwrap(), phrase);
        let chinese = phrase.words(Words::Chinese).unwrap();
        assert_eq!(Phrase::read(&chinese.concat()).unwrap(), phrase);
        assert_eq!(Phrase::read(&chinese.join("　")).unwrap(), phrase);
    }

    #[test]
    fn a_wrong_or_missing_word_is_noticed() {
        let phrase = Phrase([7; 32]);
        let mut words = phrase.words(Words::English).unwrap();
        assert!(Phrase::read(&words[..23].join(" ")).is_err());
        // Twelve words that check are no phrase of ours.
        assert!(Phrase::read(&format!("{}about", "abandon ".repeat(11))).is_err());
        words[3] = "stallkeeper";
        assert!(Phrase::read(&words.join(" ")).is_err());
        assert!(Phrase::read("").is_err());
    }
}
