//! The console's own files: embedded, or from `ui/dist` on disk in a debug build so that a UI edit needs no cargo.

use std::borrow::Cow;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use include_dir::{Dir, include_dir};
use stall_core::ErrorCode;

use super::fail::Fail;

static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/ui/dist");

const NO_SESSION: &str = include_str!("no_session.html");

/// A file of the built UI.
pub fn read(path: &str) -> Option<Cow<'static, [u8]>> {
    #[cfg(debug_assertions)]
    {
        let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/dist");
        let plain = std::path::Path::new(path).components().all(|c| matches!(c, std::path::Component::Normal(_)));
        if plain && dist.join("index.html").is_file() {
            return std::fs::read(dist.join(path)).ok().map(Cow::Owned);
        }
    }
    DIST.get_file(path).map(|f| Cow::Borrowed(f.contents()))
}

/// The page.
pub fn page() -> Response {
    match read("index.html") {
        Some(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        None => Fail::from(ErrorCode::FileMissing).into_response(),
    }
}

/// Says where the address with the token is found.
pub fn no_session() -> Response {
    (StatusCode::UNAUTHORIZED, Html(NO_SESSION)).into_response()
}

/// `GET /{path}`: scripts, styles, fonts. They hold nothing private and need no session.
pub async fn get(Path(path): Path<String>) -> Response {
    match read(&path) {
        Some(bytes) => answer(&path, bytes),
        None => Fail::from(ErrorCode::NotFound).into_response(),
    }
}

/// A file with its type.
pub fn answer(path: &str, bytes: Cow<'static, [u8]>) -> Response {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    // Vite names files of assets/ by their content.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, mime.as_ref()), (header::CACHE_CONTROL, cache)], bytes).into_response()
}
