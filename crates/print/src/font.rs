//! The two built-in faces: measures and outlines.

use ab_glyph::{Font, FontRef, GlyphId};
use stall_core::AppResult;

use crate::{broken, marks::Weight};

const MEDIUM: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-Medium.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-Bold.ttf");
/// Height of a capital or a digit in ems.
pub const CAP: f32 = 0.733;
/// From the top of a Chinese character to the baseline in ems.
pub const ASCENT: f32 = 0.88;

/// One face.
#[derive(Debug)]
pub struct Face {
    pub bytes: &'static [u8],
    pub font: FontRef<'static>,
    units: f32,
}

/// Both faces.
#[derive(Debug)]
pub struct Fonts {
    medium: Face,
    bold: Face,
}

impl Fonts {
    /// Opens the faces. Cheap: nothing is read but the tables of contents.
    ///
    /// # Errors
    /// `Internal` when a font file is broken.
    pub fn open() -> AppResult<Self> {
        Ok(Self { medium: Face::open(MEDIUM)?, bold: Face::open(BOLD)? })
    }

    #[must_use]
    pub fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Medium => &self.medium,
            Weight::Bold => &self.bold,
        }
    }

    /// Width of a text in dots at this em.
    #[must_use]
    pub fn width(&self, weight: Weight, em: f32, text: &str) -> f32 {
        let face = self.face(weight);
        text.chars().map(|c| face.advance(face.glyph(c))).sum::<f32>() * em
    }
}

impl Face {
    fn open(bytes: &'static [u8]) -> AppResult<Self> {
        let font = FontRef::try_from_slice(bytes).map_err(broken)?;
        let units = font.units_per_em().ok_or_else(|| broken("a font without an em"))?;
        Ok(Self { bytes, font, units })
    }

    #[must_use]
    pub fn glyph(&self, c: char) -> GlyphId {
        self.font.glyph_id(c)
    }

    /// Width of a glyph in ems.
    #[must_use]
    pub fn advance(&self, glyph: GlyphId) -> f32 {
        self.font.h_advance_unscaled(glyph) / self.units
    }

    /// The scale that makes an em this many dots high.
    #[must_use]
    pub fn scale(&self, em: f32) -> f32 {
        em * self.font.height_unscaled() / self.units
    }
}
