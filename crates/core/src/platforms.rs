//! What is known of each platform's order file: `order_export_headers.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::headers::{self, HeaderRow};

/// One platform's file.
#[derive(Debug, Deserialize)]
pub struct Platform {
    pub zh: String,
    /// Headers that together tell this file from others.
    #[serde(default)]
    pub signature: Vec<String>,
    /// Field -> its headers, newest spelling first.
    pub fields: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub status_map: BTreeMap<String, String>,
    #[serde(default)]
    pub aftersale_map: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
struct Book {
    platforms: BTreeMap<String, Platform>,
    default_ship_hours: BTreeMap<String, u32>,
    bulk_ship_templates: BTreeMap<String, serde_json::Value>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/data/order_export_headers.json")).unwrap_or_default()
});

/// The platform of sheets nobody else made.
pub const GENERIC: &str = "generic";

/// Ids in the order shown to people.
pub const IDS: [&str; 6] = ["kuaishou", "douyin", "taobao", "pinduoduo", "xianyu", GENERIC];

/// A platform's file by id.
#[must_use]
pub fn platform(id: &str) -> Option<&'static Platform> {
    BOOK.platforms.get(id)
}

/// Every platform, in the order of `IDS`.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Platform)> {
    IDS.iter().filter_map(|id| platform(id).map(|p| (*id, p)))
}

/// Hours from payment to ship-by by platform id: the settings' first values.
#[must_use]
pub fn default_ship_hours() -> BTreeMap<String, u32> {
    BOOK.default_ship_hours.clone()
}

/// Column names of the bulk-ship file by platform id (order, carrier, number): the settings' first values.
#[must_use]
pub fn bulk_ship_columns() -> BTreeMap<String, [String; 3]> {
    let columns = |v: &serde_json::Value| serde_json::from_value(v.clone()).ok();
    BOOK.bulk_ship_templates.iter().filter_map(|(k, v)| columns(v).map(|c| (k.clone(), c))).collect()
}

/// The platform whose file has these headers; `None` when nothing tells it.
///
/// First by signature, then (reports with columns dropped) by a clear lead in known headers.
#[must_use]
pub fn detect(header: &HeaderRow) -> Option<&'static str> {
    let folded: Vec<String> = header.names.iter().map(|n| headers::fold(n)).filter(|n| !n.is_empty()).collect();
    let has = |name: &str| folded.contains(&headers::fold(name));
    let known = |p: &Platform| p.fields.values().filter(|alts| alts.iter().any(|a| has(a))).count();
    // A renamed column still signs: any spelling of the same field will do.
    let signs = |p: &Platform, name: &String| {
        has(name) || p.fields.values().any(|alts| alts.contains(name) && alts.iter().any(|a| has(a)))
    };
    let signed = all().filter(|(_, p)| !p.signature.is_empty() && p.signature.iter().all(|s| signs(p, s)));
    if let Some((id, _)) = signed.max_by_key(|(_, p)| known(p)) {
        return Some(id);
    }
    let mut by_count: Vec<(usize, &str)> =
        all().filter(|(_, p)| !p.signature.is_empty()).map(|(id, p)| (known(p), id)).collect();
    by_count.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    match by_count.as_slice() {
        [(n, id), (next, _), ..] if *n >= 8 && *n >= next + 4 => Some(id),
        _ => None,
    }
}

/// Whether a folded header is known to any platform.
#[must_use]
pub fn knows(folded: &str) -> bool {
    static NAMES: LazyLock<std::collections::HashSet<String>> = LazyLock::new(|| {
        BOOK.platforms.values().flat_map(|p| p.fields.values().flatten()).map(|h| headers::fold(h)).collect()
    });
    NAMES.contains(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(names: &[&str]) -> HeaderRow {
        HeaderRow { row: 0, names: names.iter().map(|s| (*s).to_owned()).collect() }
    }

    #[test]
    fn the_book_is_whole() {
        assert_eq!(all().count(), 6);
        assert_eq!(platform("kuaishou").map(|p| p.fields.len()), Some(64));
        assert_eq!(default_ship_hours()["kuaishou"], 48);
        assert_eq!(bulk_ship_columns()["kuaishou"], ["订单编号", "快递公司", "快递单号"]);
    }

    #[test]
    fn every_platform_with_a_signature_is_known_by_its_own_headers() {
        for (id, p) in all().filter(|(_, p)| !p.signature.is_empty()) {
            let names: Vec<&str> = p.fields.values().filter_map(|a| a.first()).map(String::as_str).collect();
            assert_eq!(detect(&row(&names)), Some(id));
        }
    }

    #[test]
    fn a_report_with_columns_dropped_or_renamed_is_still_known() {
        let mut names: Vec<&str> = Vec::new();
        for (field, alts) in platform("kuaishou").iter().flat_map(|p| &p.fields) {
            if field != "kol_id" {
                names.push(if field == "order_no" { &alts[1] } else { &alts[0] });
            }
        }
        assert_eq!(detect(&row(&names)), Some("kuaishou"));
    }

    #[test]
    fn a_hand_made_sheet_is_nobodys() {
        assert_eq!(detect(&row(&["订单号", "商品", "金额", "收货人", "电话", "地址"])), None);
        assert_eq!(detect(&row(&[])), None);
    }
}
