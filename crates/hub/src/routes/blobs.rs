//! Photographs, by the keyed hash of what they were before sealing.

use axum::{Json, body::Body, extract::State, http::HeaderMap, response::Response};
use bytes::Bytes;
use serde::Serialize;
use stall_core::sync::{
    Hex,
    wire::{BlobsAsk, BlobsMissing},
};

use super::{
    auth::Member,
    extract::{Path, Query},
    objects::{self, Announced, Received, Which},
};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    storage::{Kind, Name},
};

/// Answer to `POST /v1/blobs/needless`.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Marked {
    /// Newly marked; they go a day later unless somebody asks for them until then.
    pub marked: u64,
}

fn which(member: &Member, name: &str) -> HubResult<Which> {
    let name: Hex<32> = name.parse().map_err(|_| HubError::bad("name"))?;
    Ok(Which { stall: member.stall, kind: Kind::Blob, name: Bytes::copy_from_slice(&name.0) })
}

async fn names(hub: &Hub, headers: &HeaderMap, body: Body) -> HubResult<Vec<Name>> {
    let ask: BlobsAsk = body::json(headers, body, hub.limits()).await?;
    if ask.names.len() > hub.limits().names {
        return Err(HubError::new(HubCode::TooLarge).arg("limit", hub.limits().names));
    }
    Ok(ask.names.iter().map(|n| Bytes::copy_from_slice(&n.0)).collect())
}

/// `POST /v1/blobs/missing`: what is said to be here stays: its mark is taken off.
pub async fn missing(
    State(hub): State<Hub>,
    member: Member,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<BlobsMissing>> {
    let names = names(&hub, &headers, body).await?;
    let flags = hub.storage().missing(&member.stall, Kind::Blob, &names).await?;
    Ok(Json(BlobsMissing::of(&flags)))
}

/// `POST /v1/blobs/needless`, by an owner: first pass over photographs that no row names any more.
pub async fn needless(
    State(hub): State<Hub>,
    member: Member,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<Marked>> {
    member.owner()?;
    let names = names(&hub, &headers, body).await?;
    Ok(Json(Marked { marked: hub.storage().doom(&member.stall, Kind::Blob, &names, hub.now()).await? }))
}

/// `HEAD /v1/blobs/{name}`.
pub async fn head(State(hub): State<Hub>, member: Member, Path(name): Path<String>) -> HubResult<Response> {
    objects::head(&hub, &which(&member, &name)?).await
}

/// `GET /v1/blobs/{name}`, also a range.
pub async fn get(
    State(hub): State<Hub>,
    member: Member,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> HubResult<Response> {
    objects::get(&hub, &which(&member, &name)?, &headers).await
}

/// `PUT /v1/blobs/{name}?offset=o&size=s&hash=hex`: a piece. An offset that is not where the upload stands is refused
/// with `received`.
pub async fn put(
    State(hub): State<Hub>,
    member: Member,
    Path(name): Path<String>,
    Query(announced): Query<Announced>,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<Received>> {
    let (which, most) = (which(&member, &name)?, hub.limits().blob_bytes);
    Ok(Json(objects::put(&hub, which, &announced, most, &headers, body).await?))
}
