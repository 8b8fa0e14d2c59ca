//! Pixels as video codecs hold them, light apart from colour, and their way to RGB.

use heifer_hevc_dec::recon::Frame;

/// How light and colour make RGB (ITU-T H.273).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Matrix {
    /// 0 = the planes are G, B, R; 1 = BT.709; 5, 6 = BT.601; 9 = BT.2020.
    pub code: u16,
    /// All values are used, not 16-235.
    pub full: bool,
}

/// Where a frame's pixels go: a part of a larger RGB picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Pixels of one row of the picture.
    pub stride: usize,
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

/// Bits after the point in the products below.
const POINT: u32 = 14;

/// Writes a frame's top left `width` x `height` pixels as RGB. Between its samples colour is interpolated, with samples on
/// even columns and rows, as Apple's decoder does.
pub(crate) fn to_rgb(frame: &Frame, matrix: Matrix, out: &mut [u8], at: Place) {
    let width = at.width.min(frame.widths[0] as usize);
    let height = at.height.min(frame.heights[0] as usize);
    if frame.widths[1] == 0 || frame.heights[1] == 0 {
        return grey(frame, matrix, out, at);
    }
    let mul = Factors::of(frame, matrix);
    let (cw, ch) = (frame.widths[1] as usize, frame.heights[1] as usize);
    let (wide, high) = (cw * 2 <= frame.widths[0] as usize + 1, ch * 2 <= frame.heights[0] as usize + 1);
    // Colour past the part that is shown is padding: it must not be mixed into the last row and column.
    let last_row = (height.saturating_sub(1) >> usize::from(high)).min(ch - 1);
    let last_column = (width.saturating_sub(1) >> usize::from(wide)).min(cw - 1);
    let (mut blue, mut red) = (vec![0i32; cw], vec![0i32; cw]);
    for y in 0..height {
        let row = (y >> usize::from(high)).min(last_row);
        let next = if high && y % 2 == 1 { (row + 1).min(last_row) } else { row };
        for (plane, mixed) in [(&frame.planes[1], &mut blue), (&frame.planes[2], &mut red)] {
            let (a, b) = (&plane[row * cw..][..cw], &plane[next * cw..][..cw]);
            for ((m, a), b) in mixed.iter_mut().zip(a).zip(b) {
                // Twice the sample less twice the middle: the half is kept.
                *m = i32::from(*a) + i32::from(*b) - 2 * mul.middle;
            }
        }
        let light = &frame.planes[0][y * frame.widths[0] as usize..][..width];
        let row = &mut out[((at.top + y) * at.stride + at.left) * 3..][..width * 3];
        for (x, (pixel, y)) in row.chunks_exact_mut(3).zip(light).enumerate() {
            let (cb, cr) = if wide {
                let (here, after) = ((x / 2).min(last_column), (x / 2 + 1).min(last_column));
                if x % 2 == 1 {
                    (blue[here] + blue[after], red[here] + red[after])
                } else {
                    (2 * blue[here], 2 * red[here])
                }
            } else {
                (2 * blue[x.min(last_column)], 2 * red[x.min(last_column)])
            };
            mul.pixel(i32::from(*y), cb, cr, pixel);
        }
    }
}

/// A frame without colour.
fn grey(frame: &Frame, matrix: Matrix, out: &mut [u8], at: Place) {
    let width = at.width.min(frame.widths[0] as usize);
    for y in 0..at.height.min(frame.heights[0] as usize) {
        let light = &frame.planes[0][y * frame.widths[0] as usize..][..width];
        let row = &mut out[((at.top + y) * at.stride + at.left) * 3..][..width * 3];
        for (pixel, v) in row.chunks_exact_mut(3).zip(light) {
            pixel.fill(eight_bits(*v, frame.bit_depth[0], matrix.full));
        }
    }
}

/// A sample of light in 0-255.
pub(crate) fn eight_bits(sample: u16, depth: u8, full: bool) -> u8 {
    let (from, span) = if full { (0, (1i32 << depth) - 1) } else { (16 << (depth - 8), 219 << (depth - 8)) };
    (((i32::from(sample) - from).clamp(0, span) * 255 + span / 2) / span) as u8
}

/// Products of one frame, in 1 / 2^POINT. Colour comes in four times its size: two rows and two columns are added.
struct Factors {
    identity: bool,
    black: i32,
    middle: i32,
    light: i64,
    red_cr: i64,
    green_cb: i64,
    green_cr: i64,
    blue_cb: i64,
}

