//! One order: everything about it, its receiver, and the lock between its lines and units.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id, Ms,
    api::{AssignInput, ByLine, Event, LineKind, LineKindInput, OrderDetail, OrderStage, Receiver, UnitStatus},
    mask,
};

use super::{
    erasures,
    facts::{self, FactKind, NewFact},
    lines::{self, refused, short},
    order_rows::order_row,
    words,
};
use crate::{Actor, Op, Store, Tx};

/// One order, receiver masked.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<OrderDetail> {
    let mut conn = store.read().await?;
    detail(&mut conn, store.env().now(), id).await
}

/// One order, receiver masked, on any connection.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn detail(conn: &mut SqliteConnection, now: Ms, id: Id) -> AppResult<OrderDetail> {
    let row = order_row(conn, now, id).await?;
    let r = sqlx::query!(
        r#"SELECT buyer_note, seller_note, freight AS "freight: Fen", province, city, receiver_name, receiver_phone, address
           FROM orders WHERE id = ?1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let hidden = [&r.receiver_name, &r.receiver_phone, &r.address].into_iter().any(|s| mask::is_hidden(s));
    Ok(OrderDetail {
        lines: lines::of_order(conn, now, id).await?,
        timeline: timeline(conn, id, &row.order_no, row.created_at, row.paid_at).await?,
        row,
        buyer_note: r.buyer_note,
        seller_note: r.seller_note,
        freight: r.freight,
        region: mask::region(&r.province, &r.city),
        receiver_hidden_by_platform: hidden,
    })
}

/// The receiver in full. Asking is an act: who asked for which order is logged, the answer is not.
///
/// # Errors
/// `NotFound`.
pub async fn reveal(store: &Store, actor: &Actor, id: Id) -> AppResult<Receiver> {
    let mut conn = store.read().await?;
    let r = sqlx::query!(
        "SELECT receiver_name, receiver_phone, province, city, district, town, address FROM orders WHERE id = ?1",
        id
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(ErrorCode::NotFound)?;
    tracing::info!(order = %id, role = actor.role.as_str(), "receiver shown");
    let address = whole_address(&[&r.province, &r.city, &r.district, &r.town], &r.address);
    Ok(Receiver { name: r.receiver_name, phone: r.receiver_phone, address })
}

/// Some files repeat province and city inside the address: what the rest already says is not said twice.
fn whole_address(regions: &[&str], rest: &str) -> String {
    let rest = rest.trim();
    let mut parts: Vec<&str> = Vec::new();
    for part in regions.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
        if !rest.contains(part) && parts.last() != Some(&part) {
            parts.push(part);
        }
    }
    parts.push(rest);
    parts.retain(|p| !p.is_empty());
    parts.join(" ")
}

/// What happened to the order, newest first.
async fn timeline(
    conn: &mut SqliteConnection,
    id: Id,
    order_no: &str,
    created: Option<Ms>,
    paid: Option<Ms>,
) -> AppResult<Vec<Event>> {
    let rows = sqlx::query!(
        r#"SELECT f.id AS "id: Id", f.kind, f.at AS "at: Ms", f.by, u.stock_no AS "stock_no?", w.kind AS "voids?",
             f.data ->> '$.carrier' AS "carrier: String", f.data ->> '$.tracking_no' AS "tracking_no: String"
           FROM facts f LEFT JOIN units u ON u.id = f.unit_id LEFT JOIN facts w ON w.id = f.voids
           WHERE f.order_id = ?1"#,
        id
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut events = Vec::new();
    for r in rows {
        let mut args = BTreeMap::new();
        let said = [("stock_no", r.stock_no), ("carrier", r.carrier), ("tracking_no", r.tracking_no)];
        args.extend(said.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?))));
        args.insert("order".to_owned(), short(order_no).to_owned());
        let what = match r.voids.as_deref() {
            Some("assigned") => "unassigned".to_owned(),
            _ => r.kind,
        };
        events.push((r.id.to_string(), Event { at: r.at, by: r.by, what, args }));
    }
    for (what, at) in [("created", created), ("paid", paid)] {
        let event = |at| Event { at, by: String::new(), what: what.to_owned(), args: BTreeMap::new() };
        events.extend(at.map(|at| (String::new(), event(at))));
    }
    // That a file brought or moved the order, and between which states; none of its other columns.
    let rows = sqlx::query!(
        r#"SELECT g.at AS "at!: Ms", g.by AS "by!", g.rseq AS "rseq!", max(c.kind) AS "kind!: String",
             max(CASE c.col WHEN 'status' THEN c.old END) AS "old: String",
             max(CASE c.col WHEN 'status' THEN c.new END) AS "new: String"
           FROM change_rows c JOIN change_groups g ON g.rseq = c.rseq
           WHERE c.row_id = ?1 AND c.tbl = 'orders' AND g.op = 'import_orders' GROUP BY g.rseq"#,
        id
    )
    .fetch_all(conn)
    .await?;
    for r in rows {
        let args = [("from", r.old), ("to", r.new)];
        let args = args.into_iter().filter_map(|(k, v)| Some((k.to_owned(), v?))).collect();
        let what = if r.kind == "I" { "imported" } else { "import_orders" }.to_owned();
        events.push((format!("{:020}", r.rseq), Event { at: r.at, by: r.by, what, args }));
    }
    events.sort_by(|a, b| (b.1.at, &b.0).cmp(&(a.1.at, &a.0)));
    Ok(events.into_iter().map(|(_, e)| e).collect())
}

