//! A hub that relays: it keeps a copy of another's order, and holds what laptops bring until somebody carries it there.

use std::collections::BTreeMap;

use bytes::Bytes;
use sqlx::Row as _;

use super::{
    super::{Copied, Hash, Held, NewEnvelope, Placing, Pushed, Relay, Replica, ReplicaId, StallId, effs},
    dialect::{BEGIN, Conn, LOCK_STALL},
    push::{Placed, Under, count, size},
    rows::{self, array, int},
    store::Sql,
};
use crate::{
    error::{HubCode, HubError, HubResult},
    hex, random,
};

/// What may wait here, in bytes, beside the stall's quota.
const MOST: i64 = 256 << 20;

pub async fn set(sql: &Sql, stall: &StallId, to: Relay) -> HubResult<()> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let row = sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let now = rows::stall(&row.ok_or(HubCode::NotFound)?)?;
    if now.head != to.head {
        return Err(HubError::new(HubCode::Gap).arg("head", now.head));
    }
    // Who asks goes by the hub that was given up.
    if to.clear && to.since < now.since {
        return Err(HubError::new(HubCode::NotAllowed).arg("why", "older"));
    }
    if to.clear {
        clear(&mut tx, stall).await?;
    }
    let (lineage, since) = match to.lost {
        Some(_) if !now.relay => return Err(HubError::new(HubCode::NotAllowed).arg("why", "orders")),
        Some(at) => (random::bytes::<16>()?, at.max(now.since + 1)),
        None => (now.lineage, now.since.max(to.since)),
    };
    sqlx::query("UPDATE stalls SET relay=$2, lineage=$3, since=$4 WHERE stall=$1")
        .bind(&stall[..])
        .bind(i64::from(to.relay))
        .bind(&lineage[..])
        .bind(since)
        .execute(&mut *tx)
        .await?;
    if !to.relay {
        sqlx::query(
            "DELETE FROM held WHERE stall=$1 AND first_rseq<(SELECT next_rseq FROM replicas \
             WHERE replicas.stall=held.stall AND replicas.replica=held.replica)",
        )
        .bind(&stall[..])
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Forgets the order, not what is held.
async fn clear(conn: &mut Conn, stall: &StallId) -> HubResult<()> {
    let row = sqlx::query(
        "SELECT CAST(coalesce((SELECT sum(length(header)) FROM envelopes WHERE stall=$1),0) AS BIGINT), \
                CAST(coalesce((SELECT sum(size) FROM parts WHERE stall=$1),0) AS BIGINT)",
    )
    .bind(&stall[..])
    .fetch_one(&mut *conn)
    .await?;
    let freed = int(&row, 0)? + int(&row, 1)?;
    for sql in ["DELETE FROM parts WHERE stall=$1", "DELETE FROM envelopes WHERE stall=$1"] {
        sqlx::query(sql).bind(&stall[..]).execute(&mut *conn).await?;
    }
    sqlx::query("UPDATE replicas SET next_rseq=1, last_id=$2, last_eff=0 WHERE stall=$1")
        .bind(&stall[..])
        .bind(&[0_u8; 32][..])
        .execute(&mut *conn)
        .await?;
    sqlx::query("UPDATE stalls SET head=0, max_eff=0, used=used-$2 WHERE stall=$1")
        .bind(&stall[..])
        .bind(freed)
        .execute(conn)
        .await?;
    Ok(())
}

/// The end of an author's chain with what is held of it.
pub async fn tail(conn: &mut Conn, stall: &StallId, replica: &ReplicaId) -> HubResult<Option<(i64, Hash)>> {
    let row =
        sqlx::query("SELECT first_rseq+n,id FROM held WHERE stall=$1 AND replica=$2 ORDER BY first_rseq DESC LIMIT 1")
            .bind(&stall[..])
            .bind(&replica[..])
            .fetch_optional(conn)
            .await?;
    row.map(|r| Ok((int(&r, 0)?, array(&r, 1)?))).transpose()
}

/// Holds envelopes, inside a push.
pub async fn hold(conn: &mut Conn, under: &mut Under<'_>, envelopes: &[NewEnvelope]) -> HubResult<Pushed> {
    let stall = under.stall.stall;
    let row = sqlx::query("SELECT CAST(coalesce(sum(length(bytes)),0) AS BIGINT) FROM held WHERE stall=$1")
        .bind(&stall[..])
        .fetch_one(&mut *conn)
        .await?;
    let mut bytes = int(&row, 0)?;
    let mut ends: BTreeMap<ReplicaId, (i64, Hash)> = BTreeMap::new();
    let mut new = 0;
    for e in envelopes {
        under.load(conn, &e.replica).await?;
        let author = under.authors.get(&e.replica).ok_or(HubCode::NotAllowed)?;
        if author.revoked {
            return Err(HubCode::Revoked.into());
        }
        let end = match ends.get(&e.replica) {
            Some(end) => *end,
            None => tail(conn, &stall, &e.replica).await?.unwrap_or((author.next_rseq, author.last_id)),
        };
        ends.insert(e.replica, end);
        let refused = |code| HubError::new(code).arg("replica", hex::of(&e.replica)).arg("expect", end.0);
        if e.first_rseq < end.0 {
            if under.is_here(conn, e).await? || is_held(conn, &stall, e).await? {
                continue;
            }
            return Err(refused(HubCode::Fork));
        }
        if e.first_rseq > end.0 {
            return Err(refused(HubCode::Gap));
        }
        if e.prev != end.1 {
            return Err(refused(HubCode::BadEnvelope).arg("why", "chain"));
        }
        bytes += size(e);
        if bytes > MOST {
            return Err(HubError::new(HubCode::Quota).arg("quota", MOST).arg("used", bytes));
        }
        write(conn, &stall, e, under.now).await?;
        new += count(e).unsigned_abs();
        ends.insert(e.replica, (end.0 + count(e), e.id));
    }
    let next = ends.iter().map(|(replica, end)| (*replica, end.0)).collect();
    Ok(Pushed { head: under.stall.head, new, next })
}

async fn is_held(conn: &mut Conn, stall: &StallId, e: &NewEnvelope) -> HubResult<bool> {
    let row = sqlx::query("SELECT id FROM held WHERE stall=$1 AND replica=$2 AND first_rseq=$3")
        .bind(&stall[..])
        .bind(&e.replica[..])
        .bind(e.first_rseq)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|r| array(&r, 0)).transpose()? == Some(e.id))
}

