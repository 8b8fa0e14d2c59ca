//! Photographs and files on the hub: named by a keyed hash, so that it cannot test for known files, and sealed by pieces of
//! 1 MiB, so that a broken line costs one.
//!
//! ```text
//! "SKB" 0x01 | 16 bytes of a keyed hash of the content | pieces: 1 MiB sealed with 16 bytes of tag each, the last shorter
//! ```
//! The same content is sealed to the same bytes on every laptop: one goes on where another stopped. The key is of the blob's
//! own name and the nonce of its content, so no nonce meets again with other bytes.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{SealError, aead, keys::ScopeKey};

/// Bytes of content in a piece.
pub const PIECE: usize = 1 << 20;
const TAG: usize = 16;
const SEALED_PIECE: u64 = (PIECE + TAG) as u64;
const MAGIC: [u8; 4] = *b"SKB\x01";
/// Bytes before the first piece.
pub const HEAD: usize = 20;

/// Names and seals the stall's blobs. Made of a scope's first key, which stays in the ring of everybody who may read the
/// scope: for photographs that of goods, which every member holds.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct BlobKey {
    names: [u8; 32],
    seals: [u8; 32],
}

impl std::fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlobKey")
    }
}

impl BlobKey {
    /// Of the first key of the scope whose rows name the blobs.
    #[must_use]
    pub fn of(first: &ScopeKey) -> Self {
        Self { names: first.derive("stallkeeper 2026 blob names"), seals: first.derive("stallkeeper 2026 blob seals") }
    }

    /// The blob's name on the hub. `what` is "" for a file itself and names a copy made of it (a thumbnail); `hash` is BLAKE3 of
    /// the file itself, by which the rows know it.
    #[must_use]
    pub fn name(&self, what: &str, hash: &[u8; 32]) -> [u8; 32] {
        Self::keyed(&self.names, what, hash)
    }

    /// Keyed hash of a row id, for a claim at the hub.
    #[must_use]
    pub fn subject(&self, row: &str) -> [u8; 32] {
        Self::keyed(&self.names, row, &[0; 32])
    }

    fn keyed(key: &[u8; 32], what: &str, hash: &[u8; 32]) -> [u8; 32] {
        *blake3::Hasher::new_keyed(key).update(hash).update(what.as_bytes()).finalize().as_bytes()
    }

    /// The key of one blob.
    #[must_use]
    pub fn blob(&self, what: &str, hash: &[u8; 32]) -> Blob {
        Blob { key: Self::keyed(&self.seals, what, hash) }
    }
}

/// Seals and opens one blob.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Blob {
    key: [u8; 32],
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blob")
    }
}

/// The head of a sealed blob.
pub type Head = [u8; HEAD];

/// How many pieces a content has; an empty one has one.
#[must_use]
pub fn pieces(length: u64) -> u64 {
    length.div_ceil(PIECE as u64).max(1)
}

/// Bytes of a blob when sealed.
#[must_use]
pub fn sealed_length(length: u64) -> u64 {
    HEAD as u64 + length + pieces(length) * TAG as u64
}

/// Bytes of a content of which the sealed blob has so many.
///
/// # Errors
/// `Malformed` where no content has.
pub fn length_of(sealed: u64) -> Result<u64, SealError> {
    let rest = sealed.checked_sub(HEAD as u64).ok_or(SealError::Malformed)?;
    let length = rest.checked_sub(rest.div_ceil(SEALED_PIECE) * TAG as u64).ok_or(SealError::Malformed)?;
    if sealed_length(length) == sealed { Ok(length) } else { Err(SealError::Malformed) }
}

/// Where the hub goes on that has `offset` bytes: the piece to seal and how many of its sealed bytes the hub has. None while
/// it has not the whole head: then begin anew.
#[must_use]
pub fn resume(offset: u64) -> Option<(u64, usize)> {
    let rest = offset.checked_sub(HEAD as u64)?;
    Some((rest / SEALED_PIECE, (rest % SEALED_PIECE) as usize))
}

impl Blob {
    /// The head, of BLAKE3 of the very bytes to be sealed.
    #[must_use]
    pub fn head(&self, content: &[u8; 32]) -> Head {
        let hash = blake3::keyed_hash(&self.key, content);
        let mut head = [0; HEAD];
        head.iter_mut().zip(MAGIC.iter().chain(hash.as_bytes())).for_each(|(to, from)| *to = *from);
        head
    }

    fn nonce(head: &Head, piece: u64) -> [u8; 24] {
        let mut nonce = [0; 24];
        nonce.iter_mut().zip(head.iter().skip(4).chain(&piece.to_be_bytes())).for_each(|(to, from)| *to = *from);
        nonce
    }

    fn aad(length: u64, piece: u64) -> Result<[u8; 5], SealError> {
        let last = pieces(length) - 1;
        if piece > last {
            return Err(SealError::Malformed);
        }
        Ok([MAGIC[0], MAGIC[1], MAGIC[2], MAGIC[3], u8::from(piece == last)])
    }

    fn size(length: u64, piece: u64) -> u64 {
        length.saturating_sub(piece.saturating_mul(PIECE as u64)).min(PIECE as u64)
    }

