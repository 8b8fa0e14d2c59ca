//! Finds the units that the lines of a file speak of: codes by the core's rule, units by one query for many lines.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use sqlx::SqliteConnection;
use stall_core::{
    AppResult, Id, Ms,
    api::{FieldChange, MatchHow, OrderStatus, UnitStatus, Verdict},
    match_unit::{self, Candidate},
};

use super::{
    order_load,
    order_plan::{PlanLine, PlanOrder, note},
    words,
};

/// Orders looked up at a time.
const CHUNK: usize = 1000;

/// A unit some code names.
#[derive(Debug, Clone)]
struct Found {
    unit: Id,
    stock_no: String,
    status: UnitStatus,
    taken_in: Ms,
    /// Number of the order it is sold in.
    order_no: Option<String>,
    /// Its last inspection stops the sale.
    blocked: bool,
}

impl Found {
    fn here(&self) -> bool {
        matches!(self.status, UnitStatus::InStock | UnitStatus::Sold | UnitStatus::Packed)
    }
}

/// Units by (is IMEI, code).
type Book = HashMap<(bool, String), Vec<Found>>;

/// Gives every line that wants one its unit, the units to choose from, or the reason why there is none.
///
/// The earliest sale gets the unit: exports are often written newest first.
pub(crate) async fn match_units(conn: &mut SqliteConnection, orders: &mut [PlanOrder]) -> AppResult<()> {
    let mut order: Vec<usize> = (0..orders.len()).filter(|i| orders[*i].lines.iter().any(|l| l.wants)).collect();
    order.sort_by_key(|i| {
        let d = &orders[*i].draft;
        (d.paid_at.or(d.created_at), d.from.row)
    });
    let freed: HashSet<Id> = orders.iter().flat_map(|o| o.freed.iter().copied()).collect();
    let mut claimed: HashMap<Id, u32> = HashMap::new();
    for chunk in order.chunks(CHUNK) {
        let mut wanted: Vec<(usize, usize, Vec<Candidate>)> = Vec::new();
        for i in chunk {
            let o = &orders[*i];
            for (n, line) in o.draft.lines.iter().enumerate().filter(|(n, _)| o.lines[*n].wants) {
                wanted.push((*i, n, match_unit::candidates(&o.draft, line)));
            }
        }
        let book = look_up(conn, &wanted).await?;
        for (i, n, candidates) in wanted {
            let o = &mut orders[i];
            let row = o.draft.lines[n].row;
            let made_at = o.draft.paid_at.or(o.draft.created_at);
            let left = !matches!(o.draft.status, OrderStatus::ToShip | OrderStatus::PartShipped);
            let sale = Sale { made_at, left, freed: &freed, claimed: &claimed };
            let line = sale.settle(&candidates, &book);
            if let (Some(found), Some(plan)) = (line, o.lines.get_mut(n)) {
                apply(plan, found);
            }
            let plan = &o.lines[n];
            if let (true, Some(unit)) = (plan.assign, plan.unit) {
                claimed.insert(unit, row);
                if o.verdict != Verdict::New {
                    let no = stock_no(&book, unit);
                    o.changes.push(FieldChange { field: "unit".into(), old: String::new(), new: no });
                }
            }
        }
    }
    Ok(())
}

fn apply(plan: &mut PlanLine, found: PlanLine) {
    let notes = std::mem::take(&mut plan.notes);
    *plan = PlanLine { wants: true, ..found };
    plan.notes.splice(0..0, notes);
}

fn stock_no(book: &Book, unit: Id) -> String {
    book.values().flatten().find(|f| f.unit == unit).map(|f| f.stock_no.clone()).unwrap_or_default()
}

struct Sale<'a> {
    made_at: Option<Ms>,
    /// The parcel left before this import.
    left: bool,
    freed: &'a HashSet<Id>,
    claimed: &'a HashMap<Id, u32>,
}

