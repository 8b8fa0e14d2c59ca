use serde::{Deserialize, Serialize};

use super::{CostRule, UnitCost, UnitPatch, UnitRow};
use crate::{AppError, Fen, Id, Ms};

/// The head of a lot: what its units begin with and what it cost as a whole.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotInput {
    /// `null` begins a lot.
    pub id: Option<Id>,
    pub source: String,
    pub note: String,
    /// Category, brand, model, grade, shelf …: what each scanned unit begins with.
    pub defaults: UnitPatch,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotRow {
    pub id: Id,
    pub at: Ms,
    pub source: String,
    pub note: String,
    pub defaults: UnitPatch,
    /// `null` for roles that may not see it.
    pub cost_total: Option<Fen>,
    pub rule: CostRule,
    /// `null` while it is still being scanned.
    pub done_at: Option<Ms>,
    pub units: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Lots {
    /// Newest first.
    pub lots: Vec<LotRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotUnit {
    pub unit: UnitRow,
    /// IMEI, MEID or serial number it was scanned by.
    pub code: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotSheet {
    pub lot: LotRow,
    /// Newest first.
    pub units: Vec<LotUnit>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotScan {
    pub lot_id: Id,
    pub code: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LotOutcome {
    /// Taken in.
    New,
    /// Scanned before in this lot.
    Twice,
    /// In stock already, not of this lot.
    Here,
    /// Not a code that can be right.
    Wrong,
}

/// What a scan did. A wrong or second scan writes nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotAnswer {
    pub outcome: LotOutcome,
    pub code: String,
    pub unit: Option<UnitRow>,
    /// Why it is wrong.
    pub error: Option<AppError>,
    /// How many units of the stall taught the model; 0 when it is not learned.
    pub learned: u32,
    /// Earlier lives of the device at this stall.
    pub earlier: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotUnscan {
    pub lot_id: Id,
    pub unit_id: Id,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LotFinish {
    pub id: Id,
    /// `null` leaves the costs alone.
    pub cost_total: Option<Fen>,
    pub rule: CostRule,
    /// For `by_hand`.
    pub costs: Vec<UnitCost>,
}

/// What a stock-take looks through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TakeScope {
    All,
    Shelf,
    Box,
    Category,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TakeInput {
    pub scope: TakeScope,
    /// The shelf, box or category; empty for all.
    pub value: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TakeRow {
    pub id: Id,
    pub at: Ms,
    pub by: String,
    pub scope: TakeScope,
    pub value: String,
    pub done_at: Option<Ms>,
    /// Units that should be there.
    pub expected: u32,
    /// Of these, seen.
    pub seen: u32,
    /// Seen and not expected, known or not.
    pub odd: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Takes {
    /// Newest first.
    pub takes: Vec<TakeRow>,
}

/// Why a unit that was seen is not as the books have it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TakeOdd {
    /// In stock, but elsewhere: another shelf, box or category.
    Elsewhere,
    Sold,
    Packed,
    Shipped,
    Withdrawn,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TakeOddUnit {
    pub unit: UnitRow,
    pub why: TakeOdd,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TakeScanRow {
    pub id: Id,
    pub at: Ms,
    pub by: String,
    pub code: String,
    /// `null`: nothing in the stall has this code.
    pub unit: Option<UnitRow>,
}

/// A stock-take: how far it is and what differs.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TakeSheet {
    pub take: TakeRow,
    pub missing: Vec<UnitRow>,
    pub odd: Vec<TakeOddUnit>,
    pub unknown: Vec<TakeScanRow>,
    /// The last scans, newest first.
    pub last: Vec<TakeScanRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TakeScan {
    pub take_id: Id,
    pub code: String,
    /// Which one, where the code is of several.
    #[ts(optional = nullable)]
    pub unit_id: Option<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TakeOutcome {
    Seen,
    Again,
    Odd,
    Unknown,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TakeAnswer {
    pub outcome: TakeOutcome,
    pub code: String,
    pub unit: Option<UnitRow>,
    pub why: Option<TakeOdd>,
    pub expected: u32,
    pub seen: u32,
}
