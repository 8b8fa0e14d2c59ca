//! Rows back to xlsx or csv, safe to open: nothing is taken for a formula, no digit is lost.

use std::borrow::Cow;

use encoding_rs::GB18030;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use stall_core::{AppError, AppResult, ErrorCode};

/// A cell to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Empty,
    Text(String),
    /// A code whose every digit counts (order number, waybill, IMEI): always text.
    Ident(String),
    Number(f64),
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::Text(s.to_owned())
    }
}

/// Encoding of a csv.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvEncoding {
    /// UTF-8 with BOM, which Excel needs to know it.
    #[default]
    Utf8Bom,
    Gb18030,
}

/// A workbook of one sheet named `sheet`, headers in bold, kept in view.
///
/// # Errors
/// `FieldTooLong` for a text above Excel's 32,767 characters, `BadInput` for a sheet name Excel refuses, `Internal`.
pub fn write_xlsx(sheet: &str, headers: &[&str], rows: &[Vec<Value>]) -> AppResult<Vec<u8>> {
    build_xlsx(sheet, headers, rows).map_err(|e| match e {
        XlsxError::MaxStringLengthExceeded => AppError::new(ErrorCode::FieldTooLong).arg("limit", 32_767),
        e @ (XlsxError::SheetnameLengthExceeded(_)
        | XlsxError::SheetnameContainsInvalidCharacter(_)
        | XlsxError::SheetnameCannotBeBlank(_)) => AppError::new(ErrorCode::BadInput).detail(e),
        e => AppError::new(ErrorCode::Internal).detail(e),
    })
}

fn build_xlsx(name: &str, headers: &[&str], rows: &[Vec<Value>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    // `@`: Excel keeps the cell as text also when a person types into it.
    let as_text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (c, h) in (0u16..).zip(headers) {
        sheet.set_column_width(c, 18)?;
        sheet.write_string_with_format(0, c, *h, &bold)?;
    }
    for (r, row) in (1u32..).zip(rows) {
        for (c, value) in (0u16..).zip(row) {
            match value {
                Value::Empty => continue,
                Value::Text(t) => sheet.write_string(r, c, t)?,
                Value::Ident(t) => sheet.write_string_with_format(r, c, t, &as_text)?,
                Value::Number(n) => sheet.write_number(r, c, *n)?,
            };
        }
    }
    book.save_to_buffer()
}

/// A csv with CRLF lines.
///
/// A text that a spreadsheet would run as a formula gets an apostrophe before it. A long code gets a tab, as the
/// platforms themselves write it, so that Excel shows every digit; readers trim it.
///
/// # Errors
/// `Internal`.
pub fn write_csv(headers: &[&str], rows: &[Vec<Value>], encoding: CsvEncoding) -> AppResult<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
    let internal = |e: &dyn std::fmt::Display| AppError::new(ErrorCode::Internal).detail(e);
    writer.write_record(headers).map_err(|e| internal(&e))?;
    for row in rows {
        writer.write_record(row.iter().map(|v| csv_text(v).into_owned())).map_err(|e| internal(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| internal(&e))?;
    if encoding == CsvEncoding::Utf8Bom {
        return Ok([b"\xEF\xBB\xBF".as_slice(), &bytes].concat());
    }
    let text = String::from_utf8(bytes).map_err(|e| internal(&e))?;
    Ok(GB18030.encode(&text).0.into_owned())
}

fn csv_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Empty => Cow::Borrowed(""),
        Value::Number(n) => Cow::Owned(stall_core::spreadsheet::number_text(*n)),
        Value::Ident(t) if t.len() >= 12 && t.bytes().all(|b| b.is_ascii_digit()) => Cow::Owned(format!("\t{t}")),
        Value::Text(t) | Value::Ident(t) if runs_as_formula(t) => Cow::Owned(format!("'{t}")),
        Value::Text(t) | Value::Ident(t) => Cow::Borrowed(t),
    }
}

fn runs_as_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r', '\n'])
}
