//! One page of the stock list: keyset pages by every sort, words and tails, filters.

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use stall_core::{
    AppResult, Id, Ms,
    api::{Page, TOTAL_CAP, UnitQuery, UnitRow, UnitSort, UnitStatus},
};

use super::{
    cursor::{Cursor, Key},
    unit_rows::unit_rows,
    unit_words::{self, PROBE, Words},
    words,
};
use crate::Store;

/// Every status, in the order shown.
pub(super) const STATUSES: [UnitStatus; 5] =
    [UnitStatus::InStock, UnitStatus::Sold, UnitStatus::Packed, UnitStatus::Shipped, UnitStatus::Withdrawn];

/// One page of units.
///
/// # Errors
/// `BadInput` for a limit outside 1 to 200 or a cursor that is not ours.
pub async fn list(store: &Store, q: &UnitQuery) -> AppResult<Page<UnitRow>> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    super::cursor::check_limit(q.limit)?;
    let after = q.after.as_deref().map(|c| Cursor::parse(c, q.sort == UnitSort::StockNo)).transpose()?;
    let mut words = unit_words::probe(&mut conn, &q.text, brand(q)).await?;
    if q.in_show {
        words.narrow(coming(&mut conn, now).await?);
    }
    let (total, capped) = match &after {
        Some(c) => (c.total, c.capped),
        None => count(&mut conn, q, &words, now).await?,
    };
    let limit = usize::try_from(q.limit).unwrap_or(usize::MAX);
    let mut qb = QueryBuilder::new("");
    statement(&mut qb, q, &words, now, after.as_ref());
    let mut keys = qb.build().fetch_all(&mut *conn).await?;
    let more = keys.len() > limit;
    keys.truncate(limit);
    let next = match keys.last() {
        Some(r) if more => {
            let key = if q.sort == UnitSort::StockNo { Key::Text(r.get("k")) } else { Key::Int(r.get("k")) };
            Some(Cursor { key, n: r.get("n"), total, capped }.to_string())
        }
        _ => None,
    };
    let ids: Vec<Id> = keys.iter().map(|r| r.get("unit_id")).collect();
    let rows = unit_rows(&mut conn, now, &ids).await?;
    Ok(Page { rows, next, total, total_capped: capped })
}

/// A single brand is worth a probe: a rare one would otherwise make the walk long.
fn brand(q: &UnitQuery) -> Option<&str> {
    match q.brand.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// Units planned in a coming show: always few.
async fn coming(conn: &mut SqliteConnection, now: Ms) -> AppResult<Option<Vec<i64>>> {
    let found = sqlx::query_scalar!(
        r#"SELECT DISTINCT s.n FROM shows c CROSS JOIN show_items i ON i.show_id = c.id JOIN unit_state s ON s.unit_id = i.unit_id
           WHERE c.starts_at + c.planned_minutes * 60000 > ?1 LIMIT ?2"#,
        now,
        PROBE
    )
    .fetch_all(conn)
    .await?;
    Ok((i64::try_from(found.len()).unwrap_or(PROBE) < PROBE).then_some(found))
}

fn column(sort: UnitSort) -> &'static str {
    match sort {
        UnitSort::Newest | UnitSort::Oldest => "taken_in",
        UnitSort::PriceUp | UnitSort::PriceDown => "price",
        UnitSort::StockNo => "stock_no",
    }
}

fn descending(sort: UnitSort) -> bool {
    matches!(sort, UnitSort::Newest | UnitSort::PriceDown)
}

/// The statement of one page: keys only, in order, one more than asked.
fn statement(qb: &mut QueryBuilder<Sqlite>, q: &UnitQuery, words: &Words, now: Ms, after: Option<&Cursor>) {
    let dir = if descending(q.sort) { "DESC" } else { "ASC" };
    if words.ids.is_some() || q.sort == UnitSort::StockNo {
        select(qb, q, words);
        states(qb, q);
        page_where(qb, q, now, after);
        words.push(qb);
        qb.push(format!(" ORDER BY k {dir}, n {dir}"));
    } else {
        // Each state is walked along its index and the walks are merged: no sort at any size. The words are asked
        // outside, so that a word's list is read once and not once a state; LIMIT -1 keeps SQLite from moving the
        // condition inside.
        qb.push("SELECT n, unit_id, k FROM (");
        for (i, status) in wanted(q).iter().enumerate() {
            qb.push(if i > 0 { " UNION ALL " } else { "" });
            select(qb, q, words);
            qb.push(" AND s.status = ").push_bind(words::name(status));
            page_where(qb, q, now, after);
        }
        qb.push(format!(" ORDER BY k {dir}, n {dir} LIMIT -1) s WHERE true"));
        words.push(qb);
    }
    qb.push(" LIMIT ").push_bind(i64::from(q.limit) + 1);
}

fn select(qb: &mut QueryBuilder<Sqlite>, q: &UnitQuery, words: &Words) {
    let tails = if words.asks() { ", s.imei_rev, s.imei2_rev, s.serial_rev" } else { "" };
    qb.push(format!("SELECT s.n AS n, s.unit_id AS unit_id, s.{} AS k{tails} FROM ", column(q.sort)));
    from(qb, q, words);
}

