//! A stall with a hub in the market and a server: the app's commands, with a server that is stopped and started again.

use serde_json::{Value, json};
use stall_hub::{Hub, Limits, blobs::Blobs, program::serve, secrets, storage, system_clock};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    app::{App, start, start_in},
    sync::{host, join, own_port, reopen, see, status, until},
};

/// A server, always at the same address.
pub struct Server {
    pub url: String,
    at: std::net::SocketAddr,
    dir: TempDir,
    running: Option<(Hub, JoinHandle<()>)>,
}

impl Server {
    pub async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = tcp.local_addr().unwrap();
        let mut server = Self { url: format!("http://{at}"), at, dir, running: None };
        server.run(tcp).await;
        server
    }

    async fn run(&mut self, tcp: TcpListener) {
        let storage = storage::open_sqlite(&self.dir.path().join("hub.db")).await.unwrap();
        let blobs = Blobs::folder(&self.dir.path().join("objects")).unwrap();
        let hub = Hub::open(storage, blobs, Limits::default(), system_clock()).await.unwrap();
        self.running = Some((hub.clone(), tokio::spawn(serve::listen(tcp, hub, None, false))));
    }

    async fn stop(&mut self) {
        let (hub, serving) = self.running.take().unwrap();
        hub.stop();
        serving.await.unwrap();
        hub.storage().close().await;
    }

    async fn again(&mut self) {
        let tcp = TcpListener::bind(self.at).await.unwrap();
        self.run(tcp).await;
    }

    /// A founding code.
    async fn code(&self) -> String {
        let code = secrets::invite().unwrap();
        let founding = storage::Founding {
            code: secrets::invite_hash(&code).unwrap(),
            name: "老周数码".into(),
            quota: 1 << 30,
            until: i64::MAX,
        };
        self.running.as_ref().unwrap().0.storage().add_founding(&founding).await.unwrap();
        code
    }
}

/// A stall whose first laptop is the hub; the second one is this.
async fn market_with(b: &App) -> App {
    let a = start().await;
    a.unit(json!({ "model": "iPhone 13" })).await;
    host(&a).await;
    join(&a, b, "小李的电脑", "owner").await;
    see(b, &["iPhone 13"]).await;
    a
}

async fn market() -> (App, App) {
    let b = start().await;
    (market_with(&b).await, b)
}

pub async fn add(to: &App, server: &Server) {
    to.ok("sync.second", json!({ "hub": server.url, "code": server.code().await })).await;
}

/// Waits until these are where a laptop's hubs are.
pub async fn at(app: &App, first: &str, second: Option<&str>) {
    until(&format!("the hubs are {first} and {second:?}"), async || {
        let s = status(app).await;
        s["hub"] == first && s["second"]["hub"].as_str() == second
    })
    .await;
}

pub fn hub_of(s: &Value) -> String {
    s["hub"].as_str().unwrap().to_owned()
}

