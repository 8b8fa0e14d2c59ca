//! Rows back to xlsx or csv, safe to open: nothing is taken for a formula, no digit is lost.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use encoding_rs::GB18030;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use stall_core::{AppError, AppResult, ErrorCode, units_export::Written};

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

impl From<Written> for Value {
    fn from(w: Written) -> Self {
        match w {
            Written::Empty => Self::Empty,
            Written::Text(t) => Self::Text(t),
            Written::Ident(t) => Self::Ident(t),
            #[expect(clippy::cast_precision_loss, reason = "a price is far below 2^53")]
            Written::Yuan(f) => Self::Number(f.0 as f64 / 100.0),
        }
    }
}

/// A workbook of one sheet named `sheet`, headers in bold, kept in view.
///
/// # Errors
/// `FieldTooLong` for a text above Excel's 32,767 characters, `BadInput` for a sheet name Excel refuses, `Internal`.
pub fn write_xlsx(sheet: &str, headers: &[&str], rows: &[Vec<Value>]) -> AppResult<Vec<u8>> {
    let mut out = XlsxOut::new(sheet, headers, None)?;
    for row in rows {
        out.row(row)?;
    }
    out.book.save_to_buffer().map_err(refused)
}

fn refused(e: XlsxError) -> AppError {
    match e {
        XlsxError::MaxStringLengthExceeded => AppError::new(ErrorCode::FieldTooLong).arg("limit", 32_767),
        XlsxError::RowColumnLimitError => AppError::new(ErrorCode::SheetTooManyRows).arg("limit", 1_048_575),
        XlsxError::IoError(e) => AppError::from_io(&e),
        XlsxError::ZipError(zip::result::ZipError::Io(e)) => AppError::from_io(&e),
        e @ (XlsxError::SheetnameLengthExceeded(_)
        | XlsxError::SheetnameContainsInvalidCharacter(_)
        | XlsxError::SheetnameCannotBeBlank(_)) => AppError::new(ErrorCode::BadInput).detail(e),
        e => AppError::new(ErrorCode::Internal).detail(e),
    }
}

/// A workbook written row by row. Rows wait in a file in `temp`, not in memory.
struct XlsxOut {
    book: Workbook,
    as_text: Format,
    rows: u32,
}

impl XlsxOut {
    fn new(name: &str, headers: &[&str], temp: Option<&Path>) -> AppResult<Self> {
        let mut book = Workbook::new();
        if let Some(dir) = temp {
            book.set_tempdir(dir).map_err(refused)?;
        }
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet_with_constant_memory().map_err(refused)?;
        sheet.set_name(name).map_err(refused)?;
        sheet.set_freeze_panes(1, 0).map_err(refused)?;
        for (c, h) in (0u16..).zip(headers) {
            sheet.set_column_width(c, 18).map_err(refused)?;
            sheet.write_string_with_format(0, c, *h, &bold).map_err(refused)?;
        }
        // `@`: Excel keeps the cell as text also when a person types into it.
        Ok(Self { book, as_text: Format::new().set_num_format("@"), rows: 1 })
    }

    fn row(&mut self, row: &[Value]) -> AppResult<()> {
        let sheet = self.book.worksheet_from_index(0).map_err(refused)?;
        for (c, value) in (0u16..).zip(row) {
            let written = match value {
                Value::Empty => continue,
                Value::Text(t) => sheet.write_string(self.rows, c, t),
                Value::Ident(t) => sheet.write_string_with_format(self.rows, c, t, &self.as_text),
                Value::Number(n) => sheet.write_number(self.rows, c, *n),
            };
            written.map_err(refused)?;
        }
        self.rows += 1;
        Ok(())
    }
}

/// A csv with CRLF lines.
///
/// A text that a spreadsheet would run as a formula gets an apostrophe before it. A code that Excel would make a number
/// or a date of gets a tab, as the platforms themselves write it, so that Excel shows every digit; readers trim it.
///
/// # Errors
/// `Internal`.
pub fn write_csv(headers: &[&str], rows: &[Vec<Value>], encoding: CsvEncoding) -> AppResult<Vec<u8>> {
    let mut out = CsvOut::new(Vec::new(), headers, encoding)?;
    for row in rows {
        out.row(row)?;
    }
    Ok(out.to)
}

/// A csv written row by row.
struct CsvOut<W> {
    to: W,
    encoding: CsvEncoding,
    line: Vec<u8>,
}