impl Factors {
    fn of(frame: &Frame, matrix: Matrix) -> Self {
        let (kr, kb) = match matrix.code {
            1 => (0.2126, 0.0722),
            4 => (0.30, 0.11),
            7 => (0.212, 0.087),
            9 | 10 => (0.2627, 0.0593),
            _ => (0.299, 0.114),
        };
        let kg: f64 = 1.0 - kr - kb;
        let [depth, of_colour] = frame.bit_depth;
        let most = |bits: u8| f64::from((1u32 << bits) - 1);
        let step = |bits: u8, span: u32| f64::from(span << (bits - 8));
        let (black, y_span, c_span) = if matrix.full {
            (0, most(depth), most(of_colour))
        } else {
            (16 << (depth - 8), step(depth, 219), step(of_colour, 224))
        };
        let fixed = |v: f64| (v * 255.0 * f64::from(1u32 << POINT)).round() as i64;
        Self {
            identity: matrix.code == 0,
            black,
            middle: 1 << (of_colour - 1),
            light: fixed(1.0 / y_span),
            red_cr: fixed(2.0 * (1.0 - kr) / c_span / 4.0),
            green_cb: fixed(2.0 * kb * (1.0 - kb) / kg / c_span / 4.0),
            green_cr: fixed(2.0 * kr * (1.0 - kr) / kg / c_span / 4.0),
            blue_cb: fixed(2.0 * (1.0 - kb) / c_span / 4.0),
        }
    }

    fn pixel(&self, y: i32, cb: i32, cr: i32, out: &mut [u8]) {
        let byte = |v: i64| ((v + (1 << (POINT - 1))) >> POINT).clamp(0, 255) as u8;
        let light = i64::from(y - self.black) * self.light;
        let (cb, cr) = (i64::from(cb), i64::from(cr));
        if self.identity {
            let plain = |v: i64| byte((v / 4 + i64::from(self.middle) - i64::from(self.black)) * self.light);
            out.copy_from_slice(&[plain(cr), byte(light), plain(cb)]);
        } else {
            out.copy_from_slice(&[
                byte(light + self.red_cr * cr),
                byte(light - self.green_cb * cb - self.green_cr * cr),
                byte(light + self.blue_cb * cb),
            ]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel(depth: u8, samples: [u16; 3], code: u16, full: bool) -> [u8; 3] {
        let frame = Frame {
            widths: [2, 1, 1],
            heights: [2, 1, 1],
            planes: [vec![samples[0]; 4], vec![samples[1]], vec![samples[2]]],
            bit_depth: [depth; 2],
            chroma_format: 1,
            full_range: full,
            matrix_coeffs: code as u8,
        };
        let mut out = vec![0; 12];
        let at = Place { stride: 2, left: 0, top: 0, width: 2, height: 2 };
        to_rgb(&frame, Matrix { code, full }, &mut out, at);
        assert!(out.chunks_exact(3).all(|p| p == &out[..3]), "{out:?}");
        [out[0], out[1], out[2]]
    }

    #[test]
    fn colour_past_the_shown_part_is_not_mixed_into_it() {
        let frame = Frame {
            widths: [4, 2, 2],
            heights: [4, 2, 2],
            planes: [vec![128; 16], vec![128, 0, 0, 0], vec![128, 255, 255, 255]],
            bit_depth: [8; 2],
            chroma_format: 1,
            full_range: true,
            matrix_coeffs: 6,
        };
        let mut out = vec![0; 12];
        let at = Place { stride: 2, left: 0, top: 0, width: 2, height: 2 };
        to_rgb(&frame, Matrix { code: 6, full: true }, &mut out, at);
        assert_eq!(out, [128; 12]);
    }

    #[test]
    fn black_white_and_the_primaries_are_where_the_book_says() {
        for code in [1, 5, 6, 9] {
            assert_eq!(pixel(8, [16, 128, 128], code, false), [0, 0, 0]);
            assert_eq!(pixel(8, [235, 128, 128], code, false), [255, 255, 255]);
            assert_eq!(pixel(10, [64, 512, 512], code, false), [0, 0, 0]);
            assert_eq!(pixel(10, [940, 512, 512], code, false), [255, 255, 255]);
            assert_eq!(pixel(12, [4095, 2048, 2048], code, true), [255, 255, 255]);
        }
        // Red: BT.601 full, BT.709 limited, BT.2020 limited in ten bits.
        for (depth, yuv, code, full) in
            [(8, [76, 85, 255], 6, true), (8, [63, 102, 240], 1, false), (10, [294, 387, 960], 9, false)]
        {
            let [r, g, b] = pixel(depth, yuv, code, full);
            assert!(r >= 252 && g <= 3 && b <= 3, "{code}: {r} {g} {b}");
        }
        assert_eq!(pixel(8, [10, 20, 30], 0, true), [30, 10, 20], "planes are G, B, R");
    }
}
