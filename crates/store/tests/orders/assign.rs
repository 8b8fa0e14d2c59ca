//! The lock between a line and a unit.

use stall_core::{
    AppError, ErrorCode, Id,
    api::{AssignInput, ByLine, LineKind, LineKindInput, OrderDetail, OrderStage, UnitStatus},
};
use stall_store::tables::orders;

use crate::{Stall, bench::scan, row};

const A: &str = "2611000000000001";
const B: &str = "2611000000000002";

async fn assign(s: &Stall, order: &str, unit: Id) -> Result<OrderDetail, AppError> {
    let line_id = s.order(order).await.lines[0].id;
    orders::assign(&s.store, &s.me, AssignInput { line_id, unit_id: unit }).await
}

async fn unassign(s: &Stall, order: &str) -> Result<OrderDetail, AppError> {
    let line_id = s.order(order).await.lines[0].id;
    orders::unassign(&s.store, &s.me, ByLine { line_id }).await
}

#[tokio::test]
async fn a_unit_is_locked_to_a_line_freed_and_locked_again_by_undo() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(A, "苹果13")]).await;
    let order = assign(&s, A, unit).await.unwrap();
    assert_eq!((order.row.stage, order.lines[0].unit.as_ref().unwrap().id), (OrderStage::ToPack, unit));
    assert_eq!(s.status(unit).await, UnitStatus::Sold);
    assert_eq!(order.timeline[0].what, "assigned");
    assert_eq!(order.timeline[0].args["stock_no"], "0371");

    s.pass(1);
    let order = unassign(&s, A).await.unwrap();
    assert_eq!((order.row.stage, order.row.units.len()), (OrderStage::ToMatch, 0));
    assert_eq!(s.status(unit).await, UnitStatus::InStock);
    assert_eq!(order.timeline[0].what, "unassigned");

    s.store.undo(&s.me).await.unwrap();
    assert_eq!((s.stage(A).await, s.status(unit).await), (OrderStage::ToPack, UnitStatus::Sold));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!((s.stage(A).await, s.status(unit).await), (OrderStage::ToMatch, UnitStatus::InStock));
    s.store.redo(&s.me).await.unwrap();
    assert_eq!((s.stage(A).await, s.status(unit).await), (OrderStage::ToPack, UnitStatus::Sold));
}

#[tokio::test]
async fn a_line_and_a_unit_are_taken_only_once() {
    let s = Stall::new().await;
    let (first, second) = (s.unit("0371").await, s.unit("0372").await);
    s.import(&[row(A, "苹果13"), row(B, "苹果13")]).await;
    assign(&s, A, first).await.unwrap();
    let e = assign(&s, A, second).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str()), (ErrorCode::LineTaken, "0371"));
    let e = assign(&s, B, first).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str(), e.args["order_no"].as_str()), (ErrorCode::UnitTaken, "0371", A));
}

#[tokio::test]
async fn a_withdrawn_unit_and_a_closed_order_are_refused() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(A, "苹果13"), row(B, "苹果13")]).await;
    s.import(&[row(B, "苹果13").status("交易关闭").aftersale("退款成功")]).await;
    assert_eq!(assign(&s, B, unit).await.unwrap_err().code, ErrorCode::OrderClosed);
    let input = stall_core::api::WithdrawInput { ids: vec![unit], reason: "自用".into() };
    stall_store::tables::units::withdraw(&s.store, &s.me, &input).await.unwrap();
    assert_eq!(assign(&s, A, unit).await.unwrap_err().code, ErrorCode::UnitNotInStock);
    assert_eq!(assign(&s, A, Id::of_order("x", "", "")).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(unassign(&s, A).await.unwrap_err().code, ErrorCode::LineUnmatched);
}

#[tokio::test]
async fn freeing_a_packed_unit_takes_it_out_of_the_parcel_in_one_step() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(A, "【0371】苹果13")]).await;
    scan(&s, Some(A), "0371").await;
    assert_eq!((s.stage(A).await, s.status(unit).await), (OrderStage::ToShip, UnitStatus::Packed));
    unassign(&s, A).await.unwrap();
    assert_eq!((s.stage(A).await, s.status(unit).await), (OrderStage::ToMatch, UnitStatus::InStock));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!((s.stage(A).await, s.status(unit).await), (OrderStage::ToShip, UnitStatus::Packed));
}

#[tokio::test]
async fn a_shipped_unit_cannot_be_freed() {
    let s = Stall::new().await;
    s.unit("0371").await;
    s.import(&[row(A, "【0371】苹果13")]).await;
    scan(&s, Some(A), "0371").await;
    s.ship(A, "SF1234567890123").await.unwrap();
    assert_eq!(unassign(&s, A).await.unwrap_err().code, ErrorCode::AlreadyShipped);
}

#[tokio::test]
async fn a_line_called_an_accessory_waits_for_no_unit() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(A, "苹果13")]).await;
    let line_id = s.order(A).await.lines[0].id;
    let input = LineKindInput { line_id, kind: LineKind::Accessory };
    let order = orders::set_line_kind(&s.store, &s.me, input.clone()).await.unwrap();
    assert_eq!((order.row.stage, order.lines[0].kind), (OrderStage::ToShip, LineKind::Accessory));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.stage(A).await, OrderStage::ToMatch);

    assign(&s, A, unit).await.unwrap();
    let e = orders::set_line_kind(&s.store, &s.me, input).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str()), (ErrorCode::LineTaken, "0371"));
}
