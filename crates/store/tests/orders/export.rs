//! The bulk-ship file's rows and warnings.

use stall_core::{ErrorCode, api::ShipInput};
use stall_store::tables::{bench as desk, ship_export};

use crate::{Stall, bench::scan, days, id, row};

const A: &str = "2611000000000001";
const B: &str = "2611000000000002";

#[tokio::test]
async fn it_holds_what_was_shipped_here_until_the_file_confirms_it() {
    let s = Stall::new().await;
    s.unit("0371").await;
    s.unit("0372").await;
    s.import(&[row(A, "【0371】苹果13"), row(B, "【0372】苹果13")]).await;
    let none = ship_export::export_rows(&s.store, "kuaishou").await.unwrap_err();
    assert_eq!(none.code, ErrorCode::NothingToExport);
    for (no, unit) in [(A, "0371"), (B, "0372")] {
        scan(&s, Some(no), unit).await;
    }
    s.ship(A, "SF1234567890123").await.unwrap();
    let preview = ship_export::export_preview(&s.store).await.unwrap();
    assert_eq!((preview.platforms[0].value.as_str(), preview.platforms[0].count), ("kuaishou", 1));
    let sheet = ship_export::export_rows(&s.store, "kuaishou").await.unwrap();
    assert_eq!(sheet.columns, ["订单编号", "快递公司", "快递单号"]);
    assert_eq!(sheet.rows, [[A, "顺丰速运", "SF1234567890123"].map(str::to_owned)]);
    assert!(sheet.checks.is_empty(), "{:?}", sheet.checks);

    s.import(&[row(A, "【0371】苹果13").status("已发货")]).await;
    assert!(ship_export::export_preview(&s.store).await.unwrap().platforms.is_empty());
}

#[tokio::test]
async fn what_the_platform_would_refuse_is_warned_of() {
    let s = Stall::new().await;
    s.unit("0371").await;
    s.unit("0372").await;
    s.import(&[row(A, "【0371】苹果13")]).await;
    scan(&s, Some(A), "0371").await;
    s.ship(A, "SF1234567890123").await.unwrap();
    s.pass(days(31));
    s.import(&[row(B, "【0372】苹果13").paid_at("2026-12-25 14:00:00")]).await;
    scan(&s, Some(B), "0372").await;
    let input = ShipInput { order_id: id(B), carrier: "中通".into(), tracking_no: "SF1234567890123".into() };
    desk::ship(&s.store, &s.me, &input).await.unwrap();
    s.import(&[row(B, "【0372】苹果13").paid_at("2026-12-25 14:00:00").aftersale("售后处理中")]).await;
    let sheet = ship_export::export_rows(&s.store, "kuaishou").await.unwrap();
    let kinds: Vec<_> = sheet.checks.iter().map(|c| (c.kind.as_str(), c.order_no.as_str())).collect();
    assert_eq!(kinds, [("number_not_carrier", B), ("before_payment", B), ("order_closed", B), ("number_reused", B)]);
}
