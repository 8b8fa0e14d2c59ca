//! `POST /v1/stalls`: founds a stall here, with the operator's token or a founding code as bearer. A stall that is here already
//! takes a further laptop whose certificate the root signed: the recovery phrase opens the door again.

use axum::{Json, body::Body, extract::State, http::request::Parts};
use stall_core::{
    Role,
    sync::wire_trust::{CertKind, MakeStall, Signer, Token},
};

use super::{
    auth::{Peer, bearer},
    joins, keys, members,
};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    metrics::add,
    secrets,
    storage::{Hash, NewStall},
    trust::Roll,
};

/// Founds, or comes back.
pub async fn make(State(hub): State<Hub>, parts: Parts, body: Body) -> HubResult<Json<Token>> {
    let (peer, now) = (Peer::of(&parts), hub.now());
    hub.0.rates.may_guess(peer, hub.limits(), now)?;
    let made: MakeStall = body::json(&parts.headers, body, hub.limits()).await?;
    let (stall, first) = (made.stall.0, &made.certificate);
    // Before anything is written: the first laptop is an owner's, by the root's own hand.
    if first.by != Signer::Root || first.kind != CertKind::Join || first.role != Role::Owner {
        return Err(HubError::bad("certificate"));
    }
    Roll::read(made.stall, &made.root.0, &[])?.add(first)?;
    if hub.storage().stall(&stall).await?.is_none() {
        let wrong = |_: &HubError| {
            hub.0.rates.wrong(peer, hub.limits(), now);
            add(&hub.0.metrics.wrong_tokens, 1);
        };
        let code = right(&hub, bearer(&parts.headers)).await.inspect_err(wrong)?;
        let (name, quota) = (first.name.clone(), hub.limits().quota);
        let new = NewStall { stall, root: made.root.0, recovery: made.recovery.0, name, quota, now };
        hub.storage().found(code.as_ref(), &new).await.inspect_err(wrong)?;
    }
    // The certificates of a stall are no secret: one that is known proves nothing.
    let known = || HubError::new(HubCode::Exists).arg("what", "certificate");
    let kept = hub.storage().certificates(&stall).await?;
    if Roll::read(made.stall, &made.root.0, &kept)?.add(first)?.is_none() {
        return Err(known());
    }
    // The token is kept first: when the hub stops in between, the same request comes to its end at the next try.
    let token = secrets::token(&stall)?;
    let hash = secrets::token_hash(&token).ok_or_else(|| HubError::internal("a token that is none"))?.1;
    hub.storage().add_token(&stall, &hash, &first.replica.0, now).await?;
    // Nobody was faster: else the token is not told.
    let mut all = vec![first.clone()];
    all.extend(made.more.iter().filter(|c| *c != first).cloned());
    if members::append(&hub, &stall, &all).await?.first() != Some(&true) {
        return Err(known());
    }
    keys::append(&hub, &stall, &made.wraps).await?;
    Ok(Json(joins::answer(token, &members::of(&hub, &stall).await?)))
}

/// The operator's token gives the right (`None`), or a founding code.
async fn right(hub: &Hub, bearer: Option<&str>) -> HubResult<Option<Hash>> {
    let bearer = bearer.ok_or(HubCode::NoToken)?;
    if hub.storage().admin().await? == Some(secrets::admin_hash(bearer)) {
        return Ok(None);
    }
    Ok(Some(secrets::invite_hash(bearer).ok_or(HubCode::NoToken)?))
}
