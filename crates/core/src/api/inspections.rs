use serde::{Deserialize, Serialize};

use super::{Category, Checklist, UnitRow};
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

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ClearInput {
    pub unit_id: Id,
    /// The item whose answer blocks, in the unit's last report.
    pub item_id: String,
    /// What was done; needed.
    pub note: String,
}

/// How data were erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EraseMethod {
    /// The system's own reset, which destroys the key of the encrypted storage.
    Crypto,
    Overwrite,
    Block,
    /// A tool of somebody else.
    Tool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ErasureInput {
    pub unit_id: Id,
    pub method: EraseMethod,
    /// Photographs of the unit.
    #[serde(default)]
    pub photo_ids: Vec<Id>,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ErasureVerify {
    pub unit_id: Id,
    #[serde(default)]
    pub note: String,
}

/// The record of a unit's erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Erasure {
    pub method: EraseMethod,
    pub done: Signed,
    pub photos: Vec<ReportPhoto>,
    /// Somebody looked that nothing is left.
    pub verified: Option<Signed>,
}

/// Where a unit stands with its data.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErasureState {
    /// The category keeps no data.
    NotNeeded,
    /// Nothing is known.
    Unknown,
    /// The last report says it is not erased.
    NotErased,
    /// Erased, not verified.
    Erased,
    Verified,
}

/// When packing wants a verified erasure of a device that keeps data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErasureRule {
    /// Only where the last report says that it is not erased.
    #[default]
    Reported,
    /// Of every unit that was inspected.
    Inspected,
    /// Of every unit.
    Always,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ErasureSetting {
    pub rule: ErasureRule,
}

/// A report of somebody else, kept beside ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ThirdParty {
    pub id: Id,
    pub unit_id: Id,
    pub issuer: String,
    pub number: String,
    /// `2026-11-20`, or empty.
    pub date: String,
    /// A web address it can be looked up at, or empty.
    pub url: String,
    pub note: String,
    pub file: Option<ThirdPartyFile>,
    pub added: Ms,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ThirdPartyFile {
    /// BLAKE3 of its bytes.
    pub blob: String,
    pub name: String,
    pub bytes: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ThirdPartyInput {
    pub unit_id: Id,
    pub issuer: String,
    #[serde(default)]
    pub number: String,
    #[serde(default)]
    pub date: String,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub note: String,
    /// A staged file: PDF, picture or text, up to 20 MB.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub file: Option<Id>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ThirdParties {
    /// Newest first.
    pub reports: Vec<ThirdParty>,
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
