//! Certificates, members' standing, wrapped keys.

use bytes::Bytes;
use sqlx::Row as _;

use super::{
    super::{Joiner, NewCertificate, Replica, ReplicaId, StallId},
    dialect::{BEGIN, Conn, LOCK_STALL},
    rows::{self, int},
    store::Sql,
};
use crate::error::{HubCode, HubResult};

pub async fn add_certificates(
    sql: &Sql,
    stall: &StallId,
    known: i64,
    new: &[NewCertificate],
    now: i64,
) -> HubResult<bool> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let locked = sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    locked.ok_or(HubCode::NotFound)?;
    let row =
        sqlx::query("SELECT count(*) FROM certificates WHERE stall=$1").bind(&stall[..]).fetch_one(&mut *tx).await?;
    if int(&row, 0)? != known {
        return Ok(false);
    }
    for (n, c) in (known + 1..).zip(new) {
        sqlx::query("INSERT INTO certificates(stall,n,id,bytes,at) VALUES($1,$2,$3,$4,$5)")
            .bind(&stall[..])
            .bind(n)
            .bind(&c.id[..])
            .bind(&c.bytes[..])
            .bind(now)
            .execute(&mut *tx)
            .await?;
        if let Some(joiner) = &c.join {
            join(&mut tx, stall, joiner).await?;
        }
        for replica in &c.revoked {
            revoke(&mut tx, stall, replica).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

async fn join(conn: &mut Conn, stall: &StallId, joiner: &Joiner) -> HubResult<()> {
    sqlx::query("DELETE FROM joins WHERE stall=$1 AND replica=$2")
        .bind(&stall[..])
        .bind(&joiner.replica[..])
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO replicas(stall,replica,signer,role,revoked,next_rseq,last_id,last_eff) \
         VALUES($1,$2,$3,$4,0,1,$5,0) ON CONFLICT DO NOTHING",
    )
    .bind(&stall[..])
    .bind(&joiner.replica[..])
    .bind(&joiner.signer[..])
    .bind(&joiner.role)
    .bind(&[0_u8; 32][..])
    .execute(conn)
    .await?;
    Ok(())
}

/// Its tokens open nothing from now on; what it held is free.
async fn revoke(conn: &mut Conn, stall: &StallId, replica: &ReplicaId) -> HubResult<()> {
    sqlx::query("UPDATE replicas SET revoked=1 WHERE stall=$1 AND replica=$2")
        .bind(&stall[..])
        .bind(&replica[..])
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM claims WHERE stall=$1 AND replica=$2")
        .bind(&stall[..])
        .bind(&replica[..])
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn certificates(sql: &Sql, stall: &StallId) -> HubResult<Vec<Bytes>> {
    let rows = sqlx::query("SELECT bytes FROM certificates WHERE stall=$1 ORDER BY n")
        .bind(&stall[..])
        .fetch_all(&sql.readers)
        .await?;
    rows.iter().map(|r| Ok(Bytes::from(r.try_get::<Vec<u8>, _>(0)?))).collect()
}

pub async fn replica(conn: &mut Conn, stall: &StallId, replica: &ReplicaId) -> HubResult<Option<Replica>> {
    let row = sqlx::query(
        "SELECT replica,signer,role,revoked,next_rseq,last_id,last_eff FROM replicas WHERE stall=$1 AND replica=$2",
    )
    .bind(&stall[..])
    .bind(&replica[..])
    .fetch_optional(conn)
    .await?;
    row.map(|r| rows::replica(&r)).transpose()
}

pub async fn replicas(sql: &Sql, stall: &StallId) -> HubResult<Vec<Replica>> {
    let rows = sqlx::query(
        "SELECT replica,signer,role,revoked,next_rseq,last_id,last_eff FROM replicas WHERE stall=$1 ORDER BY replica",
    )
    .bind(&stall[..])
    .fetch_all(&sql.readers)
    .await?;
    rows.iter().map(rows::replica).collect()
}

pub async fn add_wraps(sql: &Sql, stall: &StallId, wraps: &[Bytes]) -> HubResult<()> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let locked = sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    locked.ok_or(HubCode::NotFound)?;
    for wrap in wraps {
        sqlx::query(
            "INSERT INTO wraps(stall,n,id,bytes) \
             SELECT $1, coalesce(max(n),0)+1, $2, $3 FROM wraps WHERE stall=$1 ON CONFLICT DO NOTHING",
        )
        .bind(&stall[..])
        .bind(&blake3::hash(wrap).as_bytes()[..])
        .bind(&wrap[..])
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

pub async fn wraps(sql: &Sql, stall: &StallId, after: i64) -> HubResult<Vec<(i64, Bytes)>> {
    let rows = sqlx::query("SELECT n,bytes FROM wraps WHERE stall=$1 AND n>$2 ORDER BY n")
        .bind(&stall[..])
        .bind(after)
        .fetch_all(&sql.readers)
        .await?;
    rows.iter().map(|r| Ok((int(r, 0)?, Bytes::from(r.try_get::<Vec<u8>, _>(1)?)))).collect()
}
