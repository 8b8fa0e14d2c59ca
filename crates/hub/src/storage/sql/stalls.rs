//! Stalls and how they come to be.

use sqlx::Row as _;

use super::{
    super::{Founding, Hash, NewStall, Stall, StallId},
    dialect::{BEGIN, LOCK_STALL},
    rows::{self, int},
    store::Sql,
};
use crate::{
    error::{HubCode, HubResult},
    random,
};

pub async fn add_founding(sql: &Sql, founding: &Founding) -> HubResult<()> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    sqlx::query("DELETE FROM foundings WHERE name=$1").bind(&founding.name).execute(&mut *tx).await?;
    sqlx::query("INSERT INTO foundings(code,name,quota,until) VALUES($1,$2,$3,$4)")
        .bind(&founding.code[..])
        .bind(&founding.name)
        .bind(founding.quota)
        .bind(founding.until)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

pub async fn foundings(sql: &Sql, now: i64) -> HubResult<Vec<Founding>> {
    let rows = sqlx::query("SELECT name,quota,until FROM foundings WHERE until>$1 ORDER BY name")
        .bind(now)
        .fetch_all(&sql.readers)
        .await?;
    rows.iter()
        .map(|r| Ok(Founding { code: [0; 32], name: r.try_get(0)?, quota: int(r, 1)?, until: int(r, 2)? }))
        .collect()
}

pub async fn found(sql: &Sql, code: Option<&Hash>, new: &NewStall) -> HubResult<()> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let (mut name, mut quota) = (new.name.clone(), new.quota);
    if let Some(code) = code {
        let row = sqlx::query("DELETE FROM foundings WHERE code=$1 AND until>$2 RETURNING name,quota")
            .bind(&code[..])
            .bind(new.now)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(HubCode::InviteGone)?;
        (name, quota) = (row.try_get(0)?, int(&row, 1)?);
    }
    let made = sqlx::query(
        "INSERT INTO stalls(stall,name,root,recovery,lineage,head,max_eff,quota,used,made) \
         VALUES($1,$2,$3,$4,$5,0,0,$6,0,$7) ON CONFLICT DO NOTHING",
    )
    .bind(&new.stall[..])
    .bind(name)
    .bind(&new.root[..])
    .bind(&new.recovery[..])
    .bind(&random::bytes::<16>()?[..])
    .bind(quota)
    .bind(new.now)
    .execute(&mut *tx)
    .await?;
    // Rolled back with it: the founding is still good.
    if made.rows_affected() == 0 {
        return Err(HubCode::Exists.into());
    }
    tx.commit().await?;
    Ok(())
}

pub async fn stalls(sql: &Sql) -> HubResult<Vec<Stall>> {
    let rows = sqlx::query(
        "SELECT stall,name,root,recovery,lineage,head,max_eff,quota,used,relay,since FROM stalls ORDER BY name,stall",
    )
    .fetch_all(&sql.readers)
    .await?;
    rows.iter().map(rows::stall).collect()
}

pub async fn stall(sql: &Sql, stall: &StallId) -> HubResult<Option<Stall>> {
    let row = sqlx::query(
        "SELECT stall,name,root,recovery,lineage,head,max_eff,quota,used,relay,since FROM stalls WHERE stall=$1",
    )
    .bind(&stall[..])
    .fetch_optional(&sql.readers)
    .await?;
    row.map(|r| rows::stall(&r)).transpose()
}

pub async fn set_quota(sql: &Sql, stall: &StallId, bytes: i64) -> HubResult<bool> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let done =
        sqlx::query("UPDATE stalls SET quota=$2 WHERE stall=$1").bind(&stall[..]).bind(bytes).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(done.rows_affected() > 0)
}
