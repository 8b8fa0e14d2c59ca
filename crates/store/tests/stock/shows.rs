//! Shows and run sheets: order, starts, problems.

use stall_core::{
    ErrorCode, Fen, Id, Ms,
    api::{
        ByIds, ItemPatch, ItemProblem, ItemsAdd, ItemsEdit, ItemsMove, NewItem, ShowEdit, ShowInput, ShowSheet,
        UnitPatch, WithdrawInput,
    },
};
use stall_store::tables::{items, shows, units};

use super::{NOON, Stall, phone};

const HOUR: i64 = 3_600_000;

fn show(title: &str, at: i64) -> ShowInput {
    ShowInput {
        title: title.into(), starts_at: Ms(at), planned_minutes: 120, host: "阿杰".into(), note: String::new()
    }
}

fn unit(id: Id) -> NewItem {
    NewItem { segment: "single".into(), unit_id: Some(id), title: String::new(), minutes: None }
}

fn segment(title: &str, minutes: u32) -> NewItem {
    NewItem { segment: "opening".into(), unit_id: None, title: title.into(), minutes: Some(minutes) }
}

fn titles(sheet: &ShowSheet) -> Vec<String> {
    sheet.items.iter().map(|i| i.unit.as_ref().map_or(i.title.clone(), |u| u.stock_no.clone())).collect()
}

async fn sheet(s: &Stall) -> ShowSheet {
    let id = shows::add(&s.store, &s.me, &show("晚场", NOON + 8 * HOUR)).await.unwrap().id;
    let items = vec![segment("甲", 5), segment("乙", 10), segment("丙", 4), segment("丁", 0)];
    items::add(&s.store, &s.me, &ItemsAdd { show_id: id, after: None, items }).await.unwrap()
}

#[tokio::test]
async fn items_start_one_after_another_and_a_unit_brings_its_price_and_flaws() {
    let s = Stall::new().await;
    let a =
        s.add(UnitPatch { stock_no: Some("0001".into()), flaws: Some("边框磕碰".into()), ..phone() }).await.unwrap();
    let sheet = sheet(&s).await;
    let add = ItemsAdd { show_id: sheet.show.id, after: Some(sheet.items[0].id), items: vec![unit(a)] };
    let sheet = items::add(&s.store, &s.me, &add).await.unwrap();
    assert_eq!(titles(&sheet), ["甲", "0001", "乙", "丙", "丁"]);
    let starts: Vec<i64> = sheet.items.iter().map(|i| (i.starts_at.0 - NOON - 8 * HOUR) / 60_000).collect();
    let single = i64::from(stall_core::segments::default_minutes("single"));
    assert_eq!(starts, [0, 5, 5 + single, 15 + single, 19 + single]);
    assert_eq!((sheet.items[1].price, sheet.items[1].flaws.as_str()), (Some(Fen(419_900)), "边框磕碰"));
    assert_eq!(sheet.items[1].problems, [ItemProblem::NoPhotos, ItemProblem::NoGrade]);
    assert_eq!((sheet.show.units, sheet.show.problems), (1, 1));
    let row = units::get(&s.store, a).await.unwrap().row;
    assert_eq!(row.show.map(|w| (w.title, w.place)), Some(("晚场".to_owned(), 1)));
}

#[tokio::test]
async fn a_unit_comes_once_in_a_show_and_only_from_stock() {
    let s = Stall::new().await;
    let (a, b) = (s.unit("0001").await, s.unit("0002").await);
    let id = sheet(&s).await.show.id;
    let add = |items| ItemsAdd { show_id: id, after: None, items };
    items::add(&s.store, &s.me, &add(vec![unit(a)])).await.unwrap();
    let e = items::add(&s.store, &s.me, &add(vec![unit(b), unit(a)])).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str()), (ErrorCode::UnitTwiceInShow, "0001"));
    let e = items::add(&s.store, &s.me, &add(vec![unit(b), unit(b)])).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::UnitTwiceInShow);
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![b], reason: String::new() }).await.unwrap();
    let e = items::add(&s.store, &s.me, &add(vec![unit(b)])).await.unwrap_err();
    assert_eq!((e.code, e.args["stock_no"].as_str()), (ErrorCode::UnitNotInStock, "0002"));
    assert_eq!(shows::get(&s.store, id).await.unwrap().items.len(), 5);
}

