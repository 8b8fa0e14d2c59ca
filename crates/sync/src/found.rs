//! A stall comes to a hub: its root, its first laptop, its keys. And comes back by its recovery phrase.

use stall_core::{
    Ms, Role,
    sync::{
        Hex, ReplicaId, Scope, StallId,
        wire::{HubCode, HubError},
        wire_trust::{CertKind, Certificate, MakeStall, Signer, Token, Wrap, WrapTo},
    },
};
use stall_seal::{
    Phrase, ReplicaKey, ScopeKey,
    cert::{Says, certify, stall_id},
    keys::Ring,
    wrap::{Holder, Which, wrap},
};

use crate::{
    Http, Identity, SyncError, SyncResult,
    identity::{Public, Secrets},
};

/// A founded stall.
#[derive(Debug)]
pub struct Founded {
    pub identity: Identity,
    /// Shown once, to be written down: it restores the stall when every laptop is gone.
    pub phrase: Phrase,
}

/// Founds the stall at a hub. `code`: the operator's founding code.
///
/// # Errors
/// `Offline`, `Hub` (`invite_gone` for a code that is no longer good), `Seal` without randomness.
pub async fn found(hub: &str, code: &str, replica: ReplicaId, name: &str, now: Ms) -> SyncResult<Founded> {
    let phrase = Phrase::make()?;
    let (root, secrets) = (phrase.root(), Secrets::make()?);
    let public = owner(hub, &phrase, replica, name);
    let stall = public.stall;
    let mut wraps = Vec::new();
    for scope in Scope::ALL {
        let key = ScopeKey::make()?;
        let which = Which { stall, scope, key_epoch: 1 };
        for holder in [
            Holder { to: WrapTo::Replica(replica), x25519: secrets.wrap.public() },
            Holder { to: WrapTo::Recovery, x25519: public.recovery.0 },
        ] {
            wraps.push(wrap(which, &key, holder, (Signer::Root, &root), now)?);
        }
    }
    let certificate = certificate(&public, &secrets, Signer::Root, &root, now);
    let make = MakeStall { stall, root: public.root, recovery: public.recovery, certificate, wraps, more: Vec::new() };
    let token: Token = Http::new(hub, code)?.post("stalls", &make).await?;
    Ok(Founded { identity: Identity::new(public, token.token, &secrets), phrase })
}

/// A new laptop for a stall whose every laptop is gone, by its phrase. The keys are opened with the phrase and wrapped anew.
///
/// # Errors
/// `Offline`; `Hub` (`not_found`: the phrase is of a stall that is not at this hub); `Seal`.
pub async fn recover(hub: &str, phrase: &Phrase, replica: ReplicaId, name: &str, now: Ms) -> SyncResult<Identity> {
    let (root, secrets) = (phrase.root(), Secrets::make()?);
    let public = owner(hub, phrase, replica, name);
    let stall = public.stall;
    let certificate = certificate(&public, &secrets, Signer::Root, &root, now);
    // At a hub that has the stall, a new certificate of the root is the right.
    let make = MakeStall {
        stall,
        root: public.root,
        recovery: public.recovery,
        certificate,
        wraps: Vec::new(),
        more: Vec::new(),
    };
    let token: Token = match Http::new(hub, "")?.post("stalls", &make).await {
        // For a stall the hub does not have it wants a founding code.
        Err(SyncError::Hub(e)) if e.code == HubCode::NoToken => return Err(HubError::from(HubCode::NotFound).into()),
        other => other?,
    };
    let identity = Identity::new(public, token.token, &secrets);
    let line = Http::new(hub, &identity.token)?;
    let members = crate::people::members(&line, &identity).await?;
    let kept = crate::people::keys(&line).await?;
    let ring = crate::people::ring(&kept, WrapTo::Recovery, &phrase.recovery(), &members)?;
    let holder = Holder { to: WrapTo::Replica(replica), x25519: secrets.wrap.public() };
    line.tell("keys", &rewrap(stall, &ring, holder, (Signer::Root, &root), now)?).await?;
    Ok(identity)
}

/// An owner's laptop of the phrase's stall.
fn owner(hub: &str, phrase: &Phrase, replica: ReplicaId, name: &str) -> Public {
    let root = phrase.root().public();
    Public {
        hub: hub.to_owned(),
        stall: stall_id(&root),
        root: Hex(root),
        recovery: Hex(phrase.recovery().public()),
        replica,
        name: name.to_owned(),
        role: Role::Owner,
    }
}

/// Every key of a ring, wrapped to one more holder.
pub(crate) fn rewrap(
    stall: StallId,
    ring: &Ring,
    holder: Holder,
    by: (Signer, &ReplicaKey),
    now: Ms,
) -> SyncResult<Vec<Wrap>> {
    ring.iter()
        .map(|(scope, key_epoch, key)| Ok(wrap(Which { stall, scope, key_epoch }, key, holder, by, now)?))
        .collect()
}

fn certificate(of: &Public, secrets: &Secrets, by: Signer, key: &ReplicaKey, now: Ms) -> Certificate {
    let says = Says {
        stall: of.stall,
        kind: CertKind::Join,
        replica: of.replica,
        name: of.name.clone(),
        role: of.role,
        ed25519: secrets.sign.public(),
        x25519: secrets.wrap.public(),
        at: now,
    };
    certify(says, by, key)
}
