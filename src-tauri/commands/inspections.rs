//! Inspection: checklists, drafts, reports, what stops a sale, erasures, reports of others.

use stall_core::{
    AppResult,
    api::{
        AnswersInput, ById, ByUnit, Checklist, ChecklistReset, ChecklistSave, Checklists, ClearInput, Compare,
        CompareInput, Empty, ErasureInput, ErasureSetting, ErasureVerify, EvidenceInput, FinishInput, InspectQueue,
        InspectQueueInput, Inspection, InspectionOpen, InspectionStats, ManualInput, Report, ReportSheetInput, Reports,
        StagedFile, StatsInput, ThirdParties, ThirdParty, ThirdPartyInput, UnitInspection,
    },
};
use stall_store::tables::{
    checklists, erasures, inspection_finish, inspection_reports as reports, inspections, third_party,
};

use crate::{
    ctx::{Caller, Ctx},
    report_sheet, third_party_file,
};

pub async fn checklists_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Checklists> {
    checklists::list(&ctx.stall().store).await
}

pub async fn checklists_save(ctx: &Ctx, caller: &Caller, input: ChecklistSave) -> AppResult<Checklist> {
    checklists::save(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn checklists_reset(ctx: &Ctx, caller: &Caller, input: ChecklistReset) -> AppResult<Checklist> {
    checklists::reset(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn inspections_open(ctx: &Ctx, caller: &Caller, input: InspectionOpen) -> AppResult<Inspection> {
    inspections::open(&ctx.stall().store, &caller.actor(), input).await
}

pub async fn inspections_get(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<Inspection> {
    inspections::get(&ctx.stall().store, input.id).await
}

pub async fn inspections_answer(ctx: &Ctx, caller: &Caller, input: AnswersInput) -> AppResult<Inspection> {
    inspections::answer(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn inspections_photo(ctx: &Ctx, caller: &Caller, input: EvidenceInput) -> AppResult<Inspection> {
    inspections::photo(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn inspections_grade(ctx: &Ctx, caller: &Caller, input: ManualInput) -> AppResult<Inspection> {
    inspections::by_hand(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn inspections_finish(ctx: &Ctx, caller: &Caller, input: FinishInput) -> AppResult<Report> {
    inspection_finish::finish(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn inspections_discard(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Empty> {
    inspections::discard(&ctx.stall().store, &caller.actor(), input.id).await?;
    Ok(Empty {})
}

pub async fn inspections_reports(ctx: &Ctx, _: &Caller, input: ByUnit) -> AppResult<Reports> {
    reports::list(&ctx.stall().store, input.unit_id).await
}

pub async fn inspections_report(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<Report> {
    reports::get(&ctx.stall().store, input.id).await
}

pub async fn inspections_compare(ctx: &Ctx, _: &Caller, input: CompareInput) -> AppResult<Compare> {
    reports::compare(&ctx.stall().store, &input).await
}

pub async fn inspections_queue(ctx: &Ctx, _: &Caller, input: InspectQueueInput) -> AppResult<InspectQueue> {
    reports::queue(&ctx.stall().store, input.limit).await
}

pub async fn inspections_stats(ctx: &Ctx, _: &Caller, input: StatsInput) -> AppResult<InspectionStats> {
    reports::stats(&ctx.stall().store, input).await
}

pub async fn blockers_clear(ctx: &Ctx, caller: &Caller, input: ClearInput) -> AppResult<UnitInspection> {
    erasures::clear(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn erasures_record(ctx: &Ctx, caller: &Caller, input: ErasureInput) -> AppResult<UnitInspection> {
    erasures::record(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn erasures_verify(ctx: &Ctx, caller: &Caller, input: ErasureVerify) -> AppResult<UnitInspection> {
    erasures::verify(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn erasures_rule(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<ErasureSetting> {
    erasures::rule(&ctx.stall().store).await
}

pub async fn erasures_set_rule(ctx: &Ctx, caller: &Caller, input: ErasureSetting) -> AppResult<ErasureSetting> {
    erasures::set_rule(&ctx.stall().store, &caller.actor(), input).await
}

pub async fn third_party_add(ctx: &Ctx, caller: &Caller, input: ThirdPartyInput) -> AppResult<ThirdParty> {
    let file = third_party_file::keep(ctx, input.file).await?;
    third_party::add(&ctx.stall().store, &caller.actor(), &input, file).await
}

pub async fn third_party_list(ctx: &Ctx, _: &Caller, input: ByUnit) -> AppResult<ThirdParties> {
    third_party::list(&ctx.stall().store, input.unit_id).await
}

pub async fn third_party_file(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<StagedFile> {
    third_party_file::stage(ctx, input.id).await
}

pub async fn third_party_remove(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Empty> {
    third_party::remove(&ctx.stall().store, &caller.actor(), input.id).await?;
    Ok(Empty {})
}

pub async fn reports_sheet(ctx: &Ctx, _: &Caller, input: ReportSheetInput) -> AppResult<StagedFile> {
    report_sheet::make(ctx, &input).await
}
