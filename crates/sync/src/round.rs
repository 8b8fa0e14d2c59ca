//! One exchange with the hub.

use std::sync::Arc;

use stall_core::{
    Ms, Role,
    sync::{
        Change, Hex, Hlc, Record, Scope, scope,
        wire::{Head, Hello, HelloAnswer, HubCode, PROTO, PushAnswer},
        wire_trust::{CertKind, Signer, Token},
    },
};
use stall_seal::{
    Chains, Header, Place, SealError,
    cert::{Members, Says, certify},
    frame::{self, Pulled},
    invite::InviteCode,
    keys::Ring,
};
use stall_store::{
    Store,
    sync::{ChainEnd, Sequenced},
};

use crate::{Files, Http, Identity, SyncError, SyncResult, files::Memory, laptops, people};

/// Groups in one envelope at most; fewer where they are long.
const GROUPS: u32 = 400;
/// Envelopes are cut when they grow past it, so that a weak line carries one at a time.
const AIM: usize = 256 << 10;

/// What an exchange did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    pub pushed: u64,
    pub pulled: u64,
    /// Changes that wait in the store.
    pub parked: u64,
    /// The hub's clock less this laptop's, in ms.
    pub offset_ms: i64,
}

/// This laptop at its hub.
#[derive(Debug)]
pub struct Client {
    store: Store,
    me: Identity,
    line: Http,
    trust: Option<(Members, Ring)>,
    /// Groups under our id came back that this install never made.
    forked: bool,
    memory: Arc<Memory>,
}

impl Client {
    /// With the store and who it is.
    ///
    /// # Errors
    /// `Offline` when the system has no TLS roots.
    pub fn new(store: Store, me: Identity) -> SyncResult<Self> {
        let line = Http::new(&me.hub, &me.token)?;
        Ok(Self { store, me, line, trust: None, forked: false, memory: Arc::default() })
    }

