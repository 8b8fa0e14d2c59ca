//! Opening a stall's folder: what is refused, and what is kept.

use stall_core::ErrorCode;
use stall_store::{Env, Store, tables::units};

use super::{Stall, rows::file};

async fn open(dir: &std::path::Path) -> Result<Store, stall_core::AppError> {
    Store::open(dir, Env::system()).await
}

#[tokio::test]
async fn a_second_program_cannot_open_the_same_stall() {
    let s = Stall::new().await;
    let e = open(s.dir.path()).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::StallBusy);
    assert!(e.args.contains_key("folder"));
    let Stall { store, dir, .. } = s;
    store.close().await;
    drop(store);
    open(dir.path()).await.unwrap();
}

#[tokio::test]
async fn a_stall_of_a_newer_version_is_refused_untouched() {
    let Stall { store, dir, .. } = Stall::new().await;
    store.close().await;
    drop(store);
    let mut conn = file(dir.path()).await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations(version,description,success,checksum,execution_time) VALUES(9999,'later',1,x'00',1)",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    let e = open(dir.path()).await.unwrap_err();
    assert_eq!((e.code, e.args["version"].as_str()), (ErrorCode::StallNewer, "9999"));
    let mut conn = file(dir.path()).await;
    let last: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut conn).await.unwrap();
    assert_eq!(last, 9999);
}

#[tokio::test]
async fn a_file_that_is_no_stall_is_refused_and_left_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("stall.db");
    let junk: Vec<u8> = (0..9_000u32).map(|i| (i * 31 % 251) as u8).collect();
    std::fs::write(&path, &junk).unwrap();
    let e = open(dir.path()).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::StallDamaged);
    assert_eq!(std::fs::read(&path).unwrap(), junk);
}

#[tokio::test]
async fn a_stall_with_a_torn_page_is_refused() {
    let s = Stall::new().await;
    for i in 0..200 {
        s.unit(&format!("{i}")).await;
    }
    let Stall { store, dir, .. } = s;
    store.close().await;
    drop(store);
    let path = dir.path().join("stall.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 40_960].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(open(dir.path()).await.unwrap_err().code, ErrorCode::StallDamaged);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(dir.path().join("probe"), b"").is_ok() {
        // Root writes everywhere: a path under a plain file stands in for the folder.
        let e = open(std::path::Path::new("/proc/stall")).await.unwrap_err();
        assert!(matches!(e.code, ErrorCode::FolderReadOnly | ErrorCode::FileMissing), "{e}");
        return;
    }
    let e = open(dir.path()).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::FolderReadOnly);
    assert_eq!(e.args["folder"], dir.path().display().to_string());
}

#[tokio::test]
async fn what_was_done_is_there_after_opening_again_and_can_still_be_undone() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let Stall { store, dir, me, .. } = s;
    store.close().await;
    drop(store);
    let store = open(dir.path()).await.unwrap();
    assert_eq!(units::get(&store, id).await.unwrap().row.stock_no, "0001");
    store.undo(&me).await.unwrap();
    assert_eq!(units::get(&store, id).await.unwrap_err().code, ErrorCode::NotFound);
}
