//! Fields of a category's template and the owner's own: what may stand in them and how a value is found again.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use crate::{
    AppError, AppResult, ErrorCode,
    api::{Category, FieldDef, FieldKind, FieldOption},
    tidy,
};

/// Longest value in characters.
pub const VALUE_MAX: usize = 200;
/// Longest name of a field.
pub const NAME_MAX: usize = 20;
/// Fields of the owner's own at most.
pub const OWN_MAX: usize = 60;
/// Options of one field at most.
pub const OPTIONS_MAX: usize = 40;
/// The answers of a yes-or-no field as they are stored.
pub const YES: &str = "yes";
/// See [`YES`].
pub const NO: &str = "no";

#[derive(Deserialize)]
struct File {
    fields: Vec<Template>,
}

#[derive(Deserialize)]
struct Template {
    id: String,
    categories: Vec<Category>,
    kind: FieldKind,
    zh: String,
    en: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    options: Vec<(String, String, String)>,
}

static TEMPLATES: LazyLock<Vec<FieldDef>> = LazyLock::new(|| {
    let file: Result<File, _> = serde_json::from_str(include_str!("../../../assets/data/field_templates.json"));
    let defs = file.map(|f| f.fields).unwrap_or_default().into_iter().map(|t| FieldDef {
        id: t.id,
        builtin: true,
        zh: t.zh,
        en: t.en,
        kind: t.kind,
        unit: t.unit,
        options: t.options.into_iter().map(|(value, zh, en)| FieldOption { value, zh, en }).collect(),
        categories: t.categories,
        hidden: false,
    });
    defs.collect()
});

static BY_ID: LazyLock<HashMap<&'static str, &'static FieldDef>> =
    LazyLock::new(|| TEMPLATES.iter().map(|d| (d.id.as_str(), d)).collect());

/// Fields of the built-in templates, in order.
#[must_use]
pub fn templates() -> &'static [FieldDef] {
    &TEMPLATES
}

/// A field of the templates.
#[must_use]
pub fn template(id: &str) -> Option<&'static FieldDef> {
    BY_ID.get(id).copied()
}

/// The owner's word on a field: a row of the store over a template, or a whole field of the owner's own.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub id: String,
    pub name: Option<String>,
    pub kind: Option<FieldKind>,
    pub unit: Option<String>,
    pub options: Option<Vec<String>>,
    pub categories: Option<Vec<Category>>,
    pub pos: Option<i64>,
    pub hidden: bool,
}

/// Templates and changes as one ordered list.
#[must_use]
pub fn merged(changes: Vec<Change>) -> Vec<FieldDef> {
    let mut over: HashMap<String, Change> = changes.into_iter().map(|c| (c.id.clone(), c)).collect();
    let mut out: Vec<(i64, String, FieldDef)> = Vec::new();
    for (place, def) in (1_i64..).zip(TEMPLATES.iter()) {
        let mut def = def.clone();
        let change = over.remove(&def.id);
        let pos = change.as_ref().and_then(|c| c.pos).unwrap_or(place * STRIDE);
        if let Some(c) = change {
            apply(&mut def, c);
        }
        out.push((pos, def.id.clone(), def));
    }
    for (id, c) in over {
        let pos = c.pos.unwrap_or(i64::MAX);
        let mut def = FieldDef {
            id: id.clone(),
            builtin: false,
            zh: String::new(),
            en: String::new(),
            kind: c.kind.unwrap_or(FieldKind::Text),
            unit: String::new(),
            options: Vec::new(),
            categories: Vec::new(),
            hidden: false,
        };
        apply(&mut def, c);
        out.push((pos, id, def));
    }
    out.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    out.into_iter().map(|(.., d)| d).collect()
}

/// Distance of two places, so that a template added later fits between.
pub const STRIDE: i64 = 1000;

