//! `GET /v1/wait?after=c`: an event `head` with the number as soon as the stall's head is above c, and again when it rises.
//! `GET /v1/head/{after}/{lineage}`: the same asked once, in a few hundred bytes.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use serde::Deserialize;
use stall_core::sync::{Hex, wire::Head};

use super::{
    auth::Member,
    extract::{Path, Query},
};
use crate::{
    error::{HubCode, HubResult},
    heads::Listener,
    hub::Hub,
    storage::{ReplicaId, StallId},
};

/// A line that nothing passes is given a sign of life; proxies close silent ones after a minute.
pub(super) const ALIVE: Duration = Duration::from_secs(25);
/// News of another process can be lost: the head is looked up this often all the same.
const LOOK: Duration = Duration::from_secs(15);

#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    after: i64,
}

struct Line {
    hub: Hub,
    stall: StallId,
    replica: ReplicaId,
    told: i64,
    listener: Listener,
}

/// Waits for news.
pub async fn wait(
    State(hub): State<Hub>,
    member: Member,
    Query(After { after }): Query<After>,
) -> HubResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let listener = hub.0.heads.listen(&member.stall, hub.limits().listeners)?;
    let line = Line { hub, stall: member.stall, replica: member.replica, told: after, listener };
    Ok(Sse::new(stream::unfold(line, next)).keep_alive(KeepAlive::new().interval(ALIVE)))
}

/// Nothing (204) while the stall's head is the one that is named, in the order that is named; else the head.
pub async fn head(
    State(hub): State<Hub>,
    member: Member,
    Path((after, lineage)): Path<(i64, Hex<16>)>,
) -> HubResult<Response> {
    let stall = hub.storage().stall(&member.stall).await?.ok_or(HubCode::NotFound)?;
    if (stall.head, stall.lineage) == (after, lineage.0) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(Head { head: stall.head }).into_response())
}

async fn next(mut line: Line) -> Option<(Result<Event, Infallible>, Line)> {
    loop {
        let heard = *line.listener.head.borrow_and_update();
        let head = if heard > line.told { heard } else { look(&line).await.ok()? };
        if head > line.told {
            // A line outlives its beginning: a member removed meanwhile hears nothing more.
            let standing = line.hub.storage().replica(&line.stall, &line.replica).await.ok()??;
            if standing.revoked {
                return None;
            }
            line.told = head;
            return Some((Ok(Event::default().event("head").json_data(Head { head }).unwrap_or_default()), line));
        }
        tokio::select! {
            () = line.hub.0.stop.cancelled() => return None,
            () = tokio::time::sleep(LOOK) => {}
            rose = line.listener.head.changed() => rose.ok()?,
        }
    }
}

async fn look(line: &Line) -> HubResult<i64> {
    Ok(line.hub.storage().stall(&line.stall).await?.ok_or(HubCode::NotFound)?.head)
}
