//! A page of the hub's sequence, applied: read what is known of its rows, decide by the rules of `stall_core::sync`, write.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode,
    sync::{
        Change, Record, Scope, Value, Write,
        record::of_scope,
        rows::{self, Told},
        scope,
    },
};

use super::{
    Replica, Sequenced, collect,
    load::{self, Groups, Key},
    names::Names,
    row::{Around, Row},
    value,
};
use crate::tables::words;

/// Why a change waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    UnknownTable,
    UnknownColumn,
    FactChanged,
    Refused,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::UnknownTable => "unknown_table",
            Self::UnknownColumn => "unknown_column",
            Self::FactChanged => "fact_changed",
            Self::Refused => "refused",
        }
    }
}

/// One record with the group it came with.
pub(super) struct Item {
    pub write: Write,
    /// Ours up to here have their place once this is applied (local number).
    pub seen: i64,
    pub ours: bool,
    /// A group of its author's that deletes too much, not by an owner.
    pub held: bool,
    /// It was parked, alone of its group, for a column that is known by now: what it says of its row's life was heard then.
    pub late: bool,
    pub record: Record,
}

/// The page at work.
pub(super) struct Work<'c> {
    pub conn: &'c mut SqliteConnection,
    pub names: Names,
    pub groups: Groups,
    pub rows: BTreeMap<Key, Row>,
    /// What guarded cells hold in their tables.
    stored: BTreeMap<(Key, String), Value>,
    /// Ours up to here had their place before the page, and have it at its end.
    pub before: i64,
    pub seen: i64,
    pub parked: u64,
}

/// The records of a page, each with its group, ours out of the log where it has them.
pub(super) async fn items(
    conn: &mut SqliteConnection,
    page: &[Sequenced],
    scopes: &[Scope],
    &Replica { id, base, mut seen, thinned, .. }: &Replica,
) -> AppResult<Vec<Item>> {
    let ours: Vec<i64> = page.iter().filter(|s| s.records.is_none()).map(|s| s.rseq + base).collect();
    let mut logged = BTreeMap::new();
    if let (Some(first), Some(last)) = (ours.first(), ours.last()) {
        let count = u32::try_from(last - first + 1).unwrap_or(u32::MAX);
        logged.extend(collect::groups(conn, first - 1, count).await?.into_iter().map(|g| (g.rseq, g.records)));
    }
    let mut out = Vec::new();
    for s in page {
        let mine = s.write.replica == id;
        if mine {
            seen = seen.max(s.rseq + base);
        }
        let records = match &s.records {
            Some(records) => records.clone(),
            // To take it for an empty one would be to lose it.
            None if s.rseq + base <= thinned => {
                return Err(AppError::new(ErrorCode::SyncGap).arg("why", "the log does not reach back"));
            }
            None => {
                let logged = logged.remove(&(s.rseq + base)).unwrap_or_default();
                scopes.iter().flat_map(|scope| of_scope(&logged, *scope)).collect()
            }
        };
        let mut deletes: BTreeMap<&str, u64> = BTreeMap::new();
        for r in records.iter().filter(|r| r.change == Change::Delete) {
            *deletes.entry(&r.table).or_default() += 1;
        }
        let mut held = BTreeSet::new();
        for (table, n) in deletes {
            if !s.by_owner && rows::mass_delete(n, alive(conn, table).await?) {
                held.insert(table.to_owned());
            }
        }
        out.extend(records.into_iter().map(|record| Item {
            write: s.write,
            seen,
            ours: mine,
            held: record.change == Change::Delete && held.contains(&record.table),
            late: false,
            record,
        }));
    }
    Ok(out)
}

/// Rows of a table that no delete has taken, as sequenced.
async fn alive(conn: &mut SqliteConnection, table: &str) -> AppResult<u64> {
    let n: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sync_rows r JOIN sync_names n ON n.n = r.tbl WHERE n.name = ?1
           AND NOT EXISTS (SELECT 1 FROM json_each(r.tombs) t WHERE NOT t.value ->> 1 AND NOT t.value ->> 2)",
    )
    .bind(table)
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// The rows that a row's cells name and keep.
pub(super) fn parents<'c>(table: &str, cells: impl Iterator<Item = (&'c str, &'c Value)>) -> Vec<Key> {
    let mut out = Vec::new();
    for (column, v) in cells {
        let Value::Text(id) = v else { continue };
        let kept = scope::PARENTS.iter().filter(|(t, c, _)| *t == table && *c == column).map(|(.., p)| *p);
        let told = scope::FACT_KEEPS.iter().filter(|(c, _)| table == "facts" && *c == column).map(|(_, t)| *t);
        out.extend(kept.chain(told).map(|p| (p.to_owned(), id.clone())));
    }
    out
}

