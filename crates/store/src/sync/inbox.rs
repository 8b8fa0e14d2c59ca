//! What a person must decide: read out of the rows by the rules of `stall_core::sync::conflicts`, so that every laptop asks
//! the same. And what waits meanwhile: a unit that was sold twice leaves with nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::InboxChoice,
    sync::{
        Hex,
        conflicts::{self, Answer, Assigned, Item, Kind},
    },
};

use crate::Store;

/// Facts of assignments that count: live, and after the unit last came back into stock.
pub(crate) const COUNTING: &str = "f.kind = 'assigned' AND f.line_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
    AND NOT EXISTS (SELECT 1 FROM facts r WHERE r.unit_id = f.unit_id AND r.kind = 'restored'
                      AND (r.at, r.id) >= (f.at, f.id) AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = r.id))";

/// The refusal for a unit that is sold in more than one order line, or `None`.
pub(crate) async fn sold_twice(conn: &mut SqliteConnection, unit: Id) -> AppResult<Option<AppError>> {
    let sql = format!(
        "SELECT u.stock_no, o.order_no FROM (SELECT DISTINCT f.unit_id, f.line_id, f.order_id FROM facts f
           WHERE f.unit_id = ?1 AND {COUNTING}) f JOIN units u ON u.id = f.unit_id JOIN orders o ON o.id = f.order_id
         ORDER BY o.order_no"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(unit).fetch_all(conn).await?;
    let [first, _, ..] = rows.as_slice() else { return Ok(None) };
    let orders: Vec<&str> = rows.iter().map(|r| r.get(1)).collect();
    let error = AppError::new(ErrorCode::UnitSoldTwice).arg("stock_no", first.get::<&str, _>(0));
    Ok(Some(error.arg("orders", orders.join(", "))))
}

impl Store {
    /// The open questions, in the order of their ids.
    ///
    /// # Errors
    /// Store errors only.
    pub async fn sync_items(&self) -> AppResult<Vec<Item>> {
        open(&mut *self.read().await?).await
    }
}

/// The open questions on any connection.
pub(crate) async fn open(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    // The write door lets nobody make one alone: a stall that never met another laptop is not searched.
    if !sqlx::query_scalar("SELECT EXISTS(SELECT 1 FROM sync_groups)").fetch_one(&mut *conn).await? {
        return Ok(Vec::new());
    }
    let mut items = sales(conn).await?;
    let imei = twins(conn).await?;
    items.extend(numbers(conn, &imei).await?);
    items.extend(imei);
    items.extend(shadows(conn).await?.iter().map(Shadow::item));
    items.extend(deletes(conn).await?);
    let answers = answers(conn).await?;
    items.extend(contested(conn, &answers).await?);
    // Whether twins are still here decides alone: one that was merged away may be put back, one that was numbered anew may get
    // its number again, and either is asked about again.
    let alone = |k: Kind| matches!(k, Kind::ImeiTwins | Kind::StockNoTwins);
    let answered = answers.iter().filter(|a| !alone(a.answer.kind)).map(|a| a.answer.item).collect();
    Ok(conflicts::open(items, &answered))
}

/// An answer as it was told.
#[derive(Debug, Clone)]
pub(crate) struct Spoken {
    pub answer: Answer,
    pub by: String,
    pub at: Ms,
    pub choice: InboxChoice,
}

/// Every answer that counts. What a newer program answered in words of its own is passed over.
pub(crate) async fn answers(conn: &mut SqliteConnection) -> AppResult<Vec<Spoken>> {
    let rows = sqlx::query(
        "SELECT f.id, f.by, f.at, f.data FROM facts f
         WHERE f.kind = 'resolved' AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id) ORDER BY f.at, f.id",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().filter_map(|r| spoken(r.get(0), r.get(1), Ms(r.get(2)), r.get(3))).collect())
}

fn spoken(fact: Id, by: String, at: Ms, data: &str) -> Option<Spoken> {
    #[derive(serde::Deserialize)]
    struct Data {
        item: Hex<32>,
        kind: Kind,
        subject: Vec<String>,
        choice: InboxChoice,
        #[serde(default)]
        dealt: Vec<String>,
    }
    let d: Data = serde_json::from_str(data).ok()?;
    let kept = d.choice.kept();
    Some(Spoken {
        answer: Answer { fact, item: d.item, kind: d.kind, subject: d.subject, kept, dealt: d.dealt },
        by,
        at,
        choice: d.choice,
    })
}

