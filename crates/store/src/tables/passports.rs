//! Passports: signed documents as they were issued, the keys they were signed with, and what every one says of the stall.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{PassportHead, PassportSettings, SoldPassport},
};

use super::words;
use crate::{Actor, Op, Output, Store};

const ROW: &str = "passport";
const ADDRESS_MAX: usize = 60;
const SIGNER_MAX: usize = 16;
const RETURNS_MAX: usize = 120;
/// Ten years.
const WARRANTY_MAX: u32 = 3650;

/// What every passport says of the stall.
///
/// # Errors
/// Store errors only.
pub async fn settings(store: &Store) -> AppResult<PassportSettings> {
    let mut conn = store.read().await?;
    let kept = sqlx::query_scalar!("SELECT value FROM settings WHERE id = ?1", ROW).fetch_optional(&mut *conn).await?;
    match kept {
        None => Ok(PassportSettings::default()),
        Some(text) => serde_json::from_str(&text).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e)),
    }
}

/// Replaces it; passports that were issued stay as they are.
///
/// # Errors
/// `FieldTooLong`, `BadInput {field}`.
pub async fn set_settings(store: &Store, actor: &Actor, new: PassportSettings) -> AppResult<Output<PassportSettings>> {
    let new = PassportSettings {
        address: words::limited("address", ADDRESS_MAX, &new.address)?,
        signer: words::limited("signer", SIGNER_MAX, &new.signer)?,
        warranty_days: new.warranty_days,
        returns_zh: words::limited("returns", RETURNS_MAX, &new.returns_zh)?,
        returns_en: words::limited("returns", RETURNS_MAX, &new.returns_en)?,
    };
    if new.warranty_days > WARRANTY_MAX {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "warranty_days"));
    }
    store
        .transact(Op::SetPassport, actor, async |tx| {
            let value = words::json(&new);
            sqlx::query!(
                "INSERT INTO settings(id,value) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                ROW,
                value
            )
            .execute(tx.conn())
            .await?;
            Ok(new.clone())
        })
        .await
}

/// A public key the stall signs with, or signed with before.
#[derive(Debug, Clone)]
pub struct Key {
    pub public: String,
    pub since: Ms,
    pub by: String,
    pub passports: u32,
}

/// Newest first.
///
/// # Errors
/// Store errors only.
pub async fn keys(store: &Store) -> AppResult<Vec<Key>> {
    let mut conn = store.read().await?;
    Ok(sqlx::query_as!(
        Key,
        r#"SELECT k.public, k.at AS "since: Ms", k.by,
             (SELECT count(*) FROM passports p WHERE p.key = k.public) AS "passports!: u32"
           FROM stall_keys k ORDER BY k.at DESC, k.id DESC"#
    )
    .fetch_all(&mut *conn)
    .await?)
}

