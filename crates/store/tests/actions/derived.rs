//! Every derived value, words included, to compare with a rebuild.

use std::path::Path;

use stall_core::AppError;
use stall_store::{Env, Store};

/// A connection of the test's own to the stall's file.
pub async fn file(dir: &Path) -> sqlx::SqliteConnection {
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join("stall.db"));
    sqlx::ConnectOptions::connect(&file).await.unwrap()
}

/// Every derived row. `unit_state.n` is left out: a rebuild numbers anew.
pub async fn dump(dir: &Path) -> Vec<String> {
    let mut conn = file(dir).await;
    sqlx::raw_sql("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, unit_text, instance)")
        .execute(&mut conn)
        .await
        .unwrap();
    // One pass over the words: asked by document, the vocabulary is read whole each time.
    let mut rows: Vec<String> = sqlx::query_scalar(
        "WITH said AS (SELECT doc, group_concat(term, ' ' ORDER BY offset) AS t FROM temp.words GROUP BY doc)
         SELECT json_array(unit_id, status, category, brand, grade, taken_in, price, stock_no, photos, cover, order_id,
           line_id, show_until, imei_rev, imei2_rev, serial_rev, said.t)
         FROM unit_state s LEFT JOIN said ON said.doc = s.n ORDER BY unit_id",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let cols: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info('order_state') ORDER BY cid")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let orders = format!("SELECT json_array({}) FROM order_state ORDER BY order_id", cols.join(","));
    rows.extend(sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(orders)).fetch_all(&mut conn).await.unwrap());
    let labels = "SELECT json_array('label', unit_id, changed) FROM label_wants ORDER BY unit_id";
    rows.extend(sqlx::query_scalar::<_, String>(labels).fetch_all(&mut conn).await.unwrap());
    let inspections =
        "SELECT json_array('inspection', unit_id, report, version, at, grade, badges, blocked, draft, erasure)
                       FROM unit_inspections ORDER BY unit_id";
    rows.extend(sqlx::query_scalar::<_, String>(inspections).fetch_all(&mut conn).await.unwrap());
    sqlx::Connection::close(conn).await.unwrap();
    rows
}

/// Opens a closed stall with every derived row made from nothing.
pub async fn rebuilt(dir: &Path, env: Env) -> Result<Store, AppError> {
    let mut conn = file(dir).await;
    sqlx::raw_sql("PRAGMA user_version = 0").execute(&mut conn).await.unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    Store::open(dir, env).await
}
