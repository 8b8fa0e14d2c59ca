//! One open stall: its folder, its store, its photographs.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{Member, Push},
};
use stall_media::BlobStore;
use stall_store::{Env, Store};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{batch::Open, commands::imports::Previews};

/// An open stall. Commands hold an `Arc` of it while they run.
#[derive(Debug)]
pub struct Stall {
    pub store: Store,
    pub media: Arc<BlobStore>,
    pub dir: PathBuf,
    pub sample: bool,
    /// Files read and judged, waiting for the person's word.
    pub previews: Previews,
    /// Photographs of many units, read and waiting to be given to them.
    pub batch: Open,
}

impl Stall {
    /// Opens or makes the stall in `dir`; its commits go to `pushes` from now on.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open(dir: &Path, env: Env, sample: bool, pushes: broadcast::Sender<Push>) -> AppResult<Arc<Self>> {
        // On a thread of its own: opening holds borrows across awaits that cannot be proved `Send`.
        let (runtime, at) = (tokio::runtime::Handle::current(), dir.to_owned());
        let opening = tokio::task::spawn_blocking(move || runtime.block_on(Store::open(&at, env)));
        let store = opening.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))??;
        let media = Arc::new(BlobStore::open(dir)?);
        forward(&store, pushes);
        Ok(Arc::new(Self {
            store,
            media,
            dir: dir.to_owned(),
            sample,
            previews: Previews::default(),
            batch: Open::default(),
        }))
    }

    /// Who owns this stall; a new stall gets its owner here.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn owner(&self) -> AppResult<Member> {
        stall_store::tables::members::first_owner(&self.store, "掌柜").await
    }
}

/// Turns commits into pushes until the store is gone.
fn forward(store: &Store, pushes: broadcast::Sender<Push>) {
    let mut commits = store.subscribe();
    tokio::spawn(async move {
        loop {
            let push = match commits.recv().await {
                Ok(c) => Push::Changed {
                    flags: c.flags,
                    op: c.op.name().to_owned(),
                    args: c.args,
                    by: c.by,
                    origin: c.origin,
                    step: c.step,
                },
                Err(RecvError::Lagged(_)) => Push::Lagged,
                Err(RecvError::Closed) => return,
            };
            // Nobody listening is no error.
            pushes.send(push).ok();
        }
    });
}
