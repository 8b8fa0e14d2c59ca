use serde::{Deserialize, Serialize};

use super::{AgeBand, Event, InspectionState, Missing, Photo, PriceBand, UnitInspected, UnitInspection};
use crate::{AppError, Fen, Id, Ms};

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Category {
    Phone,
    Tablet,
    Laptop,
    Watch,
    Camera,
    Other,
}

/// Where a unit stands, derived from facts and never stored as truth.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UnitStatus {
    /// On the shelf and free to sell.
    InStock,
    /// Assigned to an order line.
    Sold,
    Packed,
    Shipped,
    /// Taken out of stock by hand (kept, lost, scrapped, sent back).
    Withdrawn,
}

/// What a scanned or typed code looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CodeKind {
    Imei,
    Meid,
    Serial,
    StockNo,
    Waybill,
    OrderNo,
    Other,
}

/// One row of the stock table.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitRow {
    pub id: Id,
    /// Short number a host can read aloud, such as `0387`.
    pub stock_no: String,
    pub category: Category,
    pub brand: String,
    pub model: String,
    pub storage: String,
    pub colour: String,
    /// Grade id of `grades.json` (S, A1, A2, B1, B2, C, D, E) or `null`.
    pub grade: Option<String>,
    /// Battery health in percent, 0-100.
    pub battery: Option<u8>,
    /// Short facts such as 换电池, 港版.
    pub badges: Vec<String>,
    pub price_list: Option<Fen>,
    pub price_live: Option<Fen>,
    /// `null` for roles that may not see it.
    pub price_floor: Option<Fen>,
    /// `null` for roles that may not see it.
    pub cost: Option<Fen>,
    pub shelf: String,
    /// The box it lies in.
    #[serde(rename = "box")]
    pub in_box: String,
    /// With whom it is; empty: at the stall.
    pub holder: String,
    pub status: UnitStatus,
    /// BLAKE3 name of the cover photograph's original.
    pub cover: Option<String>,
    pub photos: u32,
    /// The next coming show it is planned in.
    pub show: Option<UnitShow>,
    /// When it was taken in.
    pub taken_in: Ms,
    /// Last four digits of the IMEI, or of the serial number.
    pub code_tail: String,
    pub inspection: InspectionState,
    /// Its last report.
    pub inspected: Option<Box<UnitInspected>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitShow {
    pub id: Id,
    pub title: String,
    pub starts_at: Ms,
    /// Its place among the show's units, from 1.
    pub place: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UnitSort {
    /// Newest taken in first.
    Newest,
    Oldest,
    /// By the price shown: the list price, else the live price. What has no value stands last in either direction.
    PriceUp,
    PriceDown,
    /// Letters by the alphabet, numbers by their size.
    StockNo,
    StockNoDown,
    LiveUp,
    LiveDown,
    /// For roles that see costs.
    CostUp,
    CostDown,
    ModelUp,
    ModelDown,
    BrandUp,
    BrandDown,
    /// Best first.
    GradeUp,
    GradeDown,
    BatteryUp,
    BatteryDown,
    ShelfUp,
    ShelfDown,
    StatusUp,
    StatusDown,
    PhotosUp,
    PhotosDown,
}

/// A query of the stock list. Empty lists filter nothing; of a list with several values a unit has one, except `missing`,
/// where it lacks all.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct UnitQuery {
    /// Words as `stall_core::search` says.
    pub text: String,
    pub status: Vec<UnitStatus>,
    pub category: Vec<Category>,
    pub grade: Vec<String>,
    pub brand: Vec<String>,
    /// Only units with no photograph.
    pub no_photos: bool,
    /// Only units with no grade yet.
    pub no_grade: bool,
    /// Only units planned in a coming show.
    pub in_show: bool,
    /// Hide units promised to a coming show (the picker of a run sheet).
    pub not_in_show: bool,
    /// Only units taken in at or before this instant (ageing stock).
    pub taken_in_before: Option<Ms>,
    #[ts(optional, as = "Option<Vec<String>>")]
    pub model: Vec<String>,
    #[ts(optional, as = "Option<Vec<String>>")]
    pub shelf: Vec<String>,
    #[ts(optional, as = "Option<Vec<AgeBand>>")]
    pub age: Vec<AgeBand>,
    #[ts(optional, as = "Option<Vec<PriceBand>>")]
    pub price: Vec<PriceBand>,
    /// The price shown is at least this.
    #[ts(optional = nullable)]
    pub price_from: Option<Fen>,
    /// The price shown is at most this.
    #[ts(optional = nullable)]
    pub price_to: Option<Fen>,
    #[ts(optional, as = "Option<Vec<Missing>>")]
    pub missing: Vec<Missing>,
    #[ts(optional, as = "Option<Vec<InspectionState>>")]
    pub inspection: Vec<InspectionState>,
    pub sort: UnitSort,
    pub after: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}

