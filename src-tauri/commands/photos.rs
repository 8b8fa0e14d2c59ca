//! Photographs of units.

use stall_core::{
    AppResult,
    api::{ByIds, Job, PhotosAdd, PhotosOrder, Touched},
};
use stall_store::tables::photos;

use crate::{
    ctx::{Caller, Ctx},
    photos_job,
};

/// Answers at once; the photographs appear as the job goes on.
pub async fn photos_add(ctx: &Ctx, caller: &Caller, input: PhotosAdd) -> AppResult<Job> {
    photos_job::start(ctx, caller, input).await
}

pub async fn photos_reorder(ctx: &Ctx, caller: &Caller, input: PhotosOrder) -> AppResult<Touched> {
    photos::reorder(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn photos_delete(ctx: &Ctx, caller: &Caller, input: ByIds) -> AppResult<Touched> {
    photos::delete(&ctx.stall().store, &caller.actor(), &input).await
}
