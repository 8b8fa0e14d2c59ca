//! One stock number on several units: asked on all laptops, answered on one, or on two at once.

use stall_core::{
    ErrorCode, Id, Ms, Role,
    api::{
        BenchAnswer, BenchScan, ByIds, FieldChange, InboxCard, InboxChoice as C, InboxQuestion as Q, InboxResolve,
        ItemsAdd, MoveInput, NewItem, NumberReason as Why, Place, PlaceKind, ScanHit, ShowInput, TakeInput,
        TakeOutcome, TakeScan, TakeScope, UnitEdit, UnitPatch, Verdict, WithdrawInput,
    },
    spreadsheet::Table,
    sync::conflicts::Kind,
    units_import,
};
use stall_store::{
    Actor, inbox,
    tables::{
        bench, find, items,
        labels::{self, Printed},
        moves, order_import, passports, photo_batch, shoot, shows, takes,
        unit_import::{self, RowFilter, UnitPlan},
        units,
    },
};

use crate::{
    actions::{NOON, Stall},
    hub::{laptop, same, state},
    inbox_sales::{answer, cards, file, import},
    merge::{Two, two},
};

async fn add(s: &Stall, model: &str, imei: &str) -> Id {
    let imei = (!imei.is_empty()).then(|| {
        let d = stall_core::identity::luhn_digit(imei).unwrap();
        format!("{imei}{d}")
    });
    let patch = UnitPatch { model: Some(model.into()), imei, ..UnitPatch::default() };
    units::add(&s.store, &s.me, &patch).await.unwrap().row.id
}

const IMEIS: [&str; 3] = ["35320911000001", "35320911000002", "35320911000003"];

/// Each laptop took another phone in while they were apart: both dealt 0002.
async fn shared() -> (Two, [Id; 2]) {
    let mut t = two().await;
    let mut ids = Vec::new();
    for who in 0..2 {
        t.pass(1_000);
        ids.push(add(&t.all[who], ["小米14", "Mate 60"][who], IMEIS[who]).await);
    }
    t.settle().await;
    (t, [ids[0], ids[1]])
}

async fn no(s: &Stall, unit: Id) -> String {
    units::get(&s.store, unit).await.unwrap().row.stock_no
}

async fn number(s: &Stall, unit: Id, no: &str) {
    let patch = UnitPatch { stock_no: Some(no.into()), ..UnitPatch::default() };
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![unit], patch }).await.unwrap();
}

/// The number asked about, the units in the order of who should keep it, and what the others would get.
fn asked(card: &InboxCard) -> (String, Vec<Id>, Vec<String>) {
    let Q::Numbers { number, sides, next, .. } = &card.question else { panic!("{card:?}") };
    (number.clone(), sides.iter().map(|s| s.unit.id).collect(), next.clone())
}

#[tokio::test]
async fn one_number_on_two_units_is_asked_on_both_and_the_other_gets_the_next() {
    let (mut t, [a, b]) = shared().await;
    let card = cards(&t.all[0]).await.remove(0);
    assert_eq!((card.kind, card.again.len()), (Kind::StockNoTwins, 0));
    assert_eq!(cards(&t.all[1]).await[0].id, card.id);
    assert_eq!(asked(&card), ("0002".into(), vec![a, b], vec!["0003".into()]));
    let Q::Numbers { sides, .. } = &card.question else { panic!("{card:?}") };
    let told: Vec<_> = sides.iter().map(|s| (s.told.by.as_str(), s.told.here)).collect();
    assert_eq!(told, [("周敏", true), ("阿强", false)]);
    answer(&t.all[1], &card, C::KeepNumber { unit_id: b }).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!((no(s, a).await.as_str(), no(s, b).await.as_str()), ("0003", "0002"));
    }
    let events = units::get(&t.all[1].store, a).await.unwrap().timeline;
    assert!(
        events.iter().any(|e| e.args.values().any(|v| v == "0003") && e.args.values().any(|v| v == "0002")),
        "its history says what it was called: {events:?}"
    );
    t.all[1].store.undo(&t.all[1].me).await.unwrap();
    t.settle().await;
    for s in &t.all {
        assert_eq!(cards(s).await[0].id, card.id, "undone, it is open again");
        assert_eq!((no(s, a).await.as_str(), no(s, b).await.as_str()), ("0002", "0002"));
    }
    t.all[1].store.redo(&t.all[1].me).await.unwrap();
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!(no(s, a).await, "0003");
    }
}

