//! Pages of envelopes.

use std::collections::BTreeMap;

use bytes::Bytes;
use sqlx::Row as _;

use super::{
    super::{Kept, Page, Pull, StallId, effs},
    dialect::Conn,
    rows::{Row, array, int},
    store::Sql,
};
use crate::error::{HubCode, HubError, HubResult};

/// Envelopes in one page at most: single edits are a few hundred bytes.
const MOST: i64 = 1000;

pub async fn pull(sql: &Sql, ask: &Pull) -> HubResult<Page> {
    let mut conn = sql.readers.acquire().await?;
    let head =
        sqlx::query("SELECT head FROM stalls WHERE stall=$1").bind(&ask.stall[..]).fetch_optional(&mut *conn).await?;
    let head = int(&head.ok_or(HubCode::NotFound)?, 0)?;
    let mut envelopes = heads(&mut conn, &ask.stall, ask.after, head, MOST).await?;
    let (Some(first), Some(last)) = (envelopes.first(), envelopes.last()) else {
        return Ok(Page { head, envelopes });
    };
    let sizes = part_sizes(&mut conn, ask, first.last, last.last).await?;
    let mut left = ask.budget;
    let fit = envelopes.iter().take_while(|e| {
        let parts = if e.replica == ask.own { 0 } else { sizes.get(&e.last).copied().unwrap_or(0) };
        let size = e.header.len() + e.effs.len() * 3 + parts + 16;
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    });
    let n = fit.count().max(1);
    envelopes.truncate(n);
    if let (Some(first), Some(last)) = (envelopes.first().map(|e| e.last), envelopes.last().map(|e| e.last)) {
        let rows = sqlx::query(
            "SELECT p.last,p.part,p.bytes FROM parts p JOIN envelopes e ON e.stall=p.stall AND e.last=p.last \
             WHERE p.stall=$1 AND p.last>=$2 AND p.last<=$3 AND ((CAST($4 AS BIGINT) >> CAST(p.scope AS INTEGER)) & 1) = 1 AND e.replica<>$5 \
             ORDER BY p.last,p.part",
        )
        .bind(&ask.stall[..])
        .bind(first)
        .bind(last)
        .bind(ask.scopes)
        .bind(&ask.own[..])
        .fetch_all(&mut *conn)
        .await?;
        hand_out(&mut envelopes, &rows)?;
    }
    Ok(Page { head, envelopes })
}

pub async fn walk(sql: &Sql, stall: &StallId, after: i64, limit: i64) -> HubResult<Vec<Kept>> {
    let mut conn = sql.readers.acquire().await?;
    let mut envelopes = heads(&mut conn, stall, after, i64::MAX, limit).await?;
    if let (Some(first), Some(last)) = (envelopes.first().map(|e| e.last), envelopes.last().map(|e| e.last)) {
        let rows = sqlx::query(
            "SELECT last,part,bytes FROM parts WHERE stall=$1 AND last>=$2 AND last<=$3 ORDER BY last,part",
        )
        .bind(&stall[..])
        .bind(first)
        .bind(last)
        .fetch_all(&mut *conn)
        .await?;
        hand_out(&mut envelopes, &rows)?;
    }
    Ok(envelopes)
}

async fn heads(conn: &mut Conn, stall: &StallId, after: i64, to: i64, limit: i64) -> HubResult<Vec<Kept>> {
    let rows = sqlx::query(
        "SELECT last,replica,id,header,effs,max_before FROM envelopes WHERE stall=$1 AND last>$2 AND last<=$3 \
         ORDER BY last LIMIT $4",
    )
    .bind(&stall[..])
    .bind(after)
    .bind(to)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(kept).collect()
}

fn kept(row: &Row) -> HubResult<Kept> {
    let effs = effs::decode(row.try_get(4)?).ok_or_else(|| HubError::internal("stamps that cannot be read"))?;
    Ok(Kept {
        last: int(row, 0)?,
        replica: array(row, 1)?,
        id: array(row, 2)?,
        header: Bytes::from(row.try_get::<Vec<u8>, _>(3)?),
        effs,
        max_before: int(row, 5)?,
        parts: Vec::new(),
    })
}

async fn part_sizes(conn: &mut Conn, ask: &Pull, first: i64, last: i64) -> HubResult<BTreeMap<i64, usize>> {
    let rows = sqlx::query(
        "SELECT last,size FROM parts WHERE stall=$1 AND last>=$2 AND last<=$3 AND ((CAST($4 AS BIGINT) >> CAST(scope AS INTEGER)) & 1) = 1",
    )
    .bind(&ask.stall[..])
    .bind(first)
    .bind(last)
    .bind(ask.scopes)
    .fetch_all(conn)
    .await?;
    let mut sizes = BTreeMap::new();
    for row in &rows {
        *sizes.entry(int(row, 0)?).or_insert(0) += usize::try_from(int(row, 1)?).unwrap_or(usize::MAX / 4);
    }
    Ok(sizes)
}

/// Gives parts, in order of their envelopes, to these.
fn hand_out(envelopes: &mut [Kept], rows: &[Row]) -> HubResult<()> {
    let mut envelopes = envelopes.iter_mut().peekable();
    for row in rows {
        let last = int(row, 0)?;
        while envelopes.next_if(|e| e.last < last).is_some() {}
        if let Some(envelope) = envelopes.peek_mut() {
            let part = u8::try_from(int(row, 1)?).map_err(HubError::internal)?;
            envelope.parts.push((part, Bytes::from(row.try_get::<Vec<u8>, _>(2)?)));
        }
    }
    Ok(())
}
