//! Folders that cannot be written, disks that are full, a stall that is already open.

use std::{path::Path, process::Command};

use serde_json::json;
use stall_core::{
    ErrorCode, Role,
    api::{Job, JobState, Push},
};
use stall_store::Env;
use stallkeeper::{Ctx, dispatch};
use tempfile::TempDir;

#[tokio::test]
async fn a_stall_that_is_open_elsewhere_says_so() {
    let dir = TempDir::new().unwrap();
    let _first = Ctx::open(dir.path(), Env::system()).await.unwrap();
    let second = Ctx::open(dir.path(), Env::system()).await.map(|_| ()).unwrap_err();
    assert_eq!(second.code, ErrorCode::StallBusy);
    assert!(second.args["folder"].ends_with("stall"));
}

#[tokio::test]
async fn a_file_that_is_no_stall_is_reported_and_left_as_it_was() {
    let dir = TempDir::new().unwrap();
    let db = dir.path().join("stall/stall.db");
    std::fs::create_dir(dir.path().join("stall")).unwrap();
    std::fs::write(&db, "these are notes, not a database".repeat(100)).unwrap();
    let before = std::fs::read(&db).unwrap();
    let refused = Ctx::open(dir.path(), Env::system()).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::StallDamaged);
    assert_eq!(std::fs::read(&db).unwrap(), before);
}

/// A mounted folder of its own size, unmounted when dropped.
struct Mount(TempDir);

impl Mount {
    fn tmpfs(options: &str) -> Option<Self> {
        let dir = TempDir::new().unwrap();
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(dir.path()).output();
        done.is_ok_and(|o| o.status.success()).then_some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.0.path()).output().ok();
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_the_stall_whole() {
    let Some(disk) = Mount::tmpfs("size=3m") else {
        return skip("a small tmpfs could not be mounted (needs root on Linux)");
    };
    let ctx = Ctx::open(disk.path(), Env::system()).await.unwrap();
    let token = ctx.mint(Role::Owner).unwrap();
    let me = ctx.caller(&token, stall_core::api::Door::Browser, None).await.unwrap();
    let mut kept = 0;
    let refused = loop {
        let unit = json!({ "model": "iPhone 13", "note": "备注".repeat(1500) });
        match dispatch(&ctx, &me, "units.add", unit).await {
            Ok(_) => kept += 1,
            Err(e) => break e,
        }
        assert!(kept < 5000, "three megabytes do not hold that much");
    };
    assert_eq!(refused.code, ErrorCode::DiskFull, "{refused}");
    let list = dispatch(&ctx, &me, "units.list", json!({})).await.unwrap();
    assert_eq!(list["total"], kept, "what was acknowledged is there, what was refused is not");
}

#[tokio::test]
async fn an_export_onto_a_full_disk_says_so_and_leaves_nothing_behind() {
    let Some(disk) = Mount::tmpfs("size=12m") else {
        return skip("a small tmpfs could not be mounted (needs root on Linux)");
    };
    let ctx = Ctx::open(disk.path(), Env::system()).await.unwrap();
    let token = ctx.mint(Role::Owner).unwrap();
    let me = ctx.caller(&token, stall_core::api::Door::Browser, None).await.unwrap();
    let unit = dispatch(&ctx, &me, "units.add", json!({ "model": "iPhone 13" })).await.unwrap()["row"]["id"].clone();
    let photo = disk.path().join("a.jpg");
    std::fs::write(&photo, crate::app::photo("ip11-white-back.jpg")).unwrap();
    let mut told = ctx.subscribe();
    let file = stage(&ctx, &photo);
    dispatch(&ctx, &me, "photos.add", json!({ "unit_id": unit, "files": [file] })).await.unwrap();
    ended(&mut told).await;
    // Once while there is room: how to export is remembered and need not be written again.
    dispatch(&ctx, &me, "units.export", json!({ "how": { "form": "zip" } })).await.unwrap();
    assert_eq!(ended(&mut told).await.error, None);
    // Only a few kilobytes are left.
    let filler = disk.path().join("filler");
    let mut size = 12 << 20;
    while std::fs::write(&filler, vec![1; size]).is_err() {
        size -= 8 << 10;
    }
    let staged = disk.path().join("stall/staged");
    let before = std::fs::read_dir(&staged).unwrap().count();
    dispatch(&ctx, &me, "units.export", json!({ "how": { "form": "zip" } })).await.unwrap();
    let job = ended(&mut told).await;
    assert_eq!(job.error.map(|e| e.code), Some(ErrorCode::DiskFull));
    assert_eq!(std::fs::read_dir(&staged).unwrap().count(), before);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let Some(disk) = Mount::tmpfs("size=1m,ro") else {
        return skip("a read-only tmpfs could not be mounted (needs root on Linux)");
    };
    let refused = Ctx::open(&disk.path().join("data"), Env::system()).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::FolderReadOnly);
    assert!(refused.args["folder"].contains("data"));
}

fn stage(ctx: &Ctx, path: &Path) -> String {
    let id = ctx.env().new_id().unwrap();
    ctx.staging().add(id, "a.jpg", path.to_owned()).unwrap().id.to_string()
}

/// The next job that has ended.
async fn ended(told: &mut tokio::sync::broadcast::Receiver<Push>) -> Job {
    loop {
        match told.recv().await.unwrap() {
            Push::Job { job } if job.state != JobState::Running => return job,
            _ => {}
        }
    }
}

fn skip(why: &str) {
    eprintln!("skipped: {why}");
}
