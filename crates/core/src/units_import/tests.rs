#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const HEAD: [&str; 14] =
    ["编号", "机型", "容量", "颜色", "IMEI", "序列号", "成色", "电池", "标价", "成本", "货位", "瑕疵", "标签", "备注"];
const GOOD: [&str; 14] = [
    "0371",
    "iPhone 13",
    "128",
    "午夜色",
    "490154203237518",
    "SF2LXK0ABCD12",
    "99新",
    "92%",
    "¥2,299",
    "1800.5",
    "A-3",
    "边框磕碰；屏幕细划",
    "国行、换电池",
    "-",
];

fn row(cells: &[&str]) -> Result<(UnitPatch, Vec<AppNote>), AppError> {
    let t = Table::from_texts(&[HEAD.to_vec(), cells.to_vec()]);
    read_row(&t, &open(&t, None).unwrap(), 1)
}
fn with(column: &str, value: &str) -> Result<(UnitPatch, Vec<AppNote>), AppError> {
    let mut cells = GOOD;
    cells[HEAD.iter().position(|h| *h == column).unwrap()] = value;
    row(&cells)
}

#[test]
fn a_full_row_is_read() {
    let (p, notes) = row(&GOOD).unwrap();
    assert!(notes.is_empty());
    assert_eq!(p.stock_no.as_deref(), Some("0371"));
    assert_eq!((p.brand.as_deref(), p.category), (Some("Apple"), Some(Category::Phone)));
    assert_eq!(p.storage.as_deref(), Some("128GB"));
    assert_eq!(p.serial.as_deref(), Some("F2LXK0ABCD12"));
    assert_eq!((p.grade.as_deref(), p.battery), (Some("A1"), Some(Some(92))));
    assert_eq!((p.price_list, p.cost), (Some(Some(Fen(229_900))), Some(Some(Fen(180_050)))));
    assert_eq!(p.flaws.as_deref(), Some("边框磕碰\n屏幕细划"));
    assert_eq!(p.badges, Some(vec!["国行".to_owned(), "换电池".to_owned()]));
    assert_eq!((p.note, p.price_live), (None, None));
}

#[test]
fn english_headers_map_too() {
    let t = Table::from_texts(&[vec!["Stock No", "Model", "Serial Number", "List Price"], vec!["1", "x", "", "2"]]);
    let m = open(&t, None).unwrap().mapping;
    assert_eq!(m.keys().map(String::as_str).collect::<Vec<_>>(), ["model", "price_list", "serial", "stock_no"]);
}

#[test]
fn a_sheet_that_names_no_unit_is_refused() {
    let t = Table::from_texts(&[vec!["颜色", "成色"], vec!["黑", "99新"]]);
    assert_eq!(open(&t, None).unwrap_err().code, ErrorCode::SheetColumnMissing);
    let gone = Mapping::from([("model".to_owned(), "甲".to_owned())]);
    assert_eq!(open(&t, Some(&gone)).unwrap_err().args["column"], "甲");
}

#[test]
fn a_bad_cell_says_row_column_and_reason() {
    for (column, value, code) in [
        ("IMEI", "352099081234563", ErrorCode::ImeiLuhn),
        ("IMEI", "123", ErrorCode::ImeiLength),
        ("IMEI", "4.90154E+14", ErrorCode::IdentifierFloat),
        ("序列号", "A1", ErrorCode::SerialInvalid),
        ("编号", "1234567890", ErrorCode::StockNoInvalid),
        ("成色", "很新", ErrorCode::GradeUnknown),
        ("电池", "120%", ErrorCode::BatteryInvalid),
        ("电池", "好", ErrorCode::BatteryInvalid),
        ("标价", "面议", ErrorCode::PriceInvalid),
        ("成本", "-5", ErrorCode::PriceInvalid),
        ("标价", "12.345", ErrorCode::PriceInvalid),
    ] {
        let e = with(column, value).unwrap_err();
        assert_eq!((e.code, e.args["row"].as_str(), e.args["column"].as_str()), (code, "2", column), "{value}");
    }
    assert_eq!(with("IMEI", "352099081234563").unwrap_err().args["expected"], "5");
    assert_eq!(with("备注", &"长".repeat(LONG_MAX + 1)).unwrap_err().code, ErrorCode::FieldTooLong);
    assert_eq!(row(&["", "", "128"]).unwrap_err().code, ErrorCode::NameMissing);
}

#[test]
fn number_cells_are_taken_while_every_digit_is_there() {
    let mut t = Table::from_texts(&[["IMEI", "机型", "电池", "标价"]]);
    for (imei, battery) in [(490_154_203_237_518.0, 0.92), (4_901_542_032_375_180.0, 92.0)] {
        t.push(Cell::Number(imei));
        t.push(Cell::Text("iPhone 13"));
        t.push(Cell::Number(battery));
        t.push(Cell::Number(2299.9));
        t.end_row(2);
    }
    let layout = open(&t, None).unwrap();
    let (p, _) = read_row(&t, &layout, 1).unwrap();
    assert_eq!(
        (p.imei.as_deref(), p.battery, p.price_list),
        (Some("490154203237518"), Some(Some(92)), Some(Some(Fen(229_990))))
    );
    assert_eq!(read_row(&t, &layout, 2).unwrap_err().code, ErrorCode::IdentifierFloat);
}

#[test]
fn the_same_row_again_changes_nothing_and_another_names_its_changes() {
    let (p, _) = row(&GOOD).unwrap();
    assert_eq!(verdict(None, &p).0, Verdict::New);
    assert_eq!(verdict(Some(&p), &p), (Verdict::Same, vec![]));
    let (q, _) = with("标价", "2199").unwrap();
    let (v, changes) = verdict(Some(&p), &q);
    assert_eq!(v, Verdict::Changed);
    assert_eq!(changes, [FieldChange { field: "price_list".into(), old: "2299".into(), new: "2199".into() }]);
    let (blank, _) = with("标价", "").unwrap();
    assert_eq!(verdict(Some(&p), &blank).0, Verdict::Same);
}

#[test]
fn storages_are_written_one_way() {
    for (a, b) in [
        ("128", "128GB"),
        ("128g", "128GB"),
        ("256 GB", "256GB"),
        ("1t", "1TB"),
        ("8+256", "8+256"),
        ("1", "1"),
        ("标准", "标准"),
    ] {
        assert_eq!(storage(a), b);
    }
}
