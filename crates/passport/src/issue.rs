//! From what the stall knows to a signed document.

use stall_core::{AppError, AppResult, ErrorCode};

use crate::{
    Broken,
    canon::{canonical, digest, hash, unhex},
    doc::{Code, Document, FORMAT, Hashes, OpenCode, Opening, Seal, Sections},
    key::StallKey,
    number,
};

/// The place of a version in the chain.
#[derive(Debug, Clone)]
pub struct Place {
    pub number: String,
    /// From 1.
    pub version: u32,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub issued_at: i64,
    /// BLAKE3 of the seal of the version before.
    pub previous: Option<String>,
}

/// Seals and signs.
///
/// # Errors
/// `Internal` for a number that does not fit; nothing else is expected.
pub fn issue(key: &StallKey, place: Place, sections: Sections) -> AppResult<Document> {
    if !number::fits(&place.number) {
        return Err(AppError::new(ErrorCode::Internal).detail(format!("passport number {}", place.number)));
    }
    let seal = Seal {
        format: FORMAT.to_owned(),
        number: place.number,
        version: place.version,
        issued_at: place.issued_at,
        previous: place.previous,
        key: key.public(),
        sections: hashes(&sections)?,
    };
    let signature = key.sign(&canonical(&seal)?);
    Ok(Document { format: FORMAT.to_owned(), opening: None, seal, sections, signature })
}

/// BLAKE3 of every section.
///
/// # Errors
/// None that is expected.
pub fn hashes(s: &Sections) -> Result<Hashes, Broken> {
    Ok(Hashes {
        device: digest(&s.device)?,
        grade: digest(&s.grade)?,
        flaws: digest(&s.flaws)?,
        badges: digest(&s.badges)?,
        checks: digest(&s.checks)?,
        photos: digest(&s.photos)?,
        history: digest(&s.history)?,
        terms: digest(&s.terms)?,
        stall: digest(&s.stall)?,
    })
}

/// A new salt, 32 hex digits.
///
/// # Errors
/// `Internal` when the system has no random numbers.
pub fn salt() -> AppResult<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    Ok(crate::canon::hex(&bytes))
}

/// BLAKE3(salt || code): with 15 digits of an IMEI and no salt, or an open one, it would be guessed in seconds.
#[must_use]
pub fn commitment(salt: &str, code: &str) -> String {
    let mut bytes = unhex::<16>(salt).unwrap_or_default().to_vec();
    bytes.extend_from_slice(code.as_bytes());
    hash(&bytes)
}

/// A code as the public copy shows it.
#[must_use]
pub fn closed(kind: &str, code: &str, salt: &str) -> Code {
    Code { kind: kind.to_owned(), tail: tail(code), commitment: commitment(salt, code) }
}

/// The last four characters.
#[must_use]
pub fn tail(code: &str) -> String {
    let from = code.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    code[from..].to_owned()
}

impl Document {
    /// What versions, pages and people call this version by: BLAKE3 of the canonical seal.
    ///
    /// # Errors
    /// None that is expected.
    pub fn id(&self) -> Result<String, Broken> {
        digest(&self.seal)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// None that is expected.
    pub fn bytes(&self) -> Result<Vec<u8>, Broken> {
        canonical(self)
    }

    /// The buyer's copy: the same signature, and what opens its commitments.
    #[must_use]
    pub fn opened(&self, salt: &str, codes: Vec<OpenCode>) -> Self {
        Self { opening: Some(Opening { salt: salt.to_owned(), codes }), ..self.clone() }
    }
}
