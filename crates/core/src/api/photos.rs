use serde::{Deserialize, Serialize};

use crate::{Id, Ms, photo_edit::Edit, photo_quality::PhotoVerdict};

/// A photograph of a unit. The first in order is the cover.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Photo {
    pub id: Id,
    /// `null` while it is in the tray.
    pub unit_id: Option<Id>,
    /// In the tray: photographs of one device share it.
    pub tray: Option<String>,
    /// BLAKE3 of the original bytes, 64 hex digits: the name of the original's file.
    pub blob: String,
    /// The name of the made copies to show: `blob`, or that of the edited picture.
    pub shown: String,
    pub edited: bool,
    /// Which view of the shot list it shows; empty when unknown.
    pub shot: String,
    /// Empty by hand, else `phone` or `folder`.
    pub source: String,
    pub file_name: String,
    /// Pixels after orientation.
    pub width: u32,
    pub height: u32,
    /// Size of the original in bytes.
    pub bytes: u32,
    /// Sharpness, 0-100, where it was measured.
    pub sharp: Option<u8>,
    /// Mean lightness, 0-255, where it was measured.
    pub light: Option<u8>,
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

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotoEdit {
    pub id: Id,
    /// Every edit wanted, in place of those it has; none shows the original again.
    pub edits: Vec<Edit>,
}

/// The edits a photograph has.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotoEdits {
    pub edits: Vec<Edit>,
}

/// What is doubtful about one photograph.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotoFlag {
    pub id: Id,
    pub verdict: PhotoVerdict,
    /// An earlier one of those asked about that shows nearly the same.
    pub like: Option<Id>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotoFlags {
    /// In the order asked; photographs that are gone are left out.
    pub flags: Vec<PhotoFlag>,
}
