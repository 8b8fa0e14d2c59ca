use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AppError, Id, Ms, Role};

/// Which door the UI came through: decides native dialogs or file inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Door {
    Window,
    Browser,
    /// A paired device in the stall's own network.
    Lan,
}

/// A person at the stall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Member {
    pub id: Id,
    pub name: String,
    pub role: Role,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct MemberInput {
    pub name: String,
    pub role: Role,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct AppInfo {
    pub version: String,
    pub door: Door,
    pub stall_name: String,
    /// True while the sample stall is open instead of the person's own.
    pub sample: bool,
    /// True when there is no unit, order or show yet.
    pub empty: bool,
    pub me: Member,
    pub now: Ms,
    /// Folder that holds the stall, for the settings screen and bug reports; empty on a phone.
    pub folder: String,
}

/// Settings that belong to the stall (theme and language belong to the screen and stay there).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Settings {
    pub stall_name: String,
    /// Hours from payment to ship-by, by platform id; used where the file promises nothing.
    pub ship_hours: BTreeMap<String, u32>,
    /// Column names of the bulk-ship file by platform id: order, carrier, number.
    pub bulk_ship_columns: BTreeMap<String, [String; 3]>,
    /// Line printed on the packing slip and shown at the bench.
    pub gift_line: String,
    /// Days after which a unit in stock counts as ageing.
    pub ageing_days: u32,
}

/// The last step that can be undone or redone. `op` and `args` make a translated sentence (`op.<op>`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Step {
    pub id: u32,
    pub op: String,
    pub args: BTreeMap<String, String>,
    pub at: Ms,
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UndoState {
    pub undo: Option<Step>,
    pub redo: Option<Step>,
}

/// Which kinds of rows a commit changed: an open screen refetches when a flag it shows is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ChangeFlags {
    pub units: bool,
    pub photos: bool,
    pub shows: bool,
    pub orders: bool,
    pub facts: bool,
    pub settings: bool,
    pub members: bool,
    /// Paired phones.
    pub devices: bool,
    pub views: bool,
    /// The model book and the fields of units.
    pub book: bool,
    /// Lots and stock-takes.
    pub takes: bool,
    /// Drafts of inspections, reports, checklists, reports of others.
    pub inspections: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobKind {
    Photos,
    ReadPhotos,
    ImportUnits,
    ImportOrders,
    SampleStall,
    Labels,
    ExportUnits,
    ExportPhotos,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobState {
    Running,
    Done,
    Failed,
    Cancelled,
}

/// A file or row of a job that was refused, and why; the rest went on.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct JobProblem {
    pub name: String,
    pub error: AppError,
}

/// Long work with progress; survives leaving the screen.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Job {
    pub id: Id,
    pub kind: JobKind,
    pub state: JobState,
    pub done: u32,
    pub total: u32,
    pub started: Ms,
    pub problems: Vec<JobProblem>,
    /// Set when the whole job failed.
    pub error: Option<AppError>,
    /// The unit photographs go to, where the job has one.
    pub unit: Option<Id>,
    /// An export is done: `jobs.made` says where it lies.
    pub made: bool,
}

/// What a finished export made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Made {
    /// Pass to `files.save` (window) or fetch `/files/<id>` (browser).
    pub file: Option<StagedFile>,
    /// The folder it was written into.
    pub folder: Option<String>,
}

/// What is pushed to every open screen.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum Push {
    /// A commit; `origin` is the screen that asked for it, so that it can tell its own echo.
    Changed {
        flags: ChangeFlags,
        op: String,
        args: BTreeMap<String, String>,
        by: String,
        origin: Option<String>,
        step: Option<u32>,
    },
    Job {
        job: Job,
    },
    /// The door for phones opened or closed, this machine's addresses changed, or a phone came or went.
    Lan,
    /// The photographs waiting to be given to units are others now, or `open` no more.
    Batch {
        open: bool,
        origin: Option<String>,
    },
    /// The line to the stall's other laptops is another now, or a laptop came or went.
    Sync,
    /// Somebody at another laptop opened or closed a record, or begins or ends to change one.
    Presence,
    /// The watched folder does something else now, or has taken something in.
    Watch,
    /// Another stall was opened (sample in or out): reload everything.
    StallSwitched,
    /// The screen missed messages (slow reader): refetch everything it shows.
    Lagged,
}

/// A file handed in by dialogue, drop, paste or upload, waiting to be used; forgotten at exit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct StagedFile {
    pub id: Id,
    pub name: String,
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What a native dialogue is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PickKind {
    Photos,
    PhotoFolder,
    Sheet,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PickInput {
    pub kind: PickKind,
}

/// Files the person chose; empty when the dialogue was closed.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Picked {
    pub files: Vec<StagedFile>,
}

/// The path a file was saved to, or `null` when the dialogue was closed.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Saved {
    pub path: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct FindInput {
    pub text: String,
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct FindHits {
    pub units: Vec<super::UnitRow>,
    pub orders: Vec<super::OrderRow>,
    pub shows: Vec<super::ShowRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ScanInput {
    pub code: String,
}

/// What a scanned code names.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum ScanHit {
    Unit {
        unit: super::UnitRow,
    },
    /// Several units that are here have it: a person says which one is meant.
    Several {
        units: Vec<super::UnitRow>,
    },
    Order {
        order: super::OrderRow,
    },
    /// The label of a shelf, a box or a person.
    Place {
        place: super::Place,
    },
    /// Nothing known; `kind` says what it looks like, so the screen can offer to take the unit in.
    Unknown {
        kind: super::CodeKind,
        code: String,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Jobs {
    pub jobs: Vec<Job>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Members {
    pub members: Vec<Member>,
}
