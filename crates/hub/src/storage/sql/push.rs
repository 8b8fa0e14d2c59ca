//! Putting envelopes into the stall's order.

use std::{cmp::Ordering, collections::BTreeMap};

use sqlx::{QueryBuilder, Row as _};

use super::{
    super::{NewEnvelope, Pushed, Replica, ReplicaId, Stall, StallId, effs},
    dialect::{BEGIN, Conn, Db, LOCK_REPLICA, LOCK_STALL},
    relay,
    rows::{self, array, int},
    store::Sql,
};
use crate::{
    error::{HubCode, HubError, HubResult},
    hex, stamp,
};

/// An envelope with its place.
pub struct Placed<'a> {
    pub envelope: &'a NewEnvelope,
    pub last: i64,
    pub effs: Vec<u8>,
    pub max_before: i64,
}

/// A push under way, the stall's row locked.
pub struct Under<'a> {
    pub stall: Stall,
    /// As they were before this push.
    head0: i64,
    max0: i64,
    pub authors: BTreeMap<ReplicaId, Replica>,
    floors: BTreeMap<i64, i64>,
    pub placed: Vec<Placed<'a>>,
    pub bytes: i64,
    pub now: i64,
}

pub async fn push(sql: &Sql, stall: &StallId, envelopes: &[NewEnvelope], now: i64) -> HubResult<Pushed> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let row = sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let mut under = Under::of(rows::stall(&row.ok_or(HubCode::NotFound)?)?, now);
    if under.stall.relay {
        let held = relay::hold(&mut tx, &mut under, envelopes).await?;
        tx.commit().await?;
        return Ok(held);
    }
    let head0 = under.head0;
    for envelope in envelopes {
        under.place(&mut tx, envelope).await?;
    }
    if !under.placed.is_empty() {
        under.write(&mut tx).await?;
        tx.commit().await?;
    }
    let next = under.authors.values().map(|a| (a.replica, a.next_rseq)).collect();
    Ok(Pushed { head: under.stall.head, new: (under.stall.head - head0).unsigned_abs(), next })
}

impl<'a> Under<'a> {
    pub fn of(stall: Stall, now: i64) -> Self {
        let (head0, max0) = (stall.head, stall.max_eff);
        let (authors, floors) = (BTreeMap::new(), BTreeMap::new());
        Self { stall, head0, max0, authors, floors, placed: Vec::new(), bytes: 0, now }
    }

    async fn place(&mut self, conn: &mut Conn, envelope: &'a NewEnvelope) -> HubResult<()> {
        self.load(conn, &envelope.replica).await?;
        let author = self.authors.get(&envelope.replica).ok_or(HubCode::NotAllowed)?;
        let (next, last_id, mut last_eff) = (author.next_rseq, author.last_id, author.last_eff);
        let refused = |code| HubError::new(code).arg("replica", hex::of(&envelope.replica)).arg("expect", next);
        if author.revoked {
            return Err(HubCode::Revoked.into());
        }
        match envelope.first_rseq.cmp(&next) {
            Ordering::Greater => return Err(refused(HubCode::Gap)),
            Ordering::Less if self.is_here(conn, envelope).await? => return Ok(()),
            Ordering::Less => return Err(refused(HubCode::Fork)),
            Ordering::Equal if envelope.prev != last_id => {
                return Err(refused(HubCode::BadEnvelope).arg("why", "chain"));
            }
            Ordering::Equal => {}
        }
        let max_before = self.stall.max_eff;
        let mut effs = Vec::with_capacity(envelope.groups.len());
        for group in &envelope.groups {
            let seen = self.max_at(conn, group.base_seq).await?;
            last_eff = stamp::eff(group.hlc, envelope.offset, self.now, last_eff, seen);
            self.stall.max_eff = self.stall.max_eff.max(last_eff);
            effs.push(last_eff);
        }
        let n = count(envelope);
        self.stall.head += n;
        self.bytes += size(envelope);
        if let Some(author) = self.authors.get_mut(&envelope.replica) {
            (author.next_rseq, author.last_id, author.last_eff) = (next + n, envelope.id, last_eff);
        }
        self.placed.push(Placed { envelope, last: self.stall.head, effs: effs::encode(&effs), max_before });
        Ok(())
    }

    pub async fn load(&mut self, conn: &mut Conn, replica: &ReplicaId) -> HubResult<()> {
        if !self.authors.contains_key(replica) {
            let row = sqlx::query(LOCK_REPLICA)
                .bind(&self.stall.stall[..])
                .bind(&replica[..])
                .fetch_optional(conn)
                .await?
                .ok_or_else(|| HubError::new(HubCode::NotAllowed).arg("why", "no_certificate"))?;
            self.authors.insert(*replica, rows::replica(&row)?);
        }
        Ok(())
    }

    /// Whether this very envelope came before. Its id covers every byte: the parts by their hashes.
    pub async fn is_here(&self, conn: &mut Conn, envelope: &NewEnvelope) -> HubResult<bool> {
        let same = |p: &&Placed<'_>| p.envelope.id == envelope.id;
        if self.placed.iter().any(|p| same(&p)) {
            return Ok(true);
        }
        let row = sqlx::query("SELECT id FROM envelopes WHERE stall=$1 AND replica=$2 AND first_rseq=$3")
            .bind(&self.stall.stall[..])
            .bind(&envelope.replica[..])
            .bind(envelope.first_rseq)
            .fetch_optional(conn)
            .await?;
        Ok(row.map(|r| array(&r, 0)).transpose()? == Some(envelope.id))
    }

