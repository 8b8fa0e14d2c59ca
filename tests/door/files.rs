//! Files handed in and taken out.

use reqwest::Body;
use serde_json::json;

use crate::app::{start, told};

#[tokio::test]
async fn a_staged_file_comes_back_byte_for_byte_under_its_own_name() {
    let app = start().await;
    let (status, file) = told(app.upload("订单 11月.csv", b"a,b\n1,2\n".to_vec()).send().await.unwrap()).await;
    assert_eq!((status, &file["name"], &file["bytes"]), (200, &json!("订单 11月.csv"), &json!(8)));
    let got = app.get(&format!("/files/{}", file["id"].as_str().unwrap())).send().await.unwrap();
    let disposition = got.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename*=UTF-8''%E8%AE%A2"), "{disposition}");
    assert_eq!(got.headers()["x-content-type-options"], "nosniff");
    assert_eq!(got.bytes().await.unwrap().as_ref(), b"a,b\n1,2\n");
    let absent = "/files/0193a5b0-0000-7000-8000-000000000000";
    assert_eq!(told(app.get(absent).send().await.unwrap()).await.0, 404);
}

#[tokio::test]
async fn a_file_over_the_limit_or_empty_is_refused_and_leaves_nothing_behind() {
    let app = start().await;
    let staged = app.ctx.data().join("stall/staged");
    let (status, body) = told(app.upload("empty.csv", Vec::new()).send().await.unwrap()).await;
    assert_eq!((status, &body["code"]), (422, &json!("file_empty")));
    // Sent in pieces: there is no Content-Length to believe.
    let pieces = futures_util::stream::iter((0..65).map(|_| Ok::<_, std::io::Error>(vec![7u8; 1 << 20])));
    let url = format!("{}/api/files.put?name=big.bin", app.base);
    let big = app.client.post(url).bearer_auth(&app.token).body(Body::wrap_stream(pieces));
    let (status, body) = told(big.send().await.unwrap()).await;
    assert_eq!((status, &body["code"], &body["args"]["limit"]), (413, &json!("file_too_large"), &json!("64 MB")));
    assert_eq!(std::fs::read_dir(staged).unwrap().count(), 0);
    let nameless = app.client.post(format!("{}/api/files.put", app.base)).bearer_auth(&app.token).body("x");
    assert_eq!(told(nameless.send().await.unwrap()).await.0, 400);
}
