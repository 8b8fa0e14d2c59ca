//! Which unit a row gets: by number, IMEI, choice; and what happens when two rows want one.

use stall_core::{
    ErrorCode, Id,
    api::{ImportRow, MatchHow, OrderStage, UnitStatus, Verdict},
};
use stall_store::tables::order_import::{self, Choices, OrderPlan, RowFilter};

use crate::{Row, Stall, hours, row};

const NO: [&str; 3] = ["2611000000000001", "2611000000000002", "2611000000000003"];
const IMEI: &str = "490154203237518";

async fn rows(s: &Stall, plan: &OrderPlan) -> Vec<ImportRow> {
    order_import::rows(&s.store, plan, &RowFilter { limit: 500, ..RowFilter::default() }).await.unwrap().rows
}

fn choose(row: u32, unit: Id) -> Choices {
    Choices { choose: [(row, unit)].into(), ..Choices::default() }
}

#[tokio::test]
async fn a_unit_is_found_by_sku_code_title_note_and_imei() {
    let s = Stall::new().await;
    for no in ["0371", "0372", "0373"] {
        s.unit(no).await;
    }
    s.unit_with("0374", |p| p.imei = Some(IMEI.into())).await;
    let mut noted = row("2611000000000013", "苹果13");
    noted.note = "发 #0373".to_owned();
    let plan = s
        .plan(&[
            row("2611000000000011", "苹果13").sku("0371"),
            row("2611000000000012", "【0372】苹果13"),
            noted,
            row("2611000000000014", &format!("苹果13 {IMEI}")),
            row("2611000000000015", "数据线 1米"),
        ])
        .await;
    let got: Vec<_> = rows(&s, &plan).await.into_iter().map(|r| (r.unit.map(|u| u.stock_no), r.how)).collect();
    let no = |n: &str| Some(n.to_owned());
    assert_eq!(
        got,
        [
            (no("0371"), Some(MatchHow::SkuCode)),
            (no("0372"), Some(MatchHow::Title)),
            (no("0373"), Some(MatchHow::Note)),
            (no("0374"), Some(MatchHow::Imei)),
            (None, Some(MatchHow::Accessory)),
        ]
    );
    assert_eq!(plan.unmatched(), 0);
}

#[tokio::test]
async fn two_numbers_in_one_title_are_a_choice_that_a_person_makes() {
    let s = Stall::new().await;
    let (a, b) = (s.unit("0402").await, s.unit("0398").await);
    let file = [row(NO[0], "【0402】【0398】苹果13 星光色")];
    let plan = s.plan(&file).await;
    let shown = rows(&s, &plan).await;
    assert_eq!(shown[0].verdict, Verdict::Choose);
    assert_eq!(shown[0].candidates.iter().map(|u| u.id).collect::<Vec<_>>(), [a, b]);
    assert!(shown[0].unit.is_none());

    let done = s.apply(plan, &choose(2, b)).await.unwrap();
    assert_eq!((done.new, done.matched), (1, 1));
    assert_eq!(s.order(NO[0]).await.row.units[0].id, b);
    assert_eq!((s.status(a).await, s.status(b).await), (UnitStatus::InStock, UnitStatus::Sold));
}

#[tokio::test]
async fn a_choice_nobody_makes_leaves_the_order_unmatched() {
    let s = Stall::new().await;
    s.unit("0402").await;
    s.unit("0398").await;
    let plan = s.plan(&[row(NO[0], "【0402】【0398】苹果13")]).await;
    let done = s.apply(plan, &Choices::default()).await.unwrap();
    assert_eq!((done.new, done.matched), (1, 0));
    assert_eq!(s.stage(NO[0]).await, OrderStage::ToMatch);
}

#[tokio::test]
async fn of_two_rows_that_want_one_unit_the_earlier_sale_gets_it_and_the_other_is_a_choice() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    let file: [Row; 2] = [
        row(NO[0], "【0371】苹果13").paid_at("2026-11-24 11:00:00"),
        row(NO[1], "【0371】苹果13").paid_at("2026-11-24 09:00:00"),
    ];
    let plan = s.plan(&file).await;
    let shown = rows(&s, &plan).await;
    assert_eq!(shown[1].unit.as_ref().unwrap().id, unit);
    assert_eq!(shown[0].verdict, Verdict::Choose);
    let note = shown[0].notes.iter().find(|n| n.key == "unit_claimed").unwrap();
    assert_eq!((note.args["stock_no"].as_str(), note.args["row"].as_str()), ("0371", "3"));

    // A person may give it to the other all the same.
    s.apply(plan, &choose(2, unit)).await.unwrap();
    assert_eq!((s.stage(NO[0]).await, s.stage(NO[1]).await), (OrderStage::ToPack, OrderStage::ToMatch));
}

#[tokio::test]
async fn one_unit_chosen_for_two_rows_stops_the_import() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    let plan = s.plan(&[row(NO[0], "苹果13"), row(NO[1], "苹果13")]).await;
    let choices = Choices { choose: [(2, unit), (3, unit)].into(), ..Choices::default() };
    let e = s.apply(plan, &choices).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str(), e.args["row"].as_str()), (ErrorCode::UnitTaken, "0371", "3"));
    assert_eq!(s.count("SELECT count(*) FROM orders").await, 0);
}

