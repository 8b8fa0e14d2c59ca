//! Derived tables: what lists sort and filter by, computed from attributes and facts with the rules of `stall_core`.
//!
//! Refreshed inside the transaction for exactly the rows the capture touched; `rebuild` makes all anew, and the two
//! must agree (tested).

use sqlx::SqliteConnection;
use stall_core::{AppResult, Ms};

mod orders;
pub(crate) use orders::{SHIP_HOURS, ship_hours};
pub(crate) mod text;
mod units;

/// Raised when the meaning of a derived table changes: a stall with another number is rebuilt at open.
const VERSION: i64 = 1;

/// Refreshes what the transaction's capture touched.
pub async fn refresh(conn: &mut SqliteConnection, now: Ms) -> AppResult<()> {
    collect(conn).await?;
    orders::refresh(conn, now).await?;
    units::refresh(conn, now).await?;
    text::refresh(conn).await
}

/// Makes every derived row anew.
pub async fn rebuild(conn: &mut SqliteConnection, now: Ms) -> AppResult<()> {
    sqlx::raw_sql(
        "DELETE FROM unit_state; DELETE FROM order_state;
         INSERT INTO unit_text(unit_text) VALUES('delete-all');
         DELETE FROM touched_units; INSERT INTO touched_units SELECT id FROM units;
         DELETE FROM touched_orders; INSERT INTO touched_orders SELECT id FROM orders;",
    )
    .execute(&mut *conn)
    .await?;
    orders::refresh(conn, now).await?;
    units::refresh(conn, now).await?;
    text::rebuild(conn).await
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

/// Which units and orders the captured changes bear on.
async fn collect(conn: &mut SqliteConnection) -> AppResult<()> {
    sqlx::raw_sql(
        "DELETE FROM touched_units; DELETE FROM touched_orders;

         INSERT OR IGNORE INTO touched_orders SELECT row_id FROM capture WHERE tbl = 'orders';
         INSERT OR IGNORE INTO touched_orders
           SELECT coalesce(new, old) ->> '$.order_id' FROM capture
           WHERE tbl IN ('order_lines','facts') AND kind IN ('I','D') AND coalesce(new, old) ->> '$.order_id' IS NOT NULL;
         INSERT OR IGNORE INTO touched_orders
           SELECT l.order_id FROM capture c JOIN order_lines l ON l.id = c.row_id WHERE c.tbl = 'order_lines' AND c.kind = 'U';
         -- The hours in Settings move the deadlines of every order that has not left.
         INSERT OR IGNORE INTO touched_orders SELECT order_id FROM order_state
           WHERE stage NOT IN ('shipped','done','closed') AND EXISTS (SELECT 1 FROM capture WHERE tbl = 'settings');

         INSERT OR IGNORE INTO touched_units SELECT row_id FROM capture WHERE tbl = 'units';
         INSERT OR IGNORE INTO touched_units
           SELECT coalesce(new, old) ->> '$.unit_id' FROM capture
           WHERE tbl IN ('photos','show_items','facts') AND kind IN ('I','D')
             AND coalesce(new, old) ->> '$.unit_id' IS NOT NULL;
         INSERT OR IGNORE INTO touched_units
           SELECT p.unit_id FROM capture c JOIN photos p ON p.id = c.row_id WHERE c.tbl = 'photos' AND c.kind = 'U';
         INSERT OR IGNORE INTO touched_units
           SELECT i.unit_id FROM capture c JOIN show_items i ON i.id = c.row_id
           WHERE c.tbl = 'show_items' AND c.kind = 'U' AND i.unit_id IS NOT NULL;
         INSERT OR IGNORE INTO touched_units
           SELECT i.unit_id FROM capture c JOIN show_items i ON i.show_id = c.row_id
           WHERE c.tbl = 'shows' AND i.unit_id IS NOT NULL;
         INSERT OR IGNORE INTO touched_units
           SELECT f.unit_id FROM touched_orders o JOIN facts f ON f.order_id = o.id WHERE f.unit_id IS NOT NULL;",
    )
    .execute(conn)
    .await?;
    Ok(())
}
