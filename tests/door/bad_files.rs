//! Files that cannot be read: each says why, none writes anything.

use serde_json::json;
use stall_sheets::{CsvEncoding, Value, write_csv, write_xlsx};

use crate::{
    app::{photo, start},
    path::{columns, row},
};

#[tokio::test]
async fn every_bad_order_file_gets_its_own_code_and_nothing_is_written() {
    let app = start().await;
    let before = app.written().await;
    let (fields, headers) = columns("kuaishou");
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let rows = vec![row(&fields, &[("order_no", "2600100000000001")])];
    let whole = write_xlsx("订单", &names, &rows).unwrap();
    let csv = write_csv(&names, &rows, CsvEncoding::Gb18030).unwrap();
    let mut torn = csv.clone();
    torn.extend_from_slice(&[0xff, 0xff, b'\n']);
    for (name, bytes, status, code) in [
        ("图片.xlsx", photo("ip11-white-back.jpg"), 415, "file_wrong_type"),
        ("手册.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), 415, "file_wrong_type"),
        ("空.csv", b"\r\n  \r\n".to_vec(), 422, "file_empty"),
        ("半个.xlsx", whole[..whole.len() / 2].to_vec(), 422, "file_damaged"),
        ("坏字.csv", torn, 422, "file_encoding"),
        ("无表头.csv", "1,2,3\n4,5,6\n".into(), 422, "sheet_no_header"),
    ] {
        let file = app.stage(name, bytes).await;
        let (got, body) = app.call("orders.import_preview", json!({ "file": file })).await;
        assert_eq!((got, &body["code"]), (status, &json!(code)), "{name}: {body}");
        assert_eq!(body["args"]["name"], name);
    }
    let absent = json!({ "file": "0193a5b0-0000-7000-8000-000000000000" });
    assert_eq!(app.refused("orders.import_preview", absent).await, (404, "file_missing".to_owned()));
    assert_eq!(app.written().await, before);
}

#[tokio::test]
async fn a_file_without_an_order_number_shows_its_columns_so_that_they_can_be_mapped() {
    let app = start().await;
    let csv = "订单状态,实付款,商品名称,单据\n待发货,10.00,手机,A100000001\n";
    let file = app.stage("缺列.csv", csv.into()).await;
    let judged = app.ok("orders.import_preview", json!({ "file": file })).await;
    assert_eq!((&judged["error"]["code"], &judged["rows"]), (&json!("sheet_column_missing"), &json!(0)));
    assert_eq!(judged["headers"], json!(["订单状态", "实付款", "商品名称", "单据"]));
    assert_eq!(app.refused("orders.import_apply", json!({ "id": judged["id"] })).await.0, 404);
    let mapping =
        json!({ "order_no": "单据", "status": "订单状态", "paid_amount": "实付款", "item_title": "商品名称" });
    let mapped = app.ok("orders.import_preview", json!({ "file": file, "mapping": mapping })).await;
    assert_eq!((&mapped["error"], &mapped["rows"]), (&json!(null), &json!(1)), "{mapped}");
}

#[tokio::test]
async fn an_order_number_that_excel_turned_into_a_float_refuses_its_row_alone() {
    let app = start().await;
    let (fields, headers) = columns("kuaishou");
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let said = |no| [("order_no", no), ("status", "待发货"), ("quantity", "1"), ("item_title", "二手手机")];
    let mut rows = vec![row(&fields, &said("2600100000000001")), row(&fields, &said(""))];
    let at = fields.iter().position(|f| *f == "order_no").unwrap();
    rows[1][at] = Value::Number(2.600_100_000_000_123e18);
    let file = app.stage("浮点.xlsx", write_xlsx("订单", &names, &rows).unwrap()).await;
    let judged = app.ok("orders.import_preview", json!({ "file": file })).await;
    assert_eq!((&judged["counts"]["new"], &judged["counts"]["refused"]), (&json!(1), &json!(1)), "{judged}");
    let input = json!({ "id": judged["id"], "verdicts": ["refused"], "after": 0, "limit": 10 });
    assert_eq!(app.ok("imports.rows", input).await["rows"][0]["error"]["code"], "order_no_float");
    let done = app.ok("orders.import_apply", json!({ "id": judged["id"] })).await;
    assert_eq!((&done["new"], &done["refused"]), (&json!(1), &json!(1)));
    assert_eq!(app.ok("orders.list", json!({})).await["total"], 1);
}
