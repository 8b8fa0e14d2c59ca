//! The packing bench: queue, scan, ship.

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{BenchAnswer, BenchQueue, BenchScan, CodeKind, OrderDetail, OrderRow, OrderStage, ShipInput, UnitRow},
    carrier, identity, mask,
    packing::{self, Check, ParcelLine},
    time::{DAY, SHANGHAI_OFFSET},
};

use super::{
    erasures,
    facts::{self, FactKind, NewFact},
    find,
    lines::{refused, short},
    order_row, order_rows, orders, unit_row, unit_rows, words,
};
use crate::{Actor, Op, Store, Tx};

/// Parcels the queue shows; the counts say how many there are.
const QUEUE: i64 = 200;
/// Digits of an order number that may stand for it at the bench.
const TAIL_MIN: usize = 6;

/// The packing queue, soonest deadline first.
///
/// # Errors
/// Store errors only.
pub async fn queue(store: &Store) -> AppResult<BenchQueue> {
    let (mut conn, now) = (store.read().await?, store.env().now());
    let ids = sqlx::query_scalar!(
        r#"SELECT order_id AS "id!: Id" FROM order_state WHERE stage IN ('to_pack','to_ship') ORDER BY due, order_id LIMIT ?1"#,
        QUEUE
    )
    .fetch_all(&mut *conn)
    .await?;
    let midnight = (now.0 + SHANGHAI_OFFSET).div_euclid(DAY) * DAY - SHANGHAI_OFFSET;
    let n = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM order_state WHERE stage = 'to_pack') AS "to_pack!: u32",
             (SELECT count(*) FROM order_state WHERE stage = 'to_ship') AS "to_ship!: u32",
             (SELECT count(*) FROM order_state WHERE stage = 'to_match') AS "to_match!: u32",
             (SELECT count(DISTINCT f.order_id) FROM facts f WHERE f.kind = 'shipped' AND f.at >= ?1
                AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)) AS "shipped!: u32""#,
        midnight
    )
    .fetch_one(&mut *conn)
    .await?;
    let parcels = order_rows(&mut conn, now, &ids).await?;
    Ok(BenchQueue { parcels, to_pack: n.to_pack, to_ship: n.to_ship, to_match: n.to_match, shipped_today: n.shipped })
}

/// What a scan at the bench means. The right unit of the parcel on the bench is packed by it; nothing else writes.
///
/// # Errors
/// `NotFound` when the parcel on the bench is gone; what may not be packed is an answer, not an error.
pub async fn scan(store: &Store, actor: &Actor, input: &BenchScan) -> AppResult<BenchAnswer> {
    let mut conn = store.read().await?;
    let now = store.env().now();
    let parcel = match input.order_id {
        Some(id) => Some(order_row(&mut conn, now, id).await?),
        None => None,
    };
    let units = units_by_code(&mut conn, &input.code).await?;

    // A label that two phones wear does not say that the right one is in hand.
    if units.iter().filter(|u| u.wears).count() > 1 {
        let error = AppError::new(ErrorCode::CodeShared).arg("code", input.code.trim());
        return Ok(BenchAnswer::Refused { error, order: parcel });
    }
    if let Some(parcel) = &parcel
        && let Some(unit) = units.iter().find(|u| parcel.units.iter().any(|p| p.id == u.unit))
    {
        return match blocked(parcel) {
            Some(error) => Ok(BenchAnswer::Refused { error, order: Some(parcel.clone()) }),
            None => {
                let unit = unit.unit;
                drop(conn);
                pack(store, actor, parcel.id, unit).await
            }
        };
    }
    if let Some(order) = order_by_number(&mut conn, &input.code).await? {
        return open(&mut conn, now, order).await;
    }
    if !units.is_empty() {
        return other_unit(&mut conn, now, parcel.as_ref(), &units, &input.code).await;
    }
    let code = input.code.trim().to_owned();
    let Some(parcel) = parcel else { return Ok(BenchAnswer::Unknown { code }) };
    let kind = identity::kind_of(&code);
    let carriers = carrier::suggest(&code);
    let ready = parcel.stage == OrderStage::ToShip;
    if kind == CodeKind::Waybill || (ready && !carriers.is_empty()) {
        if let Some(error) = blocked(&parcel) {
            return Ok(BenchAnswer::Refused { error, order: Some(parcel) });
        }
        if !ready {
            let error = refused(ErrorCode::NotPacked, &parcel.order_no);
            return Ok(BenchAnswer::Refused { error, order: Some(parcel) });
        }
        return Ok(BenchAnswer::Waybill { tracking_no: carrier::clean_number(&code), carriers });
    }
    if matches!(kind, CodeKind::Imei | CodeKind::Meid | CodeKind::Serial | CodeKind::StockNo) {
        let expected = still_expected(&mut conn, now, &parcel).await?;
        return Ok(BenchAnswer::WrongUnit { expected, scanned: None, code, belongs_to: None });
    }
    Ok(BenchAnswer::Unknown { code })
}

