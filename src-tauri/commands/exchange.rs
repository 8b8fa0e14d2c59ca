//! Units and photographs out of the stall, as files.

use stall_core::{
    AppResult,
    api::{Empty, ExportChoices, Job, UnitExport},
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