impl Default for UnitQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            status: Vec::new(),
            category: Vec::new(),
            grade: Vec::new(),
            brand: Vec::new(),
            no_photos: false,
            no_grade: false,
            in_show: false,
            not_in_show: false,
            taken_in_before: None,
            model: Vec::new(),
            shelf: Vec::new(),
            age: Vec::new(),
            price: Vec::new(),
            price_from: None,
            price_to: None,
            missing: Vec::new(),
            inspection: Vec::new(),
            sort: UnitSort::Newest,
            after: None,
            limit: 50,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Facet {
    pub value: String,
    pub count: u32,
}

/// Counts beside the stock list.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitFacets {
    pub status: Vec<Facet>,
    /// Of units in stock.
    pub category: Vec<Facet>,
    pub grade: Vec<Facet>,
    pub brand: Vec<Facet>,
    pub no_photos: u32,
    pub no_grade: u32,
    pub in_show: u32,
    /// In stock for longer than the ageing setting.
    pub ageing: u32,
}

/// What a person types of a unit. In `units.edit` a missing field stays as it is, `null` clears it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct UnitPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imei2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// An empty string clears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", with = "super::units::twice")]
    #[schemars(with = "Option<u8>")]
    #[ts(optional = nullable, as = "Option<u8>")]
    pub battery: Option<Option<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badges: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", with = "super::units::twice")]
    #[schemars(with = "Option<Fen>")]
    #[ts(optional = nullable, as = "Option<Fen>")]
    pub price_list: Option<Option<Fen>>,
    #[serde(skip_serializing_if = "Option::is_none", with = "super::units::twice")]
    #[schemars(with = "Option<Fen>")]
    #[ts(optional = nullable, as = "Option<Fen>")]
    pub price_live: Option<Option<Fen>>,
    #[serde(skip_serializing_if = "Option::is_none", with = "super::units::twice")]
    #[schemars(with = "Option<Fen>")]
    #[ts(optional = nullable, as = "Option<Fen>")]
    pub price_floor: Option<Option<Fen>>,
    #[serde(skip_serializing_if = "Option::is_none", with = "super::units::twice")]
    #[schemars(with = "Option<Fen>")]
    #[ts(optional = nullable, as = "Option<Fen>")]
    pub cost: Option<Option<Fen>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelf: Option<String>,
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    pub in_box: Option<String>,
    /// With whom it is; an empty string brings it back to the stall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Values of the category's and the owner's fields by field id; an empty value clears, a field not named stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<std::collections::BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Flaws declared to buyers, one a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flaws: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Tells a missing field (`None`) from a cleared one (`Some(None)`).
pub(crate) mod twice {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(v: &Option<Option<T>>, s: S) -> Result<S::Ok, S::Error> {
        v.as_ref().and_then(Option::as_ref).serialize(s)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(d).map(Some)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitEdit {
    /// One or many: many is one undo step.
    pub ids: Vec<Id>,
    pub patch: UnitPatch,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WithdrawInput {
    pub ids: Vec<Id>,
    pub reason: String,
}

/// Everything about one unit.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitDetail {
    pub row: UnitRow,
    pub imei: Option<String>,
    pub imei2: Option<String>,
    pub meid: Option<String>,
    pub serial: Option<String>,
    pub source: String,
    pub flaws: String,
    pub note: String,
    /// Values of the category's and the owner's fields by field id.
    pub fields: std::collections::BTreeMap<String, String>,
    /// The lot it came with.
    pub lot: Option<UnitLot>,
    pub photos: Vec<Photo>,
    /// Newest first: facts and changes.
    pub timeline: Vec<Event>,
    /// The order it is sold in.
    pub order: Option<UnitOrder>,
    /// The same device's earlier lives at this stall (same IMEI or serial), newest first.
    pub earlier: Vec<UnitRow>,
    pub inspection: UnitInspection,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitLot {
    pub id: Id,
    pub at: crate::Ms,
    pub source: String,
    pub units: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct UnitOrder {
    pub order_id: Id,
    pub line_id: Id,
    pub platform: String,
    pub order_no: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CodeInput {
    pub code: String,
    pub kind: CodeKind,
    /// The unit being edited, which may keep its own code.
    pub except: Option<Id>,
}

/// Live check of an identity field.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CodeCheck {
    /// The code with separators removed.
    pub code: String,
    /// Why it is refused, or `null`.
    pub error: Option<AppError>,
    /// The unit in stock that has it.
    pub holder: Option<UnitRow>,
    /// Units no longer in stock that had it.
    pub earlier: Vec<UnitRow>,
    /// Brand and model that more than half of the stall's own units with this TAC (first 8 digits) have.
    pub suggestion: Option<ModelHint>,
    /// How many units of the stall say so.
    pub learned_from: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ModelHint {
    pub category: Category,
    pub brand: String,
    pub model: String,
    pub storages: Vec<String>,
    pub colours: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct StockNo {
    pub stock_no: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ModelQuery {
    pub text: String,
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ModelHints {
    pub models: Vec<ModelHint>,
}
