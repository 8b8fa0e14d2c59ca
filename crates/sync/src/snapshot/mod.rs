//! Snapshots at the hub: an owner's laptop makes one when the groups after the last have grown, a new laptop begins with it.

mod begin;
mod files;
mod make;
mod send;

use std::sync::Arc;

use stall_core::sync::{Hex, wire::HelloAnswer};
use stall_seal::SealError;
use stall_store::Store;
use tokio::sync::Mutex;

use crate::{Http, Identity, files::Memory};
pub(crate) use begin::begin;
pub use make::{Made, Snapshots};

/// How a laptop began at its hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Begun {
    /// With the first group, or it began before.
    #[default]
    Groups,
    /// With the snapshot of this seq.
    Snapshot(i64),
    /// With the first group: the snapshot is not what an owner made.
    Refused(SealError),
    /// With the first group: the snapshot is of another version, or does not go with what was here.
    Unfit,
}

/// What exchanges heard of snapshots.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    lineage: Option<Hex<16>>,
    /// The newest at the hub; 0 for none.
    newest: i64,
    /// It was not to be used.
    refused: Option<i64>,
    one: Arc<Mutex<()>>,
}

impl Heard {
    pub(crate) fn hello(&mut self, hello: &HelloAnswer) {
        self.lineage = Some(hello.lineage);
        self.newest = hello.snapshot.as_ref().map_or(0, |s| s.seq);
    }

    pub(crate) fn refused(&self, seq: i64) -> bool {
        self.refused == Some(seq)
    }

    pub(crate) fn begun(&mut self, seq: i64, how: Begun) {
        if matches!(how, Begun::Refused(_) | Begun::Unfit) {
            self.refused = Some(seq);
        }
    }

    /// `None` before the hub was heard.
    pub(crate) fn snapshots(&self, store: Store, me: Identity, line: Http, memory: &Arc<Memory>) -> Option<Snapshots> {
        let (newest, one, memory) = (self.newest, Arc::clone(&self.one), Arc::clone(memory));
        Some(Snapshots { store, me, line, memory, lineage: self.lineage?, newest, one })
    }
}
