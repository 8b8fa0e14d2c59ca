//! The goods of a stall: made, taken in, compared, written out.

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use futures_util::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use stall_core::{Fen, Id, api::UnitPatch, units_import};
use stall_store::{
    Actor, Store, made,
    tables::{unit_import, units},
};

/// Rows of one spreadsheet: one transaction, so one group.
pub const IMPORT: u32 = 1_000;
/// A word of one unit only.
pub const PLANTED: &str = "暗号对上了";
/// Tables that have rows here and travel.
const TABLES: [&str; 4] = ["units", "unit_fields", "models", "facts"];

/// Takes in `n` units and one more that is easily found.
pub async fn fill(store: &Store, actor: &Actor, n: u32) {
    for from in (1..n).step_by(IMPORT as usize) {
        let table = made::units(from, (from + IMPORT).min(n));
        let layout = units_import::open(&table, None).unwrap();
        let plan = unit_import::UnitPlan::read(&table, &layout);
        let plan = unit_import::preview(store, plan).await.unwrap();
        let done = unit_import::apply(store, actor, plan, &Default::default(), &Default::default()).await.unwrap();
        assert_eq!(done.refused, 0);
    }
    let planted = UnitPatch {
        brand: Some("Apple".into()),
        model: Some("iPhone 15 Pro".into()),
        price_list: Some(Some(Fen(399_900))),
        note: Some(PLANTED.into()),
        ..UnitPatch::default()
    };
    units::add(store, actor, &planted).await.unwrap();
}

/// The ids of all units, in the order they were made.
pub async fn ids(store: &Store) -> Vec<Id> {
    let mut conn = store.read().await.unwrap();
    sqlx::query_scalar("SELECT id FROM units ORDER BY id").fetch_all(&mut *conn).await.unwrap()
}

/// A hash of every row, and how many units there are.
pub async fn digest(store: &Store) -> (blake3::Hash, u32) {
    let mut conn = store.read().await.unwrap();
    let mut hash = blake3::Hasher::new();
    for table in TABLES {
        let sql = format!("SELECT {} FROM {table} ORDER BY id", whole(store, table).await);
        let mut rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await.unwrap() {
            hash.update(row.as_bytes());
        }
    }
    let units = sqlx::query_scalar("SELECT count(*) FROM units").fetch_one(&mut *conn).await.unwrap();
    (hash.finalize(), units)
}

/// A row as a JSON object in SQL.
async fn whole(store: &Store, table: &str) -> String {
    let mut conn = store.read().await.unwrap();
    let columns: Vec<String> =
        sqlx::query_scalar("SELECT name FROM pragma_table_info(?1)").bind(table).fetch_all(&mut *conn).await.unwrap();
    let pairs: Vec<String> = columns.iter().map(|c| format!("'{c}', \"{c}\"")).collect();
    format!("json_object({})", pairs.join(", "))
}

/// Every unit as a document of the peer, a line each. Empty fields are left out, which is less to carry; returns how many
/// fields there are.
pub async fn documents(store: &Store, to: &Path) -> u64 {
    let sql = format!("SELECT {} FROM units ORDER BY id", whole(store, "units").await);
    let mut conn = store.read().await.unwrap();
    let mut rows = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch(&mut *conn);
    let mut out = BufWriter::new(std::fs::File::create(to).unwrap());
    let mut fields = 0;
    while let Some(row) = rows.try_next().await.unwrap() {
        let mut unit: Map<String, Value> = serde_json::from_str(&row).unwrap();
        unit.retain(|_, v| !v.is_null() && !matches!(v.as_str(), Some("" | "[]")));
        fields += unit.len() as u64 - 1;
        let id = unit.remove("id").unwrap();
        unit.insert("_id".into(), id);
        writeln!(out, "{}", Value::Object(unit)).unwrap();
    }
    out.flush().unwrap();
    fields
}

/// Shares of the store's file, by what a table or index is for: its size in bytes, books of sync, change log and undo steps.
pub async fn shares(store: &Store) -> (i64, i64, i64) {
    let mut conn = store.read().await.unwrap();
    sqlx::query_as(
        "SELECT sum(pgsize), sum(iif(name GLOB '*sync_*' OR name = 'replica', pgsize, 0)),
                sum(iif(name GLOB '*change_*' OR name GLOB '*undo_*', pgsize, 0)) FROM dbstat",
    )
    .fetch_one(&mut *conn)
    .await
    .unwrap()
}
