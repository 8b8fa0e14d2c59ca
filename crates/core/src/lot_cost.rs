//! Sharing what a lot cost among its units, to the fen.

use crate::{AppError, AppResult, ErrorCode, Fen, api::CostRule};

/// What the rule knows of one unit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    /// Its list price, for [`CostRule::ByPrice`].
    pub price: Option<Fen>,
    /// What was said for it, for [`CostRule::ByHand`].
    pub said: Option<Fen>,
}

/// The cost of each unit, in order; they add up to `total` exactly.
///
/// Fen that do not divide go one by one to those with the largest remainder, the first before the later. Units without
/// a list price count as the average of those that have one; with no price at all the shares are equal.
///
/// # Errors
/// `PriceInvalid` for a total or share below zero, `LotCostDiffers {left}` when what is said by hand does not add up.
pub fn split(total: Fen, rule: CostRule, units: &[Share]) -> AppResult<Vec<Fen>> {
    if total.0 < 0 || units.iter().any(|u| u.said.is_some_and(|s| s.0 < 0)) {
        return Err(AppError::new(ErrorCode::PriceInvalid).arg("field", "cost_total"));
    }
    if units.is_empty() {
        return Ok(Vec::new());
    }
    match rule {
        CostRule::Equal => Ok(by_weight(total, &vec![1; units.len()])),
        CostRule::ByPrice => Ok(by_weight(total, &weights(units))),
        CostRule::ByHand => by_hand(total, units),
    }
}

fn weights(units: &[Share]) -> Vec<i64> {
    let known: Vec<i64> = units.iter().filter_map(|u| u.price).map(|p| p.0).filter(|p| *p > 0).collect();
    let sum: i128 = known.iter().map(|p| i128::from(*p)).sum();
    let Ok(n) = i128::try_from(known.len()) else { return vec![1; units.len()] };
    if n == 0 {
        return vec![1; units.len()];
    }
    let average = i64::try_from(sum / n).unwrap_or(i64::MAX).max(1);
    units.iter().map(|u| u.price.map(|p| p.0).filter(|p| *p > 0).unwrap_or(average)).collect()
}

/// Largest remainder.
fn by_weight(total: Fen, weights: &[i64]) -> Vec<Fen> {
    let all: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    let parts: Vec<(i128, i128)> = weights
        .iter()
        .map(|w| {
            let exact = i128::from(total.0) * i128::from(*w);
            (exact / all, exact % all)
        })
        .collect();
    let given: i128 = parts.iter().map(|p| p.0).sum();
    let left = usize::try_from(i128::from(total.0) - given).unwrap_or(0);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(parts[*i].1), *i));
    let mut out: Vec<i64> = parts.iter().map(|p| i64::try_from(p.0).unwrap_or(i64::MAX)).collect();
    for i in order.into_iter().take(left) {
        out[i] += 1;
    }
    out.into_iter().map(Fen).collect()
}

