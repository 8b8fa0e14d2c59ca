use serde::{Deserialize, Serialize};

use super::{Category, Photo, UnitPatch, UnitShow, UnitStatus};
use crate::{Id, Ms};

/// One view of a shot list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Shot {
    /// What `Photo.shot` holds; the same view has the same id in every list.
    pub id: String,
    pub zh: String,
    pub en: String,
    /// How to take it, one line.
    pub how_zh: String,
    pub how_en: String,
    /// Which outline the viewfinder draws.
    pub outline: String,
    /// A unit without it is not done.
    pub required: bool,
    /// May be taken any number of times (flaws).
    pub repeats: bool,
}

/// The views of one category, in the order they are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShotList {
    pub category: Category,
    pub shots: Vec<Shot>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShotLists {
    pub lists: Vec<ShotList>,
}

/// A unit as the photographer sees it: what it is and what is photographed. No prices.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShootUnit {
    pub id: Id,
    pub stock_no: String,
    pub category: Category,
    pub brand: String,
    pub model: String,
    pub storage: String,
    pub colour: String,
    pub shelf: String,
    pub code_tail: String,
    pub status: UnitStatus,
    pub cover: Option<String>,
    /// The next coming show it is planned in.
    pub show: Option<UnitShow>,
    /// Photographs it has, in order.
    pub photos: Vec<ShotTaken>,
    /// Required views it has, and how many there are.
    pub done: u32,
    pub needed: u32,
    /// Ids of the required views it lacks, in list order.
    pub missing: Vec<String>,
}

/// A photograph and the view it shows.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShotTaken {
    pub id: Id,
    pub shot: String,
    /// Name of the made copies.
    pub shown: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShootQueueInput {
    /// 1 to 200.
    pub limit: u32,
}

/// Units in stock that lack required views: those of coming shows first, then the newest.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShootQueue {
    pub units: Vec<ShootUnit>,
    /// How many wait in all, among the units looked at.
    pub total: u32,
    /// More units are in stock than were looked at.
    pub capped: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShootFind {
    /// A stock number, with or without its zeros, an IMEI or serial number, or the tail of one.
    pub code: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShootHits {
    /// One for an exact code; several when only a tail was given. Units here come first.
    pub units: Vec<ShootUnit>,
}

/// Photographs of one device that has no unit yet.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TrayGroup {
    pub tray: String,
    pub photos: Vec<Photo>,
    /// When its first and its last photograph came in.
    pub first: Ms,
    pub last: Ms,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Tray {
    /// Newest first, at most 100.
    pub groups: Vec<TrayGroup>,
    pub groups_total: u32,
    pub photos_total: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TrayAssign {
    pub tray: String,
    pub unit_id: Id,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TrayNewUnit {
    pub tray: String,
    pub patch: UnitPatch,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TrayMove {
    pub photo_ids: Vec<Id>,
    /// The group they join; `null` makes one of their own.
    pub tray: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TrayMoved {
    /// The group they are in now.
    pub tray: String,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PhotosShot {
    pub ids: Vec<Id>,
    /// A view of a shot list; empty for none.
    pub shot: String,
}
