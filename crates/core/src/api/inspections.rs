use serde::{Deserialize, Serialize};

use super::{Category, Checklist, Erasure, ErasureState, ReportHead, ThirdParty, UnitRow};
use crate::{Id, Ms};

/// An answer as JSON: a number, a text (also the value of a choice, a date, a code), or a list of values.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(untagged)]
#[ts(export)]
pub enum AnswerValue {
    Number(i32),
    Text(String),
    List(Vec<String>),
}

/// How far the inspection of a unit is; of units with several, the first that is true.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InspectionState {
    /// The last report has a blocker that is not cleared.
    Blocked,
    /// Has a finished report.
    Inspected,
    /// Begun, never finished.
    Draft,
    None,
}

impl InspectionState {
    pub const ALL: [Self; 4] = [Self::Blocked, Self::Inspected, Self::Draft, Self::None];
}

/// Opens the draft of a unit, making it if there is none.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InspectionOpen {
    pub unit_id: Id,
    /// A new draft begins with the answers of the last report (not with its photographs).
    #[serde(default)]
    pub again: bool,
}

/// One answer of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Answer {
    pub item_id: String,
    pub value: Option<AnswerValue>,
    pub note: String,
    pub at: Ms,
    pub by: String,
    /// Taken from the unit or from the last report and not yet confirmed by a person.
    pub prefilled: bool,
}

/// A photograph that is evidence of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ItemPhoto {
    pub item_id: String,
    pub photo_id: Id,
    /// BLAKE3 of the original.
    pub blob: String,
    /// Name of the made copies.
    pub shown: String,
    /// By the view it shows, not tied by hand.
    pub by_shot: bool,
}

/// A grade set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ManualGrade {
    pub grade: String,
    /// Printed in the report when it raises the grade.
    pub reason: String,
    pub at: Ms,
    pub by: String,
}

/// The axis of the scale a reason lies on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum GradeAxis {
    Appearance,
    Function,
    Battery,
}

/// One finding that bears on the grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct GradeReason {
    pub axis: GradeAxis,
    pub item_id: String,
    pub value: AnswerValue,
    pub severity: u8,
    /// `屏幕外观：轻微划痕/小花`.
    pub zh: String,
    pub en: String,
    /// The best grade with this finding alone.
    pub allows: String,
}

/// How far an axis lets the grade rise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct AxisGrade {
    pub axis: GradeAxis,
    pub allows: String,
    /// `2 处轻微` · `2 light marks`; `电池 88%`.
    pub zh: String,
    pub en: String,
}

/// A cap that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct GradeCap {
    pub item_id: String,
    pub value: AnswerValue,
    pub cap: String,
    /// The grade is lower for it.
    pub lowers: bool,
    pub zh: String,
    pub en: String,
}

/// "It would be X if this were in order."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WouldBe {
    pub grade: String,
    pub item_id: String,
    pub zh: String,
    pub en: String,
}

/// A short word that no grade hides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Badge {
    pub item_id: String,
    pub zh: String,
    pub en: String,
}

/// An answer that stops listing and sale until it is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Blocker {
    pub item_id: String,
    pub value: AnswerValue,
    /// `账号锁：有账号锁`.
    pub zh: String,
    pub en: String,
    pub cleared: Option<Signed>,
}

/// Who said so, when, and with which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Signed {
    pub at: Ms,
    pub by: String,
    pub note: String,
}

/// The rule's answer, with everything that explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct GradeResult {
    /// `1.0`: printed as 店铺成色规则 v1.0.
    pub rule: String,
    /// `null` while blocked or incomplete.
    pub computed: Option<String>,
    /// The computed grade, or the one set by hand where that stands.
    #[serde(rename = "final")]
    pub last: Option<String>,
    /// The best grade still to be had: everything open taken as in order, blockers as cleared.
    pub so_far: String,
    pub axes: Vec<AxisGrade>,
    /// Findings above severity 0, worst first.
    pub reasons: Vec<GradeReason>,
    pub caps: Vec<GradeCap>,
    /// Single things that hold the grade down alone, best first.
    pub would_be: Vec<WouldBe>,
    pub badges: Vec<Badge>,
    pub blockers: Vec<Blocker>,
    /// Required items without an answer, in list order.
    pub missing: Vec<String>,
    /// A grade by hand above the computed one, without a reason: it does not stand.
    pub reason_wanted: bool,
    /// One sentence: `95新：2 处轻微痕迹，电池 88%；换过屏，最高 95新。`
    pub explain_zh: String,
    pub explain_en: String,
}

