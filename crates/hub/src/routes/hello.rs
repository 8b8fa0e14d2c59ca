//! `POST /v1/hello`: where both stand.

use axum::{Json, body::Body, extract::State, http::HeaderMap};
use stall_core::{
    Ms,
    sync::{
        Hex,
        wire::{Hello, HelloAnswer, Limits, PROTO},
    },
};

use super::{auth::Member, snapshots};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
};

/// Greets.
pub async fn hello(
    State(hub): State<Hub>,
    member: Member,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<HelloAnswer>> {
    let said: Hello = body::json(&headers, body, hub.limits()).await?;
    if said.proto != PROTO {
        return Err(HubError::new(HubCode::Proto).arg("proto", PROTO));
    }
    if said.replica.0 != member.replica {
        return Err(HubError::new(HubCode::NotAllowed).arg("why", "replica"));
    }
    let storage = hub.storage();
    let mut stall = storage.stall(&member.stall).await?.ok_or(HubCode::NotFound)?;
    // It has seen more of this lineage than there is: the hub was put back to an earlier day without knowing it.
    // A relay is behind whenever nobody carried.
    if !stall.relay && said.lineage.is_some_and(|l| l.0 == stall.lineage) && said.cursor > stall.head {
        tracing::warn!("a laptop is ahead of the hub: the stall has a new lineage");
        stall.lineage = storage.renew_lineage(&member.stall, &stall.lineage).await?;
    }
    let standing = storage.replica(&member.stall, &member.replica).await?.ok_or(HubCode::NotAllowed)?;
    let end = if stall.relay { storage.tail(&member.stall, &member.replica).await? } else { None };
    let (expect_rseq, last) = end.unwrap_or((standing.next_rseq, standing.last_id));
    let limits = Limits {
        push: hub.limits().push_bytes,
        page: hub.limits().page_bytes as u64,
        blob_part: hub.limits().piece_bytes,
        quota: u64::try_from(stall.quota).ok(),
        ..Limits::default()
    };
    Ok(Json(HelloAnswer {
        lineage: Hex(stall.lineage),
        head: stall.head,
        expect_rseq,
        last: Hex(last),
        now: Ms(hub.now()),
        snapshot: snapshots::newest(&hub, &member).await?,
        limits,
        relay: stall.relay,
        since: Ms(stall.since),
        certificates: storage.certificates(&member.stall).await?.len() as u64,
    }))
}
