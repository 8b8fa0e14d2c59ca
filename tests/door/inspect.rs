//! Inspection through the door: from an empty draft to a report, by laptop and by phone.

use serde_json::{Value, json};
use stall_core::{
    Role,
    api::Category,
    inspection::{grade::clean_answers, lists},
};

use crate::{
    app::{App, photo, start},
    lan,
};

const IMEI: &str = "490154203237518";

/// Answers of a phone in order, but these.
fn answers(but: &[(&str, Value)]) -> Value {
    let mut all: Vec<Value> = clean_answers(lists::of(Category::Phone))
        .into_iter()
        .map(|(item_id, value)| json!({ "item_id": item_id, "value": value }))
        .collect();
    all.push(json!({ "item_id": "erased", "value": "verified" }));
    all.extend(but.iter().map(|(item, value)| json!({ "item_id": item, "value": value })));
    Value::Array(all)
}

async fn inspected(app: &App, unit: &str, but: &[(&str, Value)]) -> Value {
    let draft = app.ok("inspections.open", json!({ "unit_id": unit, "again": false })).await;
    app.ok("inspections.answer", json!({ "inspection_id": draft["id"], "answers": answers(but) })).await;
    let finish = json!({ "inspection_id": draft["id"], "worked_ms": 200_000, "without_photos": true });
    app.ok("inspections.finish", finish).await
}

#[tokio::test]
async fn a_unit_is_inspected_step_by_step_and_every_step_is_undone() {
    let app = start().await;
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13", "storage": "128GB", "imei": IMEI })).await;
    let draft = app.ok("inspections.open", json!({ "unit_id": unit })).await;
    assert_eq!(draft["result"]["final"], Value::Null);
    assert!(draft["result"]["missing"].as_array().unwrap().len() > 30);
    let id = &draft["id"];
    let bad = json!({ "inspection_id": id, "answers": [{ "item_id": "frame", "value": "crack" }] });
    assert_eq!(app.refused("inspections.answer", bad).await, (400, "bad_input".to_owned()));
    let finish = json!({ "inspection_id": id, "worked_ms": 1 });
    assert_eq!(app.refused("inspections.finish", finish).await, (409, "inspection_incomplete".to_owned()));
    let but = [("frame", json!("light")), ("back", json!("light")), ("battery_health", json!(88))];
    let all = json!({ "inspection_id": id, "answers": answers(&but), "worked_ms": 90_000 });
    let seen = app.ok("inspections.answer", all).await;
    assert_eq!((&seen["result"]["final"], &seen["worked_ms"]), (&json!("A2"), &json!(90_000)));
    assert_eq!(seen["result"]["explain_zh"], "95新：2 处轻微，功能正常，电池 88%。");
    let raise = json!({ "inspection_id": id, "grade": "A1" });
    assert_eq!(app.refused("inspections.grade", raise).await, (422, "grade_reason_missing".to_owned()));
    let report = app
        .ok("inspections.finish", json!({ "inspection_id": id, "worked_ms": 180_000, "without_photos": true }))
        .await;
    assert_eq!((&report["head"]["version"], &report["head"]["grade"]), (&json!(1), &json!("A2")));
    let row = app.ok("units.list", json!({ "inspection": ["inspected"] })).await["rows"][0].clone();
    assert_eq!((&row["stock_no"], &row["grade"], &row["battery"]), (&json!("0387"), &json!("A2"), &json!(88)));
    let state = app.ok("undo.state", json!({})).await["undo"].clone();
    assert_eq!((&state["op"], &state["args"]["what"]), (&json!("finish_inspection"), &json!("0387")));
    let before = app.ok("units.get", json!({ "id": unit })).await;
    app.ok("undo.undo", json!({})).await;
    let row = app.ok("units.get", json!({ "id": unit })).await;
    assert_eq!((&row["row"]["grade"], &row["row"]["inspection"]), (&Value::Null, &json!("draft")));
    app.ok("undo.redo", json!({})).await;
    let after = app.ok("units.get", json!({ "id": unit })).await;
    assert_eq!((&after["row"], &after["inspection"]), (&before["row"], &before["inspection"]));
    assert_eq!(app.ok("inspections.report", json!({ "id": report["head"]["id"] })).await, report);
}

