//! The last reports of several units as one workbook: a row a unit, its grade and why, then every item that was asked.

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{CheckKind, PassportLang, Report, ReportItem, ReportSheetInput, SheetForm, StagedFile},
    datetime, grades,
    inspection::report,
};
use stall_sheets::Value;
use stall_store::tables::inspection_reports;

use crate::ctx::Ctx;

const UNITS_MAX: usize = 500;
const HEAD: [(&str, &str); 15] = [
    ("编号", "No."),
    ("品牌", "Brand"),
    ("型号", "Model"),
    ("容量", "Storage"),
    ("颜色", "Colour"),
    ("成色", "Grade"),
    ("电池", "Battery"),
    ("标记", "Badges"),
    ("不能卖的原因", "Not for sale"),
    ("为什么", "Why"),
    ("瑕疵", "Flaws"),
    ("验机时间", "Inspected"),
    ("验机人", "By"),
    ("第几版", "Version"),
    ("规则", "Rule"),
];

/// Makes the workbook and stages it.
///
/// # Errors
/// `BadInput {field}` for no unit or too many, `NothingToExport` when none of them was inspected.
pub async fn make(ctx: &Ctx, input: &ReportSheetInput) -> AppResult<StagedFile> {
    if input.unit_ids.is_empty() || input.unit_ids.len() > UNITS_MAX {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "unit_ids"));
    }
    let reports = inspection_reports::last_of(&ctx.stall().store, &input.unit_ids).await?;
    if reports.is_empty() {
        return Err(ErrorCode::NothingToExport.into());
    }
    let zh = input.lang != "en";
    if input.form == SheetForm::Pdf {
        return paper(ctx, input, zh).await;
    }
    let (headers, rows) = table(&reports, zh);
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let title = if zh { "验机汇总" } else { "Inspections" };
    let bytes = stall_sheets::write_xlsx(title, &headers, &rows)?;
    let name = format!("{title} {}.xlsx", datetime::format_day(ctx.env().now()));
    ctx.staging().put(ctx.env().new_id()?, &name, &bytes)
}

/// The same on paper, with the passport's number where there is one.
async fn paper(ctx: &Ctx, input: &ReportSheetInput, zh: bool) -> AppResult<StagedFile> {
    let lang = if zh { PassportLang::Zh } else { PassportLang::En };
    let bytes = crate::passports::lot::pdf(ctx, &input.unit_ids, lang).await?;
    let title = if zh { "验机汇总" } else { "Inspections" };
    let name = format!("{title} {}.pdf", datetime::format_day(ctx.env().now()));
    ctx.staging().put(ctx.env().new_id()?, &name, &bytes)
}

/// Headers and rows. Codes that name a device stay inside the stall.
fn table(reports: &[Report], zh: bool) -> (Vec<String>, Vec<Vec<Value>>) {
    let pick = |a: &str, b: &str| if zh { a.to_owned() } else { b.to_owned() };
    let mut columns: Vec<(String, String)> = Vec::new();
    for item in reports.iter().flat_map(items) {
        if !columns.iter().any(|(id, _)| *id == item.id) {
            columns.push((item.id.clone(), pick(&item.zh, &item.en)));
        }
    }
    let mut headers: Vec<String> = HEAD.iter().map(|(z, e)| pick(z, e)).collect();
    headers.extend(columns.iter().map(|(_, name)| name.clone()));
    let rows = reports.iter().map(|r| {
        let mut row = head(r, zh);
        row.extend(columns.iter().map(|(id, _)| {
            items(r).find(|i| i.id == *id).map_or(Value::Empty, |i| Value::Text(pick(&i.answer_zh, &i.answer_en)))
        }));
        row
    });
    (headers, rows.collect())
}

fn items(r: &Report) -> impl Iterator<Item = &ReportItem> {
    let code = |i: &&ReportItem| {
        !matches!(i.kind, CheckKind::Imei | CheckKind::Meid | CheckKind::Serial | CheckKind::PhotoSet)
    };
    r.groups.iter().flat_map(|g| &g.items).filter(code)
}

fn head(r: &Report, zh: bool) -> Vec<Value> {
    let pick = |a: &str, b: &str| Value::Text(if zh { a.to_owned() } else { b.to_owned() });
    let open: Vec<_> = r.result.blockers.iter().filter(|b| b.cleared.is_none()).collect();
    let grade = r.head.grade.as_deref().and_then(grades::by_id);
    let faults: Vec<String> = r.result.reasons.iter().filter(|x| x.severity > 0).map(|x| x.en.clone()).collect();
    let version = Value::Number(f64::from(r.head.version));
    vec![
        Value::Ident(r.unit.stock_no.clone()),
        Value::Text(r.unit.brand.clone()),
        Value::Text(r.unit.model.clone()),
        Value::Text(r.unit.storage.clone()),
        Value::Text(r.unit.colour.clone()),
        grade.map_or(Value::Empty, |g| pick(&g.zh, &g.en)),
        report::battery(&r.groups).map_or(Value::Empty, |b| Value::Text(format!("{b}%"))),
        pick(&words(r.head.badges.iter().map(|b| &b.zh), "、"), &words(r.head.badges.iter().map(|b| &b.en), ", ")),
        pick(&words(open.iter().map(|b| &b.zh), "；"), &words(open.iter().map(|b| &b.en), "; ")),
        pick(&r.result.explain_zh, &r.result.explain_en),
        pick(&report::flaws(&r.groups).join("；"), &faults.join("; ")),
        Value::Text(datetime::format(r.head.at)),
        Value::Text(r.head.by.clone()),
        version,
        Value::Text(r.head.rule.clone()),
    ]
}

fn words<'a>(all: impl Iterator<Item = &'a String>, with: &str) -> String {
    all.map(String::as_str).collect::<Vec<_>>().join(with)
}
