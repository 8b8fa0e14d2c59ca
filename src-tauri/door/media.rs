//! Photographs by the name of their original, for both doors.

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use stall_core::{AppError, AppResult, ErrorCode};
use stall_media::{Blob, Size};

use super::{fail::Fail, http::Site};
use crate::{ctx::Ctx, photo_copies, sync};

/// The bytes never change under their name.
pub const CACHE: &str = "private, max-age=31536000, immutable";
/// An original comes from outside: whatever it is, it runs nothing.
pub const CSP: &str = "default-src 'none'; sandbox";

/// A picture and its MIME type. A made copy that is missing is made again; `zoom` is for looking closely.
///
/// # Errors
/// `BadInput` for a name or size that is none; `FileMissing`.
pub async fn load(ctx: &Ctx, hash: &str, size: &str) -> AppResult<(Vec<u8>, &'static str)> {
    let name = Blob::parse(hash)?;
    let close = size == "zoom";
    let size = if close { Some(Size::Full) } else { Size::parse(size) };
    let size = size.ok_or_else(|| AppError::new(ErrorCode::BadInput).arg("field", "size"))?;
    match here(ctx, &name, size, close).await {
        // Another laptop of the stall may have it.
        Err(e) if e.code == ErrorCode::FileMissing && sync::fetch(ctx, &name, size).await => {
            here(ctx, &name, size, close).await
        }
        other => other,
    }
}

async fn here(ctx: &Ctx, name: &Blob, size: Size, close: bool) -> AppResult<(Vec<u8>, &'static str)> {
    let stall = ctx.stall();
    if close {
        return photo_copies::close_up(&stall, name.clone()).await;
    }
    photo_copies::load(&stall, name.clone(), size).await
}

/// `GET /media/{hash}/{320|1600|full|zoom}`.
pub async fn get(State(site): State<Site>, Path((hash, size)): Path<(String, String)>) -> Result<Response, Fail> {
    let (bytes, mime) = load(&site.ctx, &hash, &size).await?;
    let headers =
        [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, CACHE), (header::CONTENT_SECURITY_POLICY, CSP)];
    Ok((headers, bytes).into_response())
}