async fn write(conn: &mut Conn, stall: &StallId, e: &NewEnvelope, now: i64) -> HubResult<()> {
    let mut whole = e.header.to_vec();
    e.parts.iter().for_each(|p| whole.extend_from_slice(&p.bytes));
    sqlx::query(
        "INSERT INTO held(stall,replica,first_rseq,n,id,prev,skew,at,bytes) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9)",
    )
    .bind(&stall[..])
    .bind(&e.replica[..])
    .bind(e.first_rseq)
    .bind(count(e))
    .bind(&e.id[..])
    .bind(&e.prev[..])
    .bind(e.offset)
    .bind(now)
    .bind(&whole[..])
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn held(sql: &Sql, stall: &StallId, skip: i64, budget: usize) -> HubResult<Vec<Held>> {
    let mut conn = sql.readers.acquire().await?;
    let rows = sqlx::query(
        "SELECT first_rseq,replica,skew,bytes FROM held WHERE stall=$1 ORDER BY replica,first_rseq LIMIT 200 OFFSET $2",
    )
    .bind(&stall[..])
    .bind(skip)
    .fetch_all(&mut *conn)
    .await?;
    let (mut all, mut left) = (Vec::new(), budget);
    for row in &rows {
        let bytes: Vec<u8> = row.try_get(3)?;
        if bytes.len() > left && !all.is_empty() {
            break;
        }
        left = left.saturating_sub(bytes.len());
        all.push(Held { skew: int(row, 2)?, bytes: Bytes::from(bytes) });
    }
    Ok(all)
}

pub async fn place(sql: &Sql, stall: &StallId, from: &Copied, placing: &[Placing]) -> HubResult<i64> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let row = sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let mut of = rows::stall(&row.ok_or(HubCode::NotFound)?)?;
    if !of.relay {
        return Err(HubError::new(HubCode::NotAllowed).arg("why", "orders"));
    }
    if of.head == 0 && from.since >= of.since {
        of.lineage = from.lineage;
    } else if of.lineage != from.lineage {
        return Err(HubCode::Lineage.into());
    }
    of.since = of.since.max(from.since);
    sqlx::query("UPDATE stalls SET lineage=$2, since=$3 WHERE stall=$1")
        .bind(&stall[..])
        .bind(&of.lineage[..])
        .bind(of.since)
        .execute(&mut *tx)
        .await?;
    let mut under = Under::of(of, 0);
    for p in placing {
        one(&mut tx, &mut under, p).await?;
    }
    under.write(&mut tx).await?;
    for author in under.authors.values() {
        let_go(&mut tx, stall, author).await?;
    }
    tx.commit().await?;
    Ok(under.stall.head)
}

