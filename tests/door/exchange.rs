//! Units and photographs out as files, and back in.

use std::io::{Cursor, Read, Write};

use serde_json::{Value, json};
use stall_core::Role;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::app::{App, photo, start};

/// Runs an export to its end; gives the job.
pub async fn export(app: &App, name: &str, input: Value) -> Value {
    let mut pushes = app.listen().await;
    let job = app.ok(name, input).await;
    pushes.until(|p| p["type"] == "job" && p["job"]["id"] == job["id"] && p["job"]["state"] != "running").await["job"]
        .clone()
}

/// The file a job has made: its name and bytes.
pub async fn made(app: &App, job: &Value) -> (String, Vec<u8>) {
    assert_eq!((&job["state"], &job["made"]), (&json!("done"), &json!(true)), "{job}");
    let file = app.ok("jobs.made", json!({ "id": job["id"] })).await["file"].clone();
    let got = app.get(&format!("/files/{}", file["id"].as_str().unwrap())).send().await.unwrap();
    let bytes = got.bytes().await.unwrap().to_vec();
    assert_eq!(bytes.len() as u64, file["bytes"].as_u64().unwrap());
    (file["name"].as_str().unwrap().to_owned(), bytes)
}

/// A stall of three units: one with three photographs, one with one, one bare.
async fn stall() -> (App, Vec<String>) {
    let app = start().await;
    let mut units = Vec::new();
    for (no, note, photos) in [
        ("0001", "=危险", &["ip11-white-back.jpg", "ip11-white-front.jpg", "ip11-white-imei.jpg"][..]),
        ("0002", "", &["ip12-blue-back.jpg"]),
        ("0003", "换行\n“引号”,逗号", &[]),
    ] {
        let unit = app
            .unit(
                json!({ "stock_no": no, "model": "iPhone 11", "cost": 100_000, "price_floor": 120_050, "note": note }),
            )
            .await;
        let mut files = Vec::new();
        for name in photos {
            files.push(app.stage(name, photo(name)).await);
        }
        if !files.is_empty() {
            app.add_photos(&unit, &files).await;
        }
        units.push(unit);
    }
    (app, units)
}

/// Number, note and the blobs of its photographs in order, for every unit.
async fn contents(app: &App) -> Vec<(String, String, Vec<String>)> {
    let rows = app.ok("units.list", json!({ "sort": "stock_no", "limit": 50 })).await["rows"].clone();
    let mut out = Vec::new();
    for r in rows.as_array().unwrap() {
        let d = app.ok("units.get", json!({ "id": r["id"] })).await;
        let blobs = d["photos"].as_array().unwrap().iter().map(|p| p["blob"].as_str().unwrap().to_owned()).collect();
        out.push((r["stock_no"].as_str().unwrap().to_owned(), d["note"].as_str().unwrap().to_owned(), blobs));
    }
    out
}

async fn import(app: &App, name: &str, bytes: Vec<u8>) -> Value {
    let file = app.stage(name, bytes).await;
    let judged = app.ok("units.import_preview", json!({ "file": file })).await;
    app.ok("units.import_apply", json!({ "id": judged["id"] })).await
}

#[tokio::test]
async fn a_sheet_goes_out_and_comes_into_another_stall_as_it_was() {
    let (app, units) = stall().await;
    for how in
        [json!({}), json!({ "form": "csv" }), json!({ "form": "csv", "csv": "gb18030" }), json!({ "language": "en" })]
    {
        let job = export(&app, "units.export", json!({ "how": how })).await;
        let (name, bytes) = made(&app, &job).await;
        let other = start().await;
        let done = import(&other, &name, bytes).await;
        assert_eq!((&done["new"], &done["refused"]), (&json!(3), &json!(0)), "{how}");
        for unit in app.ok("units.list", json!({ "limit": 50 })).await["rows"].as_array().unwrap() {
            let found = other.ok("units.list", json!({ "text": unit["stock_no"] })).await["rows"][0].clone();
            for field in ["stock_no", "model", "brand", "cost", "price_floor", "taken_in"] {
                assert_eq!(found[field], unit[field], "{field} {how}");
            }
        }
    }
    let job =
        export(&app, "units.export", json!({ "ids": [units[2]], "how": { "columns": ["note", "stock_no"] } })).await;
    let (name, bytes) = made(&app, &job).await;
    let table = stall_sheets::read(&bytes, &name, None).unwrap().table;
    let cells: Vec<String> =
        (0..table.len()).flat_map(|r| table.cells(r).map(|c| c.display()).collect::<Vec<_>>()).collect();
    assert_eq!(cells, ["备注", "编号", "换行\n“引号”,逗号", "0003"]);
    let kept = app.ok("units.export_choices", json!({})).await;
    assert_eq!(kept["last"]["columns"], json!(["note", "stock_no"]));
    assert_eq!(app.refused("units.export", json!({ "how": { "columns": ["buyer"] } })).await.1, "bad_input");
    let nothing = export(&app, "units.export", json!({ "query": { "text": "没有这一台" } })).await;
    assert_eq!(nothing["error"]["code"], "nothing_to_export");
}

