//! From a finished inspection to the sections of a passport. Only what is named here gets in: no cost, floor, buyer, shelf or source.

use stall_core::{
    api::{Category, CheckKind, EraseMethod, Erasure, GradeAxis, PassportSettings, Report, ReportItem},
    grades,
};

use crate::{
    doc::{
        self, Badge, ByHand, Check, CheckGroup, Checks, Device, Flaw, Grade, History, OpenCode, Photo, Reason, Repair,
        Row, Say, Sections, Stall, Terms,
    },
    issue::{closed, tail},
};

/// The checks buyers ask for first, in the order they are shown.
const MAIN: [&str; 18] = [
    "account_lock",
    "mdm",
    "erased",
    "imei_match",
    "storage_origin",
    "region",
    "screen_origin",
    "screen_glass",
    "battery_health",
    "battery_origin",
    "face_id",
    "rear_camera",
    "front_camera",
    "speaker",
    "cellular",
    "opened",
    "liquid",
    "display_fault",
];
/// Of a category without these, so many of its first checks.
const MAIN_LEAST: usize = 6;
/// Free words about a repair; they tend to name what it cost.
const REPAIR_NOTE: &str = "repair_note";
const REASONS_MOST: usize = 7;

/// What a passport is made from.
#[derive(Debug)]
pub struct Facts<'a> {
    pub report: &'a Report,
    pub settings: &'a PassportSettings,
    pub stall: &'a str,
    /// IMEI, second IMEI, MEID, serial: those the unit has.
    pub codes: &'a [OpenCode],
    pub salt: &'a str,
    /// In order, with the hashes of their embedded copies.
    pub photos: Vec<Photo>,
    pub erasure: Option<&'a Erasure>,
}

/// Makes the sections. `None` for a report without a grade: it is blocked or incomplete.
#[must_use]
pub fn draft(f: Facts<'_>) -> Option<Sections> {
    let r = f.report;
    let grade = grade(r)?;
    let d = Drafter { codes: f.codes };
    let items: Vec<&ReportItem> =
        r.groups.iter().flat_map(|g| &g.items).filter(|i| i.kind != CheckKind::PhotoSet).collect();
    let main = main_checks(&items);
    let places = |item: &ReportItem| -> Vec<u32> {
        let at = |blob: &str| f.photos.iter().position(|p| p.original == blob).and_then(|n| u32::try_from(n).ok());
        item.photos.iter().filter_map(|p| at(&p.blob)).collect()
    };
    let checks = |group: &stall_core::api::ReportGroup| CheckGroup {
        key: group.id.clone(),
        title: Say::new(&group.zh, &group.en),
        checks: group
            .items
            .iter()
            .filter(|i| i.kind != CheckKind::PhotoSet)
            .map(|i| Check {
                key: i.id.clone(),
                label: if i.id == REPAIR_NOTE { short(i) } else { Say::new(&i.zh, &i.en) },
                answer: d.answer(i),
                severity: i.severity,
                checked: i.value.is_some(),
                note: d.closed(&i.note),
                main: main.contains(&i.id.as_str()),
                photos: places(i),
            })
            .collect(),
    };
    Some(Sections {
        device: Device {
            stock_no: r.unit.stock_no.clone(),
            category: stall_category(r.unit.category).to_owned(),
            category_name: category_name(r.unit.category),
            brand: r.unit.brand.clone(),
            model: r.unit.model.clone(),
            spec: spec(r, &items),
            codes: f.codes.iter().map(|c| closed(&c.kind, &c.code, f.salt)).collect(),
        },
        grade,
        flaws: d.flaws(r, &items, &f.photos, places),
        badges: r
            .result
            .badges
            .iter()
            .map(|b| Badge { key: b.item_id.clone(), name: Say::new(&b.zh, &b.en) })
            .collect(),
        checks: Checks { checklist: r.head.checklist.clone(), groups: r.groups.iter().map(checks).collect() },
        history: History { repairs: d.repairs(&items), erasure: f.erasure.map(erasure) },
        terms: terms(f.settings),
        stall: Stall {
            name: f.stall.to_owned(),
            address: f.settings.address.clone(),
            signer: f.settings.signer.clone(),
            inspector: r.head.by.clone(),
            inspected_at: r.head.at.0,
            report_version: r.head.version,
        },
        photos: f.photos,
    })
}

