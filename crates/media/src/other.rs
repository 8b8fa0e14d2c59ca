//! Every format but the usual JPEG: HEIC and AVIF by `heif`, the others through the `image` crate with limits.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use stall_core::{AppError, AppResult, ErrorCode};

use crate::colour::Space;
use crate::exif::{self, Said};
use crate::heif;
use crate::sniff::Format;
use crate::worker::{Pixels, fits};

/// Bytes one picture may take while it is decoded.
const MAX_ALLOC: u64 = 640 << 20;

/// What was found beside the pixels.
pub(crate) struct Found {
    pub full: Pixels,
    pub said: Said,
    pub space: Option<Space>,
}

/// Decodes into `out` as RGB; what is transparent becomes white.
pub(crate) fn decode(bytes: &[u8], format: Format, out: &mut Vec<u8>) -> AppResult<Found> {
    let Some(known) = format.of_image() else { return heif::decode(bytes, out) };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), known);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refuse)?;
    let (width, height) = decoder.dimensions();
    fits(width.into(), height.into())?;
    if decoder.total_bytes() > MAX_ALLOC {
        return Err(AppError::new(ErrorCode::PhotoTooManyPixels).arg("limit", crate::MAX_PIXELS / 1_000_000));
    }
    let space = decoder.icc_profile().ok().flatten().map(Space::Icc);
    let said = decoder.exif_metadata().ok().flatten().map_or_else(Said::default, |tiff| exif::read(&tiff));
    // Tiled TIFFs with their planes apart end tiff 0.11 in an assertion: whole, but nothing it can read.
    let read = catch_unwind(AssertUnwindSafe(|| DynamicImage::from_decoder(decoder)));
    let gave_up = |_| AppError::new(ErrorCode::PhotoUnsupported).detail("the decoder gave up");
    let picture = read.map_err(gave_up)?.map_err(refuse)?;
    *out = if picture.color().has_alpha() { on_white(picture) } else { picture.into_rgb8().into_raw() };
    Ok(Found { full: Pixels { width: width as usize, height: height as usize }, said, space })
}

/// In place, so that a large picture is not held twice.
fn on_white(picture: DynamicImage) -> Vec<u8> {
    let mut pixels = picture.into_rgba8().into_raw();
    let count = pixels.len() / 4;
    for at in 0..count {
        let alpha = u32::from(pixels[at * 4 + 3]);
        for n in 0..3 {
            let over = u32::from(pixels[at * 4 + n]) * alpha + 255 * (255 - alpha);
            pixels[at * 3 + n] = ((over + 127) / 255) as u8;
        }
    }
    pixels.truncate(count * 3);
    pixels
}

fn refuse(error: ImageError) -> AppError {
    let code = match &error {
        ImageError::Limits(_) => ErrorCode::PhotoTooManyPixels,
        ImageError::Unsupported(_) => ErrorCode::PhotoUnsupported,
        _ if ends_early(&error) => ErrorCode::PhotoTruncated,
        _ => ErrorCode::PhotoDamaged,
    };
    let refusal = AppError::new(code).detail(&error);
    if code == ErrorCode::PhotoTooManyPixels { refusal.arg("limit", crate::MAX_PIXELS / 1_000_000) } else { refusal }
}

/// True when the bytes stopped before the picture did, in the words of whichever decoder met it.
fn ends_early(error: &ImageError) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(e) = next {
        if e.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof) {
            return true;
        }
        let said = e.to_string().to_ascii_lowercase();
        if ["unexpected e", "failed to fill whole buffer", "early eof"].iter().any(|part| said.contains(part)) {
            return true;
        }
        next = e.source();
    }
    false
}
