//! The one write door.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};
use stall_core::{AppError, AppResult, Id, Ms, Role, api::ChangeFlags};

use crate::{Env, Op, Store, capture, derive};

/// How many actions can be undone.
pub const UNDO_KEPT: i64 = 200;

/// Who acts, and from which screen.
#[derive(Debug, Clone)]
pub struct Actor {
    pub name: String,
    pub role: Role,
    /// The screen that asked, so that it can tell its own echo.
    pub origin: Option<String>,
}

impl Actor {
    /// An actor with no screen: jobs, tests, the sample stall.
    #[must_use]
    pub fn new(name: &str, role: Role) -> Self {
        Self { name: name.to_owned(), role, origin: None }
    }
}

/// One commit, as every open screen hears of it.
#[derive(Debug, Clone)]
pub struct Committed {
    pub op: Op,
    pub args: BTreeMap<String, String>,
    pub by: String,
    pub origin: Option<String>,
    pub flags: ChangeFlags,
    /// The undo step, where the action can be taken back.
    pub step: Option<u32>,
}

/// What a transaction gives back.
#[derive(Debug, Clone)]
pub struct Output<T> {
    pub value: T,
    /// `None` when nothing changed.
    pub changes: Option<Committed>,
}

/// An open transaction on the writer connection.
#[derive(Debug)]
pub struct Tx<'c> {
    conn: &'c mut SqliteConnection,
    env: &'c Env,
    pub actor: &'c Actor,
    pub now: Ms,
    args: BTreeMap<String, String>,
}

impl Tx<'_> {
    /// The writer connection, inside the transaction.
    pub fn conn(&mut self) -> &mut SqliteConnection {
        self.conn
    }

    /// A new row id.
    ///
    /// # Errors
    /// `Internal` when the system gives no randomness.
    pub fn new_id(&self) -> AppResult<Id> {
        self.env.new_id()
    }

    /// Adds a word to the action's sentence: stock numbers, counts, titles; never a buyer's data.
    pub fn say(&mut self, name: &str, value: impl ToString) {
        self.args.insert(name.to_owned(), value.to_string());
    }
}

/// The writer connection and whether a cancelled caller left its transaction open.
#[derive(Debug)]
pub struct Writer {
    pub conn: SqliteConnection,
    pub open: bool,
}

/// How a commit stands in the undo history.
#[derive(Debug, Clone, Copy)]
pub(crate) enum History {
    /// A new step.
    New,
    /// One more group of a step already there (a long job).
    Join(u32),
    /// The step whose groups this commit takes back; the flag says what it then is.
    Turn { step: u32, undone: bool },
    /// Somebody else's, or the books of sync: neither logged nor ours to take back.
    Foreign,
}

