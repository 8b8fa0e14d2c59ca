use sqlx::SqliteConnection;
use stall_core::AppResult;

pub async fn refresh(_conn: &mut SqliteConnection) -> AppResult<()> {
    Ok(())
}
