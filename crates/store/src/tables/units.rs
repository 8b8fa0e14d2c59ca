//! Units: one device each. Reading one, taking in, editing, leaving and coming back.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{ByIds, Photo, Touched, UnitDetail, UnitEdit, UnitOrder, UnitPatch, UnitStatus, WithdrawInput},
};

use super::{
    facts::{self, FactKind, NewFact},
    fields, inspection_reports, lots, photos, timeline, unit_codes, unit_patch, unit_rows, words,
};
use crate::{Actor, Op, Store, Tx};

pub use super::{
    models::models,
    unit_bulk::{apply as bulk, preview as bulk_preview},
    unit_codes::{check_code, next_no},
    unit_facets::facets,
    unit_query::{list, matching, narrow},
};

/// Units one action may touch.
pub(super) const MOST: usize = 5_000;

/// Everything about one unit.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<UnitDetail> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    let row = unit_rows::unit_row(&mut conn, now, id).await?;
    let u = sqlx::query!(
        r#"SELECT u.imei, u.imei2, u.meid, u.serial, u.source, u.flaws, u.note, u.lot_id AS "lot_id: Id",
             o.id AS "order_id?: Id", s.line_id AS "line_id: Id", o.platform AS "platform?", o.order_no AS "order_no?"
           FROM units u JOIN unit_state s ON s.unit_id = u.id LEFT JOIN orders o ON o.id = s.order_id WHERE u.id = ?1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let order = match (u.order_id, u.line_id, u.platform, u.order_no) {
        (Some(order_id), Some(line_id), Some(platform), Some(order_no)) => {
            Some(UnitOrder { order_id, line_id, platform, order_no })
        }
        _ => None,
    };
    let codes: Vec<&str> = [&u.imei, &u.imei2, &u.meid, &u.serial].into_iter().flatten().map(String::as_str).collect();
    let earlier = unit_codes::lives(&mut conn, &codes, Some(id)).await?;
    let earlier = unit_rows::unit_rows(&mut conn, now, &earlier).await?;
    let fields = fields::of_unit(&mut conn, id).await?;
    let lot = match u.lot_id {
        Some(lot) => lots::of_unit(&mut conn, lot).await?,
        None => None,
    };
    let photos: Vec<Photo> = photos::of_unit(&mut conn, id).await?;
    let timeline = timeline::of_unit(&mut conn, id).await?;
    let inspection = inspection_reports::of_page(&mut conn, id).await?;
    Ok(UnitDetail {
        row,
        imei: u.imei,
        imei2: u.imei2,
        meid: u.meid,
        serial: u.serial,
        source: u.source,
        flaws: u.flaws,
        note: u.note,
        fields,
        lot,
        photos,
        timeline,
        order,
        earlier,
        inspection,
    })
}

/// Takes a unit into stock. Without a stock number it gets the next free one.
///
/// # Errors
/// `NameMissing` without a model, what [`unit_patch::clean`] finds, `StockNoTaken`, `ImeiInStock`.
pub async fn add(store: &Store, actor: &Actor, patch: &UnitPatch) -> AppResult<UnitDetail> {
    let p = new_unit(patch)?;
    let out = store.transact(Op::AddUnit, actor, async |tx: &mut Tx<'_>| take_in(tx, p).await).await?;
    get(store, out.value).await
}

/// What a person typed of a new unit, checked.
///
/// # Errors
/// As [`add`].
pub(super) fn new_unit(patch: &UnitPatch) -> AppResult<UnitPatch> {
    let p = unit_patch::clean(patch)?;
    if p.model.is_none() {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "model"));
    }
    Ok(p)
}

/// Writes a checked new unit inside a transaction, numbering it where it has no number; says the sentence's words.
pub(super) async fn take_in(tx: &mut Tx<'_>, mut p: UnitPatch) -> AppResult<Id> {
    if p.stock_no.is_none() {
        p.stock_no = Some(unit_codes::next(tx.conn()).await?);
    }
    unit_codes::free(tx.conn(), &p, None).await?;
    let id = tx.new_id()?;
    insert(tx, id, &p, None).await?;
    tx.say("what", p.stock_no.as_deref().unwrap_or(""));
    tx.say("n", 1);
    Ok(id)
}

