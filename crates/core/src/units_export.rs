//! Units into a spreadsheet: which fields, under which headers, and how a value is written so that the importer of units
//! reads the same value back.

use std::borrow::Cow;
use std::sync::Arc;

use crate::api::{Category, FieldDef, SheetLanguage, UnitPatch, UnitStatus};
use crate::units_import::{Said, badges_text, category, lines, said, storage};
use crate::{Fen, Id, Ms, datetime, grades, models, money_text, unit_fields};

/// A unit with everything an export says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitRecord {
    pub id: Id,
    /// Every field is there.
    pub unit: UnitPatch,
    pub taken_in: Ms,
    pub status: UnitStatus,
}

/// A cell of the export.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    Empty,
    Text(String),
    /// A code whose every digit counts: text in every program.
    Ident(String),
    Yuan(Fen),
}

/// One field of the export.
#[derive(Debug, Clone)]
pub struct Column {
    /// As the importer names it.
    pub field: Cow<'static, str>,
    zh: Cow<'static, str>,
    en: Cow<'static, str>,
    write: How,
}

#[derive(Debug, Clone)]
enum How {
    Unit(fn(&UnitRecord, SheetLanguage) -> Written),
    Field(Arc<FieldDef>),
}

impl Column {
    /// The header in a language.
    #[must_use]
    pub fn header(&self, language: SheetLanguage) -> &str {
        match language {
            SheetLanguage::Zh => &self.zh,
            SheetLanguage::En => &self.en,
        }
    }

    /// A unit's cell.
    #[must_use]
    pub fn write(&self, unit: &UnitRecord, language: SheetLanguage) -> Written {
        match &self.write {
            How::Unit(write) => write(unit, language),
            How::Field(def) => {
                let value = unit.unit.fields.as_ref().and_then(|f| f.get(&def.id));
                value.map_or(Written::Empty, |v| unit_fields::write(def, v, language))
            }
        }
    }
}

const fn column(
    field: &'static str,
    zh: &'static str,
    en: &'static str,
    write: fn(&UnitRecord, SheetLanguage) -> Written,
) -> Column {
    Column { field: Cow::Borrowed(field), zh: Cow::Borrowed(zh), en: Cow::Borrowed(en), write: How::Unit(write) }
}

/// What the importer passes over: it stands there for people.
pub const INFORMATION: [&str; 1] = ["status"];

/// Every field, in the order of the columns. A new field of a unit is one line here.
pub static COLUMNS: &[Column] = &[
    column("stock_no", "编号", "Stock no", |r, _| ident(&r.unit.stock_no)),
    column("category", "类目", "Category", |r, l| r.unit.category.map_or(Written::Empty, |c| category_word(c, l))),
    column("brand", "品牌", "Brand", |r, _| brand(&r.unit)),
    column("model", "型号", "Model", |r, _| text(&r.unit.model)),
    column("storage", "容量", "Storage", |r, _| usual(&r.unit.storage, storage)),
    column("colour", "颜色", "Colour", |r, _| text(&r.unit.colour)),
    column("imei", "IMEI", "IMEI", |r, _| ident(&r.unit.imei)),
    column("imei2", "IMEI2", "IMEI2", |r, _| ident(&r.unit.imei2)),
    column("meid", "MEID", "MEID", |r, _| ident(&r.unit.meid)),
    column("serial", "序列号", "Serial no", |r, _| ident(&r.unit.serial)),
    column("grade", "成色", "Grade", |r, l| grade(&r.unit.grade, l)),
    column("battery", "电池健康", "Battery health", |r, _| percent(r.unit.battery)),
    column("badges", "标签", "Badges", |r, _| joined(&r.unit.badges)),
    column("price_list", "标价", "List price", |r, _| yuan(r.unit.price_list)),
    column("price_live", "直播价", "Live price", |r, _| yuan(r.unit.price_live)),
    column("price_floor", "底价", "Floor price", |r, _| yuan(r.unit.price_floor)),
    column("cost", "成本", "Cost", |r, _| yuan(r.unit.cost)),
    column("shelf", "货位", "Shelf", |r, _| text(&r.unit.shelf)),
    column("box", "箱子", "Box", |r, _| text(&r.unit.in_box)),
    column("holder", "在谁手里", "With whom", |r, _| text(&r.unit.holder)),
    column("source", "来源", "Source", |r, _| text(&r.unit.source)),
    column("flaws", "瑕疵", "Flaws", |r, _| usual(&r.unit.flaws, lines)),
    column("note", "备注", "Note", |r, _| text(&r.unit.note)),
    column("taken_in", "入库时间", "Taken in", |r, _| Written::Text(datetime::format_exact(r.taken_in))),
    column("status", "状态", "Status", |r, l| Written::Text(status_word(r.status, l).to_owned())),
];

/// Every column: what all units have, then these fields of templates and the owner's own. `all` are all fields there are.
#[must_use]
pub fn every(fields: &[FieldDef], all: &[FieldDef]) -> Vec<Column> {
    let field = |def: &FieldDef| Column {
        field: unit_fields::key(&def.id).into(),
        zh: unit_fields::header(def, all, SheetLanguage::Zh).into(),
        en: unit_fields::header(def, all, SheetLanguage::En).into(),
        write: How::Field(Arc::new(def.clone())),
    };
    COLUMNS.iter().cloned().chain(fields.iter().map(field)).collect()
}