/// The stall's own words for its returns, or that the platform's rules count.
#[must_use]
pub fn terms(s: &PassportSettings) -> Terms {
    let returns = match (s.returns_zh.is_empty(), s.returns_en.is_empty()) {
        (true, true) => Say::new("按成交平台的规则", "By the rules of the platform it was sold on"),
        (true, false) => Say::both(&s.returns_en),
        (false, true) => Say::both(&s.returns_zh),
        (false, false) => Say::new(&s.returns_zh, &s.returns_en),
    };
    Terms { warranty_days: s.warranty_days, returns }
}

fn name(grade: &str) -> Say {
    let first = |s: &str| s.split('/').next().unwrap_or_default().trim().to_owned();
    grades::by_id(grade).map_or_else(|| Say::both(grade), |g| Say::new(first(&g.zh), first(&g.en)))
}

fn grade(r: &Report) -> Option<Grade> {
    let result = &r.result;
    let (computed, last) = (result.computed.as_ref()?, result.last.as_ref()?);
    let mut reasons: Vec<Reason> = Vec::new();
    let mut add = |zh: &str, en: &str, allows: Say| {
        if reasons.len() < REASONS_MOST && !reasons.iter().any(|r| r.text.zh == zh) {
            reasons.push(Reason { text: Say::new(zh, en), allows });
        }
    };
    for c in result.caps.iter().filter(|c| c.lowers) {
        add(&c.zh, &c.en, name(&c.cap));
    }
    let best = grades::all().first().map_or("S", |g| g.id.as_str());
    let limits = |allows: &str| if allows == best { Say::default() } else { name(allows) };
    for found in &result.reasons {
        let battery = result.axes.iter().find(|a| found.axis == GradeAxis::Battery && a.axis == GradeAxis::Battery);
        match battery {
            Some(axis) => add(&axis.zh, &axis.en, limits(&found.allows)),
            None => add(&found.zh, &found.en, limits(&found.allows)),
        }
    }
    // What holds nothing down is told too, shortly.
    for axis in &result.axes {
        if !result.reasons.iter().any(|found| found.axis == axis.axis) {
            add(&axis.zh, &axis.en, limits(&axis.allows));
        }
    }
    let items = || r.groups.iter().flat_map(|g| &g.items).filter(|i| i.kind != CheckKind::PhotoSet);
    let count = |checked: bool| u32::try_from(items().filter(|i| i.value.is_some() == checked).count()).unwrap_or(0);
    let rank = |id: &str| grades::by_id(id).map_or(u32::MAX, |g| g.rank);
    Some(Grade {
        id: last.clone(),
        name: name(last),
        computed: computed.clone(),
        computed_name: name(computed),
        rule: Say::new(format!("店铺成色规则 v{}", result.rule), format!("Stall grading rule v{}", result.rule)),
        rule_version: result.rule.clone(),
        checked: count(true),
        open: count(false),
        reasons,
        explain: Say::new(&result.explain_zh, &result.explain_en),
        by_hand: r.manual.as_ref().filter(|m| m.grade != *computed && m.grade == *last).map(|m| ByHand {
            by: m.by.clone(),
            at: m.at.0,
            raised: rank(last) < rank(computed),
            reason: m.reason.clone(),
        }),
    })
}

fn main_checks<'a>(items: &[&'a ReportItem]) -> Vec<&'a str> {
    let ids = || items.iter().map(|i| i.id.as_str());
    let known: Vec<&str> = ids().filter(|id| MAIN.contains(id)).collect();
    if known.len() >= MAIN_LEAST {
        return known;
    }
    items.iter().filter(|i| i.severity.is_some()).map(|i| i.id.as_str()).take(MAIN_LEAST * 2).collect()
}

