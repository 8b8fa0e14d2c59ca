//! What outlives the program: ports, certificate, phones.

use std::{path::Path, sync::Arc};

use serde_json::{Value, json};
use stall_core::{Role, api::Door};
use stall_store::Env;
use stallkeeper::{Ctx, dispatch, lan};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer},
};

/// A running program without a door of its own; the owner at the window.
struct Desk(Ctx);

impl Desk {
    async fn start(dir: &Path) -> Self {
        let ctx = Ctx::open(dir, Env::system()).await.unwrap();
        lan::resume(&ctx).await;
        Self(ctx)
    }

    async fn ok(&self, name: &str, input: Value) -> Value {
        let token = self.0.mint(Role::Owner).unwrap();
        let me = self.0.caller(&token, Door::Window, None).await.unwrap();
        dispatch(&self.0, &me, name, input).await.unwrap()
    }
}

/// A pair of ports that no other test takes, nor another run on this machine, nor the system for an outgoing connection.
fn own_ports(from: u16) -> u16 {
    from + u16::try_from(std::process::id() % 3000).unwrap() * 2
}

fn choose_ports(dir: &Path, http: u16) {
    std::fs::create_dir_all(dir.join("stall/lan")).unwrap();
    let kept = json!({ "on": false, "http_port": http, "https_port": http + 1 });
    std::fs::write(dir.join("stall/lan/door.json"), kept.to_string()).unwrap();
}

async fn pair(desk: &Desk, status: &Value) -> String {
    let invited = desk.ok("lan.invite", json!({ "name": "小李", "role": "photographer" })).await;
    let url = format!("http://127.0.0.1:{}/lan/pair", status["http_port"]);
    let got = reqwest::Client::new().post(url).json(&json!({ "code": invited["code"] })).send().await.unwrap();
    let body: Value = got.json().await.unwrap();
    body["token"].as_str().unwrap().to_owned()
}

async fn info(status: &Value, token: &str) -> u16 {
    let url = format!("http://127.0.0.1:{}/api/app.info", status["http_port"]);
    let post = reqwest::Client::new().post(url).bearer_auth(token).json(&json!({}));
    post.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn after_a_restart_the_door_is_where_it_was_and_knows_its_phones() {
    let dir = TempDir::new().unwrap();
    choose_ports(dir.path(), own_ports(11_000));
    let desk = Desk::start(dir.path()).await;
    assert_eq!(desk.ok("lan.status", json!({})).await["open"], false);
    let before = desk.ok("lan.switch", json!({ "on": true })).await;
    let token = pair(&desk, &before).await;
    assert_eq!(info(&before, &token).await, 200);
    desk.0.close().await;
    drop(desk);

    let desk = Desk::start(dir.path()).await;
    let after = desk.ok("lan.status", json!({})).await;
    for key in ["on", "open", "http_port", "https_port", "fingerprint"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(info(&after, &token).await, 200);
    desk.ok("lan.switch", json!({ "on": false })).await;
    desk.0.close().await;
    drop(desk);
    let desk = Desk::start(dir.path()).await;
    assert_eq!(desk.ok("lan.status", json!({})).await["open"], false, "shut stays shut");
    assert_eq!(desk.ok("lan.status", json!({})).await["http_port"], before["http_port"]);
    desk.0.close().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_and_another_can_be_chosen() {
    let dir = TempDir::new().unwrap();
    let http = own_ports(18_000);
    choose_ports(dir.path(), http);
    let taken = TcpListener::bind(("0.0.0.0", http + 1)).await.unwrap();
    let desk = Desk::start(dir.path()).await;
    let status = desk.ok("lan.switch", json!({ "on": true })).await;
    assert_eq!((&status["on"], &status["open"]), (&json!(true), &json!(false)));
    let problem = &status["problem"];
    assert_eq!(
        (&problem["code"], &problem["args"]["port"]),
        (&json!("lan_port_taken"), &json!((http + 1).to_string()))
    );
    let other = desk.ok("lan.switch", json!({ "on": true, "new_ports": true })).await;
    assert_eq!(other["open"], true);
    assert_ne!(other["http_port"], http);
    drop(taken);
    desk.0.close().await;
}

#[tokio::test]
async fn the_second_port_speaks_tls_with_the_certificate_whose_fingerprint_is_shown() {
    let dir = TempDir::new().unwrap();
    let desk = Desk::start(dir.path()).await;
    let status = desk.ok("lan.switch", json!({ "on": true })).await;
    let certificate = std::fs::read(dir.path().join("stall/lan/certificate.der")).unwrap();
    let digest = ring_digest(&certificate);
    assert_eq!(status["fingerprint"], json!(digest));

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(certificate)).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = format!("127.0.0.1:{}", status["https_port"]);
    let tcp = TcpStream::connect(&address).await.unwrap();
    let name = "127.0.0.1".to_owned().try_into().unwrap();
    let mut tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
    let ask = format!("GET /p/ HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    tls.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tls.read_to_end(&mut answer).await.ok();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    desk.0.close().await;
}

fn ring_digest(bytes: &[u8]) -> String {
    let digest = ::ring::digest::digest(&::ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(unix)]
#[tokio::test]
async fn key_and_settings_are_this_person_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let desk = Desk::start(dir.path()).await;
    desk.ok("lan.switch", json!({ "on": true })).await;
    let lan = dir.path().join("stall/lan");
    for file in ["key.der", "certificate.der", "door.json"] {
        let mode = std::fs::metadata(lan.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}: {mode:o}");
    }
    assert_eq!(std::fs::metadata(&lan).unwrap().permissions().mode() & 0o077, 0);
    desk.0.close().await;
}

#[tokio::test]
async fn neither_a_token_nor_the_minutes_a_phone_was_here_get_into_the_change_log() {
    let dir = TempDir::new().unwrap();
    let desk = Desk::start(dir.path()).await;
    let status = desk.ok("lan.switch", json!({ "on": true })).await;
    let token = pair(&desk, &status).await;
    for _ in 0..20 {
        assert_eq!(info(&status, &token).await, 200);
    }
    desk.0.close().await;
    let hash = blake3::hash(token.as_bytes()).to_hex().to_string();
    let db = std::fs::read(dir.path().join("stall/stall.db")).unwrap();
    let holds = |text: &str| db.windows(text.len()).filter(|w| *w == text.as_bytes()).count();
    assert_eq!(holds(&token), 0, "the token itself is nowhere");
    // The row and its unique index: were it in the log too, there would be a third.
    assert_eq!(holds(&hash), 2);
}
