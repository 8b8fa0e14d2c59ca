//! One exchange with the hub.

use std::sync::Arc;

use stall_core::{
    AppError, Ms, Role,
    sync::{
        Change, Hex, Hlc, Record, ReplicaId, Scope,
        audit::Sums,
        scope,
        wire::{Head, Hello, HelloAnswer, HubCode, HubError, PROTO, PushAnswer},
        wire_trust::{CertKind, Signer},
    },
};
use stall_seal::{
    Chains, Envelope, Header, Place, SealError,
    cert::{Members, Says, certify},
    frame::{self, Pulled},
    invite::InviteCode,
    keys::Ring,
};
use stall_store::{
    Store,
    sync::{Applied, ChainEnd, Sequenced},
};
use tokio::sync::mpsc::UnboundedSender;

use crate::{
    Begun, Claims, Files, Http, Identity, Snapshots, SyncError, SyncResult,
    files::{Memory, Which},
    laptops,
    order::Order,
    people,
    shelf::{Shelf, Trust},
    snapshot::{self, Heard},
};

/// Groups in one envelope at most; fewer where they are long.
const GROUPS: u32 = 400;
/// Envelopes are cut when they grow past it, so that a weak line carries one at a time.
const AIM: usize = 256 << 10;

/// A first exchange of more groups is not kept for a hub that comes back from a backup.
const LONG: i64 = 2_000;

/// What an exchange did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    pub pushed: u64,
    pub pulled: u64,
    /// Changes that wait in the store.
    pub parked: u64,
    /// The hub's clock less this laptop's, in ms.
    pub offset_ms: i64,
    /// The hub does not order: what was pushed has its place once somebody carried it.
    pub relayed: bool,
    /// How a laptop that was new began.
    pub begun: Begun,
}

/// This laptop at its hub.
#[derive(Debug)]
pub struct Client {
    pub(crate) store: Store,
    pub(crate) me: Identity,
    pub(crate) line: Http,
    pub(crate) trust: Option<(Members, Ring)>,
    /// Certificates that were read.
    certificates: u64,
    /// It goes to the second hub.
    away: bool,
    /// Groups under our id came back that this install never made.
    pub(crate) forked: bool,
    pub(crate) shelf: Shelf,
    pub(crate) order: Order,
    memory: Arc<Memory>,
    heard: Heard,
    /// Where sums go that are taken on the way.
    pub(crate) sums: Option<UnboundedSender<Sums>>,
}

impl Client {
    /// With the store and who it is.
    ///
    /// # Errors
    /// `Offline` when the system has no TLS roots.
    pub fn new(store: Store, me: Identity) -> SyncResult<Self> {
        Self::by(store, me, false)
    }

    /// The same, by the way of the stall's second hub: for a laptop that cannot reach the first.
    ///
    /// # Errors
    /// `Offline`, also for a stall without one.
    pub fn away(store: Store, me: Identity) -> SyncResult<Self> {
        Self::by(store, me, true)
    }

    fn by(store: Store, me: Identity, away: bool) -> SyncResult<Self> {
        let (line, shelf, order) = (way(&me, away)?, Shelf::of(store.dir()), Order::of(store.dir()));
        let (memory, heard) = (Arc::default(), Heard::default());
        Ok(Self {
            store,
            me,
            line,
            trust: None,
            certificates: 0,
            away,
            forked: false,
            shelf,
            order,
            memory,
            heard,
            sums: None,
        })
    }

