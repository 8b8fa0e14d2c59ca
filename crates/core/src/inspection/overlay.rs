//! The owner's changes over the house's checklists. Kept beside the template, so that a newer template brings its changes
//! and takes none of the owner's away.

use serde::{Deserialize, Serialize};

use super::{
    answer,
    lists::{self, GROUPS},
};
use crate::{
    AppError, AppResult, ErrorCode,
    api::{AppliesTo, CheckItem, CheckItemSave, CheckKind, CheckValue, Checklist, Evidence},
    tidy,
};

const NAME_MAX: usize = 60;
const HOW_MAX: usize = 200;
const WORD_MAX: usize = 40;
const BADGE_MAX: usize = 12;
/// Keys of one screen: more values than these nobody finds.
const VALUES_MAX: usize = 30;
/// Items of the owner's own in one list.
pub const OWN_MAX: usize = 40;

/// What the owner has said of one item; `None` leaves the template's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemChange {
    pub id: String,
    pub zh: Option<String>,
    pub en: Option<String>,
    pub how_zh: Option<String>,
    pub how_en: Option<String>,
    pub required: Option<bool>,
    pub evidence: Option<Evidence>,
    pub hidden: bool,
    /// Words of the template's values, or all values of an own item.
    pub values: Option<Vec<CheckValue>>,
    pub own: Option<OwnItem>,
}

/// What makes an item of the owner's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnItem {
    pub group: String,
    pub kind: CheckKind,
    pub unit: String,
    pub min: Option<i32>,
    pub max: Option<i32>,
}

/// The list as it is asked: the template with the changes over it, own items behind those of their group.
#[must_use]
pub fn apply(template: &Checklist, changes: &[ItemChange], photos_needed: bool) -> Checklist {
    let mut list = template.clone();
    list.photos_needed = photos_needed;
    for group in &mut list.groups {
        for item in &mut group.items {
            if let Some(c) = changes.iter().find(|c| c.own.is_none() && c.id == item.id) {
                change(item, c);
            }
        }
        let own = changes.iter().filter_map(|c| Some((c, c.own.as_ref()?)));
        group.items.extend(own.filter(|(_, o)| o.group == group.id).map(|(c, o)| own_item(c, o)));
    }
    let mut kept: Vec<&ItemChange> =
        changes.iter().filter(|c| **c != ItemChange { id: c.id.clone(), ..Default::default() }).collect();
    if !kept.is_empty() {
        kept.sort_by(|a, b| a.id.cmp(&b.id));
        let text = serde_json::to_string(&kept).unwrap_or_default();
        let hash = blake3::hash(text.as_bytes()).to_hex();
        list.version = format!("{}+{}", list.version, &hash[..4]);
    }
    list
}

fn change(item: &mut CheckItem, c: &ItemChange) {
    let words =
        [(&mut item.zh, &c.zh), (&mut item.en, &c.en), (&mut item.how_zh, &c.how_zh), (&mut item.how_en, &c.how_en)];
    for (to, from) in words {
        if let Some(text) = from.as_ref().filter(|t| !t.is_empty()) {
            to.clone_from(text);
            item.changed = true;
        }
    }
    if let Some(required) = c.required.filter(|r| *r != item.required) {
        // What the template requires stays required, whatever an older program wrote.
        item.changed |= required;
        item.required |= required;
    }
    if let Some(evidence) = c.evidence {
        item.changed |= evidence != item.evidence;
        item.evidence = evidence;
    }
    if c.hidden && !item.required {
        (item.hidden, item.changed) = (true, true);
    }
    for v in c.values.iter().flatten() {
        if let Some(old) = item.values.iter_mut().find(|o| o.value == v.value) {
            let words = CheckValue { severity: old.severity, blocks_sale: old.blocks_sale, ..v.clone() };
            item.changed |= *old != words;
            *old = words;
        }
    }
}

fn own_item(c: &ItemChange, own: &OwnItem) -> CheckItem {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let zh = text(&c.zh);
    let en = Some(text(&c.en)).filter(|t| !t.is_empty()).unwrap_or_else(|| zh.clone());
    let values = c.values.clone().unwrap_or_default();
    let normal = values.iter().find(|v| v.severity == Some(0) && own.kind == CheckKind::Enum).map(|v| v.value.clone());
    CheckItem {
        id: c.id.clone(),
        zh,
        en,
        kind: own.kind,
        required: c.required.unwrap_or(false),
        evidence: c.evidence.unwrap_or_default(),
        evidence_shots: Vec::new(),
        applies_to: AppliesTo::All,
        how_zh: text(&c.how_zh),
        how_en: text(&c.how_en),
        values,
        normal,
        unit_zh: own.unit.clone(),
        unit_en: own.unit.clone(),
        min: own.min,
        max: own.max,
        shots: Vec::new(),
        own: true,
        hidden: c.hidden && !c.required.unwrap_or(false),
        changed: false,
    }
}