    /// Who it is: keep it when an exchange changed it (a new id after a backup, an owner's proof that was seen).
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.me
    }

    /// One exchange: everything of ours to the hub, everything of the hub's here.
    ///
    /// # Errors
    /// `Offline`; `Hub`; `Lineage`; `Seal` for a hub that is not honest; `Store`.
    pub async fn round(&mut self) -> SyncResult<Round> {
        if let Some(code) = &self.me.unproved {
            let code = InviteCode::read(code)?;
            crate::welcome::check(&self.line, &code, &self.me).await?;
            self.me.unproved = None;
            // What it may is for the owner to say, not for who asked.
            let members = people::members(&self.line, &self.me).await?;
            self.me.role = members.get(&self.me.replica).ok_or(SealError::NotGenuine)?.certificate.role;
        }
        let mut hello = self.hello().await?;
        let at = self.store.sync_standing().await?;
        if hello.expect_rseq > at.next_rseq || at.replica != self.me.replica {
            // The hub knows more of us than we do: a backup was put back, or the disk was copied. Or the identity is of another
            // day than the store: its numbers are not those of this id.
            self.renew().await?;
            hello = self.hello().await?;
        }
        let mut round = Round { offset_ms: hello.now.0 - self.store.env().now().0, ..Round::default() };
        if hello.expect_rseq - 1 > at.acked {
            // An answer was lost, or another install goes by our id: what came back tells which.
            match self.pull(&hello, &mut round).await {
                Err(SyncError::Seal(SealError::Chain)) if self.forked => {
                    self.renew().await?;
                    hello = self.hello().await?;
                }
                other => other?,
            }
            // It says it has groups of ours and gives none back: to believe it would be to lose them.
            if hello.expect_rseq - 1 > self.store.sync_standing().await?.acked {
                return Err(SealError::Chain.into());
            }
        }
        match self.push(&hello).await {
            Ok(n) => round.pushed = n,
            Err(SyncError::Hub(e)) if e.code == HubCode::Fork => {
                self.renew().await?;
                hello = self.hello().await?;
                round.pushed = self.push(&hello).await?;
            }
            Err(e) => return Err(e),
        }
        self.pull(&hello, &mut round).await?;
        let at = self.store.sync_standing().await?;
        if at.acked > at.seen {
            // Taken and dropped: nobody else will ever see them.
            return Err(SealError::Chain.into());
        }
        Ok(round)
    }

    /// Waits until the hub has more than this laptop applied.
    ///
    /// # Errors
    /// `Offline`, `Hub`, `Store`.
    pub async fn news(&self) -> SyncResult<()> {
        let cursor = self.store.sync_standing().await?.cursor;
        self.line.event::<Head>(&format!("wait?after={cursor}")).await.map(drop)
    }

    /// What carries the files that rows name, as this laptop is now: ask for it again after a round that changed the identity.
    ///
    /// # Errors
    /// `Offline`, `Hub`; `Seal(NoKey)` before an owner gave this laptop its keys.
    pub async fn files(&mut self) -> SyncResult<Files> {
        let anew = !Files::can(&self.trust(false).await?.1);
        let ring = &self.trust(anew).await?.1;
        if !Files::can(ring) {
            return Err(SealError::NoKey.into());
        }
        let ring = ring.clone();
        Ok(Files::new(self.store.clone(), self.line.clone(), &ring, Arc::clone(&self.memory)))
    }

    async fn hello(&self) -> SyncResult<HelloAnswer> {
        let at = self.store.sync_standing().await?;
        let lineage = self.store.sync_lineage().await?;
        let hello = Hello {
            proto: PROTO,
            schema: stall_store::schema(),
            replica: self.me.replica,
            lineage,
            cursor: at.cursor,
            next_rseq: at.next_rseq,
            clock: self.store.env().now(),
        };
        let answer: HelloAnswer = self.line.post("hello", &hello).await?;
        match lineage {
            Some(l) if l != answer.lineage => Err(SyncError::Lineage),
            Some(_) => Ok(answer),
            None => {
                self.store.sync_set_lineage(answer.lineage).await?;
                Ok(answer)
            }
        }
    }

    /// Members and keys, read anew where they are not enough.
    async fn trust(&mut self, anew: bool) -> SyncResult<&(Members, Ring)> {
        if anew || self.trust.is_none() {
            let members = people::members(&self.line, &self.me).await?;
            let mut kept = people::keys(&self.line).await?;
            if self.me.role == Role::Owner
                && laptops::mend(&self.line, &self.me, &members, &kept, self.store.env().now()).await?
            {
                kept = people::keys(&self.line).await?;
            }
            let ring = people::my_ring(&kept, &self.me, &members)?;
            self.trust = Some((members, ring));
        }
        self.trust.as_ref().ok_or_else(|| SyncError::Strange("no members".to_owned()))
    }

    async fn push(&mut self, hello: &HelloAnswer) -> SyncResult<u64> {
        let (mut next, mut prev) = (hello.expect_rseq, hello.last.0);
        self.store.sync_acked(next - 1).await?;
        let key = self.me.sign();
        let (stall, replica, scopes) = (self.me.stall, self.me.replica, people::scopes(self.me.role));
        let mut sent = 0;
        let mut most = GROUPS;
        loop {
            let mut groups = self.store.sync_pending_after(next - 1, most).await?;
            groups.iter_mut().for_each(|g| readable(&mut g.records, &scopes));
            if groups.is_empty() {
                return Ok(sent);
            }
            let ring = &self.trust(false).await?.1;
            let sealed = match stall_seal::seal(Place { stall, replica, prev }, &groups, ring, &key) {
                Ok(envelope) if groups.len() > 1 && envelope.encode().len() > AIM => Err(SealError::TooLong),
                other => other,
            };
            let envelope = match sealed {
                Ok(envelope) => envelope,
                Err(SealError::TooLong) if groups.len() > 1 => {
                    most = u32::try_from(groups.len() / 2).unwrap_or(1).max(1);
                    continue;
                }
                Err(e) => return Err(e.into()),
            };
            let clock = self.store.env().now();
            let path = format!("push?clock={}&lineage={}", clock.0, hello.lineage);
            let body = frame::push_all([&envelope]);
            let answer: PushAnswer = self.line.octets(&path, body).await?;
            self.store.sync_acked(answer.acked_to).await?;
            sent += groups.len() as u64;
            (next, prev) = (envelope.header.last_rseq() + 1, envelope.header.id());
        }
    }

    async fn pull(&mut self, hello: &HelloAnswer, round: &mut Round) -> SyncResult<()> {
        let mut chains = Chains::default();
        for end in self.store.sync_ends().await? {
            chains.set(end.replica, end.envelope.0, end.rseq);
        }
        let scopes = people::scopes(self.me.role);
        let wanted: Vec<String> = scopes.iter().map(|s| s.number().to_string()).collect();
        loop {
            let cursor = self.store.sync_standing().await?.cursor;
            let path = format!(
                "pull?after={cursor}&scopes={}&replica={}&lineage={}",
                wanted.join(","),
                self.me.replica,
                hello.lineage
            );
            let (page, end) = frame::page(&self.line.bytes(&path).await?)?;
            if page.is_empty() {
                // A hub that says there is more and gives nothing is not to be waited for.
                return if end.head > cursor { Err(SealError::Chain.into()) } else { Ok(()) };
            }
            let (groups, ends) = self.check(&page, &mut chains).await?;
            let done = self.store.sync_apply(&groups, &scopes, &ends).await?;
            round.pulled += done.groups;
            round.parked += done.parked;
            if done.groups == 0 {
                return Ok(());
            }
        }
    }

    /// Checks signatures and chains and opens what the keys open.
    async fn check(&mut self, page: &[Pulled], chains: &mut Chains) -> SyncResult<(Vec<Sequenced>, Vec<ChainEnd>)> {
        let unknown = |trust: &(Members, Ring)| {
            page.iter().any(|p| {
                let keyed = |(i, _): &(usize, Vec<u8>)| {
                    p.header.parts.get(*i).is_some_and(|h| trust.1.get(h.scope, h.key_epoch).is_none())
                };
                trust.0.get(&p.header.replica).is_none() || p.parts.iter().any(keyed)
            })
        };
        let anew = unknown(self.trust(false).await?);
        let me = self.me.replica;
        let stall = self.me.stall;
        self.trust(anew).await?;
        let Some((members, ring)) = &self.trust else { return Err(SealError::NoKey.into()) };
        let (mut groups, mut ends) = (Vec::new(), Vec::new());
        for p in page {
            let author = members.get(&p.header.replica).ok_or(SealError::NotGenuine)?;
            if p.header.stall != stall || p.own != (p.header.replica == me) {
                return Err(SealError::NotGenuine.into());
            }
            p.header.verify(author.key())?;
            chains.take(&p.header)?;
            let (envelope, rseq) = chains.end(&p.header.replica);
            ends.push(ChainEnd { replica: p.header.replica, envelope: Hex(envelope), rseq });
            let opened = if p.own {
                let made = stamps(&self.store, &p.header).await?;
                if made.iter().ne(p.header.groups.iter().map(|g| &g.hlc)) {
                    self.forked = true;
                    return Err(SealError::Chain.into());
                }
                None
            } else {
                let parts = p.parts.iter().map(|(i, bytes)| (*i, bytes.as_slice()));
                Some(stall_seal::open(&p.header, parts, ring)?)
            };
            for (n, (head, eff)) in p.header.groups.iter().zip(&p.effs).enumerate() {
                let at = i64::try_from(n).unwrap_or(i64::MAX);
                let group = opened.as_ref().and_then(|o| o.get(n));
                groups.push(Sequenced {
                    write: stall_core::sync::Write {
                        seq: p.seq0 + at,
                        eff: *eff,
                        replica: p.header.replica,
                        base_seq: head.base_seq,
                    },
                    rseq: p.header.first_rseq + at,
                    by_owner: author.certificate.role == stall_core::Role::Owner,
                    by: group.map(|g| g.said.by.clone()).unwrap_or_default(),
                    records: group.map(|g| g.records.clone()),
                });
            }
        }
        Ok((groups, ends))
    }

    /// Goes on under a new id: the old key signs that it is the same laptop, and the keys are wrapped to it by itself where it
    /// is an owner's, or come with the next owner's exchange.
    async fn renew(&mut self) -> SyncResult<()> {
        let old = self.me.replica;
        let new = self.store.sync_new_replica().await?;
        let key = self.me.sign();
        let now: Ms = self.store.env().now();
        let says = Says {
            stall: self.me.stall,
            kind: CertKind::Join,
            replica: new,
            name: self.me.name.clone(),
            role: self.me.role,
            ed25519: key.public(),
            x25519: self.me.wrap().public(),
            at: now,
        };
        self.line.tell("members", &certify(says, Signer::Replica(old), &key)).await?;
        let token: Token = people::prove(&self.line, (self.me.stall, new), &key, now).await?;
        self.me.replica = new;
        self.forked = false;
        self.me.token = token.token;
        self.line = Http::new(&self.me.hub, &self.me.token)?;
        self.trust = None;
        Ok(())
    }
}

/// The stamps of our own groups of an envelope, as the log has them.
async fn stamps(store: &Store, header: &Header) -> SyncResult<Vec<Hlc>> {
    let count = u32::try_from(header.groups.len()).unwrap_or(u32::MAX);
    Ok(store.sync_stamps(header.first_rseq, count).await?)
}

/// Leaves out the cells this laptop has no key for: they are empty here, and not for it to say.
fn readable(records: &mut Vec<Record>, scopes: &[Scope]) {
    let mine = |table: &str, column: &str| scopes.contains(&scope::of_column(table, column));
    records.retain_mut(|r| match &mut r.change {
        Change::Insert(cells) => {
            cells.retain(|(c, _)| mine(&r.table, c));
            true
        }
        Change::Set(c, _) => mine(&r.table, c),
        Change::Delete | Change::Touch => true,
    });
}
