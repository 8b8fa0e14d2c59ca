//! Photographs and other files, beside the rows: all of them in the background, and at once the one a screen asks for.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use stall_core::{api::Push, sync::wire::HubCode};
use stall_media::{Blob, Size};
use stall_sync::{FileWish, Files, FilesRound, Snapshots, SyncError, Wanted};
use tokio_util::sync::CancellationToken;

use super::{lock, said::said};
use crate::ctx::Ctx;

/// Screens are told no oftener.
const TOLD: Duration = Duration::from_secs(1);
/// A screen waits so long for a picture that is on its way from the other laptop.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(500);
/// Pictures that screens wait for at once; a browser has six lines, and the commands need some.
const WAITING: usize = 3;

/// Goes on carrying with what this laptop is now. Whoever carries already looks again when it is done.
pub fn begin(ctx: &Ctx, files: Files) {
    let peers = ctx.sync();
    *lock(&peers.0.files) = Some(files);
    peers.0.more.store(true, Ordering::SeqCst);
    if peers.0.carrying.swap(true, Ordering::SeqCst) {
        return;
    }
    let ctx = ctx.clone();
    tokio::spawn(async move {
        while ctx.sync().0.more.swap(false, Ordering::SeqCst) {
            carry(&ctx).await;
        }
        ctx.sync().0.carrying.store(false, Ordering::SeqCst);
    });
}

/// Makes and sends what a new laptop begins with, where it is due; not over a line that is to carry little.
pub fn snapshot(ctx: &Ctx, snapshots: Snapshots) {
    let peers = ctx.sync();
    if peers.kept().small_only {
        return;
    }
    let stop: CancellationToken = peers.0.stop.child_token();
    tokio::spawn(async move {
        match stop.run_until_cancelled(snapshots.round()).await {
            Some(Ok(made)) => tracing::debug!(?made, "snapshot"),
            Some(Err(e)) => tracing::info!(%e, "a snapshot waits"),
            None => {}
        }
    });
}

/// Stops what is on its way; it goes on from there another time.
pub fn rest(ctx: &Ctx) {
    lock(&ctx.sync().0.carried).cancel();
}

async fn carry(ctx: &Ctx) {
    let peers = ctx.sync();
    let Some(files) = lock(&peers.0.files).clone() else { return };
    let kept = peers.kept();
    if kept.paused {
        return;
    }
    let stop: CancellationToken = peers.0.stop.child_token();
    *lock(&peers.0.carried) = stop.clone();
    let wish = if kept.small_only { FileWish::Small } else { FileWish::All };
    let told = std::sync::Mutex::new(Instant::now());
    let left = |round: FilesRound| {
        // Originals that are to stay are not on their way.
        if wish == FileWish::All { round.waiting_up + round.waiting_down } else { 0 }
    };
    let tell = |round: FilesRound| {
        let changed = peers.see(|s| s.files = left(round));
        let mut told = lock(&told);
        if changed && told.elapsed() > TOLD {
            *told = Instant::now();
            ctx.push(Push::Sync);
        }
    };
    match files.round(&ctx.own().media, wish, &stop, &tell).await {
        Ok(round) => {
            if round.refused + round.damaged > 0 || round.full {
                tracing::warn!(round.refused, round.damaged, round.full, "files that do not go");
            }
            if round.up + round.down > 0 {
                tracing::info!(round.up, round.down, round.bytes_up, round.bytes_down, "files went");
            }
            peers.see(|s| s.files = left(round));
            if wish == FileWish::All {
                tidy(&files, ctx, &stop).await;
            }
        }
        Err(e) => {
            let e = said(e);
            tracing::info!(code = ?e.code, detail = e.detail, "files wait");
        }
    }
    ctx.push(Push::Sync);
}

/// What no row names for long goes from the hub; once a day.
pub async fn tidy(files: &Files, ctx: &Ctx, stop: &CancellationToken) {
    match stop.run_until_cancelled(files.tidy(&ctx.own().media)).await {
        Some(Ok(Some(tidied))) => tracing::info!(tidied.needless, tidied.told, "the hub's files were looked at"),
        Some(Err(e)) => tracing::info!(%e, "the hub's files were not looked at"),
        Some(Ok(None)) | None => {}
    }
}

/// Fetches one file before all others; false where it is not to be had now.
pub async fn fetch(ctx: &Ctx, blob: &Blob, size: Size) -> bool {
    let peers = ctx.sync();
    let Some(files) = lock(&peers.0.files).clone().filter(|_| !ctx.stall().sample) else { return false };
    let Ok(_place) = peers.0.waiting.try_acquire() else { return false };
    let wanted = Wanted::of(blob.clone(), size);
    let until = Instant::now() + PATIENCE;
    loop {
        let one = tokio::time::timeout(PATIENCE, files.one(&ctx.own().media, &wanted)).await;
        match one {
            Ok(Ok(())) => return true,
            // Its row came before it.
            Ok(Err(SyncError::Hub(e))) if e.code == HubCode::NotFound && Instant::now() < until => {
                tokio::time::sleep(LOOK).await;
            }
            _ => return false,
        }
    }
}

/// How many screens may wait for pictures.
pub fn places() -> tokio::sync::Semaphore {
    tokio::sync::Semaphore::new(WAITING)
}
