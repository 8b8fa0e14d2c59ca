//! A label as bits: black or white, as a thermal head prints it.

use ab_glyph::{Font, Glyph, point};
use stall_core::AppResult;

use crate::{broken, font::Fonts, layout::Laid, marks::Mark};

/// Share of a dot that must be covered for it to print. A little under half: thin strokes survive.
const INK: f32 = 0.42;

/// Rows of bits, eight to a byte, leftmost in the highest bit; 1 is black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    pub width: i32,
    pub height: i32,
    /// Bytes of a row.
    pub stride: usize,
    pub data: Vec<u8>,
}

impl Bits {
    /// White.
    #[must_use]
    pub fn white(width: i32, height: i32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let stride = width.unsigned_abs().div_ceil(8) as usize;
        Self { width, height, stride, data: vec![0; stride * height.unsigned_abs() as usize] }
    }

    /// Whether a dot is black; outside is white.
    #[must_use]
    pub fn get(&self, x: i32, y: i32) -> bool {
        self.place(x, y).is_some_and(|(i, bit)| self.data.get(i).is_some_and(|b| b & bit != 0))
    }

    fn set(&mut self, x: i32, y: i32, black: bool) {
        let Some((i, bit)) = self.place(x, y) else { return };
        let Some(byte) = self.data.get_mut(i) else { return };
        if black { *byte |= bit } else { *byte &= !bit }
    }

    fn place(&self, x: i32, y: i32) -> Option<(usize, u8)> {
        if x < 0 || y < 0 || x >= self.width || y >= self.height {
            return None;
        }
        Some((y.unsigned_abs() as usize * self.stride + (x / 8).unsigned_abs() as usize, 0x80 >> (x % 8)))
    }

    /// Paints a label.
    #[must_use]
    pub fn of(fonts: &Fonts, label: &Laid) -> Self {
        let mut bits = Self::white(label.width, label.height);
        bits.paint(fonts, &label.marks, 0);
        bits
    }

    /// Labels below each other with a line of white between them.
    #[must_use]
    pub fn strip(fonts: &Fonts, labels: &[Laid]) -> Self {
        const BETWEEN: i32 = 16;
        let width = labels.iter().map(|l| l.width).max().unwrap_or(1);
        let height = labels.iter().map(|l| l.height + BETWEEN).sum::<i32>() - BETWEEN;
        let (mut bits, mut top) = (Self::white(width, height), 0);
        for label in labels {
            bits.paint(fonts, &label.marks, top);
            top += label.height + BETWEEN;
        }
        bits
    }

    fn paint(&mut self, fonts: &Fonts, marks: &[Mark], top: i32) {
        for mark in marks {
            match mark {
                Mark::Rect { x, y, w, h } => {
                    for y in *y..y + h {
                        (*x..x + w).for_each(|x| self.set(x, y + top, true));
                    }
                }
                Mark::Text { x, y, em, weight, white, text } => {
                    let face = fonts.face(*weight);
                    let mut at = 0.0;
                    for c in text.chars() {
                        let id = face.glyph(c);
                        let place = point((*x as f32 + at).round(), (*y + top) as f32);
                        at += face.advance(id) * em;
                        let glyph = Glyph { id, scale: face.scale(*em).into(), position: place };
                        let Some(outline) = face.font.outline_glyph(glyph) else { continue };
                        let corner = outline.px_bounds().min;
                        outline.draw(|gx, gy, cover| {
                            if cover >= INK {
                                self.set(corner.x as i32 + gx as i32, corner.y as i32 + gy as i32, !white);
                            }
                        });
                    }
                }
            }
        }
    }

    /// The same moved right and down.
    #[must_use]
    pub fn shifted(&self, dx: i32, dy: i32) -> Self {
        if (dx, dy) == (0, 0) {
            return self.clone();
        }
        let mut moved = Self::white(self.width, self.height);
        for y in 0..self.height {
            for x in 0..self.width {
                if self.get(x, y) {
                    moved.set(x + dx, y + dy, true);
                }
            }
        }
        moved
    }

    /// A PNG of one bit a dot, with its resolution.
    ///
    /// # Errors
    /// `Internal` only.
    pub fn png(&self, dots_per_mm: f32) -> AppResult<Vec<u8>> {
        let mut out = Vec::new();
        let mut png = png::Encoder::new(&mut out, self.width.unsigned_abs(), self.height.unsigned_abs());
        png.set_color(png::ColorType::Grayscale);
        png.set_depth(png::BitDepth::One);
        let per_metre = (dots_per_mm * 1000.0).round() as u32;
        png.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
        // In a PNG 1 is white.
        let inverted: Vec<u8> = self.data.iter().map(|b| !b).collect();
        let mut writer = png.write_header().map_err(broken)?;
        writer.write_image_data(&inverted).map_err(broken)?;
        writer.finish().map_err(broken)?;
        Ok(out)
    }
}
