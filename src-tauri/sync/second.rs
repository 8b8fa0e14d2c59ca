//! A stall with two hubs: this laptop in the market and a server, one of which orders and the other relays. Where they are is
//! told to every laptop in a row of the settings.

use std::sync::atomic::Ordering;

use stall_core::{
    AppError, AppResult, ErrorCode, Role,
    api::{Push, SyncSecond},
};
use stall_store::{
    Actor,
    tables::hubs::{self, Hubs},
};
use stall_sync::{Client, FileWish, Identity, SyncError, found_second, goes_by};

use super::{Peers, host as hub, join, lost, plain, said::said};
use crate::{ctx::Ctx, stall::Stall};

/// Gives the stall a second hub, or takes it away.
///
/// # Errors
/// `SyncOff`, `SyncHubAddress`, or what either hub says.
pub async fn second(ctx: &Ctx, actor: &Actor, input: SyncSecond) -> AppResult<()> {
    join::real(ctx)?;
    let (sync, stall) = (ctx.sync(), ctx.own());
    let _one = sync.0.changing.lock().await;
    let mut me = sync.member()?;
    if input.hub.trim().is_empty() {
        me.second = None;
    } else {
        let address = join::address(&input.hub)?;
        if plain(&address) == plain(&me.hub) {
            return Err(AppError::new(ErrorCode::SyncHubAddress).detail("the first hub"));
        }
        let client = Client::new(stall.store.clone(), me.clone()).map_err(said)?;
        me.second = Some(found_second(&client, &address, input.code.trim()).await.map_err(said)?);
    }
    sync.see(|s| (s.carried, s.carry_problem) = (None, None));
    settle(ctx, actor, me).await
}

/// This laptop's hub takes the place of the one the stall is at, which relays from then on.
///
/// # Errors
/// `SyncRefused` where there are two hubs and neither is this laptop's: a third would push one out; what either hub says. Cut off
/// in between, the next exchange goes on with it.
pub async fn take_over(ctx: &Ctx, actor: &Actor, mut me: Identity) -> AppResult<()> {
    let (sync, stall) = (ctx.sync(), ctx.own());
    if me.second.as_ref().is_some_and(|s| !is_own(sync, stall, &s.hub)) {
        return Err(AppError::new(ErrorCode::SyncRefused).arg("why", "two_hubs"));
    }
    let _one = sync.0.changing.lock().await;
    let own = hub::address(stall, sync.kept().port, true)?;
    let code = hub::founding_code(ctx, &me.name).await?;
    let client = Client::new(stall.store.clone(), me.clone()).map_err(said)?;
    me.second = Some(found_second(&client, &own, &code).await.map_err(said)?);
    sync.become_(stall, Some(me.clone()))?;
    sync.keep(stall, |k| k.hosting = true)?;
    let mut client = Client::new(stall.store.clone(), me).map_err(said)?;
    client.hand_over().await.map_err(said)?;
    settle(ctx, actor, client.identity().clone()).await?;
    hub::shout(ctx).await;
    Ok(())
}

/// Before this laptop's hub closes the other one takes its place, where it is reached; else it goes on relaying.
pub async fn before_close(ctx: &Ctx, actor: &Actor) {
    let (sync, stall) = (ctx.sync(), ctx.own());
    let Some(me) = sync.me().filter(|me| me.second.is_some() && is_own(sync, stall, &me.hub)) else { return };
    let handed = async {
        let mut client = Client::new(stall.store.clone(), me).map_err(said)?;
        client.hand_over().await.map_err(said)?;
        let mut me = client.identity().clone();
        me.second = None;
        settle(ctx, actor, me).await
    };
    if let Err(e) = handed.await {
        tracing::info!(code = ?e.code, detail = e.detail, "the other hub relays on");
    }
}

/// Whether a hub is the one on this laptop.
pub(super) fn is_own(sync: &Peers, stall: &Stall, address: &str) -> bool {
    hub::address(stall, sync.kept().port, true).is_ok_and(|own| own == address)
}

