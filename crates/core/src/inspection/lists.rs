//! The house's checklists (`checklists.json`): items defined once, named by the lists of the categories.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::{
    api::{AppliesTo, Category, CheckGroup, CheckItem, CheckKind, CheckShot, CheckValue, Checklist, Evidence},
    shot_list,
};

/// The groups, in the order a device is gone through.
pub const GROUPS: [&str; 9] =
    ["identity", "locks", "spec", "battery", "appearance", "display", "function", "repair", "package"];
/// The item whose photographs are the unit's set of views.
pub const SIX_VIEWS: &str = "six_views";
/// The item that says whether a device other than a phone takes a SIM.
pub const NETWORK_TYPE: &str = "network_type";
pub const CATEGORIES: [Category; 6] =
    [Category::Phone, Category::Tablet, Category::Laptop, Category::Watch, Category::Camera, Category::Other];

#[derive(Deserialize, Default)]
struct File {
    version: String,
    sets: BTreeMap<String, Vec<CheckValue>>,
    items: BTreeMap<String, ItemDef>,
    groups: BTreeMap<String, Names>,
    lists: BTreeMap<String, BTreeMap<String, Vec<Entry>>>,
}

#[derive(Deserialize)]
struct Names {
    zh: String,
    en: String,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Values {
    Set(String),
    Own(Vec<CheckValue>),
}

/// An item, or what a list changes of one.
#[derive(Deserialize, Clone, Default)]
#[serde(default, deny_unknown_fields)]
struct ItemDef {
    id: Option<String>,
    zh: Option<String>,
    en: Option<String>,
    kind: Option<CheckKind>,
    required: Option<bool>,
    evidence: Option<Evidence>,
    evidence_shots: Option<Vec<String>>,
    applies_to: Option<AppliesTo>,
    how_zh: Option<String>,
    how_en: Option<String>,
    values: Option<Values>,
    /// `false`: never set by "all normal"; a text: this value.
    normal: Option<Normal>,
    unit_zh: Option<String>,
    unit_en: Option<String>,
    min: Option<i32>,
    max: Option<i32>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Normal {
    No(#[expect(dead_code, reason = "only that it is said")] bool),
    Value(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Plain(String),
    Changed(Box<ItemDef>),
}

static LISTS: LazyLock<Vec<Checklist>> = LazyLock::new(|| {
    let file: File = serde_json::from_str(include_str!("../../../../assets/data/checklists.json")).unwrap_or_default();
    CATEGORIES.iter().map(|c| list(&file, *c)).collect()
});

/// Every template.
#[must_use]
pub fn all() -> &'static [Checklist] {
    &LISTS
}

/// The template of a category.
#[must_use]
pub fn of(category: Category) -> &'static Checklist {
    static NONE: Checklist =
        Checklist { category: Category::Other, version: String::new(), photos_needed: false, groups: Vec::new() };
    LISTS.iter().find(|l| l.category == category).unwrap_or(&NONE)
}

/// The name a category has in the file and in the database.
#[must_use]
pub fn category_name(category: Category) -> &'static str {
    match category {
        Category::Phone => "phone",
        Category::Tablet => "tablet",
        Category::Laptop => "laptop",
        Category::Watch => "watch",
        Category::Camera => "camera",
        Category::Other => "other",
    }
}

fn list(file: &File, category: Category) -> Checklist {
    let mut groups = Vec::new();
    if let Some(list) = file.lists.get(category_name(category)) {
        for id in GROUPS {
            let (Some(entries), Some(names)) = (list.get(id), file.groups.get(id)) else { continue };
            let items = entries.iter().filter_map(|e| item(file, category, e)).collect();
            groups.push(CheckGroup { id: id.to_owned(), zh: names.zh.clone(), en: names.en.clone(), items });
        }
    }
    Checklist { category, version: file.version.clone(), photos_needed: false, groups }
}

fn item(file: &File, category: Category, entry: &Entry) -> Option<CheckItem> {
    let none = ItemDef::default();
    let (id, over) = match entry {
        Entry::Plain(id) => (id, &none),
        Entry::Changed(def) => (def.id.as_ref()?, &**def),
    };
    let base = file.items.get(id)?;
    let text = |f: fn(&ItemDef) -> &Option<String>| f(over).clone().or_else(|| f(base).clone()).unwrap_or_default();
    let kind = over.kind.or(base.kind)?;
    let values = match over.values.as_ref().or(base.values.as_ref()) {
        Some(Values::Set(name)) => file.sets.get(name)?.clone(),
        Some(Values::Own(values)) => values.clone(),
        None => Vec::new(),
    };
    let normal = match over.normal.as_ref().or(base.normal.as_ref()) {
        Some(Normal::No(_)) => None,
        Some(Normal::Value(v)) => Some(v.clone()),
        None if kind == CheckKind::Enum => values.iter().find(|v| v.severity == Some(0)).map(|v| v.value.clone()),
        None => None,
    };
    let shots = if kind == CheckKind::PhotoSet { views(category) } else { Vec::new() };
    Some(CheckItem {
        id: id.clone(),
        zh: text(|d| &d.zh),
        en: text(|d| &d.en),
        kind,
        required: over.required.or(base.required).unwrap_or(false),
        evidence: over.evidence.or(base.evidence).unwrap_or_default(),
        evidence_shots: over.evidence_shots.clone().or_else(|| base.evidence_shots.clone()).unwrap_or_default(),
        applies_to: over.applies_to.or(base.applies_to).unwrap_or_default(),
        how_zh: text(|d| &d.how_zh),
        how_en: text(|d| &d.how_en),
        values,
        normal,
        unit_zh: text(|d| &d.unit_zh),
        unit_en: text(|d| &d.unit_en),
        min: over.min.or(base.min),
        max: over.max.or(base.max),
        shots,
        own: false,
        hidden: false,
        changed: false,
    })
}

/// The views a set of photographs must have: those the shot list requires.
fn views(category: Category) -> Vec<CheckShot> {
    let required = shot_list::of(category).iter().filter(|s| s.required);
    required.map(|s| CheckShot { id: s.id.clone(), zh: s.zh.clone(), en: s.en.clone() }).collect()
}

/// Every item of a list, in order.
pub fn items(list: &Checklist) -> impl Iterator<Item = &CheckItem> {
    list.groups.iter().flat_map(|g| &g.items)
}

/// An item by id.
#[must_use]
pub fn find<'a>(list: &'a Checklist, id: &str) -> Option<&'a CheckItem> {
    items(list).find(|i| i.id == id)
}

