//! Lines of an order with their units.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id, Ms,
    api::{LineKind, OrderLine, OrderStage},
};

use super::{passports, unit_rows, words};

/// A line with what is live on it.
#[derive(Debug, Clone)]
pub(crate) struct LineFacts {
    pub id: Id,
    pub order_id: Id,
    pub order_no: String,
    pub kind: LineKind,
    pub stage: OrderStage,
    /// The unit and the fact that assigned it.
    pub assigned: Option<(Id, Id)>,
    /// The fact that packed it.
    pub packed: Option<Id>,
}

/// One line and its live facts.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn line_facts(conn: &mut SqliteConnection, line: Id) -> AppResult<LineFacts> {
    let r = sqlx::query!(
        r#"SELECT l.order_id AS "order_id: Id", o.order_no, l.kind, s.stage
           FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN order_state s ON s.order_id = o.id
           WHERE l.id = ?1"#,
        line
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(ErrorCode::NotFound)?;
    let facts = sqlx::query!(
        r#"SELECT f.id AS "id: Id", f.kind, f.unit_id AS "unit_id: Id" FROM facts f
           WHERE f.line_id = ?1 AND f.kind IN ('assigned','packed') AND f.unit_id IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           ORDER BY f.at, f.id"#,
        line
    )
    .fetch_all(conn)
    .await?;
    let assigned = facts.iter().rfind(|f| f.kind == "assigned").and_then(|f| Some((f.unit_id?, f.id)));
    let packed = facts.iter().rfind(|f| f.kind == "packed").map(|f| f.id);
    Ok(LineFacts {
        id: line,
        order_id: r.order_id,
        order_no: r.order_no,
        kind: words::parse(&r.kind)?,
        stage: words::parse(&r.stage)?,
        assigned,
        packed,
    })
}

/// All lines of an order, in their order.
///
/// # Errors
/// Store errors only.
pub(crate) async fn of_order(conn: &mut SqliteConnection, now: Ms, order: Id) -> AppResult<Vec<OrderLine>> {
    let lines = sqlx::query!(
        r#"SELECT l.id AS "id: Id", l.kind, l.title, l.sku_text, l.sku_code, l.quantity AS "quantity: u32",
             l.unit_price AS "unit_price: Fen",
             (SELECT f.unit_id FROM facts f WHERE f.line_id = l.id AND f.kind = 'assigned'
                AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
                ORDER BY f.at DESC, f.id DESC LIMIT 1) AS "unit_id: Id",
             (SELECT max(f.at) FROM facts f WHERE f.line_id = l.id AND f.kind = 'packed'
                AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)) AS "packed_at: Ms"
           FROM order_lines l WHERE l.order_id = ?1 ORDER BY l.line, l.id"#,
        order
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Id> = lines.iter().filter_map(|l| l.unit_id).collect();
    let units = unit_rows(conn, now, &ids).await?;
    let mut out = Vec::with_capacity(lines.len());
    for l in lines {
        let passport = match l.unit_id {
            Some(unit) => passports::sold_with(conn, l.id, unit).await?,
            None => None,
        };
        out.push(OrderLine {
            id: l.id,
            kind: words::parse(&l.kind)?,
            title: l.title,
            sku_text: l.sku_text,
            sku_code: l.sku_code,
            quantity: l.quantity,
            unit_price: l.unit_price,
            unit: l.unit_id.and_then(|id| units.iter().find(|u| u.id == id)).cloned(),
            packed_at: l.packed_at,
            passport,
        });
    }
    Ok(out)
}

/// The last four digits of an order number, for the sentence of an action.
pub(crate) fn short(order_no: &str) -> &str {
    stall_core::identity::tail(order_no)
}

/// An error that names its order.
pub(crate) fn refused(code: ErrorCode, order_no: &str) -> AppError {
    AppError::new(code).arg("order_no", order_no)
}
