//! Who may knock: our own page on this machine, with the token. Guards against DNS rebinding and other sites.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use stall_core::{AppError, ErrorCode, api::Door};

use super::{fail::Fail, http::Site};

/// Refuses requests for another host, from another site, or without a session where one is needed.
pub async fn guard(State(site): State<Site>, mut req: Request, next: Next) -> Response {
    if let Err(e) = same_site(&site, &req) {
        return Fail::from(e).into_response();
    }
    if needs_session(req.uri().path()) {
        let token = token(req.headers(), &site.cookie()).unwrap_or_default().to_owned();
        let origin = req.headers().get("x-origin").and_then(|v| v.to_str().ok()).map(|o| o.chars().take(64).collect());
        match site.ctx.caller(&token, Door::Browser, origin).await {
            Ok(caller) => {
                req.extensions_mut().insert(caller);
            }
            Err(e) => return Fail::from(e).into_response(),
        }
    }
    next.run(req).await
}

fn needs_session(path: &str) -> bool {
    ["/api/", "/media/", "/files/"].iter().any(|p| path.starts_with(p))
}

/// A rebound name or another site's page carries its own name in `Host` or `Origin`.
fn same_site(site: &Site, req: &Request) -> Result<(), AppError> {
    let refuse = |what: &str| Err(AppError::new(ErrorCode::NotAllowed).arg("header", what));
    let text = |name| req.headers().get(name).map(|v| v.to_str().unwrap_or("?"));
    let host = text(header::HOST).or_else(|| req.uri().authority().map(|a| a.as_str())).unwrap_or_default();
    if !site.hosts().iter().any(|h| h == host) {
        return refuse("host");
    }
    match text(header::ORIGIN) {
        Some(origin) if !site.hosts().iter().any(|h| origin.strip_prefix("http://") == Some(h)) => {
            return refuse("origin");
        }
        _ => {}
    }
    // A link from elsewhere may open the page itself, nothing else.
    let page = req.method() == Method::GET && req.uri().path() == "/";
    match text(header::HeaderName::from_static("sec-fetch-site")) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if page => Ok(()),
        Some(_) => refuse("sec-fetch-site"),
    }
}

/// The token of the bearer header or of our cookie.
#[must_use]
pub fn token<'h>(headers: &'h HeaderMap, cookie: &str) -> Option<&'h str> {
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    bearer.or_else(|| {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == cookie).then_some(value))
    })
}
