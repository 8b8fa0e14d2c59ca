//! What every command is handed: the open stall, events, jobs, staged files, and who asks.

use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use stall_core::{
    AppError, AppResult, ErrorCode, Role,
    api::{Door, Member, PickKind, Push},
};
use stall_store::{Actor, Env, sync::Keep, tables::photos};
use tokio::sync::broadcast;

use crate::{
    jobs::Jobs,
    lan::Lan,
    sessions::Sessions,
    staging::Staging,
    stall::Stall,
    sync::{self, Peers},
    watch::{self, Watched},
};

/// Pushes a slow screen may miss before it is told to refetch everything.
const PUSHES: usize = 512;

/// Nobody undoes a deleted photograph after this long, and an upload is long over.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
/// Between two times at which what nobody needs goes.
const UPKEEP: Duration = Duration::from_secs(6 * 3600);
/// Longer than any single write or photograph takes; the person has closed the window and waits for nothing.
const CLOSING: Duration = Duration::from_secs(15);

/// A future a door answers with.
pub type Answer<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Native dialogues, which only the window has.
pub trait Dialogs: Send + Sync {
    /// Paths the person chose; a chosen folder gives the photographs in it. Empty when closed.
    fn pick(&self, kind: PickKind) -> Answer<AppResult<Vec<PathBuf>>>;
    /// A folder the person chose; `None` when closed.
    fn folder(&self) -> Answer<Option<PathBuf>>;
    /// Where the person wants a file of this name; `None` when closed.
    fn save(&self, name: &str) -> Answer<Option<PathBuf>>;
}

/// The running program. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

struct Inner {
    data: PathBuf,
    env: Env,
    own: Arc<Stall>,
    open: RwLock<Arc<Stall>>,
    /// One switch of stalls at a time.
    switching: tokio::sync::Mutex<()>,
    pushes: broadcast::Sender<Push>,
    jobs: Jobs,
    sessions: Sessions,
    staging: Staging,
    lan: Lan,
    sync: Peers,
    dialogs: OnceLock<Box<dyn Dialogs>>,
    watched: Watched,
}

/// The program, for work that must not keep it alive.
#[derive(Debug, Clone)]
pub struct Weak(std::sync::Weak<Inner>);

impl Weak {
    /// The program, unless it has ended.
    #[must_use]
    pub fn up(&self) -> Option<Ctx> {
        self.0.upgrade().map(Ctx)
    }
}

impl std::fmt::Debug for Ctx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ctx").field("data", &self.0.data).finish_non_exhaustive()
    }
}

/// Who asks, from which screen, through which door.
#[derive(Debug, Clone)]
pub struct Caller {
    pub me: Member,
    /// What the token may do, whoever is working at the screen.
    pub authority: Role,
    pub token: String,
    pub door: Door,
    pub origin: Option<String>,
}

impl Caller {
    /// The caller as the store's write door knows it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { name: self.me.name.clone(), role: self.me.role, origin: self.origin.clone() }
    }
}

impl Ctx {
    /// Opens the person's own stall under `data`.
    ///
    /// # Errors
    /// `StallBusy`, `StallDamaged`, `StallNewer`, `FolderReadOnly`, `DiskFull`.
    pub async fn open(data: &Path, env: Env) -> AppResult<Self> {
        let (pushes, _) = broadcast::channel(PUSHES);
        let own = Stall::open(&data.join("stall"), env.clone(), false, pushes.clone()).await?;
        upkeep(&own);
        let staging = Staging::open(&own.dir.join("staged"))?;
        let lan = Lan::new(&own.dir, env.clone())?;
        let sync = Peers::open(&own)?;
        let ctx = Self(Arc::new(Inner {
            data: data.to_owned(),
            env,
            open: RwLock::new(own.clone()),
            own,
            switching: tokio::sync::Mutex::default(),
            jobs: Jobs::new(pushes.clone()),
            pushes,
            sessions: Sessions::default(),
            staging,
            lan,
            sync,
            dialogs: OnceLock::new(),
            watched: Watched::default(),
        }));
        tokio::spawn(watch::run(Weak(Arc::downgrade(&ctx.0))));
        tokio::spawn(sync::run(Weak(Arc::downgrade(&ctx.0))));
        tokio::spawn(sync::tell_presence(Weak(Arc::downgrade(&ctx.0))));
        tokio::spawn(sync::compare(Weak(Arc::downgrade(&ctx.0))));
        Ok(ctx)
    }

    /// The stall that is open now: the person's own, or the sample.
    #[must_use]
    pub fn stall(&self) -> Arc<Stall> {
        self.0.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens another stall in place of the one shown. Every screen reloads.
    pub fn switch_to(&self, stall: Option<Arc<Stall>>) {
        let stall = stall.unwrap_or_else(|| self.0.own.clone());
        *self.0.open.write().unwrap_or_else(PoisonError::into_inner) = stall;
        self.0.sessions.forget(None);
        self.push(Push::StallSwitched);
    }

    /// Held while stalls are switched.
    pub async fn switching(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.switching.lock().await
    }

    #[must_use]
    pub fn env(&self) -> &Env {
        &self.0.env
    }

    /// Folder that holds the stalls and the logs.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.0.data
    }

    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    #[must_use]
    pub fn staging(&self) -> &Staging {
        &self.0.staging
    }

