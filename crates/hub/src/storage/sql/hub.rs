//! The hub itself: its beat, the operator's token, lineages.

use super::{
    super::{Beat, Hash, Lineage, StallId},
    dialect::BEGIN,
    rows::{array, int},
    store::Sql,
};
use crate::{
    error::{HubCode, HubResult},
    random,
};

pub async fn ready(sql: &Sql) -> HubResult<()> {
    sqlx::query("SELECT beat FROM hub").fetch_one(&sql.readers).await?;
    Ok(())
}

pub async fn beat(sql: &Sql) -> HubResult<Beat> {
    let row = sqlx::query("UPDATE hub SET beat=beat+1 WHERE one=1 RETURNING beat,stale").fetch_one(&sql.writer).await?;
    Ok(Beat { beat: int(&row, 0)?, stale: int(&row, 1)? != 0 })
}

pub async fn renew_lineages(sql: &Sql, beat: i64) -> HubResult<u64> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let stalls = sqlx::query("SELECT stall FROM stalls").fetch_all(&mut *tx).await?;
    for row in &stalls {
        let stall: StallId = array(row, 0)?;
        sqlx::query("UPDATE stalls SET lineage=$2 WHERE stall=$1")
            .bind(&stall[..])
            .bind(&random::bytes::<16>()?[..])
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query("UPDATE hub SET stale=0, beat=$1 WHERE one=1").bind(beat).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(stalls.len() as u64)
}

pub async fn renew_lineage(sql: &Sql, stall: &StallId, old: &Lineage) -> HubResult<Lineage> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    sqlx::query("UPDATE stalls SET lineage=$3 WHERE stall=$1 AND lineage=$2")
        .bind(&stall[..])
        .bind(&old[..])
        .bind(&random::bytes::<16>()?[..])
        .execute(&mut *tx)
        .await?;
    let row =
        sqlx::query("SELECT lineage FROM stalls WHERE stall=$1").bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let lineage = array(&row.ok_or(HubCode::NotFound)?, 0)?;
    tx.commit().await?;
    Ok(lineage)
}

pub async fn admin(sql: &Sql) -> HubResult<Option<Hash>> {
    let row =
        sqlx::query("SELECT admin FROM hub WHERE one=1 AND admin IS NOT NULL").fetch_optional(&sql.readers).await?;
    row.map(|r| array(&r, 0)).transpose()
}

pub async fn set_admin(sql: &Sql, hash: &Hash) -> HubResult<()> {
    sqlx::query("UPDATE hub SET admin=$1 WHERE one=1").bind(&hash[..]).execute(&sql.writer).await?;
    Ok(())
}
