//! Codes that name one device: who has them now, who had them before, and what a code tells of the model.

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{CodeCheck, CodeInput, CodeKind, ModelHint, StockNo, UnitPatch, UnitStatus},
    identity,
};

use super::{book, unit_rows, words};
use crate::Store;

/// The unit other than `except` that is here (in stock, sold or packed) under this code.
pub(super) async fn holder(
    conn: &mut SqliteConnection,
    code: &str,
    except: Option<Id>,
) -> AppResult<Option<(Id, String)>> {
    let row = sqlx::query!(
        r#"SELECT u.id AS "id: Id", u.stock_no FROM units u JOIN unit_state s ON s.unit_id = u.id
           WHERE (u.imei = ?1 OR u.imei2 = ?1 OR u.meid = ?1 OR u.serial = ?1)
             AND s.status IN ('in_stock','sold','packed') AND u.id IS NOT ?2 LIMIT 1"#,
        code,
        except
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.id, r.stock_no)))
}

/// Refuses codes of a cleaned patch that another unit here has.
///
/// # Errors
/// `StockNoTaken {stock_no}`, `ImeiInStock {stock_no}`.
pub(super) async fn free(conn: &mut SqliteConnection, p: &UnitPatch, except: Option<Id>) -> AppResult<()> {
    if let Some(no) = &p.stock_no {
        let taken = sqlx::query_scalar!("SELECT 1 AS one FROM units WHERE stock_no = ?1 AND id IS NOT ?2", no, except)
            .fetch_optional(&mut *conn)
            .await?;
        if taken.is_some() {
            return Err(AppError::new(ErrorCode::StockNoTaken).arg("stock_no", no));
        }
    }
    for code in [&p.imei, &p.imei2, &p.meid, &p.serial].into_iter().flatten().filter(|c| !c.is_empty()) {
        if let Some((_, no)) = holder(&mut *conn, code, except).await? {
            return Err(AppError::new(ErrorCode::ImeiInStock).arg("stock_no", no));
        }
    }
    Ok(())
}

/// The next free stock number: one above the highest, four digits at least.
pub(super) async fn next(conn: &mut SqliteConnection) -> AppResult<String> {
    let n = sqlx::query_scalar!(
        r#"SELECT coalesce(max(CAST(stock_no AS INTEGER)), 0) + 1 AS "n!: i64" FROM units
           WHERE stock_no NOT GLOB '*[^0-9]*' AND length(stock_no) < 8"#
    )
    .fetch_one(conn)
    .await?;
    Ok(format!("{n:04}"))
}

/// The next `n` free stock numbers.
pub(crate) async fn next_numbers(conn: &mut SqliteConnection, n: usize) -> AppResult<Vec<String>> {
    let first: usize = next(conn).await?.parse().unwrap_or(1);
    Ok((first..first + n).map(|no| format!("{no:04}")).collect())
}

/// The next free stock number.
///
/// # Errors
/// Store errors only.
pub async fn next_no(store: &Store) -> AppResult<StockNo> {
    let mut conn = store.read().await?;
    Ok(StockNo { stock_no: next(&mut conn).await? })
}

/// Other lives of the device with these codes at this stall, newest first.
pub(super) async fn lives(conn: &mut SqliteConnection, codes: &[&str], except: Option<Id>) -> AppResult<Vec<Id>> {
    let codes = words::json(&codes);
    Ok(sqlx::query_scalar!(
        r#"SELECT u.id AS "id: Id" FROM units u WHERE u.id IS NOT ?2 AND u.id IN (
             SELECT id FROM units WHERE imei IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE imei2 IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE meid IN (SELECT value FROM json_each(?1))
             UNION SELECT id FROM units WHERE serial IN (SELECT value FROM json_each(?1)))
           ORDER BY u.taken_in DESC, u.id DESC LIMIT 20"#,
        codes,
        except
    )
    .fetch_all(conn)
    .await?)
}

/// Checks a code while it is typed.
///
/// # Errors
/// Store errors only: what is wrong with the code is in the answer.
pub async fn check_code(store: &Store, input: &CodeInput) -> AppResult<CodeCheck> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    let checked = match input.kind {
        CodeKind::Imei => identity::imei(&input.code),
        CodeKind::Meid => identity::meid(&input.code),
        CodeKind::Serial => identity::serial(&input.code),
        CodeKind::StockNo => identity::stock_no(&input.code),
        CodeKind::Waybill | CodeKind::OrderNo | CodeKind::Other => Ok(identity::clean(&input.code)),
    };
    let (code, mut error) = match checked {
        Ok(code) => (code, None),
        Err(e) => (identity::clean(&input.code), Some(e)),
    };
    let mut found = Vec::new();
    if error.is_none() && !code.is_empty() {
        let ids = if input.kind == CodeKind::StockNo {
            sqlx::query_scalar!(
                r#"SELECT id AS "id: Id" FROM units WHERE stock_no = ?1 AND id IS NOT ?2"#,
                code,
                input.except
            )
            .fetch_all(&mut *conn)
            .await?
        } else {
            lives(&mut conn, &[&code], input.except).await?
        };
        found = unit_rows(&mut conn, now, &ids).await?;
    }
    let here = |s| matches!(s, UnitStatus::InStock | UnitStatus::Sold | UnitStatus::Packed);
    let (mut holders, earlier): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|r| input.kind == CodeKind::StockNo || here(r.status));
    let holder = if holders.is_empty() { None } else { Some(holders.swap_remove(0)) };
    if let Some(h) = &holder {
        let why = if input.kind == CodeKind::StockNo { ErrorCode::StockNoTaken } else { ErrorCode::ImeiInStock };
        error = Some(AppError::new(why).arg("stock_no", &h.stock_no));
    }
    let learned = match identity::tac(&code) {
        Some(tac) if input.kind == CodeKind::Imei => by_tac(&mut conn, tac).await?,
        _ => None,
    };
    let (suggestion, learned_from) = learned.map_or((None, 0), |(hint, n)| (Some(hint), n));
    Ok(CodeCheck { code, error, holder, earlier, suggestion, learned_from })
}

/// What more than half of the stall's own units with this TAC are, and how many say so.
pub(super) async fn by_tac(conn: &mut SqliteConnection, tac: &str) -> AppResult<Option<(ModelHint, u32)>> {
    let to = format!("{tac}:");
    let Some(r) = sqlx::query!(
        r#"SELECT category AS "category!", brand AS "brand!", model AS "model!", count(*) AS "n!: u32",
             (SELECT count(*) FROM units WHERE imei >= ?1 AND imei < ?2 AND model <> '') AS "of!: u32"
           FROM units WHERE imei >= ?1 AND imei < ?2 AND model <> ''
           GROUP BY category, brand, model ORDER BY count(*) DESC, max(taken_in) DESC LIMIT 1"#,
        tac,
        to
    )
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(None);
    };
    if r.n * 2 <= r.of {
        return Ok(None);
    }
    let known = book::book(conn).await?.by_name(&r.model);
    let (storages, colours) = known.map(|m| (m.storages, m.colours)).unwrap_or_default();
    let hint = ModelHint { category: words::parse(&r.category)?, brand: r.brand, model: r.model, storages, colours };
    Ok(Some((hint, r.n)))
}
