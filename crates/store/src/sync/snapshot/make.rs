//! What this laptop holds, told as a snapshot.

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode,
    sync::{
        Change, Scope, Value, scope,
        snapshot::{Block, CELLS, CHAINS, GRAVES, GROUPS, LIFE, PARKED, SHADOWS, Step, VALUES},
    },
};
use tokio::sync::mpsc::Sender;

use super::super::{names::Names, value};
use crate::capture;

/// A step has at most so many rows, or so many bytes of values.
const ROWS: usize = 2_000;
const BYTES: usize = 1 << 20;

/// Rows that gather until they are a step.
struct Gather<'a> {
    to: &'a Sender<Step>,
    name: String,
    columns: Vec<(Scope, String)>,
    values: Vec<Vec<Value>>,
    rows: usize,
    bytes: usize,
}

impl<'a> Gather<'a> {
    fn new(to: &'a Sender<Step>, name: &str, columns: Vec<(Scope, String)>) -> Self {
        let values = columns.iter().map(|_| Vec::new()).collect();
        Self { to, name: name.to_owned(), columns, values, rows: 0, bytes: 0 }
    }

    /// With columns of one scope.
    fn of(to: &'a Sender<Step>, name: &str, scope: Scope, columns: &[&str]) -> Self {
        Self::new(to, name, columns.iter().map(|c| (scope, (*c).to_owned())).collect())
    }

    async fn add(&mut self, row: Vec<Value>) -> AppResult<()> {
        for (column, v) in self.values.iter_mut().zip(row) {
            self.bytes += match &v {
                Value::Text(t) => t.len(),
                Value::Blob(b) => b.len(),
                _ => 8,
            };
            column.push(v);
        }
        self.rows += 1;
        if self.rows >= ROWS || self.bytes >= BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> AppResult<()> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows == 0 {
            return Ok(());
        }
        let mut step = Step::default();
        for scope in Scope::ALL {
            let mine = self.columns.iter().zip(&mut self.values).filter(|((s, _), _)| *s == scope);
            let columns: Vec<_> = mine.map(|((_, c), v)| (c.clone(), std::mem::take(v))).collect();
            if !columns.is_empty() {
                step.0.push((scope, Block { name: self.name.clone(), rows, columns }));
            }
        }
        let gone = |_| AppError::new(ErrorCode::Internal).detail("nobody takes the snapshot");
        self.to.send(step).await.map_err(gone)
    }
}

/// Tells everything, parents before their children, rows before their clocks.
pub(super) async fn tell(conn: &mut SqliteConnection, names: &Names, to: &Sender<Step>) -> AppResult<()> {
    let mut tables: Vec<&str> = capture::all().collect();
    tables.sort_by_key(|t| (Names::depth(t), *t));
    groups(conn, to).await?;
    for table in tables {
        rows(conn, names, table, to).await?;
    }
    graves(conn, to).await?;
    clocks(conn, CELLS, &["tbl", "row", "col", "seq"], to).await?;
    clocks(conn, SHADOWS, &["tbl", "row", "col", "seq", "value"], to).await?;
    clocks(conn, VALUES, &["tbl", "row", "col", "seq", "value", "won"], to).await?;
    parked(conn, to).await?;
    let chains = "SELECT replica, envelope, rseq FROM sync_chains ORDER BY replica";
    all(conn, chains, Gather::of(to, CHAINS, Scope::Goods, &["replica", "envelope", "rseq"])).await
}

/// Every row of a question, as it is.
async fn all(conn: &mut SqliteConnection, sql: &'static str, mut out: Gather<'_>) -> AppResult<()> {
    let n = out.columns.len();
    let mut rows = sqlx::query(sql).fetch(conn);
    while let Some(r) = rows.try_next().await? {
        out.add((0..n).map(|at| value::column(&r, at)).collect::<AppResult<_>>()?).await?;
    }
    out.flush().await
}

async fn groups(conn: &mut SqliteConnection, to: &Sender<Step>) -> AppResult<()> {
    let sql = "SELECT g.seq, g.eff, a.name, g.base_seq, g.rseq, coalesce(b.name, '') FROM sync_groups g
               CROSS JOIN sync_names a ON a.n = g.replica LEFT JOIN sync_names b ON b.n = g.by ORDER BY g.seq";
    all(conn, sql, Gather::of(to, GROUPS, Scope::Goods, &["seq", "eff", "replica", "base_seq", "rseq", "by"])).await
}

