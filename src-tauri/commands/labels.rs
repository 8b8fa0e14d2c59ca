//! Labels: how they look, pictures and files of them, and sending them to a printer.

use stall_core::{
    AppResult,
    api::{
        ByIds, Empty, Job, LabelMake, LabelMark, LabelPreview, LabelPreviewInput, LabelPrint, LabelSettings,
        LabelSetup, LabelsMissing, StagedFile, Touched,
    },
    labels::{Paper, papers},
};
use stall_store::tables::labels as table;

use crate::{
    ctx::{Caller, Ctx},
    labels, labels_job,
};

pub async fn labels_settings(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<LabelSetup> {
    Ok(setup(table::settings(&ctx.stall().store).await?))
}

pub async fn labels_set(ctx: &Ctx, caller: &Caller, input: LabelSettings) -> AppResult<LabelSetup> {
    Ok(setup(table::set_settings(&ctx.stall().store, &caller.actor(), input).await?.value))
}

fn setup(settings: LabelSettings) -> LabelSetup {
    LabelSetup { settings, papers: papers().iter().map(Paper::api).collect() }
}

pub async fn labels_preview(ctx: &Ctx, _: &Caller, input: LabelPreviewInput) -> AppResult<LabelPreview> {
    labels::preview(ctx, input).await
}

pub async fn labels_make(ctx: &Ctx, _: &Caller, input: LabelMake) -> AppResult<StagedFile> {
    labels::make(ctx, input).await
}

/// Answers at once; the labels come out as the job goes on.
pub async fn labels_print(ctx: &Ctx, caller: &Caller, input: LabelPrint) -> AppResult<Job> {
    labels_job::start(ctx, caller, input).await
}

pub async fn labels_missing(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<LabelsMissing> {
    table::missing(&ctx.stall().store).await
}

pub async fn labels_wanted(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<ByIds> {
    Ok(ByIds { ids: table::wanted(&ctx.stall().store).await? })
}

pub async fn labels_mark(ctx: &Ctx, caller: &Caller, input: LabelMark) -> AppResult<Touched> {
    let prints = labels::prints(ctx, &input.ids, input.printed).await?;
    table::mark(&ctx.stall().store, &caller.actor(), &prints).await
}
