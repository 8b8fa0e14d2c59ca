//! Where labels stand on sheets and rolls.

use stall_core::labels::Paper;

use crate::{
    layout::Laid,
    pdf::{Page, Placed},
};

/// Labels on pages. `start` is the first free place of the first sheet: a sheet partly used is used up.
#[must_use]
pub fn pages(paper: &Paper, labels: Vec<Laid>, start: u8) -> Vec<Page> {
    let Some(s) = &paper.sheet else {
        let one =
            |label| Page { width: paper.width, height: paper.height, labels: vec![Placed { x: 0.0, y: 0.0, label }] };
        return labels.into_iter().map(one).collect();
    };
    let each = usize::from(s.columns) * usize::from(s.rows);
    let start = usize::from(start).min(each.saturating_sub(1));
    let mut pages: Vec<Page> = Vec::new();
    for (i, label) in labels.into_iter().enumerate() {
        let place = (i + start) % each;
        if i == 0 || place == 0 {
            pages.push(Page { width: s.width, height: s.height, labels: Vec::new() });
        }
        let (column, row) = ((place % usize::from(s.columns)) as f32, (place / usize::from(s.columns)) as f32);
        if let Some(page) = pages.last_mut() {
            page.labels.push(Placed { x: s.left + column * s.step_x, y: s.top + row * s.step_y, label });
        }
    }
    pages
}

/// Sheets that so many labels take.
#[must_use]
pub fn sheets_needed(paper: &Paper, labels: usize, start: u8) -> usize {
    match &paper.sheet {
        None => labels,
        Some(s) => (labels + usize::from(start)).div_ceil(usize::from(s.columns) * usize::from(s.rows)),
    }
}
