//! A hub that passes everything on but gives out snapshots of its own.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::header::{AUTHORIZATION, CONTENT_TYPE},
    response::Response,
};
use stall_core::sync::{
    Hex, Scope,
    wire::{HelloAnswer, SnapshotInfo, SnapshotPart},
};
use stall_sync::Client;
use tokio::net::TcpListener;

use crate::world::Laptop;

/// The seq it says, and the parts by number of scope.
type Forged = Arc<Mutex<(i64, Vec<Vec<u8>>)>>;

#[derive(Clone)]
pub struct Forger {
    url: String,
    hub: String,
    forged: Forged,
}

impl Forger {
    pub async fn before(hub: String) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let forger = Self { url: format!("http://{}", tcp.local_addr().unwrap()), hub, forged: Forged::default() };
        let app = Router::new().fallback(pass).with_state(forger.clone());
        tokio::spawn(async move { axum::serve(tcp, app).await });
        forger
    }

    /// What it gives out from now on.
    pub fn give(&self, seq: i64, parts: &[Vec<u8>]) {
        *self.forged.lock().unwrap() = (seq, parts.to_vec());
    }

    /// The laptop goes to this hub.
    pub fn catch(&self, laptop: &mut Laptop) {
        let mut identity = laptop.client.identity().clone();
        identity.hub.clone_from(&self.url);
        laptop.client = Client::new(laptop.store.clone(), identity).unwrap();
    }
}

async fn pass(State(f): State<Forger>, request: Request) -> Response {
    let (seq, parts) = f.forged.lock().unwrap().clone();
    let (head, body) = request.into_parts();
    let path = head.uri.to_string();
    if path.starts_with("/v1/snapshots/") {
        let scope: usize = path.rsplit('/').next().unwrap().parse().unwrap();
        return Response::new(Body::from(parts[scope].clone()));
    }
    let body = to_bytes(body, 64 << 20).await.unwrap();
    let mut on = reqwest::Client::new().request(head.method, format!("{}{path}", f.hub)).body(body);
    for name in [AUTHORIZATION, CONTENT_TYPE] {
        if let Some(value) = head.headers.get(&name) {
            on = on.header(name, value);
        }
    }
    let answer = on.send().await.unwrap();
    let status = answer.status();
    let mut bytes: Bytes = answer.bytes().await.unwrap();
    if path == "/v1/hello" {
        let mut hello: HelloAnswer = serde_json::from_slice(&bytes).unwrap();
        hello.snapshot = hello.snapshot.map(|real| SnapshotInfo {
            seq,
            parts: real.parts.iter().map(|p| forged(p.scope, p.key_epoch, &parts)).collect(),
        });
        bytes = serde_json::to_vec(&hello).unwrap().into();
    }
    let mut out = Response::new(Body::from(bytes));
    *out.status_mut() = status;
    out
}

fn forged(scope: Scope, key_epoch: u32, parts: &[Vec<u8>]) -> SnapshotPart {
    let bytes = &parts[usize::from(scope.number())];
    SnapshotPart { scope, key_epoch, bytes: bytes.len() as u64, hash: Hex(*blake3::hash(bytes).as_bytes()) }
}
