//! The hub was put back to an earlier day and its order is another now: what this laptop holds is made anew from it.

use std::path::PathBuf;

use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode,
    sync::{Hex, Scope, scope},
};
use tokio::sync::mpsc::Receiver;

use super::{Applied, ChainEnd, Sequenced, apply_in, replica};
use crate::{Store, Tx, capture};

/// What is known of the hub's order.
const KNOWN: [&str; 7] =
    ["sync_groups", "sync_rows", "sync_cells", "sync_shadows", "sync_values", "sync_parked", "sync_chains"];

/// The order of a hub, as it is to be applied from its beginning.
#[derive(Debug, Clone, Copy)]
pub struct Anew<'a> {
    pub lineage: Hex<16>,
    /// The hub has our groups up to this number.
    pub pushed: i64,
    pub scopes: &'a [Scope],
    /// The copy of the stall as it was, in its folder.
    pub copy: &'a str,
}

/// Groups that follow each other, and where their authors' chains end after them.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    pub groups: Vec<Sequenced>,
    pub ends: Vec<ChainEnd>,
}

impl Store {
    /// Takes everything that travels out of its tables and applies the hub's groups from the first on, all in one transaction:
    /// whoever looks sees the stall as it was or as it is. The file as it was is kept beside it, for what nobody sent again.
    ///
    /// `order`: the groups, then `None` at their end.
    ///
    /// `None` when somebody worked here since the last push: push, read the hub's order again and come back.
    ///
    /// # Errors
    /// `DiskFull` when there is no room for the copy; `SyncGap` when the groups do not follow each other or do not hold all of
    /// ours; store errors. Nothing is changed then.
    pub async fn sync_again(&self, of: Anew<'_>, mut order: Receiver<Option<Stretch>>) -> AppResult<Option<Applied>> {
        self.copy_before(of.copy).await?;
        self.quietly(async |tx: &mut Tx<'_>| {
            let r = replica(tx.conn()).await?;
            if r.next - r.base - 1 > of.pushed {
                return Ok(None);
            }
            clear(tx.conn()).await?;
            sqlx::query("UPDATE replica SET base_seq = 0, seen = rseq_base, acked = rseq_base + ?1")
                .bind(of.pushed)
                .execute(tx.conn())
                .await?;
            super::keep_lineage(tx.conn(), of.lineage).await?;
            let mut done = Applied::default();
            loop {
                let stretch = match order.recv().await {
                    Some(Some(stretch)) => stretch,
                    Some(None) => break,
                    // Who reads the order gave up: half of it is none.
                    None => return Err(AppError::new(ErrorCode::SyncGap).arg("cursor", done.groups).arg("seq", "?")),
                };
                let page = one(tx.conn(), &stretch, of.scopes).await?;
                done.groups += page.groups;
                done.records += page.records;
                done.parked += page.parked;
            }
            let now = replica(tx.conn()).await?;
            if now.seen - now.base < of.pushed {
                return Err(AppError::new(ErrorCode::SyncGap).arg("cursor", now.cursor).arg("seq", of.pushed));
            }
            Ok(Some(done))
        })
        .await
    }

    async fn copy_before(&self, copy: &str) -> AppResult<()> {
        let copy: PathBuf = self.dir().join(copy);
        match std::fs::remove_file(&copy) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(AppError::from_io(&e)),
            _ => {}
        }
        sqlx::query("VACUUM INTO ?1").bind(copy.to_string_lossy().as_ref()).execute(&mut *self.read().await?).await?;
        Ok(())
    }
}

/// A page; where a row refuses its values, one by one.
async fn one(conn: &mut SqliteConnection, of: &Stretch, scopes: &[Scope]) -> AppResult<Applied> {
    sqlx::raw_sql("SAVEPOINT page").execute(&mut *conn).await?;
    match apply_in(conn, &of.groups, scopes, &of.ends, false).await {
        Err(e) if e.code == ErrorCode::Internal => {
            sqlx::raw_sql("ROLLBACK TO page; RELEASE page").execute(&mut *conn).await?;
            apply_in(conn, &of.groups, scopes, &of.ends, true).await
        }
        Err(e) => Err(e),
        Ok(done) => {
            sqlx::raw_sql("RELEASE page").execute(conn).await?;
            Ok(done)
        }
    }
}

/// Empties the tables that travel, but for what stays here, and what was known of the hub's order.
async fn clear(conn: &mut SqliteConnection) -> AppResult<()> {
    // Facts forbid their deletion, by anybody but this: they come again with the groups that told them.
    let guards = sqlx::query(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%\\_no\\_delete' ESCAPE '\\'",
    )
    .fetch_all(&mut *conn)
    .await?;
    for guard in &guards {
        let sql = format!("DROP TRIGGER {}", guard.get::<&str, _>(0));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    for table in capture::all() {
        let ids: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT id FROM {table}"))).fetch_all(&mut *conn).await?;
        let going: Vec<&String> = ids.iter().filter(|id| !scope::stays_here(table, id)).collect();
        let sql = format!("DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?1))");
        sqlx::query(AssertSqlSafe(sql)).bind(crate::tables::words::json(&going)).execute(&mut *conn).await?;
    }
    for table in KNOWN {
        sqlx::raw_sql(AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut *conn).await?;
    }
    for guard in &guards {
        sqlx::raw_sql(AssertSqlSafe(guard.get::<String, _>(1))).execute(&mut *conn).await?;
    }
    Ok(())
}
