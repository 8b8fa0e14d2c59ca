//! Derived tables: what lists sort and filter by, computed from attributes and facts with the rules of `stall_core`.
//!
//! Refreshed inside the transaction for exactly the rows the capture touched; `rebuild` makes all anew, and the two
//! must agree (tested).
//!
//! CROSS JOIN from what was touched: SQLite takes its lists for as long as the stock, and would read the stock at every commit.

use sqlx::{AssertSqlSafe, SqliteConnection};
use stall_core::{AppResult, Ms, api::ChangeFlags};

use crate::fill::Filling;

mod inspections;
mod labels;
mod orders;
pub(crate) use orders::{SHIP_HOURS, ship_hours};
pub(crate) mod text;
mod units;

/// Raised when the meaning of a derived table changes: a stall with another number is rebuilt at open.
const VERSION: i64 = 3;
/// Rows of one transaction from which on a table may be said to be filled.
const MANY: i64 = 5_000;

/// Refreshes what the transaction touched.
pub async fn refresh(conn: &mut SqliteConnection, now: Ms, changed: &ChangeFlags) -> AppResult<()> {
    collect(conn, changed).await?;
    states(conn, now).await?;
    inspections::refresh(conn).await?;
    labels::refresh(conn).await?;
    if changed.units {
        text::refresh(conn).await?;
    }
    Ok(())
}

/// Makes every derived row anew.
pub async fn rebuild(conn: &mut SqliteConnection, now: Ms) -> AppResult<()> {
    sqlx::raw_sql(
        "DELETE FROM unit_state; DELETE FROM order_state; DELETE FROM label_wants; DELETE FROM unit_inspections;
         INSERT INTO unit_text(unit_text) VALUES('delete-all');
         DELETE FROM touched_units; INSERT INTO touched_units SELECT id FROM units;
         DELETE FROM touched_orders; INSERT INTO touched_orders SELECT id FROM orders;",
    )
    .execute(&mut *conn)
    .await?;
    states(conn, now).await?;
    inspections::refresh(conn).await?;
    labels::refresh(conn).await?;
    text::rebuild(conn).await
}

/// Orders and units, in this order: a unit's state is its order's too.
async fn states(conn: &mut SqliteConnection, now: Ms) -> AppResult<()> {
    let mut filling = Filling::default();
    for (table, touched) in [("order_state", "touched_orders"), ("unit_state", "touched_units")] {
        if fills(conn, table, touched).await? {
            filling.table(conn, table).await?;
        }
    }
    orders::refresh(conn, now).await?;
    units::refresh(conn, now).await?;
    filling.end(conn).await
}

/// Whether a table gets many more rows than it has: then its indexes are cheaper made anew.
async fn fills(conn: &mut SqliteConnection, table: &str, touched: &str) -> AppResult<bool> {
    let sql = format!("SELECT count(*) FROM {touched}");
    let coming: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *conn).await?;
    if coming < MANY {
        return Ok(false);
    }
    let sql = format!("SELECT count(*) FROM {table}");
    let there: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await?;
    Ok(there < coming / 4)
}

/// Rebuilds at open when the rules have changed since the file was written.
pub async fn upgrade(conn: &mut SqliteConnection, now: Ms) -> AppResult<()> {
    use sqlx::Row;
    let version: i64 = sqlx::query("PRAGMA user_version").fetch_one(&mut *conn).await?.get(0);
    if version != VERSION {
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *conn).await?;
        rebuild(conn, now).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {VERSION}; COMMIT"))).execute(conn).await?;
    }
    Ok(())
}

/// Adds to what the triggers noted the rows that a change bears on from afar.
async fn collect(conn: &mut SqliteConnection, changed: &ChangeFlags) -> AppResult<()> {
    if changed.settings {
        // The hours in Settings move the deadlines of every order that has not left.
        sqlx::raw_sql(
            "INSERT OR IGNORE INTO touched_orders SELECT order_id FROM order_state
             WHERE stage NOT IN ('shipped','done','closed')",
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::raw_sql(
        "INSERT OR IGNORE INTO touched_units
         SELECT f.unit_id FROM touched_orders o CROSS JOIN facts f ON f.order_id = o.id WHERE f.unit_id IS NOT NULL",
    )
    .execute(conn)
    .await?;
    Ok(())
}
