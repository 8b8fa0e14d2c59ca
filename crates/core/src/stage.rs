//! Where an order stands at this stall: the platform's word and our own facts together.

use crate::api::{Aftersale, LineKind, OrderStage, OrderStatus};

/// What is known of one line for the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineState {
    pub kind: LineKind,
    pub assigned: bool,
    pub packed: bool,
}

/// The stage of an order. `shipped` is true when this stall recorded a waybill for it.
#[must_use]
pub fn stage(status: OrderStatus, aftersale: Aftersale, lines: &[LineState], shipped: bool) -> OrderStage {
    use OrderStatus as S;
    match status {
        S::Closed => return OrderStage::Closed,
        S::Received | S::Completed => return OrderStage::Done,
        _ => {}
    }
    if shipped || status == S::Shipped {
        return OrderStage::Shipped;
    }
    match aftersale {
        // Paid back before anything left: there is nothing to send.
        Aftersale::Refunded => return OrderStage::Closed,
        a if holds(a) => return OrderStage::Held,
        _ => {}
    }
    if status == S::Unpaid {
        return OrderStage::Unpaid;
    }
    let mut units = lines.iter().filter(|l| l.kind == LineKind::Unit).peekable();
    if units.peek().is_none() {
        // Accessories only: nothing to match or to scan, so it is ready for its waybill once packed by eye.
        return OrderStage::ToShip;
    }
    let units: Vec<_> = units.collect();
    if units.iter().any(|l| !l.assigned) {
        OrderStage::ToMatch
    } else if units.iter().any(|l| !l.packed) {
        OrderStage::ToPack
    } else {
        OrderStage::ToShip
    }
}

/// True while a refund or return is under way: such an order must not be shipped.
#[must_use]
pub fn holds(aftersale: Aftersale) -> bool {
    use Aftersale as A;
    match aftersale {
        A::Processing | A::AwaitingBuyerReturn | A::InReturn | A::AwaitingReturnReceipt | A::Checking => true,
        A::None | A::Refunded | A::Exchanged | A::Closed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: LineState = LineState { kind: LineKind::Unit, assigned: false, packed: false };
    const ASSIGNED: LineState = LineState { assigned: true, ..UNIT };
    const PACKED: LineState = LineState { packed: true, ..ASSIGNED };
    const CABLE: LineState = LineState { kind: LineKind::Accessory, ..UNIT };

    fn paid(lines: &[LineState]) -> OrderStage {
        stage(OrderStatus::ToShip, Aftersale::None, lines, false)
    }

    #[test]
    fn a_paid_order_goes_from_matching_to_packing_to_shipping() {
        assert_eq!(paid(&[UNIT]), OrderStage::ToMatch);
        assert_eq!(paid(&[ASSIGNED]), OrderStage::ToPack);
        assert_eq!(paid(&[PACKED]), OrderStage::ToShip);
        assert_eq!(stage(OrderStatus::ToShip, Aftersale::None, &[PACKED], true), OrderStage::Shipped);
    }

    #[test]
    fn the_slowest_line_decides_and_accessories_wait_for_nobody() {
        assert_eq!(paid(&[PACKED, UNIT]), OrderStage::ToMatch);
        assert_eq!(paid(&[PACKED, ASSIGNED]), OrderStage::ToPack);
        assert_eq!(paid(&[PACKED, CABLE]), OrderStage::ToShip);
        assert_eq!(paid(&[CABLE]), OrderStage::ToShip);
        assert_eq!(paid(&[]), OrderStage::ToShip);
    }

    #[test]
    fn a_refund_under_way_holds_the_parcel_until_it_has_left() {
        let s = |a, shipped| stage(OrderStatus::ToShip, a, &[PACKED], shipped);
        assert_eq!(s(Aftersale::Processing, false), OrderStage::Held);
        assert_eq!(s(Aftersale::AwaitingBuyerReturn, false), OrderStage::Held);
        assert_eq!(s(Aftersale::Processing, true), OrderStage::Shipped);
        assert_eq!(s(Aftersale::Refunded, false), OrderStage::Closed);
        assert_eq!(s(Aftersale::Closed, false), OrderStage::ToShip);
    }

    #[test]
    fn the_file_may_say_more_than_we_did() {
        assert_eq!(stage(OrderStatus::Shipped, Aftersale::None, &[UNIT], false), OrderStage::Shipped);
        assert_eq!(stage(OrderStatus::Completed, Aftersale::None, &[UNIT], false), OrderStage::Done);
        assert_eq!(stage(OrderStatus::Received, Aftersale::None, &[UNIT], true), OrderStage::Done);
        assert_eq!(stage(OrderStatus::Closed, Aftersale::Processing, &[PACKED], false), OrderStage::Closed);
        assert_eq!(stage(OrderStatus::Unpaid, Aftersale::None, &[UNIT], false), OrderStage::Unpaid);
        assert_eq!(stage(OrderStatus::PartShipped, Aftersale::None, &[ASSIGNED], false), OrderStage::ToPack);
    }
}
