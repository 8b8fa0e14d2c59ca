//! Barcodes in photographs: QR and Code 128, as labels of devices have them.
//!
//! Read from the 1600 copy: a label that fills a tenth of the picture still has three pixels to a bar there, and the many
//! pictures without a label cost a few milliseconds instead of the decoding of twelve million pixels.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::HybridBinarizer;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, MultiFormatReader, Reader};
use stall_core::AppResult;
use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor};

use crate::worker::inner;

/// Most pixels looked at: the copies are smaller.
const MOST: usize = 4_000_000;

/// Reads barcodes; one for each thread.
pub struct CodeReader {
    turbo: Decompressor,
}

impl std::fmt::Debug for CodeReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeReader").finish_non_exhaustive()
    }
}

impl CodeReader {
    /// # Errors
    /// `Internal` when the JPEG library cannot start (out of memory).
    pub fn new() -> AppResult<Self> {
        Ok(Self { turbo: Decompressor::new().map_err(inner)? })
    }

    /// Texts of the codes in a JPEG: a QR code, else a Code 128. Empty when there is none, or no picture.
    pub fn read(&mut self, jpeg: &[u8]) -> Vec<String> {
        let Some((grey, width, height)) = self.grey(jpeg) else { return Vec::new() };
        // A reader that panics over a strange picture must not end the batch.
        let found = catch_unwind(AssertUnwindSafe(|| codes(grey, width, height)));
        found.unwrap_or_default()
    }

    fn grey(&mut self, jpeg: &[u8]) -> Option<(Vec<u8>, u32, u32)> {
        let header = self.turbo.read_header(jpeg).ok()?;
        let (width, height) = (header.width, header.height);
        if width == 0 || height == 0 || width.checked_mul(height)? > MOST {
            return None;
        }
        self.turbo.set_scaling_factor(ScalingFactor::ONE).ok()?;
        let mut grey = vec![0; width * height];
        let image = Image { pixels: grey.as_mut_slice(), width, pitch: width, height, format: PixelFormat::GRAY };
        self.turbo.decompress(jpeg, image).ok()?;
        Some((grey, u32::try_from(width).ok()?, u32::try_from(height).ok()?))
    }
}

fn codes(grey: Vec<u8>, width: u32, height: u32) -> Vec<String> {
    let Ok(source) = Luma8LuminanceSource::new(grey, width, height) else { return Vec::new() };
    let mut picture = BinaryBitmap::new(HybridBinarizer::new(source));
    // Each by itself: a label has both, and the square one is found in a tenth of the time.
    for format in [BarcodeFormat::QR_CODE, BarcodeFormat::CODE_128] {
        let hints = DecodeHints {
            PossibleFormats: Some(HashSet::from([format])),
            TryHarder: Some(true),
            ..DecodeHints::default()
        };
        if let Ok(found) = MultiFormatReader::default().decode_with_hints(&mut picture, &hints) {
            return vec![found.getText().to_owned()];
        }
    }
    Vec::new()
}