/// Questions whose answers took from each other.
async fn contested(conn: &mut SqliteConnection, answers: &[Spoken]) -> AppResult<Vec<Item>> {
    let mut kept: BTreeMap<Hex<32>, BTreeSet<Option<Id>>> = BTreeMap::new();
    for a in answers {
        kept.entry(a.answer.item).or_default().insert(a.answer.kept);
    }
    let mut lost = BTreeSet::new();
    for a in answers.iter().filter(|a| kept.get(&a.answer.item).is_some_and(|k| k.len() > 1)) {
        if nobody(conn, &a.answer).await? {
            lost.insert(a.answer.fact);
        }
    }
    let answers: Vec<Answer> = answers.iter().map(|a| a.answer.clone()).collect();
    Ok(conflicts::contested(&answers, |a| lost.contains(&a.fact)))
}

/// Whether what the answer is about is with nobody.
async fn nobody(conn: &mut SqliteConnection, answer: &Answer) -> AppResult<bool> {
    let base = conflicts::contenders(&answer.subject);
    let (Some(about), rest) = (base.first(), base.get(1..).unwrap_or_default()) else { return Ok(false) };
    let sql = match answer.kind {
        Kind::DeviceDoubleSold => {
            "SELECT EXISTS(SELECT 1 FROM unit_state WHERE unit_id = ?1 AND status = 'in_stock')".to_owned()
        }
        Kind::LineTwoDevices => format!(
            "SELECT EXISTS(SELECT 1 FROM order_lines WHERE id = ?1)
               AND NOT EXISTS (SELECT 1 FROM facts f WHERE f.line_id = ?1 AND {COUNTING})"
        ),
        Kind::ImeiTwins => "SELECT NOT EXISTS (SELECT 1 FROM json_each(?2) j JOIN unit_state s ON s.unit_id = j.value
             WHERE s.status <> 'withdrawn')"
            .to_owned(),
        _ => return Ok(false),
    };
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(about)
        .bind(crate::tables::words::json(&rest))
        .fetch_one(conn)
        .await?)
}

/// Units in two lines, and lines with two units.
async fn sales(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    // Only of units and lines that are named twice: a stall has a hundred thousand sales and no conflict.
    let sql = format!(
        "WITH n AS (SELECT f.id FROM facts f WHERE {COUNTING} AND f.unit_id IN
             (SELECT unit_id FROM facts WHERE kind = 'assigned' AND unit_id IS NOT NULL
                GROUP BY unit_id HAVING count(DISTINCT line_id) > 1)
           UNION SELECT f.id FROM facts f WHERE f.unit_id IS NOT NULL AND {COUNTING} AND f.line_id IN
             (SELECT line_id FROM facts WHERE kind = 'assigned' AND line_id IS NOT NULL
                GROUP BY line_id HAVING count(DISTINCT unit_id) > 1))
         SELECT a.id, a.unit_id, a.order_id, a.line_id, a.at, coalesce(l.quantity, 1)
         FROM n JOIN facts a ON a.id = n.id LEFT JOIN order_lines l ON l.id = a.line_id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await?;
    let mut pieces = BTreeMap::new();
    let mut all = Vec::new();
    for r in &rows {
        let line: Id = r.get(3);
        pieces.insert(line, r.get::<i64, _>(5));
        all.push(Assigned { fact: r.get(0), unit: r.get(1), order: r.get(2), line, at: Ms(r.get(4)) });
    }
    let mut items = conflicts::device_double_sold(&all);
    items.extend(conflicts::line_two_devices(&all, |line| pieces.get(&line).copied().unwrap_or(1)));
    Ok(items)
}

/// One code on two units that are here.
async fn twins(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    let rows = sqlx::query(
        "WITH twice(code) AS (
             SELECT imei FROM units WHERE imei IS NOT NULL GROUP BY imei HAVING count(*) > 1
             UNION SELECT imei2 FROM units WHERE imei2 IS NOT NULL GROUP BY imei2 HAVING count(*) > 1
             UNION SELECT meid FROM units WHERE meid IS NOT NULL GROUP BY meid HAVING count(*) > 1
             UNION SELECT a.imei2 FROM units a JOIN units b ON b.imei = a.imei2 AND b.id <> a.id WHERE a.imei2 IS NOT NULL),
           c AS (SELECT u.id, t.code FROM twice t JOIN units u ON u.imei = t.code
             UNION ALL SELECT u.id, t.code FROM twice t JOIN units u ON u.imei2 = t.code
             UNION ALL SELECT u.id, t.code FROM twice t JOIN units u ON u.meid = t.code)
         SELECT c.id, c.code FROM c JOIN unit_state s ON s.unit_id = c.id AND s.status IN ('in_stock','sold','packed')",
    )
    .fetch_all(conn)
    .await?;
    Ok(conflicts::imei_twins(rows.iter().map(|r| (r.get::<Id, _>(0), r.get::<&str, _>(1)))))
}

