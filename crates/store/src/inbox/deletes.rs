//! Rows that one deleted and another worked on, and deletes that wait for an owner.

use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{InboxChoice, InboxQuestion, Told, UnitRow},
    sync::{
        Scope,
        conflicts::Item,
        scope::{self, FACT_KEEPS, PARENTS},
    },
};

use super::{Face, Look, no_choice, told};
use crate::{
    Tx, capture,
    tables::{unit_row, units},
};

/// Rows named on a card of many.
const NAMED: usize = 8;

/// Tables whose rows have words of their own.
const NAMES: &[(&str, &str)] = &[
    ("units", "stock_no"),
    ("shows", "title"),
    ("show_items", "title"),
    ("orders", "order_no"),
    ("order_lines", "title"),
    ("photos", "file_name"),
    ("views", "name"),
    ("members", "name"),
];

fn part(item: &Item, n: usize) -> &str {
    item.subject.get(n).map_or("", String::as_str)
}

/// The table, if it is one of ours: it becomes part of a statement.
fn table(name: &str) -> AppResult<&'static str> {
    capture::all().find(|t| *t == name).ok_or_else(|| ErrorCode::InboxGone.into())
}

async fn exists(conn: &mut SqliteConnection, table: &str, row: &str) -> AppResult<bool> {
    let sql = format!("SELECT EXISTS(SELECT 1 FROM {table} WHERE id = ?1)");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(row).fetch_one(conn).await?)
}

async fn name(conn: &mut SqliteConnection, table: &str, row: &str) -> AppResult<String> {
    let Some((_, column)) = NAMES.iter().find(|(t, _)| *t == table) else { return Ok(String::new()) };
    let sql = format!("SELECT {column} FROM {table} WHERE id = ?1");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(row).fetch_optional(conn).await?.unwrap_or_default())
}

/// The unit a row is or hangs under.
async fn unit_of(look: &mut Look<'_>, table: &str, row: &str) -> AppResult<Option<UnitRow>> {
    let id: Option<Id> = if table == "units" {
        row.parse().ok()
    } else if PARENTS.iter().any(|(t, c, _)| *t == table && *c == "unit_id") {
        let sql = format!("SELECT unit_id FROM {table} WHERE id = ?1");
        sqlx::query_scalar::<_, Option<Id>>(AssertSqlSafe(sql))
            .bind(row)
            .fetch_optional(&mut *look.conn)
            .await?
            .flatten()
    } else {
        None
    };
    let Some(id) = id else { return Ok(None) };
    match unit_row(look.conn, look.now, id).await {
        Err(e) if e.code == ErrorCode::NotFound => Ok(None),
        row => row.map(Some),
    }
}

pub(super) async fn face(look: &mut Look<'_>, item: &Item) -> AppResult<Option<Face>> {
    let (table, row) = (table(part(item, 0))?, part(item, 1));
    let seq: i64 = part(item, 2).parse().unwrap_or_default();
    if !exists(look.conn, table, row).await? {
        return Ok(None);
    }
    let deleted = told(look.conn, seq).await?.unwrap_or_else(nobody);
    let work = sqlx::query(
        "SELECT CASE WHEN l.replica <> d.replica THEN r.last ELSE r.other END FROM sync_rows r
         JOIN sync_names n ON n.n = r.tbl JOIN sync_groups d ON d.seq = ?3 JOIN sync_groups l ON l.seq = r.last
         WHERE r.row = ?1 AND n.name = ?2",
    )
    .bind(row)
    .bind(table)
    .bind(seq)
    .fetch_optional(&mut *look.conn)
    .await?;
    let work: i64 = work.map_or(0, |r| r.get(0));
    let worked = told(look.conn, work).await?;
    let columns = sqlx::query_scalar(
        "SELECT c.name FROM sync_cells x JOIN sync_names t ON t.n = x.tbl JOIN sync_names c ON c.n = x.col
         WHERE x.row = ?1 AND t.name = ?2 AND x.seq = ?3 AND x.seq > 0 ORDER BY c.name LIMIT 6",
    )
    .bind(row)
    .bind(table)
    .bind(work)
    .fetch_all(&mut *look.conn)
    .await?;
    let mut choices = vec![InboxChoice::Restore];
    if deletable(look.conn, table, row).await? {
        choices.push(InboxChoice::Delete);
    }
    let at = worked.as_ref().map_or(deleted.at, |w| w.at.max(deleted.at));
    let question = InboxQuestion::Deleted {
        table: table.to_owned(),
        name: name(look.conn, table, row).await?,
        unit: unit_of(look, table, row).await?,
        deleted,
        worked,
        columns,
    };
    Ok(Some(Face { at, question, choices }))
}

fn nobody() -> Told {
    Told { by: String::new(), at: stall_core::Ms(0), here: false }
}