/// Records a key before anything is signed with it; one that stands here already is left alone.
///
/// # Errors
/// Store errors only.
pub async fn add_key(store: &Store, actor: &Actor, public: &str) -> AppResult<()> {
    if keys(store).await?.iter().any(|k| k.public == public) {
        return Ok(());
    }
    store
        .transact(Op::NewKey, actor, async |tx| {
            let (id, at, by) = (tx.new_id()?, tx.now, tx.actor.name.clone());
            sqlx::query!("INSERT INTO stall_keys(id,public,at,by) VALUES(?1,?2,?3,?4)", id, public, at, by)
                .execute(tx.conn())
                .await?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// What is kept of a passport.
#[derive(Debug, Clone)]
pub struct Kept {
    pub id: Id,
    pub unit_id: Id,
    pub number: String,
    pub version: u32,
    pub at: Ms,
    pub by: String,
    pub grade: String,
    pub report_id: Id,
    pub seal: String,
    pub key: String,
    /// The canonical document of the public copy.
    pub document: String,
    pub salt: String,
    /// JSON: `[{kind, code}]`.
    pub codes: String,
}

/// A version to keep.
#[derive(Debug, Clone)]
pub struct New {
    pub unit_id: Id,
    pub number: String,
    pub version: u32,
    pub at: Ms,
    pub grade: String,
    pub report_id: Id,
    pub seal: String,
    pub previous: Option<String>,
    pub key: String,
    pub document: String,
    pub salt: String,
    pub codes: String,
}

/// Keeps a new version; it must follow the last one.
///
/// # Errors
/// `PassportOvertaken` when another version was issued meanwhile.
pub async fn add(store: &Store, actor: &Actor, new: New) -> AppResult<Output<Id>> {
    store
        .transact(Op::IssuePassport, actor, async |tx| {
            let last = sqlx::query!(
                r#"SELECT version AS "version: u32", seal FROM passports WHERE unit_id = ?1 ORDER BY version DESC LIMIT 1"#,
                new.unit_id
            )
            .fetch_optional(tx.conn())
            .await?;
            let (version, seal) = last.map_or((0, None), |l| (l.version, Some(l.seal)));
            if new.version != version + 1 || new.previous != seal {
                return Err(ErrorCode::PassportOvertaken.into());
            }
            tx.say("what", &new.number);
            tx.say("n", new.version);
            let (id, by) = (tx.new_id()?, tx.actor.name.clone());
            sqlx::query!(
                "INSERT INTO passports(id,unit_id,number,version,at,by,grade,report_id,seal,previous,key,document,salt,codes)
                 VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
                id,
                new.unit_id,
                new.number,
                new.version,
                new.at,
                by,
                new.grade,
                new.report_id,
                new.seal,
                new.previous,
                new.key,
                new.document,
                new.salt,
                new.codes
            )
            .execute(tx.conn())
            .await?;
            Ok(id)
        })
        .await
}

/// All versions of a unit, newest first.
///
/// # Errors
/// Store errors only.
pub async fn of_unit(store: &Store, unit: Id) -> AppResult<Vec<PassportHead>> {
    let mut conn = store.read().await?;
    heads(&mut conn, unit).await
}

async fn heads(conn: &mut SqliteConnection, unit: Id) -> AppResult<Vec<PassportHead>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: Id", number, version AS "version: u32", at AS "at: Ms", by, grade, report_id AS "report_id: Id", seal, key
           FROM passports WHERE unit_id = ?1 ORDER BY version DESC, at DESC"#,
        unit
    )
    .fetch_all(&mut *conn)
    .await?;
    let sales = sqlx::query!(
        r#"SELECT f.order_id AS "order_id!: Id", f.at AS "at: Ms" FROM facts f
           WHERE f.unit_id = ?1 AND f.kind = 'assigned' AND f.order_id IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id) ORDER BY f.at"#,
        unit
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut heads: Vec<PassportHead> = rows
        .into_iter()
        .enumerate()
        .map(|(n, r)| PassportHead {
            id: r.id,
            unit_id: unit,
            number: r.number,
            version: r.version,
            issued_at: r.at,
            by: r.by,
            grade: r.grade,
            report_id: r.report_id,
            seal: r.seal,
            key: r.key,
            latest: n == 0,
            orders: Vec::new(),
        })
        .collect();
    for sale in sales {
        // What stood when it was sold: the newest that was there.
        if let Some(head) = heads.iter_mut().find(|h| h.issued_at <= sale.at) {
            head.orders.push(sale.order_id);
        }
    }
    Ok(heads)
}

/// One version with its document.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<(PassportHead, Kept)> {
    let mut conn = store.read().await?;
    let kept = sqlx::query_as!(
        Kept,
        r#"SELECT id AS "id: Id", unit_id AS "unit_id: Id", number, version AS "version: u32", at AS "at: Ms", by, grade,
             report_id AS "report_id: Id", seal, key, document, salt, codes
           FROM passports WHERE id = ?1"#,
        id
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(ErrorCode::NotFound)?;
    let head = heads(&mut conn, kept.unit_id).await?.into_iter().find(|h| h.id == id).ok_or(ErrorCode::NotFound)?;
    Ok((head, kept))
}

/// The version with this seal, and the newest version of its unit.
///
/// # Errors
/// Store errors only.
pub async fn by_seal(store: &Store, seal: &str) -> AppResult<Option<(PassportHead, u32)>> {
    let mut conn = store.read().await?;
    let unit = sqlx::query_scalar!(r#"SELECT unit_id AS "unit_id: Id" FROM passports WHERE seal = ?1"#, seal)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(unit) = unit else { return Ok(None) };
    let heads = heads(&mut conn, unit).await?;
    let newest = heads.first().map_or(0, |h| h.version);
    Ok(heads.into_iter().find(|h| h.seal == seal).map(|h| (h, newest)))
}

/// The unit of a passport's number, the newest version first.
///
/// # Errors
/// Store errors only.
pub async fn by_number(store: &Store, number: &str) -> AppResult<Option<Id>> {
    let mut conn = store.read().await?;
    Ok(sqlx::query_scalar!(
        r#"SELECT unit_id AS "unit_id: Id" FROM passports WHERE number = ?1 ORDER BY at DESC LIMIT 1"#,
        number
    )
    .fetch_optional(&mut *conn)
    .await?)
}

/// Whether the passport of another unit has this number.
///
/// # Errors
/// Store errors only.
pub async fn taken(store: &Store, number: &str, except: Id) -> AppResult<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM passports p JOIN units u ON u.id = p.unit_id
                 WHERE p.number = ?1 AND p.unit_id <> ?2)";
    let mut conn = store.read().await?;
    Ok(sqlx::query_scalar(sql).bind(number).bind(except).fetch_one(&mut *conn).await?)
}

/// What a unit's passport was when it was given to this line: frozen, whatever is issued later.
pub(super) async fn sold_with(conn: &mut SqliteConnection, line: Id, unit: Id) -> AppResult<Option<SoldPassport>> {
    Ok(sqlx::query_as!(
        SoldPassport,
        r#"SELECT p.id AS "id: Id", p.number, p.version AS "version: u32" FROM passports p
           WHERE p.unit_id = ?2 AND p.at <= (SELECT max(f.at) FROM facts f WHERE f.line_id = ?1 AND f.unit_id = ?2
             AND f.kind = 'assigned' AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id))
           ORDER BY p.version DESC LIMIT 1"#,
        line,
        unit
    )
    .fetch_optional(conn)
    .await?)
}
