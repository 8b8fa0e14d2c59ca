//! Units: list, details, take in, edit, withdraw.

use stall_core::{
    AppResult,
    api::{
        BulkPreview, ById, ByIds, CodeCheck, CodeInput, Empty, Matching, ModelHints, ModelQuery, Page, SavedView,
        StockNo, Touched, UnitBulk, UnitCounts, UnitDetail, UnitEdit, UnitFacets, UnitPatch, UnitQuery, UnitRow,
        ViewRename, ViewSave, Views, WithdrawInput,
    },
};
use stall_store::tables::{units, views};

use crate::{
    ctx::{Caller, Ctx},
    redact,
};

pub async fn units_list(ctx: &Ctx, _: &Caller, input: UnitQuery) -> AppResult<Page<UnitRow>> {
    units::list(&ctx.stall().store, &input).await
}

pub async fn units_narrow(ctx: &Ctx, caller: &Caller, input: UnitQuery) -> AppResult<UnitCounts> {
    let mut counts = units::narrow(&ctx.stall().store, &input).await?;
    counts.missing.retain(|f| redact::may_set(caller.me.role, &f.value));
    Ok(counts)
}

pub async fn units_matching(ctx: &Ctx, _: &Caller, input: UnitQuery) -> AppResult<Matching> {
    units::matching(&ctx.stall().store, &input).await
}

pub async fn units_bulk_preview(ctx: &Ctx, caller: &Caller, input: UnitBulk) -> AppResult<BulkPreview> {
    let mut preview = units::bulk_preview(&ctx.stall().store, &input).await?;
    // How many lie below tells where the floor is.
    preview.below_floor = preview.below_floor.filter(|_| caller.me.role.sees_floor());
    Ok(preview)
}

pub async fn units_bulk(ctx: &Ctx, caller: &Caller, input: UnitBulk) -> AppResult<Touched> {
    units::bulk(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn views_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Views> {
    views::list(&ctx.stall().store).await
}

pub async fn views_save(ctx: &Ctx, caller: &Caller, input: ViewSave) -> AppResult<SavedView> {
    views::save(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn views_rename(ctx: &Ctx, caller: &Caller, input: ViewRename) -> AppResult<SavedView> {
    views::rename(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn views_delete(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Empty> {
    views::delete(&ctx.stall().store, &caller.actor(), input.id).await?;
    Ok(Empty {})
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
