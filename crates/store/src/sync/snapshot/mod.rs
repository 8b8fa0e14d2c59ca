//! Snapshots: what this laptop holds, told so that a new one begins with it, and taken there. They are made of what the hub
//! ordered and nothing else, so whoever takes one and the groups after it holds what one holds who took every group.

mod make;
mod take;

use sqlx::{Sqlite, Transaction};
use stall_core::{
    AppError, AppResult,
    sync::{Scope, snapshot::Step},
};
use tokio::sync::mpsc::{Receiver, Sender};

use super::{names::Names, replica};
use crate::{Store, Tx};

/// The next of a snapshot that comes: a step, or its end. One that stops before its end is not taken.
pub type Coming<E> = Result<Option<Step>, E>;

/// A snapshot to be told: one moment of the stall, whatever is written meanwhile.
#[derive(Debug)]
pub struct Telling {
    tx: Transaction<'static, Sqlite>,
    seq: i64,
}

impl Telling {
    /// The groups up to it make what is told.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Tells it, step by step.
    ///
    /// # Errors
    /// Store errors; `Internal` when nobody listens any more.
    pub async fn tell(mut self, to: &Sender<Step>) -> AppResult<()> {
        let names = Names::load(&mut self.tx).await?;
        make::tell(&mut self.tx, &names, to).await
    }
}

impl Store {
    /// How many rows were worked on after `seq`, and how many there are: what a snapshot after `seq` would spare a new laptop.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_grown(&self, seq: i64) -> AppResult<(i64, i64)> {
        let sql = "SELECT count(*) FILTER (WHERE last > ?1), count(*) FROM sync_rows";
        Ok(sqlx::query_as(sql).bind(seq).fetch_one(&mut *self.read().await?).await?)
    }

    /// The stall as it is at the cursor, to be told beside everybody's work. `None` while a change of ours has no place yet, or
    /// before anything was applied.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_snapshot(&self) -> AppResult<Option<Telling>> {
        let mut tx = self.read_at_once().await?;
        let r = replica(&mut tx).await?;
        let covered = "SELECT EXISTS(SELECT 1 FROM sync_cells WHERE hidden IS NOT NULL)";
        if r.cursor == 0 || r.seen != r.next - 1 || sqlx::query_scalar(covered).fetch_one(&mut *tx).await? {
            return Ok(None);
        }
        Ok(Some(Telling { tx, seq: r.cursor }))
    }

    /// Takes a snapshot of `seq` into a stall that applied nothing yet; our own changes without a place stay on top of it.
    /// `scopes`: those whose parts come.
    ///
    /// # Errors
    /// `SyncGap` with `why` where it cannot lie under what is here or is not whole: take every group then; store errors; those of
    /// who tells it. Nothing is written then.
    pub async fn sync_take<E: From<AppError>>(
        &self,
        seq: i64,
        scopes: &[Scope],
        steps: &mut Receiver<Coming<E>>,
    ) -> Result<(), E> {
        let mut told = None;
        let done = self
            .quietly(async |tx: &mut Tx<'_>| {
                let mut taking = take::Taking::begin(tx.conn(), scopes).await?;
                loop {
                    match steps.recv().await {
                        Some(Ok(Some(step))) => taking.step(&step).await?,
                        Some(Ok(None)) => return taking.end(seq).await,
                        Some(Err(e)) => {
                            told = Some(e);
                            return Err(take::refused("broken"));
                        }
                        None => return Err(take::refused("not whole")),
                    }
                }
            })
            .await;
        match told {
            Some(e) => Err(e),
            None => Ok(done?),
        }
    }
}
