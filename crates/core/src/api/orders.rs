use serde::{Deserialize, Serialize};

use super::{Event, SoldPassport, UnitRow};
use crate::{Fen, Id, Ms};

/// State as the platform's file says it (DOMAIN.md 2.4).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum OrderStatus {
    Unpaid,
    ToShip,
    PartShipped,
    Shipped,
    Received,
    Completed,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Aftersale {
    None,
    Processing,
    AwaitingBuyerReturn,
    InReturn,
    AwaitingReturnReceipt,
    Checking,
    Refunded,
    Exchanged,
    Closed,
}

/// Where the order stands at this stall: the file's state and our own facts together.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum OrderStage {
    Unpaid,
    /// Paid, a line has no unit yet.
    ToMatch,
    /// Every line has its unit: pack it.
    ToPack,
    /// Packed here, no waybill yet.
    ToShip,
    /// Shipped, by us or by the file.
    Shipped,
    /// Received or completed.
    Done,
    Closed,
    /// A refund or return is under way: do not ship.
    Held,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeadlineSource {
    /// The platform's promise column.
    File,
    /// Paid time + the hours in Settings.
    Hours,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Deadline {
    pub at: Ms,
    pub source: DeadlineSource,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct OrderRow {
    pub id: Id,
    pub platform: String,
    pub shop: String,
    pub order_no: String,
    pub status: OrderStatus,
    pub aftersale: Aftersale,
    pub stage: OrderStage,
    /// First line's title; `lines` says how many there are.
    pub title: String,
    pub lines: u32,
    /// Units assigned, in line order.
    pub units: Vec<UnitRow>,
    pub paid: Option<Fen>,
    pub created_at: Option<Ms>,
    pub paid_at: Option<Ms>,
    pub deadline: Option<Deadline>,
    /// Masked: `张**`.
    pub receiver: String,
    /// Masked: `1******3318`.
    pub phone: String,
    pub carrier: Option<String>,
    pub tracking_no: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(default)]
#[ts(export)]
pub struct OrderQuery {
    pub text: String,
    pub stage: Vec<OrderStage>,
    pub platform: Vec<String>,
    /// True: by deadline, soonest first; false: newest first.
    pub by_deadline: bool,
    pub after: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}

impl Default for OrderQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            stage: Vec::new(),
            platform: Vec::new(),
            by_deadline: false,
            after: None,
            limit: 50,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct OrderFacets {
    pub stage: Vec<super::Facet>,
    pub platform: Vec<super::Facet>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LineKind {
    /// A single device that must be matched.
    Unit,
    /// Cable, film, gift: needs no unit.
    Accessory,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct OrderLine {
    pub id: Id,
    pub kind: LineKind,
    pub title: String,
    pub sku_text: String,
    pub sku_code: String,
    pub quantity: u32,
    pub unit_price: Option<Fen>,
    pub unit: Option<UnitRow>,
    pub packed_at: Option<Ms>,
    /// The passport the unit had when it was given to this line.
    pub passport: Option<SoldPassport>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct OrderDetail {
    pub row: OrderRow,
    pub lines: Vec<OrderLine>,
    pub buyer_note: String,
    pub seller_note: String,
    pub freight: Option<Fen>,
    /// Province and city; the rest of the address is behind `orders.reveal`.
    pub region: String,
    /// True when the file gave ciphertext (`##`, `$$`) or an already masked value.
    pub receiver_hidden_by_platform: bool,
    pub timeline: Vec<Event>,
}

/// The receiver in full. Answering this is an act: it is logged without its content.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Receiver {
    pub name: String,
    pub phone: String,
    pub address: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct AssignInput {
    pub line_id: Id,
    pub unit_id: Id,
}

/// Whether another laptop is giving a unit to an order in this moment.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Claimed {
    /// The laptop that is, by its name; `None` where this one may go on, or nobody could be asked.
    pub by: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ByLine {
    pub line_id: Id,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct LineKindInput {
    pub line_id: Id,
    pub kind: LineKind,
}
