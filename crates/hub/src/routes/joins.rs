//! Invites of owners, and laptops that show one. An invite alone opens nothing: an owner's laptop looks at the proof, signs a
//! certificate and wraps the keys.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, request::Parts},
};
use bytes::Bytes;
use stall_core::{
    Ms,
    sync::{
        Hex,
        wire_trust::{Invite, Join, Token, Waiting},
    },
};

use super::{
    auth::{Member, Peer},
    members,
};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    metrics::add,
    secrets,
    storage::{NewInvite, NewJoin, Stall},
};

const NAME: usize = 200;

/// `POST /v1/invites`, by an owner.
pub async fn invite(State(hub): State<Hub>, member: Member, headers: HeaderMap, body: Body) -> HubResult<StatusCode> {
    member.owner()?;
    let said: Invite = body::json(&headers, body, hub.limits()).await?;
    if said.name.len() > NAME {
        return Err(HubError::bad("name"));
    }
    let now = hub.now();
    let invite = NewInvite {
        invite: secrets::of_owner(&said.invite.0),
        role: said.role.as_str().to_owned(),
        name: said.name,
        until: now.saturating_add(i64::from(said.hold_ms).min(hub.limits().invite_ms)),
    };
    if said.hold_ms == 0 {
        return Err(HubError::bad("hold_ms"));
    }
    hub.storage().add_invite(&member.stall, &invite).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/join`.
pub async fn join(State(hub): State<Hub>, parts: Parts, body: Body) -> HubResult<Json<Token>> {
    let (peer, now) = (Peer::of(&parts), hub.now());
    hub.0.rates.may_guess(peer, hub.limits(), now)?;
    let join: Join = body::json(&parts.headers, body, hub.limits()).await?;
    if join.name.len() > NAME {
        return Err(HubError::bad("name"));
    }
    let wrong = |e: HubError| {
        if e.code == HubCode::InviteGone {
            hub.0.rates.wrong(peer, hub.limits(), now);
            add(&hub.0.metrics.wrong_tokens, 1);
        }
        e
    };
    let invite = secrets::of_owner(&join.invite.0);
    let stall = hub.storage().invited_to(&invite).await?.ok_or(HubCode::InviteGone.into()).map_err(wrong)?;
    let token = secrets::token(&stall)?;
    let new = NewJoin {
        stall,
        invite,
        replica: join.replica.0,
        bytes: Bytes::from(serde_json::to_vec(&join).map_err(HubError::internal)?),
        token: secrets::token_hash(&token).ok_or_else(|| HubError::internal("a token that is none"))?.1,
        now,
    };
    hub.storage().join(&new).await.map_err(wrong)?;
    Ok(Json(answer(token, &members::of(&hub, &stall).await?)))
}

/// A token and what its holder needs to check certificates.
pub fn answer(token: String, stall: &Stall) -> Token {
    Token { token, stall: Hex(stall.stall), root: Hex(stall.root), recovery: Hex(stall.recovery) }
}

/// `GET /v1/joins`, by an owner: who waits.
pub async fn waiting(State(hub): State<Hub>, member: Member) -> HubResult<Json<Vec<Waiting>>> {
    member.owner()?;
    let rows = hub.storage().joins(&member.stall).await?;
    let read = rows.iter().map(|(bytes, at)| {
        Ok(Waiting { join: serde_json::from_slice(bytes).map_err(HubError::internal)?, at: Ms(*at) })
    });
    Ok(Json(read.collect::<HubResult<_>>()?))
}