/// The rows of a table with their lives. What no group told is in no snapshot.
async fn rows(conn: &mut SqliteConnection, names: &Names, table: &str, to: &Sender<Step>) -> AppResult<()> {
    let Some(known) = names.table(table) else { return Ok(()) };
    let mut columns: Vec<(Scope, String)> =
        known.columns.iter().map(|c| (scope::of_column(table, c), c.clone())).collect();
    let picked: Vec<String> = known.columns.iter().map(|c| format!("t.\"{c}\"")).collect();
    let picked = picked.join(",");
    let sql = if scope::append_only(table) {
        format!("SELECT {picked} FROM {table} t ORDER BY t.id")
    } else {
        columns.extend(LIFE.map(|c| (Scope::Goods, c.to_owned())));
        format!(
            "SELECT {picked}, r.made, r.last, r.other, r.tombs, r.parts FROM {table} t CROSS JOIN sync_rows r
               ON r.row = t.id AND r.tbl = (SELECT n FROM sync_names WHERE name = '{table}') ORDER BY t.id"
        )
    };
    let n = columns.len();
    let mut out = Gather::new(to, table, columns);
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(conn);
    while let Some(r) = rows.try_next().await? {
        out.add((0..n).map(|at| value::column(&r, at)).collect::<AppResult<_>>()?).await?;
    }
    out.flush().await
}

/// Rows that are in no table, with what is known of them.
async fn graves(conn: &mut SqliteConnection, to: &Sender<Step>) -> AppResult<()> {
    let absent: Vec<String> = capture::all()
        .map(|t| {
            format!(
                "WHEN (SELECT n FROM sync_names WHERE name = '{t}') THEN NOT EXISTS (SELECT 1 FROM {t} WHERE id = r.row)"
            )
        })
        .collect();
    let sql = format!(
        "SELECT n.name, r.row, r.made, r.last, r.other, r.tombs, r.parts, r.grave FROM sync_rows r
         CROSS JOIN sync_names n ON n.n = r.tbl WHERE CASE r.tbl {} ELSE 1 END ORDER BY r.row, r.tbl",
        absent.join(" ")
    );
    let mut columns: Vec<(Scope, String)> =
        ["tbl", "row"].into_iter().chain(LIFE).map(|c| (Scope::Goods, c.to_owned())).collect();
    columns.extend(Scope::ALL.map(|s| (s, "grave".to_owned())));
    let mut out = Gather::new(to, GRAVES, columns);
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(conn);
    while let Some(r) = rows.try_next().await? {
        let table: &str = r.get(0);
        let kept = r.get::<Option<&str>, _>(7).map(value::cells).transpose()?.unwrap_or_default();
        let mut row = (0..7).map(|at| value::column(&r, at)).collect::<AppResult<Vec<_>>>()?;
        row.extend(Scope::ALL.map(|s| {
            let mine = kept.iter().filter(|(c, _)| scope::of_column(table, c) == s);
            let mine: serde_json::Map<_, _> = mine.filter_map(|(c, v)| Some((c.clone(), value::json(v)?))).collect();
            if mine.is_empty() { Value::Null } else { Value::Text(crate::tables::words::json(&mine)) }
        }));
        out.add(row).await?;
    }
    out.flush().await
}

/// A book of cells, each under the key of its column.
async fn clocks(conn: &mut SqliteConnection, book: &str, columns: &[&str], to: &Sender<Step>) -> AppResult<()> {
    let more: String = columns.iter().skip(3).map(|c| format!(", x.{c}")).collect();
    let table = book.replace('@', "sync_");
    let sql = format!(
        "SELECT t.name, x.row, c.name{more} FROM {table} x CROSS JOIN sync_names t ON t.n = x.tbl
         CROSS JOIN sync_names c ON c.n = x.col ORDER BY x.row, x.tbl, x.col, x.seq"
    );
    let mut out = Scope::ALL.map(|s| Gather::of(to, book, s, columns));
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(conn);
    while let Some(r) = rows.try_next().await? {
        let of = scope::of_column(r.get(0), r.get(2));
        if let Some(out) = out.get_mut(usize::from(of.number())) {
            out.add((0..columns.len()).map(|at| value::column(&r, at)).collect::<AppResult<_>>()?).await?;
        }
    }
    for mut out in out {
        out.flush().await?;
    }
    Ok(())
}

/// What waits, each under the key it came under.
async fn parked(conn: &mut SqliteConnection, to: &Sender<Step>) -> AppResult<()> {
    const COLUMNS: [&str; 7] = ["seq", "n", "reason", "tbl", "row", "change", "detail"];
    let mut out = Scope::ALL.map(|s| Gather::of(to, PARKED, s, &COLUMNS));
    let mut rows =
        sqlx::query("SELECT seq, n, reason, tbl, row, change, detail FROM sync_parked ORDER BY seq, n").fetch(conn);
    while let Some(r) = rows.try_next().await? {
        let of = match value::unparked(r.get(5)) {
            Some(Change::Set(column, _)) => scope::of_column(r.get(3), &column),
            _ => Scope::Goods,
        };
        if let Some(out) = out.get_mut(usize::from(of.number())) {
            out.add((0..COLUMNS.len()).map(|at| value::column(&r, at)).collect::<AppResult<_>>()?).await?;
        }
    }
    for mut out in out {
        out.flush().await?;
    }
    Ok(())
}
