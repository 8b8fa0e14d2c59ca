//! Native dialogues: choosing and saving files. Only the window has them.

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{ById, Empty, PickInput, Picked, Saved},
};

use crate::ctx::{Caller, Ctx};

/// Files are used where they lie; only their size is looked at.
pub async fn files_pick(ctx: &Ctx, _: &Caller, input: PickInput) -> AppResult<Picked> {
    let paths = ctx.dialogs()?.pick(input.kind).await?;
    let stage = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ctx.staging().add(ctx.env().new_id()?, &name, path)
    };
    Ok(Picked { files: paths.into_iter().map(stage).collect::<AppResult<_>>()? })
}

pub async fn files_save(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<Saved> {
    let staged = ctx.staging().get(input.id)?;
    let Some(to) = ctx.dialogs()?.save(&staged.file.name).await else { return Ok(Saved { path: None }) };
    let copied = tokio::fs::copy(&staged.path, &to).await;
    if let Err(e) = copied {
        // A disk that filled up must not keep half a file that looks whole.
        tokio::fs::remove_file(&to).await.ok();
        return Err(AppError::from_io(&e).arg("name", &staged.file.name));
    }
    Ok(Saved { path: Some(to.display().to_string()) })
}

/// Only documents are opened: whatever else the system would start a program for stays a file.
pub async fn files_open(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<Empty> {
    ctx.dialogs()?;
    let staged = ctx.staging().get(input.id)?;
    if !staged.file.name.ends_with(".pdf") {
        return Err(AppError::new(ErrorCode::FileWrongType).arg("name", staged.file.name));
    }
    // Viewers go by the ending.
    let shown = ctx.staging().place(input.id).with_extension("pdf");
    tokio::fs::copy(&staged.path, &shown).await.map_err(|e| AppError::from_io(&e).arg("name", &staged.file.name))?;
    open::that_detached(&shown).map_err(|e| AppError::new(ErrorCode::NoViewer).detail(e))?;
    Ok(Empty {})
}
