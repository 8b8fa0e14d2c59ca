use serde::{Deserialize, Serialize};

use super::{BatchUnit, JobProblem};
use crate::{AppError, Id, Ms};

/// Where photographs that arrive in the watched folder go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WatchTo {
    /// To the unit that a label, the file name or the folder names; the rest to the tray.
    #[default]
    Rule,
    /// All to the tray.
    Tray,
}

/// The watched folder of this computer: a tethered camera's or a cloud drive's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchSettings {
    pub on: bool,
    /// Full path on this computer; empty when none was chosen.
    pub folder: String,
    pub to: WatchTo,
    /// A pause of more seconds than this begins another device.
    pub gap_s: u32,
    /// Who switched it on: photographs that arrive are theirs.
    pub by: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchSet {
    pub on: bool,
    pub folder: String,
    pub to: WatchTo,
    pub gap_s: u32,
    /// Take in what lies in the folder already, too.
    #[serde(default)]
    pub existing: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchFolderInput {
    pub folder: String,
}

/// A folder looked at before it is watched.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchFolder {
    /// As the program writes it.
    pub folder: String,
    /// Photographs in it that were not taken in yet.
    pub pictures: u32,
}

/// The folder a person chose; `null` when they closed the dialogue.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchPicked {
    pub folder: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchTarget {
    /// What arrives goes to this unit until it is cleared with `null`.
    pub unit_id: Option<Id>,
}

/// A photograph that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchLast {
    pub name: String,
    pub at: Ms,
    /// `null`: it went to the tray.
    pub stock_no: Option<String>,
}

/// What the watched folder is doing.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WatchStatus {
    pub settings: WatchSettings,
    /// It stands and sees what arrives. False while off or while `error` stands.
    pub watching: bool,
    /// Why it does not see anything, and what to do; it goes on by itself once that is mended.
    pub error: Option<AppError>,
    /// Files that are still being written.
    pub waiting: u32,
    /// Photographs taken in since the program began.
    pub taken: u32,
    pub last: Option<WatchLast>,
    /// Files that could not be taken in, newest last.
    pub problems: Vec<JobProblem>,
    /// The unit a person chose for what arrives.
    pub target: Option<BatchUnit>,
}
