//! Photographs from a phone: stored once, whatever the network does.

use serde_json::{Value, json};
use stall_core::Id;
use stall_media::Blob;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{Phone, new_id, paired, photos};
use crate::app::{App, photo, start, told};

const BACK: &str = "ip11-white-back.jpg";
const FRONT: &str = "ip11-white-front.jpg";

async fn ready() -> (App, Phone, String) {
    let app = start().await;
    let phone = paired(&app, "小李").await;
    let unit = app.unit(json!({ "stock_no": "0409", "model": "iPhone 11" })).await;
    (app, phone, unit)
}

/// The head of an upload by hand.
fn head(phone: &Phone, id: Id, unit: &str, bytes: usize) -> String {
    format!(
        "PUT /lan/photos/{id}?unit={unit}&name=cut.jpg HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Length: {bytes}\r\n\r\n",
        phone.address(),
        phone.token
    )
}

#[tokio::test]
async fn a_photograph_is_stored_under_the_phone_s_id_with_what_the_phone_says_of_it() {
    let (app, phone, unit) = ready().await;
    let mut pushes = app.listen().await;
    let id = new_id(&app);
    assert_eq!(phone.receipt(&app, id).await["stored"], false);
    let query = format!("unit={unit}&shot=back&name=%E8%83%8C%E9%9D%A2.jpg&taken=1795492800000");
    let (status, got) = phone.send(&app, id, &query, photo(BACK)).await;
    assert_eq!(status, 200, "{got}");
    let blob = Blob::of(&photo(BACK)).as_str().to_owned();
    let want = json!({
        "id": id.to_string(), "stored": true, "photo_id": id.to_string(), "blob": blob, "removed": false,
        "unit_id": unit, "tray": null
    });
    assert_eq!(got, want);
    assert_eq!(phone.receipt(&app, id).await, want);
    let push = pushes.until(|p| p["op"] == "add_photos").await;
    assert_eq!(
        (&push["flags"]["photos"], &push["by"], &push["args"]["what"]),
        (&json!(true), &json!("小李"), &json!("0409"))
    );
    let detail = app.ok("units.get", json!({ "id": unit })).await;
    let row = &detail["photos"][0];
    assert_eq!((&row["id"], &row["shot"], &row["source"]), (&json!(id.to_string()), &json!("back"), &json!("phone")));
    assert_eq!((&row["file_name"], &row["taken_at"]), (&json!("背面.jpg"), &json!(1_795_492_800_000_i64)));
    for size in [320, 1600] {
        let picture = phone.get(&app, &format!("/media/{blob}/{size}")).send().await.unwrap();
        assert_eq!(
            (picture.status().as_u16(), picture.headers()["content-type"].to_str().unwrap()),
            (200, "image/jpeg")
        );
    }
    let devices = app.ok("lan.devices", json!({})).await;
    assert_eq!(devices["devices"][0]["photos"], 1);
}

#[tokio::test]
async fn sending_again_answers_the_same_and_stores_once() {
    let (app, phone, unit) = ready().await;
    let id = new_id(&app);
    let query = format!("unit={unit}&name=a.jpg");
    let first = phone.send(&app, id, &query, photo(BACK)).await;
    assert_eq!(first.0, 200);
    for _ in 0..3 {
        assert_eq!(phone.send(&app, id, &query, photo(BACK)).await, first);
    }
    let at_once = (0..4).map(|_| phone.put(&app, id, &query, photo(BACK)).send());
    for answer in futures_util::future::join_all(at_once).await {
        assert_eq!(told(answer.unwrap()).await, first);
    }
    assert_eq!(photos(&app, &unit).await, ["a.jpg"]);
    // All at once from the beginning.
    let id = new_id(&app);
    let query = format!("unit={unit}&name=b.jpg");
    let at_once = (0..4).map(|_| phone.put(&app, id, &query, photo(FRONT)).send());
    for answer in futures_util::future::join_all(at_once).await {
        assert_eq!(told(answer.unwrap()).await.0, 200);
    }
    assert_eq!(photos(&app, &unit).await, ["a.jpg", "b.jpg"]);
}

