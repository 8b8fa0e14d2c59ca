//! What a person must decide: read out of the rows by the rules of `stall_core::sync::conflicts`, so that every laptop asks
//! the same. And what waits meanwhile: a unit that was sold twice leaves with nobody.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    sync::conflicts::{self, Assigned, Item},
};

use crate::Store;

/// Facts of assignments that count: live, and after the unit last came back into stock.
const COUNTING: &str = "f.kind = 'assigned' AND f.line_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
    AND NOT EXISTS (SELECT 1 FROM facts r WHERE r.unit_id = f.unit_id AND r.kind = 'restored'
                      AND (r.at, r.id) >= (f.at, f.id) AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = r.id))";

/// The refusal for a unit that is sold in more than one order line, or `None`.
pub(crate) async fn sold_twice(conn: &mut SqliteConnection, unit: Id) -> AppResult<Option<AppError>> {
    let sql = format!(
        "SELECT u.stock_no, o.order_no FROM (SELECT DISTINCT f.unit_id, f.line_id, f.order_id FROM facts f
           WHERE f.unit_id = ?1 AND {COUNTING}) f JOIN units u ON u.id = f.unit_id JOIN orders o ON o.id = f.order_id
         ORDER BY o.order_no"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(unit).fetch_all(conn).await?;
    let [first, _, ..] = rows.as_slice() else { return Ok(None) };
    let orders: Vec<&str> = rows.iter().map(|r| r.get(1)).collect();
    let error = AppError::new(ErrorCode::UnitSoldTwice).arg("stock_no", first.get::<&str, _>(0));
    Ok(Some(error.arg("orders", orders.join(", "))))
}

impl Store {
    /// The open questions, in the order of their ids.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_items(&self) -> AppResult<Vec<Item>> {
        let mut conn = self.read().await?;
        let mut items = sales(&mut conn).await?;
        items.extend(twins(&mut conn).await?);
        items.extend(shadows(&mut conn).await?);
        items.extend(deletes(&mut conn).await?);
        Ok(conflicts::open(items, &BTreeSet::new()))
    }
}

/// Units in two lines, and lines with two units.
async fn sales(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    // Only of units and lines that are named twice: a stall has a hundred thousand sales and no conflict.
    let sql = format!(
        "WITH a AS (SELECT f.id, f.unit_id, f.order_id, f.line_id, f.at FROM facts f WHERE f.unit_id IS NOT NULL AND {COUNTING})
         SELECT a.id, a.unit_id, a.order_id, a.line_id, a.at, coalesce(l.quantity, 1) FROM a
         LEFT JOIN order_lines l ON l.id = a.line_id
         WHERE a.unit_id IN (SELECT unit_id FROM a GROUP BY unit_id HAVING count(DISTINCT line_id) > 1)
            OR a.line_id IN (SELECT line_id FROM a GROUP BY line_id HAVING count(DISTINCT unit_id) > 1)"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?;
    let mut pieces = BTreeMap::new();
    let mut all = Vec::new();
    for r in &rows {
        let line: Id = r.get(3);
        pieces.insert(line, r.get::<i64, _>(5));
        all.push(Assigned { fact: r.get(0), unit: r.get(1), order: r.get(2), line, at: Ms(r.get(4)) });
    }
    let mut items = conflicts::device_double_sold(&all);
    items.extend(conflicts::line_two_devices(&all, |line| pieces.get(&line).copied().unwrap_or(1)));
    Ok(items)
}

/// One code on two units that are here.
async fn twins(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    let rows = sqlx::query(
        "WITH c AS (SELECT u.id, u.imei AS code FROM units u WHERE u.imei IS NOT NULL
           UNION ALL SELECT u.id, u.imei2 FROM units u WHERE u.imei2 IS NOT NULL
           UNION ALL SELECT u.id, u.meid FROM units u WHERE u.meid IS NOT NULL)
         SELECT c.id, c.code FROM c JOIN unit_state s ON s.unit_id = c.id AND s.status IN ('in_stock','sold','packed')
         WHERE c.code IN (SELECT code FROM c GROUP BY code HAVING count(DISTINCT id) > 1)",
    )
    .fetch_all(conn)
    .await?;
    Ok(conflicts::imei_twins(rows.iter().map(|r| (r.get::<Id, _>(0), r.get::<&str, _>(1)))))
}

/// Guarded cells with a losing value.
async fn shadows(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    let rows = sqlx::query(
        "SELECT t.name, s.row, c.name, coalesce(x.seq, 0), group_concat(s.seq, ',' ORDER BY s.seq) FROM sync_shadows s
         JOIN sync_names t ON t.n = s.tbl JOIN sync_names c ON c.n = s.col
         LEFT JOIN sync_cells x ON x.row = s.row AND x.tbl = s.tbl AND x.col = s.col
         GROUP BY s.row, s.tbl, s.col",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .iter()
        .map(|r| {
            let seq: i64 = r.get(3);
            let mut subject: Vec<String> = (0..3).map(|n| r.get(n)).collect();
            subject.push(seq.to_string());
            subject.extend(r.get::<&str, _>(4).split(',').map(str::to_owned));
            Item::new(conflicts::Kind::Guarded, subject)
        })
        .collect())
}

/// Rows that stand although somebody deleted them, and deletes that wait for an owner.
async fn deletes(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    let rows = sqlx::query(
        "SELECT n.name, r.row, max(j.value ->> 0), max(j.value ->> 1), g.rseq, a.name FROM sync_rows r
         JOIN sync_names n ON n.n = r.tbl JOIN json_each(r.tombs) j JOIN sync_groups g ON g.seq = j.value ->> 0
         JOIN sync_names a ON a.n = g.replica
         WHERE r.tombs IS NOT NULL AND r.grave IS NULL AND (j.value ->> 1 OR j.value ->> 2) GROUP BY r.row, r.tbl",
    )
    .fetch_all(conn)
    .await?;
    let mut items = Vec::new();
    for r in &rows {
        let (table, row, seq): (&str, &str, i64) = (r.get(0), r.get(1), r.get(2));
        let item = if r.get::<bool, _>(3) {
            let replica: &str = r.get(5);
            let replica = replica.parse().map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?;
            conflicts::mass_delete(replica, r.get(4), table)
        } else {
            conflicts::delete_edit(table, row, seq)
        };
        items.push(item);
    }
    Ok(items)
}
