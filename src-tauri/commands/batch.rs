//! Photographs of many units at once.

use stall_core::{
    AppResult,
    api::{BatchArrange, BatchDone, BatchRegroup, BatchStart, BatchState, ById, Empty, Job},
};

use crate::{
    batch,
    ctx::{Caller, Ctx},
};

pub async fn batch_start(ctx: &Ctx, caller: &Caller, input: BatchStart) -> AppResult<Job> {
    batch::start(ctx, caller, input).await
}

pub async fn batch_get(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<BatchState> {
    batch::view(&ctx.stall()).await
}

pub async fn batch_arrange(ctx: &Ctx, caller: &Caller, input: BatchArrange) -> AppResult<BatchState> {
    batch::arrange(ctx, caller, input).await
}

pub async fn batch_regroup(ctx: &Ctx, caller: &Caller, input: BatchRegroup) -> AppResult<BatchState> {
    batch::regroup(ctx, caller, input).await
}

pub async fn batch_apply(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<BatchDone> {
    batch::apply(ctx, caller, input).await
}

pub async fn batch_drop(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Empty> {
    batch::drop_batch(ctx, caller, input.id)?;
    Ok(Empty {})
}
