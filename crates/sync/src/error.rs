//! Why an exchange did not come about.

use stall_core::{AppError, sync::wire::HubError};
use stall_seal::SealError;

/// Why.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// No path to the hub: nothing is lost, it is tried again.
    #[error("no path to the hub: {0}")]
    Offline(String),
    /// The line broke in the middle of a file: what came or went is kept, and it goes on from there.
    #[error("the line to the hub broke: {0}")]
    Broken(String),
    #[error("the hub refuses: {0}")]
    Hub(#[from] HubError),
    /// What came does not fit its signature, its author's chain or its keys: nothing of it was applied.
    #[error("what the hub sent is not genuine: {0}")]
    Seal(#[from] SealError),
    #[error("the store: {0:?}")]
    Store(AppError),
    /// The hub was put back to an earlier day.
    #[error("the hub was restored from an older backup")]
    Lineage,
    /// Both hubs of the stall order: one of them is to be made its relay.
    #[error("both hubs order the stall's changes")]
    TwoOrders,
    /// The stall's order begins anew at the second hub: this one was given up as lost.
    #[error("the hub was given up: the second one has the stall's order")]
    GivenUp,
    /// It is to be given up and answers.
    #[error("the hub answers: it is not lost")]
    NotLost,
    /// The hub answers something this version does not know.
    #[error("the hub answers what is not understood: {0}")]
    Strange(String),
}

/// The result of what talks to a hub.
pub type SyncResult<T> = Result<T, SyncError>;

impl From<AppError> for SyncError {
    fn from(e: AppError) -> Self {
        Self::Store(e)
    }
}
