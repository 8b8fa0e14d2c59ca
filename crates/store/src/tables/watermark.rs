//! The stall's watermark: a row of the settings of its own, so that a logo does not travel with every look at them.

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{MarkPlace, Watermark},
};

use super::words;
use crate::{Actor, Op, Store};

const ROW: &str = "watermark";
const TEXT_MAX: usize = 60;
/// Characters of base64: a logo of about 380 KB.
const LOGO_MAX: usize = 512 << 10;

/// What a new stall starts with.
#[must_use]
pub fn defaults() -> Watermark {
    Watermark { place: MarkPlace::Corner, text: "{stall} {no}".to_owned(), logo: None, opacity: 60, size: 4 }
}

/// The stall's watermark.
///
/// # Errors
/// Store errors only.
pub async fn get(store: &Store) -> AppResult<Watermark> {
    let mut conn = store.read().await?;
    let kept = sqlx::query_scalar!("SELECT value FROM settings WHERE id = ?1", ROW).fetch_optional(&mut *conn).await?;
    match kept {
        Some(text) => serde_json::from_str(&text).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e)),
        None => Ok(defaults()),
    }
}

/// Checks a watermark; whether its logo is a picture is for others to say.
///
/// # Errors
/// `FieldTooLong`, `FileTooLarge`, `BadInput {field}`.
pub fn checked(mut mark: Watermark) -> AppResult<Watermark> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    mark.text = words::limited("text", TEXT_MAX, &mark.text)?;
    mark.logo = mark.logo.filter(|l| !l.is_empty());
    if mark.logo.as_ref().is_some_and(|l| l.len() > LOGO_MAX) {
        return Err(AppError::new(ErrorCode::FileTooLarge).arg("limit", "380 KB"));
    }
    if !(5..=100).contains(&mark.opacity) {
        return Err(bad("opacity"));
    }
    if !(2..=20).contains(&mark.size) {
        return Err(bad("size"));
    }
    Ok(mark)
}

/// Replaces the watermark.
///
/// # Errors
/// As [`checked`].
pub async fn set(store: &Store, actor: &Actor, mark: Watermark) -> AppResult<Watermark> {
    let mark = checked(mark)?;
    let value = words::json(&mark);
    store
        .transact(Op::SetSettings, actor, async |tx| {
            sqlx::query!(
                "INSERT INTO settings(id,value) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                ROW,
                value
            )
            .execute(tx.conn())
            .await?;
            Ok(())
        })
        .await?;
    Ok(mark)
}
