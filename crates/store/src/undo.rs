//! Undo and redo: the inverse of a step's groups, written as a new group. Works across restarts.
//!
//! Attributes get their old values back; facts are never removed: undoing a fact voids it, undoing a void writes the
//! fact again under a new id.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{Step, UndoState},
};

use crate::{Actor, Op, Output, Store, Tx, capture, transact::History};

impl Store {
    /// What undo and redo would do now.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn undo_state(&self) -> AppResult<UndoState> {
        let mut conn = self.read().await?;
        Ok(UndoState { undo: top(&mut conn, false).await?, redo: top(&mut conn, true).await? })
    }

    /// Takes the last done step back.
    ///
    /// # Errors
    /// `UndoNothing`; `UndoStale` when a row has changed since in a way the step did not know.
    pub async fn undo(&self, actor: &Actor) -> AppResult<Output<Step>> {
        self.turn(Op::Undo, actor, true).await
    }

    /// Does the last undone step again.
    ///
    /// # Errors
    /// As [`Store::undo`].
    pub async fn redo(&self, actor: &Actor) -> AppResult<Output<Step>> {
        self.turn(Op::Redo, actor, false).await
    }

    async fn turn(&self, op: Op, actor: &Actor, undo: bool) -> AppResult<Output<Step>> {
        let step = {
            let mut conn = self.read().await?;
            top(&mut conn, !undo).await?.ok_or(ErrorCode::UndoNothing)?
        };
        let history = History::Turn { step: step.id, undone: undo };
        self.run(op, actor, history, async |tx: &mut Tx<'_>| {
            // Two screens may press undo at once: the second must not take the same step back twice.
            let same = top(tx.conn(), !undo).await?.is_some_and(|s| s.id == step.id);
            if !same {
                return Err(ErrorCode::UndoNothing.into());
            }
            for (k, v) in &step.args {
                tx.say(k, v);
            }
            tx.say("op", &step.op);
            let changes = sqlx::query(
                "SELECT tbl, row_id, kind, col, old, new, rseq, n FROM change_rows
                 WHERE rseq IN (SELECT rseq FROM undo_groups WHERE step = ?1) ORDER BY rseq DESC, n DESC",
            )
            .bind(step.id)
            .fetch_all(tx.conn())
            .await?;
            for change in &changes {
                if capture::undone(change.get(0)) {
                    invert(tx, change).await?;
                }
            }
            Ok(step.clone())
        })
        .await
        .map_err(stale)
    }
}

/// What a step took away or made hangs on rows that others took away or made since (they come in by sync): the schema refuses,
/// most of it only at the commit, where SQLite's words are all there is to tell it by.
fn stale(e: AppError) -> AppError {
    let refused = e.code == ErrorCode::Internal && e.detail.as_ref().is_some_and(|d| d.contains("constraint failed"));
    if refused { AppError { code: ErrorCode::UndoStale, ..e } } else { e }
}

/// The newest done step, or the oldest of the undone ones at the top of the history.
async fn top(conn: &mut SqliteConnection, undone: bool) -> AppResult<Option<Step>> {
    let sql = if undone {
        "SELECT id, op, args, at, by FROM undo_steps WHERE undone = 1 ORDER BY id ASC LIMIT 1"
    } else {
        "SELECT id, op, args, at, by FROM undo_steps WHERE undone = 0 ORDER BY id DESC LIMIT 1"
    };
    let Some(row) = sqlx::query(sql).fetch_optional(conn).await? else { return Ok(None) };
    let args = serde_json::from_str(row.get(2)).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?;
    Ok(Some(Step { id: row.get(0), op: row.get(1), args, at: Ms(row.get(3)), by: row.get(4) }))
}

/// The step that made this row, where it can still be undone: later scans of a run join it.
pub(crate) async fn step_of_row(conn: &mut SqliteConnection, table: &str, row: Id) -> AppResult<Option<u32>> {
    Ok(sqlx::query_scalar(
        "SELECT g.step FROM change_rows c JOIN undo_groups g ON g.rseq = c.rseq JOIN undo_steps s ON s.id = g.step
         WHERE c.row_id = ?1 AND c.tbl = ?2 AND c.kind = 'I' AND s.undone = 0 LIMIT 1",
    )
    .bind(row)
    .bind(table)
    .fetch_optional(conn)
    .await?)
}

/// The step, if it is still done and of this action: a caller may hand on any number.
pub(crate) async fn step_of_op(conn: &mut SqliteConnection, step: Option<u32>, op: Op) -> AppResult<Option<u32>> {
    Ok(sqlx::query_scalar("SELECT id FROM undo_steps WHERE id = ?1 AND op = ?2 AND undone = 0")
        .bind(step)
        .bind(op.name())
        .fetch_optional(conn)
        .await?)
}

