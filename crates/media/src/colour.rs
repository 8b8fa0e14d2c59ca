//! Colours: everything the made copies hold is sRGB.

use std::sync::Arc;

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients, TransferCharacteristics,
    Transform8BitExecutor, TransformOptions,
};

/// What a file says its numbers mean. Without it they are sRGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Space {
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273: primaries (1 = BT.709, 9 = BT.2020, 12 = Display P3) and transfer (13 = sRGB, 16 = PQ,
    /// 18 = HLG).
    Coded {
        primaries: u8,
        transfer: u8,
    },
}

/// Converts pixels of a colour space to sRGB and remembers the last one: a phone's photographs all carry the same.
#[derive(Default)]
pub(crate) struct Colours {
    last: Option<(Space, Option<Change>)>,
    row: Vec<u8>,
}

/// What has to be done to a pixel.
struct Change {
    /// High dynamic range is brought down to what a screen shows, a channel at a time.
    tone: Option<[u8; 256]>,
    space: Option<Arc<Transform8BitExecutor>>,
}

/// Bytes converted at once.
const CHUNK: usize = 3 * 4096;

impl Colours {
    /// Converts RGB pixels in place. A profile that cannot be read, or is not RGB, leaves them as they are.
    pub(crate) fn make_srgb(&mut self, space: &Space, rgb: &mut [u8]) {
        if self.last.as_ref().is_none_or(|(last, _)| last != space) {
            self.last = Some((space.clone(), change_of(space)));
        }
        let Some((_, Some(change))) = &self.last else { return };
        for part in rgb.chunks_mut(CHUNK) {
            if let Some(tone) = &change.tone {
                part.iter_mut().for_each(|v| *v = tone[usize::from(*v)]);
            }
            let Some(space) = &change.space else { continue };
            self.row.clear();
            self.row.extend_from_slice(part);
            if let Err(error) = space.transform(&self.row, part) {
                tracing::warn!(%error, "a colour profile could not be applied");
                return;
            }
        }
    }
}

/// None when nothing has to be done.
fn change_of(space: &Space) -> Option<Change> {
    let (profile, tone) = match space {
        Space::Icc(icc) => (ColorProfile::new_from_slice(icc).ok()?, None),
        Space::Coded { primaries, transfer } => {
            let tone = tone_curve(*transfer);
            let profile = ColorProfile::new_from_cicp(CicpProfile {
                color_primaries: known(*primaries),
                // What the curve leaves is in sRGB's own steps.
                transfer_characteristics: if tone.is_some() {
                    TransferCharacteristics::Srgb
                } else {
                    transfer_of(*transfer)
                },
                matrix_coefficients: MatrixCoefficients::Identity,
                full_range: true,
            });
            (profile, tone)
        }
    };
    if profile.color_space != DataColorSpace::Rgb {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let made = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default()).ok()?;
    let space = (!is_srgb(&*made)).then_some(made);
    (tone.is_some() || space.is_some()).then_some(Change { tone, space })
}

/// Primaries that are unspecified or of no camera count as sRGB's.
fn known(primaries: u8) -> CicpColorPrimaries {
    CicpColorPrimaries::try_from(primaries)
        .ok()
        .filter(|p| !matches!(p, CicpColorPrimaries::Reserved | CicpColorPrimaries::Unspecified))
        .unwrap_or(CicpColorPrimaries::Bt709)
}

/// BT.709 and its kin are shown by every viewer as if they were sRGB, and so are curves nobody named.
fn transfer_of(transfer: u8) -> TransferCharacteristics {
    match transfer {
        4 => TransferCharacteristics::Bt470M,
        5 => TransferCharacteristics::Bt470Bg,
        8 => TransferCharacteristics::Linear,
        _ => TransferCharacteristics::Srgb,
    }
}

