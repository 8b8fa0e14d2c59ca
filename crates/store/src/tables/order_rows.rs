//! Rows of the order list for given ids. The receiver leaves this file masked.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppResult, Fen, Id, Ms,
    api::{Deadline, DeadlineSource, OrderRow, UnitRow},
    mask,
};

use super::{unit_rows, words};

/// The rows of these orders in the order asked; ids that name no order are left out.
///
/// # Errors
/// Store errors only.
pub async fn order_rows(conn: &mut SqliteConnection, now: Ms, ids: &[Id]) -> AppResult<Vec<OrderRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = words::json_ids(ids);
    let found = sqlx::query!(
        r#"SELECT o.id AS "id: Id", o.platform, o.shop, o.order_no, o.status, o.aftersale, s.stage,
             (SELECT l.title FROM order_lines l WHERE l.order_id = o.id ORDER BY l.line, l.id LIMIT 1) AS "title?: String",
             (SELECT count(*) FROM order_lines l WHERE l.order_id = o.id) AS "lines!: u32",
             o.paid AS "paid: Fen", o.created_at AS "created_at: Ms", o.paid_at AS "paid_at: Ms",
             s.deadline AS "deadline: Ms", s.deadline_source, o.receiver_name, o.receiver_phone, s.carrier, s.tracking_no
           FROM json_each(?1) j JOIN orders o ON o.id = j.value JOIN order_state s ON s.order_id = o.id"#,
        list
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut units = units_of(conn, now, ids).await?;
    let mut by_id = HashMap::with_capacity(found.len());
    for r in found {
        let deadline = match (r.deadline, r.deadline_source) {
            (Some(at), Some(source)) => Some(Deadline { at, source: words::parse::<DeadlineSource>(&source)? }),
            _ => None,
        };
        let row = OrderRow {
            id: r.id,
            platform: r.platform,
            shop: r.shop,
            order_no: r.order_no,
            status: words::parse(&r.status)?,
            aftersale: words::parse(&r.aftersale)?,
            stage: words::parse(&r.stage)?,
            title: r.title.unwrap_or_default(),
            lines: r.lines,
            units: units.remove(&r.id).unwrap_or_default(),
            paid: r.paid,
            created_at: r.created_at,
            paid_at: r.paid_at,
            deadline,
            receiver: mask::name(&r.receiver_name),
            phone: mask::phone(&r.receiver_phone),
            carrier: r.carrier,
            tracking_no: r.tracking_no,
        };
        by_id.insert(row.id, row);
    }
    Ok(ids.iter().filter_map(|id| by_id.get(id).cloned()).collect())
}

/// One order's row.
///
/// # Errors
/// `NotFound`.
pub async fn order_row(conn: &mut SqliteConnection, now: Ms, id: Id) -> AppResult<OrderRow> {
    let rows = order_rows(conn, now, &[id]).await?;
    rows.into_iter().next().ok_or_else(|| stall_core::ErrorCode::NotFound.into())
}

/// Units assigned to these orders, in line order.
async fn units_of(conn: &mut SqliteConnection, now: Ms, orders: &[Id]) -> AppResult<HashMap<Id, Vec<UnitRow>>> {
    let list = words::json_ids(orders);
    let assigned = sqlx::query!(
        r#"SELECT f.order_id AS "order!: Id", f.unit_id AS "unit!: Id"
           FROM json_each(?1) j JOIN facts f ON f.order_id = j.value
           LEFT JOIN order_lines l ON l.id = f.line_id
           WHERE f.kind = 'assigned' AND f.unit_id IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           ORDER BY l.line, f.id"#,
        list
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Id> = assigned.iter().map(|a| a.unit).collect();
    let rows: HashMap<Id, UnitRow> = unit_rows(conn, now, &ids).await?.into_iter().map(|u| (u.id, u)).collect();
    let mut out: HashMap<Id, Vec<UnitRow>> = HashMap::new();
    for a in assigned {
        if let Some(unit) = rows.get(&a.unit) {
            out.entry(a.order).or_default().push(unit.clone());
        }
    }
    Ok(out)
}
