use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Category, UnitRow};
use crate::{Fen, Id};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FieldKind {
    Text,
    Number,
    Choice,
    YesNo,
}

/// One answer to choose; an owner's own has the same text in all three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct FieldOption {
    /// What is stored.
    pub value: String,
    pub zh: String,
    pub en: String,
}

/// A field of a unit beyond the columns every unit has: of a category's template, or the owner's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct FieldDef {
    pub id: String,
    /// Of a template: it can be renamed and hidden, not removed.
    pub builtin: bool,
    pub zh: String,
    pub en: String,
    pub kind: FieldKind,
    /// Said behind a number: `GB`, `mm`.
    pub unit: String,
    pub options: Vec<FieldOption>,
    /// Empty: every category.
    pub categories: Vec<Category>,
    pub hidden: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Fields {
    /// In order, hidden ones too.
    pub fields: Vec<FieldDef>,
}

/// What the owner says of a field. A part left out stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct FieldSave {
    /// `null` makes a new field.
    pub id: Option<String>,
    /// An empty name gives a template's field its own name back.
    pub name: Option<String>,
    /// Of a new field; a kind does not change later.
    pub kind: Option<FieldKind>,
    pub unit: Option<String>,
    pub options: Option<Vec<String>>,
    pub categories: Option<Vec<Category>>,
    pub hidden: Option<bool>,
}

/// The fields in their new order; those not named keep their places behind.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct FieldsOrder {
    pub ids: Vec<String>,
}

/// Names a field or a model of the book.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ByName {
    pub id: String,
}

/// One model as the owner's book has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ModelEntry {
    /// `book:<brand>/<name>` for a model of the built-in book; empty makes a new one.
    pub id: String,
    pub category: Category,
    pub brand: String,
    pub model: String,
    pub storages: Vec<String>,
    pub colours: Vec<String>,
    /// Further names people type for it.
    pub aliases: Vec<String>,
    /// Not suggested any more.
    pub hidden: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BookRow {
    pub entry: ModelEntry,
    /// The owner's own, or a model of the book that the owner changed.
    pub own: bool,
    pub builtin: bool,
    /// Units of this name the stall has had.
    pub units: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ModelBook {
    pub rows: Vec<BookRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TwoNames {
    pub zh: String,
    pub en: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CodeText {
    pub code: String,
}

/// What an Apple model code says, and no more than it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ModelCode {
    /// In capitals, without spaces.
    pub code: String,
    /// It has the shape of such a code.
    pub shaped: bool,
    /// How it was first sold: retail, replacement, refurbished, engraved, demonstration.
    pub origin: Option<TwoNames>,
    /// The letter of `origin`.
    pub letter: String,
    /// Where it was made to be sold.
    pub region: Option<TwoNames>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PlaceKind {
    Shelf,
    Box,
    Holder,
}

/// A place a unit can be: a shelf, a box, or with a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Place {
    pub kind: PlaceKind,
    pub name: String,
}

/// Moves the unit of a scanned code at once.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct MoveInput {
    pub code: String,
    /// Which one, where the code is of several.
    #[ts(optional = nullable)]
    pub unit_id: Option<Id>,
    pub to: Place,
    /// The step of the scan before: a run of scans is one undo step.
    pub step: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct MoveAnswer {
    pub unit: UnitRow,
    /// Where it was in this kind of place.
    pub from: String,
    /// It was there already; nothing was written.
    pub already: bool,
    /// Give it back with the next scan.
    pub step: Option<u32>,
}

/// Places the stall uses, for the form and for scanning.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Places {
    pub shelves: Vec<String>,
    pub boxes: Vec<String>,
    pub holders: Vec<String>,
}

/// How the cost of a lot is shared among its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CostRule {
    Equal,
    /// In proportion to the list prices.
    ByPrice,
    /// As said for each; units of which nothing is said share the rest.
    ByHand,
}

/// Cost of one unit of a lot, as said by hand.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitCost {
    pub id: Id,
    pub cost: Option<Fen>,
}

/// Values of one unit's fields by field id.
pub type FieldValues = BTreeMap<String, String>;
