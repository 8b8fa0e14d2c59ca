//! The photographer's side of stock: what waits to be photographed, the unit in hand, and which view a photograph shows.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{PhotosShot, ShootHits, ShootQueue, ShootUnit, ShotTaken, Touched, UnitRow},
    identity, shot_list,
};

use super::{find, unit_rows, words};
use crate::{Actor, Op, Store, Tx};

/// Units in stock looked at for the queue: nobody photographs more in a day, and a stall of 200,000 must not be walked
/// for it.
const LOOKED_AT: i64 = 2_000;
/// Units a tail may name.
const HITS: i64 = 8;
/// Shorter tails name half the shelf.
const SHORTEST_TAIL: usize = 3;

/// Units in stock that lack required views: those of coming shows first in the order of the show, then the newest.
///
/// # Errors
/// Store errors only.
pub async fn queue(store: &Store, limit: u32) -> AppResult<ShootQueue> {
    let (mut conn, now) = (store.read().await?, store.env().now());
    let mut ids = sqlx::query_scalar!(
        r#"SELECT i.unit_id AS "id!: Id" FROM shows w JOIN show_items i ON i.show_id = w.id
           JOIN unit_state s ON s.unit_id = i.unit_id
           WHERE w.starts_at + w.planned_minutes * 60000 > ?1 AND s.status = 'in_stock'
           ORDER BY w.starts_at, w.id, i.pos, i.id LIMIT ?2"#,
        now,
        LOOKED_AT
    )
    .fetch_all(&mut *conn)
    .await?;
    let newest = sqlx::query_scalar!(
        r#"SELECT unit_id AS "id!: Id" FROM unit_state WHERE status = 'in_stock' ORDER BY taken_in DESC, n DESC LIMIT ?1"#,
        LOOKED_AT + 1
    )
    .fetch_all(&mut *conn)
    .await?;
    let capped = i64::try_from(newest.len()).is_ok_and(|n| n > LOOKED_AT);
    ids.extend(newest.into_iter().take(usize::try_from(LOOKED_AT).unwrap_or(usize::MAX)));
    let mut seen = std::collections::HashSet::with_capacity(ids.len());
    ids.retain(|id| seen.insert(*id));
    let waiting = lacking(&mut conn, &ids).await?;
    let total = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    let limit = usize::try_from(limit.clamp(1, 200)).unwrap_or(200);
    let page: Vec<Id> = waiting.into_iter().take(limit).collect();
    Ok(ShootQueue { units: units(&mut conn, now, &page).await?, total, capped })
}

/// Those of these units that lack a required view, in the order given.
async fn lacking(conn: &mut SqliteConnection, ids: &[Id]) -> AppResult<Vec<Id>> {
    let list = words::json_ids(ids);
    let rows = sqlx::query!(
        r#"SELECT u.id AS "id: Id", u.category,
             (SELECT group_concat(DISTINCT p.shot) FROM photos p WHERE p.unit_id = u.id) AS "shots: String"
           FROM json_each(?1) j CROSS JOIN units u ON u.id = j.value ORDER BY j.key"#,
        list
    )
    .fetch_all(conn)
    .await?;
    let mut out = Vec::new();
    for r in rows {
        let shots: Vec<&str> = r.shots.as_deref().unwrap_or("").split(',').collect();
        if !shot_list::progress(words::parse(&r.category)?, &shots).missing.is_empty() {
            out.push(r.id);
        }
    }
    Ok(out)
}

/// Units a code names: an exact code its unit (more only where two wear it), a number without its zeros the padded one, else
/// the tails it ends.
///
/// # Errors
/// Store errors only; an unknown code is an empty answer.
pub async fn find(store: &Store, code: &str) -> AppResult<ShootHits> {
    let (mut conn, now) = (store.read().await?, store.env().now());
    let clean = identity::clean(code);
    let clean = clean.trim_start_matches(['#', '№']);
    let mut ids = find::units_of(&mut conn, code).await?;
    if ids.is_empty() && !clean.is_empty() {
        ids = find::units_by(&mut conn, &[format!("{clean:0>4}")]).await?;
    }
    if ids.is_empty() {
        ids = by_tail(&mut conn, clean).await?;
    }
    Ok(ShootHits { units: units(&mut conn, now, &ids).await? })
}

