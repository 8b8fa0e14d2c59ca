//! The window's door: one Tauri command for the whole list, one for files.

use serde_json::Value;
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{Door, StagedFile},
};
use tauri::ipc::{InvokeBody, Request};

use super::{files::decode_name, http::detached};
use crate::{ctx::Ctx, staging::FileFrom};

/// The window's own session.
#[derive(Debug)]
pub struct WindowSession(pub String);

/// Any command of the list.
#[tauri::command]
pub async fn call(
    ctx: tauri::State<'_, Ctx>,
    session: tauri::State<'_, WindowSession>,
    name: String,
    input: Value,
    origin: Option<String>,
) -> AppResult<Value> {
    let ctx = Ctx::clone(&ctx);
    let caller = ctx.caller(&session.0, Door::Window, origin).await?;
    detached(async move { crate::dispatch(&ctx, &caller, &name, input).await }).await
}

/// A dropped or pasted file: raw bytes, the name percent-encoded in `x-name`. Async to keep the disk off the window's thread.
#[tauri::command]
pub async fn put_file(ctx: tauri::State<'_, Ctx>, request: Request<'_>) -> AppResult<StagedFile> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    let InvokeBody::Raw(bytes) = request.body() else { return Err(bad("body")) };
    let said = |key: &str| request.headers().get(key).and_then(|v| v.to_str().ok());
    let name = said("x-name").ok_or_else(|| bad("x-name"))?;
    let folder = decode_name(said("x-folder").unwrap_or_default());
    let from = FileFrom::told(&folder, said("x-modified").and_then(|ms| ms.parse().ok()));
    ctx.staging().put_from(ctx.env().new_id()?, &decode_name(name), bytes, from)
}
