//! Words on pictures.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use stall_core::AppResult;

use crate::picture::Picture;
use crate::worker::inner;

/// From the top of a line to the baseline, and of the whole line, in ems.
const ASCENT: f32 = 0.92;
const LINE: f32 = 1.2;

/// A face to write with.
#[derive(Debug)]
pub struct Face(FontRef<'static>);

/// How much of each pixel is ink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ink {
    pub width: usize,
    pub height: usize,
    pub alpha: Vec<u8>,
}

impl Face {
    /// # Errors
    /// `Internal` for bytes that are no font.
    pub fn open(bytes: &'static [u8]) -> AppResult<Self> {
        Ok(Self(FontRef::try_from_slice(bytes).map_err(inner)?))
    }

    fn scale(&self, em: f32) -> PxScale {
        let units = self.0.units_per_em().unwrap_or(1000.0);
        PxScale::from(em * self.0.height_unscaled() / units)
    }

    /// Width of a line in pixels at this em. Characters that the face does not have are left out.
    #[must_use]
    pub fn width(&self, em: f32, text: &str) -> f32 {
        let font = self.0.as_scaled(self.scale(em));
        self.known(text).map(|c| font.h_advance(font.glyph_id(c))).sum()
    }

    fn known<'a>(&'a self, text: &'a str) -> impl Iterator<Item = char> + 'a {
        text.chars().filter(|c| self.0.glyph_id(*c).0 != 0)
    }

    /// One line.
    pub(crate) fn ink(&self, em: f32, text: &str) -> Ink {
        let scale = self.scale(em);
        let font = self.0.as_scaled(scale);
        let (width, height) = ((self.width(em, text).ceil() as usize).max(1), ((em * LINE).ceil() as usize).max(1));
        let mut alpha = vec![0u8; width * height];
        let mut x = 0.0;
        for c in self.known(text) {
            let id = font.glyph_id(c);
            if let Some(outline) = self.0.outline_glyph(id.with_scale_and_position(scale, point(x, em * ASCENT))) {
                let at = outline.px_bounds().min;
                outline.draw(|dx, dy, cover| {
                    let (px, py) = (at.x as i64 + i64::from(dx), at.y as i64 + i64::from(dy));
                    if let (Ok(px), Ok(py)) = (usize::try_from(px), usize::try_from(py))
                        && px < width
                        && py < height
                    {
                        let spot = &mut alpha[py * width + px];
                        *spot = (*spot).max((cover * 255.0) as u8);
                    }
                });
            }
            x += font.h_advance(id);
        }
        Ink { width, height, alpha }
    }

    /// Writes a line in one colour with its top left corner here, cut off at `width` with an ellipsis.
    pub fn write(
        &self,
        on: &mut Picture,
        em: f32,
        text: &str,
        (left, top): (usize, usize),
        width: usize,
        colour: [u8; 3],
    ) {
        let text = self.fitting(em, text, width as f32);
        let ink = self.ink(em, &text);
        for y in 0..ink.height.min(on.height.saturating_sub(top)) {
            for x in 0..ink.width.min(on.width.saturating_sub(left)) {
                let a = u32::from(ink.alpha[y * ink.width + x]);
                let at = ((top + y) * on.width + left + x) * 3;
                for (n, c) in colour.iter().enumerate() {
                    let under = u32::from(on.rgb[at + n]);
                    on.rgb[at + n] = ((under * (255 - a) + u32::from(*c) * a + 127) / 255) as u8;
                }
            }
        }
    }

    fn fitting(&self, em: f32, text: &str, width: f32) -> String {
        if self.width(em, text) <= width {
            return text.to_owned();
        }
        let mut kept: String = text.to_owned();
        while kept.pop().is_some() {
            let cut = format!("{}…", kept.trim_end());
            if self.width(em, &cut) <= width {
                return cut;
            }
        }
        String::new()
    }
}
