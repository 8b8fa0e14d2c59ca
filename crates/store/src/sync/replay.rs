//! What was parked because this version did not know it, tried again once it does.

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppResult,
    sync::{Change, Record},
};

use super::{
    apply::{Item, Work},
    load::Groups,
    names::Names,
    value,
};

/// Applies what can be by now, with the stamps it came with. Returns how many.
pub(super) async fn parked(conn: &mut SqliteConnection, names: Names, seen: i64) -> AppResult<u64> {
    let rows = sqlx::query(
        "SELECT seq, n, tbl, row, change, reason FROM sync_parked WHERE reason IN ('unknown_table','unknown_column') ORDER BY seq, n",
    )
    .fetch_all(&mut *conn)
    .await?;
    let known = |table: &str, change: &Change| {
        names.table(table).is_some_and(|t| match change {
            Change::Set(column, _) => t.columns.contains(column),
            _ => true,
        })
    };
    let mut waiting = Vec::new();
    for r in &rows {
        let Some(change) = value::unparked(r.get(4)) else { continue };
        if known(r.get(2), &change) {
            let late = r.get::<&str, _>(5) == "unknown_column";
            let record = Record { table: r.get(2), row: r.get(3), change };
            waiting.push((r.get::<i64, _>(0), r.get::<i64, _>(1), late, record));
        }
    }
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut groups = Groups::default();
    groups.need(conn, &names, waiting.iter().map(|w| w.0).collect()).await?;
    let mut items = Vec::new();
    for (seq, n, late, record) in waiting {
        sqlx::query("DELETE FROM sync_parked WHERE seq = ?1 AND n = ?2").bind(seq).bind(n).execute(&mut *conn).await?;
        let Some(write) = groups.get(seq) else { continue };
        items.push(Item { write, seen, ours: false, held: false, late, record });
    }
    let mut work = Work::new(conn, names, groups, (seen, seen));
    work.read(&items).await?;
    for (at, item) in items.iter().enumerate() {
        work.decide(at, item).await?;
    }
    work.flush().await?;
    Ok(items.len() as u64)
}
