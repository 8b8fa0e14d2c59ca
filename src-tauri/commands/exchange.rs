//! Units and photographs out of the stall, as files.

use stall_core::{
    AppResult,
    api::{Empty, ExportChoices, Job, PhotosExport, SetChoices, SetPreview, SetPreviewInput, UnitExport, Watermark},
};

use crate::{
    ctx::{Caller, Ctx},
    export,
};

pub async fn units_export_choices(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<ExportChoices> {
    export::units::choices(ctx, caller).await
}

pub async fn units_export(ctx: &Ctx, caller: &Caller, input: UnitExport) -> AppResult<Job> {
    export::units::start(ctx, caller, input).await
}

pub async fn photos_export_choices(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<SetChoices> {
    export::photos::choices(ctx, caller).await
}

pub async fn photos_export(ctx: &Ctx, caller: &Caller, input: PhotosExport) -> AppResult<Job> {
    export::photos::start(ctx, caller, input).await
}

pub async fn photos_export_preview(ctx: &Ctx, _: &Caller, input: SetPreviewInput) -> AppResult<SetPreview> {
    export::photos::preview(ctx, input).await
}

pub async fn watermark_set(ctx: &Ctx, caller: &Caller, input: Watermark) -> AppResult<Watermark> {
    export::photos::set_watermark(ctx, caller, input).await
}
