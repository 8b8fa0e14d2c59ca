//! Who may knock: names, sites, paths, methods, too many at once.

use reqwest::{Method, header};
use serde_json::json;
use stallkeeper::lan::Limits;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{open, paired};
use crate::app::{start, told};

/// Everything a raw request is answered with.
async fn raw(address: &str, request: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn the_door_is_shut_until_the_owner_opens_it_and_shut_again_at_once() {
    let app = start().await;
    let status = app.ok("lan.status", json!({})).await;
    assert_eq!((&status["on"], &status["open"], &status["http_port"]), (&json!(false), &json!(false), &json!(0)));
    let invite = json!({ "name": "小李", "role": "photographer" });
    assert_eq!(app.refused("lan.invite", invite).await.1, "lan_off");
    let phone = paired(&app, "小李").await;
    assert_eq!(phone.call(&app, "app.info", json!({})).await.0, 200);
    let mut kept_open = TcpStream::connect(phone.address()).await.unwrap();
    app.ok("lan.switch", json!({ "on": false })).await;
    assert_eq!(kept_open.read(&mut [0]).await.unwrap_or(0), 0, "connections end with the door");
    assert!(phone.get(&app, "/p/").send().await.is_err());
}

#[tokio::test]
async fn a_forged_or_rebound_host_is_refused_whatever_else_is_right() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let port = phone.address().rsplit(':').next().unwrap().to_owned();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("127.0.0.2:{port}"),
        format!("[::1]:{port}"),
        format!("127.1:{port}"),
        format!("0.0.0.0:{port}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:1".to_owned(),
        format!("user@127.0.0.1:{port}"),
    ] {
        for request in [phone.get(&app, "/p/"), phone.post(&app, "app.info", &json!({}))] {
            let (status, body) = told(request.header(header::HOST, &host).send().await.unwrap()).await;
            assert_eq!((status, &body["code"]), (403, &json!("not_allowed")), "{host}");
        }
    }
    let ours = phone.address();
    for head in [
        "GET /p/ HTTP/1.0\r\n".to_owned(),
        format!("GET /p/ HTTP/1.1\r\nHost: {ours}\r\nHost: evil.example\r\n"),
        format!("GET http://evil.example/p/ HTTP/1.1\r\nHost: {ours}\r\n"),
        "GET /p/ HTTP/1.1\r\nHost:\r\n".to_owned(),
    ] {
        let answer = raw(ours, &format!("{head}Connection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403") || answer.starts_with("HTTP/1.0 403"), "{head}: {answer}");
    }
}

#[tokio::test]
async fn another_site_may_open_the_page_and_nothing_else() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let https = format!("https://{}", phone.address());
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", &https),
        ("origin", "http://127.0.0.1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let calls = [
            phone.post(&app, "app.info", &json!({})),
            phone.get(&app, "/lan/events"),
            app.client.post(format!("{}/lan/pair", phone.base)).json(&json!({ "code": "x" })),
        ];
        for call in calls {
            let (status, body) = told(call.header(name, value).send().await.unwrap()).await;
            assert_eq!((status, &body["code"]), (403, &json!("not_allowed")), "{name}: {value}");
        }
    }
    let own = phone.post(&app, "app.info", &json!({})).header("origin", &phone.base);
    assert_eq!(own.send().await.unwrap().status(), 200);
    let link = phone.get(&app, "/p/").header("sec-fetch-site", "cross-site");
    assert_eq!(link.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn no_answer_lets_another_site_read_it() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    for (method, path) in [
        (Method::OPTIONS, "/api/app.info"),
        (Method::OPTIONS, "/lan/pair"),
        (Method::OPTIONS, "/lan/photos/0193a5b0-0000-7000-8000-000000000000"),
        (Method::GET, "/p/"),
        (Method::GET, "/nothing"),
        (Method::POST, "/api/app.info"),
    ] {
        let url = format!("{}{path}", phone.base);
        let request = app.client.request(method.clone(), url).bearer_auth(&phone.token);
        let got = request.header("access-control-request-method", "PUT").send().await.unwrap();
        let headers: Vec<&str> = got.headers().keys().map(|k| k.as_str()).collect();
        assert!(!headers.iter().any(|h| h.starts_with("access-control")), "{method} {path}: {headers:?}");
        assert!(method != Method::OPTIONS || got.status() == 405, "{path}: {}", got.status());
        for name in ["content-security-policy", "x-content-type-options", "cross-origin-resource-policy"] {
            assert!(got.headers().contains_key(name), "{method} {path}: {name}");
        }
    }
    let page = phone.get(&app, "/p/").send().await.unwrap();
    let csp = page.headers()["content-security-policy"].to_str().unwrap();
    for part in ["default-src 'self'", "blob:", "'wasm-unsafe-eval'", "frame-ancestors 'none'"] {
        assert!(csp.contains(part), "{csp}");
    }
    assert!(page.headers()["permissions-policy"].to_str().unwrap().contains("camera=(self)"));
}

