//! Bodies of requests: counted, and given up when they come too slowly.

use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::{HeaderMap, header},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::{
    error::{HubCode, HubError, HubResult},
    limits::Limits,
};

struct Reader {
    chunks: BodyDataStream,
    limits: Limits,
    began: Instant,
    seen: u64,
}

impl Reader {
    async fn next(&mut self) -> HubResult<Option<Bytes>> {
        let slow = |detail: String| HubError::bad("body").arg("why", "slow").detail(detail);
        let next = tokio::time::timeout(self.limits.idle, self.chunks.next()).await;
        let chunk = next.map_err(|_| slow("the body stopped coming".into()))?;
        let chunk = chunk.transpose().map_err(|e| slow(e.to_string()))?;
        self.seen += chunk.as_ref().map_or(0, |c| c.len() as u64);
        let past = self.began.elapsed().saturating_sub(self.limits.grace).as_secs();
        if chunk.is_some() && self.seen < past.saturating_mul(self.limits.slowest) {
            return Err(slow("the body drips".into()));
        }
        Ok(chunk)
    }
}

/// A whole body of at most `most` bytes. What `Content-Length` claims may be a lie: bytes are counted too.
///
/// # Errors
/// `too_large`; `bad_input` with `why` `slow` when it stops, drips or breaks off.
pub async fn whole(headers: &HeaderMap, body: Body, most: u64, limits: &Limits) -> HubResult<Bytes> {
    let too_large = || HubError::new(HubCode::TooLarge).arg("limit", most);
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let declared: u64 = declared.unwrap_or(0);
    if declared > most {
        return Err(too_large());
    }
    let mut reader = Reader { chunks: body.into_data_stream(), limits: *limits, began: Instant::now(), seen: 0 };
    // Room is taken as bytes come, not as they are promised.
    let mut all = Vec::with_capacity(usize::try_from(declared.min(64 << 10)).unwrap_or(0));
    while let Some(chunk) = reader.next().await? {
        if reader.seen > most {
            return Err(too_large());
        }
        all.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(all))
}

/// A small JSON body.
///
/// # Errors
/// `bad_input` unless it is JSON of this shape; `too_large`.
pub async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limits: &Limits) -> HubResult<T> {
    let bytes = whole(headers, body, limits.json_bytes, limits).await?;
    serde_json::from_slice(&bytes)
        .map_err(|e| HubError::bad("body").arg("line", e.line()).arg("column", e.column()).detail(e))
}
