//! One page of the list: the first units behind a place, in order.

use std::{collections::BinaryHeap, fmt};

use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{UnitQuery, UnitSort},
    search,
};

use super::{
    Board, NONE,
    dict::{Dict, natural},
    filter::Filter,
    row::Row,
};

/// A place in the list: the sort key of the last unit seen. Names are written out, since their numbers change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    tier: u8,
    key: Key,
    n: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Number(i64),
    Name(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Key::Number(k) => write!(f, "{}.{}.{k}", self.tier, self.n),
            Key::Name(k) => write!(f, "{}.{}.{k}", self.tier, self.n),
        }
    }
}

impl Place {
    /// Reads what [`fmt::Display`] wrote for this sort.
    ///
    /// # Errors
    /// `BadInput`.
    pub fn parse(text: &str, sort: UnitSort) -> AppResult<Self> {
        let bad = || AppError::new(ErrorCode::BadInput).arg("field", "after");
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or_else(bad);
        let tier = next()?.parse().map_err(|_| bad())?;
        let n = next()?.parse().map_err(|_| bad())?;
        let key = next()?;
        let key = if by_name(sort) { Key::Name(key.to_owned()) } else { Key::Number(key.parse().map_err(|_| bad())?) };
        Ok(Self { tier, key, n })
    }
}

/// Units of one page.
#[derive(Debug)]
pub struct Slice {
    pub ids: Vec<Id>,
    pub next: Option<Place>,
    /// How many units the query has in all.
    pub total: u32,
}

/// Sorts by the order of a dictionary's names.
fn by_name(sort: UnitSort) -> bool {
    use UnitSort as S;
    matches!(sort, S::ModelUp | S::ModelDown | S::BrandUp | S::BrandDown | S::ShelfUp | S::ShelfDown)
}

fn descending(sort: UnitSort) -> bool {
    use UnitSort as S;
    matches!(
        sort,
        S::Newest
            | S::PriceDown
            | S::StockNoDown
            | S::LiveDown
            | S::CostDown
            | S::ModelDown
            | S::BrandDown
            | S::GradeDown
            | S::BatteryDown
            | S::ShelfDown
            | S::StatusDown
            | S::PhotosDown
    )
}

/// Last in either direction.
const LAST: i64 = i64::MAX;

impl Board {
    fn dict(&self, sort: UnitSort) -> &Dict {
        match sort {
            UnitSort::BrandUp | UnitSort::BrandDown => &self.brands,
            UnitSort::ShelfUp | UnitSort::ShelfDown => &self.shelves,
            _ => &self.devices,
        }
    }

    fn name(sort: UnitSort, r: &Row) -> u32 {
        match sort {
            UnitSort::BrandUp | UnitSort::BrandDown => r.brand,
            UnitSort::ShelfUp | UnitSort::ShelfDown => r.shelf,
            _ => r.device,
        }
    }

    /// What the list sorts by; smaller stands higher.
    fn key(&self, sort: UnitSort, r: &Row) -> i64 {
        use UnitSort as S;
        let some = |v: i32| (v != NONE).then_some(i64::from(v));
        let value = match sort {
            S::Newest | S::Oldest => Some(r.taken_in),
            S::PriceUp | S::PriceDown => some(r.price),
            S::LiveUp | S::LiveDown => some(r.live),
            S::CostUp | S::CostDown => some(r.cost),
            S::StockNo | S::StockNoDown => Some(r.no_key),
            S::BatteryUp | S::BatteryDown => some(i32::from(r.battery)),
            S::GradeUp | S::GradeDown => (r.grade != 0).then_some(i64::from(r.grade)),
            S::StatusUp | S::StatusDown => Some(i64::from(r.status)),
            S::PhotosUp | S::PhotosDown => Some(i64::from(r.photos)),
            S::ModelUp | S::ModelDown | S::BrandUp | S::BrandDown | S::ShelfUp | S::ShelfDown => {
                let name = Self::name(sort, r);
                // Twice, so that a place can lie between two names.
                (!self.dict(sort).text(name).is_empty()).then(|| self.dict(sort).rank(name) * 2)
            }
        };
        match value {
            None => LAST,
            Some(v) if descending(sort) => -v,
            Some(v) => v,
        }
    }

    /// The key of a place. A name that is no longer known lies where it would stand.
    fn key_of(&self, sort: UnitSort, place: &Place) -> i64 {
        let name = match &place.key {
            Key::Number(k) => return *k,
            Key::Name(name) => name,
        };
        if name.is_empty() {
            return LAST;
        }
        let dict = self.dict(sort);
        let rank = match dict.number(name) {
            Some(n) => dict.rank(n) * 2,
            None => {
                let before = (0..dict.len()).filter_map(|n| u32::try_from(n).ok());
                let before = before.filter(|n| natural(dict.text(*n), name).is_lt()).count();
                i64::try_from(before).unwrap_or(0) * 2 - 1
            }
        };
        if descending(sort) { -rank } else { rank }
    }

    /// The first `limit` units behind `after`. Ties stand in the order they were taken in, turned round with the sort.
    pub fn page(&self, q: &UnitQuery, after: Option<&Place>, limit: usize, now: Ms) -> Slice {
        let found = self.find(&search::terms(&q.text));
        let filter = Filter::new(self, q, now);
        let turn = if descending(q.sort) { -1 } else { 1 };
        let behind = after.map(|p| (p.tier, self.key_of(q.sort, p), p.n * turn));
        let mut total = 0_u32;
        // The largest of those kept stands on top and goes when a smaller one comes.
        let mut heap: BinaryHeap<(u8, i64, i64, u32)> = BinaryHeap::with_capacity(limit + 2);
        for (slot, r) in (0_u32..).zip(&self.rows) {
            if r.n == 0 || !found.has(slot as usize) || filter.fails(r) != 0 {
                continue;
            }
            total += 1;
            let place = (found.tier(slot as usize), self.key(q.sort, r), r.n * turn);
            if behind.is_some_and(|b| place <= b) {
                continue;
            }
            let entry = (place.0, place.1, place.2, slot);
            if heap.len() <= limit {
                heap.push(entry);
            } else if heap.peek().is_some_and(|top| entry < *top) {
                heap.pop();
                heap.push(entry);
            }
        }
        let mut rows = heap.into_sorted_vec();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(tier, key, n, slot)| Place {
            tier: *tier,
            key: if by_name(q.sort) {
                let name = Self::name(q.sort, &self.rows[*slot as usize]);
                Key::Name(self.dict(q.sort).text(name).to_owned())
            } else {
                Key::Number(*key)
            },
            n: n * turn,
        });
        Slice { ids: rows.iter().map(|e| self.rows[e.3 as usize].id).collect(), next, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_as_it_was_written() {
        for (key, sort) in [(Key::Number(-1), UnitSort::Newest), (Key::Name("A.1..\u{1}中".into()), UnitSort::ModelUp)]
        {
            let p = Place { tier: 1, key, n: 7 };
            assert_eq!(Place::parse(&p.to_string(), sort), Ok(p));
        }
    }

    #[test]
    fn a_foreign_place_is_bad_input() {
        for text in ["", "x", "1.2", "1.2.x", "9999.1.1", "1.99999999999999999999.1"] {
            let code = Place::parse(text, UnitSort::Newest).map_err(|e| e.code);
            assert_eq!(code, Err(ErrorCode::BadInput), "{text}");
        }
    }
}
