//! Bodies of requests: counted, and given up when they come too slowly.

use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::{HeaderMap, header},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use stall_core::{AppError, AppResult, ErrorCode};
use tokio::time::Instant;

use super::Limits;

/// A body being read.
#[derive(Debug)]
pub struct Reader {
    chunks: BodyDataStream,
    limits: Limits,
    began: Instant,
    pub seen: u64,
}

impl Reader {
    pub fn new(body: Body, limits: Limits) -> Self {
        Self { chunks: body.into_data_stream(), limits, began: Instant::now(), seen: 0 }
    }

    /// What it is held to.
    pub fn limit(&self) -> Limits {
        self.limits
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// `Cancelled` when the body stops coming, drips, or the connection is cut.
    pub async fn next(&mut self) -> AppResult<Option<Bytes>> {
        let broken = |detail: String| AppError::new(ErrorCode::Cancelled).detail(detail);
        let next = tokio::time::timeout(self.limits.idle, self.chunks.next()).await;
        let chunk = next.map_err(|_| broken("the body stopped coming".into()))?;
        let chunk = chunk.transpose().map_err(|e| broken(e.to_string()))?;
        self.seen += chunk.as_ref().map_or(0, |c| c.len() as u64);
        let past = self.began.elapsed().saturating_sub(self.limits.grace).as_secs();
        if chunk.is_some() && self.seen < past.saturating_mul(self.limits.slowest) {
            return Err(broken("the body drips".into()));
        }
        Ok(chunk)
    }
}

/// What `Content-Length` claims; it may lie, so bytes are counted too.
pub fn declared(headers: &HeaderMap) -> u64 {
    headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok()).unwrap_or(0)
}

/// A small JSON body.
///
/// # Errors
/// `BadInput` unless it is JSON of this shape and says so; `TooLarge`; `Cancelled`.
pub async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limits: Limits) -> AppResult<T> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    // Forms of other sites cannot send JSON without asking first.
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(bad("content-type"));
    }
    let too_large = || AppError::new(ErrorCode::TooLarge).arg("limit", format!("{} KB", limits.json_bytes >> 10));
    if declared(headers) > limits.json_bytes {
        return Err(too_large());
    }
    let mut all = Vec::new();
    let mut reader = Reader::new(body, limits);
    while let Some(chunk) = reader.next().await? {
        if reader.seen > limits.json_bytes {
            return Err(too_large());
        }
        all.extend_from_slice(&chunk);
    }
    let bytes: &[u8] = if all.is_empty() { b"null" } else { &all };
    serde_json::from_slice(bytes).map_err(|e| bad("body").detail(format!("line {} column {}", e.line(), e.column())))
}
