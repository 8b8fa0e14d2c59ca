//! Several laptops of one stall, each a running program, as their people use them.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use stall_hub::{Hub, Limits, blobs::Blobs, program::serve, secrets, storage, system_clock};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::app::{App, start, start_in, try_start_in};

/// Looks again and again; a laptop comes into step by itself.
pub async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if look().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to this: {what}");
}

async fn models(app: &App) -> Vec<String> {
    let list = app.ok("units.list", json!({})).await;
    let rows = list["rows"].as_array().unwrap();
    let mut all: Vec<String> = rows.iter().map(|r| r["model"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

pub async fn see(app: &App, wanted: &[&str]) {
    until(&format!("{wanted:?}"), async || models(app).await == wanted).await;
}

pub async fn status(app: &App) -> Value {
    app.ok("sync.status", json!({})).await
}

/// A folder whose hub has a port of its own: one that closes and opens again finds it taken by another test's otherwise.
pub fn own_port() -> TempDir {
    let dir = TempDir::new().unwrap();
    let port = std::net::TcpListener::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port();
    let sync = dir.path().join("stall/sync");
    std::fs::create_dir_all(&sync).unwrap();
    std::fs::write(sync.join("sync.json"), json!({ "port": port }).to_string()).unwrap();
    dir
}

/// Begins the program again on a folder whose earlier one is about to let it go.
pub async fn reopen(dir: &Path) -> App {
    let mut again = None;
    until("the folder is free", async || {
        again = try_start_in(dir).await;
        again.is_some()
    })
    .await;
    let app = again.unwrap();
    stallkeeper::sync::resume(&app.ctx).await;
    app
}

/// Makes `owner` the hub of its network; gives the words.
pub async fn host(owner: &App) -> Value {
    let words = owner.ok("sync.host", json!({ "on": true, "name": "周敏的电脑" })).await;
    until("the first exchange", async || status(owner).await["last"].is_number()).await;
    words
}

/// The hub and the code of an invitation's link, as the screen reads it.
fn read(invite: &Value) -> (String, String) {
    let link = invite["link"].as_str().unwrap().strip_prefix("stallkeeper:").unwrap();
    let (base, rest) = link.split_once("/join/").unwrap();
    let (pin, code) = rest.split_once('/').unwrap();
    (format!("{base}#{pin}"), code.to_owned())
}

/// Invites `guest` and waits until it is let in.
pub async fn join(owner: &App, guest: &App, name: &str, role: &str) {
    let invite = owner.ok("sync.invite", json!({ "name": name, "role": role })).await;
    let (hub, code) = read(&invite);
    guest.ok("sync.join", json!({ "hub": hub, "code": code.to_lowercase(), "name": name })).await;
    until("it was let in", async || {
        let s = status(guest).await;
        s["state"] == "on" && s["last"].is_number()
    })
    .await;
}

/// A hub as an operator runs it.
struct Operator {
    hub: Hub,
    url: String,
    _dir: TempDir,
}

impl Operator {
    async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let storage = storage::open_sqlite(&dir.path().join("hub.db")).await.unwrap();
        let blobs = Blobs::folder(&dir.path().join("objects")).unwrap();
        let hub = Hub::open(storage, blobs, Limits::default(), system_clock()).await.unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", tcp.local_addr().unwrap());
        tokio::spawn(serve::listen(tcp, hub.clone(), None, false));
        Self { hub, url, _dir: dir }
    }

    async fn code(&self) -> String {
        let code = secrets::invite().unwrap();
        let founding = storage::Founding {
            code: secrets::invite_hash(&code).unwrap(),
            name: "老周数码".into(),
            quota: 1 << 30,
            until: i64::MAX,
        };
        self.hub.storage().add_founding(&founding).await.unwrap();
        code
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_laptops_agree_over_one_that_is_the_hub_with_no_internet() {
    let (dir, b) = (own_port(), start().await);
    let a = start_in(dir.path()).await;
    a.unit(json!({ "model": "iPhone 13", "cost": 200_000 })).await;
    let words = host(&a).await;
    assert_eq!((words["zh"].as_array().unwrap().len(), words["en"].as_array().unwrap().len()), (24, 24));
    join(&a, &b, "小李的电脑", "owner").await;
    see(&b, &["iPhone 13"]).await;
    // One owner still, not one a laptop.
    let members = b.ok("members.list", json!({})).await;
    assert_eq!(members["members"].as_array().unwrap().len(), 1, "{members}");
    b.unit(json!({ "model": "小米14" })).await;
    see(&a, &["iPhone 13", "小米14"]).await;
    let laptops = a.ok("sync.laptops", json!({})).await;
    let names: Vec<&str> = laptops["laptops"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["周敏的电脑", "小李的电脑"]);
    assert_eq!(laptops["invites"], json!([]));
    // The hub is closed: both go on, and what they did comes together when it is open again.
    a.ok("sync.host", json!({ "on": false, "name": "" })).await;
    b.unit(json!({ "model": "Mate 60" })).await;
    until("b says so", async || {
        let s = status(&b).await;
        s["line"] == "offline" && s["waiting"] == 1 && s["problem"]["code"] == "sync_offline"
    })
    .await;
    a.unit(json!({ "model": "Pura 70" })).await;
    a.ok("sync.host", json!({ "on": true, "name": "" })).await;
    for app in [&a, &b] {
        app.ok("sync.now", json!({})).await;
    }
    see(&a, &["Mate 60", "Pura 70", "iPhone 13", "小米14"]).await;
    see(&b, &["Mate 60", "Pura 70", "iPhone 13", "小米14"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helpers_laptop_is_a_helpers_whoever_sits_at_it() {
    let (a, b) = (start().await, start().await);
    a.unit(json!({ "model": "iPhone 13", "cost": 200_000, "price_floor": 230_000 })).await;
    host(&a).await;
    join(&a, &b, "打包台", "packer").await;
    see(&b, &["iPhone 13"]).await;
    let info = b.ok("app.info", json!({})).await;
    assert_eq!((info["me"]["role"].as_str(), info["me"]["name"].as_str()), (Some("packer"), Some("打包台")));
    let (status, code) = b.refused("units.add", json!({ "model": "x" })).await;
    assert_eq!((status, code.as_str()), (403, "not_allowed"));
    assert_eq!(b.refused("sync.invite", json!({ "name": "y", "role": "owner" })).await.1, "not_allowed");
    let rows = b.ok("units.list", json!({})).await;
    assert_eq!((&rows["rows"][0]["cost"], &rows["rows"][0]["price_floor"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_taken_out_gets_nothing_new_and_keeps_what_it_has() {
    let (a, b) = (start().await, start().await);
    a.unit(json!({ "model": "iPhone 13" })).await;
    host(&a).await;
    join(&a, &b, "小李的电脑", "owner").await;
    see(&b, &["iPhone 13"]).await;
    let laptops = a.ok("sync.laptops", json!({})).await;
    let of_b = laptops["laptops"].as_array().unwrap().iter().find(|l| l["name"] == "小李的电脑").unwrap().clone();
    let own = laptops["laptops"].as_array().unwrap().iter().find(|l| l["here"] == true).unwrap().clone();
    assert_eq!(a.refused("sync.revoke", json!({ "replica": own["replica"] })).await.1, "not_allowed");
    a.ok("sync.revoke", json!({ "replica": of_b["replica"] })).await;
    a.unit(json!({ "model": "小米14" })).await;
    b.ok("sync.now", json!({})).await;
    until("b is told", async || status(&b).await["problem"]["code"] == "sync_removed").await;
    assert_eq!(models(&b).await, ["iPhone 13"]);
    let laptops = a.ok("sync.laptops", json!({})).await;
    assert!(laptops["laptops"].as_array().unwrap().iter().any(|l| l["name"] == "小李的电脑" && l["gone"].is_number()));
    // It may leave, and begin anew by itself.
    assert_eq!(b.ok("sync.leave", json!({})).await["state"], "off");
    assert_eq!(models(&b).await, ["iPhone 13"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_knows_its_stall_after_a_restart_and_its_secret_is_its_own() {
    let dir = own_port();
    let a = start_in(dir.path()).await;
    a.unit(json!({ "model": "iPhone 13" })).await;
    host(&a).await;
    #[cfg(unix)]
    for file in ["sync/identity.json", "sync/sync.json", "hub/key.der"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(dir.path().join("stall").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    a.ctx.close().await;
    drop(a);
    let a = reopen(dir.path()).await;
    let s = status(&a).await;
    assert_eq!((&s["state"], &s["host"]["open"]), (&json!("on"), &json!(true)), "{s}");
    until("in step again", async || status(&a).await["last"].is_number()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_whose_every_laptop_is_gone_comes_back_by_its_words() {
    let operator = Operator::start().await;
    let a = start().await;
    a.unit(json!({ "model": "iPhone 13", "cost": 200_000 })).await;
    let founding = json!({ "hub": operator.url, "code": operator.code().await, "name": "周敏的电脑" });
    let words = a.ok("sync.found", founding).await;
    until("everything is at the hub", async || {
        let s = status(&a).await;
        s["last"].is_number() && s["waiting"] == 0
    })
    .await;
    a.ctx.close().await;
    drop(a);
    for list in ["zh", "en"] {
        let list: Vec<&str> = words[list].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
        let fresh = start().await;
        let asked = json!({ "hub": operator.url, "words": list.join(" "), "name": "新电脑" });
        fresh.ok("sync.recover", asked).await;
        see(&fresh, &["iPhone 13"]).await;
        assert_eq!(fresh.ok("units.list", json!({})).await["rows"][0]["cost"], 200_000);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_is_told_in_words_and_changes_nothing() {
    let (a, b) = (start().await, start().await);
    host(&a).await;
    let invite = a.ok("sync.invite", json!({ "name": "小李", "role": "owner" })).await;
    let (hub, code) = read(&invite);
    let (hub, code) = (hub.as_str(), code.as_str());
    let ask = |hub: &str, code: &str, name: &str| json!({ "hub": hub, "code": code, "name": name });
    for (input, wanted) in [
        (ask(hub, "7K3M", "小李"), "sync_code_bad"),
        (ask("ftp://x", code, "小李"), "sync_hub_address"),
        (ask("", code, "小李"), "sync_hub_address"),
        (ask(hub, code, " "), "name_missing"),
        (ask("https://127.0.0.1:9", code, "小李"), "sync_offline"),
        // Somebody else's certificate at the address.
        (ask(&format!("{}#{}", hub.split_once('#').unwrap().0, "ab".repeat(32)), code, "小李"), "sync_offline"),
        (ask(hub, "AAAA-AAAA-AAAA-AAAA", "小李"), "sync_invite_gone"),
    ] {
        assert_eq!(b.refused("sync.join", input).await.1, wanted);
    }
    let unproved = "的".repeat(23) + "是";
    let unknown = "的".repeat(23) + "囧";
    for (words, wanted) in
        [("一 二 三", "sync_words_count"), (&*unknown, "sync_word_unknown"), (&*unproved, "sync_words_bad")]
    {
        let asked = json!({ "hub": hub, "words": words, "name": "x" });
        assert_eq!(b.refused("sync.recover", asked).await.1, wanted);
    }
    assert_eq!(b.refused("sync.laptops", json!({})).await.1, "sync_off");
    assert_eq!(a.refused("sync.join", ask(hub, code, "x")).await.1, "sync_on");
    b.unit(json!({ "model": "iPhone 13" })).await;
    assert_eq!(b.refused("sync.join", ask(hub, code, "小李")).await.1, "sync_not_empty");
    assert_eq!(status(&b).await["state"], "off");
}
