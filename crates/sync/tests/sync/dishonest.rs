//! A hub that says it has what it does not.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use serde_json::Value;
use stall_core::{
    Ms,
    sync::{
        Hex,
        wire::{HelloAnswer, Limits, PushAnswer},
    },
};
use stall_seal::{SealError, frame::PageWriter};
use stall_sync::{Client, Http, SyncError};
use tokio::net::TcpListener;

use crate::world::{Laptop, START, World};

/// What it knows of the stall, and the rseq up to which it says it has the laptop's groups.
#[derive(Clone)]
struct Liar {
    members: Value,
    keys: Value,
    has: Arc<AtomicI64>,
}

fn hello(liar: &Liar) -> HelloAnswer {
    HelloAnswer {
        lineage: Hex([3; 16]),
        head: 0,
        expect_rseq: liar.has.load(Ordering::SeqCst) + 1,
        last: Hex([0; 32]),
        now: Ms(START),
        snapshot: None,
        limits: Limits::default(),
        certificates: 0,
        relay: false,
        since: Ms(0),
    }
}

/// A laptop that goes to a hub which takes everything and gives nothing back.
async fn caught(has: i64) -> (Laptop, Client) {
    let world = World::start().await;
    let a = world.owner().await;
    let real = Http::new(&world.url(), &a.client.identity().token).unwrap();
    let liar = Liar {
        members: real.get("members").await.unwrap(),
        keys: real.get("keys").await.unwrap(),
        has: Arc::new(AtomicI64::new(has)),
    };
    let push = |State(l): State<Liar>| async move {
        l.has.store(1_000, Ordering::SeqCst);
        Json(PushAnswer { acked_to: 1_000, head: 0, now: Ms(START) })
    };
    let app = Router::new()
        .route("/v1/hello", post(|State(l): State<Liar>| async move { Json(hello(&l)) }))
        .route("/v1/members", get(|State(l): State<Liar>| async move { Json(l.members) }))
        .route("/v1/keys", get(|State(l): State<Liar>| async move { Json(l.keys) }))
        .route("/v1/push", post(push))
        .route("/v1/pull", get(|| async { PageWriter::default().finish(0) }))
        .with_state(liar);
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut identity = a.client.identity().clone();
    identity.hub = format!("http://{}", tcp.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(tcp, app).await });
    let client = Client::new(a.store.clone(), identity).unwrap();
    (a, client)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_acknowledges_and_drops_is_found_out_in_the_same_exchange() {
    let (a, mut client) = caught(0).await;
    a.add("iPhone 15").await;
    let refused = client.round().await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(SealError::Chain)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_claims_groups_it_never_got_does_not_make_them_forgotten() {
    let (a, mut client) = caught(1).await;
    a.add("iPhone 15").await;
    let refused = client.round().await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(SealError::Chain)), "{refused:?}");
    assert_eq!(a.store.sync_standing().await.unwrap().waiting, 1, "it is still to be sent");
}
