//! Judging a file's units against the store: what an import would do, before anything is written.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id, Ms,
    api::{AppNote, FieldChange, UnitPatch, UnitStatus, Verdict},
    spreadsheet::Table,
    units_import::{self, UnitLayout},
};

use super::{fields, words};

/// Rows compared at a time.
const CHUNK: usize = 2_000;

/// A unit's columns as JSON, in the order of [`stored`].
macro_rules! cells {
    () => {
        "json_array(u.stock_no, u.category, u.brand, u.model, u.storage, u.colour, u.imei, u.imei2, u.meid, u.serial,
           u.grade, u.battery, u.badges, u.price_list, u.price_live, u.price_floor, u.cost, u.shelf, u.source, u.flaws, u.note,
           u.box, u.holder)"
    };
}
pub(super) use cells;

/// What one file would do. Nothing has been written.
#[derive(Debug, Default)]
pub struct UnitPlan {
    pub(super) rows: Vec<PlanRow>,
    /// Last change group when it was judged: unchanged means the plan still holds.
    pub(super) rseq: i64,
}

/// One row of the file, judged.
#[derive(Debug)]
pub(super) struct PlanRow {
    /// As the spreadsheet numbers it.
    pub row: u32,
    pub verdict: Verdict,
    pub error: Option<AppError>,
    /// The row could not be read at all: judging again cannot mend it.
    unreadable: bool,
    pub notes: Vec<AppNote>,
    pub changes: Vec<FieldChange>,
    pub patch: UnitPatch,
    /// When a new unit was taken in; `None`: now.
    pub taken_in: Option<Ms>,
    /// The unit it changes.
    pub unit: Option<Id>,
    /// That unit's number, where the row does not say it.
    pub stock_no: String,
}

impl UnitPlan {
    /// Reads every row below the header; blank rows are passed over. Takes long for a long file and touches no store:
    /// run it where blocking is fine.
    #[must_use]
    pub fn read(table: &Table, layout: &UnitLayout) -> Self {
        let blank = |row: &usize| table.cells(*row).all(|c| c.is_blank());
        let rows = (layout.header.row + 1..table.len())
            .filter(|row| !blank(row))
            .map(|row| {
                let mut stock_no = String::new();
                let read = units_import::read_row(table, layout, row)
                    .and_then(|(patch, notes)| Ok((patch, notes, units_import::taken_in(table, layout, row)?)));
                let (patch, notes, taken_in, error) = match read {
                    Ok((patch, notes, taken_in)) => (patch, notes, taken_in, None),
                    Err(e) => {
                        let (no, model) = units_import::as_written(table, layout, row);
                        stock_no = no;
                        (UnitPatch { model: Some(model), ..UnitPatch::default() }, Vec::new(), None, Some(e))
                    }
                };
                PlanRow {
                    row: table.row_number(row),
                    verdict: Verdict::Refused,
                    unreadable: error.is_some(),
                    error,
                    notes,
                    changes: Vec::new(),
                    patch,
                    taken_in,
                    unit: None,
                    stock_no,
                }
            })
            .collect();
        Self { rows, rseq: -1 }
    }

    /// Rows of the file below its header.
    #[must_use]
    pub fn row_count(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Rows by verdict name.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(words::name(&row.verdict)).or_insert(0) += 1;
        }
        counts
    }
}

/// A stored unit a row may be about.
struct Known {
    id: Id,
    /// In stock, sold or packed: its codes are its own.
    here: bool,
    patch: UnitPatch,
}

/// What is known while the rows are judged in file order.
#[derive(Default)]
struct Seen {
    /// More than one, where laptops that were apart gave one number twice.
    by_no: HashMap<String, Vec<Known>>,
    /// Code -> the stock number of the unit here that has it.
    by_code: HashMap<String, String>,
    /// Stock numbers and codes that earlier rows of the file took: their row.
    taken: HashMap<String, u32>,
}

