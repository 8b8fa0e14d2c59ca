//! What the door for phones answers to. Everything that is not named here is not there.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::Redirect,
    routing::{get, post, put},
};
use stall_core::{AppError, ErrorCode};
use tower_http::set_header::SetResponseHeaderLayer;

use super::{api, auth, events, guard, page, pair, photos};
use crate::{ctx::Ctx, door::fail::Fail};

/// The phone page: own files only; pictures it makes itself, the camera, a barcode reader in WebAssembly.
const CSP: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
                   script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
                   connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const FEATURES: &str = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";

/// The door's own state.
#[derive(Debug, Clone)]
pub struct Site {
    pub ctx: Ctx,
    port: u16,
}

impl Site {
    /// Cookies do not know ports; the two ports have two.
    #[must_use]
    pub fn cookie(&self) -> String {
        format!("stallphone_{}", self.port)
    }
}

pub fn router(ctx: Ctx, port: u16) -> Router {
    let site = Site { ctx, port };
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let paired = Router::new()
        .route("/api/{command}", post(api::command))
        .route("/lan/photos/{id}", put(photos::put).get(photos::get))
        .route("/lan/events", get(events::events))
        .route("/media/{hash}/{size}", get(api::media))
        .route_layer(middleware::from_fn_with_state(site.clone(), auth::auth));
    Router::new()
        .merge(paired)
        .route("/", get(|| async { Redirect::to("/p/") }))
        .route("/p", get(|| async { Redirect::to("/p/") }))
        .route("/p/", get(page::page))
        .route("/p/{*path}", get(page::file))
        .route("/lan/pair", post(pair::pair))
        .fallback(|| async { Fail::from(ErrorCode::NotFound) })
        .method_not_allowed_fallback(|| async {
            Fail(StatusCode::METHOD_NOT_ALLOWED, AppError::new(ErrorCode::BadInput).arg("field", "method"))
        })
        .layer(middleware::from_fn_with_state(site.clone(), guard::guard))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CSP))
        .layer(fixed(HeaderName::from_static("permissions-policy"), FEATURES))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .with_state(site)
}