#[tokio::test]
async fn items_move_together_keeping_the_order_given() {
    let s = Stall::new().await;
    let first = sheet(&s).await;
    let ids: Vec<Id> = first.items.iter().map(|i| i.id).collect();
    let mv = async |ids: Vec<Id>, after| {
        items::move_(&s.store, &s.me, &ItemsMove { show_id: first.show.id, ids, after }).await
    };
    assert_eq!(titles(&mv(vec![ids[3], ids[1]], None).await.unwrap()), ["丁", "乙", "甲", "丙"]);
    assert_eq!(titles(&mv(vec![ids[1]], Some(ids[2])).await.unwrap()), ["丁", "甲", "丙", "乙"]);
    assert_eq!(mv(vec![ids[1]], Some(ids[1])).await.unwrap_err().code, ErrorCode::BadInput);
    s.store.undo(&s.me).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(titles(&shows::get(&s.store, first.show.id).await.unwrap()), ["甲", "乙", "丙", "丁"]);
}

#[tokio::test]
async fn ranks_that_collided_do_not_stop_an_item_from_going_between() {
    let s = Stall::new().await;
    let first = sheet(&s).await;
    let mut conn = super::rows::file(s.dir.path()).await;
    // As a merge of two laptops can leave them.
    sqlx::raw_sql("UPDATE show_items SET pos = 'a1'").execute(&mut conn).await.unwrap();
    let before = shows::get(&s.store, first.show.id).await.unwrap();
    let add = ItemsAdd { show_id: first.show.id, after: Some(before.items[1].id), items: vec![segment("新", 1)] };
    let after = items::add(&s.store, &s.me, &add).await.unwrap();
    let mut want = titles(&before);
    want.insert(2, "新".into());
    assert_eq!(titles(&after), want);
}

#[tokio::test]
async fn many_items_are_filled_down_as_one_step() {
    let s = Stall::new().await;
    let first = sheet(&s).await;
    let ids: Vec<Id> = first.items.iter().map(|i| i.id).collect();
    let patch = ItemPatch { minutes: Some(7), price: Some(Some(Fen(100))), ..ItemPatch::default() };
    assert_eq!(
        items::edit(&s.store, &s.me, &ItemsEdit { ids: ids.clone(), patch, more: vec![] }).await.unwrap().count,
        4
    );
    assert_eq!(shows::get(&s.store, first.show.id).await.unwrap().show.minutes, 28);
    let patch = ItemPatch { minutes: Some(601), ..ItemPatch::default() };
    let e = items::edit(&s.store, &s.me, &ItemsEdit { ids: ids.clone(), patch, more: vec![] }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::ShowMinutes);
    items::delete(&s.store, &s.me, &ByIds { ids: ids[..2].to_vec() }).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(shows::get(&s.store, first.show.id).await.unwrap().show.minutes, 19);
}

#[tokio::test]
async fn coming_shows_stand_first_and_a_unit_in_two_of_them_is_marked() {
    let s = Stall::new().await;
    let a = s.unit("0001").await;
    for (title, at) in
        [("明晚", NOON + 30 * HOUR), ("昨晚", NOON - 24 * HOUR), ("今晚", NOON + HOUR), ("前晚", NOON - 48 * HOUR)]
    {
        let id = shows::add(&s.store, &s.me, &show(title, at)).await.unwrap().id;
        items::add(&s.store, &s.me, &ItemsAdd { show_id: id, after: None, items: vec![unit(a)] }).await.unwrap();
    }
    let list = shows::list(&s.store).await.unwrap().shows;
    assert_eq!(list.iter().map(|w| w.title.as_str()).collect::<Vec<_>>(), ["今晚", "明晚", "昨晚", "前晚"]);
    // What is over wants nobody's eye.
    assert_eq!(list.iter().map(|w| w.problems).collect::<Vec<_>>(), [1, 1, 0, 0]);
    let tonight = shows::get(&s.store, list[0].id).await.unwrap();
    assert!(tonight.items[0].problems.contains(&ItemProblem::OtherShow));
    assert_eq!(tonight.items[0].other_show.as_deref(), Some("明晚"));
}

#[tokio::test]
async fn a_show_is_edited_and_deleted_with_its_items_and_undo_brings_all_back() {
    let s = Stall::new().await;
    let first = sheet(&s).await;
    let edit = ShowEdit { id: first.show.id, show: ShowInput { planned_minutes: 90, ..show("早场", NOON) } };
    assert_eq!(shows::edit(&s.store, &s.me, &edit).await.unwrap().planned_minutes, 90);
    shows::delete(&s.store, &s.me, first.show.id).await.unwrap();
    assert_eq!(shows::get(&s.store, first.show.id).await.unwrap_err().code, ErrorCode::NotFound);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(shows::get(&s.store, first.show.id).await.unwrap().items.len(), 4);
    for (input, code) in [
        (show(" ", NOON), ErrorCode::NameMissing),
        (ShowInput { planned_minutes: 0, ..show("x", NOON) }, ErrorCode::ShowMinutes),
        (show("x", -1), ErrorCode::BadInput),
    ] {
        assert_eq!(shows::add(&s.store, &s.me, &input).await.unwrap_err().code, code);
    }
}
