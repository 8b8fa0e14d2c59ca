//! Twins, values, deletes: the questions that are not about a sale.

use stall_core::{
    ErrorCode, Fen, Id, Role,
    api::{ByIds, InboxChoice as C, InboxQuestion as Q, InboxResolve, UnitEdit, UnitPatch, UnitStatus},
    sync::{Change, Record, Scope, conflicts::Kind},
};
use stall_store::{Actor, inbox, tables::units};

use crate::{
    actions::Stall,
    inbox_sales::{answer, cards},
    merge::{Two, foreign, note, price, two},
};

async fn listed(t: &Two, who: usize) -> i64 {
    t.one(who, "SELECT price_list FROM units").await
}

/// Two prices that had not seen each other: 3,500 by the second stands.
async fn two_prices() -> Two {
    let mut t = two().await;
    t.edit(0, price(3_000)).await;
    t.edit(1, price(3_500)).await;
    t.settle().await;
    t
}

#[tokio::test]
async fn the_value_that_lost_is_taken_everywhere() {
    let mut t = two_prices().await;
    let card = cards(&t.all[0]).await.remove(0);
    let Q::Value { field, sides, .. } = &card.question else { panic!("{card:?}") };
    assert_eq!(field, "price_list");
    let said: Vec<_> =
        sides.iter().map(|s| (s.value.as_deref(), s.told.as_ref().unwrap().by.as_str(), s.stands)).collect();
    assert_eq!(said, [(Some("350000"), "阿强", true), (Some("300000"), "周敏", false)]);
    answer(&t.all[0], &card, C::Take { seq: sides[1].seq }).await;
    assert!(cards(&t.all[0]).await.is_empty(), "before the hub has it, too");
    t.all[0].store.undo(&t.all[0].me).await.unwrap();
    assert_eq!(cards(&t.all[0]).await[0].id, card.id, "undone, it is open again");
    t.all[0].store.redo(&t.all[0].me).await.unwrap();
    t.settle().await;
    for who in 0..2 {
        assert!(cards(&t.all[who]).await.is_empty());
        assert_eq!(listed(&t, who).await, 300_000);
    }
}

#[tokio::test]
async fn a_dismissed_value_stays_in_the_history_and_a_later_contender_asks_again() {
    let mut t = two_prices().await;
    let card = cards(&t.all[1]).await.remove(0);
    answer(&t.all[1], &card, C::Dismiss).await;
    t.settle().await;
    for who in 0..2 {
        assert!(cards(&t.all[who]).await.is_empty());
        assert_eq!(listed(&t, who).await, 350_000);
    }
    let events = units::get(&t.all[1].store, t.unit).await.unwrap().timeline;
    let lost = events.iter().find(|e| e.what == "value_heard").unwrap();
    assert_eq!(
        (lost.by.as_str(), lost.args["field"].as_str(), lost.args["new"].as_str()),
        ("周敏", "price_list", "300000")
    );
    let writer = t.all[0].store.sync_standing().await.unwrap().replica;
    assert_eq!(lost.args["laptop"], writer.to_string(), "which laptop wrote it");
    t.all[1].store.undo(&t.all[1].me).await.unwrap();
    t.settle().await;
    assert_eq!(cards(&t.all[0]).await[0].id, card.id, "undone, it is open again everywhere");
    t.all[1].store.redo(&t.all[1].me).await.unwrap();
    t.settle().await;
    t.edit(0, price(3_100)).await;
    t.edit(1, price(3_200)).await;
    t.settle().await;
    let later = cards(&t.all[0]).await;
    assert_eq!(later.len(), 1);
    assert_ne!(later[0].id, card.id);
}

#[tokio::test]
async fn a_value_taken_outweighs_a_dismissal_told_meanwhile() {
    for first in [0, 1] {
        let mut t = two_prices().await;
        let (here, there) = (cards(&t.all[0]).await.remove(0), cards(&t.all[1]).await.remove(0));
        let Q::Value { sides, .. } = &here.question else { panic!("{here:?}") };
        answer(&t.all[0], &here, C::Take { seq: sides[1].seq }).await;
        answer(&t.all[1], &there, C::Dismiss).await;
        t.hub.push(&t.all[first], 100, false).await;
        t.settle().await;
        for who in 0..2 {
            assert!(cards(&t.all[who]).await.is_empty());
            assert_eq!(listed(&t, who).await, 300_000);
        }
    }
}

