#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::api::{Aftersale, LineKind, OrderStatus};
use crate::spreadsheet::Cell;
use crate::{ErrorCode, Fen, Id, datetime};

/// A Kuaishou export of all 64 columns; each row gives only the fields it cares for.
fn kuaishou(rows: &[&[(&str, &str)]]) -> Table {
    table("kuaishou", rows)
}

fn table(platform: &str, rows: &[&[(&str, &str)]]) -> Table {
    let fields: Vec<(&String, &Vec<String>)> = platforms::platform(platform).unwrap().fields.iter().collect();
    let mut all: Vec<Vec<String>> = vec![fields.iter().map(|(_, alts)| alts[0].clone()).collect()];
    for row in rows {
        let value = |f: &str| row.iter().find(|(k, _)| *k == f).map_or("-", |(_, v)| v).to_owned();
        all.push(fields.iter().map(|(f, _)| value(f)).collect());
    }
    Table::from_texts(&all)
}

const PAID: &[(&str, &str)] = &[
    ("order_no", "2633100012345678"),
    ("created_at", "2026-11-24 19:58:00"),
    ("paid_at", "2026-11-24 20:01:02"),
    ("status", "待发货"),
    ("paid_amount", "¥1,299.90"),
    ("freight", "￥0"),
    ("quantity", "1"),
    ("seller_note", "编号0371"),
    ("ship_deadline", "2026-11-26 20:01:02"),
    ("item_title", "【0371】iPhone 13 128G"),
    ("sku_code", "0371"),
    ("unit_price", "1299.9"),
    ("receiver_name", "张三丰"),
    ("receiver_phone", "13812343318"),
    ("province", "湖北省"),
    ("city", "武汉市"),
    ("address", "洪山区珞喻路1号"),
];

fn but(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = PAID.iter().copied().filter(|(k, _)| !changes.iter().any(|(c, _)| c == k));
    kept.chain(changes.iter().copied()).collect()
}

fn read(t: &Table, platform: Option<&str>) -> OrderFile {
    read_orders(t, &open(t, platform, None).unwrap(), "一号店")
}

fn one(row: &[(&str, &str)]) -> OrderDraft {
    let file = read(&kuaishou(&[row]), None);
    assert!(file.refused.is_empty(), "{:?}", file.refused);
    file.orders.into_iter().next().unwrap()
}

fn refused(row: &[(&str, &str)]) -> AppError {
    let file = read(&kuaishou(&[row]), None);
    assert!(file.orders.is_empty());
    file.refused[0].error.clone()
}

#[test]
fn a_kuaishou_export_of_64_columns_is_known_and_read() {
    let t = kuaishou(&[PAID]);
    assert_eq!(t.width(0), 64);
    let layout = open(&t, None, None).unwrap();
    assert_eq!((layout.platform.as_str(), layout.detected), ("kuaishou", true));
    let o = one(PAID);
    assert_eq!(o.id, Id::of_order("kuaishou", "一号店", "2633100012345678"));
    assert_eq!((o.status, o.aftersale), (OrderStatus::ToShip, Aftersale::None));
    assert_eq!((o.paid, o.freight), (Some(Fen(129_990)), Some(Fen(0))));
    assert_eq!(o.paid_at.map(datetime::format).as_deref(), Some("2026-11-24 20:01:02"));
    assert_eq!(o.ship_deadline.map(datetime::format).as_deref(), Some("2026-11-26 20:01:02"));
    assert_eq!((o.receiver_name.as_str(), o.district.as_str(), o.carrier.as_str()), ("张三丰", "", ""));
    let l = &o.lines[0];
    assert_eq!((l.row, l.kind, l.unit_price, l.sku_code.as_str()), (2, LineKind::Unit, Some(Fen(129_990)), "0371"));
    assert_eq!(l.id, o.line_id(0));
}