/// A draft being worked on.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Inspection {
    pub id: Id,
    pub unit: UnitRow,
    /// Items shown, in order: without hidden ones.
    pub checklist: Checklist,
    /// Items of the checklist that this device does not have (no SIM): leave them out.
    pub not_applicable: Vec<String>,
    pub started_at: Ms,
    pub by: String,
    pub answers: Vec<Answer>,
    pub photos: Vec<ItemPhoto>,
    /// Items that want a photograph and have none.
    pub photos_missing: Vec<String>,
    pub manual: Option<ManualGrade>,
    pub result: GradeResult,
    /// The unit's last report.
    pub previous: Option<ReportHead>,
    /// Working time so far, as the screens told it.
    pub worked_ms: u32,
    /// Where an answer differs from what the unit says (codes, storage): shown, not refused.
    pub differs: Vec<UnitDiffers>,
}

/// An answer that is not what the unit's own fields say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitDiffers {
    pub item_id: String,
    /// What the unit has.
    pub unit_has: String,
    pub answer: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct AnswerInput {
    pub item_id: String,
    /// `null` takes the answer back.
    pub value: Option<AnswerValue>,
    /// Missing: the note stays.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub note: Option<String>,
}

/// Answers given at once: one undo step.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct AnswersInput {
    pub inspection_id: Id,
    pub answers: Vec<AnswerInput>,
    /// Working time in all, as the screen counts it; the longest told counts.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub worked_ms: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct EvidenceInput {
    pub inspection_id: Id,
    pub item_id: String,
    pub photo_id: Id,
    /// False unties it.
    pub tied: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ManualInput {
    pub inspection_id: Id,
    /// `null` goes back to the rule's.
    pub grade: Option<String>,
    /// Needed above the computed grade.
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct FinishInput {
    pub inspection_id: Id,
    /// Working time in all.
    pub worked_ms: u32,
    /// Finish although photographs are missing; the report says which.
    #[serde(default)]
    pub without_photos: bool,
    /// Take an IMEI, MEID or serial number that differs from the unit's into the unit.
    #[serde(default)]
    pub take_codes: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InspectQueueInput {
    /// 1 to 200.
    pub limit: u32,
}

/// A unit that waits for its inspection.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InspectQueueUnit {
    pub unit: UnitRow,
    pub draft: Option<DraftHead>,
}

/// A draft in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct DraftHead {
    pub id: Id,
    pub started_at: Ms,
    pub by: String,
    /// Items answered by a person.
    pub answered: u32,
}

/// Units in stock without a finished inspection: drafts first, then those of coming shows, then the longest here.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InspectQueue {
    pub units: Vec<InspectQueueUnit>,
    pub total: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct StatsInput {
    /// Finished at or after.
    pub from: Ms,
    /// Finished before.
    pub to: Ms,
}

/// Working time of finished inspections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InspectionStat {
    /// `null` in the row of everybody.
    pub by: Option<String>,
    /// `null`: all categories.
    pub category: Option<Category>,
    pub count: u32,
    pub median_ms: u32,
    pub mean_ms: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InspectionStats {
    /// Everything together first, then each category, then each person, then each person and category.
    pub rows: Vec<InspectionStat>,
}

/// What a unit's row says of its last inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitInspected {
    pub report_id: Id,
    pub version: u32,
    pub at: Ms,
    pub grade: Option<String>,
    pub badges: Vec<Badge>,
    /// Blockers that are not cleared: the unit may not be listed, sold, packed or shipped.
    pub blocked: Vec<Badge>,
}

/// All of a unit's inspection, for its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitInspection {
    pub draft: Option<DraftHead>,
    /// Newest first.
    pub reports: Vec<ReportHead>,
    /// Of the last report, cleared ones with them.
    pub blockers: Vec<Blocker>,
    pub erasure_state: ErasureState,
    pub erasure: Option<Erasure>,
    pub third_party: Vec<ThirdParty>,
}
