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
use tokio::{fs::File, io::AsyncWriteExt};

use super::{
    fail::Fail,
    http::{Site, declared, next_chunk},
};
use crate::staging::{self, FileFrom, MAX_BYTES};

/// Bytes of a refused upload still read, so that the browser gets to see the answer.
const DRAIN: u64 = 4 * MAX_BYTES;

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
    if declared(&headers) > DRAIN {
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
    let mut seen = 0;
    while let Some(chunk) = next_chunk(&mut chunks).await? {
        seen += chunk.len() as u64;
        if seen > DRAIN {
            break;
        }
        if seen <= MAX_BYTES {
            file.write_all(&chunk).await.map_err(io)?;
        }
    }
    file.flush().await.map_err(io)?;
    if seen > MAX_BYTES { Err(staging::too_large(name)) } else { Ok(()) }
}

/// `GET /files/{id}`: a staged file as a download.
pub async fn get(State(site): State<Site>, Path(id): Path<String>) -> Result<Response, Fail> {
    let id: Id = id.parse().map_err(|_| AppError::new(ErrorCode::BadInput).arg("field", "id"))?;
    let staged = site.ctx.staging().get(id)?;
    let bytes = tokio::fs::read(&staged.path).await.map_err(|e| AppError::from_io(&e))?;
    let name = utf8_percent_encode(&staged.file.name, NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}
