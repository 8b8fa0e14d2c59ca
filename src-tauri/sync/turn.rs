//! The exchange in the background: when there is something to say, when the hub has something, and now and then.

use std::time::Duration;

use stall_core::{
    AppError, ErrorCode,
    api::{Push, SyncLine},
};
use stall_store::Op;
use stall_sync::{Client, Identity, SyncError};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{Peers, audit, files, join, lost, said::said, second};
use crate::ctx::{Ctx, Weak};

/// A person's typing is one exchange, not ten.
const TOGETHER: Duration = Duration::from_millis(150);
/// With a good line the hub is asked this often whether it has anything: a word of its own may be lost.
const OFTEN: Duration = Duration::from_secs(120);
/// After so many times that there was nothing, a whole exchange.
const ASKED: u32 = 7;
/// With a second hub: what waits there is carried no later.
const CARRIED: Duration = Duration::from_secs(20);
/// While a laptop is expected to join, or waits to be let in.
const EXPECTING: Duration = Duration::from_secs(2);
/// After failures, one after the other; the last goes on.
const PATIENCE: [u64; 6] = [1, 2, 5, 10, 20, 40];

/// Exchanges until the program ends.
pub async fn run(weak: Weak) {
    let Some(ctx) = weak.up() else { return };
    let (sync, mut commits) = (ctx.sync().clone(), ctx.own().store.subscribe());
    // What an older version of the program could not know, it may know now.
    match ctx.own().store.sync_replay().await {
        Ok(0) => {}
        Ok(n) => tracing::info!(n, "changes that waited for this version were taken over"),
        Err(e) => tracing::warn!(code = ?e.code, detail = e.detail, "what waits was not looked at"),
    }
    drop(ctx);
    let mut client: Option<Client> = None;
    let mut failed = 0;
    loop {
        let Some(ctx) = weak.up() else { return };
        let me = sync.me().filter(|_| !sync.kept().paused);
        let busy = me.is_some();
        let mut rest = None;
        if let Some(me) = me {
            match turn(&ctx, &mut client, me).await {
                Turn::Done => {
                    let two = client.as_ref().is_some_and(|c| c.identity().second.is_some());
                    (failed, rest) = (0, Some(if two { CARRIED } else { OFTEN }));
                }
                // The first hub is looked for again and again.
                Turn::Away => (failed, rest) = (failed + 1, Some(CARRIED)),
                Turn::Failed => {
                    let wait = PATIENCE.get(failed).or(PATIENCE.last()).copied().unwrap_or(60);
                    (failed, rest) = (failed + 1, Some(Duration::from_secs(wait)));
                }
            }
            if join::expecting(&sync) {
                rest = Some(EXPECTING);
            }
        } else {
            client = None;
        }
        drop(ctx);
        wait(&sync, &mut commits, client.as_ref().filter(|_| busy && failed == 0), rest).await;
        if sync.0.stop.is_cancelled() {
            return;
        }
    }
}

/// How a turn ended.
enum Turn {
    Done,
    /// By way of the second hub.
    Away,
    /// Tried again, later and later.
    Failed,
}

/// One exchange, told to the screens.
async fn turn(ctx: &Ctx, kept: &mut Option<Client>, me: Identity) -> Turn {
    let (sync, stall) = (ctx.sync(), ctx.own());
    if kept.as_ref().is_none_or(|c| *c.identity() != me) {
        *kept = match Client::new(stall.store.clone(), me.clone()) {
            Ok(client) => Some(client),
            Err(e) => return told(ctx, &said(e)),
        };
    }
    let Some(client) = kept else { return Turn::Failed };
    if sync.see(|s| s.line = SyncLine::Busy) {
        ctx.push(Push::Sync);
    }
    if let Err(e) = join::let_in(ctx, &me).await {
        tracing::info!(%e, "nobody was let in");
    }
    let done = client.round().await;
    if let Ok(round) = &done {
        second::carry(ctx, client, round.relayed).await;
        audit::turn(ctx, client, *round).await;
    }
    if let Err(e) = learned(ctx, &me, client.identity()).await {
        return told(ctx, &e);
    }
    // Another may have brought this laptop to another hub meanwhile: how it went at the old one is no news.
    if sync.me().is_none_or(|now| now != me && now != *client.identity() && now.hub != client.identity().hub) {
        return Turn::Done;
    }
    match done {
        Ok(round) => {
            reached(ctx, round.offset_ms, false);
            match client.files().await {
                Ok(carrier) => files::begin(ctx, carrier),
                Err(e) => tracing::info!(%e, "files wait"),
            }
            sync.0.claims.put(client.claims().await.ok().flatten());
            if let Some(snapshots) = client.snapshots() {
                files::snapshot(ctx, snapshots);
            }
            lost::copy(ctx, client).await;
            Turn::Done
        }
        // Not let in yet: that is no trouble.
        Err(SyncError::Hub(_)) if me.asked() => {
            sync.see(|s| (s.line, s.problem) = (SyncLine::Idle, None));
            ctx.push(Push::Sync);
            Turn::Failed
        }
        Err(e) => {
            if matches!(e, SyncError::Offline(_)) {
                // Where the hub of this network went to another address.
                if super::nearby::follow(ctx, &me).await {
                    sync.wake();
                } else if me.second.is_some() && away(ctx, &me).await {
                    return Turn::Away;
                }
            }
            told(ctx, &said(e))
        }
    }
}

