//! From groups to an envelope and back.

use stall_core::sync::{Group, ReplicaId, Scope, StallId, record};

use crate::{
    Envelope, EnvelopeId, GroupHead, Header, PartHead, ReplicaKey, SealError, aead,
    body::{self, PartGroup},
    keys::Ring,
};

/// Where an envelope stands: whose it is and what it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub stall: StallId,
    pub replica: ReplicaId,
    /// Zeros for the replica's first.
    pub prev: EnvelopeId,
}

/// Seals and signs consecutive groups.
///
/// # Errors
/// `Malformed` for no group or groups that do not follow on; `NoKey` for records of a scope without key; `TooLong`: then send
/// fewer groups; `NoRandom`.
pub fn seal(place: Place, groups: &[Group], ring: &Ring, key: &ReplicaKey) -> Result<Envelope, SealError> {
    let first = groups.first().ok_or(SealError::Malformed)?.rseq;
    if first < 1 || groups.iter().zip(first..).any(|(g, n)| g.rseq != n) {
        return Err(SealError::Malformed);
    }
    let mut header = Header {
        stall: place.stall,
        replica: place.replica,
        first_rseq: first,
        prev: place.prev,
        groups: groups.iter().map(|g| GroupHead { base_seq: g.base_seq, hlc: g.hlc }).collect(),
        parts: Vec::new(),
        signature: [0; 64],
    };
    let mut parts = Vec::new();
    for scope in Scope::ALL {
        let goods = scope == Scope::Goods;
        let part: Vec<PartGroup> = groups
            .iter()
            .map(|g| PartGroup { said: goods.then(|| g.said.clone()), records: record::of_scope(&g.records, scope) })
            .collect();
        if !goods && part.iter().all(|g| g.records.is_empty()) {
            continue;
        }
        let (epoch, scope_key) = ring.newest(scope).ok_or(SealError::NoKey)?;
        let packed = body::pack(&header.groups, &part)?;
        let bound = PartHead { scope: scope.number(), key_epoch: epoch, length: 0, hash: [0; 32] };
        let sealed = aead::seal(&scope_key.0, &header.aad(&bound), &packed)?;
        header.parts.push(PartHead::of(scope.number(), epoch, &sealed));
        parts.push(sealed);
    }
    header.sign(key);
    let envelope = Envelope { header, parts };
    let max = if groups.len() == 1 { crate::envelope::MAX_ALONE } else { crate::envelope::MAX };
    if envelope.encode().len() > max { Err(SealError::TooLong) } else { Ok(envelope) }
}

/// Opens one part of a header: one entry for each group. Check signature and chain first.
///
/// # Errors
/// `NoKey`; `NotGenuine`; as [`body::unpack`].
pub fn open_part(header: &Header, index: usize, sealed: &[u8], ring: &Ring) -> Result<Vec<PartGroup>, SealError> {
    let head = header.parts.get(index).ok_or(SealError::Malformed)?;
    head.check(sealed)?;
    let key = ring.get(head.scope, head.key_epoch).ok_or(SealError::NoKey)?;
    let packed = aead::open(&key.0, &header.aad(head), sealed)?;
    body::unpack(&header.groups, &packed)
}

/// Opens what the ring can, into groups: records of goods first. Parts without a key are left out.
///
/// # Errors
/// As [`open_part`], but `NoKey` only when no part of goods could be read.
pub fn open<'p>(
    header: &Header,
    parts: impl IntoIterator<Item = (usize, &'p [u8])>,
    ring: &Ring,
) -> Result<Vec<Group>, SealError> {
    let mut out: Vec<Group> = header
        .groups
        .iter()
        .zip(header.first_rseq..)
        .map(|(g, rseq)| Group {
            rseq,
            base_seq: g.base_seq,
            hlc: g.hlc,
            said: record::Said::default(),
            records: Vec::new(),
        })
        .collect();
    let mut goods = false;
    for (i, sealed) in parts {
        let part = match open_part(header, i, sealed, ring) {
            Ok(part) => part,
            Err(SealError::NoKey) => continue,
            Err(e) => return Err(e),
        };
        // In ascending order of scope, so goods come first.
        goods |= header.parts.get(i).is_some_and(|p| p.scope == Scope::Goods.number());
        for (group, part) in out.iter_mut().zip(part) {
            group.records.extend(part.records);
            if let Some(said) = part.said {
                group.said = said;
            }
        }
    }
    if goods { Ok(out) } else { Err(SealError::NoKey) }
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