#[tokio::test]
async fn a_role_exports_only_what_it_may_see_and_nobody_else_gets_its_file() {
    let (app, _) = stall().await;
    let owners = export(&app, "units.export", json!({})).await;
    let token = app.mint(Role::Photographer);
    assert_eq!(app.call_as(&token, "jobs.made", json!({ "id": owners["id"] })).await.0, 403);
    let choices = app.call_as(&token, "units.export_choices", json!({})).await.1;
    assert!(!choices["fields"].as_array().unwrap().iter().any(|f| f == "cost" || f == "price_floor"));
    let (status, body) =
        app.call_as(&token, "units.export", json!({ "how": { "columns": ["stock_no", "cost"] } })).await;
    assert_eq!((status, &body["code"]), (400, &json!("bad_input")));
    let mut pushes = app.listen().await;
    let job = app.call_as(&token, "units.export", json!({})).await.1;
    pushes.until(|p| p["type"] == "job" && p["job"]["id"] == job["id"] && p["job"]["state"] == "done").await;
    let file = app.call_as(&token, "jobs.made", json!({ "id": job["id"] })).await.1["file"].clone();
    let got = app.get(&format!("/files/{}", file["id"].as_str().unwrap())).send().await.unwrap();
    let table = stall_sheets::read(&got.bytes().await.unwrap(), "x.xlsx", None).unwrap().table;
    let head: Vec<String> = table.cells(0).map(|c| c.display()).collect();
    assert!(head.contains(&"标价".to_owned()) && !head.iter().any(|h| h == "成本" || h == "底价"), "{head:?}");
}

#[tokio::test]
async fn a_zip_brings_units_and_photographs_into_another_stall_in_one_step() {
    let (app, _) = stall().await;
    let before = contents(&app).await;
    let (name, bytes) = made(&app, &export(&app, "units.export", json!({ "how": { "form": "zip" } })).await).await;
    let mut zip = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|n| n.unwrap().into_owned()).collect();
    names.sort();
    let want = [
        "manifest.json",
        "photos/0001/01.jpg",
        "photos/0001/02.jpg",
        "photos/0001/03.jpg",
        "photos/0002/01.jpg",
        "units.xlsx",
    ];
    assert_eq!(names, want);
    let mut original = Vec::new();
    zip.by_name("photos/0001/02.jpg").unwrap().read_to_end(&mut original).unwrap();
    assert_eq!(original, photo("ip11-white-front.jpg"));

    let other = start().await;
    let file = other.stage(&name, bytes.clone()).await;
    let judged = other.ok("units.import_preview", json!({ "file": file })).await;
    assert_eq!((&judged["photos"], &judged["photos_new"]), (&json!(4), &json!(4)));
    let done = other.ok("units.import_apply", json!({ "id": judged["id"] })).await;
    assert_eq!((&done["new"], &done["photos"]), (&json!(3), &json!(4)));
    assert_eq!(contents(&other).await, before);
    let cover = &before[0].2[0];
    assert_eq!(other.get(&format!("/media/{cover}/320")).send().await.unwrap().status(), 200);
    // Again into both: everything is there already.
    for stall in [&app, &other] {
        let file = stall.stage(&name, bytes.clone()).await;
        let judged = stall.ok("units.import_preview", json!({ "file": file })).await;
        assert_eq!((&judged["counts"], &judged["photos_new"]), (&json!({ "same": 3 }), &json!(0)));
    }
    other.ok("undo.undo", json!({})).await;
    assert_eq!(contents(&other).await, []);

    // A unit that lost a photograph gets it back, though its row is the same.
    let d = app.ok("units.list", json!({ "text": "0001" })).await["rows"][0]["id"].clone();
    let photos = app.ok("units.get", json!({ "id": d })).await["photos"].clone();
    app.ok("photos.delete", json!({ "ids": [photos[1]["id"]] })).await;
    let done = import(&app, &name, bytes).await;
    assert_eq!((&done["same"], &done["photos"]), (&json!(3), &json!(1)));
}

