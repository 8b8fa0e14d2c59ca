//! Photographs and snapshots: bytes in pieces, resumed by offset, given out by range. The hub can open neither; it holds
//! them to the length and the BLAKE3 that the sender announced.

use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use stall_core::sync::Hex;

use crate::{
    blobs::Blobs,
    body,
    error::{HubCode, HubError, HubResult},
    hex,
    hub::Hub,
    metrics::add,
    storage::{Added, Kind, Name, NewPiece, Object, Piece, StallId},
};

/// Where an unfinished upload goes on, in answers to HEAD.
pub const RECEIVED: &str = "x-received";

/// What a piece belongs to: in the query of PUT.
#[derive(Debug, Deserialize)]
pub struct Announced {
    #[serde(default)]
    pub offset: i64,
    /// Of the whole object.
    pub size: i64,
    /// BLAKE3 of the whole object as it is sent (sealed), hex.
    pub hash: Hex<32>,
    /// Of the key it is sealed under; snapshots only.
    #[serde(default)]
    pub epoch: u32,
}

/// One object.
#[derive(Debug)]
pub struct Which {
    pub stall: StallId,
    pub kind: Kind,
    pub name: Name,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Received {
    pub received: i64,
    pub whole: bool,
}

/// Takes a piece.
pub async fn put(
    hub: &Hub,
    which: Which,
    announced: &Announced,
    most: u64,
    headers: &HeaderMap,
    body: Body,
) -> HubResult<Received> {
    let hash = announced.hash.0;
    let (offset, size) = (announced.offset, announced.size);
    if size <= 0 || offset < 0 || offset >= size {
        return Err(HubError::bad(if size <= 0 { "size" } else { "offset" }));
    }
    if size.unsigned_abs() > most {
        return Err(HubError::new(HubCode::TooLarge).arg("limit", most));
    }
    // Asked before the body is read: who sends what is here, or from a wrong place, need not send it all.
    match before(hub, &which, announced, &hash).await? {
        // Said to be here it stays, as where it is asked for: a mark is taken off. The sweep may have been faster.
        Some(there) if there.whole => {
            let lacking = hub.storage().missing(&which.stall, which.kind, std::slice::from_ref(&which.name)).await?;
            match lacking.first() {
                Some(false) => return Ok(there),
                _ if offset != 0 => return Err(elsewhere(0)),
                _ => {}
            }
        }
        Some(there) if there.received != offset => return Err(elsewhere(there.received)),
        None if offset != 0 => return Err(elsewhere(0)),
        _ => {}
    }
    let _place = hub.0.bodies.acquire().await.map_err(HubError::internal)?;
    let bytes = body::whole(headers, body, hub.limits().piece_bytes, hub.limits()).await?;
    let end = offset + i64::try_from(bytes.len()).map_err(HubError::internal)?;
    if bytes.is_empty() || end > size {
        return Err(HubError::bad("body"));
    }
    add(&hub.0.metrics.object_bytes_in, bytes.len());
    let piece_hash = *blake3::hash(&bytes).as_bytes();
    let path = Blobs::path(&which.stall, which.kind, &which.name, offset)?;
    hub.blobs().put(&path, bytes).await?;
    let piece = Piece { bytes: offset..end, hash: piece_hash, path: path.clone() };
    let (epoch, now) = (i64::from(announced.epoch), hub.now());
    let new = NewPiece { kind: which.kind, name: which.name.clone(), size, hash, epoch, piece, now };
    let added = hub.storage().add_piece(&which.stall, &new).await;
    if !matches!(added, Ok(Added::Counted { .. })) {
        hub.blobs().delete(&[path]).await;
    }
    match added? {
        Added::Whole => Ok(Received { received: size, whole: true }),
        Added::Elsewhere { received } => Err(elsewhere(received)),
        Added::Counted { received } if received < size => Ok(Received { received, whole: false }),
        Added::Counted { .. } => finish(hub, &which).await,
    }
}

fn elsewhere(received: i64) -> HubError {
    HubError::bad("offset").arg("received", received)
}

/// What is here of it. An upload of another sealing gives way once nobody went on with it for a while.
async fn before(hub: &Hub, which: &Which, announced: &Announced, hash: &[u8; 32]) -> HubResult<Option<Received>> {
    let Some(there) = hub.storage().object(&which.stall, which.kind, &which.name).await? else { return Ok(None) };
    if there.hash == *hash && there.size == announced.size {
        // All came, but the answer did not, or the hub stopped before it had checked.
        if !there.whole && there.received == there.size {
            return finish(hub, which).await.map(Some);
        }
        return Ok(Some(Received { received: there.received, whole: there.whole }));
    }
    if there.whole || hub.now() - there.at < hub.limits().takeover_ms {
        return Err(if there.whole { HubCode::Exists } else { HubCode::Busy }.into());
    }
    let paths = hub.storage().drop_object(&which.stall, which.kind, &which.name).await?;
    hub.blobs().delete(&paths).await;
    Ok(None)
}

/// All bytes are here: they must be those announced, or the upload starts anew.
async fn finish(hub: &Hub, which: &Which) -> HubResult<Received> {
    let object = hub.storage().object(&which.stall, which.kind, &which.name).await?;
    let object = object.ok_or(HubCode::NotFound)?;
    if hashed(hub.blobs(), &object).await? != object.hash {
        let paths = hub.storage().drop_object(&which.stall, which.kind, &which.name).await?;
        hub.blobs().delete(&paths).await;
        return Err(HubError::bad("hash"));
    }
    hub.storage().finish(&which.stall, which.kind, &which.name, hub.now()).await?;
    Ok(Received { received: object.size, whole: true })
}

/// BLAKE3 of an object's bytes. One piece is hashed already.
async fn hashed(blobs: &Blobs, object: &Object) -> HubResult<[u8; 32]> {
    if let [piece] = object.pieces.as_slice() {
        return Ok(piece.hash);
    }
    let mut hasher = blake3::Hasher::new();
    for piece in &object.pieces {
        hasher.update(&blobs.get(&piece.path, 0..length(&piece.bytes)).await?);
    }
    Ok(*hasher.finalize().as_bytes())
}

fn length(range: &Range<i64>) -> u64 {
    range.end.abs_diff(range.start)
}

/// Tells how much is here: 200 whole, 202 on its way with [`RECEIVED`], else `not_found`.
pub async fn head(hub: &Hub, which: &Which) -> HubResult<Response> {
    let object = hub.storage().object(&which.stall, which.kind, &which.name).await?.ok_or(HubCode::NotFound)?;
    let status = if object.whole { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(RECEIVED, object.received.into());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if object.whole {
        headers.insert(header::CONTENT_LENGTH, object.size.into());
        headers.insert(header::ETAG, etag(&object)?);
    }
    Ok(response)
}

/// Gives an object out, or a range of it.
pub async fn get(hub: &Hub, which: &Which, headers: &HeaderMap) -> HubResult<Response> {
    let object = hub.storage().object(&which.stall, which.kind, &which.name).await?;
    let object = object.filter(|o| o.whole).ok_or(HubCode::NotFound)?;
    let asked = headers.get(header::RANGE).and_then(|v| v.to_str().ok());
    let range = match asked.map(|text| parse(text, object.size)) {
        None | Some(Asked::Other) => None,
        Some(Asked::Part(range)) => Some(range),
        Some(Asked::Beyond) => {
            let all = format!("bytes */{}", object.size);
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, all)]).into_response());
        }
    };
    let (status, part) = match range {
        None => (StatusCode::OK, 0..object.size),
        Some(range) => (StatusCode::PARTIAL_CONTENT, range),
    };
    let tag = etag(&object)?;
    let mut chunks = Box::pin(stream_of(hub.clone(), object.pieces, part.clone()));
    // An object whose bytes are lost is told as such; once the answer has begun, the line can only break.
    let first = chunks.next().await.transpose()?;
    let body = Body::from_stream(stream::iter(first.map(Ok)).chain(chunks));
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, tag);
    if status == StatusCode::PARTIAL_CONTENT {
        let said = format!("bytes {}-{}/{}", part.start, part.end - 1, object.size);
        headers.insert(header::CONTENT_RANGE, said.parse().map_err(HubError::internal)?);
    }
    Ok(response)
}

