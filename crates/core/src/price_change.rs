//! Moving a price: set, add, percent, and what the new price ends in.

use crate::{
    Fen,
    api::{PriceMove, Rounding},
};

const YUAN: i64 = 100;

/// The price after a move; `None` where there is none. A price never falls below zero.
#[must_use]
pub fn moved(old: Option<Fen>, how: PriceMove, amount: i64, round: Rounding) -> Option<Fen> {
    let raw = match (how, old) {
        (PriceMove::Clear, _) | (PriceMove::Add | PriceMove::Percent, None) => return None,
        (PriceMove::Set, _) => amount,
        (PriceMove::Add, Some(Fen(old))) => old.saturating_add(amount),
        (PriceMove::Percent, Some(Fen(old))) => old.saturating_add(half_up(old.saturating_mul(amount), 10_000)),
    };
    Some(Fen(rounded(raw.max(0), round)))
}

fn rounded(fen: i64, round: Rounding) -> i64 {
    match round {
        Rounding::Exact => fen,
        Rounding::Yuan => half_up(fen, YUAN) * YUAN,
        Rounding::Ten => half_up(fen, 10 * YUAN) * 10 * YUAN,
        Rounding::Nine => ending(fen, 10 * YUAN),
        Rounding::NinetyNine => ending(fen, 100 * YUAN),
    }
}

/// The nearest price one yuan below a whole `step`, the dearer one of two; never under the lowest such price.
fn ending(fen: i64, step: i64) -> i64 {
    (half_up(fen + YUAN, step) * step - YUAN).max(step - YUAN)
}

/// `n / d` to the nearest whole, halves up.
fn half_up(n: i64, d: i64) -> i64 {
    (n + d / 2).div_euclid(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(old: i64, how: PriceMove, amount: i64, round: Rounding) -> i64 {
        moved(Some(Fen(old * YUAN)), how, amount, round).map_or(-1, |f| f.0 / YUAN)
    }

    #[test]
    fn a_price_is_set_moved_by_yuan_and_by_percent() {
        assert_eq!(yuan(4299, PriceMove::Set, 399_900, Rounding::Exact), 3999);
        assert_eq!(yuan(4299, PriceMove::Add, -20_000, Rounding::Exact), 4099);
        assert_eq!(moved(Some(Fen(429_900)), PriceMove::Percent, -500, Rounding::Exact), Some(Fen(408_405)));
        assert_eq!(yuan(100, PriceMove::Add, -20_000, Rounding::Exact), 0);
        assert_eq!(moved(Some(Fen(1)), PriceMove::Clear, 0, Rounding::Exact), None);
    }

    #[test]
    fn a_unit_without_the_price_gets_one_only_when_it_is_set() {
        assert_eq!(moved(None, PriceMove::Add, 100, Rounding::Exact), None);
        assert_eq!(moved(None, PriceMove::Percent, 100, Rounding::Exact), None);
        assert_eq!(moved(None, PriceMove::Set, 100, Rounding::Exact), Some(Fen(100)));
    }

    #[test]
    fn prices_end_as_asked_at_the_nearest_place() {
        let five_off = |old, round| yuan(old, PriceMove::Percent, -500, round);
        assert_eq!(five_off(4299, Rounding::Yuan), 4084);
        assert_eq!(five_off(4299, Rounding::Ten), 4080);
        assert_eq!(five_off(4299, Rounding::Nine), 4089);
        assert_eq!(five_off(4299, Rounding::NinetyNine), 4099);
        // Already there: it stays.
        assert_eq!(yuan(2999, PriceMove::Add, 0, Rounding::NinetyNine), 2999);
        assert_eq!(yuan(2, PriceMove::Add, 0, Rounding::Nine), 9);
        assert_eq!(yuan(3, PriceMove::Add, 0, Rounding::NinetyNine), 99);
    }
}
