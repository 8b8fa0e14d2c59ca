//! Placing what a label says. Everything ends on whole dots.

use stall_core::{AppResult, labels::LabelWords, labels::Paper};

use crate::{
    codes::{self, BARS_QUIET, QR_QUIET},
    fit::{Fitted, Limits, fit},
    font::{ASCENT, CAP, Fonts},
    marks::{Mark, Weight},
    template::{self, Layout, Row, What},
};

/// Narrowest and widest module of bars, millimetres: thinner is not read by cheap scanners, wider gains nothing.
const MODULE: (f32, f32) = (0.25, 0.42);
/// Widest module of a QR code, millimetres.
const QR_MODULE: f32 = 0.65;
/// Leading between two lines of one text, in ems.
const LEADING: f32 = 1.1;
/// Most that a gap between rows grows by when a label has little to say, millimetres.
const LOOSE: f32 = 1.3;

/// A label laid out.
#[derive(Debug, Clone)]
pub struct Laid {
    /// Dots.
    pub width: i32,
    pub height: i32,
    pub dots_per_mm: f32,
    pub marks: Vec<Mark>,
    /// What the bars say; empty without bars.
    pub bars: String,
}

/// Lays a label out for a paper and a resolution.
///
/// # Errors
/// `Internal` only: built-in layouts and short texts always work.
pub fn lay_out(fonts: &Fonts, paper: &Paper, words: &LabelWords, dots_per_mm: f32) -> AppResult<Laid> {
    let layout = template::layout(if words.name.is_empty() { &paper.unit } else { &paper.shelf })?;
    let dots = |mm: f32| whole(mm * dots_per_mm);
    let inset = dots(paper.inset);
    let (width, height) = (dots(paper.width), dots(paper.height));
    let mut job = Job {
        fonts,
        words,
        mm: dots_per_mm,
        width: width - 2 * inset,
        height: height - 2 * inset,
        pad: dots(layout.pad),
        gap: dots(layout.gap),
        qr: 0,
        code: String::new(),
        bars: Vec::new(),
        marks: Vec::new(),
    };
    job.place_qr(layout)?;
    job.choose_bars()?;
    // The first way of setting the rows that is not too high; the tightest when none is.
    let mut set = job.set(layout, SQUEEZES[0]);
    for squeeze in &SQUEEZES[1..] {
        if job.bottom(&set) <= job.height - job.pad {
            break;
        }
        set = job.set(layout, *squeeze);
    }
    job.place(&mut set);
    let Job { marks, code, .. } = job;
    let marks = marks.into_iter().map(|m| moved(m, inset)).collect();
    Ok(Laid { width, height, dots_per_mm, marks, bars: code })
}

/// What gives way when a label has more to say than room, in this order.
#[derive(Debug, Clone, Copy)]
struct Squeeze {
    caps: f32,
    one_line: bool,
    bars: f32,
    code: bool,
}

const SQUEEZES: [Squeeze; 8] = [
    Squeeze { caps: 1.0, one_line: false, bars: 1.0, code: true },
    Squeeze { caps: 0.85, one_line: false, bars: 1.0, code: true },
    Squeeze { caps: 0.75, one_line: false, bars: 0.9, code: true },
    Squeeze { caps: 0.7, one_line: false, bars: 0.8, code: true },
    Squeeze { caps: 1.0, one_line: true, bars: 1.0, code: true },
    Squeeze { caps: 0.8, one_line: true, bars: 0.9, code: true },
    Squeeze { caps: 0.7, one_line: true, bars: 0.8, code: true },
    Squeeze { caps: 0.6, one_line: true, bars: 0.7, code: false },
];

/// A row with its type chosen.
struct SetRow<'a> {
    row: &'a Row,
    height: i32,
    /// Left words with their texts, and the right one.
    left: Vec<(What, String)>,
    right: String,
    text: Fitted,
}

struct Job<'a> {
    fonts: &'a Fonts,
    words: &'a LabelWords,
    mm: f32,
    width: i32,
    height: i32,
    pad: i32,
    gap: i32,
    /// Side of the QR code with its light border.
    qr: i32,
    code: String,
    /// Widths of bars and spaces, in dots.
    bars: Vec<i32>,
    marks: Vec<Mark>,
}

