//! How sharp a picture is, at the cost of looking at a few of its rows.

use crate::worker::Pixels;

/// Rows looked at, spread over the picture.
const BANDS: usize = 40;
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
/// Around every strong edge the steepest step (over two pixels) is weighed against the whole rise (over sixteen): the ratio
/// of their squares is a quarter of one over the edge's width. The answer is 100 over that width in pixels, so 100 is an edge
/// as sharp as pixels can show, 50 a ramp of two, 25 of four. Rows and columns are measured apart and the worse one counts: a
/// hand that shook blurs one direction only. Contrast does not matter. A picture without edges (a white page, a lens cap) has
/// nothing to be blurred and answers 100.
pub(crate) fn sharpness(rgb: &[u8], size: Pixels) -> u8 {
    let Pixels { width, height } = size;
    if width < 4 * REACH || height < 4 * REACH {
        return 100;
    }
    let mut rows: [Vec<i32>; 5] = Default::default();
    let (mut across, mut down) = (Vec::new(), Vec::new());
    let inner = height - 2 * REACH;
    for band in 0..BANDS.min(inner) {
        let y = REACH + band * inner / BANDS.min(inner);
        for (row, at) in rows.iter_mut().zip([y - REACH, y - 1, y, y + 1, y + REACH]) {
            row.clear();
            row.extend(rgb[at * width * 3..(at + 1) * width * 3].chunks_exact(3).map(luma));
        }
        let [far_up, up, here, under, far_under] = &rows;
        for part in 0..PARTS {
            let (from, to) = (part * width / PARTS, (part + 1) * width / PARTS);
            let mut sum = Sum::default();
            for x in from..to {
                sum.add(far_under[x] - far_up[x], under[x] - up[x]);
            }
            down.extend(sum.width());
            let mut sum = Sum::default();
            for x in from.max(REACH)..to.min(width - REACH) {
                sum.add(here[x + REACH] - here[x - REACH], here[x + 1] - here[x - 1]);
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
    step: i64,
    count: u32,
}

impl Sum {
    fn add(&mut self, rise: i32, step: i32) {
        let counts = i32::from(rise.abs() >= STRONG);
        self.rise += i64::from(rise * rise * counts);
        self.step += i64::from(step * step * counts);
        self.count += counts.unsigned_abs();
    }

    /// Width of this part's edges in pixels.
    fn width(&self) -> Option<f32> {
        (self.count >= ENOUGH).then(|| self.rise as f32 / (4.0 * self.step.max(1) as f32))
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
