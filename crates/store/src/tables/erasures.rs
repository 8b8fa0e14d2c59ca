//! What stops a sale: blockers of the last report, and data that nobody has erased.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{
        Badge, ClearInput, EraseMethod, Erasure, ErasureInput, ErasureRule, ErasureSetting, ErasureState,
        ErasureVerify, ReportPhoto, Signed, UnitInspection, UnitPatch,
    },
    inspection::{lists, report},
};

use super::{
    facts::{self, FactKind, NewFact},
    inspection_reports, inspections, photos, unit_patch, words,
};
use crate::{Actor, Op, Store, Tx, sync::inbox};

/// Where the rule for packing is kept: a setting of its own, so that an older program leaves it alone.
const RULE: &str = "erasure_rule";
const NOTE: usize = 300;

/// Why a unit may not be listed, sold, packed or shipped, or `None`.
pub(crate) async fn hold(conn: &mut SqliteConnection, unit: Id) -> AppResult<Option<AppError>> {
    let r = sqlx::query!(
        "SELECT u.stock_no, x.blocked FROM unit_inspections x JOIN units u ON u.id = x.unit_id
         WHERE x.unit_id = ?1 AND x.blocked <> '[]'",
        unit
    )
    .fetch_optional(conn)
    .await?;
    r.map(|r| Ok(blocked(&r.stock_no, &inspection_reports::badges(&r.blocked)?))).transpose()
}

/// The error that names the unit and what stops it.
pub(super) fn blocked(stock_no: &str, badges: &[Badge]) -> AppError {
    let all = |word: fn(&Badge) -> &str, with: &str| badges.iter().map(word).collect::<Vec<_>>().join(with);
    let error = AppError::new(ErrorCode::UnitBlocked).arg("stock_no", stock_no);
    error.arg("what_zh", all(|b| &b.zh, "、")).arg("what_en", all(|b| &b.en, ", "))
}

/// Why a unit may not leave, or `None`: another laptop sold it too; what [`hold`] says; then its data.
pub(super) async fn hold_leaving(conn: &mut SqliteConnection, unit: Id) -> AppResult<Option<AppError>> {
    if let Some(error) = inbox::sold_twice(&mut *conn, unit).await? {
        return Ok(Some(error));
    }
    if let Some(error) = hold(&mut *conn, unit).await? {
        return Ok(Some(error));
    }
    let r = sqlx::query!(
        "SELECT u.stock_no, u.category, x.erasure, x.report FROM units u
         LEFT JOIN unit_inspections x ON x.unit_id = u.id WHERE u.id = ?1",
        unit
    )
    .fetch_one(&mut *conn)
    .await?;
    if !lists::keeps_data(words::parse(&r.category)?) {
        return Ok(None);
    }
    let state = r.erasure.as_deref().map_or(Ok(ErasureState::Unknown), words::parse)?;
    let refused = match rule_in(conn).await? {
        ErasureRule::Reported => state == ErasureState::NotErased,
        ErasureRule::Inspected => r.report.is_some() && state != ErasureState::Verified,
        ErasureRule::Always => state != ErasureState::Verified,
    };
    Ok(refused.then(|| AppError::new(ErrorCode::UnitNotErased).arg("stock_no", r.stock_no)))
}

async fn rule_in(conn: &mut SqliteConnection) -> AppResult<ErasureRule> {
    let kept = sqlx::query_scalar!("SELECT value FROM settings WHERE id = ?1", RULE).fetch_optional(conn).await?;
    // A rule of a newer program is at least as strict as any here.
    Ok(kept.map_or(ErasureRule::default(), |k| serde_json::from_str(&k).unwrap_or(ErasureRule::Always)))
}

/// When packing wants a verified erasure.
///
/// # Errors
/// Store errors only.
pub async fn rule(store: &Store) -> AppResult<ErasureSetting> {
    let mut conn = store.read().await?;
    Ok(ErasureSetting { rule: rule_in(&mut conn).await? })
}

/// Sets it.
///
/// # Errors
/// Store errors only.
pub async fn set_rule(store: &Store, actor: &Actor, new: ErasureSetting) -> AppResult<ErasureSetting> {
    store
        .transact(Op::SetErasureRule, actor, async |tx: &mut Tx<'_>| {
            let value = words::json(&new.rule);
            sqlx::query!(
                "INSERT INTO settings(id,value) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                RULE,
                value
            )
            .execute(tx.conn())
            .await?;
            Ok(())
        })
        .await?;
    Ok(new)
}

