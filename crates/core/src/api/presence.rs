use serde::{Deserialize, Serialize};

use crate::Id;

/// What kind of record is open.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RecordKind {
    Unit,
    Order,
    Show,
    Take,
}

/// A record.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[ts(export)]
pub struct RecordRef {
    pub kind: RecordKind,
    pub id: Id,
}

/// What this screen has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PresenceSet {
    /// `null`: nothing.
    pub open: Option<RecordRef>,
    /// A field of it is being changed.
    pub editing: bool,
}

/// One person at another laptop, at one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PresenceMark {
    pub at: RecordRef,
    pub editing: bool,
    /// Who works there, as that laptop says.
    pub who: String,
    /// The laptop, as its certificate calls it.
    pub laptop: String,
}

/// Who is where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Presence {
    /// There are others to tell: false while this laptop stands alone, is paused, or shows the sample.
    pub on: bool,
    /// People at other laptops.
    pub here: Vec<PresenceMark>,
}
