//! Finding anything by words, numbers or tails; and what a scanned code names.

use sqlx::SqliteConnection;
use stall_core::{
    AppResult, Id, Ms,
    api::{FindHits, FindInput, OrderQuery, ScanHit, UnitQuery},
    identity, passport_number, place,
};

use super::{order_query, order_rows, shows, unit_query, unit_rows};
use crate::{Store, derive::text};

/// Units, orders and shows by words, numbers or tails, at most `limit` of each.
///
/// # Errors
/// Store errors only.
pub async fn all(store: &Store, input: &FindInput) -> AppResult<FindHits> {
    let limit = input.limit.clamp(1, 50);
    if text::terms(&input.text).is_empty() {
        return Ok(FindHits { units: Vec::new(), orders: Vec::new(), shows: Vec::new() });
    }
    let units = UnitQuery { text: input.text.clone(), limit, ..UnitQuery::default() };
    let orders = OrderQuery { text: input.text.clone(), limit, ..OrderQuery::default() };
    let mut units = unit_query::list(store, &units).await?.rows;
    let orders = order_query::list(store, &orders).await?.rows;
    let now = store.env().now();
    let mut conn = store.read().await?;
    // A passport's number read aloud, with or without its hyphens.
    if let Some(unit) = unit_of_passport(&mut conn, &input.text).await?
        && units.iter().all(|u| u.id != unit)
    {
        units.insert(0, unit_rows::unit_row(&mut conn, now, unit).await?);
    }
    let shows = find_shows(&mut conn, now, &input.text, limit).await?;
    Ok(FindHits { units, orders, shows })
}

/// Shows are few: their titles are read.
async fn find_shows(
    conn: &mut SqliteConnection,
    now: Ms,
    words: &str,
    limit: u32,
) -> AppResult<Vec<stall_core::api::ShowRow>> {
    let terms = text::terms(words);
    let rows = sqlx::query!(r#"SELECT id AS "id: Id", title, host FROM shows ORDER BY starts_at DESC, id LIMIT 2000"#)
        .fetch_all(&mut *conn)
        .await?;
    let ids: Vec<Id> = rows
        .into_iter()
        .filter(|r| {
            let (title, host) = (text::squeeze(&r.title), text::squeeze(&r.host));
            terms.iter().all(|t| title.contains(t.as_str()) || host.contains(t.as_str()))
        })
        .map(|r| r.id)
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .collect();
    shows::show_rows(conn, now, &ids).await
}

/// What a scanned code names: a unit here before one that has left, then an order by its number or waybill.
///
/// # Errors
/// Store errors only; an unknown code is an answer.
pub async fn scan(store: &Store, code: &str) -> AppResult<ScanHit> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    if let Some(place) = place::parse(code) {
        return Ok(ScanHit::Place { place });
    }
    let clean = identity::clean(code);
    if let Some(unit) = unit_of(&mut conn, code).await? {
        return Ok(ScanHit::Unit { unit: unit_rows::unit_row(&mut conn, now, unit).await? });
    }
    // After stock numbers: one of nine digits may look like a passport's.
    if let Some(unit) = unit_of_passport(&mut conn, code).await? {
        return Ok(ScanHit::Unit { unit: unit_rows::unit_row(&mut conn, now, unit).await? });
    }
    if let Some(order) = order_by(&mut conn, code.trim(), &clean).await? {
        return Ok(ScanHit::Order { order: order_rows::order_row(&mut conn, now, order).await? });
    }
    Ok(ScanHit::Unknown { kind: identity::kind_of(code), code: clean })
}

/// The unit a scanned or typed code names, one that is here before one that has left.
pub(super) async fn unit_of(conn: &mut SqliteConnection, code: &str) -> AppResult<Option<Id>> {
    let mut codes = vec![identity::clean(code)];
    // A box label's scan has more than the code: each check takes off what is not part of it.
    codes.extend([identity::imei(code), identity::serial(code), identity::stock_no(code)].into_iter().flatten());
    unit_by(conn, &codes).await
}

pub(super) async fn unit_by(conn: &mut SqliteConnection, codes: &[String]) -> AppResult<Option<Id>> {
    let codes = super::words::json(&codes);
    Ok(sqlx::query_scalar!(
        r#"SELECT u.id AS "id!: Id" FROM (
             SELECT id FROM units WHERE imei IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE imei2 IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE meid IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE serial IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE stock_no IN (SELECT value FROM json_each(?1))) u
           JOIN unit_state s ON s.unit_id = u.id
           ORDER BY s.status IN ('in_stock','sold','packed') DESC, s.taken_in DESC, s.n DESC LIMIT 1"#,
        codes
    )
    .fetch_optional(conn)
    .await?)
}

/// The unit whose passport has the number a person typed or the square on a paper names; a deleted one is not found.
async fn unit_of_passport(conn: &mut SqliteConnection, code: &str) -> AppResult<Option<Id>> {
    let Some(number) = passport_number::of_code(code) else { return Ok(None) };
    Ok(sqlx::query_scalar!(
        r#"SELECT p.unit_id AS "id!: Id" FROM passports p JOIN units u ON u.id = p.unit_id
           WHERE p.number = ?1 ORDER BY p.at DESC LIMIT 1"#,
        number
    )
    .fetch_optional(conn)
    .await?)
}

async fn order_by(conn: &mut SqliteConnection, raw: &str, clean: &str) -> AppResult<Option<Id>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id!: Id" FROM (
             SELECT id, created_at AS at FROM orders WHERE order_no IN (?1, ?2)
             UNION ALL SELECT id, created_at FROM orders WHERE tracking_no <> '' AND tracking_no IN (?1, ?2)
             UNION ALL SELECT order_id, at FROM facts f WHERE kind = 'shipped'
               AND json_extract(data, '$.tracking_no') IN (?1, ?2) AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id))
           ORDER BY at DESC LIMIT 1"#,
        raw,
        clean
    )
    .fetch_optional(conn)
    .await?)
}
