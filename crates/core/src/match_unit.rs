//! Which unit an order line speaks of: candidate codes in the order they should be looked up.
//!
//! Prices, storage sizes, years and model numbers are not stock numbers: only marked forms and exact codes count.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::api::MatchHow;
use crate::identity;
use crate::order_draft::{LineDraft, OrderDraft};

/// A code to look up. `MatchHow::Imei` means an IMEI, everything else a stock number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub how: MatchHow,
    pub code: String,
}

/// `【0371】`, `[0371]`, `（0371）`, `(0371)`, `#0371`, `编号0371`, `编号：0371`, `货号 0371`, `No.0371`.
static MARKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
        [【\[（(「〔] \s* (?: (?:编号|机器编号|货号|机号|no\.?|\#) \s* [:：]? \s* )? ([0-9a-z]{1,8}) \s* (?:号|号机)? \s* [】\]）)」〕]
        | (?: \#|＃ ) \s* ([0-9a-z]{1,8})
        | (?: 机器编号|库存编号|编号|货号|机号 ) \s* [:：]? \s* ([0-9a-z]{1,8})
        | \b no [.．:：] \s* ([0-9a-z]{1,8})",
    )
    .ok()
});

static DIGITS15: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9][0-9 \-]{13,20}[0-9]").ok());

/// Candidates of a line, best first and without repeats.
#[must_use]
pub fn candidates(order: &OrderDraft, line: &LineDraft) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    let mut add = |how: MatchHow, code: String| {
        let repeated = |c: &Candidate| c.code == code && (c.how == MatchHow::Imei) == (how == MatchHow::Imei);
        if !out.iter().any(repeated) {
            out.push(Candidate { how, code });
        }
    };
    // Columns made for it.
    if let Ok(imei) = identity::imei(&line.imei) {
        add(MatchHow::Imei, imei);
    }
    for code in [&line.device_no, &line.sku_code] {
        if let Ok(no) = identity::stock_no(code) {
            add(MatchHow::SkuCode, no);
        }
        for no in marked(code) {
            add(MatchHow::SkuCode, no);
        }
    }
    let texts =
        [(MatchHow::Title, &line.title), (MatchHow::SkuText, &line.sku_text), (MatchHow::Note, &order.seller_note)];
    for imei in imeis(&line.sku_code) {
        add(MatchHow::Imei, imei);
    }
    for (_, text) in texts {
        for imei in imeis(text) {
            add(MatchHow::Imei, imei);
        }
    }
    for (how, text) in texts {
        for no in marked(text) {
            add(how, no);
        }
    }
    out
}

/// Stock numbers in marked forms, in text order.
#[must_use]
pub fn marked(text: &str) -> Vec<String> {
    // Most texts have no mark at all: looking for one is far cheaper than the pattern.
    let mark = |b: u8| matches!(b, b'[' | b'(' | b'#' | b'N' | b'n') || !b.is_ascii();
    if !text.bytes().any(mark) || !text.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let Some(re) = MARKED.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for caps in re.captures_iter(text) {
        let Some(m) = caps.iter().skip(1).flatten().next() else { continue };
        // `#0371abcdefgh`: the pattern would stop inside a longer word.
        let runs_on = text[m.end()..].chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if !runs_on && looks_like_stock_no(m.as_str()) {
            found.push(m.as_str().to_uppercase());
        }
    }
    found
}

/// Refuses what sellers also put into brackets: storage (`128G`, `8+256`), networks, versions, `5G`, years, words without a digit.
fn looks_like_stock_no(code: &str) -> bool {
    let c = code.to_uppercase();
    let digits = c.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return false;
    }
    let unit = ["GB", "TB", "G", "T", "MAH", "HZ", "W", "MM", "CM"]
        .iter()
        .any(|u| c.strip_suffix(u).is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())));
    let new = c.ends_with("NEW");
    !unit && !new
}

