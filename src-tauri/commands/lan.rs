//! The door for phones, as the owner handles it.

use stall_core::{
    AppResult,
    api::{ById, Empty, LanDevices, LanInvite, LanInviteInput, LanStatus, LanSwitch},
};
use stall_store::tables::devices;

use crate::{
    ctx::{Caller, Ctx},
    lan,
};

pub async fn lan_status(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<LanStatus> {
    Ok(ctx.lan().status())
}

pub async fn lan_switch(ctx: &Ctx, _: &Caller, input: LanSwitch) -> AppResult<LanStatus> {
    lan::switch(ctx, input).await
}

pub async fn lan_invite(ctx: &Ctx, _: &Caller, input: LanInviteInput) -> AppResult<LanInvite> {
    lan::invite(ctx, &input)
}

pub async fn lan_devices(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<LanDevices> {
    let mut devices = devices::list(&ctx.stall().store).await?;
    devices.iter_mut().for_each(|d| d.connected = ctx.lan().connected(d.id));
    Ok(LanDevices { devices })
}

/// The store first: what a phone still listens to is cut when it can no longer come back.
pub async fn lan_revoke(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Empty> {
    let invited = ctx.lan().cut(input.id);
    let revoked = devices::revoke(&ctx.stall().store, &caller.actor(), input.id).await;
    ctx.lan().cut(input.id);
    if invited { Ok(Empty {}) } else { revoked.map(|()| Empty {}) }
}
