use serde::{Deserialize, Serialize};

use crate::Id;

/// The words printed on a label are in this language, whatever the screen speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LabelLanguage {
    Zh,
    En,
}

/// What the bars (Code 128) say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LabelBars {
    None,
    StockNo,
    /// IMEI, else serial number or MEID; the stock number where there is none or it does not fit.
    Device,
}

/// What a label shows beside the stock number, model, storage and colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelShow {
    pub qr: bool,
    pub bars: LabelBars,
    pub grade: bool,
    pub battery: bool,
    /// The list price; never cost or floor.
    pub price: bool,
    pub shelf: bool,
}

/// What a label printer understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PrinterLanguage {
    Tspl,
    Zpl,
    Escpos,
}

/// Where a label printer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum PrinterAt {
    /// Raw bytes over TCP, port 9100 on nearly all.
    Network { host: String, port: u16 },
    /// A device file (`/dev/usb/lp0`), a port (`COM3`) or a Windows share (`\\DESK\Labels`).
    Device { path: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelPrinter {
    pub id: Id,
    pub name: String,
    pub language: PrinterLanguage,
    pub at: PrinterAt,
    /// Paper on the roll that is in it.
    pub paper: String,
    /// 203 or 300 dots an inch.
    pub dpi: u16,
    /// Between two labels of the roll, tenths of a millimetre; 0 is a roll without gaps.
    pub gap: u8,
    /// Moves the print right and down, tenths of a millimetre.
    pub shift_x: i8,
    pub shift_y: i8,
    /// 0 (light) to 15 (dark).
    pub darkness: u8,
}

/// How labels look and what prints them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelSettings {
    /// Paper of the PDF for the print dialogue.
    pub paper: String,
    /// Dots an inch the PDF of a single label is drawn for, so that bars fall on whole dots of a label printer.
    pub dpi: u16,
    pub language: LabelLanguage,
    pub show: LabelShow,
    pub printers: Vec<LabelPrinter>,
}

/// A paper labels are printed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelPaper {
    pub id: String,
    /// One label, millimetres.
    pub width: f32,
    pub height: f32,
    /// Columns and rows of a sheet; `null` for a roll.
    pub columns: Option<u8>,
    pub rows: Option<u8>,
}

/// Settings, and the papers there are.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelSetup {
    pub settings: LabelSettings,
    pub papers: Vec<LabelPaper>,
}

/// What labels are wanted.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum LabelWhat {
    Units {
        ids: Vec<Id>,
    },
    /// Places, by name.
    Shelves {
        names: Vec<String>,
    },
    /// A made-up unit, for a test print and the settings.
    Example,
}

/// One label as a picture.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelPreviewInput {
    pub what: LabelWhat,
    /// Which of them, from 0.
    pub index: u32,
    pub paper: String,
    pub dpi: u16,
    /// Settings being tried out; `null` for the stall's own.
    pub show: Option<LabelShow>,
    pub language: Option<LabelLanguage>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelPreview {
    /// `data:image/png;base64,…`, dot for dot as it prints.
    pub image: String,
    pub width: f32,
    pub height: f32,
    /// How many labels there are in all.
    pub count: u32,
    /// What the bars say where the code asked for does not fit; empty when all is as asked.
    pub instead: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LabelFormat {
    Pdf,
    /// One picture; several labels stand below each other.
    Png,
    Tspl,
    Zpl,
    Escpos,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelMake {
    pub what: LabelWhat,
    pub format: LabelFormat,
    pub paper: String,
    /// Of each label.
    pub copies: u8,
    /// First free place of a sheet that is partly used, from 0.
    pub start: u8,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelPrint {
    pub what: LabelWhat,
    /// One of the settings' printers.
    pub printer: Id,
    pub copies: u8,
}

/// Units in stock that were never labelled, or whose label says what is no longer so.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelsMissing {
    pub total: u32,
    /// Of them, units whose label says what is no longer so.
    pub changed: u32,
    /// Whether this stall has printed any label yet.
    pub used: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LabelMark {
    pub ids: Vec<Id>,
    /// False takes it back: the label came out badly.
    pub printed: bool,
}
