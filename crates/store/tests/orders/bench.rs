//! The bench: what a scan means, and the parcel leaving.

use stall_core::{
    ErrorCode,
    api::{BenchAnswer, BenchScan, GuessStrength, OrderStage, UnitStatus},
};
use stall_store::tables::bench;

use crate::{Stall, days, hours, id, row};

const A: &str = "2611000000000001";
const B: &str = "2611000000000002";
const C: &str = "2611000000000003";
const IMEI: &str = "490154203237518";

pub async fn scan(s: &Stall, parcel: Option<&str>, code: &str) -> BenchAnswer {
    let input = BenchScan { order_id: parcel.map(id), code: code.to_owned() };
    bench::scan(&s.store, &s.me, &input).await.unwrap()
}

fn opened(answer: BenchAnswer) -> String {
    match answer {
        BenchAnswer::Opened { order } => order.row.order_no,
        other => format!("{other:?}"),
    }
}

fn refused(answer: BenchAnswer) -> ErrorCode {
    match answer {
        BenchAnswer::Refused { error, .. } => error.code,
        other => unreachable!("{other:?}"),
    }
}

async fn two_parcels() -> Stall {
    let s = Stall::new().await;
    s.unit_with("0371", |p| p.imei = Some(IMEI.into())).await;
    s.unit("0372").await;
    s.unit("0406").await;
    s.import(&[row(A, "【0371】苹果13"), row(B, "【0372】苹果13")]).await;
    s
}

#[tokio::test]
async fn an_empty_bench_opens_by_number_tail_or_unit() {
    let s = two_parcels().await;
    for code in [A, " 2611000000000001 ", "0000000001", "0371", IMEI, "49 015420 323751 8"] {
        assert_eq!(opened(scan(&s, None, code).await), A, "{code}");
    }
    // "00000" is too short to stand for an order, and a stock number nobody has.
    assert!(matches!(scan(&s, None, "00002").await, BenchAnswer::Unknown { .. }));
    assert!(matches!(scan(&s, None, "SF1234567890123").await, BenchAnswer::Unknown { .. }));
    let BenchAnswer::WrongUnit { expected, scanned, .. } = scan(&s, None, "0406").await else { unreachable!() };
    assert!(expected.is_empty());
    assert_eq!(scanned.unwrap().stock_no, "0406");
}

#[tokio::test]
async fn the_right_unit_is_packed_once() {
    let s = two_parcels().await;
    for (n, code) in ["0371", IMEI].into_iter().enumerate() {
        let groups = s.groups().await;
        let BenchAnswer::RightUnit { order, unit, complete } = scan(&s, Some(A), code).await else { unreachable!() };
        assert_eq!((unit.stock_no.as_str(), unit.status, complete), ("0371", UnitStatus::Packed, true));
        assert_eq!(order.row.stage, OrderStage::ToShip);
        assert!(order.lines[0].packed_at.is_some());
        assert_eq!(s.groups().await - groups, if n == 0 { 1 } else { 0 });
    }
    assert_eq!(s.store.undo_state().await.unwrap().undo.unwrap().op, "pack");
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.stage(A).await, OrderStage::ToPack);
}

#[tokio::test]
async fn a_parcel_of_two_units_is_complete_with_the_second() {
    let s = Stall::new().await;
    s.unit("0371").await;
    s.unit("0372").await;
    s.import(&[row(A, "【0371】苹果13"), row(A, "【0372】苹果13"), row(A, "数据线 1米")]).await;
    let BenchAnswer::RightUnit { complete, .. } = scan(&s, Some(A), "0372").await else { unreachable!() };
    assert!(!complete);
    assert_eq!(refused(scan(&s, Some(A), "SF1234567890123").await), ErrorCode::NotPacked);
    assert_eq!(s.ship(A, "SF1234567890123").await.unwrap_err().code, ErrorCode::NotPacked);
    let BenchAnswer::RightUnit { complete, .. } = scan(&s, Some(A), "0371").await else { unreachable!() };
    assert!(complete);
}

#[tokio::test]
async fn a_wrong_unit_writes_nothing_and_says_whose_it_is() {
    let s = two_parcels().await;
    let groups = s.groups().await;
    let BenchAnswer::WrongUnit { expected, scanned, belongs_to, .. } = scan(&s, Some(A), "0372").await else {
        unreachable!()
    };
    assert_eq!((expected[0].stock_no.as_str(), scanned.unwrap().stock_no.as_str()), ("0371", "0372"));
    assert_eq!(belongs_to.unwrap().order_no, B);
    let BenchAnswer::WrongUnit { scanned, belongs_to, .. } = scan(&s, Some(A), "0406").await else { unreachable!() };
    assert_eq!((scanned.unwrap().stock_no.as_str(), belongs_to.is_none()), ("0406", true));
    // A device this stall has never seen is a wrong unit too.
    let BenchAnswer::WrongUnit { scanned, .. } = scan(&s, Some(A), "352099081234565").await else { unreachable!() };
    assert!(scanned.is_none());
    assert_eq!(s.groups().await, groups);
}

#[tokio::test]
async fn another_orders_number_changes_the_parcel() {
    let s = two_parcels().await;
    assert_eq!(opened(scan(&s, Some(A), B).await), B);
}

