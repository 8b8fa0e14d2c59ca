use serde::{Deserialize, Serialize};

use crate::{Id, Ms};

/// The words of a form are in this language; the signed document carries both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PassportLang {
    Zh,
    En,
}

/// What a passport can be handed out as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PassportForm {
    /// One file that checks itself in any browser.
    Html,
    /// A4.
    Pdf,
    /// PDF, 100 mm wide.
    Card,
    /// JPEG, 1080 pixels wide, as high as it needs.
    Long,
    /// JPEG, 1080 x 1350: the grade and the flaws at a glance.
    Short,
    /// The signed document alone.
    Json,
}

/// Who a file is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PassportCopy {
    /// For everybody: the codes of the device stay closed.
    #[default]
    Public,
    /// For its buyer: with the full codes and what opens their commitments.
    Buyer,
}

/// What every passport of the stall says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct PassportSettings {
    /// Where the stall is.
    pub address: String,
    /// Who signs for it; empty: nobody is named.
    pub signer: String,
    /// 0: no warranty is promised.
    pub warranty_days: u32,
    /// Terms of return in the stall's own words; empty: the rules of the platform.
    pub returns_zh: String,
    pub returns_en: String,
}

/// One version of a unit's passport, in a line. It never changes but for `latest` and `orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportHead {
    pub id: Id,
    pub unit_id: Id,
    /// `2611-0387-8`: month, stock number, check digit. All versions of a unit share it.
    pub number: String,
    /// 1, 2, 3 …
    pub version: u32,
    pub issued_at: Ms,
    pub by: String,
    /// Grade id.
    pub grade: String,
    /// The report it was made from.
    pub report_id: Id,
    /// BLAKE3 of what is signed, 64 hex digits.
    pub seal: String,
    /// Fingerprint of the key it is signed with: `9c41 7e0b 55d2 a8f6`.
    pub key: String,
    /// No newer version stands.
    pub latest: bool,
    /// Orders it was sold under, frozen.
    pub orders: Vec<Id>,
}

