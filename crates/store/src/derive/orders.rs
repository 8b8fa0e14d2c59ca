//! `order_state`: stage, deadline, waybill and sort keys of an order.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use sqlx::SqliteConnection;
use stall_core::{
    AppResult, Id, Ms,
    api::{Aftersale, DeadlineSource, OrderStage, OrderStatus},
    carrier,
    deadline::deadline,
    stage::{LineState, stage},
};

use crate::tables::words;

/// Hours from payment to ship-by of a platform nobody has heard of.
pub(crate) const SHIP_HOURS: u32 = 48;
/// Orders worked on at a time.
const CHUNK: i64 = 2000;

#[derive(Serialize)]
struct State {
    order_id: Id,
    stage: OrderStage,
    deadline: Option<Ms>,
    deadline_source: Option<DeadlineSource>,
    created_at: Ms,
    paid_at: Option<Ms>,
    platform: String,
    carrier: Option<String>,
    tracking_no: Option<String>,
    shipped_at: Option<Ms>,
    order_tail: String,
}

/// Makes the rows of `touched_orders` anew; orders that are gone lose theirs.
pub async fn refresh(conn: &mut SqliteConnection, _now: Ms) -> AppResult<()> {
    let hours = ship_hours(conn).await?;
    let mut carriers = HashMap::new();
    let mut after = String::new();
    loop {
        let to: Option<String> = sqlx::query_scalar(
            "SELECT max(id) FROM (SELECT id FROM touched_orders WHERE id > ?1 ORDER BY id LIMIT ?2)",
        )
        .bind(&after)
        .bind(CHUNK)
        .fetch_one(&mut *conn)
        .await?;
        let Some(to) = to else { break };
        let states = states(conn, &after, &to, &hours, &mut carriers).await?;
        write(conn, &states).await?;
        after = to;
    }
    sqlx::query(
        "DELETE FROM order_state WHERE order_id IN
           (SELECT id FROM touched_orders t WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = t.id))",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Hours from payment to ship-by, by platform.
pub(crate) async fn ship_hours(conn: &mut SqliteConnection) -> AppResult<BTreeMap<String, u32>> {
    Ok(crate::tables::settings::read(conn).await?.ship_hours)
}

#[derive(sqlx::FromRow)]
struct Order {
    id: Id,
    status: String,
    aftersale: String,
    platform: String,
    order_no: String,
    created_at: Option<Ms>,
    paid_at: Option<Ms>,
    ship_deadline: Option<Ms>,
    carrier: String,
    tracking_no: String,
    shipped_at: Option<Ms>,
    imported_at: Ms,
}

#[derive(sqlx::FromRow)]
struct Line {
    order_id: Id,
    kind: String,
    assigned: bool,
    packed: bool,
}

/// A live `shipped` fact.
#[derive(sqlx::FromRow)]
struct Parcel {
    order_id: Id,
    at: Ms,
    carrier: Option<String>,
    tracking_no: Option<String>,
}

/// The states of touched orders with `after < id <= to`.
async fn states(
    conn: &mut SqliteConnection,
    after: &str,
    to: &str,
    hours: &BTreeMap<String, u32>,
    carriers: &mut HashMap<String, String>,
) -> AppResult<Vec<State>> {
    let lines: Vec<Line> = sqlx::query_as(
        "SELECT l.order_id, l.kind,
           EXISTS (SELECT 1 FROM facts f WHERE f.line_id = l.id AND f.kind = 'assigned'
                   AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)) AS assigned,
           EXISTS (SELECT 1 FROM facts f WHERE f.line_id = l.id AND f.kind = 'packed'
                   AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)) AS packed
         FROM touched_orders t JOIN order_lines l ON l.order_id = t.id
         WHERE t.id > ?1 AND t.id <= ?2",
    )
    .bind(after)
    .bind(to)
    .fetch_all(&mut *conn)
    .await?;
    let mut by_order: HashMap<Id, Vec<LineState>> = HashMap::new();
    for l in lines {
        let kind = words::parse(&l.kind)?;
        by_order.entry(l.order_id).or_default().push(LineState { kind, assigned: l.assigned, packed: l.packed });
    }

    let parcels: Vec<Parcel> = sqlx::query_as(
        "SELECT f.order_id, f.at, f.data ->> '$.carrier' AS carrier, f.data ->> '$.tracking_no' AS tracking_no
         FROM touched_orders t JOIN facts f ON f.order_id = t.id
         WHERE t.id > ?1 AND t.id <= ?2 AND f.kind = 'shipped'
           AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
         ORDER BY f.at, f.id",
    )
    .bind(after)
    .bind(to)
    .fetch_all(&mut *conn)
    .await?;
    // The last waybill counts where two laptops shipped the same order.
    let mut shipped: HashMap<Id, Parcel> = parcels.into_iter().map(|p| (p.order_id, p)).collect();

    let orders: Vec<Order> = sqlx::query_as(
        "SELECT o.id, o.status, o.aftersale, o.platform, o.order_no, o.created_at, o.paid_at, o.ship_deadline,
                o.carrier, o.tracking_no, o.shipped_at, o.imported_at
         FROM touched_orders t JOIN orders o ON o.id = t.id WHERE t.id > ?1 AND t.id <= ?2",
    )
    .bind(after)
    .bind(to)
    .fetch_all(&mut *conn)
    .await?;
    let mut out = Vec::with_capacity(orders.len());
    for o in orders {
        let lines = by_order.remove(&o.id).unwrap_or_default();
        out.push(state(&o, &lines, shipped.remove(&o.id), hours, carriers)?);
    }
    Ok(out)
}