/// An exchange by way of the second hub; false where it is not reached either.
async fn away(ctx: &Ctx, me: &Identity) -> bool {
    let done = async {
        let mut client = Client::away(ctx.own().store.clone(), me.clone())?;
        let round = client.round().await?;
        learned(ctx, me, client.identity()).await?;
        reached(ctx, round.offset_ms, true);
        ctx.sync().0.claims.put(client.claims().await?);
        files::begin(ctx, client.files().await?);
        Ok::<_, SyncError>(())
    };
    match done.await {
        Ok(()) => true,
        Err(e) => {
            tracing::info!(%e, "nor by the second hub");
            false
        }
    }
}

/// Becomes what an exchange made of this laptop, and goes by what the stall says of its hubs.
async fn learned(ctx: &Ctx, me: &Identity, now: &Identity) -> stall_core::AppResult<()> {
    let sync = ctx.sync();
    // Another may have left or joined meanwhile: what this exchange learned of the old one is then of nobody.
    if sync.me().as_ref() != Some(me) {
        return Ok(());
    }
    // Who changes hubs says where they are when it is done.
    let quiet = sync.0.changing.try_lock();
    let moved = if now.asked() || quiet.is_err() { None } else { second::told(ctx, now).await? };
    let other = moved.is_some();
    let now = moved.unwrap_or_else(|| now.clone());
    if now != *me {
        let whole = (now.replica, now.role, &now.hub) != (me.replica, me.role, &me.hub) || now.asked() != me.asked();
        if other {
            // It was the hub, and was given up while it was not there.
            lost::close_unless_named(ctx, &now).await?;
        }
        sync.become_(ctx.own(), Some(now))?;
        if other {
            sync.wake();
        }
        if whole {
            ctx.push(Push::StallSwitched);
        }
    }
    Ok(())
}

fn reached(ctx: &Ctx, offset_ms: i64, away: bool) {
    ctx.sync().see(|s| {
        (s.line, s.problem, s.offset_ms, s.away) = (SyncLine::Idle, None, offset_ms, away);
        s.last = Some(ctx.env().now());
    });
    ctx.push(Push::Sync);
}

fn told(ctx: &Ctx, e: &AppError) -> Turn {
    tracing::info!(code = ?e.code, detail = e.detail, "no exchange");
    let line = if e.code == ErrorCode::SyncOffline { SyncLine::Offline } else { SyncLine::Trouble };
    ctx.sync().see(|s| (s.line, s.problem) = (line, Some(e.clone())));
    ctx.push(Push::Sync);
    Turn::Failed
}

/// Until there is a reason for another turn.
async fn wait(
    sync: &Peers,
    commits: &mut Receiver<stall_store::Committed>,
    line: Option<&Client>,
    rest: Option<Duration>,
) {
    let resting = async {
        let Some(rest) = rest else { return std::future::pending().await };
        tokio::time::sleep(rest).await;
        let Some(client) = line.filter(|_| rest == OFTEN) else { return };
        for _ in 0..ASKED {
            match client.idle().await {
                Ok(true) => tokio::time::sleep(rest).await,
                // The next turn has it, or says what is the matter.
                Ok(false) | Err(_) => return,
            }
        }
    };
    let hub = async {
        match line {
            Some(client) => {
                if client.news().await.is_err() {
                    // The next turn says what is the matter.
                    tokio::time::sleep(EXPECTING).await;
                }
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = sync.0.stop.cancelled() => {}
        () = sync.0.wake.notified() => {}
        () = resting => {}
        () = hub => {}
        () = ours(commits) => tokio::time::sleep(TOGETHER).await,
    }
}

/// Until a person did something here; what came in from others is no news.
async fn ours(commits: &mut Receiver<stall_store::Committed>) {
    loop {
        match commits.recv().await {
            Ok(c) if c.op == Op::Sync => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}
