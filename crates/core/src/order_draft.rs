//! An order as a file tells it, before anything is written; also what the store gives to compare with.

use crate::api::{Aftersale, LineKind, OrderStatus};
use crate::{Fen, Id, Ms};

/// Columns of the table `orders` (without `imported_at`) and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDraft {
    /// UUIDv5 of platform, shop and order number.
    pub id: Id,
    pub platform: String,
    pub shop: String,
    pub order_no: String,
    pub status: OrderStatus,
    pub aftersale: Aftersale,
    pub created_at: Option<Ms>,
    pub paid_at: Option<Ms>,
    /// The file's promise.
    pub ship_deadline: Option<Ms>,
    pub paid: Option<Fen>,
    pub freight: Option<Fen>,
    pub receiver_name: String,
    pub receiver_phone: String,
    pub province: String,
    pub city: String,
    pub district: String,
    pub town: String,
    pub address: String,
    pub buyer_note: String,
    pub seller_note: String,
    /// kuaidi100 code where the name is known, else the file's own words.
    pub carrier: String,
    pub tracking_no: String,
    pub shipped_at: Option<Ms>,
    /// In file order; never empty when read from a file.
    pub lines: Vec<LineDraft>,
    /// What only a file knows; default for an order that comes from the store.
    pub from: FileSide,
}

/// Columns of the table `order_lines`, without `order_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDraft {
    /// UUIDv5 of the order and the sub-order number or place; `judge` replaces it by the stored line's id.
    pub id: Id,
    /// Place in the order, from 0.
    pub line: u32,
    pub kind: LineKind,
    pub title: String,
    pub sku_text: String,
    pub sku_code: String,
    pub quantity: u32,
    pub unit_price: Option<Fen>,
    /// Row number in the file; 0 from the store.
    pub row: u32,
    /// The id comes from a sub-order number and not from the line's place.
    pub numbered: bool,
    /// Codes of columns made for them (`device_no`, `imei` of a generic sheet); not stored.
    pub device_no: String,
    pub imei: String,
}

/// What a file says about an order beside its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSide {
    /// First row of the order in the file.
    pub row: u32,
    /// The status as the file writes it.
    pub status_text: String,
    /// Field names the file has a column for; a field it lacks never clears what is stored.
    pub has: std::sync::Arc<std::collections::BTreeSet<&'static str>>,
    /// Closed, without after-sales, never paid.
    pub never_paid: bool,
    /// Remarks for the preview (`import_note.<key>`).
    pub notes: Vec<crate::api::AppNote>,
}

impl OrderDraft {
    /// An order with nothing but its key: to be filled by a reader.
    #[must_use]
    pub fn blank(platform: &str, shop: &str, order_no: &str) -> Self {
        Self {
            id: Id::of_order(platform, shop, order_no),
            platform: platform.to_owned(),
            shop: shop.to_owned(),
            order_no: order_no.to_owned(),
            status: OrderStatus::ToShip,
            aftersale: Aftersale::None,
            created_at: None,
            paid_at: None,
            ship_deadline: None,
            paid: None,
            freight: None,
            receiver_name: String::new(),
            receiver_phone: String::new(),
            province: String::new(),
            city: String::new(),
            district: String::new(),
            town: String::new(),
            address: String::new(),
            buyer_note: String::new(),
            seller_note: String::new(),
            carrier: String::new(),
            tracking_no: String::new(),
            shipped_at: None,
            lines: Vec::new(),
            from: FileSide::default(),
        }
    }

    /// The id of the line at a place, where the file has no sub-order numbers.
    #[must_use]
    pub fn line_id(&self, place: u32) -> Id {
        Id::of_line(&self.platform, &self.shop, &self.order_no, &place.to_string())
    }
}

impl LineDraft {
    /// A line with nothing but its id and place.
    #[must_use]
    pub fn blank(id: Id, line: u32) -> Self {
        Self {
            id,
            line,
            kind: LineKind::Unit,
            title: String::new(),
            sku_text: String::new(),
            sku_code: String::new(),
            quantity: 1,
            unit_price: None,
            row: 0,
            numbered: false,
            device_no: String::new(),
            imei: String::new(),
        }
    }
}
