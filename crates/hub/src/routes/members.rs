//! `GET/POST /v1/members`: the certificates, in the order they came. Every laptop checks them itself.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use stall_core::{
    Role,
    sync::{Hex, wire_trust::Certificate},
};

use super::auth::Joined;
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    storage::{Stall, StallId},
    trust::Roll,
};

/// Others may add certificates between reading and writing: then once more.
const TRIES: usize = 8;

/// One, or several in order.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Some1<T> {
    One(T),
    Several(Vec<T>),
}

impl<T> Some1<T> {
    pub fn all(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(all) => all,
        }
    }
}

/// A role as the database has it.
pub fn role(name: &str) -> HubResult<Role> {
    Role::ALL.into_iter().find(|r| r.as_str() == name).ok_or_else(|| HubError::internal("a role of a newer hub"))
}

/// Gives them out; also to who waits for its own.
pub async fn list(State(hub): State<Hub>, joined: Joined) -> HubResult<Json<Vec<Box<RawValue>>>> {
    let kept = hub.storage().certificates(&joined.stall).await?;
    Ok(Json(kept.iter().map(|b| serde_json::from_slice(b)).collect::<Result<_, _>>().map_err(HubError::internal)?))
}

/// Takes some. It does not matter who brings them, but who signed.
pub async fn add(State(hub): State<Hub>, joined: Joined, headers: HeaderMap, body: Body) -> HubResult<StatusCode> {
    let new: Some1<Certificate> = body::json(&headers, body, hub.limits()).await?;
    append(&hub, &joined.stall, &new.all()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Checks certificates against those here and appends what is new. Says of each whether it was.
pub async fn append(hub: &Hub, stall: &StallId, new: &[Certificate]) -> HubResult<Vec<bool>> {
    for _ in 0..TRIES {
        let kept = hub.storage().certificates(stall).await?;
        let root = of(hub, stall).await?.root;
        let mut roll = Roll::read(Hex(*stall), &root, &kept)?;
        let (mut rows, mut fresh) = (Vec::new(), Vec::new());
        for certificate in new {
            let row = roll.add(certificate)?;
            fresh.push(row.is_some());
            rows.extend(row);
        }
        if kept.len() + rows.len() > hub.limits().certificates {
            return Err(HubError::new(HubCode::TooLarge).arg("limit", hub.limits().certificates));
        }
        let known = i64::try_from(kept.len()).map_err(HubError::internal)?;
        if rows.is_empty() || hub.storage().add_certificates(stall, known, &rows, hub.now()).await? {
            return Ok(fresh);
        }
    }
    Err(HubCode::Busy.into())
}

/// The stall's row.
pub async fn of(hub: &Hub, stall: &StallId) -> HubResult<Stall> {
    hub.storage().stall(stall).await?.ok_or_else(|| HubCode::NotFound.into())
}
