//! Invitations.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use serde_json::json;
use stall_core::Ms;
use stall_store::Env;

use super::{invite, open, pair, paired};
use crate::app::{start, start_with, told};

#[tokio::test]
async fn an_invitation_has_a_link_and_a_code_for_every_address_and_is_good_once() {
    let app = start().await;
    let base = open(&app).await;
    let invited = invite(&app, "小李").await;
    let code = invited["code"].as_str().unwrap();
    for link in invited["links"].as_array().unwrap() {
        for (address, qr) in [("http", "http_qr"), ("https", "https_qr")] {
            let text = link[address].as_str().unwrap();
            assert!(
                text.starts_with(&format!("{address}://")) && text.ends_with(&format!("/p/#pair={code}")),
                "{text}"
            );
            assert!(link[qr].as_str().unwrap().contains("<svg"));
        }
    }
    assert_eq!(invited["fingerprint"].as_str().unwrap().len(), 32 * 3 - 1);
    let (status, got) = pair(&app, &base, &json!(code.to_lowercase().replace('-', " "))).await;
    assert_eq!(status, 200, "{got}");
    assert_eq!((&got["name"], &got["role"], &got["id"]), (&json!("小李"), &json!("photographer"), &invited["id"]));
    let (status, body) = pair(&app, &base, &invited["code"]).await;
    assert_eq!((status, &body["code"]), (403, &json!("pair_code")));
    let devices = app.ok("lan.devices", json!({})).await;
    assert_eq!(devices["devices"].as_array().unwrap().len(), 1);
    assert_eq!((&devices["devices"][0]["name"], &devices["devices"][0]["id"]), (&json!("小李"), &invited["id"]));
}

#[tokio::test]
async fn the_token_comes_as_a_cookie_that_scripts_cannot_read_and_in_the_answer() {
    let app = start().await;
    let base = open(&app).await;
    let invited = invite(&app, "小李").await;
    let post = app.client.post(format!("{base}/lan/pair")).json(&json!({ "code": invited["code"] }));
    let got = post.send().await.unwrap();
    let cookie = got.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let token = told(got).await.1["token"].as_str().unwrap().to_owned();
    assert!(cookie.contains(&token) && token.len() == 64);
    let pair = cookie.split(';').next().unwrap();
    let info = app.client.post(format!("{base}/api/app.info")).header("cookie", pair).json(&json!({}));
    let (status, info) = told(info.send().await.unwrap()).await;
    assert_eq!((status, &info["door"], &info["folder"]), (200, &json!("lan"), &json!("")));
}

#[tokio::test]
async fn an_invitation_ends_after_ten_minutes_or_when_it_is_taken_back() {
    let clock = Arc::new(AtomicI64::new(1_795_492_800_000));
    let read = clock.clone();
    let app = start_with(Env::with_clock(move || Ms(read.load(Ordering::SeqCst)))).await;
    let base = open(&app).await;
    let late = invite(&app, "迟到").await;
    clock.fetch_add(10 * 60_000, Ordering::SeqCst);
    assert_eq!(pair(&app, &base, &late["code"]).await.0, 403);
    let back = invite(&app, "收回").await;
    app.ok("lan.revoke", json!({ "id": back["id"] })).await;
    assert_eq!(pair(&app, &base, &back["code"]).await.0, 403);
    let good = invite(&app, "小李").await;
    clock.fetch_add(10 * 60_000 - 1, Ordering::SeqCst);
    assert_eq!(pair(&app, &base, &good["code"]).await.0, 200);
}

#[tokio::test]
async fn ten_thousand_guesses_get_nowhere() {
    let frozen = Env::with_clock(|| Ms(1_795_492_800_000));
    let app = start_with(frozen).await;
    let base = open(&app).await;
    app.ctx.lan().set_limits(stallkeeper::lan::Limits { burst: 1e9, ..Default::default() });
    let invited = invite(&app, "小李").await;
    let (mut judged, mut stopped) = (0, 0);
    for n in 0..10_000_u32 {
        let code = json!({ "code": format!("{n:012}") });
        let got = app.client.post(format!("{base}/lan/pair")).json(&code).send().await.unwrap();
        match got.status().as_u16() {
            403 => judged += 1,
            429 => stopped += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((judged, stopped), (10, 9990), "of ten thousand, ten were looked at");
    // Not even the right code gets through from there; the phone itself has an address of its own.
    let (status, body) = pair(&app, &base, &invited["code"]).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many")));
    assert_eq!(app.ok("lan.devices", json!({})).await["devices"], json!([]));
}

#[tokio::test]
async fn only_the_owner_invites_and_only_as_photographer_or_technician() {
    let app = start().await;
    open(&app).await;
    for role in ["owner", "host", "control", "packer"] {
        let refused = app.refused("lan.invite", json!({ "name": "x", "role": role })).await;
        assert_eq!(refused, (400, "bad_input".into()), "{role}");
    }
    let names = [("", "name_missing"), ("  ", "name_missing"), (&"长".repeat(21), "field_too_long")];
    for (name, code) in names {
        assert_eq!(app.refused("lan.invite", json!({ "name": name, "role": "technician" })).await.1, code);
    }
}

#[tokio::test]
async fn pairing_and_revoking_stay_out_of_the_undo_history() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    assert_eq!(app.ok("undo.state", json!({})).await["undo"], serde_json::Value::Null);
    app.unit(json!({ "model": "iPhone 13" })).await;
    app.ok("lan.revoke", json!({ "id": phone.id })).await;
    app.ok("undo.undo", json!({})).await;
    assert_eq!(phone.call(&app, "app.info", json!({})).await.0, 401, "undo lets no phone in again");
}
