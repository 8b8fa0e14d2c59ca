//! What is known of the rows of a page, read with a handful of questions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode,
    sync::{Hlc, ReplicaId, Value, Write, rows::Tomb},
};

use super::{names::Names, row::Row, value};
use crate::tables::words;

/// A row's name: table and id.
pub(super) type Key = (String, String);

/// The groups a page bears on, by seq.
#[derive(Debug, Default)]
pub(super) struct Groups(pub HashMap<i64, Write>);

impl Groups {
    pub fn get(&self, seq: i64) -> Option<Write> {
        self.0.get(&seq).copied()
    }

    /// Reads those not known yet.
    pub async fn need(&mut self, conn: &mut SqliteConnection, names: &Names, mut seqs: BTreeSet<i64>) -> AppResult<()> {
        seqs.retain(|s| *s > 0 && !self.0.contains_key(s));
        if seqs.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(
            "SELECT seq, eff, replica, base_seq FROM sync_groups WHERE seq IN (SELECT value FROM json_each(?1))",
        )
        .bind(words::json(&seqs))
        .fetch_all(conn)
        .await?;
        for r in rows {
            let replica = replica(names.text(r.get(2)))?;
            let write = Write { seq: r.get(0), eff: Hlc(r.get(1)), replica, base_seq: r.get(3) };
            self.0.insert(write.seq, write);
        }
        Ok(())
    }
}

fn replica(text: &str) -> AppResult<ReplicaId> {
    text.parse().map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))
}