/// Lets go what is held of an author and has its place now; and all of it where the rest does not follow on what has: its laptop
/// was at the other hub itself, sealed otherwise, and says the rest anew.
async fn let_go(conn: &mut Conn, stall: &StallId, author: &Replica) -> HubResult<()> {
    sqlx::query("DELETE FROM held WHERE stall=$1 AND replica=$2 AND first_rseq<$3")
        .bind(&stall[..])
        .bind(&author.replica[..])
        .bind(author.next_rseq)
        .execute(&mut *conn)
        .await?;
    let first =
        sqlx::query("SELECT first_rseq,prev FROM held WHERE stall=$1 AND replica=$2 ORDER BY first_rseq LIMIT 1")
            .bind(&stall[..])
            .bind(&author.replica[..])
            .fetch_optional(&mut *conn)
            .await?;
    if let Some(row) = first
        && (int(&row, 0)?, array::<32>(&row, 1)?) != (author.next_rseq, author.last_id)
    {
        sqlx::query("DELETE FROM held WHERE stall=$1 AND replica=$2")
            .bind(&stall[..])
            .bind(&author.replica[..])
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn one<'a>(conn: &mut Conn, under: &mut Under<'a>, p: &'a Placing) -> HubResult<()> {
    let e = &p.envelope;
    let last = p.seq0 + count(e) - 1;
    // Another carrier was faster.
    if last <= under.stall.head {
        return Ok(());
    }
    if p.seq0 != under.stall.head + 1 {
        return Err(HubError::new(HubCode::Gap).arg("head", under.stall.head));
    }
    under.load(conn, &e.replica).await?;
    let author = under.authors.get_mut(&e.replica).ok_or(HubCode::NotAllowed)?;
    if e.first_rseq != author.next_rseq || e.prev != author.last_id {
        return Err(HubError::new(HubCode::BadEnvelope).arg("why", "chain").arg("expect", author.next_rseq));
    }
    let greatest = p.effs.iter().copied().max().unwrap_or(0);
    (author.next_rseq, author.last_id) = (e.first_rseq + count(e), e.id);
    author.last_eff = p.effs.last().copied().unwrap_or(author.last_eff);
    let max_before = under.stall.max_eff;
    under.stall.max_eff = max_before.max(greatest);
    under.stall.head = last;
    under.bytes += size(e);
    under.placed.push(Placed { envelope: e, last, effs: effs::encode(&p.effs), max_before });
    Ok(())
}