#[test]
fn a_number_cell_for_an_order_number_is_refused_with_its_row() {
    let mut t = kuaishou(&[]);
    let column = (0..64).find(|c| t.cell(0, *c) == Cell::Text("订单号")).unwrap();
    for (row, n) in [(2, 6.917_926_768_823_643e18), (3, 1.5), (4, 263_310_001_234_567.0)] {
        t.pad_to(column);
        t.push(Cell::Number(n));
        t.pad_to((0..64).find(|c| t.cell(0, *c) == Cell::Text("订单状态")).unwrap().max(column + 1));
        t.end_row(row);
    }
    let file = read(&t, Some("kuaishou"));
    let codes: Vec<_> = file.refused.iter().map(|r| (r.row, r.error.code)).collect();
    assert_eq!(codes[..2], [(2, ErrorCode::OrderNoFloat), (3, ErrorCode::OrderNoFloat)]);
    assert_eq!(file.refused[0].error.args["column"], "订单号");
    // 15 digits are all there: refused only for its blank status.
    assert_eq!(codes[2], (4, ErrorCode::StatusUnknown));
    assert_eq!(file.refused[2].key, "263310001234567");
}

#[test]
fn every_refusal_names_row_column_and_value() {
    for (field, value, code, column) in [
        ("order_no", "6.9179E+18", ErrorCode::OrderNoFloat, "订单号"),
        ("order_no", "", ErrorCode::OrderNoMissing, "订单号"),
        ("tracking_no", "7.73123E+14", ErrorCode::IdentifierFloat, "快递单号"),
        ("paid_amount", "一千", ErrorCode::AmountInvalid, "实付款"),
        ("paid_amount", "-5", ErrorCode::AmountInvalid, "实付款"),
        ("unit_price", "12.345", ErrorCode::AmountInvalid, "商品单价"),
        ("paid_at", "昨天", ErrorCode::DateInvalid, "订单支付时间"),
        ("quantity", "0", ErrorCode::QuantityInvalid, "成交数量"),
        ("status", "神秘", ErrorCode::StatusUnknown, "订单状态"),
    ] {
        let e = refused(&but(&[(field, value)]));
        let args = (e.args["row"].as_str(), e.args["column"].as_str(), e.args["value"].as_str());
        assert_eq!((e.code, args), (code, ("2", column, value)), "{field}");
    }
}

#[test]
fn closed_without_payment_was_never_paid_and_after_payment_it_was() {
    assert!(one(&but(&[("status", "交易关闭"), ("paid_at", "-")])).from.never_paid);
    assert!(!one(&but(&[("status", "交易关闭"), ("aftersale_status", "退款成功")])).from.never_paid);
    assert!(!one(&but(&[("status", "交易关闭")])).from.never_paid);
    assert!(!one(&but(&[("status", "待付款"), ("paid_at", "-")])).from.never_paid);
}

#[test]
fn carriers_ciphertext_and_rounded_numbers_are_kept_for_what_they_are() {
    let o = one(&but(&[
        ("carrier", "顺丰"),
        ("tracking_no", "sf1234567890123"),
        ("receiver_phone", "$$x"),
        ("receiver_name", "##y"),
    ]));
    assert_eq!((o.carrier.as_str(), o.tracking_no.as_str()), ("shunfeng", "SF1234567890123"));
    assert_eq!((o.receiver_phone.as_str(), o.receiver_name.as_str()), ("$$x", "##y"));
    assert_eq!(one(&but(&[("carrier", "某某快递")])).carrier, "某某快递");
    let o = one(&but(&[("order_no", "6917926768823640000")]));
    assert_eq!(o.from.notes[0].key, "order_no_rounded");
    assert!(one(PAID).from.notes.is_empty());
}

#[test]
fn a_promise_of_a_day_runs_to_its_end() {
    let o = one(&but(&[("ship_deadline", "2026/11/26")]));
    assert_eq!(o.ship_deadline.map(datetime::format).as_deref(), Some("2026-11-26 23:59:59"));
}

