//! Every row of every table that travels, compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use serde_json::json;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{line::Line, process::Laptop};

/// Tables that are this laptop's own, or made of the others.
const OWN: &str = "name LIKE 'sync_%' OR name LIKE 'sqlite_%' OR name LIKE '_sqlx%' OR name LIKE 'unit_text%'
    OR name LIKE 'change_%' OR name LIKE 'undo_%' OR name IN ('replica', 'device_tokens', 'photo_receipts')";

/// Waits until nothing is on its way, then compares; gives the rows.
pub async fn agreed(laptops: &mut [(Laptop, Line)]) -> Vec<String> {
    let mut quiet = 0;
    for _ in 0..600 {
        let mut still = true;
        let mut cursors = Vec::new();
        for (laptop, _) in laptops.iter() {
            let s = laptop.call("sync.status", json!({})).await.unwrap();
            still &= s["waiting"] == 0 && s["line"] == "idle";
            cursors.push(cursor(&laptop.database()).await);
        }
        quiet = if still && cursors.windows(2).all(|w| w[0] == w[1]) { quiet + 1 } else { 0 };
        if quiet == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut states = Vec::new();
    for (laptop, _) in laptops.iter_mut() {
        let said = laptop.call("sync.status", json!({})).await.unwrap();
        assert!(quiet == 3, "{} did not come into step within a minute: {said}", laptop.name);
        states.push(rows(&laptop.database()).await);
    }
    let first = states.remove(0);
    for other in states {
        let more: Vec<_> = first.iter().filter(|r| !other.contains(r)).take(8).collect();
        let less: Vec<_> = other.iter().filter(|r| !first.contains(r)).take(8).collect();
        assert!(more.is_empty() && less.is_empty(), "one has {more:#?}, the other {less:#?}");
    }
    first
}

async fn open(file: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file).read_only(true)).await.unwrap()
}

async fn cursor(file: &Path) -> i64 {
    sqlx::query_scalar("SELECT base_seq FROM replica").fetch_one(&mut open(file).await).await.unwrap()
}

/// Something that happened, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    row: String,
    /// What went back to a buyer by it, in fen.
    pub refund: Option<i64>,
}

/// All facts, by their ids.
pub async fn facts(file: &Path) -> BTreeMap<String, Fact> {
    let sql = "SELECT id, json_array(kind, at, by, unit_id, order_id, line_id, voids, data),
                      CASE kind WHEN 'refunded' THEN data ->> 'amount' END FROM facts";
    let all: Vec<(String, String, Option<i64>)> = sqlx::query_as(sql).fetch_all(&mut open(file).await).await.unwrap();
    all.into_iter().map(|(id, row, refund)| (id, Fact { row, refund })).collect()
}

/// The ids of all units.
pub async fn units(file: &Path) -> BTreeSet<String> {
    let all = sqlx::query_scalar("SELECT id FROM units").fetch_all(&mut open(file).await).await.unwrap();
    all.into_iter().collect()
}

/// What was paid for each order, by its number.
pub async fn orders(file: &Path) -> BTreeMap<String, i64> {
    let all = sqlx::query_as("SELECT order_no, paid FROM orders").fetch_all(&mut open(file).await).await.unwrap();
    all.into_iter().collect()
}

async fn rows(file: &Path) -> Vec<String> {
    let mut conn = open(file).await;
    let sql = format!("SELECT name FROM sqlite_schema WHERE type = 'table' AND NOT ({OWN}) ORDER BY name");
    let tables: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap();
    assert!(tables.len() > 25, "{tables:?}");
    let mut out = Vec::new();
    for table in tables {
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT '\"' || name || '\"' FROM pragma_table_info(?1) WHERE name <> 'n' ORDER BY cid")
                .bind(&table)
                .fetch_all(&mut conn)
                .await
                .unwrap();
        let sql = format!("SELECT json_array('{table}', {}) AS j FROM {table} ORDER BY j", columns.join(","));
        out.extend(sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap());
    }
    out
}
