//! Reading rows.

use sqlx::Row as _;

use super::{super::Replica, super::Stall, dialect::Db};
use crate::error::{HubError, HubResult};

pub type Row = <Db as sqlx::Database>::Row;

/// A key or hash of fixed length.
pub fn array<const N: usize>(row: &Row, at: usize) -> HubResult<[u8; N]> {
    let bytes: &[u8] = row.try_get(at)?;
    bytes.try_into().map_err(|_| HubError::internal(format!("column {at} is of another length")))
}

pub fn int(row: &Row, at: usize) -> HubResult<i64> {
    Ok(row.try_get(at)?)
}

/// In the order of `dialect::LOCK_STALL`.
pub fn stall(row: &Row) -> HubResult<Stall> {
    Ok(Stall {
        stall: array(row, 0)?,
        name: row.try_get(1)?,
        root: array(row, 2)?,
        recovery: array(row, 3)?,
        lineage: array(row, 4)?,
        head: int(row, 5)?,
        max_eff: int(row, 6)?,
        quota: int(row, 7)?,
        used: int(row, 8)?,
        relay: int(row, 9)? != 0,
        since: int(row, 10)?,
    })
}

/// In the order of `dialect::LOCK_REPLICA`.
pub fn replica(row: &Row) -> HubResult<Replica> {
    Ok(Replica {
        replica: array(row, 0)?,
        signer: array(row, 1)?,
        role: row.try_get(2)?,
        revoked: int(row, 3)? != 0,
        next_rseq: int(row, 4)?,
        last_id: array(row, 5)?,
        last_eff: int(row, 6)?,
    })
}
