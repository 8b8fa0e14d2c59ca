//! The bulk-ship file: parcels shipped here that the platform's file has not confirmed yet, and what to look at first.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppResult, ErrorCode, Id, Ms,
    api::{Aftersale, Facet, ShipCheck, ShipPreview},
    carrier, platforms, stage,
    time::DAY,
};

use super::{
    bench::{Address, same_address},
    settings, words,
};
use crate::Store;

/// A number may not come again after this long.
const REUSE: i64 = 30 * DAY;

/// Rows of a bulk-ship file; the app writes the sheet.
#[derive(Debug, Clone)]
pub struct ShipRows {
    /// Column names: order, carrier, number.
    pub columns: [String; 3],
    pub rows: Vec<[String; 3]>,
    /// Warnings; they never block.
    pub checks: Vec<ShipCheck>,
}

/// Platforms with parcels to report, with counts.
///
/// # Errors
/// Store errors only.
pub async fn export_preview(store: &Store) -> AppResult<ShipPreview> {
    let mut conn = store.read().await?;
    let platforms = sqlx::query_as!(
        Facet,
        r#"SELECT o.platform AS value, count(DISTINCT o.id) AS "count!: u32"
           FROM facts f JOIN orders o ON o.id = f.order_id
           WHERE f.kind = 'shipped' AND o.status IN ('to_ship','part_shipped')
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           GROUP BY o.platform ORDER BY o.platform"#
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(ShipPreview { platforms })
}

struct Parcel {
    id: Id,
    order_no: String,
    aftersale: String,
    paid_at: Option<Ms>,
    at: Ms,
    carrier: String,
    tracking_no: String,
    address: Address,
}

/// The rows of a platform's bulk-ship file, oldest shipment first.
///
/// # Errors
/// `NothingToExport {platform}`.
pub async fn export_rows(store: &Store, platform: &str) -> AppResult<ShipRows> {
    let mut conn = store.read().await?;
    let parcels = parcels(&mut conn, platform).await?;
    if parcels.is_empty() {
        return Err(stall_core::AppError::new(ErrorCode::NothingToExport).arg("platform", platform));
    }
    let mut checks = Vec::new();
    for p in &parcels {
        checks.extend(own_checks(p));
    }
    checks.extend(number_checks(&mut conn, &parcels).await?);
    let columns = columns(&mut conn, platform).await?;
    let rows = parcels
        .into_iter()
        .map(|p| {
            let name = carrier::by_code(&p.carrier).map_or(p.carrier, |c| c.zh);
            [p.order_no, name, p.tracking_no]
        })
        .collect();
    Ok(ShipRows { columns, rows, checks })
}

async fn parcels(conn: &mut SqliteConnection, platform: &str) -> AppResult<Vec<Parcel>> {
    let rows = sqlx::query!(
        r#"SELECT o.id AS "id: Id", o.order_no, o.aftersale, o.paid_at AS "paid_at: Ms", f.at AS "at: Ms",
             f.data ->> '$.carrier' AS "carrier: String", f.data ->> '$.tracking_no' AS "tracking_no: String",
             o.province, o.city, o.district, o.town, o.address
           FROM facts f JOIN orders o ON o.id = f.order_id
           WHERE f.kind = 'shipped' AND o.platform = ?1 AND o.status IN ('to_ship','part_shipped')
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
           ORDER BY f.at, f.id"#,
        platform
    )
    .fetch_all(conn)
    .await?;
    // Two laptops may have shipped one order: the later waybill counts, as in the list.
    let mut at: HashMap<Id, usize> = HashMap::new();
    let mut out: Vec<Parcel> = Vec::new();
    for r in rows {
        let parcel = Parcel {
            id: r.id,
            order_no: r.order_no,
            aftersale: r.aftersale,
            paid_at: r.paid_at,
            at: r.at,
            carrier: r.carrier.unwrap_or_default(),
            tracking_no: r.tracking_no.unwrap_or_default(),
            address: [r.province, r.city, r.district, r.town, r.address],
        };
        match at.get(&parcel.id).and_then(|i| out.get_mut(*i)) {
            Some(earlier) => *earlier = parcel,
            None => {
                at.insert(parcel.id, out.len());
                out.push(parcel);
            }
        }
    }
    Ok(out)
}

/// Column names from Settings, else the platform's usual ones.
async fn columns(conn: &mut SqliteConnection, platform: &str) -> AppResult<[String; 3]> {
    let mut columns = settings::read(conn).await?.bulk_ship_columns;
    let generic = columns.remove(platforms::GENERIC);
    Ok(columns.remove(platform).or(generic).unwrap_or_default())
}

fn check(kind: &str, order_no: &str, args: &[(&str, &str)]) -> ShipCheck {
    let args = args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    ShipCheck { kind: kind.to_owned(), order_no: order_no.to_owned(), args }
}

/// What one parcel shows by itself.
fn own_checks(p: &Parcel) -> Vec<ShipCheck> {
    let mut out = Vec::new();
    if !carrier::fits(&p.carrier, &p.tracking_no) {
        let name = |c: stall_core::api::Carrier| c.zh;
        let fits: Vec<String> = carrier::suggest(&p.tracking_no).into_iter().map(|g| name(g.carrier)).collect();
        let chosen = carrier::by_code(&p.carrier).map_or_else(|| p.carrier.clone(), name);
        let args = [("tracking_no", p.tracking_no.as_str()), ("carrier", &chosen), ("fits", &fits.join("、"))];
        out.push(check("number_not_carrier", &p.order_no, &args));
    }
    if p.paid_at.is_some_and(|paid| p.at < paid) {
        out.push(check("before_payment", &p.order_no, &[]));
    }
    let aftersale = words::parse::<Aftersale>(&p.aftersale).unwrap_or(Aftersale::None);
    if aftersale == Aftersale::Refunded || stage::holds(aftersale) {
        out.push(check("order_closed", &p.order_no, &[("aftersale", &p.aftersale)]));
    }
    out
}

/// An order with the same number: id, order number, when it left, where to.
type Other = (Id, String, Option<Ms>, Address);

/// What other orders with the same numbers show.
async fn number_checks(conn: &mut SqliteConnection, parcels: &[Parcel]) -> AppResult<Vec<ShipCheck>> {
    let numbers: Vec<&str> = parcels.iter().map(|p| p.tracking_no.as_str()).collect();
    let list = words::json(&numbers);
    let rows = sqlx::query!(
        r#"SELECT s.order_id AS "id: Id", o.order_no, s.tracking_no AS "tracking_no!", s.shipped_at AS "shipped_at: Ms",
             o.province, o.city, o.district, o.town, o.address
           FROM (SELECT DISTINCT value FROM json_each(?1)) j JOIN order_state s ON s.tracking_no = j.value
           JOIN orders o ON o.id = s.order_id"#,
        list
    )
    .fetch_all(conn)
    .await?;
    let mut by_number: HashMap<String, Vec<Other>> = HashMap::new();
    for r in rows {
        let address = [r.province, r.city, r.district, r.town, r.address];
        by_number.entry(r.tracking_no).or_default().push((r.id, r.order_no, r.shipped_at, address));
    }
    let mut out = Vec::new();
    for p in parcels {
        let others = by_number.get(&p.tracking_no).map_or(&[][..], Vec::as_slice);
        let others = || others.iter().filter(|o| o.0 != p.id);
        let args =
            |other: &str| [("tracking_no".to_owned(), p.tracking_no.clone()), ("other".to_owned(), other.to_owned())];
        let mut warn = |kind: &str, other: &str| {
            out.push(ShipCheck { kind: kind.to_owned(), order_no: p.order_no.clone(), args: args(other).into() });
        };
        if let Some(o) = others().find(|o| !same_address(&p.address, &o.3)) {
            warn("same_number_other_address", &o.1);
        }
        if let Some(o) = others().find(|o| o.2.is_some_and(|at| p.at.0 - at.0 > REUSE)) {
            warn("number_reused", &o.1);
        }
    }
    Ok(out)
}
