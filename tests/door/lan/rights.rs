//! What a phone may do and see.

use reqwest::Method;
use serde_json::{Value, json};
use stall_core::{
    Role,
    api::{COMMANDS, LAN_COMMANDS},
    datetime,
};

use super::{invite, new_id, open, pair, paired};
use crate::{
    app::{photo, start, told},
    path::{columns, row},
};

#[tokio::test]
async fn without_a_phone_s_own_token_nothing_is_given_or_taken() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let unit = app.unit(json!({ "model": "iPhone 13" })).await;
    let photographer = app.mint(Role::Photographer);
    let short = &phone.token[..63];
    for token in ["", "wrong", short, &app.token, &photographer] {
        for (method, path) in [
            (Method::POST, "/api/app.info".to_owned()),
            (Method::POST, "/api/lan.status".to_owned()),
            (Method::GET, "/lan/events".to_owned()),
            (Method::GET, format!("/media/{}/320", "0".repeat(64))),
            (Method::GET, format!("/lan/photos/{}", new_id(&app))),
            (Method::PUT, format!("/lan/photos/{}?unit={unit}", new_id(&app))),
        ] {
            let request = app.client.request(method, format!("{}{path}", phone.base)).bearer_auth(token);
            let (status, body) = told(request.json(&json!({})).send().await.unwrap()).await;
            assert_eq!((status, &body["code"]), (401, &json!("no_session")), "{path} with {token:?}");
        }
    }
}

#[tokio::test]
async fn every_command_that_is_not_for_phones_is_refused_and_changes_nothing() {
    let app = start().await;
    let base = open(&app).await;
    // Before the phones come: a phone keeps the allowance it began with.
    app.ctx.lan().set_limits(stallkeeper::lan::Limits { burst: 1e9, per_second: 1e9, ..Default::default() });
    let code = app.ok("lan.invite", json!({ "name": "老王", "role": "technician" })).await["code"].clone();
    let technician = pair(&app, &base, &code).await.1["token"].as_str().unwrap().to_owned();
    let photographer = paired(&app, "小李").await.token;
    let before = app.written().await;
    for token in [technician, photographer] {
        for command in COMMANDS.iter().filter(|c| !LAN_COMMANDS.contains(&c.name)) {
            let post = app.client.post(format!("{base}/api/{}", command.name)).bearer_auth(&token).json(&json!({}));
            let (status, body) = told(post.send().await.unwrap()).await;
            assert_eq!((status, &body["code"]), (403, &json!("not_allowed")), "{}", command.name);
        }
    }
    assert_eq!(app.written().await, before);
}

#[tokio::test]
async fn a_right_taken_away_is_gone_at_once_also_where_the_phone_listens_or_sends() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let other = paired(&app, "小张").await;
    let unit = app.unit(json!({ "model": "iPhone 13" })).await;
    let (mut line, mut kept) = (phone.listen(&app).await, other.listen(&app).await);
    // A photograph that is half way when the right goes.
    let (tell, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(4);
    let bytes = photo("ip11-white-back.jpg");
    tell.send(Ok(bytes[..2000].to_vec())).await.unwrap();
    let url = format!("{}/lan/photos/{}?unit={unit}", phone.base, new_id(&app));
    let stream = tokio_stream::wrappers::ReceiverStream::new(body);
    let put = app.client.put(url).bearer_auth(&phone.token).body(reqwest::Body::wrap_stream(stream));
    let sending = tokio::spawn(put.send());

    app.ok("lan.revoke", json!({ "id": phone.id })).await;
    assert_eq!(phone.call(&app, "app.info", json!({})).await.0, 401);
    assert!(line.ended().await, "the stream of events ends");
    tell.send(Ok(bytes[2000..].to_vec())).await.unwrap();
    drop(tell);
    let (status, body) = told(sending.await.unwrap().unwrap()).await;
    assert_eq!((status, &body["code"]), (401, &json!("no_session")));
    let detail = app.ok("units.get", json!({ "id": unit })).await;
    assert_eq!(detail["photos"], json!([]));
    // The other phone goes on.
    assert_eq!(other.call(&app, "app.info", json!({})).await.0, 200);
    app.ok("units.edit", json!({ "ids": [unit], "patch": { "shelf": "B-01" } })).await;
    kept.until(|p| p["flags"]["units"] == true).await;
    let devices = app.ok("lan.devices", json!({})).await;
    assert_eq!(devices["devices"].as_array().unwrap().len(), 1);
    assert_eq!(app.refused("lan.revoke", json!({ "id": phone.id })).await.0, 404);
}

