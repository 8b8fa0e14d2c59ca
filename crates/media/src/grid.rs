//! One picture of up to nine photographs, for chat groups: cover first, white gaps, no cell left empty.

use stall_core::AppResult;

use crate::picture::Picture;
use crate::text::Face;

/// Width of every grid.
pub const GRID_WIDTH: usize = 1080;
const GAP: usize = 6;
/// Cells of two and of three in a row.
const HALF: usize = (GRID_WIDTH - GAP) / 2;
const THIRD: usize = (GRID_WIDTH - 2 * GAP) / 3;
/// Two cells of a third, and the gap between.
const BIG: usize = 2 * THIRD + GAP;
const STRIP: usize = 144;

/// Where one photograph stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

/// Where the photographs stand, and how high the grid is without its strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub cells: Vec<Cell>,
    pub height: usize,
}

/// The line of words under the photographs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    pub stock_no: String,
    pub name: String,
    /// Grade, battery and the like.
    pub facts: String,
    pub price: String,
}

/// The cells of 1 to 9 photographs.
#[must_use]
pub fn layout(count: usize) -> Layout {
    let cell = |left, top, width, height| Cell { left, top, width, height };
    let mut cells = Vec::new();
    let mut top = 0;
    // Rows of equal cells, from `top` on.
    let mut row = |cells: &mut Vec<Cell>, n: usize, height: usize| {
        let width = match n {
            1 => GRID_WIDTH,
            2 => HALF,
            _ => THIRD,
        };
        cells.extend((0..n).map(|i| cell(i * (width + GAP), top, width, height)));
        top += height + GAP;
        top - GAP
    };
    let height = match count {
        0 => 0,
        1 => row(&mut cells, 1, GRID_WIDTH),
        // Upright, as phones are.
        2 => row(&mut cells, 2, HALF * 4 / 3),
        3 => {
            cells.push(cell(0, 0, BIG, GRID_WIDTH));
            cells.extend([0, HALF + GAP].map(|t| cell(BIG + GAP, t, THIRD, HALF)));
            GRID_WIDTH
        }
        4 => {
            row(&mut cells, 2, HALF);
            row(&mut cells, 2, HALF)
        }
        5 => {
            row(&mut cells, 2, HALF);
            row(&mut cells, 3, THIRD)
        }
        6 => {
            cells.push(cell(0, 0, BIG, BIG));
            cells.extend([0, THIRD + GAP].map(|t| cell(BIG + GAP, t, THIRD, THIRD)));
            cells.extend([0, 1, 2].map(|i| cell(i * (THIRD + GAP), BIG + GAP, THIRD, THIRD)));
            GRID_WIDTH
        }
        7 => {
            row(&mut cells, 1, HALF);
            row(&mut cells, 3, THIRD);
            row(&mut cells, 3, THIRD)
        }
        8 => {
            row(&mut cells, 2, HALF);
            row(&mut cells, 3, THIRD);
            row(&mut cells, 3, THIRD)
        }
        _ => {
            row(&mut cells, 3, THIRD);
            row(&mut cells, 3, THIRD);
            row(&mut cells, 3, THIRD)
        }
    };
    Layout { cells, height }
}

/// Lays out the first nine pictures, with a strip of words below where there is one.
///
/// # Errors
/// `Internal`.
pub fn grid(pictures: &[Picture], strip: Option<(&Strip, &Face)>) -> AppResult<Picture> {
    let Layout { cells, height } = layout(pictures.len().min(9));
    let below = if strip.is_some() { STRIP } else { 0 };
    let mut out = Picture::plain(GRID_WIDTH, (height + below).max(1), [255; 3]);
    for (picture, cell) in pictures.iter().zip(&cells) {
        out.put(&picture.cover(cell.width, cell.height)?, cell.left, cell.top);
    }
    if let Some((strip, face)) = strip {
        write(&mut out, height, strip, face);
    }
    Ok(out)
}

fn write(out: &mut Picture, top: usize, strip: &Strip, face: &Face) {
    const INK: [u8; 3] = [28, 26, 22];
    const DIM: [u8; 3] = [110, 104, 94];
    const SEAL: [u8; 3] = [178, 40, 30];
    const SIDE: usize = 28;
    let no = face.width(60.0, &strip.stock_no).ceil() as usize;
    face.write(out, 60.0, &strip.stock_no, (SIDE, top + 36), GRID_WIDTH / 3, INK);
    let price = face.width(52.0, &strip.price).ceil() as usize;
    let price_at = GRID_WIDTH.saturating_sub(SIDE + price);
    face.write(out, 52.0, &strip.price, (price_at, top + 41), price + 2, SEAL);
    let left = SIDE + no.min(GRID_WIDTH / 3) + 32;
    let room = price_at.saturating_sub(left + 24);
    face.write(out, 36.0, &strip.name, (left, top + 26), room, INK);
    face.write(out, 28.0, &strip.facts, (left, top + 80), room, DIM);
}