/// Locks a unit to an order line.
///
/// # Errors
/// `NotFound`, `OrderClosed {order_no}`, `LineTaken {stock_no, order_no}`, `UnitTaken {stock_no, order_no}` when the unit
/// is sold in another order, `UnitNotInStock {stock_no}`, `UnitBlocked` while its inspection stops it.
pub async fn assign(store: &Store, actor: &Actor, input: AssignInput) -> AppResult<OrderDetail> {
    let out = store
        .transact(Op::AssignUnit, actor, async |tx: &mut Tx<'_>| {
            let line = lines::line_facts(tx.conn(), input.line_id).await?;
            if line.stage == OrderStage::Closed {
                return Err(refused(ErrorCode::OrderClosed, &line.order_no));
            }
            if let Some((unit, _)) = line.assigned {
                let stock_no = stock_no(tx.conn(), unit).await?;
                return Err(refused(ErrorCode::LineTaken, &line.order_no).arg("stock_no", stock_no));
            }
            free_unit(tx.conn(), input.unit_id).await?;
            if let Some(error) = erasures::hold(tx.conn(), input.unit_id).await? {
                return Err(error);
            }
            if line.kind == LineKind::Accessory {
                sqlx::query!("UPDATE order_lines SET kind = 'unit' WHERE id = ?1", line.id).execute(tx.conn()).await?;
            }
            let fact = NewFact::of(FactKind::Assigned).unit(input.unit_id).order(line.order_id).line(line.id);
            facts::add(tx, fact.with("how", "by_hand")).await?;
            let stock_no = stock_no(tx.conn(), input.unit_id).await?;
            tx.say("what", stock_no);
            tx.say("order", short(&line.order_no));
            Ok(line.order_id)
        })
        .await?;
    get(store, out.value).await
}

async fn stock_no(conn: &mut SqliteConnection, unit: Id) -> AppResult<String> {
    let no = sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", unit).fetch_optional(conn).await?;
    no.ok_or_else(|| ErrorCode::NotFound.into())
}

/// Refuses a unit that is not on the shelf.
///
/// # Errors
/// `NotFound`, `UnitTaken {stock_no, order_no}`, `UnitNotInStock {stock_no}`.
pub(crate) async fn free_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<()> {
    let r = sqlx::query!(
        r#"SELECT s.status, s.stock_no, o.order_no AS "order_no?"
           FROM unit_state s LEFT JOIN orders o ON o.id = s.order_id WHERE s.unit_id = ?1"#,
        unit
    )
    .fetch_optional(conn)
    .await?
    .ok_or(ErrorCode::NotFound)?;
    not_free(words::parse(&r.status)?, &r.stock_no, r.order_no.as_deref()).map_or(Ok(()), Err)
}

/// Why a unit of this standing cannot be sold, or `None`.
pub(crate) fn not_free(status: UnitStatus, stock_no: &str, order_no: Option<&str>) -> Option<AppError> {
    match status {
        UnitStatus::InStock => None,
        UnitStatus::Sold | UnitStatus::Packed => {
            let order_no = order_no.unwrap_or_default();
            Some(AppError::new(ErrorCode::UnitTaken).arg("stock_no", stock_no).arg("order_no", order_no))
        }
        UnitStatus::Shipped | UnitStatus::Withdrawn => {
            Some(AppError::new(ErrorCode::UnitNotInStock).arg("stock_no", stock_no))
        }
    }
}

/// Frees a line's unit; a packed one is taken out of its parcel by the same step.
///
/// # Errors
/// `NotFound`, `LineUnmatched {order_no}` when it has no unit, `AlreadyShipped {order_no}`.
pub async fn unassign(store: &Store, actor: &Actor, input: ByLine) -> AppResult<OrderDetail> {
    let out = store
        .transact(Op::UnassignUnit, actor, async |tx: &mut Tx<'_>| {
            let line = lines::line_facts(tx.conn(), input.line_id).await?;
            if matches!(line.stage, OrderStage::Shipped | OrderStage::Done) {
                return Err(refused(ErrorCode::AlreadyShipped, &line.order_no));
            }
            let Some((unit, assigned)) = line.assigned else {
                return Err(refused(ErrorCode::LineUnmatched, &line.order_no));
            };
            let void: Vec<Id> = line.packed.into_iter().chain([assigned]).collect();
            facts::void_many(tx, &void).await?;
            let stock_no = stock_no(tx.conn(), unit).await?;
            tx.say("what", stock_no);
            tx.say("order", short(&line.order_no));
            Ok(line.order_id)
        })
        .await?;
    get(store, out.value).await
}

/// Says whether a line is a device or an accessory.
///
/// # Errors
/// `NotFound`, `LineTaken {stock_no, order_no}` when a line with a unit is called an accessory.
pub async fn set_line_kind(store: &Store, actor: &Actor, input: LineKindInput) -> AppResult<OrderDetail> {
    let out = store
        .transact(Op::SetLineKind, actor, async |tx: &mut Tx<'_>| {
            let line = lines::line_facts(tx.conn(), input.line_id).await?;
            if let (LineKind::Accessory, Some((unit, _))) = (input.kind, line.assigned) {
                let stock_no = stock_no(tx.conn(), unit).await?;
                return Err(refused(ErrorCode::LineTaken, &line.order_no).arg("stock_no", stock_no));
            }
            let kind = words::name(&input.kind);
            sqlx::query!("UPDATE order_lines SET kind = ?2 WHERE id = ?1", line.id, kind).execute(tx.conn()).await?;
            tx.say("what", short(&line.order_no));
            Ok(line.order_id)
        })
        .await?;
    get(store, out.value).await
}
