//! Who has which record open now.

use stall_core::{
    AppResult,
    api::{Empty, Presence, PresenceSet},
};

use crate::{
    ctx::{Caller, Ctx},
    sync,
};

pub async fn presence_list(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<Presence> {
    Ok(sync::presence(ctx))
}

pub async fn presence_set(ctx: &Ctx, caller: &Caller, input: PresenceSet) -> AppResult<Presence> {
    Ok(sync::set_presence(ctx, caller, input))
}
