//! What was found where this laptop held something else than the others.

use stall_core::{
    AppResult,
    api::{Empty, LedgerNotices, LedgerSeen},
};

use crate::{
    ctx::{Caller, Ctx},
    sync,
};

pub async fn ledger_notices(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<LedgerNotices> {
    Ok(sync::notices(ctx))
}

pub async fn ledger_seen(ctx: &Ctx, _: &Caller, input: LedgerSeen) -> AppResult<LedgerNotices> {
    sync::seen(ctx, input.at)
}
