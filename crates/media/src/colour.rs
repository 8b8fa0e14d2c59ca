//! Colours: everything the made copies hold is sRGB.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

/// Converts pixels of a profile to sRGB and remembers the last profile: a phone's photographs all carry the same one.
#[derive(Default)]
pub(crate) struct Colours {
    last: Option<(blake3::Hash, Option<Arc<Transform8BitExecutor>>)>,
    row: Vec<u8>,
}

/// Bytes converted at once.
const CHUNK: usize = 3 * 4096;

impl Colours {
    /// Converts RGB pixels in place. A profile that cannot be read, or is not RGB, leaves them as they are.
    pub(crate) fn make_srgb(&mut self, icc: &[u8], rgb: &mut [u8]) {
        let name = blake3::hash(icc);
        if self.last.as_ref().is_none_or(|(last, _)| *last != name) {
            self.last = Some((name, transform_of(icc)));
        }
        let Some((_, Some(transform))) = &self.last else { return };
        for part in rgb.chunks_mut(CHUNK) {
            self.row.clear();
            self.row.extend_from_slice(part);
            if let Err(error) = transform.transform(&self.row, part) {
                tracing::warn!(%error, "a colour profile could not be applied");
                return;
            }
        }
    }
}

/// None when nothing has to be done.
fn transform_of(icc: &[u8]) -> Option<Arc<Transform8BitExecutor>> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if profile.color_space != DataColorSpace::Rgb {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let made = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default()).ok()?;
    (!is_srgb(&*made)).then_some(made)
}

/// There are many sRGB profiles under many names: what one does to a few colours says whether it is one of them.
fn is_srgb(transform: &Transform8BitExecutor) -> bool {
    let probe: Vec<u8> =
        [0u8, 40, 96, 160, 220, 255].iter().flat_map(|v| [*v, *v, *v, *v, 30, 30, 30, *v, 30, 30, 30, *v]).collect();
    let mut out = vec![0; probe.len()];
    transform.transform(&probe, &mut out).is_ok() && probe.iter().zip(&out).all(|(a, b)| a.abs_diff(*b) <= 2)
}

/// Turns CMYK (four bytes a pixel) into RGB (three) in place. Adobe stores ink inverted: 255 is no ink.
pub(crate) fn cmyk_to_rgb(pixels: &mut Vec<u8>, inverted: bool) {
    let flip = if inverted { 0 } else { 255 };
    let count = pixels.len() / 4;
    for at in 0..count {
        let [c, m, y, k] = [0, 1, 2, 3].map(|n| u32::from(pixels[at * 4 + n] ^ flip));
        for (n, ink) in [c, m, y].into_iter().enumerate() {
            pixels[at * 3 + n] = ((ink * k + 127) / 255) as u8;
        }
    }
    pixels.truncate(count * 3);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn display_p3_green_becomes_a_more_saturated_srgb_green() {
        let icc = ColorProfile::new_display_p3().encode().unwrap();
        let mut rgb = vec![100, 200, 100, 128, 128, 128];
        Colours::default().make_srgb(&icc, &mut rgb);
        assert!(rgb[0] < 70 && rgb[1] > 200, "{rgb:?}");
        assert!(rgb[3..].iter().all(|v| v.abs_diff(128) <= 1), "grey must stay grey: {rgb:?}");
    }

    #[test]
    fn an_srgb_profile_and_a_broken_one_change_nothing() {
        let icc = ColorProfile::new_srgb().encode().unwrap();
        for profile in [icc.as_slice(), b"no profile"] {
            let mut rgb = vec![10, 200, 90, 255, 0, 1];
            Colours::default().make_srgb(profile, &mut rgb);
            assert_eq!(rgb, [10, 200, 90, 255, 0, 1]);
        }
    }

    #[test]
    fn cmyk_ink_becomes_light_both_ways_round() {
        let mut plain = vec![0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255];
        cmyk_to_rgb(&mut plain, false);
        assert_eq!(plain, [255, 255, 255, 255, 0, 0, 0, 0, 0]);
        let mut adobe = vec![255, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 0];
        cmyk_to_rgb(&mut adobe, true);
        assert_eq!(adobe, [255, 255, 255, 255, 0, 0, 0, 0, 0]);
    }
}
