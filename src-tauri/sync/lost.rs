//! A hub that is lost for good: another place orders the stall from then on, and its laptops are brought there.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{Push, SyncAddress, SyncLine, SyncLost, SyncMove},
    sync::wire::HubCode,
};
use stall_store::{Actor, tables::hubs};
use stall_sync::{Client, Identity, SyncError, arrive};

use super::{host as hub, join, lock, plain, said::said, second};
use crate::{ctx::Ctx, lan::qr};

/// What the copy of the order may lack: the envelopes of the last days are kept besides.
const EVERY: Duration = Duration::from_secs(600);

/// When the copy of the order was last brought up to date.
#[derive(Debug, Default)]
pub struct Copying(Mutex<Option<Instant>>);

/// The stall's order begins anew at another place, for its hub is lost.
///
/// # Errors
/// `SyncSample`, `SyncOff`, `SyncNotLost`, `SyncHubAddress`, `LanPortTaken`; what the new hub says. Nothing has changed then, and
/// cut off in between it is done again.
pub async fn lost(ctx: &Ctx, actor: &Actor, input: SyncLost) -> AppResult<()> {
    join::real(ctx)?;
    let (sync, stall) = (ctx.sync(), ctx.own());
    let _one = sync.0.changing.lock().await;
    let me = sync.member()?;
    let mut client = Client::new(stall.store.clone(), me.clone()).map_err(said)?;
    let done = match input {
        SyncLost::Second => client.promote().await,
        SyncLost::Server { hub, code } => client.promote_new(&join::address(&hub)?, code.trim()).await,
        SyncLost::Here => return here(ctx, actor, client).await,
    };
    let at = me.hub;
    done.map_err(|e| not(e, &at))?;
    begin(ctx, actor, client).await
}

async fn here(ctx: &Ctx, actor: &Actor, mut client: Client) -> AppResult<()> {
    let (sync, stall, me) = (ctx.sync(), ctx.own(), client.identity().clone());
    hub::open(ctx).await?;
    let done = async {
        let own = hub::address(stall, sync.kept().port, true)?;
        let code = hub::founding_code(ctx, &me.name).await?;
        client.promote_new(&own, &code).await.map_err(|e| not(e, &me.hub))?;
        sync.keep(stall, |k| k.hosting = true)
    };
    if let Err(e) = done.await {
        if !sync.kept().hosting {
            hub::close(ctx).await;
        }
        return Err(e);
    }
    begin(ctx, actor, client).await
}

fn not(e: SyncError, hub: &str) -> AppError {
    let known = matches!(e, SyncError::NotLost);
    let said = said(e);
    if known { said.arg("hub", plain(hub)) } else { said }
}

/// Goes by the hub that orders now and tells the others.
async fn begin(ctx: &Ctx, actor: &Actor, client: Client) -> AppResult<()> {
    tracing::warn!("the hub was given up: the order of the stall begins anew");
    let new = client.identity().clone();
    close_unless_named(ctx, &new).await?;
    begun(ctx);
    second::settle(ctx, actor, new).await?;
    hub::shout(ctx).await;
    ctx.push(Push::StallSwitched);
    Ok(())
}

/// Where the stall's hub is, for its other laptops.
///
/// # Errors
/// `SyncOff`.
pub fn address(ctx: &Ctx) -> AppResult<SyncAddress> {
    let (me, kept) = (ctx.sync().member()?, ctx.sync().kept());
    let own = second::is_own(ctx.sync(), ctx.own(), &me.hub);
    let at = if own { hub::address(ctx.own(), kept.port, false)? } else { me.hub };
    let link = join::link(&at, "hub", None);
    Ok(SyncAddress { hub: plain(&at).to_owned(), qr: qr(&link)?, link })
}

/// Goes to the hub that another laptop of the stall shows. What it says of the hubs from then on is heard again.
///
/// # Errors
/// `SyncSample`, `SyncOff`, `SyncHubAddress`; `SyncElsewhere` for a hub that has not this stall; `SyncOffline`, `SyncRemoved`.
pub async fn move_to(ctx: &Ctx, input: &SyncMove) -> AppResult<()> {
    join::real(ctx)?;
    let (sync, stall) = (ctx.sync(), ctx.own());
    let _one = sync.0.changing.lock().await;
    let me = sync.member()?;
    let at = join::hub_of(&input.link)?;
    let new = arrive(&me, &at, ctx.env().now()).await.map_err(|e| match e {
        SyncError::Hub(h) if h.code == HubCode::NoToken => {
            AppError::new(ErrorCode::SyncElsewhere).arg("hub", plain(&at))
        }
        other => said(other),
    })?;
    let left = hubs::get(&stall.store).await?;
    sync.keep(stall, |k| k.left = left)?;
    close_unless_named(ctx, &new).await?;
    begun(ctx);
    sync.become_(stall, Some(new))?;
    sync.wake();
    ctx.push(Push::StallSwitched);
    Ok(())
}

/// The first hub was given up while this laptop went by it: it goes by the other, and is no hub any more if it was the one.
pub async fn give_up(ctx: &Ctx, me: &Identity) {
    let sync = ctx.sync();
    let Some(other) = &me.second else { return };
    let mut new = me.clone();
    (new.hub, new.token, new.second) = (other.hub.clone(), other.token.clone(), None);
    if sync.me().as_ref() != Some(me) {
        return;
    }
    tracing::warn!("the hub was given up meanwhile: this laptop goes by the other one");
    let done = async {
        close_own(ctx).await?;
        let left = hubs::get(&ctx.own().store).await?;
        sync.keep(ctx.own(), |k| k.left = left)?;
        sync.become_(ctx.own(), Some(new))
    };
    if let Err(e) = done.await {
        tracing::warn!(code = ?e.code, detail = e.detail, "it could not be left");
        return;
    }
    begun(ctx);
    sync.wake();
    ctx.push(Push::StallSwitched);
}

/// Keeps a copy of the order of a hub that is not here and has no second one: should it be lost, this laptop has it.
pub async fn copy(ctx: &Ctx, client: &mut Client) {
    let sync = ctx.sync();
    let last = &sync.0.copying.0;
    let alone = client.identity().second.is_none() && !second::is_own(sync, ctx.own(), &client.identity().hub);
    if !alone || lock(last).is_some_and(|at| at.elapsed() < EVERY) {
        return;
    }
    match client.keep_order().await {
        Ok(n) => {
            *lock(last) = Some(Instant::now());
            if n > 0 {
                tracing::info!(n, "the copy of the order was brought up to date");
            }
        }
        Err(e) => tracing::info!(%e, "the copy of the order waits"),
    }
}

/// Closes this laptop's hub where the stall goes by others.
pub async fn close_unless_named(ctx: &Ctx, me: &Identity) -> AppResult<()> {
    let named = |hub: &str| second::is_own(ctx.sync(), ctx.own(), hub);
    if named(&me.hub) || me.second.as_ref().is_some_and(|s| named(&s.hub)) {
        return Ok(());
    }
    close_own(ctx).await
}

async fn close_own(ctx: &Ctx) -> AppResult<()> {
    if ctx.sync().kept().hosting {
        hub::close(ctx).await;
        ctx.sync().keep(ctx.own(), |k| k.hosting = false)?;
    }
    Ok(())
}

/// What was seen of the hubs before is of no hub any more.
fn begun(ctx: &Ctx) {
    ctx.sync().see(|s| {
        (s.carried, s.carry_problem, s.problem, s.away, s.line) = (None, None, None, false, SyncLine::New);
    });
}
