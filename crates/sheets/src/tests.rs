#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook as Made};
use stall_core::headers::trim;
use stall_core::spreadsheet::Cell;
use stall_core::{ErrorCode, datetime};

use super::*;

fn code(bytes: &[u8]) -> ErrorCode {
    read(bytes, "订单.xlsx", None).unwrap_err().code
}

fn sample() -> Vec<u8> {
    let rows =
        vec![vec![Value::Ident("6917926768823643751".into()), Value::Number(1299.9), Value::Empty, "待发货".into()]];
    write_xlsx("订单", &["订单号", "金额", "空", "状态"], &rows).unwrap()
}

#[test]
fn a_workbook_comes_back_as_it_was_written() {
    let book = read(&sample(), "a.xlsx", None).unwrap();
    assert_eq!((book.sheets.as_slice(), book.sheet.as_str()), (&["订单".to_owned()][..], "订单"));
    let row: Vec<Cell<'_>> = book.table.cells(1).collect();
    let want = [Cell::Text("6917926768823643751"), Cell::Number(1299.9), Cell::Empty, Cell::Text("待发货")];
    assert_eq!(row, want);
    assert_eq!(book.table.row_number(1), 2);
}

#[test]
fn the_first_sheet_with_rows_is_taken_unless_one_is_named() {
    let mut made = Made::new();
    made.add_worksheet().set_name("空").unwrap();
    made.add_worksheet().set_name("一").unwrap().write(2, 1, "甲").unwrap();
    made.add_worksheet().set_name("二").unwrap().write(0, 0, "乙").unwrap();
    let bytes = made.save_to_buffer().unwrap();
    let book = read(&bytes, "a.xlsx", None).unwrap();
    assert_eq!((book.sheet.as_str(), book.sheets.len()), ("一", 3));
    assert_eq!((book.table.row_number(0), book.table.cell(0, 1)), (3, Cell::Text("甲")));
    assert_eq!(read(&bytes, "a.xlsx", Some("二")).unwrap().table.cell(0, 0), Cell::Text("乙"));
    assert_eq!(read(&bytes, "a.xlsx", Some("空")).unwrap_err().code, ErrorCode::SheetNoRows);
    assert_eq!(read(&bytes, "a.xlsx", Some("三")).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn numbers_dates_formulas_and_texts_keep_their_kind() {
    let mut made = Made::new();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let sheet = made.add_worksheet();
    let at = ExcelDateTime::from_ymd(2026, 11, 24).unwrap().and_hms(17, 5, 0).unwrap();
    sheet.write_with_format(0, 0, &at, &date).unwrap();
    sheet.write(0, 1, 6_917_926_768_823_643_751_f64).unwrap();
    sheet.write(0, 2, "6917926768823643751").unwrap();
    sheet.write(0, 3, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write(0, 4, "=1+1").unwrap();
    sheet.write(0, 5, true).unwrap();
    sheet.write_string(0, 6, "0371").unwrap();
    let t = read(&made.save_to_buffer().unwrap(), "a.xlsx", None).unwrap().table;
    let serial: f64 = t.cell(0, 0).display().parse().unwrap();
    assert!(matches!(t.cell(0, 0), Cell::Number(_)));
    assert_eq!(datetime::format(datetime::from_serial(serial).unwrap().at), "2026-11-24 17:05:00");
    assert_eq!(t.cell(0, 1), Cell::Number(6_917_926_768_823_643_751_f64));
    assert_eq!(t.cell(0, 2), Cell::Text("6917926768823643751"));
    assert_eq!(t.cell(0, 3).display(), "2");
    assert_eq!(t.cell(0, 5), Cell::Bool(true));
    assert_eq!(t.cell(0, 6), Cell::Text("0371"));
}

#[test]
fn an_empty_file_says_so() {
    assert_eq!(code(b""), ErrorCode::FileEmpty);
    assert_eq!(code(b"\xEF\xBB\xBF\r\n"), ErrorCode::FileEmpty);
}

#[test]
fn half_a_workbook_is_damaged_wherever_it_is_cut() {
    let bytes = sample();
    for part in [5, 30, bytes.len() / 4, bytes.len() / 2, bytes.len() - 10] {
        assert_eq!(code(&bytes[..part]), ErrorCode::FileDamaged, "{part} of {}", bytes.len());
    }
}

#[test]
fn other_files_are_named_whatever_they_are_called() {
    let kind = |bytes: &[u8]| {
        let e = read(bytes, "a.xlsx", None).unwrap_err();
        (e.code, e.args["kind"].clone())
    };
    let wrong = |k: &str| (ErrorCode::FileWrongType, k.to_owned());
    assert_eq!(kind(b"\xFF\xD8\xFF\xE0\0\x10JFIF"), wrong("jpeg"));
    assert_eq!(kind(b"%PDF-1.7\n"), wrong("pdf"));
    assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), wrong("png"));
    assert_eq!(kind("<html><table><tr><td>订单号</td></tr></table></html>".as_bytes()), wrong("html"));
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    assert_eq!(kind(&bytes), wrong("zip"));
}

#[test]
fn an_old_workbook_that_is_broken_is_damaged() {
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.extend([0u8; 600]);
    assert_eq!(code(&bytes), ErrorCode::FileDamaged);
}

#[test]
fn a_sheet_with_nothing_in_it_has_no_rows() {
    assert_eq!(code(&write_xlsx("a", &[], &[]).unwrap()), ErrorCode::SheetNoRows);
    assert_eq!(code(b",,,\n,,\n"), ErrorCode::SheetNoRows);
}

#[test]
fn too_many_rows_are_refused() {
    let text = "1,2\n".repeat(MAX_ROWS + 1);
    let e = read(text.as_bytes(), "a.csv", None).unwrap_err();
    assert_eq!((e.code, e.args["limit"].as_str()), (ErrorCode::SheetTooManyRows, "300000"));
    assert_eq!(read(&text.as_bytes()[4..], "a.csv", None).unwrap().table.len(), MAX_ROWS);
}

#[test]
fn a_csv_guards_formulas_and_keeps_every_digit() {
    let rows = vec![vec![
        Value::from("=cmd()"),
        Value::from("@a"),
        Value::Ident("253090001234567890".into()),
        Value::Number(-2.5),
    ]];
    let bytes = write_csv(&["a", "b", "c", "d"], &rows, CsvEncoding::Utf8Bom).unwrap();
    assert!(bytes.starts_with(b"\xEF\xBB\xBF"));
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.ends_with("'=cmd(),'@a,\t253090001234567890,-2.5\r\n"), "{text}");
    let t = read(&bytes, "a.csv", None).unwrap().table;
    let back: Vec<String> = t.cells(1).map(|c| trim(c.text().unwrap()).to_owned()).collect();
    assert_eq!(back, ["=cmd()", "@a", "253090001234567890", "-2.5"]);
}

