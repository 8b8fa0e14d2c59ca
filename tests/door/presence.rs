//! Who has which record open, over running programs and a hub in one of them.

use std::time::Duration;

use serde_json::{Value, json};
use stall_core::api::Push;

use crate::{
    app::{App, start},
    sync::{host, join, status, until},
};

async fn show(app: &App, open: Value, editing: bool) {
    app.ok("presence.set", json!({ "open": open, "editing": editing })).await;
}

/// Who is where, as this program's screens are told.
async fn here(app: &App) -> Vec<Value> {
    app.ok("presence.list", json!({})).await["here"].as_array().unwrap().clone()
}

async fn nobody(app: &App) {
    until("nobody is shown", async || here(app).await.is_empty()).await;
}

async fn pair(role: &str) -> (App, App, Value) {
    let (a, b) = (start().await, start().await);
    let id = a.unit(json!({ "model": "iPhone 13" })).await;
    host(&a).await;
    join(&a, &b, "小李的电脑", role).await;
    let on = async |app: &App| app.ok("presence.list", json!({})).await["on"] == true;
    until("both have somebody to tell", async || on(&a).await && on(&b).await).await;
    (a, b, json!({ "kind": "unit", "id": id }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_record_is_seen_on_the_other_laptop_until_it_is_closed_and_is_in_no_log() {
    let (a, b, unit) = pair("owner").await;
    let before = a.ctx.stall().store.sync_standing().await.unwrap().next_rseq;
    let mut pushes = b.ctx.subscribe();
    show(&a, unit.clone(), false).await;
    let pushed = async { while !matches!(pushes.recv().await.unwrap(), Push::Presence) {} };
    tokio::time::timeout(Duration::from_secs(30), pushed).await.unwrap();
    let name = a.ok("app.info", json!({})).await["me"]["name"].clone();
    let mark = json!({ "at": unit, "editing": false, "who": name, "laptop": "周敏的电脑" });
    assert_eq!(here(&b).await, [mark]);
    show(&a, unit.clone(), true).await;
    until("it is being changed", async || here(&b).await.first().is_some_and(|m| m["editing"] == true)).await;
    // Both at one record; nobody is told of himself.
    show(&b, unit.clone(), false).await;
    until("a sees b", async || here(&a).await.first().is_some_and(|m| m["laptop"] == "小李的电脑")).await;
    assert_eq!((here(&a).await.len(), here(&b).await.len()), (1, 1));
    show(&a, Value::Null, false).await;
    nobody(&b).await;
    assert_eq!(here(&a).await.len(), 1);
    assert_eq!(a.ctx.stall().store.sync_standing().await.unwrap().next_rseq, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sits_at_a_helpers_laptop_is_the_helper() {
    let (a, b, unit) = pair("packer").await;
    show(&b, unit, true).await;
    until("a sees it", async || here(&a).await.len() == 1).await;
    let mark = &here(&a).await[0];
    assert_eq!((&mark["who"], &mark["laptop"]), (&json!("小李的电脑"), &json!("小李的电脑")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_laptop_shows_nobody_and_is_shown_nowhere() {
    let (a, b, unit) = pair("owner").await;
    show(&a, unit.clone(), false).await;
    show(&b, unit, false).await;
    until("each sees the other", async || here(&a).await.len() == 1 && here(&b).await.len() == 1).await;
    a.ok("sync.set", json!({ "paused": true, "small_only": false })).await;
    assert_eq!(a.ok("presence.list", json!({})).await, json!({ "on": false, "here": [] }));
    nobody(&b).await;
    a.ok("sync.set", json!({ "paused": false, "small_only": false })).await;
    until("each sees the other again", async || here(&a).await.len() == 1 && here(&b).await.len() == 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_shown_without_a_hub_and_everybody_when_it_is_back() {
    let (a, b, unit) = pair("owner").await;
    show(&a, unit.clone(), false).await;
    until("b sees a", async || here(&b).await.len() == 1).await;
    a.ok("sync.host", json!({ "on": false, "name": "" })).await;
    nobody(&b).await;
    a.ok("sync.host", json!({ "on": true, "name": "" })).await;
    b.ok("sync.now", json!({})).await;
    until("b sees a again", async || {
        show(&a, unit.clone(), false).await;
        here(&b).await.len() == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_ends_the_program_takes_leave() {
    let (a, b, unit) = pair("owner").await;
    show(&b, unit, true).await;
    until("a sees b", async || here(&a).await.len() == 1).await;
    // Sooner than what was said becomes too old.
    b.ctx.close().await;
    nobody(&a).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_of_one_has_nobody_to_tell() {
    let a = start().await;
    let id = a.unit(json!({ "model": "iPhone 13" })).await;
    let open = json!({ "open": { "kind": "unit", "id": id }, "editing": false });
    assert_eq!(a.ok("presence.set", open).await, json!({ "on": false, "here": [] }));
    assert_eq!(status(&a).await["state"], "off");
}
