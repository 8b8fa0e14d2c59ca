//! A laptop in doubt compares what it holds with what the hub's order makes, row by row, and makes it anew where they differ.
//!
//! The order is applied to a stall of its own beside this one first: who is right is not disturbed by others who are not.

use std::path::{Path, PathBuf};

use stall_core::{
    AppError, AppResult, ErrorCode,
    sync::{
        audit::{Keys, Sums, is_cut},
        wire::HelloAnswer,
    },
};
use stall_seal::{
    Chains, SealError,
    frame::{self, Pulled},
    presence::sum_keys,
};
use stall_store::{Env, Store, sync::audit::Differences};
use tokio::{runtime::Handle, sync::mpsc::UnboundedSender};

use crate::{Client, Round, SyncResult, people};

/// The stall as it was before it was made anew, in its folder.
pub const BEFORE_AUDIT: &str = "stall.before-audit.db";
/// Where the hub's order is applied meanwhile, likewise; of no use afterwards.
pub const AUDIT: &str = "stall.audit";
/// People go on working: so often both are brought to the same place.
const TRIES: usize = 8;
/// Rows that are told by name.
const MOST: usize = 200;
/// Sums taken further back than that nobody else takes: it is only catching up.
const BEHIND: i64 = 512;

/// How it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audited {
    /// It cannot be said now: people work, or the hub that orders is not reached.
    Later,
    /// What this laptop holds is what the hub's order makes.
    Same,
    /// It was not, and was made anew.
    Mended(Differences),
    /// It was made anew and still is not: a fault of the program.
    Still(Differences),
}

impl Client {
    /// Compares what this laptop holds with what the hub's order makes, and makes it anew where they differ. The stall as it was
    /// stays beside it as [`BEFORE_AUDIT`]; what the hub has not yet of this laptop is sent before.
    ///
    /// # Errors
    /// As an exchange; `DiskFull`.
    pub async fn audit(&mut self) -> SyncResult<Audited> {
        let dir = self.store.dir().join(AUDIT);
        remove(&dir)?;
        let beside = open(dir.clone(), self.store.env().clone()).await?;
        let done = self.audit_by(&beside).await;
        close(beside).await;
        if let Err(e) = remove(&dir) {
            tracing::info!(code = ?e.code, "what was compared with stays until the next time");
        }
        done
    }

    async fn audit_by(&mut self, beside: &Store) -> SyncResult<Audited> {
        let Some(found) = self.against(beside).await? else { return Ok(Audited::Later) };
        if found.total == 0 {
            return Ok(Audited::Same);
        }
        let named: Vec<_> = found.rows.iter().take(8).map(|d| (&d.table, &d.row)).collect();
        tracing::warn!(
            total = found.total,
            ?named,
            "this laptop does not hold what the hub's order makes: it is made anew"
        );
        self.anew(&mut Round::default(), BEFORE_AUDIT).await?;
        Ok(match self.against(beside).await? {
            Some(left) if left.total > 0 => Audited::Still(left),
            _ => Audited::Mended(found),
        })
    }

    /// What differs, both at the same place of the order. `None` while people do not leave off.
    async fn against(&mut self, beside: &Store) -> SyncResult<Option<Differences>> {
        let scopes = people::scopes(self.me.role);
        for _ in 0..TRIES {
            if self.round().await?.relayed {
                return Ok(None);
            }
            let hello = self.greet(self.store.sync_lineage().await?).await?;
            self.apply_beside(beside, &hello).await?;
            let (Some(here), Some(right)) = (self.store.sync_moment().await?, beside.sync_moment().await?) else {
                continue;
            };
            if here.seq() == right.seq() {
                return Ok(Some(here.differences(right, &scopes, MOST).await?));
            }
        }
        Ok(None)
    }

    /// Applies the hub's order as anybody's, our own groups with what they say.
    async fn apply_beside(&mut self, beside: &Store, hello: &HelloAnswer) -> SyncResult<()> {
        let mut chains = Chains::default();
        for end in beside.sync_ends().await? {
            chains.set(end.replica, end.envelope.0, end.rseq);
        }
        beside.sync_set_lineage(hello.lineage).await?;
        let scopes = people::scopes(self.me.role);
        loop {
            let at = beside.sync_standing().await?.cursor;
            if at >= hello.head {
                return Ok(());
            }
            let (page, _) = frame::page(&self.page_of(hello, at, true).await?)?;
            if page.is_empty() {
                return Err(SealError::Chain.into());
            }
            let (groups, ends) = self.check(&page, &mut chains, i64::MAX).await?;
            beside.sync_apply(&groups, &scopes, &ends).await?;
        }
    }

    /// Sums are taken on the way where all laptops take them, and go to `to`.
    pub fn sums_to(&mut self, to: UnboundedSender<Sums>) {
        self.sums = Some(to);
    }

    /// The keys of sums that this laptop has.
    ///
    /// # Errors
    /// `Offline`, `Hub`; `Seal`.
    pub async fn sum_keys(&mut self) -> SyncResult<Keys> {
        Ok(sum_keys(&self.trust(false).await?.1))
    }

    /// How many groups and envelopes of a page there are up to the last place in it where sums are taken; none where they are not.
    pub(crate) fn cut(&self, page: &[Pulled], head: i64) -> (usize, usize) {
        if self.sums.is_none() {
            return (0, 0);
        }
        let (mut groups, mut cut) = (0, (0, 0));
        for (n, p) in page.iter().enumerate() {
            groups += p.effs.len();
            let last = p.seq0 + i64::try_from(p.effs.len()).unwrap_or(0) - 1;
            if is_cut(p.seq0, last) && head - last < BEHIND {
                cut = (groups, n + 1);
            }
        }
        cut
    }

    /// Takes sums beside everybody's work.
    pub(crate) async fn sum_up(&mut self) -> SyncResult<()> {
        let (Some(to), Some(moment)) = (self.sums.clone(), self.store.sync_moment().await?) else { return Ok(()) };
        let keys = self.sum_keys().await?;
        tokio::spawn(async move {
            match moment.sums(&keys).await {
                // Who does not listen any more is no error.
                Ok(sums) => drop(to.send(sums)),
                Err(e) => tracing::info!(code = ?e.code, "no sums were taken"),
            }
        });
        Ok(())
    }
}

/// On a thread of its own, as the next: neither future can be sent to another (sqlx's `Acquire` is not general enough).
async fn open(dir: PathBuf, env: Env) -> AppResult<Store> {
    let here = Handle::current();
    let opened = tokio::task::spawn_blocking(move || here.block_on(Store::open(&dir, env))).await;
    opened.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}

async fn close(store: Store) {
    let here = Handle::current();
    tokio::task::spawn_blocking(move || here.block_on(store.close())).await.ok();
}

fn remove(dir: &Path) -> Result<(), AppError> {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(AppError::from_io(&e)),
        _ => Ok(()),
    }
}