#[tokio::test]
async fn no_cost_no_floor_price_no_seller_and_no_buyer_reaches_a_phone() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let patch = json!({
        "stock_no": "0409", "model": "iPhone 13", "imei": "490154203237518", "source": "张三收货 13700009999",
        "cost": 180_000, "price_floor": 200_000, "price_list": 229_900
    });
    let unit = app.unit(patch).await;
    app.ok("units.edit", json!({ "ids": [unit], "patch": { "cost": 185_111, "price_floor": 205_222 } })).await;
    let now = app.ok("app.info", json!({})).await["now"].as_i64().unwrap();
    let paid = datetime::format(stall_core::Ms(now - 600_000));
    let (fields, headers) = columns("kuaishou");
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let order = [
        ("order_no", "2600100000000001"),
        ("status", "待发货"),
        ("created_at", paid.as_str()),
        ("paid_at", &paid),
        ("paid_amount", "2299.00"),
        ("item_title", "二手 iPhone 13"),
        ("sku_code", "0409"),
        ("quantity", "1"),
        ("receiver_name", "张小明"),
        ("receiver_phone", "13500001234"),
        ("province", "广东省"),
        ("city", "深圳市"),
        ("address", "人民路1号"),
    ];
    let xlsx = stall_sheets::write_xlsx("订单", &names, &[row(&fields, &order)]).unwrap();
    let file = app.stage("订单.xlsx", xlsx).await;
    let judged = app.ok("orders.import_preview", json!({ "file": file })).await;
    app.ok("orders.import_apply", json!({ "id": judged["id"] })).await;
    let sold = app.ok("units.get", json!({ "id": unit })).await;
    assert_eq!(sold["order"]["order_no"], "2600100000000001", "the laptop knows the order");

    for (name, input) in [
        ("app.info", json!({})),
        ("units.list", json!({})),
        ("units.list", json!({ "text": "0409" })),
        ("units.get", json!({ "id": unit })),
        ("units.next_no", json!({})),
        ("units.check_code", json!({ "code": "490154203237518", "kind": "imei", "except": null })),
        ("scan.resolve", json!({ "code": "490154203237518" })),
        ("scan.resolve", json!({ "code": "2600100000000001" })),
    ] {
        let (status, body) = phone.call(&app, name, input).await;
        assert_eq!(status, 200, "{name}: {body}");
        let text = body.to_string();
        for secret in [
            "180000",
            "185111",
            "200000",
            "205222",
            "2600100000000001",
            "小明",
            "1350000",
            "人民路",
            "张三",
            "13700009999",
        ] {
            assert!(!text.contains(secret), "{name} tells {secret}: {text}");
        }
    }
    let (_, scanned) = phone.call(&app, "scan.resolve", json!({ "code": "2600100000000001" })).await;
    assert_eq!(scanned["type"], "unknown");
    for name in ["orders.list", "orders.reveal", "find.all", "today.get"] {
        assert_eq!(phone.call(&app, name, json!({ "id": unit, "text": "张", "limit": 5 })).await.0, 403, "{name}");
    }
}

#[tokio::test]
async fn a_phone_hears_that_units_or_photographs_changed_and_not_who_did_what() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let mut line = phone.listen(&app).await;
    app.ok("members.add", json!({ "name": "陈姐", "role": "packer" })).await;
    app.ok("settings.set", app.ok("settings.get", json!({})).await).await;
    app.unit(json!({ "stock_no": "0777", "model": "iPhone 13", "source": "张三" })).await;
    let push = line.until(|_| true).await;
    assert_eq!(push["flags"]["units"], true, "the first thing it hears is the unit: {push}");
    assert_eq!(
        (&push["op"], &push["by"], &push["args"], &push["step"]),
        (&json!(""), &json!(""), &json!({}), &Value::Null)
    );
    let listening = app.ok("lan.devices", json!({})).await;
    assert_eq!(listening["devices"][0]["connected"], true);
}

#[tokio::test]
async fn a_phone_takes_off_again_only_what_it_sent_itself() {
    let app = start().await;
    let (phone, other) = (paired(&app, "小李").await, paired(&app, "小张").await);
    let unit = app.unit(json!({ "model": "iPhone 11" })).await;
    let file = app.stage("by-hand.jpg", photo("ip11-white-back.jpg")).await;
    app.add_photos(&unit, &[file]).await;
    let by_hand = app.ok("units.get", json!({ "id": unit })).await["photos"][0]["id"].clone();
    let sent = new_id(&app);
    phone.send(&app, sent, &format!("unit={unit}&name=a.jpg"), photo("ip11-white-front.jpg")).await;
    let delete = |ids: Value| json!({ "ids": ids });
    assert_eq!(phone.call(&app, "photos.delete", delete(json!([by_hand]))).await.0, 403);
    assert_eq!(phone.call(&app, "photos.delete", delete(json!([sent, by_hand]))).await.0, 403);
    assert_eq!(other.call(&app, "photos.delete", delete(json!([sent]))).await.0, 403);
    assert_eq!(phone.call(&app, "photos.delete", delete(json!([sent]))).await.0, 200);
    assert_eq!(super::photos(&app, &unit).await, ["by-hand.jpg"]);
    app.ok("undo.undo", json!({})).await;
    assert_eq!(super::photos(&app, &unit).await.len(), 2);
}

#[tokio::test]
async fn a_phone_of_the_own_stall_waits_while_the_sample_is_looked_at() {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let mut line = phone.listen(&app).await;
    app.ok("sample.open", json!({})).await;
    line.until(|p| p["type"] == "stall_switched").await;
    assert!(line.ended().await);
    let (status, body) = phone.call(&app, "app.info", json!({})).await;
    assert_eq!((status, &body["code"]), (409, &json!("lan_other_stall")));
    // The sample has phones of its own.
    let invited = invite(&app, "样板").await;
    let (status, guest) = pair(&app, &phone.base, &invited["code"]).await;
    assert_eq!(status, 200);
    app.ok("sample.remove", json!({})).await;
    assert_eq!(phone.call(&app, "app.info", json!({})).await.0, 200);
    let guest = app.client.post(format!("{}/api/app.info", phone.base)).bearer_auth(guest["token"].as_str().unwrap());
    assert_eq!(guest.json(&json!({})).send().await.unwrap().status(), 401);
}
