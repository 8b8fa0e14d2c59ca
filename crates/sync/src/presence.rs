//! What laptops have open now: said to the hub sealed, heard from it, checked and opened. Nothing of it is kept.

use std::collections::BTreeMap;

use stall_core::{
    Ms, Role,
    sync::{ReplicaId, audit::Told, wire::PresenceSaid},
};
use stall_seal::{
    Ring, SealError,
    cert::Members,
    presence::{self, Here, Opened},
};

use crate::{Http, Identity, SyncResult, http::Events, people};

/// What was said longer ago by the hub's clock, or so much later, is not shown: a hub that kept it shows nothing by it.
const FRESH_MS: u64 = 60_000;
/// Members and keys are asked for anew at most so often, whatever the hub sends.
const ANEW_MS: u64 = 2_000;

/// This laptop among those that say what they have open.
#[derive(Debug)]
pub struct Presence {
    me: Identity,
    line: Http,
    trust: (Members, Ring),
    anew: Ms,
    /// When each laptop spoke last: what is said must be later.
    spoke: BTreeMap<ReplicaId, Ms>,
    said: Ms,
}

/// What comes from the hub.
#[derive(Debug)]
pub struct Hearing(Events);

/// What another laptop has open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub replica: ReplicaId,
    /// As its certificate calls it.
    pub laptop: String,
    pub open: Vec<Opened>,
    /// What it holds, where it tells that.
    pub ledger: Option<Told>,
}

impl Hearing {
    /// What the hub says next. May be given up and called again.
    ///
    /// # Errors
    /// `Offline` when the line ends; `Strange`.
    pub async fn next(&mut self) -> SyncResult<PresenceSaid> {
        self.0.next().await
    }
}

impl Presence {
    /// Begins to listen. `now` is by the hub's clock, here and below.
    ///
    /// # Errors
    /// `Offline`; `Hub`: `not_found` of one that is too old for it; `Seal`.
    pub async fn begin(me: &Identity, now: Ms) -> SyncResult<(Self, Hearing)> {
        let line = Http::new(&me.hub, &me.token)?;
        let hearing = Hearing(line.events("presence").await?);
        let trust = trust(&line, me).await?;
        let this = Self { me: me.clone(), line, trust, anew: now, spoke: BTreeMap::new(), said: Ms(0) };
        Ok((this, hearing))
    }

    /// Says what is open here, and what this laptop holds, where it is to be told.
    ///
    /// # Errors
    /// `Offline`; `Hub`: `slow` when it says too much; `Seal`.
    pub async fn say(&mut self, open: Vec<Opened>, ledger: Option<Told>, now: Ms) -> SyncResult<()> {
        // A clock that was set back would make the others deaf to us.
        let at = now.max(Ms(self.said.0.saturating_add(1)));
        let here = Here { at, open, ledger };
        let sealed = presence::seal(&self.me.stall, &self.me.replica, &self.trust.1, &self.me.sign(), &here)?;
        self.line.send("presence", sealed).await?;
        self.said = at;
        Ok(())
    }

    /// Checks and opens what was heard; `None` for what is stale, was heard already, or is of one who was taken out.
    ///
    /// # Errors
    /// `Seal` for what its laptop did not say; `Offline`, `Hub` while members and keys are asked for.
    pub async fn read(&mut self, said: &PresenceSaid, now: Ms) -> SyncResult<Option<Other>> {
        let here = match self.open(said) {
            Err(SealError::NoKey) if now.0.abs_diff(self.anew.0) >= ANEW_MS => {
                self.anew = now;
                self.trust = trust(&self.line, &self.me).await?;
                self.open(said)?
            }
            other => other?,
        };
        let Some(member) = self.trust.0.get(&said.replica).filter(|m| m.revoked.is_none()) else { return Ok(None) };
        let stale = now.0.abs_diff(here.at.0) > FRESH_MS;
        if stale || self.spoke.get(&said.replica).is_some_and(|last| here.at <= *last) {
            return Ok(None);
        }
        self.spoke.insert(said.replica, here.at);
        let (laptop, owner) = (member.certificate.name.clone(), member.certificate.role == Role::Owner);
        let mut open = here.open;
        if !owner {
            // Who sits at a helper's laptop is the helper, whatever it says.
            open.iter_mut().for_each(|o| o.who.clone_from(&laptop));
        }
        Ok(Some(Other { replica: said.replica, laptop, open, ledger: here.ledger }))
    }

    fn open(&self, said: &PresenceSaid) -> Result<Here, SealError> {
        // Of a laptop that joined since, the certificate is not here yet: as a key that is not.
        let member = self.trust.0.get(&said.replica).ok_or(SealError::NoKey)?;
        presence::open(&self.me.stall, &said.replica, &self.trust.1, member.key(), &said.sealed.0)
    }
}

async fn trust(line: &Http, me: &Identity) -> SyncResult<(Members, Ring)> {
    let members = people::members(line, me).await?;
    let ring = people::my_ring(&line.get::<Vec<_>>("keys").await?, me, &members)?;
    Ok((members, ring))
}
