//! How envelopes lie in the bodies of push and pull.
//!
//! Push: each envelope after its length (u32).
//!
//! Pull:
//! ```text
//! "SKP" 0x01
//! | per envelope: seq0 varint (from 1) | flags u8 (1: own, header only) | header | eff of each group, z-delta varints
//!   | n u8 | n times: index u8 of the part in the header, its bytes (as long as the header says)
//! | last: 0 | head varint | count of envelopes varint | xor of the first 8 bytes of their ids, 8
//! ```
//! The header stands before the stamps, since it says how many there are.

use stall_core::sync::Hlc;

use crate::{Envelope, Header, Reader, SealError, Writer, envelope};

const MAGIC: [u8; 4] = *b"SKP\x01";
const OWN: u8 = 1;

/// Puts an envelope's bytes at the end of a push body.
pub fn push(body: &mut Vec<u8>, envelope: &[u8]) {
    body.extend_from_slice(&u32::try_from(envelope.len()).unwrap_or(u32::MAX).to_be_bytes());
    body.extend_from_slice(envelope);
}

/// The envelopes of a push body, as bytes; each to be read by [`Envelope::decode`].
pub fn pushed(body: &[u8]) -> impl Iterator<Item = Result<&[u8], SealError>> {
    let mut r = Reader::new(body);
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken || r.rest().is_empty() {
            return None;
        }
        let next = (|| {
            let n = u32::from_be_bytes(r.array()?) as usize;
            if n > envelope::MAX_ALONE { Err(SealError::TooLong) } else { r.take(n) }
        })();
        broken = next.is_err();
        Some(next)
    })
}

/// Puts an envelope that waits at a relay at the end of a body: what is to be added to its author's clock (i64), then as in a push.
pub fn hold(body: &mut Vec<u8>, skew: i64, envelope: &[u8]) {
    body.extend_from_slice(&skew.to_be_bytes());
    push(body, envelope);
}

/// What waits at a relay.
///
/// # Errors
/// `Malformed`, `Newer`, `TooLong`; `NotGenuine` for a part with another hash.
pub fn held(body: &[u8]) -> Result<Vec<(i64, Envelope)>, SealError> {
    let mut r = Reader::new(body);
    let mut all = Vec::new();
    while !r.rest().is_empty() {
        let skew = i64::from_be_bytes(r.array()?);
        let n = u32::from_be_bytes(r.array()?) as usize;
        if n > envelope::MAX_ALONE {
            return Err(SealError::TooLong);
        }
        all.push((skew, Envelope::decode(r.take(n)?)?));
    }
    Ok(all)
}

/// An envelope as it stands in a pull page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// The seq of its first group; the others follow without a gap.
    pub seq0: i64,
    /// The stamp of each group.
    pub effs: Vec<Hlc>,
    /// The asker's own: no parts.
    pub own: bool,
    pub header: Header,
    /// Index in `header.parts` and sealed bytes, of the scopes asked for.
    pub parts: Vec<(usize, Vec<u8>)>,
}

/// The end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageEnd {
    /// The hub's last seq.
    pub head: i64,
}

/// Makes a pull page.
#[derive(Debug, Clone)]
pub struct PageWriter {
    out: Writer,
    count: u64,
    xor: u64,
}

impl Default for PageWriter {
    fn default() -> Self {
        Self { out: Writer(MAGIC.to_vec()), count: 0, xor: 0 }
    }
}

