//! What must not work.

use std::{net::SocketAddr, time::Duration};

use reqwest::Method;
use stall_core::{
    Role,
    sync::{Hex, wire_trust::CertKind},
};
use stall_hub::{Limits, program::serve};
use stall_seal::{ReplicaKey, frame};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    laptop::Laptop,
    world::{Kind, World, both, hex},
};

both! {
    nothing_is_open_without_a_token
    another_stalls_token_opens_nothing_of_this_one
    an_envelope_in_anothers_name_is_refused
    a_replayed_push_changes_nothing_whoever_sends_it
    dropped_swapped_and_altered_envelopes_are_refused
    a_removed_member_is_shut_out_at_once_with_all_it_made
    ten_thousand_guesses_find_no_invite
    guesses_from_a_thousand_addresses_find_no_invite_and_shut_nobody_out
    guesses_over_hours_are_looked_at_ten_a_minute
    bodies_beyond_the_limits_are_refused
    bytes_that_are_no_envelope_are_refused
}

const READS: [&str; 9] = [
    "/v1/pull?after=0",
    "/v1/wait?after=0",
    "/v1/head/0/00000000000000000000000000000000",
    "/v1/presence",
    "/v1/members",
    "/v1/keys",
    "/v1/joins",
    "/v1/snapshots/1/0",
    "/v1/blobs/00",
];

async fn nothing_is_open_without_a_token(world: World) {
    let mut owner = world.stall(1).await;
    let right = std::mem::take(&mut owner.token);
    let halved = right[..40].to_owned();
    let other_end = format!("{}{}", &right[..32], "0".repeat(48));
    for wrong in ["", "x", &halved, &other_end] {
        for path in READS {
            assert_eq!(
                owner.send(Method::GET, path, Some(wrong), Vec::new()).await.code(),
                "no_token",
                "{path} {wrong}"
            );
        }
        for path in
            ["/v1/hello", "/v1/push?clock=0", "/v1/presence", "/v1/members", "/v1/keys", "/v1/invites", "/v1/claim"]
        {
            assert_eq!(owner.send(Method::POST, path, Some(wrong), b"{}".to_vec()).await.code(), "no_token", "{path}");
        }
    }
    // Health is for everybody and says nothing of anybody.
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = owner.get(path).await;
        assert_eq!(answer.status, 200);
        assert!(!String::from_utf8_lossy(&answer.bytes).contains(&hex(&owner.stall)));
    }
}

async fn another_stalls_token_opens_nothing_of_this_one(world: World) {
    let mut owner = world.stall(1).await;
    let mut thief = world.stall(2).await;
    owner.write(&[0], &[0]).await.ok();
    assert_eq!(thief.pull("after=0").await, (Vec::new(), 0));
    let name = hex(&[1; 32]);
    let hash = hex(blake3::hash(b"x").as_bytes());
    owner.put(&format!("/v1/blobs/{name}?size=1&hash={hash}"), b"x").await.ok();
    assert_eq!(thief.get(&format!("/v1/blobs/{name}")).await.code(), "not_found");
    // An envelope of the other stall, genuine as it is.
    let foreign = owner.peek(&[0], &[0]);
    let answer = thief.push(&[foreign]).await;
    assert_eq!((answer.code().as_str(), answer.arg("why").as_str()), ("bad_envelope", "stall"));
    // Its own beside it does not come in either: all or none.
    let own = thief.envelope(&[0], &[0]);
    assert_eq!(thief.push(&[own, owner.peek(&[0], &[0])]).await.code(), "bad_envelope");
    assert_eq!(thief.pull("after=0").await.1, 0);
    // A certificate of the other stall.
    let certificate = owner.certificate(&thief, Role::Owner, CertKind::Join);
    assert_eq!(thief.post("/v1/members", None, &certificate).await.code(), "bad_input");
}

