//! Counts of every facet, each with the other filters applied, in one pass.

use stall_core::{
    Ms,
    api::{AgeBand, Facet, InspectionState, Missing, PriceBand, UnitCounts, UnitFacets, UnitQuery, UnitStatus},
    grades, search,
};

use super::{
    Board, CATEGORIES, STATUSES,
    dict::Dict,
    filter::{Filter, fail, lacks, price_of},
};
use crate::tables::words::name;

/// Values a long facet shows at most; chosen ones stand beside them.
const SHOWN: usize = 60;

impl Board {
    /// What each value of each filter would leave.
    pub fn counts(&self, q: &UnitQuery, now: Ms) -> UnitCounts {
        let found = self.find(&search::terms(&q.text));
        let filter = Filter::new(self, q, now);
        let mut total = 0;
        let mut status = [0_u32; STATUSES.len()];
        let mut category = [0_u32; CATEGORIES.len()];
        let mut age = [0_u32; AgeBand::ALL.len()];
        let mut price = [0_u32; PriceBand::ALL.len()];
        let mut missing = [0_u32; Missing::ALL.len()];
        let mut inspection = [0_u32; InspectionState::ALL.len()];
        let [mut grade, mut brand, mut model, mut shelf] =
            [&self.grades, &self.brands, &self.models, &self.shelves].map(|d| vec![0_u32; d.len()]);
        for (slot, r) in self.rows.iter().enumerate() {
            if r.n == 0 || !found.has(slot) {
                continue;
            }
            let fails = filter.fails(r);
            // A unit counts for a facet when it fails no other filter.
            let counts = |bit: u16| fails & !bit == 0;
            if fails == 0 {
                total += 1;
                for (n, m) in missing.iter_mut().zip(Missing::ALL) {
                    *n += u32::from(lacks(r, m));
                }
            } else if fails.count_ones() > 1 {
                continue;
            }
            if counts(fail::STATUS) {
                status[usize::from(r.status)] += 1;
            }
            if counts(fail::CATEGORY) {
                category[usize::from(r.category)] += 1;
            }
            if counts(fail::GRADE) {
                grade[r.grade as usize] += 1;
            }
            if counts(fail::BRAND) {
                brand[r.brand as usize] += 1;
            }
            if counts(fail::MODEL) {
                model[r.model as usize] += 1;
            }
            if counts(fail::SHELF) {
                shelf[r.shelf as usize] += 1;
            }
            if counts(fail::INSPECTION) {
                inspection[usize::from(r.inspection)] += 1;
            }
            if counts(fail::AGE) {
                age[filter.age_of(r) as usize] += 1;
            }
            if let Some(band) = price_of(r).filter(|_| counts(fail::PRICE)) {
                price[band as usize] += 1;
            }
        }
        UnitCounts {
            total,
            status: fixed(&STATUSES, &status),
            category: fixed(&CATEGORIES, &category),
            grade: grades::all()
                .iter()
                .filter_map(|g| {
                    let count = grade[self.grades.number(&g.id)? as usize];
                    (count > 0 || q.grade.contains(&g.id)).then(|| Facet { value: g.id.clone(), count })
                })
                .collect(),
            brand: most(&self.brands, &brand, &q.brand),
            model: most(&self.models, &model, &q.model),
            shelf: most(&self.shelves, &shelf, &q.shelf),
            age: fixed(&AgeBand::ALL, &age),
            price: fixed(&PriceBand::ALL, &price),
            missing: fixed(&Missing::ALL, &missing),
            inspection: fixed(&InspectionState::ALL, &inspection),
        }
    }
}

fn fixed<T: serde::Serialize>(all: &[T], counts: &[u32]) -> Vec<Facet> {
    all.iter().zip(counts).map(|(v, n)| Facet { value: name(v), count: *n }).collect()
}

/// Most first, names settle ties; chosen values are there whatever their count.
fn most(dict: &Dict, counts: &[u32], chosen: &[String]) -> Vec<Facet> {
    let mut out: Vec<Facet> = (0_u32..)
        .zip(counts)
        .filter(|(n, count)| *n != 0 && **count > 0)
        .map(|(n, count)| Facet { value: dict.text(n).to_owned(), count: *count })
        .collect();
    out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| super::dict::natural(&a.value, &b.value)));
    let rest = out.split_off(SHOWN.min(out.len()));
    out.extend(rest.into_iter().filter(|f| chosen.contains(&f.value)));
    for value in chosen {
        if !out.iter().any(|f| f.value == *value) {
            out.push(Facet { value: value.clone(), count: 0 });
        }
    }
    out
}

impl Board {
    /// Counts for the tabs. `old`: what was taken in at or before it is ageing.
    pub fn overview(&self, now: Ms, old: Ms) -> UnitFacets {
        let stock = UnitQuery { status: vec![UnitStatus::InStock], ..UnitQuery::default() };
        let all = self.counts(&stock, now);
        let of = |m: Missing| all.missing.iter().find(|f| f.value == name(&m)).map_or(0, |f| f.count);
        let here = self.rows.iter().filter(|r| r.n != 0 && r.status == 0);
        let (in_show, ageing) =
            here.fold((0, 0), |(s, a), r| (s + u32::from(r.show_until > now.0), a + u32::from(r.taken_in <= old.0)));
        UnitFacets {
            no_photos: of(Missing::Photo),
            no_grade: of(Missing::Grade),
            in_show,
            ageing,
            category: all.category.into_iter().filter(|f| f.count > 0).collect(),
            status: all.status,
            grade: all.grade,
            brand: all.brand,
        }
    }
}
