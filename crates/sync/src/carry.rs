//! A stall with two hubs: in the market one that orders its groups, in the cloud one that relays, or the other way round. An
//! owner's laptop that reaches both carries: what waits at the relay to the one that orders, and its order to the relay.

use stall_core::{
    Role,
    sync::{
        ReplicaId,
        wire::{Head, HubCode, HubError, PushAnswer, RelayAsk},
        wire_trust::{CertKind, Certificate, MakeStall, Signer, Token},
    },
};
use stall_seal::{SealError, frame};

use crate::{Client, Files, Http, Identity, SyncError, SyncResult, files::Which, identity::Second, people};

/// Scopes of newer programs are carried too.
pub(crate) const SCOPES: &str = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15";
/// Others push while the order is handed over.
const TRIES: usize = 10;

/// What was carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Carried {
    /// Envelopes that waited at the relay.
    pub brought: u64,
    /// Envelopes that were put into the relay's copy of the order.
    pub placed: u64,
    /// Envelopes that the hub does not take: their laptop is to say them anew.
    pub refused: u64,
}

/// Brings the stall to a second hub, which relays from then on: its code is the operator's, as when a stall is founded.
///
/// # Errors
/// `Offline`, `Hub` (`invite_gone`; `gap` for a hub that has another order of this stall).
pub async fn found_second(client: &Client, hub: &str, code: &str) -> SyncResult<Second> {
    let certificates = people::certificates(&client.line).await?;
    let second = stand(client, (hub, code), &certificates).await?;
    let far = Http::new(&second.hub, &second.token)?;
    let there = client.greet_at(&far, None).await?;
    if !there.relay {
        let since = client.greet(None).await?.since;
        // It was given up as lost, and is there again: what it made of the order since is not the stall's.
        let older = there.since < since;
        let head = if older { there.head } else { 0 };
        far.tell("relay", &RelayAsk { relay: true, head, clear: older, lost: false, since }).await?;
    }
    Ok(second)
}

/// The stall at one more hub, by its certificates, and this laptop's token there.
pub(crate) async fn stand(
    client: &Client,
    (hub, code): (&str, &str),
    certificates: &[Certificate],
) -> SyncResult<Second> {
    let (me, now) = (&client.me, client.store.env().now());
    let first = certificates.iter().find(|c| c.by == Signer::Root && c.kind == CertKind::Join);
    let certificate = first.ok_or(SealError::NotGenuine)?.clone();
    // Who was taken out, by us after: it may be the first laptop itself.
    let joins: Vec<_> = certificates.iter().filter(|c| c.kind == CertKind::Join).cloned().collect();
    let (stall, root, recovery) = (me.stall, me.root, me.recovery);
    let make = MakeStall { stall, root, recovery, certificate, wraps: Vec::new(), more: joins.clone() };
    match Http::new(hub, code)?.post::<Token>("stalls", &make).await {
        // The first laptop's: what everybody may read is told with it, and it is forgotten.
        Ok(token) => bring(&Http::new(hub, &token.token)?, "members", &joins, &[]).await?,
        Err(SyncError::Hub(e)) if e.code == HubCode::Exists => {}
        // No code at all: it is the code that is wrong, this laptop was not taken out.
        Err(SyncError::Hub(e)) if e.code == HubCode::NoToken => return Err(HubError::from(HubCode::InviteGone).into()),
        Err(e) => return Err(e),
    }
    let token = people::prove(&Http::new(hub, "")?, (me.stall, me.replica), &me.sign(), now).await?.token;
    Ok(Second { hub: hub.to_owned(), token })
}

impl Client {
    /// Carries between the two hubs. Nothing is done for a stall with one, or by a laptop that is not an owner's.
    ///
    /// # Errors
    /// `Offline`, `Hub`, `Seal`; `TwoOrders` when both hubs order; `GivenUp` when the first was given up as lost.
    pub async fn carry(&mut self) -> SyncResult<Carried> {
        let mut carried = Carried::default();
        if self.me.second.is_none() || self.me.role != Role::Owner {
            return Ok(carried);
        }
        let far = self.far().await?;
        let lineage = self.store.sync_lineage().await?;
        let (near, mut there) = (self.greet(lineage).await?, self.greet_at(&far, None).await?);
        if there.since > near.since {
            return Err(SyncError::GivenUp);
        }
        if !there.relay {
            return Err(SyncError::TwoOrders);
        }
        self.meet(&far).await?;
        if there.head > 0 && (there.lineage != near.lineage || there.head > near.head) {
            // What it copied is no longer the order: the hub was put back to an earlier day.
            let gone = RelayAsk { relay: true, head: there.head, clear: true, lost: false, since: near.since };
            far.tell("relay", &gone).await?;
            there.head = 0;
        }
        self.bring_held(&far, &mut carried).await?;
        loop {
            let (after, replica, lineage) = (there.head, self.me.replica, near.lineage);
            let path = format!("pull?after={after}&scopes={SCOPES}&replica={replica}&whole=true&lineage={lineage}");
            let bytes = self.line.bytes(&path).await?;
            let (page, _) = frame::page(&bytes)?;
            if page.is_empty() {
                return Ok(carried);
            }
            carried.placed += page.len() as u64;
            let now: Head = far.octets(&format!("place?lineage={lineage}&since={}", near.since.0), bytes).await?;
            if now.head <= after {
                return Err(SealError::Chain.into());
            }
            there.head = now.head;
        }
    }

