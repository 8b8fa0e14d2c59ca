//! What a page decided, written: rows that come, change and go, and their clocks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use sqlx::AssertSqlSafe;
use stall_core::{
    AppResult,
    sync::{
        Value,
        rows::{Kept, Standing},
        scope,
    },
};

use super::{
    apply::{Work, parents},
    load::Key,
    names::Names,
    row::Row,
    value,
};
use crate::tables::words;

impl Work<'_> {
    /// Writes everything. Foreign keys are checked at the commit, so the order matters only to who keeps whom.
    pub async fn flush(&mut self) -> AppResult<()> {
        self.come().await?;
        self.change().await?;
        self.go().await?;
        self.orphans().await?;
        self.clocks().await
    }

    /// Rows that are alive by their own life and not in their table.
    async fn come(&mut self) -> AppResult<()> {
        let keys = self.rows.keys().cloned().collect();
        self.come_of(keys).await
    }

    /// The same of some rows; parents first, since a child comes only with them.
    async fn come_of(&mut self, mut keys: Vec<Key>) -> AppResult<()> {
        keys.retain(|k| {
            // What was said of a row before the order has its making (another hub's order had it first) waits in its grave.
            let made = |r: &Row| r.made > 0 || scope::append_only(&k.0);
            self.rows.get(k).is_some_and(|r| {
                !r.there && made(r) && !r.grave.is_empty() && r.life.alive() && r.pending.deleted <= self.seen
            })
        });
        keys.sort_by_key(|(t, _)| Names::depth(t));
        self.ancestors(keys.clone()).await?;
        let mut coming = BTreeSet::new();
        for key in keys {
            if self.has_parents(&key, &coming).await? {
                coming.insert(key);
            }
        }
        // A parent we deleted, which nobody else has heard of yet, comes back with a child: it would be kept anyway.
        let lifted: Vec<Key> = coming.iter().flat_map(|k| self.needs(k)).filter(|k| !coming.contains(k)).collect();
        coming.extend(
            lifted
                .into_iter()
                .filter(|k| self.rows.get(k).is_some_and(|p| !p.there && !p.grave.is_empty() && p.life.alive())),
        );
        self.put(&coming).await
    }

    /// Reads what rows in graves hang on, up to the root: the page did not name them, and they may have to come too.
    async fn ancestors(&mut self, mut of: Vec<Key>) -> AppResult<()> {
        while !of.is_empty() {
            let named = |key: &Key| {
                let grave = self.rows.get(key).map(|r| &r.grave);
                parents(&key.0, grave.into_iter().flatten().map(|(c, v)| (c.as_str(), v)))
            };
            let new: BTreeSet<Key> = of.iter().flat_map(named).filter(|k| !self.rows.contains_key(k)).collect();
            self.need(new.clone()).await?;
            of = new.into_iter().collect();
        }
        Ok(())
    }

    /// The rows a row must name.
    fn needs(&self, key: &Key) -> Vec<Key> {
        let (Some(row), Some(table)) = (self.rows.get(key), self.names.table(&key.0)) else { return Vec::new() };
        let named = |(column, table): &(String, String)| match row.grave.get(column) {
            Some(Value::Text(id)) => Some((table.clone(), id.clone())),
            _ => None,
        };
        table.needs.iter().filter_map(named).collect()
    }

    /// Whether all that a row must name is there, comes with it, or lies in a grave that it opens.
    async fn has_parents(&mut self, key: &Key, coming: &BTreeSet<Key>) -> AppResult<bool> {
        for need in self.needs(key) {
            let known = self.rows.get(&need).is_some_and(|p| p.there || !p.grave.is_empty());
            if !known && !coming.contains(&need) && !self.is_there(&need).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn is_there(&mut self, (table, id): &Key) -> AppResult<bool> {
        let sql = format!("SELECT EXISTS(SELECT 1 FROM {table} WHERE id = ?1)");
        Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_one(&mut *self.conn).await?)
    }

    /// Takes rows out of their graves into their tables.
    async fn put(&mut self, keys: &BTreeSet<Key>) -> AppResult<()> {
        let mut by_shape: BTreeMap<(String, Vec<String>), Vec<Json>> = BTreeMap::new();
        for key in keys {
            let (Some(row), Some(table)) = (self.rows.get_mut(key), self.names.table(&key.0)) else { continue };
            let mut cells = std::mem::take(&mut row.grave);
            cells.insert("id".to_owned(), Value::Text(key.1.clone()));
            cells.retain(|c, v| table.columns.contains(c) && !matches!(v, Value::Blob(_)));
            row.there = true;
            row.dirty = true;
            let columns: Vec<String> = cells.keys().cloned().collect();
            by_shape
                .entry((key.0.clone(), columns))
                .or_default()
                .push(Json::Array(cells.values().filter_map(value::json).collect()));
        }
        for ((table, columns), rows) in by_shape {
            let picks: Vec<String> = (0..columns.len()).map(|n| format!("json_extract(value, '$[{n}]')")).collect();
            let names: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
            let sql = format!("INSERT INTO {table}({}) SELECT {} FROM json_each(?1)", names.join(","), picks.join(","));
            sqlx::query(AssertSqlSafe(sql)).bind(words::json(&rows)).execute(&mut *self.conn).await?;
        }
        Ok(())
    }

    /// Cells of rows that are there, those of a row by one statement.
    async fn change(&mut self) -> AppResult<()> {
        let mut by_shape: BTreeMap<(String, Vec<String>), Vec<Json>> = BTreeMap::new();
        for ((table, id), row) in &mut self.rows {
            let cells: Vec<(String, Json)> =
                std::mem::take(&mut row.writes).into_iter().filter_map(|(c, v)| Some((c, value::json(&v)?))).collect();
            if cells.is_empty() {
                continue;
            }
            let (columns, values): (Vec<String>, Vec<Json>) = cells.into_iter().unzip();
            let cells = std::iter::once(id.as_str().into()).chain(values).collect();
            by_shape.entry((table.clone(), columns)).or_default().push(Json::Array(cells));
        }
        for ((table, columns), rows) in by_shape {
            let sets: Vec<String> =
                (1..).zip(&columns).map(|(n, c)| format!("\"{c}\" = json_extract(j.value, '$[{n}]')")).collect();
            let sql = format!(
                "UPDATE {table} SET {} FROM json_each(?1) j WHERE {table}.id = json_extract(j.value, '$[0]')",
                sets.join(",")
            );
            sqlx::query(AssertSqlSafe(sql)).bind(words::json(&rows)).execute(&mut *self.conn).await?;
        }
        Ok(())
    }

    /// Rows that somebody deleted: gone, or kept by facts and children. Children first, since they decide of their parents.
    async fn go(&mut self) -> AppResult<()> {
        let dead: Vec<Key> = self.rows.iter().filter(|(_, r)| !r.life.alive()).map(|(k, _)| k.clone()).collect();
        self.ancestors(dead.clone()).await?;
        let deep = |key: Key| (std::cmp::Reverse(Names::depth(&key.0)), key);
        let mut keys: BTreeSet<_> = dead.into_iter().map(deep).collect();
        while let Some((_, key)) = keys.pop_first() {
            let kept = self.kept(&key).await?;
            let Some(row) = self.rows.get(&key) else { continue };
            let gone = row.life.standing(kept) == Standing::Gone;
            // We deleted it, and nobody heard of it yet; with a child there it must be there too.
            let hidden = row.pending.deleted > self.seen && !kept.child;
            let moved = if gone && row.there {
                self.bury(&key).await?;
                true
            } else if !gone
                && !row.there
                && row.made > 0
                && !row.grave.is_empty()
                && !hidden
                && self.has_parents(&key, &BTreeSet::new()).await?
            {
                self.put(&BTreeSet::from([key.clone()])).await?;
                true
            } else {
                false
            };
            // What it hung on is kept by it, or no more.
            if moved {
                let on = self.hangs_on(&key).await?;
                self.need(on.iter().cloned().collect()).await?;
                keys.extend(on.into_iter().filter(|k| self.rows.get(k).is_some_and(|r| !r.life.alive())).map(deep));
            }
        }
        Ok(())
    }

    /// The rows that a row names and keeps, wherever it lies.
    async fn hangs_on(&mut self, key: &Key) -> AppResult<Vec<Key>> {
        let there = self.rows.get(key).is_some_and(|r| r.there);
        let cells: Vec<(String, Value)> = if there {
            self.values(&key.0, &BTreeSet::from([key.1.clone()]), |_| true)
                .await?
                .into_iter()
                .flat_map(|(_, c)| c)
                .collect()
        } else {
            self.rows.get(key).map(|r| r.grave.clone()).into_iter().flatten().collect()
        };
        Ok(parents(&key.0, cells.iter().map(|(c, v)| (c.as_str(), v))))
    }

    async fn bury(&mut self, key: &Key) -> AppResult<()> {
        let values = self.values(&key.0, &BTreeSet::from([key.1.clone()]), |_| true).await?;
        let sql = format!("DELETE FROM {} WHERE id = ?1", key.0);
        sqlx::query(AssertSqlSafe(sql)).bind(&key.1).execute(&mut *self.conn).await?;
        let Some(row) = self.rows.get_mut(key) else { return Ok(()) };
        row.there = false;
        row.grave = values.into_iter().flat_map(|(_, cells)| cells).collect();
        for (column, cell) in &mut row.cells {
            if let Some(hidden) = cell.hidden.take() {
                cell.dirty = true;
                row.grave.insert(column.clone(), hidden);
            }
        }
        row.dirty = true;
        Ok(())
    }

    /// What besides its own life keeps a row.
    async fn kept(&mut self, (table, id): &Key) -> AppResult<Kept> {
        let mut kept = Kept::default();
        for (column, _) in scope::FACT_KEEPS.iter().filter(|(_, t)| t == table) {
            let sql = format!(
                "SELECT EXISTS(SELECT 1 FROM facts f WHERE f.{column} = ?1 AND f.kind <> 'void'
                   AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id))"
            );
            let found: bool = sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_one(&mut *self.conn).await?;
            kept.fact |= found;
        }
        for (child, column, _) in scope::PARENTS.iter().filter(|(.., p)| p == table) {
            let sql = format!("SELECT EXISTS(SELECT 1 FROM {child} WHERE {column} = ?1)");
            let found: bool = sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_one(&mut *self.conn).await?;
            kept.child |= found;
        }
        Ok(kept)
    }

    /// Rows that came before what they must name.
    async fn orphans(&mut self) -> AppResult<()> {
        let waiting: Vec<(i64, String)> = sqlx::query_as(
            "SELECT tbl, row FROM sync_rows WHERE grave IS NOT NULL AND tombs IS NULL ORDER BY tbl, row LIMIT 1000",
        )
        .fetch_all(&mut *self.conn)
        .await?;
        let keys: BTreeSet<Key> = waiting.into_iter().map(|(t, row)| (self.names.text(t).to_owned(), row)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        super::load::rows(self.conn, &mut self.names, &mut self.groups, &mut self.rows, keys.clone(), self.before)
            .await?;
        self.come_of(keys.into_iter().collect()).await
    }

    /// Lives, clocks and shadows of what was touched.
    async fn clocks(&mut self) -> AppResult<()> {
        let (mut lives, mut cells, mut gone, mut shadows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut told = Vec::new();
        let rows = std::mem::take(&mut self.rows);
        for ((table, id), row) in &rows {
            if scope::append_only(table) || !row.dirty {
                continue;
            }
            let t = self.names.number(self.conn, table).await?;
            lives.push(life(t, id, row));
            for (column, seq, v, won) in &row.told {
                let c = self.names.number(self.conn, column).await?;
                told.push(serde_json::json!([id, t, c, seq, won, value::json(v).map(|j| j.to_string())]));
            }
            for (column, cell) in row.cells.iter().filter(|(_, c)| c.dirty) {
                let c = self.names.number(self.conn, column).await?;
                let hidden = cell.hidden.as_ref().and_then(value::json).map(|j| j.to_string());
                cells.push(serde_json::json!([id, t, c, cell.seq, hidden]));
                if cell.shadows_dirty {
                    gone.push(serde_json::json!([id, t, c]));
                    for (seq, v) in &cell.shadows {
                        shadows.push(serde_json::json!([id, t, c, seq, value::json(v).map(|j| j.to_string())]));
                    }
                }
            }
        }
        self.rows = rows;
        let each = |n: usize| (0..n).map(|n| format!("value ->> {n}")).collect::<Vec<_>>().join(",");
        let run = [
            (
                format!(
                    "INSERT INTO sync_rows(row,tbl,made,last,other,tombs,grave,parts) SELECT {} FROM json_each(?1)
                     WHERE true ON CONFLICT DO UPDATE SET made = excluded.made, last = excluded.last,
                       other = excluded.other, tombs = excluded.tombs, grave = excluded.grave, parts = excluded.parts",
                    each(8)
                ),
                lives,
            ),
            (
                format!(
                    "INSERT INTO sync_cells(row,tbl,col,seq,hidden) SELECT {} FROM json_each(?1) WHERE true
                     ON CONFLICT DO UPDATE SET seq = excluded.seq, hidden = excluded.hidden",
                    each(5)
                ),
                cells,
            ),
            (
                "DELETE FROM sync_shadows WHERE (row, tbl, col) IN
                   (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1))"
                    .to_owned(),
                gone,
            ),
            (format!("INSERT INTO sync_shadows(row,tbl,col,seq,value) SELECT {} FROM json_each(?1)", each(5)), shadows),
            (
                // Of two writes by one group the second stands.
                format!(
                    "INSERT INTO sync_values(row,tbl,col,seq,won,value) SELECT {} FROM json_each(?1) WHERE true
                     ON CONFLICT DO UPDATE SET won = excluded.won, value = excluded.value",
                    each(6)
                ),
                told,
            ),
        ];
        for (sql, rows) in run {
            if !rows.is_empty() {
                sqlx::query(AssertSqlSafe(sql)).bind(words::json(&rows)).execute(&mut *self.conn).await?;
            }
        }
        Ok(())
    }
}

fn life(table: i64, id: &str, row: &Row) -> Json {
    let seq = |t: Option<(i64, _)>| t.map_or(0, |(seq, _)| seq);
    let tombs: Vec<(i64, bool, bool)> = row.life.tombs.iter().map(|t| (t.write.seq, t.held, t.contradicted)).collect();
    let tombs = (!tombs.is_empty()).then(|| words::json(&tombs));
    let grave: Map<String, Json> =
        row.grave.iter().filter_map(|(c, v)| value::json(v).map(|v| (c.clone(), v))).collect();
    let grave = (!row.there && !grave.is_empty()).then(|| words::json(&grave));
    let (last, other) = (seq(row.life.touches.last), seq(row.life.touches.other));
    serde_json::json!([id, table, row.made, last, other, tombs, grave, row.parts])
}
