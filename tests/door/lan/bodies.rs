//! Bodies that are too large, too slow, or never end.

use std::time::Duration;

use serde_json::json;
use stallkeeper::lan::Limits;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Phone, new_id, paired, photos};
use crate::app::{App, start, told};

async fn ready(limits: Limits) -> (App, Phone, String) {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let unit = app.unit(json!({ "model": "iPhone 11" })).await;
    app.ctx.lan().set_limits(limits);
    (app, phone, unit)
}

fn incoming(app: &App) -> usize {
    std::fs::read_dir(app.data().join("stall/lan/incoming")).map_or(0, Iterator::count)
}

/// Sends pieces with a pause between, without saying how long it gets; gives the answer.
async fn drip(phone: &Phone, path: &str, pieces: usize, size: usize, pause: Duration) -> String {
    let mut socket = TcpStream::connect(phone.address()).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\
         Connection: close\r\n\r\n",
        phone.address(),
        phone.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let (mut from, mut to) = socket.into_split();
    let piece = format!("{size:x}\r\n{}\r\n", "x".repeat(size));
    let sending = tokio::spawn(async move {
        for _ in 0..pieces {
            if to.write_all(piece.as_bytes()).await.is_err() {
                break;
            }
            tokio::time::sleep(pause).await;
        }
        to
    });
    let mut answer = vec![0; 4096];
    let n = from.read(&mut answer).await.unwrap_or(0);
    sending.abort();
    String::from_utf8_lossy(&answer[..n]).into_owned()
}

#[tokio::test]
async fn a_photograph_over_the_limit_is_refused_by_what_it_says_and_by_what_it_is() {
    let (app, phone, unit) = ready(Limits { photo_bytes: 100_000, ..Limits::default() }).await;
    let path = format!("/lan/photos/{}?unit={unit}", new_id(&app));
    // Declared: refused before a byte of it came.
    let mut socket = TcpStream::connect(phone.address()).await.unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: 99999999999\r\n\r\n",
        phone.address(),
        phone.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let n = socket.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..n]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("file_too_large"), "{answer}");
    // Undeclared: counted.
    let answer = drip(&phone, &path, 200, 4000, Duration::ZERO).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!((photos(&app, &unit).await.len(), incoming(&app)), (0, 0));
}

#[tokio::test]
async fn a_command_with_a_huge_body_is_refused() {
    let (app, phone, _) = ready(Limits::default()).await;
    let big = json!({ "text": "x".repeat(400 << 10) });
    let (status, body) = phone.call(&app, "units.list", big).await;
    assert_eq!((status, &body["code"]), (413, &json!("too_large")));
    let deep = "[".repeat(100_000);
    let post = app.client.post(format!("{}/api/units.list", phone.base)).bearer_auth(&phone.token);
    let got = post.header("content-type", "application/json").body(deep).send().await.unwrap();
    assert_eq!(told(got).await.0, 400);
}

#[tokio::test]
async fn a_body_that_stops_or_drips_is_given_up_and_its_place_is_free_again() {
    let limits = Limits { idle: Duration::from_millis(150), uploads_per_device: 1, ..Limits::default() };
    let (app, phone, unit) = ready(limits).await;
    let path = format!("/lan/photos/{}?unit={unit}", new_id(&app));
    let answer = drip(&phone, &path, 2, 100, Duration::from_secs(600)).await;
    assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("cancelled"), "{answer}");
    app.ctx.lan().set_limits(Limits { grace: Duration::ZERO, slowest: 1 << 20, ..limits });
    let answer = drip(&phone, &path, 1000, 10, Duration::from_millis(20)).await;
    assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("cancelled"), "{answer}");
    app.ctx.lan().set_limits(Limits::default());
    let id = new_id(&app);
    let (status, body) = phone.send(&app, id, &format!("unit={unit}"), crate::app::photo("ip11-white-back.jpg")).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(incoming(&app), 0);
}

#[tokio::test]
async fn a_phone_sends_only_so_many_photographs_at_once() {
    let (app, phone, unit) = ready(Limits { uploads_per_device: 1, ..Limits::default() }).await;
    let mut socket = TcpStream::connect(phone.address()).await.unwrap();
    let head = format!(
        "PUT /lan/photos/{}?unit={unit} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: 5000\r\n\
         Expect: 100-continue\r\n\r\n",
        new_id(&app),
        phone.address(),
        phone.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    // "Go on" comes when the body is asked for: from then on it has the one place.
    let mut go_on = [0; 12];
    socket.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100");
    let picture = crate::app::photo("ip11-white-back.jpg");
    let (status, body) = phone.send(&app, new_id(&app), &format!("unit={unit}"), picture).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many")));
}

#[tokio::test]
async fn a_head_that_never_ends_is_hung_up_on() {
    let (_app, phone, _) = ready(Limits { head: Duration::from_millis(150), ..Limits::default() }).await;
    let mut socket = TcpStream::connect(phone.address()).await.unwrap();
    socket.write_all(b"GET /p/ HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).await.ok();
    assert!(!String::from_utf8_lossy(&rest).starts_with("HTTP/1.1 200"));
}