async fn an_envelope_in_anothers_name_is_refused(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    // The helper writes as the owner, signed with the only key it has.
    let mut mask = owner.sibling(owner.replica[0]);
    mask.token.clone_from(&helper.token);
    mask.key = ReplicaKey::from_bytes(&helper.key.secret());
    let answer = mask.push(&[mask.peek(&[0], &[0])]).await;
    assert_eq!((answer.code().as_str(), answer.arg("why").as_str()), ("bad_envelope", "signature"));
    // In the name of somebody nobody knows.
    let mut nobody = owner.sibling(77);
    nobody.token.clone_from(&helper.token);
    let answer = nobody.push(&[nobody.peek(&[0], &[0])]).await;
    assert_eq!((answer.code().as_str(), answer.arg("why").as_str()), ("not_allowed", "no_certificate"));
}

async fn a_replayed_push_changes_nothing_whoever_sends_it(world: World) {
    let mut owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    let sent = [owner.envelope(&[0], &[0]), owner.envelope(&[0], &[0])];
    owner.push(&sent).await.ok();
    let before = helper.pull("after=0").await;
    world.pass(3_600_000);
    owner.push(&sent[..1]).await.ok();
    helper.push(&sent).await.ok();
    assert_eq!(helper.pull("after=0").await, before);
    // What another brings before its author does is taken: it is the author's by its signature.
    let carried = owner.envelope(&[2], &[0]);
    assert_eq!(helper.push(&[carried]).await.ok()["acked_to"], 0, "the helper's own are acknowledged");
    assert_eq!(owner.hello(None, 0).await.ok()["expect_rseq"], 4);
}

async fn dropped_swapped_and_altered_envelopes_are_refused(world: World) {
    let mut owner = world.stall(1).await;
    let all: Vec<_> = (0..3).map(|_| owner.envelope(&[0], &[0, 2])).collect();
    assert_eq!(owner.push(&[all[0].clone(), all[2].clone()]).await.code(), "gap", "one dropped");
    assert_eq!(owner.push(&[all[1].clone(), all[0].clone()]).await.code(), "gap", "two swapped");
    let mut altered = all[0].clone();
    altered.parts[0][0] ^= 1;
    let answer = owner.push(&[altered]).await;
    assert_eq!((answer.code().as_str(), answer.arg("why").as_str()), ("bad_envelope", "part"));
    let mut later = all[0].clone();
    later.header.groups[0].hlc.0 += 1;
    assert_eq!(owner.push(&[later]).await.arg("why"), "signature");
    let mut swapped = all[0].clone();
    swapped.parts.swap(0, 1);
    assert_eq!(owner.push(&[swapped]).await.code(), "bad_envelope");
    let mut less = all[0].clone();
    less.parts.pop();
    assert_eq!(owner.push(&[less]).await.code(), "bad_envelope");
    owner.push(&all).await.ok();
}

async fn a_removed_member_is_shut_out_at_once_with_all_it_made(world: World) {
    let owner = world.stall(1).await;
    let mut helper = owner.add(2, Role::Host, world.time()).await;
    helper.write(&[0], &[0]).await.ok();
    let revoke = owner.certificate(&helper, Role::Host, CertKind::Revoke);
    owner.post("/v1/members", None, &revoke).await.ok();
    assert_eq!(helper.get("/v1/pull?after=0").await.code(), "revoked");
    let late = helper.peek(&[1], &[0]);
    assert_eq!(helper.push(std::slice::from_ref(&late)).await.code(), "revoked");
    // Through a friend it does not come in either, and no new token or certificate brings it back.
    assert_eq!(owner.push(&[late]).await.code(), "revoked");
    let (stall, replica, at) = (Hex(helper.stall), Hex(helper.replica), stall_core::Ms(world.time()));
    let signature = Hex(helper.key.sign(&stall_hub::proof_message(&stall, &replica, at)));
    let proof = stall_hub::Proof { stall, replica, at, signature };
    assert_eq!(helper.post("/v1/token", None, &proof).await.code(), "revoked");
    let again = owner.certificate(&helper, Role::Owner, CertKind::Join);
    let answer = owner.post("/v1/members", None, &again).await;
    assert_eq!((answer.code().as_str(), answer.arg("field").as_str()), ("bad_input", "certificate"));
}

