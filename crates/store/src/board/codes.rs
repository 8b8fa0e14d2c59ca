//! Stock numbers and codes of all units in one arena, so that any piece of any of them is found in one pass.

use memchr::memmem::Finder;
use stall_core::search::Word;

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    slot: u32,
    stock_no: bool,
}

/// What a word is to a unit's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is the stock number or the code.
    Whole,
    /// It ends a code.
    Tail,
    Piece,
}

#[derive(Debug, Default)]
pub struct Codes {
    arena: String,
    /// In the order of `start`: what is written again is written behind.
    entries: Vec<Entry>,
    /// Entries of rows as they were.
    stale: usize,
}

/// Where a row's entries lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    from: u32,
    to: u32,
}

impl Span {
    pub const EMPTY: Self = Self { from: 0, to: 0 };
}

impl Codes {
    /// Writes a row's numbers; the stock number first.
    pub fn write(&mut self, slot: u32, old: Option<Span>, stock_no: &str, codes: &[&str]) -> Span {
        let end = |arena: &String| u32::try_from(arena.len()).unwrap_or(u32::MAX);
        if let Some(old) = old {
            if self.same(old, stock_no, codes) {
                return old;
            }
            self.stale += 1;
        }
        let from = end(&self.arena);
        for (i, code) in std::iter::once(&stock_no).chain(codes).enumerate() {
            self.entries.push(Entry { start: end(&self.arena), slot, stock_no: i == 0 });
            self.arena.extend(code.chars().map(|c| c.to_ascii_lowercase()));
            self.arena.push('\n');
        }
        Span { from, to: end(&self.arena) }
    }

    fn same(&self, old: Span, stock_no: &str, codes: &[&str]) -> bool {
        let mut new = String::new();
        for code in std::iter::once(&stock_no).chain(codes) {
            new.extend(code.chars().map(|c| c.to_ascii_lowercase()));
            new.push('\n');
        }
        self.arena.get(old.from as usize..old.to as usize) == Some(new.as_str())
    }

    pub fn forget(&mut self) {
        self.stale += 1;
    }

    /// Rows written over or gone.
    pub fn stale(&self) -> usize {
        self.stale
    }

    /// Every number the word is found in. `span` says where a slot's numbers lie now.
    pub fn find(&self, word: &Word, span: impl Fn(u32) -> Option<Span>, mut hit: impl FnMut(u32, Fit)) {
        let finder = Finder::new(word.text.as_bytes());
        let bytes = self.arena.as_bytes();
        let (piece, tail) = (word.piece_of_code(), word.tail_of_code());
        let mut from = 0;
        while let Some(at) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
            let i = self.entries.partition_point(|e| e.start as usize <= from + at) - 1;
            let e = self.entries[i];
            let next = self.entries.get(i + 1).map_or(bytes.len(), |e| e.start as usize);
            // One number at a time: a tail may overlap a piece before it.
            from = next;
            if !span(e.slot).is_some_and(|s| (s.from..s.to).contains(&e.start)) {
                continue;
            }
            let text = &bytes[e.start as usize..next - 1];
            let fit = if text == word.text.as_bytes() {
                Fit::Whole
            } else if !e.stock_no && tail && text.ends_with(word.text.as_bytes()) {
                Fit::Tail
            } else if e.stock_no || piece {
                Fit::Piece
            } else {
                continue;
            };
            hit(e.slot, fit);
        }
    }
}

#[cfg(test)]
mod tests {
    use stall_core::search::{Term, terms};

    use super::*;

    fn found(codes: &Codes, spans: &[Span], text: &str) -> Vec<(u32, Fit)> {
        let Some(Term::Word(word)) = terms(text).into_iter().next() else { return Vec::new() };
        let mut out = Vec::new();
        codes.find(&word, |s| spans.get(s as usize).copied(), |s, f| out.push((s, f)));
        out
    }

    #[test]
    fn tails_of_three_digits_and_pieces_of_four_find_a_code_and_any_piece_a_stock_number() {
        let mut c = Codes::default();
        let spans = [c.write(0, None, "0387", &["352099081111122"]), c.write(1, None, "A12", &["C39XK2JM"])];
        assert_eq!(found(&c, &spans, "387"), [(0, Fit::Piece)]);
        assert_eq!(found(&c, &spans, "0387"), [(0, Fit::Whole)]);
        assert_eq!(found(&c, &spans, "122"), [(0, Fit::Tail)]);
        assert_eq!(found(&c, &spans, "111"), []);
        assert_eq!(found(&c, &spans, "1112"), [(0, Fit::Piece)]);
        assert_eq!(found(&c, &spans, "k2jm"), [(1, Fit::Tail)]);
        assert_eq!(found(&c, &spans, "39XK"), [(1, Fit::Piece)]);
        assert_eq!(found(&c, &spans, "352099081111122"), [(0, Fit::Whole)]);
    }

    #[test]
    fn a_number_written_over_is_not_found_any_more() {
        let mut c = Codes::default();
        let mut spans = [c.write(0, None, "0387", &[])];
        assert_eq!(c.write(0, Some(spans[0]), "0387", &[]), spans[0]);
        spans[0] = c.write(0, Some(spans[0]), "0388", &["352099081111122"]);
        assert_eq!((found(&c, &spans, "0387"), found(&c, &spans, "0388")), (vec![], vec![(0, Fit::Whole)]));
        assert_eq!(c.stale(), 1);
    }
}
