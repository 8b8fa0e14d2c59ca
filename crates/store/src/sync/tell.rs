//! The stall told anew, as if all of it were made now: for a hub that has to hear what the log does not reach back to.

use sqlx::{AssertSqlSafe, SqliteConnection};
use stall_core::{
    AppResult,
    sync::{ReplicaId, scope},
};

use super::{names::Names, replica};
use crate::{Op, Store, Tx, capture, tables::words};

/// Rows and bytes of one group: an envelope carries it.
const ROWS: usize = 400;
const BYTES: i64 = 256 << 10;

impl Store {
    /// Writes all that is here into the log as groups of ours, and takes out what was deleted; the hub knows them from 1 on.
    /// What was in the log before is said to nobody any more. `new_id` where the hub knows groups of us.
    ///
    /// It is long where much is here, and a write waits for it: it happens when a stall is founded that was alone for long, or
    /// to a hub that was put back to a day before the log's.
    ///
    /// # Errors
    /// Store errors only; nothing is written then.
    pub async fn sync_tell(&self, new_id: bool) -> AppResult<ReplicaId> {
        self.quietly(async |tx: &mut Tx<'_>| {
            if new_id {
                let id = tx.new_id()?;
                sqlx::query("UPDATE replica SET replica_id = ?1").bind(id).execute(tx.conn()).await?;
            }
            let before = "UPDATE replica SET rseq_base = next_rseq - 1, acked = next_rseq - 1, seen = next_rseq - 1, thinned = next_rseq - 1";
            sqlx::query(before).execute(tx.conn()).await?;
            sqlx::query("DELETE FROM sync_sent").execute(tx.conn()).await?;
            let mut tables: Vec<&str> = capture::all().collect();
            tables.sort_by_key(|t| (Names::depth(t), *t));
            for table in tables {
                rows(tx, table).await?;
            }
            dead(tx).await?;
            Ok(replica(tx.conn()).await?.id)
        })
        .await
    }

    /// Notes that this laptop left its stall: nobody hears of what it does from here on, and its log need not tell it.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_leave(&self) -> AppResult<()> {
        self.quietly(async |tx: &mut Tx<'_>| {
            sqlx::query("UPDATE sync_hub SET gone = 1").execute(tx.conn()).await?;
            // A stall that is founded anew hears of all that is here, not of what this laptop once did.
            sqlx::query("UPDATE replica SET thinned = next_rseq - 1").execute(tx.conn()).await?;
            Ok(())
        })
        .await
    }
}

/// The rows of a table as made.
async fn rows(tx: &mut Tx<'_>, table: &str) -> AppResult<()> {
    let columns = capture::columns(tx.conn(), table).await?;
    if columns.is_empty() {
        return Ok(());
    }
    let pairs: Vec<String> = columns.iter().map(|c| format!("'{c}', t.\"{c}\"")).collect();
    let row = format!("json_object({})", pairs.join(", "));
    let sql = format!(
        "INSERT INTO change_rows(rseq,n,tbl,row_id,kind,new)
         SELECT p.next_rseq, j.key + 1, '{table}', t.id, 'I', {row}
         FROM json_each(?1) j JOIN {table} t ON t.id = j.value, replica p"
    );
    let all = format!("SELECT id, length({row}) FROM {table} t ORDER BY id");
    let all: Vec<(String, i64)> = sqlx::query_as(AssertSqlSafe(all)).fetch_all(&mut *tx.conn()).await?;
    for some in lots(all.into_iter().filter(|(id, _)| !scope::stays_here(table, id))) {
        sqlx::query(AssertSqlSafe(sql.as_str())).bind(words::json(&some)).execute(tx.conn()).await?;
        group(tx).await?;
    }
    Ok(())
}

/// What goes into one group each, by size.
fn lots<T>(all: impl Iterator<Item = (T, i64)>) -> Vec<Vec<T>> {
    let (mut lots, mut left): (Vec<Vec<T>>, i64) = (Vec::new(), 0);
    for (one, size) in all {
        match lots.last_mut().filter(|lot| lot.len() < ROWS && size <= left) {
            Some(lot) => lot.push(one),
            None => {
                lots.push(vec![one]);
                left = BYTES;
            }
        }
        left -= size;
    }
    lots
}

/// Rows that somebody deleted, as deleted: a hub of an earlier day has them still. Rows that wait for one they must name, as made.
async fn dead(tx: &mut Tx<'_>) -> AppResult<()> {
    let names = Names::load(tx.conn()).await?;
    let found: Vec<(i64, String, i64)> =
        sqlx::query_as("SELECT tbl, row, length(grave) FROM sync_rows WHERE grave IS NOT NULL ORDER BY tbl, row")
            .fetch_all(tx.conn())
            .await?;
    for some in lots(found.iter().map(|(n, row, size)| ((*n, row.as_str(), names.text(*n)), *size))) {
        sqlx::query(
            "INSERT INTO change_rows(rseq,n,tbl,row_id,kind,old,new)
             SELECT p.next_rseq, j.key + 1, j.value ->> 2, r.row, iif(r.tombs IS NULL, 'I', 'D'),
               iif(r.tombs IS NULL, NULL, r.grave), iif(r.tombs IS NULL, r.grave, NULL)
             FROM json_each(?1) j JOIN sync_rows r ON r.tbl = j.value ->> 0 AND r.row = j.value ->> 1, replica p",
        )
        .bind(words::json(&some))
        .execute(tx.conn())
        .await?;
        group(tx).await?;
    }
    Ok(())
}

/// The group of the rows that were written last.
async fn group(tx: &mut Tx<'_>) -> AppResult<()> {
    let (now, by) = (tx.now, tx.actor.name.clone());
    let conn: &mut SqliteConnection = tx.conn();
    sqlx::query("UPDATE replica SET last_hlc = max(last_hlc + 1, ?1 << 16)").bind(now.0).execute(&mut *conn).await?;
    sqlx::query(
        "INSERT INTO change_groups(rseq,hlc,base_seq,op,args,by,at)
         SELECT next_rseq, last_hlc, base_seq, ?1, '{}', ?2, ?3 FROM replica",
    )
    .bind(Op::Sync.name())
    .bind(by)
    .bind(now.0)
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE replica SET next_rseq = next_rseq + 1").execute(conn).await?;
    Ok(())
}
