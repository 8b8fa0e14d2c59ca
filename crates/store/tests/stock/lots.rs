//! Lots, moving by scanning, stock-takes.

use stall_core::{
    ErrorCode, Fen, Id,
    api::{
        ByIds, CostRule, LotAnswer, LotFinish, LotInput, LotOutcome, LotScan, LotUnscan, MoveInput, Place, PlaceKind,
        TakeInput, TakeOdd, TakeOutcome, TakeScan, TakeScope, UnitCost, UnitPatch, UnitStatus, WithdrawInput,
    },
};
use stall_store::tables::{lots, moves, takes, units};

use super::{Stall, imei, phone};

async fn lot(s: &Stall) -> Id {
    let defaults = UnitPatch { brand: Some("Apple".into()), model: Some("iPhone 12".into()), ..UnitPatch::default() };
    let input = LotInput { id: None, source: "同行老李".into(), note: String::new(), defaults };
    lots::save(&s.store, &s.me, &input).await.unwrap().id
}

async fn scan(s: &Stall, lot_id: Id, code: &str) -> LotAnswer {
    s.pass(10);
    lots::scan(&s.store, &s.me, &LotScan { lot_id, code: code.into() }).await.unwrap()
}

#[tokio::test]
async fn fifty_scans_are_fifty_units_in_sequence_and_one_step_to_undo() {
    let s = Stall::new().await;
    s.unit("0041").await;
    let id = lot(&s).await;
    for n in 0..50 {
        let a = scan(&s, id, &imei(n)).await;
        assert_eq!(a.outcome, LotOutcome::New);
        assert_eq!(a.unit.unwrap().stock_no, format!("{:04}", 42 + n));
    }
    let sheet = lots::get(&s.store, id).await.unwrap();
    assert_eq!((sheet.units.len(), sheet.lot.units), (50, 50));
    assert_eq!(sheet.units[0].unit.stock_no, "0091");
    let step = s.store.undo_state().await.unwrap().undo.unwrap();
    assert_eq!((step.op.as_str(), step.args["n"].as_str()), ("take_lot", "50"));
    let unit = units::get(&s.store, sheet.units[0].unit.id).await.unwrap();
    assert_eq!((unit.source.as_str(), unit.lot.unwrap().units), ("同行老李", 50));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM units").await, 1);
    s.store.redo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM units").await, 51);
}

#[tokio::test]
async fn a_second_scan_one_in_stock_and_a_wrong_digit_take_nothing_in_and_say_which() {
    let s = Stall::new().await;
    let here = s.add(UnitPatch { imei: Some(imei(7)), ..phone() }).await.unwrap();
    let id = lot(&s).await;
    scan(&s, id, &imei(1)).await;
    let twice = scan(&s, id, &imei(1)).await;
    assert_eq!((twice.outcome, twice.unit.unwrap().stock_no), (LotOutcome::Twice, "0002".into()));
    let held = scan(&s, id, &imei(7)).await;
    assert_eq!((held.outcome, held.unit.unwrap().id), (LotOutcome::Here, here));
    let mut wrong = imei(3).into_bytes();
    wrong[14] = b'0' + (wrong[14] - b'0' + 1) % 10;
    let wrong = scan(&s, id, std::str::from_utf8(&wrong).unwrap()).await;
    assert_eq!((wrong.outcome, wrong.error.unwrap().code), (LotOutcome::Wrong, ErrorCode::ImeiLuhn));
    // The number on the box is no number of the device.
    let box_code = scan(&s, id, "6901234567892").await;
    assert_eq!(box_code.error.unwrap().code, ErrorCode::ImeiLength);
    assert_eq!(lots::get(&s.store, id).await.unwrap().units.len(), 1);
}

#[tokio::test]
async fn the_model_of_a_scan_is_learned_and_the_defaults_fill_the_rest() {
    let s = Stall::new().await;
    for n in 1..=3 {
        s.add(UnitPatch { imei: Some(imei(n)), ..phone() }).await.unwrap();
    }
    let id = lot(&s).await;
    let a = scan(&s, id, &imei(10)).await;
    let unit = a.unit.unwrap();
    assert_eq!((unit.model.as_str(), a.learned, unit.storage.as_str()), ("iPhone 13 Pro", 3, ""));
    let other = scan(&s, id, "F2LXK0ABCD12").await;
    assert_eq!((other.unit.unwrap().model.as_str(), other.learned), ("iPhone 12", 0));
}

