//! The watched folder: photographs that a camera or a cloud drive puts there are taken in by themselves.
//!
//! The system's notices only wake a look; what counts is the look itself, so a lost notice, a network drive or a restart
//! loses nothing. Files stay where they are.

mod look;
mod seen;
mod take;
mod turn;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{JobProblem, Push, WatchFolder, WatchLast, WatchSet, WatchSettings, WatchStatus},
};
use stall_store::tables::{photo_batch, watch as table};
use tokio::sync::Notify;

pub use turn::run;

use crate::{
    ctx::{Caller, Ctx},
    stall::Stall,
};

/// Problems kept for the settings screen.
const KEPT: usize = 20;

/// What the program knows of its watched folder.
#[derive(Debug, Default)]
pub struct Watched {
    state: Mutex<State>,
    /// Woken by a new setting, a new target, or the system's notice.
    pub(super) wake: Arc<Notify>,
}

#[derive(Debug, Default)]
struct State {
    watching: bool,
    error: Option<AppError>,
    waiting: u32,
    taken: u32,
    last: Option<WatchLast>,
    problems: VecDeque<JobProblem>,
    target: Option<Id>,
    /// What was taken in, of the stall in this folder.
    seen: Option<(PathBuf, seen::Seen)>,
}

impl Watched {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works with what was taken in before, read once for each stall.
    fn with_seen<T>(&self, stall: &Path, f: impl FnOnce(&mut seen::Seen) -> T) -> T {
        let mut state = self.lock();
        if state.seen.as_ref().is_none_or(|(dir, _)| dir != stall) {
            state.seen = Some((stall.to_owned(), seen::Seen::open(stall)));
        }
        match &mut state.seen {
            Some((_, seen)) => f(seen),
            // Put there a moment ago, under the same lock.
            None => f(&mut seen::Seen::open(stall)),
        }
    }
}

impl State {
    fn problem(&mut self, name: &str, error: AppError) {
        if self.problems.len() >= KEPT {
            self.problems.pop_front();
        }
        self.problems.push_back(JobProblem { name: name.to_owned(), error });
    }
}

/// What the folder is doing.
///
/// # Errors
/// Store errors only.
pub async fn status(ctx: &Ctx) -> AppResult<WatchStatus> {
    let stall = ctx.stall();
    let settings = table::get(&stall.store).await?;
    let target = ctx.watched().lock().target;
    let head = match target {
        Some(unit) => photo_batch::heads(&stall.store, &[unit]).await?.remove(&unit),
        None => None,
    };
    let state = ctx.watched().lock();
    Ok(WatchStatus {
        settings,
        watching: state.watching,
        error: state.error.clone(),
        waiting: state.waiting,
        taken: state.taken,
        last: state.last.clone(),
        problems: state.problems.iter().cloned().collect(),
        target: head,
    })
}

/// Looks at a folder before it is watched.
///
/// # Errors
/// `WatchFolderMissing`, `WatchFolderDenied`, `WatchFolderOwn` for the stall's own.
pub async fn check(ctx: &Ctx, folder: &str) -> AppResult<WatchFolder> {
    let stall = ctx.stall();
    let (folder, found) = allowed(ctx, &stall, folder).await?;
    let fresh = ctx.watched().with_seen(&stall.dir, |seen| found.iter().filter(|f| !seen.has(f)).count());
    Ok(WatchFolder { folder: folder.display().to_string(), pictures: u32::try_from(fresh).unwrap_or(u32::MAX) })
}

/// Changes the setting. Unless asked for, what lies in a newly watched folder is left alone.
///
/// # Errors
/// As [`check`]; `BadInput` for a pause out of range.
pub async fn set(ctx: &Ctx, caller: &Caller, input: WatchSet) -> AppResult<WatchStatus> {
    let stall = ctx.stall();
    let before = table::get(&stall.store).await?;
    let mut folder = input.folder.trim().to_owned();
    let mut baseline = None;
    if input.on {
        let (path, found) = allowed(ctx, &stall, &folder).await?;
        folder = path.display().to_string();
        let begins = !before.on || before.folder != folder;
        baseline = (begins && !input.existing).then_some(found);
    }
    let new = WatchSettings { on: input.on, folder, to: input.to, gap_s: input.gap_s, by: caller.me.name.clone() };
    if let Some(found) = baseline {
        // Before the setting: the watcher must not see them as new in between.
        ctx.watched().with_seen(&stall.dir, |seen| seen.add(found.iter().map(|f| (f, None))))?;
    }
    table::set(&stall.store, &caller.actor(), &new).await?;
    {
        let mut state = ctx.watched().lock();
        state.error = None;
        state.problems.clear();
    }
    ctx.watched().wake.notify_one();
    status(ctx).await
}

/// Says to which unit everything goes that arrives from now on.
///
/// # Errors
/// `NotFound` when there is no such unit.
pub async fn target(ctx: &Ctx, unit: Option<Id>) -> AppResult<WatchStatus> {
    if let Some(unit) = unit
        && !photo_batch::heads(&ctx.stall().store, &[unit]).await?.contains_key(&unit)
    {
        return Err(ErrorCode::NotFound.into());
    }
    ctx.watched().lock().target = unit;
    ctx.push(Push::Watch);
    status(ctx).await
}

/// The folder with its pictures, if it may be watched.
async fn allowed(ctx: &Ctx, stall: &Stall, folder: &str) -> AppResult<(PathBuf, Vec<look::Found>)> {
    let folder = PathBuf::from(folder.trim());
    let (own, stall_dir) = (ctx.data().to_owned(), stall.dir.clone());
    let work = move || {
        if !folder.is_absolute() {
            return Err(look::missing(&folder));
        }
        let whole = |p: &Path| p.canonicalize().unwrap_or_else(|_| p.to_owned());
        let real = whole(&folder);
        // Our own copies would come in again and again.
        if [&own, &stall_dir].into_iter().any(|o| real.starts_with(whole(o)) || whole(o).starts_with(&real)) {
            return Err(AppError::new(ErrorCode::WatchFolderOwn).arg("folder", folder.display()));
        }
        let found = look::look(&folder)?;
        Ok((folder, found))
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}