/// Where a unit stands with its data, and the record of its erasure. A device that came back holds its buyer's data: what
/// was erased before counts for nothing.
pub(super) async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<(ErasureState, Option<Erasure>)> {
    let r = sqlx::query!(
        "SELECT u.category, x.erasure FROM units u LEFT JOIN unit_inspections x ON x.unit_id = u.id WHERE u.id = ?1",
        unit
    )
    .fetch_one(&mut *conn)
    .await?;
    let state = match r.erasure {
        Some(state) => words::parse(&state)?,
        None if lists::keeps_data(words::parse(&r.category)?) => ErasureState::Unknown,
        None => ErasureState::NotNeeded,
    };
    // Facts of one instant have ids in any order, above all those told again by a redo: first came back, then erased, then verified.
    let rows = sqlx::query!(
        r#"SELECT f.kind, f.at AS "at: Ms", f.by, f.data FROM facts f
           WHERE f.unit_id = ?1 AND f.kind IN ('erased','erasure_verified','restored')
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           ORDER BY f.at, f.kind = 'erasure_verified', f.kind = 'erased', f.id"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    let mut record: Option<Erasure> = None;
    for f in rows {
        let data: Data = serde_json::from_str(&f.data).unwrap_or_default();
        let signed = Signed { at: f.at, by: f.by, note: data.note };
        match f.kind.as_str() {
            "restored" => record = None,
            "erased" => {
                let method = data.method.unwrap_or(EraseMethod::Tool);
                record = Some(Erasure { method, done: signed, photos: data.photos, verified: None });
            }
            _ => {
                if let Some(r) = &mut record {
                    r.verified = Some(signed);
                }
            }
        }
    }
    Ok((state, record))
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Data {
    method: Option<EraseMethod>,
    note: String,
    photos: Vec<ReportPhoto>,
}

/// Writes the fact of an erasure.
pub(super) async fn tell(tx: &mut Tx<'_>, unit: Id, method: EraseMethod, ids: &[Id], note: &str) -> AppResult<()> {
    let mut all = photos::of_unit(tx.conn(), unit).await?;
    all.retain(|p| ids.contains(&p.id));
    if all.len() < ids.iter().collect::<std::collections::HashSet<_>>().len() {
        return Err(ErrorCode::NotFound.into());
    }
    let named = serde_json::to_value(inspection_reports::named(&all)).unwrap_or_default();
    let fact = NewFact::of(FactKind::Erased).unit(unit).with("method", words::name(&method));
    facts::add(tx, fact.with("note", note).with("photos", named)).await
}

/// Records that a unit's data were erased.
///
/// # Errors
/// `NotFound` for a unit that is gone or a photograph it does not have, `FieldTooLong`.
pub async fn record(store: &Store, actor: &Actor, input: &ErasureInput) -> AppResult<UnitInspection> {
    let note = words::limited("note", NOTE, &input.note)?;
    store
        .transact(Op::RecordErasure, actor, async |tx: &mut Tx<'_>| {
            inspections::say_unit(tx, input.unit_id).await?;
            tell(tx, input.unit_id, input.method, &input.photo_ids, &note).await
        })
        .await?;
    inspection_reports::unit(store, input.unit_id).await
}

/// Says that nothing is left on a unit.
///
/// # Errors
/// `NotFound`, `ErasureMissing` when no erasure is recorded, `FieldTooLong`.
pub async fn verify(store: &Store, actor: &Actor, input: &ErasureVerify) -> AppResult<UnitInspection> {
    let note = words::limited("note", NOTE, &input.note)?;
    store
        .transact(Op::VerifyErasure, actor, async |tx: &mut Tx<'_>| {
            inspections::say_unit(tx, input.unit_id).await?;
            if of_unit(tx.conn(), input.unit_id).await?.1.is_none() {
                return Err(ErrorCode::ErasureMissing.into());
            }
            let fact = NewFact::of(FactKind::ErasureVerified).unit(input.unit_id).with("note", note.as_str());
            facts::add(tx, fact).await
        })
        .await?;
    inspection_reports::unit(store, input.unit_id).await
}

/// Lifts one blocker of a unit's last report. The last one lifted gives the unit the grade of the report.
///
/// # Errors
/// `NoteMissing`, `NotFound` when the last report has no such blocker or it is lifted already, `FieldTooLong`.
pub async fn clear(store: &Store, actor: &Actor, input: &ClearInput) -> AppResult<UnitInspection> {
    let note = words::limited("note", NOTE, &input.note)?;
    if note.is_empty() {
        return Err(ErrorCode::NoteMissing.into());
    }
    store
        .transact(Op::ClearBlocker, actor, async |tx: &mut Tx<'_>| {
            inspections::say_unit(tx, input.unit_id).await?;
            let last = inspection_reports::last(tx.conn(), input.unit_id).await?.ok_or(ErrorCode::NotFound)?;
            let told = inspection_reports::load(tx.conn(), last.id).await?;
            let mut blockers = told.result.blockers.clone();
            let open = blockers.iter_mut().find(|b| b.item_id == input.item_id && b.cleared.is_none());
            let open = open.ok_or(ErrorCode::NotFound)?;
            open.cleared = Some(Signed { at: tx.now, by: tx.actor.name.clone(), note: note.clone() });
            let fact = NewFact::of(FactKind::Cleared).unit(input.unit_id).with("report", last.id.to_string());
            let fact = fact.with("item", input.item_id.as_str()).with("note", note.as_str());
            facts::add(tx, fact.with("what", open.zh.as_str()).with("what_en", open.en.as_str())).await?;
            tx.say("item", &open.zh);
            if let Some(grade) = report::grade_now(&told.result, &blockers) {
                let patch = UnitPatch { grade: Some(grade), ..Default::default() };
                unit_patch::write(tx, &[input.unit_id], &patch).await?;
            }
            Ok(())
        })
        .await?;
    inspection_reports::unit(store, input.unit_id).await
}
