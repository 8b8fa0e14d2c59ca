//! Groups out of the change log, as they are sent.

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppResult, Ms,
    sync::{Change, Group, Hlc, Record, Said, scope},
};

use super::value;

/// Groups after the local number `after`, at most `most` of them, oldest first. Their `rseq` is the local number.
pub(super) async fn groups(conn: &mut SqliteConnection, after: i64, most: u32) -> AppResult<Vec<Group>> {
    let heads = sqlx::query(
        "SELECT rseq, hlc, base_seq, op, args, by, at FROM change_groups WHERE rseq > ?1 ORDER BY rseq LIMIT ?2",
    )
    .bind(after)
    .bind(most)
    .fetch_all(&mut *conn)
    .await?;
    let mut out: Vec<Group> = heads
        .iter()
        .map(|h| Group {
            rseq: h.get(0),
            hlc: Hlc(h.get(1)),
            base_seq: h.get(2),
            said: Said { op: h.get(3), args: h.get(4), by: h.get(5), at: Ms(h.get(6)) },
            records: Vec::new(),
        })
        .collect();
    let (Some(first), Some(last)) = (out.first().map(|g| g.rseq), out.last().map(|g| g.rseq)) else {
        return Ok(out);
    };
    let rows = sqlx::query(
        "SELECT rseq, tbl, row_id, kind, col, new FROM change_rows WHERE rseq BETWEEN ?1 AND ?2 ORDER BY rseq, n",
    )
    .bind(first)
    .bind(last)
    .fetch_all(&mut *conn)
    .await?;
    let mut at = 0;
    for row in &rows {
        let rseq: i64 = row.get(0);
        while out.get(at).is_some_and(|g| g.rseq < rseq) {
            at += 1;
        }
        let (table, id): (String, String) = (row.get(1), row.get(2));
        if scope::stays_here(&table, &id) {
            continue;
        }
        let change = match row.get::<&str, _>(3) {
            // All columns, the empty ones too: a row made again must not keep what it had before.
            "I" => Change::Insert(value::cells(row.get(5))?),
            "D" => Change::Delete,
            _ => Change::Set(row.get(4), value::column(row, 5)?),
        };
        if let Some(group) = out.get_mut(at) {
            group.records.push(Record { table, row: id, change });
        }
    }
    Ok(out)
}
