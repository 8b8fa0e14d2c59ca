//! Turning pixels the way EXIF asks.

/// EXIF orientation, 1-8: what has to be done to the stored pixels so that up is up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Orientation {
    #[default]
    Upright,
    MirrorX,
    Half,
    MirrorY,
    Transpose,
    Right,
    Transverse,
    Left,
}

impl Orientation {
    /// Values outside 1-8 count as upright.
    pub(crate) fn from_exif(value: u32) -> Self {
        match value {
            2 => Self::MirrorX,
            3 => Self::Half,
            4 => Self::MirrorY,
            5 => Self::Transpose,
            6 => Self::Right,
            7 => Self::Transverse,
            8 => Self::Left,
            _ => Self::Upright,
        }
    }

    /// This turning and then another one, as one.
    pub(crate) fn then(self, next: Self) -> Self {
        let (first, second) = (self.parts(), next.parts());
        let (x, y) = if second.0 { (first.2, first.1) } else { (first.1, first.2) };
        Self::of_parts(first.0 ^ second.0, x ^ second.1, y ^ second.2)
    }

    /// Transposed, then mirrored left to right, then top to bottom.
    fn parts(self) -> (bool, bool, bool) {
        match self {
            Self::Upright => (false, false, false),
            Self::MirrorX => (false, true, false),
            Self::Half => (false, true, true),
            Self::MirrorY => (false, false, true),
            Self::Transpose => (true, false, false),
            Self::Right => (true, true, false),
            Self::Transverse => (true, true, true),
            Self::Left => (true, false, true),
        }
    }

    fn of_parts(transposed: bool, x: bool, y: bool) -> Self {
        match (transposed, x, y) {
            (false, false, false) => Self::Upright,
            (false, true, false) => Self::MirrorX,
            (false, true, true) => Self::Half,
            (false, false, true) => Self::MirrorY,
            (true, false, false) => Self::Transpose,
            (true, true, false) => Self::Right,
            (true, true, true) => Self::Transverse,
            (true, false, true) => Self::Left,
        }
    }

    pub(crate) fn swaps(self) -> bool {
        matches!(self, Self::Transpose | Self::Right | Self::Transverse | Self::Left)
    }

    /// Width and height after turning.
    pub(crate) fn turned(self, width: usize, height: usize) -> (usize, usize) {
        if self.swaps() { (height, width) } else { (width, height) }
    }
}

/// Edge of the square that is turned at once: both its rows and its columns stay in the cache.
const TILE: usize = 32;

/// Turns RGB pixels from `src` (`width` x `height`, tightly packed) into `dst`, which is resized to fit.
pub(crate) fn turn(src: &[u8], width: usize, height: usize, how: Orientation, dst: &mut Vec<u8>) {
    dst.resize(width * height * 3, 0);
    let (out_w, out_h) = how.turned(width, height);
    // Where the pixel (x, y) of the result comes from: start + x * step_x + y * step_y, in pixels of the source.
    let (w, last_x, last_y) = (width.cast_signed(), width.cast_signed() - 1, height.cast_signed() - 1);
    let (start, step_x, step_y) = match how {
        Orientation::Upright => (0, 1, w),
        Orientation::MirrorX => (last_x, -1, w),
        Orientation::Half => (last_y * w + last_x, -1, -w),
        Orientation::MirrorY => (last_y * w, 1, -w),
        Orientation::Transpose => (0, w, 1),
        Orientation::Right => (last_y * w, -w, 1),
        Orientation::Transverse => (last_y * w + last_x, -w, -1),
        Orientation::Left => (last_x, w, -1),
    };
    for top in (0..out_h).step_by(TILE) {
        for left in (0..out_w).step_by(TILE) {
            for y in top..(top + TILE).min(out_h) {
                let right = (left + TILE).min(out_w);
                let row = &mut dst[(y * out_w + left) * 3..(y * out_w + right) * 3];
                let mut from = start + left.cast_signed() * step_x + y.cast_signed() * step_y;
                for pixel in row.chunks_exact_mut(3) {
                    let at = from.unsigned_abs() * 3;
                    pixel.copy_from_slice(&src[at..at + 3]);
                    from += step_x;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 2 x 3 picture with pixels 0..6, turned; first bytes of the pixels in reading order.
    fn turned(value: u32) -> Vec<u8> {
        let src: Vec<u8> = (0..6u8).flat_map(|v| [v, 0, 0]).collect();
        let mut dst = Vec::new();
        turn(&src, 2, 3, Orientation::from_exif(value), &mut dst);
        dst.chunks_exact(3).map(|p| p[0]).collect()
    }

    #[test]
    fn all_eight_orientations_put_every_pixel_where_exif_says() {
        assert_eq!(turned(1), [0, 1, 2, 3, 4, 5]);
        assert_eq!(turned(2), [1, 0, 3, 2, 5, 4]);
        assert_eq!(turned(3), [5, 4, 3, 2, 1, 0]);
        assert_eq!(turned(4), [4, 5, 2, 3, 0, 1]);
        assert_eq!(turned(5), [0, 2, 4, 1, 3, 5]);
        assert_eq!(turned(6), [4, 2, 0, 5, 3, 1]);
        assert_eq!(turned(7), [5, 3, 1, 4, 2, 0]);
        assert_eq!(turned(8), [1, 3, 5, 0, 2, 4]);
    }

    #[test]
    fn two_turnings_after_each_other_are_the_one_they_say() {
        let src: Vec<u8> = (0..6u8).flat_map(|v| [v, 0, 0]).collect();
        for a in 1..=8 {
            for b in 1..=8 {
                let (first, second) = (Orientation::from_exif(a), Orientation::from_exif(b));
                let (mut once, mut twice, mut joined) = (Vec::new(), Vec::new(), Vec::new());
                turn(&src, 2, 3, first, &mut once);
                let (w, h) = first.turned(2, 3);
                turn(&once, w, h, second, &mut twice);
                turn(&src, 2, 3, first.then(second), &mut joined);
                assert_eq!(twice, joined, "{a} then {b}");
            }
        }
    }

    #[test]
    fn an_orientation_outside_one_to_eight_is_upright() {
        assert_eq!(turned(0), [0, 1, 2, 3, 4, 5]);
        assert_eq!(turned(99), [0, 1, 2, 3, 4, 5]);
    }
}
