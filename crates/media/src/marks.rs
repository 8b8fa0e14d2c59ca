//! Marks on a photograph: what must not be read, and what must be seen.

use stall_core::photo_edit::{Edit, EditPoint, EditRect, Edits, FULL};

use crate::worker::Pixels;

/// Draws the marks in their order: everything that is blurred first, so that no blur eats an arrow.
pub(crate) fn draw(edits: &Edits, rgb: &mut [u8], size: Pixels) {
    for mark in &edits.marks {
        if let Edit::Blur { rect } = *mark {
            blur(rgb, size, rect);
        }
    }
    // Lines are as thick as suits the part that stays.
    let kept = edits.crop.map_or(1.0, |c| f64::from(c.w.max(c.h)) / f64::from(FULL));
    let half = (size.width.max(size.height) as f64 * kept * 0.0035).max(1.0);
    for mark in &edits.marks {
        let (lines, colour) = match *mark {
            Edit::Arrow { from, to, colour } => (arrow(at(from, size), at(to, size), half), colour),
            Edit::Circle { rect, colour } => (vec![Shape::ellipse(rect, size)], colour),
            _ => continue,
        };
        let rgb_of = colour.rgb();
        // A rim of the other lightness keeps a mark visible on any ground.
        let light = rgb_of.iter().map(|v| u32::from(*v)).sum::<u32>() > 520;
        let rim = if light { [30, 30, 30] } else { [255, 255, 255] };
        stroke(rgb, size, &lines, half * 1.55, rim, 0.85);
        stroke(rgb, size, &lines, half, rgb_of, 1.0);
    }
}

// ---- what must not be read ---------------------------------------------------------------------------------------------

/// Cells along the long side of a blurred part.
const CELLS: usize = 6;

/// Makes a part unreadable for good. Each of at most 6 x 6 cells becomes its mean, kept to 16 levels a channel; between the
/// cells' middles colour runs smoothly. A line of digits is one row of cells of two or three digits each: what a digit looked
/// like is not in the result, so no sharpening, and no trying of all digits, brings it back.
fn blur(rgb: &mut [u8], size: Pixels, rect: EditRect) {
    let (left, width) = span(rect.x, rect.w, size.width);
    let (top, height) = span(rect.y, rect.h, size.height);
    let count = |side: usize, other: usize| {
        let along = if side >= other { CELLS } else { (CELLS * side).div_ceil(other.max(1)) };
        // Flat parts are lines of text: one row.
        if side * 3 <= other { 1 } else { along.clamp(1, CELLS) }
    };
    let (across, down) = (count(width, height).min(width), count(height, width).min(height));
    let mut means = vec![[0u32; 3]; across * down];
    for (n, mean) in means.iter_mut().enumerate() {
        let (cx, cy) = (n % across, n / across);
        let (x0, x1) = (cx * width / across, (cx + 1) * width / across);
        let (y0, y1) = (cy * height / down, (cy + 1) * height / down);
        let mut sum = [0u64; 3];
        for y in y0..y1 {
            let row = ((top + y) * size.width + left) * 3;
            for pixel in rgb[row + x0 * 3..row + x1 * 3].chunks_exact(3) {
                sum.iter_mut().zip(pixel).for_each(|(s, v)| *s += u64::from(*v));
            }
        }
        let pixels = ((x1 - x0) * (y1 - y0)).max(1) as u64;
        *mean = sum.map(|s| ((s / pixels) as u32 >> 4) * 17);
    }
    let along = |v: usize, side: usize, cells: usize| {
        let at = ((v as f64 + 0.5) * cells as f64 / side as f64 - 0.5).clamp(0.0, cells as f64 - 1.0);
        let low = at as usize;
        (low, (low + 1).min(cells - 1), at - low as f64)
    };
    for y in 0..height {
        let (y0, y1, fy) = along(y, height, down);
        let row = ((top + y) * size.width + left) * 3;
        for (x, pixel) in rgb[row..row + width * 3].chunks_exact_mut(3).enumerate() {
            let (x0, x1, fx) = along(x, width, across);
            for (n, v) in pixel.iter_mut().enumerate() {
                let mean = |x: usize, y: usize| f64::from(means[y * across + x][n]);
                let upper = mean(x0, y0) * (1.0 - fx) + mean(x1, y0) * fx;
                let lower = mean(x0, y1) * (1.0 - fx) + mean(x1, y1) * fx;
                *v = (upper * (1.0 - fy) + lower * fy).round() as u8;
            }
        }
    }
}