/// What of each photograph of the unit must be the same at another stall.
async fn pictures(app: &App, stock_no: &str) -> Vec<Value> {
    let id = app.ok("units.list", json!({ "text": stock_no })).await["rows"][0]["id"].clone();
    let photos = app.ok("units.get", json!({ "id": id })).await["photos"].clone();
    let keep = |p: &Value| {
        let of = ["blob", "shown", "edited", "shot", "source", "file_name", "width", "height", "sharp", "light"];
        of.into_iter().map(|k| (k.to_owned(), p[k].clone())).collect::<serde_json::Map<_, _>>().into()
    };
    photos.as_array().unwrap().iter().map(keep).collect()
}

#[tokio::test]
async fn edited_photographs_and_fields_arrive_in_another_stall_as_they_were() {
    let (app, units) = stall().await;
    let photos = app.ok("units.get", json!({ "id": units[0] })).await["photos"].clone();
    let edits = json!([{ "kind": "turn", "quarters": 1 }, { "kind": "blur", "rect": { "x": 10, "y": 20, "w": 3000, "h": 400 } }]);
    app.ok("photos.edit", json!({ "id": photos[2]["id"], "edits": edits })).await;
    let patch = json!({ "box": "3 号箱", "holder": "小王", "fields": { "region": "hk", "ram": "4" } });
    app.ok("units.edit", json!({ "ids": [units[0]], "patch": patch })).await;
    let choices = app.ok("units.export_choices", json!({})).await["fields"].clone();
    let offered = |f: &str| choices.as_array().unwrap().iter().any(|c| c == f);
    assert!(offered("fields.ram") && offered("box") && !offered("fields.cpu"), "{choices}");
    let (name, bytes) = made(&app, &export(&app, "units.export", json!({ "how": { "form": "zip" } })).await).await;

    let other = start().await;
    let file = other.stage(&name, bytes.clone()).await;
    let judged = other.ok("units.import_preview", json!({ "file": file })).await;
    assert_eq!(judged["mapping"]["fields.ram"], "内存 [ram]");
    assert!(judged["fields"].as_array().unwrap().iter().any(|f| f == "fields.cpu"));
    other.ok("units.import_apply", json!({ "id": judged["id"] })).await;
    let (here, there) = (pictures(&app, "0001").await, pictures(&other, "0001").await);
    assert_eq!(there, here);
    assert_eq!(there[2]["edited"], true);
    let shown = there[2]["shown"].as_str().unwrap();
    assert_eq!(other.get(&format!("/media/{shown}/1600")).send().await.unwrap().status(), 200);
    let unit = other.ok("units.list", json!({ "text": "0001" })).await["rows"][0]["id"].clone();
    let got = other.ok("units.get", json!({ "id": unit })).await;
    assert_eq!(got["fields"], json!({ "region": "hk", "ram": "4" }));
    assert_eq!((&got["row"]["box"], &got["row"]["holder"]), (&json!("3 号箱"), &json!("小王")));
    let file = other.stage(&name, bytes).await;
    let judged = other.ok("units.import_preview", json!({ "file": file })).await;
    assert_eq!((&judged["counts"], &judged["photos_new"]), (&json!({ "same": 3 }), &json!(0)));
}

#[tokio::test]
async fn a_zip_of_copies_holds_pictures_of_1600_and_says_whose_they_are() {
    let (app, _) = stall().await;
    let how = json!({ "form": "zip", "photos": "view", "columns": ["model"] });
    let (name, bytes) = made(&app, &export(&app, "units.export", json!({ "how": how })).await).await;
    let mut zip = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let manifest: Value = serde_json::from_reader(zip.by_name("manifest.json").unwrap()).unwrap();
    let first = &manifest["units"][0]["photos"][0];
    assert_eq!(manifest["photos"], "view");
    assert_ne!(first["hash"], first["blob"]);
    let other = start().await;
    assert_eq!(import(&other, &name, bytes).await["photos"], 4);
}

