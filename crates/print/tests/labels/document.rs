//! The PDF, read by a few lines that know only the file format.

use std::collections::HashMap;

use stall_core::{
    api::{LabelBars, LabelLanguage},
    labels::{self, Paper, paper, papers},
};
use stall_print::{Fonts, pages, pdf};

use super::{laid, words};

fn document(paper: &Paper, n: usize, start: u8) -> Vec<u8> {
    let facts = labels::example(LabelLanguage::Zh);
    let all = (0..n).map(|_| laid(paper, &words(&facts, LabelBars::StockNo), 300)).collect();
    pdf(&Fonts::open().unwrap(), &pages(paper, all, start), "标签").unwrap()
}

/// Widths and heights of the pages in millimetres.
fn boxes(pdf: &[u8]) -> Vec<(f32, f32)> {
    let text = String::from_utf8_lossy(pdf);
    let parts = text.split("/MediaBox").skip(1);
    let numbers = parts.map(|p| {
        let inside = p.split(['[', ']']).nth(1).unwrap();
        inside.split_whitespace().map(|n| n.parse::<f32>().unwrap() / 72.0 * 25.4).collect::<Vec<_>>()
    });
    numbers.map(|n| (n[2] - n[0], n[3] - n[1])).collect()
}

/// Every deflated stream that inflates to text, in file order; streams written plain too.
fn streams(pdf: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = 0;
    let find = |from: usize, mark: &[u8]| pdf[from..].windows(mark.len()).position(|w| w == mark).map(|i| from + i);
    while let Some(start) = find(at, b"stream\n") {
        let from = start + 7;
        let end = find(from, b"\nendstream").unwrap();
        let raw = &pdf[from..end];
        let plain = miniz_oxide::inflate::decompress_to_vec_zlib(raw).unwrap_or_else(|_| raw.to_vec());
        out.push(String::from_utf8_lossy(&plain).into_owned());
        at = end + 10;
    }
    out
}

#[test]
fn a_page_is_exactly_as_large_as_its_label_or_its_sheet() {
    for p in papers() {
        let (w, h) = p.sheet.as_ref().map_or((p.width, p.height), |s| (s.width, s.height));
        let got = boxes(&document(p, 2, 0));
        assert_eq!(got.len(), if p.sheet.is_some() { 1 } else { 2 }, "{}", p.id);
        for (gw, gh) in got {
            assert!((gw - w).abs() < 0.01 && (gh - h).abs() < 0.01, "{}: {gw} x {gh}", p.id);
        }
    }
}

#[test]
fn a_sheet_partly_used_is_used_up_before_the_next_begins() {
    let p = paper("a4-3x7").unwrap();
    assert_eq!(boxes(&document(p, 21, 0)).len(), 1);
    assert_eq!(boxes(&document(p, 21, 1)).len(), 2);
    let facts = labels::example(LabelLanguage::Zh);
    let sheet = pages(p, vec![laid(p, &words(&facts, LabelBars::None), 300)], 4);
    let first = &sheet[0].labels[0];
    assert!((first.x - 73.29).abs() < 0.01 && (first.y - 53.25).abs() < 0.01, "second column, second row");
}

#[test]
fn the_text_of_a_pdf_can_be_copied_and_searched() {
    let bytes = document(paper("50x30").unwrap(), 1, 0);
    let streams = streams(&bytes);
    // Both fonts' tables of what each code means in Unicode.
    let mut meaning: Vec<HashMap<String, char>> = Vec::new();
    for map in streams.iter().filter(|s| s.contains("beginbfchar")) {
        let mut codes = HashMap::new();
        for line in map.lines().filter(|l| l.starts_with('<') && l.matches('<').count() == 2) {
            let parts: Vec<&str> = line.split(['<', '>']).collect();
            let unicode = u32::from_str_radix(parts[3], 16).unwrap();
            codes.insert(parts[1].to_uppercase(), char::from_u32(unicode).unwrap());
        }
        meaning.push(codes);
    }
    assert_eq!(meaning.len(), 2);
    let page = streams.iter().find(|s| s.contains("BT")).unwrap();
    // Text is compared through the table alone: every character of the label has a code that means it.
    for (weight, text) in [(1, "0387"), (1, "iPhone15ProMax"), (0, "256GB原色钛金属"), (1, "95新"), (1, "¥6,299")]
    {
        for c in text.chars() {
            assert!(meaning[weight].values().any(|m| *m == c), "{c} of {text}");
        }
    }
    assert!(page.matches("Tj").count() >= 5);
    assert!(bytes.windows(22).any(|w| w == b"/PrintScaling /None\n>>" || w.starts_with(b"/PrintScaling /None")));
}

#[test]
fn a_hundred_labels_are_a_small_file() {
    assert!(document(paper("40x30").unwrap(), 100, 0).len() < 1_000_000);
}
