//! A hub that relays: it holds what laptops bring, and takes another's order as it is.

use stall_core::Role;
use stall_seal::frame;

use crate::{
    laptop::Laptop,
    world::{World, both, hex},
};

both! {
    a_relay_holds_what_is_pushed_and_takes_the_order_of_another
    an_order_that_is_forgotten_comes_again_and_its_bytes_are_given_back
    a_relay_whose_hub_is_lost_begins_an_order_that_outlives_the_old_one
}

/// A hub that orders and one that relays, with the same stall, owner and helper; three groups at the first.
async fn two(relay: &World) -> (World, Laptop, Laptop, Laptop) {
    let orders = World::start(relay.kind).await.unwrap();
    let mut owner = orders.stall(1).await;
    let mut helper = owner.add(2, Role::Packer, orders.time()).await;
    owner.write(&[0, 0], &[0, 2]).await.ok();
    helper.write(&[2], &[0]).await.ok();
    let code = relay.code("again").await;
    let mut there = Laptop::founder(relay.address, 1);
    let answer = there.post("/v1/stalls", Some(&code), &there.make_stall()).await.ok();
    there.token = answer["token"].as_str().unwrap().into();
    there.post("/v1/members", None, &owner.get("/v1/members").await.ok()).await.ok();
    let ask = serde_json::json!({ "relay": true, "head": 0 });
    there.post("/v1/relay", None, &ask).await.ok();
    (orders, owner, helper, there)
}

async fn carry(owner: &Laptop, there: &Laptop, after: i64) -> u64 {
    let lineage = owner.hello(None, 0).await.ok()["lineage"].as_str().unwrap().to_owned();
    let page = owner.get(&format!("/v1/pull?after={after}&whole=true")).await;
    let path = format!("/v1/place?lineage={lineage}");
    there.send(reqwest::Method::POST, &path, None, page.bytes).await.ok()["head"].as_u64().unwrap()
}

async fn a_relay_holds_what_is_pushed_and_takes_the_order_of_another(relay: World) {
    let (orders, mut owner, mut helper, there) = two(&relay).await;
    assert_eq!(carry(&owner, &there, 0).await, 3);
    assert_eq!(carry(&owner, &there, 0).await, 3, "a page that comes twice");
    let (same, head) = there.pull("after=0").await;
    assert_eq!((same.iter().map(|p| p.effs.len()).sum::<usize>(), head), (3, 3));
    let (first, _) = owner.pull("after=0").await;
    assert_eq!(first.iter().map(|p| &p.effs).collect::<Vec<_>>(), same.iter().map(|p| &p.effs).collect::<Vec<_>>());

    // At home the helper reaches the relay only.
    let market = helper.address;
    helper.address = relay.address;
    let token = helper.token.clone();
    helper.prove(relay.time()).await;
    let (one, two) = (helper.envelope(&[3], &[0]), helper.envelope(&[3], &[0]));
    assert_eq!(helper.push(std::slice::from_ref(&one)).await.ok()["acked_to"], 2);
    assert_eq!(helper.push(std::slice::from_ref(&one)).await.ok()["acked_to"], 2, "once more");
    assert_eq!(helper.push(&[two.clone(), two.clone()]).await.ok()["acked_to"], 3);
    let said = helper.hello(None, 3).await.ok();
    assert_eq!((&said["expect_rseq"], &said["head"], &said["relay"]), (&4.into(), &3.into(), &true.into()));
    assert_eq!(helper.pull("after=3").await.0.len(), 0, "it has no place yet");
    let mut other = helper.peek(&[3], &[0]);
    other.header.first_rseq = 2;
    assert!(helper.push(&[other]).await.status >= 400, "other bytes under a number that is held");
    assert_eq!(helper.get("/v1/held").await.code(), "not_allowed");

    let held = frame::held(&there.get("/v1/held").await.bytes).unwrap();
    assert_eq!(held.iter().map(|(_, e)| e).collect::<Vec<_>>(), [&one, &two]);
    assert_eq!(frame::held(&there.get("/v1/held?skip=1").await.bytes).unwrap().len(), 1);
    owner.push(&[one, two]).await.ok();
    assert_eq!(carry(&owner, &there, 3).await, 5);
    assert!(there.get("/v1/held").await.bytes.is_empty());
    assert_eq!(helper.hello(None, 3).await.ok()["expect_rseq"], 4);
    assert_eq!(helper.pull("after=3").await.0.len(), 2);

    // And the relay orders, once it is made to; not with another head than is known.
    let ask = |head| serde_json::json!({ "relay": false, "head": head });
    assert_eq!(there.post("/v1/relay", None, &ask(4)).await.code(), "gap");
    there.post("/v1/relay", None, &ask(5)).await.ok();
    helper.write(&[5], &[0]).await.ok();
    assert_eq!(helper.pull("after=5").await.1, 6);
    (helper.address, helper.token) = (market, token);
    owner.write(&[0], &[0]).await.ok();
    let page = owner.get("/v1/pull?after=5&whole=true").await;
    let lineage = owner.hello(None, 0).await.ok()["lineage"].as_str().unwrap().to_owned();
    let path = format!("/v1/place?lineage={lineage}");
    assert_eq!(there.send(reqwest::Method::POST, &path, None, page.bytes).await.code(), "not_allowed");
    drop(orders);
}