/// Reads rows that are not in `into` yet.
pub(super) async fn rows(
    conn: &mut SqliteConnection,
    names: &mut Names,
    groups: &mut Groups,
    into: &mut BTreeMap<Key, Row>,
    wanted: BTreeSet<Key>,
    seen: i64,
) -> AppResult<()> {
    let wanted: BTreeSet<Key> = wanted.into_iter().filter(|k| !into.contains_key(k)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut by_table: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (table, row) in &wanted {
        by_table.entry(table).or_default().push(row);
        into.insert((table.clone(), row.clone()), Row::default());
    }
    let mut keys = Vec::new();
    for (table, ids) in &by_table {
        let n = names.number(conn, table).await?;
        keys.extend(ids.iter().map(|id| (n, *id)));
        if names.table(table).is_some() {
            let sql = format!("SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?1))");
            let there: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(words::json(ids)).fetch_all(&mut *conn).await?;
            for id in there {
                if let Some(row) = into.get_mut(&((*table).to_owned(), id)) {
                    row.there = true;
                }
            }
        }
    }
    let keys = words::json(&keys);
    let mut seqs = BTreeSet::new();
    let known = sqlx::query(
        "SELECT r.tbl, r.row, r.made, r.last, r.other, r.tombs, r.grave, r.parts FROM json_each(?1) j
         CROSS JOIN sync_rows r ON r.row = j.value ->> 1 AND r.tbl = j.value ->> 0",
    )
    .bind(&keys)
    .fetch_all(&mut *conn)
    .await?;
    let mut lives = Vec::new();
    for r in &known {
        let key = (names.text(r.get(0)).to_owned(), r.get::<String, _>(1));
        let tombs: Vec<(i64, bool, bool)> = parse(r.get(5))?;
        let grave: Map<String, Json> = parse(r.get(6))?;
        let (last, other): (i64, i64) = (r.get(3), r.get(4));
        seqs.extend([r.get(2), last, other]);
        seqs.extend(tombs.iter().map(|t| t.0));
        if let Some(row) = into.get_mut(&key) {
            (row.made, row.parts) = (r.get(2), r.get(7));
            row.grave = grave.into_iter().map(|(c, v)| (c, value::cell(v))).collect();
        }
        lives.push((key, last, other, tombs));
    }
    let cells = sqlx::query(
        "SELECT c.tbl, c.row, c.col, c.seq, c.hidden FROM json_each(?1) j
         CROSS JOIN sync_cells c ON c.row = j.value ->> 1 AND c.tbl = j.value ->> 0",
    )
    .bind(&keys)
    .fetch_all(&mut *conn)
    .await?;
    for c in &cells {
        let key = (names.text(c.get(0)).to_owned(), c.get::<String, _>(1));
        seqs.insert(c.get(3));
        let hidden: Option<&str> = c.get(4);
        let hidden = hidden.map(|h| parse::<Json>(Some(h))).transpose()?.map(value::cell);
        if let Some(row) = into.get_mut(&key) {
            let cell = row.cells.entry(names.text(c.get(2)).to_owned()).or_default();
            (cell.seq, cell.hidden) = (c.get(3), hidden);
        }
    }
    let shadows = sqlx::query(
        "SELECT s.tbl, s.row, s.col, s.seq, s.value FROM json_each(?1) j
         CROSS JOIN sync_shadows s ON s.row = j.value ->> 1 AND s.tbl = j.value ->> 0 ORDER BY s.seq",
    )
    .bind(&keys)
    .fetch_all(&mut *conn)
    .await?;
    for s in &shadows {
        let key = (names.text(s.get(0)).to_owned(), s.get::<String, _>(1));
        seqs.insert(s.get(3));
        if let Some(row) = into.get_mut(&key) {
            let cell = row.cells.entry(names.text(s.get(2)).to_owned()).or_default();
            cell.shadows.push((s.get(3), value::cell(parse(Some(s.get(4)))?)));
        }
    }
    groups.need(conn, names, seqs).await?;
    for (key, last, other, tombs) in lives {
        let Some(row) = into.get_mut(&key) else { continue };
        let touch = |seq: i64| groups.get(seq).map(|w| (seq, w.replica));
        (row.life.touches.last, row.life.touches.other) = (touch(last), touch(other));
        row.life.tombs = tombs
            .into_iter()
            .filter_map(|(seq, held, contradicted)| Some(Tomb { write: groups.get(seq)?, held, contradicted }))
            .collect();
    }
    pending(conn, into, &wanted, seen).await
}

/// Notes what of ours has no place yet, and digs the values of rows we deleted out of the log. What the log let go has had its
/// place, and comes again where all is made anew.
async fn pending(
    conn: &mut SqliteConnection,
    into: &mut BTreeMap<Key, Row>,
    wanted: &BTreeSet<Key>,
    seen: i64,
) -> AppResult<()> {
    let ids: BTreeSet<&str> = wanted.iter().map(|(_, id)| id.as_str()).collect();
    let rows = sqlx::query(
        "SELECT c.tbl, c.row_id, c.kind, c.col, max(c.rseq), c.old FROM json_each(?1) j
         CROSS JOIN change_rows c ON c.row_id = j.value AND c.rseq > max(?2, (SELECT thinned FROM replica))
         GROUP BY 1, 2, 3, 4 ORDER BY 5",
    )
    .bind(words::json(&ids))
    .bind(seen)
    .fetch_all(conn)
    .await?;
    for r in &rows {
        let key = (r.get::<String, _>(0), r.get::<String, _>(1));
        let Some(row) = into.get_mut(&key) else { continue };
        if !wanted.contains(&key) {
            continue;
        }
        let rseq: i64 = r.get(4);
        match r.get::<&str, _>(2) {
            "U" => {
                row.pending.cells.insert(r.get(3), rseq);
            }
            kind => {
                row.pending.whole = row.pending.whole.max(rseq);
                row.pending.deleted = if kind == "D" { rseq } else { 0 };
                if kind == "D" && !row.there && row.grave.is_empty() {
                    row.grave = value::cells(r.get(5))?.into_iter().collect();
                    let hidden: Vec<(String, Value)> =
                        row.cells.iter().filter_map(|(c, cell)| Some((c.clone(), cell.hidden.clone()?))).collect();
                    row.grave.extend(hidden);
                }
            }
        }
    }
    Ok(())
}

/// Reads JSON of ours; absent is empty.
fn parse<T: serde::de::DeserializeOwned + Default>(text: Option<&str>) -> AppResult<T> {
    text.map_or_else(
        || Ok(T::default()),
        |t| serde_json::from_str(t).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e)),
    )
}
