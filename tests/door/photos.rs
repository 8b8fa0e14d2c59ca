//! Photographs from upload to address.

use serde_json::json;

use crate::app::{photo, start};

#[tokio::test]
async fn photographs_keep_the_order_they_were_handed_in_and_are_one_undo_step() {
    let app = start().await;
    let unit = app.unit(json!({ "model": "iPhone 11" })).await;
    let names = ["ip11-white-back.jpg", "ip11-white-front.jpg", "ip11-white-imei.jpg"];
    let mut files = Vec::new();
    for name in names {
        files.push(app.stage(name, photo(name)).await);
    }
    files.push(app.stage("again.jpg", photo(names[0])).await);
    files.push(app.stage("cut.jpg", photo(names[1])[..4000].to_vec()).await);
    files.push(app.stage("words.jpg", b"no picture at all".to_vec()).await);
    let job = app.add_photos(&unit, &files).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("done"), &json!(6)));
    let problems: Vec<_> =
        job["problems"].as_array().unwrap().iter().map(|p| (&p["name"], &p["error"]["code"])).collect();
    let want = [("again.jpg", "photo_duplicate"), ("cut.jpg", "photo_truncated"), ("words.jpg", "photo_not_image")];
    assert_eq!(problems.len(), 3, "{problems:?}");
    for (name, code) in want {
        assert!(problems.contains(&(&json!(name), &json!(code))), "{name}: {problems:?}");
    }
    let detail = app.ok("units.get", json!({ "id": unit })).await;
    let got: Vec<_> = detail["photos"].as_array().unwrap().iter().map(|p| p["file_name"].as_str().unwrap()).collect();
    assert_eq!(got, names);
    app.ok("undo.undo", json!({})).await;
    assert_eq!(app.ok("units.get", json!({ "id": unit })).await["photos"], json!([]));
}

#[tokio::test]
async fn a_photograph_is_served_small_large_and_as_it_was() {
    let app = start().await;
    let unit = app.unit(json!({ "model": "iPhone 11" })).await;
    let file = app.stage("back.jpg", photo("ip11-white-back.jpg")).await;
    app.add_photos(&unit, &[file]).await;
    let detail = app.ok("units.get", json!({ "id": unit })).await;
    let blob = detail["row"]["cover"].as_str().unwrap();
    for size in ["320", "1600", "full"] {
        let got = app.get(&format!("/media/{blob}/{size}")).send().await.unwrap();
        assert_eq!(got.status(), 200);
        assert_eq!(got.headers()["content-type"], "image/jpeg");
        assert!(got.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        assert!(got.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
        if size == "full" {
            assert_eq!(got.bytes().await.unwrap(), photo("ip11-white-back.jpg"));
        }
    }
}

#[tokio::test]
async fn a_job_needs_a_unit_and_files_that_are_staged() {
    let app = start().await;
    let absent = "0193a5b0-0000-7000-8000-000000000000";
    let unit = app.unit(json!({ "model": "iPhone 11" })).await;
    assert_eq!(app.refused("photos.add", json!({ "unit_id": absent, "files": [absent] })).await.1, "not_found");
    assert_eq!(app.refused("photos.add", json!({ "unit_id": unit, "files": [absent] })).await.1, "file_missing");
    assert_eq!(app.refused("photos.add", json!({ "unit_id": unit, "files": [] })).await.1, "bad_input");
    assert_eq!(app.ok("jobs.list", json!({})).await["jobs"], json!([]));
    assert_eq!(app.refused("jobs.cancel", json!({ "id": absent })).await.1, "not_found");
}

#[tokio::test]
async fn an_edited_photograph_is_shown_everywhere_and_its_lost_copies_are_made_again() {
    let app = start().await;
    let unit = app.unit(json!({ "model": "iPhone 11" })).await;
    let file = app.stage("back.jpg", photo("ip11-white-back.jpg")).await;
    app.add_photos(&unit, &[file]).await;
    let before = app.ok("units.get", json!({ "id": unit })).await["photos"][0].clone();
    let id = &before["id"];
    let crop = json!({ "kind": "crop", "rect": { "x": 0, "y": 0, "w": 5000, "h": 5000 } });
    let blur = json!({ "kind": "blur", "rect": { "x": 100, "y": 100, "w": 3000, "h": 400 } });
    app.ok("photos.edit", json!({ "id": id, "edits": [blur, crop] })).await;
    assert_eq!(app.ok("photos.edits", json!({ "id": id })).await["edits"], json!([crop, blur]));
    let detail = app.ok("units.get", json!({ "id": unit })).await;
    let shown = detail["photos"][0]["shown"].as_str().unwrap();
    assert_eq!((&detail["photos"][0]["edited"], detail["row"]["cover"].as_str()), (&json!(true), Some(shown)));
    assert_ne!(shown, before["shown"]);
    let get = async |name: &str, size: &str| {
        let got = app.get(&format!("/media/{name}/{size}")).send().await.unwrap();
        (got.status().as_u16(), got.bytes().await.unwrap().to_vec())
    };
    let (status, small) = get(shown, "320").await;
    assert_eq!(status, 200);
    let info = app.ok("app.info", json!({})).await;
    let folder = info["folder"].as_str().unwrap();
    // What was lost comes back the same; what is looked at closely is edited, too; the original is not under this name.
    std::fs::remove_dir_all(std::path::Path::new(folder).join("copies").join(&shown[..2])).unwrap();
    assert_eq!(get(shown, "320").await, (200, small.clone()));
    let close = get(shown, "zoom").await;
    assert_eq!((close.0, &close.1[..3]), (200, &[0xff, 0xd8, 0xff][..]));
    assert_eq!(get(shown, "full").await.0, 404);
    let blob = before["blob"].as_str().unwrap();
    assert_eq!(get(blob, "full").await.1, photo("ip11-white-back.jpg"));
    assert_eq!(get(blob, "zoom").await.1, photo("ip11-white-back.jpg"));
    assert_ne!(get(blob, "320").await.1, small);
    let bad = json!({ "id": id, "edits": [{ "kind": "turn", "quarters": 9 }] });
    assert_eq!(app.refused("photos.edit", bad).await.1, "bad_input");
    app.ok("photos.edit", json!({ "id": id, "edits": [] })).await;
    let after = app.ok("units.get", json!({ "id": unit })).await["photos"][0].clone();
    assert_eq!(after, before);
}
