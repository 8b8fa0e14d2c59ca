//! Random numbers of the system.

use crate::SealError;

/// `N` random bytes.
///
/// # Errors
/// `NoRandom` when the system has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], SealError> {
    let mut out = [0; N];
    getrandom::fill(&mut out).map_err(|_| SealError::NoRandom)?;
    Ok(out)
}

/// For libraries that want a generator: one that cannot fail later, out of 32 bytes of the system's.
pub(crate) struct Stream(blake3::OutputReader);

impl Stream {
    pub(crate) fn new() -> Result<Self, SealError> {
        let seed = zeroize::Zeroizing::new(bytes::<32>()?);
        Ok(Self(blake3::Hasher::new_derive_key("stallkeeper 2026 random stream").update(seed.as_ref()).finalize_xof()))
    }
}

impl rand_core::RngCore for Stream {
    fn next_u32(&mut self) -> u32 {
        let mut b = [0; 4];
        self.fill_bytes(&mut b);
        u32::from_le_bytes(b)
    }
    fn next_u64(&mut self) -> u64 {
        let mut b = [0; 8];
        self.fill_bytes(&mut b);
        u64::from_le_bytes(b)
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill(dest);
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl rand_core::CryptoRng for Stream {}
