//! Passports through the door: issued from an inspection, handed out in every form, checked, frozen at the sale.

use serde_json::{Value, json};
use stall_core::{
    Role,
    api::Category,
    inspection::{grade::clean_answers, lists},
};

use crate::app::{App, photo, start};

const IMEI: &str = "490154203237518";

/// A phone with photographs that costs and floors what nobody may read.
async fn phone(app: &App) -> String {
    pictured(app, "0387", IMEI).await
}

async fn pictured(app: &App, stock_no: &str, imei: &str) -> String {
    let unit = app
        .unit(json!({
            "stock_no": stock_no, "brand": "Apple", "model": "iPhone 15 Pro", "storage": "256GB", "colour": "原色钛金属", "imei": imei,
            "cost": 777_777, "price_floor": 888_888, "source": "老王回收", "shelf": "B7-31", "note": "别卖给同行",
        }))
        .await;
    let mut files = Vec::new();
    for name in ["ip15p-natural-back.jpg", "ip15p-natural-imei.jpg", "ip15p-natural-flaw1.jpg"] {
        files.push(app.stage(name, photo(name)).await);
    }
    app.add_photos(&unit, &files).await;
    unit
}

async fn name_stall(app: &App) {
    let mut settings = app.ok("settings.get", json!({})).await;
    settings["stall_name"] = json!("老周数码");
    app.ok("settings.set", settings).await;
    let said = json!({ "address": "华强北 C18", "signer": "周敏", "warranty_days": 90, "returns_zh": "七天可退", "returns_en": "Seven days" });
    assert_eq!(app.ok("passports.set", said.clone()).await, said);
}

/// Inspects to the end, everything in order; gives the report.
async fn inspect(app: &App, unit: &str) -> Value {
    let draft = app.ok("inspections.open", json!({ "unit_id": unit, "again": false })).await;
    let imei = app.ok("units.get", json!({ "id": unit })).await["imei"].as_str().unwrap().to_owned();
    let serial = format!("F2LX{}", &imei[7..]);
    // No two units have one code.
    let own = |value: Value| match value.as_str() {
        Some(IMEI) => json!(imei),
        Some("F2LX1234ABCD") => json!(serial),
        _ => value,
    };
    let mut answers: Vec<Value> = clean_answers(lists::of(Category::Phone))
        .into_iter()
        .map(|(item_id, value)| json!({ "item_id": item_id, "value": own(json!(value)) }))
        .collect();
    answers.push(json!({ "item_id": "erased", "value": "verified" }));
    app.ok("inspections.answer", json!({ "inspection_id": draft["id"], "answers": answers })).await;
    let finish = json!({ "inspection_id": draft["id"], "worked_ms": 1000, "without_photos": true });
    app.ok("inspections.finish", finish).await
}

async fn bytes(app: &App, file: &Value) -> Vec<u8> {
    let got = app.get(&format!("/files/{}", file["id"].as_str().unwrap())).send().await.unwrap();
    assert_eq!(got.status(), 200);
    got.bytes().await.unwrap().to_vec()
}

async fn verdict(app: &App, name: &str, file: Vec<u8>) -> Value {
    let id = app.stage(name, file).await;
    app.ok("passports.verify", json!({ "file": id })).await
}

#[tokio::test]
async fn a_passport_is_refused_with_what_it_lacks_until_it_lacks_nothing() {
    let app = start().await;
    let unit = phone(&app).await;
    let state = app.ok("passports.list", json!({ "unit_id": unit })).await;
    assert_eq!(state, json!({ "passports": [], "wants": ["inspection", "stall_name"], "stale": true }));
    assert_eq!(app.refused("passports.issue", json!({ "unit_id": unit })).await, (422, "passport_no_report".into()));
    inspect(&app, &unit).await;
    assert_eq!(app.refused("passports.issue", json!({ "unit_id": unit })).await.1, "passport_no_stall_name");
    name_stall(&app).await;
    let first = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    let number = first["number"].as_str().unwrap();
    assert!(stall_passport::number::fits(number) && number.contains("-0387-"), "{number}");
    assert_eq!((&first["version"], &first["latest"]), (&json!(1), &json!(true)));
    let state = app.ok("passports.list", json!({ "unit_id": unit })).await;
    assert_eq!((&state["wants"], &state["stale"]), (&json!([]), &json!(false)));
    // Another address: the next version follows, the first stays.
    app.ok("passports.set", json!({ "address": "赛格 3 楼", "signer": "周敏" })).await;
    assert_eq!(app.ok("passports.list", json!({ "unit_id": unit })).await["stale"], true);
    let second = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    assert_eq!((&second["number"], &second["version"]), (&first["number"], &json!(2)));
    let old = app.ok("passports.get", json!({ "id": first["id"], "lang": "zh" })).await;
    assert_eq!((&old["view"]["address"], &old["head"]["latest"]), (&json!("华强北 C18"), &json!(false)));
    let file = app.ok("passports.file", json!({ "id": second["id"], "form": "json", "lang": "zh" })).await;
    let document: Value = serde_json::from_slice(&bytes(&app, &file).await).unwrap();
    assert_eq!(document["seal"]["previous"], first["seal"]);
}

