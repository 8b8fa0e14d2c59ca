//! `GET /lan/events`: that units or photographs changed, as it happens. Nothing of who did what.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, StreamExt, stream};
use stall_core::api::{ChangeFlags, Push};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{auth::Phone, live::Listening, router::Site};
use crate::door::fail::Fail;

struct Line {
    pushes: Receiver<Push>,
    listening: Listening,
    ended: bool,
}

/// Ends when the phone's right is taken away or another stall is opened.
pub async fn events(
    State(site): State<Site>,
    Extension(phone): Extension<Phone>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Fail> {
    let listening = site.ctx.lan().0.live.listen(phone.id)?;
    let pushes = site.ctx.subscribe();
    // Between being let in and listening its right may have been taken away: the cut would have missed this line.
    phone.still().await?;
    drop(phone);
    let hello = stream::once(async { Ok(Event::default().comment("ready")) });
    let rest = stream::unfold(Line { pushes, listening, ended: false }, next);
    let every = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Sse::new(hello.chain(rest)).keep_alive(every))
}

async fn next(mut line: Line) -> Option<(Result<Event, Infallible>, Line)> {
    while !line.ended {
        let push = tokio::select! {
            biased;
            () = line.listening.over.cancelled() => return None,
            push = line.pushes.recv() => push,
        };
        let push = match push {
            Ok(push) => push,
            Err(RecvError::Lagged(_)) => Push::Lagged,
            Err(RecvError::Closed) => return None,
        };
        line.ended = matches!(push, Push::StallSwitched);
        if let Some(push) = for_phone(push) {
            return Some((Ok(Event::default().json_data(push).unwrap_or_default()), line));
        }
    }
    None
}

/// What a phone may hear of a push.
fn for_phone(push: Push) -> Option<Push> {
    match push {
        Push::Changed { flags, origin, .. } => {
            let units = flags.units || flags.facts;
            let (photos, inspections) = (flags.photos, flags.inspections);
            let flags = ChangeFlags { units, photos, inspections, ..ChangeFlags::default() };
            let (op, args, by) = (String::new(), BTreeMap::new(), String::new());
            (units || photos || inspections).then_some(Push::Changed { flags, op, args, by, origin, step: None })
        }
        Push::StallSwitched | Push::Lagged => Some(push),
        _ => None,
    }
}
