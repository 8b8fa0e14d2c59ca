//! Which units have every term of a query.

use std::collections::HashMap;

use memchr::memmem::Finder;
use stall_core::{
    Fen,
    search::{Term, Word, names},
};

use super::{Board, CATEGORIES, NONE, codes::Fit, row::Row};

/// The units a query's words find.
#[derive(Debug)]
pub struct Found {
    /// By slot; `None` when there are no words: all.
    pub hits: Option<Vec<bool>>,
    /// Units that a number names: these stand first.
    pub first: HashMap<u32, Fit>,
}

impl Found {
    pub fn has(&self, slot: usize) -> bool {
        self.hits.as_ref().is_none_or(|h| h[slot])
    }

    /// 0 for a unit named by its number, 1 by the end of its code, 2 else.
    pub fn tier(&self, slot: usize) -> u8 {
        if self.first.is_empty() {
            return 2;
        }
        match u32::try_from(slot).ok().and_then(|s| self.first.get(&s)) {
            Some(Fit::Whole) => 0,
            Some(Fit::Tail) => 1,
            _ => 2,
        }
    }
}

impl Board {
    pub fn find(&self, terms: &[Term]) -> Found {
        let mut found = Found { hits: None, first: HashMap::new() };
        for term in terms {
            match term {
                Term::Price { from, to } => {
                    keep(self, &mut found, |_, r| priced(r, *from, *to));
                }
                Term::Word(word) => self.word(word, &mut found),
            }
        }
        found
    }

    fn word(&self, word: &Word, found: &mut Found) {
        let finder = Finder::new(word.text.as_bytes());
        let mut named = vec![false; self.rows.len()];
        let span = |slot: u32| self.rows.get(slot as usize).filter(|r| r.n != 0).map(|r| r.codes);
        self.codes.find(word, span, |slot, fit| {
            named[slot as usize] = true;
            if fit != Fit::Piece {
                found.first.entry(slot).and_modify(|f| *f = fit.min(*f)).or_insert(fit);
            }
        });
        let [device, colour, shelf, badges, texts, grade] =
            [&self.devices, &self.colours, &self.shelves, &self.badges, &self.texts, &self.grades]
                .map(|d| d.hits(&finder));
        let category = CATEGORIES.map(|c| names::category(c).iter().any(|n| n.contains(&word.text)));
        let some = |hits: &Option<Vec<bool>>, n: u32| hits.as_ref().is_some_and(|h| h[n as usize]);
        keep(self, found, |slot, r| {
            named[slot]
                || some(&device, r.device)
                || some(&colour, r.colour)
                || some(&shelf, r.shelf)
                || some(&badges, r.badges)
                || (texts.is_some() && (some(&texts, r.flaws) || some(&texts, r.note) || some(&texts, r.more)))
                || some(&grade, r.grade)
                || category[usize::from(r.category)]
                || word.yuan.is_some_and(|y| priced(r, y, y))
        });
    }
}

/// Keeps the units that still fit.
fn keep(board: &Board, found: &mut Found, fits: impl Fn(usize, &Row) -> bool) {
    match &mut found.hits {
        None => found.hits = Some(board.rows.iter().enumerate().map(|(i, r)| r.n != 0 && fits(i, r)).collect()),
        Some(hits) => {
            for (i, (hit, row)) in hits.iter_mut().zip(&board.rows).enumerate() {
                *hit = *hit && fits(i, row);
            }
        }
    }
}

fn priced(r: &Row, from: Fen, to: Fen) -> bool {
    let inside = |p: i32| p != NONE && (from.0..=to.0).contains(&i64::from(p));
    inside(r.list) || inside(r.live)
}
