//! Finished inspections: frozen when they are told, alive while their fact is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{
        Answer, AnswerValue, Badge, Category, Checklist, Compare, CompareInput, DraftHead, GradeResult, InspectQueue,
        InspectQueueUnit, InspectionStats, ItemPhoto, ManualGrade, Report, ReportHead, ReportPhoto, ReportUnit,
        Reports, Signed, StatsInput, UnitInspection,
    },
    inspection::{
        compare, report,
        stats::{self, Worked},
    },
};

use super::{erasures, inspections, third_party, unit_rows, words};
use crate::Store;

/// Units the queue looks at.
const QUEUE: u32 = 200;

/// What a report keeps beside its columns.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Body {
    pub unit: ReportUnit,
    pub answers: Vec<Told>,
    pub photos: Vec<ItemPhoto>,
    pub photos_missing: Vec<String>,
    pub result: GradeResult,
    pub manual: Option<ManualGrade>,
}

/// An answer as a report keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub item: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<AnswerValue>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub at: Ms,
    /// Empty: who finished it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

fn damaged(e: serde_json::Error) -> AppError {
    AppError::new(ErrorCode::StallDamaged).detail(e)
}

/// The id of the last report of a unit that counts.
async fn last_id(conn: &mut SqliteConnection, unit: Id) -> AppResult<Option<Id>> {
    let id = sqlx::query_scalar!(r#"SELECT report AS "id: Id" FROM unit_inspections WHERE unit_id = ?1"#, unit)
        .fetch_optional(conn)
        .await?;
    Ok(id.flatten())
}

/// The last report of a unit that counts.
pub(super) async fn last(conn: &mut SqliteConnection, unit: Id) -> AppResult<Option<ReportHead>> {
    match last_id(&mut *conn, unit).await? {
        Some(id) => Ok(heads(conn, &[id]).await?.pop()),
        None => Ok(None),
    }
}

/// Heads of reports, in the order asked.
async fn heads(conn: &mut SqliteConnection, ids: &[Id]) -> AppResult<Vec<ReportHead>> {
    let list = words::json_ids(ids);
    let rows = sqlx::query!(
        r#"SELECT r.id AS "id: Id", r.unit_id AS "unit: Id", r.version AS "version: u32", r.at AS "at: Ms", r.by, r.grade,
             r.grade_cleared, r.badges, r.checklist, r.rule, r.worked_ms AS "worked_ms: u32",
             (SELECT count(*) FROM json_each(r.blockers) b WHERE NOT EXISTS (SELECT 1 FROM facts c
                WHERE c.unit_id = r.unit_id AND c.kind = 'cleared' AND c.data ->> '$.report' = r.id
                  AND c.data ->> '$.item' = b.value ->> '$.item_id'
                  AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = c.id))) AS "blocked!: u32"
           FROM json_each(?1) j CROSS JOIN inspection_reports r ON r.id = j.value ORDER BY j.key"#,
        list
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(ReportHead {
                id: r.id,
                unit_id: r.unit,
                version: r.version,
                at: r.at,
                by: r.by,
                grade: if r.blocked == 0 { r.grade.or(r.grade_cleared) } else { None },
                badges: serde_json::from_str(&r.badges).map_err(damaged)?,
                blocked: r.blocked,
                worked_ms: r.worked_ms,
                checklist: r.checklist,
                rule: r.rule,
            })
        })
        .collect()
}

