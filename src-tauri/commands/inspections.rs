//! Inspections, erasures, reports of others.

use stall_core::{
    AppResult, ErrorCode,
    api::{AnswersInput, ById, ByUnit, Checklist, ChecklistReset, ChecklistSave, Checklists, ClearInput, Compare, CompareInput, Empty, ErasureInput, ErasureSetting, ErasureVerify, EvidenceInput, FinishInput, InspectQueue, InspectQueueInput, Inspection, InspectionOpen, InspectionStats, ManualInput, Report, ReportSheetInput, Reports, StagedFile, StatsInput, ThirdParties, ThirdParty, ThirdPartyInput, UnitInspection},
};

use crate::ctx::{Caller, Ctx};

pub async fn checklists_list(_: &Ctx, _: &Caller, _: Empty) -> AppResult<Checklists> {
    Err(ErrorCode::Internal.into())
}

pub async fn checklists_save(_: &Ctx, _: &Caller, _: ChecklistSave) -> AppResult<Checklist> {
    Err(ErrorCode::Internal.into())
}

pub async fn checklists_reset(_: &Ctx, _: &Caller, _: ChecklistReset) -> AppResult<Checklist> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_open(_: &Ctx, _: &Caller, _: InspectionOpen) -> AppResult<Inspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_get(_: &Ctx, _: &Caller, _: ById) -> AppResult<Inspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_answer(_: &Ctx, _: &Caller, _: AnswersInput) -> AppResult<Inspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_photo(_: &Ctx, _: &Caller, _: EvidenceInput) -> AppResult<Inspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_grade(_: &Ctx, _: &Caller, _: ManualInput) -> AppResult<Inspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_finish(_: &Ctx, _: &Caller, _: FinishInput) -> AppResult<Report> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_discard(_: &Ctx, _: &Caller, _: ById) -> AppResult<Empty> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_reports(_: &Ctx, _: &Caller, _: ByUnit) -> AppResult<Reports> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_report(_: &Ctx, _: &Caller, _: ById) -> AppResult<Report> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_compare(_: &Ctx, _: &Caller, _: CompareInput) -> AppResult<Compare> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_queue(_: &Ctx, _: &Caller, _: InspectQueueInput) -> AppResult<InspectQueue> {
    Err(ErrorCode::Internal.into())
}

pub async fn inspections_stats(_: &Ctx, _: &Caller, _: StatsInput) -> AppResult<InspectionStats> {
    Err(ErrorCode::Internal.into())
}

pub async fn blockers_clear(_: &Ctx, _: &Caller, _: ClearInput) -> AppResult<UnitInspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn erasures_record(_: &Ctx, _: &Caller, _: ErasureInput) -> AppResult<UnitInspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn erasures_verify(_: &Ctx, _: &Caller, _: ErasureVerify) -> AppResult<UnitInspection> {
    Err(ErrorCode::Internal.into())
}

pub async fn erasures_rule(_: &Ctx, _: &Caller, _: Empty) -> AppResult<ErasureSetting> {
    Err(ErrorCode::Internal.into())
}

pub async fn erasures_set_rule(_: &Ctx, _: &Caller, _: ErasureSetting) -> AppResult<ErasureSetting> {
    Err(ErrorCode::Internal.into())
}

pub async fn third_party_add(_: &Ctx, _: &Caller, _: ThirdPartyInput) -> AppResult<ThirdParty> {
    Err(ErrorCode::Internal.into())
}

pub async fn third_party_list(_: &Ctx, _: &Caller, _: ByUnit) -> AppResult<ThirdParties> {
    Err(ErrorCode::Internal.into())
}

pub async fn third_party_remove(_: &Ctx, _: &Caller, _: ById) -> AppResult<Empty> {
    Err(ErrorCode::Internal.into())
}

pub async fn reports_sheet(_: &Ctx, _: &Caller, _: ReportSheetInput) -> AppResult<StagedFile> {
    Err(ErrorCode::Internal.into())
}