/// What the step said its `n` was.
pub(crate) async fn said(conn: &mut SqliteConnection, step: Option<u32>) -> AppResult<i64> {
    let n: Option<Option<i64>> =
        sqlx::query_scalar("SELECT CAST(args ->> '$.n' AS INTEGER) FROM undo_steps WHERE id = ?1 AND undone = 0")
            .bind(step)
            .fetch_optional(conn)
            .await?;
    Ok(n.flatten().unwrap_or(0))
}

/// Takes one captured change back.
async fn invert(tx: &mut Tx<'_>, change: &SqliteRow) -> AppResult<()> {
    let (tbl, row_id, kind): (&str, &str, &str) = (change.get(0), change.get(1), change.get(2));
    if tbl == "facts" {
        return invert_fact(tx, row_id).await;
    }
    let (rseq, n): (i64, i64) = (change.get(6), change.get(7));
    let touched = match kind {
        "I" => {
            let sql = format!("DELETE FROM {tbl} WHERE id = ?1");
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(row_id).execute(tx.conn()).await?
        }
        "D" => {
            // A row deleted before a migration lacks the columns that came with it: they take their defaults.
            let had: Vec<String> = sqlx::query_scalar(
                "SELECT j.key FROM change_rows c, json_each(c.old) j WHERE c.rseq = ?1 AND c.n = ?2",
            )
            .bind(rseq)
            .bind(n)
            .fetch_all(tx.conn())
            .await?;
            let mut cols = capture::columns(tx.conn(), tbl).await?;
            cols.retain(|c| had.contains(c));
            let values: Vec<String> = cols.iter().map(|c| format!("old ->> '$.{c}'")).collect();
            let sql = format!(
                "INSERT INTO {tbl}({}) SELECT {} FROM change_rows WHERE rseq = ?1 AND n = ?2",
                cols.join(","),
                values.join(",")
            );
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(rseq).bind(n).execute(tx.conn()).await?
        }
        _ => {
            let col: &str = change.get(3);
            let sql = format!(
                "UPDATE {tbl} SET {col} = c.old FROM change_rows c
                 WHERE c.rseq = ?1 AND c.n = ?2 AND {tbl}.id = c.row_id AND {tbl}.{col} IS c.new"
            );
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(rseq).bind(n).execute(tx.conn()).await?
        }
    };
    if touched.rows_affected() == 1 { Ok(()) } else { Err(AppError::new(ErrorCode::UndoStale).arg("table", tbl)) }
}

/// Voids a fact, or writes again the fact that a void took back.
///
/// A fact written again has a new id and names the first telling as `data.root`, so that a later undo of the step that
/// first told it finds the one that is live now.
async fn invert_fact(tx: &mut Tx<'_>, fact: &str) -> AppResult<()> {
    let row = sqlx::query("SELECT voids, coalesce(data ->> '$.root', id) FROM facts WHERE id = ?1")
        .bind(fact)
        .fetch_one(tx.conn())
        .await?;
    let (at, by) = (tx.now, tx.actor.name.clone());
    match row.get::<Option<Id>, _>(0) {
        None => {
            let live: Vec<Id> = sqlx::query_scalar(
                "SELECT id FROM (SELECT id FROM facts WHERE id = ?1
                                 UNION SELECT id FROM facts WHERE json_extract(data, '$.root') = ?1) f
                 WHERE NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)",
            )
            .bind(row.get::<Id, _>(1))
            .fetch_all(tx.conn())
            .await?;
            for fact in live {
                let sql = "INSERT INTO facts(id,kind,at,by,unit_id,order_id,line_id,voids)
                           SELECT ?1,'void',?2,?3,unit_id,order_id,line_id,id FROM facts WHERE id = ?4";
                let id = tx.new_id()?;
                sqlx::query(sql).bind(id).bind(at).bind(&by).bind(fact).execute(tx.conn()).await?;
            }
        }
        Some(voided) => {
            // Keeps the instant and the person of the first telling: only the record is new.
            let sql = "INSERT INTO facts(id,kind,at,by,unit_id,order_id,line_id,voids,data)
                       SELECT ?1,kind,at,by,unit_id,order_id,line_id,NULL,
                              json_set(data, '$.root', coalesce(data ->> '$.root', id)) FROM facts WHERE id = ?2";
            let id = tx.new_id()?;
            sqlx::query(sql).bind(id).bind(voided).execute(tx.conn()).await?;
        }
    }
    Ok(())
}
