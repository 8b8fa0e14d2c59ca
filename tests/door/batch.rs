//! Photographs of many units at once, from upload to their units.

use serde_json::{Value, json};

use crate::{
    app::{App, photo, start},
    shots::{Label, shot},
};

/// An IMEI with a right check digit.
const IMEI: &str = "490154203237518";

/// Hands files in and waits until they are read; gives the batch.
async fn read(app: &App, files: &[String]) -> Value {
    let mut pushes = app.listen().await;
    let job = app.ok("batch.start", json!({ "files": files })).await;
    assert_eq!(job["kind"], "read_photos");
    let ended = |p: &Value| p["type"] == "job" && p["job"]["id"] == job["id"] && p["job"]["state"] != "running";
    let ended = pushes.until(ended).await;
    assert_eq!(ended["job"]["state"], "done", "{ended}");
    app.ok("batch.get", json!({})).await["batch"].clone()
}

/// Stock number (or none), how, and names of each group.
fn groups(batch: &Value) -> Vec<(Option<&str>, &str, Vec<&str>)> {
    let name = |id: &Value| batch["photos"][id.as_u64().unwrap() as usize]["name"].as_str().unwrap();
    batch["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| {
            let names = g["photos"].as_array().unwrap().iter().map(name).collect();
            (g["unit"]["stock_no"].as_str(), g["by"].as_str().unwrap(), names)
        })
        .collect()
}