#[tokio::test]
async fn a_cut_in_the_middle_stores_nothing_and_a_lost_answer_stores_once() {
    let (app, phone, unit) = ready().await;
    let (id, bytes) = (new_id(&app), photo(BACK));
    for _ in 0..2 {
        let mut socket = TcpStream::connect(phone.address()).await.unwrap();
        socket.write_all(head(&phone, id, &unit, bytes.len()).as_bytes()).await.unwrap();
        socket.write_all(&bytes[..bytes.len() / 2]).await.unwrap();
        drop(socket);
        assert_eq!(phone.receipt(&app, id).await["stored"], false);
    }
    // Whole this time, but the phone does not hear the answer.
    let mut pushes = app.listen().await;
    let mut socket = TcpStream::connect(phone.address()).await.unwrap();
    socket.write_all(head(&phone, id, &unit, bytes.len()).as_bytes()).await.unwrap();
    socket.write_all(&bytes).await.unwrap();
    socket.shutdown().await.unwrap();
    drop(socket);
    pushes.until(|p| p["op"] == "add_photos").await;
    let known = phone.receipt(&app, id).await;
    assert_eq!(known["stored"], true);
    let again = phone.send(&app, id, &format!("unit={unit}&name=cut.jpg"), bytes).await;
    assert_eq!(again, (200, known));
    assert_eq!(photos(&app, &unit).await, ["cut.jpg"]);
    let left = std::fs::read_dir(app.data().join("stall/lan/incoming")).unwrap().count();
    assert_eq!(left, 0, "nothing half received is left behind");
}

#[tokio::test]
async fn the_very_same_picture_twice_in_one_unit_is_one_photograph_with_two_receipts() {
    let (app, phone, unit) = ready().await;
    let other = app.unit(json!({ "model": "iPhone 12" })).await;
    let (first, second, third) = (new_id(&app), new_id(&app), new_id(&app));
    phone.send(&app, first, &format!("unit={unit}&name=a.jpg"), photo(BACK)).await;
    let (status, got) = phone.send(&app, second, &format!("unit={unit}&name=b.jpg"), photo(BACK)).await;
    assert_eq!((status, &got["stored"], &got["photo_id"]), (200, &json!(true), &json!(first.to_string())));
    assert_eq!(phone.receipt(&app, second).await, got);
    assert_eq!(photos(&app, &unit).await, ["a.jpg"]);
    // Also where the laptop had it by hand.
    let file = app.stage("hand.jpg", photo(FRONT)).await;
    app.add_photos(&unit, &[file]).await;
    let (status, got) = phone.send(&app, third, &format!("unit={unit}&name=c.jpg"), photo(FRONT)).await;
    assert_eq!((status, &got["stored"]), (200, &json!(true)));
    assert_eq!(photos(&app, &unit).await, ["a.jpg", "hand.jpg"]);
    // Another unit is another matter.
    phone.send(&app, new_id(&app), &format!("unit={other}&name=d.jpg"), photo(BACK)).await;
    assert_eq!(photos(&app, &other).await, ["d.jpg"]);
}

#[tokio::test]
async fn an_id_never_stands_for_two_pictures_and_damaged_bytes_are_sent_back() {
    let (app, phone, unit) = ready().await;
    let id = new_id(&app);
    let query = format!("unit={unit}&name=a.jpg");
    let url = format!("{}/lan/photos/{id}?{query}", phone.base);
    let put = |hash: String| app.client.put(&url).bearer_auth(&phone.token).header("x-blake3", hash).body(photo(BACK));
    let (status, body) = told(put("0".repeat(64)).send().await.unwrap()).await;
    assert_eq!((status, &body["code"]), (422, &json!("hash_mismatch")));
    assert_eq!(told(put("no hash".into()).send().await.unwrap()).await.0, 400);
    assert_eq!(photos(&app, &unit).await, Vec::<String>::new());
    assert_eq!(phone.send(&app, id, &query, photo(BACK)).await.0, 200);
    let (status, body) = phone.send(&app, id, &query, photo(FRONT)).await;
    assert_eq!((status, &body["code"]), (422, &json!("hash_mismatch")));
    assert_eq!(photos(&app, &unit).await, ["a.jpg"]);
}

