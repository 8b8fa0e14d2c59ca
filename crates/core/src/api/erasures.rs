use serde::{Deserialize, Serialize};

use super::{ReportPhoto, Signed};
use crate::{Id, Ms};

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
