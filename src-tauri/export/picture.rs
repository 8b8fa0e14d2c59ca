//! The pictures of photographs for files that leave the stall.

use stall_core::AppResult;
use stall_media::{Blob, BlobStore, Format, Size, Worker, remake};
use stall_store::tables::unit_export::UnitPhoto;

/// The usual ending of a file of this format.
pub(super) fn extension(format: Option<Format>) -> &'static str {
    match format.map(Format::mime) {
        Some("image/jpeg") => "jpg",
        Some("image/png") => "png",
        Some("image/webp") => "webp",
        Some("image/gif") => "gif",
        Some("image/bmp") => "bmp",
        Some("image/tiff") => "tif",
        Some("image/heic" | "image/heif") => "heic",
        Some("image/avif") => "avif",
        _ => "bin",
    }
}

/// The copy on show, long side 1600; made again where it is missing.
pub(super) fn view(media: &BlobStore, photo: &UnitPhoto) -> AppResult<Vec<u8>> {
    let shown = Blob::parse(&photo.shown)?;
    match media.read(&shown, Size::View) {
        Ok(bytes) => Ok(bytes),
        Err(_) => {
            remake(media, &shown, &mut Worker::new()?)?;
            media.read(&shown, Size::View)
        }
    }
}