/// Whether a row's cell of this column may keep another row.
fn keeps(table: &str, column: &str) -> bool {
    scope::PARENTS.iter().any(|(t, c, _)| (*t, *c) == (table, column))
        || (table == "facts" && scope::FACT_KEEPS.iter().any(|(c, _)| *c == column))
}

impl Work<'_> {
    /// Reads what is known of the rows the items bear on.
    pub async fn read(&mut self, items: &[Item]) -> AppResult<()> {
        let mut wanted = BTreeSet::new();
        // A row that goes, or goes elsewhere, may have been what kept its parent.
        let mut gone: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut guarded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for Item { record: r, .. } in items {
            wanted.insert((r.table.clone(), r.row.clone()));
            match &r.change {
                Change::Insert(cells) => wanted.extend(parents(&r.table, cells.iter().map(|(c, v)| (c.as_str(), v)))),
                Change::Set(c, v) => {
                    wanted.extend(parents(&r.table, std::iter::once((c.as_str(), v))));
                    if scope::PARENTS.iter().any(|(t, column, _)| (*t, *column) == (&r.table, c)) {
                        gone.entry(r.table.clone()).or_default().insert(r.row.clone());
                    }
                    if scope::guarded(&r.table, c) {
                        guarded.entry(r.table.clone()).or_default().insert(r.row.clone());
                    }
                }
                Change::Delete => {
                    gone.entry(r.table.clone()).or_default().insert(r.row.clone());
                }
                Change::Touch => {}
            }
        }
        self.need(wanted).await?;
        for (table, ids) in guarded {
            for (id, cells) in self.values(&table, &ids, |c| scope::guarded(&table, c)).await? {
                let cells = cells.into_iter().filter(|(c, _)| c != "id");
                self.stored.extend(cells.map(|(c, v)| (((table.clone(), id.clone()), c), v)));
            }
        }
        let mut kept = self.kept_before(items).await?;
        for (table, ids) in gone {
            for (_, cells) in self.values(&table, &ids, |c| keeps(&table, c)).await? {
                kept.extend(parents(&table, cells.iter().map(|(c, v)| (c.as_str(), v))));
            }
            let graves = ids.into_iter().filter_map(|id| self.rows.get(&(table.clone(), id)));
            kept.extend(graves.flat_map(|r| parents(&table, r.grave.iter().map(|(c, v)| (c.as_str(), v)))));
        }
        self.need(kept).await
    }

    /// The rows that rows of ours named before we deleted them or hung them elsewhere: their tables do not tell any more.
    async fn kept_before(&mut self, items: &[Item]) -> AppResult<BTreeSet<Key>> {
        let ours = || items.iter().filter(|i| i.ours).map(|i| i.seen);
        let (Some(first), Some(last)) = (ours().min(), ours().max()) else { return Ok(BTreeSet::new()) };
        let columns: BTreeSet<&str> = scope::PARENTS.iter().map(|(_, c, _)| *c).collect();
        let rows = sqlx::query(
            "SELECT tbl, kind, col, old FROM change_rows WHERE rseq BETWEEN ?1 AND ?2
               AND old IS NOT NULL AND (kind = 'D' OR kind = 'U' AND col IN (SELECT value FROM json_each(?3)))",
        )
        .bind(first)
        .bind(last)
        .bind(words::json(&columns))
        .fetch_all(&mut *self.conn)
        .await?;
        let mut out = BTreeSet::new();
        for r in &rows {
            let cells = match r.get::<&str, _>(1) {
                "D" => value::cells(r.get(3))?,
                _ => vec![(r.get(2), value::column(r, 3)?)],
            };
            out.extend(parents(r.get(0), cells.iter().map(|(c, v)| (c.as_str(), v))));
        }
        Ok(out)
    }

    /// Reads what is known of more rows.
    pub async fn need(&mut self, wanted: BTreeSet<Key>) -> AppResult<()> {
        load::rows(self.conn, &mut self.names, &mut self.groups, &mut self.rows, wanted, self.before).await
    }

    /// What rows hold in their table, by id: the id itself and the columns asked for.
    pub async fn values(
        &mut self,
        table: &str,
        ids: &BTreeSet<String>,
        asked: impl Fn(&str) -> bool,
    ) -> AppResult<Vec<(String, Vec<(String, Value)>)>> {
        let Some(t) = self.names.table(table).cloned() else { return Ok(Vec::new()) };
        let columns: Vec<&String> = t.columns.iter().filter(|c| *c == "id" || asked(c)).collect();
        let sql = format!(
            "SELECT {} FROM {table} WHERE id IN (SELECT value FROM json_each(?1))",
            columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",")
        );
        let found = sqlx::query(AssertSqlSafe(sql)).bind(words::json(ids)).fetch_all(&mut *self.conn).await?;
        found
            .iter()
            .map(|r| {
                let cells = columns.iter().enumerate().map(|(at, c)| Ok(((*c).clone(), value::column(r, at)?)));
                let cells = cells.collect::<AppResult<Vec<_>>>()?;
                let id = cells.iter().find(|(c, _)| c == "id").map(|(_, v)| v.clone());
                let Some(Value::Text(id)) = id else { return Ok((String::new(), cells)) };
                Ok((id, cells))
            })
            .collect()
    }

    /// Decides one change. What cannot be applied is parked.
    pub async fn decide(&mut self, at: usize, item: &Item) -> AppResult<()> {
        let r = &item.record;
        let Some(table) = self.names.table(&r.table).cloned() else {
            return self.park(at, item, Reason::UnknownTable, "").await;
        };
        let unknown: Vec<(String, Value)> = match &r.change {
            Change::Insert(cells) => cells.iter().filter(|(c, _)| !table.columns.contains(c)).cloned().collect(),
            Change::Set(c, v) if !table.columns.contains(c) => vec![(c.clone(), v.clone())],
            _ => Vec::new(),
        };
        for (n, (column, value)) in unknown.iter().enumerate() {
            let record = Record { change: Change::Set(column.clone(), value.clone()), ..r.clone() };
            let alone = Item { record, ..Item::of(item) };
            self.park(at * 1000 + n, &alone, Reason::UnknownColumn, column).await?;
        }
        let key = (r.table.clone(), r.row.clone());
        let Some(row) = self.rows.get_mut(&key) else { return Ok(()) };
        if scope::append_only(&r.table) {
            match rows::told(&r.change, row.there || !row.grave.is_empty()) {
                Told::Insert => {
                    if let Change::Insert(cells) = &r.change {
                        row.grave.extend(cells.iter().filter(|(c, _)| table.columns.contains(c)).cloned());
                    }
                }
                // The money part of a fact comes after its goods part.
                Told::Refused if !row.there && matches!(r.change, Change::Set(..)) => {
                    if let Change::Set(c, v) = &r.change {
                        row.grave.insert(c.clone(), v.clone());
                    }
                }
                Told::Already => {}
                Told::Refused if item.ours => {}
                Told::Refused => self.park(at, item, Reason::FactChanged, "").await?,
            }
            return Ok(());
        }
        let groups = &self.groups;
        let find = |seq: i64| groups.get(seq);
        let (w, stored) = (&item.write, &self.stored);
        let around = |column: &str| Around {
            group: &find,
            seen: item.seen,
            guarded: scope::guarded(&r.table, column),
            stored: stored.get(&(key.clone(), column.to_owned())),
            scope: scope::of_column(&r.table, column),
        };
        row.dirty = true;
        match &r.change {
            Change::Insert(cells) => {
                let known = cells.iter().filter(|(c, _)| c != "id" && table.columns.contains(c));
                let first = row.made == 0 && row.cells.is_empty() && !row.there;
                row.insert(w, item.ours, known.map(|(c, v)| (c.clone(), v.clone(), around(c))).collect());
                if first {
                    row.grave.insert("id".to_owned(), Value::Text(r.row.clone()));
                }
            }
            Change::Set(c, v) => {
                // The parts of other scopes only set: the row's life is told in goods.
                if scope::of_column(&r.table, c) == Scope::Goods && !item.late {
                    row.life.touch(w);
                }
                if unknown.is_empty() {
                    row.write(c, v.clone(), w, &around(c));
                }
            }
            Change::Touch => row.life.touch(w),
            Change::Delete => row.life.delete(w, item.held),
        }
        Ok(())
    }

    /// Keeps a change that cannot be applied.
    pub async fn park(&mut self, n: usize, item: &Item, why: Reason, detail: &str) -> AppResult<()> {
        self.parked += 1;
        let change = words::json(&value::parked(&item.record.change));
        sqlx::query(
            "INSERT INTO sync_parked(seq,n,reason,tbl,row,change,detail) VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO NOTHING",
        )
        .bind(item.write.seq)
        .bind(i64::try_from(n).unwrap_or(i64::MAX))
        .bind(why.name())
        .bind(&item.record.table)
        .bind(&item.record.row)
        .bind(change)
        .bind(detail)
        .execute(&mut *self.conn)
        .await?;
        Ok(())
    }

    pub fn new<'c>(
        conn: &'c mut SqliteConnection,
        names: Names,
        groups: Groups,
        (before, seen): (i64, i64),
    ) -> Work<'c> {
        Work { conn, names, groups, rows: BTreeMap::new(), stored: BTreeMap::new(), before, seen, parked: 0 }
    }
}

impl Item {
    /// All but its record.
    fn of(other: &Self) -> Self {
        let record = Record { table: other.record.table.clone(), row: other.record.row.clone(), change: Change::Touch };
        Self { record, write: other.write, seen: other.seen, ours: other.ours, held: other.held, late: other.late }
    }
}
