//! The whole way of a phone: taken in, photographed, planned, sold, packed, shipped, reported.

use serde_json::json;
use stall_core::{datetime, platforms};
use stall_sheets::{CsvEncoding, Value};

use crate::app::{App, photo, start};

/// A row of an order file: what the test says, the rest blank.
pub fn row(fields: &[&str], said: &[(&str, &str)]) -> Vec<Value> {
    let value =
        |f: &&str| said.iter().find(|(name, _)| name == f).map_or(Value::Empty, |(_, v)| Value::Ident((*v).into()));
    fields.iter().map(value).collect()
}

/// Fields of a platform's file and their headers, padded to 64 columns like the real thing.
pub fn columns(platform: &str) -> (Vec<&'static str>, Vec<String>) {
    let known = platforms::platform(platform).unwrap();
    let mut fields: Vec<&str> = known.fields.keys().map(String::as_str).collect();
    let mut headers: Vec<String> = known.fields.values().map(|h| h[0].clone()).collect();
    while headers.len() < 64 {
        fields.push("");
        headers.push(format!("平台字段{}", headers.len()));
    }
    (fields, headers)
}

fn order<'a>(no: &'a str, paid: &'a str, code: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("order_no", no),
        ("status", "待发货"),
        ("created_at", paid),
        ("paid_at", paid),
        ("paid_amount", "2299.00"),
        ("item_title", "二手 iPhone 13 128GB"),
        ("sku_code", code),
        ("quantity", "1"),
        ("receiver_name", "张小明"),
        ("receiver_phone", "13500001234"),
        ("province", "广东省"),
        ("city", "深圳市"),
        ("address", "人民路1号"),
    ]
}

async fn preview(app: &App, file: &str) -> serde_json::Value {
    app.ok("orders.import_preview", json!({ "file": file })).await
}

#[tokio::test]
async fn from_an_empty_stall_to_a_reported_parcel() {
    let app = start().await;
    assert_eq!(app.ok("app.info", json!({})).await["empty"], true);

    // Taken in and photographed.
    let no = app.ok("units.next_no", json!({})).await["stock_no"].as_str().unwrap().to_owned();
    let patch = json!({
        "stock_no": no, "brand": "Apple", "model": "iPhone 13", "imei": "490154203237518", "grade": "A1",
        "price_list": 229_900, "price_live": 219_900, "price_floor": 200_000, "cost": 180_000
    });
    let unit = app.unit(patch).await;
    assert_eq!(app.ok("today.get", json!({})).await["no_photos_total"], 1);
    let file = app.stage("back.jpg", photo("ip13-midnight-back.jpg")).await;
    app.add_photos(&unit, &[file]).await;
    assert_eq!(app.ok("today.get", json!({})).await["no_photos_total"], 0);
    let scanned = app.ok("scan.resolve", json!({ "code": "490154203237518" })).await;
    assert_eq!((&scanned["type"], &scanned["unit"]["id"]), (&json!("unit"), &json!(unit)));

    // Planned in a show.
    let now = app.ok("app.info", json!({})).await["now"].as_i64().unwrap();
    let head = json!({ "title": "今晚", "starts_at": now + 3_600_000, "planned_minutes": 60, "host": "", "note": "" });
    let show = app.ok("shows.add", head).await;
    let items = json!([{ "segment": "opening", "unit_id": null, "minutes": 5 }, { "segment": "main", "unit_id": unit, "minutes": null }]);
    let sheet = app.ok("items.add", json!({ "show_id": show["id"], "after": null, "items": items })).await;
    assert_eq!((&sheet["show"]["units"], &sheet["items"][1]["price"]), (&json!(1), &json!(219_900)));

    // Sold: a 64-column workbook of Kuaishou.
    let paid = datetime::format(stall_core::Ms(now - 600_000));
    let (fields, headers) = columns("kuaishou");
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let rows =
        vec![row(&fields, &order("2600100000000001", &paid, &no)), row(&fields, &order("2600100000000002", &paid, ""))];
    let xlsx = app.stage("快手订单.xlsx", stall_sheets::write_xlsx("订单", &names, &rows).unwrap()).await;
    let judged = preview(&app, &xlsx).await;
    assert_eq!(
        (&judged["platform"], &judged["rows"], &judged["unmatched"]),
        (&json!("kuaishou"), &json!(2), &json!(1)),
        "{judged}"
    );
    assert!(!judged.to_string().contains("13500001234"), "a preview shows no buyer's data");
    let shown = app.ok("imports.rows", json!({ "id": judged["id"], "verdicts": [], "after": 0, "limit": 100 })).await;
    assert_eq!(shown["rows"][0]["unit"]["id"], json!(unit));
    let done = app.ok("orders.import_apply", json!({ "id": judged["id"] })).await;
    assert_eq!((&done["new"], &done["matched"]), (&json!(2), &json!(1)));
    assert_eq!(app.refused("orders.import_apply", json!({ "id": judged["id"] })).await.0, 404);
    let again = preview(&app, &xlsx).await;
    assert_eq!(again["counts"]["same"], 2, "the same file twice changes nothing: {again}");

    // The second order gets its unit by hand.
    let other = app.unit(json!({ "model": "iPhone 13", "imei": "356938035643809" })).await;
    let today = app.ok("today.get", json!({})).await;
    assert_eq!((&today["to_match_total"], &today["parcels_total"]), (&json!(1), &json!(1)));
    let waiting = app.ok("orders.get", json!({ "id": today["to_match"][0]["id"] })).await;
    let assign = json!({ "line_id": waiting["lines"][0]["id"], "unit_id": other });
    assert_eq!(app.ok("orders.assign", assign).await["row"]["stage"], "to_pack");
    let taken = json!({ "line_id": waiting["lines"][0]["id"], "unit_id": unit });
    assert_eq!(app.call("orders.assign", taken).await.0, 409);

    // Packed: the wrong unit first, then the right one.
    let queue = app.ok("bench.queue", json!({})).await;
    let parcel = queue["parcels"].as_array().unwrap().iter().find(|p| p["order_no"] == "2600100000000001").unwrap();
    assert_eq!(parcel["receiver"], "张**");
    let wrong = app.ok("bench.scan", json!({ "order_id": parcel["id"], "code": "356938035643809" })).await;
    assert_eq!(wrong["type"], "wrong_unit");
    let right = app.ok("bench.scan", json!({ "order_id": parcel["id"], "code": "490154203237518" })).await;
    assert_eq!((&right["type"], &right["complete"]), (&json!("right_unit"), &json!(true)));
    let receiver = app.ok("orders.reveal", json!({ "id": parcel["id"] })).await;
    assert_eq!(receiver["phone"], "13500001234");

    // Shipped and reported to the platform.
    let ship = json!({ "order_id": parcel["id"], "carrier": "shunfeng", "tracking_no": "SF1234567890123" });
    assert_eq!(app.ok("bench.ship", ship.clone()).await["row"]["stage"], "shipped");
    assert_eq!(app.refused("bench.ship", ship).await, (409, "already_shipped".to_owned()));
    for (format, first) in [("xlsx", b"PK".as_slice()), ("csv", "\u{feff}".as_bytes())] {
        let export = app.ok("bench.export", json!({ "platform": "kuaishou", "format": format })).await;
        assert_eq!(export["rows"], 1);
        let id = export["file"]["id"].as_str().unwrap();
        let bytes = app.get(&format!("/files/{id}")).send().await.unwrap().bytes().await.unwrap();
        assert!(bytes.starts_with(first));
        let table = stall_sheets::read(&bytes, "x", None).unwrap().table;
        let cells: Vec<String> = table.cells(1).map(|c| c.display().trim().to_owned()).collect();
        assert_eq!(cells, ["2600100000000001", "顺丰速运", "SF1234567890123"]);
    }
    let none = json!({ "platform": "douyin", "format": "csv" });
    assert_eq!(app.refused("bench.export", none).await, (409, "nothing_to_export".to_owned()));

    // What is left today, and undo: the parcel is not shipped, then not packed.
    let today = app.ok("today.get", json!({})).await;
    assert_eq!((&today["parcels_total"], &today["to_match_total"]), (&json!(1), &json!(0)));
    assert_eq!(app.ok("units.get", json!({ "id": unit })).await["row"]["status"], "shipped");
    app.ok("undo.undo", json!({})).await;
    assert_eq!(app.ok("units.get", json!({ "id": unit })).await["row"]["status"], "packed");
}

