//! `unit_state`: status from facts by the core's rule, cover, shows, reversed codes.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    unit_status::{ShippedOrder, Standing, UnitFact, UnitFactKind, unit_status},
};

use crate::tables::words;

/// Units handled by one statement.
const BATCH: i64 = 2_000;

/// What SQL cannot compute of one unit.
#[derive(Serialize)]
struct Part(String, String, Option<Id>, Option<Id>, Option<String>, Option<String>, Option<String>);

/// A unit's id, IMEI, IMEI2 and serial number.
type Codes = (String, Option<String>, Option<String>, Option<String>);

/// Brings the rows of `touched_units` up to date; rows of units that are gone go too.
pub async fn refresh(conn: &mut SqliteConnection, _now: Ms) -> AppResult<()> {
    sqlx::raw_sql(
        "DELETE FROM unit_text WHERE rowid IN (SELECT s.n FROM touched_units t CROSS JOIN unit_state s ON s.unit_id = t.id
           WHERE NOT EXISTS (SELECT 1 FROM units u WHERE u.id = t.id));
         DELETE FROM unit_state WHERE unit_id IN (SELECT id FROM touched_units)
           AND NOT EXISTS (SELECT 1 FROM units u WHERE u.id = unit_id);",
    )
    .execute(&mut *conn)
    .await?;
    let mut after = String::new();
    loop {
        // One row of JSON: rows cost more on their way through the driver than their parsing here.
        let row = sqlx::query(
            "SELECT json_group_array(json_array(id, imei, imei2, serial)) AS units,
                    max(id) AS last, count(*) AS n
             FROM (SELECT u.id, u.imei, u.imei2, u.serial FROM touched_units t CROSS JOIN units u ON u.id = t.id
                   WHERE t.id > ?1 ORDER BY t.id LIMIT ?2)",
        )
        .bind(&after)
        .bind(BATCH)
        .fetch_one(&mut *conn)
        .await?;
        let n: i64 = row.get(2);
        if n == 0 {
            return Ok(());
        }
        let last: String = row.get(1);
        let codes: Vec<Codes> = read(row.get(0))?;
        let standings = standings(conn, &after, &last).await?;
        let parts: Vec<Part> = codes
            .into_iter()
            .map(|(id, imei, imei2, serial)| {
                let s = standings.get(&id).copied().unwrap_or_else(|| unit_status(&[], &[]));
                Part(id, words::name(&s.status), s.order, s.line, reversed(imei), reversed(imei2), reversed(serial))
            })
            .collect();
        write(conn, &parts).await?;
        if n < BATCH {
            return Ok(());
        }
        after = last;
    }
}

fn reversed(code: Option<String>) -> Option<String> {
    code.filter(|c| !c.is_empty()).map(|c| c.chars().rev().collect())
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> AppResult<T> {
    serde_json::from_str(json).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))
}

/// Standing of the touched units in `(after, last]` that have facts; the others are in stock.
async fn standings(conn: &mut SqliteConnection, after: &str, last: &str) -> AppResult<HashMap<String, Standing>> {
    let rows = sqlx::query(
        "SELECT f.unit_id, f.id, f.kind, f.at, f.order_id, f.line_id FROM touched_units t
         CROSS JOIN facts f ON f.unit_id = t.id
         WHERE t.id > ?1 AND t.id <= ?2 AND f.kind IN ('assigned','packed','withdrawn','aliased','restored')
           AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)",
    )
    .bind(after)
    .bind(last)
    .fetch_all(&mut *conn)
    .await?;
    let mut facts: HashMap<String, Vec<UnitFact>> = HashMap::new();
    for r in &rows {
        let kind = match r.get::<&str, _>(2) {
            "assigned" => UnitFactKind::Assigned,
            "packed" => UnitFactKind::Packed,
            "withdrawn" | "aliased" => UnitFactKind::Withdrawn,
            _ => UnitFactKind::Restored,
        };
        facts.entry(r.get(0)).or_default().push(UnitFact {
            id: r.get(1),
            kind,
            at: Ms(r.get(3)),
            order: r.get(4),
            line: r.get(5),
        });
    }
    if facts.is_empty() {
        return Ok(HashMap::new());
    }
    let orders: std::collections::HashSet<Id> = facts.values().flatten().filter_map(|f| f.order).collect();
    let shipped = shipped(conn, &orders.into_iter().collect::<Vec<_>>()).await?;
    Ok(facts
        .into_iter()
        .map(|(id, facts)| {
            let left: Vec<ShippedOrder> = facts.iter().filter_map(|f| shipped.get(&f.order?).copied()).collect();
            let standing = unit_status(&facts, &left);
            (id, standing)
        })
        .collect())
}

/// Which of these orders have left, by a fact of ours or by the file's word.
async fn shipped(conn: &mut SqliteConnection, orders: &[Id]) -> AppResult<HashMap<Id, ShippedOrder>> {
    let rows = sqlx::query(
        "SELECT f.order_id, f.at FROM json_each(?1) j CROSS JOIN facts f ON f.order_id = j.value
         WHERE f.kind = 'shipped' AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
         UNION ALL
         SELECT o.id, coalesce(o.shipped_at, o.imported_at) FROM json_each(?1) j CROSS JOIN orders o ON o.id = j.value
         WHERE o.status IN ('shipped','received','completed')",
    )
    .bind(words::json_ids(orders))
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|r| (r.get(0), ShippedOrder { order: r.get(0), at: Ms(r.get(1)) })).collect())
}

async fn write(conn: &mut SqliteConnection, parts: &[Part]) -> AppResult<()> {
    sqlx::query(
        "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         INSERT INTO unit_state(unit_id,status,category,brand,grade,taken_in,price,stock_no,photos,cover,
           order_id,line_id,show_until,imei_rev,imei2_rev,serial_rev)
         SELECT u.id, v->>1, u.category, u.brand, u.grade, u.taken_in, coalesce(u.price_list,-1), u.stock_no,
           (SELECT count(*) FROM photos p WHERE p.unit_id = u.id),
           (SELECT p.shown FROM photos p WHERE p.unit_id = u.id ORDER BY p.pos, p.id LIMIT 1),
           v->>2, v->>3,
           (SELECT max(w.starts_at + w.planned_minutes * 60000) FROM show_items i JOIN shows w ON w.id = i.show_id
              WHERE i.unit_id = u.id),
           v->>4, v->>5, v->>6
         FROM r CROSS JOIN units u ON u.id = v->>0 WHERE true
         ON CONFLICT(unit_id) DO UPDATE SET status=excluded.status, category=excluded.category, brand=excluded.brand,
           grade=excluded.grade, taken_in=excluded.taken_in, price=excluded.price, stock_no=excluded.stock_no,
           photos=excluded.photos, cover=excluded.cover, order_id=excluded.order_id, line_id=excluded.line_id,
           show_until=excluded.show_until, imei_rev=excluded.imei_rev, imei2_rev=excluded.imei2_rev,
           serial_rev=excluded.serial_rev",
    )
    .bind(words::json(&parts))
    .execute(conn)
    .await?;
    Ok(())
}
