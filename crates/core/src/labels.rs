//! What a label says: words from a unit's facts, the codes on it, and which of the facts a later change would belie.
//!
//! Cost, floor price and buyers have no way in: [`LabelFacts`] does not hold them.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    AppError, ErrorCode, Fen, Id,
    api::{LabelBars, LabelLanguage, LabelPaper, LabelSettings, LabelShow},
    grades,
};

/// What stands before a place's name in its code: the router knows it from a stock number by that.
pub const SHELF: &str = "SHELF:";
/// Labels of one order at most.
pub const MAX_LABELS: usize = 2_000;
/// Resolutions of label printers.
pub const DPIS: [u16; 2] = [203, 300];
const SHELF_MAX: usize = 40;

/// What a label may tell of a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelFacts {
    pub unit: Option<Id>,
    pub stock_no: String,
    pub model: String,
    pub storage: String,
    pub colour: String,
    /// Grade id.
    pub grade: Option<String>,
    pub battery: Option<u8>,
    pub price: Option<Fen>,
    /// IMEI, else serial number, else MEID; empty when there is none.
    pub code: String,
    pub shelf: String,
}

/// The words and codes of one label, ready to be laid out. What is empty is not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelWords {
    pub stock_no: String,
    pub model: String,
    pub spec: String,
    pub grade: String,
    pub battery: String,
    pub price: String,
    pub shelf: String,
    /// A place's name and the stall's: only on labels of places.
    pub name: String,
    pub stall: String,
    pub qr: String,
    /// What the bars may say, the wish first; the first that fits is taken.
    pub bars: Vec<String>,
}

/// A label of a unit.
#[must_use]
pub fn unit_words(f: &LabelFacts, show: &LabelShow, language: LabelLanguage) -> LabelWords {
    let some = |wanted: bool, text: String| if wanted { text } else { String::new() };
    let spec = [f.storage.as_str(), f.colour.as_str()].iter().filter(|s| !s.is_empty()).copied().collect::<Vec<_>>();
    let battery = f.battery.map_or_else(String::new, |n| match language {
        LabelLanguage::Zh => format!("电池{n}%"),
        LabelLanguage::En => format!("Batt. {n}%"),
    });
    let mut bars = match show.bars {
        LabelBars::None => Vec::new(),
        LabelBars::StockNo => vec![f.stock_no.clone()],
        LabelBars::Device => vec![f.code.clone(), f.stock_no.clone()],
    };
    bars.retain(|b| !b.is_empty() && b.bytes().all(|c| c.is_ascii_graphic()));
    LabelWords {
        stock_no: f.stock_no.clone(),
        model: f.model.clone(),
        spec: spec.join(" "),
        grade: some(show.grade, f.grade.as_deref().map_or_else(String::new, |g| grade_word(g, language))),
        battery: some(show.battery, battery),
        price: some(show.price, f.price.map_or_else(String::new, price)),
        shelf: some(show.shelf, f.shelf.clone()),
        // The bare number: any scanner types it into any field, and our router knows it.
        qr: some(show.qr, f.stock_no.clone()),
        bars,
        ..LabelWords::default()
    }
}

/// A label of a place.
#[must_use]
pub fn shelf_words(name: &str, stall: &str) -> LabelWords {
    let code = format!("{SHELF}{name}");
    LabelWords {
        name: name.to_owned(),
        stall: stall.to_owned(),
        qr: code.clone(),
        // Bars have no letters outside ASCII; a Chinese name has the QR code alone.
        bars: if code.is_ascii() { vec![code] } else { Vec::new() },
        ..LabelWords::default()
    }
}

/// A place's name as it may stand on a label.
///
/// # Errors
/// `BadInput` for none, `FieldTooLong`.
pub fn shelf_name(name: &str) -> Result<String, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "names"));
    }
    if name.chars().count() > SHELF_MAX {
        return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", "shelf").arg("max", SHELF_MAX));
    }
    Ok(name.to_owned())
}

/// The facts a printed label states, by their column in `units`. Comparing them later tells whether the label still
/// holds; what it did not show is not among them.
#[must_use]
pub fn stated(f: &LabelFacts, show: &LabelShow) -> Value {
    let mut facts = Map::new();
    let mut say = |name: &str, value: Value| facts.insert(name.to_owned(), value);
    for (name, text) in [("stock_no", &f.stock_no), ("model", &f.model), ("storage", &f.storage), ("colour", &f.colour)]
    {
        say(name, text.clone().into());
    }
    if show.grade {
        say("grade", f.grade.clone().into());
    }
    if show.battery {
        say("battery", f.battery.into());
    }
    if show.price {
        say("price_list", f.price.map(|p| p.0).into());
    }
    if show.shelf {
        say("shelf", f.shelf.clone().into());
    }
    if show.bars == LabelBars::Device {
        say("code", f.code.clone().into());
    }
    Value::Object(facts)
}

/// The unit of a test print.
#[must_use]
pub fn example(language: LabelLanguage) -> LabelFacts {
    LabelFacts {
        unit: None,
        stock_no: "0387".into(),
        model: "iPhone 15 Pro Max".into(),
        storage: "256GB".into(),
        colour: if language == LabelLanguage::Zh { "原色钛金属" } else { "Natural Titanium" }.into(),
        grade: Some("A2".into()),
        battery: Some(91),
        price: Some(Fen(629_900)),
        code: "356728115320874".into(),
        shelf: "A-03".into(),
    }
}

