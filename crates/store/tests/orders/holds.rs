//! What an inspection stops between a sale and the parcel.

use stall_core::{
    AppError, ErrorCode, Id,
    api::{
        AnswerInput, AnswerValue, AnswersInput, AssignInput, BenchAnswer, ClearInput, EraseMethod, ErasureInput,
        ErasureRule, ErasureSetting, ErasureVerify, FinishInput, InspectionOpen, OrderStage,
    },
    inspection::{grade::clean_answers, lists},
};
use stall_store::tables::{erasures, inspection_finish, inspections, orders};

use crate::{Stall, bench::scan, row};

const A: &str = "2611000000000001";

/// Inspects a phone: all in order but these.
async fn inspected(s: &Stall, unit: Id, but: &[(&str, &str)]) {
    let draft = inspections::open(&s.store, &s.me, InspectionOpen { unit_id: unit, again: false }).await.unwrap();
    let mut all = clean_answers(lists::of(stall_core::api::Category::Phone));
    all.insert("erased".into(), AnswerValue::Text("verified".into()));
    // Phones of a test have no codes of their own; two of them must not get the same.
    all.retain(|id, _| id != "imei1" && id != "serial");
    all.insert("imei1".into(), AnswerValue::Text(imei(unit)));
    all.insert("serial".into(), AnswerValue::Text(format!("SN{}", &unit.to_string().replace('-', "")[20..32])));
    all.extend(but.iter().map(|(i, v)| ((*i).to_owned(), AnswerValue::Text((*v).to_owned()))));
    let answers = all.into_iter().map(|(item_id, value)| AnswerInput { item_id, value: Some(value), note: None });
    let input = AnswersInput { inspection_id: draft.id, answers: answers.collect(), worked_ms: None };
    inspections::answer(&s.store, &s.me, &input).await.unwrap();
    let input = FinishInput { inspection_id: draft.id, worked_ms: 1, without_photos: true, take_codes: false };
    inspection_finish::finish(&s.store, &s.me, &input).await.unwrap();
}

/// An IMEI of the unit's own id.
fn imei(unit: Id) -> String {
    let digits: u64 = unit.to_string().bytes().fold(7, |n, b| (n * 31 + u64::from(b)) % 1_000_000);
    let body = format!("35320911{digits:06}");
    format!("{body}{}", stall_core::identity::luhn_digit(&body).unwrap())
}

async fn clear(s: &Stall, unit: Id, item: &str) {
    let input = ClearInput { unit_id: unit, item_id: item.into(), note: "好了".into() };
    erasures::clear(&s.store, &s.me, &input).await.unwrap();
}

async fn assign(s: &Stall, unit: Id) -> Result<(), AppError> {
    let line_id = s.order(A).await.lines[0].id;
    orders::assign(&s.store, &s.me, AssignInput { line_id, unit_id: unit }).await.map(drop)
}

fn refused(answer: BenchAnswer) -> Option<ErrorCode> {
    match answer {
        BenchAnswer::Refused { error, .. } => Some(error.code),
        _ => None,
    }
}

#[tokio::test]
async fn a_blocked_unit_is_named_by_an_import_and_left_to_a_person() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    inspected(&s, unit, &[("account_lock", "locked")]).await;
    s.import(&[row(A, "【0371】苹果13")]).await;
    assert_eq!(s.stage(A).await, OrderStage::ToMatch);
    assert_eq!(assign(&s, unit).await.unwrap_err().code, ErrorCode::UnitBlocked);
    clear(&s, unit, "account_lock").await;
    assign(&s, unit).await.unwrap();
    assert_eq!(s.stage(A).await, OrderStage::ToPack);
}

#[tokio::test]
async fn a_blocker_found_after_the_sale_stops_the_parcel_at_the_bench() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(A, "【0371】苹果13")]).await;
    inspected(&s, unit, &[("battery_swelling", "swollen")]).await;
    assert_eq!(refused(scan(&s, Some(A), "0371").await), Some(ErrorCode::UnitBlocked));
    clear(&s, unit, "battery_swelling").await;
    assert!(matches!(scan(&s, Some(A), "0371").await, BenchAnswer::RightUnit { .. }));
    // Found once more, in the packed parcel.
    inspected(&s, unit, &[("mdm", "present")]).await;
    assert_eq!(s.ship(A, "SF1234567890123").await.unwrap_err().code, ErrorCode::UnitBlocked);
    clear(&s, unit, "mdm").await;
    assert_eq!(s.ship(A, "SF1234567890123").await.unwrap().row.stage, OrderStage::Shipped);
}

#[tokio::test]
async fn data_that_a_report_says_are_not_erased_stay_here_until_they_are() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(A, "【0371】苹果13")]).await;
    inspected(&s, unit, &[("erased", "no")]).await;
    clear(&s, unit, "erased").await;
    assert_eq!(refused(scan(&s, Some(A), "0371").await), Some(ErrorCode::UnitNotErased));
    s.pass(1);
    let input = ErasureInput { unit_id: unit, method: EraseMethod::Crypto, photo_ids: vec![], note: String::new() };
    erasures::record(&s.store, &s.me, &input).await.unwrap();
    assert!(matches!(scan(&s, Some(A), "0371").await, BenchAnswer::RightUnit { .. }));
}

#[tokio::test]
async fn whoever_does_not_inspect_packs_as_before_unless_the_owner_wants_every_erasure_verified() {
    let s = Stall::new().await;
    let unit = s.unit("0371").await;
    s.import(&[row(A, "【0371】苹果13")]).await;
    for rule in [ErasureRule::Always, ErasureRule::Inspected] {
        erasures::set_rule(&s.store, &s.me, ErasureSetting { rule }).await.unwrap();
        if rule == ErasureRule::Always {
            assert_eq!(refused(scan(&s, Some(A), "0371").await), Some(ErrorCode::UnitNotErased));
        }
    }
    // Not inspected: packed.
    assert!(matches!(scan(&s, Some(A), "0371").await, BenchAnswer::RightUnit { .. }));
    inspected(&s, unit, &[("erased", "reset_only")]).await;
    assert_eq!(s.ship(A, "SF1234567890123").await.unwrap_err().code, ErrorCode::UnitNotErased);
    s.pass(1);
    let verify = ErasureVerify { unit_id: unit, note: "看过".into() };
    erasures::verify(&s.store, &s.me, &verify).await.unwrap();
    s.ship(A, "SF1234567890123").await.unwrap();
}
