//! One stock number on several units: laptops that took them in apart each dealt the next free one. A person says which unit
//! keeps it, the others get the next free numbers as at intake. A number corrected by hand asks nothing.

use std::cmp::Reverse;

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppResult, ErrorCode, Id, Ms,
    api::{InboxChoice, InboxQuestion, NumberReason, NumberSide, UnitStatus},
    sync::conflicts::Item,
};

use super::{Face, Look, no_choice, twins};
use crate::{
    Tx,
    tables::{next_numbers, unit_row},
};

/// In how many hands a unit's number is, the weightiest first.
fn hands(side: &NumberSide, number: &str) -> [(NumberReason, u8); 4] {
    let sold = match side.unit.status {
        UnitStatus::Packed => 2,
        UnitStatus::Sold => 1,
        _ => 0,
    };
    let printed = side.label.as_deref() == Some(number);
    [
        (NumberReason::Sold, sold),
        (NumberReason::Passport, side.passport.into()),
        (NumberReason::Sheet, side.sheet.into()),
        (NumberReason::Label, printed.into()),
    ]
}

/// What the first has and the second has not.
fn why(sides: &[NumberSide], number: &str) -> NumberReason {
    let [first, second, ..] = sides else { return NumberReason::First };
    let mut both = hands(first, number).into_iter().zip(hands(second, number));
    both.find(|(a, b)| a.1 != b.1).map_or(NumberReason::First, |((reason, _), _)| reason)
}

/// The units, first the one whose number is in the most hands, then the one taken in first. The same on every laptop.
async fn sides(conn: &mut SqliteConnection, now: Ms, item: &Item) -> AppResult<Vec<NumberSide>> {
    let mut sides = Vec::new();
    for id in twins::units(item) {
        let unit = match unit_row(conn, now, id).await {
            Err(e) if e.code == ErrorCode::NotFound => continue,
            row => row?,
        };
        let told = twins::catalogued(conn, id, unit.taken_in).await?;
        let more = sqlx::query(
            "SELECT (SELECT o.order_no FROM unit_state s JOIN orders o ON o.id = s.order_id WHERE s.unit_id = ?1),
               (SELECT states ->> 'stock_no' FROM label_prints WHERE unit_id = ?1 ORDER BY at DESC, id DESC LIMIT 1),
               EXISTS (SELECT 1 FROM show_items WHERE unit_id = ?1), EXISTS (SELECT 1 FROM passports WHERE unit_id = ?1)",
        )
        .bind(id)
        .fetch_one(&mut *conn)
        .await?;
        let (order_no, label, sheet, passport) = (more.get(0), more.get(1), more.get(2), more.get(3));
        sides.push(NumberSide { unit, told, order_no, label, sheet, passport });
    }
    let number = number(item);
    sides.sort_by_key(|s| (Reverse(hands(s, number).map(|(_, n)| n)), s.unit.taken_in, s.unit.id));
    Ok(sides)
}

fn number(item: &Item) -> &str {
    item.subject.first().map_or("", String::as_str)
}

pub(super) async fn face(look: &mut Look<'_>, item: &Item) -> AppResult<Option<Face>> {
    let sides = sides(look.conn, look.now, item).await?;
    if sides.len() < 2 {
        return Ok(None);
    }
    let at = sides.iter().map(|s| s.told.at).max().unwrap_or_default();
    let choices = sides.iter().map(|s| InboxChoice::KeepNumber { unit_id: s.unit.id }).collect();
    let next = next_numbers(look.conn, sides.len() - 1).await?;
    let number = number(item).to_owned();
    let why = why(&sides, &number);
    Ok(Some(Face { at, question: InboxQuestion::Numbers { number, sides, why, next }, choices }))
}

/// Numbers the others; `dealt` is what they got.
pub(super) async fn answer(
    tx: &mut Tx<'_>,
    item: &Item,
    choice: InboxChoice,
    dealt: &mut Vec<String>,
) -> AppResult<String> {
    let InboxChoice::KeepNumber { unit_id: kept } = choice else { return Err(no_choice()) };
    let now = tx.now;
    let sides = sides(tx.conn(), now, item).await?;
    if !sides.iter().any(|s| s.unit.id == kept) {
        return Err(no_choice());
    }
    let others: Vec<Id> = sides.iter().map(|s| s.unit.id).filter(|id| *id != kept).collect();
    *dealt = next_numbers(tx.conn(), others.len()).await?;
    for (unit, number) in others.iter().zip(&*dealt) {
        sqlx::query("UPDATE units SET stock_no = ?2 WHERE id = ?1").bind(unit).bind(number).execute(tx.conn()).await?;
    }
    Ok(number(item).to_owned())
}
