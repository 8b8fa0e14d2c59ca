//! Files of other people's reports: kept by their bytes like originals of photographs, handed out as they came.

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{StagedFile, ThirdPartyFile},
};
use stall_media::{Blob, Size};
use stall_store::tables::third_party;

use crate::ctx::Ctx;

const MAX: u64 = 20 * 1024 * 1024;
/// What such reports come as.
const ENDINGS: [&str; 9] = ["pdf", "jpg", "jpeg", "png", "webp", "heic", "txt", "xlsx", "docx"];

/// Keeps a staged file, before the row that names it.
///
/// # Errors
/// `FileMissing`, `FileTooLarge {limit}`, `FileWrongType`, `FileEmpty`, `DiskFull`.
pub async fn keep(ctx: &Ctx, file: Option<Id>) -> AppResult<Option<ThirdPartyFile>> {
    let Some(id) = file else { return Ok(None) };
    let staged = ctx.staging().get(id)?;
    let ending = staged.file.name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    if !ENDINGS.contains(&ending.as_str()) {
        return Err(ErrorCode::FileWrongType.into());
    }
    let size = std::fs::metadata(&staged.path).map_err(|e| AppError::from_io(&e))?.len();
    if size > MAX {
        return Err(AppError::new(ErrorCode::FileTooLarge).arg("limit", "20 MB"));
    }
    if size == 0 {
        return Err(ErrorCode::FileEmpty.into());
    }
    let stall = ctx.stall();
    let put = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(&staged.path).map_err(|e| AppError::from_io(&e))?;
        let blob = stall.media.put(&bytes)?.as_str().to_owned();
        Ok(ThirdPartyFile { blob, name: staged.file.name, bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX) })
    });
    put.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e)).flatten().map(Some)
}

/// Stages the file of a report for handing out.
///
/// # Errors
/// `NotFound`, `FileMissing`.
pub async fn stage(ctx: &Ctx, id: Id) -> AppResult<StagedFile> {
    let stall = ctx.stall();
    let file = third_party::file(&stall.store, id).await?;
    let blob = Blob::parse(&file.blob)?;
    let read = tokio::task::spawn_blocking(move || stall.media.read(&blob, Size::Full));
    let bytes = read.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e)).flatten()?;
    ctx.staging().put(ctx.env().new_id()?, &file.name, &bytes)
}
