//! A finished inspection: every item as it was asked and answered, and what the unit takes from it.

use std::collections::BTreeMap;

use super::{
    answer::{self, Answers},
    grade::{self, BATTERY},
    lists,
};
use crate::api::{
    Answer, AnswerValue, Badge, Blocker, CheckItem, Checklist, GradeResult, ItemPhoto, ReportGroup, ReportItem,
    ReportPhoto,
};

/// Every item that is asked of the device, in words.
#[must_use]
pub fn groups(list: &Checklist, answers: &BTreeMap<String, Answer>, photos: &[ItemPhoto]) -> Vec<ReportGroup> {
    let values: Answers = answers.iter().filter_map(|(id, a)| Some((id.clone(), a.value.clone()?))).collect();
    let out = answer::not_applicable(list, &values);
    let asked = |i: &&CheckItem| !i.hidden && !out.contains(&i.id);
    list.groups
        .iter()
        .map(|g| ReportGroup {
            id: g.id.clone(),
            zh: g.zh.clone(),
            en: g.en.clone(),
            items: g.items.iter().filter(asked).map(|i| item(i, answers.get(&i.id), photos)).collect(),
        })
        .filter(|g| !g.items.is_empty())
        .collect()
}

fn item(i: &CheckItem, answer: Option<&Answer>, photos: &[ItemPhoto]) -> ReportItem {
    let value = answer.and_then(|a| a.value.clone());
    let (answer_zh, answer_en) = value.as_ref().map(|v| answer::words(i, v)).unwrap_or_default();
    let chosen = value.as_ref().map(|v| answer::chosen(i, v)).unwrap_or_default();
    let badge = chosen.iter().find(|v| !v.badge_zh.is_empty());
    let mut tied: Vec<ReportPhoto> = Vec::new();
    for p in photos.iter().filter(|p| p.item_id == i.id) {
        if !tied.iter().any(|t| t.photo_id == p.photo_id) {
            tied.push(ReportPhoto { photo_id: p.photo_id, blob: p.blob.clone(), shown: p.shown.clone() });
        }
    }
    ReportItem {
        id: i.id.clone(),
        zh: i.zh.clone(),
        en: i.en.clone(),
        kind: i.kind,
        severity: value.as_ref().and_then(|v| answer::severity(i, v)),
        blocks_sale: value.as_ref().is_some_and(|v| answer::blocks(i, v)),
        badge_zh: badge.map(|b| b.badge_zh.clone()).unwrap_or_default(),
        badge_en: badge.map(|b| b.badge_en.clone()).unwrap_or_default(),
        note: answer.map(|a| a.note.clone()).unwrap_or_default(),
        at: answer.map(|a| a.at),
        by: answer.map(|a| a.by.clone()).unwrap_or_default(),
        value,
        answer_zh,
        answer_en,
        photos: tied,
    }
}

/// Groups whose findings a buyer is told of.
const TOLD: [&str; 5] = ["battery", "appearance", "display", "function", "repair"];

/// The declared flaws, one a line: every finding above severity 0, with its note.
#[must_use]
pub fn flaws(groups: &[ReportGroup]) -> Vec<String> {
    let told = groups.iter().filter(|g| TOLD.contains(&g.id.as_str())).flat_map(|g| &g.items);
    told.filter(|i| i.severity.is_some_and(|s| s > 0))
        .map(|i| match i.note.trim() {
            "" => format!("{}：{}", i.zh, i.answer_zh),
            note => format!("{}：{}（{note}）", i.zh, i.answer_zh),
        })
        .collect()
}

/// A list of lines or badges after a report: those of the report before go, those of this one come, a person's own stay.
#[must_use]
pub fn carried(has: &[String], before: &[String], now: &[String]) -> Vec<String> {
    let mut out: Vec<String> = now.to_vec();
    for line in has.iter().filter(|l| !before.contains(l)) {
        if !out.contains(line) {
            out.push(line.clone());
        }
    }
    out
}

/// The battery's reading, where there is one.
#[must_use]
pub fn battery(groups: &[ReportGroup]) -> Option<u8> {
    match value(groups, BATTERY)? {
        AnswerValue::Number(n) => u8::try_from(*n).ok().filter(|b| *b <= 100),
        _ => None,
    }
}

/// The answer of an item.
#[must_use]
pub fn value<'a>(groups: &'a [ReportGroup], item: &str) -> Option<&'a AnswerValue> {
    groups.iter().flat_map(|g| &g.items).find(|i| i.id == item)?.value.as_ref()
}

/// The answer of an item as text.
#[must_use]
pub fn text<'a>(groups: &'a [ReportGroup], item: &str) -> Option<&'a str> {
    match value(groups, item)? {
        AnswerValue::Text(t) => Some(t),
        _ => None,
    }
}

/// The grade of a report whose blockers are all cleared; `None` while some are not, or it has open items.
#[must_use]
pub fn grade_now(result: &GradeResult, blockers: &[Blocker]) -> Option<String> {
    if blockers.iter().any(|b| b.cleared.is_none()) {
        return None;
    }
    result.last.clone().or_else(|| grade::once_cleared(result).map(str::to_owned))
}

/// What a blocked unit's row says: the badge of the answer, else the finding.
#[must_use]
pub fn blocked_words(result: &GradeResult, blockers: &[Blocker]) -> Vec<Badge> {
    let open = blockers.iter().filter(|b| b.cleared.is_none());
    open.map(|b| {
        let badge = result.badges.iter().find(|x| x.item_id == b.item_id);
        badge.cloned().unwrap_or_else(|| Badge { item_id: b.item_id.clone(), zh: b.zh.clone(), en: b.en.clone() })
    })
    .collect()
}

/// The storage a phone's answer names, as the stock writes it: `256GB`, `1TB`.
#[must_use]
pub fn storage(list: &Checklist, answers: &Answers) -> Option<String> {
    let item = lists::find(list, "storage_gb")?;
    let value = answers.get("storage_gb")?;
    answer::chosen(item, value).first().map(|v| v.zh.clone())
}

/// The choice that a unit's storage text names.
#[must_use]
pub fn storage_choice(list: &Checklist, storage: &str) -> Option<AnswerValue> {
    let plain = |t: &str| t.to_lowercase().replace([' ', 'b'], "");
    // `8GB+256GB` is memory and storage.
    let last = storage.rsplit(['+', '/']).next().unwrap_or(storage);
    let item = lists::find(list, "storage_gb")?;
    let found = item.values.iter().find(|v| plain(&v.zh) == plain(last) || v.value == last.trim())?;
    Some(AnswerValue::Text(found.value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Category;

    #[test]
    fn a_unit_s_storage_is_recognised_in_the_ways_people_write_it() {
        let list = lists::of(Category::Phone);
        for (text, want) in [
            ("256GB", Some("256")),
            ("256 gb", Some("256")),
            ("8GB+128GB", Some("128")),
            ("1TB", Some("1024")),
            ("512", Some("512")),
            ("", None),
            ("300GB", None),
        ] {
            assert_eq!(storage_choice(list, text), want.map(|w| AnswerValue::Text(w.into())), "{text}");
        }
    }

    #[test]
    fn a_person_s_own_lines_stay_and_those_of_the_last_report_go() {
        let l = |t: &[&str]| t.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            carried(&l(&["边框：轻微", "缺卡针"]), &l(&["边框：轻微"]), &l(&["后盖：明显"])),
            l(&["后盖：明显", "缺卡针"])
        );
        assert_eq!(carried(&l(&["换屏"]), &[], &l(&["换屏"])), l(&["换屏"]));
    }
}
