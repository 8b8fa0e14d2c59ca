//! `GET /api/events`: pushes as server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt, stream};
use stall_core::api::Push;
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};

use super::http::Site;

/// Every push from now on. A comment comes first so that the client knows the line stands.
pub async fn events(State(site): State<Site>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = stream::once(async { Ok(Event::default().comment("ready")) });
    let pushes = BroadcastStream::new(site.ctx.subscribe()).map(|push| {
        let push = match push {
            Ok(push) => push,
            Err(BroadcastStreamRecvError::Lagged(_)) => Push::Lagged,
        };
        Ok(Event::default().json_data(push).unwrap_or_default())
    });
    Sse::new(hello.chain(pushes)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}
