//! Photographs that have no unit yet: shot first, named later. Those of one device share a group.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{Photo, Touched, Tray, TrayAssign, TrayGroup, TrayMove, TrayMoved, TrayNewUnit, UnitDetail},
    rank,
};

use super::{units, words};
use crate::{Actor, Op, Store, Tx};

/// Groups listed at once; who has more works from the top.
const GROUPS: i64 = 100;
const NAME_MAX: usize = 64;

/// Every group, newest first.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Tray> {
    let mut conn = store.read().await?;
    let n = sqlx::query!(
        r#"SELECT count(DISTINCT tray) AS "groups!: u32", count(*) AS "photos!: u32" FROM photos WHERE unit_id IS NULL"#
    )
    .fetch_one(&mut *conn)
    .await?;
    let found = sqlx::query!(
        r#"SELECT tray AS "tray!", min(added_at) AS "first!: Ms", max(added_at) AS "last!: Ms" FROM photos
           WHERE unit_id IS NULL GROUP BY tray ORDER BY max(added_at) DESC, tray LIMIT ?1"#,
        GROUPS
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut groups = Vec::with_capacity(found.len());
    for g in found {
        let photos = of_group(&mut conn, &g.tray).await?;
        groups.push(TrayGroup { tray: g.tray, photos, first: g.first, last: g.last });
    }
    Ok(Tray { groups, groups_total: n.groups, photos_total: n.photos })
}

async fn of_group(conn: &mut SqliteConnection, tray: &str) -> AppResult<Vec<Photo>> {
    Ok(sqlx::query_as!(
        Photo,
        r#"SELECT id AS "id: Id", unit_id AS "unit_id: Id", tray, blob, shown, edits IS NOT NULL AS "edited!: bool", shot, source,
             file_name, width AS "width: u32", height AS "height: u32", bytes AS "bytes: u32", sharp AS "sharp: u8",
             light AS "light: u8", taken_at AS "taken_at: Ms", added_at AS "added_at: Ms"
           FROM photos WHERE unit_id IS NULL AND tray = ?1 ORDER BY pos, id"#,
        tray
    )
    .fetch_all(conn)
    .await?)
}

async fn ids_of(conn: &mut SqliteConnection, tray: &str) -> AppResult<Vec<Id>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id: Id" FROM photos WHERE unit_id IS NULL AND tray = ?1 ORDER BY pos, id"#,
        tray
    )
    .fetch_all(conn)
    .await?)
}

/// Gives a group's photographs to a unit, behind those it has.
///
/// # Errors
/// `NotFound` when the group or the unit is gone.
pub async fn assign(store: &Store, actor: &Actor, input: &TrayAssign) -> AppResult<Touched> {
    let out = store
        .transact(Op::AssignTray, actor, async |tx: &mut Tx<'_>| {
            let no = sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", input.unit_id)
                .fetch_one(tx.conn())
                .await?;
            let n = give(tx, &input.tray, input.unit_id).await?;
            tx.say("what", no);
            tx.say("n", n);
            Ok(n)
        })
        .await?;
    Ok(Touched { count: u32::try_from(out.value).unwrap_or(u32::MAX) })
}

/// Takes a unit into stock with a group's photographs, in their order. One step: undo takes both back.
///
/// # Errors
/// As [`units::add`]; `NotFound` when the group is gone.
pub async fn new_unit(store: &Store, actor: &Actor, input: &TrayNewUnit) -> AppResult<UnitDetail> {
    let p = units::new_unit(&input.patch)?;
    let out = store
        .transact(Op::TakeInTray, actor, async |tx: &mut Tx<'_>| {
            let id = units::take_in(tx, p).await?;
            give(tx, &input.tray, id).await?;
            Ok(id)
        })
        .await?;
    units::get(store, out.value).await
}

/// Moves every photograph of the group to the unit; answers how many.
async fn give(tx: &mut Tx<'_>, tray: &str, unit: Id) -> AppResult<usize> {
    let ids = ids_of(tx.conn(), tray).await?;
    if ids.is_empty() {
        return Err(ErrorCode::NotFound.into());
    }
    let last = sqlx::query_scalar!(r#"SELECT max(pos) AS "pos: String" FROM photos WHERE unit_id = ?1"#, unit)
        .fetch_one(tx.conn())
        .await?;
    for (id, pos) in ids.iter().zip(rank::n_between(last.as_deref(), None, ids.len())) {
        sqlx::query!("UPDATE photos SET unit_id = ?2, tray = NULL, pos = ?3 WHERE id = ?1", id, unit, pos)
            .execute(tx.conn())
            .await?;
    }
    Ok(ids.len())
}

/// Moves photographs of the tray behind those of another group, or into one of their own.
///
/// # Errors
/// `BadInput` for no photograph or a name that is none, `NotFound` when one of them is not in the tray.
pub async fn move_photos(store: &Store, actor: &Actor, input: &TrayMove) -> AppResult<TrayMoved> {
    let bad = |field| AppError::new(ErrorCode::BadInput).arg("field", field);
    let asked: std::collections::HashSet<&Id> = input.photo_ids.iter().collect();
    if asked.is_empty() || asked.len() != input.photo_ids.len() {
        return Err(bad("photo_ids"));
    }
    let to = match &input.tray {
        Some(tray) => words::limited("tray", NAME_MAX, tray)?,
        None => store.env().new_id()?.to_string(),
    };
    if to.is_empty() {
        return Err(bad("tray"));
    }
    let n = input.photo_ids.len();
    store
        .transact(Op::MoveTray, actor, async |tx: &mut Tx<'_>| {
            let list = words::json_ids(&input.photo_ids);
            // In the order they stand in, whatever order they were picked in.
            let ids = sqlx::query_scalar!(
                r#"SELECT p.id AS "id: Id" FROM json_each(?1) j JOIN photos p ON p.id = j.value
                   WHERE p.unit_id IS NULL AND p.tray IS NOT ?2 ORDER BY p.tray, p.pos, p.id"#,
                list,
                to
            )
            .fetch_all(tx.conn())
            .await?;
            if ids.len() != n {
                return Err(ErrorCode::NotFound.into());
            }
            let last = sqlx::query_scalar!(
                r#"SELECT max(pos) AS "pos: String" FROM photos WHERE unit_id IS NULL AND tray = ?1"#,
                to
            )
            .fetch_one(tx.conn())
            .await?;
            for (id, pos) in ids.iter().zip(rank::n_between(last.as_deref(), None, n)) {
                sqlx::query!("UPDATE photos SET tray = ?2, pos = ?3 WHERE id = ?1", id, to, pos)
                    .execute(tx.conn())
                    .await?;
            }
            tx.say("n", n);
            Ok(())
        })
        .await?;
    Ok(TrayMoved { tray: to, count: u32::try_from(n).unwrap_or(u32::MAX) })
}
