//! The platforms' words for states.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::api::{Aftersale, OrderStatus};
use crate::headers::fold;
use crate::platforms;

/// Words of hand-made sheets and of the platforms' own API, beside the maps of the data file.
const STATUS_WORDS: &[(&str, &str)] = &[
    ("未付款", "unpaid"),
    ("待支付", "unpaid"),
    ("unpaid", "unpaid"),
    ("已付款", "to_ship"),
    ("已支付", "to_ship"),
    ("未发货", "to_ship"),
    ("待打包", "to_ship"),
    ("待配货", "to_ship"),
    ("paid", "to_ship"),
    ("部分发货", "part_shipped"),
    ("待收货", "shipped"),
    ("已寄出", "shipped"),
    ("已发出", "shipped"),
    ("运输中", "shipped"),
    ("shipped", "shipped"),
    ("已签收", "received"),
    ("已收货", "received"),
    ("received", "received"),
    ("已完成", "completed"),
    ("完成", "completed"),
    ("completed", "completed"),
    ("已关闭", "closed"),
    ("已取消", "closed"),
    ("取消", "closed"),
    ("closed", "closed"),
    ("cancelled", "closed"),
];

/// Folded words by platform; the empty platform has everybody's, first come first.
type Words = HashMap<&'static str, HashMap<String, &'static str>>;

static STATUS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = folded(|p| &p.status_map);
    let all = words.entry("").or_default();
    for (k, v) in STATUS_WORDS {
        all.entry(fold(k)).or_insert(v);
    }
    words
});
static AFTERSALE: LazyLock<Words> = LazyLock::new(|| folded(|p| &p.aftersale_map));

fn folded(map: impl Fn(&'static platforms::Platform) -> &'static std::collections::BTreeMap<String, String>) -> Words {
    let mut words = Words::new();
    for (id, p) in platforms::all() {
        for (k, v) in map(p) {
            words.entry(id).or_default().insert(fold(k), v.as_str());
            words.entry("").or_default().entry(fold(k)).or_insert(v.as_str());
        }
    }
    words
}

fn look_up(words: &Words, platform: &str, folded: &str) -> Option<&'static str> {
    [platform, ""].iter().find_map(|p| words.get(p)?.get(folded).copied())
}

/// A status, and the after-sales state the same word tells (`未发货，退款成功`).
pub(super) fn status(platform: &str, text: &str) -> Option<(OrderStatus, Option<Aftersale>)> {
    let want = fold(text);
    let word = look_up(&STATUS, platform, &want)?;
    let refunded = want.contains("退款成功").then_some(Aftersale::Refunded);
    Some(match word {
        "unpaid" => (OrderStatus::Unpaid, refunded),
        "to_ship" => (OrderStatus::ToShip, refunded),
        "part_shipped" => (OrderStatus::PartShipped, refunded),
        "shipped" => (OrderStatus::Shipped, refunded),
        "received" => (OrderStatus::Received, refunded),
        "completed" => (OrderStatus::Completed, refunded),
        "closed" => (OrderStatus::Closed, refunded),
        "refunded" => (OrderStatus::Closed, Some(Aftersale::Refunded)),
        _ => return None,
    })
}

/// An after-sales state; the flag is false for a word that is only guessed (unknown words hold the parcel).
pub(super) fn aftersale(platform: &str, text: &str, status: OrderStatus) -> (Aftersale, bool) {
    let want = fold(text);
    if want.is_empty() {
        return (Aftersale::None, true);
    }
    let mapped = look_up(&AFTERSALE, platform, &want);
    // A closed order with a kind of refund as its state has been refunded; an open one is on its way there.
    let under_way = if status == OrderStatus::Closed { Aftersale::Refunded } else { Aftersale::Processing };
    match mapped {
        Some("none") => return (Aftersale::None, true),
        Some("processing" | "awaiting_seller") => return (Aftersale::Processing, true),
        Some("awaiting_buyer_return") => return (Aftersale::AwaitingBuyerReturn, true),
        Some("awaiting_return_receipt") => return (Aftersale::AwaitingReturnReceipt, true),
        Some("refunded") => return (Aftersale::Refunded, true),
        Some("closed") => return (Aftersale::Closed, true),
        Some("type_refund_only" | "type_return_refund") => return (under_way, true),
        _ => {}
    }
    let has = |words: &[&str]| words.iter().any(|w| want.contains(w));
    // Ends before beginnings: 退款关闭 also says 退款.
    if has(&["无售后", "没有", "未申请", "none"]) {
        (Aftersale::None, true)
    } else if has(&["关闭", "取消", "撤销", "拒绝", "驳回"]) {
        (Aftersale::Closed, true)
    } else if has(&["换货成功", "换货完成", "已换货"]) {
        (Aftersale::Exchanged, true)
    } else if has(&["成功", "完成", "已退款", "全额退款", "refunded"]) {
        (Aftersale::Refunded, true)
    } else if has(&["等待买家退货", "待买家退货", "待退货"]) {
        (Aftersale::AwaitingBuyerReturn, true)
    } else if has(&["退货中", "买家已退货", "退回中"]) {
        (Aftersale::InReturn, true)
    } else if has(&["确认收货", "待收退货", "待商家收货"]) {
        (Aftersale::AwaitingReturnReceipt, true)
    } else {
        (under_way, has(&["处理", "等待", "申请", "退款", "退货", "换货", "售后中"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderStatus as S;

    #[test]
    fn every_word_of_the_data_file_is_understood() {
        for (id, p) in platforms::all() {
            for word in p.status_map.keys() {
                assert!(status(id, word).is_some(), "{id} {word}");
            }
            for word in p.aftersale_map.keys() {
                assert!(aftersale(id, word, S::ToShip).1, "{id} {word}");
            }
        }
    }

    #[test]
    fn words_of_hand_made_sheets_are_understood_and_others_are_not() {
        assert_eq!(status("generic", "待发货"), Some((S::ToShip, None)));
        assert_eq!(status("generic", " 已付款 "), Some((S::ToShip, None)));
        assert_eq!(status("generic", "随便"), None);
        assert_eq!(status("generic", ""), None);
        assert_eq!(status("pinduoduo", "未发货，退款成功"), Some((S::Closed, Some(Aftersale::Refunded))));
        assert_eq!(status("taobao", "买家已付款,等待卖家发货"), Some((S::ToShip, None)));
    }

    #[test]
    fn a_kind_of_refund_holds_an_open_order_and_ends_a_closed_one() {
        assert_eq!(aftersale("kuaishou", "仅退款", S::ToShip), (Aftersale::Processing, true));
        assert_eq!(aftersale("kuaishou", "仅退款", S::Closed), (Aftersale::Refunded, true));
        assert_eq!(aftersale("kuaishou", "退款关闭", S::ToShip), (Aftersale::Closed, true));
        assert_eq!(aftersale("kuaishou", "等待买家退货", S::Shipped), (Aftersale::AwaitingBuyerReturn, true));
        assert_eq!(aftersale("kuaishou", "神秘状态", S::ToShip), (Aftersale::Processing, false));
        assert_eq!(aftersale("kuaishou", "", S::ToShip), (Aftersale::None, true));
    }
}
