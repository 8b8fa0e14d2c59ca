//! Edits of `stall_core::photo_edit` on pixels: marks first, in the upright original, then turn, tilt and crop.

use stall_core::photo_edit::{EditRect, Edits, FULL};

use crate::marks;
use crate::orient::{Orientation, turn};
use crate::worker::Pixels;

/// How much of the long side the crop keeps, roughly: a small part must be decoded larger to fill the view.
pub(crate) fn kept(edits: &Edits) -> f64 {
    let part = edits.crop.map_or(1.0, |c| f64::from(c.w.max(c.h)) / f64::from(FULL));
    (part / if edits.tilt == 0 { 1.0 } else { 1.4 }).clamp(0.01, 1.0)
}

/// Applies the edits to `first` and leaves the result there; `second` is room to work in.
pub(crate) fn apply(edits: &Edits, first: &mut Vec<u8>, second: &mut Vec<u8>, size: Pixels) -> Pixels {
    first.truncate(size.width * size.height * 3);
    marks::draw(edits, first, size);
    let how = [Orientation::Upright, Orientation::Right, Orientation::Half, Orientation::Left];
    let how = how[usize::from(edits.quarters & 3)];
    let (width, height) = how.turned(size.width, size.height);
    let frame = Pixels { width, height };
    if how != Orientation::Upright {
        turn(first, size.width, size.height, how, second);
        std::mem::swap(first, second);
    }
    let crop = edits.crop.unwrap_or(EditRect { x: 0, y: 0, w: FULL, h: FULL });
    let (left, width) = span(crop.x, crop.w, frame.width);
    let (top, height) = span(crop.y, crop.h, frame.height);
    let out = Pixels { width, height };
    if edits.tilt == 0 {
        for y in 0..height {
            let from = ((top + y) * frame.width + left) * 3;
            first.copy_within(from..from + width * 3, y * width * 3);
        }
        first.truncate(width * height * 3);
    } else {
        tilt(first, frame, f64::from(edits.tilt) / 10.0, (left, top), out, second);
        std::mem::swap(first, second);
    }
    out
}

/// A part of a side in pixels: where it begins and how long it is, at least one.
fn span(at: u16, len: u16, side: usize) -> (usize, usize) {
    let scale = |v: u32| (v as usize * side + usize::from(FULL) / 2) / usize::from(FULL);
    let from = scale(at.into()).min(side - 1);
    (from, scale(u32::from(at) + u32::from(len)).clamp(from + 1, side) - from)
}

/// Turns the picture about its middle by `degrees` clockwise, grown just so much that no corner is empty, and writes the part
/// `out` at `at`. Between pixels it is interpolated in both directions.
fn tilt(src: &[u8], frame: Pixels, degrees: f64, at: (usize, usize), out: Pixels, dst: &mut Vec<u8>) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (w, h) = (frame.width as f64, frame.height as f64);
    let grown = cos + sin.abs() * (w / h).max(h / w);
    let (sin, cos) = (sin / grown, cos / grown);
    dst.resize(out.width * out.height * 3, 0);
    let (most_x, most_y) = ((frame.width - 1) as f64, (frame.height - 1) as f64);
    for (y, row) in dst.chunks_exact_mut(out.width * 3).enumerate() {
        let dy = (at.1 + y) as f64 + 0.5 - h / 2.0;
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let dx = (at.0 + x) as f64 + 0.5 - w / 2.0;
            let sx = (dx * cos + dy * sin + w / 2.0 - 0.5).clamp(0.0, most_x);
            let sy = (dy * cos - dx * sin + h / 2.0 - 0.5).clamp(0.0, most_y);
            let (x0, y0) = (sx as usize, sy as usize);
            let (x1, y1) = ((x0 + 1).min(frame.width - 1), (y0 + 1).min(frame.height - 1));
            let (fx, fy) = (((sx - x0 as f64) * 256.0) as u32, ((sy - y0 as f64) * 256.0) as u32);
            for (n, v) in pixel.iter_mut().enumerate() {
                let p = |x: usize, y: usize| u32::from(src[(y * frame.width + x) * 3 + n]);
                let upper = p(x0, y0) * (256 - fx) + p(x1, y0) * fx;
                let lower = p(x0, y1) * (256 - fx) + p(x1, y1) * fx;
                *v = ((upper * (256 - fy) + lower * fy + (1 << 15)) >> 16) as u8;
            }
        }
    }
}
