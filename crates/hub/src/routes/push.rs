//! `POST /v1/push?clock=ms`: envelopes, all or none. Those of others are carried from another hub: signed by their author,
//! so that it does not matter who brings them.

use std::collections::{BTreeMap, btree_map::Entry};

use axum::{Json, body::Body, extract::State, http::HeaderMap};
use bytes::Bytes;
use serde::Deserialize;
use stall_core::{
    Ms, Role,
    sync::{Hex, wire::PushAnswer},
};
use stall_seal::{Header, Reader, SealError, VerifyKey, envelope, frame};

use super::{auth::Member, extract::Query, of_lineage};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    metrics::add,
    storage::{NewEnvelope, NewGroup, NewPart, ReplicaId, StallId},
};

#[derive(Debug, Deserialize)]
pub struct Sent {
    /// The laptop's clock as it sends.
    clock: i64,
    /// As heard in hello; checked when given.
    lineage: Option<Hex<16>>,
    /// Of what an owner carries from a relay: to be added to its author's clock, ms.
    skew: Option<i64>,
}

/// What is added to the clocks of authors: the sender's, and others'.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    pub own: ReplicaId,
    pub offset: i64,
    pub skew: i64,
}

/// A read envelope and its header, not yet known to be its author's.
pub(super) struct Read {
    pub envelope: NewEnvelope,
    pub header: Header,
}

/// Takes envelopes.
pub async fn push(
    State(hub): State<Hub>,
    member: Member,
    Query(sent): Query<Sent>,
    headers: HeaderMap,
    body: Body,
) -> HubResult<Json<PushAnswer>> {
    of_lineage(&hub, &member.stall, sent.lineage.map(|l| l.0)).await?;
    let place = hub.0.bodies.acquire().await.map_err(HubError::internal)?;
    let bytes = body::whole(&headers, body, hub.limits().push_bytes, hub.limits()).await?;
    add(&hub.0.metrics.pushed_bytes, bytes.len());
    let now = hub.now();
    let (stall, own, offset) = (member.stall, member.replica, now.saturating_sub(sent.clock));
    // Of another author's clock nothing is known but what a relay measured.
    let skew = sent.skew.filter(|_| member.role == Role::Owner).unwrap_or(0);
    let read = aside(move || read(&bytes, &stall, Clocks { own, offset, skew })).await?;
    let mut signers = BTreeMap::new();
    for r in &read {
        if let Entry::Vacant(new) = signers.entry(r.envelope.replica) {
            new.insert(signer(&hub, &stall, &r.envelope.replica).await?);
        }
    }
    let envelopes = aside(move || genuine(read, &signers)).await?;
    let pushed = hub.storage().push(&stall, &envelopes, now).await?;
    drop(place);
    add(&hub.0.metrics.pushed_groups, usize::try_from(pushed.new).unwrap_or(0));
    // Also where it is held: who carries hears of it.
    if pushed.new > 0 {
        hub.rose(&stall, pushed.head).await;
    }
    let next = match pushed.next.iter().find(|(replica, _)| *replica == own) {
        Some((_, next)) => *next,
        None => hub.storage().replica(&stall, &own).await?.ok_or(HubCode::NotAllowed)?.next_rseq,
    };
    Ok(Json(PushAnswer { acked_to: next - 1, head: pushed.head, now: Ms(now) }))
}

/// Hashes and signatures take milliseconds: not on the threads that serve.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> HubResult<T> + Send + 'static) -> HubResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(HubError::internal)?
}

pub(super) fn broken(e: SealError) -> HubError {
    match e {
        SealError::TooLong => HubError::new(HubCode::TooLarge).arg("limit", envelope::MAX),
        SealError::Newer => HubError::new(HubCode::BadEnvelope).arg("why", "newer"),
        e => HubError::new(HubCode::BadEnvelope).arg("why", "bytes").detail(e),
    }
}

fn read(body: &Bytes, stall: &StallId, clocks: Clocks) -> HubResult<Vec<Read>> {
    frame::pushed(body)
        .map(|bytes| {
            let read = one(&body.slice_ref(bytes.map_err(broken)?), clocks)?;
            if read.header.stall.0 == *stall {
                Ok(read)
            } else {
                Err(HubError::new(HubCode::BadEnvelope).arg("why", "stall"))
            }
        })
        .collect()
}

/// Parts are kept as slices of the body: nothing is copied before it is written.
pub(super) fn one(bytes: &Bytes, clocks: Clocks) -> HubResult<Read> {
    let mut r = Reader::new(bytes);
    let header = Header::read(&mut r).map_err(broken)?;
    if header.groups.len() > 1 && bytes.len() > envelope::MAX {
        return Err(broken(SealError::TooLong));
    }
    let head = bytes.slice(..r.at());
    let mut parts = Vec::with_capacity(header.parts.len());
    for part in &header.parts {
        let sealed = r.take(part.length as usize).map_err(broken)?;
        part.check(sealed).map_err(|e| HubError::new(HubCode::BadEnvelope).arg("why", "part").detail(e))?;
        parts.push(NewPart { scope: part.scope, bytes: bytes.slice_ref(sealed) });
    }
    r.end().map_err(broken)?;
    let envelope = NewEnvelope {
        id: *blake3::hash(&head).as_bytes(),
        replica: header.replica.0,
        first_rseq: header.first_rseq,
        prev: header.prev,
        groups: header.groups.iter().map(|g| NewGroup { base_seq: g.base_seq, hlc: g.hlc.0 }).collect(),
        header: head,
        parts,
        offset: if header.replica.0 == clocks.own { clocks.offset } else { clocks.skew },
    };
    Ok(Read { envelope, header })
}

pub(super) async fn signer(hub: &Hub, stall: &StallId, author: &ReplicaId) -> HubResult<VerifyKey> {
    let standing = hub.storage().replica(stall, author).await?;
    let standing = standing.ok_or_else(|| HubError::new(HubCode::NotAllowed).arg("why", "no_certificate"))?;
    VerifyKey::from_bytes(&standing.signer).map_err(HubError::internal)
}

fn genuine(read: Vec<Read>, signers: &BTreeMap<ReplicaId, VerifyKey>) -> HubResult<Vec<NewEnvelope>> {
    read.into_iter()
        .map(|r| {
            let forged = || HubError::new(HubCode::BadEnvelope).arg("why", "signature");
            let signer = signers.get(&r.envelope.replica).ok_or_else(forged)?;
            r.header.verify(signer).map_err(|e| forged().detail(e))?;
            Ok(r.envelope)
        })
        .collect()
}