#[tokio::test]
async fn the_last_scan_is_taken_back_and_its_number_is_given_again() {
    let s = Stall::new().await;
    let id = lot(&s).await;
    scan(&s, id, &imei(1)).await;
    let b = scan(&s, id, &imei(2)).await.unit.unwrap();
    lots::unscan(&s.store, &s.me, LotUnscan { lot_id: id, unit_id: b.id }).await.unwrap();
    assert_eq!(scan(&s, id, &imei(3)).await.unit.unwrap().stock_no, b.stock_no);
    assert_eq!(s.store.undo_state().await.unwrap().undo.unwrap().args["n"], "2");
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM units").await + s.count("SELECT count(*) FROM lots").await, 0);
    s.store.redo(&s.me).await.unwrap();
    let nos: Vec<String> = lots::get(&s.store, id).await.unwrap().units.into_iter().map(|u| u.code).collect();
    assert_eq!(nos, [imei(3), imei(1)]);
    let stranger = s.unit("0900").await;
    let e = lots::unscan(&s.store, &s.me, LotUnscan { lot_id: id, unit_id: stranger }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_lot_goes_on_after_the_program_was_ended_and_is_still_one_step() {
    let s = Stall::new().await;
    let id = lot(&s).await;
    scan(&s, id, &imei(1)).await;
    let s = s.rebuilt().await;
    scan(&s, id, &imei(2)).await;
    assert_eq!(lots::list(&s.store).await.unwrap().lots[0].done_at, None);
    assert_eq!(s.store.undo_state().await.unwrap().undo.unwrap().args["n"], "2");
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM units").await, 0);
}

#[tokio::test]
async fn the_cost_is_shared_to_the_fen_and_an_ended_lot_takes_no_more() {
    let s = Stall::new().await;
    let id = lot(&s).await;
    for n in 0..3 {
        scan(&s, id, &imei(n)).await;
    }
    let finish = |cost_total, rule, costs| LotFinish { id, cost_total, rule, costs };
    let sheet = lots::finish(&s.store, &s.me, &finish(Some(Fen(100_000)), CostRule::Equal, vec![])).await.unwrap();
    let costs: Vec<i64> = sheet.units.iter().rev().map(|u| u.unit.cost.unwrap().0).collect();
    assert_eq!(costs, [33_334, 33_333, 33_333]);
    assert!(sheet.lot.done_at.is_some());
    let e = lots::scan(&s.store, &s.me, &LotScan { lot_id: id, code: imei(9) }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::AlreadyDone);
    let first = sheet.units[2].unit.id;
    let said = vec![UnitCost { id: first, cost: Some(Fen(50_000)) }];
    let sheet = lots::finish(&s.store, &s.me, &finish(Some(Fen(100_001)), CostRule::ByHand, said)).await.unwrap();
    let costs: Vec<i64> = sheet.units.iter().rev().map(|u| u.unit.cost.unwrap().0).collect();
    assert_eq!(costs, [50_000, 25_001, 25_000]);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM units").await, 0);
}

#[tokio::test]
async fn scans_to_one_shelf_are_one_step_and_one_that_is_there_writes_nothing() {
    let s = Stall::new().await;
    let (a, b) = (s.unit("0001").await, s.unit("0002").await);
    let to = Place { kind: PlaceKind::Shelf, name: "A-03".into() };
    let go = async |code: &str, step, to: &Place| {
        moves::by_scan(&s.store, &s.me, &MoveInput { code: code.into(), unit_id: None, to: to.clone(), step }).await
    };
    let one = go("0001", None, &to).await.unwrap();
    let two = go("0002", one.step, &to).await.unwrap();
    assert_eq!((one.step, one.from.as_str(), two.unit.shelf.as_str()), (two.step, "", "A-03"));
    assert!(go("0002", two.step, &to).await.unwrap().already);
    assert_eq!(s.store.undo_state().await.unwrap().undo.unwrap().args["n"], "2");
    let e = go("nobody12", two.step, &to).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::CodeUnknown);
    s.store.undo(&s.me).await.unwrap();
    for id in [a, b] {
        assert_eq!(units::get(&s.store, id).await.unwrap().row.shelf, "");
    }
    // Lent to somebody it keeps its home; back on a shelf it is with nobody.
    go("0001", None, &to).await.unwrap();
    let lent = go("0001", None, &Place { kind: PlaceKind::Holder, name: "老周".into() }).await.unwrap();
    assert_eq!((lent.unit.shelf.as_str(), lent.unit.holder.as_str()), ("A-03", "老周"));
    assert_eq!(go("0001", None, &to).await.unwrap().unit.holder, "");
}

#[tokio::test]
async fn a_stock_take_lists_what_is_missing_what_should_not_be_there_and_what_nobody_knows() {
    let s = Stall::new().await;
    let on = async |no: &str, shelf: &str| {
        let patch = UnitPatch { stock_no: Some(no.into()), shelf: Some(shelf.into()), ..phone() };
        s.add(patch).await.unwrap()
    };
    on("0001", "A-1").await;
    let (b, far, gone) = (on("0002", "A-1").await, on("0003", "B-9").await, on("0004", "A-1").await);
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![gone], reason: "自用".into() }).await.unwrap();
    let take =
        takes::start(&s.store, &s.me, &TakeInput { scope: TakeScope::Shelf, value: "A-1".into() }).await.unwrap();
    assert_eq!((take.expected, take.seen), (2, 0));
    let scan = async |code: &str| {
        s.pass(5);
        takes::scan(&s.store, &s.me, &TakeScan { take_id: take.id, code: code.into(), unit_id: None }).await.unwrap()
    };
    assert_eq!(scan("0001").await.outcome, TakeOutcome::Seen);
    assert_eq!(scan("0001").await.outcome, TakeOutcome::Again);
    assert_eq!(scan("0003").await.why, Some(TakeOdd::Elsewhere));
    assert_eq!(scan("0004").await.why, Some(TakeOdd::Withdrawn));
    assert_eq!(scan("F2LXK0ABCD12").await.outcome, TakeOutcome::Unknown);
    // Left, and gone on with another day.
    let s2 = takes::get(&s.store, take.id).await.unwrap();
    assert_eq!((s2.take.seen, s2.take.expected, s2.take.odd, s2.missing[0].id), (1, 2, 3, b));
    assert_eq!(s2.odd.iter().map(|o| o.unit.id).collect::<Vec<_>>(), [far, gone]);
    // A scan is no step of the undo history, and is taken back by itself.
    assert_eq!(s.store.undo_state().await.unwrap().undo.unwrap().op, "start_take");
    takes::unscan(&s.store, &s.me, s2.unknown[0].id).await.unwrap();
    let ended = takes::finish(&s.store, &s.me, take.id).await.unwrap();
    assert!(ended.unknown.is_empty() && ended.take.done_at.is_some());
    let e = takes::scan(&s.store, &s.me, &TakeScan { take_id: take.id, code: "0002".into(), unit_id: None })
        .await
        .unwrap_err();
    assert_eq!(e.code, ErrorCode::AlreadyDone);
    // What it found stays, whatever is done about it.
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![b], reason: "找不到".into() }).await.unwrap();
    let kept = takes::get(&s.store, take.id).await.unwrap();
    assert_eq!((kept.missing[0].id, kept.missing[0].status), (b, UnitStatus::Withdrawn));
    s.store.undo(&s.me).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(scan("0002").await.outcome, TakeOutcome::Seen);
    let list = takes::list(&s.store).await.unwrap().takes;
    assert_eq!((list[0].seen, list[0].expected, list[0].done_at), (2, 2, None));
    units::restore(&s.store, &s.me, &ByIds { ids: vec![gone] }).await.unwrap();
    assert_eq!(takes::get(&s.store, take.id).await.unwrap().take.expected, 3);
}

#[tokio::test]
async fn what_was_unknown_and_is_taken_in_later_counts_as_seen() {
    let s = Stall::new().await;
    let take = takes::start(&s.store, &s.me, &TakeInput { scope: TakeScope::All, value: String::new() }).await.unwrap();
    let a = takes::scan(&s.store, &s.me, &TakeScan { take_id: take.id, code: imei(5), unit_id: None }).await.unwrap();
    assert_eq!((a.outcome, a.expected), (TakeOutcome::Unknown, 0));
    s.add(UnitPatch { imei: Some(imei(5)), ..phone() }).await.unwrap();
    let sheet = takes::get(&s.store, take.id).await.unwrap();
    assert_eq!((sheet.take.seen, sheet.take.expected, sheet.unknown.len()), (1, 1, 0));
    let e = takes::start(&s.store, &s.me, &TakeInput { scope: TakeScope::Box, value: " ".into() }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::BadInput);
}
