//! Telling a cable from a phone. A phone taken for a cable would never be matched, so doubt makes it a unit.

use crate::api::LineKind;
use crate::match_unit;

const WORDS: &[&str] = &[
    "数据线",
    "充电线",
    "快充线",
    "钢化膜",
    "水凝膜",
    "贴膜",
    "保护膜",
    "镜头膜",
    "手机壳",
    "保护壳",
    "保护套",
    "皮套",
    "壳膜",
    "充电器",
    "充电头",
    "适配器",
    "充电宝",
    "耳机套",
    "支架",
    "卡针",
    "转接头",
    "配件",
    "表带",
    "键盘膜",
    "补差价",
    "补运费",
    "邮费链接",
    "运费链接",
    "赠品",
];
/// Words that only a device's title has.
const DEVICE: &[&str] = &[
    "成新",
    "99新",
    "98新",
    "95新",
    "90新",
    "充新",
    "靓机",
    "小花",
    "大花",
    "国行",
    "港版",
    "美版",
    "电池健康",
    "电池效率",
    "配件机",
    "整机",
    "孤品",
];
/// Endings that look like 线 but are not cables.
const NOT_CABLE: &[&str] = &["无线", "有线", "在线", "上线", "线上", "线下", "曲线", "一线"];

/// Whether a line needs a unit: `stock` is what stands in columns made for stock numbers and IMEIs, and the SKU code.
#[must_use]
pub fn line_kind(title: &str, sku_text: &str, stock: &[&str]) -> LineKind {
    let text = strip_gifts(title);
    if !names_accessory(&text) {
        return LineKind::Unit;
    }
    let storage = [text.as_str(), sku_text].iter().any(|t| has_storage(t));
    let device = DEVICE.iter().any(|w| text.contains(w) || sku_text.contains(w));
    let numbered = stock.iter().any(|c| {
        let digits = c.len() >= 3 && c.bytes().all(|b| b.is_ascii_digit());
        digits || !match_unit::marked(c).is_empty()
    });
    let coded = [title, sku_text].iter().any(|t| !match_unit::marked(t).is_empty() || !match_unit::imeis(t).is_empty());
    if storage || device || numbered || coded { LineKind::Unit } else { LineKind::Accessory }
}

fn names_accessory(text: &str) -> bool {
    if WORDS.iter().any(|w| text.contains(w)) {
        return true;
    }
    let mut rest = text.to_owned();
    for w in NOT_CABLE {
        rest = rest.replace(w, "");
    }
    // A lone 线 or 膜 counts where a word ends.
    rest.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
        word.ends_with('线') || word.ends_with('膜')
    })
}

/// `送数据线`, `赠钢化膜`, `含充电器`, `配线`: what comes along does not say what is sold.
fn strip_gifts(title: &str) -> String {
    let mut out = String::new();
    let mut chars = title.chars().peekable();
    while let Some(c) = chars.next() {
        let gift = matches!(c, '送' | '赠' | '含' | '附')
            || (matches!(c, '配' | '带') && !matches!(chars.peek(), Some('件' | '子')));
        // 赠品 names the thing itself.
        if gift && !(c == '赠' && chars.peek() == Some(&'品')) && !out.is_empty() {
            while chars
                .next_if(|c| !matches!(c, ' ' | ',' | '，' | '。' | ';' | '；' | '】' | ']' | ')' | '）' | '/' | '|'))
                .is_some()
            {}
        } else {
            out.push(c);
        }
    }
    out
}

/// `128G`, `256 GB`, `1TB`, `8+256`.
fn has_storage(text: &str) -> bool {
    let b: Vec<char> = text.to_uppercase().chars().collect();
    b.iter().enumerate().any(|(i, c)| match c {
        'G' | 'T' => {
            let digits: Vec<_> =
                b[..i].iter().rev().skip_while(|c| **c == ' ').take_while(|c| c.is_ascii_digit()).collect();
            // 5G and 4G are networks.
            *c == 'T' && !digits.is_empty() || digits.len() >= 2
        }
        '+' => i > 0 && b[i - 1].is_ascii_digit() && b.get(i + 1).is_some_and(char::is_ascii_digit),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cables_films_and_shells_are_accessories() {
        for t in [
            "苹果数据线 1米",
            "iPhone 13 钢化膜",
            "华为66W充电器",
            "iPhone 15 Pro 手机壳 透明",
            "Type-C 编织线",
            "高清膜",
            "二手手机配件",
            "补差价专用",
        ] {
            assert_eq!(line_kind(t, "", &[]), LineKind::Accessory, "{t}");
        }
    }

    #[test]
    fn a_phone_with_a_gift_is_a_phone() {
        for t in [
            "iPhone 13 128G 送数据线",
            "【0371】iPhone 13 配件齐全 充电器",
            "小米14 12+256 99新 全套配件",
            "华为 Mate 60 Pro 国行 充电器",
            "vivo X100 赠钢化膜",
            "AirPods Pro 无线耳机",
            "iPhone 13",
            "苹果 iPhone 12 64GB 贴膜好",
            "",
        ] {
            assert_eq!(line_kind(t, "", &[]), LineKind::Unit, "{t}");
        }
    }

    #[test]
    fn a_stock_number_makes_it_a_unit() {
        assert_eq!(line_kind("充电器", "", &["0371"]), LineKind::Unit);
        assert_eq!(line_kind("充电器 #0371", "", &[]), LineKind::Unit);
        assert_eq!(line_kind("充电器", "", &["CDQ-66W"]), LineKind::Accessory);
        assert_eq!(line_kind("充电器 490154203237518", "", &[]), LineKind::Unit);
        assert_eq!(line_kind("数据线", "黑色 128GB", &[]), LineKind::Unit);
    }
}
