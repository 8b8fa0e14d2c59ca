//! A hub that was put back to an earlier day. Laptops bring it what they kept, and begin again from its order: it is another
//! one now, and what a laptop holds is a function of it.

use std::collections::BTreeMap;

use stall_core::{
    AppError, Role,
    sync::{
        ReplicaId,
        wire::{HelloAnswer, HubCode, PushAnswer},
        wire_trust::{CertKind, Certificate},
    },
};
use stall_seal::{
    Chains, Envelope, SealError,
    frame::{self, Pulled},
};
use stall_store::sync::{Anew, Stretch};

use tokio::sync::mpsc::{self, Sender};

use crate::{Client, Round, SyncError, SyncResult, people};

/// People go on working meanwhile: what they do is pushed and the order read again, so often at most.
const TRIES: usize = 20;
/// Bytes of envelopes in one push.
const BODY: usize = 2 << 20;
/// The stall as it was before the hub came back.
const RESTORED: &str = "stall.before-restore.db";

impl Client {
    /// Gives the hub what it lost, as far as it is kept here, and makes what this laptop holds anew from what it has then.
    pub(crate) async fn again(&mut self, round: &mut Round) -> SyncResult<HelloAnswer> {
        tracing::warn!("the hub has an older order: it is brought what was kept, and this laptop begins again");
        if self.me.role == Role::Owner {
            self.bring().await?;
        }
        self.anew(round, RESTORED).await
    }

    /// Makes what this laptop holds anew from the hub's order; the stall as it was is kept as `copy`.
    pub(crate) async fn anew(&mut self, round: &mut Round, copy: &str) -> SyncResult<HelloAnswer> {
        for _ in 0..TRIES {
            let mut hello = self.greet(None).await?;
            let at = self.store.sync_standing().await?;
            if hello.expect_rseq > at.next_rseq {
                self.renew().await?;
                continue;
            }
            if hello.expect_rseq <= at.thinned {
                self.tell_anew(&hello).await?;
                continue;
            }
            match self.push(&hello).await {
                Ok(n) => round.pushed += n,
                Err(SyncError::Hub(e)) if e.code == HubCode::Fork => {
                    self.renew().await?;
                    continue;
                }
                Err(e) => return Err(e),
            }
            hello = self.greet(None).await?;
            let thinned = self.store.sync_standing().await?.thinned;
            let pages = self.order(&hello, thinned > 0).await?;
            match self.begin_again(&hello, pages, thinned, copy).await {
                Ok(Some(groups)) => {
                    round.pulled += groups;
                    return self.greet(Some(hello.lineage)).await;
                }
                Ok(None) => {}
                Err(SyncError::Seal(SealError::Chain)) if self.forked => self.renew().await?,
                Err(e) => return Err(e),
            }
        }
        Err(SyncError::Lineage)
    }

    /// The hub was put back to a day before what the log reaches back to, or is another: it is told all that is here.
    async fn tell_anew(&mut self, hello: &HelloAnswer) -> SyncResult<()> {
        tracing::warn!("the hub lacks more than this laptop kept of what it said: it is told all that is here");
        let known = hello.expect_rseq > 1;
        let id = self.store.sync_tell(known).await?;
        if known { self.go_on_as(id).await } else { Ok(()) }
    }

    /// All pages of the hub's order as it is now; `whole`: also what the groups of ours say, which the log has no more.
    async fn order(&self, hello: &HelloAnswer, whole: bool) -> SyncResult<Vec<Vec<Pulled>>> {
        let (mut pages, mut at) = (Vec::new(), 0);
        while at < hello.head {
            let (page, _) = frame::page(&self.page_of(hello, at, whole).await?)?;
            let Some(last) = page.last() else { return Err(SealError::Chain.into()) };
            at = last.seq0 + i64::try_from(last.effs.len()).unwrap_or(0) - 1;
            pages.push(page);
        }
        Ok(pages)
    }

    /// `None`: somebody worked here meanwhile.
    async fn begin_again(
        &mut self,
        hello: &HelloAnswer,
        pages: Vec<Vec<Pulled>>,
        thinned: i64,
        copy: &str,
    ) -> SyncResult<Option<u64>> {
        let (store, scopes) = (self.store.clone(), people::scopes(self.me.role));
        let of = Anew { lineage: hello.lineage, pushed: hello.expect_rseq - 1, scopes: &scopes, copy };
        let (to, order) = mpsc::channel(2);
        let (done, read) = tokio::join!(store.sync_again(of, order), self.read(pages, thinned, to));
        read?;
        Ok(done?.map(|d| d.groups))
    }

