//! The watched folder: what arrives there is in stock by itself, once.

use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};
use stall_core::Role;

use crate::{
    app::{App, start, start_in},
    shots::{Label, shot},
};

/// Looks until it is so, or half a minute is over.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..300 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came to this: {what}");
}

async fn names_of(app: &App, unit: &str) -> Vec<String> {
    let unit = app.ok("units.get", json!({ "id": unit })).await;
    unit["photos"].as_array().unwrap().iter().map(|p| p["file_name"].as_str().unwrap().to_owned()).collect()
}

async fn has(app: &App, unit: &str, names: &[&str]) {
    let all = async || (names_of(app, unit).await == names).then_some(());
    until(&format!("{unit} has {names:?}"), all).await;
}

fn on(folder: &Path) -> Value {
    json!({ "on": true, "folder": folder, "to": "rule", "gap_s": 40, "existing": false })
}

async fn status(app: &App) -> Value {
    app.ok("watch.get", json!({})).await
}

#[tokio::test]
async fn a_photograph_is_taken_in_when_it_is_whole_and_stays_where_it_is() {
    let (app, camera) = (start().await, tempfile::tempdir().unwrap());
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    fs::write(camera.path().join("0387-old.jpg"), shot(9, 0, Label::None)).unwrap();
    let looked = app.ok("watch.check", json!({ "folder": camera.path() })).await;
    assert_eq!(looked["pictures"], 1);
    app.ok("watch.set", on(camera.path())).await;
    let bytes = shot(1, 10, Label::None);
    let path = camera.path().join("0387-1.jpg");
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    until("the half file is seen", async || (status(&app).await["waiting"] == 1).then_some(())).await;
    assert_eq!(names_of(&app, &unit).await, Vec::<String>::new(), "half a photograph is none");
    fs::write(&path, &bytes).unwrap();
    has(&app, &unit, &["0387-1.jpg"]).await;
    until("nothing waits", async || (status(&app).await["waiting"] == 0).then_some(())).await;
    let now = status(&app).await;
    assert_eq!((&now["watching"], &now["taken"], &now["last"]["stock_no"]), (&json!(true), &json!(1), &json!("0387")));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    // The same picture under another name, and the same file touched, are not taken again; another is.
    fs::write(camera.path().join("0387-copy.jpg"), &bytes).unwrap();
    fs::write(&path, &bytes).unwrap();
    fs::write(camera.path().join("0387-2.jpg"), shot(2, 20, Label::None)).unwrap();
    has(&app, &unit, &["0387-1.jpg", "0387-2.jpg"]).await;
    let detail = app.ok("units.get", json!({ "id": unit })).await;
    assert_eq!(detail["photos"][0]["source"], "folder");
    app.ok("undo.undo", json!({})).await;
    has(&app, &unit, &["0387-1.jpg"]).await;
}

#[tokio::test]
async fn labels_hold_from_one_arrival_to_the_next_and_what_nothing_names_waits_in_the_tray() {
    let (app, camera) = (start().await, tempfile::tempdir().unwrap());
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    app.ok("watch.set", on(camera.path())).await;
    let put = |name: &str, bytes: Vec<u8>| fs::write(camera.path().join(name), bytes).unwrap();
    put("a.jpg", shot(1, 0, Label::Qr("0387")));
    put("b.jpg", shot(2, 5, Label::None));
    has(&app, &unit, &["b.jpg"]).await;
    put("c.jpg", shot(3, 15, Label::None));
    has(&app, &unit, &["b.jpg", "c.jpg"]).await;
    put("z.jpg", shot(4, 2400, Label::None));
    let last = until("the tray has one", async || {
        let last = status(&app).await["last"].clone();
        (last["name"] == "z.jpg").then_some(last)
    });
    assert_eq!(last.await["stock_no"], Value::Null);
    assert_eq!(names_of(&app, &unit).await, ["b.jpg", "c.jpg"]);
}

