//! Tables that are filled at once: their indexes are made when they are full, in order and not page by page at random, and
//! what they touch is noted as a whole.
//!
//! Inside a transaction: whoever looks meanwhile sees the tables as they were, with their indexes, and so does everybody when it
//! is broken off.

use sqlx::{AssertSqlSafe, SqliteConnection};
use stall_core::AppResult;

use crate::capture;

/// Indexes that wait until their tables are full.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    indexes: Vec<String>,
    triggers: Vec<String>,
}

impl Filling {
    /// Takes a table's indexes away for now. Unique ones go on refusing rows, and a table with foreign keys keeps its indexes,
    /// for SQLite may look for a row's children at any insert.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn table(&mut self, conn: &mut SqliteConnection, table: &str) -> AppResult<()> {
        let found: Vec<(String, String)> = sqlx::query_as(
            "SELECT s.name, s.sql FROM sqlite_schema s
             JOIN pragma_index_list(?1) i ON i.name = s.name AND i.origin = 'c' AND NOT i.\"unique\"
             WHERE s.type = 'index' AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(?1)) ORDER BY s.rowid",
        )
        .bind(table)
        .fetch_all(&mut *conn)
        .await?;
        for (name, sql) in found {
            sqlx::raw_sql(AssertSqlSafe(format!("DROP INDEX \"{name}\""))).execute(&mut *conn).await?;
            self.indexes.push(sql);
        }
        Ok(())
    }

    /// Likewise a captured table, of which the log is to hear nothing: what is in it counts as touched at the end.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn captured(&mut self, conn: &mut SqliteConnection, table: &str) -> AppResult<()> {
        self.table(conn, table).await?;
        let (without, again) = capture::whole(conn, table).await?;
        sqlx::raw_sql(AssertSqlSafe(without)).execute(conn).await?;
        self.triggers.push(again);
        Ok(())
    }

    /// The tables are full.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn end(self, conn: &mut SqliteConnection) -> AppResult<()> {
        for sql in self.triggers.into_iter().chain(self.indexes) {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
        }
        Ok(())
    }
}
