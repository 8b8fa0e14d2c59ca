//! Copies of photographs that are made when they are asked for: edited ones, lost ones, and large ones to look at closely.

use std::sync::Arc;

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{PhotoEdit, Touched},
    photo_edit::Edits,
};
use stall_media::{Blob, Size, Worker, enlarge, make_edited, sniff};
use stall_store::{
    Actor,
    tables::{photo_edits, photo_edits::Edited},
};

use crate::stall::Stall;

/// Files before rows: the edited picture is on disk before a row shows it.
///
/// # Errors
/// `NotFound`, `BadInput` for edits that are none, `FileMissing` when the original is gone, `DiskFull`.
pub async fn edit(stall: &Arc<Stall>, actor: &Actor, input: PhotoEdit) -> AppResult<Touched> {
    let edits = Edits::of(&input.edits)?;
    let blob = photo_edits::get(&stall.store, input.id).await?.blob;
    make(stall, Edited { blob, edits: edits.clone() }).await?;
    photo_edits::set(&stall.store, actor, input.id, &edits).await
}

/// Makes the two copies under the name of the edits; of an original without edits, its own.
///
/// # Errors
/// As [`edit`].
pub async fn make(stall: &Arc<Stall>, of: Edited) -> AppResult<()> {
    let stall = stall.clone();
    blocking(move || make_edited(&stall.media, &Blob::parse(&of.blob)?, &of.edits, &mut Worker::new()?)).await?;
    Ok(())
}

/// A copy by its name; one that is missing is made again, from the original or from the row that shows it edited.
///
/// # Errors
/// `FileMissing`, or as [`edit`].
pub async fn load(stall: &Arc<Stall>, name: Blob, size: Size) -> AppResult<(Vec<u8>, &'static str)> {
    let at = stall.media.path(&name, size);
    if let Ok(bytes) = tokio::fs::read(&at).await {
        let mime = if size == Size::Full { sniff(&bytes, "").map_or(BYTES, |f| f.mime()) } else { JPEG };
        return Ok((bytes, mime));
    }
    if size == Size::Full {
        return Err(AppError::new(ErrorCode::FileMissing).arg("name", name.as_str()));
    }
    make(stall, source(stall, &name).await?).await?;
    let stall = stall.clone();
    blocking(move || Ok((stall.media.read(&name, size)?, JPEG))).await
}

/// What to look at closely: the original where every web view shows it, else the whole picture with its edits as a JPEG.
///
/// # Errors
/// As [`load`].
pub async fn close_up(stall: &Arc<Stall>, name: Blob) -> AppResult<(Vec<u8>, &'static str)> {
    let of = source(stall, &name).await?;
    let stall = stall.clone();
    blocking(move || {
        let blob = Blob::parse(&of.blob)?;
        if of.edits.is_empty() {
            let bytes = stall.media.read(&blob, Size::Full)?;
            if let Some(format) = sniff(&bytes, "").ok().filter(|f| f.is_shown_everywhere()) {
                return Ok((bytes, format.mime()));
            }
        }
        Ok((enlarge(&stall.media, &blob, &of.edits, &mut Worker::new()?)?, JPEG))
    })
    .await
}

const JPEG: &str = "image/jpeg";
const BYTES: &str = "application/octet-stream";

/// Where a picture of this name comes from.
async fn source(stall: &Arc<Stall>, name: &Blob) -> AppResult<Edited> {
    let original = tokio::fs::try_exists(stall.media.path(name, Size::Full)).await.unwrap_or(false);
    if !original && let Some(edited) = photo_edits::by_shown(&stall.store, name.as_str()).await? {
        return Ok(edited);
    }
    Ok(Edited { blob: name.as_str().to_owned(), edits: Edits::default() })
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> AppResult<T> + Send + 'static) -> AppResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}
