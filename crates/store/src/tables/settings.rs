//! The stall's settings: one row, JSON, so that an older program keeps what a newer one wrote beside it.

use sqlx::SqliteConnection;
use stall_core::{AppError, AppResult, ErrorCode, api::Settings, platforms};

use super::words;
use crate::{Actor, Op, Output, Store};

const ROW: &str = "stall";
/// Ship-by hours a person may set: an hour to sixty days.
const HOURS: std::ops::RangeInclusive<u32> = 1..=1440;
const NAME_MAX: usize = 40;
const LINE_MAX: usize = 80;
const AGEING_MAX: u32 = 3650;
const AGEING: u32 = 45;

/// What a new stall starts with.
#[must_use]
pub fn defaults() -> Settings {
    Settings {
        stall_name: String::new(),
        ship_hours: platforms::default_ship_hours(),
        bulk_ship_columns: platforms::bulk_ship_columns(),
        gift_line: String::new(),
        ageing_days: AGEING,
    }
}

/// The settings; what was never set has its default.
///
/// # Errors
/// Store errors only.
pub async fn get(store: &Store) -> AppResult<Settings> {
    let mut conn = store.read().await?;
    read(&mut conn).await
}

pub(crate) async fn read(conn: &mut SqliteConnection) -> AppResult<Settings> {
    let kept = sqlx::query_scalar!("SELECT value FROM settings WHERE id = ?1", ROW).fetch_optional(conn).await?;
    let mut all = defaults();
    if let Some(text) = kept {
        let kept: Settings =
            serde_json::from_str(&text).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?;
        // A platform added by a later version keeps its default.
        all.ship_hours.extend(kept.ship_hours);
        all.bulk_ship_columns.extend(kept.bulk_ship_columns);
        all.stall_name = kept.stall_name;
        all.gift_line = kept.gift_line;
        all.ageing_days = kept.ageing_days;
    }
    Ok(all)
}

/// Replaces the settings.
///
/// # Errors
/// `BadInput` with `field` for hours, days or columns out of range; `FieldTooLong`.
pub async fn set(store: &Store, actor: &Actor, new: Settings) -> AppResult<Output<Settings>> {
    let new = checked(new)?;
    store
        .transact(Op::SetSettings, actor, async |tx| {
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

fn checked(mut s: Settings) -> AppResult<Settings> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    s.stall_name = words::limited("stall_name", NAME_MAX, &s.stall_name)?;
    s.gift_line = words::limited("gift_line", LINE_MAX, &s.gift_line)?;
    if !(1..=AGEING_MAX).contains(&s.ageing_days) {
        return Err(bad("ageing_days"));
    }
    for (platform, hours) in &s.ship_hours {
        if platforms::platform(platform).is_none() || !HOURS.contains(hours) {
            return Err(bad("ship_hours"));
        }
    }
    for (platform, columns) in &mut s.bulk_ship_columns {
        if platforms::platform(platform).is_none() {
            return Err(bad("bulk_ship_columns"));
        }
        for c in columns.iter_mut() {
            *c = words::limited("bulk_ship_columns", NAME_MAX, c)?;
            if c.is_empty() {
                return Err(bad("bulk_ship_columns"));
            }
        }
    }
    Ok(s)
}