/// Whether devices of this category keep their user's data, so that an erasure must be recorded.
#[must_use]
pub fn keeps_data(category: Category) -> bool {
    matches!(category, Category::Phone | Category::Tablet | Category::Laptop | Category::Watch)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_category_has_a_list_whose_items_are_whole_in_both_languages() {
        let han = |s: &str| s.chars().any(|c| ('\u{2e80}'..='\u{9fff}').contains(&c));
        for list in all() {
            assert!(items(list).count() >= 12, "{:?}", list.category);
            let ids: HashSet<&str> = items(list).map(|i| i.id.as_str()).collect();
            assert_eq!(ids.len(), items(list).count(), "{:?}: an id twice", list.category);
            for i in items(list) {
                let at = format!("{:?} {}", list.category, i.id);
                assert!(!i.zh.is_empty() && !i.en.is_empty() && !han(&i.en) && !han(&i.how_en), "{at}");
                assert_eq!(i.how_zh.is_empty(), i.how_en.is_empty(), "{at}");
                let choice = matches!(i.kind, CheckKind::Enum | CheckKind::Multi);
                assert!(!choice || i.values.len() >= 2, "{at}");
                let values: HashSet<&str> = i.values.iter().map(|v| v.value.as_str()).collect();
                assert_eq!(values.len(), i.values.len(), "{at}: a value twice");
                for v in &i.values {
                    assert!(
                        !v.zh.is_empty() && !v.en.is_empty() && !han(&v.en) && !han(&v.badge_en),
                        "{at} {}",
                        v.value
                    );
                    assert_eq!(v.badge_zh.is_empty(), v.badge_en.is_empty(), "{at} {}", v.value);
                    assert!(v.severity.is_some_and(|s| s <= 5), "{at} {}", v.value);
                }
                if let Some(normal) = &i.normal {
                    assert!(i.values.iter().any(|v| v.value == *normal && !v.blocks_sale), "{at}");
                }
                assert!(i.evidence_shots.iter().all(|s| shot_list::known(s)), "{at}");
                assert_eq!(i.kind == CheckKind::PhotoSet, !i.shots.is_empty(), "{at}");
            }
        }
    }

    #[test]
    fn the_phone_s_list_has_the_sixty_items_of_the_given_file() {
        let list = of(Category::Phone);
        assert_eq!((items(list).count(), list.groups.len(), list.version.as_str()), (60, 9, "1.0"));
        let swollen = find(list, "battery_swelling").and_then(|i| i.values.iter().find(|v| v.value == "swollen"));
        assert!(swollen.is_some_and(|v| v.blocks_sale && v.badge_en == "Swollen battery"));
        assert_eq!(find(list, "erased").and_then(|i| i.normal.clone()), None, "erasure is looked at by itself");
    }
}