/// One stock number on two units that are here.
async fn numbers(conn: &mut SqliteConnection, imei: &[Item]) -> AppResult<Vec<Item>> {
    let rows = sqlx::query(
        "SELECT s.unit_id, s.stock_no FROM unit_state s
         WHERE s.stock_no IN (SELECT stock_no FROM unit_state WHERE stock_no <> '' GROUP BY stock_no HAVING count(*) > 1)
           AND s.status IN ('in_stock','sold','packed')",
    )
    .fetch_all(conn)
    .await?;
    Ok(conflicts::stock_no_twins(rows.iter().map(|r| (r.get::<Id, _>(0), r.get::<&str, _>(1))), imei))
}

/// A guarded cell of a unit with values that lost.
#[derive(Debug, Clone)]
pub(crate) struct Shadow {
    pub unit: String,
    pub column: String,
    /// The group that holds it; 0 before the hub knew of it.
    pub holder: i64,
    pub stands: Json,
    /// Group and value.
    pub lost: Vec<(i64, Json)>,
}

impl Shadow {
    pub fn item(&self) -> Item {
        let mut subject = vec!["units".to_owned(), self.unit.clone(), self.column.clone(), self.holder.to_string()];
        subject.extend(self.lost.iter().map(|(seq, _)| seq.to_string()));
        Item::new(Kind::Guarded, subject)
    }
}

/// Guarded cells with a losing value that differs from the one that stands.
pub(crate) async fn shadows(conn: &mut SqliteConnection) -> AppResult<Vec<Shadow>> {
    let rows = sqlx::query(
        "SELECT s.row, c.name, coalesce(nullif(x.seq, 0), r.made, 0), s.seq, s.value, x.hidden,
           json_object('price_list', u.price_list, 'price_live', u.price_live, 'price_floor', u.price_floor, 'cost', u.cost,
             'grade', u.grade, 'imei', u.imei, 'imei2', u.imei2, 'meid', u.meid, 'serial', u.serial)
         FROM sync_shadows s JOIN sync_names t ON t.n = s.tbl AND t.name = 'units' JOIN sync_names c ON c.n = s.col
         JOIN units u ON u.id = s.row
         LEFT JOIN sync_cells x ON x.row = s.row AND x.tbl = s.tbl AND x.col = s.col
         LEFT JOIN sync_rows r ON r.row = s.row AND r.tbl = s.tbl
         ORDER BY s.row, c.name, s.seq",
    )
    .fetch_all(conn)
    .await?;
    let mut all: Vec<Shadow> = Vec::new();
    for r in &rows {
        let (unit, column): (&str, &str) = (r.get(0), r.get(1));
        let lost = (r.get(3), json(r.get(4))?);
        match all.last_mut() {
            Some(s) if s.unit == unit && s.column == column => s.lost.push(lost),
            _ => {
                // Laptops compare what the hub ordered; a change of ours that has no place yet covers it on our screens only.
                let stands = match r.get::<Option<&str>, _>(5) {
                    Some(hidden) => json(hidden)?,
                    None => json(r.get(6))?.get(column).cloned().unwrap_or_default(),
                };
                let (unit, column) = (unit.to_owned(), column.to_owned());
                all.push(Shadow { unit, column, holder: r.get(2), stands, lost: vec![lost] });
            }
        }
    }
    for s in &mut all {
        s.lost.retain(|(_, v)| *v != s.stands);
    }
    all.retain(|s| !s.lost.is_empty());
    Ok(all)
}

fn json(text: &str) -> AppResult<Json> {
    serde_json::from_str(text).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))
}

/// Rows that stand although somebody deleted them, and deletes that wait for an owner.
async fn deletes(conn: &mut SqliteConnection) -> AppResult<Vec<Item>> {
    let rows = sqlx::query(
        "SELECT n.name, r.row, j.value ->> 0, j.value ->> 1, g.rseq, a.name FROM sync_rows r
         JOIN sync_names n ON n.n = r.tbl JOIN json_each(r.tombs) j JOIN sync_groups g ON g.seq = j.value ->> 0
         JOIN sync_names a ON a.n = g.replica
         WHERE r.tombs IS NOT NULL AND r.grave IS NULL AND (j.value ->> 1 OR j.value ->> 2)",
    )
    .fetch_all(conn)
    .await?;
    let mut last: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut items = Vec::new();
    for r in &rows {
        let (table, row, seq): (&str, &str, i64) = (r.get(0), r.get(1), r.get(2));
        if r.get::<bool, _>(3) {
            let replica: &str = r.get(5);
            let replica = replica.parse().map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?;
            items.push(conflicts::mass_delete(replica, r.get(4), table));
        } else {
            let at = last.entry((table, row)).or_insert(seq);
            *at = seq.max(*at);
        }
    }
    items.extend(last.into_iter().map(|((table, row), seq)| conflicts::delete_edit(table, row, seq)));
    Ok(items)
}
