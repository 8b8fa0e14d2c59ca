//! A row that somebody deleted stays while a child keeps it, and goes everywhere with the last of them: whoever took that away.

use stall_core::{
    ErrorCode, Id,
    api::{AnswerInput, AnswerValue, AnswersInput, ByIds, InspectionOpen},
};
use stall_store::{
    Op, Tx,
    tables::{inspections, photos, units},
};

use crate::{
    merge::{Two, two},
    photo::photo,
};

impl Two {
    async fn delete_unit(&mut self, who: usize) {
        let s = &self.all[who];
        units::delete(&s.store, &s.me, &ByIds { ids: vec![self.unit] }).await.unwrap();
    }

    /// All hear all, after which the unit is there on both laptops or on neither.
    async fn there(&mut self) -> bool {
        self.settle().await;
        self.one::<i64>(0, "SELECT count(*) FROM units").await == 1
    }

    async fn ids(&self, who: usize, sql: &'static str) -> Vec<Id> {
        sqlx::query_scalar(sql).fetch_all(&mut *self.all[who].store.read().await.unwrap()).await.unwrap()
    }
}

#[tokio::test]
async fn with_the_photograph_that_kept_it_a_unit_goes_whoever_deleted_that() {
    for who in [1, 0] {
        let mut t = two().await;
        photos::add(&t.all[1].store, &t.all[1].me, t.unit, vec![photo(7)], None).await.unwrap();
        t.delete_unit(0).await;
        assert!(t.there().await);
        let ids = t.ids(who, "SELECT id FROM photos").await;
        let s = &t.all[who];
        photos::delete(&s.store, &s.me, &ByIds { ids }).await.unwrap();
        assert!(!t.there().await, "deleted by {who}");
        let refused = t.all[who].store.undo(&t.all[who].me).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::UndoStale, "it would hang on nothing");
    }
}

#[tokio::test]
async fn with_the_photograph_that_kept_it_a_unit_goes_when_that_is_hung_elsewhere() {
    let mut t = two().await;
    photos::add(&t.all[1].store, &t.all[1].me, t.unit, vec![photo(7)], None).await.unwrap();
    t.delete_unit(0).await;
    assert!(t.there().await);
    let s = &t.all[1];
    let to_tray = async |tx: &mut Tx<'_>| {
        sqlx::query("UPDATE photos SET unit_id = NULL, tray = '盘'").execute(tx.conn()).await?;
        Ok(())
    };
    s.store.transact(Op::MoveTray, &s.me, to_tray).await.unwrap();
    assert!(!t.there().await);
    assert_eq!(t.one::<i64>(0, "SELECT count(*) FROM photos WHERE unit_id IS NULL").await, 1);
}

#[tokio::test]
async fn what_kept_what_keeps_a_unit_lets_both_go_however_the_pages_are_cut() {
    let answer = |inspection_id: Id, item: &str| AnswersInput {
        inspection_id,
        answers: vec![AnswerInput { item_id: item.into(), value: Some(AnswerValue::Text("light".into())), note: None }],
        worked_ms: None,
    };
    let mut t = two().await;
    let s = &t.all[1];
    let open = InspectionOpen { unit_id: t.unit, again: false };
    let draft = inspections::open(&s.store, &s.me, open).await.unwrap().id;
    inspections::answer(&s.store, &s.me, &answer(draft, "frame")).await.unwrap();
    assert!(t.there().await);
    t.delete_unit(0).await;
    inspections::answer(&t.all[1].store, &t.all[1].me, &answer(draft, "back")).await.unwrap();
    assert!(t.there().await, "an answer keeps the draft, and that the unit");
    assert_eq!(t.one::<i64>(0, "SELECT count(*) FROM inspections").await, 1);
    t.all[1].store.undo(&t.all[1].me).await.unwrap();
    assert!(!t.there().await);
    assert_eq!(t.one::<i64>(0, "SELECT count(*) FROM inspections").await, 0);
    t.all[1].store.redo(&t.all[1].me).await.unwrap();
    assert!(t.there().await, "and it lifts both out of their graves");
    assert_eq!(t.one::<i64>(0, "SELECT count(*) FROM inspections").await, 1);
}

/// What the hub has of us and has not come back has no place here yet: under the new id it is another's.
#[tokio::test]
async fn a_delete_the_hub_has_already_loses_no_values_when_its_author_takes_a_new_id() {
    let mut t = two().await;
    t.delete_unit(0).await;
    t.hub.push(&t.all[0], 100, false).await;
    assert_eq!(t.all[0].store.sync_standing().await.unwrap().waiting, 0);
    t.all[0].store.sync_new_replica().await.unwrap();
    photos::add(&t.all[1].store, &t.all[1].me, t.unit, vec![photo(7)], None).await.unwrap();
    assert!(t.there().await, "the photograph keeps it");
    assert_eq!(t.one::<i64>(0, "SELECT cost FROM units").await, 300_000);
}
