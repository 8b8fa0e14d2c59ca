//! Laptops that compare what they hold (`ledger_audit`): when sums are taken, what is heard of the others', and what a person is
//! told of it. Sums travel with presence; who is in doubt compares itself with the hub's order, after an exchange.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde::{Deserialize, Serialize};
use stall_core::{
    AppResult, Ms,
    api::{LedgerKind, LedgerNotice, LedgerNotices, LedgerState, Push, SyncLedger, SyncLine},
    sync::{
        ReplicaId,
        audit::{Keys, Ledger, Sums, Told},
    },
};
use stall_store::sync::audit::{Differences, How};
use stall_sync::{AUDIT, Audited, BEFORE_AUDIT, Client, Round};
use tokio::{
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    time::Instant,
};

use super::{Peers, keep, lock};
use crate::{
    ctx::{Ctx, Weak},
    lan::{make_dir, write_private},
    stall::Stall,
};

/// A stall in which nothing came for so long is summed up: all laptops that reach the hub stand at the same place then.
const QUIET: Duration = Duration::from_secs(90);
/// Between two looks at whether it is quiet.
const LOOK: Duration = Duration::from_secs(15);
/// That two laptops cannot be made the same is told so often.
const DAY: u64 = 24 * 3600 * 1000;
/// Notices that nobody put away; the oldest go.
const NOTICES: usize = 10;
/// Units and orders that a notice names, of each.
const NAMED: usize = 20;

/// What outlives the program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// When this laptop last made sure of what it holds.
    sure: Option<Ms>,
    /// When it was last told that two cannot be made the same.
    stuck: Option<Ms>,
    notices: Vec<LedgerNotice>,
}

/// What the program knows of it.
#[derive(Debug)]
pub struct Board {
    ledger: Mutex<Ledger>,
    keys: Mutex<Keys>,
    kept: Mutex<Kept>,
    checking: AtomicBool,
    /// Somebody asked for an exchange by hand: it is not waited for quiet.
    asked: AtomicBool,
    news: Notify,
    to: UnboundedSender<Sums>,
    from: Mutex<Option<UnboundedReceiver<Sums>>>,
}

impl Board {
    /// As it was left; a file that cannot be read is that of a laptop that never compared.
    pub fn open(stall: &Stall) -> Self {
        // Of a program that ended while it compared.
        fs::remove_dir_all(stall.dir.join(AUDIT)).ok();
        let bytes = fs::read(file(stall)).unwrap_or_default();
        let kept: Kept = serde_json::from_slice(&bytes).unwrap_or_default();
        let (to, from) = unbounded_channel();
        Self {
            ledger: Mutex::new(Ledger::new(kept.sure)),
            keys: Mutex::default(),
            kept: Mutex::new(kept),
            checking: AtomicBool::new(false),
            asked: AtomicBool::new(false),
            news: Notify::new(),
            to,
            from: Mutex::new(Some(from)),
        }
    }

    /// The laptop is another now.
    pub fn forget(&self) {
        lock(&self.ledger).forget();
        *lock(&self.keys) = Keys::default();
    }

