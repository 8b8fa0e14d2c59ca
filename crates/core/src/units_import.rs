//! Units out of a spreadsheet: which column is which field, and what a row says.

use std::collections::BTreeMap;

use crate::api::{AppNote, Category, FieldChange, FieldDef, FieldKind, UnitPatch, Verdict};
use crate::headers::{self, HeaderRow, Mapping};
use crate::spreadsheet::{Cell, Table, number_text};
use crate::{AppError, ErrorCode, Fen, Ms, datetime, fields, grades, identity, models, money_text, tidy, unit_fields};

/// Longest text of a field, in characters.
pub const TEXT_MAX: usize = 200;
/// Longest note or list of flaws, in characters.
pub const LONG_MAX: usize = 4_000;

/// Field and the headers it goes by, Chinese first.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "stock_no",
        &[
            "编号",
            "机器编号",
            "库存编号",
            "内部编号",
            "机号",
            "货号",
            "stock no",
            "stock number",
            "stock_no",
            "no.",
            "no",
        ],
    ),
    ("category", &["类目", "品类", "类别", "分类", "category", "type"]),
    ("brand", &["品牌", "brand"]),
    ("model", &["型号", "机型", "商品", "商品名称", "品名", "名称", "产品型号", "model", "name", "title"]),
    ("storage", &["容量", "内存", "存储", "存储容量", "规格", "storage", "capacity", "memory"]),
    ("colour", &["颜色", "机身颜色", "colour", "color"]),
    ("imei", &["imei", "imei1", "串号", "imei/串号", "串号1", "imei号", "手机串号"]),
    ("imei2", &["imei2", "串号2", "副串号"]),
    ("meid", &["meid"]),
    ("serial", &["序列号", "sn", "s/n", "sn码", "serial", "serial no", "serial number", "serial_no"]),
    ("grade", &["成色", "等级", "成色等级", "grade", "condition"]),
    ("battery", &["电池", "电池健康", "电池健康度", "电池效率", "电池容量", "battery", "battery health"]),
    ("price_list", &["标价", "售价", "零售价", "日常价", "价格", "list price", "price"]),
    ("price_live", &["直播价", "直播间价", "live price"]),
    ("price_floor", &["底价", "最低价", "floor price", "floor"]),
    ("cost", &["成本", "成本价", "进价", "进货价", "收购价", "收机价", "cost"]),
    ("shelf", &["货位", "库位", "货架", "位置", "shelf", "location"]),
    ("box", &["箱子", "箱号", "箱", "收纳箱", "box", "box no"]),
    ("holder", &["在谁手里", "持有人", "保管人", "with whom", "holder", "held by"]),
    ("source", &["来源", "渠道", "进货渠道", "货源", "供应商", "source", "supplier"]),
    ("flaws", &["瑕疵", "瑕疵说明", "缺陷", "问题", "flaws", "defects"]),
    ("note", &["备注", "说明", "note", "notes", "remark", "remarks"]),
    ("badges", &["标签", "标记", "特征", "badges", "tags"]),
    ("taken_in", &["入库时间", "入库日期", "入库", "taken in", "date in", "taken_in"]),
];

/// Every field of all units that a column can be mapped to, in the order shown.
#[must_use]
pub fn fields() -> Vec<&'static str> {
    SYNONYMS.iter().map(|(f, _)| *f).collect()
}

/// How a sheet of units is laid out.
#[derive(Debug, Clone)]
pub struct UnitLayout {
    pub header: HeaderRow,
    pub mapping: Mapping,
    columns: BTreeMap<String, usize>,
    /// Fields of templates and the owner's own that have a column.
    fields: Vec<FieldDef>,
}

/// Understands the headers. `mapping` is what a person says; `None` guesses.
///
/// # Errors
/// `SheetNoRows`, `SheetNoHeader`, `SheetColumnMissing {column}` for a mapped header that is gone, or when neither a
/// stock number, a model nor a code is mapped.
pub fn open(table: &Table, mapping: Option<&Mapping>) -> Result<UnitLayout, AppError> {
    open_with(table, mapping, &[])
}

