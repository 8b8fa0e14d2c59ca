//! A sheet of units, row by row.

use std::{path::Path, sync::Arc};

use stall_core::{
    AppResult,
    api::{CsvText, ExportForm, ExportHow, SheetLanguage},
    units_export::{Column, UnitRecord},
};
use stall_sheets::{CsvEncoding, SheetOut, Value};

pub(super) struct SheetFile {
    out: SheetOut,
    columns: Arc<[Column]>,
    language: SheetLanguage,
}

impl SheetFile {
    /// A csv when that is the form, else a workbook.
    pub fn create(path: &Path, how: &ExportHow, columns: &Arc<[Column]>) -> AppResult<Self> {
        let headers: Vec<&str> = columns.iter().map(|c| c.header(how.language)).collect();
        let encoding = match how.csv {
            CsvText::Utf8 => CsvEncoding::Utf8Bom,
            CsvText::Gb18030 => CsvEncoding::Gb18030,
        };
        let name = match how.language {
            SheetLanguage::Zh => "货架",
            SheetLanguage::En => "Stock",
        };
        let out = match how.form {
            ExportForm::Csv => SheetOut::csv(path, &headers, encoding)?,
            _ => SheetOut::xlsx(path, name, &headers)?,
        };
        Ok(Self { out, columns: columns.clone(), language: how.language })
    }

    pub fn row(&mut self, unit: &UnitRecord) -> AppResult<()> {
        let cells: Vec<Value> = self.columns.iter().map(|c| c.write(unit, self.language).into()).collect();
        self.out.row(&cells)
    }

    pub fn finish(self) -> AppResult<()> {
        self.out.finish()
    }
}
