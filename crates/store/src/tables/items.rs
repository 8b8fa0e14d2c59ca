//! The rows of a run sheet: segments and single units, in an order that merges (fractional ranks).

use std::collections::HashSet;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id,
    api::{ByIds, ItemPatch, ItemsAdd, ItemsEdit, ItemsMove, NewItem, ShowSheet, Touched},
    rank, segments,
};

use super::{shows, words};
use crate::{Actor, Op, Store, Tx};

/// Rows one action may touch; a whole evening has 20-150.
const MOST: usize = 1_000;
const TITLE_MAX: usize = 200;
const TEXT_MAX: usize = 2_000;
const MINUTES_MAX: u32 = 600;

/// Inserts segments or units behind a row.
///
/// # Errors
/// `NotFound`; `UnitNotInStock {stock_no}`, `UnitTwiceInShow {stock_no}`; `ShowMinutes`; `FieldTooLong`;
/// `BadInput {field}` for an unknown segment type.
pub async fn add(store: &Store, actor: &Actor, input: &ItemsAdd) -> AppResult<ShowSheet> {
    limit(input.items.len())?;
    for i in &input.items {
        check_minutes(i.minutes)?;
        if segments::by_id(&i.segment).is_none() {
            return Err(AppError::new(ErrorCode::BadInput).arg("field", "segment"));
        }
    }
    store
        .transact(Op::AddItems, actor, async |tx| {
            let rows = ranks(tx.conn(), input.show_id).await?;
            // No row named: at the end.
            let after = input.after.or_else(|| rows.last().map(|r| r.0));
            let at = gap(&rows, after, &HashSet::new())?;
            let places = rank::n_between(at.0.as_deref(), at.1.as_deref(), input.items.len());
            for (item, pos) in input.items.iter().zip(places) {
                insert(tx, input.show_id, item, &pos).await?;
            }
            tx.say("n", input.items.len());
            Ok(())
        })
        .await?;
    shows::get(store, input.show_id).await
}

async fn insert(tx: &mut Tx<'_>, show: Id, item: &NewItem, pos: &str) -> AppResult<()> {
    let (mut price, mut flaws): (Option<Fen>, String) = (None, String::new());
    if let Some(unit) = item.unit_id {
        let u = sqlx::query!(
            r#"SELECT u.stock_no, u.flaws, coalesce(u.price_live, u.price_list) AS "price: Fen", s.status,
                 EXISTS (SELECT 1 FROM show_items i WHERE i.show_id = ?2 AND i.unit_id = u.id) AS "twice!: bool"
               FROM units u JOIN unit_state s ON s.unit_id = u.id WHERE u.id = ?1"#,
            unit,
            show
        )
        .fetch_one(tx.conn())
        .await?;
        if u.status != "in_stock" {
            return Err(AppError::new(ErrorCode::UnitNotInStock).arg("stock_no", u.stock_no));
        }
        if u.twice {
            return Err(AppError::new(ErrorCode::UnitTwiceInShow).arg("stock_no", u.stock_no));
        }
        (price, flaws) = (u.price, u.flaws);
    }
    let id = tx.new_id()?;
    let title = words::limited("title", TITLE_MAX, &item.title)?;
    let minutes = item.minutes.unwrap_or_else(|| segments::default_minutes(&item.segment));
    sqlx::query!(
        "INSERT INTO show_items(id,show_id,pos,segment,unit_id,title,minutes,price,flaws) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
        id,
        show,
        pos,
        item.segment,
        item.unit_id,
        title,
        minutes,
        price,
        flaws
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Edits one or many rows.
///
/// # Errors
/// `NotFound`; `ShowMinutes`; `FieldTooLong`; `PriceInvalid`; `BadInput {field}`.
pub async fn edit(store: &Store, actor: &Actor, input: &ItemsEdit) -> AppResult<Touched> {
    limit(input.ids.len())?;
    let p = clean(&input.patch)?;
    let out = store
        .transact(Op::EditItems, actor, async |tx| {
            let ids = words::json_ids(&input.ids);
            let (price_set, price) = (p.price.is_some(), p.price.flatten());
            let done = sqlx::query!(
                "UPDATE show_items SET segment = coalesce(?2, segment), title = coalesce(?3, title),
                   minutes = coalesce(?4, minutes), price = CASE WHEN ?5 THEN ?6 ELSE price END,
                   talk = coalesce(?7, talk), flaws = coalesce(?8, flaws)
                 WHERE id IN (SELECT value FROM json_each(?1))",
                ids,
                p.segment,
                p.title,
                p.minutes,
                price_set,
                price,
                p.talk,
                p.flaws
            )
            .execute(tx.conn())
            .await?;
            touched(tx, done.rows_affected(), input.ids.len())
        })
        .await?;
    Ok(out.value)
}

/// Moves rows behind another row of the same show, kept in the order given.
///
/// # Errors
/// `NotFound` when a row is not in that show.
pub async fn move_(store: &Store, actor: &Actor, input: &ItemsMove) -> AppResult<ShowSheet> {
    limit(input.ids.len())?;
    store
        .transact(Op::MoveItems, actor, async |tx| {
            let rows = ranks(tx.conn(), input.show_id).await?;
            let moving: HashSet<Id> = input.ids.iter().copied().collect();
            if moving.len() != input.ids.len() || !moving.iter().all(|id| rows.iter().any(|r| r.0 == *id)) {
                return Err(ErrorCode::NotFound.into());
            }
            let at = gap(&rows, input.after, &moving)?;
            let places = rank::n_between(at.0.as_deref(), at.1.as_deref(), input.ids.len());
            for (id, pos) in input.ids.iter().zip(places) {
                sqlx::query!("UPDATE show_items SET pos = ?2 WHERE id = ?1", id, pos).execute(tx.conn()).await?;
            }
            tx.say("n", input.ids.len());
            Ok(())
        })
        .await?;
    shows::get(store, input.show_id).await
}

/// Takes rows off the sheet.
///
/// # Errors
/// `NotFound`.
pub async fn delete(store: &Store, actor: &Actor, input: &ByIds) -> AppResult<Touched> {
    limit(input.ids.len())?;
    let out = store
        .transact(Op::DeleteItems, actor, async |tx| {
            let ids = words::json_ids(&input.ids);
            let done = sqlx::query!("DELETE FROM show_items WHERE id IN (SELECT value FROM json_each(?1))", ids)
                .execute(tx.conn())
                .await?;
            touched(tx, done.rows_affected(), input.ids.len())
        })
        .await?;
    Ok(out.value)
}

/// All or nothing: a row that is gone means the screen was behind.
fn touched(tx: &mut Tx<'_>, done: u64, asked: usize) -> AppResult<Touched> {
    if usize::try_from(done) != Ok(asked) {
        return Err(ErrorCode::NotFound.into());
    }
    tx.say("n", done);
    Ok(Touched { count: u32::try_from(done).unwrap_or(u32::MAX) })
}

fn limit(n: usize) -> AppResult<()> {
    if n == 0 || n > MOST {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "ids").arg("max", MOST));
    }
    Ok(())
}