/// Those of these columns that are asked for, in the order asked; all for none. Unknown names are left out.
#[must_use]
pub fn columns(asked: &[String], every: &[Column]) -> Vec<Column> {
    if asked.is_empty() {
        return every.to_vec();
    }
    asked.iter().filter_map(|f| every.iter().find(|c| c.field == *f)).cloned().collect()
}

fn ident(code: &Option<String>) -> Written {
    filled(code).map_or(Written::Empty, |c| Written::Ident(c.to_owned()))
}

fn text(value: &Option<String>) -> Written {
    usual(value, str::to_owned)
}

/// A text that the importer would read otherwise gets an apostrophe before it: take it as it stands.
pub(crate) fn usual(value: &Option<String>, read: fn(&str) -> String) -> Written {
    let Some(t) = filled(value) else { return Written::Empty };
    let same = matches!(said(t), Said::Loose(back) if read(&back) == *t);
    Written::Text(if same { t.to_owned() } else { format!("'{t}") })
}

/// The importer fills in a brand that is left out from the model: none is said by an apostrophe alone.
fn brand(unit: &UnitPatch) -> Written {
    let by_book = || unit.model.as_deref().and_then(models::by_name).is_some();
    if filled(&unit.brand).is_none() && by_book() { Written::Text("'".to_owned()) } else { text(&unit.brand) }
}

fn filled(value: &Option<String>) -> Option<&String> {
    value.as_ref().filter(|v| !v.is_empty())
}

/// Text, not a number: a bare 1 would be read as 100 %.
fn percent(value: Option<Option<u8>>) -> Written {
    value.flatten().map_or(Written::Empty, |p| Written::Text(format!("{p}%")))
}

fn joined(value: &Option<Vec<String>>) -> Written {
    match value.as_deref() {
        None | Some([]) => Written::Empty,
        Some(all) => Written::Text(badges_text(all)),
    }
}

fn yuan(value: Option<Option<Fen>>) -> Written {
    value.flatten().map_or(Written::Empty, Written::Yuan)
}

/// The grade's name where it means this grade again, else its id.
fn grade(value: &Option<String>, language: SheetLanguage) -> Written {
    let Some(id) = filled(value) else { return Written::Empty };
    let name = grades::by_id(id).map(|g| match language {
        SheetLanguage::Zh => g.zh.as_str(),
        SheetLanguage::En => g.en.as_str(),
    });
    let name = name.filter(|n| grades::by_word(n) == Some(id.as_str()));
    Written::Text(name.unwrap_or(id).to_owned())
}

fn category_word(value: Category, language: SheetLanguage) -> Written {
    let word = category_name(value, language);
    debug_assert_eq!(category(word), Some(value), "{word}");
    Written::Text(word.to_owned())
}

pub(crate) fn category_name(value: Category, language: SheetLanguage) -> &'static str {
    match (value, language) {
        (Category::Phone, SheetLanguage::Zh) => "手机",
        (Category::Phone, SheetLanguage::En) => "Phone",
        (Category::Tablet, SheetLanguage::Zh) => "平板",
        (Category::Tablet, SheetLanguage::En) => "Tablet",
        (Category::Laptop, SheetLanguage::Zh) => "笔记本",
        (Category::Laptop, SheetLanguage::En) => "Laptop",
        (Category::Watch, SheetLanguage::Zh) => "手表",
        (Category::Watch, SheetLanguage::En) => "Watch",
        (Category::Camera, SheetLanguage::Zh) => "相机",
        (Category::Camera, SheetLanguage::En) => "Camera",
        (Category::Other, SheetLanguage::Zh) => "其他",
        (Category::Other, SheetLanguage::En) => "Other",
    }
}

fn status_word(value: UnitStatus, language: SheetLanguage) -> &'static str {
    match (value, language) {
        (UnitStatus::InStock, SheetLanguage::Zh) => "在架",
        (UnitStatus::InStock, SheetLanguage::En) => "In stock",
        (UnitStatus::Sold, SheetLanguage::Zh) => "已售待打包",
        (UnitStatus::Sold, SheetLanguage::En) => "Sold, to pack",
        (UnitStatus::Packed, SheetLanguage::Zh) => "已打包",
        (UnitStatus::Packed, SheetLanguage::En) => "Packed",
        (UnitStatus::Shipped, SheetLanguage::Zh) => "已发出",
        (UnitStatus::Shipped, SheetLanguage::En) => "Shipped",
        (UnitStatus::Withdrawn, SheetLanguage::Zh) => "已下架",
        (UnitStatus::Withdrawn, SheetLanguage::En) => "Withdrawn",
    }
}

impl Written {
    /// The cell as text, for tests and for csv-like readers.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(t) | Self::Ident(t) => t.clone(),
            Self::Yuan(f) => money_text::plain(*f),
        }
    }
}

#[cfg(test)]
mod tests;