/// Writes a unit of a cleaned patch; `lot` is the lot it came with.
pub(super) async fn insert(tx: &mut Tx<'_>, id: Id, p: &UnitPatch, lot: Option<Id>) -> AppResult<()> {
    let some = |v: &Option<String>| v.clone().filter(|v| !v.is_empty());
    let text = |v: &Option<String>| v.clone().unwrap_or_default();
    let category = p.category.as_ref().map_or_else(|| "phone".to_owned(), words::name);
    let badges = words::json(&p.badges.clone().unwrap_or_default());
    let (stock_no, brand, model, storage) = (text(&p.stock_no), text(&p.brand), text(&p.model), text(&p.storage));
    let (colour, shelf, source) = (text(&p.colour), text(&p.shelf), text(&p.source));
    let (flaws, note, in_box, holder) = (text(&p.flaws), text(&p.note), text(&p.in_box), text(&p.holder));
    let (imei, imei2, meid, serial, grade) =
        (some(&p.imei), some(&p.imei2), some(&p.meid), some(&p.serial), some(&p.grade));
    let (battery, list, live) = (p.battery.flatten(), p.price_list.flatten(), p.price_live.flatten());
    let (floor, cost, now) = (p.price_floor.flatten(), p.cost.flatten(), tx.now);
    sqlx::query!(
        "INSERT INTO units(id,stock_no,category,brand,model,storage,colour,imei,imei2,meid,serial,grade,battery,badges,
           price_list,price_live,price_floor,cost,shelf,source,flaws,note,taken_in,box,holder,lot_id)
         VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,?26)",
        id,
        stock_no,
        category,
        brand,
        model,
        storage,
        colour,
        imei,
        imei2,
        meid,
        serial,
        grade,
        battery,
        badges,
        list,
        live,
        floor,
        cost,
        shelf,
        source,
        flaws,
        note,
        now,
        in_box,
        holder,
        lot
    )
    .execute(tx.conn())
    .await?;
    match &p.fields {
        Some(values) => fields::write(tx, &[id], values).await,
        None => Ok(()),
    }
}

/// What a write needs to know of a unit.
pub(super) struct Known {
    id: Id,
    stock_no: String,
    status: UnitStatus,
}

/// The units of these ids; says the sentence's words.
pub(super) async fn known(tx: &mut Tx<'_>, ids: &[Id]) -> AppResult<Vec<Known>> {
    if ids.is_empty() || ids.len() > MOST {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "ids"));
    }
    let list = words::json_ids(ids);
    let rows = sqlx::query!(
        r#"SELECT DISTINCT u.id AS "id: Id", u.stock_no, s.status FROM json_each(?1) j JOIN units u ON u.id = j.value
           JOIN unit_state s ON s.unit_id = u.id"#,
        list
    )
    .fetch_all(tx.conn())
    .await?;
    let asked: std::collections::HashSet<&Id> = ids.iter().collect();
    if rows.len() != asked.len() {
        return Err(ErrorCode::NotFound.into());
    }
    tx.say("what", rows.iter().take(3).map(|r| r.stock_no.as_str()).collect::<Vec<_>>().join(" "));
    tx.say("n", rows.len());
    rows.into_iter().map(|r| Ok(Known { id: r.id, stock_no: r.stock_no, status: words::parse(&r.status)? })).collect()
}

fn touched(units: &[Known]) -> Touched {
    Touched { count: u32::try_from(units.len()).unwrap_or(u32::MAX) }
}

/// Edits one or many units as one step.
///
/// # Errors
/// `NotFound`, what [`unit_patch::clean`] finds, `StockNoTaken`, `ImeiInStock`, `BadInput` when a code of one device is
/// given to several.
pub async fn edit(store: &Store, actor: &Actor, input: &UnitEdit) -> AppResult<Touched> {
    let p = unit_patch::clean(&input.patch)?;
    if unit_patch::names_one(&p) && input.ids.len() != 1 {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "ids"));
    }
    let out = store
        .transact(Op::EditUnits, actor, async |tx: &mut Tx<'_>| {
            let units = known(tx, &input.ids).await?;
            if let [one] = units.as_slice() {
                let here = matches!(one.status, UnitStatus::InStock | UnitStatus::Sold | UnitStatus::Packed);
                // A device that has left may share its codes with its later life.
                let codes =
                    if here { p.clone() } else { UnitPatch { stock_no: p.stock_no.clone(), ..Default::default() } };
                unit_codes::free(tx.conn(), &codes, Some(one.id)).await?;
            }
            unit_patch::write(tx, &input.ids, &p).await?;
            Ok(touched(&units))
        })
        .await?;
    Ok(out.value)
}

/// Deletes units entered by mistake, with their photographs and places in shows.
///
/// # Errors
/// `NotFound`, `UnitHasFacts {stock_no}` once anything has happened to one of them.
pub async fn delete(store: &Store, actor: &Actor, input: &ByIds) -> AppResult<Touched> {
    let out = store
        .transact(Op::DeleteUnits, actor, async |tx: &mut Tx<'_>| {
            let units = known(tx, &input.ids).await?;
            delete_in(tx, &input.ids).await?;
            Ok(touched(&units))
        })
        .await?;
    Ok(out.value)
}

