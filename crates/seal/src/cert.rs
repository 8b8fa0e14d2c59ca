//! Certificates: who belongs to the stall. Every client checks the whole list, so the hub can invent nobody.

use std::collections::BTreeMap;

use stall_core::{
    Ms, Role,
    sync::{
        Hex, ReplicaId, StallId,
        wire_trust::{CertKind, Certificate, Signer},
    },
};

use crate::{ReplicaKey, SealError, VerifyKey, Writer, wrap::signer};

/// The stall's id: the first 16 bytes of BLAKE3 of its root public key.
#[must_use]
pub fn stall_id(root: &[u8; 32]) -> StallId {
    let hash = blake3::hash(root);
    Hex(hash.as_bytes().first_chunk().copied().unwrap_or_default())
}

fn signed(c: &Certificate) -> Vec<u8> {
    let mut w = Writer(b"SKC\x01".to_vec());
    w.raw(&c.stall.0);
    w.byte(match c.kind {
        CertKind::Join => 0,
        CertKind::Revoke => 1,
    });
    w.raw(&c.replica.0);
    w.sized(c.name.as_bytes());
    w.sized(c.role.as_str().as_bytes());
    w.raw(&c.ed25519.0);
    w.raw(&c.x25519.0);
    w.signed(c.at.0);
    signer(&mut w, c.by);
    w.0
}

/// What a certificate says, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    pub stall: StallId,
    pub kind: CertKind,
    pub replica: ReplicaId,
    pub name: String,
    pub role: Role,
    pub ed25519: [u8; 32],
    pub x25519: [u8; 32],
    pub at: Ms,
}

/// Signs a certificate.
#[must_use]
pub fn certify(says: Says, by: Signer, key: &ReplicaKey) -> Certificate {
    let mut c = Certificate {
        stall: says.stall,
        kind: says.kind,
        replica: says.replica,
        name: says.name,
        role: says.role,
        ed25519: Hex(says.ed25519),
        x25519: Hex(says.x25519),
        at: says.at,
        by,
        signature: Hex([0; 64]),
    };
    c.signature = Hex(key.sign(&signed(&c)));
    c
}

/// A member, as certified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub certificate: Certificate,
    /// Set once revoked: its envelopes after that count no longer, those before do.
    pub revoked: Option<Ms>,
    key: VerifyKey,
}

impl Member {
    /// Checks its envelopes.
    #[must_use]
    pub fn key(&self) -> &VerifyKey {
        &self.key
    }

    fn active(&self) -> bool {
        self.revoked.is_none()
    }
}

/// The stall's members, as the list proves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    stall: StallId,
    root: VerifyKey,
    all: BTreeMap<ReplicaId, Member>,
}

impl Members {
    /// Nobody yet.
    ///
    /// # Errors
    /// `NotGenuine` when the root key is not the stall's.
    pub fn new(stall: StallId, root: &[u8; 32]) -> Result<Self, SealError> {
        if stall_id(root) != stall {
            return Err(SealError::NotGenuine);
        }
        Ok(Self { stall, root: VerifyKey::from_bytes(root)?, all: BTreeMap::new() })
    }

    /// Takes the next certificate of the list.
    ///
    /// It must be signed by the root, by an owner, or, for a laptop that was restored from a backup and goes on under a new id
    /// (an heir), by its old key with the same name and role. An heir is revoked with the one it was.
    ///
    /// # Errors
    /// `NotGenuine`; nothing is changed then.
    pub fn take(&mut self, c: &Certificate) -> Result<(), SealError> {
        if c.stall != self.stall {
            return Err(SealError::NotGenuine);
        }
        let key = match c.by {
            Signer::Root => &self.root,
            Signer::Replica(id) => {
                let by = self.all.get(&id).filter(|m| m.active()).ok_or(SealError::NotGenuine)?;
                let was = &by.certificate;
                let heir = c.kind == CertKind::Join && c.role == was.role && c.name == was.name && c.replica != id;
                if was.role != Role::Owner && !heir {
                    return Err(SealError::NotGenuine);
                }
                by.key()
            }
        };
        key.check(&signed(c), &c.signature.0)?;
        match c.kind {
            CertKind::Join => self.join(c),
            CertKind::Revoke => self.revoke(c),
        }
    }

    fn join(&mut self, c: &Certificate) -> Result<(), SealError> {
        match self.all.get(&c.replica) {
            // The list again.
            Some(m) if m.certificate == *c => return Ok(()),
            Some(_) => return Err(SealError::NotGenuine),
            None => {}
        }
        let key = VerifyKey::from_bytes(&c.ed25519.0)?;
        self.all.insert(c.replica, Member { certificate: c.clone(), revoked: None, key });
        Ok(())
    }

    fn revoke(&mut self, c: &Certificate) -> Result<(), SealError> {
        if !self.all.contains_key(&c.replica) {
            return Err(SealError::NotGenuine);
        }
        let mut gone = vec![c.replica];
        while let Some(id) = gone.pop() {
            if let Some(m) = self.all.get_mut(&id) {
                m.revoked.get_or_insert(c.at);
            }
            // Whom an owner let in stays; whom one let in who is no owner is that one again.
            let heir = |m: &&Member| {
                m.active() && m.certificate.role != Role::Owner && m.certificate.by == Signer::Replica(id)
            };
            let owner = self.all.get(&id).is_some_and(|m| m.certificate.role == Role::Owner);
            if !owner {
                gone.extend(self.all.values().filter(heir).map(|m| m.certificate.replica));
            }
        }
        Ok(())
    }

    /// A replica's certificate, also once it was revoked: its old envelopes are still to be checked.
    #[must_use]
    pub fn get(&self, replica: &ReplicaId) -> Option<&Member> {
        self.all.get(replica)
    }

    /// Everybody who ever belonged to the stall.
    pub fn all(&self) -> impl Iterator<Item = &Member> {
        self.all.values()
    }

    /// Who belongs to the stall now.
    pub fn active(&self) -> impl Iterator<Item = &Member> {
        self.all.values().filter(|m| m.active())
    }

    /// The key that checks what `by` signed.
    ///
    /// # Errors
    /// `NotGenuine` for one who is not an owner of the stall, now or ever.
    pub fn owner_key(&self, by: Signer) -> Result<&VerifyKey, SealError> {
        match by {
            Signer::Root => Ok(&self.root),
            Signer::Replica(id) => {
                let owner = |m: &&Member| m.certificate.role == Role::Owner;
                self.all.get(&id).filter(owner).map(Member::key).ok_or(SealError::NotGenuine)
            }
        }
    }
}

#[cfg(test)]
#[path = "cert_tests.rs"]
mod tests;
