//! `POST /v1/presence`: what this laptop has open, sealed, for the others. `GET /v1/presence`: events `presence`, first of
//! what stands, then of what is said. Nothing of it is kept on a disk.

use std::{collections::VecDeque, convert::Infallible};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use stall_core::sync::{Hex, HexBytes, wire::PresenceSaid};
use tokio::sync::broadcast::error::RecvError;

use super::{auth::Member, wait::ALIVE};
use crate::{
    body,
    error::{HubError, HubResult},
    hub::Hub,
    presence::{Listener, Said},
    storage::{ReplicaId, StallId, Told},
};

/// Says it.
pub async fn say(State(hub): State<Hub>, member: Member, headers: HeaderMap, body: Body) -> HubResult<StatusCode> {
    let limits = hub.limits();
    hub.0.rates.presence((member.stall, member.replica), limits, hub.now())?;
    let sealed = body::whole(&headers, body, limits.presence_bytes, limits).await?;
    if sealed.is_empty() {
        return Err(HubError::bad("body"));
    }
    let said = Said { replica: member.replica, sealed: sealed.clone() };
    if hub.0.presence.said(&member.stall, said, hub.now(), limits.presence_ms) {
        hub.storage().tell(&Told::Presence(member.stall, member.replica, sealed)).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

struct Line {
    hub: Hub,
    stall: StallId,
    replica: ReplicaId,
    listener: Listener,
    due: VecDeque<Said>,
}

/// Hears the others.
pub async fn listen(
    State(hub): State<Hub>,
    member: Member,
) -> HubResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let limits = hub.limits();
    let (listener, standing) = hub.0.presence.listen(&member.stall, limits.listeners, hub.now(), limits.presence_ms)?;
    let line = Line { stall: member.stall, replica: member.replica, listener, due: standing.into(), hub };
    Ok(Sse::new(stream::unfold(line, next)).keep_alive(KeepAlive::new().interval(ALIVE)))
}

async fn next(mut line: Line) -> Option<(Result<Event, Infallible>, Line)> {
    loop {
        if let Some(said) = line.due.pop_front() {
            if said.replica == line.replica {
                continue;
            }
            // A member removed meanwhile hears nothing more.
            let standing = line.hub.storage().replica(&line.stall, &line.replica).await.ok()??;
            if standing.revoked {
                return None;
            }
            let said = PresenceSaid { replica: Hex(said.replica), sealed: HexBytes(said.sealed.to_vec()) };
            return Some((Ok(Event::default().event("presence").json_data(said).unwrap_or_default()), line));
        }
        tokio::select! {
            () = line.hub.0.stop.cancelled() => return None,
            heard = line.listener.news.recv() => match heard {
                Ok(said) => line.due.push_back(said),
                Err(RecvError::Lagged(_)) => {
                    let keep = line.hub.limits().presence_ms;
                    line.due = line.hub.0.presence.standing(&line.stall, line.hub.now(), keep).into();
                }
                Err(RecvError::Closed) => return None,
            },
        }
    }
}
