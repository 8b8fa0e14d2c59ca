//! How long inspections take.

use crate::api::{Category, InspectionStat, InspectionStats};

/// One finished inspection.
#[derive(Debug, Clone)]
pub struct Worked {
    pub by: String,
    pub category: Category,
    pub ms: u32,
}

/// Everybody first, then categories, then people, then each person's categories; the busiest first.
#[must_use]
pub fn stats(all: &[Worked]) -> InspectionStats {
    let mut rows = Vec::new();
    let mut add = |by: Option<&str>, category: Option<Category>| {
        let of = |w: &&Worked| by.is_none_or(|b| b == w.by) && category.is_none_or(|c| c == w.category);
        let mut times: Vec<u32> = all.iter().filter(of).map(|w| w.ms).collect();
        if !times.is_empty() {
            times.sort_unstable();
            let sum: u64 = times.iter().map(|t| u64::from(*t)).sum();
            let mean = sum / u64::try_from(times.len()).unwrap_or(1);
            rows.push(InspectionStat {
                by: by.map(str::to_owned),
                category,
                count: u32::try_from(times.len()).unwrap_or(u32::MAX),
                median_ms: median(&times),
                mean_ms: u32::try_from(mean).unwrap_or(u32::MAX),
            });
        }
    };
    let mut categories: Vec<Category> = all.iter().map(|w| w.category).collect();
    categories.sort_unstable();
    categories.dedup();
    let mut people: Vec<(usize, &str)> = Vec::new();
    for w in all {
        match people.iter_mut().find(|p| p.1 == w.by) {
            Some(p) => p.0 += 1,
            None => people.push((1, &w.by)),
        }
    }
    people.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    add(None, None);
    for c in &categories {
        add(None, Some(*c));
    }
    for (_, p) in &people {
        add(Some(p), None);
    }
    for (_, p) in &people {
        for c in &categories {
            add(Some(p), Some(*c));
        }
    }
    InspectionStats { rows }
}

/// Of sorted times; the mean of the middle two where there is no middle one.
fn median(sorted: &[u32]) -> u32 {
    let at = |i: usize| u64::from(sorted.get(i).copied().unwrap_or(0));
    let half = sorted.len() / 2;
    let m = if sorted.len() % 2 == 1 { at(half) } else { (at(half.saturating_sub(1)) + at(half)) / 2 };
    u32::try_from(m).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_mean_stand_for_everybody_each_category_and_each_person() {
        let w = |by: &str, category, ms| Worked { by: by.into(), category, ms };
        let all = [
            w("王", Category::Phone, 100),
            w("王", Category::Phone, 300),
            w("王", Category::Watch, 50),
            w("李", Category::Phone, 1000),
        ];
        let got: Vec<_> = stats(&all)
            .rows
            .into_iter()
            .map(|r| (r.by.unwrap_or_default(), r.category, r.count, r.median_ms, r.mean_ms))
            .collect();
        let (p, c) = (Some(Category::Phone), Some(Category::Watch));
        assert_eq!(got[0], (String::new(), None, 4, 200, 362));
        assert_eq!(&got[1..3], [(String::new(), p, 3, 300, 466), (String::new(), c, 1, 50, 50)]);
        assert_eq!(&got[3..5], [("王".into(), None, 3, 100, 150), ("李".into(), None, 1, 1000, 1000)]);
        assert_eq!(got.len(), 8);
        assert!(stats(&[]).rows.is_empty());
    }
}
