use serde::{Deserialize, Serialize};

use super::UnitRow;
use crate::{Fen, Id, Ms};

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShowRow {
    pub id: Id,
    pub title: String,
    pub starts_at: Ms,
    /// The budget: planned length of the whole show in minutes.
    pub planned_minutes: u32,
    pub host: String,
    pub note: String,
    pub units: u32,
    /// Minutes of all items together.
    pub minutes: u32,
    /// Items with at least one problem.
    pub problems: u32,
    /// Covers of the first units, for a glance.
    pub covers: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShowInput {
    pub title: String,
    pub starts_at: Ms,
    pub planned_minutes: u32,
    pub host: String,
    pub note: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShowEdit {
    pub id: Id,
    pub show: ShowInput,
}

/// Something on a run-sheet row that wants a person's eye (`problem.<kind>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ItemProblem {
    /// Sold, packed or shipped already.
    Sold,
    Withdrawn,
    /// In another coming show too.
    OtherShow,
    /// Twice in this show.
    Twice,
    NoPhotos,
    NoGrade,
    NoPrice,
    /// The live price is below the unit's floor price.
    BelowFloor,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShowItem {
    pub id: Id,
    /// Segment type id of `segment_types.json`; `main` and the like for units.
    pub segment: String,
    /// `null` for a segment without a unit.
    pub unit: Option<UnitRow>,
    /// Title of a segment, or words added to a unit's name.
    pub title: String,
    pub minutes: u32,
    /// Planned start, from the show's start and the minutes before it.
    pub starts_at: Ms,
    /// Price asked on air; starts as the unit's live price.
    pub price: Option<Fen>,
    pub talk: String,
    /// Flaws to say aloud; starts as the unit's declared flaws.
    pub flaws: String,
    pub problems: Vec<ItemProblem>,
    /// The other coming show, where `problems` has `other_show`.
    pub other_show: Option<String>,
}

/// A run sheet.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShowSheet {
    pub show: ShowRow,
    pub items: Vec<ShowItem>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct NewItem {
    pub segment: String,
    pub unit_id: Option<Id>,
    #[serde(default)]
    pub title: String,
    /// `null` takes the segment type's default.
    pub minutes: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ItemsAdd {
    pub show_id: Id,
    /// Insert behind this item; `null` at the end.
    pub after: Option<Id>,
    pub items: Vec<NewItem>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct ItemPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// 0 to 600.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", with = "super::units::twice")]
    #[schemars(with = "Option<Fen>")]
    #[ts(optional = nullable, as = "Option<Fen>")]
    pub price: Option<Option<Fen>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flaws: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ItemsEdit {
    /// One or many (fill down): many is one undo step.
    pub ids: Vec<Id>,
    pub patch: ItemPatch,
    /// Further rows with values of their own, in the same undo step (a pasted column).
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<ItemFill>>")]
    pub more: Vec<ItemFill>,
}

/// Rows that get the same values.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ItemFill {
    pub ids: Vec<Id>,
    pub patch: ItemPatch,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ItemsMove {
    pub show_id: Id,
    /// Items to move, kept in their order.
    pub ids: Vec<Id>,
    /// Place them behind this item; `null` at the top.
    pub after: Option<Id>,
}

/// A segment type of `segment_types.json`, as the sheet's menu shows it.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SegmentType {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub default_minutes: u32,
    /// none, one, many, one_or_many.
    pub needs_device: String,
    pub goal_zh: String,
    pub host_prompts_zh: Vec<String>,
    pub caution_zh: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SegmentTypes {
    pub segments: Vec<SegmentType>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Shows {
    /// Coming first, soonest on top; then past, latest on top.
    pub shows: Vec<ShowRow>,
}