/// `前置摄像头(含…)` without what stands in brackets.
fn short(item: &ReportItem) -> Say {
    let cut = |s: &str| s.split(['(', '（']).next().unwrap_or_default().trim().to_owned();
    Say::new(cut(&item.zh), cut(&item.en))
}

fn spec(r: &Report, items: &[&ReportItem]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |key: &str, label: Say, value: Say| {
        if !value.zh.is_empty() {
            rows.push(Row { key: key.to_owned(), label, value });
        }
    };
    add("storage", Say::new("容量", "Storage"), Say::both(&r.unit.storage));
    add("colour", Say::new("颜色", "Colour"), Say::both(&r.unit.colour));
    if let Some(region) = items.iter().find(|i| i.id == "region" && i.value.is_some()) {
        add("region", Say::new(&region.zh, &region.en), Say::new(&region.answer_zh, &region.answer_en));
    }
    rows
}

fn erasure(e: &Erasure) -> doc::Erasure {
    let method = match e.method {
        EraseMethod::Crypto => Say::new("系统抹除（密钥销毁）", "Factory reset, encryption key destroyed"),
        EraseMethod::Overwrite => Say::new("数据覆写", "Overwritten"),
        EraseMethod::Block => Say::new("块擦除", "Block erase"),
        EraseMethod::Tool => Say::new("专用工具清除", "Erased with a tool"),
    };
    doc::Erasure {
        method,
        at: e.done.at.0,
        by: e.done.by.clone(),
        verified_at: e.verified.as_ref().map(|v| v.at.0),
        verified_by: e.verified.as_ref().map(|v| v.by.clone()).unwrap_or_default(),
    }
}

/// Makes words fit for everybody.
struct Drafter<'a> {
    codes: &'a [OpenCode],
}

impl Drafter<'_> {
    /// Words with every code of the device cut to its tail.
    fn closed(&self, text: &str) -> String {
        self.codes
            .iter()
            .filter(|c| c.code.len() > 4)
            .fold(text.to_owned(), |t, c| if t.contains(&c.code) { t.replace(&c.code, &dots(&c.code)) } else { t })
    }

    fn answer(&self, item: &ReportItem) -> Say {
        let cut = |text: &str| match item.kind {
            CheckKind::Imei | CheckKind::Meid | CheckKind::Serial if !text.is_empty() => dots(text),
            _ if item.id == REPAIR_NOTE => self.closed(&without_money(text)),
            _ => self.closed(text),
        };
        Say::new(cut(&item.answer_zh), cut(&item.answer_en))
    }

    /// Every finding: those that bear on the grade first, worst first. The battery's percentage is told beside the grade.
    fn flaws(
        &self,
        r: &Report,
        items: &[&ReportItem],
        photos: &[Photo],
        places: impl Fn(&ReportItem) -> Vec<u32>,
    ) -> Vec<Flaw> {
        let ranked = r.result.reasons.iter().filter(|x| x.axis != GradeAxis::Battery).map(|x| x.item_id.as_str());
        let mut order: Vec<&str> = ranked.collect();
        let mut others: Vec<&&ReportItem> = items
            .iter()
            .filter(|i| {
                i.severity.is_some_and(|s| s > 0) && i.kind != CheckKind::Number && !order.contains(&i.id.as_str())
            })
            .collect();
        others.sort_by_key(|i| std::cmp::Reverse(i.severity));
        order.extend(others.iter().map(|i| i.id.as_str()));
        let mut used: Vec<u32> = Vec::new();
        let mut flaws = Vec::new();
        let mut told: Vec<&str> = Vec::new();
        for id in order {
            if told.contains(&id) {
                continue;
            }
            told.push(id);
            let Some(item) = items.iter().find(|i| i.id == id) else { continue };
            let label = short(item);
            let answer = self.answer(item);
            let mine = places(item);
            // A close-up tells more than a view that is shown anyway, and each is shown once.
            let open = |n: &&u32| !used.contains(n) && photos.get(**n as usize).is_some_and(|p| !p.private);
            let close = |n: &&u32| photos.get(**n as usize).is_some_and(|p| p.shot == "flaw");
            let photo = mine.iter().filter(open).find(close).or_else(|| mine.iter().find(open)).copied();
            used.extend(photo);
            flaws.push(Flaw {
                title: Say::new(format!("{}：{}", label.zh, answer.zh), format!("{}: {}", label.en, answer.en)),
                detail: Say::both(self.closed(&item.note)),
                photo,
            });
        }
        self.close_ups(photos, &used, &mut flaws);
        flaws
    }

    /// Close-ups that nobody tied to a finding go to the findings without a picture, in order.
    fn close_ups(&self, photos: &[Photo], used: &[u32], flaws: &mut [Flaw]) {
        let mut free = (0u32..).zip(photos).filter(|(n, p)| p.shot == "flaw" && !used.contains(n)).map(|(n, _)| n);
        for flaw in flaws.iter_mut().filter(|f| f.photo.is_none()) {
            flaw.photo = free.next();
        }
    }

    fn repairs(&self, items: &[&ReportItem]) -> Vec<Repair> {
        let note = items.iter().find(|i| i.id == REPAIR_NOTE && i.value.is_some());
        let text = note.map(|i| self.answer(i)).filter(|t| !t.zh.is_empty());
        text.map(|text| Repair { at: None, text }).into_iter().collect()
    }
}

