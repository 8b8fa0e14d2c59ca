//! Moving units by scanning, and the places there are.

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{MoveAnswer, MoveInput, PlaceKind, Places},
    place::PLACE_MAX,
};

use super::{find, unit_rows, words};
use crate::{Actor, Op, Store, Tx, undo};

/// Places in the lists of [`places`].
const MOST: i64 = 300;

/// Shelves and boxes of what is here, and people who have units.
///
/// # Errors
/// Store errors only.
pub async fn places(store: &Store) -> AppResult<Places> {
    let mut conn = store.read().await?;
    let mut lists = [Vec::new(), Vec::new(), Vec::new()];
    for (list, col) in lists.iter_mut().zip(["shelf", "box", "holder"]) {
        let sql = format!(
            "SELECT DISTINCT u.{col} FROM units u JOIN unit_state s ON s.unit_id = u.id
             WHERE u.{col} <> '' AND s.status IN ('in_stock','sold','packed') ORDER BY 1 LIMIT {MOST}"
        );
        *list = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *conn).await?;
    }
    let [shelves, boxes, holders] = lists;
    Ok(Places { shelves, boxes, holders })
}

/// Moves the unit of a code at once. Scans that hand on the step are one undo step.
///
/// On a shelf or in a box it is back at the stall; with a person it keeps the shelf it will go back to.
///
/// # Errors
/// `CodeUnknown {code}`, `CodeShared {code}` for a code of several that does not say which, `FieldTooLong`, `NameMissing` without a place.
pub async fn by_scan(store: &Store, actor: &Actor, input: &MoveInput) -> AppResult<MoveAnswer> {
    let name = words::limited("place", PLACE_MAX, &input.to.name)?;
    if name.is_empty() {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "place"));
    }
    let now = store.env().now();
    let step = {
        let mut conn = store.read().await?;
        undo::step_of_op(&mut conn, input.step, Op::MoveUnits).await?
    };
    let out = store
        .transact_into(step, Op::MoveUnits, actor, async |tx: &mut Tx<'_>| {
            let unit = find::unit_of(tx.conn(), &input.code, input.unit_id)
                .await?
                .ok_or_else(|| AppError::new(ErrorCode::CodeUnknown).arg("code", input.code.trim()))?;
            let u = sqlx::query!(r#"SELECT stock_no, shelf, box AS "in_box", holder FROM units WHERE id = ?1"#, unit)
                .fetch_one(tx.conn())
                .await?;
            let from = match input.to.kind {
                PlaceKind::Shelf => u.shelf,
                PlaceKind::Box => u.in_box,
                PlaceKind::Holder => u.holder.clone(),
            };
            let home = input.to.kind != PlaceKind::Holder;
            let already = from == name && (!home || u.holder.is_empty());
            if !already {
                match input.to.kind {
                    PlaceKind::Shelf => {
                        sqlx::query!("UPDATE units SET shelf = ?2, holder = '' WHERE id = ?1", unit, name)
                    }
                    PlaceKind::Box => {
                        sqlx::query!("UPDATE units SET box = ?2, holder = '' WHERE id = ?1", unit, name)
                    }
                    PlaceKind::Holder => sqlx::query!("UPDATE units SET holder = ?2 WHERE id = ?1", unit, name),
                }
                .execute(tx.conn())
                .await?;
                let before = undo::said(tx.conn(), step).await?;
                tx.say("what", &u.stock_no);
                tx.say("place", &name);
                tx.say("n", before + 1);
            }
            Ok((unit, from, already))
        })
        .await?;
    let (unit, from, already) = out.value;
    let mut conn = store.read().await?;
    Ok(MoveAnswer {
        unit: unit_rows::unit_row(&mut conn, now, unit).await?,
        from,
        already,
        step: out.changes.and_then(|c| c.step).or(step),
    })
}