/// As [`open`], with the stall's fields of templates and its own. A mapping to a field that is gone is left out.
///
/// # Errors
/// As [`open`].
pub fn open_with(table: &Table, mapping: Option<&Mapping>, defs: &[FieldDef]) -> Result<UnitLayout, AppError> {
    let known = |folded: &str| SYNONYMS.iter().any(|(_, names)| names.iter().any(|n| headers::fold(n) == folded));
    let header = headers::locate(table, known)?;
    let guess = || {
        let mut found = headers::guess(&header, SYNONYMS.iter().map(|(f, names)| (*f, names.iter().copied())));
        unit_fields::guess(&header, defs, &mut found);
        found
    };
    let mut mapping = mapping.cloned().unwrap_or_else(guess);
    mapping.retain(|f, _| unit_fields::id_of(f).is_none_or(|id| defs.iter().any(|d| d.id == id)));
    let columns = headers::columns(&header, &mapping, &[])?;
    let names_a_unit = ["stock_no", "model", "imei", "meid", "serial"].iter().any(|f| columns.contains_key(*f));
    if !names_a_unit {
        return Err(AppError::new(ErrorCode::SheetColumnMissing).arg("column", "型号、编号、IMEI"));
    }
    let fields = defs.iter().filter(|d| columns.contains_key(&unit_fields::key(&d.id))).cloned().collect();
    Ok(UnitLayout { header, mapping, columns, fields })
}

/// A row as it would be stored. Fields without a column, and blank cells, are absent from the patch.
///
/// # Errors
/// Typed, with `row`, `column` and (but for identity codes) `value`: `ImeiLength`, `ImeiLuhn {expected}`,
/// `MeidInvalid`, `SerialInvalid`, `StockNoInvalid`, `IdentifierFloat`, `PriceInvalid`, `GradeUnknown`,
/// `CategoryUnknown`, `BatteryInvalid`, `FieldTooLong {limit}`, `NameMissing`, and what `fields::clean` says.
pub fn read_row(table: &Table, layout: &UnitLayout, row: usize) -> Result<(UnitPatch, Vec<AppNote>), AppError> {
    let r = Row { table, layout, row };
    let mut notes = Vec::new();
    let mut p = UnitPatch {
        stock_no: r.code("stock_no", identity::stock_no)?,
        imei: r.code("imei", identity::imei)?,
        imei2: r.code("imei2", identity::imei)?,
        meid: r.code("meid", identity::meid)?,
        serial: r.code("serial", identity::serial)?,
        category: r.read("category", ErrorCode::CategoryUnknown, category)?,
        brand: r.words("brand", TEXT_MAX)?,
        // A unit is never without a model, whatever an apostrophe says.
        model: r.words("model", TEXT_MAX)?.filter(|m| !m.is_empty()),
        storage: r.read_words("storage", TEXT_MAX, storage)?,
        colour: r.words("colour", TEXT_MAX)?,
        grade: r.read("grade", ErrorCode::GradeUnknown, |t| grades::by_word(t).map(str::to_owned))?,
        battery: r.battery()?.map(Some),
        badges: r.words("badges", LONG_MAX)?.map(|t| badges(&t)),
        price_list: r.price("price_list")?.map(Some),
        price_live: r.price("price_live")?.map(Some),
        price_floor: r.price("price_floor")?.map(Some),
        cost: r.price("cost")?.map(Some),
        shelf: r.words("shelf", TEXT_MAX)?,
        in_box: r.words("box", TEXT_MAX)?,
        holder: r.words("holder", TEXT_MAX)?,
        source: r.words("source", TEXT_MAX)?,
        flaws: r.read_words("flaws", LONG_MAX, lines)?,
        note: r.words("note", LONG_MAX)?,
        ..UnitPatch::default()
    };
    if p.imei.is_some() && p.imei == p.imei2 {
        p.imei2 = None;
        notes.push(AppNote { key: "imei2_same".to_owned(), args: BTreeMap::new() });
    }
    if p.model.is_none() && p.stock_no.is_none() && p.imei.is_none() && p.serial.is_none() && p.meid.is_none() {
        return Err(r.error(ErrorCode::NameMissing, "model", ""));
    }
    // The book fills in what the sheet leaves out; what it says stands.
    if let Some(hint) = p.model.as_deref().and_then(models::by_name) {
        p.brand.get_or_insert(hint.brand);
        p.category.get_or_insert(hint.category);
    }
    p.fields = r.fields(p.category, &mut notes)?;
    Ok((p, notes))
}

