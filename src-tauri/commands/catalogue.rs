//! Units: list, details, take in, edit, withdraw.

use stall_core::{
    AppResult,
    api::{
        ById, ByIds, CodeCheck, CodeInput, Empty, ModelHints, ModelQuery, Page, StockNo, Touched, UnitDetail, UnitEdit,
        UnitFacets, UnitPatch, UnitQuery, UnitRow, WithdrawInput,
    },
};
use stall_store::tables::units;

use crate::ctx::{Caller, Ctx};

pub async fn units_list(ctx: &Ctx, _: &Caller, input: UnitQuery) -> AppResult<Page<UnitRow>> {
    units::list(&ctx.stall().store, &input).await
}

pub async fn units_facets(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<UnitFacets> {
    units::facets(&ctx.stall().store).await
}

pub async fn units_get(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<UnitDetail> {
    units::get(&ctx.stall().store, input.id).await
}

pub async fn units_next_no(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<StockNo> {
    units::next_no(&ctx.stall().store).await
}

pub async fn units_check_code(ctx: &Ctx, _: &Caller, input: CodeInput) -> AppResult<CodeCheck> {
    units::check_code(&ctx.stall().store, &input).await
}

pub async fn units_models(ctx: &Ctx, _: &Caller, input: ModelQuery) -> AppResult<ModelHints> {
    units::models(&ctx.stall().store, &input).await
}

pub async fn units_add(ctx: &Ctx, caller: &Caller, input: UnitPatch) -> AppResult<UnitDetail> {
    units::add(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn units_edit(ctx: &Ctx, caller: &Caller, input: UnitEdit) -> AppResult<Touched> {
    units::edit(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn units_delete(ctx: &Ctx, caller: &Caller, input: ByIds) -> AppResult<Touched> {
    units::delete(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn units_withdraw(ctx: &Ctx, caller: &Caller, input: WithdrawInput) -> AppResult<Touched> {
    units::withdraw(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn units_restore(ctx: &Ctx, caller: &Caller, input: ByIds) -> AppResult<Touched> {
    units::restore(&ctx.stall().store, &caller.actor(), &input).await
}