    /// Somebody wants to know now.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
        self.news.notify_one();
    }

    /// What is to be told to the others.
    pub fn say(&self) -> Option<Told> {
        lock(&self.ledger).say()
    }

    /// It could not be told.
    pub fn unsaid(&self) {
        lock(&self.ledger).unsaid();
    }

    /// What another laptop told.
    pub fn hear(&self, replica: ReplicaId, name: &str, told: Told, now: Ms) {
        lock(&self.ledger).hear(replica, name, told, now);
        self.news.notify_one();
    }

    /// How it stands.
    pub fn status(&self, now: Ms) -> SyncLedger {
        let at = lock(&self.ledger).standing(now);
        let (state, laptops) = match (self.checking.load(Ordering::SeqCst), at.stuck, at.differ, at.same) {
            (true, ..) => (LedgerState::Checking, at.differ),
            (_, 1.., ..) => (LedgerState::Stuck, at.stuck),
            (.., 1.., _) => (LedgerState::Differs, at.differ),
            (.., 1..) => (LedgerState::Same, at.same),
            _ => (LedgerState::New, 0),
        };
        SyncLedger { state, laptops, at: at.at }
    }

    fn keep(&self, stall: &Stall, change: impl FnOnce(&mut Kept)) -> AppResult<()> {
        let mut kept = lock(&self.kept);
        let mut new = kept.clone();
        change(&mut new);
        new.notices.sort_by_key(|n| std::cmp::Reverse(n.at));
        new.notices.truncate(NOTICES);
        if new != *kept {
            make_dir(&keep::dir(stall))?;
            write_private(&file(stall), &serde_json::to_vec_pretty(&new).unwrap_or_default())?;
            *kept = new;
        }
        Ok(())
    }

    /// Names of laptops with which it cannot be made the same, where that was not told lately.
    fn untold(&self, now: Ms) -> Vec<String> {
        let told = lock(&self.kept).stuck.is_some_and(|at| now.0.abs_diff(at.0) < DAY);
        if told { Vec::new() } else { lock(&self.ledger).stuck() }
    }
}

fn file(stall: &Stall) -> PathBuf {
    keep::dir(stall).join("audit.json")
}

/// Notices that nobody put away.
pub fn notices(ctx: &Ctx) -> LedgerNotices {
    if ctx.stall().sample {
        return LedgerNotices::default();
    }
    LedgerNotices { notices: lock(&ctx.sync().0.audit.kept).notices.clone() }
}

/// Puts one away.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn seen(ctx: &Ctx, at: Ms) -> AppResult<LedgerNotices> {
    if !ctx.stall().sample {
        ctx.sync().0.audit.keep(ctx.own(), |k| k.notices.retain(|n| n.at != at))?;
        ctx.push(Push::Sync);
    }
    Ok(notices(ctx))
}

/// After an exchange: a laptop in doubt compares itself with the hub's order.
pub async fn turn(ctx: &Ctx, client: &mut Client, round: Round) {
    let audit = &ctx.sync().0.audit;
    client.sums_to(audit.to.clone());
    match client.sum_keys().await {
        Ok(keys) => *lock(&audit.keys) = keys,
        Err(e) => return tracing::debug!(%e, "no keys of sums"),
    }
    let now = ctx.env().now();
    if !lock(&audit.ledger).in_doubt(now) {
        return;
    }
    lock(&audit.ledger).tries(now);
    if round.relayed {
        return;
    }
    audit.checking.store(true, Ordering::SeqCst);
    ctx.push(Push::Sync);
    let done = client.audit().await;
    audit.checking.store(false, Ordering::SeqCst);
    let now = ctx.env().now();
    let notice = match done {
        Ok(Audited::Later) => return tracing::info!("what this laptop holds is compared with the hub's order later"),
        Err(e) => return tracing::warn!(%e, "what this laptop holds was not compared with the hub's order"),
        Ok(Audited::Same) => None,
        Ok(Audited::Mended(found)) => Some(told(ctx, LedgerKind::Mended, &found, now).await),
        Ok(Audited::Still(left)) => Some(told(ctx, LedgerKind::Stuck, &left, now).await),
    };
    let stuck = notice.as_ref().is_some_and(|n| n.kind == LedgerKind::Stuck).then_some(now);
    lock(&audit.ledger).made_sure(now);
    let kept = audit.keep(ctx.own(), |k| {
        k.sure = Some(now);
        k.stuck = stuck.or(k.stuck);
        k.notices.extend(notice);
    });
    if let Err(e) = kept {
        tracing::warn!(code = ?e.code, "what was found is not kept");
    }
    audit.ask();
    ctx.push(Push::Sync);
}

async fn told(ctx: &Ctx, kind: LedgerKind, found: &Differences, at: Ms) -> LedgerNotice {
    let (stall, audit) = (ctx.own(), &ctx.sync().0.audit);
    let (units, orders) = stall.store.sync_named(found, NAMED).await.unwrap_or_default();
    let with = lock(&audit.ledger).differ();
    LedgerNotice {
        kind,
        at,
        with,
        rows: u32::try_from(found.total).unwrap_or(u32::MAX),
        units,
        orders,
        copy: stall.dir.join(BEFORE_AUDIT).to_string_lossy().into_owned(),
        report: report(ctx, found).await,
    }
}