/// The change that an item has after the owner says `save`; `old` is what was said before.
///
/// # Errors
/// `NotFound` for an item that is not on the list, `NameMissing` for an own one without a name, `FieldTooLong`,
/// `ChecklistItemNeeded {what}` when a required item should go, `BadInput {field}`.
pub fn merge(template: &Checklist, old: Option<ItemChange>, id: &str, save: &CheckItemSave) -> AppResult<ItemChange> {
    let base = lists::find(template, id);
    let mut c = old.unwrap_or_else(|| ItemChange { id: id.to_owned(), ..Default::default() });
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    if base.is_none() && c.own.is_none() {
        if save.id.is_some() {
            return Err(ErrorCode::NotFound.into());
        }
        let group = save.group.clone().filter(|g| GROUPS.contains(&g.as_str())).ok_or_else(|| bad("group"))?;
        let kind = save.kind.unwrap_or(CheckKind::Text);
        let takes = [CheckKind::Text, CheckKind::Enum, CheckKind::Multi, CheckKind::Number, CheckKind::Date];
        if !takes.contains(&kind) {
            return Err(bad("kind"));
        }
        c.own = Some(OwnItem { group, kind, unit: String::new(), min: None, max: None });
    }
    let words = [
        (&mut c.zh, &save.zh, "zh", NAME_MAX),
        (&mut c.en, &save.en, "en", NAME_MAX),
        (&mut c.how_zh, &save.how_zh, "how_zh", HOW_MAX),
        (&mut c.how_en, &save.how_en, "how_en", HOW_MAX),
    ];
    for (to, from, field, max) in words {
        if let Some(text) = from {
            let text = limited(field, max, text)?;
            // An emptied text takes the template's again.
            *to = Some(text).filter(|t| !t.is_empty());
        }
    }
    c.required = save.required.or(c.required);
    c.evidence = save.evidence.or(c.evidence);
    c.hidden = save.hidden.unwrap_or(c.hidden);
    let needed = base.is_some_and(|b| b.required);
    if (needed && (c.hidden || c.required == Some(false))) || (c.hidden && c.required == Some(true)) {
        let what = base.map_or_else(|| c.zh.clone().unwrap_or_default(), |b| b.zh.clone());
        return Err(AppError::new(ErrorCode::ChecklistItemNeeded).arg("what", what));
    }
    if let Some(values) = &save.values {
        c.values = Some(match base {
            Some(base) => reworded(base, values)?,
            None => own_values(values)?,
        });
    }
    if let Some(own) = &mut c.own {
        if let Some(unit) = &save.unit {
            own.unit = limited("unit", 8, unit)?;
        }
        (own.min, own.max) = (save.min.or(own.min), save.max.or(own.max));
        if own.min.zip(own.max).is_some_and(|(a, b)| a > b) {
            return Err(bad("max"));
        }
        if c.zh.is_none() {
            return Err(AppError::new(ErrorCode::NameMissing).arg("field", "zh"));
        }
        let choice = matches!(own.kind, CheckKind::Enum | CheckKind::Multi);
        if choice && c.values.as_ref().is_none_or(|v| v.len() < 2) {
            return Err(bad("values"));
        }
    }
    Ok(c)
}

fn limited(field: &str, max: usize, text: &str) -> AppResult<String> {
    let text = tidy(text);
    if text.chars().count() > max {
        return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", field).arg("max", max));
    }
    Ok(text)
}

fn worded(v: &CheckValue) -> AppResult<CheckValue> {
    let zh = limited("values", WORD_MAX, &v.zh)?;
    let en = limited("values", WORD_MAX, &v.en)?;
    let badge_zh = limited("values", BADGE_MAX, &v.badge_zh)?;
    let badge_en = limited("values", 2 * BADGE_MAX, &v.badge_en)?;
    if zh.is_empty() {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "values"));
    }
    let en = if en.is_empty() { zh.clone() } else { en };
    let badge_en = if badge_en.is_empty() { badge_zh.clone() } else { badge_en };
    Ok(CheckValue { value: v.value.clone(), zh, en, badge_zh, badge_en, ..*v })
}

/// Words of values the template has; what an answer weighs stays the house's.
fn reworded(base: &CheckItem, values: &[CheckValue]) -> AppResult<Vec<CheckValue>> {
    let mut out = Vec::new();
    for old in &base.values {
        if let Some(v) = values.iter().find(|v| v.value == old.value) {
            let v = worded(v)?;
            out.push(CheckValue { severity: old.severity, blocks_sale: old.blocks_sale, ..v });
        }
    }
    Ok(out)
}

