//! Photographs, by the keyed hash of what they were before sealing.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use stall_core::sync::{
    Hex,
    wire::{BlobsAsk, BlobsCount, BlobsMissing},
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

/// Names in one answer.
const LISTED: i64 = 10_000;

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

/// `GET /v1/blobs`, by an owner: how many there are.
pub async fn count(State(hub): State<Hub>, member: Member) -> HubResult<Json<BlobsCount>> {
    member.owner()?;
    Ok(Json(BlobsCount { count: hub.storage().count(&member.stall, Kind::Blob).await? }))
}

#[derive(Debug, Deserialize)]
pub struct After {
    after: Option<Hex<32>>,
}

/// `GET /v1/blobs/names?after=hex`, by an owner: the next names, 32 bytes each; nothing after the last. Which of them rows name,
/// only a laptop can tell.
pub async fn names_of(State(hub): State<Hub>, member: Member, Query(ask): Query<After>) -> HubResult<Response> {
    member.owner()?;
    let after = ask.after.map(|a| a.0.to_vec()).unwrap_or_default();
    let names = hub.storage().names(&member.stall, Kind::Blob, &after, LISTED).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], names.concat()).into_response())
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