/// `•••4182`.
fn dots(code: &str) -> String {
    format!("•••{}", tail(code))
}

/// A text without amounts of money: `换电池 180元 李师傅` tells what a repair cost, which is nobody's business.
fn without_money(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let marked = matches!(chars[at], '¥' | '￥' | '$');
        let from = if marked { at + 1 } else { at };
        let to = from + chars[from..].iter().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).count();
        let number = to > from && chars[from].is_ascii_digit();
        let behind: String = chars[to.min(chars.len())..].iter().take(3).collect();
        let unit = ["元", "块", "RMB", "rmb"].iter().find(|u| behind.starts_with(**u));
        match (marked && number, number, unit) {
            (true, ..) => at = to + unit.map_or(0, |u| u.chars().count()),
            (_, true, Some(u)) => at = to + u.chars().count(),
            (_, true, None) => {
                out.extend(&chars[at..to]);
                at = to;
            }
            _ => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stall_category(c: Category) -> &'static str {
    match c {
        Category::Phone => "phone",
        Category::Tablet => "tablet",
        Category::Laptop => "laptop",
        Category::Watch => "watch",
        Category::Camera => "camera",
        Category::Other => "other",
    }
}

fn category_name(c: Category) -> Say {
    match c {
        Category::Phone => Say::new("手机", "Phone"),
        Category::Tablet => Say::new("平板", "Tablet"),
        Category::Laptop => Say::new("笔记本", "Laptop"),
        Category::Watch => Say::new("手表", "Watch"),
        Category::Camera => Say::new("相机", "Camera"),
        Category::Other => Say::new("其他", "Other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_repair_cost_is_not_told() {
        for (text, want) in [
            ("2026-11 换电池 180元 李师傅", "2026-11 换电池 李师傅"),
            ("换屏￥1,250.00，试机正常", "换屏，试机正常"),
            ("换后盖 ¥90块", "换后盖"),
            ("iPhone 15 256GB 换电池", "iPhone 15 256GB 换电池"),
        ] {
            assert_eq!(without_money(text), want);
        }
    }

    #[test]
    fn codes_in_free_words_are_cut_to_their_tails() {
        let codes = [OpenCode { kind: "imei".into(), code: "350000000004182".into() }];
        let d = Drafter { codes: &codes };
        assert_eq!(d.closed("串号350000000004182已核对"), "串号•••4182已核对");
    }
}
