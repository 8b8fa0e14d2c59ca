//! Paired phones. A token is known by its hash only; when a phone was last seen is noted beside the change log.

use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms, Role,
    api::{LAN_ROLES, LanDevice},
};

use super::words;
use crate::{Actor, Op, Store};

const NAME_MAX: usize = 20;

/// A phone about to be paired.
#[derive(Debug, Clone)]
pub struct NewDevice {
    pub id: Id,
    pub name: String,
    pub role: Role,
    /// BLAKE3 of the token, 64 hex digits.
    pub token_hash: String,
}

/// Who is behind a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: Id,
    pub name: String,
    pub role: Role,
}

/// Checks what an invitation says.
///
/// # Errors
/// `NameMissing`, `FieldTooLong`; `BadInput` with `role` for a role that no phone may have.
pub fn checked(name: &str, role: Role) -> AppResult<String> {
    let name = words::limited("name", NAME_MAX, name)?;
    if name.is_empty() {
        return Err(ErrorCode::NameMissing.into());
    }
    if !LAN_ROLES.contains(&role) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "role"));
    }
    Ok(name)
}

/// Pairs a phone.
///
/// # Errors
/// Store errors only.
pub async fn pair(store: &Store, actor: &Actor, new: &NewDevice) -> AppResult<()> {
    store
        .transact(Op::PairDevice, actor, async |tx| {
            let (role, now) = (new.role.as_str(), tx.now);
            sqlx::query!(
                "INSERT INTO devices(id,name,role,created_at) VALUES(?1,?2,?3,?4)",
                new.id,
                new.name,
                role,
                now
            )
            .execute(tx.conn())
            .await?;
            sqlx::query!(
                "INSERT INTO device_tokens(device_id,token_hash,last_seen) VALUES(?1,?2,?3)",
                new.id,
                new.token_hash,
                now
            )
            .execute(tx.conn())
            .await?;
            tx.say("what", &new.name);
            Ok(())
        })
        .await?;
    Ok(())
}

/// Who a token belongs to, unless its right was taken away.
///
/// # Errors
/// Store errors only.
pub async fn by_token(store: &Store, token_hash: &str) -> AppResult<Option<Known>> {
    let mut conn = store.read().await?;
    let row = sqlx::query!(
        r#"SELECT d.id AS "id: Id", d.name, d.role FROM device_tokens t JOIN devices d ON d.id = t.device_id
           WHERE t.token_hash = ?1 AND d.revoked IS NULL"#,
        token_hash
    )
    .fetch_optional(&mut *conn)
    .await?;
    row.map(|r| Ok(Known { id: r.id, name: r.name, role: words::parse(&r.role)? })).transpose()
}

/// The paired phones, newest first. Whether one is connected is not for the store to know.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Vec<LanDevice>> {
    let mut conn = store.read().await?;
    let rows = sqlx::query!(
        r#"SELECT d.id AS "id: Id", d.name, d.role, d.created_at AS "at: Ms", t.last_seen AS "seen: Ms",
             (SELECT count(DISTINCT photo_id) FROM photo_receipts r WHERE r.device_id = d.id) AS "photos!: u32"
           FROM devices d LEFT JOIN device_tokens t ON t.device_id = d.id
           WHERE d.revoked IS NULL ORDER BY d.created_at DESC, d.id DESC"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let devices = rows.into_iter().map(|r| {
        let role = words::parse(&r.role)?;
        let (paired_at, last_seen) = (r.at, r.seen);
        Ok(LanDevice { id: r.id, name: r.name, role, paired_at, last_seen, connected: false, photos: r.photos })
    });
    devices.collect()
}

/// Takes a phone's right away and forgets its token, for good: an undo must not let a lost phone in again.
///
/// # Errors
/// `NotFound`.
pub async fn revoke(store: &Store, actor: &Actor, id: Id) -> AppResult<()> {
    store
        .transact(Op::RevokeDevice, actor, async |tx| {
            let now = tx.now;
            let name = sqlx::query_scalar!("SELECT name FROM devices WHERE id = ?1 AND revoked IS NULL", id)
                .fetch_one(tx.conn())
                .await?;
            sqlx::query!("UPDATE devices SET revoked = ?2 WHERE id = ?1", id, now).execute(tx.conn()).await?;
            sqlx::query!("DELETE FROM device_tokens WHERE device_id = ?1", id).execute(tx.conn()).await?;
            tx.say("what", name);
            Ok(())
        })
        .await?;
    Ok(())
}

/// Notes that a phone was here. Leaves no trace in the change log.
///
/// # Errors
/// Store errors only.
pub async fn seen(store: &Store, actor: &Actor, id: Id) -> AppResult<()> {
    store
        .transact(Op::SetUp, actor, async |tx| {
            let now = tx.now;
            sqlx::query!("UPDATE device_tokens SET last_seen = ?2 WHERE device_id = ?1", id, now)
                .execute(tx.conn())
                .await?;
            Ok(())
        })
        .await?;
    Ok(())
}