fn etag(object: &Object) -> HubResult<HeaderValue> {
    format!("\"{}\"", hex::of(&object.hash)).parse().map_err(HubError::internal)
}

/// The bytes of a part, one piece in memory at a time.
fn stream_of(hub: Hub, pieces: Vec<Piece>, part: Range<i64>) -> impl Stream<Item = HubResult<Bytes>> + Send {
    let within = move |p: Piece| {
        let (from, to) = (p.bytes.start.max(part.start), p.bytes.end.min(part.end));
        (from < to).then(|| (p.path, from.abs_diff(p.bytes.start)..to.abs_diff(p.bytes.start)))
    };
    stream::iter(pieces.into_iter().filter_map(within)).then(move |(path, range)| {
        let hub = hub.clone();
        async move {
            let got: HubResult<Bytes> = hub.blobs().get(&path, range).await;
            match &got {
                Ok(bytes) => add(&hub.0.metrics.object_bytes_out, bytes.len()),
                Err(e) => tracing::error!(%e, "a piece could not be read"),
            }
            got
        }
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Part(Range<i64>),
    Beyond,
    /// Not bytes, or several ranges: the whole is a right answer.
    Other,
}

fn parse(text: &str, size: i64) -> Asked {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else { return Asked::Other };
    let number = |t: &str| t.trim().parse::<i64>().ok().filter(|n| *n >= 0);
    let range = match (first.trim(), last.trim()) {
        ("", last) => number(last).map(|n| (size - n.min(size))..size),
        (first, "") => number(first).map(|from| from..size),
        (first, last) => number(first).zip(number(last)).map(|(from, to)| from..to.saturating_add(1).min(size)),
    };
    match range {
        None => Asked::Other,
        Some(range) if range.start >= size || range.is_empty() => Asked::Beyond,
        Some(range) => Asked::Part(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_has_them() {
        assert_eq!(parse("bytes=0-9", 100), Asked::Part(0..10));
        assert_eq!(parse("bytes=90-", 100), Asked::Part(90..100));
        assert_eq!(parse("bytes=-5", 100), Asked::Part(95..100));
        assert_eq!(parse("bytes=-500", 100), Asked::Part(0..100));
        assert_eq!(parse("bytes=50-9223372036854775807", 100), Asked::Part(50..100));
        assert_eq!((parse("bytes=100-", 100), parse("bytes=9-3", 100)), (Asked::Beyond, Asked::Beyond));
        assert_eq!((parse("lines=1-2", 100), parse("bytes=1-2,4-5", 100)), (Asked::Other, Asked::Other));
    }
}
