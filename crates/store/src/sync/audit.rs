//! What this laptop holds, summed up and compared: by sums with other laptops, row by row with what the hub's order makes.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use futures_util::{TryStreamExt, stream::BoxStream};
use sqlx::{AssertSqlSafe, Row as _, Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::LedgerRecord,
    sync::{
        Hex, Scope, Value,
        audit::{Keys, Sums},
        scope,
    },
};

use super::{names::Names, replica, value};
use crate::{Store, capture, schema};

/// One moment at which what the tables hold is what the hub's order makes, whatever is written meanwhile.
#[derive(Debug)]
pub struct Moment {
    tx: Transaction<'static, Sqlite>,
    seq: i64,
    lineage: Hex<16>,
}

/// A row that is not as the hub's order makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub table: String,
    pub row: String,
    pub how: How,
    /// The unit and the order it is about.
    pub unit: Option<String>,
    pub order: Option<String>,
}

/// How it differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// It is lacking here.
    Missing,
    /// It is here, and in no group.
    Extra,
    /// These columns hold something else.
    Changed(Vec<String>),
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// The first of them.
    pub rows: Vec<Difference>,
    pub total: u64,
}

impl Store {
    /// What this laptop holds, at rest. `None` while a change of ours has no place yet, something waits that only a newer program
    /// knows, or nothing was applied.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_moment(&self) -> AppResult<Option<Moment>> {
        let Some(lineage) = self.sync_lineage().await? else { return Ok(None) };
        let mut tx = self.read_at_once().await?;
        let r = replica(&mut tx).await?;
        let restless = "SELECT EXISTS(SELECT 1 FROM sync_cells WHERE hidden IS NOT NULL)
                            OR EXISTS(SELECT 1 FROM sync_parked WHERE reason IN ('unknown_table','unknown_column'))";
        if r.cursor == 0 || r.seen != r.next - 1 || sqlx::query_scalar(restless).fetch_one(&mut *tx).await? {
            return Ok(None);
        }
        Ok(Some(Moment { tx, seq: r.cursor, lineage }))
    }

    /// The units and the orders, `most` of each, that what was found is about and that are here.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_named(&self, of: &Differences, most: usize) -> AppResult<(Vec<LedgerRecord>, Vec<LedgerRecord>)> {
        let mut conn = self.read().await?;
        let units: BTreeSet<_> = of.rows.iter().filter_map(|d| d.unit.as_deref()).collect();
        let orders: BTreeSet<_> = of.rows.iter().filter_map(|d| d.order.as_deref()).collect();
        let units = named(&mut conn, "units", "stock_no", &units, most).await?;
        Ok((units, named(&mut conn, "orders", "order_no", &orders, most).await?))
    }
}

async fn named(
    conn: &mut SqliteConnection,
    table: &str,
    column: &str,
    ids: &BTreeSet<&str>,
    most: usize,
) -> AppResult<Vec<LedgerRecord>> {
    let sql = format!(
        "SELECT id, {column} FROM {table} WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY {column} LIMIT ?2"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(crate::tables::words::json(ids))
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    Ok(rows.iter().map(|r| LedgerRecord { id: r.get(0), no: r.get(1) }).collect())
}

impl Moment {
    /// What was applied of the hub's order.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Sums up what is held, for the scopes of which there are keys.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sums(mut self, keys: &Keys) -> AppResult<Sums> {
        let names = Names::load(&mut self.tx).await?;
        let mut of: BTreeMap<Scope, u128> = keys.0.keys().map(|s| (*s, 0)).collect();
        let mut shape = blake3::Hasher::new();
        part(&mut shape, &schema().to_be_bytes());
        for table in capture::all() {
            let Some(known) = names.table(table) else { continue };
            part(&mut shape, table.as_bytes());
            known.columns.iter().for_each(|c| part(&mut shape, c.as_bytes()));
            add(&mut self.tx, table, &known.columns, keys, &mut of).await?;
        }
        let shape = u64::from_be_bytes(first(shape.finalize().as_bytes()));
        Ok(Sums { seq: self.seq, lineage: self.lineage, shape, of })
    }

    /// What is not here as `right` has it, in columns of these scopes; the first `most` of it by name.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn differences(mut self, mut right: Self, scopes: &[Scope], most: usize) -> AppResult<Differences> {
        let names = Names::load(&mut self.tx).await?;
        let mut out = Differences::default();
        for table in capture::all() {
            let Some(known) = names.table(table) else { continue };
            let columns: Vec<&str> = known
                .columns
                .iter()
                .map(String::as_str)
                .filter(|c| *c != "id" && scopes.contains(&scope::of_column(table, c)))
                .collect();
            let sql = select(table, &columns);
            let mut both = Both { table, columns: &columns, out: &mut out, most };
            both.run(rows(&mut self.tx, &sql), rows(&mut right.tx, &sql)).await?;
        }
        Ok(out)
    }
}

/// Rows of a table by their ids, with those columns.
fn select(table: &str, columns: &[&str]) -> String {
    let picked: String = columns.iter().map(|c| format!(",\"{c}\"")).collect();
    format!("SELECT id{picked} FROM {table} ORDER BY id")
}

fn rows<'c>(conn: &'c mut SqliteConnection, sql: &str) -> BoxStream<'c, sqlx::Result<SqliteRow>> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).fetch(conn)
}

type Row = (String, Vec<Value>);