#[tokio::test]
async fn only_the_phone_page_s_own_files_are_there_and_no_path_leads_out() {
    let app = start().await;
    let base = open(&app).await;
    let first = app.client.get(&base).send().await.unwrap();
    assert_eq!((first.status().as_u16(), first.headers()["location"].to_str().unwrap()), (303, "/p/"));
    for path in [
        "/index.html",
        "/p/index.html",
        "/p/..%2f..%2fCargo.toml",
        "/p/%2e%2e/%2e%2e/Cargo.toml",
        "/p/assets/..%2f..%2f..%2fCargo.toml",
        "/p/assets/../index.html",
        "/p/%2fetc%2fpasswd",
        "/p/phone/..%2findex.html",
        "/files/x",
        "/api",
        "//api/app.info",
        "/assets/index.js",
        "/api/openapi.json/x",
    ] {
        let got = app.client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(got.status(), 404, "{path}");
    }
    let phone = paired(&app, "小李").await;
    let absent = "0".repeat(64);
    for (path, status) in [
        ("/media/..%2f..%2fstall.db/320".to_owned(), 400),
        ("/media/stall.db/1600".to_owned(), 400),
        (format!("/media/{absent}/full"), 400),
        (format!("/media/{absent}/9999"), 400),
        (format!("/media/{absent}/320"), 404),
        ("/lan/photos/..%2f..%2fdoor.json".to_owned(), 400),
        ("/lan/photos/door.json".to_owned(), 400),
    ] {
        assert_eq!(phone.get(&app, &path).send().await.unwrap().status(), status, "{path}");
    }
    for name in ["..%2f..%2flan.status", "lan.status%00", "app.info%2f..%2flan.status", "App.Info"] {
        let post = app.client.post(format!("{}/api/{name}", phone.base)).bearer_auth(&phone.token).json(&json!({}));
        assert_eq!(post.send().await.unwrap().status(), 403, "{name}");
    }
}

#[tokio::test]
async fn one_address_cannot_take_every_connection_and_asks_only_so_often() {
    let app = start().await;
    let base = open(&app).await;
    let address = base.trim_start_matches("http://");
    let ok = app.client.get(format!("{base}/p/")).send().await.unwrap();
    assert_eq!(ok.status(), 200);
    drop(ok);
    app.ctx.lan().set_limits(Limits { connections_per_address: 3, ..Limits::default() });
    let mut held = Vec::new();
    for _ in 0..6 {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(b"GET /p/ HTTP/1.1\r\n").await.ok();
        held.push(socket);
    }
    let mut ended = 0;
    for mut socket in held.drain(3..) {
        ended += usize::from(socket.read(&mut [0]).await.unwrap_or(0) == 0);
    }
    assert_eq!(ended, 3, "what is over the limit is closed unheard");

    let app = start().await;
    let base = open(&app).await;
    app.ctx.lan().set_limits(Limits { burst: 5.0, per_second: 1e-6, ..Limits::default() });
    let mut told_to_wait = 0;
    for _ in 0..8 {
        let got = app.client.get(format!("{base}/p/")).send().await.unwrap();
        told_to_wait += usize::from(got.status() == 429);
    }
    assert_eq!(told_to_wait, 3);
}

#[tokio::test]
async fn the_door_of_this_machine_is_not_in_the_network_and_takes_no_phone() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    assert_eq!(app.call_as(&phone.token, "app.info", json!({})).await.0, 401);
    let own_port = app.base.rsplit(':').next().unwrap().to_owned();
    let status = app.ok("lan.status", json!({})).await;
    for address in status["addresses"].as_array().unwrap() {
        let ip = address["ip"].as_str().unwrap();
        if ip == "127.0.0.1" {
            continue;
        }
        assert!(TcpStream::connect(format!("{ip}:{own_port}")).await.is_err(), "{ip}");
        // The door for phones is there, by that address alone.
        let url = format!("http://{ip}:{}/p/", status["http_port"]);
        assert_eq!(app.client.get(&url).send().await.unwrap().status(), 200, "{url}");
        let other = app.client.get(&url).header("host", phone.address()).send().await.unwrap();
        assert_eq!(other.status(), 403, "{url}");
    }
}
