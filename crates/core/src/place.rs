//! Labels of places: `SHELF:A-03`, `BOX:12`, `HOLDER:老周`, and the same words in Chinese.

use crate::api::{Place, PlaceKind};

/// Longest name of a place.
pub const PLACE_MAX: usize = 40;

const WORDS: [(&str, PlaceKind); 9] = [
    ("SHELF", PlaceKind::Shelf),
    ("货位", PlaceKind::Shelf),
    ("货架", PlaceKind::Shelf),
    ("BOX", PlaceKind::Box),
    ("箱子", PlaceKind::Box),
    ("箱", PlaceKind::Box),
    ("HOLDER", PlaceKind::Holder),
    ("WITH", PlaceKind::Holder),
    ("在谁手里", PlaceKind::Holder),
];

/// The place a scanned or typed label names; `None` for anything else.
#[must_use]
pub fn parse(label: &str) -> Option<Place> {
    let label = label.trim();
    let (word, name) = label.split_once([':', '：'])?;
    let word = word.trim();
    let kind = WORDS.iter().find(|(w, _)| w.eq_ignore_ascii_case(word)).map(|(_, k)| *k)?;
    let name = name.trim();
    (1..=PLACE_MAX).contains(&name.chars().count()).then(|| Place { kind, name: name.to_owned() })
}

/// What stands in the code of a place's label.
#[must_use]
pub fn label(place: &Place) -> String {
    let word = match place.kind {
        PlaceKind::Shelf => "SHELF",
        PlaceKind::Box => "BOX",
        PlaceKind::Holder => "HOLDER",
    };
    format!("{word}:{}", place.name)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_shelf_label_names_its_shelf_whatever_the_scanner_makes_of_it() {
        for s in ["SHELF:A-03", "shelf:A-03", " SHELF：A-03 ", "货位：A-03"] {
            assert_eq!(parse(s).unwrap(), Place { kind: PlaceKind::Shelf, name: "A-03".into() }, "{s}");
        }
        assert_eq!(parse("BOX:12").unwrap().kind, PlaceKind::Box);
        assert_eq!(parse("holder:老周").unwrap().kind, PlaceKind::Holder);
    }

    #[test]
    fn what_is_no_label_of_a_place_is_left_to_others() {
        for s in ["", "A-03", "SHELF:", "SHELF: ", "https://x.cn", "IMEI:490154203237518", "0387"] {
            assert_eq!(parse(s), None, "{s}");
        }
        assert_eq!(parse(&format!("SHELF:{}", "x".repeat(41))), None);
    }

    #[test]
    fn a_label_reads_back_as_its_place() {
        for kind in [PlaceKind::Shelf, PlaceKind::Box, PlaceKind::Holder] {
            let place = Place { kind, name: "B 2:1".into() };
            assert_eq!(parse(&label(&place)), Some(place));
        }
    }
}