#[tokio::test]
async fn a_unit_sold_elsewhere_or_withdrawn_is_named_with_the_reason() {
    let s = Stall::new().await;
    s.unit("0371").await;
    let kept = s.unit("0372").await;
    s.import(&[row(NO[0], "【0371】苹果13")]).await;
    let input = stall_core::api::WithdrawInput { ids: vec![kept], reason: "自用".into() };
    stall_store::tables::units::withdraw(&s.store, &s.me, &input).await.unwrap();
    let plan = s.plan(&[row(NO[1], "【0371】苹果13"), row(NO[2], "【0372】苹果13")]).await;
    let shown = rows(&s, &plan).await;
    assert_eq!((shown[0].verdict, shown[0].notes[0].key.as_str()), (Verdict::New, "unit_taken"));
    assert_eq!(shown[0].notes[0].args["order_no"], NO[0]);
    assert_eq!((shown[1].verdict, shown[1].notes[0].key.as_str()), (Verdict::New, "unit_not_in_stock"));
    assert_eq!(plan.unmatched(), 2);
}

#[tokio::test]
async fn a_unit_sold_between_preview_and_apply_is_not_sold_twice() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(NO[0], "苹果13")]).await;
    let plan = s.plan(&[row(NO[1], "【0371】苹果13")]).await;
    let line = s.order(NO[0]).await.lines[0].id;
    let input = stall_core::api::AssignInput { line_id: line, unit_id: unit };
    stall_store::tables::orders::assign(&s.store, &s.me, input).await.unwrap();
    let done = s.apply(plan, &Choices::default()).await.unwrap();
    assert_eq!((done.new, done.matched), (1, 0));
    assert_eq!(s.stage(NO[1]).await, OrderStage::ToMatch);

    let plan = s.plan(&[row(NO[2], "苹果13")]).await;
    let e = s.apply(plan, &choose(2, unit)).await.unwrap_err();
    assert_eq!((e.code, e.args["row"].as_str()), (ErrorCode::UnitTaken, "2"));
}

#[tokio::test]
async fn an_unpaid_order_locks_nothing_until_it_is_paid() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(NO[0], "【0371】苹果13").status("待付款")]).await;
    assert_eq!((s.stage(NO[0]).await, s.status(unit).await), (OrderStage::Unpaid, UnitStatus::InStock));
    let done = s.import(&[row(NO[0], "【0371】苹果13")]).await;
    assert_eq!((done.changed, done.matched), (1, 1));
    assert_eq!((s.stage(NO[0]).await, s.status(unit).await), (OrderStage::ToPack, UnitStatus::Sold));
}

#[tokio::test]
async fn a_unit_taken_in_later_is_matched_when_the_same_file_comes_again() {
    let s = Stall::new().await;
    let file = [row(NO[0], "【0371】苹果13")];
    s.import(&file).await;
    s.pass(hours(1));
    let unit = s.unit("0371").await;
    let plan = s.plan(&file).await;
    let shown = rows(&s, &plan).await;
    assert_eq!((shown[0].verdict, shown[0].changes[0].field.as_str()), (Verdict::Changed, "unit"));
    let done = s.apply(plan, &Choices::default()).await.unwrap();
    assert_eq!((done.changed, done.matched), (1, 1));
    assert_eq!(s.status(unit).await, UnitStatus::Sold);
}

#[tokio::test]
async fn an_order_that_left_before_the_unit_came_asks_a_person() {
    let s = Stall::new().await;
    s.unit("0371").await;
    let plan = s.plan(&[row(NO[0], "【0371】苹果13").status("交易成功").paid_at("2026-10-01 10:00:00")]).await;
    let shown = rows(&s, &plan).await;
    assert_eq!((shown[0].verdict, shown[0].notes[0].key.as_str()), (Verdict::Choose, "unit_newer"));
    assert_eq!(s.apply(plan, &Choices::default()).await.unwrap().matched, 0);
}

#[tokio::test]
async fn a_unit_freed_by_a_refund_may_be_sold_by_the_same_file() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(NO[0], "【0371】苹果13")]).await;
    let file = [row(NO[0], "【0371】苹果13").status("交易关闭").aftersale("退款成功"), row(NO[1], "【0371】苹果13")];
    let plan = s.plan(&file).await;
    // Left out, the refund frees nothing.
    let done = s.apply(plan, &Choices { skip: vec![2], ..Choices::default() }).await.unwrap();
    assert_eq!((done.skipped, done.matched), (1, 0));
    assert_eq!(s.order(NO[0]).await.row.units[0].id, unit);
    let done = s.import(&file).await;
    assert_eq!(done.matched, 1);
    assert_eq!(s.order(NO[1]).await.row.units[0].id, unit);
    assert!(s.order(NO[0]).await.row.units.is_empty());
}
