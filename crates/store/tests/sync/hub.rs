//! The least a hub is: an order and stamps. And laptops that reach it now and then.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use stall_core::{
    Ms, Role,
    sync::{Claim, Hex, Hlc, Record, ReplicaId, Scope, Write, record::of_scope, restamp},
};
use stall_store::{
    Actor, Env, Store,
    sync::{Anew, Sequenced, Standing, Stretch},
};

use crate::actions::{NOON, Stall};

pub use crate::state::same;

const LINEAGE: Hex<16> = Hex([9; 16]);

/// What one group was sent as.
#[derive(Debug, Clone)]
struct Kept {
    write: Write,
    rseq: i64,
    by: String,
    records: Vec<Record>,
}

/// The hub.
#[derive(Debug, Default)]
pub struct Hub {
    groups: Vec<Kept>,
    next: BTreeMap<ReplicaId, i64>,
    last: BTreeMap<ReplicaId, Hlc>,
    /// The greatest stamp of all groups up to each seq.
    seen: Vec<Hlc>,
    pub now: i64,
}

impl Hub {
    pub fn new() -> Self {
        Self { now: NOON, ..Self::default() }
    }

    /// Takes what a laptop has to send, at most `most` groups. `lost`: the answer never arrives.
    pub async fn push(&mut self, s: &Stall, most: u32, lost: bool) {
        let me = s.store.sync_standing().await.unwrap().replica;
        let offset_ms = self.now - s.clock.load(Ordering::SeqCst);
        if s.store.sync_lineage().await.unwrap().is_none() {
            s.store.sync_set_lineage(LINEAGE).await.unwrap();
        }
        let groups = s.store.sync_pending(most).await.unwrap();
        for g in groups {
            let next = self.next.entry(me).or_insert(1);
            if g.rseq < *next {
                continue;
            }
            assert_eq!(g.rseq, *next, "a laptop sends its groups without a gap");
            *next += 1;
            let last = self.last.entry(me).or_default();
            let base = usize::try_from(g.base_seq).unwrap();
            let seen = base.checked_sub(1).map_or(Hlc::ZERO, |at| self.seen[at]);
            let eff = restamp(Claim { hlc: g.hlc, offset_ms }, Ms(self.now), *last, seen);
            *last = eff;
            let seq = i64::try_from(self.groups.len()).unwrap() + 1;
            self.seen.push(self.seen.last().copied().unwrap_or_default().max(eff));
            let records = Scope::ALL.into_iter().flat_map(|scope| of_scope(&g.records, scope)).collect();
            self.groups.push(Kept {
                write: Write { seq, eff, replica: me, base_seq: g.base_seq },
                rseq: g.rseq,
                by: g.said.by,
                records,
            });
        }
        if !lost {
            s.store.sync_acked(self.next.get(&me).map_or(0, |n| n - 1)).await.unwrap();
        }
    }

    /// The page after `cursor` for a laptop whose log has its own groups.
    pub fn page(&self, me: ReplicaId, cursor: i64, most: usize) -> Vec<Sequenced> {
        self.whole(me, cursor, most, 0)
    }

    /// The same for one whose log has its own groups after `thinned`.
    fn whole(&self, me: ReplicaId, cursor: i64, most: usize, thinned: i64) -> Vec<Sequenced> {
        self.groups
            .iter()
            .skip(usize::try_from(cursor).unwrap())
            .take(most)
            .map(|k| Sequenced {
                write: k.write,
                rseq: k.rseq,
                by_owner: true,
                by: k.by.clone(),
                records: (k.write.replica != me || k.rseq <= thinned).then(|| k.records.clone()),
            })
            .collect()
    }

    /// Gives a laptop a page.
    pub async fn pull(&self, s: &Stall, most: usize) {
        let at = s.store.sync_standing().await.unwrap();
        let page = self.page(at.replica, at.cursor, most);
        let done = s.store.sync_apply(&page, &Scope::ALL, &[]).await.unwrap();
        assert_eq!(done.parked, 0, "{:?}", parked(s).await);
    }

    /// Makes what a laptop holds anew, in pages.
    pub async fn again(&self, s: &Stall, most: usize) {
        let Standing { replica: me, thinned, .. } = s.store.sync_standing().await.unwrap();
        let pushed = self.next.get(&me).map_or(0, |n| n - 1);
        let (to, order) = tokio::sync::mpsc::channel(self.groups.len() + 1);
        let mut at = 0;
        loop {
            let groups = self.whole(me, at, most, thinned);
            at += i64::try_from(groups.len()).unwrap();
            let end = groups.is_empty();
            to.send((!end).then_some(Stretch { groups, ends: Vec::new() })).await.unwrap();
            if end {
                break;
            }
        }
        let of = Anew { lineage: LINEAGE, pushed, scopes: &Scope::ALL, copy: "stall.before-restore.db" };
        let done = s.store.sync_again(of, order).await.unwrap().unwrap();
        assert_eq!((done.groups, done.parked), (self.groups.len() as u64, 0), "{:?}", parked(s).await);
    }

    /// Until nobody has anything to say.
    pub async fn settle(&mut self, all: &[Stall]) {
        for s in all {
            self.push(s, u32::MAX, false).await;
        }
        for s in all {
            while s.store.sync_standing().await.unwrap().cursor < i64::try_from(self.groups.len()).unwrap() {
                self.pull(s, 500).await;
            }
        }
    }
}

/// What waits, for a message.
pub async fn parked(s: &Stall) -> Vec<String> {
    let sql = "SELECT reason || ' ' || tbl || ' ' || change || ' ' || detail FROM sync_parked";
    sqlx::query_scalar(sql).fetch_all(&mut *s.store.read().await.unwrap()).await.unwrap()
}

/// A laptop whose clock is wrong by `skew`.
pub async fn laptop(dir: &Path, name: &str, skew: i64) -> Stall {
    let clock = Arc::new(AtomicI64::new(NOON + skew));
    let read = Arc::clone(&clock);
    let store = Store::open(dir, Env::with_clock(move || Ms(read.load(Ordering::SeqCst)))).await.unwrap();
    Stall { store, me: Actor::new(name, Role::Owner), clock }
}

/// Every row of every table that travels, and what is derived of them.
pub async fn state(s: &Stall) -> Vec<String> {
    crate::state::rows(&s.store).await
}
