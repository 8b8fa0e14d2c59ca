//! A snapshot, taken: rows into their tables, clocks into their books, under what of ours the hub has not heard of.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode,
    sync::{
        Scope, Value, scope,
        snapshot::{Block, CELLS, CHAINS, GRAVES, GROUPS, LIFE, PARKED, SHADOWS, Step, VALUES},
    },
};

use super::super::{load::Key, names::Names, replica, row::part, value};
use crate::{fill::Filling, tables::words};

/// Values bound to one statement.
const BOUND: usize = 2_000;
const NOTHING: Value = Value::Null;

/// Why a snapshot is not taken.
pub(super) fn refused(why: &str) -> AppError {
    AppError::new(ErrorCode::SyncGap).arg("why", why)
}

/// A row as it was ordered: when it was made, of which scopes that was heard, and its cells.
struct Under {
    made: i64,
    parts: i64,
    cells: BTreeMap<String, Value>,
}

/// A snapshot while it comes.
pub(super) struct Taking<'c> {
    conn: &'c mut SqliteConnection,
    names: Names,
    scopes: &'c [Scope],
    me: String,
    /// What is in the log up to it is said to nobody.
    base: i64,
    /// Rows that changes of ours bear on.
    ours: HashSet<Key>,
    /// What the snapshot has in rows that we made too.
    under: BTreeMap<Key, Under>,
    filling: Filling,
    /// Tables of which rows came.
    begun: HashSet<String>,
}

impl<'c> Taking<'c> {
    /// In a stall that applied nothing, and of which the hub has nothing.
    pub async fn begin(conn: &'c mut SqliteConnection, scopes: &'c [Scope]) -> AppResult<Self> {
        let r = replica(conn).await?;
        if (r.cursor, r.acked, r.seen) != (0, r.base, r.base) {
            return Err(refused("not new"));
        }
        let names = Names::load(conn).await?;
        let ours: Vec<Key> = sqlx::query_as("SELECT DISTINCT tbl, row_id FROM change_rows WHERE rseq > ?1")
            .bind(r.base)
            .fetch_all(&mut *conn)
            .await?;
        let (ours, me) = (ours.into_iter().collect(), r.id.to_string());
        let (under, filling, begun) = (BTreeMap::new(), Filling::default(), HashSet::new());
        Ok(Self { conn, names, scopes, me, base: r.base, ours, under, filling, begun })
    }

    /// The next rows.
    pub async fn step(&mut self, step: &Step) -> AppResult<()> {
        let Some((_, first)) = step.0.first() else { return Ok(()) };
        let even = step
            .0
            .iter()
            .all(|(s, b)| b.is_even() && b.name == first.name && b.rows == first.rows && self.scopes.contains(s));
        if !even {
            return Err(refused("uneven"));
        }
        match first.name.as_str() {
            GROUPS => self.groups(first).await,
            GRAVES => self.graves(step).await,
            CELLS => {
                let on = " ON CONFLICT DO UPDATE SET seq = excluded.seq";
                self.book("sync_cells", &["seq"], first, on).await
            }
            SHADOWS => self.book("sync_shadows", &["seq", "value"], first, "").await,
            VALUES => self.book("sync_values", &["seq", "value", "won"], first, "").await,
            PARKED => self.plain("sync_parked", &["seq", "n", "reason", "tbl", "row", "change", "detail"], first).await,
            CHAINS => self.plain("sync_chains", &["replica", "envelope", "rseq"], first).await,
            table => self.rows(table, step).await,
        }
    }

