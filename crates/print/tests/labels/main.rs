//! Labels as a printer, a scanner and a PDF viewer get them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod codes;
mod document;
mod languages;
mod reader;

use stall_core::{
    Fen,
    api::{LabelBars, LabelLanguage, LabelShow},
    labels::{self, LabelFacts, LabelWords, Paper, papers},
};
use stall_print::{Bits, Fonts, Laid, dots_per_mm, lay_out};

const IMEI: &str = "356728115320874";

fn show(bars: LabelBars) -> LabelShow {
    LabelShow { qr: true, bars, grade: true, battery: true, price: true, shelf: false }
}

fn words(f: &LabelFacts, bars: LabelBars) -> LabelWords {
    labels::unit_words(f, &show(bars), LabelLanguage::Zh)
}

/// Units that are hard on a layout, each with its name.
fn awkward() -> Vec<(&'static str, LabelFacts)> {
    let usual = labels::example(LabelLanguage::Zh);
    vec![
        ("usual", usual.clone()),
        ("bare", LabelFacts { stock_no: "7".into(), model: "P60".into(), ..LabelFacts::default() }),
        ("no model", LabelFacts { stock_no: "0388".into(), code: IMEI.into(), ..LabelFacts::default() }),
        (
            "long",
            LabelFacts {
                model: "华为 HUAWEI Mate 60 RS 非凡大师 卫星通信版 全网通双卡双待 展示样机".into(),
                storage: "16GB+1024GB".into(),
                colour: "瑞红陶瓷特别定制礼盒版本".into(),
                price: Some(Fen(123_456_789)),
                stock_no: "ZX123456".into(),
                grade: Some("A1".into()),
                battery: Some(100),
                ..usual.clone()
            },
        ),
        ("two lines", LabelFacts { model: "Samsung Galaxy S24 Ultra 国行".into(), ..usual.clone() }),
        ("no grade, no price", LabelFacts { grade: None, price: None, ..usual.clone() }),
        ("serial", LabelFacts { code: "F2LXJ0ABCD12".into(), ..usual.clone() }),
        ("longest serial", LabelFacts { code: "ABCDEFGHIJKLMNOPQRST".into(), ..usual }),
    ]
}

fn laid(paper: &Paper, words: &LabelWords, dpi: u16) -> Laid {
    lay_out(&Fonts::open().unwrap(), paper, words, dots_per_mm(dpi)).unwrap()
}

fn bits(label: &Laid) -> Bits {
    Bits::of(&Fonts::open().unwrap(), label)
}

#[test]
fn nothing_of_a_label_hangs_over_its_edge_or_runs_into_the_qr_code() {
    let fonts = Fonts::open().unwrap();
    for paper in papers() {
        for dpi in [203, 300, 600] {
            for (name, facts) in awkward() {
                edges(&fonts, paper, &words(&facts, LabelBars::Device), dpi, name);
            }
            for name in ["A-03", "东墙 2 层", "REPAIR-BENCH-12", "很长的一个货位名称写到四十个字以内都要放得下才行"]
            {
                edges(&fonts, paper, &labels::shelf_words(name, "老周二手机"), dpi, name);
            }
        }
    }
}

/// Where the QR code begins with its light border, in dots.
fn qr_left(label: &Laid) -> i32 {
    use stall_print::Mark;
    // Its finder's first row: the topmost rectangles.
    let top = label.marks.iter().filter_map(|m| match m {
        Mark::Rect { x, y, h, .. } if *y < label.height / 4 => Some((*y, *x, *h)),
        _ => None,
    });
    let (_, x, module) = top.min().unwrap();
    x - 4 * module
}

fn edges(fonts: &Fonts, paper: &Paper, words: &LabelWords, dpi: u16, name: &str) {
    use stall_print::Mark;
    let label = laid(paper, words, dpi);
    let qr = qr_left(&label);
    // The light border is as wide below the code as beside it.
    let below =
        (label.width - (paper.inset * label.dots_per_mm) as i32 - qr) + (paper.inset * label.dots_per_mm) as i32;
    for mark in &label.marks {
        let (x, y, right, bottom) = match mark {
            Mark::Rect { x, y, w, h } => (*x, *y, x + w, y + h),
            Mark::Text { x, y, em, weight, text, .. } => {
                (*x, y - (em * 0.75) as i32, x + fonts.width(*weight, *em, text).round() as i32, y + (em * 0.15) as i32)
            }
        };
        let inside = x >= 0 && y >= 0 && right <= label.width && bottom <= label.height;
        assert!(inside, "{} {dpi} {name}: {mark:?} of {}x{}", paper.id, label.width, label.height);
        if let Mark::Text { .. } = mark
            && y < below
        {
            assert!(right <= qr + 1, "{} {dpi} {name}: {mark:?} runs into the QR code at {qr}", paper.id);
        }
    }
}

#[test]
fn the_stock_number_is_the_largest_thing_on_every_label() {
    use stall_print::Mark;
    for paper in papers() {
        let label = laid(paper, &words(&labels::example(LabelLanguage::Zh), LabelBars::StockNo), 203);
        let ems: Vec<(f32, &str)> = label
            .marks
            .iter()
            .filter_map(|m| match m {
                Mark::Text { em, text, .. } => Some((*em, text.as_str())),
                Mark::Rect { .. } => None,
            })
            .collect();
        let largest = ems.iter().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        assert_eq!(largest.1, "0387", "{}", paper.id);
        let second = ems.iter().filter(|e| e.1 != "0387").map(|e| e.0).fold(0.0, f32::max);
        assert!(largest.0 >= 2.0 * second, "{}: {ems:?}", paper.id);
    }
}

#[test]
fn a_price_a_storage_and_a_stock_number_stand_whole_even_on_the_fullest_label() {
    use stall_print::Mark;
    for paper in papers() {
        let (_, facts) = awkward().remove(3);
        let label = laid(paper, &words(&facts, LabelBars::Device), 203);
        let texts: Vec<&str> = label
            .marks
            .iter()
            .filter_map(|m| match m {
                Mark::Text { text, .. } => Some(text.as_str()),
                Mark::Rect { .. } => None,
            })
            .collect();
        assert!(texts.contains(&"ZX123456") && texts.contains(&"¥1,234,567.89"), "{}: {texts:?}", paper.id);
        assert!(texts.iter().any(|t| t.starts_with("16GB+1024GB")), "{}: {texts:?}", paper.id);
    }
}
