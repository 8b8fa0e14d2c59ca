//! The way to a hub.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use stall_core::sync::wire::{HubCode, HubError};

use crate::{SyncError, SyncResult, pin};

/// A market's Wi-Fi may take its time, but a request that is silent for so long is dead.
const SILENT: Duration = Duration::from_secs(30);
/// A page or an answer of the hub is never longer.
const LONGEST: usize = 64 << 20;
/// An event is a line; comments between two of them are short.
const EVENT: usize = 64 << 10;

/// A hub's address and the bearer it wants.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    base: String,
    token: String,
}

impl Http {
    /// A way to the hub at `base`, with or without a bearer. `base` may end in `#` and the fingerprint of its certificate.
    ///
    /// # Errors
    /// `Offline` when the system has no TLS roots.
    pub fn new(base: &str, token: &str) -> SyncResult<Self> {
        // The first caller chooses for the whole program; all choose the same.
        tokio_rustls::rustls::crypto::ring::default_provider().install_default().ok();
        let (base, pin) = pin::split(base)?;
        let mut builder = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(SILENT)
            .redirect(reqwest::redirect::Policy::none());
        if let Some(pin) = pin {
            builder = builder.tls_backend_preconfigured(pin::config(pin)?);
        }
        let client = builder.build().map_err(|e| SyncError::Offline(e.to_string()))?;
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

impl Http {
    /// Listens until the hub says something: the data of the first event. The hub breathes meanwhile, so that a line that
    /// broke is noticed.
    ///
    /// # Errors
    /// As [`Http::post`]; `Offline` when the line ends.
    pub async fn event<T: DeserializeOwned>(&self, path: &str) -> SyncResult<T> {
        let offline = |e: reqwest::Error| SyncError::Offline(e.to_string());
        let mut answer = self.to(Method::GET, path).send().await.map_err(offline)?;
        if !answer.status().is_success() {
            return Err(refusal(answer.status(), &answer.bytes().await.map_err(offline)?));
        }
        let mut heard = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(offline)? {
            heard.extend_from_slice(&piece);
            let text = String::from_utf8_lossy(&heard);
            // Whole lines only: the last may still be on its way.
            let whole = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
            if let Some(data) = whole.lines().find_map(|l| l.strip_prefix("data:")) {
                return json(data.trim().as_bytes());
            }
            if heard.len() > EVENT {
                break;
            }
        }
        Err(SyncError::Offline("the hub hung up".to_owned()))
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
    Err(refusal(status, &bytes))
}

fn refusal(status: StatusCode, bytes: &[u8]) -> SyncError {
    match serde_json::from_slice::<HubError>(bytes) {
        Ok(e) => e.into(),
        // A proxy's page, a hotel's log-in: not the hub.
        Err(_) if status == StatusCode::PAYLOAD_TOO_LARGE => HubError::from(HubCode::TooLarge).into(),
        Err(_) => SyncError::Offline(format!("{status} from something that is not a hub")),
    }
}
