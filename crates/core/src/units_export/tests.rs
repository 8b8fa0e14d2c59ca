#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::spreadsheet::Table;
use crate::{tidy, units_import};

fn record(unit: UnitPatch) -> UnitRecord {
    UnitRecord { id: Id::of_order("x", "", "1"), unit, taken_in: Ms(1_795_669_505_123), status: UnitStatus::InStock }
}

/// What the importer makes of the exported row.
fn back(r: &UnitRecord, language: SheetLanguage) -> (UnitPatch, Option<Ms>) {
    let head: Vec<String> = COLUMNS.iter().map(|c| c.header(language).to_owned()).collect();
    let row: Vec<String> = COLUMNS.iter().map(|c| c.write(r, language).shown()).collect();
    let t = Table::from_texts(&[head, row]);
    let layout = units_import::open(&t, None).unwrap();
    let (p, notes) = units_import::read_row(&t, &layout, 1).unwrap();
    assert!(notes.is_empty());
    (p, units_import::taken_in(&t, &layout, 1).unwrap())
}

#[test]
fn every_column_but_the_information_is_a_field_of_the_importer_in_both_languages() {
    for language in [SheetLanguage::Zh, SheetLanguage::En] {
        let head: Vec<&str> = COLUMNS.iter().map(|c| c.header(language)).collect();
        let t = Table::from_texts(&[head.clone(), vec!["1"; head.len()]]);
        let mapping = units_import::open(&t, None).unwrap().mapping;
        for c in COLUMNS.iter().filter(|c| !INFORMATION.contains(&&*c.field)) {
            assert_eq!(mapping.get(&*c.field).map(String::as_str), Some(c.header(language)), "{}", c.field);
        }
        assert_eq!(mapping.len() + INFORMATION.len(), COLUMNS.len(), "{mapping:?}");
    }
    assert!(units_import::fields().iter().all(|f| COLUMNS.iter().any(|c| c.field == *f)), "a field is not exported");
}

#[test]
fn what_the_importer_would_understand_otherwise_is_marked() {
    let mut unit = UnitPatch { model: Some("iPhone 13".into()), brand: Some(String::new()), ..UnitPatch::default() };
    unit.storage = Some("128".into());
    unit.flaws = Some("划痕; 磕碰".into());
    unit.note = Some("无".into());
    unit.shelf = Some("'A".into());
    unit.battery = Some(Some(1));
    unit.badges = Some(vec!["国行/港版".into(), "换\"屏\"".into(), "=1".into(), "\"".into()]);
    let (got, at) = back(&record(unit.clone()), SheetLanguage::Zh);
    assert_eq!(got.brand.as_deref(), Some(""));
    assert_eq!((&got.storage, &got.flaws, &got.note), (&unit.storage, &unit.flaws, &unit.note));
    assert_eq!((&got.shelf, got.battery, &got.badges), (&unit.shelf, unit.battery, &unit.badges));
    assert_eq!(at, Some(Ms(1_795_669_505_123)));
}

#[test]
fn badges_that_together_look_like_a_wrapped_cell_come_back() {
    let badges: Vec<String> = ["=\"x\"a", ","].map(str::to_owned).to_vec();
    let unit = UnitPatch { model: Some("机".into()), badges: Some(badges.clone()), ..UnitPatch::default() };
    assert_eq!(back(&record(unit), SheetLanguage::Zh).0.badges, Some(badges));
}

fn some_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec!["无", "-", "'", "\"", "=\"x\"", "128", "1t", "null", "_x000D_", "a;b", "0012"]);
    let part = prop_oneof![".{0,8}", odd.prop_map(str::to_owned), "[一-龥,，;\n\"'=+@|/、 ]{0,8}"];
    prop::collection::vec(part, 0..3).prop_map(|p| tidy(&p.concat()))
}

proptest! {
    #[test]
    fn any_text_comes_back_as_it_was(texts in prop::collection::vec(some_text(), 9), badges in prop::collection::vec(some_text(), 0..4)) {
        let mut texts = texts.into_iter();
        let mut next = || texts.next();
        let mut named = Vec::new();
        for b in badges.into_iter().filter(|b| !b.is_empty()) {
            if !named.contains(&b) { named.push(b); }
        }
        let unit = UnitPatch {
            stock_no: Some("0007".into()),
            model: Some(format!("机{}", next().unwrap_or_default())), brand: next(), storage: next(), colour: next(), shelf: next(),
            flaws: next(), note: next(), badges: Some(named), in_box: next(), holder: next(), ..UnitPatch::default()
        };
        let said = |v: &Option<String>| v.clone().unwrap_or_default();
        for language in [SheetLanguage::Zh, SheetLanguage::En] {
            let (got, _) = back(&record(unit.clone()), language);
            for (a, b) in [(&got.model, &unit.model), (&got.brand, &unit.brand), (&got.storage, &unit.storage), (&got.colour, &unit.colour),
                (&got.shelf, &unit.shelf), (&got.in_box, &unit.in_box), (&got.holder, &unit.holder), (&got.flaws, &unit.flaws), (&got.note, &unit.note)] {
                prop_assert_eq!(said(a), said(b));
            }
            prop_assert_eq!(got.badges.unwrap_or_default(), unit.badges.clone().unwrap_or_default());
        }
    }
}
