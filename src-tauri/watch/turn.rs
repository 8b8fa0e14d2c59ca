//! The watcher's round: look, wait until files are whole, take them in, sleep until woken.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{Push, WatchSettings},
    photo_groups,
};
use stall_store::tables::watch as table;

use super::{
    look::{self, Found},
    take::{self, Device},
};
use crate::ctx::{Ctx, Weak};

/// A file that did not change for so long is whole.
const SETTLE: Duration = Duration::from_millis(600);
/// Between looks at files that are still being written.
const SOON: Duration = Duration::from_millis(250);
/// Between looks when the system tells us of changes, and when it does not.
const SLOW: Duration = Duration::from_secs(20);
const ALONE: Duration = Duration::from_secs(3);
/// How often a folder that is gone is looked for.
const GONE: Duration = Duration::from_secs(2);
/// Looks at a file that cannot be read before it counts as a problem: half a minute.
const TRIES: u32 = 8;
/// Files taken in at once: they appear as they come.
const AT_ONCE: usize = 12;

/// A file that may still be growing.
#[derive(Debug)]
struct Pending {
    found: Found,
    since: Instant,
    tries: u32,
}

/// What the round keeps from one time to the next.
#[derive(Default)]
struct Round {
    /// The stall and folder looked at.
    of: Option<(PathBuf, PathBuf)>,
    notices: Option<RecommendedWatcher>,
    pending: HashMap<PathBuf, Pending>,
    device: Option<Device>,
    target: Option<stall_core::Id>,
}

/// Runs as long as the program does.
pub async fn run(ctx: Weak) {
    let mut round = Round::default();
    loop {
        let (pause, wake) = {
            let Some(ctx) = ctx.up() else { return };
            let wake = ctx.watched().wake.clone();
            (round.turn(&ctx).await, wake)
        };
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl Round {
    /// One look; answers how long to sleep.
    async fn turn(&mut self, ctx: &Ctx) -> Duration {
        let stall = ctx.stall();
        let settings = match table::get(&stall.store).await {
            Ok(s) if s.on && !stall.sample => s,
            _ => {
                *self = Self::default();
                say(ctx, |s| (s.watching, s.error, s.waiting) = (false, None, 0));
                return SLOW;
            }
        };
        let folder = PathBuf::from(&settings.folder);
        let of = (stall.dir.clone(), folder.clone());
        if self.of.as_ref() != Some(&of) {
            *self = Self { of: Some(of), ..Self::default() };
        }
        // Before the look: what comes after it is told by a notice.
        if self.notices.is_none() {
            self.notices = notices(ctx, &folder);
        }
        let at = folder.clone();
        let looked = tokio::task::spawn_blocking(move || look::look(&at)).await;
        let found = match looked.map_err(|e| AppError::new(ErrorCode::Internal).detail(e)).flatten() {
            Ok(found) => found,
            Err(e) => {
                // A watch on a folder that went away stays deaf when it comes back.
                (self.notices, self.pending) = (None, HashMap::new());
                say(ctx, |s| (s.watching, s.error, s.waiting) = (false, Some(e), 0));
                return GONE;
            }
        };
        let ready = self.ready(ctx, &stall.dir, found);
        let failed = self.take(ctx, &settings, ready).await.err();
        let (waiting, stopped) = (self.pending.len() as u32, failed.is_some());
        say(ctx, |s| (s.watching, s.error, s.waiting) = (!stopped, failed, waiting));
        match (stopped, self.pending.is_empty(), &self.notices) {
            (true, ..) => GONE,
            (false, false, _) => SOON,
            (false, true, Some(_)) => SLOW,
            (false, true, None) => ALONE,
        }
    }

    /// New files that are whole by now, in the order they were shot as far as their dates tell.
    fn ready(&mut self, ctx: &Ctx, stall: &Path, found: Vec<Found>) -> Vec<Found> {
        let fresh: Vec<Found> =
            ctx.watched().with_seen(stall, |seen| found.into_iter().filter(|f| !seen.has(f)).collect());
        let now = Instant::now();
        let mut before = std::mem::take(&mut self.pending);
        let mut ready = Vec::new();
        for f in fresh {
            let mut p = match before.remove(&f.path) {
                Some(p) if p.found == f => p,
                _ => Pending { found: f, since: now, tries: 0 },
            };
            let settled = now.duration_since(p.since) >= SETTLE * (p.tries + 1);
            if settled && p.found.bytes > 0 {
                ready.push(p.found.clone());
                // Kept until it is remembered: a file that turns out not to be whole is tried again later.
                (p.since, p.tries) = (now, p.tries + 1);
            }
            self.pending.insert(p.found.path.clone(), p);
        }
        ready.sort_by(|a, b| a.modified.cmp(&b.modified).then_with(|| photo_groups::natural(&a.name(), &b.name())));
        ready
    }

    async fn take(&mut self, ctx: &Ctx, settings: &WatchSettings, ready: Vec<Found>) -> AppResult<()> {
        let target = ctx.watched().lock().target;
        if target != self.target {
            // What was shot for a chosen unit says nothing of what comes after it.
            (self.target, self.device) = (target, None);
        }
        for some in ready.chunks(AT_ONCE) {
            let stuck = |f: &Found| self.pending.get(&f.path).is_some_and(|p| p.tries >= TRIES);
            let last_try: Vec<bool> = some.iter().map(stuck).collect();
            let done = take::take(ctx, settings, some, &last_try, target, self.device.take()).await?;
            self.device = done.device;
            for path in done.settled {
                self.pending.remove(&path);
            }
        }
        Ok(())
    }
}

/// The system's notices of this folder; `None` where it gives none (network drives, no more watches left).
fn notices(ctx: &Ctx, folder: &Path) -> Option<RecommendedWatcher> {
    let wake = ctx.watched().wake.clone();
    let mut watcher = notify::recommended_watcher(move |_: notify::Result<notify::Event>| wake.notify_one()).ok()?;
    match watcher.watch(folder, RecursiveMode::Recursive) {
        Ok(()) => Some(watcher),
        Err(e) => {
            tracing::info!(%e, "the system gives no notices of the watched folder; it is looked at instead");
            None
        }
    }
}

/// Changes the state; screens hear of it when it is another.
fn say(ctx: &Ctx, change: impl FnOnce(&mut super::State)) {
    let changed = {
        let mut state = ctx.watched().lock();
        let before = (state.watching, state.error.clone(), state.waiting, state.taken, state.problems.len());
        change(&mut state);
        before != (state.watching, state.error.clone(), state.waiting, state.taken, state.problems.len())
    };
    if changed {
        ctx.push(Push::Watch);
    }
}
