//! The order list: keyset pages, search, counts.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{Facet, OrderFacets, OrderQuery, OrderRow, OrderStage, Page, TOTAL_CAP},
    carrier, identity,
};

use super::{cursor::check_limit, order_rows::order_rows, words};
use crate::{Store, derive::text};

/// Orders a typed number may name before it is taken for a word instead.
const CODE_HITS: i64 = 1000;
/// Digits of an order number that are worth looking up.
const TAIL_MIN: usize = 4;

/// One page of orders, receivers masked.
///
/// # Errors
/// `BadInput {field}` for a cursor that is not ours.
pub async fn list(store: &Store, query: &OrderQuery) -> AppResult<Page<OrderRow>> {
    let mut conn = store.read().await?;
    check_limit(query.limit)?;
    let limit = query.limit;
    let words = search_words(&mut conn, &query.text).await?;
    let after = query.after.as_deref().map(cursor).transpose()?;
    let (total, total_capped) = match &after {
        Some(after) => (after.total, after.capped),
        None => {
            let total = total(&mut conn, query, &words).await?;
            (total.min(TOTAL_CAP), total > TOTAL_CAP)
        }
    };
    let mut ids = page(&mut conn, query, &words, after, limit + 1).await?;
    let more = ids.len() > limit as usize;
    ids.truncate(limit as usize);
    let next = ids.last().filter(|_| more).map(|(key, id)| format!("{key}.{id}.{total}.{}", u8::from(total_capped)));
    let ids: Vec<Id> = ids.into_iter().map(|(_, id)| id).collect();
    let rows = order_rows(&mut conn, store.env().now(), &ids).await?;
    Ok(Page { rows, next, total, total_capped })
}

/// Counts beside the list.
///
/// # Errors
/// Store errors only.
pub async fn facets(store: &Store) -> AppResult<OrderFacets> {
    let mut conn = store.read().await?;
    let counts = sqlx::query!(
        r#"SELECT platform, stage, count(*) AS "n!: u32" FROM order_state GROUP BY platform, stage ORDER BY platform, stage"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut facets = OrderFacets { stage: Vec::new(), platform: Vec::new() };
    for c in counts {
        add(&mut facets.stage, c.stage, c.n);
        add(&mut facets.platform, c.platform, c.n);
    }
    Ok(facets)
}

fn add(list: &mut Vec<Facet>, value: String, count: u32) {
    match list.iter_mut().find(|f| f.value == value) {
        Some(f) => f.count += count,
        None => list.push(Facet { value, count }),
    }
}

/// The last row of a page. It carries the total, so that only the first page counts.
struct After {
    key: i64,
    id: Id,
    total: u32,
    capped: bool,
}

fn cursor(text: &str) -> AppResult<After> {
    let bad = || AppError::new(ErrorCode::BadInput).arg("field", "after");
    let parts: Vec<&str> = text.split('.').collect();
    let [key, id, total, capped] = parts[..] else { return Err(bad()) };
    Ok(After {
        key: key.parse().map_err(|_| bad())?,
        id: id.parse().map_err(|_| bad())?,
        total: total.parse().map_err(|_| bad())?,
        capped: capped == "1",
    })
}

/// One word of the search box.
enum Word {
    /// It is a number of these orders.
    Orders(String),
    /// It stands in a title, a code of the line, or the name of an assigned unit.
    Text(String),
}

async fn search_words(conn: &mut SqliteConnection, text: &str) -> AppResult<Vec<Word>> {
    let mut out = Vec::new();
    for word in text.split_whitespace().take(8) {
        let ids = by_code(conn, word).await?;
        out.push(match ids.is_empty() {
            true => by_text(conn, word).await?,
            false => Word::Orders(words::json_ids(&ids)),
        });
    }
    Ok(out)
}

/// Looks a word up in lines and units; a common word is rather asked of each row on the way down the list.
async fn by_text(conn: &mut SqliteConnection, word: &str) -> AppResult<Word> {
    let like = like(word);
    let phrase = text::terms(word).iter().map(|t| text::phrase(t)).collect::<Vec<_>>().join(" AND ");
    let ids: Vec<Id> = sqlx::query_scalar(
        "SELECT DISTINCT order_id FROM (
           SELECT order_id FROM order_lines
           WHERE title LIKE ?1 ESCAPE '\\' OR sku_text LIKE ?1 ESCAPE '\\' OR sku_code LIKE ?1 ESCAPE '\\'
           UNION ALL
           SELECT f.order_id FROM unit_text JOIN unit_state s ON s.n = unit_text.rowid JOIN facts f ON f.unit_id = s.unit_id
           WHERE ?2 <> '' AND unit_text MATCH iif(?2 <> '', ?2, '\"\"') AND f.kind = 'assigned'
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id))
         LIMIT ?3",
    )
    .bind(&like)
    .bind(phrase)
    .bind(CODE_HITS + 1)
    .fetch_all(conn)
    .await?;
    let rare = i64::try_from(ids.len()).is_ok_and(|n| n <= CODE_HITS);
    Ok(if rare { Word::Orders(words::json_ids(&ids)) } else { Word::Text(like) })
}

fn like(word: &str) -> String {
    let mut out = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out + "%"
}

