//! Staged files over HTTP: upload and download.

use axum::{
    Json,
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use stall_core::{AppError, AppResult, ErrorCode, Id, api::StagedFile};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};
use tokio_util::io::ReaderStream;

use super::{
    fail::Fail,
    http::{Site, declared, next_chunk},
};
use crate::staging::{self, FileFrom, MAX_BYTES, limit};

/// Bytes of a refused upload still read, so that the browser gets to see the answer.
const DRAIN: u64 = 3 * MAX_BYTES;

/// Bytes of a download sent at a time.
const PIECE: usize = 256 << 10;

/// `POST /api/files.put?name=`: raw bytes, streamed to disk. `folder` and `modified` (ms) may say where it lay and when it
/// was written.
pub async fn put(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<StagedFile>, Fail> {
    let said = |key: &str| {
        let raw = query.as_deref().unwrap_or("").split('&').find_map(|p| p.strip_prefix(key)?.strip_prefix('='));
        raw.map(|raw| decode_name(&raw.replace('+', "%20")))
    };
    let name = said("name").ok_or_else(|| AppError::new(ErrorCode::BadInput).arg("field", "name"))?;
    let from = FileFrom::told(&said("folder").unwrap_or_default(), said("modified").and_then(|ms| ms.parse().ok()));
    if declared(&headers) > limit(&name) + DRAIN {
        return Err(staging::too_large(&name).into());
    }
    let id = site.ctx.env().new_id()?;
    let place = site.ctx.staging().place(id);
    let written = receive(&place, &name, body).await;
    let staged = written.and_then(|()| site.ctx.staging().add_from(id, &name, place.clone(), from));
    if staged.is_err() {
        tokio::fs::remove_file(&place).await.ok();
    }
    Ok(Json(staged?))
}

/// A percent-encoded file name.
#[must_use]
pub fn decode_name(raw: &str) -> String {
    percent_decode_str(raw).decode_utf8_lossy().into_owned()
}

async fn receive(place: &std::path::Path, name: &str, body: Body) -> AppResult<()> {
    let io = |e: std::io::Error| AppError::from_io(&e).arg("name", name);
    let mut file = File::create(place).await.map_err(io)?;
    let mut chunks = body.into_data_stream();
    let (mut seen, limit) = (0, limit(name));
    while let Some(chunk) = next_chunk(&mut chunks).await? {
        seen += chunk.len() as u64;
        if seen > limit + DRAIN {
            break;
        }
        if seen <= limit {
            file.write_all(&chunk).await.map_err(io)?;
        }
    }
    file.flush().await.map_err(io)?;
    if seen > limit { Err(staging::too_large(name)) } else { Ok(()) }
}

/// `GET /files/{id}`: a staged file as a download; a PDF asked for with `?show` opens in the browser's viewer.
pub async fn get(
    State(site): State<Site>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let id: Id = id.parse().map_err(|_| AppError::new(ErrorCode::BadInput).arg("field", "id"))?;
    let staged = site.ctx.staging().get(id)?;
    let mut file = File::open(&staged.path).await.map_err(|e| AppError::from_io(&e))?;
    let mut magic = [0; 5];
    let pdf = file.read_exact(&mut magic).await.is_ok() && magic == *b"%PDF-";
    file.rewind().await.map_err(|e| AppError::from_io(&e))?;
    let length = file.metadata().await.map_err(|e| AppError::from_io(&e))?.len();
    let name = utf8_percent_encode(&staged.file.name, NON_ALPHANUMERIC);
    let shown = query.as_deref() == Some("show") && pdf;
    let (kind, how) = if shown { ("application/pdf", "inline") } else { ("application/octet-stream", "attachment") };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{how}; filename*=UTF-8''{name}")),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::with_capacity(file, PIECE))).into_response())
}
