//! Codes that name one device: unique among what is here, with history.

use stall_core::{
    ErrorCode, Fen,
    api::{ByIds, CodeInput, CodeKind, UnitEdit, UnitPatch, UnitStatus, WithdrawInput},
};
use stall_store::tables::units;

use super::{Stall, imei, phone};

fn with_imei(n: u32) -> UnitPatch {
    UnitPatch { imei: Some(imei(n)), ..phone() }
}

#[tokio::test]
async fn an_imei_is_refused_while_its_device_is_here_and_taken_once_it_has_left() {
    let s = Stall::new().await;
    let first = s.add(with_imei(1)).await.unwrap();
    let e = s.add(with_imei(1)).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str()), (ErrorCode::ImeiInStock, "0001"));
    // The second IMEI of one must not be the first of another.
    let e = s.add(UnitPatch { imei2: Some(imei(1)), ..phone() }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::ImeiInStock);
    let away = WithdrawInput { ids: vec![first], reason: "退回".into() };
    units::withdraw(&s.store, &s.me, &away).await.unwrap();
    s.pass(1000);
    let second = s.add(with_imei(1)).await.unwrap();
    let seen = units::get(&s.store, second).await.unwrap();
    assert_eq!(seen.earlier.iter().map(|u| u.id).collect::<Vec<_>>(), [first]);
    // The first cannot come back beside its later life.
    let e = units::restore(&s.store, &s.me, &ByIds { ids: vec![first] }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::ImeiInStock);
}

#[tokio::test]
async fn a_stock_number_is_one_units_alone_and_the_next_is_one_higher() {
    let s = Stall::new().await;
    assert_eq!(units::next_no(&s.store).await.unwrap().stock_no, "0001");
    s.unit("0387").await;
    s.unit("A9").await;
    assert_eq!(units::next_no(&s.store).await.unwrap().stock_no, "0388");
    let e = s.add(UnitPatch { stock_no: Some("#0387".into()), ..phone() }).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str()), (ErrorCode::StockNoTaken, "0387"));
    let id = s.add(phone()).await.unwrap();
    assert_eq!(units::get(&s.store, id).await.unwrap().row.stock_no, "0388");
    let patch = UnitPatch { stock_no: Some("0387".into()), ..UnitPatch::default() };
    let e = units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::StockNoTaken);
}

#[tokio::test]
async fn a_code_is_checked_while_it_is_typed() {
    let s = Stall::new().await;
    let id = s.add(with_imei(1)).await.unwrap();
    let ask = |code: String, kind, except| CodeInput { code, kind, except };
    let check = units::check_code(&s.store, &ask(imei(1), CodeKind::Imei, None)).await.unwrap();
    assert_eq!(check.error.unwrap().code, ErrorCode::ImeiInStock);
    assert_eq!(check.holder.unwrap().id, id);
    let own = units::check_code(&s.store, &ask(imei(1), CodeKind::Imei, Some(id))).await.unwrap();
    assert!(own.error.is_none() && own.holder.is_none());
    let other = units::check_code(&s.store, &ask(imei(2), CodeKind::Imei, None)).await.unwrap();
    assert_eq!(other.suggestion.unwrap().model, "iPhone 13 Pro");
    let bad = units::check_code(&s.store, &ask("352099081234563".into(), CodeKind::Imei, None)).await.unwrap();
    assert_eq!(bad.error.unwrap().code, ErrorCode::ImeiLuhn);
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![id], reason: String::new() }).await.unwrap();
    let gone = units::check_code(&s.store, &ask(imei(1), CodeKind::Imei, None)).await.unwrap();
    assert!(gone.error.is_none());
    assert_eq!(gone.earlier[0].status, UnitStatus::Withdrawn);
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_field() {
    let s = Stall::new().await;
    let cases = [
        (UnitPatch { model: None, ..phone() }, ErrorCode::NameMissing),
        (UnitPatch { model: Some("  ".into()), ..phone() }, ErrorCode::NameMissing),
        (UnitPatch { shelf: Some("x".repeat(201)), ..phone() }, ErrorCode::FieldTooLong),
        (UnitPatch { price_list: Some(Some(Fen(-1))), ..phone() }, ErrorCode::PriceInvalid),
        (UnitPatch { battery: Some(Some(101)), ..phone() }, ErrorCode::BadInput),
        (UnitPatch { grade: Some("九九九".into()), ..phone() }, ErrorCode::BadInput),
        (UnitPatch { imei: Some("12".into()), ..phone() }, ErrorCode::ImeiLength),
        (UnitPatch { stock_no: Some("一号".into()), ..phone() }, ErrorCode::StockNoInvalid),
    ];
    for (patch, code) in cases {
        assert_eq!(s.add(patch.clone()).await.unwrap_err().code, code, "{patch:?}");
    }
    assert_eq!(s.count("SELECT count(*) FROM units").await, 0);
    assert_eq!(s.count("SELECT count(*) FROM change_groups").await, 0);
}
