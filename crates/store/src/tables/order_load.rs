//! Stored orders as drafts, many at a time, for an import to compare with.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id, Ms,
    api::{Aftersale, LineKind, OrderStatus},
    order_draft::{FileSide, LineDraft, OrderDraft},
};

use super::words;
use crate::Tx;

/// A stored order and what is live on it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub draft: OrderDraft,
    /// Shipped by a fact of ours.
    pub shipped: bool,
    /// By line.
    pub held: HashMap<Id, Held>,
}

/// The unit a line holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub unit: Id,
    pub stock_no: String,
    pub assigned: Id,
    pub packed: Option<Id>,
}

#[derive(Serialize, Deserialize)]
struct Order {
    id: Id,
    platform: String,
    shop: String,
    order_no: String,
    status: OrderStatus,
    aftersale: Aftersale,
    created_at: Option<Ms>,
    paid_at: Option<Ms>,
    ship_deadline: Option<Ms>,
    paid: Option<Fen>,
    freight: Option<Fen>,
    receiver_name: String,
    receiver_phone: String,
    province: String,
    city: String,
    district: String,
    town: String,
    address: String,
    buyer_note: String,
    seller_note: String,
    carrier: String,
    tracking_no: String,
    shipped_at: Option<Ms>,
}

/// A line; the fields behind the price only come out of the store.
#[derive(Serialize, Deserialize)]
struct Line(
    Id,
    Id,
    u32,
    LineKind,
    String,
    String,
    String,
    u32,
    Option<Fen>,
    #[serde(default)] Option<Taken>,
    #[serde(default)] Option<Id>,
);

/// Unit, stock number, fact.
#[derive(Serialize, Deserialize)]
struct Taken(Id, String, Id);

/// SQLite makes one JSON text of the rows: quicker than rows of 23 columns through the driver.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> AppResult<T> {
    serde_json::from_str(json).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e.classify_text()))
}

/// What serde says without the values it met.
trait ClassifyText {
    fn classify_text(&self) -> String;
}
impl ClassifyText for serde_json::Error {
    fn classify_text(&self) -> String {
        format!("{:?} at {}:{}", self.classify(), self.line(), self.column())
    }
}

/// The stored ones of these orders.
///
/// # Errors
/// Store errors only.
pub(crate) async fn stored(conn: &mut SqliteConnection, ids: &[Id]) -> AppResult<HashMap<Id, Stored>> {
    let list = words::json_ids(ids);
    let orders: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(o.id,o.platform,o.shop,o.order_no,o.status,o.aftersale,o.created_at,o.paid_at,
             o.ship_deadline,o.paid,o.freight,o.receiver_name,o.receiver_phone,o.province,o.city,o.district,o.town,
             o.address,o.buyer_note,o.seller_note,o.carrier,o.tracking_no,o.shipped_at))
         FROM json_each(?1) j JOIN orders o ON o.id = j.value",
    )
    .bind(&list)
    .fetch_one(&mut *conn)
    .await?;
    let orders: Vec<Order> = read(&orders)?;
    if orders.is_empty() {
        return Ok(HashMap::new());
    }
    let lines: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(l.order_id,l.id,l.line,l.kind,l.title,l.sku_text,l.sku_code,l.quantity,l.unit_price,
             json((SELECT json_array(f.unit_id, u.stock_no, f.id) FROM facts f JOIN units u ON u.id = f.unit_id
              WHERE f.line_id = l.id AND f.kind = 'assigned'
                AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id) ORDER BY f.at DESC, f.id DESC LIMIT 1)),
             (SELECT f.id FROM facts f WHERE f.line_id = l.id AND f.kind = 'packed'
                AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id) ORDER BY f.at DESC, f.id DESC LIMIT 1)))
         FROM (SELECT l.* FROM json_each(?1) j JOIN order_lines l ON l.order_id = j.value ORDER BY l.order_id, l.line, l.id) l",
    )
    .bind(&list)
    .fetch_one(&mut *conn)
    .await?;
    let lines: Vec<Line> = read(&lines)?;
    let shipped: String = sqlx::query_scalar(
        "SELECT json_group_array(DISTINCT f.order_id) FROM json_each(?1) j JOIN facts f ON f.order_id = j.value
         WHERE f.kind = 'shipped' AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)",
    )
    .bind(&list)
    .fetch_one(&mut *conn)
    .await?;
    let shipped: HashSet<Id> = read(&shipped)?;
    let mut out: HashMap<Id, Stored> = orders
        .into_iter()
        .map(|o| {
            let stored = Stored { shipped: shipped.contains(&o.id), held: HashMap::new(), draft: draft(o) };
            (stored.draft.id, stored)
        })
        .collect();
    for Line(order, id, line, kind, title, sku_text, sku_code, quantity, unit_price, taken, packed) in lines {
        let Some(stored) = out.get_mut(&order) else { continue };
        if let Some(Taken(unit, stock_no, assigned)) = taken {
            stored.held.insert(id, Held { unit, stock_no, assigned, packed });
        }
        let blank = LineDraft::blank(id, line);
        stored.draft.lines.push(LineDraft { kind, title, sku_text, sku_code, quantity, unit_price, ..blank });
    }
    Ok(out)
}

