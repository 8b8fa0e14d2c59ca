//! What now: the first screen, from the derived tables.

use sqlx::SqliteConnection;
use stall_core::{
    AppResult, Fen, Id, Ms,
    api::{Day, Facet, ItemProblem, ShowSheet, ShowTodo, Today},
    datetime,
    time::DAY,
};

use super::{labels, order_rows, settings, shows, unit_rows};
use crate::Store;

/// Rows shown of each kind; the totals say how many there are.
const SHOWN: i64 = 6;
/// Coming shows looked at.
const SHOWS: i64 = 3;
const WEEK: i64 = 7;

/// Everything Today shows.
///
/// # Errors
/// Store errors only.
pub async fn get(store: &Store) -> AppResult<Today> {
    let (mut conn, now) = (store.read().await?, store.env().now());
    let conn = &mut *conn;
    let midnight = datetime::day_start(now).plus(DAY);
    let old = now.plus(-i64::from(settings::read(conn).await?.ageing_days) * DAY);
    let n = sqlx::query!(
        r#"SELECT
             (SELECT count(*) FROM order_state WHERE stage IN ('to_pack','to_ship')) AS "parcels!: u32",
             (SELECT count(*) FROM order_state WHERE stage IN ('to_pack','to_ship') AND due < ?1) AS "late!: u32",
             (SELECT count(*) FROM order_state WHERE stage IN ('to_pack','to_ship') AND due < ?2) AS "today!: u32",
             (SELECT count(*) FROM order_state WHERE stage = 'to_match') AS "to_match!: u32",
             (SELECT count(*) FROM order_state WHERE stage = 'held') AS "held!: u32",
             (SELECT count(*) FROM unit_state WHERE status = 'in_stock') AS "in_stock!: u32",
             (SELECT count(*) FROM unit_state WHERE status = 'in_stock' AND photos = 0) AS "bare!: u32",
             (SELECT count(*) FROM unit_state WHERE status = 'in_stock' AND grade IS NULL) AS "ungraded!: u32",
             (SELECT count(*) FROM unit_state WHERE status = 'in_stock' AND taken_in <= ?3) AS "ageing!: u32",
             (SELECT count(*) FROM photos WHERE unit_id IS NULL) AS "tray_photos!: u32",
             (SELECT count(DISTINCT tray) FROM photos WHERE unit_id IS NULL) AS "tray_groups!: u32""#,
        now,
        midnight,
        old
    )
    .fetch_one(&mut *conn)
    .await?;
    let parcels = sqlx::query_scalar!(
        r#"SELECT order_id AS "id!: Id" FROM order_state WHERE stage IN ('to_pack','to_ship') ORDER BY due, order_id LIMIT ?1"#,
        SHOWN
    )
    .fetch_all(&mut *conn)
    .await?;
    let to_match = sqlx::query_scalar!(
        r#"SELECT order_id AS "id!: Id" FROM order_state WHERE stage = 'to_match' ORDER BY due, order_id LIMIT ?1"#,
        SHOWN
    )
    .fetch_all(&mut *conn)
    .await?;
    let bare = sqlx::query_scalar!(
        r#"SELECT unit_id AS "id!: Id" FROM unit_state WHERE status = 'in_stock' AND photos = 0
           ORDER BY taken_in DESC, n DESC LIMIT ?1"#,
        SHOWN
    )
    .fetch_all(&mut *conn)
    .await?;
    let ageing = sqlx::query_scalar!(
        r#"SELECT unit_id AS "id!: Id" FROM unit_state WHERE status = 'in_stock' AND taken_in <= ?1
           ORDER BY taken_in, n LIMIT ?2"#,
        old,
        SHOWN
    )
    .fetch_all(&mut *conn)
    .await?;
    let tray_covers = sqlx::query_scalar!(
        r#"SELECT (SELECT c.shown FROM photos c WHERE c.unit_id IS NULL AND c.tray = p.tray ORDER BY c.pos, c.id LIMIT 1)
             AS "shown!: String"
           FROM photos p WHERE p.unit_id IS NULL GROUP BY p.tray ORDER BY max(p.added_at) DESC, p.tray LIMIT 3"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let labels = labels::read_missing(conn).await?;
    let by_platform = sqlx::query!(
        r#"SELECT platform, count(*) AS "n!: u32" FROM order_state WHERE stage IN ('to_pack','to_ship')
           GROUP BY platform ORDER BY 2 DESC, 1"#
    )
    .fetch_all(&mut *conn)
    .await?;
    Ok(Today {
        now,
        parcels: order_rows(conn, now, &parcels).await?,
        parcels_total: n.parcels,
        parcels_late: n.late,
        parcels_today: n.today,
        parcels_by_platform: by_platform.into_iter().map(|r| Facet { value: r.platform, count: r.n }).collect(),
        to_match: order_rows(conn, now, &to_match).await?,
        to_match_total: n.to_match,
        held_total: n.held,
        shows: coming(conn, now).await?,
        no_photos: unit_rows(conn, now, &bare).await?,
        no_photos_total: n.bare,
        no_grade_total: n.ungraded,
        tray_photos: n.tray_photos,
        tray_groups: n.tray_groups,
        tray_covers,
        ageing: unit_rows(conn, now, &ageing).await?,
        ageing_total: n.ageing,
        labels_missing: if labels.used { labels.total } else { 0 },
        week: week(conn, midnight).await?,
        in_stock: n.in_stock,
    })
}

/// Shows not yet over, soonest first, with the rows that lack something.
async fn coming(conn: &mut SqliteConnection, now: Ms) -> AppResult<Vec<ShowTodo>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: Id" FROM shows WHERE starts_at + planned_minutes * 60000 > ?1 ORDER BY starts_at, id LIMIT ?2"#,
        now,
        SHOWS
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut todo = Vec::with_capacity(ids.len());
    for id in ids {
        let ShowSheet { show, items } = shows::sheet(&mut *conn, now, id).await?;
        let ready = items.iter().filter(|i| i.unit.is_some() && i.problems.is_empty()).count();
        let mut lacking: Vec<_> = items.into_iter().filter(|i| !i.problems.is_empty()).collect();
        // A unit that cannot be sold at all comes before one that only lacks a picture.
        lacking.sort_by_key(|i| !i.problems.iter().any(|p| matches!(p, ItemProblem::Sold | ItemProblem::Withdrawn)));
        lacking.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
        todo.push(ShowTodo { show, ready: u32::try_from(ready).unwrap_or(u32::MAX), lacking });
    }
    Ok(todo)
}

