//! Online reservations.

use super::{
    super::{Claim, ReplicaId, StallId},
    dialect::BEGIN,
    rows::{array, int},
    store::Sql,
};
use crate::error::HubResult;

pub async fn claim(sql: &Sql, stall: &StallId, claim: &Claim, now: i64) -> HubResult<(ReplicaId, i64)> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    sqlx::query("DELETE FROM claims WHERE stall=$1 AND until<=$2").bind(&stall[..]).bind(now).execute(&mut *tx).await?;
    // Who has it may prolong it, or give it back with a time that is past.
    sqlx::query(
        "INSERT INTO claims(stall,what,replica,until) VALUES($1,$2,$3,$4) \
         ON CONFLICT (stall,what) DO UPDATE SET until=excluded.until WHERE claims.replica=excluded.replica",
    )
    .bind(&stall[..])
    .bind(&claim.what[..])
    .bind(&claim.replica[..])
    .bind(claim.until)
    .execute(&mut *tx)
    .await?;
    let row = sqlx::query("SELECT replica,until FROM claims WHERE stall=$1 AND what=$2")
        .bind(&stall[..])
        .bind(&claim.what[..])
        .fetch_one(&mut *tx)
        .await?;
    let held = (array(&row, 0)?, int(&row, 1)?);
    tx.commit().await?;
    Ok(held)
}