/// Tables, ids and columns; no values.
async fn report(ctx: &Ctx, found: &Differences) -> String {
    let at = ctx.own().store.sync_standing().await.ok();
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|d| {
            let (how, columns) = match &d.how {
                How::Missing => ("missing", None),
                How::Extra => ("extra", None),
                How::Changed(columns) => ("changed", Some(columns)),
            };
            serde_json::json!({ "table": d.table, "row": d.row, "how": how, "columns": columns })
        })
        .collect();
    let report = serde_json::json!({
        "program": env!("CARGO_PKG_VERSION"),
        "schema": stall_store::schema(),
        "laptop": at.as_ref().map(|at| at.replica.to_string()),
        "seq": at.as_ref().map(|at| at.cursor),
        "rows": rows,
        "total": found.total,
    });
    serde_json::to_string_pretty(&report).unwrap_or_default()
}

/// Takes sums when it is quiet, until the program ends.
pub async fn run(weak: Weak) {
    let Some(sync) = weak.up().map(|ctx| ctx.sync().clone()) else { return };
    let audit = &sync.0.audit;
    let Some(mut from) = lock(&audit.from).take() else { return };
    let mut still: (i64, Instant) = (0, Instant::now());
    let mut shown = SyncLedger::default();
    loop {
        tokio::select! {
            () = sync.0.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
            () = audit.news.notified() => {}
            Some(sums) = from.recv() => {
                let Some(ctx) = weak.up() else { return };
                lock(&audit.ledger).take(sums, ctx.env().now());
            }
        }
        let Some(ctx) = weak.up() else { return };
        if let Err(e) = look(&ctx, &sync, &mut still).await {
            tracing::info!(code = ?e.code, detail = e.detail, "no sums were taken");
        }
        let now = audit.status(ctx.env().now());
        if now != shown {
            shown = now;
            ctx.push(Push::Sync);
        }
    }
}

/// One look at whether it is quiet, and at what was heard.
async fn look(ctx: &Ctx, sync: &Peers, still: &mut (i64, Instant)) -> AppResult<()> {
    let (audit, store) = (&sync.0.audit, &ctx.own().store);
    let keys = lock(&audit.keys).clone();
    let cursor = store.sync_standing().await?.cursor;
    if cursor != still.0 {
        *still = (cursor, Instant::now());
    }
    let lineage = store.sync_lineage().await?;
    let here = lineage.map(|lineage| {
        let ledger = lock(&audit.ledger);
        (ledger.has(cursor, lineage), ledger.wants(cursor, lineage))
    });
    let (has, wants) = here.unwrap_or_default();
    if has && audit.asked.swap(false, Ordering::SeqCst) {
        // The others are asked by it.
        audit.unsaid();
    }
    let due = wants || still.1.elapsed() >= QUIET || audit.asked.load(Ordering::SeqCst);
    if due
        && !has
        && !keys.0.is_empty()
        && let Some(moment) = store.sync_moment().await?
    {
        let sums = moment.sums(&keys).await?;
        lock(&audit.ledger).take(sums, ctx.env().now());
        audit.asked.store(false, Ordering::SeqCst);
    }
    let now = ctx.env().now();
    let with = audit.untold(now);
    if !with.is_empty() {
        let notice = LedgerNotice {
            kind: LedgerKind::Stuck,
            at: now,
            with,
            rows: 0,
            units: Vec::new(),
            orders: Vec::new(),
            copy: String::new(),
            report: report(ctx, &Differences::default()).await,
        };
        audit.keep(ctx.own(), |k| {
            k.stuck = Some(now);
            k.notices.push(notice);
        })?;
        ctx.push(Push::Sync);
    }
    // One that does not reach the hub tries by itself, later and later.
    if sync.seen().line == SyncLine::Idle && lock(&audit.ledger).in_doubt(now) {
        sync.wake();
    }
    Ok(())
}
