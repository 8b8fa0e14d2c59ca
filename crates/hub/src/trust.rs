//! Certificates and wrapped keys: the hub keeps what somebody else signed, and checks that they did.

use std::collections::BTreeMap;

use bytes::Bytes;
use stall_core::{
    Role,
    sync::{
        StallId,
        wire_trust::{CertKind, Certificate, Signer, Wrap},
    },
};
use stall_seal::{SealError, VerifyKey};

use crate::{
    error::{HubCode, HubError, HubResult},
    storage::{Hash, NewCertificate, ReplicaId, Standing},
};

/// Names are for people.
const NAME: usize = 200;
/// HPKE of a key of 32 bytes is 80.
const WRAP: usize = 512;

/// The members of a stall as its certificates have it, in their order.
#[derive(Debug)]
pub struct Roll {
    stall: StallId,
    root: VerifyKey,
    known: BTreeMap<Hash, ()>,
    members: BTreeMap<ReplicaId, Known>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    signer: [u8; 32],
    x25519: [u8; 32],
    role: Role,
    revoked: bool,
}

fn forged(e: SealError) -> HubError {
    HubError::new(HubCode::NotAllowed).arg("why", "signature").detail(e)
}

fn refused(why: &str) -> HubError {
    HubError::new(HubCode::NotAllowed).arg("why", why)
}

/// What a certificate is told from others by.
fn id(bytes: &[u8]) -> Hash {
    *blake3::hash(bytes).as_bytes()
}

impl Roll {
    /// From the certificates kept.
    ///
    /// # Errors
    /// `internal`: they were checked when they came.
    pub fn read(stall: StallId, root: &[u8; 32], kept: &[Bytes]) -> HubResult<Self> {
        let root = VerifyKey::from_bytes(root).map_err(forged)?;
        let mut roll = Self { stall, root, known: BTreeMap::new(), members: BTreeMap::new() };
        for bytes in kept {
            let certificate: Certificate = serde_json::from_slice(bytes).map_err(HubError::internal)?;
            roll.known.insert(id(bytes), ());
            roll.enter(&certificate);
        }
        Ok(roll)
    }

    /// Checks one more. `None`: it is here already.
    ///
    /// # Errors
    /// `not_allowed` with `why`: `stall`, `signature`, `by` (no owner, or one who was removed), `removed` (a replica that was
    /// removed does not come back), `keys` (its keys stay what they are); `bad_input`.
    pub fn add(&mut self, certificate: &Certificate) -> HubResult<Option<NewCertificate>> {
        let bytes = Bytes::from(serde_json::to_vec(certificate).map_err(HubError::internal)?);
        let id = id(&bytes);
        if self.known.contains_key(&id) {
            return Ok(None);
        }
        if certificate.stall != self.stall {
            return Err(refused("stall"));
        }
        if certificate.name.len() > NAME {
            return Err(HubError::bad("name"));
        }
        let key = self.signer(certificate.by)?;
        pending::check(certificate, &key).map_err(forged)?;
        let what = match (certificate.kind, self.members.get(&certificate.replica.0)) {
            (CertKind::Join, Some(k)) if k.revoked => return Err(refused("removed")),
            (CertKind::Join, Some(k)) if (k.signer, k.x25519) != (certificate.ed25519.0, certificate.x25519.0) => {
                return Err(refused("keys"));
            }
            (CertKind::Join, _) => {
                VerifyKey::from_bytes(&certificate.ed25519.0).map_err(|_| HubError::bad("ed25519"))?;
                Standing::Join { signer: certificate.ed25519.0, role: certificate.role.as_str().to_owned() }
            }
            (CertKind::Revoke, None) => return Err(HubCode::NotFound.into()),
            (CertKind::Revoke, Some(_)) => Standing::Revoke,
        };
        self.known.insert(id, ());
        self.enter(certificate);
        Ok(Some(NewCertificate { id, bytes, replica: certificate.replica.0, what }))
    }

    /// Checks that a wrapped key is of a member who may make it.
    ///
    /// # Errors
    /// As [`Roll::add`].
    pub fn check_wrap(&self, wrap: &Wrap) -> HubResult<()> {
        if wrap.stall != self.stall {
            return Err(refused("stall"));
        }
        if wrap.sealed.0.len() > WRAP {
            return Err(HubError::bad("sealed"));
        }
        pending::check_wrap(wrap, &self.signer(wrap.by)?).map_err(forged)
    }

    fn enter(&mut self, c: &Certificate) {
        match c.kind {
            CertKind::Join => {
                let known = Known { signer: c.ed25519.0, x25519: c.x25519.0, role: c.role, revoked: false };
                self.members.insert(c.replica.0, known);
            }
            CertKind::Revoke => {
                if let Some(known) = self.members.get_mut(&c.replica.0) {
                    known.revoked = true;
                }
            }
        }
    }

    fn signer(&self, by: Signer) -> HubResult<VerifyKey> {
        let Signer::Replica(replica) = by else { return Ok(self.root) };
        let known = self.members.get(&replica.0).filter(|k| k.role == Role::Owner && !k.revoked);
        VerifyKey::from_bytes(&known.ok_or_else(|| refused("by"))?.signer).map_err(forged)
    }
}

/// PENDING stall-seal.
mod pending {
    use super::{Certificate, SealError, VerifyKey, Wrap};
    pub fn check(_: &Certificate, _: &VerifyKey) -> Result<(), SealError> {
        Ok(())
    }
    pub fn check_wrap(_: &Wrap, _: &VerifyKey) -> Result<(), SealError> {
        Ok(())
    }
}