/// When the row says the unit was taken in: only a new unit takes it.
///
/// # Errors
/// `DateInvalid {row, column, value}`.
pub fn taken_in(table: &Table, layout: &UnitLayout, row: usize) -> Result<Option<Ms>, AppError> {
    let r = Row { table, layout, row };
    let read = |cell: Cell<'_>| match cell {
        Cell::Number(n) => datetime::from_serial(n).map(|t| t.at),
        _ => datetime::parse_exact(&r.text("taken_in")?),
    };
    match r.cell("taken_in") {
        Cell::Empty => Ok(None),
        cell if !matches!(cell, Cell::Number(_)) && r.text("taken_in").is_none() => Ok(None),
        cell => read(cell).map(Some).ok_or_else(|| r.error(ErrorCode::DateInvalid, "taken_in", &cell.display())),
    }
}

/// Number and model as the sheet writes them: what a person knows a row by that could not be read.
#[must_use]
pub fn as_written(table: &Table, layout: &UnitLayout, row: usize) -> (String, String) {
    let text = |field: &str| layout.columns.get(field).map_or_else(String::new, |c| table.cell(row, *c).display());
    (text("stock_no"), text("model"))
}

/// What a row would do to the unit it names (`None`: a new one). `existing` has every field of the stored unit.
#[must_use]
pub fn verdict(existing: Option<&UnitPatch>, incoming: &UnitPatch) -> (Verdict, Vec<FieldChange>) {
    let Some(old) = existing else { return (Verdict::New, Vec::new()) };
    let mut changes = Vec::new();
    let mut text = |field: &str, old: &Option<String>, new: &Option<String>| {
        let old = old.clone().unwrap_or_default();
        if let Some(new) = new.as_ref().filter(|n| **n != old) {
            changes.push(FieldChange { field: field.to_owned(), old, new: new.clone() });
        }
    };
    text("stock_no", &old.stock_no, &incoming.stock_no);
    let word =
        |c: &Option<Category>| c.and_then(|c| serde_json::to_value(c).ok()).and_then(|v| v.as_str().map(str::to_owned));
    text("category", &word(&old.category), &word(&incoming.category));
    text("brand", &old.brand, &incoming.brand);
    text("model", &old.model, &incoming.model);
    text("storage", &old.storage, &incoming.storage);
    text("colour", &old.colour, &incoming.colour);
    text("imei", &old.imei, &incoming.imei);
    text("imei2", &old.imei2, &incoming.imei2);
    text("meid", &old.meid, &incoming.meid);
    text("serial", &old.serial, &incoming.serial);
    text("grade", &old.grade, &incoming.grade);
    let percent = |b: &Option<Option<u8>>| b.flatten().map(|b| b.to_string());
    text("battery", &percent(&old.battery), &percent(&incoming.battery));
    let joined = |b: &Option<Vec<String>>| b.as_ref().map(|b| b.join("、"));
    text("badges", &joined(&old.badges), &joined(&incoming.badges));
    let yuan = |f: &Option<Option<Fen>>| f.flatten().map(money_text::plain);
    text("price_list", &yuan(&old.price_list), &yuan(&incoming.price_list));
    text("price_live", &yuan(&old.price_live), &yuan(&incoming.price_live));
    text("price_floor", &yuan(&old.price_floor), &yuan(&incoming.price_floor));
    text("cost", &yuan(&old.cost), &yuan(&incoming.cost));
    text("shelf", &old.shelf, &incoming.shelf);
    text("box", &old.in_box, &incoming.in_box);
    text("holder", &old.holder, &incoming.holder);
    text("source", &old.source, &incoming.source);
    text("flaws", &old.flaws, &incoming.flaws);
    text("note", &old.note, &incoming.note);
    for (id, new) in incoming.fields.iter().flatten() {
        let old = old.fields.as_ref().and_then(|f| f.get(id));
        text(&unit_fields::key(id), &old.cloned(), &Some(new.clone()));
    }
    (if changes.is_empty() { Verdict::Same } else { Verdict::Changed }, changes)
}

/// What a cell of text says.
pub(crate) enum Said {
    Nothing,
    Loose(String),
    /// An apostrophe stands before it, as in Excel: take the rest as it is. Alone it says: empty, and meant so.
    Exact(String),
}

pub(crate) fn said(shown: &str) -> Said {
    let shown = tidy(shown);
    if let Some(rest) = shown.strip_prefix(['\'', '’']) {
        return Said::Exact(rest.to_owned());
    }
    let t = headers::trim(&shown);
    if money_text::is_empty_word(t) { Said::Nothing } else { Said::Loose(t.to_owned()) }
}

