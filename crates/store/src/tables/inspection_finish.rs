//! Ends an inspection: the report is frozen, and the unit takes what it says, as one step.

use std::collections::BTreeSet;

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{EraseMethod, FinishInput, Report, ReportGroup, ReportUnit, UnitPatch},
    inspection::{grade, lists, report},
};

use super::{
    erasures,
    facts::{self, FactKind, NewFact},
    inspection_reports::{self, Body, Told},
    inspections::{self, Draft, UnitSays},
    unit_codes, unit_patch, unit_rows, words,
};
use crate::{Actor, Op, Store, Tx};

/// Badges a unit can carry (`unit_patch`).
const BADGES: usize = 12;
/// Characters of the declared flaws.
const FLAWS: usize = 2_000;

/// Ends a draft.
///
/// A device with a blocker may be finished with open items: behind a lock there is nothing to test.
///
/// # Errors
/// `NotFound`, `InspectionIncomplete {n}`, `GradeReasonMissing`, `InspectionPhotosMissing {n}`,
/// `InspectionCodeDiffers {unit_has, answer}`, `ImeiInStock {stock_no}`.
pub async fn finish(store: &Store, actor: &Actor, input: &FinishInput) -> AppResult<Report> {
    let out = store
        .transact(Op::FinishInspection, actor, async |tx: &mut Tx<'_>| {
            let draft = inspections::load(tx.conn(), input.inspection_id).await?;
            let result = grade::grade(&draft.list, &draft.values(), draft.manual.as_ref());
            if !result.missing.is_empty() && result.blockers.is_empty() {
                return Err(AppError::new(ErrorCode::InspectionIncomplete).arg("n", result.missing.len()));
            }
            if result.reason_wanted {
                return Err(ErrorCode::GradeReasonMissing.into());
            }
            let lacking = draft.photos_missing.len();
            if lacking > 0 && (draft.list.photos_needed || !input.without_photos) {
                return Err(AppError::new(ErrorCode::InspectionPhotosMissing).arg("n", lacking));
            }
            let says = inspections::unit_says(tx.conn(), draft.unit).await?;
            if !input.take_codes
                && let Some(d) = says.differs(&draft).into_iter().find(|d| d.item_id != "storage_gb")
            {
                let error = AppError::new(ErrorCode::InspectionCodeDiffers);
                return Err(error.arg("unit_has", d.unit_has).arg("answer", d.answer));
            }
            let before = inspection_reports::last(tx.conn(), draft.unit).await?;
            let before = match before {
                Some(head) => Some(inspection_reports::load(tx.conn(), head.id).await?),
                None => None,
            };
            let id = freeze(tx, &draft, input, result, before.as_ref()).await?;
            let told = inspection_reports::load(tx.conn(), id).await?;
            let fact = NewFact::of(FactKind::Inspected).unit(draft.unit).with("report", id.to_string());
            let fact = fact.with("version", told.head.version).with("grade", told.result.last.clone());
            facts::add(tx, fact).await?;
            take(tx, &draft, &says, &told, before.as_ref(), input.take_codes).await?;
            erased(tx, &draft, &told.groups).await?;
            inspections::remove(tx, draft.id).await?;
            inspections::say_unit(tx, draft.unit).await?;
            tx.say("version", told.head.version);
            tx.say("grade", told.result.last.as_deref().unwrap_or(""));
            Ok(id)
        })
        .await?;
    inspection_reports::get(store, out.value).await
}

