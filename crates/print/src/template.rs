//! Layouts of labels, as they stand in `assets/data/labels.json`.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;
use stall_core::{
    AppResult,
    labels::{DATA, LabelWords},
};

use crate::broken;

/// A word of the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    StockNo,
    Model,
    Spec,
    Grade,
    Battery,
    Price,
    Shelf,
    Name,
    Stall,
    /// What the bars say, for people.
    Code,
}

/// A row of words, or the bars.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Row {
    pub left: Vec<What>,
    pub right: Vec<What>,
    pub bars: bool,
    /// Most of what a row of capitals takes, least of what bars take.
    pub height: f32,
    /// Most of what bars take when there is room.
    pub grow: f32,
    pub em: f32,
    pub min: f32,
    pub lines: usize,
    pub bold: bool,
    pub centre: bool,
    /// Only capitals and digits: no room is kept for what hangs below the line.
    pub caps: bool,
    pub beside: bool,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            left: Vec::new(),
            right: Vec::new(),
            bars: false,
            height: 0.0,
            grow: 0.0,
            em: 3.0,
            min: 2.4,
            lines: 1,
            bold: false,
            centre: false,
            caps: false,
            beside: false,
        }
    }
}

/// A layout, in millimetres.
#[derive(Debug, Clone, Deserialize)]
pub struct Layout {
    pub pad: f32,
    pub gap: f32,
    /// Side of the QR code with its light border, at most.
    pub qr: f32,
    pub rows: Vec<Row>,
}

#[derive(Deserialize)]
struct File {
    layouts: HashMap<String, Layout>,
}

static LAYOUTS: LazyLock<Result<HashMap<String, Layout>, String>> =
    LazyLock::new(|| serde_json::from_str::<File>(DATA).map(|f| f.layouts).map_err(|e| e.to_string()));

/// A layout by name.
pub fn layout(name: &str) -> AppResult<&'static Layout> {
    let all = LAYOUTS.as_ref().map_err(broken)?;
    all.get(name).ok_or_else(|| broken(format!("no layout {name}")))
}

/// The text of a word; `code` is what the bars say.
pub fn text<'a>(what: What, w: &'a LabelWords, code: &'a str) -> &'a str {
    match what {
        What::StockNo => &w.stock_no,
        What::Model => &w.model,
        What::Spec => &w.spec,
        What::Grade => &w.grade,
        What::Battery => &w.battery,
        What::Price => &w.price,
        What::Shelf => &w.shelf,
        What::Name => &w.name,
        What::Stall => &w.stall,
        What::Code => code,
    }
}
