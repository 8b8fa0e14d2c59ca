//! Rows of the stock table for given ids, in one statement.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppResult, Fen, Id, Ms,
    api::{InspectionState, UnitInspected, UnitRow, UnitShow},
    identity,
};

use super::{inspection_reports, words};

/// The rows of these units in the order asked; ids that name no unit are left out. `now` decides which shows are
/// still coming.
///
/// # Errors
/// Store errors only.
pub async fn unit_rows(conn: &mut SqliteConnection, now: Ms, ids: &[Id]) -> AppResult<Vec<UnitRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let list = words::json_ids(ids);
    let found = sqlx::query!(
        r#"SELECT u.id AS "id: Id", u.stock_no, u.category, u.brand, u.model, u.storage, u.colour, u.grade,
             u.battery AS "battery: u8", u.badges, u.price_list AS "price_list: Fen", u.price_live AS "price_live: Fen",
             u.price_floor AS "price_floor: Fen", u.cost AS "cost: Fen", u.shelf, u.box AS "in_box", u.holder, s.status, s.cover,
             s.photos AS "photos: u32", u.taken_in AS "taken_in: Ms", coalesce(u.imei, u.serial, u.meid, '') AS "code!: String",
             w.id AS "show_id?: Id", w.title AS "show_title?", w.starts_at AS "show_at?: Ms",
             (SELECT count(*) FROM show_items b WHERE b.show_id = it.show_id AND b.unit_id IS NOT NULL
                AND (b.pos, b.id) <= (it.pos, it.id)) AS "place!: u32",
             x.report AS "report?: Id", x.version AS "version?: u32", x.at AS "told?: Ms", x.grade AS "told_grade?",
             x.badges AS "told_badges?", x.blocked AS "blocked?", x.draft AS "draft?: bool"
           FROM json_each(?1) j
           JOIN units u ON u.id = j.value
           JOIN unit_state s ON s.unit_id = u.id
           LEFT JOIN show_items it ON it.id = (
             SELECT i.id FROM show_items i JOIN shows c ON c.id = i.show_id
             WHERE s.show_until > ?2 AND i.unit_id = u.id AND c.starts_at + c.planned_minutes * 60000 > ?2
             ORDER BY c.starts_at, c.id, i.pos, i.id LIMIT 1)
           LEFT JOIN shows w ON w.id = it.show_id
           LEFT JOIN unit_inspections x ON x.unit_id = u.id"#,
        list,
        now
    )
    .fetch_all(conn)
    .await?;
    let mut by_id = HashMap::with_capacity(found.len());
    for r in found {
        let show = match (r.show_id, r.show_title, r.show_at) {
            (Some(id), Some(title), Some(starts_at)) => Some(UnitShow { id, title, starts_at, place: r.place }),
            _ => None,
        };
        let inspected = match (r.report, r.version, r.told) {
            (Some(report_id), Some(version), Some(at)) => Some(UnitInspected {
                report_id,
                version,
                at,
                grade: r.told_grade,
                badges: inspection_reports::badges(r.told_badges.as_deref().unwrap_or("[]"))?,
                blocked: inspection_reports::badges(r.blocked.as_deref().unwrap_or("[]"))?,
            }),
            _ => None,
        };
        let row = UnitRow {
            id: r.id,
            stock_no: r.stock_no,
            category: words::parse(&r.category)?,
            brand: r.brand,
            model: r.model,
            storage: r.storage,
            colour: r.colour,
            grade: r.grade,
            battery: r.battery,
            badges: serde_json::from_str(&r.badges).unwrap_or_default(),
            price_list: r.price_list,
            price_live: r.price_live,
            price_floor: r.price_floor,
            cost: r.cost,
            shelf: r.shelf,
            in_box: r.in_box,
            holder: r.holder,
            status: words::parse(&r.status)?,
            cover: r.cover,
            photos: r.photos,
            show,
            taken_in: r.taken_in,
            code_tail: identity::tail(&r.code).to_owned(),
            inspection: match &inspected {
                Some(i) if !i.blocked.is_empty() => InspectionState::Blocked,
                Some(_) => InspectionState::Inspected,
                None if r.draft == Some(true) => InspectionState::Draft,
                None => InspectionState::None,
            },
            inspected: inspected.map(Box::new),
        };
        by_id.insert(row.id, row);
    }
    Ok(ids.iter().filter_map(|id| by_id.get(id).cloned()).collect())
}

/// One unit's row.
///
/// # Errors
/// `NotFound`.
pub async fn unit_row(conn: &mut SqliteConnection, now: Ms, id: Id) -> AppResult<UnitRow> {
    let rows = unit_rows(conn, now, &[id]).await?;
    rows.into_iter().next().ok_or_else(|| stall_core::ErrorCode::NotFound.into())
}
