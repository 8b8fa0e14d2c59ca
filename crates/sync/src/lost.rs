//! A hub that is lost for good: another one takes its place. It goes on from what it relayed, or from the copy of the order that an
//! owner's laptop kept; what came after that, laptops say again, as to a hub that was put back to an earlier day.

use stall_core::{
    AppError, Ms, Role,
    sync::wire::{Head, HelloAnswer, HubCode, RelayAsk},
};
use stall_seal::{SealError, frame};

use crate::{
    Client, Http, Identity, SyncError, SyncResult,
    carry::{Carried, SCOPES, bring, stand},
    people,
};

/// Others push while the order begins.
const TRIES: usize = 10;

impl Client {
    /// Goes on keeping the hub's order here, as far as this laptop has applied it. Only an owner's does: it may tell it to another
    /// hub. Gives how many envelopes were added.
    ///
    /// # Errors
    /// `Offline`, `Hub`, `Seal`; `Store` for a full disk.
    pub async fn keep_order(&mut self) -> SyncResult<u64> {
        let (cursor, lineage) = (self.store.sync_standing().await?.cursor, self.store.sync_lineage().await?);
        let Some(lineage) = lineage.filter(|_| self.me.role == Role::Owner) else { return Ok(0) };
        let (mut kept, mut added) = (self.order.head(lineage).await.map_err(disk)?, 0);
        let members = self.trust(false).await?.0.clone();
        while kept < cursor {
            let replica = self.me.replica;
            let path = format!("pull?after={kept}&scopes={SCOPES}&replica={replica}&whole=true&lineage={lineage}");
            let bytes = self.line.bytes(&path).await?;
            let (page, _) = frame::page(&bytes)?;
            let Some(last) = page.last() else { return Err(SealError::Chain.into()) };
            let end = last.seq0 + i64::try_from(last.effs.len()).unwrap_or(0) - 1;
            for p in &page {
                let author = members.get(&p.header.replica).ok_or(SealError::NotGenuine)?;
                p.header.verify(author.key())?;
                if p.parts.len() != p.header.parts.len() {
                    return Err(SealError::NotGenuine.into());
                }
            }
            if page.first().is_none_or(|p| p.seq0 != kept + 1) {
                return Err(SealError::Chain.into());
            }
            added += page.len() as u64;
            self.order.add(lineage, bytes, end).await.map_err(disk)?;
            kept = end;
        }
        Ok(added)
    }

    /// Makes the stall's second hub the one that orders, for the first is lost. The identity is another afterwards.
    ///
    /// # Errors
    /// `NotLost` when the first answers; `Offline`, `Hub`, `Seal` of the second; `Store`. Cut off anywhere, it is begun again.
    pub async fn promote(&mut self) -> SyncResult<()> {
        self.lost().await?;
        let far = self.far().await?;
        self.begin_order(far).await
    }

    /// Makes a hub that has nothing of the stall the one that orders, for the one there was is lost. `code`: its operator's founding
    /// code. The identity is another afterwards.
    ///
    /// # Errors
    /// As [`Client::promote`]; `Hub(invite_gone)`.
    pub async fn promote_new(&mut self, hub: &str, code: &str) -> SyncResult<()> {
        self.lost().await?;
        let kept = self.shelf.trust().await.map_err(disk)?;
        let second = stand(self, (hub, code), &kept.certificates).await?;
        let far = Http::new(&second.hub, &second.token)?;
        let (certificates, wraps) = (people::certificates(&far).await?, people::keys(&far).await?);
        bring(&far, "members", &kept.certificates, &certificates).await?;
        bring(&far, "keys", &kept.wraps, &wraps).await?;
        self.me.second = Some(second);
        self.begin_order(far).await
    }

    /// Whether the first hub is one that was given up, by what the second says. For laptops that carry nothing.
    ///
    /// # Errors
    /// `Offline`, `Hub`.
    pub async fn given_up(&mut self) -> SyncResult<bool> {
        if self.me.second.is_none() {
            return Ok(false);
        }
        let far = self.far().await?;
        let (near, there) = (self.greet(None).await?, self.greet_at(&far, None).await?);
        Ok(there.since > near.since)
    }

