//! A stall with two hubs: one orders its groups, the other relays. Owners' laptops carry between them: `GET /v1/held` from the
//! relay to the orderer's `push`, and the orderer's pages to the relay's `POST /v1/place`.

use std::collections::{BTreeMap, btree_map::Entry};

use axum::{Json, body::Body, extract::State, http::HeaderMap};
use bytes::Bytes;
use serde::Deserialize;
use stall_core::sync::{
    Hex,
    wire::{Head, RelayAsk},
};
use stall_seal::{
    Envelope, SealError,
    frame::{self, Pulled},
};

use super::{
    auth::Member,
    extract::Query,
    push::{Clocks, aside, broken, one, signer},
};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    metrics::add,
    storage::{Copied, Kind, Placing, Relay},
};

/// Makes the hub one that relays or one that orders.
pub async fn set(State(hub): State<Hub>, member: Member, headers: HeaderMap, body: Body) -> HubResult<Json<Head>> {
    member.owner()?;
    let ask: RelayAsk = body::json(&headers, body, hub.limits()).await?;
    let lost = ask.lost.then(|| hub.now());
    let to = Relay { relay: ask.relay, head: ask.head, clear: ask.clear, since: ask.since.0, lost };
    hub.storage().set_relay(&member.stall, to).await?;
    if ask.clear {
        // Pictures of an order that is gone.
        for snapshot in hub.storage().objects(&member.stall, Kind::Snapshot).await? {
            let paths = hub.storage().drop_object(&member.stall, Kind::Snapshot, &snapshot.name).await?;
            hub.blobs().delete(&paths).await;
        }
    }
    Ok(Json(Head { head: if ask.clear { 0 } else { ask.head } }))
}

#[derive(Debug, Deserialize)]
pub struct Skip {
    #[serde(default)]
    skip: i64,
}

/// Gives what waits, to owners: `skew` (i64) and envelope, each as `stall_seal::frame::held` lays them.
pub async fn held(State(hub): State<Hub>, member: Member, Query(Skip { skip }): Query<Skip>) -> HubResult<Vec<u8>> {
    member.owner()?;
    let held = hub.storage().held(&member.stall, skip.max(0), hub.limits().page_bytes).await?;
    let mut out = Vec::new();
    for h in &held {
        frame::hold(&mut out, h.skew, &h.bytes);
    }
    Ok(out)
}

#[derive(Debug, Deserialize)]
pub struct Of {
    lineage: Hex<16>,
    #[serde(default)]
    since: i64,
}

/// Takes a page of the hub that orders, with every part of it.
pub async fn place(
    State(hub): State<Hub>,
    member: Member,
    Query(of): Query<Of>,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<Head>> {
    member.owner()?;
    let place = hub.0.bodies.acquire().await.map_err(HubError::internal)?;
    let bytes = body::whole(&headers, body, hub.limits().push_bytes, hub.limits()).await?;
    add(&hub.0.metrics.pushed_bytes, bytes.len());
    let (page, _) = aside(move || frame::page(&bytes).map_err(broken)).await?;
    let mut signers = BTreeMap::new();
    for p in &page {
        if p.header.stall.0 != member.stall {
            return Err(HubError::new(HubCode::BadEnvelope).arg("why", "stall"));
        }
        if let Entry::Vacant(new) = signers.entry(p.header.replica.0) {
            new.insert(signer(&hub, &member.stall, &p.header.replica.0).await?);
        }
    }
    let placing = aside(move || {
        let forged = |e: SealError| HubError::new(HubCode::BadEnvelope).arg("why", "signature").detail(e);
        page.into_iter()
            .map(|p| {
                let key = signers.get(&p.header.replica.0).ok_or_else(|| forged(SealError::NotGenuine))?;
                p.header.verify(key).map_err(forged)?;
                placing(p)
            })
            .collect::<HubResult<Vec<_>>>()
    })
    .await?;
    let from = Copied { lineage: of.lineage.0, since: of.since };
    let head = hub.storage().place(&member.stall, &from, &placing).await?;
    drop(place);
    hub.rose(&member.stall, head).await;
    Ok(Json(Head { head }))
}

fn placing(p: Pulled) -> HubResult<Placing> {
    if p.parts.len() != p.header.parts.len() {
        return Err(HubError::new(HubCode::BadEnvelope).arg("why", "part"));
    }
    let own = p.header.replica.0;
    let envelope = Envelope { header: p.header, parts: p.parts.into_iter().map(|(_, bytes)| bytes).collect() };
    // Its stamps are those of the other hub.
    let clocks = Clocks { own, offset: 0, skew: 0 };
    let read = one(&Bytes::from(envelope.encode()), clocks)?;
    Ok(Placing { seq0: p.seq0, effs: p.effs.iter().map(|e| e.0).collect(), envelope: read.envelope })
}
