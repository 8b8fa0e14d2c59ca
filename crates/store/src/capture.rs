//! TEMP triggers on the writer connection that write every changed column into the change log.
//!
//! Generated from the schema at every open, so a migration cannot leave them behind. The session extension would do
//! this too, but needs bindgen and libclang in this sqlx.

use sqlx::{Connection, Row, SqliteConnection};
use stall_core::{AppResult, api::ChangeFlags};

/// Tables whose every change is logged. Everything else is derived or is the log itself.
pub const CAPTURED: &[&str] = &[
    "units",
    "photos",
    "shows",
    "show_items",
    "orders",
    "order_lines",
    "facts",
    "members",
    "settings",
    "devices",
    "label_prints",
    "passports",
    "stall_keys",
    "views",
    "models",
    "fields",
    "unit_fields",
    "lots",
    "stock_takes",
    "take_scans",
    "checklist_items",
    "inspections",
    "inspection_answers",
    "inspection_photos",
    "third_party_reports",
];

/// Logged too, and never taken back: undoing an import should not forget its column mapping, and a report that was taken
/// back (its fact is void) stays as it was told.
const NOT_UNDONE: [&str; 3] = ["mappings", "checklist_wordings", "inspection_reports"];

/// Every table of the log: those that travel to the stall's other laptops.
pub fn all() -> impl Iterator<Item = &'static str> {
    CAPTURED.iter().chain(&NOT_UNDONE).copied()
}

/// Columns of a captured table, in schema order.
pub async fn columns(conn: &mut SqliteConnection, table: &str) -> AppResult<Vec<String>> {
    let rows = sqlx::query("SELECT name FROM pragma_table_info(?1)").bind(table).fetch_all(conn).await?;
    Ok(rows.iter().map(|r| r.get::<String, _>(0)).collect())
}

