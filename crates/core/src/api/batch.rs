use serde::{Deserialize, Serialize};

use super::JobProblem;
use crate::{Id, Ms};

/// What told which unit a photograph belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FoundBy {
    /// A barcode in the first frame.
    Label,
    /// The name of the file.
    Name,
    /// The name of the folder it lay in.
    Folder,
    /// A pause in the shooting parts it from those before; the unit is not known.
    Gap,
    /// A person said so.
    Hand,
}

/// How far a finding can be relied on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Sure {
    Sure,
    Likely,
    Guess,
}

/// How photographs are parted into units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchRules {
    /// Barcodes in the pictures count.
    pub labels: bool,
    /// Names of files and folders count.
    pub names: bool,
    /// A pause of more seconds than this begins another device; 0 parts nothing.
    pub gap_s: u32,
    /// Pictures of a label are kept as pictures of the unit.
    pub keep_labels: bool,
}

impl Default for BatchRules {
    fn default() -> Self {
        Self { labels: true, names: true, gap_s: 40, keep_labels: false }
    }
}

/// Photographs of many units handed in at once.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchStart {
    /// Staged files (`files.put` or `files.pick`).
    pub files: Vec<Id>,
    /// `null` takes the last used.
    #[serde(default)]
    pub rules: Option<BatchRules>,
}

/// A photograph that is on disk with its copies, waiting to be given to a unit.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchPhoto {
    /// Number within the batch.
    pub id: u32,
    pub name: String,
    pub folder: String,
    /// BLAKE3 name of the original.
    pub blob: String,
    /// When it was taken, else when the file was last written.
    pub at: Option<Ms>,
    /// The code read in it.
    pub code: Option<String>,
    /// A picture of a label.
    pub label: bool,
    /// Not to be taken in.
    pub out: bool,
    /// The unit of its group has this very picture already.
    pub has: bool,
}

/// The unit a group goes to, for its head.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchUnit {
    pub id: Id,
    pub stock_no: String,
    pub title: String,
    pub cover: Option<String>,
    /// Photographs it has now.
    pub photos: u32,
}

/// Photographs of one device.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchGroup {
    /// Number within the batch.
    pub id: u32,
    /// `null`: it goes to the tray.
    pub unit: Option<BatchUnit>,
    /// Nothing of it is taken in.
    pub leave: bool,
    pub by: FoundBy,
    pub sure: Sure,
    /// The code that named the unit, or one that names none.
    pub code: Option<String>,
    /// The pause before it in seconds, where that is what parts it.
    pub gap_s: Option<u32>,
    /// In order.
    pub photos: Vec<u32>,
}

/// Photographs being read or waiting for a person's look. Nothing is written to the stall before `batch.apply`.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotoBatch {
    pub id: Id,
    /// The job that reads files, while it runs.
    pub job: Option<Id>,
    pub rules: BatchRules,
    pub photos: Vec<BatchPhoto>,
    pub groups: Vec<BatchGroup>,
    /// Files that could not be read, and why.
    pub problems: Vec<JobProblem>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchState {
    pub batch: Option<PhotoBatch>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ArrangedGroup {
    /// A known group's number, or any new one.
    pub id: u32,
    pub unit_id: Option<Id>,
    pub leave: bool,
    pub photos: Vec<u32>,
}

/// The whole arrangement as a person wants it: every photograph of the batch exactly once.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchArrange {
    pub id: Id,
    pub groups: Vec<ArrangedGroup>,
    /// Photographs that are not to be taken in.
    pub out: Vec<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchRegroup {
    pub id: Id,
    pub rules: BatchRules,
}

/// What was written.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BatchDone {
    /// Photographs given to units.
    pub photos: u32,
    pub units: u32,
    /// Photographs put into the tray.
    pub tray: u32,
    /// Left out by the person or as labels.
    pub left_out: u32,
    /// Names of files their unit had already.
    pub duplicates: Vec<String>,
    /// The undo step.
    pub step: Option<u32>,
}