fn own_values(values: &[CheckValue]) -> AppResult<Vec<CheckValue>> {
    let bad = || AppError::new(ErrorCode::BadInput).arg("field", "values");
    if values.len() > VALUES_MAX || values.iter().any(|v| v.severity.is_none_or(|s| s > 5)) {
        return Err(bad());
    }
    let mut out: Vec<CheckValue> = Vec::new();
    for (n, v) in values.iter().enumerate() {
        let mut v = worded(v)?;
        if v.value.is_empty() {
            v.value = format!("v{}", n + 1);
        }
        if v.value.len() > WORD_MAX || out.iter().any(|o| o.value == v.value) {
            return Err(bad());
        }
        out.push(v);
    }
    Ok(out)
}

/// Whether any answer of the item could stop a sale: such items are never hidden.
#[must_use]
pub fn can_block(item: &CheckItem) -> bool {
    item.values.iter().any(|v| answer::blocks(item, &crate::api::AnswerValue::Text(v.value.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Category;

    fn phone() -> &'static Checklist {
        lists::of(Category::Phone)
    }
    fn item(list: &Checklist, id: &str) -> CheckItem {
        lists::find(list, id).cloned().unwrap_or_else(|| unreachable!("{id}"))
    }

    #[test]
    fn words_change_and_what_an_answer_weighs_does_not() {
        let mut v = item(phone(), "frame").values[5].clone();
        (v.zh, v.severity, v.blocks_sale) = ("弯了".into(), Some(0), true);
        let save = CheckItemSave { zh: Some("中框".into()), values: Some(vec![v]), ..Default::default() };
        let c = merge(phone(), None, "frame", &CheckItemSave { id: Some("frame".into()), ..save }).unwrap_or_default();
        let list = apply(phone(), &[c], false);
        let frame = item(&list, "frame");
        assert_eq!((frame.zh.as_str(), frame.en.as_str(), frame.changed), ("中框", "Frame", true));
        assert_eq!(
            (frame.values[5].zh.as_str(), frame.values[5].severity, frame.values[5].blocks_sale),
            ("弯了", Some(5), false)
        );
        assert!(list.version.starts_with("1.0+"), "{}", list.version);
        assert_eq!(apply(phone(), &[], false).version, "1.0");
    }

    #[test]
    fn what_the_house_requires_can_neither_be_hidden_nor_made_optional() {
        let say = |id: &str, save: CheckItemSave| {
            merge(phone(), None, id, &CheckItemSave { id: Some(id.into()), ..save }).map_err(|e| e.code)
        };
        let hide = CheckItemSave { hidden: Some(true), ..Default::default() };
        assert_eq!(say("account_lock", hide.clone()), Err(ErrorCode::ChecklistItemNeeded));
        let optional = CheckItemSave { required: Some(false), ..Default::default() };
        assert_eq!(say("touch", optional), Err(ErrorCode::ChecklistItemNeeded));
        let hidden = say("meid", hide).unwrap_or_default();
        assert!(item(&apply(phone(), &[hidden], false), "meid").hidden);
        assert!(lists::items(phone()).filter(|i| can_block(i)).all(|i| i.required));
    }

    #[test]
    fn an_own_item_stands_behind_its_group_and_counts_there() {
        let value = |v: &str, s| CheckValue {
            value: v.into(),
            zh: v.into(),
            en: String::new(),
            severity: Some(s),
            blocks_sale: false,
            badge_zh: String::new(),
            badge_en: String::new(),
        };
        let save = CheckItemSave {
            group: Some("appearance".into()),
            zh: Some("卡托".into()),
            kind: Some(CheckKind::Enum),
            required: Some(true),
            values: Some(vec![value("好", 0), value("坏", 4)]),
            ..Default::default()
        };
        let c = merge(phone(), None, "own-1", &save).unwrap_or_default();
        let list = apply(phone(), &[c], false);
        let own = item(&list, "own-1");
        assert_eq!((own.own, own.en.as_str(), own.normal.as_deref()), (true, "卡托", Some("好")));
        let mut answers = super::super::grade::clean_answers(&list);
        answers.insert("own-1".into(), crate::api::AnswerValue::Text("坏".into()));
        assert_eq!(super::super::grade::grade(&list, &answers, None).computed.as_deref(), Some("C"));
        let nameless = CheckItemSave { group: Some("appearance".into()), ..Default::default() };
        assert_eq!(merge(phone(), None, "own-2", &nameless).map_err(|e| e.code), Err(ErrorCode::NameMissing));
    }
}
