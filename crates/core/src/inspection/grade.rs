//! The deterministic rule of `grades.json`: blockers, completeness, counts and worst function and battery, caps, a hand's word.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{
    answer::{self, Answers},
    explain, lists,
};
use crate::{
    api::{
        AnswerValue, AxisGrade, Badge, Blocker, CheckItem, CheckKind, Checklist, GradeAxis, GradeCap, GradeReason,
        GradeResult, ManualGrade, WouldBe,
    },
    grades,
};

/// The item whose reading is the battery axis.
pub const BATTERY: &str = "battery_health";
/// A battery whose health cannot be read may not grade above this.
pub const UNREADABLE: &str = "B1";
/// A display item that bears on history, not on function.
const SCREEN_ORIGIN: &str = "screen_origin";

#[derive(Deserialize, Default)]
struct File {
    version: String,
    grades: Vec<Step>,
    caps: Vec<Cap>,
}

/// One grade's conditions.
#[derive(Deserialize)]
struct Step {
    id: String,
    /// By severity 1-5; 99 is any number.
    max_appearance_counts: BTreeMap<String, u32>,
    max_function: u8,
    min_battery_health: i32,
}

#[derive(Deserialize)]
struct Cap {
    when: BTreeMap<String, Vec<String>>,
    cap: String,
}

static RULE: LazyLock<File> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../../assets/data/grades.json")).unwrap_or_default());

/// The version a report prints.
#[must_use]
pub fn version() -> &'static str {
    &RULE.version
}

/// 0 is the best; an unknown grade is behind all.
#[must_use]
pub fn rank(grade: &str) -> u32 {
    grades::by_id(grade).map_or(u32::MAX, |g| g.rank)
}

/// What the three axes come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// Appearance items at severity 1 to 5.
    pub counts: [u32; 5],
    pub function: u8,
    pub battery: Option<i32>,
    pub unreadable: bool,
}

impl Step {
    fn appearance(&self, s: &Sums) -> bool {
        (1..=5_usize).zip(s.counts).all(|(n, count)| {
            let most = self.max_appearance_counts.get(&n.to_string()).copied().unwrap_or(0);
            most >= 99 || count <= most
        })
    }
    fn battery(&self, s: &Sums) -> bool {
        s.battery.is_none_or(|b| b >= self.min_battery_health) && !(s.unreadable && rank(&self.id) < rank(UNREADABLE))
    }
}

/// The first grade whose conditions hold; the last one takes everything.
fn first(fits: impl Fn(&Step) -> bool) -> &'static str {
    let last = RULE.grades.last().map_or("E", |g| g.id.as_str());
    RULE.grades.iter().find(|g| fits(g)).map_or(last, |g| g.id.as_str())
}

pub(super) fn by_appearance(s: &Sums) -> &'static str {
    first(|g| g.appearance(s))
}
pub(super) fn by_function(s: &Sums) -> &'static str {
    first(|g| s.function <= g.max_function)
}
pub(super) fn by_battery(s: &Sums) -> &'static str {
    first(|g| g.battery(s))
}

/// The lowest of several grades.
fn lowest<'a>(all: impl IntoIterator<Item = &'a str>) -> &'a str {
    all.into_iter().max_by_key(|g| rank(g)).unwrap_or("S")
}

/// An item that is asked, the group it stands in, and its answer.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub group: &'a str,
    pub item: &'a CheckItem,
    pub value: Option<&'a AnswerValue>,
}

/// Every item that is asked of this device, in list order.
pub(super) fn asked<'a>(list: &'a Checklist, answers: &'a Answers) -> Vec<Asked<'a>> {
    let out = answer::not_applicable(list, answers);
    let mut all = Vec::new();
    for group in &list.groups {
        for item in group.items.iter().filter(|i| !i.hidden && !out.contains(&i.id)) {
            all.push(Asked { group: &group.id, item, value: answers.get(&item.id) });
        }
    }
    all
}

/// The axis an item's severity counts on.
pub(super) fn axis(group: &str, item: &CheckItem) -> Option<GradeAxis> {
    match group {
        "appearance" => Some(GradeAxis::Appearance),
        "function" => Some(GradeAxis::Function),
        "display" if item.id != SCREEN_ORIGIN => Some(GradeAxis::Function),
        "battery" if item.id == BATTERY => Some(GradeAxis::Battery),
        _ => None,
    }
}