/// Judges every readable row. Earlier verdicts are forgotten.
///
/// # Errors
/// Store errors only; what is wrong with a row is in its verdict.
pub(super) async fn judge(conn: &mut SqliteConnection, plan: &mut UnitPlan) -> AppResult<()> {
    plan.rseq = last_group(conn).await?;
    let mut seen = Seen::default();
    for chunk in plan.rows.chunks_mut(CHUNK) {
        load(conn, chunk, &mut seen).await?;
        for row in chunk.iter_mut().filter(|r| !r.unreadable) {
            row.error = None;
            row.changes.clear();
            row.unit = None;
            match judge_row(row, &mut seen) {
                Ok(verdict) => row.verdict = verdict,
                Err(e) => (row.verdict, row.error) = (Verdict::Refused, Some(e.arg("row", row.row))),
            }
        }
        seen.by_no.clear();
        seen.by_code.clear();
    }
    Ok(())
}

/// Number of the last change group.
pub(super) async fn last_group(conn: &mut SqliteConnection) -> AppResult<i64> {
    Ok(sqlx::query_scalar!(r#"SELECT coalesce(max(rseq), 0) AS "n!: i64" FROM change_groups"#).fetch_one(conn).await?)
}

fn codes(p: &UnitPatch) -> impl Iterator<Item = &String> {
    [&p.imei, &p.imei2, &p.meid, &p.serial].into_iter().flatten().filter(|c| !c.is_empty())
}

fn judge_row(row: &mut PlanRow, seen: &mut Seen) -> AppResult<Verdict> {
    let p = &row.patch;
    for key in p.stock_no.iter().map(|no| format!("#{no}")).chain(codes(p).cloned()) {
        if let Some(earlier) = seen.taken.get(&key) {
            let twice = if key.starts_with('#') { ErrorCode::StockNoTaken } else { ErrorCode::ImeiInStock };
            let stock_no = p.stock_no.clone().unwrap_or_default();
            return Err(AppError::new(twice).arg("stock_no", stock_no).arg("other_row", earlier));
        }
    }
    let holders: Vec<&String> = codes(p).filter_map(|c| seen.by_code.get(c)).collect();
    let no = match (&p.stock_no, holders.first()) {
        (Some(no), _) => Some(no),
        (None, Some(no)) => Some(*no),
        (None, None) => None,
    };
    // A code of another unit that is here: one of the two is a slip.
    if let Some(other) = holders.iter().find(|h| Some(**h) != no) {
        return Err(AppError::new(ErrorCode::ImeiInStock).arg("stock_no", other));
    }
    let known = match no.and_then(|no| Some((no, seen.by_no.get(no)?))) {
        Some((no, known)) => Some(named(known, no, p)?),
        None => None,
    };
    if let (Some(k), Some(no)) = (known, no)
        && !k.here
        && codes(p).any(|c| !codes(&k.patch).any(|o| o == c))
    {
        // The number belongs to a device that has left, and this is another one.
        return Err(AppError::new(ErrorCode::StockNoTaken).arg("stock_no", no));
    }
    if known.is_none() && p.model.as_deref().is_none_or(str::is_empty) {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "model"));
    }
    let (verdict, changes) = units_import::verdict(known.map(|k| &k.patch), p);
    row.unit = known.map(|k| k.id);
    row.stock_no = no.cloned().unwrap_or_default();
    row.changes = changes;
    for key in p.stock_no.iter().chain(no).map(|no| format!("#{no}")).chain(codes(p).cloned()) {
        seen.taken.insert(key, row.row);
    }
    Ok(verdict)
}

