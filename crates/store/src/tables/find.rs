//! Finding anything by words, numbers or tails; and what a scanned code names.

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
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
    for unit in units_of_passport(&mut conn, &input.text).await? {
        if units.iter().all(|u| u.id != unit) {
            units.insert(0, unit_rows::unit_row(&mut conn, now, unit).await?);
        }
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
    let mut units = units_of(&mut conn, code).await?;
    if units.is_empty() {
        // After stock numbers: one of nine digits may look like a passport's.
        units = units_of_passport(&mut conn, code).await?;
    }
    match units[..] {
        [] => {}
        [unit] => return Ok(ScanHit::Unit { unit: unit_rows::unit_row(&mut conn, now, unit).await? }),
        _ => return Ok(ScanHit::Several { units: unit_rows::unit_rows(&mut conn, now, &units).await? }),
    }
    if let Some(order) = order_by(&mut conn, code.trim(), &clean).await? {
        return Ok(ScanHit::Order { order: order_rows::order_row(&mut conn, now, order).await? });
    }
    Ok(ScanHit::Unknown { kind: identity::kind_of(code), code: clean })
}

/// The one unit a scanned or typed code names; `meant` says which, where several have it.
///
/// # Errors
/// `CodeShared {code}` for one of several that does not say which, `BadInput` for one that is none of them.
pub(super) async fn unit_of(conn: &mut SqliteConnection, code: &str, meant: Option<Id>) -> AppResult<Option<Id>> {
    let units = units_of(conn, code).await?;
    match (&units[..], meant) {
        (_, Some(id)) if units.contains(&id) => Ok(Some(id)),
        (_, Some(_)) => Err(AppError::new(ErrorCode::BadInput).arg("field", "unit_id")),
        ([_, _, ..], None) => Err(AppError::new(ErrorCode::CodeShared).arg("code", code.trim())),
        (units, None) => Ok(units.first().copied()),
    }
}

/// The units a scanned or typed code names.
pub(super) async fn units_of(conn: &mut SqliteConnection, code: &str) -> AppResult<Vec<Id>> {
    let mut codes = vec![identity::clean(code)];
    // A box label's scan has more than the code: each check takes off what is not part of it.
    codes.extend([identity::imei(code), identity::serial(code), identity::stock_no(code)].into_iter().flatten());
    units_by(conn, &codes).await
}

/// Units (`id`) that an answer of the inbox numbered anew, and whose last printed label still says the old number (`no`), one
/// of the codes of `?1`.
pub(super) const OLD_LABELS: &str = "SELECT u.id, f.data ->> '$.subject[0]' AS no
    FROM facts f JOIN json_each(f.data, '$.subject') j JOIN units u ON u.id = j.value
    WHERE f.kind = 'resolved' AND f.data ->> '$.kind' = 'stock_no_twins'
      AND f.data ->> '$.subject[0]' IN (SELECT value FROM json_each(?1)) AND u.stock_no <> f.data ->> '$.subject[0]'
      AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
      AND f.data ->> '$.subject[0]' = (SELECT p.states ->> 'stock_no' FROM label_prints p WHERE p.unit_id = u.id
                                        ORDER BY p.at DESC, p.id DESC LIMIT 1)";

/// Units whose label still says this number, which another kept.
pub(super) async fn old_labels(conn: &mut SqliteConnection, stock_no: &str) -> AppResult<Vec<Id>> {
    let sql = format!("SELECT id FROM ({OLD_LABELS})");
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(super::words::json(&[stock_no])).fetch_all(conn).await?)
}

/// The units that are here with one of these codes, newest first: laptops that were apart may have given one number twice, and
/// the one that lost it wears the old label until it has a new one.
/// Where none is here, the last that left: earlier lives of a device share its codes with reason.
pub(super) async fn units_by(conn: &mut SqliteConnection, codes: &[String]) -> AppResult<Vec<Id>> {
    let codes = super::words::json(&codes);
    let sql = format!(
        "SELECT u.id, s.status IN ('in_stock','sold','packed') AS here FROM (
             SELECT id FROM units WHERE imei IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE imei2 IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE meid IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE serial IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE stock_no IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM ({OLD_LABELS})) u
           JOIN unit_state s ON s.unit_id = u.id
           ORDER BY here DESC, s.taken_in DESC, s.n DESC"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(codes).fetch_all(conn).await?;
    let mut units: Vec<Id> = rows.iter().filter(|r| r.get(1)).map(|r| r.get(0)).collect();
    if units.is_empty() {
        units.extend(rows.first().map(|r| r.get::<Id, _>(0)));
    }
    Ok(units)
}

/// The units whose passports have the number a person typed or the square on a paper names, newest passport first; deleted ones
/// are not found. Several, where laptops that were apart gave one stock number twice.
async fn units_of_passport(conn: &mut SqliteConnection, code: &str) -> AppResult<Vec<Id>> {
    let Some(number) = passport_number::of_code(code) else { return Ok(Vec::new()) };
    let sql = "SELECT p.unit_id FROM passports p JOIN units u ON u.id = p.unit_id WHERE p.number = ?1
               GROUP BY p.unit_id ORDER BY max(p.at) DESC";
    Ok(sqlx::query_scalar(sql).bind(number).fetch_all(conn).await?)
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
