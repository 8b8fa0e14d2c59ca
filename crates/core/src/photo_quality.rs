//! What a photograph's measures mean, and which photographs look alike. The only place that knows the thresholds.

use serde::{Deserialize, Serialize};

/// Below this sharpness (0-100, as `stall-media` measures it) a photograph is blurred.
///
/// Found on eight photographs of phones and cameras at 1600 px, and on the same under a Gaussian blur: as taken 31-92, at a
/// radius of 1 px 19-35 (soft, still usable), at 2 px 11-18, at 3 px 8-12. The sample stall's 118 drawn pictures have 16 or more.
pub const BLURRED_BELOW: u8 = 16;
/// Below this mean lightness (0-255) a photograph is too dark to judge a scratch by.
pub const DARK_BELOW: u8 = 34;
/// Above it, what is light has run out into white.
pub const BRIGHT_ABOVE: u8 = 246;
/// Difference hashes with at most this many bits apart belong to pictures of the same view. On the sample stall's pictures nine
/// in ten second shots (moved by 2 %, darker) are within it, and of 275 pairs of different views of one device three are.
pub const ALIKE_WITHIN: u32 = 6;

/// A photograph's quality in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PhotoVerdict {
    /// Sharp and lit, or never measured.
    Fine,
    Blurred,
    TooDark,
    TooBright,
}

/// Light is judged first: a picture without light shows no edges to measure.
#[must_use]
pub fn verdict(sharp: Option<u8>, light: Option<u8>) -> PhotoVerdict {
    match (sharp, light) {
        (_, Some(l)) if l < DARK_BELOW => PhotoVerdict::TooDark,
        (_, Some(l)) if l > BRIGHT_ABOVE => PhotoVerdict::TooBright,
        (Some(s), _) if s < BLURRED_BELOW => PhotoVerdict::Blurred,
        _ => PhotoVerdict::Fine,
    }
}

/// Whether two difference hashes are of the same view. A hash of few set bits is that of a plain picture: many are alike.
#[must_use]
pub fn alike(a: u64, b: u64) -> bool {
    (a ^ b).count_ones() <= ALIKE_WITHIN && telling(a) && telling(b)
}

fn telling(hash: u64) -> bool {
    (6..=58).contains(&hash.count_ones())
}

/// For each photograph, in order, the first earlier one that it looks like.
#[must_use]
pub fn first_alike(hashes: &[Option<u64>]) -> Vec<Option<usize>> {
    let same = |i: usize, hash: u64| hashes[..i].iter().position(|h| h.is_some_and(|h| alike(h, hash)));
    hashes.iter().enumerate().map(|(i, h)| h.and_then(|h| same(i, h))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photograph_is_judged_by_its_light_and_then_by_its_edges() {
        assert_eq!(verdict(Some(60), Some(120)), PhotoVerdict::Fine);
        assert_eq!(verdict(Some(BLURRED_BELOW - 1), Some(120)), PhotoVerdict::Blurred);
        assert_eq!(verdict(Some(BLURRED_BELOW), Some(120)), PhotoVerdict::Fine);
        assert_eq!(verdict(Some(3), Some(10)), PhotoVerdict::TooDark);
        assert_eq!(verdict(Some(90), Some(250)), PhotoVerdict::TooBright);
        assert_eq!(verdict(None, None), PhotoVerdict::Fine);
    }

    #[test]
    fn a_picture_is_like_the_first_earlier_one_within_a_few_bits() {
        let a = 0xF0F0_1234_ABCD_00FF;
        let near = a ^ 0b11_1111;
        let far = a ^ 0b111_1111;
        assert!(alike(a, near) && !alike(a, far) && alike(a, a));
        assert_eq!(first_alike(&[Some(a), None, Some(near), Some(!a), Some(a)]), [None, None, Some(0), None, Some(0)]);
    }

    #[test]
    fn plain_pictures_are_not_called_alike() {
        assert!(!alike(0, 0) && !alike(u64::MAX, u64::MAX) && !alike(0b111, 0b111));
    }
}
