//! Two reports side by side.

use crate::api::{Badge, Better, Compare, CompareRow, Report, ReportGroup, ReportItem};

/// Every item of either report in list order, with what differs.
#[must_use]
pub fn compare(left: &Report, right: &Report) -> Compare {
    let mut rows = Vec::new();
    for group in group_ids(&left.groups, &right.groups) {
        let (l, r) = (items(&left.groups, group), items(&right.groups, group));
        for item in l {
            rows.push(row(group, Some(item), r.iter().find(|o| o.id == item.id)));
        }
        for item in r.iter().filter(|o| !l.iter().any(|i| i.id == o.id)) {
            rows.push(row(group, None, Some(item)));
        }
    }
    let only = |a: &Report, b: &Report| -> Vec<Badge> {
        a.result.badges.iter().filter(|x| !b.result.badges.iter().any(|y| y.zh == x.zh)).cloned().collect()
    };
    Compare {
        left: left.head.clone(),
        right: right.head.clone(),
        left_unit: left.unit.clone(),
        right_unit: right.unit.clone(),
        same_unit: left.head.unit_id == right.head.unit_id,
        differing: u32::try_from(rows.iter().filter(|r| r.differs).count()).unwrap_or(u32::MAX),
        rows,
        badges_left_only: only(left, right),
        badges_right_only: only(right, left),
    }
}

fn group_ids<'a>(left: &'a [ReportGroup], right: &'a [ReportGroup]) -> Vec<&'a str> {
    let mut out: Vec<&str> = left.iter().map(|g| g.id.as_str()).collect();
    out.extend(right.iter().map(|g| g.id.as_str()).filter(|id| !left.iter().any(|g| g.id == *id)));
    out
}

fn items<'a>(groups: &'a [ReportGroup], id: &str) -> &'a [ReportItem] {
    groups.iter().find(|g| g.id == id).map_or(&[], |g| &g.items)
}

fn row(group: &str, left: Option<&ReportItem>, right: Option<&ReportItem>) -> CompareRow {
    let named = left.or(right);
    let severity = |i: Option<&ReportItem>| i.and_then(|i| i.severity);
    let better = match (severity(left), severity(right)) {
        (Some(l), Some(r)) if l < r => Better::Left,
        (Some(l), Some(r)) if l > r => Better::Right,
        _ => Better::Neither,
    };
    let value = |i: Option<&ReportItem>| i.and_then(|i| i.value.clone());
    let note = |i: Option<&ReportItem>| i.map_or("", |i| i.note.as_str()).to_owned();
    CompareRow {
        group_id: group.to_owned(),
        item_id: named.map(|i| i.id.clone()).unwrap_or_default(),
        zh: named.map(|i| i.zh.clone()).unwrap_or_default(),
        en: named.map(|i| i.en.clone()).unwrap_or_default(),
        differs: value(left) != value(right) || note(left) != note(right),
        better: match (value(left), value(right)) {
            // A reading has no severity; more battery is better.
            (Some(crate::api::AnswerValue::Number(l)), Some(crate::api::AnswerValue::Number(r)))
                if named.is_some_and(|i| i.id == super::grade::BATTERY) && l != r =>
            {
                if l > r {
                    Better::Left
                } else {
                    Better::Right
                }
            }
            _ => better,
        },
        left: left.cloned(),
        right: right.cloned(),
    }
}
