//! A unit that is given to an order is reserved at the hub first: the other laptop may be giving it away in the same moment.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use stall_core::{
    Id,
    api::{Claimed, SyncLine},
};
use stall_sync::{Claims, Hubs};
use tokio::time::Instant;

use super::lock;
use crate::ctx::Ctx;

/// What is taken back later than this was let go by the hub itself.
const KEPT: Duration = Duration::from_secs(60);

/// What this laptop reserved a moment ago.
#[derive(Debug, Default)]
pub struct Desk {
    claims: Mutex<Option<Claims>>,
    /// By order line.
    held: Mutex<HashMap<Id, (Id, Instant)>>,
}

impl Desk {
    /// Goes by what an exchange left: this laptop's keys, the names of the others.
    pub fn put(&self, claims: Option<Claims>) {
        *lock(&self.claims) = claims;
    }
}

/// What asks the hub now; `None` alone, paused, without a line, and in the sample.
fn asks(ctx: &Ctx) -> Option<Claims> {
    let sync = ctx.sync();
    let up = matches!(sync.seen().line, SyncLine::Idle | SyncLine::Busy);
    if ctx.stall().sample || !up || sync.kept().paused {
        return None;
    }
    let me = sync.me()?;
    lock(&sync.0.claims.claims).clone().filter(|c| *c.identity() == me)
}

/// Reserves a unit for a minute, or says which laptop did a moment ago.
pub async fn claim(ctx: &Ctx, unit: Id) -> Claimed {
    let Some(claims) = asks(ctx) else { return Claimed { by: None } };
    let seen = ctx.sync().seen();
    let carries = seen.carried.is_some() && seen.carry_problem.is_none();
    Claimed { by: claims.take(unit, if carries { Hubs::Both } else { Hubs::Near }).await }
}

/// The unit was given to the line: whoever takes it back lets it go at the hub too.
pub fn assigned(ctx: &Ctx, line: Id, unit: Id) {
    let now = Instant::now();
    let mut held = lock(&ctx.sync().0.claims.held);
    held.retain(|_, (_, until)| *until > now);
    held.insert(line, (unit, now + KEPT));
}

/// It was taken back.
pub fn unassigned(ctx: &Ctx, line: Id) {
    let held = lock(&ctx.sync().0.claims.held).remove(&line);
    if let Some((unit, _)) = held.filter(|(_, until)| *until > Instant::now()) {
        let_go(ctx, unit);
    }
}

/// Lets a unit go at the hub, beside everything else: nobody waits for it.
pub fn let_go(ctx: &Ctx, unit: Id) {
    if let Some(claims) = asks(ctx) {
        tokio::spawn(async move { claims.release(unit).await });
    }
}