async fn names_of(app: &App, unit: &str) -> Vec<String> {
    let unit = app.ok("units.get", json!({ "id": unit })).await;
    unit["photos"].as_array().unwrap().iter().map(|p| p["file_name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn drawn_labels_name_the_units_of_the_pictures_behind_them_and_all_is_one_undo_step() {
    let app = start().await;
    let first = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    let second = app.unit(json!({ "stock_no": "0391", "model": "小米14", "imei": IMEI })).await;
    let third = app.unit(json!({ "stock_no": "0400", "model": "iPad" })).await;
    let mut files = Vec::new();
    for (n, (name, second, label)) in [
        // Handed in out of order: the clock of the camera counts.
        ("IMG_3.jpg", 12, Label::None),
        ("IMG_1.jpg", 0, Label::Qr("0387")),
        ("IMG_2.jpg", 6, Label::None),
        ("IMG_4.jpg", 20, Label::Bars(IMEI)),
        ("IMG_5.jpg", 26, Label::None),
        ("0400-1.jpg", 300, Label::None),
        ("IMG_9.jpg", 1500, Label::None),
    ]
    .into_iter()
    .enumerate()
    {
        files.push(app.stage(name, shot(n as u32, second, label)).await);
    }
    files.push(app.stage("again.jpg", shot(2, 6, Label::None)).await);
    files.push(app.stage("notes.txt", b"not a picture".to_vec()).await);
    let batch = read(&app, &files).await;
    assert_eq!(
        groups(&batch),
        [
            (Some("0387"), "label", vec!["IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg"]),
            (Some("0391"), "label", vec!["IMG_4.jpg", "IMG_5.jpg"]),
            (Some("0400"), "name", vec!["0400-1.jpg"]),
            (None, "gap", vec!["IMG_9.jpg"]),
        ]
    );
    let problems: Vec<_> = batch["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (&p["name"], p["error"]["code"].as_str().unwrap()))
        .collect();
    assert!(problems.contains(&(&json!("again.jpg"), "photo_repeated")), "{problems:?}");
    assert!(problems.contains(&(&json!("notes.txt"), "photo_not_image")), "{problems:?}");
    assert_eq!(names_of(&app, &first).await, Vec::<String>::new(), "nothing is written before a person says so");

    let done = app.ok("batch.apply", json!({ "id": batch["id"] })).await;
    assert_eq!(
        (&done["photos"], &done["units"], &done["tray"], &done["left_out"]),
        (&json!(4), &json!(3), &json!(1), &json!(2))
    );
    assert_eq!(names_of(&app, &first).await, ["IMG_2.jpg", "IMG_3.jpg"], "the label is left out");
    assert_eq!(names_of(&app, &second).await, ["IMG_5.jpg"]);
    assert_eq!(names_of(&app, &third).await, ["0400-1.jpg"]);
    assert_eq!(app.ok("batch.get", json!({})).await["batch"], Value::Null);
    assert_eq!(app.refused("batch.apply", json!({ "id": batch["id"] })).await.1, "not_found");
    let undone = app.ok("undo.undo", json!({})).await;
    assert_eq!((&undone["op"], &undone["args"]["n"]), (&json!("take_photos"), &json!("5")));
    for unit in [&first, &second, &third] {
        assert_eq!(names_of(&app, unit).await, Vec::<String>::new());
    }
    app.ok("undo.redo", json!({})).await;
    assert_eq!(names_of(&app, &second).await, ["IMG_5.jpg"]);
}

#[tokio::test]
async fn a_person_can_move_pictures_name_groups_and_leave_some_out() {
    let app = start().await;
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    let mut files = Vec::new();
    for (n, second) in [(0, 0), (1, 5), (2, 200), (3, 205)] {
        files.push(app.stage(&format!("IMG_{n}.jpg"), shot(n, second, Label::None)).await);
    }
    let batch = read(&app, &files).await;
    assert_eq!(groups(&batch).iter().map(|g| g.2.len()).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(batch["groups"][1]["gap_s"], 195);
    let id = &batch["id"];
    let arranged = |groups: Value, out: Value| json!({ "id": id, "groups": groups, "out": out });
    let group =
        |id: u32, unit: Value, photos: Value| json!({ "id": id, "unit_id": unit, "leave": false, "photos": photos });
    // A picture lost, or twice, or a unit that is not there, is refused and changes nothing.
    for bad in [
        json!([group(0, Value::Null, json!([0, 1, 2]))]),
        json!([group(0, Value::Null, json!([0, 1, 2, 3, 3]))]),
        json!([group(0, json!(unit), json!([0, 1])), group(1, json!(unit), json!([2, 3]))]),
    ] {
        assert_eq!(app.refused("batch.arrange", arranged(bad, json!([]))).await.1, "bad_input");
    }
    let absent = json!("0193a5b0-0000-7000-8000-000000000000");
    let gone = json!([group(0, absent.clone(), json!([0, 1, 2, 3]))]);
    assert_eq!(app.refused("batch.arrange", arranged(gone, json!([]))).await.1, "not_found");
    let wanted = json!([group(0, json!(unit), json!([0, 1, 2])), group(9, Value::Null, json!([3]))]);
    let answer = app.ok("batch.arrange", arranged(wanted, json!([1]))).await["batch"].clone();
    assert_eq!(
        groups(&answer),
        [(Some("0387"), "hand", vec!["IMG_0.jpg", "IMG_1.jpg", "IMG_2.jpg"]), (None, "hand", vec!["IMG_3.jpg"])]
    );
    let done = app.ok("batch.apply", json!({ "id": id })).await;
    assert_eq!((&done["photos"], &done["tray"], &done["left_out"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(names_of(&app, &unit).await, ["IMG_0.jpg", "IMG_2.jpg"]);
    assert_eq!(app.refused("batch.drop", json!({ "id": id })).await.1, "not_found");
}

#[tokio::test]
async fn a_picture_the_unit_has_is_told_and_not_taken_twice_and_more_files_join_the_batch() {
    let app = start().await;
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 11" })).await;
    let back = photo("ip11-white-back.jpg");
    let file = app.stage("old.jpg", back.clone()).await;
    app.add_photos(&unit, &[file]).await;
    let one = app.stage("0387_1.jpg", back).await;
    read(&app, &[one]).await;
    let two = app.stage("0387_2.jpg", photo("ip11-white-front.jpg")).await;
    let batch = read(&app, &[two]).await;
    assert_eq!(groups(&batch), [(Some("0387"), "name", vec!["0387_1.jpg", "0387_2.jpg"])]);
    assert_eq!((&batch["photos"][0]["has"], &batch["photos"][1]["has"]), (&json!(true), &json!(false)));
    let done = app.ok("batch.apply", json!({ "id": batch["id"] })).await;
    assert_eq!((&done["photos"], &done["duplicates"]), (&json!(1), &json!(["0387_1.jpg"])));
    assert_eq!(names_of(&app, &unit).await, ["old.jpg", "0387_2.jpg"]);
}

#[tokio::test]
async fn other_rules_part_the_pictures_anew_and_a_batch_can_be_let_go() {
    let app = start().await;
    app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    let label = app.stage("a.jpg", shot(0, 0, Label::Qr("0387"))).await;
    let next = app.stage("b.jpg", shot(1, 5, Label::None)).await;
    let batch = read(&app, &[label, next]).await;
    assert_eq!((&batch["photos"][0]["label"], &batch["photos"][0]["out"]), (&json!(true), &json!(true)));
    let rules = |labels: bool, keep: bool| json!({ "id": batch["id"], "rules": { "labels": labels, "names": true, "gap_s": 40, "keep_labels": keep } });
    let kept = app.ok("batch.regroup", rules(true, true)).await["batch"].clone();
    assert_eq!((&kept["photos"][0]["label"], &kept["photos"][0]["out"]), (&json!(true), &json!(false)));
    let blind = app.ok("batch.regroup", rules(false, true)).await["batch"].clone();
    assert_eq!(groups(&blind), [(None, "gap", vec!["a.jpg", "b.jpg"])]);
    app.ok("batch.drop", json!({ "id": batch["id"] })).await;
    assert_eq!(app.ok("batch.get", json!({})).await["batch"], Value::Null);
    assert_eq!(app.ok("undo.state", json!({})).await["undo"]["op"], "add_unit");
}

#[tokio::test]
async fn the_folder_and_date_told_with_an_upload_count() {
    let app = start().await;
    app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    let mut files = Vec::new();
    for (n, (folder, modified)) in
        [("0387", "1795492800000"), ("", "1795492800000"), ("", "1795492860000")].into_iter().enumerate()
    {
        let url = format!("{}/api/files.put?name=IMG_{n}.jpg&folder={folder}&modified={modified}", app.base);
        let image = photo(["ip11-white-back.jpg", "ip11-white-front.jpg", "ip11-white-left.jpg"][n]);
        let answer = app.client.post(url).bearer_auth(&app.token).body(image).send().await.unwrap();
        let staged: Value = answer.json().await.unwrap();
        files.push(staged["id"].as_str().unwrap().to_owned());
    }
    let batch = read(&app, &files).await;
    assert_eq!(
        groups(&batch),
        [
            (None, "gap", vec!["IMG_1.jpg"]),
            (None, "gap", vec!["IMG_2.jpg"]),
            (Some("0387"), "folder", vec!["IMG_0.jpg"])
        ]
    );
}
