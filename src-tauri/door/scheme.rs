//! The window's address for photographs: `stall://localhost/media/<hash>/<size>` (`http://stall.localhost/…` on Windows).

use tauri::http::{Response, StatusCode, header};

use super::{fail::status, media};
use crate::ctx::Ctx;

/// Answers one request of the scheme.
pub async fn answer(ctx: Ctx, path: String) -> Response<Vec<u8>> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let loaded = match parts[..] {
        ["media", hash, size] => media::load(&ctx, hash, size).await,
        _ => Err(stall_core::ErrorCode::NotFound.into()),
    };
    let built = match loaded {
        Ok((bytes, mime)) => Response::builder()
            .header(header::CONTENT_TYPE, mime)
            .header(header::CACHE_CONTROL, media::CACHE)
            .header(header::CONTENT_SECURITY_POLICY, media::CSP)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .body(bytes),
        Err(e) => {
            let code = StatusCode::from_u16(status(e.code).as_u16()).unwrap_or(StatusCode::NOT_FOUND);
            Response::builder().status(code).body(serde_json::to_vec(&e).unwrap_or_default())
        }
    };
    built.unwrap_or_default()
}
