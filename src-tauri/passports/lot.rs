//! The last reports of several units as one sheet of paper.

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{CheckKind, PassportLang, Report},
    datetime, grades,
};
use stall_passport::{Sheet, lot_sheet};
use stall_store::tables::passports as table;

use super::gather;
use crate::{ctx::Ctx, labels::away};

/// Units on one sheet at most.
const MOST: usize = 500;

/// Makes the PDF. A unit that was never inspected to the end stands there with a dash.
///
/// # Errors
/// `NothingToExport`, `TooManyLabels {max}`, `NotFound`.
pub async fn pdf(ctx: &Ctx, units: &[Id], lang: PassportLang) -> AppResult<Vec<u8>> {
    if units.is_empty() {
        return Err(ErrorCode::NothingToExport.into());
    }
    if units.len() > MOST {
        return Err(AppError::new(ErrorCode::TooManyLabels).arg("max", MOST));
    }
    let stall = ctx.stall();
    let zh = lang == PassportLang::Zh;
    let (mut rows, mut name) = (Vec::new(), String::new());
    for id in units {
        let source = gather::source(&stall, *id).await?;
        let passport = table::of_unit(&stall.store, *id).await?.into_iter().next().map(|p| p.number);
        rows.push(row(&source, passport, zh));
        name = source.stall;
    }
    let day = datetime::format_day(stall.store.env().now());
    let count = rows.len();
    let heads = if zh {
        ["编号", "机型", "配置", "成色", "电池", "瑕疵", "必须知道", "报告号", "验机"]
    } else {
        ["No.", "Model", "Specification", "Grade", "Battery", "Flaws", "Good to know", "Passport", "Inspected"]
    };
    let sheet = Sheet {
        title: if zh { "验机汇总".into() } else { "Inspection sheet".into() },
        note: if zh { format!("{name} · {day} · {count} 台") } else { format!("{name} · {day} · {count} units") },
        heads: heads.map(str::to_owned).to_vec(),
        rows,
        foot: if zh {
            "成色按店铺成色规则评定，不代表任何国家标准。每台的完整报告以报告号为准。".into()
        } else {
            "Graded by the stall's own rule; no claim to any national standard. The full report of each unit goes by its passport number.".into()
        },
        lang,
    };
    away(move || lot_sheet(&sheet)).await
}

fn row(source: &gather::Source, passport: Option<String>, zh: bool) -> Vec<String> {
    let unit = &source.unit.row;
    let dash = || "—".to_owned();
    let spec =
        [&unit.storage, &unit.colour].into_iter().filter(|s| !s.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    let report = source.report.as_ref();
    vec![
        unit.stock_no.clone(),
        unit.model.clone(),
        spec,
        report.and_then(|r| r.result.last.as_deref()).and_then(grades::by_id).map_or_else(dash, |g| {
            let word = if zh { &g.zh } else { &g.en };
            word.split('/').next().unwrap_or_default().to_owned()
        }),
        unit.battery.map_or_else(dash, |b| format!("{b}%")),
        report.map_or_else(dash, |r| flaws(r, zh)),
        report
            .map(|r| {
                r.result.badges.iter().map(|b| if zh { b.zh.as_str() } else { &b.en }).collect::<Vec<_>>().join(if zh {
                    "、"
                } else {
                    ", "
                })
            })
            .unwrap_or_default(),
        passport.unwrap_or_else(dash),
        report.map_or_else(dash, |r| format!("{} {}", datetime::format_day(r.head.at), r.head.by)),
    ]
}

/// Every finding, worst first.
fn flaws(report: &Report, zh: bool) -> String {
    let items = report.groups.iter().flat_map(|g| &g.items);
    let mut found: Vec<_> =
        items.filter(|i| i.kind != CheckKind::Number && i.severity.is_some_and(|s| s > 0)).collect();
    found.sort_by_key(|i| std::cmp::Reverse(i.severity));
    if found.is_empty() {
        return if zh { "未发现瑕疵".to_owned() } else { "none found".to_owned() };
    }
    let word = |i: &&stall_core::api::ReportItem| {
        let (label, answer) = if zh { (&i.zh, &i.answer_zh) } else { (&i.en, &i.answer_en) };
        let label = label.split(['(', '（']).next().unwrap_or_default().trim();
        if zh { format!("{label}：{answer}") } else { format!("{label}: {answer}") }
    };
    found.iter().map(word).collect::<Vec<_>>().join(if zh { "；" } else { "; " })
}