#[tokio::test]
async fn what_arrives_goes_to_the_unit_a_person_chose_until_it_is_cleared() {
    let (app, camera) = (start().await, tempfile::tempdir().unwrap());
    let (chosen, named) = (
        app.unit(json!({ "stock_no": "0391", "model": "小米14" })).await,
        app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await,
    );
    app.ok("watch.set", on(camera.path())).await;
    let now = app.ok("watch.target", json!({ "unit_id": chosen })).await;
    assert_eq!(now["target"]["stock_no"], "0391");
    fs::write(camera.path().join("0387-1.jpg"), shot(1, 0, Label::None)).unwrap();
    has(&app, &chosen, &["0387-1.jpg"]).await;
    app.ok("watch.target", json!({ "unit_id": null })).await;
    fs::write(camera.path().join("0387-2.jpg"), shot(2, 5, Label::None)).unwrap();
    has(&app, &named, &["0387-2.jpg"]).await;
    let absent = json!({ "unit_id": "0193a5b0-0000-7000-8000-000000000000" });
    assert_eq!(app.refused("watch.target", absent).await.1, "not_found");
}

#[tokio::test]
async fn after_a_restart_what_came_meanwhile_is_taken_in_and_nothing_twice() {
    let (data, camera) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = start_in(data.path()).await;
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    app.ok("watch.set", on(camera.path())).await;
    fs::write(camera.path().join("0387-1.jpg"), shot(1, 0, Label::None)).unwrap();
    has(&app, &unit, &["0387-1.jpg"]).await;
    // Taken off by a person: it must not come back with the next start.
    let photo = app.ok("units.get", json!({ "id": unit })).await["photos"][0]["id"].clone();
    app.ok("photos.delete", json!({ "ids": [photo] })).await;
    until("nothing waits", async || (status(&app).await["waiting"] == 0).then_some(())).await;
    app.ctx.close().await;
    drop(app);
    fs::write(camera.path().join("0387-2.jpg"), shot(2, 5, Label::None)).unwrap();
    let again = until("the stall is free", async || crate::app::try_start_in(data.path()).await).await;
    has(&again, &unit, &["0387-2.jpg"]).await;
    assert_eq!(status(&again).await["taken"], 1);
}

#[tokio::test]
async fn a_folder_that_goes_away_is_said_and_goes_on_when_it_is_back() {
    let (app, place) = (start().await, tempfile::tempdir().unwrap());
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    let camera = place.path().join("DCIM");
    assert_eq!(app.refused("watch.set", on(&camera)).await.1, "watch_folder_missing");
    assert_eq!(app.refused("watch.set", on(Path::new("DCIM"))).await.1, "watch_folder_missing");
    let own = app.ok("app.info", json!({})).await["folder"].clone();
    assert_eq!(app.refused("watch.set", on(Path::new(own.as_str().unwrap()))).await.1, "watch_folder_own");
    fs::create_dir(&camera).unwrap();
    app.ok("watch.set", on(&camera)).await;
    until("it watches", async || (status(&app).await["watching"] == true).then_some(())).await;
    fs::rename(&camera, place.path().join("away")).unwrap();
    let error = until("the folder is missed", async || {
        let error = status(&app).await["error"].clone();
        (!error.is_null()).then_some(error)
    });
    assert_eq!(error.await["code"], "watch_folder_missing");
    fs::rename(place.path().join("away"), &camera).unwrap();
    fs::write(camera.join("0387-1.jpg"), shot(1, 0, Label::None)).unwrap();
    has(&app, &unit, &["0387-1.jpg"]).await;
    assert_eq!(status(&app).await["error"], Value::Null);
}

#[tokio::test]
async fn a_file_that_never_becomes_a_photograph_is_told_by_name() {
    let (app, camera) = (start().await, tempfile::tempdir().unwrap());
    app.ok("watch.set", on(camera.path())).await;
    fs::write(camera.path().join("big.jpg"), vec![0xff; 51_000_000]).unwrap();
    let problem = until("the problem is told", async || {
        status(&app).await["problems"].as_array().and_then(|p| p.first().cloned())
    })
    .await;
    assert_eq!((&problem["name"], &problem["error"]["code"]), (&json!("big.jpg"), &json!("file_too_large")));
    // A photographer sees what the folder does and chooses the unit; the folder is the owner's to choose.
    let token = app.mint(Role::Photographer);
    assert_eq!(app.call_as(&token, "watch.get", json!({})).await.0, 200);
    assert_eq!(app.call_as(&token, "watch.set", on(camera.path())).await.0, 403);
}
