//! `GET /v1/pull?after=c&scopes=0,1&replica=hex`: the next page, with the parts of these scopes which the role may open.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use stall_core::sync::{Hex, Hlc, ReplicaId, Scope};
use stall_seal::frame::PageWriter;

use super::{auth::Member, extract::Query, of_lineage};
use crate::{
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    metrics::add,
    storage::Pull,
};

/// No replica's id: they are made at random.
const NOBODY: [u8; 16] = [0; 16];

#[derive(Debug, Deserialize)]
pub struct Ask {
    #[serde(default)]
    after: i64,
    /// Numbers with commas; without them those of the role.
    scopes: Option<String>,
    replica: Option<ReplicaId>,
    /// The asker's own come with their parts too: they are to be carried to another hub.
    #[serde(default)]
    whole: bool,
    /// As heard in hello; checked when given.
    lineage: Option<Hex<16>>,
}

/// Gives a page.
pub async fn pull(State(hub): State<Hub>, member: Member, Query(ask): Query<Ask>) -> HubResult<Response> {
    if ask.replica.is_some_and(|r| r.0 != member.replica) {
        return Err(HubError::new(HubCode::NotAllowed).arg("why", "replica"));
    }
    of_lineage(&hub, &member.stall, ask.lineage.map(|l| l.0)).await?;
    let page = hub
        .storage()
        .pull(&Pull {
            stall: member.stall,
            after: ask.after.max(0),
            scopes: scopes(&member, ask.scopes.as_deref())?,
            own: if ask.whole { NOBODY } else { member.replica },
            budget: hub.limits().page_bytes,
        })
        .await?;
    let mut writer = PageWriter::default();
    for e in &page.envelopes {
        let own = !ask.whole && e.replica == member.replica;
        let effs: Vec<Hlc> = e.effs.iter().map(|n| Hlc(*n)).collect();
        let parts = e.parts.iter().map(|(at, bytes)| (usize::from(*at), &bytes[..]));
        writer.add(e.seq0(), own, &e.header, &effs, parts).map_err(HubError::internal)?;
    }
    let body = writer.finish(page.head);
    add(&hub.0.metrics.pulled_envelopes, page.envelopes.len());
    add(&hub.0.metrics.pulled_bytes, body.len());
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}

/// Bit n: scope n. A role gets no scope it has no key of, however it asks; of scopes of a newer program nothing is known.
fn scopes(member: &Member, asked: Option<&str>) -> HubResult<i64> {
    let allowed = |n: u8| Scope::of_number(n).is_none_or(|s| s.of_role(member.role));
    let numbers: Vec<u8> = match asked {
        None => Scope::ALL.map(Scope::number).to_vec(),
        Some("") => Vec::new(),
        Some(text) => {
            let read: Option<_> = text.split(',').map(|n| n.trim().parse().ok().filter(|n| *n < 63)).collect();
            read.ok_or_else(|| HubError::bad("scopes"))?
        }
    };
    Ok(numbers.into_iter().filter(|n| allowed(*n)).fold(0, |mask, n| mask | 1 << n))
}
