//! What nobody needs any more goes, a little at a time: a person's write waits for one step at most.
//!
//! Ages are days on which there was work. They are counted, not reckoned from the clock: a clock that jumps a year takes
//! nothing away, and keeps nothing.

use std::{collections::BTreeSet, time::Duration};

use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use stall_core::AppResult;

use crate::{Store, Tx, tables::words};

/// Rows that one step looks at.
const STEP: i64 = 500;

/// How much is kept, in days of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Whole groups: a hub that comes back from a backup is told again what was said since.
    pub said: u32,
    /// What happened, as histories show it.
    pub history: u32,
    /// Between two steps.
    pub pause: Duration,
}

impl Default for Keep {
    fn default() -> Self {
        Self { said: 14, history: 400, pause: Duration::from_millis(20) }
    }
}

/// What went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Groups of ours of which the history is left.
    pub thinned: u64,
    /// Rows of the log that were histories.
    pub histories: u64,
    /// Values that guarded cells had, and changes that waited in vain.
    pub heard: u64,
    /// Groups of the hub's order that nothing names.
    pub groups: u64,
}

/// Of a change row, what histories show (`tables::timeline`, `tables::orders`, `inbox`): the rest goes.
const SHOWN: &str = "tbl IN ('units','unit_fields','photos','show_items') OR (tbl = 'facts' AND kind = 'I')
  OR (tbl = 'orders' AND EXISTS (SELECT 1 FROM change_groups g WHERE g.rseq = change_rows.rseq AND g.op = 'import_orders'))";

/// Of a whole row, what histories show.
fn shown(side: &str) -> String {
    format!(
        "CASE WHEN {side} IS NULL THEN NULL
              WHEN tbl = 'unit_fields' THEN json_object('value', json_extract({side}, '$.value'))
              WHEN tbl = 'photos' THEN json_object('unit_id', json_extract({side}, '$.unit_id'))
              WHEN tbl = 'show_items' THEN json_object('unit_id', json_extract({side}, '$.unit_id'), 'show_id', json_extract({side}, '$.show_id'))
              ELSE NULL END"
    )
}

