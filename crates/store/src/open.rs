//! Opening a stall's folder: lock, integrity, migration with a copy kept, writer and readers.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, Row, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::Migrator,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use stall_core::{AppError, AppResult, ErrorCode};
use tokio::sync::{Mutex, broadcast};

use crate::{Committed, Env, board::Keeper, capture, derive, transact::Writer};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// The number of the newest migration: which columns this version knows.
#[must_use]
pub fn schema() -> u32 {
    MIGRATOR.iter().map(|m| m.version).max().and_then(|v| u32::try_from(v).ok()).unwrap_or(0)
}

const DB: &str = "stall.db";
/// Readers beside the one writer.
const READERS: u32 = 4;
/// Commits a slow screen may miss before it is told to refetch everything.
const EVENTS: usize = 256;

/// An open stall. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) writer: Arc<Mutex<Writer>>,
    pub(crate) events: broadcast::Sender<Committed>,
    pub(crate) env: Env,
    board: Arc<Keeper>,
    readers: SqlitePool,
    dir: PathBuf,
    _lock: Arc<File>,
}

impl Store {
    /// Opens (or makes) the stall in `dir`.
    ///
    /// # Errors
    /// `StallBusy` when another program has it open, `StallDamaged` when the integrity check fails, `StallNewer` when a
    /// newer version wrote it, `FolderReadOnly`, `DiskFull`.
    pub async fn open(dir: &Path, env: Env) -> AppResult<Self> {
        std::fs::create_dir_all(dir).map_err(|e| at(dir, AppError::from_io(&e)))?;
        let lock = lock(dir)?;
        let path = dir.join(DB);
        let fresh = !path.exists();
        let opts = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("recursive_triggers", "ON")
            .pragma("cache_size", "-64000")
            .pragma("temp_store", "MEMORY")
            .disable_statement_logging();
        let mut conn = opts.connect().await.map_err(|e| at(dir, e.into()))?;
        if !fresh {
            check(&mut conn, dir).await?;
        }
        migrate(&mut conn, dir, fresh).await?;
        first_rows(&mut conn, &env).await?;
        capture::install(&mut conn).await?;
        derive::upgrade(&mut conn, env.now()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_lazy_with(opts.read_only(true).create_if_missing(false).pragma("cache_size", "-16000"));
        let (events, _) = broadcast::channel(EVENTS);
        Ok(Self {
            writer: Arc::new(Mutex::new(Writer { conn, open: false })),
            events,
            env,
            board: Arc::default(),
            readers,
            dir: dir.to_owned(),
            _lock: Arc::new(lock),
        })
    }

    /// A reader connection: sees the last commit, never waits for the writer.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn read(&self) -> AppResult<PoolConnection<Sqlite>> {
        Ok(self.readers.acquire().await?)
    }

    /// A reader that sees one commit however long it reads.
    ///
    /// # Errors
    /// Store errors only.
    pub(crate) async fn read_at_once(&self) -> AppResult<Transaction<'static, Sqlite>> {
        Ok(self.readers.begin().await?)
    }

    /// The stock in memory, for lists.
    pub(crate) fn board(&self) -> &Keeper {
        &self.board
    }

    /// Commits from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.events.subscribe()
    }

    /// The clock the store was opened with.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The stall's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Closes readers and folds the WAL into the file. The lock goes with the last clone.
    pub async fn close(&self) {
        self.readers.close().await;
        let mut writer = self.writer.lock().await;
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut writer.conn).await.ok();
    }
}

fn at(dir: &Path, e: AppError) -> AppError {
    e.arg("folder", dir.display())
}

/// One program a stall: an advisory lock on a file beside the database.
fn lock(dir: &Path) -> AppResult<File> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("stall.lock"))
        .map_err(|e| at(dir, AppError::from_io(&e)))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(at(dir, ErrorCode::StallBusy.into())),
        Err(std::fs::TryLockError::Error(e)) => Err(at(dir, AppError::from_io(&e))),
    }
}

async fn check(conn: &mut SqliteConnection, dir: &Path) -> AppResult<()> {
    let rows = sqlx::query("PRAGMA quick_check(3)").fetch_all(conn).await.map_err(|e| at(dir, e.into()))?;
    let said: Vec<String> = rows.iter().map(|r| r.get(0)).collect();
    if said == ["ok"] { Ok(()) } else { Err(at(dir, AppError::new(ErrorCode::StallDamaged).detail(said.join("; ")))) }
}

/// Brings the file to this version; the file as it was is kept beside it.
async fn migrate(conn: &mut SqliteConnection, dir: &Path, fresh: bool) -> AppResult<()> {
    let known = MIGRATOR.iter().map(|m| m.version).max().unwrap_or(0);
    if !fresh {
        let has = sqlx::query("SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_optional(&mut *conn)
            .await?;
        let version: i64 = match has {
            None => 0,
            Some(_) => sqlx::query("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
                .fetch_one(&mut *conn)
                .await?
                .get(0),
        };
        if version > known {
            return Err(at(dir, AppError::new(ErrorCode::StallNewer).arg("version", version).arg("known", known)));
        }
        if version == known {
            return Ok(());
        }
        if version > 0 {
            let copy = dir.join(format!("stall.before-{known}.db"));
            std::fs::remove_file(&copy).ok();
            sqlx::query("VACUUM INTO ?1").bind(copy.to_string_lossy().as_ref()).execute(&mut *conn).await?;
        }
    }
    MIGRATOR.run(conn).await.map_err(|e| match e {
        sqlx::migrate::MigrateError::Execute(e) => at(dir, e.into()),
        e => at(dir, AppError::new(ErrorCode::StallDamaged).detail(e)),
    })
}

/// The replica row, made once.
async fn first_rows(conn: &mut SqliteConnection, env: &Env) -> AppResult<()> {
    let mut tx = conn.begin().await?;
    sqlx::query("INSERT INTO replica(one,replica_id,next_rseq,last_hlc) VALUES(1,?1,1,0) ON CONFLICT DO NOTHING")
        .bind(env.new_id()?)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
