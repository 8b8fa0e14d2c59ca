//! The grade in a sentence, in both languages: `95新：外观 2 处轻微，功能正常，电池 88%；换过屏，最高 95新`.

use super::{
    answer,
    grade::{Asked, Sums, axis},
};
use crate::{
    api::{AnswerValue, CheckItem, GradeAxis, GradeResult, ManualGrade},
    grades,
};

type Two = (String, String);

const MARKS: [(&str, &str); 5] = [
    ("细微", "hairline mark"),
    ("轻微", "light mark"),
    ("明显", "obvious mark"),
    ("严重", "heavy mark"),
    ("破损", "breakage"),
];

/// A grade's words.
pub(super) fn name(grade: &str) -> Two {
    grades::by_id(grade).map_or_else(|| (grade.to_owned(), grade.to_owned()), |g| (g.zh.clone(), g.en.clone()))
}

/// `边框：轻微划痕/小花`.
pub(super) fn finding(item: &CheckItem, value: &AnswerValue) -> Two {
    let (zh, en) = answer::words(item, value);
    (format!("{}：{zh}", item.zh), format!("{}: {en}", item.en))
}

/// How the appearance counts: worst first.
pub(super) fn appearance(s: &Sums) -> Two {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (n, (word_zh, word_en)) in s.counts.iter().zip(MARKS).rev().filter(|(n, _)| **n > 0) {
        zh.push(format!("{n} 处{word_zh}"));
        en.push(format!("{n} {word_en}{}", if *n == 1 { "" } else { "s" }));
    }
    if zh.is_empty() {
        return ("无痕迹".to_owned(), "no marks".to_owned());
    }
    (zh.join("、"), en.join(", "))
}

/// What works and what does not: the findings at the worst severity.
pub(super) fn function(asked: &[Asked<'_>], s: &Sums) -> Two {
    if s.function == 0 {
        return ("功能正常".to_owned(), "everything works".to_owned());
    }
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for a in asked.iter().filter(|a| axis(a.group, a.item) == Some(GradeAxis::Function)) {
        if let Some(value) = a.value.filter(|v| answer::severity(a.item, v) == Some(s.function)) {
            let (z, e) = finding(a.item, value);
            zh.push(z);
            en.push(e);
        }
    }
    (zh.join("、"), en.join(", "))
}

pub(super) fn battery(s: &Sums) -> Two {
    match s.battery {
        Some(b) => (format!("电池 {b}%"), format!("battery {b}%")),
        None => ("电池读不到".to_owned(), "battery cannot be read".to_owned()),
    }
}

/// The whole.
pub(super) fn sentence(r: &GradeResult, manual: Option<&ManualGrade>) -> Two {
    let join =
        |pick: fn(&crate::api::Blocker) -> &str, with: &str| r.blockers.iter().map(pick).collect::<Vec<_>>().join(with);
    if !r.blockers.is_empty() {
        return (format!("不能上架：{}。", join(|b| &b.zh, "；")), format!("Not for sale: {}.", join(|b| &b.en, "; ")));
    }
    let Some(computed) = &r.computed else {
        let (zh, en) = name(&r.so_far);
        let n = r.missing.len();
        let items = if n == 1 { "item" } else { "items" };
        return (format!("还差 {n} 项；最好能到{zh}。"), format!("{n} {items} to go; {en} at best."));
    };
    let (grade_zh, grade_en) = name(computed);
    let facts = |pick: fn(&crate::api::AxisGrade) -> &str| r.axes.iter().map(pick).collect::<Vec<_>>();
    let mut zh = format!("{grade_zh}：{}", facts(|a| &a.zh).join("，"));
    let mut en = format!("{grade_en}: {}", facts(|a| &a.en).join(", "));
    let lowering: Vec<_> = r.caps.iter().filter(|c| c.lowers).collect();
    if !lowering.is_empty() {
        let all = |pick: fn(&crate::api::GradeCap) -> &str, with: &str| {
            lowering.iter().map(|c| pick(c)).collect::<Vec<_>>().join(with)
        };
        zh += &format!("；{}，最高{grade_zh}", all(|c| &c.zh, "、"));
        en += &format!("; capped at {grade_en} by {}", all(|c| &c.en, ", "));
    }
    if let Some(m) = manual.filter(|m| m.grade != *computed) {
        let (by_zh, by_en) = name(&m.grade);
        zh += &format!("；人工定为{by_zh}");
        en += &format!("; set to {by_en} by hand");
        if !m.reason.trim().is_empty() {
            zh += &format!("：{}", m.reason.trim());
            en += &format!(": {}", m.reason.trim());
        }
    }
    (zh + "。", en + ".")
}