/// A zip of these files.
fn packed(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, how).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_hostile_or_broken_zip_gets_its_own_error_and_nothing_is_written() {
    let (app, _) = stall().await;
    let (_, good) = made(&app, &export(&app, "units.export", json!({ "how": { "form": "zip" } })).await).await;
    let mut zip = ZipArchive::new(Cursor::new(&good)).unwrap();
    let mut file = |name: &str| {
        let mut out = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut out).unwrap();
        out
    };
    let sheet = file("units.xlsx");
    let manifest: Value = serde_json::from_slice(&file("manifest.json")).unwrap();
    let photos = ["photos/0001/01.jpg", "photos/0001/02.jpg", "photos/0001/03.jpg", "photos/0002/01.jpg"];
    let bytes: Vec<Vec<u8>> = photos.iter().map(|n| file(n)).collect();
    let all = |manifest: &Value, change: &dyn Fn(usize, Vec<u8>) -> Option<Vec<u8>>| {
        let mut files = vec![("units.xlsx", sheet.clone()), ("manifest.json", manifest.to_string().into_bytes())];
        files.extend(photos.iter().enumerate().filter_map(|(i, n)| Some((*n, change(i, bytes[i].clone())?))));
        files
    };
    let same = |_: usize, b: Vec<u8>| Some(b);
    let edited = |at: &str, to: Value| {
        let mut m = manifest.clone();
        *m.pointer_mut(at).unwrap() = to;
        m
    };
    let photo_at = |field: &str| format!("/units/0/photos/0/{field}");
    let mut outside = all(&manifest, &same);
    outside.push(("../../evil.txt", b"x".to_vec()));
    let mut absolute = all(&manifest, &same);
    absolute.push(("/etc/evil", b"x".to_vec()));
    let mut windows = all(&manifest, &same);
    windows.push(("photos\\..\\evil", b"x".to_vec()));
    let mut bomb = all(&manifest, &same);
    let zeros: Vec<(String, Vec<u8>)> = (0..17).map(|i| (format!("photos/9/{i}.jpg"), vec![0; 64 << 20])).collect();
    bomb.extend(zeros.iter().map(|(n, b)| (n.as_str(), b.clone())));
    let changed = |i: usize, mut b: Vec<u8>| {
        if i == 2 {
            *b.last_mut().unwrap() ^= 1;
        }
        Some(b)
    };
    let gone = |i: usize, b: Vec<u8>| (i != 1).then_some(b);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a name above the zip", packed(&outside), "archive_path"),
        ("an absolute name", packed(&absolute), "archive_path"),
        ("a name with backslashes", packed(&windows), "archive_path"),
        (
            "a manifest that points outside",
            packed(&all(&edited(&photo_at("file"), json!("photos/../../x")), &same)),
            "archive_path",
        ),
        ("a bomb", packed(&bomb), "archive_bomb"),
        ("a photograph missing", packed(&all(&manifest, &gone)), "archive_missing"),
        ("no sheet", packed(&all(&manifest, &same)[1..]), "archive_missing"),
        ("another size", packed(&all(&edited(&photo_at("bytes"), json!(5)), &same)), "archive_hash"),
        ("another blob", packed(&all(&edited(&photo_at("blob"), json!("0".repeat(64))), &same)), "archive_hash"),
        ("no hash", packed(&all(&edited(&photo_at("hash"), json!("../x")), &same)), "archive_manifest"),
        ("another format", packed(&all(&edited("/format", json!("zip")), &same)), "archive_manifest"),
        ("a newer version", packed(&all(&edited("/version", json!(99)), &same)), "archive_newer"),
        ("no JSON", packed(&[("units.xlsx", sheet.clone()), ("manifest.json", b"{".to_vec())]), "archive_manifest"),
        ("a zip of something else", packed(&[("a.txt", b"x".to_vec())]), "file_wrong_type"),
        ("half a zip", good[..good.len() / 2].to_vec(), "file_damaged"),
    ];
    let other = start().await;
    let before = other.written().await;
    for (what, bytes, code) in cases {
        let file = other.stage("坏.zip", bytes).await;
        assert_eq!(other.refused("units.import_preview", json!({ "file": file })).await.1, code, "{what}");
    }
    // A byte changed inside is only seen when it is read: then, too, nothing is written.
    let file = other.stage("坏.zip", packed(&all(&manifest, &changed))).await;
    let judged = other.ok("units.import_preview", json!({ "file": file })).await;
    let (_, refused) = other.call("units.import_apply", json!({ "id": judged["id"] })).await;
    assert_eq!((&refused["code"], &refused["args"]["name"]), (&json!("archive_hash"), &json!(photos[2])));
    assert_eq!(other.written().await, before);
}

#[tokio::test]
async fn a_stopped_export_leaves_no_half_file() {
    let (app, _) = stall().await;
    let mut pushes = app.listen().await;
    let job = app.ok("units.export", json!({ "how": { "form": "zip" } })).await;
    app.ok("jobs.cancel", json!({ "id": job["id"] })).await;
    let job = pushes
        .until(|p| p["type"] == "job" && p["job"]["id"] == job["id"] && p["job"]["state"] != "running")
        .await["job"]
        .clone();
    let left = std::fs::read_dir(app.ctx.data().join("stall/staged"))
        .unwrap()
        .filter_map(|f| f.ok()?.file_name().into_string().ok());
    let left: Vec<String> = left.filter(|n| n.starts_with(job["id"].as_str().unwrap())).collect();
    match job["state"].as_str().unwrap() {
        "cancelled" => assert!(left.is_empty(), "{left:?}"),
        state => assert_eq!((state, left.len()), ("done", 1)),
    }
}
