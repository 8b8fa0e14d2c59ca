use serde::{Deserialize, Serialize};

use super::Category;

/// What an item of a checklist is answered with (see `AnswerValue`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CheckKind {
    /// Text: 15 digits.
    Imei,
    /// Text.
    Meid,
    /// Text.
    Serial,
    /// Text.
    Text,
    /// Text: one of `values`.
    Enum,
    /// List: any of `values`.
    Multi,
    /// Number between `min` and `max`, or text: one of `values` (such as `unreadable`).
    Number,
    /// Text: `2027-01-31`.
    Date,
    /// Not answered: complete when the unit has a photograph of every view in `shots`.
    PhotoSet,
}

/// When an item wants a photograph as evidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Evidence {
    #[default]
    Never,
    /// When its answer is above severity 0.
    Fault,
    Always,
}

/// Whether an item belongs to a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AppliesTo {
    #[default]
    All,
    /// Devices that take a SIM: phones, and others whose item `network_type` is answered `cellular`.
    Cellular,
    DualSim,
}

/// One allowed answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CheckValue {
    pub value: String,
    pub zh: String,
    pub en: String,
    /// 0 none to 5 broken; `null`: as good as not answered.
    pub severity: Option<u8>,
    /// With this answer the unit may not be listed or sold.
    #[serde(default)]
    pub blocks_sale: bool,
    /// A short word that no grade hides; empty for none.
    #[serde(default)]
    pub badge_zh: String,
    #[serde(default)]
    pub badge_en: String,
}

/// A view a photo set wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CheckShot {
    /// What `Photo.shot` holds.
    pub id: String,
    pub zh: String,
    pub en: String,
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CheckItem {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub kind: CheckKind,
    pub required: bool,
    pub evidence: Evidence,
    /// Photographs of the unit that show one of these views are evidence by themselves (`Photo.shot`).
    pub evidence_shots: Vec<String>,
    pub applies_to: AppliesTo,
    /// How to check it, one line; may be empty.
    pub how_zh: String,
    pub how_en: String,
    /// In the order of keys: the first is key 1.
    pub values: Vec<CheckValue>,
    /// The answer "all normal" gives; `null`: this item must be looked at by itself.
    pub normal: Option<String>,
    /// Behind a number: `%`.
    pub unit_zh: String,
    pub unit_en: String,
    pub min: Option<i32>,
    pub max: Option<i32>,
    /// Only of a photo set.
    pub shots: Vec<CheckShot>,
    /// Added by the owner.
    pub own: bool,
    /// Left out by the owner. `inspections.*` answers hold no hidden items.
    pub hidden: bool,
    /// The owner has changed something of it.
    pub changed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CheckGroup {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub items: Vec<CheckItem>,
}

/// The checklist of a category: the house's template with the owner's changes over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Checklist {
    pub category: Category,
    /// Of the template: `1.0`. With the owner's changes `1.0+3fa2`, another for every other set of changes.
    pub version: String,
    /// Inspections cannot be finished while evidence photographs are missing.
    pub photos_needed: bool,
    pub groups: Vec<CheckGroup>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Checklists {
    /// One for every category, hidden items with them.
    pub lists: Vec<Checklist>,
}

/// A change of one item; a missing field stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct CheckItemSave {
    /// An item of the list; missing: a new item of the owner's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The group a new item goes into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_zh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_en: Option<String>,
    /// What the template requires stays required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Only of items that are not required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    /// Of a new item: text, enum, multi, number or date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<CheckKind>,
    /// Of an own item all of them; of the template's only `zh`, `en` and badges of values it has are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<CheckValue>>,
    /// Of own numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ChecklistSave {
    pub category: Category,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub photos_needed: Option<bool>,
    /// One undo step for all of them.
    pub items: Vec<CheckItemSave>,
}

/// Gives back the template's first shape; an own item goes.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ChecklistReset {
    pub category: Category,
    /// One item; `null`: the whole list.
    pub item_id: Option<String>,
}
