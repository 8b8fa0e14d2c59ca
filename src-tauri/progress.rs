//! A job that shows how far a long import has come, and can stop it.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use stall_core::{AppError, AppResult, ErrorCode, api::JobKind};
use stall_store::tables::order_import::Watch;
use tokio::sync::oneshot;

use crate::ctx::Ctx;

/// Files with more rows show a job while they are written.
pub const LONG: u32 = 3_000;

/// Follows the watch until the sender tells how it ended.
pub fn show(ctx: &Ctx, kind: JobKind, watch: Arc<Watch>, total: u32) -> AppResult<oneshot::Sender<Option<AppError>>> {
    let id = ctx.env().new_id()?;
    let (_, running) = ctx.jobs().start(id, ctx.env().now(), kind, total, None, ctx.stall().sample);
    let (end, mut ended) = oneshot::channel();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        let error = loop {
            tokio::select! {
                end = &mut ended => break end.unwrap_or_else(|_| Some(ErrorCode::Internal.into())),
                _ = tick.tick() => {
                    running.progress(watch.done.load(Ordering::Relaxed).min(total), total);
                    watch.cancel.fetch_or(running.cancelled(), Ordering::Relaxed);
                }
            }
        };
        if error.is_none() {
            running.progress(total, total);
        }
        running.end(error);
    });
    Ok(end)
}
