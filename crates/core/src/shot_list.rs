//! Which views a unit is photographed from (`shot_lists.json`), and which of them it lacks.
//!
//! The battery and parts pages are not required: many devices have none, and a unit that can never be done would stand
//! in the queue for ever.

use std::sync::LazyLock;

use crate::api::{Category, Shot, ShotLists};

/// How far a unit is photographed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Required views it has.
    pub done: u32,
    pub needed: u32,
    /// Required views it lacks, in list order.
    pub missing: Vec<&'static str>,
}

static FILE: LazyLock<ShotLists> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../assets/data/shot_lists.json")).unwrap_or_default());

/// Every list.
#[must_use]
pub fn all() -> &'static ShotLists {
    &FILE
}

/// The views of a category, in the order they are taken.
#[must_use]
pub fn of(category: Category) -> &'static [Shot] {
    FILE.lists.iter().find(|l| l.category == category).map_or(&[], |l| &l.shots)
}

/// Whether some list has this view; no view at all is one, too.
#[must_use]
pub fn known(shot: &str) -> bool {
    shot.is_empty() || FILE.lists.iter().flat_map(|l| &l.shots).any(|s| s.id == shot)
}

/// What a unit of this category has and lacks, given the views its photographs show.
#[must_use]
pub fn progress<S: AsRef<str>>(category: Category, taken: &[S]) -> Progress {
    let required = of(category).iter().filter(|s| s.required);
    let (has, lacks): (Vec<&Shot>, Vec<&Shot>) = required.partition(|s| taken.iter().any(|t| t.as_ref() == s.id));
    Progress {
        done: u32::try_from(has.len()).unwrap_or(u32::MAX),
        needed: u32::try_from(has.len() + lacks.len()).unwrap_or(u32::MAX),
        missing: lacks.iter().map(|s| s.id.as_str()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const CATEGORIES: [Category; 6] =
        [Category::Phone, Category::Tablet, Category::Laptop, Category::Watch, Category::Camera, Category::Other];

    #[test]
    fn every_category_has_a_list_with_words_in_both_languages_and_views_named_once() {
        for c in CATEGORIES {
            let shots = of(c);
            assert!(shots.len() >= 5, "{c:?}");
            let ids: HashSet<&str> = shots.iter().map(|s| s.id.as_str()).collect();
            assert_eq!(ids.len(), shots.len(), "{c:?}");
            for s in shots {
                let words = [&s.id, &s.zh, &s.en, &s.how_zh, &s.how_en, &s.outline];
                assert!(words.iter().all(|w| !w.is_empty()), "{c:?} {}", s.id);
                assert!(s.en.is_ascii() && s.how_en.is_ascii(), "{}", s.en);
            }
            assert!(shots.iter().any(|s| s.repeats && s.id == "flaw"), "{c:?}");
        }
    }

    #[test]
    fn a_repeatable_view_is_never_required() {
        assert!(CATEGORIES.iter().flat_map(|c| of(*c)).all(|s| !(s.repeats && s.required)));
    }

    #[test]
    fn a_unit_lacks_the_required_views_none_of_its_photographs_shows() {
        let none = progress::<&str>(Category::Phone, &[]);
        assert_eq!((none.done, none.needed), (0, 8));
        assert_eq!(none.missing[0], "front_on");
        let some = progress(Category::Phone, &["back", "back", "flaw", "", "front_on"]);
        assert_eq!((some.done, some.needed), (2, 8));
        assert_eq!(some.missing, ["front_off", "left", "right", "top", "bottom", "imei"]);
        let every: Vec<&str> = of(Category::Phone).iter().filter(|s| s.required).map(|s| s.id.as_str()).collect();
        assert!(progress(Category::Phone, &every).missing.is_empty());
    }

    #[test]
    fn views_of_any_list_are_known_and_others_not() {
        assert!(known("") && known("front_on") && known("sensor"));
        assert!(!known("selfie") && !known("FRONT_ON"));
    }
}
