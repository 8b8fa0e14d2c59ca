//! New, changed, same, refused; nothing twice, nothing half.

use std::sync::atomic::Ordering;

use stall_core::{
    ErrorCode, Fen,
    api::{OrderStage, OrderStatus, UnitStatus, Verdict},
};
use stall_store::tables::{
    mappings::{self, Mapping},
    order_import::{self, Choices, RowFilter, Watch},
};

use crate::{Stall, file, id, row};

fn verdicts(rows: &[stall_core::api::ImportRow]) -> Vec<(u32, Verdict)> {
    rows.iter().map(|r| (r.row, r.verdict)).collect()
}

fn all() -> RowFilter {
    RowFilter { limit: 500, ..RowFilter::default() }
}

#[tokio::test]
async fn a_preview_writes_nothing_and_says_what_each_row_would_do() {
    let s = Stall::new().await;
    s.unit("0371").await;
    s.import(&[row("2611000000000001", "【0371】iPhone 13"), row("2611000000000002", "二手机")]).await;
    let before = s.groups().await;

    let plan = s
        .plan(&[
            row("2611000000000001", "【0371】iPhone 13"),
            row("2611000000000002", "二手机").status("已发货"),
            row("2611000000000003", "另一台"),
            row("6.9179E+18", "三星"),
            row("2611000000000004", "钢化膜 两片装").status("交易关闭"),
        ])
        .await;
    let rows = order_import::rows(&s.store, &plan, &all()).await.unwrap().rows;
    assert_eq!(
        verdicts(&rows),
        [(2, Verdict::Same), (3, Verdict::Changed), (4, Verdict::New), (5, Verdict::Refused), (6, Verdict::Refused)]
    );
    assert_eq!(rows[3].error.as_ref().unwrap().code, ErrorCode::OrderNoFloat);
    assert_eq!(rows[4].error.as_ref().unwrap().code, ErrorCode::NeverPaid);
    assert_eq!(rows[1].changes[0].field, "status");
    assert_eq!(rows[0].unit.as_ref().unwrap().stock_no, "0371");
    assert_eq!(rows[0].price, Some(Fen(229_900)));
    let counts = plan.counts();
    assert_eq!((counts["new"], counts["changed"], counts["same"], counts["refused"]), (1, 1, 1, 2));
    assert_eq!(plan.row_count(), 5);
    assert_eq!(plan.unmatched(), 1);
    assert_eq!(s.groups().await, before);
}

#[tokio::test]
async fn an_import_writes_orders_and_locks_their_units_as_one_step() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    let done = s.import(&[row("2611000000000001", "【0371】iPhone 13"), row("2611000000000002", "二手机")]).await;
    assert_eq!((done.new, done.matched), (2, 1));
    assert_eq!(s.stage("2611000000000001").await, OrderStage::ToPack);
    assert_eq!(s.stage("2611000000000002").await, OrderStage::ToMatch);
    assert_eq!(s.status(unit).await, UnitStatus::Sold);

    let step = s.store.undo_state().await.unwrap().undo.unwrap();
    assert_eq!((step.op.as_str(), step.args["n"].as_str()), ("import_orders", "2"));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM orders").await, 0);
    assert_eq!(s.count("SELECT count(*) FROM order_state").await, 0);
    assert_eq!(s.status(unit).await, UnitStatus::InStock);
    s.store.redo(&s.me).await.unwrap();
    assert_eq!(s.stage("2611000000000001").await, OrderStage::ToPack);
    assert_eq!(s.status(unit).await, UnitStatus::Sold);
}

#[tokio::test]
async fn the_same_file_again_is_all_same_and_writes_nothing() {
    let s = Stall::new().await;
    s.unit("0371").await;
    let rows = [
        row("2611000000000001", "【0371】iPhone 13"),
        row("2611000000000002", "二手机").status("待付款"),
        row("2611000000000003", "二手机").status("交易成功"),
        row("2611000000000004", "数据线 1米"),
    ];
    s.import(&rows).await;
    let before = s.groups().await;
    let plan = s.plan(&rows).await;
    assert_eq!(plan.counts().into_iter().collect::<Vec<_>>(), [("same".to_owned(), 4)]);
    let mapping = Mapping { platform: "kuaishou".into(), shop: "老周".into(), mapping: Default::default() };
    let choices = Choices { remember: Some((vec!["订单号".into()], mapping)), ..Choices::default() };
    let done = s.apply(plan, &choices).await.unwrap();
    assert_eq!((done.same, done.new, done.changed, done.matched), (4, 0, 0, 0));
    assert_eq!(s.groups().await, before);
}

#[tokio::test]
async fn a_later_state_moves_an_order_on_and_an_earlier_one_does_not() {
    let s = Stall::new().await;
    s.import(&[row("2611000000000001", "二手机").status("交易成功")]).await;
    let plan = s.plan(&[row("2611000000000001", "二手机").status("已发货")]).await;
    let rows = order_import::rows(&s.store, &plan, &all()).await.unwrap().rows;
    assert_eq!(rows[0].verdict, Verdict::Same);
    assert_eq!(rows[0].notes[0].key, "status_backwards");
    s.apply(plan, &Choices::default()).await.unwrap();
    assert_eq!(s.order("2611000000000001").await.row.status, OrderStatus::Completed);
}