/// Keeps where the hubs are and tells the others.
pub(super) async fn settle(ctx: &Ctx, actor: &Actor, me: Identity) -> AppResult<()> {
    let (sync, stall) = (ctx.sync(), ctx.own());
    // Others do not reach this laptop by the address by which it reaches itself.
    let told = |address: &str| {
        let own = is_own(sync, stall, address);
        let seen = if own { hub::address(stall, sync.kept().port, false).ok() } else { None };
        seen.unwrap_or_else(|| address.to_owned())
    };
    let hubs = Hubs { first: told(&me.hub), second: me.second.as_ref().map(|s| told(&s.hub)) };
    sync.become_(stall, Some(me))?;
    hubs::set(&stall.store, actor, &hubs).await?;
    sync.wake();
    ctx.push(Push::Sync);
    Ok(())
}

/// Who this laptop is by what the stall says of its hubs; `None`: as it was.
pub async fn told(ctx: &Ctx, me: &Identity) -> AppResult<Option<Identity>> {
    let left = ctx.sync().kept().left;
    let said = hubs::get(&ctx.own().store).await?;
    if said.is_some() && said == left {
        return Ok(None);
    }
    if left.is_some() {
        ctx.sync().keep(ctx.own(), |k| k.left = None)?;
    }
    Ok(said.map(|h| goes_by(me, &h.first, h.second.as_deref())).filter(|new| new != me))
}

/// Carries between the hubs, and finishes a change of places that was cut off. The client's identity may be another afterwards.
pub async fn carry(ctx: &Ctx, client: &mut Client, relayed: bool) {
    let (sync, stall) = (ctx.sync(), ctx.own());
    let me = client.identity().clone();
    if me.role != Role::Owner {
        if client.given_up().await.unwrap_or(false) {
            lost::give_up(ctx, &me).await;
        }
        return;
    }
    let Some(second) = me.second.as_ref() else { return };
    let ours = relayed && sync.kept().hosting && is_own(sync, stall, &second.hub);
    let done = if ours {
        match client.hand_over().await {
            Ok(()) => {
                let actor = Actor::new(&me.name, me.role);
                if let Err(e) = settle(ctx, &actor, client.identity().clone()).await {
                    tracing::warn!(code = ?e.code, detail = e.detail, "the others were not told of the hub");
                }
                Ok(())
            }
            Err(e) => Err(e),
        }
    } else {
        client.carry().await.map(|carried| {
            if carried.brought + carried.placed + carried.refused > 0 {
                tracing::info!(carried.brought, carried.placed, carried.refused, "carried between the hubs");
            }
        })
    };
    if matches!(done, Err(SyncError::GivenUp)) {
        lost::give_up(ctx, &me).await;
        return;
    }
    let problem = done.err().map(said);
    if problem.is_none() {
        files(ctx, client).await;
    }
    sync.see(|s| {
        if problem.is_none() {
            s.carried = Some(ctx.env().now());
        }
        s.carry_problem = problem;
    });
    ctx.push(Push::Sync);
}

/// Files go to and from the second hub too, beside everything else.
async fn files(ctx: &Ctx, client: &mut Client) {
    let peers = ctx.sync();
    let Ok(Some(files)) = client.second_files().await else { return };
    if peers.0.second_files.swap(true, Ordering::SeqCst) {
        return;
    }
    let ctx = ctx.clone();
    tokio::spawn(async move {
        let (peers, stop) = (ctx.sync(), ctx.sync().0.stop.child_token());
        let wish = if peers.kept().small_only { FileWish::Small } else { FileWish::All };
        let done = files.round(&ctx.own().media, wish, &stop, &|_| {}).await;
        if done.is_ok() && wish == FileWish::All {
            super::files::tidy(&files, &ctx, &stop).await;
        }
        if let Err(e) = done.map_err(|e: SyncError| said(e)) {
            tracing::info!(code = ?e.code, detail = e.detail, "files wait for the second hub");
        }
        peers.0.second_files.store(false, Ordering::SeqCst);
    });
}