#[tokio::test]
async fn a_number_that_another_units_passport_has_is_refused_until_the_unit_is_numbered_anew() {
    let app = start().await;
    name_stall(&app).await;
    let first = phone(&app).await;
    inspect(&app, &first).await;
    let head = app.ok("passports.issue", json!({ "unit_id": first })).await;
    // Other letters, the same digits: the passport would have the same number.
    let other = pictured(&app, "A387", "356938035643809").await;
    inspect(&app, &other).await;
    assert_eq!(app.refused("passports.issue", json!({ "unit_id": other })).await.1, "passport_number_taken");
    assert_eq!(app.ok("passports.list", json!({ "unit_id": other })).await["passports"], json!([]));
    app.ok("units.edit", json!({ "ids": [other], "patch": { "stock_no": "A388" } })).await;
    let next = app.ok("passports.issue", json!({ "unit_id": other })).await;
    assert_ne!(next["number"], head["number"]);
    // The first goes on under its own.
    app.ok("passports.set", json!({ "address": "赛格 3 楼", "signer": "周敏" })).await;
    assert_eq!(app.ok("passports.issue", json!({ "unit_id": first })).await["number"], head["number"]);
}

#[tokio::test]
async fn every_form_is_a_file_that_tells_no_secret_and_checks_out() {
    let app = start().await;
    let unit = phone(&app).await;
    name_stall(&app).await;
    inspect(&app, &unit).await;
    let head = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    let make =
        |form: &str, lang: &str, copy: &str| json!({ "id": head["id"], "form": form, "lang": lang, "copy": copy });
    for (form, begins) in
        [("pdf", b"%PDF".as_slice()), ("card", b"%PDF"), ("long", b"\xff\xd8"), ("short", b"\xff\xd8")]
    {
        let file = app.ok("passports.file", make(form, "zh", "public")).await;
        assert!(bytes(&app, &file).await.starts_with(begins), "{form}");
    }
    for lang in ["zh", "en"] {
        for (form, copy) in [("html", "public"), ("json", "public"), ("html", "buyer"), ("json", "buyer")] {
            let file = app.ok("passports.file", make(form, lang, copy)).await;
            let made = bytes(&app, &file).await;
            let text = String::from_utf8_lossy(&made);
            for secret in ["777777", "7777.77", "888888", "8888.88", "老王回收", "B7-31", "别卖给同行"] {
                assert!(!text.contains(secret), "{secret} in {form} {copy}");
            }
            assert_eq!(text.contains(IMEI), copy == "buyer", "{form} {copy}");
            let v = verdict(&app, file["name"].as_str().unwrap(), made).await;
            assert_eq!((&v["outcome"], &v["faults"], &v["copy"]), (&json!("genuine"), &json!([]), &json!(copy)));
            assert_eq!((&v["passport"]["id"], &v["newer"]), (&head["id"], &Value::Null));
        }
    }
    let picture = app.ok("passports.picture", json!({ "id": head["id"], "form": "long", "lang": "en" })).await;
    assert_eq!(picture["width"], 1080);
    assert_eq!(
        app.refused("passports.picture", json!({ "id": head["id"], "form": "pdf", "lang": "en" })).await.1,
        "bad_input"
    );
}

#[tokio::test]
async fn an_altered_file_is_named_and_another_stalls_is_told_apart() {
    let app = start().await;
    let unit = phone(&app).await;
    name_stall(&app).await;
    inspect(&app, &unit).await;
    let head = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    let file = app.ok("passports.file", json!({ "id": head["id"], "form": "json", "lang": "zh" })).await;
    let made = bytes(&app, &file).await;
    let lied = String::from_utf8(made.clone()).unwrap().replacen("iPhone 15 Pro", "iPhone 16 Pro", 1);
    let v = verdict(&app, "x.json", lied.into_bytes()).await;
    assert_eq!(
        (&v["outcome"], &v["faults"][0]["kind"], &v["faults"][0]["part"]),
        (&json!("altered"), &json!("section"), &json!("device"))
    );
    let other = start().await;
    let v = verdict(&other, "x.json", made).await;
    assert_eq!((&v["outcome"], &v["passport"]), (&json!("other_key"), &Value::Null));
    assert_eq!(verdict(&app, "x.pdf", b"%PDF-1.7 nothing".to_vec()).await["outcome"], "no_passport");
}