struct Row<'a> {
    table: &'a Table,
    layout: &'a UnitLayout,
    row: usize,
}

impl<'a> Row<'a> {
    fn cell(&self, field: &str) -> Cell<'a> {
        self.layout.columns.get(field).map_or(Cell::Empty, |c| self.table.cell(self.row, *c))
    }

    fn place(&self, error: AppError, field: &str) -> AppError {
        let column = self.layout.mapping.get(field).map_or(field, String::as_str);
        error.arg("row", self.table.row_number(self.row)).arg("column", column)
    }

    fn error(&self, code: ErrorCode, field: &str, value: &str) -> AppError {
        self.place(AppError::new(code).arg("value", value), field)
    }

    fn said(&self, field: &str) -> Said {
        match self.cell(field) {
            Cell::Error(_) => Said::Nothing,
            Cell::Number(n) => said(&number_text(n)),
            c => said(&c.display()),
        }
    }

    /// Text of a cell; blank and empty words are `None`.
    fn text(&self, field: &str) -> Option<String> {
        match self.said(field) {
            Said::Loose(t) => Some(t),
            Said::Exact(t) => Some(t).filter(|t| !money_text::is_empty_word(t)),
            Said::Nothing => None,
        }
    }

    /// Free text as it stands; empty where an apostrophe alone says so.
    fn words(&self, field: &str, max: usize) -> Result<Option<String>, AppError> {
        self.read_words(field, max, str::to_owned)
    }

    /// Free text put into its usual form, unless an apostrophe says to take it as it stands.
    fn read_words(&self, field: &str, max: usize, usual: fn(&str) -> String) -> Result<Option<String>, AppError> {
        let text = match self.said(field) {
            Said::Nothing => return Ok(None),
            Said::Loose(t) => usual(&t),
            Said::Exact(t) => t,
        };
        if text.chars().count() > max {
            return Err(self.place(AppError::new(ErrorCode::FieldTooLong).arg("limit", max), field));
        }
        Ok(Some(text))
    }

    fn read<T>(&self, field: &str, bad: ErrorCode, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, AppError> {
        let Some(t) = self.text(field) else { return Ok(None) };
        read(&t).map(Some).ok_or_else(|| self.error(bad, field, &t))
    }

    fn code(&self, field: &str, check: impl Fn(&str) -> Result<String, AppError>) -> Result<Option<String>, AppError> {
        if let Cell::Number(n) = self.cell(field)
            && (n.fract() != 0.0 || !(0.0..1e15).contains(&n))
        {
            return Err(self.error(ErrorCode::IdentifierFloat, field, &format!("{n:E}")));
        }
        let Some(t) = self.text(field) else { return Ok(None) };
        if t.contains("E+") && t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'E' | b'+' | b'.')) {
            return Err(self.error(ErrorCode::IdentifierFloat, field, &t));
        }
        check(&t).map(Some).map_err(|e| self.place(e, field))
    }

    fn price(&self, field: &str) -> Result<Option<Fen>, AppError> {
        match self.cell(field) {
            Cell::Number(n) => money_text::from_number(n)
                .map(Some)
                .map_err(|_| self.error(ErrorCode::PriceInvalid, field, &number_text(n))),
            Cell::Error(e) => Err(self.error(ErrorCode::PriceInvalid, field, e)),
            _ => {
                let Some(t) = self.text(field) else { return Ok(None) };
                money_text::parse(&t).map_err(|_| self.error(ErrorCode::PriceInvalid, field, &t))
            }
        }
    }

    /// Values of fields by id. One that units of the row's category do not show is taken with a note.
    fn fields(
        &self,
        category: Option<Category>,
        notes: &mut Vec<AppNote>,
    ) -> Result<Option<BTreeMap<String, String>>, AppError> {
        let mut out = BTreeMap::new();
        for def in &self.layout.fields {
            let key = unit_fields::key(&def.id);
            let header = self.layout.mapping.get(&key).map_or("", |h| unit_fields::without_mark(h));
            let value = match self.said(&key) {
                // Where yes or no is asked, 无 is an answer.
                Said::Nothing if def.kind == FieldKind::YesNo => {
                    fields::clean(def, &self.cell(&key).display()).unwrap_or_default()
                }
                Said::Nothing => continue,
                // An apostrophe alone clears, as everywhere.
                Said::Exact(t) if t.is_empty() => {
                    out.insert(def.id.clone(), t);
                    continue;
                }
                Said::Loose(t) | Said::Exact(t) => {
                    fields::clean(def, &t).map_err(|e| self.place(e.arg("field", header).arg("value", t), &key))?
                }
            };
            if value.is_empty() {
                continue;
            }
            if category.is_some_and(|c| !fields::fits(def, c)) {
                let args = BTreeMap::from([("field".to_owned(), header.to_owned())]);
                notes.push(AppNote { key: "field_elsewhere".to_owned(), args });
            }
            out.insert(def.id.clone(), value);
        }
        Ok(Some(out).filter(|o| !o.is_empty()))
    }

    /// `92`, `92%`, a percent cell `0.92`.
    fn battery(&self) -> Result<Option<u8>, AppError> {
        let Some(t) = self.text("battery") else { return Ok(None) };
        let percent_cell = matches!(self.cell("battery"), Cell::Number(n) if n > 0.0 && n <= 1.0);
        let bad = || self.error(ErrorCode::BatteryInvalid, "battery", &t);
        let n: f64 = t.trim_end_matches(['%', '％']).trim().parse().map_err(|_| bad())?;
        let n = if percent_cell { n * 100.0 } else { n };
        if !(0.0..=100.0).contains(&n) || (n - n.round()).abs() > 1e-6 {
            return Err(bad());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100 by the check above")]
        Ok(Some(n.round() as u8))
    }
}

