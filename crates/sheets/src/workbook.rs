//! xlsx (streamed) and old xls through calamine.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, Xls, XlsError, Xlsx};
use stall_core::spreadsheet::{Cell, Table};
use stall_core::{AppError, AppResult, ErrorCode};

use crate::{MAX_COLUMNS, MAX_ROWS, Workbook, too_many_rows};

/// Unpacked size beyond which an archive is not opened: shared strings are held in memory.
const MAX_UNPACKED: u64 = 1 << 30;
/// Days between Excel's two calendars.
const DAYS_1904: f64 = 1462.0;

pub fn read_xlsx(bytes: &[u8], sheet: Option<&str>) -> AppResult<Workbook> {
    check_archive(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets = worksheets(book.sheets_metadata());
    choose(sheets, sheet, |name| {
        let mut table = Table::default();
        let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
        let mut open: Option<u32> = None;
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            if open != Some(row) {
                if open.is_some_and(|o| row < o) {
                    return Err(AppError::new(ErrorCode::FileDamaged).arg("row", row + 1));
                }
                end_row(&mut table, open)?;
                open = Some(row);
            }
            let column = column as usize;
            if column >= MAX_COLUMNS {
                continue;
            }
            if column < table.open_len() {
                return Err(AppError::new(ErrorCode::FileDamaged).arg("row", row + 1));
            }
            table.pad_to(column);
            push(&mut table, cell.get_value());
        }
        end_row(&mut table, open)?;
        Ok(table)
    })
}

pub fn read_xls(bytes: &[u8], sheet: Option<&str>) -> AppResult<Workbook> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsError::Password => wrong("password"),
        // A .doc or a workbook under a password is an OLE container too.
        _ if contains_utf16(bytes, "EncryptedPackage") => wrong("password"),
        _ if contains_utf16(bytes, "WordDocument") => wrong("doc"),
        e => damaged(e),
    })?;
    let sheets = worksheets(book.sheets_metadata());
    choose(sheets, sheet, |name| {
        let range = book.worksheet_range(name).map_err(damaged)?;
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut table = Table::default();
        for (i, row) in range.rows().enumerate() {
            table.pad_to(left as usize);
            for cell in row.iter().take(MAX_COLUMNS) {
                push(&mut table, &as_ref(cell));
            }
            end_row(&mut table, Some(top.saturating_add(u32::try_from(i).unwrap_or(u32::MAX))))?;
        }
        Ok(table)
    })
}

/// Reads the named sheet, or the first that has rows.
fn choose(
    sheets: Vec<String>,
    sheet: Option<&str>,
    mut read: impl FnMut(&str) -> AppResult<Table>,
) -> AppResult<Workbook> {
    if let Some(name) = sheet {
        if !sheets.iter().any(|s| s == name) {
            return Err(AppError::new(ErrorCode::NotFound).arg("sheet", name));
        }
        let table = read(name)?;
        return Ok(Workbook { sheets, sheet: name.to_owned(), table });
    }
    for name in &sheets {
        let table = read(name)?;
        if !table.is_empty() {
            let sheet = name.clone();
            return Ok(Workbook { sheets, sheet, table });
        }
    }
    Err(ErrorCode::SheetNoRows.into())
}

fn worksheets(all: &[calamine::Sheet]) -> Vec<String> {
    all.iter().filter(|s| s.typ == SheetType::WorkSheet).map(|s| s.name.clone()).collect()
}

/// A half archive, one of something else, or one that unpacks to too much.
fn check_archive(bytes: &[u8]) -> AppResult<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.is_empty() {
        return Err(wrong("zip"));
    }
    let has = |name: &str| archive.file_names().any(|n| n.is_ok_and(|n| n.eq_ignore_ascii_case(name)));
    if !has("xl/workbook.xml") {
        let other = [
            ("xl/workbook.bin", "xlsb"),
            ("content.xml", "ods"),
            ("word/document.xml", "docx"),
            ("ppt/presentation.xml", "pptx"),
        ];
        return Err(wrong(other.iter().find(|(n, _)| has(n)).map_or("zip", |(_, kind)| kind)));
    }
    let mut unpacked = 0u64;
    for i in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(i).map_err(damaged)?.size());
    }
    if unpacked > MAX_UNPACKED {
        return Err(AppError::new(ErrorCode::FileTooLarge).arg("limit", "1 GB"));
    }
    Ok(())
}

fn end_row(table: &mut Table, row: Option<u32>) -> AppResult<()> {
    if let Some(row) = row {
        table.end_row(row.saturating_add(1));
    }
    if table.len() > MAX_ROWS { Err(too_many_rows()) } else { Ok(()) }
}

fn push(table: &mut Table, value: &DataRef<'_>) {
    match value {
        DataRef::Empty => table.push(Cell::Empty),
        #[expect(clippy::cast_precision_loss, reason = "the importer refuses long numbers as identifiers")]
        DataRef::Int(i) => table.push(Cell::Number(*i as f64)),
        DataRef::Float(n) => table.push(Cell::Number(*n)),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => table.push(Cell::Text(s)),
        DataRef::SharedString(s) => table.push(Cell::Text(s)),
        DataRef::Bool(b) => table.push(Cell::Bool(*b)),
        DataRef::DateTime(d) => table.push(Cell::Number(serial(d))),
        DataRef::Error(e) => table.push(Cell::Error(&e.to_string())),
    }
}

/// Days since 1899-12-30, also for workbooks that count from 1904.
fn serial(d: &ExcelDateTime) -> f64 {
    let n = d.as_f64();
    let from_1900 = [ExcelDateTimeType::DateTime, ExcelDateTimeType::TimeDelta]
        .into_iter()
        .any(|t| *d == ExcelDateTime::new(n, t, false));
    if from_1900 { n } else { n + DAYS_1904 }
}

fn as_ref(data: &Data) -> DataRef<'_> {
    match data {
        Data::Int(i) => DataRef::Int(*i),
        Data::Float(n) => DataRef::Float(*n),
        Data::String(s) => DataRef::SharedString(s),
        Data::Bool(b) => DataRef::Bool(*b),
        Data::DateTime(d) => DataRef::DateTime(*d),
        Data::DateTimeIso(s) | Data::DurationIso(s) => DataRef::SharedString(s),
        Data::Error(e) => DataRef::Error(e.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn contains_utf16(bytes: &[u8], text: &str) -> bool {
    let want: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(want.len()).any(|w| w == want)
}

fn damaged(e: impl std::fmt::Display) -> AppError {
    AppError::new(ErrorCode::FileDamaged).detail(e)
}

fn wrong(kind: &str) -> AppError {
    AppError::new(ErrorCode::FileWrongType).arg("kind", kind)
}