#[tokio::test]
async fn three_that_wear_one_number_are_one_question() {
    let (mut t, [a, b]) = shared().await;
    let dir = tempfile::tempdir().unwrap();
    let third = laptop(dir.path(), "小林", t.hub.now + 1_000 - NOON).await;
    // A laptop that joins brings what it took in alone.
    add(&third, "Pura 70", "").await;
    let c = add(&third, "Reno 12", IMEIS[2]).await;
    t.all.push(third);
    t.settle().await;
    same(&state(&t.all[0]).await, &state(&t.all[2]).await);
    let all = cards(&t.all[2]).await;
    let card = all.iter().find(|x| asked(x).0 == "0002").unwrap();
    assert_eq!(asked(card), ("0002".into(), vec![a, b, c], vec!["0003".into(), "0004".into()]));
    assert_eq!(all.len(), 2, "0001 is on two units, too");
    answer(&t.all[2], card, C::KeepNumber { unit_id: b }).await;
    t.settle().await;
    for s in &t.all {
        assert_eq!([no(s, a).await, no(s, b).await, no(s, c).await], ["0003", "0002", "0004"]);
        let left = cards(s).await;
        assert_eq!(left.iter().map(|x| asked(x).0).collect::<Vec<_>>(), ["0001"]);
    }
}

#[tokio::test]
async fn answers_told_apart_leave_no_number_on_two_units_without_a_question() {
    for first in [0, 1] {
        let (mut t, [a, b]) = shared().await;
        for (who, unit_id) in [(0, a), (1, b)] {
            t.pass(1_000);
            let card = cards(&t.all[who]).await.remove(0);
            answer(&t.all[who], &card, C::KeepNumber { unit_id }).await;
        }
        t.hub.push(&t.all[first], 100, false).await;
        t.settle().await;
        // Each dealt 0003 to the other.
        let card = cards(&t.all[0]).await.remove(0);
        assert_eq!(cards(&t.all[1]).await[0].id, card.id);
        assert_eq!(asked(&card), ("0003".into(), vec![a, b], vec!["0004".into()]));
        let by: Vec<&str> = card.again.iter().map(|x| x.by.as_str()).collect();
        assert_eq!(by, ["周敏", "阿强"], "and it is said how that came");
        answer(&t.all[0], &card, C::KeepNumber { unit_id: b }).await;
        t.settle().await;
        for s in &t.all {
            assert!(cards(s).await.is_empty());
            assert_eq!((no(s, a).await.as_str(), no(s, b).await.as_str()), ("0004", "0003"));
        }
    }
}

#[tokio::test]
async fn the_same_answer_told_apart_is_one_answer() {
    let (mut t, [a, b]) = shared().await;
    for who in 0..2 {
        t.pass(1_000);
        let card = cards(&t.all[who]).await.remove(0);
        answer(&t.all[who], &card, C::KeepNumber { unit_id: a }).await;
    }
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!((no(s, a).await.as_str(), no(s, b).await.as_str()), ("0002", "0003"));
    }
}

#[tokio::test]
async fn a_number_dealt_by_an_answer_that_another_took_meanwhile_is_a_question_of_its_own() {
    let (mut t, [a, b]) = shared().await;
    let card = cards(&t.all[0]).await.remove(0);
    answer(&t.all[0], &card, C::KeepNumber { unit_id: a }).await;
    t.pass(1_000);
    let c = add(&t.all[1], "Find X7", "").await;
    t.settle().await;
    for s in &t.all {
        let card = cards(s).await.remove(0);
        assert_eq!((asked(&card).0.as_str(), card.again.len()), ("0003", 0));
        assert_eq!(asked(&card).1, [b, c]);
    }
}

#[tokio::test]
async fn a_number_corrected_by_hand_asks_nothing() {
    let (mut t, [_, b]) = shared().await;
    number(&t.all[1], b, "B2").await;
    assert!(cards(&t.all[1]).await.is_empty());
    t.settle().await;
    assert!(cards(&t.all[0]).await.is_empty());
}