    /// Seals piece `piece` of a content of `length` bytes.
    ///
    /// # Errors
    /// `Malformed` for a piece that is not there or not as long as it must be.
    pub fn seal(&self, head: &Head, length: u64, piece: u64, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let aad = Self::aad(length, piece)?;
        if plain.len() as u64 != Self::size(length, piece) {
            return Err(SealError::Malformed);
        }
        aead::seal_with(&self.key, &Self::nonce(head, piece), &aad, plain).map(|(_, sealed)| sealed)
    }

    /// Opens a piece. Check BLAKE3 of the whole afterwards against the row.
    ///
    /// # Errors
    /// `Malformed`, `Newer`, `NotGenuine`.
    pub fn open(&self, head: &Head, length: u64, piece: u64, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        if head[..3] != MAGIC[..3] {
            return Err(SealError::Malformed);
        }
        if head[3] != MAGIC[3] {
            return Err(SealError::Newer);
        }
        let aad = Self::aad(length, piece)?;
        aead::open_with(&self.key, &Self::nonce(head, piece), &aad, sealed)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn sealed(blob: &Blob, content: &[u8]) -> Vec<u8> {
        let head = blob.head(blake3::hash(content).as_bytes());
        let mut out = head.to_vec();
        let length = content.len() as u64;
        for piece in 0..pieces(length) {
            let from = piece as usize * PIECE;
            out.extend(blob.seal(&head, length, piece, &content[from..content.len().min(from + PIECE)]).unwrap());
        }
        out
    }

    fn opened(blob: &Blob, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let length = length_of(sealed.len() as u64)?;
        let (head, rest) = sealed.split_first_chunk::<HEAD>().unwrap();
        let mut out = vec![];
        for (piece, chunk) in (0..pieces(length)).zip(rest.chunks(PIECE + TAG)) {
            out.extend(blob.open(head, length, piece, chunk)?);
        }
        Ok(out)
    }

    fn blob() -> (BlobKey, Blob) {
        let key = BlobKey::of(&ScopeKey::from_bytes([1; 32]));
        let blob = key.blob("", &[2; 32]);
        (key, blob)
    }

    #[test]
    fn contents_of_every_awkward_length_come_back() {
        let (_, blob) = blob();
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7] {
            let content: Vec<u8> = (0..length).map(|i| (i * 7 + i / 251) as u8).collect();
            let bytes = sealed(&blob, &content);
            assert_eq!(bytes.len() as u64, sealed_length(length as u64));
            assert_eq!(opened(&blob, &bytes).unwrap(), content);
            assert_eq!(bytes, sealed(&blob, &content), "any laptop goes on with the same bytes");
        }
    }

    #[test]
    fn pieces_dropped_swapped_or_from_elsewhere_are_noticed() {
        let (key, blob) = blob();
        let content: Vec<u8> = (0..3 * PIECE).map(|i| (i / 3) as u8).collect();
        let whole = sealed(&blob, &content);
        let piece = |n: usize| HEAD + n * (PIECE + TAG)..HEAD + (n + 1) * (PIECE + TAG);
        let cut = &whole[..piece(1).end];
        assert_eq!(opened(&blob, cut), Err(SealError::NotGenuine), "the last is missing");
        let swapped = [&whole[..HEAD], &whole[piece(1)], &whole[piece(0)], &whole[piece(2)]].concat();
        assert_eq!(opened(&blob, &swapped), Err(SealError::NotGenuine));
        assert_eq!(opened(&key.blob("thumb", &[2; 32]), &whole), Err(SealError::NotGenuine));
        assert!(length_of(HEAD as u64 + 3).is_err());
    }

    #[test]
    fn a_broken_line_goes_on_inside_the_piece_where_it_broke() {
        let (_, blob) = blob();
        let content = vec![9; 2 * PIECE + 100];
        let whole = sealed(&blob, &content);
        let head = blob.head(blake3::hash(&content).as_bytes());
        for offset in [HEAD, HEAD + 1, HEAD + PIECE + TAG, HEAD + PIECE + TAG + 5, whole.len() - 1] {
            let (piece, skip) = resume(offset as u64).unwrap();
            let from = piece as usize * PIECE;
            let plain = &content[from..content.len().min(from + PIECE)];
            let next = blob.seal(&head, content.len() as u64, piece, plain).unwrap();
            assert_eq!(next[skip..], whole[offset..offset + next.len() - skip]);
        }
        assert_eq!(resume(HEAD as u64 - 1), None);
    }

    #[test]
    fn another_content_under_the_same_name_has_other_nonces() {
        let (_, blob) = blob();
        assert_ne!(blob.head(&[1; 32]), blob.head(&[2; 32]));
    }

    #[test]
    fn a_stranger_cannot_name_a_file_he_knows() {
        let (key, _) = blob();
        let other = BlobKey::of(&ScopeKey::from_bytes([3; 32]));
        assert_ne!(key.name("", &[2; 32]), other.name("", &[2; 32]));
        assert_ne!(key.name("", &[2; 32]), key.name("thumb", &[2; 32]));
        // Nor a row.
        assert_ne!(key.subject("a"), other.subject("a"));
        assert_ne!(key.subject("a"), key.subject("b"));
    }
}
