use serde::{Deserialize, Serialize};

use super::{OrderDetail, OrderRow, StagedFile, UnitRow};
use crate::{AppError, Id};

/// The packing queue, soonest deadline first.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BenchQueue {
    /// Stages to_pack and to_ship.
    pub parcels: Vec<OrderRow>,
    pub to_pack: u32,
    pub to_ship: u32,
    pub to_match: u32,
    pub shipped_today: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct BenchScan {
    /// The parcel on the bench, or `null` when it is empty.
    pub order_id: Option<Id>,
    pub code: String,
}

/// What a scan at the bench means.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum BenchAnswer {
    /// A parcel was opened (by order number, or by a unit sold in it when the bench was empty).
    Opened { order: OrderDetail },
    /// The right unit: the line is checked and packed.
    RightUnit { order: OrderDetail, unit: UnitRow, complete: bool },
    /// Not the unit of this parcel. Nothing was written.
    WrongUnit { expected: Vec<UnitRow>, scanned: Option<UnitRow>, code: String, belongs_to: Option<OrderRow> },
    /// A waybill number for the parcel on the bench.
    Waybill { tracking_no: String, carriers: Vec<CarrierGuess> },
    /// The parcel may not be packed (closed, refunded, not matched, shipped).
    Refused { error: AppError, order: Option<OrderRow> },
    /// Nothing known by this code.
    Unknown { code: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Carrier {
    /// kuaidi100 code, such as `shunfeng`.
    pub code: String,
    pub zh: String,
    pub en: String,
    pub active: bool,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum GuessStrength {
    /// The prefix belongs to this carrier alone.
    Sure,
    Likely,
    /// Several carriers write numbers like this.
    Maybe,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CarrierGuess {
    pub carrier: Carrier,
    pub strength: GuessStrength,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Carriers {
    pub carriers: Vec<Carrier>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct CarrierGuesses {
    pub guesses: Vec<CarrierGuess>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct WaybillInput {
    pub tracking_no: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShipInput {
    pub order_id: Id,
    pub carrier: String,
    pub tracking_no: String,
}

/// A warning before a bulk-ship file leaves (`ship_check.<kind>`); it never blocks.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShipCheck {
    /// number_not_carrier, same_number_other_address, number_reused, before_payment, order_closed.
    pub kind: String,
    pub order_no: String,
    pub args: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SheetFormat {
    Xlsx,
    Csv,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShipExportInput {
    pub platform: String,
    pub format: SheetFormat,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShipExport {
    /// Pass to `files.save` (window) or fetch `/files/<id>` (browser).
    pub file: StagedFile,
    pub rows: u32,
    pub checks: Vec<ShipCheck>,
}

/// What a bulk-ship export would hold.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ShipPreview {
    /// Platforms with parcels shipped here that the file has not confirmed yet, with counts.
    pub platforms: Vec<super::Facet>,
}
