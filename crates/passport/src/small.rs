//! Photographs as small as their place on paper needs: a passport of a megabyte is not sent.

use std::sync::Arc;

use image::{ImageFormat, codecs::jpeg::JpegEncoder, imageops::FilterType};
use stall_core::{AppError, AppResult, ErrorCode};

const QUALITY: u8 = 78;

type Wanted = (String, Arc<Vec<u8>>, u32);

/// Each with its longer side at most so many pixels, on all cores.
///
/// # Errors
/// `PhotoDamaged` for bytes that are no JPEG.
pub fn all(wanted: Vec<Wanted>) -> AppResult<Vec<(String, Arc<Vec<u8>>)>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).clamp(1, 4);
    let size = wanted.len().div_ceil(threads).max(1);
    std::thread::scope(|s| {
        let work: Vec<_> = wanted
            .chunks(size)
            .map(|part| s.spawn(move || part.iter().map(one).collect::<AppResult<Vec<_>>>()))
            .collect();
        let mut out = Vec::new();
        for w in work {
            out.extend(w.join().map_err(|_| AppError::new(ErrorCode::Internal).detail("a picture's thread"))??);
        }
        Ok(out)
    })
}

fn one((name, jpeg, side): &Wanted) -> AppResult<(String, Arc<Vec<u8>>)> {
    let bad = |e: image::ImageError| AppError::new(ErrorCode::PhotoDamaged).arg("name", name).detail(e);
    let picture = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).map_err(bad)?.into_rgb8();
    let (w, h) = picture.dimensions();
    if w.max(h) <= *side && jpeg.len() < 90_000 {
        return Ok((name.clone(), jpeg.clone()));
    }
    let scale = (f64::from(*side) / f64::from(w.max(h))).min(1.0);
    let to = |n: u32| ((f64::from(n) * scale).round() as u32).max(1);
    let small = image::imageops::resize(&picture, to(w), to(h), FilterType::Triangle);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&small).map_err(bad)?;
    Ok((name.clone(), Arc::new(out)))
}

/// Width and height of a JPEG in pixels.
///
/// # Errors
/// `PhotoDamaged`.
pub fn size(jpeg: &[u8]) -> AppResult<(u32, u32)> {
    let reader = image::ImageReader::with_format(std::io::Cursor::new(jpeg), ImageFormat::Jpeg);
    reader.into_dimensions().map_err(|e| AppError::new(ErrorCode::PhotoDamaged).detail(e))
}
