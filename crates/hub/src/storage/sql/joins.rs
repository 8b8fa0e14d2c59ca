//! Invites, laptops that wait, tokens.

use bytes::Bytes;
use sqlx::Row as _;

use super::{
    super::{Bearer, Hash, NewInvite, NewJoin, ReplicaId, StallId},
    dialect::{BEGIN, Conn},
    members,
    rows::{array, int},
    store::Sql,
};
use crate::error::{HubCode, HubResult};

pub async fn add_invite(sql: &Sql, stall: &StallId, invite: &NewInvite) -> HubResult<()> {
    let made = sqlx::query(
        "INSERT INTO invites(stall,invite,role,name,until,used) VALUES($1,$2,$3,$4,$5,0) ON CONFLICT DO NOTHING",
    )
    .bind(&stall[..])
    .bind(&invite.invite[..])
    .bind(&invite.role)
    .bind(&invite.name)
    .bind(invite.until)
    .execute(&sql.writer)
    .await?;
    if made.rows_affected() == 0 { Err(HubCode::Exists.into()) } else { Ok(()) }
}

pub async fn invited_to(sql: &Sql, invite: &Hash) -> HubResult<Option<StallId>> {
    let row =
        sqlx::query("SELECT stall FROM invites WHERE invite=$1").bind(&invite[..]).fetch_optional(&sql.readers).await?;
    row.map(|r| array(&r, 0)).transpose()
}

pub async fn join(sql: &Sql, join: &NewJoin) -> HubResult<()> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let used = sqlx::query("UPDATE invites SET used=1 WHERE stall=$1 AND invite=$2 AND used=0 AND until>$3")
        .bind(&join.stall[..])
        .bind(&join.invite[..])
        .bind(join.now)
        .execute(&mut *tx)
        .await?;
    if used.rows_affected() == 0 {
        return Err(HubCode::InviteGone.into());
    }
    // A member's token is given once, to whoever brought its keys: not to the next who names it.
    if members::replica(&mut tx, &join.stall, &join.replica).await?.is_some() {
        return Err(HubCode::Exists.into());
    }
    let waits = sqlx::query("INSERT INTO joins(stall,replica,bytes,at) VALUES($1,$2,$3,$4) ON CONFLICT DO NOTHING")
        .bind(&join.stall[..])
        .bind(&join.replica[..])
        .bind(&join.bytes[..])
        .bind(join.now)
        .execute(&mut *tx)
        .await?;
    if waits.rows_affected() == 0 {
        return Err(HubCode::Exists.into());
    }
    token_row(&mut tx, &join.stall, &join.token, &join.replica, join.now).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn joins(sql: &Sql, stall: &StallId) -> HubResult<Vec<(Bytes, i64)>> {
    let rows = sqlx::query("SELECT bytes,at FROM joins WHERE stall=$1 ORDER BY at,replica")
        .bind(&stall[..])
        .fetch_all(&sql.readers)
        .await?;
    rows.iter().map(|r| Ok((Bytes::from(r.try_get::<Vec<u8>, _>(0)?), int(r, 1)?))).collect()
}

async fn token_row(conn: &mut Conn, stall: &StallId, token: &Hash, replica: &ReplicaId, now: i64) -> HubResult<()> {
    sqlx::query("INSERT INTO tokens(stall,token,replica,made) VALUES($1,$2,$3,$4)")
        .bind(&stall[..])
        .bind(&token[..])
        .bind(&replica[..])
        .bind(now)
        .execute(&mut *conn)
        .await?;
    // Who asks for tokens without end has the newest few.
    sqlx::query(
        "DELETE FROM tokens WHERE stall=$1 AND replica=$2 AND made < (SELECT min(made) FROM \
         (SELECT made FROM tokens WHERE stall=$1 AND replica=$2 ORDER BY made DESC LIMIT 8) AS newest)",
    )
    .bind(&stall[..])
    .bind(&replica[..])
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn add_token(sql: &Sql, stall: &StallId, token: &Hash, replica: &ReplicaId, now: i64) -> HubResult<()> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    token_row(&mut tx, stall, token, replica, now).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn token(sql: &Sql, stall: &StallId, token: &Hash) -> HubResult<Option<Bearer>> {
    let mut conn = sql.readers.acquire().await?;
    let row = sqlx::query("SELECT replica FROM tokens WHERE stall=$1 AND token=$2")
        .bind(&stall[..])
        .bind(&token[..])
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let replica: ReplicaId = array(&row, 0)?;
    let standing = members::replica(&mut conn, stall, &replica).await?;
    Ok(Some(Bearer { replica, standing }))
}
