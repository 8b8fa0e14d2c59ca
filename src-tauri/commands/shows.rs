//! Shows and their run sheets.

use stall_core::{
    AppResult,
    api::{
        ById, ByIds, Empty, ItemsAdd, ItemsEdit, ItemsMove, SegmentTypes, ShowEdit, ShowInput, ShowRow, ShowSheet,
        Shows, Touched,
    },
};
use stall_store::tables::{items, shows};

use crate::ctx::{Caller, Ctx};

pub async fn shows_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Shows> {
    shows::list(&ctx.stall().store).await
}

pub async fn shows_get(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<ShowSheet> {
    shows::get(&ctx.stall().store, input.id).await
}

pub async fn shows_add(ctx: &Ctx, caller: &Caller, input: ShowInput) -> AppResult<ShowRow> {
    shows::add(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn shows_edit(ctx: &Ctx, caller: &Caller, input: ShowEdit) -> AppResult<ShowRow> {
    shows::edit(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn shows_delete(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Empty> {
    shows::delete(&ctx.stall().store, &caller.actor(), input.id).await?;
    Ok(Empty {})
}

pub async fn shows_segments(_: &Ctx, _: &Caller, _: Empty) -> AppResult<SegmentTypes> {
    Ok(SegmentTypes { segments: stall_core::segments::all().to_vec() })
}

pub async fn items_add(ctx: &Ctx, caller: &Caller, input: ItemsAdd) -> AppResult<ShowSheet> {
    items::add(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn items_edit(ctx: &Ctx, caller: &Caller, input: ItemsEdit) -> AppResult<Touched> {
    items::edit(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn items_move(ctx: &Ctx, caller: &Caller, input: ItemsMove) -> AppResult<ShowSheet> {
    items::move_(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn items_delete(ctx: &Ctx, caller: &Caller, input: ByIds) -> AppResult<Touched> {
    items::delete(&ctx.stall().store, &caller.actor(), &input).await
}
