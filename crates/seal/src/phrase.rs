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

/// Why words are no phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsFault {
    #[error("{0} words, not 24")]
    Count(usize),
    /// Counted from 1; the first of them.
    #[error("word {0} is of no list")]
    Unknown(usize),
    /// All of them are of the list: one is another, or two have changed places.
    #[error("the words do not check")]
    Check,
}

/// Words in a phrase.
const WORDS: usize = 24;

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

    /// Reads 24 words of either list: any case, anything that is no letter between them (spaces, commas, the numbers of the
    /// list), characters also without.
    ///
    /// # Errors
    /// Why they are none; a word of the other list is of no list.
    pub fn read(text: &str) -> Result<Self, WordsFault> {
        let letter = |c: char| c.is_alphabetic() && !c.is_ascii();
        let chinese = text.contains(letter);
        let spaced = zeroize::Zeroizing::new(text.chars().fold(String::new(), |mut out, c| {
            if c.is_ascii_alphabetic() {
                out.push(c.to_ascii_lowercase());
            } else {
                let other = letter(c).then_some(c);
                out.extend([' '].into_iter().chain(other).chain([' ']));
            }
            out
        }));
        let words = zeroize::Zeroizing::new(spaced.split_whitespace().collect::<Vec<_>>().join(" "));
        let count = words.split_whitespace().count();
        if count != WORDS {
            return Err(WordsFault::Count(count));
        }
        let language = if chinese { Language::SimplifiedChinese } else { Language::English };
        let mnemonic = Mnemonic::parse_in_normalized(language, &words).map_err(|e| match e {
            bip39::Error::UnknownWord(n) => WordsFault::Unknown(n + 1),
            _ => WordsFault::Check,
        })?;
        let (entropy, n) = mnemonic.to_entropy_array();
        let bytes = entropy.first_chunk::<32>().filter(|_| n == 32).ok_or(WordsFault::Check)?;
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
        // As they stand on a paper.
        for words in [&english, &chinese] {
            let listed: String = words.iter().enumerate().map(|(n, w)| format!("{}. {w}，\n", n + 1)).collect();
            assert_eq!(Phrase::read(&listed).unwrap(), phrase);
        }
    }

    #[test]
    fn a_wrong_or_missing_word_is_noticed() {
        let phrase = Phrase([7; 32]);
        let mut words = phrase.words(Words::English).unwrap();
        assert_eq!(Phrase::read(&words[..23].join(" ")), Err(WordsFault::Count(23)));
        // Twelve words that check are no phrase of ours.
        assert_eq!(Phrase::read(&format!("{}about", "abandon ".repeat(11))), Err(WordsFault::Count(12)));
        words.swap(0, 1);
        assert_eq!(Phrase::read(&words.join(" ")), Err(WordsFault::Check));
        words[3] = "stallkeeper";
        assert_eq!(Phrase::read(&words.join(" ")), Err(WordsFault::Unknown(4)));
        assert_eq!(Phrase::read(""), Err(WordsFault::Count(0)));
    }

    #[test]
    fn words_of_both_lists_are_no_phrase() {
        let phrase = Phrase([7; 32]);
        let mut words = phrase.words(Words::Chinese).unwrap();
        words[2] = phrase.words(Words::English).unwrap()[2];
        assert_eq!(Phrase::read(&words.concat()), Err(WordsFault::Unknown(3)));
    }
}
