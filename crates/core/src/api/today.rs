use serde::{Deserialize, Serialize};

use super::{OrderRow, ShowRow, UnitRow};
use crate::{Fen, Ms};

/// What now: the first screen.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Today {
    pub now: Ms,
    /// Parcels to pack or ship, soonest deadline first, at most 6.
    pub parcels: Vec<OrderRow>,
    pub parcels_total: u32,
    pub parcels_late: u32,
    /// Due before local midnight, late ones included.
    pub parcels_today: u32,
    /// Parcels left, by platform.
    pub parcels_by_platform: Vec<super::Facet>,
    /// Paid orders with a line that has no unit, at most 6.
    pub to_match: Vec<OrderRow>,
    pub to_match_total: u32,
    /// Orders with a refund under way that are not shipped.
    pub held_total: u32,
    pub shows: Vec<ShowTodo>,
    /// In stock without photographs, newest first, at most 6.
    pub no_photos: Vec<UnitRow>,
    pub no_photos_total: u32,
    pub no_grade_total: u32,
    /// Photographs that have no unit yet, and how many devices they show.
    pub tray_photos: u32,
    pub tray_groups: u32,
    /// One picture of each of the newest three.
    pub tray_covers: Vec<String>,
    /// In stock longer than the ageing setting, oldest first, at most 6.
    pub ageing: Vec<UnitRow>,
    pub ageing_total: u32,
    /// Units in stock that want a label; 0 at a stall that prints none.
    pub labels_missing: u32,
    /// The last seven local days, oldest first.
    pub week: Vec<Day>,
    pub in_stock: u32,
}

/// A coming show and what it lacks.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShowTodo {
    pub show: ShowRow,
    pub ready: u32,
    /// Rows with problems, at most 6.
    pub lacking: Vec<super::ShowItem>,
}

/// Orders paid on one local day.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Day {
    /// Local midnight that begins it.
    pub start: Ms,
    pub orders: u32,
    pub paid: Fen,
    /// Paid less cost of the matched units whose cost is known; `null` for roles that may not see it.
    pub margin: Option<Fen>,
}