impl<'a> Job<'a> {
    /// The QR code goes into the top right corner; its light border is the margin there.
    fn place_qr(&mut self, layout: &Layout) -> AppResult<()> {
        if self.words.qr.is_empty() {
            return Ok(());
        }
        let code = codes::qr(&self.words.qr)?;
        let modules = code.size + 2 * QR_QUIET;
        let most = whole(QR_MODULE * self.mm);
        let module = (whole_down(layout.qr * self.mm) / modules).clamp(1, most.max(1));
        self.qr = module * modules;
        let (left, top) = (self.width - self.qr + QR_QUIET * module, QR_QUIET * module);
        for (y, line) in code.dark.chunks(usize::try_from(code.size).unwrap_or(1)).enumerate() {
            let mut x = 0;
            for run in line.chunk_by(|a, b| a == b) {
                let n = run.len() as i32;
                if run.first() == Some(&true) {
                    let (x, y) = (left + x * module, top + y as i32 * module);
                    self.marks.push(Mark::Rect { x, y, w: n * module, h: module });
                }
                x += n;
            }
        }
        Ok(())
    }

    /// The first wish whose bars are wide enough to be read.
    fn choose_bars(&mut self) -> AppResult<()> {
        let (least, most) = ((MODULE.0 * self.mm - 0.1).ceil() as i32, whole_down(MODULE.1 * self.mm));
        for text in &self.words.bars {
            let runs = codes::bars(text)?;
            let module = (self.width / (runs.iter().sum::<i32>() + 2 * BARS_QUIET)).min(most);
            if module >= least {
                self.code.clone_from(text);
                self.bars = runs.into_iter().map(|r| r * module).collect();
                break;
            }
        }
        Ok(())
    }

