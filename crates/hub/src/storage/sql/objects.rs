//! What lies in the object store.

use bytes::Bytes;
use sqlx::Row as _;

use super::{
    super::{Added, Kind, Name, NewPiece, Object, Piece, StallId},
    dialect::{BEGIN, Conn, LOCK_STALL},
    rows::{self, Row, array, int},
    store::Sql,
};
use crate::error::{HubCode, HubError, HubResult};

/// Objects forgotten in one transaction of the sweep.
const LOT: i64 = 100;
/// An owner's proof that it let a laptop in: no row names it, and the laptop may come for it late. No sealed file is so short.
const WELCOME: i64 = 32;

pub async fn missing(sql: &Sql, stall: &StallId, kind: Kind, names: &[Name]) -> HubResult<Vec<bool>> {
    let mut out = Vec::with_capacity(names.len());
    let mut spared = Vec::new();
    let mut conn = sql.readers.acquire().await?;
    for name in names {
        let row = sqlx::query("SELECT whole,doomed FROM objects WHERE stall=$1 AND kind=$2 AND name=$3")
            .bind(&stall[..])
            .bind(kind as i64)
            .bind(&name[..])
            .fetch_optional(&mut *conn)
            .await?;
        let (whole, doomed) = match row {
            Some(row) => (int(&row, 0)? != 0, int(&row, 1)? != 0),
            None => (false, false),
        };
        out.push(!whole);
        if doomed {
            spared.push(name);
        }
    }
    drop(conn);
    // Said to be here means: it stays. The sweep may have been faster: then it is missing after all.
    for name in spared {
        let kept = sqlx::query("UPDATE objects SET doomed=0 WHERE stall=$1 AND kind=$2 AND name=$3")
            .bind(&stall[..])
            .bind(kind as i64)
            .bind(&name[..])
            .execute(&sql.writer)
            .await?;
        if kept.rows_affected() == 0
            && let Some(at) = names.iter().position(|n| n == name)
        {
            out[at] = true;
        }
    }
    Ok(out)
}

const OBJECT: &str =
    "SELECT name,size,hash,epoch,received,whole,at FROM objects WHERE stall=$1 AND kind=$2 AND name=$3";

fn read(row: &Row) -> HubResult<Object> {
    Ok(Object {
        name: Bytes::from(row.try_get::<Vec<u8>, _>(0)?),
        size: int(row, 1)?,
        hash: array(row, 2)?,
        epoch: int(row, 3)?,
        received: int(row, 4)?,
        whole: int(row, 5)? != 0,
        at: int(row, 6)?,
        pieces: Vec::new(),
    })
}

async fn one(conn: &mut Conn, stall: &StallId, kind: Kind, name: &[u8]) -> HubResult<Option<Object>> {
    let row = sqlx::query(OBJECT).bind(&stall[..]).bind(kind as i64).bind(name).fetch_optional(conn).await?;
    row.map(|r| read(&r)).transpose()
}

pub async fn object(sql: &Sql, stall: &StallId, kind: Kind, name: &[u8]) -> HubResult<Option<Object>> {
    let mut conn = sql.readers.acquire().await?;
    let Some(mut object) = one(&mut conn, stall, kind, name).await? else { return Ok(None) };
    let rows =
        sqlx::query("SELECT start,size,hash,path FROM pieces WHERE stall=$1 AND kind=$2 AND name=$3 ORDER BY start")
            .bind(&stall[..])
            .bind(kind as i64)
            .bind(name)
            .fetch_all(&mut *conn)
            .await?;
    for row in &rows {
        let start = int(row, 0)?;
        object.pieces.push(Piece { bytes: start..start + int(row, 1)?, hash: array(row, 2)?, path: row.try_get(3)? });
    }
    Ok(Some(object))
}

pub async fn add_piece(sql: &Sql, stall: &StallId, new: &NewPiece) -> HubResult<Added> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let locked = sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let row = rows::stall(&locked.ok_or(HubCode::NotFound)?)?;
    let Piece { bytes, hash, path } = &new.piece;
    let received = match one(&mut tx, stall, new.kind, &new.name).await? {
        Some(there) if there.whole && there.hash == new.hash => return Ok(Added::Whole),
        Some(there) if there.whole || there.hash != new.hash || there.size != new.size => {
            let code = if there.whole { HubCode::Exists } else { HubCode::Busy };
            return Err(code.into());
        }
        Some(there) => there.received,
        None => 0,
    };
    if bytes.start != received {
        return Ok(Added::Elsewhere { received });
    }
    let size = bytes.end - bytes.start;
    if row.used + size > row.quota {
        return Err(HubError::new(HubCode::Quota).arg("quota", row.quota).arg("used", row.used));
    }
    sqlx::query(
        "INSERT INTO objects(stall,kind,name,size,hash,epoch,received,whole,at,doomed) VALUES($1,$2,$3,$4,$5,$6,$7,0,$8,0) \
         ON CONFLICT (stall,kind,name) DO UPDATE SET received=excluded.received, at=excluded.at, doomed=0",
    )
    .bind(&stall[..])
    .bind(new.kind as i64)
    .bind(&new.name[..])
    .bind(new.size)
    .bind(&new.hash[..])
    .bind(new.epoch)
    .bind(bytes.end)
    .bind(new.now)
    .execute(&mut *tx)
    .await?;
    sqlx::query("INSERT INTO pieces(stall,kind,name,start,size,hash,path) VALUES($1,$2,$3,$4,$5,$6,$7)")
        .bind(&stall[..])
        .bind(new.kind as i64)
        .bind(&new.name[..])
        .bind(bytes.start)
        .bind(size)
        .bind(&hash[..])
        .bind(path)
        .execute(&mut *tx)
        .await?;
    charge(&mut tx, stall, size).await?;
    tx.commit().await?;
    Ok(Added::Counted { received: bytes.end })
}

