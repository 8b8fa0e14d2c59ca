//! How sharp a picture is, at the cost of looking at a few of its rows.

use crate::worker::Pixels;

/// Bands of rows looked at, spread over the picture.
const BANDS: usize = 12;
/// Parts a band is cut into: sharpness is that of the sharpest fifth, so that a blurred table behind the device is no fault.
const PARTS: usize = 8;
/// Half the width of the window an edge is looked for in.
const REACH: usize = 8;
/// Brightness an edge must cross to count: above grain and paper texture.
const STRONG: i32 = 40;
/// Strong pixels a part needs to have a say.
const ENOUGH: u32 = 24;

/// Sharpness of an RGB picture of at most 1600 px, 0-100.
///
/// Around every strong edge the squares of all steps (over two pixels) inside a window of sixteen are added and weighed against
/// the square of the whole rise: the ratio is four over the edge's width, wherever in the window the edge lies. The answer is
/// 100 over that width in pixels, so 100 is an edge as sharp as pixels can show, 50 a ramp of two, 25 of four. Rows and columns
/// are measured apart and the worse one counts: a hand that shook blurs one direction only. Contrast does not matter. A picture
/// without edges (a white page, a lens cap) has nothing to be blurred and answers 100.
pub(crate) fn sharpness(rgb: &[u8], size: Pixels) -> u8 {
    let Pixels { width, height } = size;
    if width < 4 * REACH || height < 4 * REACH {
        return 100;
    }
    let mut rows = vec![vec![0i32; width]; 2 * REACH + 1];
    let (mut steps, mut along) = (vec![0i32; width], vec![0i64; width + 1]);
    let (mut across, mut down) = (Vec::new(), Vec::new());
    let inner = height - 2 * REACH;
    let bands = BANDS.min(inner);
    for band in 0..bands {
        let top = band * inner / bands;
        for (row, pixels) in rows.iter_mut().zip(rgb[top * width * 3..].chunks_exact(width * 3)) {
            row.iter_mut().zip(pixels.chunks_exact(3)).for_each(|(v, p)| *v = luma(p));
        }
        steps.fill(0);
        for pair in rows.windows(3) {
            for ((sum, up), under) in steps.iter_mut().zip(&pair[0]).zip(&pair[2]) {
                *sum += (under - up) * (under - up);
            }
        }
        let middle = &rows[REACH];
        for (x, around) in middle.windows(3).enumerate() {
            let step = i64::from(around[2] - around[0]);
            along[x + 2] = along[x + 1] + step * step;
        }
        for part in 0..PARTS {
            let (from, to) = (part * width / PARTS, (part + 1) * width / PARTS);
            let mut sum = Sum::default();
            for x in from..to {
                sum.add(rows[2 * REACH][x] - rows[0][x], i64::from(steps[x]));
            }
            down.extend(sum.width());
            let mut sum = Sum::default();
            for x in from.max(REACH)..to.min(width - REACH) {
                sum.add(middle[x + REACH] - middle[x - REACH], along[x + REACH] - along[x + 1 - REACH]);
            }
            across.extend(sum.width());
        }
    }
    let score = |widths: Vec<f32>| best_fifth(widths).map(|w| (100.0 / w).clamp(0.0, 100.0) as u8);
    match (score(across), score(down)) {
        (Some(a), Some(b)) => a.min(b),
        (one, other) => one.or(other).unwrap_or(100),
    }
}

#[derive(Default)]
struct Sum {
    rise: i64,
    steps: i64,
    count: u32,
}

impl Sum {
    fn add(&mut self, rise: i32, steps: i64) {
        let counts = i32::from(rise.abs() >= STRONG);
        self.rise += i64::from(rise * rise * counts);
        self.steps += steps * i64::from(counts);
        self.count += counts.unsigned_abs();
    }

    /// Width of this part's edges in pixels.
    fn width(&self) -> Option<f32> {
        (self.count >= ENOUGH).then(|| 4.0 * self.rise as f32 / self.steps.max(1) as f32)
    }
}

/// The width that a fifth of the parts are below.
fn best_fifth(mut widths: Vec<f32>) -> Option<f32> {
    if widths.is_empty() {
        return None;
    }
    let at = widths.len() / 5;
    let (_, width, _) = widths.select_nth_unstable_by(at, f32::total_cmp);
    Some(*width)
}

fn luma(p: &[u8]) -> i32 {
    (i32::from(p[0]) * 77 + i32::from(p[1]) * 150 + i32::from(p[2]) * 29) >> 8
}
