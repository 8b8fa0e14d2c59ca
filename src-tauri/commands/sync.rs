//! The stall's other laptops.

use stall_core::{
    AppResult,
    api::{
        Empty, SyncAddress, SyncFound, SyncHost, SyncInvite, SyncInviteInput, SyncJoin, SyncLaptops, SyncLost,
        SyncMove, SyncNearby, SyncPhrase, SyncRecover, SyncRevoke, SyncSecond, SyncSet, SyncStatus, SyncUninvite,
    },
};

use crate::{
    ctx::{Caller, Ctx},
    sync,
};

pub async fn sync_status(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<SyncStatus> {
    sync::status(ctx).await
}

pub async fn sync_found(ctx: &Ctx, _: &Caller, input: SyncFound) -> AppResult<SyncPhrase> {
    sync::found(ctx, input).await
}

pub async fn sync_host(ctx: &Ctx, caller: &Caller, input: SyncHost) -> AppResult<SyncPhrase> {
    sync::host(ctx, &caller.actor(), input).await
}

pub async fn sync_second(ctx: &Ctx, caller: &Caller, input: SyncSecond) -> AppResult<SyncStatus> {
    sync::second(ctx, &caller.actor(), input).await?;
    sync::status(ctx).await
}

pub async fn sync_lost(ctx: &Ctx, caller: &Caller, input: SyncLost) -> AppResult<SyncStatus> {
    sync::lost(ctx, &caller.actor(), input).await?;
    sync::status(ctx).await
}

pub async fn sync_address(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<SyncAddress> {
    sync::address(ctx)
}

pub async fn sync_move(ctx: &Ctx, _: &Caller, input: SyncMove) -> AppResult<SyncStatus> {
    sync::move_to(ctx, &input).await?;
    sync::status(ctx).await
}

pub async fn sync_join(ctx: &Ctx, _: &Caller, input: SyncJoin) -> AppResult<SyncStatus> {
    sync::join(ctx, input).await?;
    sync::status(ctx).await
}

pub async fn sync_recover(ctx: &Ctx, _: &Caller, input: SyncRecover) -> AppResult<SyncStatus> {
    sync::recover(ctx, input).await?;
    sync::status(ctx).await
}

pub async fn sync_nearby(_: &Ctx, _: &Caller, _: Empty) -> AppResult<SyncNearby> {
    Ok(sync::nearby().await)
}

pub async fn sync_invite(ctx: &Ctx, _: &Caller, input: SyncInviteInput) -> AppResult<SyncInvite> {
    sync::invite(ctx, input).await
}

pub async fn sync_uninvite(ctx: &Ctx, _: &Caller, input: SyncUninvite) -> AppResult<Empty> {
    sync::uninvite(ctx, &input).map(|()| Empty {})
}

pub async fn sync_laptops(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<SyncLaptops> {
    sync::laptops(ctx).await
}

pub async fn sync_revoke(ctx: &Ctx, _: &Caller, input: SyncRevoke) -> AppResult<Empty> {
    sync::revoke(ctx, &input).await.map(|()| Empty {})
}

pub async fn sync_set(ctx: &Ctx, _: &Caller, input: SyncSet) -> AppResult<SyncStatus> {
    sync::set(ctx, input)?;
    sync::status(ctx).await
}

pub async fn sync_now(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<SyncStatus> {
    sync::now(ctx);
    sync::status(ctx).await
}

pub async fn sync_leave(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<SyncStatus> {
    sync::leave(ctx).await?;
    sync::status(ctx).await
}
