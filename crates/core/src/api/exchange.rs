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

/// What a set of pictures is put into.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SetForm {
    /// A folder the person chooses (window only; a browser gets a zip).
    Folder,
    #[default]
    Zip,
    /// One picture of up to nine for each unit.
    Grid,
}

/// How large pictures leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SetSize {
    /// Long side at most 1600.
    #[default]
    View,
    /// As large as they were taken.
    Original,
    /// The whole picture on a white square of 1080.
    Square,
}

/// How a set of pictures is made; the last choice of each role is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct SetHow {
    pub form: SetForm,
    pub size: SetSize,
    /// Stamp the stall's watermark on them.
    pub watermark: bool,
    /// Grid: a line with number, model, grade and price below.
    pub strip: bool,
    /// Of the views' names in file names, and of the strip.
    pub language: SheetLanguage,
}

/// Pictures of units as files for chat and platforms. Never holds a cost, a floor price or a buyer.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct PhotosExport {
    /// Picked units; else those of the show; else what the query finds.
    pub unit_ids: Vec<Id>,
    pub show_id: Option<Id>,
    pub query: UnitQuery,
    pub how: SetHow,
}

/// Where a watermark stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MarkPlace {
    /// Bottom right.
    #[default]
    Corner,
    /// Slanting, all over.
    Tiled,
}

/// The stall's watermark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Watermark {
    pub place: MarkPlace,
    /// Words; `{stall}` and `{no}` stand for the stall's name and the unit's number.
    pub text: String,
    /// PNG as base64, used in place of the words.
    pub logo: Option<String>,
    /// Percent, 5 to 100.
    pub opacity: u8,
    /// Height of the words in percent of the picture's shorter side, 2 to 20.
    pub size: u8,
}

/// A picture to look at before anything is exported.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SetPreviewInput {
    /// `null` takes any unit with photographs.
    pub unit_id: Option<Id>,
    pub how: SetHow,
    /// A watermark to try in place of the stall's own.
    #[serde(default)]
    pub mark: Option<Watermark>,
    /// As large as it will be (for the clipboard), else small.
    #[serde(default)]
    pub full: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SetPreview {
    /// A JPEG as `data:` address; `null` when there is no photograph.
    pub url: Option<String>,
    pub width: u32,
    pub height: u32,
    /// Photographs of the unit.
    pub photos: u32,
}

/// How the last set of pictures was made.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SetChoices {
    pub last: SetHow,
    pub watermark: Watermark,
}