#[tokio::test]
async fn a_unit_that_left_asks_nothing_until_it_comes_back() {
    let (mut t, [a, b]) = shared().await;
    let s = &t.all[0];
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![b], reason: String::new() }).await.unwrap();
    t.settle().await;
    assert!(cards(&t.all[1]).await.is_empty());
    let hit = find::scan(&t.all[1].store, "0002").await.unwrap();
    assert!(matches!(&hit, ScanHit::Unit { unit } if unit.id == a), "{hit:?}");
    let s = &t.all[1];
    units::restore(&s.store, &s.me, &ByIds { ids: vec![b] }).await.unwrap();
    t.settle().await;
    assert_eq!(cards(&t.all[0]).await[0].kind, Kind::StockNoTwins);
}

#[tokio::test]
async fn one_phone_taken_in_on_both_is_asked_about_once() {
    let mut t = two().await;
    let mut ids = Vec::new();
    for who in 0..2 {
        t.pass(1_000);
        ids.push(add(&t.all[who], "小米14", IMEIS[0]).await);
    }
    t.settle().await;
    let kinds: Vec<Kind> = cards(&t.all[0]).await.iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [Kind::ImeiTwins]);
    // They are two after all: one IMEI was a slip.
    let s = &t.all[0];
    let patch = UnitPatch { imei: Some(String::new()), ..UnitPatch::default() };
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![ids[1]], patch }).await.unwrap();
    t.settle().await;
    assert_eq!(cards(&t.all[1]).await[0].kind, Kind::StockNoTwins);
}

