use super::*;
use crate::api::PrinterAt;

fn all() -> LabelShow {
    LabelShow { qr: true, bars: LabelBars::Device, grade: true, battery: true, price: true, shelf: true }
}

#[test]
fn a_label_says_what_is_shown_and_leaves_out_what_is_not_known() {
    let mut facts = example(LabelLanguage::Zh);
    let words = unit_words(&facts, &all(), LabelLanguage::Zh);
    assert_eq!((words.grade.as_str(), words.battery.as_str(), words.price.as_str()), ("95新", "电池91%", "¥6,299"));
    assert_eq!(words.spec, "256GB 原色钛金属");
    assert_eq!(words.bars, ["356728115320874", "0387"]);
    (facts.grade, facts.battery, facts.price, facts.code) = (None, None, None, String::new());
    let words = unit_words(&facts, &all(), LabelLanguage::Zh);
    assert_eq!((words.grade.as_str(), words.battery.as_str(), words.price.as_str()), ("", "", ""));
    assert_eq!(words.bars, ["0387"]);
}

#[test]
fn english_labels_have_no_chinese_of_ours() {
    let words = unit_words(&example(LabelLanguage::En), &all(), LabelLanguage::En);
    assert!(
        [&words.grade, &words.battery, &words.spec, &words.price]
            .iter()
            .all(|t| t.chars().all(|c| (c as u32) < 0x3000))
    );
}

#[test]
fn a_price_has_its_commas_and_fen_only_where_there_are_some() {
    for (fen, text) in [(0, "¥0"), (99_900, "¥999"), (100_000_000, "¥1,000,000"), (123_450, "¥1,234.50")] {
        assert_eq!(price(Fen(fen)), text);
    }
}

#[test]
fn a_label_states_only_what_it_shows_so_a_new_price_does_not_spoil_a_label_without_one() {
    let facts = example(LabelLanguage::Zh);
    let some = LabelShow { price: false, bars: LabelBars::StockNo, shelf: false, ..all() };
    let stated = stated(&facts, &some);
    assert!(stated.get("price_list").is_none() && stated.get("code").is_none() && stated.get("shelf").is_none());
    assert_eq!(stated["grade"], "A2");
}

#[test]
fn a_place_has_its_name_in_the_code_and_bars_only_where_they_can_say_it() {
    let words = shelf_words("A-03", "老周二手");
    assert_eq!((words.qr.as_str(), words.bars.as_slice()), ("SHELF:A-03", &["SHELF:A-03".to_owned()][..]));
    assert!(shelf_words("东墙", "").bars.is_empty());
    assert_eq!(shelf_name(" A-03 ").ok().as_deref(), Some("A-03"));
    assert!(shelf_name(" ").is_err() && shelf_name(&"x".repeat(41)).is_err());
}

#[test]
fn every_paper_holds_its_labels() {
    assert!(papers().len() >= 5);
    for p in papers() {
        let Some(s) = &p.sheet else { continue };
        let right = s.left + s.step_x * f32::from(s.columns - 1) + p.width;
        let bottom = s.top + s.step_y * f32::from(s.rows - 1) + p.height;
        assert!(right <= s.width + 0.01 && bottom <= s.height + 0.01, "{}: {right} x {bottom}", p.id);
    }
}

#[test]
fn a_printer_needs_a_name_an_address_and_a_roll() {
    let printer = crate::api::LabelPrinter {
        id: Id::of_order("t", "", "1"),
        name: " 前台 ".into(),
        language: crate::api::PrinterLanguage::Tspl,
        at: PrinterAt::Network { host: " 192.168.1.50 ".into(), port: 9100 },
        paper: "40x30".into(),
        dpi: 203,
        gap: 20,
        shift_x: 0,
        shift_y: 0,
        darkness: 8,
    };
    let with = |f: &dyn Fn(&mut crate::api::LabelPrinter)| {
        let mut p = printer.clone();
        f(&mut p);
        checked(LabelSettings { printers: vec![p], ..defaults() }).map(|s| s.printers[0].clone()).map_err(|e| e.code)
    };
    let ok = with(&|_| ());
    assert!(
        ok.is_ok_and(|p| p.name == "前台" && p.at == PrinterAt::Network { host: "192.168.1.50".into(), port: 9100 })
    );
    assert_eq!(with(&|p| p.name = " ".into()).err(), Some(ErrorCode::NameMissing));
    assert_eq!(with(&|p| p.paper = "a4-3x7".into()).err(), Some(ErrorCode::BadInput));
    for host in ["", "a b", "http://x/y", "x@y"] {
        let refused = with(&|p| p.at = PrinterAt::Network { host: host.into(), port: 9100 });
        assert_eq!(refused.err(), Some(ErrorCode::PrinterAddress), "{host}");
    }
}