async fn ten_thousand_guesses_find_no_invite(world: World) {
    let owner = world.stall(1).await;
    let invite = serde_json::json!({
        "invite": hex(&[42; 32]), "role": "host", "name": "小李", "hold_ms": 3_600_000
    });
    owner.post("/v1/invites", None, &invite).await.ok();
    let stranger = owner.sibling(9);
    let (mut gone, mut slow) = (0, 0);
    for n in 0..10_000_u32 {
        let mut guess = [0; 32];
        guess[..4].copy_from_slice(&n.to_be_bytes());
        guess[31] = 1;
        match stranger.post("/v1/join", None, &join(&stranger, guess)).await.code().as_str() {
            "invite_gone" => gone += 1,
            "slow" => slow += 1,
            other => panic!("{other}"),
        }
    }
    // Ten looked at in the first minute, all the rest not even that.
    assert_eq!((gone, slow), (10, 9_990));
    let answer = stranger.post("/v1/join", None, &join(&stranger, [42; 32])).await;
    assert_eq!((answer.code().as_str(), answer.status), ("slow", 429));
    assert!(answer.headers.contains_key("retry-after"));
    world.pass(60_000);
    stranger.post("/v1/join", None, &join(&stranger, [42; 32])).await.ok();
    // Used once is used up.
    let second = owner.sibling(10);
    assert_eq!(second.post("/v1/join", None, &join(&second, [42; 32])).await.code(), "invite_gone");
}

/// One more door of the hub, behind a proxy that says who asks.
async fn proxied(world: &World) -> SocketAddr {
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    tokio::spawn(serve::listen(tcp, world.hub.clone(), None, true));
    address
}

async fn from(of: &Laptop, door: SocketAddr, address: &str, invite: [u8; 32]) -> String {
    let asked = of.client.post(format!("http://{door}/v1/join")).header("x-forwarded-for", address);
    let answer = asked.json(&join(of, invite)).send().await.unwrap();
    let said: serde_json::Value = answer.json().await.unwrap();
    said["code"].as_str().unwrap_or("in").to_owned()
}

async fn guesses_from_a_thousand_addresses_find_no_invite_and_shut_nobody_out(world: World) {
    let owner = world.stall(1).await;
    let invite = serde_json::json!({
        "invite": hex(&[42; 32]), "role": "host", "name": "小李", "hold_ms": 3_600_000
    });
    owner.post("/v1/invites", None, &invite).await.ok();
    let (door, stranger) = (proxied(&world).await, owner.sibling(9));
    for n in 0..10_000_u32 {
        let address = format!("198.18.{}.{}", n / 10 / 250, n / 10 % 250);
        // Near to the right one: all of its bytes but one or two.
        let mut guess = [42; 32];
        guess[n as usize % 31] ^= 1 + (n / 250) as u8;
        guess[31] ^= (n % 7) as u8;
        assert_eq!(from(&stranger, door, &address, guess).await, "invite_gone", "{n}");
    }
    assert_eq!(from(&stranger, door, "198.18.0.0", [42; 32]).await, "slow", "who guessed is not heard, right or wrong");
    // Who did not guess joins meanwhile.
    let honest = owner.sibling(10);
    assert_eq!(from(&honest, door, "203.0.113.7", [42; 32]).await, "in");
    let waiting = owner.get("/v1/joins").await.ok();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!(waiting[0]["join"]["replica"], hex(&honest.replica));
}

