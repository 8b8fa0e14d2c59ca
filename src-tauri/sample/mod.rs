//! The sample stall: a folder and a database of its own, made by the same functions a person's work goes through.

mod build;
mod inspections;
mod orders;
mod passports;
mod people;
mod photos;
mod shows;
mod units;

pub use units::imei;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use stall_core::{AppError, AppResult, ErrorCode, Ms, api::JobKind};

use crate::{ctx::Ctx, jobs::Running, stall::Stall};

/// Written last: a folder without it is half made.
const READY: &str = "ready";
/// Steps of the progress bar.
const STEPS: u32 = 100;

fn dir(ctx: &Ctx) -> PathBuf {
    ctx.data().join("sample")
}

/// Opens the sample stall in place of the person's own, making it first when it is not there.
///
/// # Errors
/// `Cancelled`, `DiskFull`, `FolderReadOnly`, `StallBusy`.
pub async fn open(ctx: &Ctx) -> AppResult<()> {
    let _one = ctx.switching().await;
    if ctx.stall().sample {
        return Ok(());
    }
    let dir = dir(ctx);
    if !dir.join(READY).exists() {
        let id = ctx.env().new_id()?;
        let (_, running) = ctx.jobs().start(id, ctx.env().now(), JobKind::SampleStall, STEPS, None, true);
        let (dir_made, now) = (dir.clone(), ctx.env().now());
        // On a thread of its own: what is borrowed across awaits in there need not be `Send`.
        let runtime = tokio::runtime::Handle::current();
        let making = tokio::task::spawn_blocking(move || {
            let made = runtime.block_on(make(&dir_made, now, &running));
            running.end(made.as_ref().err().cloned());
            made
        });
        let made = making.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e)).flatten();
        made?;
        passports::add(ctx, &dir, ctx.env().now()).await?;
    }
    ctx.switch_to(Some(Stall::open(&dir, ctx.env().clone(), true, ctx.pushes()).await?));
    Ok(())
}

async fn make(dir: &Path, now: Ms, running: &Running) -> AppResult<()> {
    delete(dir)?;
    let built = build::build(dir, now, running).await;
    if let Err(e) = built {
        delete(dir).ok();
        return Err(e);
    }
    std::fs::write(dir.join(READY), b"").map_err(|e| AppError::from_io(&e))
}

/// Goes back to the person's own stall and deletes the sample.
///
/// # Errors
/// `FolderReadOnly` when the system does not let go of the folder.
pub async fn remove(ctx: &Ctx) -> AppResult<()> {
    let _one = ctx.switching().await;
    let sample = ctx.stall();
    if sample.sample {
        ctx.switch_to(None);
        ctx.jobs().cancel_sample();
        close(sample).await;
    }
    delete(&dir(ctx))
}

/// Waits until commands under way have let go of the stall, then closes it.
async fn close(stall: Arc<Stall>) {
    for _ in 0..500 {
        if Arc::strong_count(&stall) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stall.store.close().await;
}

fn delete(dir: &Path) -> AppResult<()> {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(AppError::from_io(&e)),
        _ => Ok(()),
    }
}
