//! `POST /v1/claim`: holds a unit while a sale is being made. A courtesy while a path is up, never truth.

use axum::{Json, body::Body, extract::State, http::HeaderMap};
use stall_core::{
    Ms,
    sync::{
        Hex,
        wire::{ClaimAnswer, ClaimAsk},
    },
};

use super::auth::Member;
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    storage::Claim,
};

/// Holds, holds longer, or lets go.
pub async fn claim(
    State(hub): State<Hub>,
    member: Member,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<ClaimAnswer>> {
    let ask: ClaimAsk = body::json(&headers, body, hub.limits()).await?;
    if ask.replica.0 != member.replica {
        return Err(HubError::new(HubCode::NotAllowed).arg("why", "replica"));
    }
    let now = hub.now();
    let until = now.saturating_add(i64::from(ask.hold_ms).min(hub.limits().claim_ms));
    let claim = Claim { what: ask.subject.0, replica: member.replica, until };
    let (by, until) = hub.storage().claim(&member.stall, &claim, now).await?;
    Ok(Json(if until > now {
        ClaimAnswer { held: by == member.replica, by: Some(Hex(by)), until: Some(Ms(until)) }
    } else {
        ClaimAnswer { held: false, by: None, until: None }
    }))
}