/// The rows of units entered by mistake.
///
/// # Errors
/// `UnitHasFacts {stock_no}`.
pub(crate) async fn delete_in(tx: &mut Tx<'_>, ids: &[Id]) -> AppResult<()> {
    let list = words::json_ids(ids);
    let lived = sqlx::query_scalar!(
        "SELECT u.stock_no FROM json_each(?1) j JOIN units u ON u.id = j.value
         WHERE EXISTS (SELECT 1 FROM facts f WHERE f.unit_id = u.id) LIMIT 1",
        list
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(no) = lived {
        return Err(AppError::new(ErrorCode::UnitHasFacts).arg("stock_no", no));
    }
    for sql in [
        "DELETE FROM show_items WHERE unit_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM unit_fields WHERE unit_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM inspection_answers WHERE inspection_id IN
           (SELECT id FROM inspections WHERE unit_id IN (SELECT value FROM json_each(?1)))",
        "DELETE FROM inspection_photos WHERE inspection_id IN
           (SELECT id FROM inspections WHERE unit_id IN (SELECT value FROM json_each(?1)))",
        "DELETE FROM inspections WHERE unit_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM third_party_reports WHERE unit_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM photos WHERE unit_id IN (SELECT value FROM json_each(?1))",
        "DELETE FROM units WHERE id IN (SELECT value FROM json_each(?1))",
    ] {
        sqlx::query(sql).bind(&list).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Takes units out of stock.
///
/// # Errors
/// `NotFound`, `UnitNotInStock {stock_no}`, `FieldTooLong`.
pub async fn withdraw(store: &Store, actor: &Actor, input: &WithdrawInput) -> AppResult<Touched> {
    let reason = words::limited("reason", 200, &input.reason)?;
    let out = store
        .transact(Op::WithdrawUnits, actor, async |tx: &mut Tx<'_>| {
            let units = known(tx, &input.ids).await?;
            let mut new = Vec::with_capacity(units.len());
            for u in &units {
                if u.status != UnitStatus::InStock {
                    return Err(AppError::new(ErrorCode::UnitNotInStock).arg("stock_no", &u.stock_no));
                }
                new.push(NewFact::of(FactKind::Withdrawn).unit(u.id).with("reason", reason.as_str()));
            }
            facts::add_many(tx, &new).await?;
            Ok(touched(&units))
        })
        .await?;
    Ok(out.value)
}

/// Puts withdrawn or returned units back into stock.
///
/// # Errors
/// `NotFound`, `UnitNotInStock {stock_no}` for one that never left (in stock, sold or packed), `ImeiInStock` when a later
/// life of the device is here.
pub async fn restore(store: &Store, actor: &Actor, input: &ByIds) -> AppResult<Touched> {
    let out = store
        .transact(Op::RestoreUnits, actor, async |tx: &mut Tx<'_>| {
            let units = known(tx, &input.ids).await?;
            let mut new = Vec::with_capacity(units.len());
            for u in &units {
                if !matches!(u.status, UnitStatus::Withdrawn | UnitStatus::Shipped) {
                    return Err(AppError::new(ErrorCode::UnitNotInStock).arg("stock_no", &u.stock_no));
                }
                let own = codes(tx.conn(), u.id).await?;
                unit_codes::free(tx.conn(), &own, Some(u.id)).await?;
                new.push(NewFact::of(FactKind::Restored).unit(u.id));
            }
            facts::add_many(tx, &new).await?;
            Ok(touched(&units))
        })
        .await?;
    Ok(out.value)
}

/// The codes of one unit as a patch.
async fn codes(conn: &mut SqliteConnection, id: Id) -> AppResult<UnitPatch> {
    let u = sqlx::query!("SELECT imei, imei2, meid, serial FROM units WHERE id = ?1", id).fetch_one(conn).await?;
    Ok(UnitPatch { imei: u.imei, imei2: u.imei2, meid: u.meid, serial: u.serial, ..Default::default() })
}

/// Whether the stall has no unit, order or show yet.
///
/// # Errors
/// Store errors only.
pub async fn stall_is_empty(store: &Store) -> AppResult<bool> {
    let mut conn = store.read().await?;
    let some = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM units) OR EXISTS (SELECT 1 FROM orders) OR EXISTS (SELECT 1 FROM shows) AS "b!: bool""#
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(!some)
}
