//! Reports of others about a unit: a supplier's, an alliance's. Kept beside our own, never mixed with it.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{ThirdParties, ThirdParty, ThirdPartyFile, ThirdPartyInput},
    inspection::answer,
};

use super::{inspections, words};
use crate::{Actor, Op, Store, Tx};

/// Reports of others one unit can have.
const MOST: usize = 20;

/// Reports of others about a unit, newest first.
pub(super) async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<Vec<ThirdParty>> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id: Id", issuer, number, date, url, note, blob, file_name, bytes AS "bytes: u32", at AS "at: Ms", by
           FROM third_party_reports WHERE unit_id = ?1 ORDER BY at DESC, id DESC"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| ThirdParty {
            id: r.id,
            unit_id: unit,
            issuer: r.issuer,
            number: r.number,
            date: r.date,
            url: r.url,
            note: r.note,
            file: r.blob.map(|blob| ThirdPartyFile { blob, name: r.file_name, bytes: r.bytes }),
            added: r.at,
            by: r.by,
        })
        .collect())
}

/// Reports of others about a unit.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store, unit: Id) -> AppResult<ThirdParties> {
    let mut conn = store.read().await?;
    Ok(ThirdParties { reports: of_unit(&mut conn, unit).await? })
}

/// Keeps a report of somebody else; its file is stored already.
///
/// # Errors
/// `NameMissing` without an issuer, `BadInput {field}` for a day there is not or an address that is none, `FieldTooLong`,
/// `NotFound`.
pub async fn add(
    store: &Store,
    actor: &Actor,
    input: &ThirdPartyInput,
    file: Option<ThirdPartyFile>,
) -> AppResult<ThirdParty> {
    let issuer = words::limited("issuer", 60, &input.issuer)?;
    let number = words::limited("number", 60, &input.number)?;
    let (date, note) = (input.date.trim().to_owned(), words::limited("note", 500, &input.note)?);
    let url = words::limited("url", 300, &input.url)?;
    if issuer.is_empty() {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "issuer"));
    }
    if !date.is_empty() && !answer::is_day(&date) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "date"));
    }
    if !(url.is_empty() || url.starts_with("https://") || url.starts_with("http://")) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "url"));
    }
    let out = store
        .transact(Op::AddThirdParty, actor, async |tx: &mut Tx<'_>| {
            inspections::say_unit(tx, input.unit_id).await?;
            if of_unit(tx.conn(), input.unit_id).await?.len() >= MOST {
                return Err(AppError::new(ErrorCode::BadInput).arg("field", "unit_id"));
            }
            let (id, now, by) = (tx.new_id()?, tx.now, tx.actor.name.clone());
            let (blob, name) = (file.as_ref().map(|f| f.blob.clone()), file.as_ref().map_or("", |f| f.name.as_str()));
            let bytes = file.as_ref().map_or(0, |f| f.bytes);
            sqlx::query!(
                "INSERT INTO third_party_reports(id,unit_id,issuer,number,date,url,note,blob,file_name,bytes,at,by)
                 VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
                id,
                input.unit_id,
                issuer,
                number,
                date,
                url,
                note,
                blob,
                name,
                bytes,
                now,
                by
            )
            .execute(tx.conn())
            .await?;
            tx.say("issuer", &issuer);
            let all = of_unit(tx.conn(), input.unit_id).await?;
            all.into_iter().find(|t| t.id == id).ok_or_else(|| ErrorCode::NotFound.into())
        })
        .await?;
    Ok(out.value)
}

/// Removes one.
///
/// # Errors
/// `NotFound`.
pub async fn remove(store: &Store, actor: &Actor, id: Id) -> AppResult<()> {
    store
        .transact(Op::RemoveThirdParty, actor, async |tx: &mut Tx<'_>| {
            let r = sqlx::query!(r#"SELECT unit_id AS "unit: Id", issuer FROM third_party_reports WHERE id = ?1"#, id)
                .fetch_one(tx.conn())
                .await?;
            sqlx::query!("DELETE FROM third_party_reports WHERE id = ?1", id).execute(tx.conn()).await?;
            inspections::say_unit(tx, r.unit).await?;
            tx.say("issuer", r.issuer);
            Ok(())
        })
        .await?;
    Ok(())
}

/// The file of a report.
///
/// # Errors
/// `NotFound`, also when the report has no file.
pub async fn file(store: &Store, id: Id) -> AppResult<ThirdPartyFile> {
    let mut conn = store.read().await?;
    let r = sqlx::query!(
        r#"SELECT blob AS "blob!", file_name, bytes AS "bytes: u32" FROM third_party_reports
           WHERE id = ?1 AND blob IS NOT NULL"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    Ok(ThirdPartyFile { blob: r.blob, name: r.file_name, bytes: r.bytes })
}