    async fn begin_order(&mut self, far: Http) -> SyncResult<()> {
        self.fill(&far).await?;
        self.line = far;
        self.trust = None;
        // Another owner's laptop may bring it more of the order meanwhile, or be faster.
        self.tell_order(|there| there.relay.then(|| RelayAsk { lost: true, ..RelayAsk::default() })).await?;
        // What waited here to be carried has nobody to be carried to.
        let far = self.line.clone();
        self.bring_held(&far, &mut Carried::default()).await?;
        self.tell_order(|_| Some(RelayAsk::default())).await?;
        if let Some(second) = self.me.second.take() {
            (self.me.hub, self.me.token) = (second.hub, second.token);
        }
        Ok(())
    }

    /// Tells the hub what it is to be at the head it has, until it takes that or nothing is to be told any more.
    async fn tell_order(&self, what: impl Fn(&HelloAnswer) -> Option<RelayAsk>) -> SyncResult<()> {
        let mut tried = 0;
        loop {
            let there = self.greet(None).await?;
            let Some(ask) = what(&there) else { return Ok(()) };
            match self.line.tell("relay", &RelayAsk { head: there.head, ..ask }).await {
                Err(SyncError::Hub(e)) if matches!(e.code, HubCode::Gap | HubCode::NotAllowed) && tried < TRIES => {
                    tried += 1;
                }
                other => return other,
            }
        }
    }

    /// Makes a relay of a hub that is none, and gives it what is kept here of the order and is not there.
    async fn fill(&self, far: &Http) -> SyncResult<()> {
        let there = self.greet_at(far, None).await?;
        let lineage = self.store.sync_lineage().await?;
        let same = there.head > 0 && Some(there.lineage) == lineage;
        if !there.relay && (same || there.since.0 > 0) {
            // It orders the stall already: begun by another owner's laptop, or before this was cut off.
            return Ok(());
        }
        let kept = match lineage {
            Some(of) => self.order.head(of).await.map_err(disk)?,
            None => 0,
        };
        let clear = there.head > 0 && !same && kept > 0;
        if clear || !there.relay {
            let ask = RelayAsk { relay: true, head: there.head, clear, lost: false, since: there.since };
            far.tell("relay", &ask).await?;
        }
        let after = if clear { 0 } else { there.head };
        let Some(lineage) = lineage.filter(|_| clear || same || there.head == 0) else { return Ok(()) };
        let mut pages = self.order.pages(lineage, after).await.map_err(disk)?;
        loop {
            let (rest, page) = pages.next().await.map_err(disk)?;
            let Some(page) = page else { return Ok(()) };
            pages = rest;
            let path = format!("place?lineage={lineage}&since={}", there.since.0);
            match far.octets::<Head>(&path, page).await {
                // A damaged disk, or a hub that never gave what it should: from here on laptops say it anew.
                Err(SyncError::Hub(e)) if e.code == HubCode::BadEnvelope => {
                    tracing::warn!(%e, "the copy of the order is not genuine from here on");
                    return Ok(());
                }
                other => drop(other?),
            }
        }
    }

    /// The first hub is asked: one that answers for the stall is not to be given up.
    async fn lost(&self) -> SyncResult<()> {
        match self.greet_at(&Http::new(&self.me.hub, &self.me.token)?, None).await {
            Ok(_) => Err(SyncError::NotLost),
            Err(SyncError::Offline(_) | SyncError::Broken(_) | SyncError::Strange(_)) => Ok(()),
            Err(SyncError::Hub(e)) if e.code == HubCode::NoToken => {
                let of = (self.me.stall, self.me.replica);
                let now = self.store.env().now();
                match people::prove(&Http::new(&self.me.hub, "")?, of, &self.me.sign(), now).await {
                    // It is there again, and empty.
                    Err(SyncError::Hub(e)) if e.code == HubCode::NoToken => Ok(()),
                    Err(e) => Err(e),
                    // It lost its tokens, no more.
                    Ok(_) => Err(SyncError::NotLost),
                }
            }
            Err(e) => Err(e),
        }
    }
}

/// This laptop at the hub to which the stall went: its key proves it there. The address is a person's word.
///
/// # Errors
/// `Offline`; `Hub` for a hub that has not the stall, or does not know this laptop.
pub async fn arrive(me: &Identity, hub: &str, now: Ms) -> SyncResult<Identity> {
    let token = people::prove(&Http::new(hub, "")?, (me.stall, me.replica), &me.sign(), now).await?.token;
    let mut new = me.clone();
    (new.hub, new.token, new.second) = (hub.to_owned(), token, None);
    Ok(new)
}

fn disk(e: std::io::Error) -> SyncError {
    AppError::from_io(&e).into()
}