async fn charge(conn: &mut Conn, stall: &StallId, bytes: i64) -> HubResult<()> {
    sqlx::query("UPDATE stalls SET used=used+$2 WHERE stall=$1").bind(&stall[..]).bind(bytes).execute(conn).await?;
    Ok(())
}

pub async fn finish(sql: &Sql, stall: &StallId, kind: Kind, name: &[u8], now: i64) -> HubResult<bool> {
    let done = sqlx::query(
        "UPDATE objects SET whole=1, at=$4 WHERE stall=$1 AND kind=$2 AND name=$3 AND whole=0 AND received=size",
    )
    .bind(&stall[..])
    .bind(kind as i64)
    .bind(name)
    .bind(now)
    .execute(&sql.writer)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn drop_object(sql: &Sql, stall: &StallId, kind: Kind, name: &[u8]) -> HubResult<Vec<String>> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let paths = forget(&mut tx, stall, kind as i64, name).await?;
    tx.commit().await?;
    Ok(paths)
}

async fn forget(conn: &mut Conn, stall: &StallId, kind: i64, name: &[u8]) -> HubResult<Vec<String>> {
    let gone = sqlx::query("DELETE FROM pieces WHERE stall=$1 AND kind=$2 AND name=$3 RETURNING path,size")
        .bind(&stall[..])
        .bind(kind)
        .bind(name)
        .fetch_all(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM objects WHERE stall=$1 AND kind=$2 AND name=$3")
        .bind(&stall[..])
        .bind(kind)
        .bind(name)
        .execute(&mut *conn)
        .await?;
    let (mut paths, mut size) = (Vec::with_capacity(gone.len()), 0);
    for row in &gone {
        paths.push(row.try_get(0)?);
        size += int(row, 1)?;
    }
    charge(conn, stall, -size).await?;
    Ok(paths)
}

pub async fn doom(sql: &Sql, stall: &StallId, kind: Kind, names: &[Name], now: i64) -> HubResult<u64> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
    let mut marked = 0;
    for name in names {
        let done =
            sqlx::query("UPDATE objects SET doomed=$4 WHERE stall=$1 AND kind=$2 AND name=$3 AND whole=1 AND doomed=0")
                .bind(&stall[..])
                .bind(kind as i64)
                .bind(&name[..])
                .bind(now)
                .execute(&mut *tx)
                .await?;
        marked += done.rows_affected();
    }
    tx.commit().await?;
    Ok(marked)
}

pub async fn sweep(sql: &Sql, doomed_by: i64, idle_by: i64) -> HubResult<Vec<String>> {
    let mut tx = sql.writer.begin_with(BEGIN).await?;
    let rows = sqlx::query(
        "SELECT stall,kind,name FROM objects \
         WHERE (doomed>0 AND doomed<=$1) OR (whole=0 AND at<=$2) ORDER BY stall LIMIT $3",
    )
    .bind(doomed_by)
    .bind(idle_by)
    .bind(LOT)
    .fetch_all(&mut *tx)
    .await?;
    let mut paths = Vec::new();
    for row in &rows {
        let stall: StallId = array(row, 0)?;
        let (kind, name) = (int(row, 1)?, row.try_get::<&[u8], _>(2)?);
        // Locked in the order of stalls; asked again under the lock: it may have been spared since.
        sqlx::query(LOCK_STALL).bind(&stall[..]).fetch_optional(&mut *tx).await?;
        let still = sqlx::query(
            "UPDATE objects SET doomed=1 WHERE stall=$1 AND kind=$2 AND name=$3 \
             AND ((doomed>0 AND doomed<=$4) OR (whole=0 AND at<=$5))",
        )
        .bind(&stall[..])
        .bind(kind)
        .bind(name)
        .bind(doomed_by)
        .bind(idle_by)
        .execute(&mut *tx)
        .await?;
        if still.rows_affected() > 0 {
            paths.extend(forget(&mut tx, &stall, kind, name).await?);
        }
    }
    tx.commit().await?;
    Ok(paths)
}

pub async fn objects(sql: &Sql, stall: &StallId, kind: Kind) -> HubResult<Vec<Object>> {
    let rows = sqlx::query(
        "SELECT name,size,hash,epoch,received,whole,at FROM objects WHERE stall=$1 AND kind=$2 ORDER BY name",
    )
    .bind(&stall[..])
    .bind(kind as i64)
    .fetch_all(&sql.readers)
    .await?;
    rows.iter().map(read).collect()
}

pub async fn count(sql: &Sql, stall: &StallId, kind: Kind) -> HubResult<u64> {
    let row = sqlx::query("SELECT count(*) FROM objects WHERE stall=$1 AND kind=$2 AND whole=1 AND size>$3")
        .bind(&stall[..])
        .bind(kind as i64)
        .bind(WELCOME)
        .fetch_one(&sql.readers)
        .await?;
    Ok(int(&row, 0)?.unsigned_abs())
}

pub async fn names(sql: &Sql, stall: &StallId, kind: Kind, after: &[u8], most: i64) -> HubResult<Vec<Name>> {
    let rows = sqlx::query(
        "SELECT name FROM objects WHERE stall=$1 AND kind=$2 AND name>$3 AND whole=1 AND size>$5 ORDER BY name LIMIT $4",
    )
    .bind(&stall[..])
    .bind(kind as i64)
    .bind(after)
    .bind(most)
    .bind(WELCOME)
    .fetch_all(&sql.readers)
    .await?;
    rows.iter().map(|r| Ok(Bytes::from(r.try_get::<Vec<u8>, _>(0)?))).collect()
}
