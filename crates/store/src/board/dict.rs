//! Texts that many units share, each kept once.

use std::{cmp::Ordering, collections::HashMap};

use memchr::memmem::Finder;

/// Longer texts (flaws, notes) are mostly one unit's own: looking them up would cost more than keeping them twice.
const SHARED: usize = 64;
/// Ends a run in the arena; no term has it in it.
const END: char = '\n';

/// Texts by number. The runs of all of them lie behind one another in one arena, so that a term is looked for in all at
/// once. Number 0 is the empty text.
#[derive(Debug)]
pub struct Dict {
    numbers: HashMap<Box<str>, u32>,
    /// The texts as they came, kept where the list sorts or counts by them.
    texts: Option<Vec<Box<str>>>,
    arena: String,
    /// Where each text's runs begin.
    starts: Vec<u32>,
    /// Place of each text in the order of people: made anew after texts were added.
    ranks: Vec<u32>,
}

impl Dict {
    /// `named`: the texts themselves are wanted again (facets, sorts), not only looked for.
    pub fn new(named: bool) -> Self {
        let mut texts = named.then(Vec::new);
        if let Some(t) = &mut texts {
            t.push(Box::from(""));
        }
        Self {
            numbers: HashMap::from([(Box::from(""), 0)]),
            texts,
            arena: String::new(),
            starts: vec![0],
            ranks: Vec::new(),
        }
    }

    /// The number of a text, with its runs where it is new.
    pub fn intern(&mut self, text: &str, runs: impl FnOnce() -> Vec<String>) -> u32 {
        if let Some(n) = self.numbers.get(text) {
            return *n;
        }
        let n = u32::try_from(self.starts.len()).unwrap_or(u32::MAX);
        self.starts.push(u32::try_from(self.arena.len()).unwrap_or(u32::MAX));
        for run in runs() {
            self.arena.push_str(&run);
            self.arena.push(END);
        }
        if let Some(texts) = &mut self.texts {
            texts.push(Box::from(text));
        }
        if text.len() <= SHARED || self.texts.is_some() {
            self.numbers.insert(Box::from(text), n);
        }
        n
    }

    pub fn number(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    pub fn len(&self) -> usize {
        self.starts.len()
    }

    pub fn text(&self, n: u32) -> &str {
        self.texts.as_ref().and_then(|t| t.get(n as usize)).map_or("", |t| t)
    }

    /// Which texts a term is found in; `None` for none.
    pub fn hits(&self, term: &Finder<'_>) -> Option<Vec<bool>> {
        let mut out: Option<Vec<bool>> = None;
        let bytes = self.arena.as_bytes();
        let mut from = 0;
        while let Some(at) = bytes.get(from..).and_then(|rest| term.find(rest)) {
            let at = from + at;
            let n = self.starts.partition_point(|s| *s as usize <= at) - 1;
            out.get_or_insert_with(|| vec![false; self.starts.len()])[n] = true;
            // The rest of this text has nothing to add.
            from = self.starts.get(n + 1).map_or(bytes.len(), |s| *s as usize);
        }
        out
    }

    /// Orders the texts anew if some were added.
    pub fn settle(&mut self) {
        let Some(texts) = self.texts.as_ref().filter(|t| t.len() != self.ranks.len()) else { return };
        let mut order: Vec<u32> = (0..u32::try_from(texts.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by(|a, b| natural(&texts[*a as usize], &texts[*b as usize]));
        self.ranks = vec![0; texts.len()];
        for (place, n) in (0_u32..).zip(order) {
            self.ranks[n as usize] = place;
        }
    }

    /// The place of a text among all, in the order of people.
    pub fn rank(&self, n: u32) -> i64 {
        self.ranks.get(n as usize).copied().map_or(0, i64::from)
    }
}

/// The order of people: numbers by their size, letters whatever their case, ties by the bytes.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.chars().peekable(), b.chars().peekable());
    loop {
        match (x.peek().copied(), y.peek().copied()) {
            (None, None) => return a.cmp(b),
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(p), Some(q)) if p.is_ascii_digit() && q.is_ascii_digit() => {
                let number = |it: &mut std::iter::Peekable<std::str::Chars<'_>>| {
                    let mut n = 0_u64;
                    while let Some(d) = it.peek().and_then(|c| c.to_digit(10)) {
                        n = n.saturating_mul(10).saturating_add(u64::from(d));
                        it.next();
                    }
                    n
                };
                match number(&mut x).cmp(&number(&mut y)) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
            (Some(p), Some(q)) => {
                match p.to_lowercase().cmp(q.to_lowercase()) {
                    Ordering::Equal => {}
                    other => return other,
                }
                x.next();
                y.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_found_in_the_texts_that_have_it_and_never_across_two() {
        let mut d = Dict::new(true);
        let runs = |t: &str| vec![t.to_owned()];
        let (a, b) = (d.intern("abc", || runs("abc")), d.intern("cab", || runs("cab")));
        assert_eq!((a, b, d.intern("abc", || runs("other"))), (1, 2, 1));
        assert_eq!(d.hits(&Finder::new("ab")), Some(vec![false, true, true]));
        assert_eq!(d.hits(&Finder::new("bc")), Some(vec![false, true, false]));
        assert_eq!(d.hits(&Finder::new("cc")), None);
    }

    #[test]
    fn names_stand_as_people_order_them() {
        let mut names = ["iPhone 13", "iphone 9", "A1-10", "A1-2", "K70", ""];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["", "A1-2", "A1-10", "iphone 9", "iPhone 13", "K70"]);
        let mut d = Dict::new(true);
        for n in ["b10", "b9", "a"] {
            d.intern(n, Vec::new);
        }
        d.settle();
        assert_eq!([0, 1, 2, 3].map(|n| d.rank(n)), [0, 3, 2, 1]);
    }
}