impl Store {
    /// Runs one user action: all or nothing, captured, logged, undoable.
    ///
    /// # Errors
    /// Whatever `f` returns (nothing is written then), or a store error.
    pub async fn transact<T>(
        &self,
        op: Op,
        actor: &Actor,
        f: impl AsyncFnOnce(&mut Tx<'_>) -> AppResult<T>,
    ) -> AppResult<Output<T>> {
        self.run(op, actor, History::New, f).await
    }

    /// Like [`Store::transact`], but part of an earlier step of the same long job, so that one undo takes all back.
    ///
    /// # Errors
    /// As [`Store::transact`].
    pub async fn transact_into<T>(
        &self,
        step: Option<u32>,
        op: Op,
        actor: &Actor,
        f: impl AsyncFnOnce(&mut Tx<'_>) -> AppResult<T>,
    ) -> AppResult<Output<T>> {
        self.run(op, actor, step.map_or(History::New, History::Join), f).await
    }

    /// What other laptops said, and the books of sync: screens hear of it, the log does not.
    pub(crate) async fn quietly<T>(&self, f: impl AsyncFnOnce(&mut Tx<'_>) -> AppResult<T>) -> AppResult<T> {
        let nobody = Actor::new("", Role::Owner);
        Ok(self.run(Op::Sync, &nobody, History::Foreign, f).await?.value)
    }

    pub(crate) async fn run<T>(
        &self,
        op: Op,
        actor: &Actor,
        history: History,
        f: impl AsyncFnOnce(&mut Tx<'_>) -> AppResult<T>,
    ) -> AppResult<Output<T>> {
        let mut writer = self.writer.lock().await;
        if std::mem::replace(&mut writer.open, true) {
            // A caller went away in the middle: what it did was never acknowledged.
            sqlx::raw_sql("ROLLBACK").execute(&mut writer.conn).await.ok();
            // Its commit may have gone through all the same.
            self.board().forget();
        }
        let sync = if op.durable() { "PRAGMA synchronous=FULL" } else { "PRAGMA synchronous=NORMAL" };
        sqlx::raw_sql(sync).execute(&mut writer.conn).await?;
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut writer.conn).await?;
        sqlx::raw_sql(capture::FORGET).execute(&mut writer.conn).await?;
        if matches!(history, History::Foreign) {
            sqlx::raw_sql(capture::QUIET).execute(&mut writer.conn).await?;
        }
        let mut tx = Tx { conn: &mut writer.conn, env: &self.env, actor, now: self.env.now(), args: BTreeMap::new() };
        let worked = match f(&mut tx).await {
            Ok(value) => finish(&mut tx, op, history).await.map(|c| (value, c)),
            Err(e) => Err(e),
        };
        let result = match worked {
            Ok((value, changes)) => {
                let board = self.board().unless_followed();
                match sqlx::raw_sql("COMMIT").execute(&mut writer.conn).await {
                    Ok(_) => {
                        // The commit stands whatever becomes of the board: it is made anew when it could not follow.
                        if changes.is_none() || self.board().follow(&mut writer.conn).await.is_ok() {
                            board.kept();
                        }
                        Ok(Output { value, changes })
                    }
                    Err(e) => Err(AppError::from(e)),
                }
            }
            Err(e) => Err(e),
        };
        if result.is_err() {
            // SQLite may have rolled back by itself (disk full); a second ROLLBACK then fails, which is fine.
            sqlx::raw_sql("ROLLBACK").execute(&mut writer.conn).await.ok();
        }
        writer.open = false;
        let out = result?;
        if let Some(c) = &out.changes {
            // Nobody listening is no error.
            self.events.send(c.clone()).ok();
        }
        Ok(out)
    }
}

/// Makes the derived rows, the change group and the undo step of what was captured, inside the transaction.
async fn finish(tx: &mut Tx<'_>, op: Op, history: History) -> AppResult<Option<Committed>> {
    let Some(flags) = capture::flags(tx.conn).await? else { return Ok(None) };
    derive::refresh(tx.conn, tx.now, &flags).await?;
    if matches!(history, History::Foreign) {
        let by = tx.actor.name.clone();
        return Ok(Some(Committed { op, args: std::mem::take(&mut tx.args), by, origin: None, flags, step: None }));
    }
    let args = serde_json::to_string(&tx.args).map_err(|e| AppError::new(stall_core::ErrorCode::Internal).detail(e))?;
    let rseq = log(tx, op, &args).await?;
    let step = if op.undoable() || !matches!(history, History::New) {
        Some(remember(tx, op, history, rseq, &args).await?)
    } else {
        None
    };
    Ok(Some(Committed {
        op,
        args: std::mem::take(&mut tx.args),
        by: tx.actor.name.clone(),
        origin: tx.actor.origin.clone(),
        flags,
        step,
    }))
}

/// Writes the group of the rows the triggers have logged; returns its rseq.
async fn log(tx: &mut Tx<'_>, op: Op, args: &str) -> AppResult<i64> {
    let row = sqlx::query(
        "UPDATE replica SET next_rseq = next_rseq + 1, last_hlc = max(last_hlc + 1, ?1 << 16)
         RETURNING next_rseq - 1, last_hlc, base_seq",
    )
    .bind(tx.now.0)
    .fetch_one(&mut *tx.conn)
    .await?;
    let (rseq, hlc, base): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    sqlx::query("INSERT INTO change_groups(rseq,hlc,base_seq,op,args,by,at) VALUES(?1,?2,?3,?4,?5,?6,?7)")
        .bind(rseq)
        .bind(hlc)
        .bind(base)
        .bind(op.name())
        .bind(args)
        .bind(&tx.actor.name)
        .bind(tx.now.0)
        .execute(&mut *tx.conn)
        .await?;
    Ok(rseq)
}

/// Writes the undo history; returns the step's id.
async fn remember(tx: &mut Tx<'_>, op: Op, history: History, rseq: i64, args: &str) -> AppResult<u32> {
    let step = match history {
        History::Turn { step, undone } => {
            sqlx::query("UPDATE undo_steps SET undone = ?2 WHERE id = ?1")
                .bind(step)
                .bind(undone)
                .execute(&mut *tx.conn)
                .await?;
            sqlx::query("DELETE FROM undo_groups WHERE step = ?1").bind(step).execute(&mut *tx.conn).await?;
            step
        }
        History::Join(step) if joinable(tx, step).await? => {
            sqlx::query("UPDATE undo_steps SET args = ?2 WHERE id = ?1")
                .bind(step)
                .bind(args)
                .execute(&mut *tx.conn)
                .await?;
            step
        }
        History::New | History::Join(_) | History::Foreign => {
            // A new action ends the chance to redo what was undone before it.
            sqlx::query("DELETE FROM undo_steps WHERE undone = 1").execute(&mut *tx.conn).await?;
            sqlx::query("DELETE FROM undo_steps WHERE id <= (SELECT max(id) FROM undo_steps) - ?1")
                .bind(UNDO_KEPT - 1)
                .execute(&mut *tx.conn)
                .await?;
            let row = sqlx::query("INSERT INTO undo_steps(op,args,by,at) VALUES(?1,?2,?3,?4) RETURNING id")
                .bind(op.name())
                .bind(args)
                .bind(&tx.actor.name)
                .bind(tx.now.0)
                .fetch_one(&mut *tx.conn)
                .await?;
            row.get::<u32, _>(0)
        }
    };
    sqlx::query("INSERT INTO undo_groups(step,rseq) VALUES(?1,?2)")
        .bind(step)
        .bind(rseq)
        .execute(&mut *tx.conn)
        .await?;
    Ok(step)
}

/// A job may add to its step while that step is still done; after an undo it starts a new one.
async fn joinable(tx: &mut Tx<'_>, step: u32) -> AppResult<bool> {
    let row = sqlx::query("SELECT 1 FROM undo_steps WHERE id = ?1 AND undone = 0")
        .bind(step)
        .fetch_optional(&mut *tx.conn)
        .await?;
    Ok(row.is_some())
}
