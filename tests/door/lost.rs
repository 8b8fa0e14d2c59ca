//! The stall's hub is lost for good: the app's commands, with programs that end and one that comes back.

use serde_json::json;

use crate::{
    app::{App, start, start_in},
    second::{Server, add, at, hub_of, own},
    sync::{host, join, own_port, reopen, see, status, until},
};

async fn offline(app: &App) {
    until("the hub is missed", async || {
        let s = status(app).await;
        s["line"] == "offline" || s["away"] == true
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_laptop_that_was_the_hub_is_gone_and_another_one_takes_its_place() {
    let (a, b, c) = (start().await, start().await, start().await);
    a.unit(json!({ "model": "iPhone 13" })).await;
    host(&a).await;
    join(&a, &b, "老板娘的电脑", "owner").await;
    join(&a, &c, "验机台", "technician").await;
    for app in [&b, &c] {
        see(app, &["iPhone 13"]).await;
    }
    let order = b.data().join("stall").join("sync").join("order");
    until("a copy of the order is kept", async || order.is_dir()).await;
    let e = b.refused("sync.lost", json!({ "to": "here" })).await;
    assert_eq!(e.1, "sync_not_lost", "it is there");
    assert_eq!(status(&b).await["host"]["open"], false, "nothing is left of the try");
    assert_eq!(c.refused("sync.lost", json!({ "to": "here" })).await.0, 403);

    a.ctx.close().await;
    drop(a);
    b.unit(json!({ "model": "小米14" })).await;
    offline(&b).await;
    offline(&c).await;
    // What cannot be done is told, and changes nothing.
    for (to, wanted) in [
        (json!({ "to": "second" }), "sync_offline"),
        (json!({ "to": "server", "hub": "ftp://x", "code": "" }), "sync_hub_address"),
        (json!({ "to": "server", "hub": "http://127.0.0.1:9", "code": "" }), "sync_offline"),
    ] {
        assert_eq!(b.refused("sync.lost", to.clone()).await.1, wanted, "{to}");
    }
    b.ok("sync.lost", json!({ "to": "here" })).await;
    let s = status(&b).await;
    assert_eq!((&s["host"]["on"], &s["host"]["open"]), (&json!(true), &json!(true)), "{s}");
    at(&b, &own(&b).await, None).await;
    until("b is in step", async || status(&b).await["line"] == "idle").await;

    // The helper is brought there by the line that b shows.
    let shown = b.ok("sync.address", json!({})).await;
    let link = shown["link"].as_str().unwrap();
    assert!(link.starts_with("stallkeeper:https://") && link.contains("/hub/"), "{link}");
    assert!(shown["qr"].as_str().unwrap().contains("<svg"));
    for (wrong, code) in [("nonsense link", "sync_hub_address"), ("http://127.0.0.1:9", "sync_offline")] {
        assert_eq!(c.refused("sync.move", json!({ "link": wrong })).await.1, code, "{wrong}");
    }
    let elsewhere = Server::start().await;
    assert_eq!(c.refused("sync.move", json!({ "link": elsewhere.url })).await.1, "sync_elsewhere");
    c.ok("sync.move", json!({ "link": format!(" {link} ") })).await;
    see(&c, &["iPhone 13", "小米14"]).await;
    c.unit(json!({ "model": "Mate 60" })).await;
    see(&b, &["Mate 60", "iPhone 13", "小米14"]).await;
    until("c goes by b", async || hub_of(&status(&c).await) == shown["hub"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_takes_over_and_the_old_hub_follows_when_it_comes_back() {
    let (dir, b, c) = (own_port(), start().await, start().await);
    let a = start_in(dir.path()).await;
    a.unit(json!({ "model": "iPhone 13" })).await;
    host(&a).await;
    join(&a, &b, "老板娘的电脑", "owner").await;
    join(&a, &c, "验机台", "technician").await;
    let server = Server::start().await;
    add(&a, &server).await;
    for app in [&b, &c] {
        at(app, &hub_of(&status(app).await), Some(&server.url)).await;
    }
    until("the server has everything", async || status(&a).await["second"]["last"].is_number()).await;
    a.ctx.close().await;
    drop(a);
    c.unit(json!({ "model": "小米14" })).await;
    offline(&b).await;
    offline(&c).await;
    b.ok("sync.lost", json!({ "to": "second" })).await;
    for app in [&b, &c] {
        at(app, &server.url, None).await;
        see(app, &["iPhone 13", "小米14"]).await;
    }
    b.unit(json!({ "model": "Mate 60" })).await;
    see(&c, &["Mate 60", "iPhone 13", "小米14"]).await;

    // It was only switched off: it works on by itself for a moment, hears of it and goes by the server.
    let a = reopen(dir.path()).await;
    a.unit(json!({ "model": "Find X7" })).await;
    at(&a, &server.url, None).await;
    let s = status(&a).await;
    assert_eq!((&s["host"]["on"], &s["host"]["open"]), (&json!(false), &json!(false)), "{s}");
    for app in [&a, &b, &c] {
        see(app, &["Find X7", "Mate 60", "iPhone 13", "小米14"]).await;
    }
    // And is made the market's hub again.
    a.ok("sync.host", json!({ "on": true, "name": "" })).await;
    at(&a, &own(&a).await, Some(&server.url)).await;
    c.unit(json!({ "model": "Pura 70" })).await;
    see(&a, &["Find X7", "Mate 60", "Pura 70", "iPhone 13", "小米14"]).await;
}
