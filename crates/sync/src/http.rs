//! The way to a hub.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
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

    /// Puts octets and reads JSON.
    ///
    /// # Errors
    /// As [`Http::post`]; `Broken`.
    pub(crate) async fn put_piece<T: DeserializeOwned>(&self, path: &str, body: Vec<u8>) -> SyncResult<T> {
        json(&read(begun(self.to(Method::PUT, path).body(body)).await?).await?)
    }

    /// How much the hub has of an upload: `None` for nothing. A whole one has all of it.
    ///
    /// # Errors
    /// `Offline`, `Broken`, `Hub`, `Strange`.
    pub(crate) async fn received(&self, path: &str) -> SyncResult<Option<u64>> {
        let answer = begun(self.to(Method::HEAD, path)).await?;
        let why = match answer.status() {
            StatusCode::OK | StatusCode::ACCEPTED => {
                let received = number(&answer, "x-received");
                return received.map(Some).ok_or_else(|| SyncError::Strange("no x-received".to_owned()));
            }
            StatusCode::NOT_FOUND => return Ok(None),
            // The answer to a HEAD has no body to say it.
            StatusCode::TOO_MANY_REQUESTS => HubCode::Slow,
            StatusCode::UNAUTHORIZED => HubCode::NoToken,
            StatusCode::FORBIDDEN => HubCode::NotAllowed,
            _ => HubCode::Internal,
        };
        Err(HubError::from(why).into())
    }

    /// Reads an object from the byte `from` on.
    ///
    /// # Errors
    /// `Offline`, `Broken`, `Hub`, `Strange`.
    pub(crate) async fn from(&self, path: &str, from: u64) -> SyncResult<Coming> {
        let mut request = self.to(Method::GET, path);
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let answer = begun(request).await?;
        let said = answer.headers().get(header::CONTENT_RANGE).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let said = said.as_deref().and_then(|v| v.strip_prefix("bytes "));
        let strange = || SyncError::Strange("a range that was not asked for".to_owned());
        match answer.status() {
            StatusCode::OK => {
                let total = number(&answer, "content-length").ok_or_else(strange)?;
                Ok(Coming { from: 0, total, answer: Some(answer) })
            }
            StatusCode::PARTIAL_CONTENT => {
                let (range, total) = said.and_then(|v| v.split_once('/')).ok_or_else(strange)?;
                if range.split_once('-').and_then(|(first, _)| first.parse().ok()) != Some(from) {
                    return Err(strange());
                }
                Ok(Coming { from, total: total.parse().map_err(|_| strange())?, answer: Some(answer) })
            }
            // There is no more than what came: all of it did, or it was something else.
            StatusCode::RANGE_NOT_SATISFIABLE => {
                let total = said.and_then(|v| v.strip_prefix("*/")).and_then(|v| v.parse().ok());
                Ok(Coming { from, total: total.ok_or_else(strange)?, answer: None })
            }
            _ => Err(read(answer).await.err().unwrap_or_else(strange)),
        }
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

    /// Whether the answer is that there is nothing to say.
    ///
    /// # Errors
    /// `Offline`, `Broken`, `Hub`.
    pub(crate) async fn nothing(&self, path: &str) -> SyncResult<bool> {
        let answer = begun(self.to(Method::GET, path)).await?;
        let nothing = answer.status() == StatusCode::NO_CONTENT;
        read(answer).await.map(|_| nothing)
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
    /// Sends octets.
    ///
    /// # Errors
    /// `Offline`, `Hub`.
    pub(crate) async fn send(&self, path: &str, body: Vec<u8>) -> SyncResult<()> {
        sent(self.to(Method::POST, path).body(body)).await.map(drop)
    }

    /// Listens until the hub says something: the data of the first event.
    ///
    /// # Errors
    /// As [`Http::post`]; `Offline` when the line ends.
    pub async fn event<T: DeserializeOwned>(&self, path: &str) -> SyncResult<T> {
        self.events(path).await?.next().await
    }

    /// Listens. The hub breathes meanwhile, so that a line that broke is noticed.
    ///
    /// # Errors
    /// `Offline`, `Hub`.
    pub(crate) async fn events(&self, path: &str) -> SyncResult<Events> {
        let answer = self.to(Method::GET, path).send().await.map_err(offline)?;
        if !answer.status().is_success() {
            return Err(refusal(answer.status(), &answer.bytes().await.map_err(offline)?));
        }
        Ok(Events { answer, heard: Vec::new() })
    }
}

/// Server-sent events, of which the data is read.
#[derive(Debug)]
pub(crate) struct Events {
    answer: Response,
    heard: Vec<u8>,
}

impl Events {
    /// The data of the next event. May be given up and called again.
    ///
    /// # Errors
    /// `Offline` when the line ends; `Strange`.
    pub async fn next<T: DeserializeOwned>(&mut self) -> SyncResult<T> {
        loop {
            // Whole lines only: the last may still be on its way.
            while let Some(end) = self.heard.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.heard.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data:") {
                    return json(data.trim_ascii());
                }
            }
            if self.heard.len() > EVENT {
                return Err(SyncError::Offline("a line without end".to_owned()));
            }
            let piece = self.answer.chunk().await.map_err(offline)?;
            let piece = piece.ok_or_else(|| SyncError::Offline("the hub hung up".to_owned()))?;
            self.heard.extend_from_slice(&piece);
        }
    }
}

fn offline(e: reqwest::Error) -> SyncError {
    SyncError::Offline(e.to_string())
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> SyncResult<T> {
    serde_json::from_slice(bytes).map_err(|e| SyncError::Strange(e.to_string()))
}

/// An object on its way.
#[derive(Debug)]
pub(crate) struct Coming {
    /// Where it begins: where it was asked for, or at 0.
    pub from: u64,
    /// Bytes of the whole object, as the hub says.
    pub total: u64,
    answer: Option<Response>,
}

impl Coming {
    /// What comes next; `None` at the end.
    ///
    /// # Errors
    /// `Broken`.
    pub async fn next(&mut self) -> SyncResult<Option<Vec<u8>>> {
        let Some(answer) = &mut self.answer else { return Ok(None) };
        Ok(answer.chunk().await.map_err(|e| SyncError::Broken(e.to_string()))?.map(Into::into))
    }
}

fn number(answer: &Response, header: &str) -> Option<u64> {
    answer.headers().get(header)?.to_str().ok()?.parse().ok()
}

/// Sends, and waits for the head of the answer.
async fn begun(request: RequestBuilder) -> SyncResult<Response> {
    request.send().await.map_err(|e| {
        let said = e.to_string();
        if e.is_connect() { SyncError::Offline(said) } else { SyncError::Broken(said) }
    })
}

async fn sent(request: RequestBuilder) -> SyncResult<Vec<u8>> {
    let whole = async { read(begun(request).await?).await };
    // Of a question with a short answer, a line that broke and no line are the same.
    whole.await.map_err(|e| match e {
        SyncError::Broken(said) => SyncError::Offline(said),
        other => other,
    })
}

/// Reads an answer to its end. The address in an error may hold a name, never the token: that is in a header.
async fn read(mut answer: Response) -> SyncResult<Vec<u8>> {
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|e| SyncError::Broken(e.to_string()))? {
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