/// Orders paid on each of the last seven local days, oldest first; closed ones left out.
async fn week(conn: &mut SqliteConnection, midnight: Ms) -> AppResult<Vec<Day>> {
    let first = midnight.plus(-WEEK * DAY);
    // Margin counts the orders whose every unit has a known cost: a guess would look like money.
    let rows = sqlx::query!(
        r#"SELECT (s.paid_at - ?1) / 86400000 AS "day!: i64", count(*) AS "orders!: u32",
             coalesce(sum(o.paid), 0) AS "paid!: Fen",
             sum(CASE WHEN c.n > 0 AND c.known = c.n THEN o.paid - c.cost END) AS "margin: Fen"
           FROM order_state s JOIN orders o ON o.id = s.order_id
           LEFT JOIN (SELECT f.order_id, count(*) AS n, count(u.cost) AS known, sum(u.cost) AS cost
                      FROM order_state d JOIN facts f ON f.order_id = d.order_id JOIN units u ON u.id = f.unit_id
                      WHERE d.paid_at >= ?1 AND d.paid_at < ?2 AND f.kind = 'assigned'
                        AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
                      GROUP BY f.order_id) c ON c.order_id = s.order_id
           WHERE s.paid_at >= ?1 AND s.paid_at < ?2 AND s.stage NOT IN ('unpaid','closed')
           GROUP BY 1"#,
        first,
        midnight
    )
    .fetch_all(conn)
    .await?;
    let mut days: Vec<Day> =
        (0..WEEK).map(|d| Day { start: first.plus(d * DAY), orders: 0, paid: Fen(0), margin: Some(Fen(0)) }).collect();
    for r in rows {
        if let Some(day) = usize::try_from(r.day).ok().and_then(|d| days.get_mut(d)) {
            (day.orders, day.paid, day.margin) = (r.orders, r.paid, Some(r.margin.unwrap_or(Fen(0))));
        }
    }
    Ok(days)
}