fn apply(def: &mut FieldDef, c: Change) {
    if let Some(name) = c.name.filter(|n| !n.is_empty()) {
        def.zh.clone_from(&name);
        def.en = name;
    }
    if let Some(unit) = c.unit {
        def.unit = unit;
    }
    if let Some(options) = c.options {
        // A word of the template keeps its translations.
        let known = std::mem::take(&mut def.options);
        let option = |text: String| {
            known
                .iter()
                .find(|k| k.value == text || k.zh == text || k.en == text)
                .cloned()
                .unwrap_or_else(|| FieldOption { value: text.clone(), zh: text.clone(), en: text })
        };
        def.options = options.into_iter().map(option).collect();
    }
    if let Some(categories) = c.categories {
        def.categories = categories;
    }
    def.hidden = c.hidden;
}

/// Whether a unit of this category has the field.
#[must_use]
pub fn fits(def: &FieldDef, category: Category) -> bool {
    def.categories.is_empty() || def.categories.contains(&category)
}

/// A value as it is stored; an empty one clears the field. A choice that is not among the options is kept as written.
///
/// # Errors
/// `FieldTooLong {field, max}`, `FieldNotNumber {field}`, `FieldNotYesNo {field}`; `field` is the name in Chinese or the
/// owner's own.
pub fn clean(def: &FieldDef, text: &str) -> AppResult<String> {
    let text = tidy(text);
    let text = text.as_str();
    if text.chars().count() > VALUE_MAX {
        return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", &def.zh).arg("max", VALUE_MAX));
    }
    if text.is_empty() {
        return Ok(String::new());
    }
    match def.kind {
        FieldKind::Text => Ok(text.to_owned()),
        FieldKind::Number => number(def, text),
        FieldKind::Choice => Ok(def
            .options
            .iter()
            .find(|o| [&o.value, &o.zh, &o.en].into_iter().any(|w| same(w, text)))
            .map_or_else(|| text.to_owned(), |o| o.value.clone())),
        FieldKind::YesNo => match text.to_lowercase().as_str() {
            "yes" | "y" | "true" | "1" | "是" | "有" | "带" | "对" | "√" => Ok(YES.to_owned()),
            "no" | "n" | "false" | "0" | "否" | "无" | "没有" | "不带" | "×" => Ok(NO.to_owned()),
            _ => Err(AppError::new(ErrorCode::FieldNotYesNo).arg("field", &def.zh)),
        },
    }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Digits with at most one point; a unit behind and commas between are taken off.
fn number(def: &FieldDef, text: &str) -> AppResult<String> {
    let bad = || AppError::new(ErrorCode::FieldNotNumber).arg("field", &def.zh);
    let wide: String = text
        .chars()
        .map(|c| if ('０'..='９').contains(&c) { char::from_u32(c as u32 - 0xFEE0).unwrap_or(c) } else { c })
        .collect();
    let at = wide.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | ' '))).unwrap_or(wide.len());
    let (digits, rest) = wide.split_at(at);
    // Behind the digits only a unit may stand: letters or an inch mark, not a second number.
    if rest.chars().count() > 8 || rest.chars().any(|c| c.is_ascii_digit()) {
        return Err(bad());
    }
    let digits: String = digits.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    if whole.is_empty() || whole.len() > 12 || part.len() > 6 || part.contains('.') {
        return Err(bad());
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let part = part.trim_end_matches('0');
    Ok(if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") })
}

/// What a stored value is found by: itself, its unit, and both translations of a template's option. A yes is found by the
/// template's name of the field.
#[must_use]
pub fn words(field: &str, value: &str) -> Vec<String> {
    let Some(def) = template(field) else { return vec![value.to_owned()] };
    match def.kind {
        FieldKind::YesNo if value == YES => vec![def.zh.clone(), def.en.clone()],
        FieldKind::YesNo => Vec::new(),
        FieldKind::Number => vec![format!("{value}{}", def.unit)],
        FieldKind::Text => vec![value.to_owned()],
        FieldKind::Choice => match def.options.iter().find(|o| o.value == value) {
            Some(o) => vec![o.zh.clone(), o.en.clone()],
            None => vec![value.to_owned()],
        },
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn def(id: &str) -> FieldDef {
        template(id).unwrap().clone()
    }

    #[test]
    fn every_template_is_read_with_both_names_and_an_id_of_its_own() {
        assert!(templates().len() >= 20);
        assert_eq!(BY_ID.len(), templates().len());
        assert!(templates().iter().all(|d| !d.zh.is_empty() && !d.en.is_empty()));
        assert!(templates().iter().all(|d| (d.kind == FieldKind::Choice) != d.options.is_empty()));
        for c in [Category::Phone, Category::Tablet, Category::Laptop, Category::Watch, Category::Camera] {
            assert!(templates().iter().filter(|d| fits(d, c)).count() >= 4, "{c:?}");
        }
    }

    #[test]
    fn a_number_loses_its_unit_and_its_noughts_and_nothing_else() {
        for (typed, kept) in [("16GB", "16"), ("1,024 GB", "1024"), ("13.30″", "13.3"), ("０1６", "16"), ("0.5", "0.5")]
        {
            assert_eq!(clean(&def("ram"), typed).unwrap(), kept, "{typed}");
        }
        for wrong in ["十六", "16x16", "1.2.3", "-4", "GB", "1e9"] {
            let e = clean(&def("ram"), wrong).unwrap_err();
            assert_eq!((e.code, e.args["field"].as_str()), (ErrorCode::FieldNotNumber, "内存"), "{wrong}");
        }
    }

    #[test]
    fn a_choice_is_known_by_either_word_and_an_unknown_one_is_kept() {
        assert_eq!(clean(&def("connection"), "蜂窝版").unwrap(), "cellular");
        assert_eq!(clean(&def("connection"), "wi-fi").unwrap(), "wifi");
        assert_eq!(clean(&def("mount"), "A 卡口").unwrap(), "A 卡口");
        assert_eq!(words("connection", "cellular"), ["蜂窝版", "Wi-Fi and cellular"]);
    }

    #[test]
    fn yes_and_no_are_known_in_both_languages_and_nothing_else_is_taken() {
        assert_eq!(clean(&def("pen"), "有").unwrap(), YES);
        assert_eq!(clean(&def("pen"), "No").unwrap(), NO);
        assert_eq!(clean(&def("pen"), "也许").unwrap_err().code, ErrorCode::FieldNotYesNo);
        assert_eq!(clean(&def("pen"), "  ").unwrap(), "");
    }

    #[test]
    fn the_owner_s_changes_rename_hide_and_reorder_and_own_fields_join() {
        let first = templates()[0].id.clone();
        let change = |id: &str| Change { id: id.into(), ..Change::default() };
        let all = merged(vec![
            Change { name: Some("硬盘大小".into()), pos: Some(1), ..change("ssd") },
            Change { hidden: true, ..change("gpu") },
            Change {
                name: Some("购机凭证".into()),
                kind: Some(FieldKind::Choice),
                options: Some(vec!["有".into()]),
                pos: Some(2),
                ..change("own-1")
            },
        ]);
        assert_eq!((all[0].id.as_str(), all[0].en.as_str(), all[0].builtin), ("ssd", "硬盘大小", true));
        assert_eq!((all[1].id.as_str(), all[1].builtin, all[1].options[0].value.as_str()), ("own-1", false, "有"));
        assert_eq!(all[2].id, first);
        assert!(all.iter().find(|d| d.id == "gpu").unwrap().hidden);
        assert_eq!(all.len(), templates().len() + 1);
    }

    #[test]
    fn an_option_taken_over_from_the_template_keeps_its_translation() {
        let all = merged(vec![Change {
            id: "region".into(),
            options: Some(vec!["hk".into(), "欧版".into()]),
            ..Change::default()
        }]);
        let region = all.iter().find(|d| d.id == "region").unwrap();
        assert_eq!(region.options[0].en, "Hong Kong");
        assert_eq!(region.options[1].en, "欧版");
    }

    proptest! {
        #[test]
        fn a_cleaned_value_cleans_to_itself(s in ".{0,40}") {
            for id in ["ram", "connection", "pen", "cpu"] {
                if let Ok(v) = clean(&def(id), &s) {
                    prop_assert_eq!(clean(&def(id), &v).unwrap(), v);
                }
            }
        }
    }
}