/// One report, as it was told, with what was cleared since.
pub(super) async fn load(conn: &mut SqliteConnection, id: Id) -> AppResult<Report> {
    let head = heads(&mut *conn, &[id]).await?.pop().ok_or(ErrorCode::NotFound)?;
    let r = sqlx::query!(
        r#"SELECT r.body, r.previous AS "previous: Id", w.body AS wording FROM inspection_reports r
           JOIN checklist_wordings w ON w.id = r.wording WHERE r.id = ?1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let Body { unit, answers, photos, photos_missing, mut result, manual } =
        serde_json::from_str(&r.body).map_err(damaged)?;
    let list: Checklist = serde_json::from_str(&r.wording).map_err(damaged)?;
    let answers: BTreeMap<String, Answer> = answers
        .into_iter()
        .map(|t| {
            let by = if t.by.is_empty() { head.by.clone() } else { t.by };
            let a = Answer { item_id: t.item.clone(), value: t.value, note: t.note, at: t.at, by, prefilled: false };
            (t.item, a)
        })
        .collect();
    for (item, signed) in cleared(&mut *conn, head.unit_id, id).await? {
        if let Some(b) = result.blockers.iter_mut().find(|b| b.item_id == item) {
            b.cleared = Some(signed);
        }
    }
    let text = id.to_string();
    let live = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM facts f WHERE f.unit_id = ?1 AND f.kind = 'inspected' AND f.data ->> '$.report' = ?2
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)) AS "b!: bool""#,
        head.unit_id,
        text
    )
    .fetch_one(conn)
    .await?;
    Ok(Report {
        head,
        unit,
        groups: report::groups(&list, &answers, &photos),
        result,
        manual,
        photos_missing,
        previous: r.previous,
        void: !live,
    })
}

/// Which blockers of a report were cleared, by whom and with which words.
async fn cleared(conn: &mut SqliteConnection, unit: Id, report: Id) -> AppResult<Vec<(String, Signed)>> {
    let report = report.to_string();
    let rows = sqlx::query!(
        r#"SELECT f.at AS "at: Ms", f.by, f.data ->> '$.item' AS "item!: String", f.data ->> '$.note' AS "note!: String"
           FROM facts f WHERE f.unit_id = ?1 AND f.kind = 'cleared' AND f.data ->> '$.report' = ?2
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id) ORDER BY f.at, f.id"#,
        unit,
        report
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.item, Signed { at: r.at, by: r.by, note: r.note })).collect())
}

/// One report.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<Report> {
    let mut conn = store.read().await?;
    load(&mut conn, id).await
}

/// The last reports of these units, in the order asked; units without one are left out.
///
/// # Errors
/// Store errors only.
pub async fn last_of(store: &Store, units: &[Id]) -> AppResult<Vec<Report>> {
    let mut conn = store.read().await?;
    let mut out = Vec::new();
    for unit in units {
        if let Some(id) = last_id(&mut conn, *unit).await? {
            out.push(load(&mut conn, id).await?);
        }
    }
    Ok(out)
}

/// The reports of a unit that count, newest first.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store, unit: Id) -> AppResult<Reports> {
    let mut conn = store.read().await?;
    Ok(Reports { reports: of_unit(&mut conn, unit).await? })
}

async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<Vec<ReportHead>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT DISTINCT r.id AS "id: Id" FROM facts f JOIN inspection_reports r ON r.id = f.data ->> '$.report'
           WHERE f.unit_id = ?1 AND f.kind = 'inspected' AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           ORDER BY r.at DESC, r.id DESC LIMIT 100"#,
        unit
    )
    .fetch_all(&mut *conn)
    .await?;
    heads(conn, &ids).await
}

/// Two reports side by side; of one unit the older stands left.
///
/// # Errors
/// `NotFound`.
pub async fn compare(store: &Store, input: &CompareInput) -> AppResult<Compare> {
    let mut conn = store.read().await?;
    let (mut left, mut right) = (load(&mut conn, input.left).await?, load(&mut conn, input.right).await?);
    if left.head.unit_id == right.head.unit_id && left.head.version > right.head.version {
        std::mem::swap(&mut left, &mut right);
    }
    Ok(compare::compare(&left, &right))
}

/// Units in stock without a report: drafts first, then those of coming shows, then the longest here.
///
/// # Errors
/// `BadInput {field}` for a limit that is none.
pub async fn queue(store: &Store, limit: u32) -> AppResult<InspectQueue> {
    if !(1..=QUEUE).contains(&limit) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "limit"));
    }
    let (mut conn, now) = (store.read().await?, store.env().now());
    let rows = sqlx::query!(
        r#"SELECT s.unit_id AS "unit: Id", coalesce(x.draft, 0) AS "draft!: bool", count(*) OVER () AS "total!: u32"
           FROM unit_state s LEFT JOIN unit_inspections x ON x.unit_id = s.unit_id
           WHERE s.status = 'in_stock' AND x.report IS NULL
           ORDER BY coalesce(x.draft, 0) DESC, coalesce(s.show_until, 0) <= ?1,
             (SELECT min(w.starts_at) FROM show_items i JOIN shows w ON w.id = i.show_id
              WHERE s.show_until > ?1 AND i.unit_id = s.unit_id AND w.starts_at + w.planned_minutes * 60000 > ?1),
             s.taken_in, s.n LIMIT ?2"#,
        now,
        limit
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    let ids: Vec<Id> = rows.iter().map(|r| r.unit).collect();
    let mut units = Vec::with_capacity(ids.len());
    for unit in unit_rows::unit_rows(&mut conn, now, &ids).await? {
        let begun = rows.iter().any(|r| r.unit == unit.id && r.draft);
        let draft: Option<DraftHead> = if begun { inspections::of_unit(&mut conn, unit.id).await? } else { None };
        units.push(InspectQueueUnit { unit, draft });
    }
    Ok(InspectQueue { units, total })
}

