//! The watched folder of this computer.

use stall_core::{
    AppResult,
    api::{Empty, WatchFolder, WatchFolderInput, WatchPicked, WatchSet, WatchStatus, WatchTarget},
};

use crate::{
    ctx::{Caller, Ctx},
    watch,
};

pub async fn watch_get(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<WatchStatus> {
    watch::status(ctx).await
}

pub async fn watch_check(ctx: &Ctx, _: &Caller, input: WatchFolderInput) -> AppResult<WatchFolder> {
    watch::check(ctx, &input.folder).await
}

pub async fn watch_set(ctx: &Ctx, caller: &Caller, input: WatchSet) -> AppResult<WatchStatus> {
    watch::set(ctx, caller, input).await
}

pub async fn watch_target(ctx: &Ctx, _: &Caller, input: WatchTarget) -> AppResult<WatchStatus> {
    watch::target(ctx, input.unit_id).await
}

pub async fn watch_pick(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<WatchPicked> {
    let folder = ctx.dialogs()?.folder().await;
    Ok(WatchPicked { folder: folder.map(|f| f.display().to_string()) })
}
