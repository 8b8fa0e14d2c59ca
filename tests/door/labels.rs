//! Labels through the door: pictures, files, and a printer at the other end of a socket.

use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::app::{App, start};
use stall_core::Role;

const PRINTER: &str = "0193a5b0-0000-7000-8000-00000000beef";

async fn units(app: &App, n: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for i in 0..n {
        let unit = json!({ "model": format!("iPhone {i}"), "grade": "A1", "cost": 777_777, "price_floor": 888_888 });
        ids.push(app.unit(unit).await);
    }
    ids
}

async fn set_printer(app: &App, port: u16) {
    let mut settings = app.ok("labels.settings", json!({})).await["settings"].clone();
    settings["printers"] = json!([{
        "id": PRINTER, "name": "前台", "language": "tspl", "at": { "type": "network", "host": "127.0.0.1", "port": port },
        "paper": "40x30", "dpi": 203, "gap": 20, "shift_x": 0, "shift_y": 0, "darkness": 8,
    }]);
    app.ok("labels.set", settings).await;
}

async fn print(app: &App, ids: &[String]) -> Value {
    let mut pushes = app.listen().await;
    let what = json!({ "type": "units", "ids": ids });
    let job = app.ok("labels.print", json!({ "what": what, "printer": PRINTER, "copies": 1 })).await;
    pushes.until(|p| p["type"] == "job" && p["job"]["id"] == job["id"] && p["job"]["state"] != "running").await["job"]
        .clone()
}

fn make(ids: &[String], format: &str) -> Value {
    json!({ "what": { "type": "units", "ids": ids }, "format": format, "paper": "40x30", "copies": 1, "start": 0 })
}

#[tokio::test]
async fn labels_go_to_a_network_printer_one_by_one_and_then_none_is_missing() {
    let app = start().await;
    let ids = units(&app, 25).await;
    assert_eq!(app.ok("labels.missing", json!({})).await, json!({ "total": 25, "changed": 0, "used": false }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    set_printer(&app, listener.local_addr().unwrap().port()).await;
    let printer = tokio::spawn(async move {
        let mut got = Vec::new();
        listener.accept().await.unwrap().0.read_to_end(&mut got).await.unwrap();
        got
    });
    let job = print(&app, &ids).await;
    assert_eq!((&job["state"], &job["done"], &job["kind"]), (&json!("done"), &json!(25), &json!("labels")));
    let got = printer.await.unwrap();
    let starts = got.windows(5).filter(|w| w == b"SIZE ").count();
    assert_eq!(starts, 25);
    assert_eq!(app.ok("labels.missing", json!({})).await, json!({ "total": 0, "changed": 0, "used": true }));
    app.ok("labels.mark", json!({ "ids": [ids[3]], "printed": false })).await;
    assert_eq!(app.ok("labels.wanted", json!({})).await, json!({ "ids": [ids[3]] }));
    let grade = json!({ "ids": [ids[7]], "patch": { "grade": "B1" } });
    app.ok("units.edit", grade).await;
    assert_eq!(app.ok("labels.missing", json!({})).await, json!({ "total": 2, "changed": 1, "used": true }));
    assert_eq!(app.ok("today.get", json!({})).await["labels_missing"], 2);
}

#[tokio::test]
async fn a_printer_that_is_not_there_fails_the_job_by_name_and_marks_nothing() {
    let app = start().await;
    let ids = units(&app, 2).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    set_printer(&app, listener.local_addr().unwrap().port()).await;
    drop(listener);
    let job = print(&app, &ids).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("printer_refused")));
    assert_eq!(job["error"]["args"]["name"], "前台");
    assert_eq!(app.ok("labels.missing", json!({})).await["total"], 2);
    let other = json!({ "what": { "type": "example" }, "printer": ids[0], "copies": 1 });
    assert_eq!(app.refused("labels.print", other).await, (404, "printer_unknown".into()));
}