fn check_minutes(minutes: Option<u32>) -> AppResult<()> {
    if minutes.is_some_and(|m| m > MINUTES_MAX) {
        return Err(AppError::new(ErrorCode::ShowMinutes).arg("max", MINUTES_MAX));
    }
    Ok(())
}

fn clean(p: &ItemPatch) -> AppResult<ItemPatch> {
    check_minutes(p.minutes)?;
    if p.price.flatten().is_some_and(|f| f.0 < 0) {
        return Err(ErrorCode::PriceInvalid.into());
    }
    if p.segment.as_deref().is_some_and(|s| segments::by_id(s).is_none()) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "segment"));
    }
    let text =
        |field: &str, max: usize, t: &Option<String>| t.as_deref().map(|t| words::limited(field, max, t)).transpose();
    Ok(ItemPatch {
        segment: p.segment.clone(),
        title: text("title", TITLE_MAX, &p.title)?,
        minutes: p.minutes,
        price: p.price,
        talk: text("talk", TEXT_MAX, &p.talk)?,
        flaws: text("flaws", TEXT_MAX, &p.flaws)?,
    })
}

/// Rows of a show with their ranks, in order.
async fn ranks(conn: &mut SqliteConnection, show: Id) -> AppResult<Vec<(Id, String)>> {
    sqlx::query_scalar!("SELECT title FROM shows WHERE id = ?1", show).fetch_one(&mut *conn).await?;
    let rows = sqlx::query!(r#"SELECT id AS "id: Id", pos FROM show_items WHERE show_id = ?1 ORDER BY pos, id"#, show)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|r| (r.id, r.pos)).collect())
}

/// The ranks on both sides of the place behind `after` (`None`: the top), leaving out the rows that move.
fn gap(rows: &[(Id, String)], after: Option<Id>, moving: &HashSet<Id>) -> AppResult<(Option<String>, Option<String>)> {
    let still: Vec<&(Id, String)> = rows.iter().filter(|r| !moving.contains(&r.0)).collect();
    let behind = match after {
        None => 0,
        Some(id) => 1 + still.iter().position(|r| r.0 == id).ok_or(ErrorCode::NotFound)?,
    };
    let low = behind.checked_sub(1).and_then(|i| still.get(i)).map(|r| r.1.clone());
    Ok((low, still.get(behind).map(|r| r.1.clone())))
}