/// Why a parcel may not be packed or shipped, or `None`.
fn blocked(order: &OrderRow) -> Option<AppError> {
    let code = match order.stage {
        OrderStage::ToPack | OrderStage::ToShip => return None,
        OrderStage::Unpaid => ErrorCode::OrderNotPaid,
        OrderStage::ToMatch => ErrorCode::LineUnmatched,
        OrderStage::Shipped | OrderStage::Done => ErrorCode::AlreadyShipped,
        OrderStage::Closed => ErrorCode::OrderClosed,
        OrderStage::Held => ErrorCode::OrderHeld,
    };
    Some(refused(code, &order.order_no))
}

/// Opens a parcel, or says why not.
async fn open(conn: &mut SqliteConnection, now: Ms, id: Id) -> AppResult<BenchAnswer> {
    let order = orders::detail(conn, now, id).await?;
    Ok(match blocked(&order.row) {
        Some(error) => BenchAnswer::Refused { error, order: Some(order.row) },
        None => BenchAnswer::Opened { order },
    })
}

/// The order with this number, or the one whose number ends so: of several only if one alone is waiting for the bench.
pub(super) async fn order_by_number(conn: &mut SqliteConnection, code: &str) -> AppResult<Option<Id>> {
    let code = code.trim();
    let whole = sqlx::query_scalar!(r#"SELECT id AS "id: Id" FROM orders WHERE order_no = ?1 LIMIT 2"#, code)
        .fetch_all(&mut *conn)
        .await?;
    if let [id] = whole[..] {
        return Ok(Some(id));
    }
    if code.chars().count() < TAIL_MIN || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Ok(None);
    }
    let from: String = code.chars().rev().collect();
    let to = format!("{from}\u{10ffff}");
    let found = sqlx::query!(
        r#"SELECT order_id AS "id!: Id", stage FROM order_state WHERE order_tail >= ?1 AND order_tail < ?2 LIMIT 50"#,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    let waiting: Vec<Id> =
        found.iter().filter(|r| matches!(r.stage.as_str(), "to_pack" | "to_ship")).map(|r| r.id).collect();
    Ok(match (&found[..], &waiting[..]) {
        ([one], _) => Some(one.id),
        (_, [one]) => Some(*one),
        _ => None,
    })
}

/// A unit a code names, and the order it is sold in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub unit: Id,
    pub order: Option<Id>,
    /// It is here, and the code is its stock number, or the one its label still says.
    wears: bool,
}

/// Units with this stock number, IMEI, MEID or serial; a device that came back has several lives: those sold and
/// still here come first, then those on the shelf, then the latest.
pub(super) async fn units_by_code(conn: &mut SqliteConnection, code: &str) -> AppResult<Vec<Named>> {
    let stock_no = identity::stock_no(code).unwrap_or_default();
    let old = find::old_labels(&mut *conn, &stock_no).await?;
    let found = sqlx::query(
        "SELECT s.unit_id, s.order_id, s.status IN ('in_stock','sold','packed')
             AND (s.stock_no = ?2 OR s.unit_id IN (SELECT value FROM json_each(?6)))
           FROM (SELECT id FROM units WHERE stock_no = ?2 AND ?2 <> ''
                 UNION SELECT id FROM units WHERE imei IN (?1, ?3)
                 UNION SELECT id FROM units WHERE imei2 IN (?1, ?3)
                 UNION SELECT id FROM units WHERE meid IN (?1, ?4)
                 UNION SELECT id FROM units WHERE serial IN (?1, ?5)
                 UNION SELECT value FROM json_each(?6)) u
           JOIN unit_state s ON s.unit_id = u.id
           WHERE ?1 <> ''
           ORDER BY CASE s.status WHEN 'sold' THEN 0 WHEN 'packed' THEN 0 WHEN 'in_stock' THEN 1 ELSE 2 END,
             s.taken_in DESC, s.unit_id LIMIT 20",
    )
    .bind(identity::clean(code))
    .bind(&stock_no)
    .bind(identity::imei(code).unwrap_or_default())
    .bind(identity::meid(code).unwrap_or_default())
    .bind(identity::serial(code).unwrap_or_default())
    .bind(words::json_ids(&old))
    .fetch_all(conn)
    .await?;
    Ok(found.iter().map(|r| Named { unit: r.get(0), order: r.get(1), wears: r.get(2) }).collect())
}