    /// Who it is: keep it when an exchange changed it (a new id after a backup, an owner's proof that was seen).
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.me
    }

    /// One exchange: everything of ours to the hub, everything of the hub's here. A hub that was put back to an earlier day is
    /// first brought what was kept here.
    ///
    /// # Errors
    /// `Offline`; `Hub`; `Lineage` for a hub that is put back again and again; `Seal` for one that is not honest; `Store`.
    pub async fn round(&mut self) -> SyncResult<Round> {
        if let Some(code) = &self.me.unproved {
            let code = InviteCode::read(code)?;
            crate::welcome::check(&self.line, &code, &self.me).await?;
            self.me.unproved = None;
            // What it may is for the owner to say, not for who asked.
            let members = people::members(&self.line, &self.me).await?;
            self.me.role = members.get(&self.me.replica).ok_or(SealError::NotGenuine)?.certificate.role;
        }
        let mut round = Round::default();
        let mut hello = self.hello(&mut round).await?;
        let at = self.store.sync_standing().await?;
        if hello.expect_rseq > at.next_rseq || at.replica != self.me.replica {
            // The hub knows more of us than we do: a backup was put back, or the disk was copied. Or the identity is of another
            // day than the store: its numbers are not those of this id.
            self.renew().await?;
            hello = self.hello(&mut round).await?;
        }
        if hello.certificates > 0 && hello.certificates != self.certificates {
            self.trust(true).await?;
        }
        round.offset_ms = hello.now.0 - self.store.env().now().0;
        round.relayed = hello.relay;
        self.reach(&hello).await?;
        self.begin(&hello, &mut round).await?;
        if hello.expect_rseq - 1 > at.acked && !hello.relay {
            // An answer was lost, or another install goes by our id: what came back tells which.
            match self.pull(&hello, &mut round).await {
                Err(SyncError::Seal(SealError::Chain)) if self.forked => {
                    self.renew().await?;
                    hello = self.hello(&mut round).await?;
                }
                other => other?,
            }
            // It says it has groups of ours and gives none back: to believe it would be to lose them.
            if hello.expect_rseq - 1 > self.store.sync_standing().await?.acked {
                return Err(SealError::Chain.into());
            }
        }
        match self.push(&hello).await {
            Ok(n) => round.pushed += n,
            Err(SyncError::Hub(e)) if e.code == HubCode::Fork => {
                self.renew().await?;
                hello = self.hello(&mut round).await?;
                round.pushed += self.push(&hello).await?;
            }
            Err(e) => return Err(e),
        }
        self.pull(&hello, &mut round).await?;
        let at = self.store.sync_standing().await?;
        // At a relay ours wait to be carried.
        if at.acked > at.seen && !hello.relay {
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

    /// Whether neither side has anything to say, by the smallest question there is. It sees rows only: who came, who was taken
    /// out and what was put back, a whole exchange tells.
    ///
    /// # Errors
    /// `Offline`, `Broken`, `Hub`, `Store`.
    pub async fn idle(&self) -> SyncResult<bool> {
        let (at, lineage) = (self.store.sync_standing().await?, self.store.sync_lineage().await?);
        match lineage {
            Some(lineage) if at.waiting == 0 && at.acked == at.seen => {
                self.line.nothing(&format!("head/{}/{lineage}", at.cursor)).await
            }
            _ => Ok(false),
        }
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
        let which = if self.away { Which::Second } else { Which::First };
        let owner = self.me.role == Role::Owner;
        Ok(Files::new(self.store.clone(), self.line.clone(), &ring, owner, (which, Arc::clone(&self.memory))))
    }

    /// What reserves units while they are given to orders, as this laptop is now. `None` before an owner gave it its keys.
    ///
    /// # Errors
    /// `Offline`, `Hub`, `Seal`.
    pub async fn claims(&mut self) -> SyncResult<Option<Claims>> {
        let (members, ring) = self.trust(false).await?.clone();
        Ok(Claims::new(self.me.clone(), self.line.clone(), self.away, (members, &ring)))
    }

    /// What makes snapshots here and sends them, after an exchange. `None` for a laptop that is no owner's.
    #[must_use]
    pub fn snapshots(&self) -> Option<Snapshots> {
        let owner = self.me.role == Role::Owner;
        let of = || self.heard.snapshots(self.store.clone(), self.me.clone(), self.line.clone(), &self.memory);
        owner.then(of).flatten()
    }

    /// A laptop that has applied nothing, and of which the hub has nothing, begins with the hub's snapshot.
    async fn begin(&mut self, hello: &HelloAnswer, round: &mut Round) -> SyncResult<()> {
        self.heard.hello(hello);
        let at = self.store.sync_standing().await?;
        let Some(info) = hello.snapshot.as_ref().filter(|_| at.cursor == 0 && hello.expect_rseq == 1) else {
            return Ok(());
        };
        if self.heard.refused(info.seq) {
            return Ok(());
        }
        self.trust(true).await?;
        let Some((members, ring)) = &self.trust else { return Err(SealError::NoKey.into()) };
        round.begun = snapshot::begin(&self.store, &self.line, &self.me, (members, ring), info).await?;
        self.heard.begun(info.seq, round.begun);
        Ok(())
    }

    /// What the hub lacks of ours must be in the log.
    async fn reach(&self, hello: &HelloAnswer) -> SyncResult<()> {
        let at = self.store.sync_standing().await?;
        if hello.expect_rseq > at.thinned {
            return Ok(());
        }
        if hello.relay {
            // What was carried since is not there yet. All of it has its place at the hub that orders.
            return Err(SyncError::Offline("the relay has not been brought the stall's order for long".to_owned()));
        }
        if at.cursor > 0 || hello.expect_rseq > 1 {
            // It gave these a place once, and says of no other order.
            return Err(SealError::Chain.into());
        }
        // A stall that was alone for longer than the log reaches.
        self.store.sync_tell(false).await?;
        Ok(())
    }

    /// Where both stand, once the hub's order is the one this laptop goes by.
    async fn hello(&mut self, round: &mut Round) -> SyncResult<HelloAnswer> {
        let lineage = self.store.sync_lineage().await?;
        let answer = match self.greet(lineage).await {
            // A hub that lost its tokens believes the key; and taking a new id may have been cut off before its token came.
            Err(SyncError::Hub(e)) if e.code == HubCode::NoToken || of_another(&e) => {
                self.prove().await?;
                self.greet(lineage).await?
            }
            other => other?,
        };
        match lineage {
            // Nobody brought it the order that this laptop goes by, or any.
            _ if answer.relay && (answer.head == 0 || lineage.is_some_and(|l| l != answer.lineage)) => {
                Err(SyncError::Offline("the relay has not been brought the stall's order".to_owned()))
            }
            Some(l) if l != answer.lineage => self.again(round).await,
            Some(_) => Ok(answer),
            None => {
                self.store.sync_set_lineage(answer.lineage).await?;
                Ok(answer)
            }
        }
    }

    /// A token for who holds the key.
    async fn prove(&mut self) -> SyncResult<()> {
        let of = (self.me.stall, self.me.replica);
        let token = people::prove(&self.line, of, &self.me.sign(), self.store.env().now()).await?.token;
        match self.me.second.as_mut().filter(|_| self.away) {
            Some(second) => second.token = token,
            None => self.me.token = token,
        }
        self.line = way(&self.me, self.away)?;
        Ok(())
    }

    /// Says where this laptop stands in an order.
    pub(crate) async fn greet(&self, lineage: Option<Hex<16>>) -> SyncResult<HelloAnswer> {
        self.greet_at(&self.line, lineage).await
    }

    pub(crate) async fn greet_at(&self, line: &Http, lineage: Option<Hex<16>>) -> SyncResult<HelloAnswer> {
        let at = self.store.sync_standing().await?;
        let hello = Hello {
            proto: PROTO,
            schema: stall_store::schema(),
            replica: self.me.replica,
            lineage,
            cursor: at.cursor,
            next_rseq: at.next_rseq,
            clock: self.store.env().now(),
        };
        line.post("hello", &hello).await
    }

    /// Members and keys, read anew where they are not enough.
    pub(crate) async fn trust(&mut self, anew: bool) -> SyncResult<&(Members, Ring)> {
        if anew || self.trust.is_none() {
            let certificates = people::certificates(&self.line).await?;
            let members = people::proved(&certificates, &self.me)?;
            self.certificates = certificates.len() as u64;
            let mut kept = people::keys(&self.line).await?;
            if self.me.role == Role::Owner
                && laptops::mend(&self.line, &self.me, &members, &kept, self.store.env().now()).await?
            {
                kept = people::keys(&self.line).await?;
            }
            let ring = people::my_ring(&kept, &self.me, &members)?;
            self.trust = Some((members, ring));
            if self.me.role == Role::Owner {
                let noted = self.shelf.keep_trust(Trust { certificates, wraps: kept }).await;
                noted.map_err(|e| AppError::from_io(&e))?;
            }
        }
        self.trust.as_ref().ok_or_else(|| SyncError::Strange("no members".to_owned()))
    }

    /// Keeps envelopes for the day a hub comes back from a backup. An owner's laptop does: it has every scope.
    async fn keep(&self, envelopes: Vec<Envelope>) -> SyncResult<()> {
        if self.me.role == Role::Owner {
            let kept = self.shelf.keep(envelopes, self.store.env().now()).await;
            kept.map_err(|e| AppError::from_io(&e))?;
        }
        Ok(())
    }

    pub(crate) async fn push(&mut self, hello: &HelloAnswer) -> SyncResult<u64> {
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
            let end = (Hex(envelope.header.id()), envelope.header.last_rseq());
            self.store.sync_sending(end).await?;
            let clock = self.store.env().now();
            let path = format!("push?clock={}&lineage={}", clock.0, hello.lineage);
            let body = frame::push_all([&envelope]);
            let answer: PushAnswer = self.line.octets(&path, body).await?;
            self.store.sync_acked(answer.acked_to).await?;
            sent += groups.len() as u64;
            (next, prev) = (end.1 + 1, end.0.0);
            self.keep(vec![envelope]).await?;
        }
    }

    async fn pull(&mut self, hello: &HelloAnswer, round: &mut Round) -> SyncResult<()> {
        let mut chains = Chains::default();
        for end in self.store.sync_ends().await? {
            chains.set(end.replica, end.envelope.0, end.rseq);
        }
        let scopes = people::scopes(self.me.role);
        // Of all that a laptop hears when it comes, the others have everything.
        let first = self.store.sync_standing().await?.cursor == 0 && hello.head > LONG;
        loop {
            let cursor = self.store.sync_standing().await?.cursor;
            let (page, end) = frame::page(&self.page(hello, cursor).await?)?;
            if page.is_empty() {
                // A hub that says there is more and gives nothing is not to be waited for.
                return if end.head > cursor { Err(SealError::Chain.into()) } else { Ok(()) };
            }
            let (groups, ends) = self.check(&page, &mut chains, 0).await?;
            let cut = self.cut(&page, end.head);
            if !first {
                self.keep(page.into_iter().filter_map(whole).collect()).await?;
            }
            let mut done = Applied::default();
            let ((groups, after), (ends, last)) = (groups.split_at(cut.0), ends.split_at(cut.1));
            for (n, (groups, ends)) in [(groups, ends), (after, last)].into_iter().enumerate() {
                if groups.is_empty() {
                    continue;
                }
                let part = self.store.sync_apply(groups, &scopes, ends).await?;
                done.groups += part.groups;
                done.parked += part.parked;
                if n == 0 {
                    self.sum_up().await?;
                }
            }
            round.pulled += done.groups;
            round.parked += done.parked;
            if done.groups == 0 {
                return Ok(());
            }
        }
    }

    /// A page of the hub's order, of the scopes this laptop has keys for.
    pub(crate) async fn page(&self, hello: &HelloAnswer, after: i64) -> SyncResult<Vec<u8>> {
        self.page_of(hello, after, false).await
    }

    /// The same; `whole`: also what the groups of ours say.
    pub(crate) async fn page_of(&self, hello: &HelloAnswer, after: i64, whole: bool) -> SyncResult<Vec<u8>> {
        let scopes: Vec<String> = people::scopes(self.me.role).iter().map(|s| s.number().to_string()).collect();
        let (scopes, replica, lineage) = (scopes.join(","), self.me.replica, hello.lineage);
        let whole = if whole { "&whole=true" } else { "" };
        self.line.bytes(&format!("pull?after={after}&scopes={scopes}&replica={replica}&lineage={lineage}{whole}")).await
    }

    /// Checks signatures and chains and opens what the keys open. `thinned`: groups of ours came with what they say, which the log
    /// has only of those after this one.
    pub(crate) async fn check(
        &mut self,
        page: &[Pulled],
        chains: &mut Chains,
        thinned: i64,
    ) -> SyncResult<(Vec<Sequenced>, Vec<ChainEnd>)> {
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
            let ours = p.header.replica == me;
            if p.header.stall != stall || p.own != (ours && thinned == 0) {
                return Err(SealError::NotGenuine.into());
            }
            p.header.verify(author.key())?;
            chains.take(&p.header)?;
            let (envelope, rseq) = chains.end(&p.header.replica);
            ends.push(ChainEnd { replica: p.header.replica, envelope: Hex(envelope), rseq });
            if ours && !made(&self.store, &p.header).await? {
                self.forked = true;
                return Err(SealError::Chain.into());
            }
            let opened = if p.own {
                None
            } else {
                let parts = p.parts.iter().map(|(i, bytes)| (*i, bytes.as_slice()));
                Some(stall_seal::open(&p.header, parts, ring)?)
            };
            for (n, (head, eff)) in p.header.groups.iter().zip(&p.effs).enumerate() {
                let at = i64::try_from(n).unwrap_or(i64::MAX);
                let logged = ours && p.header.first_rseq + at > thinned;
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
                    records: group.filter(|_| !logged).map(|g| g.records.clone()),
                });
            }
        }
        Ok((groups, ends))
    }

    /// Goes on under a new id: the old key signs that it is the same laptop, and the keys are wrapped to it by itself where it
    /// is an owner's, or come with the next owner's exchange.
    pub(crate) async fn renew(&mut self) -> SyncResult<()> {
        let new = self.store.sync_new_replica().await?;
        self.go_on_as(new).await
    }

    pub(crate) async fn go_on_as(&mut self, new: ReplicaId) -> SyncResult<()> {
        let old = self.me.replica;
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
        self.me.replica = new;
        self.forked = false;
        self.prove().await?;
        self.trust = None;
        Ok(())
    }
}

/// The token is of another id than the one that is said.
fn of_another(e: &HubError) -> bool {
    e.code == HubCode::NotAllowed && e.args.get("why").is_some_and(|why| why == "replica")
}

/// The way to the hub, or to the second one.
fn way(me: &Identity, away: bool) -> SyncResult<Http> {
    match &me.second {
        Some(second) if away => Http::new(&second.hub, &second.token),
        None if away => Err(SyncError::Offline("there is no second hub".to_owned())),
        _ => Http::new(&me.hub, &me.token),
    }
}

/// An envelope as its author sent it, where every part of it came.
fn whole(p: Pulled) -> Option<Envelope> {
    let all = !p.own && p.parts.len() == p.header.parts.len();
    all.then(|| Envelope { header: p.header, parts: p.parts.into_iter().map(|(_, bytes)| bytes).collect() })
}

/// Whether this install made our own groups of an envelope.
async fn made(store: &Store, header: &Header) -> SyncResult<bool> {
    let stamps: Vec<Hlc> = header.groups.iter().map(|g| g.hlc).collect();
    let end = (Hex(header.id()), header.last_rseq());
    Ok(store.sync_sent(end).await? && store.sync_made(header.first_rseq, &stamps).await?)
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