#[test]
fn a_row_repeated_is_refused_once_and_the_later_state_counts() {
    let shipped = but(&[("status", "已发货")]);
    let file = read(&kuaishou(&[PAID, &shipped]), None);
    assert_eq!((file.orders.len(), file.orders[0].lines.len()), (1, 1));
    assert_eq!(file.orders[0].status, OrderStatus::Shipped);
    let e = &file.refused[0].error;
    assert_eq!((e.code, e.args["row"].as_str(), e.args["other"].as_str()), (ErrorCode::RowRepeated, "3", "2"));
}

#[test]
fn half_an_order_is_refused_whole() {
    let other = but(&[("item_title", "小米14"), ("sku_code", "0372"), ("paid_amount", "多少")]);
    for rows in [[PAID, &other], [&other, PAID]] {
        let file = read(&kuaishou(&rows), None);
        assert!(file.orders.is_empty());
        let codes: Vec<_> = file.refused.iter().map(|r| r.error.code).collect();
        assert!(codes.contains(&ErrorCode::AmountInvalid) && codes.contains(&ErrorCode::OrderRowRefused), "{codes:?}");
    }
}

#[test]
fn rows_of_one_order_become_lines_with_their_own_rows() {
    let t = Table::from_texts(&[
        vec!["订单号", "商品", "机器编号", "金额", "状态"],
        vec!["A1", "iPhone 13", "0371", "100", "待发货"],
        vec!["A2", "小米14", "0380", "50", "待发货"],
        vec!["A1", "数据线", "", "20", "待发货"],
    ]);
    let file = read(&t, None);
    assert_eq!((file.rows, file.orders.len()), (3, 2));
    let o = &file.orders[0];
    assert_eq!(
        o.lines.iter().map(|l| (l.row, l.line, l.kind)).collect::<Vec<_>>(),
        [(2, 0, LineKind::Unit), (4, 1, LineKind::Accessory)]
    );
    assert_ne!(o.lines[0].id, o.lines[1].id);
    assert_eq!((o.paid, o.from.notes[0].key.as_str()), (Some(Fen(12_000)), "paid_summed"));
}

#[test]
fn a_hand_made_sheet_with_a_title_and_no_status_is_read() {
    let t = Table::from_texts(&[
        vec!["十一月发货表"],
        vec!["单号", "品名", "串号", "成交价", "收件人", "电话", "收货地址", "快递单号"],
        vec![
            "1001",
            "iPhone 13",
            "490154203237518",
            "2299元",
            "李四",
            "'13800000000",
            "湖北省 武汉市 洪山区 珞喻路1号",
            "",
        ],
        vec!["1002", "小米14", "", "1999", "王五", "13900000000", "某处", "YT1234567890123"],
    ]);
    let layout = open(&t, None, None).unwrap();
    assert_eq!((layout.platform.as_str(), layout.detected), ("generic", false));
    let file = read_orders(&t, &layout, "");
    let (a, b) = (&file.orders[0], &file.orders[1]);
    assert_eq!(
        (a.receiver_phone.as_str(), a.province.as_str(), a.address.as_str()),
        ("13800000000", "湖北省", "珞喻路1号")
    );
    assert_eq!((a.lines[0].imei.as_str(), a.lines[0].row), ("490154203237518", 3));
    assert_eq!((a.status, b.status), (OrderStatus::ToShip, OrderStatus::Shipped));
    assert_eq!(a.from.notes[0].key, "status_assumed");
    assert!(!a.from.has.contains("status") && a.from.has.contains("imei"));
}

#[test]
fn a_file_without_order_numbers_is_refused_as_a_whole() {
    let t = Table::from_texts(&[vec!["商品", "金额"], vec!["x", "1"]]);
    let e = open(&t, None, None).unwrap_err();
    assert_eq!((e.code, e.args["column"].as_str()), (ErrorCode::SheetColumnMissing, "订单号"));
    let m = Mapping::from([("order_no".to_owned(), "商品".to_owned())]);
    assert_eq!(open(&t, None, Some(&m)).unwrap().platform, "generic");
}