/// A known unit that is not of the parcel on the bench: opens its own parcel when the bench is empty.
async fn other_unit(
    conn: &mut SqliteConnection,
    now: Ms,
    parcel: Option<&OrderRow>,
    units: &[Named],
    code: &str,
) -> AppResult<BenchAnswer> {
    let Some(unit) = units.first() else { return Ok(BenchAnswer::Unknown { code: code.to_owned() }) };
    let (expected, belongs_to) = match (parcel, unit.order) {
        (None, Some(order)) => return open(conn, now, order).await,
        (None, None) => (Vec::new(), None),
        (Some(parcel), order) => {
            let belongs_to = match order {
                Some(id) => Some(order_row(conn, now, id).await?),
                None => None,
            };
            (still_expected(conn, now, parcel).await?, belongs_to)
        }
    };
    let scanned = Some(unit_row(conn, now, unit.unit).await?);
    Ok(BenchAnswer::WrongUnit { expected, scanned, code: code.trim().to_owned(), belongs_to })
}

/// Units of the parcel that are still to be scanned; all of them once it is complete.
async fn still_expected(conn: &mut SqliteConnection, now: Ms, parcel: &OrderRow) -> AppResult<Vec<UnitRow>> {
    let left: Vec<Id> =
        parcel_lines(conn, parcel.id).await?.iter().filter(|l| !l.packed).filter_map(|l| l.unit).collect();
    if left.is_empty() { Ok(parcel.units.clone()) } else { unit_rows(conn, now, &left).await }
}

/// The lines of a parcel as the core's check wants them.
async fn parcel_lines(conn: &mut SqliteConnection, order: Id) -> AppResult<Vec<ParcelLine>> {
    let lines = sqlx::query!(
        r#"SELECT l.id AS "id: Id", l.kind,
             (SELECT f.unit_id FROM facts f WHERE f.line_id = l.id AND f.kind = 'assigned'
                AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
                ORDER BY f.at DESC, f.id DESC LIMIT 1) AS "unit: Id",
             EXISTS (SELECT 1 FROM facts f WHERE f.line_id = l.id AND f.kind = 'packed'
                AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)) AS "packed!: bool"
           FROM order_lines l WHERE l.order_id = ?1 ORDER BY l.line, l.id"#,
        order
    )
    .fetch_all(conn)
    .await?;
    lines
        .into_iter()
        .map(|l| Ok(ParcelLine { line: l.id, kind: words::parse(&l.kind)?, unit: l.unit, packed: l.packed }))
        .collect()
}

/// Packs a scanned unit; a second scan of it writes nothing.
async fn pack(store: &Store, actor: &Actor, order: Id, unit: Id) -> AppResult<BenchAnswer> {
    let out = store
        .transact(Op::Pack, actor, async |tx: &mut Tx<'_>| {
            // The screen may be older than the store: judged again inside the transaction.
            let now = tx.now;
            let row = order_row(tx.conn(), now, order).await?;
            if let Some(error) = blocked(&row) {
                return Ok(Err(BenchAnswer::Refused { error, order: Some(row) }));
            }
            let lines = parcel_lines(tx.conn(), order).await?;
            Ok(match packing::check(&lines, unit) {
                Check::Already { complete, .. } => Ok(complete),
                Check::Right { line, complete } => {
                    if let Some(error) = erasures::hold_leaving(tx.conn(), unit).await? {
                        return Ok(Err(BenchAnswer::Refused { error, order: Some(row) }));
                    }
                    facts::add(tx, NewFact::of(FactKind::Packed).unit(unit).order(order).line(line)).await?;
                    let stock_no = unit_row(tx.conn(), now, unit).await?.stock_no;
                    tx.say("what", stock_no);
                    tx.say("order", short(&row.order_no));
                    Ok(complete)
                }
                Check::Wrong { expected } => Err(BenchAnswer::WrongUnit {
                    expected: unit_rows(tx.conn(), now, &expected).await?,
                    scanned: Some(unit_row(tx.conn(), now, unit).await?),
                    code: String::new(),
                    belongs_to: None,
                }),
            })
        })
        .await?;
    let complete = match out.value {
        Ok(complete) => complete,
        Err(answer) => return Ok(answer),
    };
    let mut conn = store.read().await?;
    let now = store.env().now();
    let unit = unit_row(&mut conn, now, unit).await?;
    Ok(BenchAnswer::RightUnit { order: orders::detail(&mut conn, now, order).await?, unit, complete })
}

