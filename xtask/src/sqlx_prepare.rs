//! `.sqlx`: what the compiler knows of each checked query, so that a clean clone builds with no database.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::sh::{Res, cargo, go, root, target};

/// Writes `.sqlx` anew.
pub fn prepare() -> Res {
    describe(&root().join(".sqlx"))
}

/// Fails when the committed `.sqlx` is not what the queries and migrations give.
pub fn verify() -> Res {
    let fresh = target().join("sqlx-check");
    describe(&fresh)?;
    if files(&fresh)? == files(&root().join(".sqlx"))? {
        return Ok(());
    }
    Err("`.sqlx` is out of date: run `cargo xtask sqlx` and commit it".into())
}

fn describe(into: &Path) -> Res {
    let db = target().join("sqlx-prepare.db");
    go(cargo(&["run", "--quiet", "-p", "xtask", "--features", "schema", "--", "schema", &db.to_string_lossy()]))?;
    fs::remove_dir_all(into).ok();
    fs::create_dir_all(into).map_err(|e| e.to_string())?;
    // The macros write only while they run: a target directory of its own keeps the everyday one warm, and touching
    // the crate makes them run again there.
    let lib = root().join("crates/store/src/lib.rs");
    let text = fs::read(&lib).map_err(|e| e.to_string())?;
    fs::write(&lib, text).map_err(|e| e.to_string())?;
    let mut c = cargo(&["check", "--quiet", "-p", "stall-store"]);
    c.env("DATABASE_URL", format!("sqlite://{}", db.display()))
        .env("SQLX_OFFLINE_DIR", into)
        .env("SQLX_OFFLINE", "false");
    go(c)
}

fn files(dir: &Path) -> Res<BTreeMap<PathBuf, Vec<u8>>> {
    let Ok(entries) = fs::read_dir(dir) else { return Ok(BTreeMap::new()) };
    entries
        .flatten()
        .map(|e| Ok((PathBuf::from(e.file_name()), fs::read(e.path()).map_err(|e| e.to_string())?)))
        .collect()
}