#[tokio::test]
async fn the_same_price_from_two_laptops_is_no_question() {
    let mut t = two().await;
    t.edit(0, price(3_000)).await;
    t.edit(1, price(3_000)).await;
    t.settle().await;
    assert!(t.all[0].store.sync_items().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_helper_is_neither_shown_nor_asked_what_a_unit_cost() {
    let mut t = two().await;
    let cost = |yuan: i64| UnitPatch { cost: Some(Some(Fen(yuan * 100))), ..UnitPatch::default() };
    t.edit(0, cost(2_000)).await;
    t.edit(1, cost(2_100)).await;
    t.settle().await;
    let s = &t.all[0];
    for role in [Role::Photographer, Role::Control, Role::Packer] {
        let seen = inbox::list(&s.store, role).await.unwrap();
        assert_eq!((seen.cards.len(), seen.total, seen.others), (0, 0, 1), "{role:?}");
    }
    let card = cards(s).await.remove(0);
    let helper = Actor::new("小林", Role::Photographer);
    let dismissed = InboxResolve { id: card.id.clone(), choice: C::Dismiss };
    assert_eq!(inbox::resolve(&s.store, &helper, &dismissed).await.unwrap_err().code, ErrorCode::NotAllowed);
    answer(s, &card, C::Dismiss).await;
    let told: String = t.one(0, "SELECT data FROM facts WHERE kind = 'resolved'").await;
    assert!(!told.contains("200000") && !told.contains("210000"), "an answer is read by all: {told}");
}

const IMEI: &str = "353209110000017";

/// Each laptop took the same phone in.
async fn twins() -> (Two, [Id; 2]) {
    let mut t = two().await;
    let imei = stall_core::identity::luhn_digit(&IMEI[..14]).map(|d| format!("{}{d}", &IMEI[..14])).unwrap();
    let mut ids = Vec::new();
    for (who, no) in ["A2", "B2"].into_iter().enumerate() {
        t.pass(1_000);
        let s = &t.all[who];
        let (stock_no, model, imei) = (Some(no.into()), Some("iPhone 13".into()), Some(imei.clone()));
        let patch = UnitPatch { stock_no, model, imei, ..UnitPatch::default() };
        ids.push(units::add(&s.store, &s.me, &patch).await.unwrap().row.id);
    }
    t.settle().await;
    (t, [ids[0], ids[1]])
}

async fn status(s: &Stall, unit: Id) -> UnitStatus {
    units::get(&s.store, unit).await.unwrap().row.status
}

#[tokio::test]
async fn a_phone_catalogued_twice_becomes_one_and_its_undo_two_again() {
    let (mut t, [a, b]) = twins().await;
    let card = cards(&t.all[0]).await.remove(0);
    let Q::Twins { sides, .. } = &card.question else { panic!("{card:?}") };
    let said: Vec<_> = sides.iter().map(|s| (s.unit.id, s.told.by.as_str(), s.told.here)).collect();
    assert_eq!(said, [(a, "周敏", true), (b, "阿强", false)]);
    answer(&t.all[0], &card, C::Merge { unit_id: a }).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!((status(s, a).await, status(s, b).await), (UnitStatus::InStock, UnitStatus::Withdrawn));
    }
    t.all[0].store.undo(&t.all[0].me).await.unwrap();
    t.settle().await;
    assert_eq!(cards(&t.all[1]).await[0].id, card.id);
}

#[tokio::test]
async fn a_slip_of_the_keyboard_is_mended_by_editing_and_nothing_is_asked() {
    let (mut t, [_, b]) = twins().await;
    assert_eq!(cards(&t.all[1]).await.len(), 1);
    let s = &t.all[1];
    let patch = UnitPatch { imei: Some(String::new()), ..UnitPatch::default() };
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![b], patch }).await.unwrap();
    t.settle().await;
    assert!(cards(&t.all[0]).await.is_empty());
}

#[tokio::test]
async fn twins_that_each_laptop_merged_the_other_way_are_asked_about_again_and_none_is_lost() {
    let (mut t, [a, b]) = twins().await;
    for (s, unit_id) in t.all.iter().zip([a, b]) {
        let card = cards(s).await.remove(0);
        answer(s, &card, C::Merge { unit_id }).await;
    }
    t.settle().await;
    let card = cards(&t.all[0]).await.remove(0);
    assert_eq!((card.kind, card.again.len()), (Kind::ImeiTwins, 2));
    assert_eq!(cards(&t.all[1]).await[0].id, card.id);
    answer(&t.all[0], &card, C::Merge { unit_id: b }).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!((status(s, a).await, status(s, b).await), (UnitStatus::Withdrawn, UnitStatus::InStock));
    }
}

/// A unit that one deleted and the other worked on.
async fn disputed() -> Two {
    let mut t = two().await;
    units::delete(&t.all[0].store, &t.all[0].me, &ByIds { ids: vec![t.unit] }).await.unwrap();
    t.edit(1, note("屏幕有划痕")).await;
    t.settle().await;
    t
}