#[tokio::test]
async fn what_is_no_photograph_or_has_no_place_is_refused_and_leaves_nothing() {
    let (app, phone, unit) = ready().await;
    let absent = new_id(&app);
    let long = "长".repeat(70);
    let cases: Vec<(String, Vec<u8>, u16, &str)> = vec![
        (format!("unit={unit}"), b"no picture at all".to_vec(), 415, "photo_not_image"),
        (format!("unit={unit}"), photo(BACK)[..4000].to_vec(), 422, "photo_truncated"),
        (format!("unit={unit}"), Vec::new(), 422, "file_empty"),
        (format!("unit={absent}"), photo(BACK), 404, "not_found"),
        ("unit=0409".to_owned(), photo(BACK), 400, "bad_input"),
        (String::new(), photo(BACK), 400, "bad_input"),
        (format!("unit={unit}&tray=t"), photo(BACK), 400, "bad_input"),
        ("tray=".to_owned(), photo(BACK), 400, "bad_input"),
        (format!("tray={long}"), photo(BACK), 400, "bad_input"),
        ("tray=%00".to_owned(), photo(BACK), 400, "bad_input"),
        (format!("unit={unit}&shot={long}"), photo(BACK), 400, "bad_input"),
        (format!("unit={unit}&taken=5"), photo(BACK), 400, "bad_input"),
        (format!("unit={unit}&taken=yesterday"), photo(BACK), 400, "bad_input"),
    ];
    for (query, bytes, status, code) in cases {
        let id = new_id(&app);
        let (got, body) = phone.send(&app, id, &query, bytes).await;
        assert_eq!((got, &body["code"]), (status, &json!(code)), "{query}: {body}");
        assert_eq!(phone.receipt(&app, id).await["stored"], false, "{query}");
    }
    assert_eq!(photos(&app, &unit).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_a_phone_sends_in_a_row_is_one_undo_step_and_does_not_come_back_by_itself() {
    let (app, phone, unit) = ready().await;
    let query = |name: &str| format!("unit={unit}&name={name}");
    let (a, b) = (new_id(&app), new_id(&app));
    phone.send(&app, a, &query("a.jpg"), photo(BACK)).await;
    phone.send(&app, b, &query("b.jpg"), photo(FRONT)).await;
    let top = app.ok("undo.state", json!({})).await["undo"].clone();
    assert_eq!((&top["op"], &top["args"]["n"], &top["by"]), (&json!("add_photos"), &json!("2"), &json!("小李")));
    app.ok("undo.undo", json!({})).await;
    assert_eq!(photos(&app, &unit).await, Vec::<String>::new());
    let (status, again) = phone.send(&app, a, &query("a.jpg"), photo(BACK)).await;
    assert_eq!((status, &again["stored"], &again["removed"]), (200, &json!(true), &json!(true)));
    assert_eq!(photos(&app, &unit).await, Vec::<String>::new());
    app.ok("undo.redo", json!({})).await;
    assert_eq!(photos(&app, &unit).await, ["a.jpg", "b.jpg"]);
    assert_eq!(phone.receipt(&app, a).await["removed"], false);
}

#[tokio::test]
async fn photographs_of_a_device_that_has_no_unit_yet_wait_in_a_tray() {
    let (app, phone, _) = ready().await;
    let id = new_id(&app);
    let (status, got) = phone.send(&app, id, "tray=%E7%AC%AC%E4%B8%80%E5%8F%B0&name=a.jpg", photo(BACK)).await;
    assert_eq!((status, &got["tray"], &got["unit_id"]), (200, &json!("第一台"), &Value::Null));
    let (_, again) = phone.send(&app, new_id(&app), "tray=%E7%AC%AC%E4%B8%80%E5%8F%B0", photo(BACK)).await;
    assert_eq!(again["photo_id"], json!(id.to_string()), "once in its tray too");
    let blob = got["blob"].as_str().unwrap();
    assert_eq!(phone.get(&app, &format!("/media/{blob}/320")).send().await.unwrap().status(), 200);
}