fn draft(o: Order) -> OrderDraft {
    OrderDraft {
        id: o.id,
        platform: o.platform,
        shop: o.shop,
        order_no: o.order_no,
        status: o.status,
        aftersale: o.aftersale,
        created_at: o.created_at,
        paid_at: o.paid_at,
        ship_deadline: o.ship_deadline,
        paid: o.paid,
        freight: o.freight,
        receiver_name: o.receiver_name,
        receiver_phone: o.receiver_phone,
        province: o.province,
        city: o.city,
        district: o.district,
        town: o.town,
        address: o.address,
        buyer_note: o.buyer_note,
        seller_note: o.seller_note,
        carrier: o.carrier,
        tracking_no: o.tracking_no,
        shipped_at: o.shipped_at,
        lines: Vec::new(),
        from: FileSide::default(),
    }
}

/// An order on its way in, borrowed, its values in the order of [`Order`].
#[derive(Serialize)]
struct OrderIn<'a>(
    Id,
    &'a str,
    &'a str,
    &'a str,
    OrderStatus,
    Aftersale,
    [Option<Ms>; 3],
    [Option<Fen>; 2],
    [&'a str; 11],
    Option<Ms>,
);

/// Writes drafts: new ones are inserted, known ones updated. Only columns that differ reach the change log.
///
/// # Errors
/// Store errors only.
pub(crate) async fn write(tx: &mut Tx<'_>, orders: &[&OrderDraft]) -> AppResult<()> {
    let rows: Vec<OrderIn<'_>> = orders
        .iter()
        .map(|o| {
            let texts = [
                &o.receiver_name,
                &o.receiver_phone,
                &o.province,
                &o.city,
                &o.district,
                &o.town,
                &o.address,
                &o.buyer_note,
                &o.seller_note,
                &o.carrier,
                &o.tracking_no,
            ];
            OrderIn(
                o.id,
                &o.platform,
                &o.shop,
                &o.order_no,
                o.status,
                o.aftersale,
                [o.created_at, o.paid_at, o.ship_deadline],
                [o.paid, o.freight],
                texts.map(String::as_str),
                o.shipped_at,
            )
        })
        .collect();
    let now = tx.now;
    sqlx::query(
        "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         INSERT INTO orders(id,platform,shop,order_no,status,aftersale,created_at,paid_at,ship_deadline,paid,freight,
           receiver_name,receiver_phone,province,city,district,town,address,buyer_note,seller_note,carrier,tracking_no,
           shipped_at,imported_at)
         SELECT v->>0, v->>1, v->>2, v->>3, v->>4, v->>5, v->>'$[6][0]', v->>'$[6][1]',
           v->>'$[6][2]', v->>'$[7][0]', v->>'$[7][1]', v->>'$[8][0]', v->>'$[8][1]',
           v->>'$[8][2]', v->>'$[8][3]', v->>'$[8][4]', v->>'$[8][5]', v->>'$[8][6]',
           v->>'$[8][7]', v->>'$[8][8]', v->>'$[8][9]', v->>'$[8][10]', v->>9, ?2
         FROM r WHERE true
         ON CONFLICT(id) DO UPDATE SET status=excluded.status, aftersale=excluded.aftersale,
           created_at=excluded.created_at, paid_at=excluded.paid_at, ship_deadline=excluded.ship_deadline,
           paid=excluded.paid, freight=excluded.freight, receiver_name=excluded.receiver_name,
           receiver_phone=excluded.receiver_phone, province=excluded.province, city=excluded.city,
           district=excluded.district, town=excluded.town, address=excluded.address, buyer_note=excluded.buyer_note,
           seller_note=excluded.seller_note, carrier=excluded.carrier, tracking_no=excluded.tracking_no,
           shipped_at=excluded.shipped_at",
    )
    .bind(words::json(&rows))
    .bind(now)
    .execute(tx.conn())
    .await?;
    type LineIn<'a> = (Id, Id, u32, LineKind, &'a str, &'a str, &'a str, u32, Option<Fen>);
    let mut lines: Vec<LineIn<'_>> = orders
        .iter()
        .flat_map(|o| {
            o.lines
                .iter()
                .map(|l| (o.id, l.id, l.line, l.kind, &*l.title, &*l.sku_text, &*l.sku_code, l.quantity, l.unit_price))
        })
        .collect();
    // By the lines' own ids, for their table and the change log are looked up by it.
    lines.sort_unstable_by_key(|l| l.1);
    sqlx::query(
        "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         INSERT INTO order_lines(order_id,id,line,kind,title,sku_text,sku_code,quantity,unit_price)
         SELECT v->>0, v->>1, v->>2, v->>3, v->>4, v->>5, v->>6, v->>7, v->>8
         FROM r WHERE true
         ON CONFLICT(id) DO UPDATE SET line=excluded.line, kind=excluded.kind, title=excluded.title,
           sku_text=excluded.sku_text, sku_code=excluded.sku_code, quantity=excluded.quantity,
           unit_price=excluded.unit_price",
    )
    .bind(words::json(&lines))
    .execute(tx.conn())
    .await?;
    Ok(())
}
