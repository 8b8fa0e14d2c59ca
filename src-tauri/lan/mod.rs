//! The door for phones in the stall's own network: off until the owner opens it, the same commands behind a short list,
//! photographs in. The door of this machine (`door::http`) stays on 127.0.0.1 and knows nothing of it.

mod addresses;
mod api;
mod auth;
mod body;
mod certificate;
mod events;
mod guard;
mod invites;
mod kept;
mod limits;
mod live;
mod page;
mod pair;
mod photos;
mod rates;
mod router;
mod serve;
mod switch;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use stall_core::{
    AppResult,
    api::{LanAddress, LanStatus},
};
use stall_store::Env;

pub(crate) use addresses::{now as addresses_now, offered as addresses_offered};
pub use invites::invite;
pub(crate) use invites::qr;
pub(crate) use kept::{make_dir, write_private};
pub use limits::Limits;
pub use switch::{close, resume, switch};

/// What the door remembers while the program runs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lan(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    env: Env,
    kept: Mutex<kept::Kept>,
    /// Held while the door is opened or closed.
    open: tokio::sync::Mutex<Option<switch::Open>>,
    seen: RwLock<Seen>,
    limits: RwLock<Limits>,
    rates: rates::Rates,
    invites: invites::Invites,
    live: live::Live,
    photos: photos::Desk,
}

/// How things stood when they were last looked at.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    open: bool,
    addresses: Vec<(String, std::net::Ipv4Addr)>,
    fingerprint: Option<String>,
    problem: Option<stall_core::AppError>,
}

impl Lan {
    /// The door of the stall in `stall_dir`; closed until [`resume`] or [`switch`].
    ///
    /// # Errors
    /// `FolderReadOnly`, `DiskFull`.
    pub fn new(stall_dir: &Path, env: Env) -> AppResult<Self> {
        let dir = stall_dir.join("lan");
        Ok(Self(Arc::new(Inner {
            kept: Mutex::new(kept::read(&dir)),
            photos: photos::Desk::new(&dir)?,
            dir,
            env,
            open: tokio::sync::Mutex::default(),
            seen: RwLock::default(),
            limits: RwLock::default(),
            rates: rates::Rates::default(),
            invites: invites::Invites::default(),
            live: live::Live::default(),
        })))
    }

    /// What a phone may ask for at most.
    #[must_use]
    pub fn limits(&self) -> Limits {
        *self.0.limits.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Other limits, for tests.
    pub fn set_limits(&self, limits: Limits) {
        *self.0.limits.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    /// Whether a phone asked or listened just now.
    #[must_use]
    pub fn connected(&self, device: stall_core::Id) -> bool {
        self.0.live.connected(device, self.0.env.now())
    }

    /// Ends what a phone listens to and takes its open invitation back; true when there was one.
    pub fn cut(&self, device: stall_core::Id) -> bool {
        self.0.live.cut(device);
        self.0.invites.remove(device)
    }

    /// The door as the owner sees it.
    #[must_use]
    pub fn status(&self) -> LanStatus {
        let kept = self.kept().clone();
        let seen = self.seen();
        let (http, https) = (kept.http_port, kept.https_port);
        let addresses = addresses::offered(if seen.open { seen.addresses } else { addresses::now() });
        LanStatus {
            on: kept.on,
            open: seen.open,
            http_port: http,
            https_port: https,
            addresses: addresses
                .into_iter()
                .map(|(card, ip)| LanAddress {
                    http: format!("http://{ip}:{http}/p/"),
                    https: format!("https://{ip}:{https}/p/"),
                    ip: ip.to_string(),
                    card,
                })
                .collect(),
            fingerprint: seen.fingerprint,
            problem: seen.problem,
        }
    }

    fn kept(&self) -> MutexGuard<'_, kept::Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> Seen {
        self.0.seen.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is seen; true when it is not as before.
    fn see(&self, f: impl FnOnce(&mut Seen)) -> bool {
        let mut seen = self.0.seen.write().unwrap_or_else(PoisonError::into_inner);
        let before = seen.clone();
        f(&mut seen);
        before != *seen
    }
}
