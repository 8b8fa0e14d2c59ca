//! The document: sections of words frozen in both languages, and the seal that is signed. `docs/passport.md` says the same to
//! strangers. No cost, floor, buyer, shelf or source ever stands in it: there is no field for them.

use serde::{Deserialize, Serialize};

/// The format's name, in the file and in what is signed.
pub const FORMAT: &str = "stallkeeper-passport/1";
/// That of the signed statement about a page.
pub const PAGE_FORMAT: &str = "stallkeeper-passport-page/1";
/// Every section, in the order of reading.
pub const SECTIONS: [&str; 9] = ["device", "grade", "flaws", "badges", "checks", "photos", "history", "terms", "stall"];

/// One text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    pub zh: String,
    pub en: String,
}

impl Say {
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The same in both.
    #[must_use]
    pub fn both(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }
}

/// A label and what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub key: String,
    pub label: Say,
    pub value: Say,
}

/// A code of the device: its tail for everybody, the whole only as BLAKE3(salt || code in ASCII).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// `imei`, `imei2`, `meid`, `serial`.
    pub kind: String,
    /// The last four characters.
    pub tail: String,
    pub commitment: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    pub stock_no: String,
    /// `phone`, `tablet` …
    pub category: String,
    pub category_name: Say,
    pub brand: String,
    pub model: String,
    pub spec: Vec<Row>,
    pub codes: Vec<Code>,
}

/// Why the grade is not higher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub text: Say,
    /// The best grade this allows, in words; empty: it lowers nothing.
    pub allows: Say,
}

/// A grade set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    pub by: String,
    pub at: i64,
    /// Above what the rule gives.
    pub raised: bool,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// S, A1, A2, B1, B2, C, D, E.
    pub id: String,
    pub name: Say,
    /// What the rule gives.
    pub computed: String,
    pub computed_name: Say,
    /// `店铺成色规则 v1.0`: the stall's own rule, no national standard.
    pub rule: Say,
    pub rule_version: String,
    pub checked: u32,
    pub open: u32,
    pub reasons: Vec<Reason>,
    pub explain: Say,
    pub by_hand: Option<ByHand>,
}

/// A flaw told before anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flaw {
    pub title: Say,
    pub detail: Say,
    /// Place in the photographs, from 0.
    pub photo: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Badge {
    pub key: String,
    pub name: Say,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub key: String,
    pub label: Say,
    /// Codes of the device are cut to their tails.
    pub answer: Say,
    /// 0 in order to 5 broken; `null`: a fact, or not checked.
    pub severity: Option<u8>,
    pub checked: bool,
    pub note: String,
    /// Among the checks buyers ask for first.
    pub main: bool,
    /// Evidence: places in the photographs, from 0.
    pub photos: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckGroup {
    pub key: String,
    pub title: Say,
    pub checks: Vec<Check>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    pub checklist: String,
    pub groups: Vec<CheckGroup>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photo {
    /// Of the shot list, such as `back`; may be empty.
    pub shot: String,
    pub title: Say,
    /// BLAKE3 of the original's bytes as they were taken.
    pub original: String,
    /// BLAKE3 of the JPEG that is embedded.
    pub copy: String,
    pub width: u32,
    pub height: u32,
    /// The copy is cropped, turned or blurred against the original.
    pub edited: bool,
    pub taken_at: Option<i64>,
    /// Shows the device's codes: embedded in the buyer's copy only.
    pub private: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    pub at: Option<i64>,
    pub text: Say,
}

/// How the data were erased; `null` where nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    pub method: Say,
    pub at: i64,
    pub by: String,
    pub verified_at: Option<i64>,
    pub verified_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    pub repairs: Vec<Repair>,
    pub erasure: Option<Erasure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub warranty_days: u32,
    pub returns: Say,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stall {
    pub name: String,
    pub address: String,
    pub signer: String,
    pub inspector: String,
    pub inspected_at: i64,
    /// Version of the inspection report this was made from.
    pub report_version: u32,
}

/// All that is told. The sections are hashed one by one, so that a verifier can say which was altered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sections {
    pub device: Device,
    pub grade: Grade,
    pub flaws: Vec<Flaw>,
    pub badges: Vec<Badge>,
    pub checks: Checks,
    pub photos: Vec<Photo>,
    pub history: History,
    pub terms: Terms,
    pub stall: Stall,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    pub format: String,
    pub number: String,
    pub version: u32,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub issued_at: i64,
    /// BLAKE3 of the seal of the version before; `null` for the first.
    pub previous: Option<String>,
    /// The stall's public key.
    pub key: String,
    pub sections: Hashes,
}

/// BLAKE3 of every section's canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hashes {
    pub device: String,
    pub grade: String,
    pub flaws: String,
    pub badges: String,
    pub checks: String,
    pub photos: String,
    pub history: String,
    pub terms: String,
    pub stall: String,
}

/// What opens the commitments: in the buyer's copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// 128 random bits, 32 hex digits.
    pub salt: String,
    pub codes: Vec<OpenCode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCode {
    pub kind: String,
    pub code: String,
}

/// The file. Its bytes are the canonical JSON of this and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub format: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    pub seal: Seal,
    pub sections: Sections,
    pub signature: String,
}
