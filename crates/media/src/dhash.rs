//! A 64-bit difference hash: near-duplicates differ in a few bits only.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use stall_core::AppResult;

use crate::worker::inner;

/// The hash of a small RGB picture, 8 rows of 8 bits, each set where brightness falls to the right; and its mean lightness,
/// 0-255.
pub(crate) fn dhash(rgb: &[u8], width: u32, height: u32, resizer: &mut Resizer) -> AppResult<(u64, u8)> {
    let grey: Vec<u8> = rgb.chunks_exact(3).map(|p| luma(p[0], p[1], p[2])).collect();
    let light = grey.iter().map(|v| u64::from(*v)).sum::<u64>() / grey.len().max(1) as u64;
    let src = Image::from_vec_u8(width, height, grey, PixelType::U8).map_err(inner)?;
    let mut small = Image::new(9, 8, PixelType::U8);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    resizer.resize(&src, &mut small, &options).map_err(inner)?;
    let bits = small.buffer().chunks_exact(9).flat_map(|row| row.windows(2));
    Ok((bits.fold(0, |hash, pair| (hash << 1) | u64::from(pair[0] > pair[1])), light as u8))
}

/// Rec. 601 luma in 8 bits.
fn luma(r: u8, g: u8, b: u8) -> u8 {
    ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8) as u8
}