    /// Makes the second hub the one that orders, and the present one its relay: who holds the market's hub need not wait for the
    /// cloud. The identity is another afterwards.
    ///
    /// # Errors
    /// As [`Client::carry`]; `Hub(gap)` when others never cease to push meanwhile. Cut off anywhere, it is begun again.
    pub async fn hand_over(&mut self) -> SyncResult<()> {
        let far = self.far().await?;
        for _ in 0..TRIES {
            self.carry().await?;
            let (near, there) = (self.greet(None).await?, self.greet_at(&far, None).await?);
            if near.head != there.head {
                continue;
            }
            let to = |relay| RelayAsk { relay, head: near.head, since: near.since, ..RelayAsk::default() };
            match self.line.tell("relay", &to(true)).await {
                Err(SyncError::Hub(e)) if e.code == HubCode::Gap => continue,
                other => other?,
            }
            far.tell("relay", &to(false)).await?;
            if let Some(second) = &mut self.me.second {
                std::mem::swap(&mut self.me.hub, &mut second.hub);
                std::mem::swap(&mut self.me.token, &mut second.token);
            }
            self.line = Http::new(&self.me.hub, &self.me.token)?;
            return Ok(());
        }
        Err(SyncError::Hub(HubCode::Gap.into()))
    }

    /// What carries files to and from the second hub; `None` for a stall with one.
    ///
    /// # Errors
    /// As [`Client::files`].
    pub async fn second_files(&mut self) -> SyncResult<Option<Files>> {
        if self.me.second.is_none() {
            return Ok(None);
        }
        let line = self.far().await?;
        let files = self.files().await?;
        Ok(Some(files.at(line, Which::Second)))
    }

    /// The way to the second hub.
    pub(crate) async fn far(&mut self) -> SyncResult<Http> {
        let (stall, replica, key, now) = (self.me.stall, self.me.replica, self.me.sign(), self.store.env().now());
        let Some(second) = &mut self.me.second else {
            return Err(SyncError::Offline("there is no second hub".to_owned()));
        };
        let known = Http::new(&second.hub, &second.token)?;
        match known.get::<Vec<Certificate>>("members").await {
            Err(SyncError::Hub(e)) if e.code == HubCode::NoToken => {
                second.token = people::prove(&known, (stall, replica), &key, now).await?.token;
                Http::new(&second.hub, &second.token)
            }
            other => other.map(|_| known),
        }
    }

    /// Tells each hub who belongs and what keys there are by the other.
    async fn meet(&mut self, far: &Http) -> SyncResult<()> {
        let (here, there) = (people::certificates(&self.line).await?, people::certificates(far).await?);
        bring(far, "members", &here, &there).await?;
        bring(&self.line, "members", &there, &here).await?;
        let (here, there) = (people::keys(&self.line).await?, people::keys(far).await?);
        bring(far, "keys", &here, &there).await?;
        bring(&self.line, "keys", &there, &here).await
    }

    /// What waits at the relay, author by author, to the hub that orders.
    pub(crate) async fn bring_held(&self, far: &Http, carried: &mut Carried) -> SyncResult<()> {
        let mut skip = 0;
        let mut stuck: Option<ReplicaId> = None;
        loop {
            let held = frame::held(&far.bytes(&format!("held?skip={skip}")).await?)?;
            if held.is_empty() {
                return Ok(());
            }
            skip += held.len();
            for (skew, envelope) in held {
                let author = envelope.header.replica;
                if stuck == Some(author) {
                    carried.refused += 1;
                    continue;
                }
                let path = format!("push?clock={}&skew={skew}", self.store.env().now().0);
                match self.line.octets::<PushAnswer>(&path, frame::push_all([&envelope])).await {
                    Ok(_) => carried.brought += 1,
                    // Its laptop was here itself meanwhile, or is gone: what it said, it says itself.
                    Err(SyncError::Hub(e))
                        if matches!(
                            e.code,
                            HubCode::Fork
                                | HubCode::Gap
                                | HubCode::BadEnvelope
                                | HubCode::Revoked
                                | HubCode::NotAllowed
                        ) =>
                    {
                        tracing::info!(%author, code = ?e.code, "what waited at the relay is not taken");
                        carried.refused += 1;
                        stuck = Some(author);
                    }
                    Err(e) => return Err(e),
                }
            }
        }
    }
}

/// Tells a hub what it lacks, one by one: what it does not take is left out.
pub(crate) async fn bring<T: serde::Serialize + PartialEq>(
    to: &Http,
    path: &str,
    all: &[T],
    has: &[T],
) -> SyncResult<()> {
    for one in all.iter().filter(|one| !has.contains(one)) {
        match to.tell(path, one).await {
            Err(SyncError::Hub(e)) if e.code == HubCode::BadInput => tracing::info!(path, "something is not taken"),
            other => other?,
        }
    }
    Ok(())
}

/// Where a stall's hubs are, as its laptops are told: an identity that goes by it.
#[must_use]
pub fn goes_by(me: &Identity, first: &str, second: Option<&str>) -> Identity {
    let mut new = me.clone();
    let token = |hub: &str| match &me.second {
        _ if same(&me.hub, hub) => me.token.clone(),
        Some(s) if same(&s.hub, hub) => s.token.clone(),
        _ => String::new(),
    };
    // An address by which this laptop reaches a hub (the one it is itself) stays.
    let address = |hub: &str| match &me.second {
        _ if same(&me.hub, hub) => me.hub.clone(),
        Some(s) if same(&s.hub, hub) => s.hub.clone(),
        _ => hub.to_owned(),
    };
    (new.hub, new.token) = (address(first), token(first));
    new.second = second.map(|hub| Second { hub: address(hub), token: token(hub) });
    new
}

/// Whether two addresses are of one hub: the same certificate, or the same text.
fn same(a: &str, b: &str) -> bool {
    match (a.split_once('#'), b.split_once('#')) {
        (Some((_, a)), Some((_, b))) => a == b,
        _ => a == b,
    }
}
