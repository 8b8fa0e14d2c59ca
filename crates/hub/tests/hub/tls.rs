//! TLS by the hub itself, and a gentle stop.

use std::time::Duration;

use futures_util::StreamExt;
use rcgen::{CertificateParams, KeyPair};
use stall_hub::program::serve;
use tokio::net::TcpListener;

use crate::world::{Kind, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_laptop_talks_through_tls_when_there_is_a_certificate() {
    let world = World::start(Kind::SqliteFolder).await.unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let (cert_file, key_file) = (world.dir.path().join("cert.pem"), world.dir.path().join("key.pem"));
    std::fs::write(&cert_file, certificate.pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let tls = serve::tls(&cert_file, &key_file).unwrap();
    assert!(serve::tls(&key_file, &cert_file).is_err());
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    tokio::spawn(serve::listen(tcp, world.hub.clone(), Some(tls), false));
    let root = reqwest::Certificate::from_pem(certificate.pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).resolve("localhost", address).build().unwrap();
    let url = format!("https://localhost:{}/healthz", address.port());
    assert_eq!(client.get(&url).send().await.unwrap().text().await.unwrap(), "ok\n");
    // In the clear there is nothing at this port.
    assert!(reqwest::get(format!("http://{address}/healthz")).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_stops_ends_lines_and_lets_requests_come_to_their_end() {
    let mut world = World::start(Kind::SqliteFolder).await.unwrap();
    let owner = world.stall(1).await;
    let url = world.url("/v1/wait?after=0");
    let line = owner.client.get(url).bearer_auth(&owner.token).send().await.unwrap();
    let mut events = line.bytes_stream();
    tokio::time::timeout(Duration::from_secs(15), world.stop()).await.unwrap();
    assert!(events.next().await.is_none_or(|e| e.is_err()));
    assert!(owner.client.get(world.url("/healthz")).send().await.is_err());
}
