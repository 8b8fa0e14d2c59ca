//! XChaCha20-Poly1305: nonces are random and long enough never to meet again.

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, aead::AeadInPlace};

use crate::{SealError, random};

const NONCE: usize = 24;
const TAG: usize = 16;

/// nonce | ciphertext | tag
pub(crate) fn seal(key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    seal_with(key, &random::bytes()?, aad, plain).map(|(nonce, sealed)| [nonce.as_slice(), &sealed].concat())
}

pub(crate) fn open(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::NotGenuine)?;
    open_with(key, nonce, aad, sealed)
}

/// The nonce again, and ciphertext | tag. A nonce is used once.
pub(crate) fn seal_with<'n>(
    key: &[u8; 32],
    nonce: &'n [u8; NONCE],
    aad: &[u8],
    plain: &[u8],
) -> Result<(&'n [u8; NONCE], Vec<u8>), SealError> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let mut out = Vec::with_capacity(plain.len() + TAG);
    out.extend_from_slice(plain);
    // Fails only above 256 GiB.
    let tag = cipher.encrypt_in_place_detached(nonce.into(), aad, &mut out).map_err(|_| SealError::TooLong)?;
    out.extend_from_slice(&tag);
    Ok((nonce, out))
}

pub(crate) fn open_with(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (text, tag) = sealed.split_last_chunk::<TAG>().ok_or(SealError::NotGenuine)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let mut out = text.to_vec();
    cipher.decrypt_in_place_detached(nonce.into(), aad, &mut out, tag.into()).map_err(|_| SealError::NotGenuine)?;
    Ok(out)
}
