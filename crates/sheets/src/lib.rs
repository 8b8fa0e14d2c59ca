//! Spreadsheets in and out: bytes of xlsx, xls, csv or tsv to a plain table of cells, and rows back to xlsx or csv.
//!
//! What the cells mean is for `stall-core` to say. Everything here answers with a named error, never a panic.

mod sniff;
mod text;
mod workbook;
mod write;

use stall_core::spreadsheet::Table;
use stall_core::{AppError, AppResult, ErrorCode};

pub use write::{CsvEncoding, SheetOut, Value, write_csv, write_xlsx};

/// Most rows a sheet may have.
pub const MAX_ROWS: usize = 300_000;
/// Columns beyond this are left unread: nobody's export has so many, broken files do.
pub const MAX_COLUMNS: usize = 1_024;

/// A file read.
#[derive(Debug, Clone)]
pub struct Workbook {
    /// Names of all sheets; empty for csv.
    pub sheets: Vec<String>,
    /// The sheet read; empty for csv.
    pub sheet: String,
    pub table: Table,
}

/// Reads a spreadsheet. `sheet` names one of a workbook; `None` takes the first with rows.
///
/// # Errors
/// `FileEmpty`; `FileWrongType {kind, name}` for pictures, PDFs, web pages and other archives; `FileDamaged {name}`;
/// `FileEncoding {row}` where a byte is neither UTF-8 nor GB18030; `FileTooLarge`; `SheetNoRows`;
/// `SheetTooManyRows {limit}`; `NotFound {sheet}`.
pub fn read(bytes: &[u8], file_name: &str, sheet: Option<&str>) -> AppResult<Workbook> {
    let read = || match sniff::kind(bytes) {
        sniff::Kind::Empty => Err(AppError::new(ErrorCode::FileEmpty)),
        sniff::Kind::Xlsx => workbook::read_xlsx(bytes, sheet),
        sniff::Kind::Xls => workbook::read_xls(bytes, sheet),
        sniff::Kind::Text => {
            let table = text::read(bytes)?;
            Ok(Workbook { sheets: Vec::new(), sheet: String::new(), table })
        }
        sniff::Kind::Other(kind) => Err(AppError::new(ErrorCode::FileWrongType).arg("kind", kind)),
    };
    // A hostile workbook may hit an assertion in a parser; it must cost its own import only.
    let mut book = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(AppError::new(ErrorCode::FileDamaged).detail("parser panicked")))
        .map_err(|e| e.arg("name", file_name))?;
    if book.table.is_empty() {
        return Err(AppError::new(ErrorCode::SheetNoRows).arg("name", file_name));
    }
    book.table.finish();
    Ok(book)
}

fn too_many_rows() -> AppError {
    AppError::new(ErrorCode::SheetTooManyRows).arg("limit", MAX_ROWS)
}

#[cfg(test)]
mod tests;
