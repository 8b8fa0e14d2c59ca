//! Questions that laptops left to a person.

use stall_core::{
    AppResult,
    api::{Empty, Inbox, InboxResolve},
};
use stall_store::inbox;

use crate::ctx::{Caller, Ctx};

pub async fn inbox_list(ctx: &Ctx, caller: &Caller, _: Empty) -> AppResult<Inbox> {
    inbox::list(&ctx.stall().store, caller.me.role).await
}

pub async fn inbox_resolve(ctx: &Ctx, caller: &Caller, input: InboxResolve) -> AppResult<Inbox> {
    inbox::resolve(&ctx.stall().store, &caller.actor(), &input).await
}
