//! What has come from each replica so far: the next must follow on, so that a hub cannot drop, swap or repeat.

use std::collections::BTreeMap;

use stall_core::sync::ReplicaId;

use crate::{EnvelopeId, Header, SealError};

/// The end of each replica's chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chains(BTreeMap<ReplicaId, (EnvelopeId, i64)>);

impl Chains {
    /// Sets an end that was kept, or that a snapshot names.
    pub fn set(&mut self, replica: ReplicaId, last: EnvelopeId, last_rseq: i64) {
        self.0.insert(replica, (last, last_rseq));
    }

    /// The last envelope and its last rseq; zeros before the first.
    #[must_use]
    pub fn end(&self, replica: &ReplicaId) -> (EnvelopeId, i64) {
        self.0.get(replica).copied().unwrap_or(([0; 32], 0))
    }

    /// Takes the next envelope of its replica. Check the signature first.
    ///
    /// # Errors
    /// `Chain` when it does not follow on; nothing is changed then.
    pub fn take(&mut self, header: &Header) -> Result<(), SealError> {
        let (last, rseq) = self.end(&header.replica);
        header.follows(&last, rseq)?;
        self.set(header.replica, header.id(), header.last_rseq());
        Ok(())
    }

    /// Every end, to keep or to put into a snapshot.
    pub fn iter(&self) -> impl Iterator<Item = (&ReplicaId, &EnvelopeId, i64)> {
        self.0.iter().map(|(r, (id, rseq))| (r, id, *rseq))
    }
}
