//! Makes the board when it is first asked for, and keeps it up with every commit.

use std::{
    collections::HashSet,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use sqlx::{Connection, SqliteConnection};
use stall_core::{AppResult, Id};

use super::{Board, row};
use crate::Store;

/// A commit of more units than this makes the board anew when it is next asked for.
const MANY: usize = 20_000;

#[derive(Debug, Default)]
enum State {
    #[default]
    Empty,
    /// Being read; units changed meanwhile.
    Loading(HashSet<Id>),
    Ready(Box<Board>),
}

#[derive(Debug, Default)]
pub struct Keeper {
    state: RwLock<State>,
    /// One reads, the others wait for it.
    loading: tokio::sync::Mutex<()>,
}

impl Keeper {
    fn get(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the board, making it first if need be.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn ask<T>(&self, store: &Store, question: impl FnOnce(&Board) -> T) -> AppResult<T> {
        loop {
            if let State::Ready(board) = &*self.get() {
                return Ok(question(board));
            }
            let _one = self.loading.lock().await;
            if !matches!(&*self.get(), State::Ready(_)) {
                self.load(store).await?;
            }
        }
    }

    async fn load(&self, store: &Store) -> AppResult<()> {
        *self.set() = State::Loading(HashSet::new());
        // Whatever goes wrong or is cancelled: the next question starts anew.
        let undo = Undo(self);
        let mut board = Board::new();
        let mut conn = store.read().await?;
        let mut tx = conn.begin().await?;
        row::all(&mut tx, |units| board.put(units)).await?;
        tx.rollback().await?;
        loop {
            let changed: Vec<Id> = match &mut *self.set() {
                State::Loading(changed) => changed.drain().collect(),
                // A commit of many threw it away.
                _ => return Ok(()),
            };
            apply(&mut conn, &mut board, &changed).await?;
            board.settle();
            let mut state = self.set();
            match &mut *state {
                State::Loading(changed) if changed.is_empty() => {
                    *state = State::Ready(Box::new(board));
                    undo.kept();
                    return Ok(());
                }
                State::Loading(_) => {}
                _ => return Ok(()),
            }
        }
    }

    /// Brings the board up to a commit that touched these units. `conn` sees the commit.
    ///
    /// # Errors
    /// Store errors; the board is then made anew when it is next asked for.
    pub async fn follow(&self, conn: &mut SqliteConnection) -> AppResult<()> {
        if matches!(&*self.get(), State::Empty) {
            return Ok(());
        }
        let ids: Vec<Id> = sqlx::query_scalar("SELECT id FROM touched_units").fetch_all(&mut *conn).await?;
        if ids.is_empty() {
            return Ok(());
        }
        if ids.len() > MANY {
            self.forget();
            return Ok(());
        }
        if let State::Loading(changed) = &mut *self.set() {
            changed.extend(ids);
            return Ok(());
        }
        // Read before the board is taken for writing: a lock is never held over a wait.
        let mut fresh = Vec::with_capacity(ids.len());
        row::some(conn, &ids, |units| fresh.extend(units.into_iter().map(row::Read::owned))).await?;
        let mut state = self.set();
        if let State::Ready(board) = &mut *state {
            write(board, &ids, fresh);
            board.settle();
            if board.worn() {
                *state = State::Empty;
            }
        }
        Ok(())
    }

    /// Throws the board away; the next question makes it anew.
    pub fn forget(&self) {
        *self.set() = State::Empty;
    }

    /// Throws the board away when dropped before `kept`: a caller may go away between a commit and its following.
    pub fn unless_followed(&self) -> Undo<'_> {
        Undo(self)
    }
}

/// Forgets the board when dropped.
#[derive(Debug)]
pub struct Undo<'a>(&'a Keeper);

impl Undo<'_> {
    /// All went well: the board stays.
    pub fn kept(self) {
        std::mem::forget(self);
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}

async fn apply(conn: &mut SqliteConnection, board: &mut Board, ids: &[Id]) -> AppResult<()> {
    let mut fresh = Vec::new();
    row::some(conn, ids, |units| fresh.extend(units.into_iter().map(row::Read::owned))).await?;
    write(board, ids, fresh);
    Ok(())
}

fn write(board: &mut Board, ids: &[Id], fresh: Vec<row::Read<'static>>) {
    let here: HashSet<Id> = fresh.iter().map(|u| u.1).collect();
    for id in ids.iter().filter(|id| !here.contains(id)) {
        board.drop_unit(*id);
    }
    board.put(fresh);
}
