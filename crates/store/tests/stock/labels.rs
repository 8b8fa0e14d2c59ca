//! Labels: who wants one, what was printed, and what spoils a print.

use stall_core::{
    ErrorCode, Fen, Id,
    api::{ByIds, LabelBars, LabelSettings, UnitEdit, UnitPatch, WithdrawInput},
    labels::{defaults, stated},
};
use stall_store::tables::{
    labels::{self, Printed},
    units,
};

use super::{Stall, imei, phone, rows};

async fn print(s: &Stall, ids: &[Id]) {
    let show = labels::settings(&s.store).await.unwrap().show;
    let facts = labels::facts(&s.store, ids).await.unwrap();
    let prints: Vec<Printed> =
        facts.iter().map(|f| Printed { unit: f.unit.unwrap(), states: Some(stated(f, &show).to_string()) }).collect();
    labels::mark(&s.store, &s.me, &prints).await.unwrap();
    s.pass(1000);
}

async fn edit(s: &Stall, id: Id, patch: UnitPatch) {
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch }).await.unwrap();
}

async fn wanted(s: &Stall) -> Vec<Id> {
    labels::wanted(&s.store).await.unwrap()
}

#[tokio::test]
async fn a_unit_wants_a_label_until_it_is_printed_and_again_when_what_it_says_changes() {
    let s = Stall::new().await;
    let (a, b) = (s.unit("0001").await, s.unit("0002").await);
    assert_eq!(wanted(&s).await, [a, b]);
    assert!(!labels::missing(&s.store).await.unwrap().used);
    print(&s, &[a, b]).await;
    assert_eq!(wanted(&s).await, []);
    // Not on the label: neither the note nor, as set, the price.
    edit(&s, a, UnitPatch { note: Some("x".into()), price_list: Some(Some(Fen(1))), ..UnitPatch::default() }).await;
    assert_eq!(wanted(&s).await, []);
    edit(&s, a, UnitPatch { grade: Some("95新".into()), ..UnitPatch::default() }).await;
    let missing = labels::missing(&s.store).await.unwrap();
    assert_eq!((missing.total, missing.changed, missing.used), (1, 1, true));
    assert_eq!(wanted(&s).await, [a]);
    // Put back, the old label is right again.
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(wanted(&s).await, []);
}

#[tokio::test]
async fn a_price_on_the_label_spoils_it_when_it_changes() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let mut new = defaults();
    (new.show.price, new.show.bars) = (true, LabelBars::Device);
    labels::set_settings(&s.store, &s.me, new).await.unwrap();
    print(&s, &[id]).await;
    assert_eq!(wanted(&s).await, []);
    edit(&s, id, UnitPatch { price_list: Some(Some(Fen(100))), ..UnitPatch::default() }).await;
    assert_eq!(wanted(&s).await, [id]);
    print(&s, &[id]).await;
    edit(&s, id, UnitPatch { imei: Some(imei(1)), ..UnitPatch::default() }).await;
    assert_eq!(wanted(&s).await, [id]);
}

#[tokio::test]
async fn a_print_that_came_out_badly_is_taken_back_by_another_row_and_no_undo_touches_either() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    print(&s, &[id]).await;
    labels::mark(&s.store, &s.me, &[Printed { unit: id, states: None }]).await.unwrap();
    assert_eq!(wanted(&s).await, [id]);
    assert_eq!(s.count("SELECT count(*) FROM label_prints").await, 2);
    let step = s.store.undo_state().await.unwrap().undo.unwrap();
    assert_eq!(step.op, "add_unit");
    let mut conn = rows::file(s.dir.path()).await;
    for sql in ["DELETE FROM label_prints", "UPDATE label_prints SET states = '{}'"] {
        assert!(sqlx::query(sql).execute(&mut conn).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn only_units_in_stock_want_labels_and_a_rebuild_agrees() {
    let s = Stall::new().await;
    let (a, b, c) = (s.unit("0001").await, s.unit("0002").await, s.unit("0003").await);
    print(&s, &[c]).await;
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![a], reason: String::new() }).await.unwrap();
    assert_eq!(wanted(&s).await, [b]);
    let s = s.rebuilt().await;
    assert_eq!(wanted(&s).await, [b]);
    s.pass(1000);
    units::restore(&s.store, &s.me, &ByIds { ids: vec![a] }).await.unwrap();
    assert_eq!(wanted(&s).await, [a, b]);
}

#[tokio::test]
async fn a_label_knows_the_device_by_its_imei_else_its_serial_and_nothing_of_cost_or_floor() {
    let s = Stall::new().await;
    let patch = UnitPatch {
        stock_no: Some("0009".into()),
        serial: Some("F2LXJ0ABCD".into()),
        cost: Some(Some(Fen(777_777))),
        price_floor: Some(Some(Fen(888_888))),
        ..phone()
    };
    let id = s.add(patch).await.unwrap();
    let facts = labels::facts(&s.store, &[id]).await.unwrap().remove(0);
    assert_eq!(facts.code, "F2LXJ0ABCD");
    let all = format!("{facts:?}");
    assert!(!all.contains("777777") && !all.contains("888888"), "{all}");
    let unknown = labels::facts(&s.store, &[Id::of_order("t", "", "none")]).await;
    assert_eq!(unknown.map_err(|e| e.code), Err(ErrorCode::NotFound));
}

#[tokio::test]
async fn settings_of_labels_are_kept_and_undone_like_any_other() {
    let s = Stall::new().await;
    assert_eq!(labels::settings(&s.store).await.unwrap(), defaults());
    let new = LabelSettings { paper: "a4-3x8".into(), ..defaults() };
    labels::set_settings(&s.store, &s.me, new.clone()).await.unwrap();
    assert_eq!(labels::settings(&s.store).await.unwrap(), new);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(labels::settings(&s.store).await.unwrap(), defaults());
    let wrong = LabelSettings { dpi: 96, ..defaults() };
    assert_eq!(labels::set_settings(&s.store, &s.me, wrong).await.map_err(|e| e.code).err(), Some(ErrorCode::BadInput));
}
