//! A watermark: the stall's words or logo over a picture, in a corner or all over.

use stall_core::AppResult;

use crate::picture::{Picture, Rgba};
use crate::text::Face;

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Bottom right.
    Corner,
    /// Slanting, all over the picture.
    Tiled,
}

/// What is stamped on pictures, at the size of one picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Rgba);

/// Slant of a tiled watermark.
const SLANT: f32 = -std::f32::consts::FRAC_PI_6;

impl Stamp {
    /// White words with a dark edge, so that they show on any ground; `em` in pixels.
    #[must_use]
    pub fn words(face: &Face, em: f32, text: &str) -> Self {
        let ink = face.ink(em, text);
        let edge = ((em / 16.0).round() as usize).max(1);
        let (width, height) = (ink.width + 2 * edge, ink.height + 2 * edge);
        let at = |x: usize, y: usize| -> u8 {
            match (x.checked_sub(edge), y.checked_sub(edge)) {
                (Some(x), Some(y)) if x < ink.width && y < ink.height => ink.alpha[y * ink.width + x],
                _ => 0,
            }
        };
        let mut pixels = Vec::with_capacity(width * height * 4);
        for y in 0..height {
            for x in 0..width {
                let white = u32::from(at(x, y));
                let near = (y.saturating_sub(edge)..=y + edge)
                    .flat_map(|ny| (x.saturating_sub(edge)..=x + edge).map(move |nx| (nx, ny)))
                    .map(|(nx, ny)| u32::from(at(nx, ny)))
                    .max()
                    .unwrap_or(0);
                // The edge is half as strong as the words.
                let alpha = white.max(near / 2);
                let grey = if alpha == 0 { 0 } else { (255 * white / alpha.max(1)).min(255) };
                pixels.extend([grey as u8, grey as u8, grey as u8, alpha as u8]);
            }
        }
        Self(Rgba { width, height, pixels })
    }

    /// A PNG at this height in pixels.
    ///
    /// # Errors
    /// `PhotoNotImage`, `PhotoTooManyPixels`, `PhotoDamaged`.
    pub fn logo(png: &[u8], height: usize) -> AppResult<Self> {
        Ok(Self(Rgba::png(png)?.high(height)?))
    }

    /// Stamps a picture. `opacity` is 0 to 1.
    pub fn stamp(&self, on: &mut Picture, place: Place, opacity: f32) {
        match place {
            Place::Corner => self.corner(on, opacity),
            Place::Tiled => self.tiled(on, opacity),
        }
    }

    fn corner(&self, on: &mut Picture, opacity: f32) {
        let logo = &self.0;
        let margin = on.width.min(on.height) / 40;
        let left = on.width.saturating_sub(logo.width + margin);
        let top = on.height.saturating_sub(logo.height + margin);
        for y in 0..logo.height.min(on.height - top) {
            for x in 0..logo.width.min(on.width - left) {
                let at = (y * logo.width + x) * 4;
                let [r, g, b, a] = [0, 1, 2, 3].map(|n| f32::from(logo.pixels[at + n]));
                blend(on, left + x, top + y, [r, g, b], a / 255.0 * opacity);
            }
        }
    }

    fn tiled(&self, on: &mut Picture, opacity: f32) {
        let logo = &self.0;
        let (gap_x, gap_y) = (logo.height as f32 * 2.5, logo.height as f32 * 2.5);
        let (step_x, step_y) = (logo.width as f32 + gap_x, logo.height as f32 + gap_y);
        let (sin, cos) = SLANT.sin_cos();
        for y in 0..on.height {
            for x in 0..on.width {
                let (fx, fy) = (x as f32, y as f32);
                let (u, v) = (fx * cos + fy * sin, fy * cos - fx * sin);
                let row = (v / step_y).floor();
                // Every second row is shifted by half, so that no column stays free.
                let u = u + row.rem_euclid(2.0) * step_x / 2.0;
                let (u, v) = (u.rem_euclid(step_x), v - row * step_y);
                if let Some((colour, alpha)) = self.sample(u, v) {
                    blend(on, x, y, colour, alpha * opacity);
                }
            }
        }
    }

    /// Colour and strength between four pixels.
    fn sample(&self, u: f32, v: f32) -> Option<([f32; 3], f32)> {
        let logo = &self.0;
        let (x, y) = (u as usize, v as usize);
        if x + 1 >= logo.width || y + 1 >= logo.height {
            return None;
        }
        let (fx, fy) = (u - x as f32, v - y as f32);
        let (mut colour, mut alpha) = ([0.0; 3], 0.0);
        for (dx, dy, share) in
            [(0, 0, (1.0 - fx) * (1.0 - fy)), (1, 0, fx * (1.0 - fy)), (0, 1, (1.0 - fx) * fy), (1, 1, fx * fy)]
        {
            let at = ((y + dy) * logo.width + x + dx) * 4;
            let strength = f32::from(logo.pixels[at + 3]) / 255.0 * share;
            alpha += strength;
            for (n, c) in colour.iter_mut().enumerate() {
                *c += f32::from(logo.pixels[at + n]) * strength;
            }
        }
        (alpha > 0.002).then(|| (colour.map(|c| c / alpha), alpha))
    }
}

fn blend(on: &mut Picture, x: usize, y: usize, colour: [f32; 3], alpha: f32) {
    let at = (y * on.width + x) * 3;
    for (n, c) in colour.iter().enumerate() {
        let under = f32::from(on.rgb[at + n]);
        on.rgb[at + n] = (under + (c - under) * alpha).round().clamp(0.0, 255.0) as u8;
    }
}