fn sums(asked: &[Asked<'_>]) -> Sums {
    let mut s = Sums::default();
    for a in asked {
        let Some(value) = a.value else { continue };
        match axis(a.group, a.item) {
            Some(GradeAxis::Battery) => match value {
                AnswerValue::Number(n) => s.battery = Some(*n),
                _ => s.unreadable = true,
            },
            Some(axis) => {
                let severity = answer::severity(a.item, value).unwrap_or(0).min(5);
                if axis == GradeAxis::Function {
                    s.function = s.function.max(severity);
                } else if let Some(n) = s.counts.get_mut(usize::from(severity).wrapping_sub(1)) {
                    *n += 1;
                }
            }
            None => {}
        }
    }
    s
}

/// The cap an answer brings.
fn cap_of(item: &str, value: &AnswerValue) -> Option<&'static str> {
    let has = |values: &Vec<String>| match value {
        AnswerValue::Text(t) => values.contains(t),
        AnswerValue::List(all) => all.iter().any(|v| values.contains(v)),
        AnswerValue::Number(_) => false,
    };
    let matching = RULE.caps.iter().filter(|c| c.when.get(item).is_some_and(has));
    matching.map(|c| c.cap.as_str()).max_by_key(|g| rank(g))
}

/// The grade of the answers there are, everything open taken as in order and blockers left aside.
fn grade_of(asked: &[Asked<'_>]) -> &'static str {
    let s = sums(asked);
    let caps = asked.iter().filter_map(|a| cap_of(&a.item.id, a.value?));
    lowest([by_appearance(&s), by_function(&s), by_battery(&s)].into_iter().chain(caps))
}

/// Whether the item still wants an answer before there can be a grade.
fn is_open(a: &Asked<'_>) -> bool {
    a.item.required && a.item.kind != CheckKind::PhotoSet && a.value.and_then(|v| answer::severity(a.item, v)).is_none()
}

/// The grade of these answers, with everything that explains it.
#[must_use]
pub fn grade(list: &Checklist, answers: &Answers, manual: Option<&ManualGrade>) -> GradeResult {
    let asked = asked(list, answers);
    let s = sums(&asked);
    let so_far = grade_of(&asked);
    let by_axes = lowest([by_appearance(&s), by_function(&s), by_battery(&s)]);
    let missing: Vec<String> = asked.iter().filter(|a| is_open(a)).map(|a| a.item.id.clone()).collect();
    let blockers = blockers(&asked);
    let computed = (missing.is_empty() && blockers.is_empty()).then(|| so_far.to_owned());
    let raises = |m: &ManualGrade| computed.as_ref().is_some_and(|c| rank(&m.grade) < rank(c));
    let reason_wanted = manual.is_some_and(|m| raises(m) && m.reason.trim().is_empty());
    let stands = manual.filter(|_| !reason_wanted && computed.is_some());
    let last = stands.map(|m| m.grade.clone()).or_else(|| computed.clone());
    let mut result = GradeResult {
        rule: version().to_owned(),
        so_far: so_far.to_owned(),
        axes: axes(&asked, &s),
        reasons: reasons(&asked),
        caps: caps(&asked, by_axes, so_far),
        would_be: would_be(&asked, so_far),
        badges: badges(&asked),
        blockers,
        missing,
        reason_wanted,
        computed,
        last,
        explain_zh: String::new(),
        explain_en: String::new(),
    };
    (result.explain_zh, result.explain_en) = explain::sentence(&result, stands);
    result
}

fn blockers(asked: &[Asked<'_>]) -> Vec<Blocker> {
    let blocking = asked.iter().filter_map(|a| Some((a.item, a.value.filter(|v| answer::blocks(a.item, v))?)));
    blocking
        .map(|(item, value)| {
            let (zh, en) = explain::finding(item, value);
            Blocker { item_id: item.id.clone(), value: value.clone(), zh, en, cleared: None }
        })
        .collect()
}

fn badges(asked: &[Asked<'_>]) -> Vec<Badge> {
    let mut out: Vec<Badge> = Vec::new();
    for a in asked {
        let Some(value) = a.value else { continue };
        for v in answer::chosen(a.item, value).into_iter().filter(|v| !v.badge_zh.is_empty()) {
            if !out.iter().any(|b| b.zh == v.badge_zh) {
                out.push(Badge { item_id: a.item.id.clone(), zh: v.badge_zh.clone(), en: v.badge_en.clone() });
            }
        }
    }
    out
}

fn axes(asked: &[Asked<'_>], s: &Sums) -> Vec<AxisGrade> {
    let mut out = vec![
        AxisGrade {
            axis: GradeAxis::Appearance,
            allows: by_appearance(s).to_owned(),
            zh: String::new(),
            en: String::new(),
        },
        AxisGrade {
            axis: GradeAxis::Function,
            allows: by_function(s).to_owned(),
            zh: String::new(),
            en: String::new(),
        },
    ];
    (out[0].zh, out[0].en) = explain::appearance(s);
    (out[1].zh, out[1].en) = explain::function(asked, s);
    if s.battery.is_some() || s.unreadable {
        let (zh, en) = explain::battery(s);
        out.push(AxisGrade { axis: GradeAxis::Battery, allows: by_battery(s).to_owned(), zh, en });
    }
    out
}

/// Findings above severity 0 and the battery's reading, worst first, list order among equals.
fn reasons(asked: &[Asked<'_>]) -> Vec<GradeReason> {
    let mut out: Vec<GradeReason> = Vec::new();
    for a in asked {
        let (Some(axis), Some(value)) = (axis(a.group, a.item), a.value) else { continue };
        let alone = sums(std::slice::from_ref(a));
        let severity = answer::severity(a.item, value).unwrap_or(0);
        let allows = lowest([by_appearance(&alone), by_function(&alone), by_battery(&alone)]);
        if severity == 0 && rank(allows) == 0 {
            continue;
        }
        let (zh, en) = explain::finding(a.item, value);
        let (item_id, allows) = (a.item.id.clone(), allows.to_owned());
        out.push(GradeReason { axis, item_id, value: value.clone(), severity, zh, en, allows });
    }
    out.sort_by_key(|r| (std::cmp::Reverse(rank(&r.allows)), std::cmp::Reverse(r.severity)));
    out
}

/// Caps that match, the lowest first.
fn caps(asked: &[Asked<'_>], by_axes: &str, so_far: &str) -> Vec<GradeCap> {
    let mut out = Vec::new();
    for a in asked {
        let Some((value, cap)) = a.value.and_then(|v| Some((v, cap_of(&a.item.id, v)?))) else { continue };
        let (zh, en) = explain::finding(a.item, value);
        let lowers = rank(cap) > rank(by_axes) && cap == so_far;
        out.push(GradeCap { item_id: a.item.id.clone(), value: value.clone(), cap: cap.to_owned(), lowers, zh, en });
    }
    out.sort_by_key(|c| std::cmp::Reverse(rank(&c.cap)));
    out
}

/// What one item in order would make of the grade.
fn would_be(asked: &[Asked<'_>], so_far: &str) -> Vec<WouldBe> {
    let mut out = Vec::new();
    for (n, a) in asked.iter().enumerate() {
        let Some(value) = a.value else { continue };
        if axis(a.group, a.item).is_none() && cap_of(&a.item.id, value).is_none() {
            continue;
        }
        let mut other = asked.to_vec();
        other[n].value = None;
        let grade = grade_of(&other);
        if rank(grade) < rank(so_far) {
            let (zh, en) = explain::finding(a.item, value);
            out.push(WouldBe { grade: grade.to_owned(), item_id: a.item.id.clone(), zh, en });
        }
    }
    out.sort_by_key(|w| rank(&w.grade));
    out
}

/// The grade the answers give once every blocker is cleared; `None` while something required is open.
#[must_use]
pub fn once_cleared(result: &GradeResult) -> Option<&str> {
    (result.missing.is_empty() && !result.blockers.is_empty()).then_some(result.so_far.as_str())
}

/// The lists' answers when everything is in order, for tests and the sample: each choice its `normal`, else the first harmless one.
#[must_use]
pub fn clean_answers(list: &Checklist) -> Answers {
    let mut out = Answers::new();
    for i in lists::items(list).filter(|i| !i.hidden) {
        let first = i.values.iter().find(|v| v.severity == Some(0)).map(|v| v.value.clone());
        let value = match i.kind {
            CheckKind::Enum => i.normal.clone().or(first).map(AnswerValue::Text),
            CheckKind::Number if i.id == BATTERY => Some(AnswerValue::Number(100)),
            CheckKind::Number if i.required => Some(AnswerValue::Number(i.min.unwrap_or(0))),
            CheckKind::Text if i.required => Some(AnswerValue::Text("A2633".to_owned())),
            CheckKind::Imei if i.required => Some(AnswerValue::Text("490154203237518".to_owned())),
            CheckKind::Serial if i.required => Some(AnswerValue::Text("F2LX1234ABCD".to_owned())),
            _ => None,
        };
        out.extend(value.map(|v| (i.id.clone(), v)));
    }
    out
}