/// Marks a packed parcel as shipped.
///
/// # Errors
/// `WaybillMissing`, `BadInput {field}` without a carrier, `NotFound`, `NotPacked {order_no}`, `LineUnmatched`,
/// `OrderNotPaid`, `OrderHeld`, `OrderClosed`, `AlreadyShipped`, `WaybillUsed {order_no, tracking_no}` when the number is
/// on a parcel to another address, `UnitBlocked` and `UnitNotErased {stock_no}` for what its inspection says.
pub async fn ship(store: &Store, actor: &Actor, input: &ShipInput) -> AppResult<OrderDetail> {
    let tracking_no = carrier::clean_number(&input.tracking_no);
    if tracking_no.is_empty() {
        return Err(ErrorCode::WaybillMissing.into());
    }
    let tracking_no = words::limited("tracking_no", 64, &tracking_no)?;
    let carrier = words::limited("carrier", 40, &input.carrier)?;
    // Offered, never refused: a carrier outside the table keeps its own words.
    let carrier = carrier::by_name(&carrier).map_or(carrier, |c| c.code);
    if carrier.is_empty() {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "carrier"));
    }
    store
        .transact(Op::Ship, actor, async |tx: &mut Tx<'_>| {
            let now = tx.now;
            let row = order_row(tx.conn(), now, input.order_id).await?;
            let error = match row.stage {
                OrderStage::ToShip => None,
                OrderStage::ToPack => Some(refused(ErrorCode::NotPacked, &row.order_no)),
                _ => blocked(&row),
            };
            if let Some(error) = error {
                return Err(error);
            }
            for unit in &row.units {
                if let Some(error) = erasures::hold_leaving(tx.conn(), unit.id).await? {
                    return Err(error);
                }
            }
            if let Some(other) = elsewhere(tx.conn(), row.id, &tracking_no).await? {
                return Err(refused(ErrorCode::WaybillUsed, &other).arg("tracking_no", &tracking_no));
            }
            let fact = NewFact::of(FactKind::Shipped).order(row.id);
            facts::add(tx, fact.with("carrier", carrier.as_str()).with("tracking_no", tracking_no.as_str())).await?;
            tx.say("what", row.units.first().map_or_else(|| short(&row.order_no), |u| u.stock_no.as_str()));
            tx.say("order", short(&row.order_no));
            Ok(())
        })
        .await?;
    orders::get(store, input.order_id).await
}

/// The number of an order to another address that has this waybill.
async fn elsewhere(conn: &mut SqliteConnection, order: Id, tracking_no: &str) -> AppResult<Option<String>> {
    let mine = address(conn, order).await?;
    let others = sqlx::query!(
        r#"SELECT s.order_id AS "id: Id", o.order_no FROM order_state s JOIN orders o ON o.id = s.order_id
           WHERE s.tracking_no = ?1 AND s.order_id <> ?2 LIMIT 50"#,
        tracking_no,
        order
    )
    .fetch_all(&mut *conn)
    .await?;
    for other in others {
        if !same_address(&mine, &address(conn, other.id).await?) {
            return Ok(Some(other.order_no));
        }
    }
    Ok(None)
}

/// Province, city, district, town, address.
pub(crate) type Address = [String; 5];

async fn address(conn: &mut SqliteConnection, order: Id) -> AppResult<Address> {
    let r = sqlx::query!("SELECT province, city, district, town, address FROM orders WHERE id = ?1", order)
        .fetch_one(conn)
        .await?;
    Ok([r.province, r.city, r.district, r.town, r.address])
}

/// Whether two parcels go to one address, as far as the platforms let it be seen. Two orders without any address are
/// not taken for one: a number scanned twice by mistake is likelier.
pub(crate) fn same_address(a: &Address, b: &Address) -> bool {
    let blank = |x: &Address| x.iter().all(|p| p.trim().is_empty());
    if blank(a) || blank(b) {
        return false;
    }
    let plain = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    a.iter().zip(b).all(|(a, b)| mask::is_hidden(a) || mask::is_hidden(b) || plain(a) == plain(b))
}
