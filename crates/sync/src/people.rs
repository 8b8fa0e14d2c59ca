//! Who belongs to the stall: invited, let in, given keys.

use serde::Serialize;
use stall_core::{
    Ms, Role,
    sync::{
        Hex, ReplicaId, Scope, StallId,
        wire::{HubCode, Known},
        wire_trust::{CertKind, Certificate, Invite, Join, Signer, Token, Waiting, Wrap, WrapTo},
    },
};
use stall_seal::{
    ReplicaKey, SealError, WrapKey,
    cert::{Members, Says, certify},
    invite::{InviteCode, JoinKeys},
    keys::Ring,
    wrap::{Holder, unwrap},
};

use crate::{
    Http, Identity, SyncError, SyncResult,
    found::rewrap,
    identity::{Public, Secrets},
    welcome,
};

/// A code is of one stall, and who reads it does not know which before the hub says so.
const NO_STALL: StallId = Hex([0; 16]);
/// How long an invitation is good.
const GOOD_MS: u32 = 30 * 60_000;

/// Invites a laptop: the code goes by eye or QR, never through the hub.
///
/// # Errors
/// `Offline`, `Hub` (`not_allowed` for one who is no owner), `Seal`.
pub async fn invite(me: &Identity, name: &str, role: Role) -> SyncResult<InviteCode> {
    let code = InviteCode::make()?;
    let body = Invite { invite: code.at_hub(), role, name: name.to_owned(), hold_ms: GOOD_MS };
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
        ed25519: Hex(keys.ed25519),
        x25519: Hex(keys.x25519),
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
    let kept = keys(&line).await?;
    let mine = my_ring(&kept, me, &list)?;
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
    let keys: Vec<Wrap> =
        rewrap(me.stall, &mine, holder, (by, &key), now)?.into_iter().filter(|w| w.scope.of_role(role)).collect();
    line.tell("keys", &keys).await?;
    welcome::put(&line, code, me).await?;
    Ok(certificate)
}

/// The members, as the list proves them.
pub(crate) async fn members(line: &Http, me: &Identity) -> SyncResult<Members> {
    Ok(proved(&certificates(line).await?, me)?)
}

/// The list.
pub(crate) async fn certificates(line: &Http) -> SyncResult<Vec<Certificate>> {
    line.get("members").await
}

/// Who belongs, as a list proves it.
pub(crate) fn proved(list: &[Certificate], me: &Identity) -> Result<Members, SealError> {
    let mut members = Members::new(me.stall, &me.root.0)?;
    for c in list {
        members.take(c)?;
    }
    Ok(members)
}

/// The wrapped keys that lie at the hub, but those of scopes this version does not know.
pub(crate) async fn keys(line: &Http) -> SyncResult<Vec<Wrap>> {
    Ok(line.get::<Known<Wrap>>("keys").await?.0)
}

/// The keys of this laptop, under whatever id they were given to it: after a backup was put back it goes on under another.
pub(crate) fn my_ring(kept: &[Wrap], me: &Identity, members: &Members) -> Result<Ring, SealError> {
    let (wrap, public) = (me.wrap(), me.wrap().public());
    let mut all = Ring::default();
    for w in kept {
        let WrapTo::Replica(id) = w.to else { continue };
        if members.get(&id).is_some_and(|m| m.certificate.x25519.0 == public) {
            all.add(w.scope, w.key_epoch, unwrap(w, members.owner_key(w.by)?, &wrap)?);
        }
    }
    Ok(all)
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

/// What a laptop signs to get a token: nothing else it signs begins so.
fn proof_message(stall: &StallId, replica: &ReplicaId, at: Ms) -> Vec<u8> {
    let mut message = b"stall-hub token v1\0".to_vec();
    message.extend_from_slice(&stall.0);
    message.extend_from_slice(&replica.0);
    message.extend_from_slice(&at.0.to_be_bytes());
    message
}

/// Who asks, when, and the proof.
#[derive(Debug, Serialize)]
struct Proof {
    stall: StallId,
    replica: ReplicaId,
    at: Ms,
    signature: Hex<64>,
}

/// A token for who holds a certificate's key. The hub says its time where this laptop's is too far off.
pub(crate) async fn prove(line: &Http, of: (StallId, ReplicaId), key: &ReplicaKey, now: Ms) -> SyncResult<Token> {
    let (stall, replica) = of;
    let with = |at: Ms| Proof { stall, replica, at, signature: Hex(key.sign(&proof_message(&stall, &replica, at))) };
    match line.post("token", &with(now)).await {
        Err(SyncError::Hub(e)) if e.code == HubCode::BadInput => {
            let said = e.args.get("now").and_then(|n| n.parse().ok()).map(Ms);
            line.post("token", &with(said.ok_or(e)?)).await
        }
        other => other,
    }
}