/// What the label of a unit says.
async fn printed(s: &Stall, unit: Id, no: &str) {
    let states = Some(format!(r#"{{"stock_no":"{no}"}}"#));
    labels::mark(&s.store, &s.me, &[Printed { unit, states }]).await.unwrap();
}

#[tokio::test]
async fn the_one_whose_number_is_in_more_hands_comes_first_on_every_laptop() {
    let (mut t, [a, b]) = shared().await;
    let order = async |t: &mut Two| {
        t.settle().await;
        let mut told = Vec::new();
        for s in &t.all {
            let card = cards(s).await.remove(0);
            let Q::Numbers { why, .. } = &card.question else { panic!("{card:?}") };
            told.push((asked(&card).1, *why));
        }
        assert_eq!(told[0], told[1]);
        told.remove(0)
    };
    assert_eq!(order(&mut t).await, (vec![a, b], Why::First));
    printed(&t.all[1], b, "0002").await;
    assert_eq!(order(&mut t).await, (vec![b, a], Why::Label));
    let s = &t.all[0];
    let show = ShowInput {
        title: "晚场".into(),
        starts_at: Ms(s.store.env().now().0 + 3_600_000),
        planned_minutes: 60,
        host: String::new(),
        note: String::new(),
    };
    let show = shows::add(&s.store, &s.me, &show).await.unwrap();
    let item = NewItem { segment: "single".into(), unit_id: Some(a), title: String::new(), minutes: None };
    let add = ItemsAdd { show_id: show.id, after: None, items: vec![item] };
    items::add(&s.store, &s.me, &add).await.unwrap();
    assert_eq!(order(&mut t).await, (vec![a, b], Why::Sheet));
    let s = &t.all[1];
    passports::add(&s.store, &s.me, passport(b)).await.unwrap();
    assert_eq!(order(&mut t).await, (vec![b, a], Why::Passport));
}

/// A first version, as far as its number is what matters.
fn passport(unit_id: Id) -> passports::New {
    passports::New {
        unit_id,
        number: "2611-0002-8".into(),
        version: 1,
        at: Ms(NOON),
        grade: "A".into(),
        report_id: unit_id,
        seal: "00".repeat(32),
        previous: None,
        key: "00".repeat(32),
        document: "{}".into(),
        salt: "00".repeat(32),
        codes: "[]".into(),
    }
}

#[tokio::test]
async fn the_one_that_is_numbered_anew_wants_a_label_and_the_one_that_keeps_does_not() {
    let (mut t, [a, b]) = shared().await;
    for unit in [a, b] {
        printed(&t.all[0], unit, "0002").await;
    }
    t.settle().await;
    let card = cards(&t.all[0]).await.remove(0);
    let Q::Numbers { sides, .. } = &card.question else { panic!("{card:?}") };
    assert!(sides.iter().all(|s| s.label.as_deref() == Some("0002")));
    let before = labels::wanted(&t.all[1].store).await.unwrap();
    assert!(!before.contains(&a) && !before.contains(&b));
    answer(&t.all[0], &card, C::KeepNumber { unit_id: a }).await;
    t.settle().await;
    for s in &t.all {
        let wanted = labels::wanted(&s.store).await.unwrap();
        assert!(wanted.contains(&b) && !wanted.contains(&a));
        assert_eq!(labels::missing(&s.store).await.unwrap().changed, 1);
        // Until the new one is on it, the old label says nothing for sure.
        let hit = find::scan(&s.store, "0002").await.unwrap();
        let ScanHit::Several { units: both } = &hit else { panic!("{hit:?}") };
        assert_eq!(both.iter().map(|u| u.id).collect::<Vec<_>>(), [b, a]);
        assert!(photo_batch::known(&s.store, &["0002".into()]).await.unwrap().is_empty());
        let answer = bench::scan(&s.store, &s.me, &BenchScan { order_id: None, code: "0002".into() }).await.unwrap();
        assert!(matches!(&answer, BenchAnswer::Refused { error, .. } if error.code == ErrorCode::CodeShared));
        let hit = find::scan(&s.store, "0003").await.unwrap();
        assert!(matches!(&hit, ScanHit::Unit { unit } if unit.id == b), "{hit:?}");
    }
    printed(&t.all[1], b, "0003").await;
    t.settle().await;
    for s in &t.all {
        let hit = find::scan(&s.store, "0002").await.unwrap();
        assert!(matches!(&hit, ScanHit::Unit { unit } if unit.id == a), "{hit:?}");
    }
}

#[tokio::test]
async fn who_may_number_units_decides_with_the_questions_own_words() {
    let (t, [a, _]) = shared().await;
    let s = &t.all[0];
    let card = cards(s).await.remove(0);
    for role in [Role::Packer, Role::Host] {
        let seen = inbox::list(&s.store, role).await.unwrap();
        assert_eq!((seen.cards.len(), seen.others), (0, 1), "{role:?}");
        let input = InboxResolve { id: card.id.clone(), choice: C::KeepNumber { unit_id: a } };
        let wrong = inbox::resolve(&s.store, &Actor::new("小林", role), &input).await.unwrap_err();
        assert_eq!(wrong.code, ErrorCode::NotAllowed);
    }
    for choice in [C::Merge { unit_id: a }, C::KeepNumber { unit_id: t.unit }, C::Dismiss] {
        let wrong = inbox::resolve(&s.store, &s.me, &InboxResolve { id: card.id.clone(), choice }).await.unwrap_err();
        assert_eq!(wrong.code, ErrorCode::BadInput, "{choice:?}");
    }
}

#[tokio::test]
async fn a_label_that_two_wear_opens_neither_until_a_person_says_which() {
    let (t, [a, b]) = shared().await;
    let s = &t.all[0];
    let hit = find::scan(&s.store, "0002").await.unwrap();
    let ScanHit::Several { units: both } = &hit else { panic!("{hit:?}") };
    assert_eq!(both.iter().map(|u| u.id).collect::<Vec<_>>(), [b, a]);
    let imei = units::get(&s.store, a).await.unwrap().imei.unwrap();
    let hit = find::scan(&s.store, &imei).await.unwrap();
    assert!(matches!(&hit, ScanHit::Unit { unit } if unit.id == a), "its IMEI is its own: {hit:?}");
    let phone = shoot::find(&s.store, "2").await.unwrap().units;
    assert_eq!(phone.iter().map(|u| u.id).collect::<Vec<_>>(), [b, a]);
    // Pictures with the label in them go to neither.
    let known = photo_batch::known(&s.store, &["0001".into(), "0002".into()]).await.unwrap();
    assert_eq!(known.keys().collect::<Vec<_>>(), ["0001"]);

    let to = Place { kind: PlaceKind::Shelf, name: "A-01".into() };
    let go = |unit_id| MoveInput { code: "0002".into(), unit_id, to: to.clone(), step: None };
    let wrong = moves::by_scan(&s.store, &s.me, &go(None)).await.unwrap_err();
    assert_eq!((wrong.code, wrong.args["code"].as_str()), (ErrorCode::CodeShared, "0002"));
    let wrong = moves::by_scan(&s.store, &s.me, &go(Some(t.unit))).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::BadInput, "one that does not wear it");
    assert_eq!(moves::by_scan(&s.store, &s.me, &go(Some(a))).await.unwrap().unit.id, a);

    let take = takes::start(&s.store, &s.me, &TakeInput { scope: TakeScope::All, value: String::new() }).await.unwrap();
    let scan = async |unit_id| {
        takes::scan(&s.store, &s.me, &TakeScan { take_id: take.id, code: "0002".into(), unit_id }).await
    };
    assert_eq!(scan(None).await.unwrap_err().code, ErrorCode::CodeShared);
    for unit in [a, b] {
        let seen = scan(Some(unit)).await.unwrap();
        assert_eq!((seen.outcome, seen.unit.unwrap().id), (TakeOutcome::Seen, unit));
    }

    let answer = bench::scan(&s.store, &s.me, &BenchScan { order_id: None, code: "0002".into() }).await.unwrap();
    let BenchAnswer::Refused { error, .. } = &answer else { panic!("{answer:?}") };
    assert_eq!(error.code, ErrorCode::CodeShared);
}

#[tokio::test]
async fn a_parcel_takes_no_label_that_two_wear_and_a_file_sells_neither() {
    let mut t = two().await;
    let (sold, other) = ("2530900012345600001", "2530900012345600002");
    let a = add(&t.all[0], "小米14", IMEIS[0]).await;
    import(&t.all[0], &[(sold, "0002")]).await;
    t.pass(1_000);
    let b = add(&t.all[1], "Mate 60", IMEIS[1]).await;
    t.settle().await;
    let s = &t.all[1];
    let card = cards(s).await.remove(0);
    assert_eq!(asked(&card).1, [a, b]);
    let Q::Numbers { sides, why, .. } = &card.question else { panic!("{card:?}") };
    assert_eq!((sides[0].order_no.as_deref(), *why), (Some(sold), Why::Sold));

    // The other alone is on the shelf, and yet nobody knows which was meant.
    let plan = order_import::preview(&s.store, file(&[(other, "0002")])).await.unwrap();
    let rows = order_import::rows(&s.store, &plan, &RowFilter { limit: 9, ..RowFilter::default() }).await.unwrap().rows;
    assert_eq!((rows[0].verdict, rows[0].notes[0].key.as_str()), (Verdict::Choose, "unit_shared"));
    assert_eq!(rows[0].candidates.iter().map(|u| u.id).collect::<Vec<_>>(), [b]);

    let imei = units::get(&s.store, a).await.unwrap().imei.unwrap();
    let scan = async |order_id, code: &str| {
        bench::scan(&s.store, &s.me, &BenchScan { order_id, code: code.into() }).await.unwrap()
    };
    let opened = scan(None, &imei).await;
    let BenchAnswer::Opened { order } = &opened else { panic!("its IMEI opens its parcel: {opened:?}") };
    let refused = scan(Some(order.row.id), "0002").await;
    let BenchAnswer::Refused { error, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(error.code, ErrorCode::CodeShared);
    let packed = scan(Some(order.row.id), &imei).await;
    assert!(matches!(&packed, BenchAnswer::RightUnit { unit, .. } if unit.id == a), "{packed:?}");
}

/// Judges a file of units.
async fn judged(s: &Stall, rows: &[[&str; 3]]) -> Vec<(Verdict, Option<ErrorCode>, Vec<FieldChange>)> {
    let mut cells = vec![["编号", "串号", "备注"].map(str::to_owned).to_vec()];
    cells.extend(rows.iter().map(|r| r.map(str::to_owned).to_vec()));
    let table = Table::from_texts(&cells);
    let layout = units_import::open(&table, None).unwrap();
    let plan = unit_import::preview(&s.store, UnitPlan::read(&table, &layout)).await.unwrap();
    let rows = unit_import::rows(&plan, &RowFilter { limit: 50, ..RowFilter::default() }).rows;
    rows.into_iter().map(|r| (r.verdict, r.error.map(|e| e.code), r.changes)).collect()
}

#[tokio::test]
async fn a_row_of_a_file_is_about_the_one_whose_code_it_has_or_about_none() {
    let (t, [a, _]) = shared().await;
    let s = &t.all[0];
    let imei = units::get(&s.store, a).await.unwrap().imei.unwrap();
    let rows = judged(s, &[["0002", "", "划痕"]]).await;
    assert_eq!((rows[0].0, rows[0].1), (Verdict::Refused, Some(ErrorCode::CodeShared)));
    let rows = judged(s, &[["0002", &imei, "划痕"]]).await;
    assert_eq!((rows[0].0, rows[0].1), (Verdict::Changed, None));
    let changed: Vec<&str> = rows[0].2.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(changed, ["note"]);
}