impl PageWriter {
    /// How many bytes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.out.0.len()
    }

    /// Whether it has no envelope.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds an envelope: `header` as it was pushed, `effs` one a group, `parts` by index in the header.
    ///
    /// # Errors
    /// `Malformed` when a number of things does not fit the header.
    pub fn add<'p>(
        &mut self,
        seq0: i64,
        own: bool,
        header: &[u8],
        effs: &[Hlc],
        parts: impl IntoIterator<Item = (usize, &'p [u8])>,
    ) -> Result<(), SealError> {
        let mut r = Reader::new(header);
        let read = Header::read(&mut r)?;
        r.end()?;
        if read.groups.len() != effs.len() || seq0 < 1 {
            return Err(SealError::Malformed);
        }
        let mut w = Writer::default();
        w.natural(seq0);
        w.byte(if own { OWN } else { 0 });
        w.raw(header);
        let mut last = 0;
        for e in effs {
            w.signed(e.0.wrapping_sub(last));
            last = e.0;
        }
        let at = w.0.len();
        w.byte(0);
        for (i, bytes) in parts {
            if read.parts.get(i).is_none_or(|p| p.length as usize != bytes.len()) {
                return Err(SealError::Malformed);
            }
            w.byte(i as u8);
            w.raw(bytes);
            if let Some(n) = w.0.get_mut(at) {
                *n += 1;
            }
        }
        self.out.raw(&w.0);
        self.count += 1;
        self.xor ^= first8(blake3::hash(header).as_bytes());
        Ok(())
    }

    /// The body.
    #[must_use]
    pub fn finish(mut self, head: i64) -> Vec<u8> {
        self.out.varint(0);
        self.out.natural(head);
        self.out.varint(self.count);
        self.out.raw(&self.xor.to_be_bytes());
        self.out.0
    }
}

fn first8(id: &[u8; 32]) -> u64 {
    id.first_chunk::<8>().map_or(0, |b| u64::from_be_bytes(*b))
}

/// Reads a whole pull page: every envelope, with the hashes of the parts that are there checked, and the page's own count and
/// sum. Signatures and chains are the caller's to check.
///
/// # Errors
/// `Malformed`, `Newer`, `TooLong`; `NotGenuine` for a part or a page that is not what it says.
pub fn page(body: &[u8]) -> Result<(Vec<Pulled>, PageEnd), SealError> {
    let mut r = Reader::new(body);
    let magic = r.array::<4>()?;
    if magic != MAGIC {
        return Err(if magic[..3] == MAGIC[..3] { SealError::Newer } else { SealError::Malformed });
    }
    let mut all = Vec::new();
    let (mut xor, mut after) = (0, 0i64);
    loop {
        let seq0 = r.natural()?;
        if seq0 == 0 {
            break;
        }
        let (pulled, id) = one(&mut r, seq0)?;
        // Strictly forward: a hub that repeats or turns groups about is not believed.
        if seq0 <= after {
            return Err(SealError::Malformed);
        }
        after = seq0.checked_add(pulled.effs.len() as i64 - 1).ok_or(SealError::Malformed)?;
        xor ^= first8(&id);
        all.push(pulled);
    }
    let head = r.natural()?;
    let count = r.varint()?;
    let sum = u64::from_be_bytes(r.array()?);
    r.end()?;
    if count != all.len() as u64 || sum != xor || head < after {
        return Err(SealError::NotGenuine);
    }
    Ok((all, PageEnd { head }))
}

fn one(r: &mut Reader<'_>, seq0: i64) -> Result<(Pulled, envelope::EnvelopeId), SealError> {
    let own = match r.byte()? {
        0 => false,
        OWN => true,
        _ => return Err(SealError::Newer),
    };
    let before = r.rest();
    let start = r.at();
    let header = Header::read(r)?;
    let id = *blake3::hash(before.get(..r.at() - start).unwrap_or_default()).as_bytes();
    let mut last = 0i64;
    let mut effs = Vec::with_capacity(header.groups.len());
    for _ in &header.groups {
        last = last.checked_add(r.signed()?).filter(|e| *e >= 0).ok_or(SealError::Malformed)?;
        effs.push(Hlc(last));
    }
    let n = usize::from(r.byte()?);
    let mut parts: Vec<(usize, Vec<u8>)> = Vec::with_capacity(n.min(header.parts.len()));
    for _ in 0..n {
        let i = usize::from(r.byte()?);
        let head = header.parts.get(i).ok_or(SealError::Malformed)?;
        if parts.last().is_some_and(|(last, _)| *last >= i) {
            return Err(SealError::Malformed);
        }
        let bytes = r.take(head.length as usize)?;
        head.check(bytes)?;
        parts.push((i, bytes.to_vec()));
    }
    Ok((Pulled { seq0, effs, own, header, parts }, id))
}

/// A push body of envelopes.
#[must_use]
pub fn push_all<'e>(envelopes: impl IntoIterator<Item = &'e Envelope>) -> Vec<u8> {
    let mut body = Vec::new();
    for e in envelopes {
        push(&mut body, &e.encode());
    }
    body
}
