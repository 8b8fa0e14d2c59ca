//! What is left of a body that was answered before its end is read and thrown away for a moment: who closes a connection with
//! bytes unread may take the answer back out of the laptop's hands.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::Request,
};
use futures_util::{Stream, StreamExt};

/// As much as the largest push.
const MOST: usize = 20 << 20;
const LONGEST: Duration = Duration::from_secs(2);

/// A body that two may read: first the route, then this.
#[derive(Debug, Clone)]
pub struct Rest(Arc<Mutex<BodyDataStream>>);

impl Stream for Rest {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx)
    }
}

impl Rest {
    /// Takes the body's other end from a request.
    pub fn of(request: Request) -> (Self, Request) {
        let (parts, body) = request.into_parts();
        let rest = Self(Arc::new(Mutex::new(body.into_data_stream())));
        let body = Body::from_stream(rest.clone());
        (rest, Request::from_parts(parts, body))
    }

    /// Reads it to its end, or until it is too much or too long.
    pub async fn drain(mut self) {
        let all = async {
            let mut seen = 0;
            while let Some(Ok(chunk)) = self.next().await {
                seen += chunk.len();
                if seen > MOST {
                    return;
                }
            }
        };
        tokio::time::timeout(LONGEST, all).await.ok();
    }
}
