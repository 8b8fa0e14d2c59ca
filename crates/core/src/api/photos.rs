use serde::{Deserialize, Serialize};

use crate::{Id, Ms};

/// A photograph of a unit. The first in order is the cover.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Photo {
    pub id: Id,
    pub unit_id: Id,
    /// BLAKE3 of the original bytes, 64 hex digits: the name of the file and of its made copies.
    pub blob: String,
    pub file_name: String,
    /// Pixels after orientation.
    pub width: u32,
    pub height: u32,
    /// Size of the original in bytes.
    pub bytes: u32,
    pub taken_at: Option<Ms>,
    pub added_at: Ms,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotosAdd {
    pub unit_id: Id,
    /// Staged files (`files.put` or `files.pick`).
    pub files: Vec<Id>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotosOrder {
    pub unit_id: Id,
    /// Every photograph of the unit in the wanted order; the first becomes the cover.
    pub ids: Vec<Id>,
}
