use sqlx::SqliteConnection;
use stall_core::{AppResult, Ms};

pub async fn refresh(_conn: &mut SqliteConnection, _now: Ms) -> AppResult<()> {
    Ok(())
}