impl Sale<'_> {
    /// What the candidates come to; `None` when they name no unit of this stall.
    ///
    /// An IMEI decides alone. The columns and texts of the line count alike, so that two different numbers are a
    /// choice; the seller's note is asked last.
    fn settle(&self, candidates: &[Candidate], book: &Book) -> Option<PlanLine> {
        let group = |how: MatchHow| match how {
            MatchHow::Imei => 0,
            MatchHow::Note => 2,
            _ => 1,
        };
        let mut out = PlanLine::default();
        for g in 0..3 {
            let mut fit: Vec<(&Found, MatchHow)> = Vec::new();
            for c in candidates.iter().filter(|c| group(c.how) == g) {
                for found in book.get(&(c.how == MatchHow::Imei, c.code.clone())).into_iter().flatten() {
                    if !fit.iter().any(|(f, _)| f.unit == found.unit) {
                        fit.push((found, c.how));
                    }
                }
            }
            let on_shelf = |f: &Found| f.status == UnitStatus::InStock || self.freed.contains(&f.unit);
            let free: Vec<(&Found, MatchHow)> = fit.iter().filter(|(f, _)| on_shelf(f)).copied().collect();
            let (taken, open): (Vec<_>, Vec<_>) =
                free.into_iter().partition(|(f, _)| self.claimed.contains_key(&f.unit));
            for (f, _) in &taken {
                let row = self.claimed.get(&f.unit).copied().unwrap_or_default().to_string();
                out.notes.push(note("unit_claimed", &[("stock_no", &f.stock_no), ("row", &row)]));
            }
            // Of several that wear the number a person says which is meant, though one of them alone is free.
            let wearers = |f: &Found| fit.iter().filter(|(o, _)| o.stock_no == f.stock_no && o.here()).count();
            match open[..] {
                [(f, how)] if taken.is_empty() && how != MatchHow::Imei && wearers(f) > 1 => {
                    out.notes.push(note("unit_shared", &[("stock_no", &f.stock_no)]));
                    out.candidates = vec![f.unit];
                    return Some(out);
                }
                [(f, _)] if taken.is_empty() && f.blocked => {
                    // A person lifts what stops it, or sends another one.
                    out.notes.push(note("unit_blocked", &[("stock_no", &f.stock_no)]));
                    out.candidates = vec![f.unit];
                    return Some(out);
                }
                [(f, how)] if taken.is_empty() => {
                    if self.left && self.made_at.is_some_and(|at| f.taken_in > at) {
                        // Sold before it came: this number was another unit's, unless a person knows better.
                        out.notes.push(note("unit_newer", &[("stock_no", &f.stock_no)]));
                        out.candidates = vec![f.unit];
                    } else {
                        (out.unit, out.how, out.assign) = (Some(f.unit), Some(how), true);
                    }
                    return Some(out);
                }
                [] if taken.is_empty() => {
                    // Why the number is of no use; the same unit may be named by a later group too.
                    for (f, _) in fit {
                        let n = self.gone(f);
                        if !out.notes.contains(&n) {
                            out.notes.push(n);
                        }
                    }
                }
                _ => {
                    out.candidates = open.iter().chain(&taken).map(|(f, _)| f.unit).collect();
                    return Some(out);
                }
            }
        }
        (!out.notes.is_empty()).then_some(out)
    }

    fn gone(&self, f: &Found) -> stall_core::api::AppNote {
        match (&f.status, &f.order_no) {
            (UnitStatus::Sold | UnitStatus::Packed, Some(no)) => {
                note("unit_taken", &[("stock_no", &f.stock_no), ("order_no", no)])
            }
            _ => note("unit_not_in_stock", &[("stock_no", &f.stock_no), ("status", &words::name(&f.status))]),
        }
    }
}

/// Every unit the candidates name.
async fn look_up(conn: &mut SqliteConnection, wanted: &[(usize, usize, Vec<Candidate>)]) -> AppResult<Book> {
    let mut numbers: HashSet<&str> = HashSet::new();
    let mut imeis: HashSet<&str> = HashSet::new();
    for c in wanted.iter().flat_map(|(_, _, c)| c) {
        if c.how == MatchHow::Imei {
            imeis.insert(&c.code)
        } else {
            numbers.insert(&c.code)
        };
    }
    let mut book = Book::new();
    if numbers.is_empty() && imeis.is_empty() {
        return Ok(book);
    }
    let (numbers, imeis) = (words::json(&numbers), words::json(&imeis));
    // One JSON text each: rows cost more on their way through the driver than their parsing here.
    let by_number: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(code, unit_id, stock_no, status, taken_in, order_no, blocked)) FROM (
           SELECT j.value || '' AS code, s.unit_id, s.stock_no, s.status, s.taken_in, o.order_no,
             EXISTS (SELECT 1 FROM unit_inspections x WHERE x.unit_id = s.unit_id AND x.blocked <> '[]') AS blocked
           FROM json_each(?1) j JOIN units u ON u.stock_no = j.value
           JOIN unit_state s ON s.unit_id = u.id LEFT JOIN orders o ON o.id = s.order_id
           ORDER BY s.taken_in DESC, s.unit_id)",
    )
    .bind(numbers)
    .fetch_one(&mut *conn)
    .await?;
    let by_imei: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(code, unit_id, stock_no, status, taken_in, order_no, blocked)) FROM (
           SELECT j.value || '' AS code, s.unit_id, s.stock_no, s.status, s.taken_in, o.order_no,
             EXISTS (SELECT 1 FROM unit_inspections x WHERE x.unit_id = s.unit_id AND x.blocked <> '[]') AS blocked
           FROM json_each(?1) j JOIN units u ON u.imei = j.value OR u.imei2 = j.value
           JOIN unit_state s ON s.unit_id = u.id LEFT JOIN orders o ON o.id = s.order_id
           ORDER BY s.taken_in DESC, s.unit_id)",
    )
    .bind(imeis)
    .fetch_one(conn)
    .await?;
    for (imei, json) in [(false, by_number), (true, by_imei)] {
        for Row(code, unit, stock_no, status, taken_in, order_no, blocked) in order_load::read::<Vec<Row>>(&json)? {
            let found = Found { unit, stock_no, status, taken_in, order_no, blocked: blocked != 0 };
            book.entry((imei, code)).or_default().push(found);
        }
    }
    Ok(book)
}

/// A code and the unit it names.
#[derive(Deserialize)]
struct Row(String, Id, String, UnitStatus, Ms, Option<String>, u8);