#[tokio::test]
async fn a_row_deleted_and_worked_on_stays_or_goes_as_a_person_says() {
    for stays in [true, false] {
        let mut t = disputed().await;
        let card = cards(&t.all[0]).await.remove(0);
        let Q::Deleted { table, unit, deleted, worked, columns, .. } = &card.question else { panic!("{card:?}") };
        assert_eq!((table.as_str(), unit.as_ref().map(|u| u.id)), ("units", Some(t.unit)));
        assert_eq!((deleted.by.as_str(), worked.as_ref().unwrap().by.as_str()), ("周敏", "阿强"));
        assert_eq!(columns, &["note"]);
        answer(&t.all[0], &card, if stays { C::Restore } else { C::Delete }).await;
        assert!(cards(&t.all[0]).await.is_empty());
        t.settle().await;
        for who in 0..2 {
            assert!(cards(&t.all[who]).await.is_empty());
            assert_eq!(t.one::<i64>(who, "SELECT count(*) FROM units").await, i64::from(stays));
        }
        t.all[0].store.undo(&t.all[0].me).await.unwrap();
        t.settle().await;
        for who in 0..2 {
            assert_eq!(t.one::<i64>(who, "SELECT count(*) FROM units").await, 1, "undone, it is there");
        }
    }
}

#[tokio::test]
async fn who_restores_outlives_who_confirms_and_a_person_is_asked_once_more() {
    for first in [0, 1] {
        let mut t = disputed().await;
        let (here, there) = (cards(&t.all[0]).await.remove(0), cards(&t.all[1]).await.remove(0));
        answer(&t.all[0], &here, C::Restore).await;
        answer(&t.all[1], &there, C::Delete).await;
        t.hub.push(&t.all[first], 100, false).await;
        t.settle().await;
        let (a, b) = (cards(&t.all[0]).await, cards(&t.all[1]).await);
        assert_eq!((a.len(), &a[0].id), (1, &b[0].id));
        assert_ne!(a[0].id, here.id);
        assert_eq!(t.one::<String>(1, "SELECT note FROM units").await, "屏幕有划痕");
        answer(&t.all[1], &b[0], C::Delete).await;
        t.settle().await;
        assert_eq!(t.one::<i64>(0, "SELECT count(*) FROM units").await, 0);
    }
}

#[tokio::test]
async fn an_owner_confirms_or_refuses_that_very_much_is_deleted() {
    for confirmed in [true, false] {
        let mut t = two().await;
        for n in 0..30 {
            let patch = UnitPatch { model: Some(format!("批 {n}")), ..UnitPatch::default() };
            units::add(&t.all[0].store, &t.all[0].me, &patch).await.unwrap();
        }
        t.settle().await;
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM units")
            .fetch_all(&mut *t.all[1].store.read().await.unwrap())
            .await
            .unwrap();
        let gone: Vec<Record> =
            ids.iter().map(|id| Record { table: "units".into(), row: id.clone(), change: Change::Delete }).collect();
        let seq = t.all[1].store.sync_standing().await.unwrap().cursor + 1;
        let s = &t.all[1];
        s.store.sync_apply(&[foreign(seq, gone)], &Scope::ALL, &[]).await.unwrap();
        assert_eq!(inbox::list(&s.store, Role::Control).await.unwrap().others, 1, "an owner's matter");
        let card = cards(s).await.remove(0);
        let Q::Many { rows, names, deleted, .. } = &card.question else { panic!("{card:?}") };
        assert_eq!((*rows, names.len(), deleted.by.as_str()), (31, 8, "小林"));
        assert_eq!(card.choices, [C::Refuse, C::Confirm], "what is asked first deletes nothing");
        answer(s, &card, if confirmed { C::Confirm } else { C::Refuse }).await;
        assert!(cards(s).await.is_empty());
        assert_eq!(t.one::<i64>(1, "SELECT count(*) FROM units").await, if confirmed { 0 } else { 31 });
        s.store.undo(&s.me).await.unwrap();
        assert_eq!(cards(s).await.len(), 1);
        assert_eq!(t.one::<i64>(1, "SELECT count(*) FROM units").await, 31);
    }
}

#[tokio::test]
async fn a_question_is_answered_with_its_own_words_only() {
    let t = two_prices().await;
    let s = &t.all[0];
    let card = cards(s).await.remove(0);
    for choice in [C::Neither, C::Restore, C::Take { seq: 9_999 }, C::Merge { unit_id: t.unit }] {
        let wrong = inbox::resolve(&s.store, &s.me, &InboxResolve { id: card.id.clone(), choice }).await.unwrap_err();
        assert_eq!(wrong.code, ErrorCode::BadInput, "{choice:?}");
    }
    let none =
        inbox::resolve(&s.store, &s.me, &InboxResolve { id: "00".into(), choice: C::Dismiss }).await.unwrap_err();
    assert_eq!(none.code, ErrorCode::InboxGone);
}