impl<W: Write> CsvOut<W> {
    fn new(mut to: W, headers: &[&str], encoding: CsvEncoding) -> AppResult<Self> {
        if encoding == CsvEncoding::Utf8Bom {
            to.write_all(b"\xEF\xBB\xBF").map_err(|e| AppError::from_io(&e))?;
        }
        let mut out = Self { to, encoding, line: Vec::new() };
        out.record(headers.iter().map(|h| Cow::Borrowed(*h)))?;
        Ok(out)
    }

    fn row(&mut self, row: &[Value]) -> AppResult<()> {
        self.record(row.iter().map(csv_text))
    }

    fn record<'a>(&mut self, cells: impl Iterator<Item = Cow<'a, str>>) -> AppResult<()> {
        let internal = |e: &dyn std::fmt::Display| AppError::new(ErrorCode::Internal).detail(e);
        self.line.clear();
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut self.line);
        writer.write_record(cells.map(|c| c.into_owned())).map_err(|e| internal(&e))?;
        writer.flush().map_err(|e| internal(&e))?;
        drop(writer);
        let done = match self.encoding {
            CsvEncoding::Utf8Bom => self.to.write_all(&self.line),
            CsvEncoding::Gb18030 => {
                let text = std::str::from_utf8(&self.line).map_err(|e| internal(&e))?;
                self.to.write_all(&GB18030.encode(text).0)
            }
        };
        done.map_err(|e| AppError::from_io(&e))
    }
}

/// A sheet written row by row to a file, in little memory however long it is.
#[expect(missing_debug_implementations, reason = "holds a workbook of another crate")]
pub struct SheetOut {
    kind: Kind,
    path: PathBuf,
}

enum Kind {
    Xlsx(Box<XlsxOut>),
    Csv(Box<CsvOut<BufWriter<File>>>),
}

impl SheetOut {
    /// A workbook at `path`; what waits lies beside it.
    ///
    /// # Errors
    /// As [`write_xlsx`]; `DiskFull`, `FolderReadOnly`.
    pub fn xlsx(path: &Path, sheet: &str, headers: &[&str]) -> AppResult<Self> {
        let kind = Kind::Xlsx(Box::new(XlsxOut::new(sheet, headers, path.parent())?));
        Ok(Self { kind, path: path.to_owned() })
    }

    /// A csv at `path`.
    ///
    /// # Errors
    /// `DiskFull`, `FolderReadOnly`.
    pub fn csv(path: &Path, headers: &[&str], encoding: CsvEncoding) -> AppResult<Self> {
        let file = File::create(path).map_err(|e| AppError::from_io(&e))?;
        let kind = Kind::Csv(Box::new(CsvOut::new(BufWriter::new(file), headers, encoding)?));
        Ok(Self { kind, path: path.to_owned() })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// As [`SheetOut::xlsx`].
    pub fn row(&mut self, row: &[Value]) -> AppResult<()> {
        match &mut self.kind {
            Kind::Xlsx(out) => out.row(row),
            Kind::Csv(out) => out.row(row),
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// As [`SheetOut::xlsx`].
    pub fn finish(self) -> AppResult<()> {
        match self.kind {
            Kind::Xlsx(mut out) => {
                let file = File::create(&self.path).map_err(|e| AppError::from_io(&e))?;
                let mut to = BufWriter::new(file);
                out.book.save_to_writer(&mut to).map_err(refused)?;
                to.flush().map_err(|e| AppError::from_io(&e))
            }
            Kind::Csv(mut out) => out.to.flush().map_err(|e| AppError::from_io(&e)),
        }
    }
}

fn csv_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Empty => Cow::Borrowed(""),
        Value::Number(n) => Cow::Owned(stall_core::spreadsheet::number_text(*n)),
        Value::Ident(t) if excel_changes(t) => Cow::Owned(format!("\t{t}")),
        Value::Text(t) | Value::Ident(t) if runs_as_formula(t) => Cow::Owned(format!("'{t}")),
        Value::Text(t) | Value::Ident(t) => Cow::Borrowed(t),
    }
}

fn runs_as_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r', '\n'])
}

/// Codes that Excel would shorten, round or take for a date: `0371`, `490154203237518`, `12E3`, `MAR1`.
fn excel_changes(code: &str) -> bool {
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let power = || code.split_once(['E', 'e']).is_some_and(|(a, b)| digits(a) && digits(b));
    let date =
        || MONTHS.iter().any(|m| code.strip_prefix(m).is_some_and(digits) || code.strip_suffix(m).is_some_and(digits));
    (digits(code) && (code.len() >= 12 || (code.len() > 1 && code.starts_with('0')))) || power() || date()
}
