//! This laptop among the stall's others: who it is, its exchange with the hub, and itself as the hub.
//!
//! All of it is about the person's own stall; the sample stays where it is.

mod audit;
mod claims;
mod files;
mod host;
mod join;
mod keep;
mod lost;
mod nearby;
mod presence;
mod said;
mod second;
mod turn;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool};

use stall_core::{
    AppError, AppResult, ErrorCode, Ms, Role,
    api::{SyncHosting, SyncLine, SyncSecondState, SyncState, SyncStatus},
};
use stall_sync::{Files, Identity};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{ctx::Ctx, stall::Stall};

pub use audit::{notices, run as compare, seen};
pub use claims::{assigned, claim, let_go, unassigned};
pub use files::fetch;
pub use host::{end, resume};
pub use join::{found, host, invite, join, laptops, leave, now, recover, revoke, set, uninvite};
pub use lost::{address, lost, move_to};
pub use nearby::nearby;
pub use presence::{presence, run as tell_presence, set_presence};
pub use second::second;
pub use turn::run;

/// What the program knows of it while it runs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Peers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kept: Mutex<keep::Kept>,
    me: Mutex<Option<Identity>>,
    seen: Mutex<Seen>,
    /// Something is to be exchanged, or is set otherwise now.
    wake: Notify,
    stop: CancellationToken,
    /// Held while this laptop becomes a hub or ceases to be one.
    hub: tokio::sync::Mutex<Option<host::Open>>,
    /// What carries files, once the hub was reached.
    files: Mutex<Option<Files>>,
    /// Somebody carries files to the second hub.
    second_files: AtomicBool,
    /// Somebody carries; somebody asked for it meanwhile; what ends it; screens that wait for a picture.
    carrying: AtomicBool,
    more: AtomicBool,
    carried: Mutex<CancellationToken>,
    waiting: tokio::sync::Semaphore,
    presence: presence::Board,
    audit: audit::Board,
    claims: claims::Desk,
    copying: lost::Copying,
    /// Held while it founds, joins or leaves.
    changing: tokio::sync::Mutex<()>,
}

/// How things stood when they were last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    line: SyncLine,
    last: Option<Ms>,
    files: u64,
    offset_ms: i64,
    problem: Option<AppError>,
    /// It went by the second hub.
    away: bool,
    /// When it last carried to the second hub, and what hindered it.
    carried: Option<Ms>,
    carry_problem: Option<AppError>,
    /// As the hub of this network.
    open: bool,
    host_problem: Option<AppError>,
}

impl Peers {
    /// As it was left.
    ///
    /// # Errors
    /// `KeyUnreadable`.
    pub fn open(stall: &Stall) -> AppResult<Self> {
        let seen = Seen {
            line: SyncLine::New,
            last: None,
            files: 0,
            offset_ms: 0,
            problem: None,
            away: false,
            carried: None,
            carry_problem: None,
            open: false,
            host_problem: None,
        };
        Ok(Self(Arc::new(Inner {
            kept: Mutex::new(keep::read(stall)),
            me: Mutex::new(keep::identity(stall)?),
            seen: Mutex::new(seen),
            wake: Notify::new(),
            stop: CancellationToken::new(),
            hub: tokio::sync::Mutex::default(),
            files: Mutex::default(),
            second_files: AtomicBool::new(false),
            carrying: AtomicBool::new(false),
            more: AtomicBool::new(false),
            carried: Mutex::default(),
            waiting: files::places(),
            presence: presence::Board::default(),
            audit: audit::Board::open(stall),
            claims: claims::Desk::default(),
            copying: lost::Copying::default(),
            changing: tokio::sync::Mutex::default(),
        })))
    }

    /// Who this laptop is; `None` while it stands alone.
    #[must_use]
    pub fn me(&self) -> Option<Identity> {
        lock(&self.0.me).clone()
    }

    /// Whose laptop this is and what it may, where it is not an owner's.
    #[must_use]
    pub fn limited(&self) -> Option<(String, Role)> {
        lock(&self.0.me).as_ref().filter(|me| me.role != Role::Owner).map(|me| (me.name.clone(), me.role))
    }

    fn member(&self) -> AppResult<Identity> {
        self.me().ok_or_else(|| ErrorCode::SyncOff.into())
    }

    fn kept(&self) -> keep::Kept {
        lock(&self.0.kept).clone()
    }

    /// Changes the settings, on disk first.
    fn keep(&self, stall: &Stall, change: impl FnOnce(&mut keep::Kept)) -> AppResult<()> {
        let mut kept = lock(&self.0.kept);
        let mut new = kept.clone();
        change(&mut new);
        if new != *kept {
            keep::write(stall, &new)?;
            *kept = new;
            self.0.presence.turn();
        }
        Ok(())
    }

    /// Becomes another, on disk first.
    fn become_(&self, stall: &Stall, me: Option<Identity>) -> AppResult<()> {
        match &me {
            Some(me) => keep::keep_identity(stall, me)?,
            None => keep::forget_identity(stall)?,
        }
        *lock(&self.0.me) = me;
        self.0.audit.forget();
        self.0.presence.turn();
        Ok(())
    }

    fn seen(&self) -> Seen {
        lock(&self.0.seen).clone()
    }

    /// Changes what is seen; true when it is not as before.
    fn see(&self, f: impl FnOnce(&mut Seen)) -> bool {
        let mut seen = lock(&self.0.seen);
        let before = seen.clone();
        f(&mut seen);
        before != *seen
    }

    fn wake(&self) {
        self.0.wake.notify_one();
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where this laptop stands.
///
/// # Errors
/// Store errors only.
pub async fn status(ctx: &Ctx) -> AppResult<SyncStatus> {
    let sync = ctx.sync();
    let (kept, seen, me) = (sync.kept(), sync.seen(), sync.me());
    let state = match &me {
        None => SyncState::Off,
        Some(me) if me.asked() => SyncState::Asked,
        Some(_) => SyncState::On,
    };
    let waiting = if me.is_some() { ctx.own().store.sync_standing().await?.waiting } else { 0 };
    let addresses = if kept.hosting { host::addresses(kept.port) } else { Vec::new() };
    Ok(SyncStatus {
        state,
        line: if kept.paused && me.is_some() { SyncLine::Paused } else { seen.line },
        hub: me.as_ref().map_or_else(String::new, |me| plain(&me.hub).to_owned()),
        name: me.as_ref().map_or_else(String::new, |me| me.name.clone()),
        role: me.as_ref().map_or(Role::Owner, |me| me.role),
        last: seen.last,
        waiting,
        files: seen.files,
        offset_ms: seen.offset_ms,
        problem: seen.problem,
        paused: kept.paused,
        small_only: kept.small_only,
        away: seen.away,
        second: me.as_ref().and_then(|me| me.second.as_ref()).map(|s| SyncSecondState {
            hub: plain(&s.hub).to_owned(),
            last: seen.carried,
            problem: seen.carry_problem,
        }),
        host: SyncHosting { on: kept.hosting, open: seen.open, port: kept.port, addresses, problem: seen.host_problem },
        ledger: sync.0.audit.status(ctx.env().now()),
        sample: ctx.stall().sample,
    })
}

/// An address without its fingerprint.
fn plain(hub: &str) -> &str {
    hub.split_once('#').map_or(hub, |(plain, _)| plain)
}