#[tokio::test]
async fn a_job_at_a_printer_that_hangs_can_be_stopped() {
    let app = start().await;
    let ids = units(&app, 120).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    set_printer(&app, listener.local_addr().unwrap().port()).await;
    let mut pushes = app.listen().await;
    let what = json!({ "type": "units", "ids": ids });
    let job = app.ok("labels.print", json!({ "what": what, "printer": PRINTER, "copies": 20 })).await;
    // Takes the connection and reads nothing.
    let _held = listener.accept().await.unwrap();
    app.ok("jobs.cancel", json!({ "id": job["id"] })).await;
    let end =
        pushes.until(|p| p["type"] == "job" && p["job"]["id"] == job["id"] && p["job"]["state"] != "running").await;
    assert_eq!(end["job"]["state"], "cancelled");
}

#[tokio::test]
async fn a_pdf_opens_in_the_browser_and_no_file_of_labels_tells_cost_or_floor() {
    let app = start().await;
    let ids = units(&app, 3).await;
    let pdf = app.ok("labels.make", make(&ids, "pdf")).await;
    assert_eq!(pdf["name"], "labels-40x30-3.pdf");
    let at = format!("/files/{}", pdf["id"].as_str().unwrap());
    let shown = app.get(&format!("{at}?show")).send().await.unwrap();
    assert_eq!(shown.headers()["content-type"], "application/pdf");
    assert!(shown.headers()["content-disposition"].to_str().unwrap().starts_with("inline"));
    let kept = app.get(&at).send().await.unwrap();
    assert_eq!(kept.headers()["content-type"], "application/octet-stream");
    // Whatever cost and floor are, not one byte of any format is another.
    let mut before = Vec::new();
    for round in 0..2 {
        for (i, format) in ["pdf", "png", "tspl", "zpl", "escpos"].into_iter().enumerate() {
            let file = app.ok("labels.make", make(&ids, format)).await;
            let got = app.get(&format!("/files/{}", file["id"].as_str().unwrap())).send().await.unwrap();
            let got = got.bytes().await.unwrap();
            if round == 0 {
                before.push(got);
            } else {
                assert!(before[i] == got, "{format} tells cost or floor");
            }
        }
        app.ok("units.edit", json!({ "ids": ids, "patch": { "cost": 1, "price_floor": 2 } })).await;
    }
    let page = app.stage("page.html", b"<script>".to_vec()).await;
    let page = app.get(&format!("/files/{page}?show")).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "application/octet-stream", "only a PDF is ever shown");
}

#[tokio::test]
async fn a_preview_is_one_label_and_says_how_many_there_are() {
    let app = start().await;
    let ids = units(&app, 3).await;
    let ask =
        |what: Value| json!({ "what": what, "index": 1, "paper": "50x30", "dpi": 203, "show": null, "language": null });
    let seen = app.ok("labels.preview", ask(json!({ "type": "units", "ids": ids }))).await;
    assert_eq!((&seen["count"], &seen["width"], &seen["height"]), (&json!(3), &json!(50.0), &json!(30.0)));
    assert!(seen["image"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"));
    let none = app.refused("labels.preview", ask(json!({ "type": "units", "ids": [] }))).await;
    assert_eq!(none, (409, "nothing_to_label".into()));
    app.ok("labels.preview", ask(json!({ "type": "shelves", "names": ["A-03", "B-01"] }))).await;
    let nameless = app.refused("labels.preview", ask(json!({ "type": "shelves", "names": [" "] }))).await;
    assert_eq!(nameless.0, 400);
}

#[tokio::test]
async fn only_the_owner_sets_printers_and_a_host_prints_nothing() {
    let app = start().await;
    let settings = app.ok("labels.settings", json!({})).await["settings"].clone();
    let technician = app.mint(Role::Technician);
    assert_eq!(app.call_as(&technician, "labels.set", settings).await.0, 403);
    assert_eq!(app.call_as(&technician, "labels.missing", json!({})).await.0, 200);
    assert_eq!(app.call_as(&app.mint(Role::Host), "labels.missing", json!({})).await.0, 403);
}
