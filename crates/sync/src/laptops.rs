//! The laptops of a stall as an owner sees them, and how one leaves: revoked, and new keys for all that stay.

use stall_core::{
    Ms, Role,
    sync::{
        ReplicaId, Scope,
        wire_trust::{CertKind, Signer, Wrap, WrapTo},
    },
};
use stall_seal::{
    ScopeKey, SealError,
    cert::{Member, Members, Says, certify},
    keys::Ring,
    wrap::{Holder, Which, wrap},
};

use crate::{Http, Identity, SyncResult, people};

/// One laptop, as its certificate proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laptop {
    pub replica: ReplicaId,
    pub name: String,
    pub role: Role,
    pub since: Ms,
    pub revoked: Option<Ms>,
}

/// All that ever belonged to the stall, oldest first. Of a laptop that goes on under a new id only the newest is told.
///
/// # Errors
/// `Offline`, `Hub`, `Seal`.
pub async fn laptops(me: &Identity) -> SyncResult<Vec<Laptop>> {
    let members = people::members(&Http::new(&me.hub, &me.token)?, me).await?;
    let mut all: Vec<&Member> = members.all().collect();
    all.sort_by_key(|m| (m.certificate.at, m.certificate.replica));
    let followed = |m: &&Member| {
        !all.iter().any(|n| {
            n.certificate.replica != m.certificate.replica
                && n.certificate.ed25519 == m.certificate.ed25519
                && n.certificate.at >= m.certificate.at
                && n.certificate.by == Signer::Replica(m.certificate.replica)
        })
    };
    Ok(all
        .iter()
        .filter(|m| followed(m))
        .map(|m| Laptop {
            replica: m.certificate.replica,
            name: m.certificate.name.clone(),
            role: m.certificate.role,
            since: m.certificate.at,
            revoked: m.revoked,
        })
        .collect())
}

/// Takes a laptop out of the stall, by an owner. It pulls nothing more, and what is said from now on is sealed with keys it
/// was never given; what it has, it has.
///
/// # Errors
/// `Offline`, `Hub`, `Seal`. Cut off in between, the next exchange of an owner makes the new keys ([`mend`]).
pub async fn revoke(me: &Identity, replica: ReplicaId, now: Ms) -> SyncResult<()> {
    let line = Http::new(&me.hub, &me.token)?;
    let members = people::members(&line, me).await?;
    let of = members.get(&replica).ok_or(SealError::NotGenuine)?;
    if of.revoked.is_none() {
        let c = &of.certificate;
        let says = Says {
            stall: me.stall,
            kind: CertKind::Revoke,
            replica,
            name: c.name.clone(),
            role: c.role,
            ed25519: c.ed25519.0,
            x25519: c.x25519.0,
            at: now,
        };
        line.tell("members", &certify(says, Signer::Replica(me.replica), &me.sign())).await?;
    }
    let members = people::members(&line, me).await?;
    let kept = people::keys(&line).await?;
    mend(&line, me, &members, &kept, now).await.map(drop)
}

/// What an owner's exchange puts right: a newest key that a revoked laptop holds gets a successor, and a member that lacks a key
/// of its role gets it. True when there was something.
pub(crate) async fn mend(line: &Http, me: &Identity, members: &Members, kept: &[Wrap], now: Ms) -> SyncResult<bool> {
    let mut ring = people::my_ring(kept, me, members)?;
    let renewed = renew(&mut ring, members, kept)?;
    let wraps = lacking(me, &ring, members, kept, now)?;
    if !wraps.is_empty() {
        line.tell("keys", &wraps).await?;
    }
    Ok(renewed || !wraps.is_empty())
}

/// A new newest key for every scope whose newest one was given to somebody who is gone.
fn renew(ring: &mut Ring, members: &Members, kept: &[Wrap]) -> SyncResult<bool> {
    let mut renewed = false;
    for scope in Scope::ALL {
        let Some((newest, _)) = ring.newest(scope) else { continue };
        let told = |w: &&Wrap| w.scope == scope && w.key_epoch == newest;
        let gone = kept.iter().filter(told).any(|w| {
            matches!(w.to, WrapTo::Replica(id) if members.get(&id).is_some_and(|m| m.revoked.is_some() && !stays(m, members)))
        });
        if gone {
            // Two owners may do this at once: with a gap of their own their numbers differ, and the higher one is used.
            let gap = u32::from(u16::from_le_bytes(stall_seal::random::bytes()?));
            ring.add(scope, newest.saturating_add(1).saturating_add(gap), ScopeKey::make()?);
            renewed = true;
        }
    }
    Ok(renewed)
}

/// Whether a revoked id is of a laptop that is here under another.
fn stays(gone: &Member, members: &Members) -> bool {
    members.active().any(|m| m.certificate.x25519 == gone.certificate.x25519)
}

/// The wraps that are missing: every key of a role for every member, and all for the phrase.
fn lacking(me: &Identity, ring: &Ring, members: &Members, kept: &[Wrap], now: Ms) -> SyncResult<Vec<Wrap>> {
    let key = me.sign();
    let by = (Signer::Replica(me.replica), &key);
    let mut holders: Vec<(Holder, Role)> = members
        .active()
        .map(|m| {
            let c = &m.certificate;
            (Holder { to: WrapTo::Replica(c.replica), x25519: c.x25519.0 }, c.role)
        })
        .collect();
    holders.push((Holder { to: WrapTo::Recovery, x25519: me.recovery.0 }, Role::Owner));
    let mut wraps = Vec::new();
    for (scope, key_epoch, k) in ring.iter() {
        for (holder, role) in &holders {
            // A laptop under a new id opens what its old one was given: the key is the same.
            let same = |to: WrapTo| match to {
                WrapTo::Recovery => holder.to == WrapTo::Recovery,
                WrapTo::Replica(id) => members
                    .get(&id)
                    .is_some_and(|m| holder.to != WrapTo::Recovery && m.certificate.x25519.0 == holder.x25519),
            };
            let has = kept.iter().any(|w| w.scope == scope && w.key_epoch == key_epoch && same(w.to));
            if scope.of_role(*role) && !has {
                wraps.push(wrap(Which { stall: me.stall, scope, key_epoch }, k, *holder, by, now)?);
            }
        }
    }
    Ok(wraps)
}