/// The market's hub as the laptop that is it sees it.
pub async fn own(app: &App) -> String {
    format!("https://127.0.0.1:{}", status(app).await["host"]["port"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_added_carried_to_and_taken_away_again() {
    let (a, b) = market().await;
    let server = Server::start().await;
    let first = hub_of(&status(&b).await);
    let asked = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    add(&a, &server).await;
    at(&a, &own(&a).await, Some(&server.url)).await;
    at(&b, &first, Some(&server.url)).await;
    until("it was carried", async || status(&a).await["second"]["last"].is_number()).await;
    let s = status(&a).await;
    assert!(u128::from(s["second"]["last"].as_u64().unwrap()) >= asked && s["second"]["problem"].is_null(), "{s}");
    assert_eq!(s["away"], false);
    a.ok("sync.second", json!({ "hub": "", "code": "" })).await;
    at(&a, &own(&a).await, None).await;
    at(&b, &first, None).await;
    // The server still has the stall: no code is needed to come back to it.
    a.ok("sync.second", json!({ "hub": format!(" {}/ ", server.url), "code": "" })).await;
    at(&b, &first, Some(&server.url)).await;
    b.unit(json!({ "model": "小米14" })).await;
    see(&a, &["iPhone 13", "小米14"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_second_hub_is_told_in_words_and_changes_nothing() {
    let alone = start().await;
    let server = Server::start().await;
    let ask = |hub: &str, code: &str| json!({ "hub": hub, "code": code });
    assert_eq!(alone.refused("sync.second", ask(&server.url, "")).await.1, "sync_off");
    assert_eq!(alone.refused("sync.second", ask("", "")).await.1, "sync_off");
    let (a, b) = market().await;
    let packer = start().await;
    join(&a, &packer, "打包台", "packer").await;
    let code = server.code().await;
    assert_eq!(packer.refused("sync.second", ask(&server.url, &code)).await, (403, "not_allowed".to_owned()));
    let own = own(&a).await;
    for (hub, code, wanted) in [
        ("ftp://x", code.as_str(), "sync_hub_address"),
        ("https://", &code, "sync_hub_address"),
        (&own, &code, "sync_hub_address"),
        ("http://127.0.0.1:9", &code, "sync_offline"),
        (&server.url, "", "sync_invite_gone"),
        (&server.url, "AAAA-AAAA-AAAA-AAAA", "sync_invite_gone"),
    ] {
        assert_eq!(a.refused("sync.second", ask(hub, code)).await.1, wanted, "{hub} {code}");
        assert_eq!(status(&a).await["second"], Value::Null);
    }
    // The code is still good, once.
    a.ok("sync.second", ask(&server.url, &code)).await;
    assert_eq!(start_and_found(&server, &code).await, "sync_invite_gone");
    at(&b, &hub_of(&status(&b).await), Some(&server.url)).await;
}

/// Another stall is founded at the server; gives the refusal.
async fn start_and_found(server: &Server, code: &str) -> String {
    let other = start().await;
    other.refused("sync.found", json!({ "hub": server.url, "code": code, "name": "x" })).await.1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hub_that_is_closed_hands_over_to_the_server_and_another_laptop_takes_it_from_there() {
    let dir = own_port();
    let b = start_in(dir.path()).await;
    let a = market_with(&b).await;
    let mut server = Server::start().await;
    add(&a, &server).await;
    let first = hub_of(&status(&b).await);
    at(&b, &first, Some(&server.url)).await;
    // A third hub would push the server out: the first is closed before.
    assert_eq!(b.refused("sync.host", json!({ "on": true, "name": "" })).await.1, "sync_refused");
    assert_eq!(status(&b).await["host"]["open"], false);
    at(&b, &first, Some(&server.url)).await;
    a.ok("sync.host", json!({ "on": false, "name": "" })).await;
    for app in [&a, &b] {
        at(app, &server.url, None).await;
    }
    let s = status(&a).await;
    assert_eq!((&s["host"]["on"], &s["host"]["open"]), (&json!(false), &json!(false)), "{s}");
    b.unit(json!({ "model": "小米14" })).await;
    see(&a, &["iPhone 13", "小米14"]).await;

    // Without the server nobody takes its place, and no hub is left open.
    server.stop().await;
    assert_eq!(b.refused("sync.host", json!({ "on": true, "name": "" })).await.1, "sync_offline");
    let s = status(&b).await;
    assert_eq!(
        (&s["host"]["on"], &s["host"]["open"], &s["second"]),
        (&json!(false), &json!(false), &Value::Null),
        "{s}"
    );
    assert_eq!(hub_of(&s), server.url);

    server.again().await;
    b.ok("sync.host", json!({ "on": true, "name": "" })).await;
    at(&b, &own(&b).await, Some(&server.url)).await;
    until("a goes to b", async || {
        let s = status(&a).await;
        hub_of(&s).starts_with("https://") && s["second"]["hub"] == server.url
    })
    .await;
    a.unit(json!({ "model": "Mate 60" })).await;
    see(&b, &["Mate 60", "iPhone 13", "小米14"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_market_s_hub_dies_and_the_others_go_by_the_server_until_it_is_back() {
    let (dir, b) = (own_port(), start().await);
    let a = start_in(dir.path()).await;
    a.unit(json!({ "model": "iPhone 13" })).await;
    host(&a).await;
    join(&a, &b, "小李的电脑", "owner").await;
    let server = Server::start().await;
    add(&a, &server).await;
    at(&b, &hub_of(&status(&b).await), Some(&server.url)).await;
    until("the server has everything", async || status(&a).await["second"]["last"].is_number()).await;
    a.ctx.close().await;
    drop(a);
    b.unit(json!({ "model": "小米14" })).await;
    until("b goes by the server", async || {
        let s = status(&b).await;
        s["away"] == true && s["line"] == "idle" && s["waiting"] == 0
    })
    .await;
    let a = reopen(dir.path()).await;
    see(&a, &["iPhone 13", "小米14"]).await;
    b.ok("sync.now", json!({})).await;
    until("b is back at the market's", async || status(&b).await["away"] == false).await;
    a.unit(json!({ "model": "Mate 60" })).await;
    see(&b, &["Mate 60", "iPhone 13", "小米14"]).await;
}
