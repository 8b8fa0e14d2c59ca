//! The database that `query!` checks statements against: every migration applied to an empty file.

use std::path::Path;

use sqlx::{ConnectOptions, migrate::Migrator, sqlite::SqliteConnectOptions};

/// Writes a fresh database at `file` from the migrations in `dir`.
pub fn write(dir: &Path, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if file.exists() {
        std::fs::remove_file(file)?;
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut conn = SqliteConnectOptions::new().filename(file).create_if_missing(true).connect().await?;
        Migrator::new(dir).await?.run(&mut conn).await?;
        Ok(())
    })
}
