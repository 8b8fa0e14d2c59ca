//! What an item takes as an answer, how bad an answer is, and how it is said.

use std::collections::{BTreeMap, BTreeSet};

use super::lists::{self, NETWORK_TYPE};
use crate::{
    AppError, AppResult, ErrorCode,
    api::{AnswerValue, AppliesTo, Category, CheckItem, CheckKind, CheckValue, Checklist, Evidence},
    datetime, identity, tidy,
};

/// Answers by item id.
pub type Answers = BTreeMap<String, AnswerValue>;

/// Characters of a text answer.
const TEXT_MAX: usize = 500;

/// The answer as it is kept: codes cleaned, lists in the order of the values.
///
/// # Errors
/// `BadInput {field}` for what the item does not take, `FieldTooLong`, what `identity` finds in a code.
pub fn checked(item: &CheckItem, value: &AnswerValue) -> AppResult<AnswerValue> {
    let bad = || AppError::new(ErrorCode::BadInput).arg("field", &item.id);
    let known = |v: &str| item.values.iter().any(|x| x.value == v);
    Ok(match (item.kind, value) {
        (CheckKind::Imei, AnswerValue::Text(t)) => AnswerValue::Text(identity::imei(t)?),
        (CheckKind::Meid, AnswerValue::Text(t)) => AnswerValue::Text(identity::meid(t)?),
        (CheckKind::Serial, AnswerValue::Text(t)) => AnswerValue::Text(identity::serial(t)?),
        (CheckKind::Text, AnswerValue::Text(t)) => {
            let t = tidy(t);
            if t.chars().count() > TEXT_MAX {
                return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", &item.id).arg("max", TEXT_MAX));
            }
            if t.is_empty() {
                return Err(bad());
            }
            AnswerValue::Text(t)
        }
        (CheckKind::Enum, AnswerValue::Text(t)) if known(t) => AnswerValue::Text(t.clone()),
        (CheckKind::Number, AnswerValue::Text(t)) if known(t) => AnswerValue::Text(t.clone()),
        (CheckKind::Number, AnswerValue::Number(n))
            if item.min.is_none_or(|m| *n >= m) && item.max.is_none_or(|m| *n <= m) =>
        {
            AnswerValue::Number(*n)
        }
        (CheckKind::Multi, AnswerValue::List(all)) if !all.is_empty() && all.iter().all(|v| known(v)) => {
            let chosen: BTreeSet<&String> = all.iter().collect();
            AnswerValue::List(
                item.values.iter().filter(|v| chosen.contains(&v.value)).map(|v| v.value.clone()).collect(),
            )
        }
        (CheckKind::Date, AnswerValue::Text(t)) if is_day(t) => AnswerValue::Text(t.clone()),
        _ => return Err(bad()),
    })
}

/// `2027-01-31`, a day there is.
#[must_use]
pub fn is_day(text: &str) -> bool {
    datetime::parse_exact(&format!("{text} 00:00:00")).is_some_and(|at| datetime::format_day(at) == text)
}

/// The values an answer chooses.
pub fn chosen<'a>(item: &'a CheckItem, value: &AnswerValue) -> Vec<&'a CheckValue> {
    let has = |v: &&CheckValue| match value {
        AnswerValue::Text(t) => *t == v.value,
        AnswerValue::List(all) => all.contains(&v.value),
        AnswerValue::Number(_) => false,
    };
    item.values.iter().filter(has).collect()
}

/// How bad the answer is, 0-5; `None`: as good as not answered.
#[must_use]
pub fn severity(item: &CheckItem, value: &AnswerValue) -> Option<u8> {
    let chosen = chosen(item, value);
    if chosen.is_empty() {
        // A number, a text, a date. A choice whose value is no longer on the list says nothing.
        return (!matches!(item.kind, CheckKind::Enum | CheckKind::Multi)).then_some(0);
    }
    chosen.iter().map(|v| v.severity).max().flatten()
}

/// Whether the answer stops the sale.
#[must_use]
pub fn blocks(item: &CheckItem, value: &AnswerValue) -> bool {
    chosen(item, value).iter().any(|v| v.blocks_sale)
}

/// The answer in words, Chinese and English.
#[must_use]
pub fn words(item: &CheckItem, value: &AnswerValue) -> (String, String) {
    let chosen = chosen(item, value);
    if !chosen.is_empty() {
        let zh: Vec<&str> = chosen.iter().map(|v| v.zh.as_str()).collect();
        let en: Vec<&str> = chosen.iter().map(|v| v.en.as_str()).collect();
        return (zh.join("、"), en.join(", "));
    }
    match value {
        AnswerValue::Number(n) => (format!("{n}{}", item.unit_zh), format!("{n}{}", item.unit_en)),
        AnswerValue::Text(t) => (t.clone(), t.clone()),
        AnswerValue::List(all) => (all.join("、"), all.join(", ")),
    }
}

/// Items the device does not have, in list order: those of a SIM where there is none.
#[must_use]
pub fn not_applicable(list: &Checklist, answers: &Answers) -> Vec<String> {
    let cellular = match list.category {
        Category::Phone => true,
        _ => answers.get(NETWORK_TYPE) == Some(&AnswerValue::Text("cellular".to_owned())),
    };
    if cellular {
        return Vec::new();
    }
    lists::items(list).filter(|i| i.applies_to != AppliesTo::All).map(|i| i.id.clone()).collect()
}

