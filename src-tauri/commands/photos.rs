//! Photographs of units.

use stall_core::{
    AppResult,
    api::{ById, ByIds, Job, PhotoEdit, PhotoEdits, PhotoFlags, PhotosAdd, PhotosOrder, Touched},
};
use stall_store::tables::{photo_edits, photos};

use crate::{
    ctx::{Caller, Ctx},
    photo_copies, photos_job,
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

pub async fn photos_edit(ctx: &Ctx, caller: &Caller, input: PhotoEdit) -> AppResult<Touched> {
    photo_copies::edit(&ctx.stall(), &caller.actor(), input).await
}

pub async fn photos_edits(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<PhotoEdits> {
    Ok(PhotoEdits { edits: photo_edits::get(&ctx.stall().store, input.id).await?.edits.list() })
}

pub async fn photos_flags(ctx: &Ctx, _: &Caller, input: ByIds) -> AppResult<PhotoFlags> {
    photo_edits::flags(&ctx.stall().store, &input).await
}
