//! Who may knock.

use reqwest::header;
use serde_json::json;

use crate::app::{start, told};

#[tokio::test]
async fn without_a_token_nothing_but_the_page_s_own_files_is_given() {
    let app = start().await;
    for path in ["/api/events", "/api/openapi.json", "/media/00/320", "/files/x"] {
        let (status, body) = told(app.client.get(format!("{}{path}", app.base)).send().await.unwrap()).await;
        assert_eq!((status, &body["code"]), (401, &json!("no_session")), "{path}");
    }
    let (status, body) = app.call_as("wrong", "app.info", json!({})).await;
    assert_eq!((status, &body["code"]), (401, &json!("no_session")));
    let page = app.client.get(&app.base).send().await.unwrap();
    assert_eq!(page.status(), 401);
}

#[tokio::test]
async fn the_printed_address_turns_the_token_into_a_cookie_that_scripts_cannot_read() {
    let app = start().await;
    let first = app.client.get(format!("{}/?token={}", app.base, app.token)).send().await.unwrap();
    assert!(first.status().is_redirection());
    assert_eq!(first.headers()[header::LOCATION], "/");
    let cookie = first.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap().to_owned();
    let page = app.client.get(&app.base).header(header::COOKIE, &pair).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("default-src 'self'"));
    let info = app.client.post(format!("{}/api/app.info", app.base)).header(header::COOKIE, pair).json(&json!({}));
    assert_eq!(told(info.send().await.unwrap()).await.0, 200);
    let wrong = app.client.get(format!("{}/?token=wrong", app.base)).send().await.unwrap();
    assert_eq!(wrong.status(), 401);
}

#[tokio::test]
async fn another_host_name_or_another_site_is_refused_even_with_the_token() {
    let app = start().await;
    let port = app.base.rsplit(':').next().unwrap().to_owned();
    let input = json!({ "model": "iPhone 13" });
    for (name, value) in [
        ("host", "evil.example".to_owned()),
        ("host", format!("evil.example:{port}")),
        ("host", "127.0.0.1:1".to_owned()),
        ("origin", "https://evil.example".to_owned()),
        ("origin", "null".to_owned()),
        ("origin", format!("http://127.0.0.1.evil.example:{port}")),
        ("sec-fetch-site", "cross-site".to_owned()),
        ("sec-fetch-site", "same-site".to_owned()),
    ] {
        let post = app.post(&app.token, "units.add", &input).header(name, &value);
        let (status, body) = told(post.send().await.unwrap()).await;
        assert_eq!((status, &body["code"]), (403, &json!("not_allowed")), "{name}: {value}");
        let events = app.get("/api/events").header(name, &value).send().await.unwrap();
        assert_eq!(events.status(), 403, "{name}: {value}");
    }
    assert_eq!(app.ok("units.list", json!({})).await["total"], 0);
    for host in ["127.0.0.1", "localhost"] {
        let origin = format!("http://{host}:{port}");
        let post = app.post(&app.token, "app.info", &json!({})).header(header::ORIGIN, origin);
        assert_eq!(post.send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn every_refusal_of_the_door_is_typed_json() {
    let app = start().await;
    let url = |path: &str| format!("{}{path}", app.base);
    let json_post = |body: &'static str| {
        app.client
            .post(url("/api/units.add"))
            .bearer_auth(&app.token)
            .header("content-type", "application/json")
            .body(body)
    };
    let form = app.client.post(url("/api/units.add")).bearer_auth(&app.token).header("content-type", "text/plain");
    let cases = [
        (app.get("/no/such/page"), 404, "not_found"),
        (app.get("/api/units.add"), 405, "bad_input"),
        (app.client.delete(url("/api/units.add")).bearer_auth(&app.token), 405, "bad_input"),
        (app.post(&app.token, "units.explode", &json!({})), 404, "unknown_command"),
        (form.body("{}"), 415, "bad_input"),
        (json_post("{\"model\":"), 400, "bad_input"),
        (json_post("[1,2]"), 400, "bad_input"),
        (app.post(&app.token, "units.get", &json!({ "id": "not an id" })), 400, "bad_input"),
        (app.post(&app.token, "units.get", &json!({})), 400, "bad_input"),
        (app.post(&app.token, "files.pick", &json!({ "kind": "photos" })), 403, "not_allowed"),
    ];
    for (n, (request, status, code)) in cases.into_iter().enumerate() {
        let (got, body) = told(request.send().await.unwrap()).await;
        assert_eq!((got, &body["code"]), (status, &json!(code)), "case {n}: {body}");
    }
    let (_, body) = app.call("units.add", json!({ "price_list": "cheap" })).await;
    assert_eq!(body["args"]["field"], "price_list");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_believed() {
    let app = start().await;
    let big = json!({ "note": "x".repeat(5 << 20) });
    let (status, body) = told(app.post(&app.token, "units.add", &big).send().await.unwrap()).await;
    assert_eq!((status, &body["code"]), (413, &json!("too_large")));
}

#[tokio::test]
async fn names_of_files_and_photographs_never_become_paths() {
    let app = start().await;
    for path in [
        "/media/..%2f..%2fstall.db/full",
        "/media/%2e%2e%2fstall.db/full",
        "/media/stall.db/full",
        "/files/..%2fstall.db",
        "/files/stall.lock",
    ] {
        let (status, body) = told(app.get(path).send().await.unwrap()).await;
        assert_eq!((status, &body["code"]), (400, &json!("bad_input")), "{path}");
    }
    let absent = "0".repeat(64);
    let (status, body) = told(app.get(&format!("/media/{absent}/320")).send().await.unwrap()).await;
    assert_eq!((status, &body["code"]), (404, &json!("file_missing")));
    let (status, _) = told(app.get(&format!("/media/{absent}/9999")).send().await.unwrap()).await;
    assert_eq!(status, 400);
    for path in
        ["/..%2f..%2fCargo.toml", "/%2e%2e/%2e%2e/Cargo.toml", "/assets/..%2f..%2f..%2fCargo.toml", "/%2fetc%2fpasswd"]
    {
        assert_eq!(app.get(path).send().await.unwrap().status(), 404, "{path}");
    }
}
