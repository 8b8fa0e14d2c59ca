//! For whoever runs the hub: alive, ready, counters. Nothing of any stall.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::hub::Hub;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Both stores answer and the hub is not about to stop.
pub async fn readyz(State(hub): State<Hub>) -> Response {
    let stores = async { hub.storage().ready().await.and(hub.blobs().mark().await) };
    match stores.await {
        _ if hub.0.stop.is_cancelled() => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
        Ok(_) => "ready\n".into_response(),
        Err(e) => {
            tracing::warn!(%e, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "a store does not answer\n").into_response()
        }
    }
}

/// The counters, as Prometheus reads them.
pub async fn metrics(State(hub): State<Hub>) -> Response {
    let text = hub.0.metrics.text(hub.0.heads.count());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
