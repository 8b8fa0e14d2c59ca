//! `order_state`: stage, deadline, waybill and sort keys of an order.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;
use stall_core::{
    AppResult, Id, Ms,
    api::{Aftersale, DeadlineSource, LineKind, OrderStage, OrderStatus},
    carrier,
    deadline::deadline,
    stage::{LineState, stage},
};

use crate::tables::{order_load, words};

/// Hours from payment to ship-by of a platform nobody has heard of.
pub(crate) const SHIP_HOURS: u32 = 48;
/// Orders worked on at a time.
const CHUNK: i64 = 20_000;

/// A row of `order_state`, in the order of its columns.
#[derive(Serialize)]
struct State(
    Id,
    OrderStage,
    Option<Ms>,
    Option<DeadlineSource>,
    Ms,
    Option<Ms>,
    String,
    Option<String>,
    Option<String>,
    Option<Ms>,
    String,
);

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
        let mut states = states(conn, &after, &to, &hours, &mut carriers).await?;
        // Most of the indexes are by time: in the order of ids every row would land on another page of each.
        states.sort_unstable_by_key(|s| s.4);
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

#[derive(Deserialize)]
struct Order {
    id: Id,
    status: OrderStatus,
    aftersale: Aftersale,
    platform: String,
    order_no: String,
    created_at: Option<Ms>,
    paid_at: Option<Ms>,
    ship_deadline: Option<Ms>,
    carrier: String,
    tracking_no: String,
    shipped_at: Option<Ms>,
    imported_at: Ms,
    /// A live `refunded` fact of ours; the file hears of it later.
    refunded: u8,
}

/// Order, kind, assigned, packed.
#[derive(Deserialize)]
struct Line(Id, LineKind, u8, u8);

/// A live `shipped` fact.
#[derive(Deserialize)]
struct Parcel {
    order_id: Id,
    at: Ms,
    carrier: Option<String>,
    tracking_no: Option<String>,
}

/// One JSON text of all rows of `sql` between two ids: rows cost more on their way through the driver than their
/// parsing here.
async fn fetch<T: DeserializeOwned>(
    conn: &mut SqliteConnection,
    sql: &'static str,
    after: &str,
    to: &str,
) -> AppResult<Vec<T>> {
    let json: String = sqlx::query_scalar(sql).bind(after).bind(to).fetch_one(conn).await?;
    order_load::read(&json)
}

/// The states of touched orders with `after < id <= to`.
async fn states(
    conn: &mut SqliteConnection,
    after: &str,
    to: &str,
    hours: &BTreeMap<String, u32>,
    carriers: &mut HashMap<String, String>,
) -> AppResult<Vec<State>> {
    let lines: Vec<Line> = fetch(
        conn,
        "SELECT json_group_array(json_array(l.order_id, l.kind,
           EXISTS (SELECT 1 FROM facts f WHERE f.line_id = l.id AND f.kind = 'assigned'
                   AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)),
           EXISTS (SELECT 1 FROM facts f WHERE f.line_id = l.id AND f.kind = 'packed'
                   AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id))))
         FROM touched_orders t CROSS JOIN order_lines l ON l.order_id = t.id
         WHERE t.id > ?1 AND t.id <= ?2",
        after,
        to,
    )
    .await?;
    let mut by_order: HashMap<Id, Vec<LineState>> = HashMap::new();
    for Line(order, kind, assigned, packed) in lines {
        by_order.entry(order).or_default().push(LineState { kind, assigned: assigned != 0, packed: packed != 0 });
    }

    let parcels: Vec<Parcel> = fetch(
        conn,
        "SELECT json_group_array(json_object('order_id', order_id, 'at', at, 'carrier', carrier, 'tracking_no', no))
         FROM (SELECT f.order_id, f.at, f.data ->> '$.carrier' AS carrier, f.data ->> '$.tracking_no' AS no
           FROM touched_orders t CROSS JOIN facts f ON f.order_id = t.id
           WHERE t.id > ?1 AND t.id <= ?2 AND f.kind = 'shipped'
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           ORDER BY f.at, f.id)",
        after,
        to,
    )
    .await?;
    // The last waybill counts where two laptops shipped the same order.
    let mut shipped: HashMap<Id, Parcel> = parcels.into_iter().map(|p| (p.order_id, p)).collect();

    let orders: Vec<Order> = fetch(
        conn,
        "SELECT json_group_array(json_array(o.id, o.status, o.aftersale, o.platform, o.order_no, o.created_at, o.paid_at,
                o.ship_deadline, o.carrier, o.tracking_no, o.shipped_at, o.imported_at,
                EXISTS (SELECT 1 FROM facts f WHERE f.order_id = o.id AND f.kind = 'refunded'
                   AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id))))
         FROM touched_orders t CROSS JOIN orders o ON o.id = t.id WHERE t.id > ?1 AND t.id <= ?2",
        after,
        to,
    )
    .await?;
    let mut out = Vec::with_capacity(orders.len());
    for o in orders {
        let (lines, ours) = (by_order.remove(&o.id).unwrap_or_default(), shipped.remove(&o.id));
        out.push(state(o, &lines, ours, hours, carriers));
    }
    Ok(out)
}

fn state(
    o: Order,
    lines: &[LineState],
    ours: Option<Parcel>,
    hours: &BTreeMap<String, u32>,
    carriers: &mut HashMap<String, String>,
) -> State {
    let aftersale = if o.refunded != 0 { Aftersale::Refunded } else { o.aftersale };
    let stage = stage(o.status, aftersale, lines, ours.is_some());
    let left = matches!(stage, OrderStage::Shipped | OrderStage::Done | OrderStage::Closed);
    let hours = hours.get(&o.platform).copied().unwrap_or(SHIP_HOURS);
    // A parcel that has left, or never will, has no deadline any more.
    let due = if left { None } else { deadline(o.ship_deadline, o.paid_at, hours) };
    let filled = |s: Option<String>| s.filter(|s| !s.is_empty());
    let (ours_at, ours_carrier, ours_no) =
        ours.map_or((None, None, None), |p| (Some(p.at), filled(p.carrier), filled(p.tracking_no)));
    let file_carrier = filled(Some(o.carrier)).map(|text| {
        carriers.entry(text).or_insert_with_key(|t| carrier::by_name(t).map_or_else(|| t.clone(), |c| c.code)).clone()
    });
    State(
        o.id,
        stage,
        due.map(|d| d.at),
        due.map(|d| d.source),
        o.created_at.or(o.paid_at).unwrap_or(o.imported_at),
        o.paid_at,
        o.platform,
        ours_carrier.or(file_carrier),
        ours_no.or_else(|| filled(Some(carrier::clean_number(&o.tracking_no)))),
        ours_at.or(o.shipped_at),
        o.order_no.chars().rev().collect(),
    )
}

async fn write(conn: &mut SqliteConnection, states: &[State]) -> AppResult<()> {
    sqlx::query(
        "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         INSERT INTO order_state(order_id,stage,deadline,deadline_source,created_at,paid_at,platform,carrier,
                                 tracking_no,shipped_at,order_tail)
         SELECT v->>0, v->>1, v->>2, v->>3, v->>4, v->>5, v->>6, v->>7, v->>8,
                v->>9, v->>10
         FROM r WHERE true
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
