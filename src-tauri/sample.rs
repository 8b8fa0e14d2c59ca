use stall_core::AppResult;
use crate::ctx::Ctx;
pub async fn open(_: &Ctx) -> AppResult<()> { Ok(()) }
pub async fn remove(_: &Ctx) -> AppResult<()> { Ok(()) }