    /// Greatest eff of all groups with seq <= base. What a group of another hub claims to have seen beyond the head
    /// counts as all there is.
    async fn max_at(&mut self, conn: &mut Conn, base: i64) -> HubResult<i64> {
        match base.cmp(&self.head0) {
            _ if base <= 0 => return Ok(0),
            Ordering::Equal => return Ok(self.max0),
            Ordering::Greater => return Ok(self.stall.max_eff),
            Ordering::Less => {}
        }
        if let Some(max) = self.floors.get(&base) {
            return Ok(*max);
        }
        let row =
            sqlx::query("SELECT last,effs,max_before FROM envelopes WHERE stall=$1 AND last>=$2 ORDER BY last LIMIT 1")
                .bind(&self.stall.stall[..])
                .bind(base)
                .fetch_one(conn)
                .await?;
        let effs = effs::decode(row.try_get(1)?).ok_or_else(|| HubError::internal("stamps that cannot be read"))?;
        let beyond = usize::try_from(int(&row, 0)? - base).unwrap_or(0);
        let seen = effs.iter().take(effs.len().saturating_sub(beyond));
        let max = seen.copied().fold(int(&row, 2)?, i64::max);
        self.floors.insert(base, max);
        Ok(max)
    }

    pub async fn write(&self, conn: &mut Conn) -> HubResult<()> {
        let used = self.stall.used + self.bytes;
        if used > self.stall.quota {
            return Err(HubError::new(HubCode::Quota).arg("quota", self.stall.quota).arg("used", self.stall.used));
        }
        let stall = &self.stall.stall;
        for rows in in_steps(&self.placed) {
            envelopes(&mut *conn, stall, rows).await?;
        }
        let parts: Vec<_> = self.placed.iter().flat_map(parts_of).collect();
        for rows in in_steps(&parts) {
            insert_parts(&mut *conn, stall, rows).await?;
        }
        for author in self.authors.values() {
            sqlx::query("UPDATE replicas SET next_rseq=$3, last_id=$4, last_eff=$5 WHERE stall=$1 AND replica=$2")
                .bind(&stall[..])
                .bind(&author.replica[..])
                .bind(author.next_rseq)
                .bind(&author.last_id[..])
                .bind(author.last_eff)
                .execute(&mut *conn)
                .await?;
        }
        sqlx::query("UPDATE stalls SET head=$2, max_eff=$3, used=$4 WHERE stall=$1")
            .bind(&stall[..])
            .bind(self.stall.head)
            .bind(self.stall.max_eff)
            .bind(used)
            .execute(conn)
            .await?;
        Ok(())
    }
}

pub fn count(envelope: &NewEnvelope) -> i64 {
    i64::try_from(envelope.groups.len()).unwrap_or(i64::MAX)
}

pub fn size(envelope: &NewEnvelope) -> i64 {
    let parts: usize = envelope.parts.iter().map(|p| p.bytes.len()).sum();
    i64::try_from(envelope.header.len() + parts).unwrap_or(i64::MAX)
}

/// Rows in lots of few sizes, so that few statements are prepared.
fn in_steps<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let n = [128, 16, 1].into_iter().find(|n| *n <= left.len())?;
        let (now, rest) = left.split_at(n);
        left = rest;
        Some(now)
    })
}

async fn envelopes(conn: &mut Conn, stall: &StallId, rows: &[Placed<'_>]) -> HubResult<()> {
    let mut q =
        QueryBuilder::<Db>::new("INSERT INTO envelopes(stall,last,n,replica,first_rseq,id,header,effs,max_before) ");
    q.push_values(rows, |mut b, row| {
        let e = row.envelope;
        b.push_bind(&stall[..]).push_bind(row.last).push_bind(count(e)).push_bind(&e.replica[..]);
        b.push_bind(e.first_rseq).push_bind(&e.id[..]).push_bind(&e.header[..]);
        b.push_bind(&row.effs[..]).push_bind(row.max_before);
    });
    q.build().execute(conn).await?;
    Ok(())
}

type PartRow<'a> = (i64, i64, i64, &'a [u8]);

fn parts_of<'a>(placed: &'a Placed<'_>) -> impl Iterator<Item = PartRow<'a>> {
    let last = placed.last;
    (0..).zip(&placed.envelope.parts).map(move |(at, p)| (last, at, i64::from(p.scope), &p.bytes[..]))
}

async fn insert_parts(conn: &mut Conn, stall: &StallId, rows: &[PartRow<'_>]) -> HubResult<()> {
    let mut q = QueryBuilder::<Db>::new("INSERT INTO parts(stall,last,part,scope,size,bytes) ");
    q.push_values(rows, |mut b, (last, part, scope, bytes)| {
        b.push_bind(&stall[..]).push_bind(*last).push_bind(*part).push_bind(*scope);
        b.push_bind(i64::try_from(bytes.len()).unwrap_or(i64::MAX)).push_bind(*bytes);
    });
    q.build().execute(conn).await?;
    Ok(())
}