/// Working time of the reports finished in a span.
///
/// # Errors
/// Store errors only.
pub async fn stats(store: &Store, input: StatsInput) -> AppResult<InspectionStats> {
    let mut conn = store.read().await?;
    let rows = sqlx::query!(
        r#"SELECT r.by, r.category, r.worked_ms AS "ms: u32" FROM inspection_reports r
           WHERE r.at >= ?1 AND r.at < ?2 AND EXISTS (SELECT 1 FROM facts f WHERE f.unit_id = r.unit_id
             AND f.kind = 'inspected' AND f.data ->> '$.report' = r.id
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id))
           ORDER BY r.at LIMIT 100000"#,
        input.from,
        input.to
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for r in rows {
        all.push(Worked { by: r.by, category: words::parse::<Category>(&r.category)?, ms: r.ms });
    }
    Ok(stats::stats(&all))
}

/// All of a unit's inspection, for its page.
///
/// # Errors
/// Store errors only.
pub async fn unit(store: &Store, unit: Id) -> AppResult<UnitInspection> {
    let mut conn = store.read().await?;
    of_page(&mut conn, unit).await
}

pub(super) async fn of_page(conn: &mut SqliteConnection, unit: Id) -> AppResult<UnitInspection> {
    let blockers = match last_id(&mut *conn, unit).await? {
        Some(id) => load(&mut *conn, id).await?.result.blockers,
        None => Vec::new(),
    };
    let (erasure_state, erasure) = erasures::of_unit(&mut *conn, unit).await?;
    Ok(UnitInspection {
        draft: inspections::of_unit(&mut *conn, unit).await?,
        reports: of_unit(&mut *conn, unit).await?,
        blockers,
        erasure_state,
        erasure,
        third_party: third_party::of_unit(conn, unit).await?,
    })
}

/// Names of the photographs that reports and erasures call as evidence: their files stay.
pub(super) async fn evidence(conn: &mut SqliteConnection) -> AppResult<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT j.value ->> '$.blob' AS "b!: String" FROM inspection_reports r, json_each(r.body, '$.photos') j
           UNION SELECT j.value ->> '$.shown' FROM inspection_reports r, json_each(r.body, '$.photos') j
           UNION SELECT j.value ->> '$.blob' FROM facts f, json_each(f.data, '$.photos') j WHERE f.kind = 'erased'
           UNION SELECT j.value ->> '$.shown' FROM facts f, json_each(f.data, '$.photos') j WHERE f.kind = 'erased'
           UNION SELECT blob FROM third_party_reports WHERE blob IS NOT NULL
           UNION SELECT json_extract(c.old, '$.blob') FROM change_rows c JOIN undo_groups g ON g.rseq = c.rseq
             WHERE c.tbl = 'third_party_reports' AND c.kind = 'D' AND json_extract(c.old, '$.blob') IS NOT NULL"#
    )
    .fetch_all(conn)
    .await?)
}

/// A report's photographs as evidence names them.
pub(super) fn named(photos: &[stall_core::api::Photo]) -> Vec<ReportPhoto> {
    photos.iter().map(|p| ReportPhoto { photo_id: p.id, blob: p.blob.clone(), shown: p.shown.clone() }).collect()
}

/// Badges as JSON keeps them.
pub(super) fn badges(text: &str) -> AppResult<Vec<Badge>> {
    serde_json::from_str(text).map_err(damaged)
}
