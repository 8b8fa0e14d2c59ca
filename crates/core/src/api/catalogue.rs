//! The stock list's filters, their counts, saved views and edits of many units.

use serde::{Deserialize, Serialize};

use super::{Category, Facet, InspectionState, UnitPatch, UnitRow, UnitSort, UnitStatus};
use crate::{Fen, Id};

/// How long a unit has been here, in whole days.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AgeBand {
    /// 0-7 days.
    D7,
    /// 8-30 days.
    D30,
    /// 31-60 days.
    D60,
    /// 61-90 days.
    D90,
    Older,
}

impl AgeBand {
    pub const ALL: [Self; 5] = [Self::D7, Self::D30, Self::D60, Self::D90, Self::Older];

    /// The band of so many days.
    #[must_use]
    pub fn of(days: i64) -> Self {
        match days {
            ..=7 => Self::D7,
            8..=30 => Self::D30,
            31..=60 => Self::D60,
            61..=90 => Self::D90,
            _ => Self::Older,
        }
    }
}

/// A band of the price shown, in yuan; named by its lower end, which belongs to it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PriceBand {
    P0,
    P1000,
    P2000,
    P3000,
    P5000,
    P8000,
}

impl PriceBand {
    pub const ALL: [Self; 6] = [Self::P0, Self::P1000, Self::P2000, Self::P3000, Self::P5000, Self::P8000];

    /// The band of a price.
    #[must_use]
    pub fn of(price: Fen) -> Self {
        match price.0 {
            ..=99_999 => Self::P0,
            100_000..=199_999 => Self::P1000,
            200_000..=299_999 => Self::P2000,
            300_000..=499_999 => Self::P3000,
            500_000..=799_999 => Self::P5000,
            _ => Self::P8000,
        }
    }
}

/// What a unit lacks.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Missing {
    Photo,
    Grade,
    /// Neither a list nor a live price.
    Price,
    /// Neither IMEI, MEID nor serial number.
    Code,
    Shelf,
    /// For roles that see costs.
    Cost,
}

impl Missing {
    pub const ALL: [Self; 6] = [Self::Photo, Self::Grade, Self::Price, Self::Code, Self::Shelf, Self::Cost];
}

/// What each value of each filter would leave: counted with the words and the other filters applied. Values are the
/// names the query uses; those that leave nothing are left out, except chosen ones.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitCounts {
    /// Units the query finds.
    pub total: u32,
    pub status: Vec<Facet>,
    pub category: Vec<Facet>,
    pub grade: Vec<Facet>,
    /// Most first, as many as are worth showing.
    pub brand: Vec<Facet>,
    pub model: Vec<Facet>,
    pub shelf: Vec<Facet>,
    pub age: Vec<Facet>,
    pub price: Vec<Facet>,
    pub missing: Vec<Facet>,
    pub inspection: Vec<Facet>,
}

/// All units of a query, in its order.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Matching {
    pub rows: Vec<UnitRow>,
    /// How many there are; more than `rows` when one action could not touch them all.
    pub total: u32,
}

/// A view of the stock: what is asked, in which order, and how it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct ViewState {
    pub text: String,
    pub status: Vec<UnitStatus>,
    pub category: Vec<Category>,
    pub grade: Vec<String>,
    pub brand: Vec<String>,
    pub model: Vec<String>,
    pub shelf: Vec<String>,
    pub age: Vec<AgeBand>,
    pub price: Vec<PriceBand>,
    pub price_from: Option<Fen>,
    pub price_to: Option<Fen>,
    pub missing: Vec<Missing>,
    pub inspection: Vec<InspectionState>,
    pub in_show: bool,
    /// In stock for longer than the setting says.
    pub ageing: bool,
    pub sort: UnitSort,
    /// `table` or `grid`.
    pub mode: String,
    /// Names of the table's columns in order; empty: as the laptop has them.
    pub columns: Vec<String>,
}

impl Default for ViewState {
    fn default() -> Self {
        Self {
            text: String::new(),
            status: Vec::new(),
            category: Vec::new(),
            grade: Vec::new(),
            brand: Vec::new(),
            model: Vec::new(),
            shelf: Vec::new(),
            age: Vec::new(),
            price: Vec::new(),
            price_from: None,
            price_to: None,
            missing: Vec::new(),
            inspection: Vec::new(),
            in_show: false,
            ageing: false,
            sort: UnitSort::Newest,
            mode: "table".to_owned(),
            columns: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SavedView {
    pub id: Id,
    pub name: String,
    pub state: ViewState,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Views {
    /// In the order they were made.
    pub views: Vec<SavedView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ViewSave {
    /// The view to write over; `null` makes a new one.
    pub id: Option<Id>,
    pub name: String,
    pub state: ViewState,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ViewRename {
    pub id: Id,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PriceColumn {
    PriceList,
    PriceLive,
    PriceFloor,
    Cost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PriceMove {
    /// The amount is the new price, in fen.
    Set,
    /// The amount is added, in fen; negative takes off.
    Add,
    /// The amount is a share in hundredths of a percent: -500 takes five percent off.
    Percent,
    /// Takes the price away.
    Clear,
}

/// What the new price ends in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Rounding {
    /// Stays as it comes out, to the fen.
    #[default]
    Exact,
    /// Whole yuan.
    Yuan,
    /// Whole tens of yuan.
    Ten,
    /// The nearest price that ends in 9.
    Nine,
    /// The nearest price that ends in 99.
    NinetyNine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PriceChange {
    pub field: PriceColumn,
    pub how: PriceMove,
    pub amount: i32,
    #[serde(default)]
    pub round: Rounding,
}

/// One edit of many units.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct UnitBulk {
    pub ids: Vec<Id>,
    /// Set alike on all: every field but the codes and the stock number.
    pub patch: UnitPatch,
    pub badges_add: Vec<String>,
    pub badges_remove: Vec<String>,
    /// At most one for each price. A unit without that price is left as it is, unless the price is set.
    pub prices: Vec<PriceChange>,
}

/// What would become of the prices.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BulkPreview {
    /// The first changes, a line for each price of each unit.
    pub changes: Vec<PricePreview>,
    /// Prices that change in all.
    pub count: u32,
    /// Units without the price that should move.
    pub skipped: u32,
    /// Units whose live price would lie under their floor price; `null` for roles that may not see it.
    pub below_floor: Option<u32>,
}

/// Named as `FieldChange` is, so that what hides costs there hides them here.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct PricePreview {
    pub id: Id,
    pub stock_no: String,
    pub model: String,
    pub field: PriceColumn,
    pub old: Option<Fen>,
    pub new: Option<Fen>,
}
