//! Groups a second through push, and pages through pull: `bench_hub [sqlite|postgres://address]`.
//!
//! One laptop, one stall, over HTTP on this machine; envelopes are sealed and signed beforehand, so that only the hub is
//! measured (it checks hashes, signatures and chains).
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement on the command line")]

use std::time::Instant;

use stall_core::{
    Ms, Role,
    sync::{
        Hex, Hlc,
        wire_trust::{CertKind, MakeStall, Signer},
    },
};
use stall_hub::{Hub, Limits, blobs::Blobs, program::serve, secrets, storage, system_clock};
use stall_seal::{Envelope, GroupHead, Header, PartHead, ReplicaKey, cert, frame};
use tokio::net::TcpListener;

struct Pusher {
    client: reqwest::Client,
    url: String,
    token: String,
    key: ReplicaKey,
    root: ReplicaKey,
    next: i64,
    prev: [u8; 32],
}

#[tokio::main]
async fn main() {
    let arg = std::env::args().nth(1).unwrap_or_else(|| "sqlite".into());
    let dir = tempfile::tempdir().unwrap();
    let storage = if arg == "sqlite" {
        storage::open_sqlite(&dir.path().join("hub.db")).await.unwrap()
    } else {
        storage::open_postgres(&arg, 8).await.unwrap()
    };
    tokio_rustls::rustls::crypto::ring::default_provider().install_default().ok();
    let limits = Limits { burst: 1e9, per_second: 1e9, ..Limits::default() };
    let hub = Hub::open(storage, Blobs::folder(dir.path()).unwrap(), limits, system_clock()).await.unwrap();
    let admin = secrets::admin_token().unwrap();
    hub.storage().set_admin(&secrets::admin_hash(&admin)).await.unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", tcp.local_addr().unwrap());
    tokio::spawn(serve::listen(tcp, hub.clone(), None, false));
    let mut pusher = Pusher::found(url, &admin).await;
    // A person's edits sent at once: 250 groups an envelope, 100 bytes of a part a group.
    pusher.measure("250 groups an envelope, 4 envelopes a push", 200_000, 250, 4, 25_000).await;
    pusher.measure("1 group an envelope, 500 envelopes a push", 20_000, 1, 500, 200).await;
    pusher.measure("1 group an envelope, 1 envelope a push", 1_000, 1, 1, 200).await;
    pusher.pull().await;
}

impl Pusher {
    async fn found(url: String, admin: &str) -> Self {
        let secret = secrets::admin_token().unwrap();
        let root = ReplicaKey::from_bytes(blake3::hash(secret.as_bytes()).as_bytes());
        let key = ReplicaKey::from_bytes(&[2; 32]);
        let stall = cert::stall_id(&root.public());
        let says = cert::Says {
            stall,
            kind: CertKind::Join,
            replica: Hex([1; 16]),
            name: "bench".into(),
            role: Role::Owner,
            ed25519: key.public(),
            x25519: [9; 32],
            at: Ms(0),
        };
        let made = MakeStall {
            stall,
            root: Hex(root.public()),
            recovery: Hex([0; 32]),
            certificate: cert::certify(says, Signer::Root, &root),
            wraps: Vec::new(),
            more: Vec::new(),
        };
        let client = reqwest::Client::new();
        let body = serde_json::to_vec(&made).unwrap();
        let answer = client.post(format!("{url}/v1/stalls")).bearer_auth(admin).body(body).send().await.unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        let token = answer["token"].as_str().unwrap().to_owned();
        Self { client, url, token, key, root, next: 1, prev: [0; 32] }
    }

    fn envelope(&mut self, groups: i64, sealed: usize) -> Envelope {
        let part: Vec<u8> = (0..sealed).map(|i| (i * 31 + self.next as usize) as u8).collect();
        let hlc = 1_795_651_200_000_i64 << 16;
        let group = |n| GroupHead { base_seq: self.next - 1, hlc: Hlc(hlc + self.next + n) };
        let mut header = Header {
            stall: cert::stall_id(&self.root.public()),
            replica: Hex([1; 16]),
            first_rseq: self.next,
            prev: self.prev,
            groups: (0..groups).map(group).collect(),
            parts: vec![PartHead::of(0, 1, &part)],
            signature: [0; 64],
        };
        header.sign(&self.key);
        (self.next, self.prev) = (self.next + groups, header.id());
        Envelope { header, parts: vec![part] }
    }

    async fn measure(&mut self, what: &str, all: i64, groups: i64, envelopes: i64, sealed: usize) {
        let pushes: Vec<Vec<u8>> = (0..all / groups / envelopes)
            .map(|_| {
                let some: Vec<_> = (0..envelopes).map(|_| self.envelope(groups, sealed)).collect();
                frame::push_all(&some)
            })
            .collect();
        let (began, mut slowest) = (Instant::now(), 0.0_f64);
        for body in pushes {
            let one = Instant::now();
            let url = format!("{}/v1/push?clock=1795651200000", self.url);
            let answer = self.client.post(url).bearer_auth(&self.token).body(body).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
            slowest = slowest.max(one.elapsed().as_secs_f64());
        }
        let took = began.elapsed().as_secs_f64();
        println!(
            "push, {what}: {:.0} groups/s ({all} in {took:.2} s, slowest push {:.0} ms)",
            all as f64 / took,
            slowest * 1e3
        );
    }

    async fn pull(&self) {
        let (began, mut after, mut bytes, mut pages) = (Instant::now(), 0, 0, 0);
        loop {
            let url = format!("{}/v1/pull?after={after}", self.url);
            let body = self.client.get(url).bearer_auth(&self.token).send().await.unwrap().bytes().await.unwrap();
            let (page, _) = frame::page(&body).unwrap();
            let Some(last) = page.last() else { break };
            after = last.seq0 + last.effs.len() as i64 - 1;
            (bytes, pages) = (bytes + body.len(), pages + 1);
        }
        let took = began.elapsed().as_secs_f64();
        println!("pull of own headers: {after} groups, {pages} pages, {bytes} bytes in {took:.2} s");
    }
}
