//! Sync, the store's side: groups out of the change log, and pages of the hub's sequence applied.
//!
//! Whatever a laptop holds is a function of the groups up to its cursor, in the hub's order, with its own changes that have
//! no place yet on top. Its own groups come back in the pull and take their place then; a push only says what the hub has.

mod again;
mod apply;
pub mod audit;
mod collect;
mod flush;
pub(crate) mod inbox;
mod load;
mod names;
mod prune;
mod replay;
mod row;
pub mod snapshot;
mod tell;
mod value;

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    sync::{Group, Hex, Hlc, Record, ReplicaId, Scope, Write},
};

use crate::{Store, Tx};
pub use again::{Anew, Stretch};
use apply::{Item, Reason, Work};
use load::Groups;
use names::Names;
pub use prune::{Keep, Pruned};

/// A group with its place, as a page gives it.
#[derive(Debug, Clone)]
pub struct Sequenced {
    pub write: Write,
    /// The author's number of it, as the hub knows it.
    pub rseq: i64,
    /// Its author may delete as much as it likes.
    pub by_owner: bool,
    /// Who worked there; of a group of ours the log knows it.
    pub by: String,
    /// The records of every scope that could be opened, goods first; `None` for a group of ours that the log has.
    pub records: Option<Vec<Record>>,
}

/// Where this install stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub replica: ReplicaId,
    /// Applied of the hub's sequence.
    pub cursor: i64,
    /// The last of our groups the hub says it has.
    pub acked: i64,
    /// The last of our groups that came back in a pull.
    pub seen: i64,
    /// Our next group's.
    pub next_rseq: i64,
    /// Groups of ours the hub lacks.
    pub waiting: i64,
    /// Our groups after it are whole in the log; of those up to it only the history is left.
    pub thinned: i64,
}

/// The end of an author's chain of envelopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainEnd {
    pub replica: ReplicaId,
    pub envelope: Hex<32>,
    /// Of its last group.
    pub rseq: i64,
}

/// What a page did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    pub groups: u64,
    pub records: u64,
    /// Changes that wait, of this page.
    pub parked: u64,
}

struct Replica {
    id: ReplicaId,
    next: i64,
    base: i64,
    acked: i64,
    seen: i64,
    cursor: i64,
    thinned: i64,
}

async fn replica(conn: &mut SqliteConnection) -> AppResult<Replica> {
    let r = sqlx::query("SELECT replica_id, next_rseq, rseq_base, acked, seen, base_seq, thinned FROM replica")
        .fetch_one(conn)
        .await?;
    Ok(Replica {
        id: r.get::<Id, _>(0).into(),
        next: r.get(1),
        base: r.get(2),
        acked: r.get(3),
        seen: r.get(4),
        cursor: r.get(5),
        thinned: r.get(6),
    })
}

