//! What a laptop says to the hub, and a laptop that lies.

use std::net::SocketAddr;

use reqwest::{Client, Method};
use serde::Serialize;
use serde_json::Value;
use stall_core::{
    Ms, Role,
    sync::{
        Hex, Hlc, Scope,
        wire::{Hello, PROTO},
        wire_trust::{CertKind, Certificate, MakeStall, Signer, Wrap, WrapTo},
    },
};
use stall_seal::{
    Envelope, GroupHead, Header, PartHead, ReplicaKey,
    cert::{self, Says},
    frame,
    keys::ScopeKey,
    wrap::{self, WrapKey},
};

use crate::world::START;

/// An answer of the hub.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The JSON of an answer that is none of refusal.
    pub fn ok(&self) -> Value {
        assert!(self.status < 300, "{} {}", self.status, String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        assert!(self.status >= 400, "{} {}", self.status, String::from_utf8_lossy(&self.bytes));
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn arg(&self, name: &str) -> String {
        self.json()["args"][name].as_str().unwrap_or_default().to_owned()
    }
}

/// A laptop of a stall.
pub struct Laptop {
    pub address: SocketAddr,
    pub client: Client,
    pub stall: [u8; 16],
    pub root: ReplicaKey,
    pub replica: [u8; 16],
    pub key: ReplicaKey,
    pub token: String,
    pub next: i64,
    pub prev: [u8; 32],
    pub hlc: i64,
}

impl Laptop {
    /// The first laptop of a stall.
    pub fn founder(address: SocketAddr, seed: u8) -> Self {
        let root = ReplicaKey::from_bytes(&[seed; 32]);
        Self::new(address, root, [seed.wrapping_add(100); 16])
    }

    /// Another laptop of the same stall, without token or certificate.
    pub fn sibling(&self, n: u8) -> Self {
        Self::new(self.address, ReplicaKey::from_bytes(&self.root.secret()), [n; 16])
    }

    fn new(address: SocketAddr, root: ReplicaKey, replica: [u8; 16]) -> Self {
        let stall = *blake3::hash(&root.public()).as_bytes().first_chunk().unwrap();
        Self {
            address,
            client: Client::new(),
            stall,
            root,
            replica,
            key: ReplicaKey::from_bytes(blake3::hash(&replica).as_bytes()),
            token: String::new(),
            next: 1,
            prev: [0; 32],
            hlc: START << 16,
        }
    }

    /// A certificate for another laptop, or oneself, by the root.
    pub fn certificate(&self, of: &Laptop, role: Role, kind: CertKind) -> Certificate {
        self.certificate_by(of, role, kind, Signer::Root, &self.root)
    }

    /// The same, by whom and with whose key.
    pub fn certificate_by(&self, of: &Laptop, role: Role, kind: CertKind, by: Signer, key: &ReplicaKey) -> Certificate {
        let says = Says {
            stall: Hex(self.stall),
            kind,
            replica: Hex(of.replica),
            name: "laptop".into(),
            role,
            ed25519: of.key.public(),
            x25519: WrapKey::from_bytes([9; 32]).public(),
            at: Ms(START),
        };
        cert::certify(says, by, key)
    }

    /// A scope key, wrapped by somebody.
    pub fn wrap(&self, to: WrapTo, by: Signer, key: &ReplicaKey) -> Wrap {
        let which = wrap::Which { stall: Hex(self.stall), scope: Scope::Goods, key_epoch: 0 };
        let holder = wrap::Holder { to, x25519: WrapKey::from_bytes([9; 32]).public() };
        wrap::wrap(which, &ScopeKey::make().unwrap(), holder, (by, key), Ms(START)).unwrap()
    }

    pub fn make_stall(&self) -> MakeStall {
        MakeStall {
            stall: Hex(self.stall),
            root: Hex(self.root.public()),
            recovery: Hex([5; 32]),
            certificate: self.certificate(self, Role::Owner, CertKind::Join),
            wraps: vec![self.wrap(WrapTo::Recovery, Signer::Root, &self.root)],
            more: Vec::new(),
        }
    }

    /// A further laptop with certificate and token, by proof of its key.
    pub async fn add(&self, n: u8, role: Role, now: i64) -> Laptop {
        let mut other = self.sibling(n);
        let certificate = self.certificate(&other, role, CertKind::Join);
        self.post("/v1/members", None, &certificate).await.ok();
        other.prove(now).await;
        other
    }

    pub async fn prove(&mut self, now: i64) {
        let (stall, replica) = (Hex(self.stall), Hex(self.replica));
        let message = stall_hub::proof_message(&stall, &replica, Ms(now));
        let proof = stall_hub::Proof { stall, replica, at: Ms(now), signature: Hex(self.key.sign(&message)) };
        let answer = self.post("/v1/token", None, &proof).await.ok();
        self.token = answer["token"].as_str().unwrap().to_owned();
    }

    /// An envelope of groups with these bases, one part a scope; the laptop goes on behind it.
    pub fn envelope(&mut self, bases: &[i64], scopes: &[u8]) -> Envelope {
        let envelope = self.peek(bases, scopes);
        self.next = envelope.header.last_rseq() + 1;
        self.prev = envelope.header.id();
        self.hlc = envelope.header.groups.last().unwrap().hlc.0;
        envelope
    }

    /// The same, but the laptop stays where it is.
    pub fn peek(&self, bases: &[i64], scopes: &[u8]) -> Envelope {
        let parts: Vec<Vec<u8>> =
            scopes.iter().map(|s| format!("sealed {s} {} {:?}", self.next, self.replica).into_bytes()).collect();
        let heads = scopes.iter().zip(&parts).map(|(s, p)| PartHead::of(*s, 1, p)).collect();
        let groups = (1..).zip(bases).map(|(n, b)| GroupHead { base_seq: *b, hlc: Hlc(self.hlc + n) }).collect();
        let mut header = Header {
            stall: Hex(self.stall),
            replica: Hex(self.replica),
            first_rseq: self.next,
            prev: self.prev,
            groups,
            parts: heads,
            signature: [0; 64],
        };
        header.sign(&self.key);
        Envelope { header, parts }
    }

    /// Makes an envelope and pushes it.
    pub async fn write(&mut self, bases: &[i64], scopes: &[u8]) -> Answer {
        let envelope = self.envelope(bases, scopes);
        self.push(&[envelope]).await
    }

    pub async fn push(&self, envelopes: &[Envelope]) -> Answer {
        self.push_at(envelopes, START).await
    }

    pub async fn push_at(&self, envelopes: &[Envelope], clock: i64) -> Answer {
        self.send(Method::POST, &format!("/v1/push?clock={clock}"), None, frame::push_all(envelopes)).await
    }

    /// A page, read.
    pub async fn pull(&self, query: &str) -> (Vec<frame::Pulled>, i64) {
        let answer = self.send(Method::GET, &format!("/v1/pull?{query}"), None, Vec::new()).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        let (all, end) = frame::page(&answer.bytes).unwrap();
        (all, end.head)
    }

    pub async fn hello(&self, lineage: Option<[u8; 16]>, cursor: i64) -> Answer {
        let hello = Hello {
            proto: PROTO,
            schema: 8,
            replica: Hex(self.replica),
            lineage: lineage.map(Hex),
            cursor,
            next_rseq: self.next,
            clock: Ms(START),
        };
        self.post("/v1/hello", None, &hello).await
    }

    /// JSON with the laptop's token, or another bearer.
    pub async fn post(&self, path: &str, bearer: Option<&str>, body: &impl Serialize) -> Answer {
        self.send(Method::POST, path, bearer, serde_json::to_vec(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    pub async fn put(&self, path: &str, body: &[u8]) -> Answer {
        self.send(Method::PUT, path, None, body.to_vec()).await
    }

    pub async fn send(&self, method: Method, path: &str, bearer: Option<&str>, body: Vec<u8>) -> Answer {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.client.request(method, url).body(body);
        let bearer = bearer.unwrap_or(&self.token);
        if !bearer.is_empty() {
            request = request.bearer_auth(bearer);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
    }
}
