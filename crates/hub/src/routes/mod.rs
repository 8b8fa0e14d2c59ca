//! The HTTP API.
mod auth;
mod health;
mod members;
mod objects;
mod wait;

use axum::{Router, routing::get};
pub use auth::Peer;
use crate::hub::Hub;

/// The hub's API.
pub fn router(hub: Hub) -> Router {
    Router::new().route("/v1/wait", get(wait::wait)).route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz)).route("/metrics", get(health::metrics)).with_state(hub)
}