#[tokio::test]
async fn a_waybill_is_taken_when_everything_is_packed() {
    let s = two_parcels().await;
    assert_eq!(refused(scan(&s, Some(A), "sf1234567890123").await), ErrorCode::NotPacked);
    scan(&s, Some(A), "0371").await;
    let BenchAnswer::Waybill { tracking_no, carriers } = scan(&s, Some(A), "sf1234567890123").await else {
        unreachable!()
    };
    assert_eq!(tracking_no, "SF1234567890123");
    assert_eq!((carriers[0].carrier.code.as_str(), carriers[0].strength), ("shunfeng", GuessStrength::Sure));
}

#[tokio::test]
async fn what_must_not_be_packed_is_refused_with_its_reason() {
    let s = two_parcels().await;
    s.import(&[
        row(C, "苹果13"),
        row("2611000000000004", "苹果13").status("待付款"),
        row("2611000000000005", "苹果13").status("已发货"),
        row("2611000000000006", "【0406】苹果13").aftersale("售后处理中"),
    ])
    .await;
    s.import(&[row(B, "【0372】苹果13").status("交易关闭").aftersale("退款成功")]).await;
    for (code, want) in [
        (C, ErrorCode::LineUnmatched),
        ("2611000000000004", ErrorCode::OrderNotPaid),
        ("2611000000000005", ErrorCode::AlreadyShipped),
        ("2611000000000006", ErrorCode::OrderHeld),
        (B, ErrorCode::OrderClosed),
        ("0406", ErrorCode::OrderHeld),
    ] {
        assert_eq!(refused(scan(&s, None, code).await), want, "{code}");
    }
    assert_eq!(refused(scan(&s, Some("2611000000000006"), "0406").await), ErrorCode::OrderHeld);
    assert_eq!(s.ship("2611000000000006", "SF1").await.unwrap_err().code, ErrorCode::OrderHeld);
}

#[tokio::test]
async fn a_packed_parcel_is_shipped_with_its_waybill() {
    let s = two_parcels().await;
    assert_eq!(s.ship(A, "SF1234567890123").await.unwrap_err().code, ErrorCode::NotPacked);
    scan(&s, Some(A), "0371").await;
    assert_eq!(s.ship(A, "  ").await.unwrap_err().code, ErrorCode::WaybillMissing);
    let order = s.ship(A, "sf1234 5678 90123").await.unwrap();
    assert_eq!(order.row.stage, OrderStage::Shipped);
    assert_eq!(order.row.tracking_no.as_deref(), Some("SF1234567890123"));
    assert_eq!(order.row.carrier.as_deref(), Some("shunfeng"));
    assert_eq!(order.row.units[0].status, UnitStatus::Shipped);
    assert_eq!(s.ship(A, "SF1234567890124").await.unwrap_err().code, ErrorCode::AlreadyShipped);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.stage(A).await, OrderStage::ToShip);
}

#[tokio::test]
async fn one_number_goes_to_one_address() {
    let s = Stall::new().await;
    for no in ["0371", "0372", "0373"] {
        s.unit(no).await;
    }
    s.import(&[row(A, "【0371】苹果13"), row(B, "【0372】苹果13"), row(C, "【0373】苹果13").address("另一处")]).await;
    for (no, unit) in [(A, "0371"), (B, "0372"), (C, "0373")] {
        scan(&s, Some(no), unit).await;
    }
    s.ship(A, "SF1234567890123").await.unwrap();
    let e = s.ship(C, "SF1234567890123").await.unwrap_err();
    assert_eq!((e.code, e.args["order_no"].as_str()), (ErrorCode::WaybillUsed, A));
    // Two orders of one buyer in one parcel.
    s.ship(B, "SF1234567890123").await.unwrap();
}

#[tokio::test]
async fn the_queue_goes_by_deadline_and_counts_the_day() {
    let s = Stall::new().await;
    for no in ["0371", "0372", "0373"] {
        s.unit(no).await;
    }
    s.import(&[
        row(A, "【0371】苹果13").paid_at("2026-11-24 11:00:00"),
        row(B, "【0372】苹果13").paid_at("2026-11-24 09:00:00"),
        row(C, "【0373】苹果13").paid_at("2026-11-24 10:00:00"),
        row("2611000000000009", "苹果13"),
    ])
    .await;
    scan(&s, Some(C), "0373").await;
    let q = bench::queue(&s.store).await.unwrap();
    assert_eq!(q.parcels.iter().map(|p| p.order_no.as_str()).collect::<Vec<_>>(), [B, C, A]);
    assert_eq!((q.to_pack, q.to_ship, q.to_match, q.shipped_today), (2, 1, 1, 0));
    s.ship(C, "SF1234567890123").await.unwrap();
    assert_eq!(bench::queue(&s.store).await.unwrap().shipped_today, 1);
    // Noon in Shanghai plus 13 hours is tomorrow there, though the same day in UTC.
    s.pass(hours(13));
    assert_eq!(bench::queue(&s.store).await.unwrap().shipped_today, 0);
    s.pass(days(1));
    assert_eq!(bench::queue(&s.store).await.unwrap().to_ship, 0);
}
