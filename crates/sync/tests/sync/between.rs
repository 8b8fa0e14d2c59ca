//! Something between a laptop and its hub that alters the answers.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

/// An answer's status and body.
pub type Said = (StatusCode, Vec<u8>);

/// The address of one that passes everything on, and every answer through `alter`, which is told the path.
pub async fn between(hub: SocketAddr, alter: impl Fn(&str, Said) -> Said + Clone + Send + Sync + 'static) -> String {
    let client = reqwest::Client::new();
    let pass = move |request: Request| {
        let (client, alter) = (client.clone(), alter.clone());
        async move { passed(&client, hub, request, alter).await }
    };
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(tcp, Router::new().fallback(pass)).await });
    format!("http://{address}")
}

async fn passed(
    client: &reqwest::Client,
    hub: SocketAddr,
    request: Request,
    alter: impl Fn(&str, Said) -> Said,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let mut asked = client.request(parts.method, format!("http://{hub}{}", parts.uri));
    for name in [header::AUTHORIZATION, header::CONTENT_TYPE, header::RANGE] {
        if let Some(value) = parts.headers.get(&name) {
            asked = asked.header(name, value);
        }
    }
    let answer = asked.body(to_bytes(body, usize::MAX).await.unwrap()).send().await.unwrap();
    let status = answer.status();
    let (status, bytes) = alter(&path, (status, answer.bytes().await.unwrap().into()));
    (status, Body::from(bytes)).into_response()
}
