//! Passports: issued, handed out, checked; the keys they are signed with and what they say of the stall.

use stall_core::{
    AppResult,
    api::{
        ByUnit, Empty, Passport, PassportCheckInput, PassportFile, PassportGet, PassportHead, PassportIssue,
        PassportPicture, PassportPictureInput, PassportSettings, PassportVerdict, Passports, StagedFile, StallKeys,
    },
};
use stall_store::tables::passports as table;

use crate::{
    ctx::{Caller, Ctx},
    passports,
};

pub async fn passports_list(ctx: &Ctx, _: &Caller, input: ByUnit) -> AppResult<Passports> {
    passports::list(ctx, input.unit_id).await
}

pub async fn passports_issue(ctx: &Ctx, caller: &Caller, input: PassportIssue) -> AppResult<PassportHead> {
    passports::issue(ctx, caller, input.unit_id).await
}

pub async fn passports_get(ctx: &Ctx, _: &Caller, input: PassportGet) -> AppResult<Passport> {
    passports::get(ctx, input).await
}

pub async fn passports_picture(ctx: &Ctx, _: &Caller, input: PassportPictureInput) -> AppResult<PassportPicture> {
    passports::picture(ctx, input).await
}

pub async fn passports_file(ctx: &Ctx, caller: &Caller, input: PassportFile) -> AppResult<StagedFile> {
    passports::file(ctx, caller, input).await
}

pub async fn passports_verify(ctx: &Ctx, _: &Caller, input: PassportCheckInput) -> AppResult<PassportVerdict> {
    passports::check::check(ctx, input.file).await
}

pub async fn passports_keys(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<StallKeys> {
    passports::keys::list(&ctx.stall()).await
}

pub async fn passports_new_key(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<StallKeys> {
    passports::keys::make(&ctx.stall(), &caller.actor()).await?;
    passports::keys::list(&ctx.stall()).await
}

pub async fn passports_settings(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<PassportSettings> {
    table::settings(&ctx.stall().store).await
}

pub async fn passports_set(ctx: &Ctx, caller: &Caller, input: PassportSettings) -> AppResult<PassportSettings> {
    Ok(table::set_settings(&ctx.stall().store, &caller.actor(), input).await?.value)
}
