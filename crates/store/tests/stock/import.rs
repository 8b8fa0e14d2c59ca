//! Units out of a spreadsheet: verdicts, one step, nothing half-written.

use stall_core::{
    ErrorCode,
    api::{UnitQuery, Verdict, WithdrawInput},
};
use stall_store::tables::{
    mappings::{self, Mapping},
    unit_import::{self, Choices, RowFilter, Watch},
    units,
};

use super::{Stall, head, imei};

fn row(cells: &[&str]) -> Vec<String> {
    head(cells)
}

const HEAD: [&str; 5] = ["编号", "型号", "标价", "imei", "货位"];

#[tokio::test]
async fn every_row_gets_its_verdict_and_the_same_file_again_changes_nothing() {
    let s = Stall::new().await;
    let (a, b, bad) = (imei(1), imei(2), "352099081234563");
    let file = vec![
        row(&HEAD),
        row(&["0001", "iPhone 13", "2999", &a, "A1"]),
        row(&["", "iPhone 12", "1,999.50", &b, ""]),
        row(&["0003", "iPhone 11", "一千", "", ""]),
        row(&["0004", "iPhone 11", "999", bad, ""]),
        row(&["", "", "", "", ""]),
        row(&["0001", "iPhone X", "", "", ""]),
    ];
    let plan = s.plan(&file).await;
    assert_eq!(plan.row_count(), 5);
    let all = RowFilter { limit: 500, ..RowFilter::default() };
    let rows = unit_import::rows(&plan, &all).rows;
    let said: Vec<_> = rows.iter().map(|r| (r.row, r.verdict, r.error.as_ref().map(|e| e.code))).collect();
    assert_eq!(
        said,
        [
            (2, Verdict::New, None),
            (3, Verdict::New, None),
            (4, Verdict::Refused, Some(ErrorCode::PriceInvalid)),
            (5, Verdict::Refused, Some(ErrorCode::ImeiLuhn)),
            (7, Verdict::Refused, Some(ErrorCode::StockNoTaken)),
        ]
    );
    let done = s.import(&file).await;
    assert_eq!((done.new, done.refused), (2, 3));
    assert_eq!(s.all(&UnitQuery { text: b, ..UnitQuery::default() }).await[0].stock_no, "0002");
    let again = s.import(&file).await;
    assert_eq!((again.new, again.changed, again.same), (0, 0, 2));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM units").await, 0);
}

#[tokio::test]
async fn a_changed_row_shows_old_and_new_and_blank_cells_clear_nothing() {
    let s = Stall::new().await;
    let code = imei(1);
    s.import(&[row(&HEAD), row(&["0001", "iPhone 13", "2999", &code, "A1"])]).await;
    // Known by its IMEI alone.
    let file = [row(&HEAD), row(&["", "iPhone 13", "2899", &code, ""])];
    let plan = s.plan(&file).await;
    let shown = unit_import::rows(&plan, &RowFilter { limit: 10, ..RowFilter::default() }).rows;
    assert_eq!((shown[0].verdict, shown[0].key.as_str()), (Verdict::Changed, "0001"));
    assert_eq!(shown[0].changes.len(), 1);
    assert_eq!((shown[0].changes[0].field.as_str(), shown[0].changes[0].old.as_str()), ("price_list", "2999"));
    assert_eq!(s.import(&file).await.changed, 1);
    let unit = &s.all(&UnitQuery::default()).await[0];
    assert_eq!((unit.price_list.unwrap().0, unit.shelf.as_str()), (289_900, "A1"));
}

#[tokio::test]
async fn a_code_of_another_unit_here_is_refused_and_of_one_that_left_is_not() {
    let s = Stall::new().await;
    let code = imei(1);
    s.import(&[row(&HEAD), row(&["0001", "iPhone 13", "", &code, ""])]).await;
    let file = [row(&HEAD), row(&["0002", "iPhone 13", "", &code, ""])];
    let plan = s.plan(&file).await;
    let shown = unit_import::rows(&plan, &RowFilter { limit: 10, ..RowFilter::default() }).rows;
    let e = shown[0].error.as_ref().unwrap();
    assert_eq!((e.code, e.args["stock_no"].as_str(), e.args["row"].as_str()), (ErrorCode::ImeiInStock, "0001", "2"));
    let ids = vec![s.all(&UnitQuery::default()).await[0].id];
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids, reason: String::new() }).await.unwrap();
    assert_eq!(s.import(&file).await.new, 1);
    // The number of the one that left is not given to another device.
    let other = imei(9);
    assert_eq!(s.import(&[row(&HEAD), row(&["0001", "iPhone 8", "", &other, ""])]).await.refused, 1);
}

#[tokio::test]
async fn a_unit_taken_in_since_the_preview_is_seen_by_the_write() {
    let s = Stall::new().await;
    let plan = s.plan(&[row(&HEAD), row(&["0001", "iPhone 13", "", "", ""])]).await;
    s.unit("0001").await;
    let done = unit_import::apply(&s.store, &s.me, plan, &Choices::default(), &Watch::default()).await.unwrap();
    assert_eq!((done.new, done.changed), (0, 1));
    assert_eq!(s.count("SELECT count(*) FROM units").await, 1);
}

#[tokio::test]
async fn rows_left_out_stay_out_and_the_mapping_is_remembered() {
    let s = Stall::new().await;
    let plan = s.plan(&[row(&HEAD), row(&["1", "A", "", "", ""]), row(&["2", "B", "", "", ""])]).await;
    let headers = head(&HEAD);
    let mapping = Mapping {
        platform: String::new(),
        shop: String::new(),
        mapping: [("model".to_owned(), "型号".to_owned())].into(),
    };
    let choices = Choices { skip: vec![2], remember: Some((headers.clone(), mapping.clone())), ..Choices::default() };
    let done = unit_import::apply(&s.store, &s.me, plan, &choices, &Watch::default()).await.unwrap();
    assert_eq!((done.new, done.skipped), (1, 1));
    assert_eq!(mappings::get(&s.store, "units", &headers).await.unwrap(), Some(mapping));
}

#[tokio::test]
async fn a_cancelled_import_writes_nothing() {
    let s = Stall::new().await;
    let plan = s.plan(&[row(&HEAD), row(&["1", "A", "", "", ""])]).await;
    let watch = Watch::default();
    watch.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
    let e = unit_import::apply(&s.store, &s.me, plan, &Choices::default(), &watch).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::Cancelled);
    assert_eq!(s.count("SELECT count(*) FROM units").await, 0);
}

#[tokio::test]
async fn a_file_of_some_thousand_rows_is_one_step_and_keeps_its_order() {
    let s = Stall::new().await;
    let mut file = vec![row(&HEAD)];
    file.extend((0..3_500).map(|i| row(&["", &format!("型号{i}"), "", &imei(i), ""])));
    assert_eq!(s.import(&file).await.new, 3_500);
    let oldest =
        s.all(&UnitQuery { sort: stall_core::api::UnitSort::Oldest, limit: 200, ..UnitQuery::default() }).await;
    assert!(oldest.iter().enumerate().all(|(i, u)| u.stock_no == format!("{:04}", i + 1)));
    assert_eq!(s.count("SELECT count(*) FROM undo_steps").await, 1);
}