impl Store {
    /// Lets go what nobody needs any more, step by step, beside everybody's work. It may be dropped at any time.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn prune(&self, keep: Keep) -> AppResult<Pruned> {
        let mut done = Pruned { thinned: self.thin(keep).await?, ..Pruned::default() };
        done.histories = self.drop_histories(keep).await?;
        done.heard = self.drop_heard(keep).await?;
        done.groups = self.drop_groups(keep).await?;
        Ok(done)
    }

    /// Groups of ours that have their place, or that nobody is told of, keep their history only.
    async fn thin(&self, keep: Keep) -> AppResult<u64> {
        let last = self.last_before(keep.said).await?;
        let (mut at, mut done) = ((0, 0), 0);
        loop {
            let step = self.quietly(async |tx: &mut Tx<'_>| thin(tx.conn(), last, at).await).await?;
            let Some(next) = step.next else { return Ok(done + step.groups) };
            (at, done) = (next, done + step.groups);
            tokio::time::sleep(keep.pause).await;
        }
    }

    /// Our last group before the newest `days` on which there was work here; 0: none.
    async fn last_before(&self, days: u32) -> AppResult<i64> {
        let sql = "SELECT max(rseq) FROM change_groups GROUP BY at / 86400000 ORDER BY 1 DESC LIMIT 1 OFFSET ?1";
        let last: Option<i64> =
            sqlx::query_scalar(sql).bind(days).fetch_optional(&mut *self.read().await?).await?.flatten();
        Ok(last.unwrap_or(0))
    }

    /// Histories end; who took a unit in that is still here does not.
    async fn drop_histories(&self, keep: Keep) -> AppResult<u64> {
        let last = self.last_before(keep.history).await?;
        let (mut at, mut done) = ((0i64, 0i64), 0);
        loop {
            let rows = sqlx::query(
                "SELECT c.rseq, c.n, c.tbl = 'units' AND c.kind = 'I' AND EXISTS (SELECT 1 FROM units u WHERE u.id = c.row_id)
                 FROM change_rows c JOIN change_groups g ON g.rseq = c.rseq AND g.thin = 1
                 WHERE (c.rseq, c.n) > (?1, ?2) AND c.rseq <= ?3 ORDER BY c.rseq, c.n LIMIT ?4",
            )
            .bind(at.0)
            .bind(at.1)
            .bind(last)
            .bind(STEP)
            .fetch_all(&mut *self.read().await?)
            .await?;
            let Some(end) = rows.last() else { break };
            at = (end.get(0), end.get(1));
            let going: Vec<(i64, i64)> =
                rows.iter().filter(|r| !r.get::<bool, _>(2)).map(|r| (r.get(0), r.get(1))).collect();
            if going.is_empty() {
                continue;
            }
            done += self
                .step(
                    "DELETE FROM change_rows WHERE (rseq, n) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
                    &words::json(&going),
                    keep,
                )
                .await?;
        }
        loop {
            let empty: Vec<i64> = sqlx::query_scalar(
                "SELECT g.rseq FROM change_groups g WHERE g.thin = 1 AND g.rseq <= ?1
                   AND NOT EXISTS (SELECT 1 FROM change_rows c WHERE c.rseq = g.rseq) ORDER BY g.rseq LIMIT ?2",
            )
            .bind(last)
            .bind(STEP)
            .fetch_all(&mut *self.read().await?)
            .await?;
            if empty.is_empty() {
                return Ok(done);
            }
            let sql = "DELETE FROM change_groups WHERE rseq IN (SELECT value FROM json_each(?1))";
            self.step(sql, &words::json(&empty), keep).await?;
        }
    }

    /// Values that guarded cells had long ago, and what was refused long ago: nobody tries it again.
    async fn drop_heard(&self, keep: Keep) -> AppResult<u64> {
        let sql = "SELECT max(seq) FROM sync_groups GROUP BY (eff >> 16) / 86400000 ORDER BY 1 DESC LIMIT 1 OFFSET ?1";
        let last: Option<i64> =
            sqlx::query_scalar(sql).bind(keep.history).fetch_optional(&mut *self.read().await?).await?.flatten();
        let Some(last) = last else { return Ok(0) };
        let mut done = 0;
        loop {
            let rows = sqlx::query("SELECT row, tbl, col, seq FROM sync_values WHERE seq <= ?1 LIMIT ?2")
                .bind(last)
                .bind(STEP)
                .fetch_all(&mut *self.read().await?)
                .await?;
            if rows.is_empty() {
                break;
            }
            let going: Vec<(String, i64, i64, i64)> =
                rows.iter().map(|r| (r.get(0), r.get(1), r.get(2), r.get(3))).collect();
            done += self
                .step(
                    "DELETE FROM sync_values WHERE (row, tbl, col, seq) IN
                       (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1))",
                    &words::json(&going),
                    keep,
                )
                .await?;
        }
        let sql = "DELETE FROM sync_parked WHERE reason IN ('refused', 'fact_changed') AND seq <= ?1";
        Ok(done + self.step(sql, &last.to_string(), keep).await?)
    }

    /// Groups of the hub's order that no row, cell, history or waiting change names. A group that nothing names is never named
    /// again: what is applied later names itself and what is named already.
    async fn drop_groups(&self, keep: Keep) -> AppResult<u64> {
        let (order, cursor, named) = {
            let mut tx = self.read_at_once().await?;
            let order = order(&mut tx).await?;
            (order, super::replica(&mut tx).await?.cursor, named(&mut tx).await?)
        };
        let (mut at, mut done) = (0i64, 0);
        loop {
            let seqs: Vec<i64> =
                sqlx::query_scalar("SELECT seq FROM sync_groups WHERE seq > ?1 AND seq < ?2 ORDER BY seq LIMIT ?3")
                    .bind(at)
                    .bind(cursor)
                    .bind(STEP)
                    .fetch_all(&mut *self.read().await?)
                    .await?;
            let Some(last) = seqs.last() else { return Ok(done) };
            at = *last;
            let going: Vec<i64> = seqs.into_iter().filter(|s| !named.contains(s)).collect();
            if going.is_empty() {
                continue;
            }
            let gone = self
                .quietly(async |tx: &mut Tx<'_>| {
                    // The hub may have another order by now, whose numbers say something else.
                    if self::order(tx.conn()).await? != order {
                        return Ok(None);
                    }
                    let sql = "DELETE FROM sync_groups WHERE seq IN (SELECT value FROM json_each(?1))";
                    Ok(Some(sqlx::query(sql).bind(words::json(&going)).execute(tx.conn()).await?.rows_affected()))
                })
                .await?;
            let Some(gone) = gone else { return Ok(done) };
            done += gone;
            tokio::time::sleep(keep.pause).await;
        }
    }

    /// One statement of a few rows.
    async fn step(&self, sql: &'static str, what: &str, keep: Keep) -> AppResult<u64> {
        let run = async |tx: &mut Tx<'_>| Ok(sqlx::query(sql).bind(what).execute(tx.conn()).await?.rows_affected());
        let gone = self.quietly(run).await?;
        tokio::time::sleep(keep.pause).await;
        Ok(gone)
    }
}

async fn order(conn: &mut SqliteConnection) -> AppResult<Option<String>> {
    Ok(sqlx::query_scalar("SELECT lineage FROM sync_hub").fetch_optional(conn).await?)
}

