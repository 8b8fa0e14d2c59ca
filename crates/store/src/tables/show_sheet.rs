//! Reading shows: rows of the list and whole run sheets, with starts and problems worked out anew.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppResult, ErrorCode, Fen, Id, Ms,
    api::{ShowItem, ShowRow, ShowSheet, Shows},
    show_timing::{self, ItemFacts},
};

use super::unit_rows::unit_rows;
use crate::Store;

/// Covers shown of one show.
const COVERS: i64 = 6;

/// All shows: coming first, soonest on top; then past, latest on top.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Shows> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: Id" FROM shows
           ORDER BY starts_at + planned_minutes * 60000 <= ?1,
             CASE WHEN starts_at + planned_minutes * 60000 <= ?1 THEN -starts_at ELSE starts_at END, id"#,
        now
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(Shows { shows: show_rows(&mut conn, now, &ids).await? })
}

/// Rows of these shows in the order asked.
///
/// # Errors
/// Store errors only.
pub async fn show_rows(conn: &mut SqliteConnection, now: Ms, ids: &[Id]) -> AppResult<Vec<ShowRow>> {
    let list = super::words::json_ids(ids);
    let heads = sqlx::query!(
        r#"SELECT w.id AS "id: Id", w.title, w.starts_at AS "starts_at: Ms", w.planned_minutes AS "planned_minutes: u32",
             w.host, w.note, count(i.unit_id) AS "units!: u32", coalesce(sum(i.minutes), 0) AS "minutes!: u32"
           FROM json_each(?1) j JOIN shows w ON w.id = j.value LEFT JOIN show_items i ON i.show_id = w.id GROUP BY w.id"#,
        list
    )
    .fetch_all(&mut *conn)
    .await?;
    let pictures = sqlx::query!(
        r#"SELECT show_id AS "show_id!: Id", cover AS "cover!: String" FROM (
             SELECT i.show_id, s.cover, row_number() OVER (PARTITION BY i.show_id ORDER BY i.pos, i.id) AS place
             FROM json_each(?1) j JOIN show_items i ON i.show_id = j.value JOIN unit_state s ON s.unit_id = i.unit_id
             WHERE s.cover IS NOT NULL)
           WHERE place <= ?2 ORDER BY show_id, place"#,
        list,
        COVERS
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut covers: HashMap<Id, Vec<String>> = HashMap::new();
    for r in pictures {
        covers.entry(r.show_id).or_default().push(r.cover);
    }
    let mut rows = HashMap::with_capacity(heads.len());
    for h in heads {
        let row = ShowRow {
            id: h.id,
            title: h.title,
            starts_at: h.starts_at,
            planned_minutes: h.planned_minutes,
            host: h.host,
            note: h.note,
            units: h.units,
            minutes: h.minutes,
            problems: 0,
            covers: covers.remove(&h.id).unwrap_or_default(),
        };
        rows.insert(h.id, row);
    }
    let mut out: Vec<ShowRow> = ids.iter().filter_map(|id| rows.remove(id)).collect();
    for row in out.iter_mut().filter(|r| coming(r, now)) {
        let lacking = facts(conn, now, row).await?.iter().filter(|f| !f.problems.is_empty()).count();
        row.problems = u32::try_from(lacking).unwrap_or(u32::MAX);
    }
    Ok(out)
}

/// A show counts as coming until its planned end.
fn coming(show: &ShowRow, now: Ms) -> bool {
    show.starts_at.plus(i64::from(show.planned_minutes) * 60_000) > now
}

/// One item as stored, judged.
struct Judged {
    id: Id,
    segment: String,
    unit: Option<Id>,
    title: String,
    minutes: u32,
    price: Option<Fen>,
    talk: String,
    flaws: String,
    problems: Vec<stall_core::api::ItemProblem>,
    other_show: Option<String>,
}

/// Items of a show in order, with their problems. A show that is over has none: its units were meant to be sold.
async fn facts(conn: &mut SqliteConnection, now: Ms, show: &ShowRow) -> AppResult<Vec<Judged>> {
    let rows = sqlx::query!(
        r#"SELECT i.id AS "id: Id", i.segment, i.unit_id AS "unit: Id", i.title, i.minutes AS "minutes: u32",
             i.price AS "price: Fen", i.talk, i.flaws, s.status AS "status?", s.photos AS "photos?: u32", s.grade,
             u.price_floor AS "floor: Fen", count(*) OVER (PARTITION BY i.unit_id) AS "times!: u32",
             (SELECT w.title FROM show_items o JOIN shows w ON w.id = o.show_id
              WHERE o.unit_id = i.unit_id AND o.show_id <> i.show_id AND w.starts_at + w.planned_minutes * 60000 > ?2
              ORDER BY w.starts_at, w.id LIMIT 1) AS "other: String"
           FROM show_items i LEFT JOIN units u ON u.id = i.unit_id LEFT JOIN unit_state s ON s.unit_id = i.unit_id
           WHERE i.show_id = ?1 ORDER BY i.pos, i.id"#,
        show.id,
        now
    )
    .fetch_all(conn)
    .await?;
    let live = coming(show, now);
    let mut out = Vec::with_capacity(rows.len());
    for r in rows {
        let known = match (&r.status, live) {
            (Some(status), true) => Some(ItemFacts {
                status: super::words::parse(status)?,
                other_show: r.other.is_some(),
                times: r.times,
                photos: r.photos.unwrap_or(0),
                graded: r.grade.is_some(),
                price: r.price,
                floor: r.floor,
            }),
            _ => None,
        };
        out.push(Judged {
            id: r.id,
            segment: r.segment,
            unit: r.unit,
            title: r.title,
            minutes: r.minutes,
            price: r.price,
            talk: r.talk,
            flaws: r.flaws,
            problems: show_timing::problems(known.as_ref()),
            other_show: if live { r.other } else { None },
        });
    }
    Ok(out)
}

/// One run sheet.
///
/// # Errors
/// `NotFound`.
pub async fn sheet(conn: &mut SqliteConnection, now: Ms, id: Id) -> AppResult<ShowSheet> {
    let show = show_rows(conn, now, &[id]).await?.into_iter().next().ok_or(ErrorCode::NotFound)?;
    let items = facts(conn, now, &show).await?;
    let minutes: Vec<u32> = items.iter().map(|i| i.minutes).collect();
    let starts = show_timing::planned_starts(show.starts_at, &minutes);
    let ids: Vec<Id> = items.iter().filter_map(|i| i.unit).collect();
    let units: HashMap<Id, _> = unit_rows(conn, now, &ids).await?.into_iter().map(|u| (u.id, u)).collect();
    let items = items
        .into_iter()
        .zip(starts)
        .map(|(i, starts_at)| ShowItem {
            id: i.id,
            segment: i.segment,
            unit: i.unit.and_then(|id| units.get(&id).cloned()),
            title: i.title,
            minutes: i.minutes,
            starts_at,
            price: i.price,
            talk: i.talk,
            flaws: i.flaws,
            problems: i.problems,
            other_show: i.other_show,
        })
        .collect();
    Ok(ShowSheet { show, items })
}

/// One run sheet.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<ShowSheet> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    sheet(&mut conn, now, id).await
}
