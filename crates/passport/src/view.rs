//! What a document says in one language, in the order it is read. Every form is made from this and from nothing else.

use stall_core::{
    Ms,
    api::{
        PassportCopy, PassportFlaw, PassportGroup, PassportLang, PassportPhoto, PassportRow, PassportTone, PassportView,
    },
    datetime,
};

use crate::{
    Broken,
    canon::spaced,
    doc::{Check, Document, Say},
    key::fingerprint,
};

/// Makes the view of a copy.
///
/// # Errors
/// None that is expected.
pub fn view(doc: &Document, lang: PassportLang, copy: PassportCopy) -> Result<PassportView, Broken> {
    let v = Viewer { doc, lang, opened: copy == PassportCopy::Buyer };
    let s = &doc.sections;
    let checks = || s.checks.groups.iter().flat_map(|g| &g.checks);
    Ok(PassportView {
        lang,
        stall: s.stall.name.clone(),
        address: s.stall.address.clone(),
        number: doc.seal.number.clone(),
        version: doc.seal.version,
        issued: minute(doc.seal.issued_at),
        model: v.model(),
        spec: s.device.spec.iter().map(|r| v.say(&r.value)).collect::<Vec<_>>().join(" · "),
        grade: v.say(&s.grade.name),
        rule: v.say(&s.grade.rule),
        computed: v.computed(),
        reasons: v.reasons(),
        badges: s.badges.iter().map(|b| v.say(&b.name)).collect(),
        flaws: v.flaws(),
        main: checks().filter(|c| c.main).map(|c| v.check(c, true)).collect(),
        groups: s
            .checks
            .groups
            .iter()
            .map(|g| PassportGroup {
                title: v.say(&g.title),
                rows: g.checks.iter().map(|c| v.check(c, false)).collect(),
            })
            .filter(|g| !g.rows.is_empty())
            .collect(),
        checked: s.grade.checked,
        photos: v.photos(),
        hero: v.hero(),
        facts: v.facts(),
        signer: s.stall.signer.clone(),
        key: fingerprint(&doc.seal.key),
        seal: spaced(&doc.id()?[..12]),
    })
}

/// `2026-11-24 10:42`, Asia/Shanghai.
pub(crate) fn minute(at: i64) -> String {
    datetime::format(Ms(at)).get(..16).unwrap_or_default().to_owned()
}

struct Viewer<'a> {
    doc: &'a Document,
    lang: PassportLang,
    opened: bool,
}