    /// All came: the stall is as it was at `seq`.
    pub async fn end(mut self, seq: i64) -> AppResult<()> {
        self.lay_under().await?;
        self.filling.end(self.conn).await?;
        let last: Option<i64> =
            sqlx::query_scalar("SELECT max(seq) FROM sync_groups").fetch_one(&mut *self.conn).await?;
        // Those that nothing names are in no snapshot.
        let missing = "SELECT EXISTS(SELECT 1 FROM sync_rows r WHERE r.last > 0
               AND NOT EXISTS (SELECT 1 FROM sync_groups g WHERE g.seq = r.last))
             OR EXISTS(SELECT 1 FROM sync_cells c WHERE c.seq > 0
               AND NOT EXISTS (SELECT 1 FROM sync_groups g WHERE g.seq = c.seq))";
        if last != Some(seq) || sqlx::query_scalar(missing).fetch_one(&mut *self.conn).await? {
            return Err(refused("groups are missing"));
        }
        sqlx::query("UPDATE replica SET base_seq = ?1").bind(seq).execute(&mut *self.conn).await?;
        Ok(())
    }

    async fn groups(&mut self, block: &Block) -> AppResult<()> {
        let (replicas, by) = (texts(block, "replica")?, texts(block, "by")?);
        if replicas.contains(&self.me.as_str()) {
            return Err(refused("groups of ours are in it"));
        }
        let (replicas, by) = (self.numbers(&replicas).await?, self.numbers(&by).await?);
        let columns = [
            ("seq", need(block, "seq")?),
            ("eff", need(block, "eff")?),
            ("replica", &replicas),
            ("base_seq", need(block, "base_seq")?),
            ("rseq", need(block, "rseq")?),
            ("by", &by),
        ];
        insert(self.conn, "sync_groups", &columns, None, "").await
    }

    /// A book as it is.
    async fn plain(&mut self, table: &str, columns: &[&str], block: &Block) -> AppResult<()> {
        let columns = columns.iter().map(|c| Ok((*c, need(block, c)?))).collect::<AppResult<Vec<_>>>()?;
        insert(self.conn, table, &columns, None, "").await
    }

    /// A book of cells.
    async fn book(&mut self, table: &str, more: &[&str], block: &Block, on: &str) -> AppResult<()> {
        let tables = self.numbers(&texts(block, "tbl")?).await?;
        let cols = self.numbers(&texts(block, "col")?).await?;
        let mut columns = vec![("row", need(block, "row")?), ("tbl", tables.as_slice()), ("col", &cols)];
        for c in more {
            columns.push((c, need(block, c)?));
        }
        insert(self.conn, table, &columns, None, on).await
    }

    /// Rows of a table, the columns of all scopes together.
    async fn rows(&mut self, table: &str, step: &Step) -> AppResult<()> {
        let known = self.names.table(table).cloned().ok_or_else(|| refused("an unknown table"))?;
        let mut columns = Vec::with_capacity(known.columns.len());
        for c in &known.columns {
            let of = scope::of_column(table, c);
            if self.scopes.contains(&of) {
                let block = step.of(of).ok_or_else(|| refused("a part is missing"))?;
                columns.push((c.as_str(), need(block, c)?));
            }
        }
        let goods = step.of(Scope::Goods).ok_or_else(|| refused("a part is missing"))?;
        let ids = texts(goods, "id")?;
        let mut pick = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let key = (table.to_owned(), (*id).to_owned());
            if scope::stays_here(table, id) {
                return Err(refused("a setting of another laptop"));
            }
            if !self.ours.contains(&key) {
                pick.push(at);
            } else if !scope::append_only(table) {
                self.meets(key, goods, &columns, at).await?;
            }
        }
        if self.begun.insert(table.to_owned()) {
            self.filling.captured(self.conn, table).await?;
        }
        let pick = (pick.len() < ids.len()).then_some(pick.as_slice());
        insert(self.conn, table, &columns, pick, "").await?;
        if scope::append_only(table) {
            return Ok(());
        }
        self.lives(&vec![table; ids.len()], need(goods, "id")?, goods, &vec![NOTHING; ids.len()]).await
    }

    /// A row that we made too keeps our values on the screens. Where more is to be decided, the groups decide it.
    async fn meets(&mut self, key: Key, goods: &Block, columns: &[(&str, &[Value])], at: usize) -> AppResult<()> {
        let sql = "SELECT kind FROM change_rows WHERE tbl = ?1 AND row_id = ?2 AND kind <> 'U' AND rseq > ?3 ORDER BY rseq, n";
        let kinds: Vec<String> =
            sqlx::query_scalar(sql).bind(&key.0).bind(&key.1).bind(self.base).fetch_all(&mut *self.conn).await?;
        let made = kinds.last().is_some_and(|k| k == "I");
        let tombs = need(goods, LIFE[3])?.get(at).is_some_and(|t| *t != Value::Null);
        let guarded = columns.iter().any(|(c, _)| scope::guarded(&key.0, c));
        if !made || tombs || guarded {
            return Err(refused("a row of ours is in the way"));
        }
        let number = |column| match need(goods, column)?.get(at) {
            Some(Value::Int(n)) => Ok(*n),
            _ => Err(refused("a row without life")),
        };
        let (made, parts) = (number(LIFE[0])?, number(LIFE[4])?);
        let cells = columns.iter().filter(|(c, _)| *c != "id");
        let cells = cells.filter_map(|(c, v)| Some(((*c).to_owned(), v.get(at)?.clone()))).collect();
        self.under.insert(key, Under { made, parts, cells });
        Ok(())
    }

    /// Rows that are in no table.
    async fn graves(&mut self, step: &Step) -> AppResult<()> {
        let goods = step.of(Scope::Goods).ok_or_else(|| refused("a part is missing"))?;
        let tables = texts(goods, "tbl")?;
        let rows = texts(goods, "row")?;
        if tables.iter().zip(&rows).any(|(t, r)| self.ours.contains(&((*t).to_owned(), (*r).to_owned()))) {
            return Err(refused("a row of ours is in the way"));
        }
        let mut graves = vec![Map::new(); goods.rows];
        for (_, block) in &step.0 {
            for (grave, part) in graves.iter_mut().zip(need(block, "grave")?) {
                if let Value::Text(text) = part {
                    let cells: Map<String, Json> =
                        serde_json::from_str(text).map_err(|e| refused("a grave").detail(e))?;
                    grave.extend(cells);
                }
            }
        }
        let graves: Vec<Value> =
            graves.iter().map(|g| if g.is_empty() { Value::Null } else { Value::Text(words::json(g)) }).collect();
        self.lives(&tables, need(goods, "row")?, goods, &graves).await
    }

    async fn lives(&mut self, tables: &[&str], rows: &[Value], goods: &Block, graves: &[Value]) -> AppResult<()> {
        let tables = self.numbers(tables).await?;
        // Of scopes that are not ours we heard nothing.
        let mine: i64 = self.scopes.iter().map(|s| part(*s)).sum();
        let parts: Vec<Value> = need(goods, LIFE[4])?
            .iter()
            .map(|v| match v {
                Value::Int(all) => Ok(Value::Int(all & mine)),
                _ => Err(refused("a row without life")),
            })
            .collect::<AppResult<_>>()?;
        let mut columns = vec![("row", rows), ("tbl", tables.as_slice()), ("grave", graves), ("parts", &parts)];
        for (c, from) in ["made", "last", "other", "tombs"].into_iter().zip(LIFE) {
            columns.push((c, need(goods, from)?));
        }
        insert(self.conn, "sync_rows", &columns, None, "").await
    }

    /// What the hub ordered is kept beside our own values, as a page would have kept it.
    async fn lay_under(&mut self) -> AppResult<()> {
        for ((table, row), Under { made, parts, cells }) in std::mem::take(&mut self.under) {
            let t = self.names.number(self.conn, &table).await?;
            for (column, v) in cells {
                let c = self.names.number(self.conn, &column).await?;
                // Making a row wrote what is of the rows' own scope, and of others that were heard; else their clocks tell.
                let of = scope::of_column(&table, &column);
                let sql = if made > 0 && (of == Scope::Goods || parts & part(of) != 0) {
                    "INSERT INTO sync_cells(row,tbl,col,seq,hidden) VALUES(?1,?2,?3,?4,?5)
                     ON CONFLICT DO UPDATE SET hidden = excluded.hidden"
                } else {
                    "UPDATE sync_cells SET hidden = ?5 WHERE row = ?1 AND tbl = ?2 AND col = ?3"
                };
                let hidden = value::json(&v).map(|j| j.to_string());
                sqlx::query(sql).bind(&row).bind(t).bind(c).bind(made).bind(hidden).execute(&mut *self.conn).await?;
            }
        }
        Ok(())
    }

    /// The short numbers of names; 0 of none.
    async fn numbers(&mut self, names: &[&str]) -> AppResult<Vec<Value>> {
        let mut out = Vec::with_capacity(names.len());
        for name in names {
            let n = if name.is_empty() { 0 } else { self.names.number(self.conn, name).await? };
            out.push(Value::Int(n));
        }
        Ok(out)
    }
}

