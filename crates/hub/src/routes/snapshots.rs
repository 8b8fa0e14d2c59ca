//! Snapshots: an owner's laptop seals one part a scope and puts them up; a new laptop begins with the newest of which all
//! parts that its role opens are here.

use std::collections::BTreeMap;

use axum::{Json, body::Body, extract::State, http::HeaderMap, response::Response};
use bytes::Bytes;
use serde::Deserialize;
use stall_core::{
    Role,
    sync::{
        Hex, Scope,
        wire::{SnapshotInfo, SnapshotPart},
    },
};

use super::{
    auth::Member,
    extract::{Path, Query},
    objects::{self, Announced, Received, Which},
    of_lineage,
};
use crate::{
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    storage::{Kind, Name, Object, StallId},
};

/// Whole snapshots that are kept: the newest, and the one a laptop may be reading.
const KEPT: usize = 2;

#[derive(Debug, Deserialize)]
pub struct OfLineage {
    lineage: Option<Hex<16>>,
}

fn name(seq: i64, scope: u8) -> Name {
    let mut name = seq.to_be_bytes().to_vec();
    name.push(scope);
    Bytes::from(name)
}

fn which(member: &Member, seq: i64, scope: u8) -> HubResult<Which> {
    let known = Scope::of_number(scope).ok_or_else(|| HubError::bad("scope"))?;
    if !known.of_role(member.role) {
        return Err(HubError::new(HubCode::NotAllowed).arg("why", "scope"));
    }
    Ok(Which { stall: member.stall, kind: Kind::Snapshot, name: name(seq, scope) })
}

/// `GET /v1/snapshots/{seq}/{scope}`, also a range.
pub async fn get(
    State(hub): State<Hub>,
    member: Member,
    Path((seq, scope)): Path<(i64, u8)>,
    headers: HeaderMap,
) -> HubResult<Response> {
    objects::get(&hub, &which(&member, seq, scope)?, &headers).await
}

/// `HEAD /v1/snapshots/{seq}/{scope}`: how much is here.
pub async fn head(State(hub): State<Hub>, member: Member, Path((seq, scope)): Path<(i64, u8)>) -> HubResult<Response> {
    objects::head(&hub, &which(&member, seq, scope)?).await
}

/// `PUT /v1/snapshots/{seq}/{scope}?offset=o&size=s&hash=hex&epoch=e&lineage=hex`, by an owner: a piece.
pub async fn put(
    State(hub): State<Hub>,
    member: Member,
    Path((seq, scope)): Path<(i64, u8)>,
    Query(announced): Query<Announced>,
    Query(of): Query<OfLineage>,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<Received>> {
    member.owner()?;
    of_lineage(&hub, &member.stall, of.lineage.map(|l| l.0)).await?;
    let head = hub.storage().stall(&member.stall).await?.ok_or(HubCode::NotFound)?.head;
    if !(1..=head).contains(&seq) {
        return Err(HubError::bad("seq").arg("head", head));
    }
    let (which, most) = (which(&member, seq, scope)?, hub.limits().snapshot_bytes);
    let received = objects::put(&hub, which, &announced, most, &headers, body).await?;
    if received.whole {
        overtake(&hub, &member.stall).await?;
    }
    Ok(Json(received))
}

type BySeq = BTreeMap<i64, BTreeMap<Scope, Object>>;

async fn by_seq(hub: &Hub, stall: &StallId) -> HubResult<BySeq> {
    let mut all = BySeq::new();
    for object in hub.storage().objects(stall, Kind::Snapshot).await? {
        let parts = object.name.split_first_chunk::<8>();
        if object.whole
            && let Some((seq, [scope])) = parts
            && let Some(scope) = Scope::of_number(*scope)
        {
            all.entry(i64::from_be_bytes(*seq)).or_default().insert(scope, object);
        }
    }
    Ok(all)
}

fn has_all(parts: &BTreeMap<Scope, Object>, role: Role) -> bool {
    Scope::all_of(role).iter().all(|s| parts.contains_key(s))
}

/// Older ones are marked needless; the sweep takes them a day later, when nobody reads them any more.
async fn overtake(hub: &Hub, stall: &StallId) -> HubResult<()> {
    let all = by_seq(hub, stall).await?;
    let oldest = all.iter().rev().filter(|(_, parts)| has_all(parts, Role::Owner)).nth(KEPT - 1);
    if let Some((oldest, _)) = oldest {
        let old = all.range(..oldest).flat_map(|(_, parts)| parts.values()).map(|o| o.name.clone());
        hub.storage().doom(stall, Kind::Snapshot, &old.collect::<Vec<_>>(), hub.now()).await?;
    }
    Ok(())
}

/// The newest of which every part of the member's role is here.
pub async fn newest(hub: &Hub, member: &Member) -> HubResult<Option<SnapshotInfo>> {
    let all = by_seq(hub, &member.stall).await?;
    let found = all.into_iter().rev().find(|(_, parts)| has_all(parts, member.role));
    Ok(found.map(|(seq, parts)| {
        let own = parts.into_iter().filter(|(scope, _)| scope.of_role(member.role));
        let part = |(scope, o): (Scope, Object)| SnapshotPart {
            scope,
            key_epoch: u32::try_from(o.epoch).unwrap_or(0),
            bytes: o.size.unsigned_abs(),
            hash: Hex(o.hash),
        };
        SnapshotInfo { seq, parts: own.map(part).collect() }
    }))
}
