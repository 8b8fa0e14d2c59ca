//! Saved views: kept, renamed, written over, deleted, and all of it undone.

use stall_core::{
    ErrorCode, Fen, Id,
    api::{InspectionState, Missing, UnitSort, ViewRename, ViewSave, ViewState},
};
use stall_store::tables::views;

use super::Stall;

fn state() -> ViewState {
    ViewState {
        text: "13pm".into(),
        missing: vec![Missing::Photo],
        inspection: vec![InspectionState::Draft],
        price_from: Some(Fen(100_000)),
        sort: UnitSort::PriceDown,
        columns: vec!["grade".into(), "shelf".into()],
        ..ViewState::default()
    }
}

async fn names(s: &Stall) -> Vec<String> {
    views::list(&s.store).await.unwrap().views.into_iter().map(|v| v.name).collect()
}

#[tokio::test]
async fn a_view_is_kept_as_it_was_and_every_change_of_it_can_be_undone() {
    let s = Stall::new().await;
    let new = ViewSave { id: None, name: " 缺照片的 13pm ".into(), state: state() };
    let one = views::save(&s.store, &s.me, &new).await.unwrap();
    s.pass(1);
    views::save(&s.store, &s.me, &ViewSave { id: None, name: "贵的".into(), state: ViewState::default() })
        .await
        .unwrap();
    let kept = views::list(&s.store).await.unwrap().views;
    assert_eq!((kept[0].name.as_str(), &kept[0].state), ("缺照片的 13pm", &state()));
    assert_eq!(names(&s).await, ["缺照片的 13pm", "贵的"]);

    let over = ViewSave { id: Some(one.id), name: one.name.clone(), state: ViewState::default() };
    views::save(&s.store, &s.me, &over).await.unwrap();
    views::rename(&s.store, &s.me, &ViewRename { id: one.id, name: "别的".into() }).await.unwrap();
    views::delete(&s.store, &s.me, one.id).await.unwrap();
    assert_eq!(names(&s).await, ["贵的"]);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(names(&s).await, ["别的", "贵的"]);
    s.store.undo(&s.me).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(views::list(&s.store).await.unwrap().views[0].state, state());
}

#[tokio::test]
async fn a_view_has_a_name_and_one_that_is_gone_is_not_found() {
    let s = Stall::new().await;
    let code = |r: Result<_, stall_core::AppError>| r.err().map(|e| e.code);
    let unnamed = ViewSave { id: None, name: "  ".into(), state: state() };
    assert_eq!(code(views::save(&s.store, &s.me, &unnamed).await), Some(ErrorCode::NameMissing));
    let gone = Id::of_order("", "", "");
    let lost = ViewSave { id: Some(gone), name: "a".into(), state: state() };
    assert_eq!(code(views::save(&s.store, &s.me, &lost).await), Some(ErrorCode::NotFound));
    let lost = ViewRename { id: gone, name: "a".into() };
    assert_eq!(code(views::rename(&s.store, &s.me, &lost).await), Some(ErrorCode::NotFound));
    assert_eq!(views::delete(&s.store, &s.me, gone).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(names(&s).await.is_empty());
}