/// Why a passport can not be issued now; the error of `passports.issue` has the same code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PassportWant {
    /// Never inspected to the end.
    Inspection,
    /// The last report has a blocker that is not cleared.
    Unblocked,
    /// The unit has no photograph.
    Photos,
    /// The stall has no name yet.
    StallName,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Passports {
    /// Newest first.
    pub passports: Vec<PassportHead>,
    /// What is lacking; empty: one can be issued.
    pub wants: Vec<PassportWant>,
    /// There is something newer than the last passport: another report, other photographs, other terms. True when there is
    /// none yet.
    pub stale: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportIssue {
    pub unit_id: Id,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportGet {
    pub id: Id,
    pub lang: PassportLang,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportFile {
    pub id: Id,
    pub form: PassportForm,
    pub lang: PassportLang,
    #[serde(default)]
    pub copy: PassportCopy,
}

/// A passport as a picture to look at (`long` or `short`; other forms are refused).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportPictureInput {
    pub id: Id,
    pub form: PassportForm,
    pub lang: PassportLang,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportPicture {
    /// `data:image/jpeg;base64,…`.
    pub image: String,
    pub width: u32,
    pub height: u32,
}

/// A row of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportRow {
    pub label: String,
    pub value: String,
    pub tone: PassportTone,
}

/// How an answer is shown; the sign says it too, never the colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PassportTone {
    /// In order: a tick.
    Good,
    /// A finding: a mark.
    Flaw,
    /// A fact, neither good nor bad.
    Plain,
    /// Not checked: a dash.
    Open,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportFlaw {
    /// From 1: the number in the red circle.
    pub no: u32,
    pub title: String,
    pub detail: String,
    /// Place in `photos`, from 0.
    pub photo: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportGroup {
    pub title: String,
    pub rows: Vec<PassportRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportPhoto {
    pub caption: String,
    /// Name of the embedded copy: `/media/full/<copy>`. Empty in the public copy of a photograph that shows codes.
    pub copy: String,
    /// Shows the device's codes: only in the buyer's copy.
    pub private: bool,
}

/// All a passport says, in one language, in the order it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportView {
    pub lang: PassportLang,
    pub stall: String,
    pub address: String,
    pub number: String,
    pub version: u32,
    /// `2026-11-24 10:42`.
    pub issued: String,
    pub model: String,
    pub spec: String,
    pub grade: String,
    /// `店铺成色规则 v1.0`.
    pub rule: String,
    /// `60 项检查算出，未上调`.
    pub computed: String,
    /// What holds the grade where it is.
    pub reasons: Vec<PassportRow>,
    /// Words no grade hides.
    pub badges: Vec<String>,
    pub flaws: Vec<PassportFlaw>,
    /// The checks buyers ask for first.
    pub main: Vec<PassportRow>,
    /// Every check.
    pub groups: Vec<PassportGroup>,
    pub checked: u32,
    pub photos: Vec<PassportPhoto>,
    /// The photograph beside the grade.
    pub hero: Option<u32>,
    /// Codes (tails, or in full in the buyer's copy), repairs, erasure, inspector, terms.
    pub facts: Vec<PassportRow>,
    pub signer: String,
    /// `9c41 7e0b 55d2 a8f6`.
    pub key: String,
    /// First 12 digits of the seal: `7f0c 19ae e41a`.
    pub seal: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Passport {
    pub head: PassportHead,
    pub view: PassportView,
}

/// A file that was dropped, to be checked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportCheckInput {
    /// A staged file.
    pub file: Id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PassportOutcome {
    /// Unaltered, and signed with a key of this stall.
    Genuine,
    /// Unaltered, but signed with a key that is not this stall's.
    OtherKey,
    /// Something was altered: see `faults`.
    Altered,
    /// Not a passport, or a form that holds no signature (PDF, pictures).
    NoPassport,
}

/// What was altered.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PassportFaultKind {
    /// The signature does not fit number, version, time, key and the sections' hashes.
    Signature,
    /// A section is not the one that was signed; `part` names it.
    Section,
    /// A photograph is not the one that was signed; `part` is its caption.
    Photo,
    /// A photograph that belongs to the file is not in it.
    PhotoMissing,
    /// Full codes or salt do not fit the commitment; `part` is the kind of code.
    Opening,
    /// The words or looks of the page are not the ones that were signed; `part` names the place.
    Page,
    /// Bytes outside of the document's meaning: the file is not written as it must be.
    Form,
    /// The number's check digit does not fit.
    Number,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportFault {
    pub kind: PassportFaultKind,
    /// `device`, `grade`, `flaws`, `badges`, `checks`, `photos`, `history`, `terms`, `stall`, `text`, `style`; a photograph's caption; `imei` …
    pub part: String,
    /// Of a photograph its caption in English; else as `part`.
    pub part_en: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PassportVerdict {
    pub outcome: PassportOutcome,
    pub faults: Vec<PassportFault>,
    /// What the file says of itself, believed only as far as the outcome goes.
    pub number: String,
    pub version: u32,
    pub issued_at: Option<Ms>,
    pub model: String,
    /// Grade id.
    pub grade: String,
    pub stall: String,
    pub key: String,
    pub copy: PassportCopy,
    /// The same passport here.
    pub passport: Option<PassportHead>,
    /// A newer version stands here.
    pub newer: Option<u32>,
}

/// The key a stall signs with now, or signed with before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct StallKey {
    /// `9c41 7e0b 55d2 a8f6`.
    pub fingerprint: String,
    /// 64 hex digits.
    pub public: String,
    pub since: Ms,
    pub by: String,
    /// Signs now, on this computer.
    pub current: bool,
    pub passports: u32,
}

/// Where the secret half of the key lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum KeyPlace {
    Keychain,
    File,
    /// None was made yet: the first passport makes it.
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct StallKeys {
    /// Newest first.
    pub keys: Vec<StallKey>,
    pub place: KeyPlace,
}

/// The passport a unit had when it was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SoldPassport {
    pub id: Id,
    pub number: String,
    pub version: u32,
}