impl Store {
    /// Where this install stands.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_standing(&self) -> AppResult<Standing> {
        let r = replica(&mut *self.read().await?).await?;
        Ok(Standing {
            replica: r.id,
            cursor: r.cursor,
            acked: r.acked - r.base,
            seen: r.seen - r.base,
            next_rseq: r.next - r.base,
            waiting: r.next - 1 - r.acked,
            thinned: (r.thinned - r.base).max(0),
        })
    }

    /// Groups of ours that the hub lacks, oldest first, at most `most`; with the numbers the hub knows them by.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_pending(&self, most: u32) -> AppResult<Vec<Group>> {
        let r = replica(&mut *self.read().await?).await?;
        self.sync_pending_after(r.acked - r.base, most).await
    }

    /// Groups of ours after `rseq`, likewise: what another hub has of them says nothing of this one.
    ///
    /// # Errors
    /// `SyncGap` where the log does not reach back so far; store errors.
    pub async fn sync_pending_after(&self, rseq: i64, most: u32) -> AppResult<Vec<Group>> {
        let mut conn = self.read().await?;
        let r = replica(&mut conn).await?;
        if rseq + r.base < r.thinned {
            return Err(AppError::new(ErrorCode::SyncGap).arg("why", "the log does not reach back"));
        }
        let mut groups = collect::groups(&mut conn, rseq + r.base, most).await?;
        groups.iter_mut().for_each(|g| g.rseq -= r.base);
        Ok(groups)
    }

    /// Whether these are the stamps of our groups from `rseq` on, as far as the log still has them: another install that goes by
    /// our id stamps others.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_made(&self, rseq: i64, stamps: &[Hlc]) -> AppResult<bool> {
        let mut conn = self.read().await?;
        let r = replica(&mut conn).await?;
        let first = rseq + r.base;
        let rows: Vec<(i64, i64)> =
            sqlx::query_as("SELECT rseq, hlc FROM change_groups WHERE rseq >= ?1 ORDER BY rseq LIMIT ?2")
                .bind(first)
                .bind(i64::try_from(stamps.len()).unwrap_or(i64::MAX))
                .fetch_all(&mut *conn)
                .await?;
        let made: BTreeMap<i64, i64> = rows.into_iter().collect();
        let mut all = (first..).zip(stamps);
        Ok(all.all(|(rseq, stamp)| made.get(&rseq).map_or(rseq <= r.thinned, |hlc| *hlc == stamp.0)))
    }

    /// Notes an envelope of ours, before it is given to a hub: it may arrive though its sender dies. `end`: its id, and the
    /// number of its last group.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_sending(&self, end: (Hex<32>, i64)) -> AppResult<()> {
        self.quietly(async |tx: &mut Tx<'_>| {
            sqlx::query("INSERT INTO sync_sent(envelope,rseq) VALUES(?1,?2) ON CONFLICT DO NOTHING")
                .bind(end.0.to_string())
                .bind(end.1)
                .execute(tx.conn())
                .await?;
            Ok(())
        })
        .await
    }

    /// Whether an envelope in our name, with the number of its last group, is of this install, as far as that is known: of
    /// what came back before nothing is kept.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_sent(&self, end: (Hex<32>, i64)) -> AppResult<bool> {
        Ok(sqlx::query_scalar(
            "SELECT ?2 <= seen - rseq_base OR EXISTS (SELECT 1 FROM sync_sent WHERE envelope = ?1) FROM replica",
        )
        .bind(end.0.to_string())
        .bind(end.1)
        .fetch_one(&mut *self.read().await?)
        .await?)
    }

    /// Notes that the hub has our groups up to `rseq`. What it says of groups we never made is not believed.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_acked(&self, rseq: i64) -> AppResult<()> {
        self.quietly(async |tx: &mut Tx<'_>| {
            sqlx::query("UPDATE replica SET acked = max(acked, min(?1 + rseq_base, next_rseq - 1))")
                .bind(rseq)
                .execute(tx.conn())
                .await?;
            Ok(())
        })
        .await
    }

    /// Where the authors' chains end, as applied.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_ends(&self) -> AppResult<Vec<ChainEnd>> {
        let rows =
            sqlx::query("SELECT replica, envelope, rseq FROM sync_chains").fetch_all(&mut *self.read().await?).await?;
        let bad = |e| AppError::new(ErrorCode::StallDamaged).detail(e);
        rows.iter()
            .map(|r| {
                let replica = r.get::<&str, _>(0).parse().map_err(bad)?;
                Ok(ChainEnd { replica, envelope: r.get::<&str, _>(1).parse().map_err(bad)?, rseq: r.get(2) })
            })
            .collect()
    }

    /// The lineage of the hub this laptop goes to; none before the first exchange.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_lineage(&self) -> AppResult<Option<Hex<16>>> {
        let text: Option<String> =
            sqlx::query_scalar("SELECT lineage FROM sync_hub").fetch_optional(&mut *self.read().await?).await?;
        text.map(|t| t.parse().map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))).transpose()
    }

    /// Notes it.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_set_lineage(&self, lineage: Hex<16>) -> AppResult<()> {
        self.quietly(async |tx: &mut Tx<'_>| keep_lineage(tx.conn(), lineage).await).await
    }

    /// Takes a new id: the hub knows groups under the old one that this install does not (it came back from a backup, or its
    /// disk was copied). What did not come back from it is sent again under the new one, which changes nothing twice: what came
    /// under the old one is another's now.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_new_replica(&self) -> AppResult<ReplicaId> {
        self.quietly(async |tx: &mut Tx<'_>| {
            let id = tx.new_id()?;
            sqlx::query("UPDATE replica SET replica_id = ?1, rseq_base = seen, acked = seen")
                .bind(id)
                .execute(tx.conn())
                .await?;
            sqlx::query("DELETE FROM sync_sent").execute(tx.conn()).await?;
            Ok(id.into())
        })
        .await
    }

    /// Applies groups in the hub's order. Those applied before are passed over, so a page may come twice.
    ///
    /// # Errors
    /// `SyncGap` when the page does not follow the cursor; store errors. Nothing is written then.
    pub async fn sync_apply(&self, page: &[Sequenced], scopes: &[Scope], ends: &[ChainEnd]) -> AppResult<Applied> {
        match self.apply_page(page, scopes, ends, false).await {
            // Some row refuses its new values. One by one the others go on, and it is parked with the reason.
            Err(e) if e.code == ErrorCode::Internal => self.apply_page(page, scopes, ends, true).await,
            other => other,
        }
    }

    /// Tries again what was parked because an older version of the program did not know it; call it after an upgrade.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_replay(&self) -> AppResult<u64> {
        self.quietly(async |tx: &mut Tx<'_>| {
            let seen = replica(tx.conn()).await?.seen;
            let names = Names::load(tx.conn()).await?;
            replay::parked(tx.conn(), names, seen).await
        })
        .await
    }

    /// Whether something waits that a newer program said: there is more than this one can tell.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_waits(&self) -> AppResult<bool> {
        let sql = "SELECT EXISTS(SELECT 1 FROM sync_parked WHERE reason IN ('unknown_table','unknown_column'))";
        Ok(sqlx::query_scalar(sql).fetch_one(&mut *self.read().await?).await?)
    }

    async fn apply_page(
        &self,
        page: &[Sequenced],
        scopes: &[Scope],
        ends: &[ChainEnd],
        alone: bool,
    ) -> AppResult<Applied> {
        self.quietly(async |tx: &mut Tx<'_>| apply_in(tx.conn(), page, scopes, ends, alone).await).await
    }
}