/// Whether nothing that happened names the row: facts keep what they are about.
async fn deletable(conn: &mut SqliteConnection, table: &str, row: &str) -> AppResult<bool> {
    for (column, _) in FACT_KEEPS.iter().filter(|(_, t)| *t == table) {
        let sql = format!("SELECT EXISTS(SELECT 1 FROM facts WHERE {column} = ?1)");
        if sqlx::query_scalar(AssertSqlSafe(sql)).bind(row).fetch_one(&mut *conn).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) async fn answer(tx: &mut Tx<'_>, item: &Item, choice: InboxChoice) -> AppResult<String> {
    let (table, row) = (table(part(item, 0))?, part(item, 1).to_owned());
    if !exists(tx.conn(), table, &row).await? {
        return Err(ErrorCode::InboxGone.into());
    }
    let said = name(tx.conn(), table, &row).await?;
    match choice {
        InboxChoice::Restore => touch(tx, table, &row).await?,
        InboxChoice::Delete => {
            if !deletable(tx.conn(), table, &row).await? {
                let error = if table == "units" { AppError::new(ErrorCode::UnitHasFacts) } else { no_choice() };
                return Err(error.arg("stock_no", &said));
            }
            delete(tx, table, &row).await?;
        }
        _ => return Err(no_choice()),
    }
    Ok(said)
}

/// Works on a row without changing it: whoever confirms the delete unseen is contradicted, and a person asked once more, so
/// that it is never lost by two answers crossing.
async fn touch(tx: &mut Tx<'_>, table: &str, row: &str) -> AppResult<()> {
    let all = capture::columns(tx.conn(), table).await?;
    let quiet = |c: &&String| *c != "id" && scope::of_column(table, c) == Scope::Goods && !scope::guarded(table, c);
    // One that hardly ever changes: the touch writes it as it is, over what somebody else may be writing now.
    let column = ["taken_in", "added_at", "imported_at", "created_at", "at"]
        .into_iter()
        .find_map(|want| all.iter().find(|c| *c == want))
        .or_else(|| all.iter().rfind(quiet));
    let Some(column) = column else { return Ok(()) };
    let sql = format!(
        "INSERT INTO change_rows(rseq,n,tbl,row_id,kind,col,old,new)
         SELECT p.next_rseq, (SELECT coalesce(max(n), 0) + 1 FROM change_rows c WHERE c.rseq = p.next_rseq),
           '{table}', t.id, 'U', '{column}', t.\"{column}\", t.\"{column}\"
         FROM {table} t, replica p WHERE t.id = ?1"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(row).execute(tx.conn()).await?;
    Ok(())
}

/// Deletes a row with what hangs under it.
async fn delete(tx: &mut Tx<'_>, table: &str, row: &str) -> AppResult<()> {
    if table == "units" {
        let id = row.parse().map_err(|_| AppError::from(ErrorCode::InboxGone))?;
        return units::delete_in(tx, &[id]).await;
    }
    for (child, column, _) in PARENTS.iter().filter(|(.., p)| *p == table) {
        let sql = format!("SELECT id FROM {child} WHERE {column} = ?1");
        let under: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).bind(row).fetch_all(tx.conn()).await?;
        for id in under {
            Box::pin(delete(tx, child, &id)).await?;
        }
    }
    let sql = format!("DELETE FROM {table} WHERE id = ?1");
    sqlx::query(AssertSqlSafe(sql)).bind(row).execute(tx.conn()).await?;
    Ok(())
}

/// The rows a held group wants gone, and the group.
async fn held(conn: &mut SqliteConnection, item: &Item) -> AppResult<(i64, Vec<String>)> {
    let rows = sqlx::query(
        "SELECT g.seq, r.row FROM sync_groups g JOIN sync_names a ON a.n = g.replica AND a.name = ?1
         JOIN sync_names t ON t.name = ?3 JOIN sync_rows r ON r.tbl = t.n AND r.tombs IS NOT NULL AND r.grave IS NULL
         JOIN json_each(r.tombs) j ON j.value ->> 0 = g.seq AND j.value ->> 1 WHERE g.rseq = ?2 ORDER BY r.row",
    )
    .bind(part(item, 0))
    .bind(part(item, 1).parse::<i64>().unwrap_or_default())
    .bind(part(item, 2))
    .fetch_all(conn)
    .await?;
    Ok((rows.first().map_or(0, |r| r.get(0)), rows.iter().map(|r| r.get(1)).collect()))
}

pub(super) async fn many(look: &mut Look<'_>, item: &Item) -> AppResult<Option<Face>> {
    let table = table(part(item, 2))?;
    let (seq, rows) = held(look.conn, item).await?;
    let Some(deleted) = told(look.conn, seq).await? else { return Ok(None) };
    let mut names = Vec::new();
    for row in rows.iter().take(NAMED) {
        let name = name(look.conn, table, row).await?;
        names.extend((!name.is_empty()).then_some(name));
    }
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let at = deleted.at;
    let question = InboxQuestion::Many { table: table.to_owned(), rows: count, names, deleted };
    // The first is what Enter does: to keep them is never wrong.
    Ok(Some(Face { at, question, choices: vec![InboxChoice::Refuse, InboxChoice::Confirm] }))
}

pub(super) async fn answer_many(tx: &mut Tx<'_>, item: &Item, choice: InboxChoice) -> AppResult<String> {
    let table = table(part(item, 2))?;
    let (_, rows) = held(tx.conn(), item).await?;
    match choice {
        InboxChoice::Refuse => {}
        InboxChoice::Confirm => {
            for row in &rows {
                // What something has happened to stays, as it would have for whoever deleted it.
                if deletable(tx.conn(), table, row).await? {
                    delete(tx, table, row).await?;
                }
            }
        }
        _ => return Err(no_choice()),
    }
    tx.say("n", rows.len());
    Ok(rows.len().to_string())
}
