//! Shows: the head of a run sheet.

use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{ShowEdit, ShowInput, ShowRow},
};

pub use super::show_sheet::{get, list, sheet, show_rows};
use super::words::limited;
use crate::{Actor, Op, Store, Tx};

/// A day: longer is a slip of the keyboard.
const MINUTES_MAX: u32 = 1440;
/// 2100-01-01: a later start is milliseconds taken for something else.
const LATEST: i64 = 4_102_444_800_000;

fn clean(s: &ShowInput) -> AppResult<ShowInput> {
    let title = limited("title", 60, &s.title)?;
    if title.is_empty() {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "title"));
    }
    if !(1..=MINUTES_MAX).contains(&s.planned_minutes) {
        return Err(AppError::new(ErrorCode::ShowMinutes).arg("min", 1).arg("max", MINUTES_MAX));
    }
    if !(0..LATEST).contains(&s.starts_at.0) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "starts_at"));
    }
    Ok(ShowInput {
        title,
        starts_at: s.starts_at,
        planned_minutes: s.planned_minutes,
        host: limited("host", 20, &s.host)?,
        note: limited("note", 2_000, &s.note)?,
    })
}

async fn row(store: &Store, id: Id) -> AppResult<ShowRow> {
    let now: Ms = store.env().now();
    let mut conn = store.read().await?;
    show_rows(&mut conn, now, &[id]).await?.into_iter().next().ok_or_else(|| ErrorCode::NotFound.into())
}

/// Drafts a show.
///
/// # Errors
/// `NameMissing`, `ShowMinutes {min, max}`, `FieldTooLong`, `BadInput`.
pub async fn add(store: &Store, actor: &Actor, input: &ShowInput) -> AppResult<ShowRow> {
    let s = clean(input)?;
    let out = store
        .transact(Op::AddShow, actor, async |tx: &mut Tx<'_>| {
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
            tx.say("n", 1);
            Ok(id)
        })
        .await?;
    row(store, out.value).await
}

/// Changes a show's head.
///
/// # Errors
/// `NotFound`, and as [`add`].
pub async fn edit(store: &Store, actor: &Actor, input: &ShowEdit) -> AppResult<ShowRow> {
    let s = clean(&input.show)?;
    store
        .transact(Op::EditShow, actor, async |tx: &mut Tx<'_>| {
            let done = sqlx::query!(
                "UPDATE shows SET title=?2, starts_at=?3, planned_minutes=?4, host=?5, note=?6 WHERE id=?1",
                input.id,
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
            tx.say("n", 1);
            Ok(())
        })
        .await?;
    row(store, input.id).await
}

/// Deletes a show and its items.
///
/// # Errors
/// `NotFound`.
pub async fn delete(store: &Store, actor: &Actor, id: Id) -> AppResult<()> {
    store
        .transact(Op::DeleteShow, actor, async |tx: &mut Tx<'_>| {
            let title = sqlx::query_scalar!("SELECT title FROM shows WHERE id = ?1", id).fetch_one(tx.conn()).await?;
            sqlx::query!("DELETE FROM show_items WHERE show_id = ?1", id).execute(tx.conn()).await?;
            sqlx::query!("DELETE FROM shows WHERE id = ?1", id).execute(tx.conn()).await?;
            tx.say("what", title);
            tx.say("n", 1);
            Ok(())
        })
        .await?;
    Ok(())
}