fn state(
    o: &Order,
    lines: &[LineState],
    ours: Option<Parcel>,
    hours: &BTreeMap<String, u32>,
    carriers: &mut HashMap<String, String>,
) -> AppResult<State> {
    let status: OrderStatus = words::parse(&o.status)?;
    let aftersale: Aftersale = words::parse(&o.aftersale)?;
    let stage = stage(status, aftersale, lines, ours.is_some());
    let left = matches!(stage, OrderStage::Shipped | OrderStage::Done | OrderStage::Closed);
    let hours = hours.get(&o.platform).copied().unwrap_or(SHIP_HOURS);
    // A parcel that has left, or never will, has no deadline any more.
    let due = if left { None } else { deadline(o.ship_deadline, o.paid_at, hours) };
    let filled = |s: Option<String>| s.filter(|s| !s.is_empty());
    let (ours_at, ours_carrier, ours_no) =
        ours.map_or((None, None, None), |p| (Some(p.at), filled(p.carrier), filled(p.tracking_no)));
    let file_carrier = filled(Some(o.carrier.clone())).map(|text| {
        carriers.entry(text).or_insert_with_key(|t| carrier::by_name(t).map_or_else(|| t.clone(), |c| c.code)).clone()
    });
    Ok(State {
        order_id: o.id,
        stage,
        deadline: due.map(|d| d.at),
        deadline_source: due.map(|d| d.source),
        created_at: o.created_at.or(o.paid_at).unwrap_or(o.imported_at),
        paid_at: o.paid_at,
        platform: o.platform.clone(),
        carrier: ours_carrier.or(file_carrier),
        tracking_no: ours_no.or_else(|| filled(Some(carrier::clean_number(&o.tracking_no)))),
        shipped_at: ours_at.or(o.shipped_at),
        order_tail: o.order_no.chars().rev().collect(),
    })
}

async fn write(conn: &mut SqliteConnection, states: &[State]) -> AppResult<()> {
    sqlx::query(
        "INSERT INTO order_state(order_id,stage,deadline,deadline_source,created_at,paid_at,platform,carrier,
                                 tracking_no,shipped_at,order_tail)
         SELECT value ->> '$.order_id', value ->> '$.stage', value ->> '$.deadline', value ->> '$.deadline_source',
                value ->> '$.created_at', value ->> '$.paid_at', value ->> '$.platform', value ->> '$.carrier',
                value ->> '$.tracking_no', value ->> '$.shipped_at', value ->> '$.order_tail'
         FROM json_each(?1) WHERE true
         ON CONFLICT(order_id) DO UPDATE SET stage = excluded.stage, deadline = excluded.deadline,
           deadline_source = excluded.deadline_source, created_at = excluded.created_at, paid_at = excluded.paid_at,
           platform = excluded.platform, carrier = excluded.carrier, tracking_no = excluded.tracking_no,
           shipped_at = excluded.shipped_at, order_tail = excluded.order_tail",
    )
    .bind(words::json(&states))
    .execute(conn)
    .await?;
    Ok(())
}