async fn by_tail(conn: &mut SqliteConnection, tail: &str) -> AppResult<Vec<Id>> {
    if tail.chars().count() < SHORTEST_TAIL {
        return Ok(Vec::new());
    }
    let from: String = tail.chars().rev().collect();
    // Codes are ASCII letters and digits: everything that begins with `from` sorts before `from` and a tilde.
    let to = format!("{from}~");
    Ok(sqlx::query_scalar!(
        r#"SELECT s.unit_id AS "id!: Id" FROM (
             SELECT n FROM unit_state WHERE imei_rev >= ?1 AND imei_rev < ?2
             UNION SELECT n FROM unit_state WHERE imei2_rev >= ?1 AND imei2_rev < ?2
             UNION SELECT n FROM unit_state WHERE serial_rev >= ?1 AND serial_rev < ?2) t
           JOIN unit_state s ON s.n = t.n
           ORDER BY s.status = 'in_stock' DESC, s.status IN ('sold','packed') DESC, s.taken_in DESC, s.n DESC LIMIT ?3"#,
        from,
        to,
        HITS
    )
    .fetch_all(conn)
    .await?)
}

/// These units as the photographer sees them, in the order asked.
async fn units(conn: &mut SqliteConnection, now: Ms, ids: &[Id]) -> AppResult<Vec<ShootUnit>> {
    let rows = unit_rows::unit_rows(&mut *conn, now, ids).await?;
    let list = words::json_ids(ids);
    let taken = sqlx::query!(
        r#"SELECT p.unit_id AS "unit!: Id", p.id AS "id: Id", p.shot, p.shown FROM json_each(?1) j
           CROSS JOIN photos p ON p.unit_id = j.value ORDER BY p.pos, p.id"#,
        list
    )
    .fetch_all(conn)
    .await?;
    let mut by_unit: HashMap<Id, Vec<ShotTaken>> = HashMap::new();
    for r in taken {
        by_unit.entry(r.unit).or_default().push(ShotTaken { id: r.id, shot: r.shot, shown: r.shown });
    }
    Ok(rows.into_iter().map(|row| seen_by_photographer(row, &mut by_unit)).collect())
}

fn seen_by_photographer(row: UnitRow, photos: &mut HashMap<Id, Vec<ShotTaken>>) -> ShootUnit {
    let photos = photos.remove(&row.id).unwrap_or_default();
    let shots: Vec<&str> = photos.iter().map(|p| p.shot.as_str()).collect();
    let progress = shot_list::progress(row.category, &shots);
    ShootUnit {
        id: row.id,
        stock_no: row.stock_no,
        category: row.category,
        brand: row.brand,
        model: row.model,
        storage: row.storage,
        colour: row.colour,
        shelf: row.shelf,
        code_tail: row.code_tail,
        status: row.status,
        cover: row.cover,
        show: row.show,
        done: progress.done,
        needed: progress.needed,
        missing: progress.missing.into_iter().map(str::to_owned).collect(),
        photos,
    }
}

/// Says which view photographs show.
///
/// # Errors
/// `BadInput` for a view no list has, `NotFound` when a photograph is gone.
pub async fn name_shots(store: &Store, actor: &Actor, input: &PhotosShot) -> AppResult<Touched> {
    if !shot_list::known(&input.shot) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "shot"));
    }
    let out = store
        .transact(Op::NameShots, actor, async |tx: &mut Tx<'_>| {
            let list = words::json_ids(&input.ids);
            let nos = sqlx::query_scalar!(
                "SELECT DISTINCT u.stock_no FROM json_each(?1) j JOIN photos p ON p.id = j.value JOIN units u ON u.id = p.unit_id",
                list
            )
            .fetch_all(tx.conn())
            .await?;
            let named = sqlx::query!(
                "UPDATE photos SET shot = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
                list,
                input.shot
            )
            .execute(tx.conn())
            .await?
            .rows_affected();
            let asked: std::collections::HashSet<&Id> = input.ids.iter().collect();
            if named == 0 || usize::try_from(named).ok() != Some(asked.len()) {
                return Err(ErrorCode::NotFound.into());
            }
            tx.say("what", nos.join(" "));
            tx.say("n", named);
            Ok(named)
        })
        .await?;
    Ok(Touched { count: u32::try_from(out.value).unwrap_or(u32::MAX) })
}
