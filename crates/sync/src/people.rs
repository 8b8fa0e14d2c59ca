//! Who belongs to the stall: invited, let in, given keys.

use stall_core::{
    Ms, Role,
    sync::{
        ReplicaId, Scope, StallId,
        wire_trust::{CertKind, Certificate, Invite, Join, Signer, Token, Waiting, Wrap, WrapTo},
    },
};
use stall_seal::{
    SealError, WrapKey,
    cert::{Members, Says, certify},
    invite::{InviteCode, JoinKeys},
    keys::Ring,
    wrap::{Holder, unwrap},
};

use crate::{
    Http, Identity, SyncResult,
    found::rewrap,
    identity::{Public, Secrets},
    welcome,
};

/// A code is of one stall, and who reads it does not know which before the hub says so.
const NO_STALL: StallId = stall_core::sync::Hex([0; 16]);
/// How long an invitation is good.
const GOOD_MS: i64 = 30 * 60_000;

/// Invites a laptop: the code goes by eye or QR, never through the hub.
///
/// # Errors
/// `Offline`, `Hub` (`not_allowed` for one who is no owner), `Seal`.
pub async fn invite(me: &Identity, name: &str, role: Role, now: Ms) -> SyncResult<InviteCode> {
    let code = InviteCode::make()?;
    let until = Ms(now.0.saturating_add(GOOD_MS));
    let body = Invite { invite: code.at_hub(), role, name: name.to_owned(), until };
    Http::new(&me.hub, &me.token)?.tell("invites", &body).await?;
    Ok(code)
}

/// Shows the code at the hub. The answer can pull nothing until an owner's laptop has let it in.
///
/// # Errors
/// `Offline`, `Hub` (`invite_gone`), `Seal`.
pub async fn ask(hub: &str, code: &InviteCode, replica: ReplicaId, name: &str, role: Role) -> SyncResult<Identity> {
    let secrets = Secrets::make()?;
    let keys = JoinKeys { replica, ed25519: secrets.sign.public(), x25519: secrets.wrap.public() };
    let line = Http::new(hub, "")?;
    let join = Join {
        invite: code.at_hub(),
        replica,
        ed25519: stall_core::sync::Hex(keys.ed25519),
        x25519: stall_core::sync::Hex(keys.x25519),
        name: name.to_owned(),
        proof: code.proof(NO_STALL, &keys),
    };
    let token: Token = line.post("join", &join).await?;
    let public = Public {
        hub: hub.to_owned(),
        stall: token.stall,
        root: token.root,
        recovery: token.recovery,
        replica,
        name: name.to_owned(),
        role,
    };
    let mut me = Identity::new(public, token.token, &secrets);
    me.unproved = Some(code.text());
    Ok(me)
}

/// Who waits for an owner.
///
/// # Errors
/// `Offline`, `Hub`.
pub async fn waiting(me: &Identity) -> SyncResult<Vec<Waiting>> {
    Http::new(&me.hub, &me.token)?.get("joins").await
}

/// Lets one in who proved to have read the code: signs its certificate and gives it the keys of its role.
///
/// # Errors
/// `Seal(NotGenuine)` when it has not read the code: then the hub, or who stands between, put in other keys.
pub async fn let_in(me: &Identity, code: &InviteCode, join: &Join, role: Role, now: Ms) -> SyncResult<Certificate> {
    code.check(NO_STALL, join)?;
    let line = Http::new(&me.hub, &me.token)?;
    let list = members(&line, me).await?;
    let kept: Vec<Wrap> = line.get("keys").await?;
    let mine = ring(&kept, WrapTo::Replica(me.replica), &me.wrap(), &list)?;
    let by = Signer::Replica(me.replica);
    let key = me.sign();
    let says = Says {
        stall: me.stall,
        kind: CertKind::Join,
        replica: join.replica,
        name: join.name.clone(),
        role,
        ed25519: join.ed25519.0,
        x25519: join.x25519.0,
        at: now,
    };
    let certificate = certify(says, by, &key);
    line.tell("members", &certificate).await?;
    let holder = Holder { to: WrapTo::Replica(join.replica), x25519: join.x25519.0 };
    let keys: Vec<Wrap> = rewrap(me.stall, &mine, holder, (by, &key), now)?
        .into_iter()
        .filter(|w| w.scope.of_role(role))
        .collect();
    line.tell("keys", &keys).await?;
    welcome::put(&line, code, me).await?;
    Ok(certificate)
}

/// The members, as the list proves them.
pub(crate) async fn members(line: &Http, me: &Identity) -> SyncResult<Members> {
    let list: Vec<Certificate> = line.get("members").await?;
    let mut members = Members::new(me.stall, &me.root.0)?;
    for c in &list {
        members.take(c)?;
    }
    Ok(members)
}

/// The keys wrapped to one holder, as owners signed them.
pub(crate) fn ring(kept: &[Wrap], to: WrapTo, mine: &WrapKey, members: &Members) -> Result<Ring, SealError> {
    let mut ring = Ring::default();
    for w in kept.iter().filter(|w| w.to == to) {
        let key = unwrap(w, members.owner_key(w.by)?, mine)?;
        ring.add(w.scope, w.key_epoch, key);
    }
    Ok(ring)
}

/// The scopes a role holds.
pub(crate) fn scopes(role: Role) -> Vec<Scope> {
    Scope::all_of(role)
}
