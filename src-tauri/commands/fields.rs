//! The model book, fields, places, lots and stock-takes.

use stall_core::{
    AppResult,
    api::{
        ById, ByName, CodeText, Empty, FieldDef, FieldSave, Fields, FieldsOrder, LotAnswer, LotFinish, LotInput,
        LotRow, LotScan, LotSheet, LotUnscan, Lots, ModelBook, ModelCode, ModelEntry, ModelQuery, MoveAnswer,
        MoveInput, Places, TakeAnswer, TakeInput, TakeRow, TakeScan, TakeSheet, Takes, Touched,
    },
    apple_code,
};
use stall_store::tables::{book, fields, lots, moves, takes};

use crate::ctx::{Caller, Ctx};

pub async fn units_model_code(_: &Ctx, _: &Caller, input: CodeText) -> AppResult<ModelCode> {
    Ok(apple_code::decode(&input.code))
}

pub async fn units_places(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Places> {
    moves::places(&ctx.stall().store).await
}

pub async fn units_move(ctx: &Ctx, caller: &Caller, input: MoveInput) -> AppResult<MoveAnswer> {
    moves::by_scan(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn fields_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Fields> {
    fields::list(&ctx.stall().store).await
}

pub async fn fields_save(ctx: &Ctx, caller: &Caller, input: FieldSave) -> AppResult<FieldDef> {
    fields::save(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn fields_order(ctx: &Ctx, caller: &Caller, input: FieldsOrder) -> AppResult<Fields> {
    fields::order(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn fields_remove(ctx: &Ctx, caller: &Caller, input: ByName) -> AppResult<Empty> {
    fields::remove(&ctx.stall().store, &caller.actor(), &input.id).await?;
    Ok(Empty {})
}

pub async fn models_list(ctx: &Ctx, _: &Caller, input: ModelQuery) -> AppResult<ModelBook> {
    book::list(&ctx.stall().store, &input).await
}

pub async fn models_save(ctx: &Ctx, caller: &Caller, input: ModelEntry) -> AppResult<ModelEntry> {
    book::save(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn models_remove(ctx: &Ctx, caller: &Caller, input: ByName) -> AppResult<Empty> {
    book::remove(&ctx.stall().store, &caller.actor(), &input.id).await?;
    Ok(Empty {})
}

pub async fn lots_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Lots> {
    lots::list(&ctx.stall().store).await
}

pub async fn lots_get(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<LotSheet> {
    lots::get(&ctx.stall().store, input.id).await
}

pub async fn lots_save(ctx: &Ctx, caller: &Caller, input: LotInput) -> AppResult<LotRow> {
    lots::save(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn lots_scan(ctx: &Ctx, caller: &Caller, input: LotScan) -> AppResult<LotAnswer> {
    lots::scan(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn lots_unscan(ctx: &Ctx, caller: &Caller, input: LotUnscan) -> AppResult<Touched> {
    lots::unscan(&ctx.stall().store, &caller.actor(), input).await
}

pub async fn lots_finish(ctx: &Ctx, caller: &Caller, input: LotFinish) -> AppResult<LotSheet> {
    lots::finish(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn takes_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Takes> {
    takes::list(&ctx.stall().store).await
}

pub async fn takes_get(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<TakeSheet> {
    takes::get(&ctx.stall().store, input.id).await
}

pub async fn takes_start(ctx: &Ctx, caller: &Caller, input: TakeInput) -> AppResult<TakeRow> {
    takes::start(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn takes_scan(ctx: &Ctx, caller: &Caller, input: TakeScan) -> AppResult<TakeAnswer> {
    takes::scan(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn takes_unscan(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Touched> {
    takes::unscan(&ctx.stall().store, &caller.actor(), input.id).await
}

pub async fn takes_finish(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<TakeSheet> {
    takes::finish(&ctx.stall().store, &caller.actor(), input.id).await
}