#[test]
fn douyin_tabs_packed_parcels_and_sub_orders_are_read() {
    let row = |sub: &'static str, status: &'static str| {
        vec![
            ("order_no", "\t6917926768823643751"),
            ("sub_order_no", sub),
            ("status", status),
            ("item_title", "iPhone 13"),
            ("paid_amount", "1,299.00"),
            ("logistics", "YT1234567890123-圆通速递"),
            ("paid_at", "2026-11-24 20:00"),
            ("quantity", "1"),
        ]
    };
    let (a, b) = (row("\t111", "已发货"), row("\t222", "待发货"));
    let file = read(&table("douyin", &[&a, &b]), None);
    assert!(file.refused.is_empty(), "{:?}", file.refused);
    let o = &file.orders[0];
    assert_eq!((o.platform.as_str(), o.order_no.as_str(), o.lines.len()), ("douyin", "6917926768823643751", 2));
    assert_eq!((o.carrier.as_str(), o.tracking_no.as_str()), ("yuantong", "YT1234567890123"));
    assert_eq!((o.status, o.paid), (OrderStatus::PartShipped, Some(Fen(259_800))));
    assert_eq!(o.lines[1].id, Id::of_line("douyin", "一号店", &o.order_no, "222"));
    let packed = row("111;222", "待发货");
    let file = read(&table("douyin", &[&packed]), None);
    assert_eq!(
        file.orders[0].lines.iter().map(|l| l.id).collect::<Vec<_>>(),
        o.lines.iter().map(|l| l.id).collect::<Vec<_>>()
    );
}

#[test]
fn taobao_and_pinduoduo_quirks_are_undone() {
    let taobao = [
        ("order_no", "=\"1234567890123456789\""),
        ("receiver_phone", "'13800000000"),
        ("status", "买家已付款，等待卖家发货"),
        ("address", "浙江省 杭州市 西湖区 文三路1号(310000)"),
        ("paid_amount", "1299元"),
        ("aftersale_status", "没有申请退款"),
        ("quantity", "1"),
    ];
    let o = read(&table("taobao", &[&taobao]), None).orders.remove(0);
    assert_eq!((o.order_no.as_str(), o.receiver_phone.as_str()), ("1234567890123456789", "13800000000"));
    assert_eq!((o.city.as_str(), o.district.as_str(), o.status), ("杭州市", "西湖区", OrderStatus::ToShip));
    let pdd = [
        ("order_no", "241124-123456789012345"),
        ("status", "未发货，退款成功"),
        ("quantity", "1"),
        ("paid_at", "2026-11-24 20:00"),
    ];
    let o = read(&table("pinduoduo", &[&pdd]), None).orders.remove(0);
    assert_eq!(
        (o.order_no.as_str(), o.status, o.aftersale),
        ("241124-123456789012345", OrderStatus::Closed, Aftersale::Refunded)
    );
}

#[test]
fn the_same_file_read_twice_gives_the_same_ids() {
    let t = kuaishou(&[PAID, &but(&[("order_no", "2633100012345679")])]);
    assert_eq!(read(&t, None).orders, read(&t, None).orders);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_cell_makes_reading_panic_and_every_row_is_accounted_for(
        rows in prop::collection::vec(prop::collection::vec("[-=' ;,.0-9E+¥元/:#$待发货线送A-Z]{0,14}", 8), 1..12),
    ) {
        let head = ["订单号", "订单状态", "实付款", "订单支付时间", "成交数量", "商品名称", "SKU编码", "收货地址"];
        let mut all = vec![head.map(str::to_owned).to_vec()];
        all.extend(rows);
        let t = Table::from_texts(&all);
        if let Ok(layout) = open(&t, Some("kuaishou"), None) {
            let file = read_orders(&t, &layout, "");
            let lines: usize = file.orders.iter().map(|o| o.lines.len()).sum();
            prop_assert_eq!(lines + file.refused.len(), file.rows as usize);
        }
    }
}