    /// Chooses type for every row that has something to say.
    fn set(&self, layout: &'a Layout, squeeze: Squeeze) -> Vec<SetRow<'a>> {
        layout.rows.iter().filter_map(|row| self.set_row(row, squeeze)).collect()
    }

    fn set_row(&self, row: &'a Row, squeeze: Squeeze) -> Option<SetRow<'a>> {
        let empty = Fitted { em: 0.0, lines: Vec::new() };
        if row.bars {
            let height = whole(row.height * self.mm * squeeze.bars);
            let set = SetRow { row, height, left: Vec::new(), right: String::new(), text: empty };
            return (!self.bars.is_empty()).then_some(set);
        }
        if !squeeze.code && row.left == [What::Code] {
            return None;
        }
        let texts = |all: &[What]| -> Vec<(What, String)> {
            let texts = all.iter().map(|w| (*w, template::text(*w, self.words, self.said()).to_owned()));
            texts.filter(|(_, t)| !t.is_empty()).collect()
        };
        let (mut left, right) = (texts(&row.left), texts(&row.right));
        let right = right.into_iter().next().map(|(_, t)| t).unwrap_or_default();
        if left.is_empty() && right.is_empty() {
            return None;
        }
        let width = self.row_width(row) as f32;
        let (em, min) = (row.em * self.mm, row.min * self.mm);
        if left.len() + usize::from(!right.is_empty()) > 1 || left.iter().any(|(w, _)| *w == What::Grade) {
            // A row of several: what does not fit goes whole, the last first; none of it may be cut.
            let mut size = em;
            loop {
                let needs = self.several(row, &left, &right, 1.0);
                size = size.min(width / needs.max(0.01));
                if size >= min || left.len() <= 1 {
                    break;
                }
                left.pop();
                size = em;
            }
            let text = Fitted { em: size, lines: Vec::new() };
            return Some(SetRow { row, height: whole(size * 1.2), left, right, text });
        }
        let joined = left.first().map_or(right.as_str(), |(_, t)| t.as_str()).to_owned();
        let capitals = row.caps && joined.is_ascii();
        let tall = if capitals { CAP } else { 1.0 };
        let em = if row.caps { em.min(row.height * self.mm * squeeze.caps / tall) } else { em };
        let lines = if squeeze.one_line { 1 } else { row.lines };
        let text = fit(self.fonts, &joined, Limits { width, em, min: min.min(em), lines, weight: weight(row) });
        let line = if capitals { CAP } else { 1.06 };
        let height = whole(text.em * (line + LEADING * (text.lines.len().max(1) - 1) as f32));
        Some(SetRow { row, height, left, right: String::new(), text })
    }

    /// What the bars say, where it is not on the label in large already.
    fn said(&self) -> &str {
        let known = self.code == self.words.stock_no || !self.words.name.is_empty();
        if known { "" } else { &self.code }
    }

    fn row_width(&self, row: &Row) -> i32 {
        if row.beside && self.qr > 0 {
            self.width - self.pad - self.qr - self.gap.min(2)
        } else {
            self.width - 2 * self.pad
        }
    }

    /// Width of a row of several words at this em.
    fn several(&self, row: &Row, left: &[(What, String)], right: &str, em: f32) -> f32 {
        let one = |t: &str| self.fonts.width(weight(row), em, t);
        let words: f32 = left.iter().map(|(w, t)| one(t) + if *w == What::Grade { 2.0 * CHIP * em } else { 0.0 }).sum();
        let n = left.len() + usize::from(!right.is_empty());
        words + one(right) + BETWEEN * em * n.saturating_sub(1) as f32
    }

    /// Top of each row and the end of the last.
    fn tops(&self, set: &[SetRow<'_>], extra: i32) -> (Vec<i32>, i32) {
        let mut y = self.pad;
        let mut tops = Vec::with_capacity(set.len());
        for (i, s) in set.iter().enumerate() {
            if i > 0 {
                y += self.gap + extra;
            }
            if !s.row.beside {
                y = y.max(self.qr);
            }
            tops.push(y);
            y += s.height;
        }
        (tops, y)
    }

    fn bottom(&self, set: &[SetRow<'_>]) -> i32 {
        self.tops(set, 0).1
    }

    fn place(&mut self, set: &mut [SetRow<'a>]) {
        let spare = |job: &Self, set: &[SetRow<'_>]| (job.height - job.pad - job.bottom(set)).max(0);
        let free = spare(self, set);
        if let Some(bars) = set.iter_mut().find(|s| s.row.bars) {
            bars.height = (bars.height + free).min(whole(bars.row.grow * self.mm).max(bars.height));
        }
        let gaps = (set.len() as i32 - 1).max(1);
        let extra = (spare(self, set) / gaps).min(whole(LOOSE * self.mm));
        let (tops, _) = self.tops(set, extra);
        for (s, y) in set.iter().zip(tops) {
            if s.row.bars {
                self.place_bars(y, s.height);
            } else if s.text.lines.is_empty() {
                self.place_several(s, y);
            } else {
                self.place_lines(s, y);
            }
        }
    }

    fn place_bars(&mut self, y: i32, h: i32) {
        let mut x = (self.width - self.bars.iter().sum::<i32>()) / 2;
        for (i, w) in self.bars.iter().enumerate() {
            if i % 2 == 0 {
                self.marks.push(Mark::Rect { x, y, w: *w, h });
            }
            x += w;
        }
    }

    fn place_lines(&mut self, s: &SetRow<'_>, y: i32) {
        let em = s.text.em;
        let capitals = s.row.caps && s.text.lines.iter().all(|l| l.is_ascii());
        let first = if capitals { CAP } else { ASCENT };
        for (i, line) in s.text.lines.iter().enumerate() {
            let y = y + whole(em * (first + LEADING * i as f32));
            let wide = whole(self.fonts.width(weight(s.row), em, line));
            let x = if s.row.centre { (self.width - wide) / 2 } else { self.pad };
            self.write(s.row, em, x, y, line.trim_end(), false);
        }
    }

    fn place_several(&mut self, s: &SetRow<'_>, y: i32) {
        let em = s.text.em;
        let base = y + whole(em * (ASCENT + 0.1));
        let mut x = self.pad as f32;
        for (what, text) in &s.left {
            let wide = self.fonts.width(weight(s.row), em, text);
            if *what == What::Grade {
                // White on black: the grade is what the eye looks for after the number.
                let w = whole(wide + 2.0 * CHIP * em);
                self.marks.push(Mark::Rect { x: whole(x), y, w, h: s.height });
                self.write(s.row, em, whole(x + CHIP * em), base, text, true);
                x += w as f32;
            } else {
                self.write(s.row, em, whole(x), base, text, false);
                x += wide;
            }
            x += BETWEEN * em;
        }
        if !s.right.is_empty() {
            let wide = self.fonts.width(weight(s.row), em, &s.right);
            let x = self.pad.max(self.width - self.pad - whole(wide));
            self.write(s.row, em, x, base, &s.right, false);
        }
    }

    fn write(&mut self, row: &Row, em: f32, x: i32, y: i32, text: &str, white: bool) {
        self.marks.push(Mark::Text { x, y, em, weight: weight(row), white, text: text.to_owned() });
    }
}

/// Air at the ends of the grade's black box, and between words of a row, in ems.
const CHIP: f32 = 0.28;
const BETWEEN: f32 = 0.45;

fn weight(row: &Row) -> Weight {
    if row.bold { Weight::Bold } else { Weight::Medium }
}

fn moved(mark: Mark, by: i32) -> Mark {
    match mark {
        Mark::Rect { x, y, w, h } => Mark::Rect { x: x + by, y: y + by, w, h },
        Mark::Text { x, y, em, weight, white, text } => Mark::Text { x: x + by, y: y + by, em, weight, white, text },
    }
}

fn whole(dots: f32) -> i32 {
    dots.round() as i32
}

fn whole_down(dots: f32) -> i32 {
    (dots + 0.01).floor() as i32
}
