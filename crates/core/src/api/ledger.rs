use serde::{Deserialize, Serialize};

use crate::{Id, Ms};

/// How what this laptop holds stands beside what the others hold (`ledger_audit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LedgerState {
    /// They were not compared yet.
    #[default]
    New,
    Same,
    /// Something differs: who is wrong finds it out by the hub's order.
    Differs,
    /// This laptop compares what it holds with the hub's order.
    Checking,
    /// Both made sure, and they still differ.
    Stuck,
}

/// The last comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SyncLedger {
    pub state: LedgerState,
    /// Laptops that held the same, or that did not.
    pub laptops: u32,
    /// When they were last found to hold the same.
    pub at: Option<Ms>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LedgerKind {
    /// This laptop was wrong, and was made anew from the hub's order.
    Mended,
    /// It cannot be mended by itself.
    Stuck,
}

/// A unit or an order that was not as the others have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LedgerRecord {
    pub id: Id,
    /// Its stock or order number.
    pub no: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LedgerNotice {
    pub kind: LedgerKind,
    /// When; of one laptop no two are of the same moment, so it also names the notice.
    pub at: Ms,
    /// Laptops that hold something else.
    pub with: Vec<String>,
    /// Rows that differed; 0 where it is not known which.
    pub rows: u32,
    /// Units and orders that they are about and that are here, some of them.
    pub units: Vec<LedgerRecord>,
    pub orders: Vec<LedgerRecord>,
    /// Where the stall lies as it was; empty where nothing was changed.
    pub copy: String,
    /// For who looks into it: tables, ids and columns, no values.
    pub report: String,
}

/// Notices of this laptop that nobody has put away, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LedgerNotices {
    pub notices: Vec<LedgerNotice>,
}

/// Puts a notice away.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LedgerSeen {
    pub at: Ms,
}