fn from(qb: &mut QueryBuilder<Sqlite>, q: &UnitQuery, words: &Words) {
    if let Some(ids) = &words.ids {
        qb.push("json_each(")
            .push_bind(words::json(ids))
            .push(") j CROSS JOIN unit_state s ON s.n = j.value WHERE true");
        return;
    }
    let index = match q.sort {
        UnitSort::Newest | UnitSort::Oldest if q.no_photos => "unit_state_bare",
        UnitSort::Newest | UnitSort::Oldest => "unit_state_new",
        UnitSort::PriceUp | UnitSort::PriceDown => "unit_state_price",
        UnitSort::StockNo => "unit_state_no",
    };
    qb.push(format!("unit_state s INDEXED BY {index} WHERE true"));
}

fn wanted(q: &UnitQuery) -> Vec<UnitStatus> {
    let mut wanted: Vec<UnitStatus> =
        STATUSES.into_iter().filter(|s| q.status.is_empty() || q.status.contains(s)).collect();
    wanted.dedup();
    wanted
}

fn states(qb: &mut QueryBuilder<Sqlite>, q: &UnitQuery) {
    if !q.status.is_empty() {
        one_of(qb, "+s.status", &wanted(q).iter().map(words::name).collect::<Vec<_>>());
    }
}

fn one_of(qb: &mut QueryBuilder<Sqlite>, column: &str, values: &[String]) {
    if values.is_empty() {
        return;
    }
    qb.push(format!(" AND {column} IN ("));
    let mut list = qb.separated(", ");
    for v in values {
        list.push_bind(v.clone());
    }
    qb.push(")");
}

fn page_where(qb: &mut QueryBuilder<Sqlite>, q: &UnitQuery, now: Ms, after: Option<&Cursor>) {
    let col = column(q.sort);
    let cmp = if descending(q.sort) { "<" } else { ">" };
    match after {
        Some(c) => {
            qb.push(format!(" AND (s.{col}, s.n) {cmp} ("));
            match &c.key {
                Key::Int(k) => qb.push_bind(*k),
                Key::Text(k) => qb.push_bind(k.clone()),
            };
            qb.push(", ").push_bind(c.n).push(")");
        }
        None => {
            // The walk may start at the bound itself.
            if let (UnitSort::Newest, Some(before)) = (q.sort, q.taken_in_before) {
                qb.push(" AND s.taken_in <= ").push_bind(before);
            }
        }
    }
    filters(qb, q, now);
}

fn filters(qb: &mut QueryBuilder<Sqlite>, q: &UnitQuery, now: Ms) {
    one_of(qb, "s.category", &q.category.iter().map(words::name).collect::<Vec<_>>());
    one_of(qb, "s.grade", &q.grade);
    one_of(qb, "s.brand", &q.brand);
    if q.no_photos {
        qb.push(" AND s.photos = 0");
    }
    if q.no_grade {
        qb.push(" AND s.grade IS NULL");
    }
    if q.in_show {
        qb.push(" AND s.show_until > ").push_bind(now);
    }
    if q.not_in_show {
        qb.push(" AND coalesce(s.show_until, 0) <= ").push_bind(now);
    }
    if let Some(before) = q.taken_in_before {
        qb.push(" AND +s.taken_in <= ").push_bind(before);
    }
}

/// How many rows the query has, counted up to a cap.
async fn count(conn: &mut SqliteConnection, q: &UnitQuery, words: &Words, now: Ms) -> AppResult<(u32, bool)> {
    let cap = i64::from(TOTAL_CAP);
    if let Some((phrase, whole)) = words.alone() {
        let n = count_alone(conn, q, phrase, now).await?;
        if whole || n > cap {
            return Ok(counted(n));
        }
    }
    let mut qb = QueryBuilder::new("SELECT count(*) FROM (");
    if words.ids.is_some() || words.asks() {
        qb.push("SELECT 1 FROM ");
        match &words.ids {
            Some(_) => from(&mut qb, q, words),
            None => drop(qb.push("unit_state s WHERE true")),
        }
        states(&mut qb, q);
        filters(&mut qb, q, now);
        words.push(&mut qb);
    } else {
        for (i, status) in wanted(q).iter().enumerate() {
            qb.push(if i > 0 { " UNION ALL " } else { "" });
            let index = if q.no_photos { "unit_state_bare" } else { "unit_state_new" };
            qb.push(format!("SELECT 1 FROM unit_state s INDEXED BY {index} WHERE s.status = "));
            qb.push_bind(words::name(status));
            filters(&mut qb, q, now);
        }
    }
    qb.push(" LIMIT ").push_bind(cap + 1).push(")");
    Ok(counted(qb.build_query_scalar().fetch_one(conn).await?))
}

/// Walks the list of the only word; without a filter not even the units are looked at.
async fn count_alone(conn: &mut SqliteConnection, q: &UnitQuery, phrase: &str, now: Ms) -> AppResult<i64> {
    let mut rest = QueryBuilder::new("");
    states(&mut rest, q);
    filters(&mut rest, q, now);
    let join = if rest.sql().as_str().is_empty() { "" } else { " CROSS JOIN unit_state s ON s.n = unit_text.rowid" };
    let mut qb = QueryBuilder::new("SELECT count(*) FROM (SELECT 1 FROM unit_text");
    qb.push(join).push(" WHERE unit_text MATCH ").push_bind(phrase.to_owned());
    states(&mut qb, q);
    filters(&mut qb, q, now);
    qb.push(" LIMIT ").push_bind(i64::from(TOTAL_CAP) + 1).push(")");
    Ok(qb.build_query_scalar().fetch_one(conn).await?)
}

fn counted(n: i64) -> (u32, bool) {
    let cap = i64::from(TOTAL_CAP);
    (u32::try_from(n.min(cap)).unwrap_or(TOTAL_CAP), n > cap)
}
