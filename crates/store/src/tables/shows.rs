//! Shows: the plan of a live evening, and its run sheet as people read it.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id, Ms,
    api::{ShowEdit, ShowInput, ShowItem, ShowRow, ShowSheet, Shows, UnitRow},
    number,
    show_timing::{self, ItemFacts},
};

use super::{unit_rows, words};
use crate::{Actor, Op, Store};

const TITLE_MAX: usize = 80;
const HOST_MAX: usize = 40;
const NOTE_MAX: usize = 2_000;
/// A show lasts a minute to a whole day.
const MINUTES: std::ops::RangeInclusive<u32> = 1..=1_440;
/// Covers shown beside a show.
const COVERS: usize = 6;
/// Past shows in the list; older ones are found by name.
const PAST: i64 = 60;

/// All coming shows, soonest first, then the latest past ones.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Shows> {
    let (mut conn, now) = (store.read().await?, store.env().now());
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id!: Id" FROM (
             SELECT id, starts_at, 0 AS past FROM shows WHERE starts_at + planned_minutes * 60000 > ?1
             UNION ALL
             SELECT * FROM (SELECT id, -starts_at, 1 FROM shows WHERE starts_at + planned_minutes * 60000 <= ?1
                            ORDER BY starts_at DESC, id LIMIT ?2))
           ORDER BY past, starts_at, id"#,
        now,
        PAST
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut shows = Vec::with_capacity(ids.len());
    for id in ids {
        shows.push(sheet(&mut conn, now, id).await?.show);
    }
    Ok(Shows { shows })
}

/// One run sheet.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<ShowSheet> {
    let (mut conn, now) = (store.read().await?, store.env().now());
    sheet(&mut conn, now, id).await
}

/// Drafts a show.
///
/// # Errors
/// `NameMissing`, `FieldTooLong`, `ShowMinutes`, `BadInput {field}` for an impossible instant.
pub async fn add(store: &Store, actor: &Actor, input: &ShowInput) -> AppResult<ShowRow> {
    let s = clean(input)?;
    let out = store
        .transact(Op::AddShow, actor, async |tx| {
            let id = tx.new_id()?;
            sqlx::query!(
                "INSERT INTO shows(id,title,starts_at,planned_minutes,host,note) VALUES(?1,?2,?3,?4,?5,?6)",
                id,
                s.title,
                s.starts_at,
                s.planned_minutes,
                s.host,
                s.note
            )
            .execute(tx.conn())
            .await?;
            tx.say("what", &s.title);
            let now = tx.now;
            Ok(sheet(tx.conn(), now, id).await?.show)
        })
        .await?;
    Ok(out.value)
}

/// Changes a show's head.
///
/// # Errors
/// `NotFound`, and as [`add`].
pub async fn edit(store: &Store, actor: &Actor, input: &ShowEdit) -> AppResult<ShowRow> {
    let (id, s) = (input.id, clean(&input.show)?);
    let out = store
        .transact(Op::EditShow, actor, async |tx| {
            let done = sqlx::query!(
                "UPDATE shows SET title = ?2, starts_at = ?3, planned_minutes = ?4, host = ?5, note = ?6 WHERE id = ?1",
                id,
                s.title,
                s.starts_at,
                s.planned_minutes,
                s.host,
                s.note
            )
            .execute(tx.conn())
            .await?;
            if done.rows_affected() == 0 {
                return Err(ErrorCode::NotFound.into());
            }
            tx.say("what", &s.title);
            let now = tx.now;
            Ok(sheet(tx.conn(), now, id).await?.show)
        })
        .await?;
    Ok(out.value)
}

/// Deletes a show and its items; the units go back to the picker.
///
/// # Errors
/// `NotFound`.
pub async fn delete(store: &Store, actor: &Actor, id: Id) -> AppResult<()> {
    store
        .transact(Op::DeleteShow, actor, async |tx| {
            let title = sqlx::query_scalar!("SELECT title FROM shows WHERE id = ?1", id).fetch_one(tx.conn()).await?;
            sqlx::query!("DELETE FROM show_items WHERE show_id = ?1", id).execute(tx.conn()).await?;
            sqlx::query!("DELETE FROM shows WHERE id = ?1", id).execute(tx.conn()).await?;
            tx.say("what", title);
            Ok(())
        })
        .await?;
    Ok(())
}