/// A part of a side in pixels, rounded outwards: what is to be hidden is hidden to the last pixel.
fn span(at: u16, len: u16, side: usize) -> (usize, usize) {
    let full = usize::from(FULL);
    let from = (usize::from(at) * side / full).min(side - 1);
    let to = ((usize::from(at) + usize::from(len)) * side).div_ceil(full).clamp(from + 1, side);
    (from, to - from)
}

// ---- what must be seen -------------------------------------------------------------------------------------------------

type Point = (f64, f64);

enum Shape {
    Line(Point, Point),
    Ellipse { middle: Point, radii: Point },
}

fn at(p: EditPoint, size: Pixels) -> Point {
    let full = f64::from(FULL);
    (f64::from(p.x) / full * size.width as f64, f64::from(p.y) / full * size.height as f64)
}

/// A shaft and two barbs.
fn arrow(tail: Point, head: Point, half: f64) -> Vec<Shape> {
    let (dx, dy) = (head.0 - tail.0, head.1 - tail.1);
    let length = dx.hypot(dy).max(1e-6);
    let barb = (half * 9.0).min(length * 0.6);
    let (ux, uy) = (dx / length, dy / length);
    let end = |sin: f64| {
        let cos = 0.85;
        (head.0 - barb * (ux * cos - uy * sin), head.1 - barb * (uy * cos + ux * sin))
    };
    vec![Shape::Line(tail, head), Shape::Line(head, end(0.52)), Shape::Line(head, end(-0.52))]
}

impl Shape {
    fn ellipse(rect: EditRect, size: Pixels) -> Self {
        let a = at(EditPoint { x: rect.x, y: rect.y }, size);
        let b = at(EditPoint { x: rect.x + rect.w, y: rect.y + rect.h }, size);
        let radii = (((b.0 - a.0) / 2.0).max(0.5), ((b.1 - a.1) / 2.0).max(0.5));
        Self::Ellipse { middle: ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0), radii }
    }

    /// How far a point lies from the line; for an ellipse to first order, which is exact where it matters: near the line.
    fn distance(&self, x: f64, y: f64) -> f64 {
        match *self {
            Self::Line(a, b) => {
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let along = ((x - a.0) * dx + (y - a.1) * dy) / (dx * dx + dy * dy).max(1e-9);
                let along = along.clamp(0.0, 1.0);
                (x - a.0 - along * dx).hypot(y - a.1 - along * dy)
            }
            Self::Ellipse { middle, radii } => {
                let (px, py) = ((x - middle.0) / radii.0, (y - middle.1) / radii.1);
                let value = px * px + py * py - 1.0;
                let slope = 2.0 * (px / radii.0).hypot(py / radii.1);
                value.abs() / slope.max(1e-6)
            }
        }
    }

    fn bounds(&self) -> (f64, f64, f64, f64) {
        match *self {
            Self::Line(a, b) => (a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)),
            Self::Ellipse { middle: m, radii: r } => (m.0 - r.0, m.1 - r.1, m.0 + r.0, m.1 + r.1),
        }
    }
}

/// Draws shapes as one line of this half width, its edges smooth.
fn stroke(rgb: &mut [u8], size: Pixels, shapes: &[Shape], half: f64, colour: [u8; 3], strength: f64) {
    let (mut x0, mut y0, mut x1, mut y1) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    for (a, b, c, d) in shapes.iter().map(Shape::bounds) {
        (x0, y0, x1, y1) = (x0.min(a), y0.min(b), x1.max(c), y1.max(d));
    }
    let room = half + 2.0;
    let side = |v: f64, most: usize| v.clamp(0.0, most as f64) as usize;
    let (left, right) = (side(x0 - room, size.width), side(x1 + room, size.width));
    let (top, bottom) = (side(y0 - room, size.height), side(y1 + room, size.height));
    for y in top..bottom {
        let row = y * size.width;
        for x in left..right {
            let (px, py) = (x as f64 + 0.5, y as f64 + 0.5);
            let far = shapes.iter().map(|s| s.distance(px, py)).fold(f64::MAX, f64::min);
            let cover = (half + 0.5 - far).clamp(0.0, 1.0) * strength;
            if cover <= 0.0 {
                continue;
            }
            for (v, c) in rgb[(row + x) * 3..(row + x) * 3 + 3].iter_mut().zip(colour) {
                *v = (f64::from(*v) * (1.0 - cover) + f64::from(c) * cover).round() as u8;
            }
        }
    }
}