#[tokio::test]
async fn a_draft_and_a_report_are_there_after_the_program_was_killed() {
    let dir = tempfile::TempDir::new().unwrap();
    let app = crate::app::start_in(dir.path()).await;
    let (one, two) = (app.unit(json!({ "model": "a" })).await, app.unit(json!({ "model": "b" })).await);
    let report = inspected(&app, &one, &[]).await;
    let draft = app.ok("inspections.open", json!({ "unit_id": two })).await;
    let answer = json!({ "inspection_id": draft["id"], "answers": [{ "item_id": "frame", "value": "heavy" }] });
    let draft = app.ok("inspections.answer", answer).await;
    drop(app);
    let app = loop {
        if let Some(app) = crate::app::try_start_in(dir.path()).await {
            break app;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(app.ok("inspections.report", json!({ "id": report["head"]["id"] })).await, report);
    let now = app.ok("inspections.get", json!({ "id": draft["id"] })).await;
    assert_eq!(now["answers"], draft["answers"]);
    let queue = app.ok("inspections.queue", json!({ "limit": 10 })).await;
    assert_eq!((&queue["total"], &queue["units"][0]["unit"]["model"]), (&json!(1), &json!("b")));
}

#[tokio::test]
async fn a_blocked_unit_stays_out_of_shows_until_it_is_lifted() {
    let app = start().await;
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13" })).await;
    inspected(&app, &unit, &[("account_lock", json!("locked"))]).await;
    let show = app
        .ok("shows.add", json!({ "title": "周五", "starts_at": 4_000_000_000_000_i64, "planned_minutes": 60, "host": "", "note": "" }))
        .await;
    let item = json!({ "show_id": show["id"], "after": null, "items": [{ "segment": "", "unit_id": unit, "title": "", "minutes": null }] });
    let (status, error) = app.call("items.add", item.clone()).await;
    assert_eq!(
        (status, &error["code"], &error["args"]["what_en"]),
        (409, &json!("unit_blocked"), &json!("Account lock"))
    );
    let counts = app.ok("units.narrow", json!({})).await;
    assert_eq!(counts["inspection"][0], json!({ "value": "blocked", "count": 1 }));
    let clear = |note: &str| json!({ "unit_id": unit, "item_id": "account_lock", "note": note });
    assert_eq!(app.refused("blockers.clear", clear("")).await, (422, "note_missing".to_owned()));
    let after = app.ok("blockers.clear", clear("原主已退出")).await;
    assert_eq!(after["blockers"][0]["cleared"]["note"], "原主已退出");
    app.ok("items.add", item).await;
}

#[tokio::test]
async fn who_packs_or_hosts_reads_reports_and_inspects_nothing() {
    let app = start().await;
    let unit =
        app.unit(json!({ "model": "iPhone 13", "cost": 180_000, "price_floor": 215_300, "source": "张三" })).await;
    let report = inspected(&app, &unit, &[]).await;
    for role in [Role::Packer, Role::Host, Role::Photographer] {
        let token = app.mint(role);
        let (status, seen) = app.call_as(&token, "inspections.report", json!({ "id": report["head"]["id"] })).await;
        assert_eq!(status, 200);
        let text = seen.to_string();
        assert!(!text.contains("180000") && !text.contains("215300") && !text.contains("张三"), "{text}");
        let (status, _) = app.call_as(&token, "inspections.open", json!({ "unit_id": unit })).await;
        assert_eq!(status, 403, "{role:?}");
    }
    let token = app.mint(Role::Technician);
    assert_eq!(app.call_as(&token, "inspections.open", json!({ "unit_id": unit })).await.0, 200);
    assert_eq!(app.call_as(&token, "checklists.save", json!({ "category": "phone", "items": [] })).await.0, 403);
    assert_eq!(app.call_as(&token, "erasures.set_rule", json!({ "rule": "always" })).await.0, 403);
}

#[tokio::test]
async fn a_technician_s_phone_inspects_and_a_photographer_s_does_not() {
    let app = start().await;
    let unit = app.unit(json!({ "stock_no": "0387", "model": "iPhone 13", "source": "张三" })).await;
    let base = lan::open(&app).await;
    let code = app.ok("lan.invite", json!({ "name": "刘师傅", "role": "technician" })).await["code"].clone();
    let (_, got) = lan::pair(&app, &base, &code).await;
    let text = |key: &str| got[key].as_str().unwrap().to_owned();
    let phone = lan::Phone { base, token: text("token"), id: text("id") };
    let (status, draft) = phone.call(&app, "inspections.open", json!({ "unit_id": unit })).await;
    assert_eq!(status, 200, "{draft}");
    let sent = lan::new_id(&app);
    phone.send(&app, sent, &format!("unit={unit}&name=a.jpg&shot=flaw"), photo("ip11-white-front.jpg")).await;
    let tie = json!({ "inspection_id": draft["id"], "item_id": "frame", "photo_id": sent, "tied": true });
    let (status, seen) = phone.call(&app, "inspections.photo", tie).await;
    assert_eq!((status, &seen["photos"][0]["photo_id"]), (200, &json!(sent)), "{seen}");
    let all = json!({ "inspection_id": draft["id"], "answers": answers(&[("frame", json!("light"))]) });
    assert_eq!(phone.call(&app, "inspections.answer", all).await.0, 200);
    let finish = json!({ "inspection_id": draft["id"], "worked_ms": 1000, "without_photos": true });
    let (status, report) = phone.call(&app, "inspections.finish", finish).await;
    assert_eq!((status, &report["head"]["by"]), (200, &json!("刘师傅")));
    assert!(!report.to_string().contains("张三"));
    app.ok("third_party.add", json!({ "unit_id": unit, "issuer": "供货商甲" })).await;
    let (_, page) = phone.call(&app, "units.get", json!({ "id": unit })).await;
    assert!(!page.to_string().contains("供货商甲") && page["inspection"]["reports"][0]["version"] == 1);
    for name in ["blockers.clear", "checklists.save", "third_party.list", "reports.sheet"] {
        assert_eq!(phone.call(&app, name, json!({})).await.0, 403, "{name}");
    }
    let other = lan::paired(&app, "小李").await;
    assert_eq!(other.call(&app, "inspections.open", json!({ "unit_id": unit })).await.0, 403);
    assert_eq!(other.call(&app, "inspections.report", json!({ "id": report["head"]["id"] })).await.0, 200);
}

#[tokio::test]
async fn a_supplier_s_pdf_goes_in_and_comes_out_as_it_was() {
    let app = start().await;
    let unit = app.unit(json!({ "model": "iPhone 13" })).await;
    let pdf = b"%PDF-1.7 a report".to_vec();
    let file = app.stage("拍拍报告.pdf", pdf.clone()).await;
    let kept =
        app.ok("third_party.add", json!({ "unit_id": unit, "issuer": "拍拍", "number": "PP1", "file": file })).await;
    let staged = app.ok("third_party.file", json!({ "id": kept["id"] })).await;
    assert_eq!(staged["name"], "拍拍报告.pdf");
    let got = app.get(&format!("/files/{}", staged["id"].as_str().unwrap())).send().await.unwrap();
    assert_eq!(got.bytes().await.unwrap().to_vec(), pdf);
    let file = app.stage("x.exe", vec![1]).await;
    let refused = app.refused("third_party.add", json!({ "unit_id": unit, "issuer": "拍拍", "file": file })).await;
    assert_eq!(refused.1, "file_wrong_type");
    app.ok("third_party.remove", json!({ "id": kept["id"] })).await;
    assert_eq!(app.ok("third_party.list", json!({ "unit_id": unit })).await["reports"], json!([]));
}

#[tokio::test]
async fn the_sheet_of_several_units_says_grade_and_why_and_no_code() {
    let app = start().await;
    let one = app.unit(json!({ "stock_no": "0001", "model": "iPhone 13", "imei": IMEI })).await;
    let two = app.unit(json!({ "stock_no": "0002", "model": "iPhone 14" })).await;
    inspected(&app, &one, &[("serial", json!("SERIAL0001")), ("frame", json!("light"))]).await;
    let other = stall_core::identity::luhn_digit("35320911000007").unwrap();
    inspected(
        &app,
        &two,
        &[
            ("serial", json!("SERIAL0002")),
            ("imei1", json!(format!("35320911000007{other}"))),
            ("mdm", json!("present")),
        ],
    )
    .await;
    let file = app.ok("reports.sheet", json!({ "unit_ids": [one, two], "form": "xlsx", "lang": "zh" })).await;
    let got = app.get(&format!("/files/{}", file["id"].as_str().unwrap())).send().await.unwrap();
    let bytes = got.bytes().await.unwrap().to_vec();
    let text = format!("{:?}", stall_sheets::read(&bytes, "a.xlsx", None).unwrap().table);
    for said in ["95新", "监管机", "边框：轻微划痕/小花", "0002"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains(IMEI) && !text.contains("SERIAL000"), "{text}");
    for lang in ["zh", "en"] {
        let file = app.ok("reports.sheet", json!({ "unit_ids": [one, two], "form": "pdf", "lang": lang })).await;
        let got = app.get(&format!("/files/{}", file["id"].as_str().unwrap())).send().await.unwrap();
        assert!(got.bytes().await.unwrap().starts_with(b"%PDF"), "{lang}");
    }
    let none = app.unit(json!({ "model": "c" })).await;
    let refused = app.refused("reports.sheet", json!({ "unit_ids": [none], "form": "xlsx", "lang": "en" })).await;
    assert_eq!(refused.1, "nothing_to_export");
}
