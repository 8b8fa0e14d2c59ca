//! A table of cells, as read from xlsx or csv by `stall-sheets` and understood here.
//!
//! 100,000 rows of 64 columns must stay modest: a cell is four bytes, and equal texts and numbers are kept once.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Empty,
    /// Text as the file holds it, untrimmed.
    Text(&'a str),
    /// A number cell of a workbook; dates are serial numbers (days since 1899-12-30). A csv has none.
    Number(f64),
    Bool(bool),
    /// An error cell such as `#REF!`.
    Error(&'a str),
}

impl<'a> Cell<'a> {
    /// Nothing but white space.
    #[must_use]
    pub fn is_blank(self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(t) => t.chars().all(|c| c.is_whitespace() || c == '\u{feff}'),
            _ => false,
        }
    }

    /// The text of a text cell.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(t) => Some(t),
            _ => None,
        }
    }

    /// The cell as a person sees it; whole numbers without `.0` or exponent.
    #[must_use]
    pub fn display(self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(t) | Self::Error(t) => t.to_owned(),
            Self::Number(n) => number_text(n),
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
        }
    }
}

/// A number without exponent: `6917.5`, `371`.
#[must_use]
pub fn number_text(n: f64) -> String {
    // f64's Display never writes an exponent; binary noise such as 0.1 + 0.2 is cut at Excel's 15 digits.
    if n.fract() == 0.0 {
        return format!("{n:.0}");
    }
    let whole = n.abs().trunc();
    let before = if whole == 0.0 { 0 } else { format!("{whole:.0}").len() };
    let text = format!("{n:.*}", 15usize.saturating_sub(before).max(1));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const EMPTY: u32 = 0;
const KIND: u32 = 0b111 << 29;
const TEXT: u32 = 1 << 29;
const NUMBER: u32 = 2 << 29;
const BOOL: u32 = 3 << 29;
const ERROR: u32 = 4 << 29;

/// Rows of cells. Blank rows are left out; `row_number` says where a row stood in the file.
#[derive(Debug, Clone, Default)]
pub struct Table {
    cells: Vec<u32>,
    /// Row number in the file (from 1) and the end of the row's cells.
    rows: Vec<(u32, u32)>,
    text: String,
    /// Byte range of each distinct text in `text`.
    spans: Vec<(u32, u32)>,
    numbers: Vec<f64>,
    seen_texts: HashMap<u64, u32>,
    seen_numbers: HashMap<u64, u32>,
    hasher: RandomState,
    open_start: u32,
}

/// Texts longer than this are rarely repeated: not looked up.
const SHARE_MAX: usize = 96;
/// Stop sharing when a column of distinct values has filled the look-up.
const SHARE_ENTRIES: usize = 1 << 18;

impl Table {
    /// A table made of rows of texts, numbered from 1. For csv-like input and tests.
    #[must_use]
    pub fn from_texts<R: AsRef<[S]>, S: AsRef<str>>(rows: &[R]) -> Self {
        let mut table = Self::default();
        for (i, row) in rows.iter().enumerate() {
            for cell in row.as_ref() {
                table.push(Cell::Text(cell.as_ref()));
            }
            table.end_row(u32::try_from(i + 1).unwrap_or(u32::MAX));
        }
        table
    }

    /// Adds a cell to the open row. Silently keeps nothing beyond 2^29 distinct texts (2 GB of text).
    pub fn push(&mut self, cell: Cell<'_>) {
        let packed = match cell {
            Cell::Empty | Cell::Text("") => EMPTY,
            Cell::Text(t) => self.keep_text(t).map_or(EMPTY, |i| TEXT | i),
            Cell::Error(t) => self.keep_text(t).map_or(EMPTY, |i| ERROR | i),
            Cell::Number(n) => NUMBER | self.keep_number(n),
            Cell::Bool(b) => BOOL | u32::from(b),
        };
        self.cells.push(packed);
    }

    /// Fills the open row with empty cells up to `column` (from 0), for readers that skip empty cells.
    pub fn pad_to(&mut self, column: usize) {
        let want = self.open_start as usize + column;
        if self.cells.len() < want {
            self.cells.resize(want, EMPTY);
        }
    }

    /// Cells in the open row.
    #[must_use]
    pub fn open_len(&self) -> usize {
        self.cells.len() - self.open_start as usize
    }

    /// Ends the open row; a row of nothing but blanks is dropped.
    pub fn end_row(&mut self, number: u32) {
        let start = self.open_start as usize;
        while self.cells.len() > start && self.cells.last() == Some(&EMPTY) {
            self.cells.pop();
        }
        if (start..self.cells.len()).all(|i| self.unpack(self.cells[i]).is_blank()) {
            self.cells.truncate(start);
            return;
        }
        let end = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
        self.rows.push((number, end));
        self.open_start = end;
    }

    /// Gives back what was only needed while reading.
    pub fn finish(&mut self) {
        self.seen_texts = HashMap::new();
        self.seen_numbers = HashMap::new();
        self.cells.shrink_to_fit();
        self.text.shrink_to_fit();
        self.spans.shrink_to_fit();
    }

    /// Rows with something in them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row number a spreadsheet shows, from 1.
    #[must_use]
    pub fn row_number(&self, row: usize) -> u32 {
        self.rows.get(row).map_or(0, |r| r.0)
    }

    /// Cells of a row up to its last filled one.
    #[must_use]
    pub fn width(&self, row: usize) -> usize {
        let (start, end) = self.range(row);
        end - start
    }

    /// The cell at `row`, `column` (both from 0); `Empty` outside.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let (start, end) = self.range(row);
        if column < end - start { self.unpack(self.cells[start + column]) } else { Cell::Empty }
    }

    /// The cells of a row.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        let (start, end) = self.range(row);
        self.cells[start..end].iter().map(|c| self.unpack(*c))
    }

    fn range(&self, row: usize) -> (usize, usize) {
        let start = row.checked_sub(1).and_then(|r| self.rows.get(r)).map_or(0, |r| r.1);
        let end = self.rows.get(row).map_or(start, |r| r.1);
        (start as usize, end as usize)
    }

    fn unpack(&self, packed: u32) -> Cell<'_> {
        let i = (packed & !KIND) as usize;
        let text = || {
            let (a, b) = self.spans[i];
            &self.text[a as usize..b as usize]
        };
        match packed & KIND {
            TEXT => Cell::Text(text()),
            NUMBER => Cell::Number(self.numbers[i]),
            BOOL => Cell::Bool(i == 1),
            ERROR => Cell::Error(text()),
            _ => Cell::Empty,
        }
    }

    fn keep_text(&mut self, t: &str) -> Option<u32> {
        let hash = (t.len() <= SHARE_MAX).then(|| self.hasher.hash_one(t));
        if let Some(i) = hash.and_then(|h| self.seen_texts.get(&h)).copied() {
            let (a, b) = self.spans[i as usize];
            if self.text.get(a as usize..b as usize) == Some(t) {
                return Some(i);
            }
        }
        let i = u32::try_from(self.spans.len()).ok().filter(|i| i & KIND == 0)?;
        let a = u32::try_from(self.text.len()).ok()?;
        let b = u32::try_from(self.text.len() + t.len()).ok()?;
        self.text.push_str(t);
        self.spans.push((a, b));
        if let Some(h) = hash.filter(|_| self.seen_texts.len() < SHARE_ENTRIES) {
            self.seen_texts.insert(h, i);
        }
        Some(i)
    }

    fn keep_number(&mut self, n: f64) -> u32 {
        if let Some(i) = self.seen_numbers.get(&n.to_bits()) {
            return *i;
        }
        let i = u32::try_from(self.numbers.len()).unwrap_or(0) & !KIND;
        self.numbers.push(n);
        if self.seen_numbers.len() < SHARE_ENTRIES {
            self.seen_numbers.insert(n.to_bits(), i);
        }
        i
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_come_back_as_they_were_put() {
        let mut t = Table::default();
        for c in [Cell::Text("a"), Cell::Empty, Cell::Number(371.0), Cell::Bool(true), Cell::Error("#REF!")] {
            t.push(c);
        }
        t.end_row(7);
        assert_eq!(t.row_number(0), 7);
        let got: Vec<_> = t.cells(0).collect();
        let want = vec![Cell::Text("a"), Cell::Empty, Cell::Number(371.0), Cell::Bool(true), Cell::Error("#REF!")];
        assert_eq!(got, want);
        assert_eq!(t.cell(0, 99), Cell::Empty);
        assert_eq!(t.cell(5, 0), Cell::Empty);
    }

    #[test]
    fn blank_rows_are_left_out_and_the_others_keep_their_numbers() {
        let t = Table::from_texts(&[vec!["", "  "], vec!["x"], vec![], vec!["", "y", ""]]);
        assert_eq!(t.len(), 2);
        assert_eq!((t.row_number(0), t.row_number(1)), (2, 4));
        assert_eq!(t.width(1), 2);
    }

    #[test]
    fn equal_texts_are_kept_once() {
        let t = Table::from_texts(&vec![vec!["待发货", "已付款"]; 1000]);
        assert_eq!(t.spans.len(), 2);
        assert_eq!(t.cell(999, 1), Cell::Text("已付款"));
    }

    #[test]
    fn numbers_are_written_without_exponent_or_noise() {
        assert_eq!(number_text(371.0), "371");
        assert_eq!(number_text(0.1 + 0.2), "0.3");
        assert_eq!(number_text(1299.9), "1299.9");
        assert_eq!(number_text(6.917_926_768_823_644e18), "6917926768823644160");
        assert_eq!(number_text(-2.5), "-2.5");
    }

    proptest! {
        #[test]
        fn any_table_of_texts_is_kept(rows in prop::collection::vec(prop::collection::vec(".{0,6}", 0..6), 0..20)) {
            let t = Table::from_texts(&rows);
            for i in 0..t.len() {
                let row = &rows[t.row_number(i) as usize - 1];
                for (c, want) in row.iter().enumerate() {
                    prop_assert_eq!(t.cell(i, c).display(), want.clone());
                }
            }
        }
    }
}