/// 15-digit IMEIs whose check digit is right.
#[must_use]
pub fn imeis(text: &str) -> Vec<String> {
    if text.bytes().filter(u8::is_ascii_digit).count() < 15 {
        return Vec::new();
    }
    let Some(re) = DIGITS15.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for m in re.find_iter(text) {
        // A longer run of digits is another number (an order number), not an IMEI with something around it.
        if let Ok(imei) = identity::imei(m.as_str())
            && !found.contains(&imei)
        {
            found.push(imei);
        } else {
            for part in m.as_str().split(' ').filter(|p| p.len() == 15) {
                if let Ok(imei) = identity::imei(part)
                    && !found.contains(&imei)
                {
                    found.push(imei);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;
    use proptest::prelude::*;

    fn of(title: &str, sku_code: &str, sku_text: &str, note: &str) -> Vec<(MatchHow, String)> {
        let mut o = OrderDraft::blank("kuaishou", "", "1");
        o.seller_note = note.to_owned();
        let l = LineDraft {
            title: title.to_owned(),
            sku_code: sku_code.to_owned(),
            sku_text: sku_text.to_owned(),
            ..LineDraft::blank(Id::of_order("k", "", "1"), 0)
        };
        candidates(&o, &l).into_iter().map(|c| (c.how, c.code)).collect()
    }

    #[test]
    fn every_marked_form_is_found() {
        for t in [
            "【0371】iPhone 13",
            "iPhone 13 [0371]",
            "（0371）苹果13",
            "(0371)",
            "苹果13 #0371",
            "编号0371 苹果",
            "编号：0371",
            "机器编号: 0371",
            "货号 0371",
            "No.0371",
            "【编号0371】",
            "【0371号机】",
            "＃0371",
        ] {
            assert_eq!(marked(t), ["0371"], "{t}");
        }
        assert_eq!(marked("【a12】"), ["A12"]);
        assert_eq!(marked("[0371][0372]"), ["0371", "0372"]);
    }

    #[test]
    fn prices_sizes_years_and_models_are_not_stock_numbers() {
        for t in [
            "iPhone 13 128GB 2299元",
            "Redmi K70 2023款 256G",
            "小米14 12+256",
            "二手 99新 iPhone 15 Pro Max",
            "【128G】",
            "【256GB】",
            "(5G)",
            "【国行】",
            "【99新】",
            "#好物推荐",
            "6.1英寸 3279mAh",
            "0371",
            "[99new]",
        ] {
            assert_eq!(marked(t), Vec::<String>::new(), "{t}");
        }
    }

    #[test]
    fn an_exact_sku_code_is_a_stock_number_and_comes_first() {
        assert_eq!(
            of("【0372】", "0371", "", ""),
            [(MatchHow::SkuCode, "0371".into()), (MatchHow::Title, "0372".into())]
        );
        assert_eq!(of("苹果13", "IP13-128-BLACK-CN", "", ""), []);
    }

    #[test]
    fn an_imei_is_found_anywhere_and_a_wrong_one_never() {
        assert_eq!(of("iPhone 490154203237518", "", "", ""), [(MatchHow::Imei, "490154203237518".into())]);
        assert_eq!(of("", "490154203237518", "", ""), [(MatchHow::Imei, "490154203237518".into())]);
        assert_eq!(of("", "", "", "串号 49 015420 323751 8 已核对"), [(MatchHow::Imei, "490154203237518".into())]);
        assert_eq!(of("iPhone 352099081234563", "", "", ""), []);
        assert_eq!(of("订单 4901542032375180001", "", "", ""), []);
    }

    #[test]
    fn the_same_number_in_two_places_is_looked_up_once() {
        assert_eq!(of("【0371】", "", "#0371", "编号0371"), [(MatchHow::Title, "0371".into())]);
        assert_eq!(of("", "", "", "发0371那台 #0388"), [(MatchHow::Note, "0388".into())]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(a in ".*", b in "[0-9 \\-#【】编号a-z]{0,40}") {
            let _ = (of(&a, &b, &a, &b), of(&b, &a, &b, &a));
        }
    }
}
