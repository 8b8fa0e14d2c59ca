//! The filters of a query: for each unit, which of them it fails.

use stall_core::{
    Ms,
    api::{AgeBand, InspectionState, Missing, PriceBand, UnitQuery},
    time::DAY,
};

use super::{Board, CATEGORIES, NONE, STATUSES, dict::Dict, row::Row};

/// Filters a unit may fail, as bits; each that has a facet is a bit of its own.
pub mod fail {
    pub const STATUS: u16 = 1;
    pub const CATEGORY: u16 = 1 << 1;
    pub const GRADE: u16 = 1 << 2;
    pub const BRAND: u16 = 1 << 3;
    pub const MODEL: u16 = 1 << 4;
    pub const SHELF: u16 = 1 << 5;
    pub const AGE: u16 = 1 << 6;
    pub const PRICE: u16 = 1 << 7;
    /// What no facet counts.
    pub const OTHER: u16 = 1 << 8;
    pub const INSPECTION: u16 = 1 << 9;
}

#[derive(Debug)]
pub struct Filter {
    now: Ms,
    status: Option<[bool; STATUSES.len()]>,
    category: Option<[bool; CATEGORIES.len()]>,
    grade: Option<Vec<bool>>,
    brand: Option<Vec<bool>>,
    model: Option<Vec<bool>>,
    shelf: Option<Vec<bool>>,
    age: Option<[bool; AgeBand::ALL.len()]>,
    price: Option<[bool; PriceBand::ALL.len()]>,
    from: Option<i64>,
    to: Option<i64>,
    missing: Vec<Missing>,
    inspection: Option<[bool; InspectionState::ALL.len()]>,
    in_show: bool,
    not_in_show: bool,
    before: Option<i64>,
}

impl Filter {
    pub fn new(board: &Board, q: &UnitQuery, now: Ms) -> Self {
        let mut missing = q.missing.clone();
        if q.no_photos {
            missing.push(Missing::Photo);
        }
        if q.no_grade {
            missing.push(Missing::Grade);
        }
        Self {
            now,
            status: chosen(&STATUSES, &q.status),
            category: chosen(&CATEGORIES, &q.category),
            grade: names(&board.grades, &q.grade),
            brand: names(&board.brands, &q.brand),
            model: names(&board.models, &q.model),
            shelf: names(&board.shelves, &q.shelf),
            age: chosen(&AgeBand::ALL, &q.age),
            price: chosen(&PriceBand::ALL, &q.price),
            from: q.price_from.map(|f| f.0),
            to: q.price_to.map(|f| f.0),
            missing,
            inspection: chosen(&InspectionState::ALL, &q.inspection),
            in_show: q.in_show,
            not_in_show: q.not_in_show,
            before: q.taken_in_before.map(|b| b.0),
        }
    }

    /// The filters a unit fails, as bits of [`fail`]; 0 when it passes all.
    pub fn fails(&self, r: &Row) -> u16 {
        let out = |set: &Option<Vec<bool>>, n: u32| set.as_ref().is_some_and(|s| !s[n as usize]);
        let mut bits = 0;
        let mut add = |failed: bool, bit: u16| bits |= if failed { bit } else { 0 };
        add(self.status.is_some_and(|s| !s[usize::from(r.status)]), fail::STATUS);
        add(self.category.is_some_and(|s| !s[usize::from(r.category)]), fail::CATEGORY);
        add(out(&self.grade, r.grade), fail::GRADE);
        add(out(&self.brand, r.brand), fail::BRAND);
        add(out(&self.model, r.model), fail::MODEL);
        add(out(&self.shelf, r.shelf), fail::SHELF);
        add(self.age.is_some_and(|s| !s[self.age_of(r) as usize]), fail::AGE);
        add(self.price.is_some_and(|s| !price_of(r).is_some_and(|b| s[b as usize])), fail::PRICE);
        let price = i64::from(r.price);
        let outside = self.from.is_some_and(|f| price < f) || self.to.is_some_and(|t| price > t || r.price == NONE);
        add(outside, fail::OTHER);
        add(self.missing.iter().any(|m| !lacks(r, *m)), fail::OTHER);
        add(self.inspection.is_some_and(|s| !s[usize::from(r.inspection)]), fail::INSPECTION);
        add(self.in_show && r.show_until <= self.now.0, fail::OTHER);
        add(self.not_in_show && r.show_until > self.now.0, fail::OTHER);
        add(self.before.is_some_and(|b| r.taken_in > b), fail::OTHER);
        bits
    }

    pub fn age_of(&self, r: &Row) -> AgeBand {
        AgeBand::of((self.now.0 - r.taken_in) / DAY)
    }
}

/// The band of the price shown.
pub fn price_of(r: &Row) -> Option<PriceBand> {
    (r.price != NONE).then(|| PriceBand::of(stall_core::Fen(i64::from(r.price))))
}

pub fn lacks(r: &Row, what: Missing) -> bool {
    match what {
        Missing::Photo => r.photos == 0,
        Missing::Grade => r.grade == 0,
        Missing::Price => r.price == NONE,
        Missing::Code => !r.coded,
        Missing::Shelf => r.shelf == 0,
        Missing::Cost => r.cost == NONE,
    }
}

fn chosen<T: PartialEq, const N: usize>(all: &[T; N], wanted: &[T]) -> Option<[bool; N]> {
    (!wanted.is_empty()).then(|| std::array::from_fn(|i| wanted.contains(&all[i])))
}

/// Which numbers of a dictionary are wanted; names it does not know find nothing.
fn names(dict: &Dict, wanted: &[String]) -> Option<Vec<bool>> {
    if wanted.is_empty() {
        return None;
    }
    let mut set = vec![false; dict.len()];
    for n in wanted.iter().filter_map(|w| dict.number(w)) {
        set[n as usize] = true;
    }
    Some(set)
}
