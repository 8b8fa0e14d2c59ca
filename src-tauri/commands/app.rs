//! Who and where, undo, jobs, settings, people, the sample stall, finding.

use stall_core::{
    AppResult,
    api::{
        AppInfo, ById, Door, Empty, FindHits, FindInput, Jobs, Made, Member, MemberInput, Members, ScanHit, ScanInput,
        Settings, Step, Today, UndoState,
    },
};
use stall_store::tables::{find, members, settings, today, units};

use crate::ctx::{Caller, Ctx};

pub async fn app_info(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<AppInfo> {
    let stall = ctx.stall();
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        door: caller.door,
        stall_name: settings::get(&stall.store).await?.stall_name,
        sample: stall.sample,
        empty: units::stall_is_empty(&stall.store).await?,
        me: caller.me.clone(),
        now: ctx.env().now(),
        folder: if caller.door == Door::Lan { String::new() } else { stall.dir.display().to_string() },
    })
}

pub async fn undo_state(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<UndoState> {
    ctx.stall().store.undo_state().await
}

pub async fn undo_undo(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<Step> {
    Ok(ctx.stall().store.undo(&caller.actor()).await?.value)
}

pub async fn undo_redo(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<Step> {
    Ok(ctx.stall().store.redo(&caller.actor()).await?.value)
}

pub async fn jobs_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Jobs> {
    Ok(Jobs { jobs: ctx.jobs().list() })
}

pub async fn jobs_cancel(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<Empty> {
    ctx.jobs().cancel(input.id)?;
    Ok(Empty {})
}

pub async fn jobs_made(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Made> {
    ctx.jobs().made(input.id, caller.me.role)
}

pub async fn settings_get(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Settings> {
    settings::get(&ctx.stall().store).await
}

pub async fn settings_set(ctx: &Ctx, caller: &Caller, input: Settings) -> AppResult<Settings> {
    Ok(settings::set(&ctx.stall().store, &caller.actor(), input).await?.value)
}

pub async fn members_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Members> {
    members::list(&ctx.stall().store).await
}

pub async fn members_add(ctx: &Ctx, caller: &Caller, input: MemberInput) -> AppResult<Member> {
    Ok(members::add(&ctx.stall().store, &caller.actor(), input).await?.value)
}

pub async fn members_remove(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Empty> {
    members::remove(&ctx.stall().store, &caller.actor(), input.id).await?;
    ctx.sessions().forget(Some(input.id));
    Ok(Empty {})
}

pub async fn members_use(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Member> {
    let member = members::get(&ctx.stall().store, input.id).await?;
    ctx.sessions().set_using(&caller.token, member.clone());
    Ok(member)
}

pub async fn sample_open(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<AppInfo> {
    crate::sample::open(ctx).await?;
    app_info(ctx, &again(ctx, caller).await?, Empty {}).await
}

pub async fn sample_remove(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<AppInfo> {
    crate::sample::remove(ctx).await?;
    app_info(ctx, &again(ctx, caller).await?, Empty {}).await
}

/// The caller as the stall that is open now knows them.
async fn again(ctx: &Ctx, caller: &Caller) -> AppResult<Caller> {
    ctx.caller(&caller.token, caller.door, caller.origin.clone()).await
}

pub async fn find_all(ctx: &Ctx, _: &Caller, input: FindInput) -> AppResult<FindHits> {
    find::all(&ctx.stall().store, &input).await
}

pub async fn scan_resolve(ctx: &Ctx, _: &Caller, input: ScanInput) -> AppResult<ScanHit> {
    find::scan(&ctx.stall().store, &input.code).await
}

pub async fn today_get(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Today> {
    today::get(&ctx.stall().store).await
}
