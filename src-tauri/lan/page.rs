//! The phone page and its files: embedded like the console's, under `/p/`, and nothing else of the console.

use axum::{
    extract::Path,
    http::header,
    response::{Html, IntoResponse, Response},
};
use stall_core::ErrorCode;

use crate::door::{assets, fail::Fail};

const NO_PAGE: &str = include_str!("no_page.html");

/// `GET /p/`.
pub async fn page() -> Response {
    match assets::read("phone.html") {
        Some(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        None => Html(NO_PAGE).into_response(),
    }
}

/// `GET /p/{path}`: scripts, styles, pictures of the page. They hold nothing private.
pub async fn file(Path(path): Path<String>) -> Response {
    let ours = path.starts_with("assets/") || path.starts_with("phone") || path == "icon.svg";
    match assets::read(&path).filter(|_| ours) {
        Some(bytes) => assets::answer(&path, bytes),
        None => Fail::from(ErrorCode::NotFound).into_response(),
    }
}