    /// The watched folder.
    #[must_use]
    pub(crate) fn watched(&self) -> &Watched {
        &self.0.watched
    }

    #[must_use]
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// The door for phones.
    #[must_use]
    pub fn lan(&self) -> &Lan {
        &self.0.lan
    }

    /// The stall's other laptops.
    #[must_use]
    pub fn sync(&self) -> &Peers {
        &self.0.sync
    }

    /// The person's own stall, whichever is open.
    #[must_use]
    pub(crate) fn own(&self) -> &Arc<Stall> {
        &self.0.own
    }

    /// Sends to every open screen.
    pub fn push(&self, push: Push) {
        // Nobody listening is no error.
        self.0.pushes.send(push).ok();
    }

    /// Pushes from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Push> {
        self.0.pushes.subscribe()
    }

    #[must_use]
    pub(crate) fn pushes(&self) -> broadcast::Sender<Push> {
        self.0.pushes.clone()
    }

    /// Gives the program the window's dialogues, once.
    pub fn set_dialogs(&self, dialogs: Box<dyn Dialogs>) {
        self.0.dialogs.set(dialogs).ok();
    }

    /// The window's dialogues.
    ///
    /// # Errors
    /// `NotAllowed` when there is no window.
    pub fn dialogs(&self) -> AppResult<&dyn Dialogs> {
        self.0
            .dialogs
            .get()
            .map(AsRef::as_ref)
            .ok_or_else(|| AppError::new(ErrorCode::NotAllowed).arg("need", "window"))
    }

    /// Makes a token for a role.
    ///
    /// # Errors
    /// `Internal` when the system gives no randomness.
    pub fn mint(&self, role: Role) -> AppResult<String> {
        self.0.sessions.mint(role)
    }

    /// Who is behind a token.
    ///
    /// # Errors
    /// `NoSession`.
    pub async fn caller(&self, token: &str, door: Door, origin: Option<String>) -> AppResult<Caller> {
        let session = self.0.sessions.get(token)?;
        // A laptop that joined as a helper's is one, whoever sits at it: it was never given more.
        let limited = self.sync().limited().filter(|_| session.authority == Role::Owner && !self.stall().sample);
        if let Some((name, role)) = limited {
            let id = stall_core::Id::of_order("laptop", "", &name);
            let me = Member { id, name, role };
            return Ok(Caller { me, authority: role, token: token.to_owned(), door, origin });
        }
        let me = match session.using {
            Some(member) => member,
            None if session.authority == Role::Owner => self.stall().owner().await?,
            None => Member {
                id: stall_core::Id::of_order("role", "", session.authority.as_str()),
                name: session.authority.as_str().to_owned(),
                role: session.authority,
            },
        };
        Ok(Caller { me, authority: session.authority, token: token.to_owned(), door, origin })
    }

    /// Closes the door for phones, stops long work, folds the databases and removes staged files.
    /// Never waits for ever: a reader or a job that hangs is left as it would be by a kill, which loses nothing acknowledged.
    pub async fn close(&self) {
        let closing = async {
            crate::lan::close(&self.0.lan).await;
            sync::end(self).await;
            self.0.jobs.cancel_all().await;
            let open = self.stall();
            open.store.close().await;
            if open.sample {
                self.0.own.store.close().await;
            }
        };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::error!("work under way did not end in time; closed without it");
        }
        self.0.staging.clear();
    }
}

/// At the start and every six hours: what nobody needs any more goes, of the log and of the photographs.
fn upkeep(stall: &Arc<Stall>) {
    let weak = Arc::downgrade(stall);
    tokio::spawn(async move {
        while let Some(stall) = weak.upgrade() {
            match stall.store.prune(Keep::default()).await {
                Ok(pruned) => tracing::info!(?pruned, "the log was pruned"),
                Err(e) => tracing::warn!(code = ?e.code, detail = e.detail, "the log was not pruned"),
            }
            sweep(&stall).await;
            drop(stall);
            tokio::time::sleep(UPKEEP).await;
        }
    });
}

/// Photographs that no row and no undo step names and that are a week old go.
async fn sweep(stall: &Stall) {
    let used = match photos::blobs_in_use(&stall.store).await {
        Ok(used) => used,
        Err(e) => return tracing::warn!(code = ?e.code, "photographs were not swept"),
    };
    let media = stall.media.clone();
    let swept = tokio::task::spawn_blocking(move || media.sweep(|blob| used.contains(blob), WEEK)).await;
    if let Ok(Ok(swept)) = swept {
        tracing::info!(files = swept.files, bytes = swept.bytes, "photographs swept");
    }
}