    /// Checks and opens pages for who applies them; ends early, without the end, where one is not genuine.
    async fn read(&mut self, pages: Vec<Vec<Pulled>>, thinned: i64, to: Sender<Option<Stretch>>) -> SyncResult<()> {
        let mut chains = Chains::default();
        for page in pages {
            let (groups, ends) = self.check(&page, &mut chains, thinned).await?;
            if to.send(Some(Stretch { groups, ends })).await.is_err() {
                // Nothing more is wanted: why, says who wanted it.
                return Ok(());
            }
        }
        to.send(None).await.ok();
        Ok(())
    }

    /// Certificates, keys and envelopes which the hub lacks. Who was taken out since is taken out again, after its envelopes
    /// were brought: they were said before.
    async fn bring(&mut self) -> SyncResult<()> {
        let kept = self.shelf.trust().await.map_err(kept_badly)?;
        let (joins, revokes): (Vec<_>, Vec<_>) = kept.certificates.into_iter().partition(|c| c.kind == CertKind::Join);
        let here: Vec<Certificate> = self.line.get("members").await?;
        for join in joins.iter().filter(|c| !here.contains(c)) {
            self.tell_kept("members", join).await?;
        }
        let wraps = people::keys(&self.line).await?;
        for wrap in kept.wraps.iter().filter(|w| !wraps.contains(w)) {
            self.tell_kept("keys", wrap).await?;
        }
        let mut of: BTreeMap<ReplicaId, Vec<Envelope>> = BTreeMap::new();
        for e in self.shelf.envelopes().await.map_err(kept_badly)? {
            of.entry(e.header.replica).or_default().push(e);
        }
        for (author, mut envelopes) in of {
            envelopes.sort_by_key(|e| e.header.first_rseq);
            envelopes.dedup_by(|a, b| a.header == b.header);
            self.bring_of(author, &envelopes).await?;
        }
        for revoke in revokes.iter().filter(|c| !here.contains(c)) {
            self.tell_kept("members", revoke).await?;
        }
        self.trust = None;
        Ok(())
    }

    /// Tells one thing that was kept; what the hub does not take is left out.
    async fn tell_kept(&self, path: &str, what: &impl serde::Serialize) -> SyncResult<()> {
        match self.line.tell(path, what).await {
            Err(SyncError::Hub(e)) if matches!(e.code, HubCode::BadInput | HubCode::Exists) => {
                tracing::info!(path, "something kept is not taken");
                Ok(())
            }
            other => other,
        }
    }

    /// One author's envelopes from where the hub has them. Where they do not follow on, its own laptop is to bring them.
    async fn bring_of(&self, author: ReplicaId, envelopes: &[Envelope]) -> SyncResult<()> {
        let mut at = 0;
        while let Some(rest) = envelopes.get(at..).filter(|r| !r.is_empty()) {
            let mut size = 0;
            let fits = |e: &&Envelope| {
                size += e.parts.iter().map(Vec::len).sum::<usize>();
                size <= BODY
            };
            let n = rest.iter().take_while(fits).count().max(1);
            let body = frame::push_all(rest.iter().take(n));
            let path = format!("push?clock={}", self.store.env().now().0);
            match self.line.octets::<PushAnswer>(&path, body).await {
                Ok(_) => at += n,
                // The shelf begins or ends in the middle of what the hub has: from where it goes on.
                Err(SyncError::Hub(e)) if e.code == HubCode::Fork || e.code == HubCode::Gap => {
                    let expect: i64 = e.args.get("expect").and_then(|n| n.parse().ok()).unwrap_or(i64::MAX);
                    let next = envelopes.iter().position(|e| e.header.first_rseq == expect);
                    let Some(next) = next.filter(|next| *next > at) else {
                        tracing::info!(%author, "what is kept of a laptop does not follow on");
                        return Ok(());
                    };
                    at = next;
                }
                Err(SyncError::Hub(e))
                    if matches!(e.code, HubCode::BadEnvelope | HubCode::Revoked | HubCode::NotAllowed) =>
                {
                    tracing::info!(%author, code = ?e.code, "what is kept of a laptop is not taken");
                    return Ok(());
                }
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

fn kept_badly(e: std::io::Error) -> SyncError {
    AppError::from_io(&e).into()
}
