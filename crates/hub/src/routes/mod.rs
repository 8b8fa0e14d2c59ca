//! The HTTP API. Shapes of bodies: `stall_core::sync::wire`, `wire_trust`; of pushes and pages: `stall_seal::frame`.

mod auth;
mod blobs;
mod claim;
mod extract;
mod health;
mod hello;
mod joins;
mod keys;
mod linger;
mod members;
mod objects;
mod presence;
mod pull;
mod push;
mod relay;
mod snapshots;
mod stalls;
mod token;
mod wait;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::time::Instant;

pub use auth::Peer;
pub use objects::RECEIVED;
pub use token::{Proof, proof_message};

use linger::Rest;

use crate::{
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    storage::{Lineage, StallId},
};

/// The hub's API. The server in front puts a [`Peer`] into each request, holds connections to their limits, and ends
/// them when the hub stops.
pub fn router(hub: Hub) -> Router {
    let api = Router::new()
        .route("/stalls", post(stalls::make))
        .route("/invites", post(joins::invite))
        .route("/join", post(joins::join))
        .route("/joins", get(joins::waiting))
        .route("/token", post(token::prove))
        .route("/members", get(members::list).post(members::add))
        .route("/keys", get(keys::list).post(keys::add))
        .route("/hello", post(hello::hello))
        .route("/push", post(push::push))
        .route("/pull", get(pull::pull))
        .route("/relay", post(relay::set))
        .route("/held", get(relay::held))
        .route("/place", post(relay::place))
        .route("/wait", get(wait::wait))
        .route("/head/{after}/{lineage}", get(wait::head))
        .route("/presence", get(presence::listen).post(presence::say))
        .route("/snapshots/{seq}/{scope}", get(snapshots::get).head(snapshots::head).put(snapshots::put))
        .route("/blobs", get(blobs::count))
        .route("/blobs/names", get(blobs::names_of))
        .route("/blobs/missing", post(blobs::missing))
        .route("/blobs/needless", post(blobs::needless))
        .route("/blobs/{name}", get(blobs::get).head(blobs::head).put(blobs::put))
        .route("/claim", post(claim::claim));
    Router::new()
        .nest("/v1", api)
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(|| async { HubError::new(HubCode::NotFound).arg("what", "route") })
        .layer(from_fn_with_state(hub.clone(), around))
        .with_state(hub)
}

/// Every request: held to its address's rate, counted, timed. Its path and token are not logged.
async fn around(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let peer = request.extensions().get::<Peer>().copied();
    let allowed = peer.map_or(Ok(()), |p| hub.0.rates.address(p.0, hub.limits(), hub.now()));
    let (rest, request) = Rest::of(request);
    let mut response = match allowed {
        Ok(()) => next.run(request).await,
        Err(e) => e.into_response(),
    };
    rest.drain().await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    hub.0.metrics.answered(response.status().as_u16(), began.elapsed());
    response
}

/// Refuses a laptop that speaks of a lineage which ended. Who names none is not asked.
async fn of_lineage(hub: &Hub, stall: &StallId, named: Option<Lineage>) -> HubResult<()> {
    let Some(named) = named else { return Ok(()) };
    let now = hub.storage().stall(stall).await?.ok_or(HubCode::NotFound)?.lineage;
    if named == now { Ok(()) } else { Err(HubCode::Lineage.into()) }
}
