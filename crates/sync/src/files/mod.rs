//! Photographs and other files that rows name, both ways. A file is named and sealed by the first key of the scope of who names
//! it: an old key stays in every ring, so that a file stays readable, and every laptop seals it to the same bytes.
//!
//! Rows come before their files. What is not there yet is counted and asked for again in the next round; nothing is ever taken
//! away, here or at the hub, because the other side lacks it.

/// Asks again, as often as the hub says that it is asked too much. A macro: a future made by a closure that borrows cannot be
/// proved `Send`.
macro_rules! patient {
    ($ask:expr) => {{
        let mut patience = $crate::files::pace::Patience::default();
        loop {
            let answer = $ask.await;
            if !patience.waits(answer.as_ref().err()).await {
                break answer;
            }
        }
    }};
}

mod down;
mod known;
mod needless;
pub(crate) mod pace;
mod plan;
mod round;
mod source;
mod up;
mod work;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use stall_core::{
    AppError, ErrorCode,
    sync::{Hex, Scope, wire::HubCode},
};
use stall_media::{BlobStore, Size};
use stall_seal::{
    SealError,
    blob::{Blob as Sealing, BlobKey},
    keys::Ring,
};
use stall_store::Store;

use crate::{Http, SyncError, SyncResult};
use down::Came;
pub(crate) use known::Which;
pub use needless::Tidied;
pub(crate) use pace::Memory;
pub use plan::Wanted;
pub use round::{FileWish, FilesRound};

/// The epoch whose key names and seals files, whatever epoch the rows are at.
pub(crate) const FIRST: u32 = 1;
/// Between two looks at a file that somebody else fetches.
const LOOK: Duration = Duration::from_millis(100);

/// Carries files between this laptop and its hub. Cheap to clone; several rounds and fetches may go on at once.
#[derive(Debug, Clone)]
pub struct Files(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    line: Http,
    keys: BTreeMap<Scope, BlobKey>,
    which: Which,
    memory: Arc<Memory>,
    /// This laptop is an owner's.
    owner: bool,
}

impl Files {
    pub(crate) fn new(
        store: Store,
        line: Http,
        ring: &Ring,
        owner: bool,
        (which, memory): (Which, Arc<Memory>),
    ) -> Self {
        let key = |s: Scope| Some((s, BlobKey::of(ring.get(s.number(), FIRST)?)));
        let keys = Scope::ALL.into_iter().filter_map(key).collect();
        Self(Arc::new(Inner { store, line, keys, which, memory, owner }))
    }

    /// The same, at another of the stall's hubs.
    pub(crate) fn at(&self, line: Http, which: Which) -> Self {
        let (store, keys) = (self.0.store.clone(), self.0.keys.clone());
        Self(Arc::new(Inner { store, line, keys, which, memory: Arc::default(), owner: self.0.owner }))
    }

    /// Whether a ring holds what files are sealed with.
    pub(crate) fn can(ring: &Ring) -> bool {
        ring.get(Scope::Goods.number(), FIRST).is_some()
    }

    /// Fetches one file before all others: the original somebody opens. One that is here and sound is left; a damaged original
    /// is replaced. It may be dropped at any time: what came is kept.
    ///
    /// # Errors
    /// `Hub(not_found)` when the hub has it not (yet); `Seal(NoKey)` for a scope this laptop may not read; `Seal(NotGenuine)` for
    /// other bytes than the row names; `Offline`, `Broken`, `Hub`, `Store`.
    pub async fn one(&self, media: &Arc<BlobStore>, wanted: &Wanted) -> SyncResult<()> {
        let key = self.0.key(wanted).ok_or(SealError::NoKey)?;
        loop {
            // Looked at again after somebody else fetched it.
            let (at, of) = (Arc::clone(media), wanted.clone());
            if blocking(move || Ok(down::is_sound(&at, &of))).await? {
                return Ok(());
            }
            match self.0.down(media, wanted, &key, true, &|_| {}).await? {
                Came::Here(_) => return Ok(()),
                Came::Lacking => return Err(SyncError::Hub(HubCode::NotFound.into())),
                Came::Refused => return Err(SealError::NotGenuine.into()),
                Came::Elsewhere => tokio::time::sleep(LOOK).await,
            }
        }
    }
}

/// How one file is called at the hub and sealed.
#[derive(Debug, Clone)]
struct Key {
    name: Hex<32>,
    sealing: Sealing,
    /// Of the original, by which the rows know it.
    hash: [u8; 32],
}

impl Inner {
    /// `None` where this laptop holds no key.
    fn key(&self, wanted: &Wanted) -> Option<Key> {
        let key = self.keys.get(&wanted.scope)?;
        let hash: Hex<32> = wanted.blob.as_str().parse().ok()?;
        let what = match wanted.size {
            Size::Full => "",
            Size::View => "1600",
            Size::Thumb => "320",
        };
        Some(Key { name: Hex(key.name(what, &hash.0)), sealing: key.blob(what, &hash.0), hash: hash.0 })
    }
}

/// Work with disk and keys, beside the threads that answer screens.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> SyncResult<T> + Send + 'static,
) -> SyncResult<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| SyncError::Store(AppError::new(ErrorCode::Internal).detail(e)))?
}
