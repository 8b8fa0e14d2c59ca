//! A price, cost, grade or code that two wrote without having seen each other.

use serde_json::Value as Json;
use stall_core::{
    AppResult, ErrorCode, Id, Ms,
    api::{InboxChoice, InboxQuestion, ValueSide},
    sync::{conflicts::Item, scope},
};

use super::{Face, Look, id_of, no_choice, stock_no, told};
use crate::{
    Tx,
    sync::inbox::{self, Shadow},
    tables::unit_row,
};

fn of<'s>(item: &Item, shadows: &'s [Shadow]) -> Option<&'s Shadow> {
    shadows.iter().find(|s| s.item().id == item.id)
}

pub(super) async fn face(look: &mut Look<'_>, item: &Item) -> AppResult<Option<Face>> {
    let Some(s) = of(item, &look.shadows).cloned() else { return Ok(None) };
    let unit: Id = id_of(item, 1)?;
    let unit = match unit_row(look.conn, look.now, unit).await {
        Err(e) if e.code == ErrorCode::NotFound => return Ok(None),
        row => row?,
    };
    let mut sides = Vec::new();
    let mut choices = Vec::new();
    for (seq, value, stands) in
        std::iter::once((s.holder, &s.stands, true)).chain(s.lost.iter().map(|(n, v)| (*n, v, false)))
    {
        // Two who wrote the same value are one side.
        if sides.iter().any(|o: &ValueSide| o.value == text(value)) {
            continue;
        }
        if !stands {
            choices.push(InboxChoice::Take { seq });
        }
        let told = told(look.conn, seq).await?;
        sides.push(ValueSide { field: s.column.clone(), seq, value: text(value), told, stands });
    }
    choices.push(InboxChoice::Dismiss);
    let at = sides.iter().filter_map(|s| s.told.as_ref()).map(|t| t.at).max().unwrap_or(Ms(0));
    Ok(Some(Face { at, question: InboxQuestion::Value { unit, field: s.column, sides }, choices }))
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    }
}

pub(super) async fn answer(tx: &mut Tx<'_>, item: &Item, choice: InboxChoice) -> AppResult<String> {
    let unit: Id = id_of(item, 1)?;
    match choice {
        // The fact alone says so: it reaches everybody, and leaves the value that lost where its history shows it.
        InboxChoice::Dismiss => {}
        InboxChoice::Take { seq } => {
            let all = inbox::shadows(tx.conn()).await?;
            let s = of(item, &all).ok_or(ErrorCode::InboxGone)?;
            let (_, value) = s.lost.iter().find(|(n, _)| *n == seq).ok_or_else(no_choice)?;
            if !scope::guarded("units", &s.column) {
                return Err(no_choice());
            }
            let sql = format!("UPDATE units SET \"{}\" = ?2 WHERE id = ?1", s.column);
            let write = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(unit);
            match value {
                Json::Null => write.bind(None::<String>),
                Json::String(s) => write.bind(s.clone()),
                other => write.bind(other.as_i64()),
            }
            .execute(tx.conn())
            .await?;
        }
        _ => return Err(no_choice()),
    }
    stock_no(tx.conn(), unit).await
}