#[test]
fn a_gb18030_csv_is_read_back() {
    let bytes = write_csv(&["订单号", "备注"], &[vec!["1".into(), "𠮷野家 €".into()]], CsvEncoding::Gb18030).unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
    assert_eq!(read(&bytes, "a.csv", None).unwrap().table.cell(1, 1), Cell::Text("𠮷野家 €"));
}

#[test]
fn a_text_too_long_for_a_cell_is_an_error_not_a_cut() {
    let e = write_xlsx("a", &["a"], &[vec![Value::Text("字".repeat(40_000))]]).unwrap_err();
    assert_eq!(e.code, ErrorCode::FieldTooLong);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_give_a_table_or_a_named_error(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes, "x", None);
    }

    #[test]
    fn a_workbook_with_any_byte_changed_does_not_panic(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = sample();
        let i = at.index(bytes.len());
        bytes[i] = to;
        let _ = read(&bytes, "x.xlsx", None);
    }

    #[test]
    fn texts_survive_both_formats(rows in prop::collection::vec(prop::collection::vec("[a-z0-9,;\"'=+@ 掌柜货\n-]{1,12}", 3), 1..8)) {
        let values: Vec<Vec<Value>> = rows.iter().map(|r| r.iter().map(|s| Value::Text(s.clone())).collect()).collect();
        let heads = ["甲", "乙", "丙"];
        for bytes in [write_xlsx("a", &heads, &values).unwrap(), write_csv(&heads, &values, CsvEncoding::Utf8Bom).unwrap()] {
            let t = read(&bytes, "x", None).unwrap().table;
            for i in 1..t.len() {
                let want = &rows[t.row_number(i) as usize - 2];
                for (c, w) in want.iter().enumerate() {
                    let got = t.cell(i, c).display();
                    prop_assert!(trim(&got) == trim(w) || trim(got.strip_prefix('\'').unwrap_or(&got)) == trim(w), "{got:?} {w:?}");
                }
            }
        }
    }
}