#[tokio::test]
async fn a_gb18030_csv_of_another_platform_is_recognised_and_read() {
    let app = start().await;
    app.unit(json!({ "stock_no": "0007", "model": "iPhone 13" })).await;
    let (fields, headers) = columns("douyin");
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let mut said = order("6917000000000000001", "2026-11-20 10:00:00", "0007");
    said.push(("sub_order_no", "6917000000000000001"));
    let csv = stall_sheets::write_csv(&names, &[row(&fields, &said)], CsvEncoding::Gb18030).unwrap();
    let file = app.stage("抖店.csv", csv).await;
    let judged = preview(&app, &file).await;
    assert_eq!((&judged["platform"], &judged["platform_detected"]), (&json!("douyin"), &json!(true)));
    let done = app.ok("orders.import_apply", json!({ "id": judged["id"] })).await;
    assert_eq!((&done["new"], &done["matched"]), (&json!(1), &json!(1)));
    let found = app.ok("orders.list", json!({ "text": "6917000000000000001" })).await;
    assert_eq!(found["rows"][0]["receiver"], "张**");
}

#[tokio::test]
async fn a_spreadsheet_of_units_is_judged_written_and_taken_back_as_one_step() {
    let app = start().await;
    let headers = ["编号", "型号", "IMEI", "成本", "标价"];
    let text = |cells: [&str; 5]| cells.map(|c| Value::Ident(c.into())).to_vec();
    let rows = vec![
        text(["0101", "iPhone 13", "490154203237518", "1800", "2299"]),
        text(["0102", "iPhone 14", "123456789012345", "2000", "2699"]),
    ];
    let bytes = stall_sheets::write_xlsx("库存", &headers, &rows).unwrap();
    let file = app.stage("库存.xlsx", bytes).await;
    let judged = app.ok("units.import_preview", json!({ "file": file })).await;
    assert_eq!((&judged["counts"]["new"], &judged["counts"]["refused"]), (&json!(1), &json!(1)), "{judged}");
    let input = json!({ "id": judged["id"], "verdicts": ["refused"], "after": 0, "limit": 10 });
    assert_eq!(app.ok("imports.rows", input).await["rows"][0]["error"]["code"], "imei_luhn");
    assert_eq!(app.ok("units.import_apply", json!({ "id": judged["id"] })).await["new"], 1);
    assert_eq!(app.ok("units.list", json!({})).await["rows"][0]["cost"], 180_000);
    app.ok("undo.undo", json!({})).await;
    assert_eq!(app.ok("units.list", json!({})).await["total"], 0);
}
