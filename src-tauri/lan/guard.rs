//! Who may knock at the door for phones: pages of ours, by the very address the connection came to, not too often.

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use stall_core::{AppError, AppResult, ErrorCode};

use super::{router::Site, serve::Wire};
use crate::door::fail::Fail;

/// Refuses another host's name, another site's page, and whoever asks too often.
pub async fn guard(State(site): State<Site>, Extension(wire): Extension<Wire>, req: Request, next: Next) -> Response {
    let lan = site.ctx.lan();
    let may = same_site(&wire, &req).and_then(|()| lan.0.rates.request(wire.peer, &lan.limits(), site.ctx.env().now()));
    match may {
        Ok(()) => {
            let mut answer = next.run(req).await;
            if wire.secure {
                // Over plain HTTP browsers ignore it, and complain.
                let name = HeaderName::from_static("cross-origin-opener-policy");
                answer.headers_mut().insert(name, HeaderValue::from_static("same-origin"));
            }
            answer
        }
        Err(e) => Fail::from(e).into_response(),
    }
}

/// A rebound name carries itself in `Host`; only the address of this end of the connection is ours.
fn same_site(wire: &Wire, req: &Request) -> AppResult<()> {
    let refuse = |what: &str| Err(AppError::new(ErrorCode::NotAllowed).arg("header", what));
    let ours = wire.local.to_string();
    let all = |name: HeaderName| {
        req.headers().get_all(name).iter().map(|v| v.to_str().unwrap_or("?").to_owned()).collect::<Vec<_>>()
    };
    let hosts = all(header::HOST);
    let named = req.uri().authority().map(|a| a.as_str().to_owned());
    if hosts.len() != 1 || hosts.iter().chain(&named).any(|h| *h != ours) {
        return refuse("host");
    }
    let scheme = if wire.secure { "https" } else { "http" };
    if all(header::ORIGIN).iter().any(|o| *o != format!("{scheme}://{ours}")) {
        return refuse("origin");
    }
    // A scanned link may open the page itself, nothing else.
    let page = req.method() == Method::GET && matches!(req.uri().path(), "/" | "/p" | "/p/");
    match all(HeaderName::from_static("sec-fetch-site")).first().map(String::as_str) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) if page => Ok(()),
        Some(_) => refuse("sec-fetch-site"),
    }
}
