//! SQLite: the default. One writer, several readers, WAL, every commit on the disk before it is acknowledged.

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::{
    Connection, SqliteConnection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::Storage;
use crate::error::{HubError, HubResult};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/sqlite");

const READERS: u32 = 4;

/// What differs from the other database.
mod dialect {
    use super::super::Told;
    use crate::error::HubResult;

    pub type Db = sqlx::Sqlite;
    pub type Conn = sqlx::SqliteConnection;
    pub type Pool = sqlx::SqlitePool;
    /// Taken before the first read, so that nobody writes between reading and writing.
    pub const BEGIN: &str = "BEGIN IMMEDIATE";
    pub const LOCK_STALL: &str =
        "SELECT stall,name,root,recovery,lineage,head,max_eff,quota,used,relay,since FROM stalls WHERE stall=$1";
    pub const LOCK_REPLICA: &str = "SELECT replica,signer,role,revoked,next_rseq,last_id,last_eff FROM replicas \
                                    WHERE stall=$1 AND replica=$2";

    /// One file is one process's: the news is spread inside it.
    #[derive(Debug)]
    pub struct News;

    impl News {
        pub async fn next(&self) -> Option<HubResult<Told>> {
            None
        }

        pub async fn tell(&self, _: &Pool, _: &Told) {}
    }
}

#[path = "sql/claims.rs"]
mod claims;
#[path = "sql/hub.rs"]
mod hub;
#[path = "sql/joins.rs"]
mod joins;
#[path = "sql/members.rs"]
mod members;
#[path = "sql/objects.rs"]
mod objects;
#[path = "sql/pull.rs"]
mod pull;
#[path = "sql/push.rs"]
mod push;
#[path = "sql/relay.rs"]
mod relay;
#[path = "sql/rows.rs"]
mod rows;
#[path = "sql/stalls.rs"]
mod stalls;
#[path = "sql/store.rs"]
mod store;

/// Opens (or makes) the database in this file.
///
/// # Errors
/// `internal` when it cannot be opened or a newer version wrote it.
pub async fn open(file: &Path) -> HubResult<Arc<dyn Storage>> {
    let opts = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-32000");
    let writer = SqlitePoolOptions::new().max_connections(1).connect_with(opts.clone()).await?;
    MIGRATOR.run(&writer).await.map_err(HubError::internal)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_lazy_with(opts.read_only(true).create_if_missing(false));
    Ok(Arc::new(store::Sql { writer, readers, news: dialect::News }))
}

/// Writes a copy of a database, as it is at one moment, which knows that it is a copy.
///
/// # Errors
/// `internal` when either file is not to be had.
pub async fn copy(file: &Path, to: &Path) -> HubResult<()> {
    let from = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(10));
    let mut conn = SqliteConnection::connect_with(&from).await?;
    sqlx::query("VACUUM INTO $1").bind(to.to_string_lossy().as_ref()).execute(&mut conn).await?;
    conn.close().await?;
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(to)).await?;
    sqlx::query("UPDATE hub SET stale=1").execute(&mut conn).await?;
    conn.close().await?;
    Ok(())
}
