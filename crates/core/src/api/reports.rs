use serde::{Deserialize, Serialize};

use super::{AnswerValue, Badge, Category, GradeResult, ManualGrade};
use crate::{Id, Ms};

/// A finished inspection in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ReportHead {
    pub id: Id,
    pub unit_id: Id,
    /// 1, 2, 3 … of the unit.
    pub version: u32,
    pub at: Ms,
    pub by: String,
    /// `null`: blocked, no grade.
    pub grade: Option<String>,
    pub badges: Vec<Badge>,
    /// Blockers that are not cleared.
    pub blocked: u32,
    pub worked_ms: u32,
    pub checklist: String,
    pub rule: String,
}

/// One item as it was asked and answered; never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ReportItem {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub kind: super::CheckKind,
    /// `null`: not checked.
    pub value: Option<AnswerValue>,
    /// The answer in words: `轻微划痕/小花`, `88%`.
    pub answer_zh: String,
    pub answer_en: String,
    pub severity: Option<u8>,
    pub blocks_sale: bool,
    pub badge_zh: String,
    pub badge_en: String,
    pub note: String,
    pub at: Option<Ms>,
    pub by: String,
    pub photos: Vec<ReportPhoto>,
}

/// A photograph as evidence: named by its bytes, whatever becomes of its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ReportPhoto {
    pub photo_id: Id,
    /// BLAKE3 of the original.
    pub blob: String,
    /// Name of the made copies when the report was made.
    pub shown: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ReportGroup {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub items: Vec<ReportItem>,
}

/// The device when it was inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ReportUnit {
    pub stock_no: String,
    pub category: Category,
    pub brand: String,
    pub model: String,
    pub storage: String,
    pub colour: String,
}

/// A finished inspection. Everything but `head.blocked` and `blockers[].cleared` is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Report {
    pub head: ReportHead,
    pub unit: ReportUnit,
    pub groups: Vec<ReportGroup>,
    pub result: GradeResult,
    pub manual: Option<ManualGrade>,
    /// Items that wanted a photograph and had none.
    pub photos_missing: Vec<String>,
    /// The report before it.
    pub previous: Option<Id>,
    /// It was taken back: it counts for nothing.
    pub void: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ByUnit {
    pub unit_id: Id,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Reports {
    /// Newest first; none that was taken back.
    pub reports: Vec<ReportHead>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CompareInput {
    /// Ids of reports; of the same unit the older one stands left.
    pub left: Id,
    pub right: Id,
}

/// Which side is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Better {
    Left,
    Right,
    /// Other, neither better nor worse.
    Neither,
}

/// An item of two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CompareRow {
    pub group_id: String,
    pub item_id: String,
    pub zh: String,
    pub en: String,
    /// `null`: the report does not have the item.
    pub left: Option<ReportItem>,
    pub right: Option<ReportItem>,
    pub differs: bool,
    pub better: Better,
}

/// Two reports side by side.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Compare {
    pub left: ReportHead,
    pub right: ReportHead,
    pub left_unit: ReportUnit,
    pub right_unit: ReportUnit,
    pub same_unit: bool,
    /// Every item of either, in list order; those that differ are marked.
    pub rows: Vec<CompareRow>,
    pub differing: u32,
    pub badges_left_only: Vec<Badge>,
    pub badges_right_only: Vec<Badge>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SheetForm {
    Xlsx,
    /// A4 across: a line a unit.
    Pdf,
}

/// The reports of several units as one sheet.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ReportSheetInput {
    pub unit_ids: Vec<Id>,
    pub form: SheetForm,
    /// `zh` or `en`.
    pub lang: String,
}