/// For PQ and HLG: white of paper (203 cd/m2, BT.2408) stays white, what is brighter is rolled off (Reinhard's curve with a
/// white point). A copy for a list need not be the film; a dark grey picture would be wrong.
fn tone_curve(transfer: u8) -> Option<[u8; 256]> {
    let light: fn(f64) -> f64 = match transfer {
        16 => |v| {
            let e = v.powf(1.0 / 78.84375);
            ((e - 0.8359375).max(0.0) / (18.8515625 - 18.6875 * e)).powf(1.0 / 0.1593017578125) * 10_000.0 / 203.0
        },
        18 => |v| {
            let scene =
                if v <= 0.5 { v * v / 3.0 } else { (((v - 0.55991073) / 0.17883277).exp() + 0.28466892) / 12.0 };
            scene.powf(1.2) * 1_000.0 / 203.0
        },
        _ => return None,
    };
    let most = light(1.0);
    let mut curve = [0; 256];
    for (v, out) in curve.iter_mut().enumerate() {
        let l = light(v as f64 / 255.0);
        let shown = (l * (1.0 + l / (most * most)) / (1.0 + l)).min(1.0);
        // Reinhard halves paper white: lift it back, the roll-off remains.
        let shown = (shown * 1.6).min(1.0);
        let coded = if shown <= 0.003_130_8 { shown * 12.92 } else { 1.055 * shown.powf(1.0 / 2.4) - 0.055 };
        *out = (coded * 255.0).round() as u8;
    }
    Some(curve)
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
        Colours::default().make_srgb(&Space::Icc(icc), &mut rgb);
        assert!(rgb[0] < 70 && rgb[1] > 200, "{rgb:?}");
        assert!(rgb[3..].iter().all(|v| v.abs_diff(128) <= 1), "grey must stay grey: {rgb:?}");
    }

    #[test]
    fn an_srgb_profile_and_a_broken_one_change_nothing() {
        let icc = ColorProfile::new_srgb().encode().unwrap();
        for profile in [icc.as_slice(), b"no profile"] {
            let mut rgb = vec![10, 200, 90, 255, 0, 1];
            Colours::default().make_srgb(&Space::Icc(profile.to_vec()), &mut rgb);
            assert_eq!(rgb, [10, 200, 90, 255, 0, 1]);
        }
    }

    #[test]
    fn code_points_mean_the_same_as_the_profile_of_their_name() {
        let p3 = Space::Coded { primaries: 12, transfer: 13 };
        let mut by_code = vec![100, 200, 100, 128, 128, 128];
        let mut by_icc = by_code.clone();
        Colours::default().make_srgb(&p3, &mut by_code);
        Colours::default().make_srgb(&Space::Icc(ColorProfile::new_display_p3().encode().unwrap()), &mut by_icc);
        assert!(by_code.iter().zip(&by_icc).all(|(a, b)| a.abs_diff(*b) <= 2), "{by_code:?} {by_icc:?}");
        for same in [(1, 13), (1, 1), (2, 2)] {
            let mut rgb = vec![10, 200, 90, 255, 0, 1];
            let space = Space::Coded { primaries: same.0, transfer: same.1 };
            Colours::default().make_srgb(&space, &mut rgb);
            let off = rgb.iter().zip([10u8, 200, 90, 255, 0, 1]).map(|(a, b)| a.abs_diff(b)).max();
            assert!(off <= Some(20), "{same:?} {rgb:?}");
        }
    }

    #[test]
    fn high_dynamic_range_keeps_black_black_and_paper_light_and_never_turns_round() {
        for transfer in [16, 18] {
            let curve = tone_curve(transfer).unwrap();
            assert_eq!(curve[0], 0);
            assert!(curve[255] == 255 && curve.is_sorted(), "{curve:?}");
            // Paper white: 0.58 in PQ, 0.75 in HLG.
            let paper = curve[if transfer == 16 { 148 } else { 191 }];
            assert!((200..=245).contains(&paper), "{transfer}: {paper}");
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