fn grade_word(id: &str, language: LabelLanguage) -> String {
    let Some(grade) = grades::by_id(id) else { return String::new() };
    let word = if language == LabelLanguage::Zh { &grade.zh } else { &grade.en };
    word.split('/').next().unwrap_or(word).to_owned()
}

/// `¥6,299`, fen only where there are some.
fn price(fen: Fen) -> String {
    let (yuan, rest) = (fen.0 / 100, fen.0 % 100);
    let digits = yuan.to_string();
    let mut text = String::from("¥");
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    if rest != 0 {
        text += &format!(".{rest:02}");
    }
    text
}

/// Millimetres of one label, and of the sheet it stands on.
#[derive(Debug, Clone, Deserialize)]
pub struct Paper {
    pub id: String,
    pub width: f32,
    pub height: f32,
    /// Between labels of a roll.
    #[serde(default)]
    pub gap: f32,
    /// Kept free at every edge.
    #[serde(default)]
    pub inset: f32,
    /// Layouts of a unit's and of a place's label.
    pub unit: String,
    pub shelf: String,
    pub sheet: Option<Sheet>,
}

/// A sheet of labels.
#[derive(Debug, Clone, Deserialize)]
pub struct Sheet {
    pub width: f32,
    pub height: f32,
    pub columns: u8,
    pub rows: u8,
    pub left: f32,
    pub top: f32,
    pub step_x: f32,
    pub step_y: f32,
}

#[derive(Deserialize)]
struct File {
    papers: Vec<Paper>,
}

/// The papers and layouts as they are kept.
pub const DATA: &str = include_str!("../../../assets/data/labels.json");

static PAPERS: LazyLock<Vec<Paper>> =
    LazyLock::new(|| serde_json::from_str::<File>(DATA).map(|f| f.papers).unwrap_or_default());

/// Every paper.
#[must_use]
pub fn papers() -> &'static [Paper] {
    &PAPERS
}

/// A paper by id.
///
/// # Errors
/// `BadInput`.
pub fn paper(id: &str) -> Result<&'static Paper, AppError> {
    papers().iter().find(|p| p.id == id).ok_or_else(|| AppError::new(ErrorCode::BadInput).arg("field", "paper"))
}

impl Paper {
    /// As the screens know it.
    #[must_use]
    pub fn api(&self) -> LabelPaper {
        LabelPaper {
            id: self.id.clone(),
            width: self.width,
            height: self.height,
            columns: self.sheet.as_ref().map(|s| s.columns),
            rows: self.sheet.as_ref().map(|s| s.rows),
        }
    }
}

/// How labels look before anybody chose.
#[must_use]
pub fn defaults() -> LabelSettings {
    let show = LabelShow { qr: true, bars: LabelBars::StockNo, grade: true, battery: true, price: false, shelf: false };
    LabelSettings { paper: "40x30".into(), dpi: 203, language: LabelLanguage::Zh, show, printers: Vec::new() }
}

/// Settings a person sends, checked and trimmed.
///
/// # Errors
/// `BadInput` with `field`, `FieldTooLong`, `PrinterAddress` when there is no address or one that cannot be.
pub fn checked(mut s: LabelSettings) -> Result<LabelSettings, AppError> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    paper(&s.paper)?;
    if !DPIS.contains(&s.dpi) {
        return Err(bad("dpi"));
    }
    if s.printers.len() > 20 {
        return Err(bad("printers"));
    }
    for p in &mut s.printers {
        p.name = p.name.trim().to_owned();
        if p.name.is_empty() {
            return Err(AppError::new(ErrorCode::NameMissing));
        }
        if p.name.chars().count() > 40 {
            return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", "name").arg("max", 40));
        }
        if !DPIS.contains(&p.dpi) || p.darkness > 15 || p.gap > 100 {
            return Err(bad("printers"));
        }
        if paper(&p.paper)?.sheet.is_some() {
            return Err(bad("paper"));
        }
        p.at = address(&p.at)?;
    }
    Ok(s)
}

fn address(at: &crate::api::PrinterAt) -> Result<crate::api::PrinterAt, AppError> {
    use crate::api::PrinterAt as At;
    let wrong = |text: &str| AppError::new(ErrorCode::PrinterAddress).arg("at", text);
    match at {
        At::Network { host, port } => {
            let host = host.trim().to_owned();
            // A name, an IPv4 or a bare IPv6 address: nothing that could be a path, a user or a second port.
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
            if host.is_empty() || host.len() > 253 || *port == 0 || !host.chars().all(fits) {
                return Err(wrong(&host));
            }
            Ok(At::Network { host, port: *port })
        }
        At::Device { path } => {
            let path = path.trim().to_owned();
            if path.is_empty() || path.len() > 260 || path.chars().any(char::is_control) {
                return Err(wrong(&path));
            }
            Ok(At::Device { path })
        }
    }
}

#[cfg(test)]
#[path = "labels_tests.rs"]
mod tests;