/// The groups that anything names.
async fn named(conn: &mut SqliteConnection) -> AppResult<BTreeSet<i64>> {
    let seqs: Vec<i64> = sqlx::query_scalar(
        "SELECT made FROM sync_rows UNION SELECT last FROM sync_rows UNION SELECT other FROM sync_rows
         UNION SELECT t.value ->> 0 FROM sync_rows r, json_each(r.tombs) t WHERE r.tombs IS NOT NULL
         UNION SELECT seq FROM sync_cells UNION SELECT seq FROM sync_shadows UNION SELECT seq FROM sync_values
         UNION SELECT seq FROM sync_parked",
    )
    .fetch_all(conn)
    .await?;
    Ok(seqs.into_iter().collect())
}

/// What a step did.
struct Step {
    /// Where the next begins; `None`: nothing is left.
    next: Option<(i64, i64)>,
    groups: u64,
}

/// Thins the first group after a place in it that may be, `STEP` rows of it; small ones together.
async fn thin(conn: &mut SqliteConnection, last: i64, mut at: (i64, i64)) -> AppResult<Step> {
    // Not the newest: previews tell by its number whether anything changed since. What is not in the hub's order yet is still
    // to be said, unless there is nobody to say it to: a stall founded later is told what there is (`Store::sync_tell`).
    let most: i64 = sqlx::query_scalar(
        "SELECT min(next_rseq - 2, iif(EXISTS (SELECT 1 FROM sync_hub WHERE gone = 0), seen, next_rseq)) FROM replica",
    )
    .fetch_one(&mut *conn)
    .await?;
    let (mut groups, mut left) = (0, STEP);
    loop {
        let found = sqlx::query(
            "SELECT rseq, op FROM change_groups WHERE thin = 0 AND rseq >= ?1 AND rseq <= ?2
               AND NOT EXISTS (SELECT 1 FROM undo_groups u WHERE u.rseq = change_groups.rseq) ORDER BY rseq LIMIT 1",
        )
        .bind(at.0)
        .bind(last.min(most))
        .fetch_optional(&mut *conn)
        .await?;
        let Some(found) = found else { return Ok(Step { next: None, groups }) };
        let (rseq, told) = (found.get::<i64, _>(0), found.get::<&str, _>(1) == crate::Op::Sync.name());
        let after = if rseq == at.0 { at.1 } else { 0 };
        let rows: Vec<i64> =
            sqlx::query_scalar("SELECT n FROM change_rows WHERE rseq = ?1 AND n > ?2 ORDER BY n LIMIT ?3")
                .bind(rseq)
                .bind(after)
                .bind(left)
                .fetch_all(&mut *conn)
                .await?;
        // Before anything of it goes: from here on it cannot be said again.
        sqlx::query("UPDATE replica SET thinned = max(thinned, ?1)").bind(rseq).execute(&mut *conn).await?;
        if let Some(end) = rows.last() {
            thin_rows(conn, (rseq, after, *end), told).await?;
        }
        left -= i64::try_from(rows.len()).unwrap_or(left).max(1);
        if let Some(end) = rows.last().filter(|_| left <= 0) {
            return Ok(Step { next: Some((rseq, *end)), groups });
        }
        sqlx::query("UPDATE change_groups SET thin = 1, args = '{}' WHERE rseq = ?1")
            .bind(rseq)
            .execute(&mut *conn)
            .await?;
        (at, groups) = ((rseq, 0), groups + 1);
        if left <= 0 {
            return Ok(Step { next: Some(at), groups });
        }
    }
}

/// Of the rows after `after` up to `end`. `told`: what there was when the stall was told is no history of anything.
async fn thin_rows(conn: &mut SqliteConnection, (rseq, after, end): (i64, i64, i64), told: bool) -> AppResult<()> {
    let of = "rseq = ?1 AND n > ?2 AND n <= ?3";
    let none = if told { String::new() } else { format!(" AND NOT ({SHOWN})") };
    // What a column of goods was before and after is the history; of other columns, that they changed.
    let seen = "tbl IN ('units','unit_fields') OR (tbl = 'photos' AND col = 'unit_id')
      OR (tbl = 'show_items' AND col = 'price') OR (tbl = 'orders' AND col = 'status')";
    for sql in [
        format!("DELETE FROM change_rows WHERE {of}{none}"),
        format!("UPDATE change_rows SET new = {}, old = {} WHERE {of} AND kind <> 'U'", shown("new"), shown("old")),
        format!("UPDATE change_rows SET new = NULL, old = NULL WHERE {of} AND kind = 'U' AND NOT ({seen})"),
    ] {
        sqlx::query(AssertSqlSafe(sql)).bind(rseq).bind(after).bind(end).execute(&mut *conn).await?;
    }
    Ok(())
}