/// Writes the report and the wording it was asked in.
async fn freeze(
    tx: &mut Tx<'_>,
    draft: &Draft,
    input: &FinishInput,
    result: stall_core::api::GradeResult,
    before: Option<&Report>,
) -> AppResult<Id> {
    let now = tx.now;
    let row = unit_rows::unit_row(tx.conn(), now, draft.unit).await?;
    let wording = words::json(&draft.list);
    let hash = blake3::hash(wording.as_bytes()).to_hex().to_string();
    sqlx::query!("INSERT INTO checklist_wordings(id,body) VALUES(?1,?2) ON CONFLICT(id) DO NOTHING", hash, wording)
        .execute(tx.conn())
        .await?;
    let (id, by) = (tx.new_id()?, tx.actor.name.clone());
    let answers = draft.answers.values().filter(|a| a.value.is_some() || !a.note.is_empty());
    let answers = answers.map(|a| Told {
        item: a.item_id.clone(),
        value: a.value.clone(),
        note: a.note.clone(),
        at: a.at,
        by: if a.by == by { String::new() } else { a.by.clone() },
    });
    let unit = ReportUnit {
        stock_no: row.stock_no,
        category: draft.list.category,
        brand: row.brand,
        model: row.model,
        storage: row.storage,
        colour: row.colour,
    };
    let erased = draft.answers.get("erased").and_then(|a| match &a.value {
        Some(stall_core::api::AnswerValue::Text(t)) => Some(t.clone()),
        _ => None,
    });
    let cleared = grade::once_cleared(&result).map(str::to_owned);
    let blocked = words::json(&report::blocked_words(&result, &result.blockers));
    let badges = words::json(&result.badges);
    let (given, rule, checklist) = (result.last.clone(), result.rule.clone(), draft.list.version.clone());
    let body = words::json(&Body {
        unit,
        answers: answers.collect(),
        photos: draft.photos.clone(),
        photos_missing: draft.photos_missing.clone(),
        result,
        manual: draft.manual.clone(),
    });
    let worked = input.worked_ms.max(draft.worked_ms);
    let category = lists::category_name(draft.list.category);
    let previous = before.map(|b| b.head.id);
    sqlx::query!(
        "INSERT INTO inspection_reports(id,unit_id,version,at,by,worked_ms,category,checklist,rule,wording,grade,
           grade_cleared,badges,blockers,erased,previous,body)
         VALUES(?1,?2,(SELECT coalesce(max(version),0)+1 FROM inspection_reports WHERE unit_id = ?2),
           ?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)",
        id,
        draft.unit,
        now,
        by,
        worked,
        category,
        checklist,
        rule,
        hash,
        given,
        cleared,
        badges,
        blocked,
        erased,
        previous,
        body
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// The unit takes grade, badges, battery, flaws and what it did not know from the report.
async fn take(
    tx: &mut Tx<'_>,
    draft: &Draft,
    says: &UnitSays,
    told: &Report,
    before: Option<&Report>,
    take_codes: bool,
) -> AppResult<()> {
    let u =
        sqlx::query!("SELECT badges, flaws, storage FROM units WHERE id = ?1", draft.unit).fetch_one(tx.conn()).await?;
    let has: Vec<String> = serde_json::from_str(&u.badges).unwrap_or_default();
    let zh = |r: &Report| r.result.badges.iter().map(|b| b.zh.clone()).collect::<Vec<_>>();
    let mut badges = report::carried(&has, &before.map(zh).unwrap_or_default(), &zh(told));
    badges.truncate(BADGES);
    let lines: Vec<String> = u.flaws.lines().map(str::to_owned).collect();
    let flaws = report::flaws(&told.groups);
    let old = before.map(|b| report::flaws(&b.groups)).unwrap_or_default();
    let flaws = report::carried(&lines, &old, &flaws).join("\n").chars().take(FLAWS).collect();
    let code = |item: &str, own: Option<&str>| {
        let said = report::text(&told.groups, item)?;
        (own.is_none() || (take_codes && own != Some(said))).then(|| said.to_owned())
    };
    let mut patch = UnitPatch {
        grade: Some(told.result.last.clone().unwrap_or_default()),
        badges: Some(badges),
        flaws: Some(flaws),
        imei: code("imei1", says.code("imei1")),
        imei2: code("imei2", says.code("imei2")),
        meid: code("meid", says.code("meid")),
        serial: code("serial", says.code("serial")),
        ..Default::default()
    };
    if let Some(battery) = report::battery(&told.groups) {
        patch.battery = Some(Some(battery));
    }
    if u.storage.is_empty() {
        patch.storage = report::storage(&draft.list, &draft.values());
    }
    patch.fields = says.learns(tx.conn(), &told.groups).await?;
    unit_codes::free(tx.conn(), &patch, Some(draft.unit)).await?;
    unit_patch::write(tx, &[draft.unit], &patch).await
}

/// The record of the erasure and the answer to the item agree: an answer without a record makes one.
async fn erased(tx: &mut Tx<'_>, draft: &Draft, groups: &[ReportGroup]) -> AppResult<()> {
    let answer = report::text(groups, "erased");
    if !matches!(answer, Some("verified" | "reset_only")) || !lists::keeps_data(draft.list.category) {
        return Ok(());
    }
    let (_, record) = erasures::of_unit(tx.conn(), draft.unit).await?;
    let verified = record.as_ref().is_some_and(|r| r.verified.is_some());
    if record.is_none() {
        let method = report::text(groups, "erase_method").and_then(|m| words::parse(m).ok());
        let tied: BTreeSet<Id> = draft.photos.iter().filter(|p| p.item_id == "erased").map(|p| p.photo_id).collect();
        let ids: Vec<Id> = tied.into_iter().collect();
        erasures::tell(tx, draft.unit, method.unwrap_or(EraseMethod::Crypto), &ids, "").await?;
    }
    if answer == Some("verified") && !verified {
        facts::add(tx, NewFact::of(FactKind::ErasureVerified).unit(draft.unit).with("note", "")).await?;
    }
    Ok(())
}