/// Whether the item wants a photograph, given its answer.
#[must_use]
pub fn wants_photo(item: &CheckItem, value: Option<&AnswerValue>) -> bool {
    match item.evidence {
        Evidence::Never => false,
        Evidence::Always => item.kind == CheckKind::PhotoSet || item.required || value.is_some(),
        Evidence::Fault => value.and_then(|v| severity(item, v)).is_some_and(|s| s > 0),
    }
}

/// Items that want a photograph and have none, in list order. `tied`: items with one tied by hand; `shots`: the views the
/// unit's photographs show.
#[must_use]
pub fn photos_missing(
    list: &Checklist,
    answers: &Answers,
    tied: &BTreeSet<&str>,
    shots: &BTreeSet<&str>,
) -> Vec<String> {
    let out = not_applicable(list, answers);
    let has = |i: &CheckItem| match i.kind {
        CheckKind::PhotoSet => i.shots.iter().all(|s| shots.contains(s.id.as_str())),
        _ => tied.contains(i.id.as_str()) || i.evidence_shots.iter().any(|s| shots.contains(s.as_str())),
    };
    lists::items(list)
        .filter(|i| !i.hidden && !out.contains(&i.id) && wants_photo(i, answers.get(&i.id)) && !has(i))
        .map(|i| i.id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str) -> &'static CheckItem {
        lists::find(lists::of(Category::Phone), id).unwrap_or_else(|| unreachable!("{id}"))
    }
    fn text(t: &str) -> AnswerValue {
        AnswerValue::Text(t.to_owned())
    }

    #[test]
    fn an_item_takes_only_what_it_asks_for() {
        let code = |id: &str, v: AnswerValue| checked(item(id), &v).map_err(|e| e.code);
        assert_eq!(code("imei1", text("49 015420-323751 8")), Ok(text("490154203237518")));
        assert_eq!(code("imei1", text("490154203237519")), Err(ErrorCode::ImeiLuhn));
        assert_eq!(code("frame", text("bent")), Ok(text("bent")));
        for (id, v) in [
            ("frame", text("crack")),
            ("frame", AnswerValue::Number(2)),
            ("battery_health", AnswerValue::Number(101)),
            ("battery_health", text("good")),
            ("warranty_until", text("2027-02-29")),
            ("warranty_until", text("soon")),
            ("accessories", AnswerValue::List(vec!["cake".into()])),
            ("model_no", text("  ")),
            ("six_views", text("x")),
        ] {
            assert_eq!(code(id, v), Err(ErrorCode::BadInput), "{id}");
        }
        assert_eq!(code("battery_health", text("unreadable")), Ok(text("unreadable")));
        assert_eq!(code("warranty_until", text("2028-02-29")), Ok(text("2028-02-29")));
        let two = AnswerValue::List(vec!["cable".into(), "box".into(), "cable".into()]);
        assert_eq!(code("accessories", two), Ok(AnswerValue::List(vec!["box".into(), "cable".into()])));
    }

    #[test]
    fn answers_are_said_in_both_languages() {
        let said = |id: &str, v: AnswerValue| words(item(id), &v);
        assert_eq!(said("battery_health", AnswerValue::Number(88)), ("88%".into(), "88%".into()));
        assert_eq!(said("touch", text("partial")).1, "partial");
        assert_eq!(said("accessories", AnswerValue::List(vec!["box".into(), "cable".into()])).0, "原盒、数据线");
    }

    #[test]
    fn a_tablet_without_a_sim_is_asked_nothing_about_networks() {
        let list = lists::of(Category::Tablet);
        let mut answers = Answers::new();
        assert!(not_applicable(list, &answers).contains(&"imei1".to_owned()));
        answers.insert(NETWORK_TYPE.into(), text("cellular"));
        assert!(not_applicable(list, &answers).is_empty());
        assert!(not_applicable(lists::of(Category::Phone), &Answers::new()).is_empty());
    }

    #[test]
    fn a_fault_wants_a_photograph_and_a_view_of_the_unit_may_be_it() {
        let list = lists::of(Category::Phone);
        let mut answers = Answers::new();
        answers.insert("frame".into(), text("light"));
        answers.insert("battery_health".into(), AnswerValue::Number(90));
        let missing = |tied: &[&str], shots: &[&str]| {
            photos_missing(list, &answers, &tied.iter().copied().collect(), &shots.iter().copied().collect())
        };
        let none = missing(&[], &[]);
        for id in ["frame", "battery_health", "six_views", "imei1"] {
            assert!(none.contains(&id.to_owned()), "{id}: {none:?}");
        }
        assert!(!none.contains(&"back".to_owned()), "nothing is wrong with the back");
        assert!(!missing(&["frame"], &["battery"]).iter().any(|i| i == "frame" || i == "battery_health"));
        assert!(!missing(&[], &["left"]).contains(&"frame".to_owned()));
        let all = ["front_on", "front_off", "back", "left", "right", "top", "bottom", "imei", "battery"];
        assert_eq!(missing(&[], &all), Vec::<String>::new());
    }
}