fn by_hand(total: Fen, units: &[Share]) -> AppResult<Vec<Fen>> {
    let said: i128 = units.iter().filter_map(|u| u.said).map(|s| i128::from(s.0)).sum();
    let left = i128::from(total.0) - said;
    let open = units.iter().filter(|u| u.said.is_none()).count();
    if left < 0 || (open == 0 && left != 0) {
        return Err(AppError::new(ErrorCode::LotCostDiffers).arg("left", left));
    }
    let mut rest = if open == 0 {
        Vec::new().into_iter()
    } else {
        by_weight(Fen(i64::try_from(left).unwrap_or(i64::MAX)), &vec![1; open]).into_iter()
    };
    Ok(units.iter().map(|u| u.said.unwrap_or_else(|| rest.next().unwrap_or(Fen(0)))).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn fens(v: &[Fen]) -> Vec<i64> {
        v.iter().map(|f| f.0).collect()
    }

    #[test]
    fn a_hundred_yuan_over_three_units_leaves_no_fen_over() {
        let three = [Share::default(); 3];
        assert_eq!(fens(&split(Fen(10_000), CostRule::Equal, &three).unwrap()), [3334, 3333, 3333]);
    }

    #[test]
    fn dearer_units_carry_more_and_one_without_a_price_carries_the_average() {
        let u = |p: Option<i64>| Share { price: p.map(Fen), said: None };
        let out = split(Fen(60_000), CostRule::ByPrice, &[u(Some(100)), u(Some(300)), u(None)]).unwrap();
        assert_eq!(fens(&out), [10_000, 30_000, 20_000]);
        assert_eq!(fens(&split(Fen(10), CostRule::ByPrice, &[u(None), u(None)]).unwrap()), [5, 5]);
    }

    #[test]
    fn what_is_said_by_hand_stands_and_the_others_share_the_rest() {
        let u = |s: Option<i64>| Share { price: None, said: s.map(Fen) };
        let out = split(Fen(1000), CostRule::ByHand, &[u(Some(401)), u(None), u(None)]).unwrap();
        assert_eq!(fens(&out), [401, 300, 299]);
        let e = split(Fen(1000), CostRule::ByHand, &[u(Some(400)), u(Some(500))]).unwrap_err();
        assert_eq!((e.code, e.args["left"].as_str()), (ErrorCode::LotCostDiffers, "100"));
        assert!(split(Fen(1000), CostRule::ByHand, &[u(Some(1001)), u(None)]).is_err());
    }

    proptest! {
        #[test]
        fn the_shares_always_add_up_and_none_is_below_zero(
            total in 0i64..9_000_000_000,
            prices in prop::collection::vec(prop::option::of(0i64..100_000_000), 1..120),
            by_price in any::<bool>(),
        ) {
            let units: Vec<Share> = prices.iter().map(|p| Share { price: p.map(Fen), said: None }).collect();
            let rule = if by_price { CostRule::ByPrice } else { CostRule::Equal };
            let out = split(Fen(total), rule, &units).unwrap();
            prop_assert_eq!(out.iter().map(|f| f.0).sum::<i64>(), total);
            prop_assert!(out.iter().all(|f| f.0 >= 0));
            let (min, max) = (out.iter().map(|f| f.0).min().unwrap(), out.iter().map(|f| f.0).max().unwrap());
            prop_assert!(by_price || max - min <= 1);
        }

        #[test]
        fn a_dearer_unit_never_costs_less_by_more_than_a_fen(
            total in 0i64..1_000_000_000,
            prices in prop::collection::vec(1i64..10_000_000, 2..40),
        ) {
            let units: Vec<Share> = prices.iter().map(|p| Share { price: Some(Fen(*p)), said: None }).collect();
            let out = split(Fen(total), CostRule::ByPrice, &units).unwrap();
            for (i, a) in prices.iter().enumerate() {
                for (j, b) in prices.iter().enumerate() {
                    prop_assert!(a < b || out[i].0 + 1 >= out[j].0);
                }
            }
        }

        #[test]
        fn by_hand_adds_up_or_says_what_is_left(
            total in 0i64..1_000_000,
            said in prop::collection::vec(prop::option::of(0i64..20_000), 1..40),
        ) {
            let units: Vec<Share> = said.iter().map(|s| Share { price: None, said: s.map(Fen) }).collect();
            match split(Fen(total), CostRule::ByHand, &units) {
                Ok(out) => {
                    prop_assert_eq!(out.iter().map(|f| f.0).sum::<i64>(), total);
                    for (u, o) in units.iter().zip(&out) { prop_assert!(u.said.is_none_or(|s| s == *o)); }
                }
                Err(e) => {
                    let sum: i64 = said.iter().flatten().sum();
                    prop_assert_eq!(e.args["left"].parse::<i64>().unwrap(), total - sum);
                }
            }
        }
    }
}
