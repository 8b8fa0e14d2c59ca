//! Where a unit stands, folded from its live facts (those no void fact names).

use crate::Id;
use crate::Ms;
use crate::api::UnitStatus;

/// The kinds of facts that bear on a unit. `shipped` facts belong to orders and are passed apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitFactKind {
    Assigned,
    Packed,
    Withdrawn,
    Restored,
}

/// A live fact of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitFact {
    /// UUIDv7: settles two facts of the same millisecond the same way on every machine.
    pub id: Id,
    pub kind: UnitFactKind,
    pub at: Ms,
    /// The order, for assigned and packed.
    pub order: Option<Id>,
    /// The line, for assigned and packed.
    pub line: Option<Id>,
}

/// A live `shipped` fact, or the same said by the file, of an order this unit is or was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedOrder {
    pub order: Id,
    pub at: Ms,
}

/// A unit's standing, with the order and line it is sold in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub status: UnitStatus,
    pub order: Option<Id>,
    pub line: Option<Id>,
}

/// Folds the live facts of one unit, in any order.
///
/// `restored` (taken back into stock) ends everything before it: an older sale no longer counts.
#[must_use]
pub fn unit_status(facts: &[UnitFact], shipped: &[ShippedOrder]) -> Standing {
    let free = Standing { status: UnitStatus::InStock, order: None, line: None };
    let latest = |f: &dyn Fn(&&UnitFact) -> bool| facts.iter().filter(f).max_by_key(|f| (f.at, f.id));
    let restored = latest(&|f| f.kind == UnitFactKind::Restored).map(|f| (f.at, f.id));
    let counts = |f: &UnitFact| restored.is_none_or(|r| (f.at, f.id) > r);

    if latest(&|f| f.kind == UnitFactKind::Withdrawn && counts(f)).is_some() {
        return Standing { status: UnitStatus::Withdrawn, ..free };
    }
    let Some(sale) = latest(&|f| f.kind == UnitFactKind::Assigned && counts(f)) else { return free };
    let packed = facts.iter().any(|f| f.kind == UnitFactKind::Packed && counts(f) && f.order == sale.order);
    let gone = shipped.iter().any(|s| Some(s.order) == sale.order);
    let status = match (gone, packed) {
        (true, _) => UnitStatus::Shipped,
        (false, true) => UnitStatus::Packed,
        (false, false) => UnitStatus::Sold,
    };
    Standing { status, order: sale.order, line: sale.line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use UnitFactKind as K;
    use proptest::prelude::*;

    fn fact(n: i64, kind: K, order: Option<u8>) -> UnitFact {
        let order = order.map(id);
        UnitFact { id: Id::v7(Ms(n), [0; 10]), kind, at: Ms(n), order, line: order }
    }
    fn id(n: u8) -> Id {
        Id::v7(Ms(1), [n; 10])
    }
    fn of(facts: &[UnitFact], shipped: &[ShippedOrder]) -> UnitStatus {
        unit_status(facts, shipped).status
    }

    #[test]
    fn a_unit_without_facts_is_in_stock() {
        assert_eq!(of(&[], &[]), UnitStatus::InStock);
    }

    #[test]
    fn a_sale_goes_from_sold_to_packed_to_shipped() {
        let sold = fact(1, K::Assigned, Some(1));
        let packed = fact(2, K::Packed, Some(1));
        let left = ShippedOrder { order: id(1), at: Ms(3) };
        assert_eq!(of(&[sold], &[]), UnitStatus::Sold);
        assert_eq!(of(&[sold, packed], &[]), UnitStatus::Packed);
        assert_eq!(of(&[sold, packed], &[left]), UnitStatus::Shipped);
        assert_eq!(of(&[sold], &[left]), UnitStatus::Shipped);
        assert_eq!(unit_status(&[sold], &[]).order, Some(id(1)));
    }

    #[test]
    fn another_orders_parcel_says_nothing_about_this_unit() {
        let facts = [fact(1, K::Assigned, Some(1)), fact(2, K::Packed, Some(2))];
        assert_eq!(of(&facts, &[ShippedOrder { order: id(2), at: Ms(3) }]), UnitStatus::Sold);
    }

    #[test]
    fn taken_back_into_stock_ends_an_older_sale_or_withdrawal() {
        let left = [ShippedOrder { order: id(1), at: Ms(3) }];
        let back = [fact(1, K::Assigned, Some(1)), fact(2, K::Packed, Some(1)), fact(4, K::Restored, None)];
        assert_eq!(of(&back, &left), UnitStatus::InStock);
        let again = [back[0], back[1], back[2], fact(5, K::Assigned, Some(2))];
        assert_eq!(of(&again, &left), UnitStatus::Sold);
        assert_eq!(unit_status(&again, &left).order, Some(id(2)));
        assert_eq!(of(&[fact(1, K::Withdrawn, None), fact(2, K::Restored, None)], &[]), UnitStatus::InStock);
        assert_eq!(of(&[fact(1, K::Restored, None), fact(2, K::Withdrawn, None)], &[]), UnitStatus::Withdrawn);
    }

    proptest! {
        #[test]
        fn the_order_in_which_facts_arrive_does_not_matter(
            kinds in prop::collection::vec((0u8..4, 0u8..3, 0i64..20), 0..8), seed in any::<u64>(),
        ) {
            let facts: Vec<UnitFact> = kinds.iter().enumerate().map(|(i, (k, o, at))| UnitFact {
                id: Id::v7(Ms(*at), [u8::try_from(i).unwrap_or(0); 10]),
                kind: [K::Assigned, K::Packed, K::Withdrawn, K::Restored][usize::from(*k)],
                at: Ms(*at), order: Some(id(*o)), line: Some(id(*o)),
            }).collect();
            let mut other = facts.clone();
            if !other.is_empty() {
                let by = usize::try_from(seed % other.len() as u64).unwrap_or(0);
                other.rotate_left(by);
                other.reverse();
            }
            prop_assert_eq!(unit_status(&facts, &[]), unit_status(&other, &[]));
        }
    }
}