fn row(r: &SqliteRow, columns: usize) -> AppResult<Row> {
    let Value::Text(id) = value::column(r, 0)? else {
        return Err(AppError::new(ErrorCode::StallDamaged).detail("a row without an id"));
    };
    Ok((id, (1..=columns).map(|at| value::column(r, at)).collect::<AppResult<_>>()?))
}

/// One table on both sides.
struct Both<'a> {
    table: &'a str,
    columns: &'a [&'a str],
    out: &'a mut Differences,
    most: usize,
}

impl Both<'_> {
    async fn run(
        &mut self,
        mut here: BoxStream<'_, sqlx::Result<SqliteRow>>,
        mut right: BoxStream<'_, sqlx::Result<SqliteRow>>,
    ) -> AppResult<()> {
        let (mut a, mut b) = (self.next(&mut here).await?, self.next(&mut right).await?);
        loop {
            let order = match (&a, &b) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.0.cmp(&b.0),
            };
            match order {
                Ordering::Less => {
                    self.note(a.as_ref(), None);
                    a = self.next(&mut here).await?;
                }
                Ordering::Greater => {
                    self.note(None, b.as_ref());
                    b = self.next(&mut right).await?;
                }
                Ordering::Equal => {
                    if a != b {
                        self.note(a.as_ref(), b.as_ref());
                    }
                    (a, b) = (self.next(&mut here).await?, self.next(&mut right).await?);
                }
            }
        }
    }

    /// The next row that travels.
    async fn next(&self, of: &mut BoxStream<'_, sqlx::Result<SqliteRow>>) -> AppResult<Option<Row>> {
        while let Some(r) = of.try_next().await? {
            let row = row(&r, self.columns.len())?;
            if !scope::stays_here(self.table, &row.0) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn note(&mut self, here: Option<&Row>, right: Option<&Row>) {
        self.out.total += 1;
        let Some(row) = here.or(right).filter(|_| self.out.rows.len() < self.most) else { return };
        let how = match (here, right) {
            (Some(a), Some(b)) => {
                let differ = self.columns.iter().zip(a.1.iter().zip(&b.1)).filter(|(_, (a, b))| a != b);
                How::Changed(differ.map(|(c, _)| (*c).to_owned()).collect())
            }
            (Some(_), None) => How::Extra,
            _ => How::Missing,
        };
        let about = |table: &str, column: &str| {
            let named = self.columns.iter().position(|c| *c == column).and_then(|at| match row.1.get(at) {
                Some(Value::Text(id)) => Some(id.clone()),
                _ => None,
            });
            if self.table == table { Some(row.0.clone()) } else { named }
        };
        let (unit, order) = (about("units", "unit_id"), about("orders", "order_id"));
        self.out.rows.push(Difference { table: self.table.to_owned(), row: row.0.clone(), how, unit, order });
    }
}

/// Adds a table's rows: a sum, so that nobody has to sort them.
async fn add(
    conn: &mut SqliteConnection,
    table: &str,
    columns: &[String],
    keys: &Keys,
    of: &mut BTreeMap<Scope, u128>,
) -> AppResult<()> {
    let columns: Vec<&str> = columns.iter().map(String::as_str).filter(|c| *c != "id").collect();
    // The columns of each scope. That a row is there is goods.
    let by_scope: Vec<(Scope, &[u8; 32], Vec<usize>)> = keys
        .0
        .iter()
        .map(|(s, key)| {
            let mine = columns.iter().enumerate().filter(|(_, c)| scope::of_column(table, c) == *s);
            (*s, key, mine.map(|(at, _)| at).collect::<Vec<_>>())
        })
        .filter(|(s, _, columns)| *s == Scope::Goods || !columns.is_empty())
        .collect();
    let picked: String = columns.iter().map(|c| format!(",\"{c}\"")).collect();
    let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT id{picked} FROM {table}"))).fetch(conn);
    while let Some(r) = rows.try_next().await? {
        let (id, values) = row(&r, columns.len())?;
        if scope::stays_here(table, &id) {
            continue;
        }
        for (scope, key, columns) in &by_scope {
            let mut h = blake3::Hasher::new_keyed(key);
            part(&mut h, table.as_bytes());
            part(&mut h, id.as_bytes());
            for v in columns.iter().filter_map(|at| values.get(*at)) {
                cell(&mut h, v);
            }
            let sum = of.entry(*scope).or_default();
            *sum = sum.wrapping_add(u128::from_be_bytes(first(h.finalize().as_bytes())));
        }
    }
    Ok(())
}

fn first<const N: usize>(of: &[u8; 32]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(of).for_each(|(to, from)| *to = *from);
    out
}

/// A length before each part: ("a", "bc") and ("ab", "c") must differ.
fn part(h: &mut blake3::Hasher, bytes: &[u8]) {
    h.update(&(bytes.len() as u64).to_be_bytes());
    h.update(bytes);
}

fn cell(h: &mut blake3::Hasher, v: &Value) {
    match v {
        Value::Null => {
            h.update(&[0]);
        }
        Value::Int(n) => {
            h.update(&[1]);
            h.update(&n.to_be_bytes());
        }
        Value::Real(r) => {
            h.update(&[2]);
            h.update(&r.to_bits().to_be_bytes());
        }
        Value::Text(t) => {
            h.update(&[3]);
            part(h, t.as_bytes());
        }
        Value::Blob(b) => {
            h.update(&[4]);
            part(h, b);
        }
    }
}
