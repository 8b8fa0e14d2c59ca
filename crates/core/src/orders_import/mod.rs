//! Orders out of a platform's file or a hand-made sheet.
//!
//! `open` understands the headers, `read_orders` the rows. Nothing is guessed where digits may be lost: such a row is
//! refused with its number and the reason. What to do with an order is `order_judge`'s to say.

mod accessory;
mod cells;
mod group;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use accessory::line_kind;

use crate::headers::{self, HeaderRow, Mapping};
use crate::order_draft::OrderDraft;
use crate::platforms::{self, GENERIC};
use crate::spreadsheet::Table;
use crate::{AppError, Ms};

/// Every field a column can be mapped to, in the order shown.
pub const FIELDS: [&str; 30] = [
    "order_no",
    "sub_order_no",
    "status",
    "aftersale_status",
    "created_at",
    "paid_at",
    "ship_deadline",
    "paid_amount",
    "freight",
    "item_title",
    "sku_text",
    "sku_code",
    "device_no",
    "imei",
    "quantity",
    "unit_price",
    "receiver_name",
    "receiver_phone",
    "receiver_tel",
    "province",
    "city",
    "district",
    "town",
    "address",
    "buyer_note",
    "seller_note",
    "carrier",
    "tracking_no",
    "logistics",
    "shipped_at",
];

/// How a file is laid out.
#[derive(Debug, Clone)]
pub struct Layout {
    pub header: HeaderRow,
    /// Platform id; `generic` when nothing tells it.
    pub platform: String,
    /// Recognised by its headers.
    pub detected: bool,
    /// Field -> header.
    pub mapping: Mapping,
    columns: BTreeMap<&'static str, usize>,
    has: Arc<BTreeSet<&'static str>>,
}

/// A row that cannot be taken, and why. The error's args name `row`, `column` and `value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub row: u32,
    /// The order number as far as it can be read.
    pub key: String,
    pub title: String,
    pub error: AppError,
}

/// A file's orders.
#[derive(Debug, Clone, Default)]
pub struct OrderFile {
    /// In file order; rows of one order are one order with lines.
    pub orders: Vec<OrderDraft>,
    pub refused: Vec<Refused>,
    /// Rows below the header that are not blank.
    pub rows: u32,
    /// Earliest and latest creation (payment where the file has no creation).
    pub first: Option<Ms>,
    pub last: Option<Ms>,
}

/// Understands the headers of a table.
///
/// `platform` and `mapping` are what a person (or the saved mapping) says; `None` detects and guesses.
///
/// # Errors
/// `SheetNoRows`, `SheetNoHeader`, `SheetColumnMissing {column}` when there is no order number or a mapped header is gone.
pub fn open(table: &Table, platform: Option<&str>, mapping: Option<&Mapping>) -> Result<Layout, AppError> {
    let header = headers::locate(table, platforms::knows)?;
    let found = platforms::detect(&header);
    let id = platform.filter(|p| platforms::platform(p).is_some()).or(found).unwrap_or(GENERIC);
    let mapping = mapping.map_or_else(|| guess(&header, id), Clone::clone);
    let by_name = headers::columns(&header, &mapping, &[("order_no", "订单号")])?;
    let columns: BTreeMap<&'static str, usize> =
        FIELDS.iter().filter_map(|f| by_name.get(*f).map(|c| (*f, *c))).collect();
    let has = Arc::new(columns.keys().copied().collect());
    Ok(Layout { header, platform: id.to_owned(), detected: found == Some(id), mapping, columns, has })
}

/// Field -> header for a platform's file; generic sheets also know every other platform's spellings.
fn guess(header: &HeaderRow, platform: &str) -> Mapping {
    let spellings = |field: &str| -> Vec<&'static str> {
        let own = platforms::platform(platform).into_iter();
        let others = platforms::all().filter(|_| platform == GENERIC).map(|(_, p)| p);
        let mut names: Vec<&'static str> =
            own.chain(others).flat_map(|p| p.fields.get(field)).flatten().map(String::as_str).collect();
        if field == "aftersale_status" {
            names.extend(
                platforms::platform(platform)
                    .and_then(|p| p.fields.get("refund_status"))
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            );
            names.extend(["售后状态", "退款状态"]);
        }
        names
    };
    // A generic sheet's 商家编码 is its stock number: that field is asked first there.
    let mut order: Vec<&'static str> = FIELDS.to_vec();
    if platform == GENERIC {
        order.sort_by_key(|f| !matches!(*f, "order_no" | "device_no" | "imei"));
    }
    headers::guess(header, order.into_iter().map(|f| (f, spellings(f))))
}

/// Reads every row below the header.
#[must_use]
pub fn read_orders(table: &Table, layout: &Layout, shop: &str) -> OrderFile {
    let mut groups = group::Groups::new(layout, shop);
    for row in layout.header.row + 1..table.len() {
        groups.add(table, row);
    }
    groups.finish()
}

#[cfg(test)]
mod tests;