/// Orders a code names: by number (whole or its tail), by waybill, by the stock number or the IMEI's tail of an
/// assigned unit. A receiver's name or phone is not looked at.
async fn by_code(conn: &mut SqliteConnection, word: &str) -> AppResult<Vec<Id>> {
    let code = identity::clean(word);
    if code.is_empty() || !code.is_ascii() {
        return Ok(Vec::new());
    }
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let from: String = if digits >= TAIL_MIN { word.trim().chars().rev().collect() } else { "\u{10ffff}".to_owned() };
    // Above every text that starts with `from`.
    let to = format!("{from}\u{10ffff}");
    let waybill = carrier::clean_number(word);
    let tail: String = if digits >= TAIL_MIN { code.chars().rev().collect() } else { "\u{10ffff}".to_owned() };
    let tail_to = format!("{tail}\u{10ffff}");
    let found = sqlx::query_scalar!(
        r#"SELECT order_id AS "id!: Id" FROM (
             SELECT order_id FROM order_state WHERE order_tail >= ?1 AND order_tail < ?2
             UNION SELECT order_id FROM order_state WHERE tracking_no = ?3
             UNION SELECT f.order_id FROM facts f WHERE f.kind = 'assigned' AND f.unit_id IN (
                 SELECT unit_id FROM unit_state WHERE stock_no = ?4
                 UNION SELECT unit_id FROM unit_state WHERE imei_rev >= ?5 AND imei_rev < ?6
                 UNION SELECT unit_id FROM unit_state WHERE imei2_rev >= ?5 AND imei2_rev < ?6
                 UNION SELECT unit_id FROM unit_state WHERE serial_rev >= ?5 AND serial_rev < ?6)
               AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           ) WHERE order_id IS NOT NULL LIMIT ?7"#,
        from,
        to,
        waybill,
        code,
        tail,
        tail_to,
        CODE_HITS
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}

/// Sort keys and ids of one page.
async fn page(
    conn: &mut SqliteConnection,
    query: &OrderQuery,
    words: &[Word],
    after: Option<After>,
    limit: u32,
) -> AppResult<Vec<(i64, Id)>> {
    let (key, order) = if query.by_deadline { ("due", "ASC") } else { ("created_at", "DESC") };
    // One walk along the index for each stage, merged: an IN over stages would sort all of them.
    let stages: Vec<Option<OrderStage>> =
        if query.stage.is_empty() { vec![None] } else { query.stage.iter().copied().map(Some).collect() };
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT k, id FROM (");
    for (i, stage) in stages.iter().enumerate() {
        if i > 0 {
            sql.push(" UNION ALL ");
        }
        sql.push(format!("SELECT * FROM (SELECT s.{key} AS k, s.order_id AS id FROM order_state s WHERE 1"));
        filters(&mut sql, query, *stage, words);
        if let Some(a) = &after {
            sql.push(if query.by_deadline {
                " AND (s.due, s.order_id) > ("
            } else {
                " AND (s.created_at, s.order_id) < ("
            });
            sql.push_bind(a.key).push(", ").push_bind(a.id).push(")");
        }
        sql.push(format!(" ORDER BY s.{key} {order}, s.order_id {order} LIMIT ")).push_bind(limit).push(")");
    }
    sql.push(format!(") ORDER BY k {order}, id {order} LIMIT ")).push_bind(limit);
    Ok(sql.build_query_as().fetch_all(conn).await?)
}

/// How many orders the query has, counted to one more than the cap.
async fn total(conn: &mut SqliteConnection, query: &OrderQuery, words: &[Word]) -> AppResult<u32> {
    let stages: Vec<Option<OrderStage>> =
        if query.stage.is_empty() { vec![None] } else { query.stage.iter().copied().map(Some).collect() };
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM (SELECT 1 FROM (");
    for (i, stage) in stages.iter().enumerate() {
        sql.push(if i > 0 {
            " UNION ALL SELECT 1 FROM order_state s WHERE 1"
        } else {
            "SELECT 1 FROM order_state s WHERE 1"
        });
        filters(&mut sql, query, *stage, words);
    }
    sql.push(") LIMIT ").push_bind(TOTAL_CAP + 1).push(")");
    Ok(sql.build_query_scalar().fetch_one(conn).await?)
}

fn filters(sql: &mut QueryBuilder<Sqlite>, query: &OrderQuery, stage: Option<OrderStage>, words: &[Word]) {
    if let Some(stage) = stage {
        sql.push(" AND s.stage = ").push_bind(words::name(&stage));
    }
    if !query.platform.is_empty() {
        sql.push(" AND s.platform IN (SELECT value FROM json_each(").push_bind(words::json(&query.platform)).push("))");
    }
    for word in words {
        match word {
            Word::Orders(ids) => {
                sql.push(" AND s.order_id IN (SELECT value FROM json_each(").push_bind(ids.clone()).push("))");
            }
            Word::Text(like) => {
                sql.push(" AND (EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = s.order_id AND (l.title LIKE ")
                    .push_bind(like.clone())
                    .push(" ESCAPE '\\' OR l.sku_text LIKE ")
                    .push_bind(like.clone())
                    .push(" ESCAPE '\\' OR l.sku_code LIKE ")
                    .push_bind(like.clone())
                    .push(
                        " ESCAPE '\\')) OR EXISTS (SELECT 1 FROM facts f JOIN units u ON u.id = f.unit_id
                         WHERE f.order_id = s.order_id AND f.kind = 'assigned'
                           AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
                           AND (u.brand || ' ' || u.model || ' ' || u.storage || ' ' || u.colour) LIKE ",
                    )
                    .push_bind(like.clone())
                    .push(" ESCAPE '\\'))");
            }
        }
    }
}
