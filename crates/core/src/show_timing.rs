//! Planned starts of a run sheet, its length against the budget, and what wants a person's eye.

use crate::api::{ItemProblem, UnitStatus};
use crate::{Fen, Ms};

const MINUTE: i64 = 60_000;

/// When each item starts, from the show's start and the minutes before it.
#[must_use]
pub fn planned_starts(starts_at: Ms, minutes: &[u32]) -> Vec<Ms> {
    let mut at = starts_at;
    minutes
        .iter()
        .map(|m| {
            let start = at;
            at = at.plus(i64::from(*m) * MINUTE);
            start
        })
        .collect()
}

/// Total minutes, and how many they are over the budget (negative: minutes left).
#[must_use]
pub fn budget(minutes: &[u32], planned_minutes: u32) -> (u32, i64) {
    let total = minutes.iter().fold(0u32, |a, m| a.saturating_add(*m));
    (total, i64::from(total) - i64::from(planned_minutes))
}

/// What is known of an item that shows a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemFacts {
    pub status: UnitStatus,
    /// Planned in another show that has not begun.
    pub other_show: bool,
    /// How often the unit stands in this show.
    pub times: u32,
    pub photos: u32,
    pub graded: bool,
    /// Price asked on air.
    pub price: Option<Fen>,
    pub floor: Option<Fen>,
}

/// Problems of an item, gravest first; none for a segment without a unit.
#[must_use]
pub fn problems(item: Option<&ItemFacts>) -> Vec<ItemProblem> {
    use ItemProblem as P;
    let Some(i) = item else { return Vec::new() };
    let below = i.price.zip(i.floor).is_some_and(|(p, f)| p < f);
    [
        (matches!(i.status, UnitStatus::Sold | UnitStatus::Packed | UnitStatus::Shipped), P::Sold),
        (i.status == UnitStatus::Withdrawn, P::Withdrawn),
        (i.other_show, P::OtherShow),
        (i.times > 1, P::Twice),
        (below, P::BelowFloor),
        (i.price.is_none(), P::NoPrice),
        (i.photos == 0, P::NoPhotos),
        (!i.graded, P::NoGrade),
    ]
    .into_iter()
    .filter_map(|(is, p)| is.then_some(p))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: ItemFacts = ItemFacts {
        status: UnitStatus::InStock,
        other_show: false,
        times: 1,
        photos: 3,
        graded: true,
        price: Some(Fen(229_900)),
        floor: Some(Fen(200_000)),
    };

    #[test]
    fn items_start_one_after_the_other() {
        assert_eq!(planned_starts(Ms(0), &[5, 0, 4]), [Ms(0), Ms(300_000), Ms(300_000)]);
        assert!(planned_starts(Ms(0), &[]).is_empty());
    }

    #[test]
    fn the_budget_says_what_is_over_or_left() {
        assert_eq!(budget(&[60, 70], 120), (130, 10));
        assert_eq!(budget(&[60], 120), (60, -60));
        assert_eq!(budget(&[u32::MAX, 1], 0).0, u32::MAX);
    }

    #[test]
    fn a_good_item_and_a_segment_have_no_problem() {
        assert!(problems(Some(&GOOD)).is_empty());
        assert!(problems(None).is_empty());
        assert!(problems(Some(&ItemFacts { floor: None, ..GOOD })).is_empty());
    }

    #[test]
    fn every_problem_is_named() {
        let p = |i: ItemFacts| problems(Some(&i));
        assert_eq!(p(ItemFacts { status: UnitStatus::Packed, ..GOOD }), [ItemProblem::Sold]);
        assert_eq!(p(ItemFacts { status: UnitStatus::Withdrawn, ..GOOD }), [ItemProblem::Withdrawn]);
        assert_eq!(p(ItemFacts { price: Some(Fen(199_999)), ..GOOD }), [ItemProblem::BelowFloor]);
        let bare = ItemFacts { other_show: true, times: 2, photos: 0, graded: false, price: None, ..GOOD };
        use ItemProblem as P;
        assert_eq!(p(bare), [P::OtherShow, P::Twice, P::NoPrice, P::NoPhotos, P::NoGrade]);
    }

    proptest! {
        #[test]
        fn the_last_start_plus_its_minutes_is_the_total(minutes in prop::collection::vec(0u32..600, 1..100)) {
            let starts = planned_starts(Ms(1_000), &minutes);
            let end = starts[minutes.len() - 1].0 + i64::from(minutes[minutes.len() - 1]) * MINUTE;
            prop_assert_eq!(end - 1_000, i64::from(budget(&minutes, 0).0) * MINUTE);
        }
    }
}
