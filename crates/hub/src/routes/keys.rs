//! `GET/POST /v1/keys`: scope keys, wrapped. An owner gets all, the others those made for them.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use bytes::Bytes;
use stall_core::{
    Role,
    sync::{
        Hex,
        wire_trust::{Wrap, WrapTo},
    },
};

use super::{
    auth::{Joined, Member},
    members::{self, Some1},
};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    storage::StallId,
    trust::Roll,
};

/// Wraps of one stall: scopes, epochs and members multiply.
const MOST: usize = 20_000;

/// Gives them out.
pub async fn list(State(hub): State<Hub>, joined: Joined) -> HubResult<Json<Vec<Wrap>>> {
    let owner = joined.standing.as_ref().is_some_and(|s| s.role == Role::Owner.as_str());
    let mut wraps = Vec::new();
    for (_, bytes) in hub.storage().wraps(&joined.stall, 0).await? {
        let wrap: Wrap = serde_json::from_slice(&bytes).map_err(HubError::internal)?;
        if owner || wrap.to == WrapTo::Replica(Hex(joined.replica)) {
            wraps.push(wrap);
        }
    }
    Ok(Json(wraps))
}

/// Takes some, signed by an owner or the root.
pub async fn add(State(hub): State<Hub>, member: Member, headers: HeaderMap, body: Body) -> HubResult<StatusCode> {
    let new: Some1<Wrap> = body::json(&headers, body, hub.limits()).await?;
    append(&hub, &member.stall, &new.all()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Checks wraps against the certificates here and keeps what is new.
pub async fn append(hub: &Hub, stall: &StallId, new: &[Wrap]) -> HubResult<()> {
    let kept = hub.storage().certificates(stall).await?;
    let roll = Roll::read(Hex(*stall), &members::of(hub, stall).await?.root, &kept)?;
    let mut rows = Vec::with_capacity(new.len());
    for wrap in new {
        roll.check_wrap(wrap)?;
        rows.push(Bytes::from(serde_json::to_vec(wrap).map_err(HubError::internal)?));
    }
    if hub.storage().wraps(stall, 0).await?.len() + rows.len() > MOST {
        return Err(HubError::new(HubCode::TooLarge).arg("limit", MOST));
    }
    hub.storage().add_wraps(stall, &rows).await
}
