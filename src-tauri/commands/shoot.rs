//! The photographer's work: what to shoot, the unit in hand, and photographs that have no unit yet.

use stall_core::{
    AppResult,
    api::{
        Empty, PhotosShot, ShootFind, ShootHits, ShootQueue, ShootQueueInput, ShotLists, Touched, Tray, TrayAssign,
        TrayMove, TrayMoved, TrayNewUnit, UnitDetail,
    },
    shot_list,
};
use stall_store::tables::{shoot, tray};

use crate::ctx::{Caller, Ctx};

pub async fn photos_shot(ctx: &Ctx, caller: &Caller, input: PhotosShot) -> AppResult<Touched> {
    shoot::name_shots(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn shoot_lists(_: &Ctx, _: &Caller, _: Empty) -> AppResult<ShotLists> {
    Ok(shot_list::all().clone())
}

pub async fn shoot_queue(ctx: &Ctx, _: &Caller, input: ShootQueueInput) -> AppResult<ShootQueue> {
    shoot::queue(&ctx.stall().store, input.limit).await
}

pub async fn shoot_find(ctx: &Ctx, _: &Caller, input: ShootFind) -> AppResult<ShootHits> {
    shoot::find(&ctx.stall().store, &input.code).await
}

pub async fn tray_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Tray> {
    tray::list(&ctx.stall().store).await
}

pub async fn tray_assign(ctx: &Ctx, caller: &Caller, input: TrayAssign) -> AppResult<Touched> {
    tray::assign(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn tray_new_unit(ctx: &Ctx, caller: &Caller, input: TrayNewUnit) -> AppResult<UnitDetail> {
    tray::new_unit(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn tray_move(ctx: &Ctx, caller: &Caller, input: TrayMove) -> AppResult<TrayMoved> {
    tray::move_photos(&ctx.stall().store, &caller.actor(), &input).await
}
