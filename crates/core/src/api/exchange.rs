use serde::{Deserialize, Serialize};

use super::UnitQuery;
use crate::Id;

/// What units are exported as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ExportForm {
    #[default]
    Xlsx,
    Csv,
    /// `units.xlsx`, the photographs and a manifest (docs/exchange.md).
    Zip,
}

/// Language of headers and words of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SheetLanguage {
    #[default]
    Zh,
    En,
}

/// Encoding of a csv.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CsvText {
    /// UTF-8 with BOM.
    #[default]
    Utf8,
    Gb18030,
}

/// Which files of the photographs go into a zip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ZipPhotos {
    /// The files as they were taken in: another stall gets the same photographs.
    #[default]
    Original,
    /// The made copies, long side 1600.
    View,
}

/// How an export is made; the last choice of each role is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct ExportHow {
    pub form: ExportForm,
    pub language: SheetLanguage,
    pub csv: CsvText,
    pub photos: ZipPhotos,
    /// Fields in the order of the columns; empty takes all.
    pub columns: Vec<String>,
}

/// An export of units.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct UnitExport {
    /// Picked units, in this order; empty takes what the query finds, in its order (`after` and `limit` are passed over).
    pub ids: Vec<Id>,
    pub query: UnitQuery,
    pub how: ExportHow,
}

/// What an export can be made of, and how it was made the last time.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ExportChoices {
    /// Every field the caller may export, in the usual order; the UI names them (`field.<name>`).
    pub fields: Vec<String>,
    pub last: ExportHow,
}