pub(crate) fn category(text: &str) -> Option<Category> {
    let t = headers::fold(text);
    let has = |words: &[&str]| words.iter().any(|w| t.contains(w));
    Some(if has(&["平板", "ipad", "tablet"]) {
        Category::Tablet
    } else if has(&["笔记本", "电脑", "laptop", "macbook"]) {
        Category::Laptop
    } else if has(&["手表", "手环", "watch"]) {
        Category::Watch
    } else if has(&["相机", "镜头", "camera"]) {
        Category::Camera
    } else if has(&["手机", "phone", "iphone"]) {
        Category::Phone
    } else if has(&["其他", "其它", "耳机", "配件", "other"]) {
        Category::Other
    } else {
        return None;
    })
}

/// `128`, `128g`, `128 GB` -> `128GB`; `1t` -> `1TB`; other words stay.
pub(crate) fn storage(text: &str) -> String {
    let t: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let digits = t.trim_end_matches(['B', 'G', 'T']);
    let number = digits.parse::<u32>().ok();
    match (number, &t[digits.len()..]) {
        (Some(n), "T" | "TB") => format!("{n}TB"),
        (Some(n), "G" | "GB" | "") if n >= 4 => format!("{n}GB"),
        _ => text.to_owned(),
    }
}

/// What stands between two badges.
const BETWEEN: [char; 8] = [',', '，', '、', ';', '；', '|', '/', '\n'];

/// Badges of a cell. One that holds a separator itself stands in double quotes (two for one inside).
fn badges(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut push = |item: &mut String| {
        let b = item.trim();
        if !b.is_empty() && !out.iter().any(|o| o == b) {
            out.push(b.to_owned());
        }
        item.clear();
    };
    let mut item = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '"' && item.trim().is_empty() && chars.clone().any(|c| c == '"') {
            item.clear();
            while let Some(c) = chars.next() {
                if c != '"' {
                    item.push(c);
                } else if chars.next_if_eq(&'"').is_some() {
                    item.push('"');
                } else {
                    break;
                }
            }
            push(&mut item);
        } else if BETWEEN.contains(&c) {
            push(&mut item);
        } else {
            item.push(c);
        }
    }
    push(&mut item);
    out
}

/// Badges as [`badges`] reads them back.
pub(crate) fn badges_text(all: &[String]) -> String {
    let plain = |b: &str| matches!(said(b), Said::Loose(t) if badges(&t) == [b]) && !b.starts_with('"');
    let one = |b: &String| if plain(b) { b.clone() } else { format!("\"{}\"", b.replace('"', "\"\"")) };
    let text = all.iter().map(one).collect::<Vec<_>>().join("、");
    // Ends that only the whole has may look like `="…"`.
    if matches!(said(&text), Said::Loose(t) if t == text) { text } else { format!("'{text}") }
}

/// One flaw a line.
pub(crate) fn lines(text: &str) -> String {
    text.split(['\n', ';', '；']).map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