impl Viewer<'_> {
    fn say(&self, s: &Say) -> String {
        let (first, second) = match self.lang {
            PassportLang::Zh => (&s.zh, &s.en),
            PassportLang::En => (&s.en, &s.zh),
        };
        if first.is_empty() { second.clone() } else { first.clone() }
    }

    fn zh(&self) -> bool {
        self.lang == PassportLang::Zh
    }

    fn pick<T>(&self, zh: T, en: T) -> T {
        if self.zh() { zh } else { en }
    }

    fn model(&self) -> String {
        let d = &self.doc.sections.device;
        if d.brand.is_empty() || d.model.to_lowercase().starts_with(&d.brand.to_lowercase()) || d.brand == "Apple" {
            return d.model.clone();
        }
        format!("{} {}", d.brand, d.model)
    }

    fn computed(&self) -> String {
        let g = &self.doc.sections.grade;
        let n = g.checked;
        let by_rule = self.say(&g.computed_name);
        match &g.by_hand {
            Some(h) if h.raised => self.pick(
                format!("{n} 项检查算出 {by_rule}，人工上调：{}", h.reason),
                format!("{by_rule} from {n} checks; raised by hand: {}", h.reason),
            ),
            Some(_) if g.id != g.computed => self.pick(
                format!("{n} 项检查算出 {by_rule}，店家主动下调"),
                format!("{by_rule} from {n} checks; lowered by the stall"),
            ),
            _ => self.pick(format!("{n} 项检查算出，未上调"), format!("From {n} checks, not raised")),
        }
    }

    fn reasons(&self) -> Vec<PassportRow> {
        let row = |r: &crate::doc::Reason| {
            let allows = self.say(&r.allows);
            let free = allows.is_empty();
            let value = if free {
                self.pick("不降级".to_owned(), "no effect".to_owned())
            } else {
                self.pick(format!("最高到 {allows}"), format!("up to {allows}"))
            };
            let tone = if free { PassportTone::Good } else { PassportTone::Plain };
            PassportRow { label: self.say(&r.text), value, tone }
        };
        self.doc.sections.grade.reasons.iter().map(row).collect()
    }

    fn flaws(&self) -> Vec<PassportFlaw> {
        (1..)
            .zip(&self.doc.sections.flaws)
            .map(|(no, f)| PassportFlaw {
                no,
                title: self.say(&f.title),
                detail: self.say(&f.detail),
                photo: f.photo.filter(|p| (*p as usize) < self.doc.sections.photos.len()),
            })
            .collect()
    }

    fn check(&self, c: &Check, short: bool) -> PassportRow {
        let mut label = self.say(&c.label);
        if short && let Some(at) = label.find(['(', '（']) {
            label.truncate(at);
        }
        let mut value = self.say(&c.answer);
        if !c.note.is_empty() && !short {
            value = self.pick(format!("{value}（{}）", c.note), format!("{value} ({})", c.note));
        }
        let tone = match (c.checked, c.severity) {
            (false, _) => PassportTone::Open,
            (true, None) => PassportTone::Plain,
            (true, Some(0)) => PassportTone::Good,
            (true, Some(_)) => PassportTone::Flaw,
        };
        if !c.checked {
            value = self.pick("未检查".to_owned(), "not checked".to_owned());
        }
        PassportRow { label: label.trim().to_owned(), value, tone }
    }

    fn photos(&self) -> Vec<PassportPhoto> {
        let one = |p: &crate::doc::Photo| PassportPhoto {
            caption: self.say(&p.title),
            copy: if p.private && !self.opened { String::new() } else { p.copy.clone() },
            private: p.private,
        };
        self.doc.sections.photos.iter().map(one).collect()
    }

    /// The back tells more of a used phone than its screen; whatever stands first is next best.
    fn hero(&self) -> Option<u32> {
        let photos = &self.doc.sections.photos;
        let by = |shot: &str| photos.iter().position(|p| p.shot == shot && !p.private);
        let at = by("back")
            .or_else(|| by("front_on"))
            .or_else(|| by("front"))
            .or_else(|| photos.iter().position(|p| !p.private));
        at.and_then(|n| u32::try_from(n).ok())
    }

    fn facts(&self) -> Vec<PassportRow> {
        let s = &self.doc.sections;
        let mut rows = Vec::new();
        let mut row = |label: &str, value: String| {
            if !value.is_empty() {
                rows.push(PassportRow { label: label.to_owned(), value, tone: PassportTone::Plain });
            }
        };
        let opening = if self.opened { self.doc.opening.as_ref() } else { None };
        for code in &s.device.codes {
            let label = match code.kind.as_str() {
                "imei" => "IMEI",
                "imei2" => "IMEI 2",
                "meid" => "MEID",
                _ => self.pick("序列号", "Serial no."),
            };
            let full = opening.and_then(|o| o.codes.iter().find(|c| c.kind == code.kind));
            let value = match full {
                Some(full) => full.code.clone(),
                None => self.pick(format!("尾号 {}", code.tail), format!("ends in {}", code.tail)),
            };
            row(label, value);
        }
        row(self.pick("编号", "Stock no."), s.device.stock_no.clone());
        for r in &s.history.repairs {
            let when = r.at.map(|at| format!("{} ", &minute(at)[..10])).unwrap_or_default();
            row(self.pick("维修", "Repair"), format!("{when}{}", self.say(&r.text)));
        }
        if let Some(e) = &s.history.erasure {
            let done = format!("{}，{} {}", self.say(&e.method), e.by, minute(e.at));
            let done = if self.zh() { done } else { done.replace('，', ", ") };
            let checked = e.verified_at.map(|at| {
                self.pick(
                    format!("；{} {} 复核", e.verified_by, minute(at)),
                    format!("; verified by {} {}", e.verified_by, minute(at)),
                )
            });
            row(self.pick("数据清除", "Data erasure"), done + &checked.unwrap_or_default());
        }
        row(
            self.pick("验机", "Inspected"),
            format!("{} {}", s.stall.inspector, minute(s.stall.inspected_at)).trim().to_owned(),
        );
        let days = s.terms.warranty_days;
        if days > 0 {
            row(
                self.pick("保修", "Warranty"),
                self.pick(format!("本店保修 {days} 天"), format!("{days} days, by the stall")),
            );
        }
        row(self.pick("退货", "Returns"), self.say(&s.terms.returns));
        rows
    }
}
