//! The HTTP door: the same commands for a browser on this machine, on 127.0.0.1 only.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Extension, Json, Router,
    body::{Body, Bytes},
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use futures_util::StreamExt;
use serde_json::Value;
use stall_core::{AppError, AppResult, ErrorCode, Role};
use tokio::net::TcpListener;
use tower_http::set_header::SetResponseHeaderLayer;

use super::{assets, events, fail::Fail, files, guard, media, openapi};
use crate::ctx::{Caller, Ctx};

/// Largest JSON input.
pub const MAX_JSON: usize = 4 << 20;
/// A body that brings nothing for this long is given up.
pub const SLOWEST: Duration = Duration::from_secs(20);

/// Nothing from elsewhere, no frames, no inline scripts.
const CSP: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; \
                   object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The door's own state.
#[derive(Debug, Clone)]
pub struct Site {
    pub ctx: Ctx,
    port: u16,
    hosts: Arc<[String; 3]>,
}

impl Site {
    fn new(ctx: Ctx, port: u16) -> Self {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|h| format!("{h}:{port}"));
        Self { ctx, port, hosts: Arc::new(hosts) }
    }

    /// Names our page may call us by.
    #[must_use]
    pub fn hosts(&self) -> &[String; 3] {
        &self.hosts
    }

    /// Cookies do not know ports: two stalls on one machine need two names.
    #[must_use]
    pub fn cookie(&self) -> String {
        format!("stallkeeper_{}", self.port)
    }
}

/// An open door.
#[derive(Debug)]
pub struct HttpDoor {
    pub addr: SocketAddr,
    pub owner_token: String,
    listener: TcpListener,
    site: Site,
}

impl HttpDoor {
    /// Binds 127.0.0.1 and mints the owner's token. Port 0 takes a free one.
    ///
    /// # Errors
    /// `StallBusy` with `port` when it is taken.
    pub async fn bind(ctx: Ctx, port: u16) -> AppResult<Self> {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = bound.map_err(|e| AppError::new(ErrorCode::StallBusy).arg("port", port).detail(e))?;
        let addr = listener.local_addr().map_err(|e| AppError::from_io(&e))?;
        let owner_token = ctx.mint(Role::Owner)?;
        Ok(Self { addr, owner_token, listener, site: Site::new(ctx, addr.port()) })
    }

    /// The address to open in a browser, with the token.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/?token={}", self.addr, self.owner_token)
    }

    /// Serves until `stop` is done.
    ///
    /// # Errors
    /// `Internal` when the listener breaks.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> AppResult<()> {
        let app = router(self.site);
        axum::serve(self.listener, app).with_graceful_shutdown(stop).await.map_err(|e| AppError::from_io(&e))
    }
}

fn router(site: Site) -> Router {
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/api/files.put", post(files::put))
        .route("/api/events", get(events::events))
        .route("/api/openapi.json", get(|| async { Json(openapi::document()) }))
        .route("/api/{command}", post(command))
        .route("/media/{hash}/{size}", get(media::get))
        .route("/files/{id}", get(files::get))
        .route("/", get(index))
        .route("/{*path}", get(assets::get))
        .fallback(|| async { Fail::from(ErrorCode::NotFound) })
        .method_not_allowed_fallback(|| async {
            Fail(StatusCode::METHOD_NOT_ALLOWED, AppError::new(ErrorCode::BadInput).arg("field", "method"))
        })
        .layer(middleware::from_fn_with_state(site.clone(), guard::guard))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CSP))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .with_state(site)
}

/// `POST /api/{command}`: JSON in, JSON out.
async fn command(
    State(site): State<Site>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Fail> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    // Forms of other sites cannot send JSON without asking first.
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let e = AppError::new(ErrorCode::BadInput).arg("field", "content-type");
        return Err(Fail(StatusCode::UNSUPPORTED_MEDIA_TYPE, e));
    }
    let bytes = read_body(body, &headers, MAX_JSON).await?;
    let input = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).map_err(|e| {
            let at = format!("line {} column {}", e.line(), e.column());
            AppError::new(ErrorCode::BadInput).arg("field", "body").detail(at)
        })?
    };
    Ok(Json(detached(async move { crate::dispatch(&site.ctx, &caller, &name, input).await }).await?))
}

/// Runs apart from the connection: a browser that goes away does not cut a write in the middle.
///
/// # Errors
/// What the work answers; `Internal` when it broke off.
pub async fn detached<T: Send + 'static>(work: impl Future<Output = AppResult<T>> + Send + 'static) -> AppResult<T> {
    tokio::spawn(work).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}

async fn read_body(body: Body, headers: &HeaderMap, limit: usize) -> AppResult<Vec<u8>> {
    let too_large = || AppError::new(ErrorCode::TooLarge).arg("limit", format!("{} MB", limit >> 20));
    if declared(headers) > limit as u64 {
        return Err(too_large());
    }
    let mut all = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = next_chunk(&mut chunks).await? {
        if all.len() + chunk.len() > limit {
            return Err(too_large());
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

/// What `Content-Length` claims; it may lie, so bytes are counted too.
pub(super) fn declared(headers: &HeaderMap) -> u64 {
    headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok()).unwrap_or(0)
}

/// The next piece of a body, or `Cancelled` when it stops coming.
pub(super) async fn next_chunk(chunks: &mut axum::body::BodyDataStream) -> AppResult<Option<Bytes>> {
    let broken = |detail: String| AppError::new(ErrorCode::Cancelled).detail(detail);
    let next = tokio::time::timeout(SLOWEST, chunks.next()).await;
    next.map_err(|_| broken("the body stopped coming".into()))?.transpose().map_err(|e| broken(e.to_string()))
}

/// The page. With `?token=` it keeps the token in a cookie that scripts cannot read and takes it out of the address.
async fn index(State(site): State<Site>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let given = query.as_deref().unwrap_or("").split('&').find_map(|pair| pair.strip_prefix("token="));
    if let Some(token) = given {
        if site.ctx.sessions().get(token).is_err() {
            return assets::no_session();
        }
        let cookie = format!("{}={token}; HttpOnly; SameSite=Strict; Path=/", site.cookie());
        return ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response();
    }
    match guard::token(&headers, &site.cookie()).map(|t| site.ctx.sessions().get(t)) {
        Some(Ok(_)) => assets::page(),
        _ => assets::no_session(),
    }
}