#[tokio::test]
async fn a_refund_before_packing_puts_the_unit_back_on_the_shelf() {
    let s = Stall::new().await;
    let unit = s.unit("0355").await;
    s.import(&[row("2611000000000001", "【0355】iPhone 12")]).await;
    let plan = s.plan(&[row("2611000000000001", "【0355】iPhone 12").status("交易关闭").aftersale("退款成功")]).await;
    let rows = order_import::rows(&s.store, &plan, &all()).await.unwrap().rows;
    assert_eq!(rows[0].verdict, Verdict::Changed);
    assert!(rows[0].notes.iter().any(|n| n.key == "released" && n.args["stock_no"] == "0355"));
    s.apply(plan, &Choices::default()).await.unwrap();
    assert_eq!(s.stage("2611000000000001").await, OrderStage::Closed);
    assert_eq!(s.status(unit).await, UnitStatus::InStock);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.stage("2611000000000001").await, OrderStage::ToPack);
    assert_eq!(s.status(unit).await, UnitStatus::Sold);
}

#[tokio::test]
async fn a_refund_after_packing_leaves_the_unit_in_its_parcel() {
    let s = Stall::new().await;
    let unit = s.unit("0355").await;
    s.import(&[row("2611000000000001", "【0355】iPhone 12")]).await;
    crate::bench::scan(&s, Some("2611000000000001"), "0355").await;
    s.import(&[row("2611000000000001", "【0355】iPhone 12").status("交易关闭").aftersale("退款成功")]).await;
    assert_eq!(s.stage("2611000000000001").await, OrderStage::Closed);
    assert_eq!(s.status(unit).await, UnitStatus::Packed);
}

#[tokio::test]
async fn rows_left_out_are_not_written() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    let plan = s.plan(&[row("2611000000000001", "【0371】iPhone 13"), row("2611000000000002", "二手机")]).await;
    let done = s.apply(plan, &Choices { skip: vec![2], ..Choices::default() }).await.unwrap();
    assert_eq!((done.new, done.skipped, done.matched), (1, 1, 0));
    assert_eq!(s.status(unit).await, UnitStatus::InStock);
    assert!(stall_store::tables::orders::get(&s.store, id("2611000000000001")).await.is_err());
}

#[tokio::test]
async fn a_cancelled_import_leaves_nothing_behind() {
    let s = Stall::new().await;
    let plan = s.plan(&[row("2611000000000001", "二手机")]).await;
    let watch = Watch::default();
    watch.cancel.store(true, Ordering::Relaxed);
    let e = order_import::apply(&s.store, &s.me, plan, &Choices::default(), &watch).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::Cancelled);
    assert_eq!(s.count("SELECT count(*) FROM orders").await, 0);
    assert!(s.store.undo_state().await.unwrap().undo.is_none());
}

#[tokio::test]
async fn rows_are_paged_and_filtered_by_verdict() {
    let s = Stall::new().await;
    let rows: Vec<_> = (1..=25).map(|n| row(&format!("26110000000000{n:02}"), "二手机")).collect();
    s.import(&rows[..5]).await;
    let plan = s.plan(&rows).await;
    let mut filter = RowFilter { verdicts: vec![Verdict::New], limit: 7, ..RowFilter::default() };
    let mut seen = Vec::new();
    loop {
        let page = order_import::rows(&s.store, &plan, &filter).await.unwrap();
        seen.extend(page.rows.iter().map(|r| r.row));
        if !page.more {
            break;
        }
        filter.after = *seen.last().unwrap();
    }
    assert_eq!(seen, (7..=26).collect::<Vec<u32>>());
    filter = RowFilter { unmatched: true, limit: 500, ..RowFilter::default() };
    assert_eq!(order_import::rows(&s.store, &plan, &filter).await.unwrap().rows.len(), 25);
}

#[tokio::test]
async fn orders_of_many_lines_are_one_order() {
    let s = Stall::new().await;
    s.unit("0371").await;
    let rows = [row("2611000000000001", "【0371】iPhone 13"), row("2611000000000001", "数据线 1米")];
    let done = s.import(&rows).await;
    assert_eq!(done.new, 2);
    let order = s.order("2611000000000001").await;
    assert_eq!((order.lines.len(), order.row.lines, order.row.stage), (2, 2, OrderStage::ToPack));
    assert_eq!(s.import(&rows).await.same, 2);
}

#[tokio::test]
async fn a_mapping_and_its_shop_are_remembered_by_the_shape_of_the_file_and_undo_keeps_them() {
    let s = Stall::new().await;
    let headers = vec!["订单号".to_owned(), "金额".to_owned()];
    let mapping = Mapping {
        platform: "generic".into(),
        shop: "老周数码".into(),
        mapping: [("order_no".to_owned(), "订单号".to_owned())].into(),
    };
    assert_eq!(mappings::get(&s.store, "orders", &headers).await.unwrap(), None);
    let plan = order_import::preview(&s.store, file(&[row("2611000000000001", "二手机")])).await.unwrap();
    let choices = Choices { remember: Some((headers.clone(), mapping.clone())), ..Choices::default() };
    s.apply(plan, &choices).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(mappings::get(&s.store, "orders", &headers).await.unwrap(), Some(mapping));
    assert_eq!(mappings::get(&s.store, "orders", &headers[..1]).await.unwrap(), None);
    assert_eq!(mappings::last_shop(&s.store, "generic").await.unwrap(), "老周数码");
}
