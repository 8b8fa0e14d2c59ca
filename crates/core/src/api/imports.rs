use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::UnitRow;
use crate::{AppError, Fen, Id, Ms};

/// What a row of an import would do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Verdict {
    New,
    Changed,
    /// Orders only: several units fit, a person chooses.
    Choose,
    Refused,
    Same,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ImportFile {
    pub file: Id,
    /// Sheet name of a workbook; `null` takes the first with rows.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Field name -> header of the file; `null` lets the program guess or use the saved mapping.
    #[serde(default)]
    pub mapping: Option<BTreeMap<String, String>>,
    /// Orders: platform id; `null` detects it.
    #[serde(default)]
    pub platform: Option<String>,
    /// Orders: which shop of the platform; `null` takes the last used.
    #[serde(default)]
    pub shop: Option<String>,
}

/// A file read and judged; nothing has been written.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ImportPreview {
    /// Handle for `imports.rows` and the apply commands; lives until the next preview or exit.
    pub id: Id,
    pub file_name: String,
    pub sheets: Vec<String>,
    pub sheet: String,
    pub headers: Vec<String>,
    /// Header -> its first values that are not empty (at most three), for the mapping step. Columns that hold a
    /// receiver's name, phone or address are left out.
    pub samples: BTreeMap<String, Vec<String>>,
    /// Field name -> header.
    pub mapping: BTreeMap<String, String>,
    /// Every field that can be mapped, in order; the UI names them (`field.<name>`).
    pub fields: Vec<String>,
    /// True when the mapping was remembered from the last file of this shape.
    pub mapping_saved: bool,
    /// Orders: platform id and whether it was recognised by its headers.
    pub platform: Option<String>,
    pub platform_detected: bool,
    pub shop: String,
    pub rows: u32,
    /// Units: photographs in a zip, and how many of them the stall does not have yet.
    pub photos: u32,
    pub photos_new: u32,
    /// Counts by verdict name.
    pub counts: BTreeMap<String, u32>,
    /// Orders: rows whose line has no unit.
    pub unmatched: u32,
    pub first: Option<Ms>,
    pub last: Option<Ms>,
    /// `SheetColumnMissing` when the columns do not suffice: no row is judged then (`rows` 0, `counts` empty), but
    /// `headers`, `samples`, `fields` and `mapping` are there, so that a person can map the columns.
    pub error: Option<AppError>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ImportRowsInput {
    pub id: Id,
    /// Empty shows all.
    pub verdicts: Vec<Verdict>,
    /// Orders: only rows without a unit.
    #[serde(default)]
    pub unmatched: bool,
    /// Row number to start behind; 0 at first.
    pub after: u32,
    /// 1 to 500.
    pub limit: u32,
}

/// What changes in one field of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct FieldChange {
    pub field: String,
    pub old: String,
    pub new: String,
}

/// Why a unit was matched to an order row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MatchHow {
    /// Assigned before this import.
    Already,
    SkuCode,
    Title,
    SkuText,
    Note,
    Imei,
    ByHand,
    /// Accessory: needs none.
    Accessory,
}

/// One judged row of a file.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ImportRow {
    /// Row number in the file, as a spreadsheet shows it.
    pub row: u32,
    pub verdict: Verdict,
    /// Why it is refused.
    pub error: Option<AppError>,
    /// Things to look at that do not stop it (`import_note.<key>`), such as a status that would move backwards.
    pub notes: Vec<AppNote>,
    pub changes: Vec<FieldChange>,
    /// Stock number or order number.
    pub key: String,
    pub title: String,
    pub status: String,
    pub price: Option<Fen>,
    pub deadline: Option<Ms>,
    /// Orders: the unit it would lock.
    pub unit: Option<UnitRow>,
    pub how: Option<MatchHow>,
    /// Orders: units that fit, where `verdict` is `choose`.
    pub candidates: Vec<UnitRow>,
}

/// A translated remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct AppNote {
    pub key: String,
    pub args: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ImportRows {
    pub rows: Vec<ImportRow>,
    pub more: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ImportApply {
    pub id: Id,
    /// Row numbers the person left out.
    #[serde(default)]
    pub skip: Vec<u32>,
    /// Orders: row number -> unit chosen by hand.
    #[serde(default)]
    pub choose: BTreeMap<u32, Id>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ImportDone {
    pub new: u32,
    pub changed: u32,
    pub same: u32,
    pub refused: u32,
    pub skipped: u32,
    /// Orders: lines that got their unit.
    pub matched: u32,
    /// Units: photographs taken in with them.
    pub photos: u32,
}
