//! The way to a hub.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use stall_core::sync::wire::{HubCode, HubError};

use crate::{SyncError, SyncResult};

/// A market's Wi-Fi may take its time, but a request that is silent for so long is dead.
const SILENT: Duration = Duration::from_secs(30);
/// A page or an answer of the hub is never longer.
const LONGEST: usize = 64 << 20;

/// A hub's address and the bearer it wants.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    base: String,
    token: String,
}

impl Http {
    /// A way to the hub at `base`, with or without a bearer.
    ///
    /// # Errors
    /// `Offline` when the system has no TLS roots.
    pub fn new(base: &str, token: &str) -> SyncResult<Self> {
        // The first caller chooses for the whole program; all choose the same.
        tokio_rustls::rustls::crypto::ring::default_provider().install_default().ok();
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(SILENT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| SyncError::Offline(e.to_string()))?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    fn to(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/v1/{path}", self.base));
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    /// Asks with JSON and reads JSON.
    ///
    /// # Errors
    /// `Offline`, `Hub`, `Strange`.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> SyncResult<T> {
        json(&sent(self.to(Method::POST, path).json(body)).await?)
    }

    /// Tells with JSON.
    ///
    /// # Errors
    /// `Offline`, `Hub`.
    pub async fn tell(&self, path: &str, body: &impl Serialize) -> SyncResult<()> {
        sent(self.to(Method::POST, path).json(body)).await.map(drop)
    }

    /// Sends octets and reads JSON.
    ///
    /// # Errors
    /// As [`Http::post`].
    pub async fn octets<T: DeserializeOwned>(&self, path: &str, body: Vec<u8>) -> SyncResult<T> {
        json(&sent(self.to(Method::POST, path).body(body)).await?)
    }

    /// Puts octets.
    ///
    /// # Errors
    /// `Offline`, `Hub`.
    pub async fn put(&self, path: &str, body: Vec<u8>) -> SyncResult<()> {
        sent(self.to(Method::PUT, path).body(body)).await.map(drop)
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// As [`Http::post`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> SyncResult<T> {
        json(&self.bytes(path).await?)
    }

    /// Reads octets.
    ///
    /// # Errors
    /// `Offline`, `Hub`.
    pub async fn bytes(&self, path: &str) -> SyncResult<Vec<u8>> {
        sent(self.to(Method::GET, path)).await
    }
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> SyncResult<T> {
    serde_json::from_slice(bytes).map_err(|e| SyncError::Strange(e.to_string()))
}

async fn sent(request: RequestBuilder) -> SyncResult<Vec<u8>> {
    // The address may hold a name, never the token: that is in a header.
    let offline = |e: reqwest::Error| SyncError::Offline(e.to_string());
    let mut answer = request.send().await.map_err(offline)?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(offline)? {
        if bytes.len() + piece.len() > LONGEST {
            return Err(SyncError::Strange("an answer without end".to_owned()));
        }
        bytes.extend_from_slice(&piece);
    }
    if status.is_success() {
        return Ok(bytes);
    }
    match serde_json::from_slice::<HubError>(&bytes) {
        Ok(e) => Err(e.into()),
        // A proxy's page, a hotel's log-in: not the hub.
        Err(_) if status == StatusCode::PAYLOAD_TOO_LARGE => Err(HubError::from(HubCode::TooLarge).into()),
        Err(_) => Err(SyncError::Offline(format!("{status} from something that is not a hub"))),
    }
}
