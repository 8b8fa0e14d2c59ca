//! TEMP triggers on the writer connection that note every changed column into `temp.capture`.
//!
//! Generated from the schema at every open, so a migration cannot leave them behind. The session extension would do
//! this too, but needs bindgen and libclang in this sqlx.

use sqlx::{Connection, Row, SqliteConnection};
use stall_core::{AppResult, api::ChangeFlags};

/// Tables whose every change is logged. Everything else is derived or is the log itself.
pub const CAPTURED: [&str; 9] =
    ["units", "photos", "shows", "show_items", "orders", "order_lines", "facts", "members", "settings"];

/// Remembered column mappings are logged too, but undoing an import should not forget them.
const NOT_UNDONE: [&str; 1] = ["mappings"];

/// Columns of a captured table, in schema order.
pub async fn columns(conn: &mut SqliteConnection, table: &str) -> AppResult<Vec<String>> {
    let rows = sqlx::query("SELECT name FROM pragma_table_info(?1)").bind(table).fetch_all(conn).await?;
    Ok(rows.iter().map(|r| r.get::<String, _>(0)).collect())
}

/// Installs `temp.capture` and its triggers on a fresh writer connection.
pub async fn install(conn: &mut SqliteConnection) -> AppResult<()> {
    let mut sql = String::from(
        "CREATE TEMP TABLE capture (n INTEGER PRIMARY KEY, tbl TEXT NOT NULL, row_id TEXT NOT NULL, \
         kind TEXT NOT NULL, col TEXT, old ANY, new ANY) STRICT;\n\
         CREATE TEMP TABLE touched_units (id TEXT PRIMARY KEY) WITHOUT ROWID;\n\
         CREATE TEMP TABLE touched_orders (id TEXT PRIMARY KEY) WITHOUT ROWID;\n\
         CREATE TEMP TABLE touched_texts (n INTEGER PRIMARY KEY);\n",
    );
    for table in CAPTURED.iter().chain(&NOT_UNDONE) {
        let cols = columns(conn, table).await?;
        sql += &triggers(table, &cols);
    }
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The three triggers of one table. A changed column gives one row; a new or deleted row gives one row with its JSON.
fn triggers(table: &str, cols: &[String]) -> String {
    let json = |side: &str| {
        let pairs: Vec<String> = cols.iter().map(|c| format!("'{c}', {side}.{c}")).collect();
        format!("json_object({})", pairs.join(", "))
    };
    let changed: Vec<String> = cols
        .iter()
        .filter(|c| *c != "id")
        .map(|c| format!("SELECT '{c}' AS c, OLD.{c} AS o, NEW.{c} AS w WHERE OLD.{c} IS NOT NEW.{c}"))
        .collect();
    format!(
        "CREATE TEMP TRIGGER cap_{table}_i AFTER INSERT ON main.{table} BEGIN\n\
           INSERT INTO capture(tbl,row_id,kind,new) VALUES('{table}',NEW.id,'I',{new});\nEND;\n\
         CREATE TEMP TRIGGER cap_{table}_d AFTER DELETE ON main.{table} BEGIN\n\
           INSERT INTO capture(tbl,row_id,kind,old) VALUES('{table}',OLD.id,'D',{old});\nEND;\n\
         CREATE TEMP TRIGGER cap_{table}_u AFTER UPDATE ON main.{table} BEGIN\n\
           INSERT INTO capture(tbl,row_id,kind,col,old,new) SELECT '{table}',NEW.id,'U',c,o,w FROM ({cols});\nEND;\n",
        new = json("NEW"),
        old = json("OLD"),
        cols = changed.join(" UNION ALL "),
    )
}

/// Which kinds of rows the capture holds, or `None` when nothing changed.
pub async fn flags(conn: &mut SqliteConnection) -> AppResult<Option<ChangeFlags>> {
    let rows = sqlx::query("SELECT DISTINCT tbl FROM capture").fetch_all(conn).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut f = ChangeFlags::default();
    for row in rows {
        match row.get::<&str, _>(0) {
            "units" => f.units = true,
            "photos" => f.photos = true,
            "shows" | "show_items" => f.shows = true,
            "orders" | "order_lines" => f.orders = true,
            "facts" => f.facts = true,
            "settings" => f.settings = true,
            "members" => f.members = true,
            _ => {}
        }
    }
    Ok(Some(f))
}

/// Whether undo takes this table's changes back.
pub fn undone(table: &str) -> bool {
    !NOT_UNDONE.contains(&table)
}