fn clean(s: &ShowInput) -> AppResult<ShowInput> {
    let title = words::limited("title", TITLE_MAX, &s.title)?;
    if title.is_empty() {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "title"));
    }
    if !MINUTES.contains(&s.planned_minutes) {
        return Err(AppError::new(ErrorCode::ShowMinutes).arg("max", MINUTES.end()));
    }
    if !(0..=number::MAX_SAFE / 2).contains(&s.starts_at.0) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "starts_at"));
    }
    Ok(ShowInput {
        title,
        starts_at: s.starts_at,
        planned_minutes: s.planned_minutes,
        host: words::limited("host", HOST_MAX, &s.host)?,
        note: words::limited("note", NOTE_MAX, &s.note)?,
    })
}

struct Item {
    id: Id,
    segment: String,
    unit_id: Option<Id>,
    title: String,
    minutes: u32,
    price: Option<Fen>,
    talk: String,
    flaws: String,
    other: Option<String>,
}

/// The run sheet at `now`: starts counted anew, problems judged anew.
pub(super) async fn sheet(conn: &mut SqliteConnection, now: Ms, id: Id) -> AppResult<ShowSheet> {
    let head = sqlx::query!(
        r#"SELECT title, starts_at AS "starts_at: Ms", planned_minutes AS "planned_minutes: u32", host, note
           FROM shows WHERE id = ?1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let items = sqlx::query_as!(
        Item,
        r#"SELECT i.id AS "id: Id", i.segment, i.unit_id AS "unit_id: Id", i.title, i.minutes AS "minutes: u32",
             i.price AS "price: Fen", i.talk, i.flaws,
             (SELECT s.title FROM show_items j JOIN shows s ON s.id = j.show_id
              WHERE j.unit_id = i.unit_id AND j.show_id <> ?1 AND s.starts_at + s.planned_minutes * 60000 > ?2
              ORDER BY s.starts_at, s.id LIMIT 1) AS "other?: String"
           FROM show_items i WHERE i.show_id = ?1 ORDER BY i.pos, i.id"#,
        id,
        now
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Id> = items.iter().filter_map(|i| i.unit_id).collect();
    let units: HashMap<Id, UnitRow> =
        unit_rows::unit_rows(conn, now, &ids).await?.into_iter().map(|u| (u.id, u)).collect();
    let mut times: HashMap<Id, u32> = HashMap::new();
    for unit in &ids {
        *times.entry(*unit).or_default() += 1;
    }
    let minutes: Vec<u32> = items.iter().map(|i| i.minutes).collect();
    let starts = show_timing::planned_starts(head.starts_at, &minutes);
    let items: Vec<ShowItem> =
        items.into_iter().zip(starts).map(|(i, starts_at)| row(i, starts_at, &units, &times)).collect();
    let covers = items.iter().filter_map(|i| i.unit.as_ref()?.cover.clone()).take(COVERS).collect();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let show = ShowRow {
        id,
        title: head.title,
        starts_at: head.starts_at,
        planned_minutes: head.planned_minutes,
        host: head.host,
        note: head.note,
        units: count(ids.len()),
        minutes: show_timing::budget(&minutes, head.planned_minutes).0,
        problems: count(items.iter().filter(|i| !i.problems.is_empty()).count()),
        covers,
    };
    Ok(ShowSheet { show, items })
}

fn row(i: Item, starts_at: Ms, units: &HashMap<Id, UnitRow>, times: &HashMap<Id, u32>) -> ShowItem {
    let unit = i.unit_id.and_then(|u| units.get(&u)).cloned();
    let facts = unit.as_ref().map(|u| ItemFacts {
        status: u.status,
        other_show: i.other.is_some(),
        times: times.get(&u.id).copied().unwrap_or(1),
        photos: u.photos,
        graded: u.grade.is_some(),
        price: i.price,
        floor: u.price_floor,
    });
    ShowItem {
        id: i.id,
        segment: i.segment,
        unit,
        title: i.title,
        minutes: i.minutes,
        starts_at,
        price: i.price,
        talk: i.talk,
        flaws: i.flaws,
        problems: show_timing::problems(facts.as_ref()),
        other_show: i.other,
    }
}
