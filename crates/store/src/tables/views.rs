//! Saved views of the stock.

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{SavedView, ViewRename, ViewSave, ViewState, Views},
};

use super::words;
use crate::{Actor, Op, Store, Tx};

const NAME_MAX: usize = 24;
/// More than a person can choose among.
const MOST: i64 = 60;
/// A search box and a few dozen chosen values.
const STATE_MAX: usize = 20_000;

/// Every view, in the order they were made.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Views> {
    let mut conn = store.read().await?;
    let rows =
        sqlx::query!(r#"SELECT id AS "id: Id", name, state FROM views ORDER BY id"#).fetch_all(&mut *conn).await?;
    // What this version cannot read is left as it stands in the table and not shown.
    let view = |id, name, state: &str| Some(SavedView { id, name, state: serde_json::from_str(state).ok()? });
    Ok(Views { views: rows.into_iter().filter_map(|r| view(r.id, r.name, &r.state)).collect() })
}

/// Saves a view, new or over another.
///
/// # Errors
/// `NameMissing`, `FieldTooLong`, `NotFound`; `BadInput` when there are too many.
pub async fn save(store: &Store, actor: &Actor, input: &ViewSave) -> AppResult<SavedView> {
    let name = named(&input.name)?;
    let state = written(&input.state)?;
    let out = store
        .transact(Op::SaveView, actor, async |tx: &mut Tx<'_>| {
            tx.say("what", &name);
            if let Some(id) = input.id {
                let done = sqlx::query!("UPDATE views SET name = ?2, state = ?3 WHERE id = ?1", id, name, state)
                    .execute(tx.conn())
                    .await?;
                if done.rows_affected() == 0 {
                    return Err(ErrorCode::NotFound.into());
                }
                return Ok(id);
            }
            let n = sqlx::query_scalar!("SELECT count(*) FROM views").fetch_one(tx.conn()).await?;
            if n >= MOST {
                return Err(AppError::new(ErrorCode::BadInput).arg("field", "views"));
            }
            let id = tx.new_id()?;
            sqlx::query!("INSERT INTO views(id,name,state) VALUES(?1,?2,?3)", id, name, state)
                .execute(tx.conn())
                .await?;
            Ok(id)
        })
        .await?;
    Ok(SavedView { id: out.value, name, state: input.state.clone() })
}

/// Gives a view another name.
///
/// # Errors
/// `NameMissing`, `FieldTooLong`, `NotFound`.
pub async fn rename(store: &Store, actor: &Actor, input: &ViewRename) -> AppResult<SavedView> {
    let name = named(&input.name)?;
    let out = store
        .transact(Op::RenameView, actor, async |tx: &mut Tx<'_>| {
            tx.say("what", &name);
            let id = input.id;
            let state = sqlx::query_scalar!(
                r#"UPDATE views SET name = ?2 WHERE id = ?1 RETURNING state AS "state!: String""#,
                id,
                name
            )
            .fetch_optional(tx.conn())
            .await?;
            state.ok_or_else(|| ErrorCode::NotFound.into())
        })
        .await?;
    let state = serde_json::from_str(&out.value).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?;
    Ok(SavedView { id: input.id, name, state })
}

/// Deletes a view.
///
/// # Errors
/// `NotFound`.
pub async fn delete(store: &Store, actor: &Actor, id: Id) -> AppResult<()> {
    store
        .transact(Op::DeleteView, actor, async |tx: &mut Tx<'_>| {
            let name = sqlx::query_scalar!(r#"DELETE FROM views WHERE id = ?1 RETURNING name AS "name!: String""#, id)
                .fetch_optional(tx.conn())
                .await?;
            tx.say("what", name.ok_or(ErrorCode::NotFound)?);
            Ok(())
        })
        .await?;
    Ok(())
}

fn named(name: &str) -> AppResult<String> {
    let name = words::limited("name", NAME_MAX, name)?;
    if name.is_empty() { Err(ErrorCode::NameMissing.into()) } else { Ok(name) }
}

fn written(state: &ViewState) -> AppResult<String> {
    let text = words::json(state);
    if text.len() > STATE_MAX {
        return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", "view").arg("max", STATE_MAX));
    }
    Ok(text)
}