/// The unit a row means by a number: of several that are here the one whose code the row has, else the last.
///
/// # Errors
/// `CodeShared {code}` where the row does not say which.
fn named<'k>(known: &'k [Known], no: &str, row: &UnitPatch) -> AppResult<&'k Known> {
    let shared = || AppError::new(ErrorCode::CodeShared).arg("code", no);
    let mut here = known.iter().filter(|k| k.here);
    match (here.next(), here.next()) {
        (Some(_), Some(_)) => {
            let mut with = known.iter().filter(|k| k.here && codes(row).any(|c| codes(&k.patch).any(|o| o == c)));
            match (with.next(), with.next()) {
                (Some(one), None) => Ok(one),
                _ => Err(shared()),
            }
        }
        (Some(one), None) => Ok(one),
        (None, _) => known.last().ok_or_else(shared),
    }
}

/// The stored units these rows may be about, by number and by the codes of units that are here.
async fn load(conn: &mut SqliteConnection, rows: &[PlanRow], seen: &mut Seen) -> AppResult<()> {
    let nos: Vec<&String> = rows.iter().filter_map(|r| r.patch.stock_no.as_ref()).collect();
    let all: Vec<&String> = rows.iter().flat_map(|r| codes(&r.patch)).collect();
    let found = sqlx::query(concat!(
        "SELECT ",
        cells!(),
        ", u.id, s.status
         FROM (SELECT id FROM units WHERE stock_no IN (SELECT value FROM json_each(?1))
               UNION SELECT id FROM units WHERE imei IN (SELECT value FROM json_each(?2))
               UNION SELECT id FROM units WHERE imei2 IN (SELECT value FROM json_each(?2))
               UNION SELECT id FROM units WHERE meid IN (SELECT value FROM json_each(?2))
               UNION SELECT id FROM units WHERE serial IN (SELECT value FROM json_each(?2))) f
         JOIN units u ON u.id = f.id JOIN unit_state s ON s.unit_id = u.id ORDER BY s.taken_in, s.n",
    ))
    .bind(words::json(&nos))
    .bind(words::json(&all))
    .fetch_all(&mut *conn)
    .await?;
    let asked = rows.iter().any(|r| r.patch.fields.is_some());
    let ids: Vec<Id> = if asked { found.iter().map(|r| r.get(1)).collect() } else { Vec::new() };
    let mut values = fields::of_units(conn, &ids).await?;
    for r in &found {
        let cells: Vec<Value> =
            serde_json::from_str(r.get(0)).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        let status: UnitStatus = words::parse(r.get(2))?;
        let here = matches!(status, UnitStatus::InStock | UnitStatus::Sold | UnitStatus::Packed);
        let mut patch = stored(&cells)?;
        patch.fields = Some(values.remove(&r.get(1)).unwrap_or_default());
        let no = patch.stock_no.clone().unwrap_or_default();
        if here {
            for code in codes(&patch) {
                seen.by_code.insert(code.clone(), no.clone());
            }
        }
        seen.by_no.entry(no).or_default().push(Known { id: r.get(1), here, patch });
    }
    Ok(())
}

/// A stored row as a patch, in the order of [`cells`]: all but the values of `unit_fields`.
pub(super) fn stored(cells: &[Value]) -> AppResult<UnitPatch> {
    let text = |i: usize| cells.get(i).and_then(Value::as_str).map(str::to_owned);
    let fen = |i: usize| Some(cells.get(i).and_then(Value::as_i64).map(Fen));
    Ok(UnitPatch {
        stock_no: text(0),
        category: Some(words::parse(cells.get(1).and_then(Value::as_str).unwrap_or_default())?),
        brand: text(2),
        model: text(3),
        storage: text(4),
        colour: text(5),
        imei: text(6),
        imei2: text(7),
        meid: text(8),
        serial: text(9),
        grade: text(10),
        battery: Some(cells.get(11).and_then(Value::as_u64).and_then(|b| u8::try_from(b).ok())),
        badges: text(12).and_then(|b| serde_json::from_str(&b).ok()),
        price_list: fen(13),
        price_live: fen(14),
        price_floor: fen(15),
        cost: fen(16),
        shelf: text(17),
        source: text(18),
        flaws: text(19),
        note: text(20),
        in_box: text(21),
        holder: text(22),
        ..UnitPatch::default()
    })
}
