//! Certificates and wrapped keys: the hub keeps what somebody else signed, and checks that they did, by the rules every laptop
//! checks by.

use std::collections::BTreeSet;

use bytes::Bytes;
use stall_core::{
    Role,
    sync::{
        ReplicaId, StallId,
        wire_trust::{CertKind, Certificate, Signer, Wrap, WrapTo},
    },
};
use stall_seal::{SealError, cert::Members, wrap};

use crate::{
    error::{HubError, HubResult},
    storage::{Hash, Joiner, NewCertificate},
};

/// Names are for people.
const NAME: usize = 200;
/// HPKE of a key of 32 bytes is 80.
const WRAP: usize = 512;

/// The members of a stall as its certificates have it, in their order.
#[derive(Debug)]
pub struct Roll {
    stall: StallId,
    known: BTreeSet<Hash>,
    members: Members,
}

fn forged(e: SealError) -> HubError {
    HubError::bad("certificate").detail(e)
}

/// What a certificate is told from others by.
fn id(bytes: &[u8]) -> Hash {
    *blake3::hash(bytes).as_bytes()
}

impl Roll {
    /// From the certificates kept.
    ///
    /// # Errors
    /// `bad_input` when the stall's id is not made of this root; `internal` for a kept one that does not count: it was
    /// checked when it came.
    pub fn read(stall: StallId, root: &[u8; 32], kept: &[Bytes]) -> HubResult<Self> {
        let members = Members::new(stall, root).map_err(|e| HubError::bad("root").detail(e))?;
        let mut roll = Self { stall, known: BTreeSet::new(), members };
        for bytes in kept {
            let certificate: Certificate = serde_json::from_slice(bytes).map_err(HubError::internal)?;
            roll.members.take(&certificate).map_err(HubError::internal)?;
            roll.known.insert(id(bytes));
        }
        Ok(roll)
    }

    /// Checks one more. `None`: it is here already.
    ///
    /// # Errors
    /// `bad_input` with `field` `certificate` when it does not count: signed by nobody who may, or against one before it.
    pub fn add(&mut self, certificate: &Certificate) -> HubResult<Option<NewCertificate>> {
        let bytes = Bytes::from(serde_json::to_vec(certificate).map_err(HubError::internal)?);
        let id = id(&bytes);
        if self.known.contains(&id) {
            return Ok(None);
        }
        if certificate.name.len() > NAME {
            return Err(HubError::bad("name"));
        }
        let before = self.active();
        self.members.take(certificate).map_err(forged)?;
        self.known.insert(id);
        let after = self.active();
        let join = (certificate.kind == CertKind::Join).then(|| Joiner {
            replica: certificate.replica.0,
            signer: certificate.ed25519.0,
            role: certificate.role.as_str().to_owned(),
        });
        // Those a removed one brought in go with it.
        let revoked = before.difference(&after).map(|r| r.0).collect();
        Ok(Some(NewCertificate { id, bytes, join, revoked }))
    }

    fn active(&self) -> BTreeSet<ReplicaId> {
        self.members.active().map(|m| m.certificate.replica).collect()
    }

    /// Checks that a wrapped key was made by who may: the root, an owner, or a laptop for its own successor.
    ///
    /// # Errors
    /// `bad_input` with `field` `wrap`.
    pub fn check_wrap(&self, w: &Wrap) -> HubResult<()> {
        let refused = || HubError::bad("wrap");
        if w.stall != self.stall || w.sealed.0.len() > WRAP {
            return Err(refused());
        }
        let key = match w.by {
            Signer::Root => self.members.owner_key(w.by).map_err(|_| refused())?,
            Signer::Replica(id) => {
                let by = self.members.get(&id).filter(|m| m.revoked.is_none()).ok_or_else(refused)?;
                let heir = |to: ReplicaId| self.members.get(&to).is_some_and(|m| m.certificate.by == w.by);
                let owner = by.certificate.role == Role::Owner;
                if !owner && !matches!(w.to, WrapTo::Replica(to) if heir(to)) {
                    return Err(refused());
                }
                by.key()
            }
        };
        wrap::check(w, key).map_err(|e| refused().detail(e))
    }
}