async fn keep_lineage(conn: &mut SqliteConnection, lineage: Hex<16>) -> AppResult<()> {
    sqlx::query(
        "INSERT INTO sync_hub(one,lineage) VALUES(1,?1) ON CONFLICT DO UPDATE SET lineage = excluded.lineage, gone = 0",
    )
    .bind(lineage.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Applies a page inside a transaction.
async fn apply_in(
    conn: &mut SqliteConnection,
    page: &[Sequenced],
    scopes: &[Scope],
    ends: &[ChainEnd],
    alone: bool,
) -> AppResult<Applied> {
    let r = replica(conn).await?;
    let page: Vec<Sequenced> = page.iter().filter(|s| s.write.seq > r.cursor).cloned().collect();
    let Some(last) = follows(&page, &r)? else { return Ok(Applied::default()) };
    let mut names = Names::load(conn).await?;
    place(conn, &mut names, &page, r.base).await?;
    let items = apply::items(conn, &page, scopes, &r).await?;
    let ours = page.iter().filter(|s| s.write.replica == r.id).map(|s| s.rseq + r.base).max();
    let seen = ours.unwrap_or(r.seen).max(r.seen);
    sqlx::query("UPDATE replica SET base_seq = ?1, seen = ?2, acked = max(acked, ?2)")
        .bind(last)
        .bind(seen)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM sync_sent WHERE rseq <= ?1").bind(seen - r.base).execute(&mut *conn).await?;
    keep_ends(conn, ends).await?;
    let mut groups = Groups::default();
    groups.0.extend(page.iter().map(|s| (s.write.seq, s.write)));
    let mut done = Applied { groups: page.len() as u64, records: items.len() as u64, parked: 0 };
    if alone {
        let mut before = r.seen;
        for (at, item) in items.iter().enumerate() {
            done.parked += one(conn, &mut groups, at, item, before).await?;
            before = item.seen;
        }
    } else {
        let mut work = Work::new(conn, names, groups, (r.seen, seen));
        work.read(&items).await?;
        for (at, item) in items.iter().enumerate() {
            work.decide(at, item).await?;
        }
        work.flush().await?;
        done.parked = work.parked;
    }
    Ok(done)
}

/// The last seq of a page that follows the cursor without a hole in our own groups.
fn follows(page: &[Sequenced], r: &Replica) -> AppResult<Option<i64>> {
    let mut at = r.cursor;
    let mut seen = r.seen - r.base;
    for s in page {
        let ours = s.write.replica == r.id;
        let gap = s.write.seq != at + 1 || (ours && s.rseq != seen + 1) || (s.records.is_none() && !ours);
        if gap {
            return Err(AppError::new(ErrorCode::SyncGap).arg("cursor", at).arg("seq", s.write.seq));
        }
        at = s.write.seq;
        if ours {
            seen = s.rseq;
        }
    }
    Ok((at > r.cursor).then_some(at))
}

/// Notes where the authors' chains end now.
async fn keep_ends(conn: &mut SqliteConnection, ends: &[ChainEnd]) -> AppResult<()> {
    for e in ends {
        sqlx::query(
            "INSERT INTO sync_chains(replica,envelope,rseq) VALUES(?1,?2,?3)
             ON CONFLICT DO UPDATE SET envelope = excluded.envelope, rseq = excluded.rseq",
        )
        .bind(e.replica.to_string())
        .bind(e.envelope.to_string())
        .bind(e.rseq)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Notes the groups' places.
async fn place(conn: &mut SqliteConnection, names: &mut Names, page: &[Sequenced], base: i64) -> AppResult<()> {
    let mut rows = Vec::new();
    for s in page {
        let replica = names.number(conn, &s.write.replica.to_string()).await?;
        let by = match &s.records {
            Some(_) => s.by.clone(),
            None => sqlx::query_scalar("SELECT by FROM change_groups WHERE rseq = ?1")
                .bind(s.rseq + base)
                .fetch_optional(&mut *conn)
                .await?
                .unwrap_or_default(),
        };
        let by = if by.is_empty() { 0 } else { names.number(conn, &by).await? };
        rows.push((s.write.seq, s.write.eff.0, replica, s.write.base_seq, s.rseq, by));
    }
    sqlx::query(
        "INSERT INTO sync_groups(seq,eff,replica,base_seq,rseq,by)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?1)",
    )
    .bind(crate::tables::words::json(&rows))
    .execute(conn)
    .await?;
    Ok(())
}

/// Applies one record by itself; if the database refuses it, it is parked. Returns how many were.
async fn one(conn: &mut SqliteConnection, groups: &mut Groups, at: usize, item: &Item, before: i64) -> AppResult<u64> {
    sqlx::raw_sql("SAVEPOINT one").execute(&mut *conn).await?;
    let names = Names::load(conn).await?;
    let mut work = Work::new(conn, names, std::mem::take(groups), (before, item.seen));
    let tried = async {
        work.read(std::slice::from_ref(item)).await?;
        work.decide(at, item).await?;
        work.flush().await
    };
    let result = tried.await;
    let (parked, back) = (work.parked, std::mem::take(&mut work.groups));
    *groups = back;
    let Err(e) = result else {
        sqlx::raw_sql("RELEASE one").execute(conn).await?;
        return Ok(parked);
    };
    sqlx::raw_sql("ROLLBACK TO one; RELEASE one").execute(&mut *conn).await?;
    if e.code != ErrorCode::Internal {
        return Err(e);
    }
    let names = Names::load(conn).await?;
    let mut work = Work::new(conn, names, Groups::default(), (before, item.seen));
    work.park(at, item, Reason::Refused, &e.detail.unwrap_or_default()).await?;
    Ok(1)
}