fn need<'b>(block: &'b Block, column: &str) -> AppResult<&'b [Value]> {
    block.column(column).ok_or_else(|| refused("a column is missing"))
}

fn texts<'b>(block: &'b Block, column: &str) -> AppResult<Vec<&'b str>> {
    let of = |v: &'b Value| match v {
        Value::Text(t) => Ok(t.as_str()),
        _ => Err(refused("no text")),
    };
    need(block, column)?.iter().map(of).collect()
}

/// Writes rows given by column: all, or those picked.
async fn insert(
    conn: &mut SqliteConnection,
    table: &str,
    columns: &[(&str, &[Value])],
    pick: Option<&[usize]>,
    on: &str,
) -> AppResult<()> {
    let rows = columns.first().map_or(0, |(_, v)| v.len());
    let all: Vec<usize>;
    let pick = match pick {
        Some(pick) => pick,
        None => {
            all = (0..rows).collect();
            &all
        }
    };
    let names: Vec<String> = columns.iter().map(|(c, _)| format!("\"{c}\"")).collect();
    let one = format!("({})", vec!["?"; columns.len()].join(","));
    let many = (BOUND / columns.len().max(1)).max(1);
    for some in pick.chunks(many) {
        let sql =
            format!("INSERT INTO {table}({}) VALUES{}{on}", names.join(","), vec![one.as_str(); some.len()].join(","));
        // Full statements are met again and again, the last of a block hardly.
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(some.len() == many);
        for at in some {
            for (_, values) in columns {
                query = match values.get(*at).unwrap_or(&NOTHING) {
                    Value::Null => query.bind(None::<i64>),
                    Value::Int(n) => query.bind(*n),
                    Value::Real(r) => query.bind(*r),
                    Value::Text(t) => query.bind(t.as_str()),
                    Value::Blob(b) => query.bind(b.as_slice()),
                };
            }
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}