/// Installs the triggers on a fresh writer connection, the lists of what they touch, and `temp.capture`: what the open
/// transaction has logged so far.
pub async fn install(conn: &mut SqliteConnection) -> AppResult<()> {
    let mut sql = String::from(
        "CREATE TEMP VIEW capture AS SELECT n,tbl,row_id,kind,col,old,new FROM change_rows \
           WHERE rseq = (SELECT next_rseq FROM replica);\n\
         CREATE TEMP TABLE touched_tables (tbl TEXT PRIMARY KEY) WITHOUT ROWID;\n\
         CREATE TEMP TABLE touched_units (id TEXT PRIMARY KEY) WITHOUT ROWID;\n\
         CREATE TEMP TABLE touched_orders (id TEXT PRIMARY KEY) WITHOUT ROWID;\n\
         CREATE TEMP TABLE touched_words (id TEXT PRIMARY KEY, fresh INTEGER NOT NULL) WITHOUT ROWID;\n\
         CREATE TEMP TABLE touched_texts (n INTEGER PRIMARY KEY);\n\
         CREATE TEMP TABLE capture_mode (quiet INTEGER NOT NULL);\n\
         INSERT INTO capture_mode VALUES(0);\n",
    );
    for table in all() {
        let cols = columns(conn, table).await?;
        // A file of an older schema has not every table: what comes for it waits.
        if !cols.is_empty() {
            sql += &triggers(table, &cols);
        }
    }
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets what the last transaction touched.
pub const FORGET: &str = "DELETE FROM touched_tables; DELETE FROM touched_units; DELETE FROM touched_orders; DELETE FROM touched_words; UPDATE capture_mode SET quiet = 0;";

/// What is written from here to the end of the transaction was said by another laptop: screens hear of it, the log does not.
pub const QUIET: &str = "UPDATE capture_mode SET quiet = 1;";

const GROUP: &str = "(SELECT next_rseq FROM replica)";
const LOUD: &str = "(SELECT quiet FROM capture_mode) = 0";
const NEXT: &str = "(SELECT coalesce(max(n),0)+1 FROM change_rows WHERE rseq = (SELECT next_rseq FROM replica))";

fn json(side: &str, cols: &[String]) -> String {
    let pairs: Vec<String> = cols.iter().map(|c| format!("'{c}', {side}.{c}")).collect();
    format!("json_object({})", pairs.join(", "))
}

/// The trigger of rows that come.
fn inserts(table: &str, cols: &[String]) -> String {
    format!(
        "CREATE TEMP TRIGGER cap_{table}_i AFTER INSERT ON main.{table} BEGIN\n\
           INSERT INTO change_rows(rseq,n,tbl,row_id,kind,new) SELECT {GROUP},{NEXT},'{table}',NEW.id,'I',{new} WHERE {LOUD};\n\
           {touch}{words}END;\n",
        new = json("NEW", cols),
        touch = touch(table, &|id| format!("SELECT NEW.{id} WHERE NEW.{id} IS NOT NULL")),
        words = words(table, "NEW", table == "units"),
    )
}

/// For a table that is filled in a quiet transaction: what takes its trigger away, and what puts it back and notes all that the
/// rows bear on, at a tenth of what it costs row by row.
pub async fn whole(conn: &mut SqliteConnection, table: &str) -> AppResult<(String, String)> {
    let all = touch(table, &|id| format!("SELECT {id} FROM {table} WHERE {id} IS NOT NULL"));
    let cols = columns(conn, table).await?;
    let words = match table {
        // Those that were there before have a text.
        "units" => "INSERT INTO touched_words SELECT id, 0 FROM units WHERE true ON CONFLICT DO NOTHING;\n",
        _ => "",
    };
    Ok((format!("DROP TRIGGER temp.cap_{table}_i"), inserts(table, &cols) + &all + words))
}

/// The three triggers of one table. A changed column gives one row; a new or deleted row gives one row with its JSON.
///
/// They write the change log itself: a copy made at the end would cost a second write of everything, and the memory to
/// hold it until then.
fn triggers(table: &str, cols: &[String]) -> String {
    // A statement a column: all in one would count from the same number.
    let changed: String = cols
        .iter()
        .filter(|c| *c != "id")
        .map(|c| {
            format!(
                "INSERT INTO change_rows(rseq,n,tbl,row_id,kind,col,old,new)\n\
                 SELECT {GROUP},{NEXT},'{table}',NEW.id,'U','{c}',OLD.{c},NEW.{c} WHERE OLD.{c} IS NOT NEW.{c} AND {LOUD};\n"
            )
        })
        .collect();
    let any = differ(cols);
    format!(
        "{inserts}CREATE TEMP TRIGGER cap_{table}_d AFTER DELETE ON main.{table} BEGIN\n\
           INSERT INTO change_rows(rseq,n,tbl,row_id,kind,old) SELECT {GROUP},{NEXT},'{table}',OLD.id,'D',{old} WHERE {LOUD};\n\
           {touch_old}{words_old}END;\n\
         CREATE TEMP TRIGGER cap_{table}_u AFTER UPDATE ON main.{table} WHEN {LOUD} AND ({any}) BEGIN\n{changed}END;\n\
         CREATE TEMP TRIGGER cap_{table}_t AFTER UPDATE ON main.{table} WHEN {any} BEGIN\n{touch_old}{touch_new}END;\n\
         {said}",
        inserts = inserts(table, cols),
        old = json("OLD", cols),
        touch_new =
            touch(table, &|id| format!("SELECT NEW.{id} WHERE NEW.{id} IS NOT NULL AND NEW.{id} IS NOT OLD.{id}")),
        touch_old = touch(table, &|id| format!("SELECT OLD.{id} WHERE OLD.{id} IS NOT NULL")),
        words_old = words(table, "OLD", false),
        said = said(table, cols),
    )
}

fn differ(cols: &[String]) -> String {
    cols.iter().map(|c| format!("OLD.{c} IS NOT NEW.{c}")).collect::<Vec<_>>().join(" OR ")
}

/// The trigger of words that are changed: a new price is none, and most of what is changed are prices and states.
fn said(table: &str, cols: &[String]) -> String {
    let of: Vec<String> = match table {
        "units" => cols.iter().filter(|c| crate::derive::text::WORDS.contains(&c.as_str())).cloned().collect(),
        "unit_fields" => cols.to_vec(),
        _ => Vec::new(),
    };
    if of.is_empty() {
        return String::new();
    }
    let words = words(table, "OLD", false) + &words(table, "NEW", false);
    format!("CREATE TEMP TRIGGER cap_{table}_w AFTER UPDATE ON main.{table} WHEN {} BEGIN\n{words}END;\n", differ(&of))
}

/// Notes a unit whose words change. `fresh`: it comes, and has no text yet, which costs half as much as one to be replaced.
fn words(table: &str, side: &str, fresh: bool) -> String {
    let id = match table {
        "units" => "id",
        "unit_fields" => "unit_id",
        _ => return String::new(),
    };
    let fresh = i32::from(fresh);
    format!("INSERT INTO touched_words VALUES({side}.{id},{fresh}) ON CONFLICT DO NOTHING;\n")
}

/// Notes the units and orders that rows of this table bear on; `pick` gives the values of a column.
///
/// By DO NOTHING, not OR IGNORE: an upsert's own policy replaces the latter inside a trigger.
fn touch(table: &str, pick: &dyn Fn(&str) -> String) -> String {
    let mut sql = format!("INSERT INTO touched_tables VALUES('{table}') ON CONFLICT DO NOTHING;\n");
    let mut note = |list: &str, id: &str| {
        sql += &format!("INSERT INTO touched_{list} {} ON CONFLICT DO NOTHING;\n", pick(id));
    };
    match table {
        "units" => note("units", "id"),
        "photos"
        | "show_items"
        | "label_prints"
        | "passports"
        | "unit_fields"
        | "inspections"
        | "third_party_reports" => note("units", "unit_id"),
        "orders" => note("orders", "id"),
        "order_lines" => note("orders", "order_id"),
        "facts" => {
            note("units", "unit_id");
            note("orders", "order_id");
        }
        "shows" => {
            sql += &format!(
                "INSERT INTO touched_units SELECT unit_id FROM show_items WHERE show_id IN ({}) AND unit_id IS NOT NULL \
                 ON CONFLICT DO NOTHING;\n",
                pick("id")
            );
        }
        _ => {}
    }
    sql
}

/// Which kinds of rows the transaction changed, or `None` when nothing changed.
pub async fn flags(conn: &mut SqliteConnection) -> AppResult<Option<ChangeFlags>> {
    let rows = sqlx::query("SELECT tbl FROM touched_tables").fetch_all(conn).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut f = ChangeFlags::default();
    for row in rows {
        match row.get::<&str, _>(0) {
            "units" | "unit_fields" => f.units = true,
            "photos" => f.photos = true,
            "shows" | "show_items" => f.shows = true,
            "orders" | "order_lines" => f.orders = true,
            "facts" | "label_prints" | "passports" => f.facts = true,
            "settings" | "stall_keys" => f.settings = true,
            "members" => f.members = true,
            "devices" => f.devices = true,
            "views" => f.views = true,
            "models" | "fields" => f.book = true,
            "lots" | "stock_takes" | "take_scans" => f.takes = true,
            "checklist_items"
            | "inspections"
            | "inspection_answers"
            | "inspection_photos"
            | "inspection_reports"
            | "third_party_reports" => f.inspections = true,
            _ => {}
        }
    }
    Ok(Some(f))
}

/// Whether undo takes this table's changes back.
pub fn undone(table: &str) -> bool {
    !NOT_UNDONE.contains(&table)
}