async fn an_order_that_is_forgotten_comes_again_and_its_bytes_are_given_back(relay: World) {
    let (_orders, owner, _helper, there) = two(&relay).await;
    let used = async || relay.storage().stall(&there.stall).await.unwrap().unwrap().used;
    let empty = used().await;
    carry(&owner, &there, 0).await;
    let full = used().await;
    assert!(full > empty);
    // A page of another order, and one with a hole.
    let page = owner.get("/v1/pull?after=2&whole=true").await.bytes;
    let place = |lineage: String| format!("/v1/place?lineage={lineage}");
    let other = there.send(reqwest::Method::POST, &place(hex(&[9; 16])), None, page.clone()).await;
    assert_eq!(other.code(), "lineage");
    there.post("/v1/relay", None, &serde_json::json!({ "relay": true, "head": 3, "clear": true })).await.ok();
    assert_eq!((used().await, there.pull("after=0").await.1), (empty, 0));
    let hole = there.send(reqwest::Method::POST, &place(hex(&[9; 16])), None, page).await;
    assert_eq!(hole.code(), "gap");
    carry(&owner, &there, 0).await;
    assert_eq!((used().await, there.pull("after=0").await.1), (full, 3));
}

async fn a_relay_whose_hub_is_lost_begins_an_order_that_outlives_the_old_one(relay: World) {
    let (orders, owner, mut helper, there) = two(&relay).await;
    carry(&owner, &there, 0).await;
    helper.address = relay.address;
    helper.prove(relay.time()).await;
    let (one, two) = (helper.envelope(&[3], &[0]), helper.envelope(&[3], &[0]));
    helper.push(&[one.clone(), two.clone()]).await.ok();
    let before = there.hello(None, 0).await.ok();
    assert_eq!((&before["relay"], &before["since"]), (&true.into(), &0.into()));
    let ask = async |of: serde_json::Value| there.post("/v1/relay", None, &of).await;
    // Only where the head is known, by an owner, and of a hub that relays.
    let lost = serde_json::json!({ "relay": false, "lost": true, "head": 3 });
    assert_eq!(helper.post("/v1/relay", None, &lost).await.code(), "not_allowed");
    let wrong = serde_json::json!({ "relay": false, "lost": true, "head": 2 });
    assert_eq!(ask(wrong).await.code(), "gap");
    ask(lost.clone()).await.ok();
    assert_eq!(ask(lost).await.code(), "not_allowed", "it orders");
    let after = there.hello(None, 0).await.ok();
    assert_eq!(after["relay"], false);
    assert_ne!(after["lineage"], before["lineage"], "laptops begin again from it");
    let since = after["since"].as_i64().unwrap();
    assert!(since >= relay.time());
    // What waits can still be read and pushed, and is let go when it has its place.
    assert_eq!(frame::held(&there.get("/v1/held").await.bytes).unwrap().len(), 2);
    there.push(&[one]).await.ok();
    ask(serde_json::json!({ "relay": false, "head": 4 })).await.ok();
    assert_eq!(frame::held(&there.get("/v1/held").await.bytes).unwrap().len(), 1, "the other one waits on");
    there.push(&[two]).await.ok();

    // It hands over to another, which has its order since the same time; who goes by the old hub can put nothing into either.
    ask(serde_json::json!({ "relay": true, "head": 5 })).await.ok();
    let old = serde_json::json!({ "relay": true, "head": 5, "clear": true });
    assert_eq!(ask(old).await.code(), "not_allowed");
    let page = owner.get("/v1/pull?after=0&whole=true").await.bytes;
    let newer = serde_json::json!({ "relay": true, "head": 5, "clear": true, "since": since });
    ask(newer).await.ok();
    let path = format!("/v1/place?lineage={}", before["lineage"].as_str().unwrap());
    assert_eq!(there.send(reqwest::Method::POST, &path, None, page.clone()).await.code(), "lineage");
    let path = format!("{path}&since={}", since + 1);
    there.send(reqwest::Method::POST, &path, None, page).await.ok();
    let now = there.hello(None, 0).await.ok();
    assert_eq!((&now["since"], &now["lineage"]), (&(since + 1).into(), &before["lineage"]));
    drop(orders);
}