#[tokio::test]
async fn a_new_key_signs_what_comes_and_the_old_one_stays_known() {
    let app = start().await;
    let unit = phone(&app).await;
    name_stall(&app).await;
    inspect(&app, &unit).await;
    let first = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    let keys = app.ok("passports.new_key", json!({})).await;
    assert_eq!(
        (keys["keys"].as_array().unwrap().len(), &keys["keys"][0]["current"], &keys["keys"][1]["current"]),
        (2, &json!(true), &json!(false))
    );
    assert_eq!(keys["keys"][1]["fingerprint"], first["key"]);
    let second = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    assert_eq!(second["key"], keys["keys"][0]["fingerprint"]);
    for head in [&first, &second] {
        let file = app.ok("passports.file", json!({ "id": head["id"], "form": "html", "lang": "zh" })).await;
        let v = verdict(&app, "x.html", bytes(&app, &file).await).await;
        assert_eq!((&v["outcome"], &v["key"]), (&json!("genuine"), &head["key"]));
    }
    #[cfg(unix)]
    for key in std::fs::read_dir(app.data().join("stall/keys")).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(key.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn the_buyers_copy_is_for_those_who_sell_and_pack() {
    let app = start().await;
    let unit = phone(&app).await;
    name_stall(&app).await;
    inspect(&app, &unit).await;
    let head = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    let want = json!({ "id": head["id"], "form": "json", "lang": "zh", "copy": "buyer" });
    for (role, status) in [(Role::Packer, 200), (Role::Control, 200), (Role::Host, 403), (Role::Photographer, 403)] {
        assert_eq!(app.call_as(&app.mint(role), "passports.file", want.clone()).await.0, status, "{role:?}");
    }
}

#[tokio::test]
async fn a_number_read_aloud_and_the_square_on_the_paper_find_the_unit() {
    let app = start().await;
    let unit = phone(&app).await;
    name_stall(&app).await;
    inspect(&app, &unit).await;
    let head = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    let number = head["number"].as_str().unwrap();
    let spoken = number.replace('-', " ");
    for code in [number.to_owned(), spoken.clone(), format!("STALLKEEPER/1/{number}/1/00FF/00FF")] {
        let hit = app.ok("scan.resolve", json!({ "code": code })).await;
        assert_eq!((&hit["type"], &hit["unit"]["id"]), (&json!("unit"), &json!(unit)), "{code}");
    }
    let found = app.ok("find.all", json!({ "text": spoken, "limit": 5 })).await;
    assert_eq!((found["units"].as_array().unwrap().len(), &found["units"][0]["id"]), (1, &json!(unit)));
    // One digit wrong is no number of ours, and is not taken for another unit's.
    let last: u32 = number[number.len() - 1..].parse().unwrap();
    let wrong = format!("{}{}", &number[..number.len() - 1], (last + 1) % 10);
    assert_eq!(app.ok("scan.resolve", json!({ "code": wrong })).await["type"], "unknown");
    assert_eq!(app.ok("find.all", json!({ "text": wrong, "limit": 5 })).await["units"], json!([]));
}

#[tokio::test]
async fn the_command_line_tells_whole_altered_and_foreign_files_apart() {
    let app = start().await;
    let unit = phone(&app).await;
    name_stall(&app).await;
    inspect(&app, &unit).await;
    let head = app.ok("passports.issue", json!({ "unit_id": unit })).await;
    let file = app.ok("passports.file", json!({ "id": head["id"], "form": "html", "lang": "zh" })).await;
    let made = bytes(&app, &file).await;
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, what: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, what).unwrap();
        path
    };
    let whole = put("whole.html", &made);
    let at = made.windows(13).position(|w| w == b"iPhone 15 Pro").unwrap();
    let mut lied = made.clone();
    lied[at + 8] = b'6';
    let altered = put("altered.html", &lied);
    let stranger = put("stranger.txt", b"not a passport");
    let gone = dir.path().join("gone.html");
    let run = |more: &[&std::ffi::OsStr]| {
        let out =
            std::process::Command::new(env!("CARGO_BIN_EXE_stallkeeper")).arg("verify").args(more).output().unwrap();
        (out.status.code().unwrap(), String::from_utf8(out.stdout).unwrap())
    };
    let (code, said) = run(&[whole.as_os_str()]);
    assert!(code == 0 && said.contains(head["number"].as_str().unwrap()), "{code} {said}");
    assert_eq!(run(&[altered.as_os_str()]).0, 1);
    assert_eq!(run(&[stranger.as_os_str()]).0, 2);
    assert_eq!(run(&[gone.as_os_str()]).0, 2);
    // Of several the worst; and a key that must be another's.
    assert_eq!(run(&[whole.as_os_str(), altered.as_os_str()]).0, 1);
    let key = head["key"].as_str().unwrap();
    assert_eq!(run(&["--key".as_ref(), key.as_ref(), whole.as_os_str()]).0, 0);
    assert_eq!(run(&["--key".as_ref(), "0123456789abcdef".as_ref(), whole.as_os_str()]).0, 1);
}
