//! Invites and tokens: made here, kept by their hashes only.

use crate::{
    error::HubResult,
    hex, random,
    storage::{Hash, StallId},
};

/// Crockford's letters: none is taken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 80 bits: with the limits on guessing nobody finds one.
const LENGTH: usize = 16;

/// A new invite, in groups of four.
///
/// # Errors
/// `internal` without random bytes.
pub fn invite() -> HubResult<String> {
    let random = random::bytes::<LENGTH>()?;
    let letters: Vec<char> = random.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect();
    Ok(letters.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// What an invite is kept by, however it was typed. `None`: it cannot be one.
#[must_use]
pub fn invite_hash(typed: &str) -> Option<Hash> {
    let mut plain = String::with_capacity(LENGTH);
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        if plain.len() == LENGTH || !c.is_ascii() || !LETTERS.contains(&(c as u8)) {
            return None;
        }
        plain.push(c);
    }
    (plain.len() == LENGTH).then(|| hash("stall-hub invite", plain.as_bytes()))
}

/// What an owner's invite is kept by.
#[must_use]
pub fn of_owner(invite: &[u8; 32]) -> Hash {
    hash("stall-hub owner's invite", invite)
}

/// A new token of a laptop. It names its stall, so that it is looked for in one place only.
///
/// # Errors
/// `internal` without random bytes.
pub fn token(stall: &StallId) -> HubResult<String> {
    Ok(format!("{}{}", hex::of(stall), hex::of(&random::bytes::<24>()?)))
}

/// The stall a token names, and what it is kept by.
#[must_use]
pub fn token_hash(token: &str) -> Option<(StallId, Hash)> {
    let all: [u8; 40] = hex::array(token)?;
    let stall = all.first_chunk::<16>()?;
    Some((*stall, hash("stall-hub token", &all)))
}

/// A new token of the operator.
///
/// # Errors
/// `internal` without random bytes.
pub fn admin_token() -> HubResult<String> {
    Ok(hex::of(&random::bytes::<32>()?))
}

/// What an operator's token is kept by.
#[must_use]
pub fn admin_hash(token: &str) -> Hash {
    hash("stall-hub admin", token.as_bytes())
}

/// Secrets are random and long: a plain hash keeps them.
fn hash(of: &str, secret: &[u8]) -> Hash {
    blake3::derive_key(of, secret)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn an_invite_is_known_however_it_is_typed() {
        let code = invite().unwrap();
        assert_eq!(code.len(), 19);
        let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert!(invite_hash(&code).is_some());
        assert_eq!(invite_hash(&typed), invite_hash(&code));
        assert_eq!(
            (invite_hash(""), invite_hash("U".repeat(16).as_str()), invite_hash(&format!("{code}0"))),
            (None, None, None)
        );
    }

    #[test]
    fn a_token_names_its_stall() {
        let token = token(&[7; 16]).unwrap();
        assert_eq!(token_hash(&token).map(|(stall, _)| stall), Some([7; 16]));
        assert_eq!(token_hash(&token[1..]), None);
    }
}