async fn guesses_over_hours_are_looked_at_ten_a_minute(world: World) {
    let owner = world.stall(1).await;
    let stranger = owner.sibling(9);
    let mut looked_at = 0;
    for n in 0..2_000_u32 {
        world.pass(1_000);
        let mut guess = [7; 32];
        guess[..4].copy_from_slice(&n.to_be_bytes());
        let code = stranger.post("/v1/join", None, &join(&stranger, guess)).await.code();
        assert!(code == "invite_gone" || code == "slow", "{code}");
        looked_at += u32::from(code == "invite_gone");
    }
    let most = 10 + 2_000 / 6;
    assert!((most - 2..=most + 1).contains(&looked_at), "{looked_at}");
}

pub fn join(of: &Laptop, invite: [u8; 32]) -> serde_json::Value {
    serde_json::json!({
        "invite": hex(&invite), "replica": hex(&of.replica), "ed25519": hex(&of.key.public()), "x25519": hex(&[9; 32]),
        "name": "laptop", "proof": hex(&[1; 32])
    })
}

async fn bodies_beyond_the_limits_are_refused(world: World) {
    let owner = world.stall(1).await;
    let answer = owner.send(Method::POST, "/v1/push?clock=0", None, vec![0; (17 << 20) + 1]).await;
    assert_eq!((answer.code().as_str(), answer.status), ("too_large", 413));
    let answer = owner.post("/v1/members", None, &"x".repeat(600 << 10)).await;
    assert_eq!(answer.code(), "too_large");
    let (name, hash) = (hex(&[1; 32]), hex(&[2; 32]));
    let piece = owner.put(&format!("/v1/blobs/{name}?size=9000000&hash={hash}"), &vec![0; (4 << 20) + 1]).await;
    assert_eq!(piece.code(), "too_large");
    let huge = owner.put(&format!("/v1/blobs/{name}?size={}&hash={hash}", 600_i64 << 20), b"x").await;
    assert_eq!(huge.code(), "too_large");
    // More groups than one, more bytes than an envelope of several may have.
    let mut several = owner.peek(&[0, 0], &[0]);
    several.parts[0] = vec![1; 4 << 20];
    several.header.parts[0] = stall_seal::PartHead::of(0, 1, &several.parts[0]);
    several.header.sign(&owner.key);
    assert_eq!(owner.push(&[several]).await.code(), "too_large");
    let names: Vec<String> = (0..2001).map(|_| name.clone()).collect();
    assert_eq!(owner.post("/v1/blobs/missing", None, &serde_json::json!({ "names": names })).await.code(), "too_large");
}

async fn bytes_that_are_no_envelope_are_refused(world: World) {
    let mut owner = world.stall(1).await;
    let whole = frame::push_all(&[owner.envelope(&[0, 0], &[0, 1])]);
    for end in 0..whole.len() {
        let code = owner.send(Method::POST, "/v1/push?clock=0", None, whole[..end].to_vec()).await;
        assert!(end == 0 || code.code() == "bad_envelope", "{end}");
    }
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        let answer = owner.send(Method::POST, "/v1/push?clock=0", None, bytes).await;
        assert!(answer.status >= 400 && answer.status < 500, "{at}");
    }
    assert_eq!(owner.pull("after=0").await.1, 0);
    owner.send(Method::POST, "/v1/push?clock=0", None, whole).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_stops_coming_is_given_up() {
    let limits = Limits { idle: Duration::from_millis(200), ..Limits::default() };
    let world = World::with(Kind::SqliteFolder, limits).await.unwrap();
    let owner = world.stall(1).await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let head = format!(
        "POST /v1/push?clock=0 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 1000\r\n\r\nabc",
        owner.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("slow"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_laptop_that_asks_without_pause_is_slowed_down() {
    let limits = Limits { burst: 20.0, per_second: 1.0, ..Limits::default() };
    let world = World::with(Kind::SqliteFolder, limits).await.unwrap();
    let owner = world.stall(1).await;
    let mut codes = Vec::new();
    for _ in 0..30 {
        codes.push(owner.get("/v1/members").await.status);
    }
    assert_eq!(codes.iter().filter(|c| **c == 429).count(), 10);
    world.pass(2_000);
    assert_eq!(owner.get("/v1/members").await.status, 200);
}
