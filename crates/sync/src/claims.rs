//! A unit is reserved at the hub while it is given to an order, so that two laptops that have not heard of each other yet do not
//! give it away twice. A courtesy while a path is up: the hub may be gone, slow, old or wrong, and nobody waits for it.

use std::time::Duration;

use stall_core::{
    Id,
    sync::{
        Hex, Scope,
        wire::{ClaimAnswer, ClaimAsk},
    },
};
use stall_seal::{blob::BlobKey, cert::Members, keys::Ring};

use crate::{Http, Identity, SyncResult, files::FIRST, people};

/// Nobody waits longer for a hub's word.
const PATIENCE: Duration = Duration::from_millis(700);
/// A change is with the others a moment after it was made; a market's Wi-Fi may hiccup in between.
const HOLD_MS: u32 = 60_000;

/// This laptop among those that reserve units. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Claims {
    me: Identity,
    near: Http,
    far: Option<Http>,
    key: BlobKey,
    members: Members,
}

/// Which of the stall's hubs are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hubs {
    /// The one this laptop exchanges with.
    Near,
    /// The second one too, because it is reached.
    Both,
}

impl Claims {
    /// At the hub of `near`, and at the second one where the stall has it. `None` without the key.
    pub(crate) fn new(me: Identity, near: Http, away: bool, (members, ring): (Members, &Ring)) -> Option<Self> {
        let key = BlobKey::of(ring.get(Scope::Goods.number(), FIRST)?);
        let second = me.second.as_ref().filter(|s| !away && !s.token.is_empty());
        let far = second.and_then(|s| Http::new(&s.hub, &s.token).ok());
        Some(Self { me, near, far, key, members })
    }

    /// Who it was made for.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.me
    }

    /// Reserves a unit for a minute. The name of the laptop that holds it already; `None` where this one holds it now, and also
    /// where no hub says anything sensible in time.
    pub async fn take(&self, unit: Id, hubs: Hubs) -> Option<String> {
        let far = self.far.as_ref().filter(|_| hubs == Hubs::Both);
        let (near, far) = tokio::join!(self.ask(&self.near, unit), async {
            match far {
                Some(far) => self.ask(far, unit).await,
                None => None,
            }
        });
        let other = near.or(far);
        if other.is_some() {
            // What the other hub gave is not wanted.
            self.release(unit).await;
        }
        other
    }

    /// Lets it go before its time, as far as the hubs are reached.
    pub async fn release(&self, unit: Id) {
        let far = async {
            if let Some(far) = &self.far {
                self.leave(far, unit).await;
            }
        };
        tokio::join!(self.leave(&self.near, unit), far);
    }

    async fn leave(&self, line: &Http, unit: Id) {
        tokio::time::timeout(PATIENCE, self.hold(line, unit, 0)).await.ok();
    }

    /// The other laptop that holds it at one hub.
    async fn ask(&self, line: &Http, unit: Id) -> Option<String> {
        let asked = async {
            let answer = self.hold(line, unit, HOLD_MS).await.ok()?;
            let by = answer.by.filter(|by| !answer.held && *by != self.me.replica)?;
            let named = |all: &Members| {
                let member = all.get(&by).filter(|m| m.revoked.is_none());
                member.map(|m| m.certificate.name.clone())
            };
            match named(&self.members) {
                Some(name) => Some(name),
                // It may have joined since. A hub that names nobody's laptop is not believed.
                None => named(&people::members(line, &self.me).await.ok()?),
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.ok().flatten()
    }

    async fn hold(&self, line: &Http, unit: Id, hold_ms: u32) -> SyncResult<ClaimAnswer> {
        let subject = Hex(self.key.subject(&unit.to_string()));
        line.post("claim", &ClaimAsk { subject, replica: self.me.replica, hold_ms }).await
    }
}
