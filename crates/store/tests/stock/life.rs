//! A unit's life: edits, leaving, coming back, deleting, undo, the timeline.

use stall_core::{
    ErrorCode, Fen,
    api::{ByIds, UnitEdit, UnitPatch, UnitStatus, WithdrawInput},
};
use stall_store::tables::units;

use super::{Stall, phone};

#[tokio::test]
async fn the_timeline_says_what_changed_from_what_to_what_newest_first() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    s.pass(1000);
    let patch = UnitPatch {
        price_list: Some(Some(Fen(399_900))),
        shelf: Some("A-02".into()),
        grade: Some("99新".into()),
        ..UnitPatch::default()
    };
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch }).await.unwrap();
    s.pass(1000);
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![id], reason: "自用".into() }).await.unwrap();
    let unit = units::get(&s.store, id).await.unwrap();
    let said: Vec<(&str, Vec<&str>)> = unit
        .timeline
        .iter()
        .map(|e| {
            let arg = |k| e.args.get(k).map_or("", String::as_str);
            let args = match e.what.as_str() {
                "edit_units" => vec![arg("field"), arg("old"), arg("new")],
                "withdrawn" => vec![arg("reason")],
                _ => vec![],
            };
            (e.what.as_str(), args)
        })
        .collect();
    assert_eq!(said[0], ("withdrawn", vec!["自用"]));
    assert_eq!(said.last().unwrap().0, "add_unit");
    for change in [["price_list", "429900", "399900"], ["shelf", "", "A-02"], ["grade", "", "A1"]] {
        assert!(said.contains(&("edit_units", change.to_vec())), "{change:?} in {said:?}");
    }
    assert!(unit.timeline.windows(2).all(|w| w[0].at >= w[1].at));
    assert_eq!(unit.timeline[0].by, "周敏");
}

#[tokio::test]
async fn one_edit_of_many_units_is_one_step_and_undo_restores_every_field() {
    let s = Stall::new().await;
    let (a, b) = (s.unit("0001").await, s.unit("0002").await);
    let patch = UnitPatch { shelf: Some("B-1".into()), price_live: Some(None), ..UnitPatch::default() };
    let done = units::edit(&s.store, &s.me, &UnitEdit { ids: vec![a, b], patch }).await.unwrap();
    assert_eq!(done.count, 2);
    let step = s.store.undo_state().await.unwrap().undo.unwrap();
    assert_eq!((step.op.as_str(), step.args["n"].as_str()), ("edit_units", "2"));
    for id in [a, b] {
        let row = units::get(&s.store, id).await.unwrap().row;
        assert_eq!((row.shelf.as_str(), row.price_live), ("B-1", None));
    }
    s.store.undo(&s.me).await.unwrap();
    for id in [a, b] {
        let row = units::get(&s.store, id).await.unwrap().row;
        assert_eq!((row.shelf.as_str(), row.price_live), ("", Some(Fen(419_900))));
    }
}

#[tokio::test]
async fn a_unit_goes_and_comes_back_and_each_can_be_undone() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let status = async || units::get(&s.store, id).await.unwrap().row.status;
    let ids = vec![id];
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: ids.clone(), reason: String::new() }).await.unwrap();
    assert_eq!(status().await, UnitStatus::Withdrawn);
    let again = units::withdraw(&s.store, &s.me, &WithdrawInput { ids: ids.clone(), reason: String::new() }).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::UnitNotInStock);
    s.pass(1);
    units::restore(&s.store, &s.me, &ByIds { ids: ids.clone() }).await.unwrap();
    assert_eq!(status().await, UnitStatus::InStock);
    s.pass(1);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(status().await, UnitStatus::Withdrawn);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(status().await, UnitStatus::InStock);
    s.store.redo(&s.me).await.unwrap();
    assert_eq!(status().await, UnitStatus::Withdrawn);
}

#[tokio::test]
async fn a_unit_entered_by_mistake_can_be_deleted_but_not_one_with_a_history() {
    let s = Stall::new().await;
    let (a, b) = (s.unit("0001").await, s.unit("0002").await);
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![b], reason: String::new() }).await.unwrap();
    let e = units::delete(&s.store, &s.me, &ByIds { ids: vec![a, b] }).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str()), (ErrorCode::UnitHasFacts, "0002"));
    units::delete(&s.store, &s.me, &ByIds { ids: vec![a] }).await.unwrap();
    assert_eq!(units::get(&s.store, a).await.unwrap_err().code, ErrorCode::NotFound);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(units::get(&s.store, a).await.unwrap().row.stock_no, "0001");
}

#[tokio::test]
async fn several_units_cannot_be_given_one_units_code() {
    let s = Stall::new().await;
    let ids = vec![s.unit("0001").await, s.unit("0002").await];
    let patch = UnitPatch { serial: Some("F2LXK0ABCD12".into()), ..UnitPatch::default() };
    let e = units::edit(&s.store, &s.me, &UnitEdit { ids, patch }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::BadInput);
    let patch = UnitPatch { note: Some("x".into()), ..UnitPatch::default() };
    let nobody = stall_core::Id::of_order("a", "b", "c");
    let e = units::edit(&s.store, &s.me, &UnitEdit { ids: vec![nobody], patch }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn the_form_is_offered_models_of_the_book_and_of_the_stall() {
    let s = Stall::new().await;
    s.add(UnitPatch { brand: Some("Vertu".into()), model: Some("Signature".into()), ..phone() }).await.unwrap();
    let q = |text: &str| stall_core::api::ModelQuery { text: text.into(), limit: 5 };
    let own = units::models(&s.store, &q("signa")).await.unwrap().models;
    assert_eq!(own[0].model, "Signature");
    let book = units::models(&s.store, &q("iphone 13 mini")).await.unwrap().models;
    assert_eq!(book[0].model, "iPhone 13 mini");
    assert!(!book[0].colours.is_empty());
}
