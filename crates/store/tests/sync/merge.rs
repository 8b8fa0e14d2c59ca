//! The rules, seen from the tables: two laptops that had not heard each other.

use std::sync::atomic::Ordering;

use stall_core::{
    ErrorCode, Fen, Id, Ms,
    api::{BenchAnswer, BenchScan, ByIds, ByLine, UnitEdit, UnitPatch, WithdrawInput},
    sync::{Change, Hlc, Record, Scope, Value, Write, conflicts::Kind},
};
use stall_store::{
    sync::Sequenced,
    tables::{bench, orders, units},
};

use crate::{
    actions::Stall,
    hub::{Hub, laptop, parked, same, state},
};

pub struct Two {
    pub hub: Hub,
    pub all: Vec<Stall>,
    pub unit: Id,
    dirs: [tempfile::TempDir; 2],
}

/// Two laptops that know one phone.
pub async fn two() -> Two {
    let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let all = vec![laptop(dirs[0].path(), "周敏", 0).await, laptop(dirs[1].path(), "阿强", 5_000).await];
    let patch = UnitPatch { model: Some("iPhone 15".into()), cost: Some(Some(Fen(300_000))), ..UnitPatch::default() };
    let unit = units::add(&all[0].store, &all[0].me, &patch).await.unwrap().row.id;
    let mut hub = Hub::new();
    hub.settle(&all).await;
    Two { hub, all, unit, dirs }
}

impl Two {
    /// Time goes on for everybody.
    pub fn pass(&mut self, ms: i64) {
        self.hub.now += ms;
        for s in &self.all {
            s.clock.fetch_add(ms, Ordering::SeqCst);
        }
    }

    pub async fn edit(&mut self, who: usize, patch: UnitPatch) {
        self.pass(1_000);
        let s = &self.all[who];
        units::edit(&s.store, &s.me, &UnitEdit { ids: vec![self.unit], patch }).await.unwrap();
    }

    pub async fn settle(&mut self) {
        self.pass(60_000);
        self.hub.settle(&self.all).await;
        same(&state(&self.all[0]).await, &state(&self.all[1]).await);
    }

    pub async fn one<T>(&self, who: usize, sql: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
    {
        sqlx::query_scalar(sql).fetch_one(&mut *self.all[who].store.read().await.unwrap()).await.unwrap()
    }
}

pub fn price(yuan: i64) -> UnitPatch {
    UnitPatch { price_list: Some(Some(Fen(yuan * 100))), ..UnitPatch::default() }
}

pub fn note(text: &str) -> UnitPatch {
    UnitPatch { note: Some(text.into()), ..UnitPatch::default() }
}

#[tokio::test]
async fn changes_of_different_cells_both_stand_and_of_one_cell_the_later() {
    let mut t = two().await;
    t.edit(0, note("早")).await;
    t.edit(1, price(3_999)).await;
    t.edit(1, note("晚")).await;
    t.settle().await;
    assert_eq!(t.one::<String>(0, "SELECT note FROM units").await, "晚");
    assert_eq!(t.one::<i64>(0, "SELECT price_list FROM units").await, 399_900);
    assert_eq!(t.one::<i64>(0, "SELECT count(*) FROM sync_shadows").await, 0, "a note is not guarded");
}

#[tokio::test]
async fn a_price_that_lost_unseen_is_kept_on_both_laptops_until_somebody_decides() {
    let mut t = two().await;
    t.edit(0, price(3_000)).await;
    t.edit(1, price(3_500)).await;
    t.settle().await;
    for who in 0..2 {
        assert_eq!(t.one::<i64>(who, "SELECT count(*) FROM sync_shadows").await, 1);
    }
    let stands = t.one::<i64>(0, "SELECT price_list FROM units").await;
    let lost: String = t.one(0, "SELECT value FROM sync_shadows").await;
    assert_eq!([stands, lost.parse::<i64>().unwrap()].iter().sum::<i64>(), 650_000);
    t.edit(0, price(3_200)).await;
    t.settle().await;
    assert_eq!(t.one::<i64>(1, "SELECT count(*) FROM sync_shadows").await, 0, "who wrote had seen both");
}

#[tokio::test]
async fn a_delete_goes_everywhere_and_its_undo_too() {
    let mut t = two().await;
    let by = ByIds { ids: vec![t.unit] };
    units::delete(&t.all[0].store, &t.all[0].me, &by).await.unwrap();
    t.settle().await;
    assert_eq!(t.one::<i64>(1, "SELECT count(*) FROM units").await, 0);
    t.all[0].store.undo(&t.all[0].me).await.unwrap();
    t.settle().await;
    assert_eq!(t.one::<i64>(1, "SELECT cost FROM units").await, 300_000, "with its cost, which has keys of its own");
}

#[tokio::test]
async fn a_unit_that_another_worked_on_unseen_outlives_its_delete() {
    for edited_first in [true, false] {
        let mut t = two().await;
        units::delete(&t.all[0].store, &t.all[0].me, &ByIds { ids: vec![t.unit] }).await.unwrap();
        t.edit(1, note("屏幕有划痕")).await;
        let order = if edited_first { [1, 0] } else { [0, 1] };
        for who in order {
            t.hub.push(&t.all[who], 100, false).await;
        }
        t.settle().await;
        assert_eq!(t.one::<String>(0, "SELECT note FROM units").await, "屏幕有划痕");
        assert_eq!(t.one::<i64>(0, "SELECT cost FROM units").await, 300_000);
        assert_eq!(
            t.one::<i64>(1, "SELECT count(*) FROM sync_rows WHERE tombs IS NOT NULL").await,
            1,
            "and is asked about"
        );
    }
}

#[tokio::test]
async fn a_unit_with_a_live_fact_is_never_hidden_and_goes_once_the_fact_is_void() {
    let mut t = two().await;
    units::delete(&t.all[0].store, &t.all[0].me, &ByIds { ids: vec![t.unit] }).await.unwrap();
    let away = WithdrawInput { ids: vec![t.unit], reason: "自用".into() };
    units::withdraw(&t.all[1].store, &t.all[1].me, &away).await.unwrap();
    t.settle().await;
    assert_eq!(t.one::<String>(0, "SELECT status FROM unit_state").await, "withdrawn");
    t.all[1].store.undo(&t.all[1].me).await.unwrap();
    t.settle().await;
    assert_eq!(t.one::<i64>(0, "SELECT count(*) FROM units").await, 0);
}

#[tokio::test]
async fn a_change_of_ours_stays_on_the_screen_until_the_hub_gave_it_its_place() {
    let mut t = two().await;
    t.edit(0, note("先写")).await;
    t.edit(1, note("后写")).await;
    t.hub.push(&t.all[1], 100, false).await;
    t.hub.pull(&t.all[0], 100).await;
    assert_eq!(t.one::<String>(0, "SELECT note FROM units").await, "先写");
    t.settle().await;
    assert_eq!(t.one::<String>(0, "SELECT note FROM units").await, "后写");
}

#[tokio::test]
async fn a_page_may_come_twice_and_one_that_leaves_something_out_is_refused() {
    let mut t = two().await;
    t.edit(0, note("一")).await;
    t.edit(0, note("二")).await;
    t.hub.push(&t.all[0], 100, false).await;
    let at = t.all[1].store.sync_standing().await.unwrap();
    let page = t.hub.page(at.replica, at.cursor, 10);
    let store = &t.all[1].store;
    let refused = store.sync_apply(&page[1..], &Scope::ALL, &[]).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SyncGap);
    assert_eq!(store.sync_apply(&page, &Scope::ALL, &[]).await.unwrap().groups, 2);
    assert_eq!(store.sync_apply(&page, &Scope::ALL, &[]).await.unwrap().groups, 0);
    assert_eq!(t.one::<String>(1, "SELECT note FROM units").await, "二");
}

pub fn foreign(seq: i64, records: Vec<Record>) -> Sequenced {
    let write = Write {
        seq,
        eff: Hlc::at(Ms(2 * crate::actions::NOON + seq)),
        replica: stall_core::sync::Hex([7; 16]),
        base_seq: seq - 1,
    };
    Sequenced { write, rseq: seq, by_owner: false, by: "小林".into(), records: Some(records) }
}

fn set(table: &str, row: &str, column: &str, value: Value) -> Record {
    Record { table: table.into(), row: row.into(), change: Change::Set(column.into(), value) }
}

#[tokio::test]
async fn what_a_newer_program_sent_waits_and_what_the_schema_refuses_is_told_and_neither_stops_the_rest() {
    let mut t = two().await;
    let away = WithdrawInput { ids: vec![t.unit], reason: "自用".into() };
    units::withdraw(&t.all[0].store, &t.all[0].me, &away).await.unwrap();
    t.settle().await;
    let (store, unit) = (&t.all[1].store, t.unit.to_string());
    let fact: String = t.one(1, "SELECT id FROM facts").await;
    let seq = store.sync_standing().await.unwrap().cursor + 1;
    let page = [foreign(
        seq,
        vec![
            set("units", &unit, "scent", Value::Text("玫瑰".into())),
            set("perfumes", "p1", "name", Value::Text("x".into())),
            set("units", &unit, "stock_no", Value::Null),
            set("facts", &fact, "kind", Value::Text("sold".into())),
            set("units", &unit, "note", Value::Text("到了".into())),
        ],
    )];
    let done = store.sync_apply(&page, &Scope::ALL, &[]).await.unwrap();
    assert_eq!((done.groups, done.parked), (1, 4));
    assert_eq!(t.one::<String>(1, "SELECT note FROM units").await, "到了");
    let mut why: Vec<String> =
        parked(&t.all[1]).await.iter().map(|p| p.split(' ').next().unwrap().to_owned()).collect();
    why.sort_unstable();
    assert_eq!(why, ["fact_changed", "refused", "unknown_column", "unknown_table"]);
}

#[tokio::test]
async fn after_an_upgrade_what_waited_is_applied() {
    let t = two().await;
    let (s, unit) = (&t.all[1], t.unit.to_string());
    let seq = s.store.sync_standing().await.unwrap().cursor + 1;
    let page = [foreign(seq, vec![set("units", &unit, "scent", Value::Text("玫瑰".into()))])];
    assert_eq!(s.store.sync_apply(&page, &Scope::ALL, &[]).await.unwrap().parked, 1);
    assert_eq!(s.store.sync_replay().await.unwrap(), 0, "it is still unknown");
    let env = s.store.env().clone();
    let Two { all, dirs, .. } = t;
    for s in &all {
        s.store.close().await;
    }
    drop(all);
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(dirs[1].path().join("stall.db"));
    let mut conn = sqlx::ConnectOptions::connect(&file).await.unwrap();
    sqlx::raw_sql("ALTER TABLE units ADD COLUMN scent TEXT NOT NULL DEFAULT ''").execute(&mut conn).await.unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    let store = stall_store::Store::open(dirs[1].path(), env).await.unwrap();
    assert_eq!(store.sync_replay().await.unwrap(), 1);
    let scent: String =
        sqlx::query_scalar("SELECT scent FROM units").fetch_one(&mut *store.read().await.unwrap()).await.unwrap();
    assert_eq!(scent, "玫瑰");
    assert_eq!(store.sync_replay().await.unwrap(), 0);
}

#[tokio::test]
async fn a_helpers_mass_delete_is_a_proposal_and_an_owners_is_done() {
    let mut t = two().await;
    for n in 0..30 {
        let patch = UnitPatch { model: Some(format!("批 {n}")), ..UnitPatch::default() };
        units::add(&t.all[0].store, &t.all[0].me, &patch).await.unwrap();
    }
    t.settle().await;
    let s = &t.all[1];
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM units").fetch_all(&mut *s.store.read().await.unwrap()).await.unwrap();
    let all: Vec<Record> =
        ids.iter().map(|id| Record { table: "units".into(), row: id.clone(), change: Change::Delete }).collect();
    let seq = s.store.sync_standing().await.unwrap().cursor + 1;
    s.store.sync_apply(&[foreign(seq, all.clone())], &Scope::ALL, &[]).await.unwrap();
    assert_eq!(t.one::<i64>(1, "SELECT count(*) FROM units").await, 31);
    let mut by_owner = foreign(seq + 1, all);
    by_owner.by_owner = true;
    t.all[1].store.sync_apply(&[by_owner], &Scope::ALL, &[]).await.unwrap();
    assert_eq!(t.one::<i64>(1, "SELECT count(*) FROM units").await, 0);
}

#[tokio::test]
async fn a_laptop_that_came_back_from_a_backup_takes_a_new_id_and_loses_nothing() {
    let mut t = two().await;
    t.edit(0, note("备份之前")).await;
    let env = t.all[0].store.env().clone();
    t.all[0].store.close().await;
    let kept = tempfile::tempdir().unwrap();
    std::fs::copy(t.dirs[0].path().join("stall.db"), kept.path().join("stall.db")).unwrap();
    let store = stall_store::Store::open(t.dirs[0].path(), env.clone()).await;
    // The first clone still holds the lock: it goes with the last one.
    assert!(store.is_err());
    let first = t.all.remove(0);
    let (me, clock) = (first.me.clone(), first.clock.clone());
    drop(first);
    let store = stall_store::Store::open(t.dirs[0].path(), env.clone()).await.unwrap();
    t.all.insert(0, Stall { store, me: me.clone(), clock: clock.clone() });
    t.edit(0, note("备份之后")).await;
    t.settle().await;
    // The laptop burns; its backup is put back, and somebody works on it before it sees the hub.
    let again = Stall { store: stall_store::Store::open(kept.path(), env).await.unwrap(), me, clock };
    let patch = UnitPatch { model: Some("新收的".into()), ..UnitPatch::default() };
    units::add(&again.store, &again.me, &patch).await.unwrap();
    let old = again.store.sync_standing().await.unwrap();
    let new = again.store.sync_new_replica().await.unwrap();
    assert_ne!(old.replica, new);
    assert_eq!(again.store.sync_standing().await.unwrap().waiting, old.waiting);
    t.all[0] = again;
    t.settle().await;
    t.settle().await;
    assert_eq!(t.one::<i64>(1, "SELECT count(*) FROM units WHERE model = '新收的'").await, 1);
    assert_eq!(t.one::<String>(1, "SELECT note FROM units WHERE model = 'iPhone 15'").await, "备份之后");
}

#[tokio::test]
async fn a_unit_sold_on_both_laptops_is_shipped_by_neither_until_one_sale_is_taken_back() {
    let mut t = two().await;
    // Orders of both name it by its stock number; each laptop has heard of its own only.
    for (who, file) in [(0, 1), (1, 13)] {
        for n in 0..3 {
            let patch = UnitPatch { model: Some(format!("配 {n}")), ..UnitPatch::default() };
            if who == 0 {
                units::add(&t.all[0].store, &t.all[0].me, &patch).await.unwrap();
            }
        }
        if who == 0 {
            t.settle().await;
        }
        crate::actions::act(&t.all[who], (17, 0, file)).await;
    }
    t.settle().await;
    let twice: Vec<_> = t.all[0].store.sync_items().await.unwrap();
    assert_eq!(t.all[1].store.sync_items().await.unwrap(), twice, "both ask the same");
    let sold: Vec<_> = twice.iter().filter(|i| i.kind == Kind::DeviceDoubleSold).collect();
    assert!(!sold.is_empty(), "{twice:?}");
    let unit: Id = sold[0].subject[0].parse().unwrap();
    for s in &t.all {
        let order: Id =
            sqlx::query_scalar("SELECT order_id FROM facts WHERE kind = 'assigned' AND unit_id = ?1 LIMIT 1")
                .bind(unit)
                .fetch_one(&mut *s.store.read().await.unwrap())
                .await
                .unwrap();
        let code = units::get(&s.store, unit).await.unwrap().row.stock_no;
        let answer = bench::scan(&s.store, &s.me, &BenchScan { order_id: Some(order), code }).await.unwrap();
        let BenchAnswer::Refused { error, .. } = answer else { panic!("{answer:?}") };
        assert_eq!(error.code, ErrorCode::UnitSoldTwice);
    }
    let line: Id = sqlx::query_scalar("SELECT line_id FROM facts WHERE kind = 'assigned' AND unit_id = ?1 LIMIT 1")
        .bind(unit)
        .fetch_one(&mut *t.all[0].store.read().await.unwrap())
        .await
        .unwrap();
    orders::unassign(&t.all[0].store, &t.all[0].me, ByLine { line_id: line }).await.unwrap();
    t.settle().await;
    for s in &t.all {
        let items = s.store.sync_items().await.unwrap();
        assert!(items.iter().all(|i| i.subject[0] != unit.to_string()), "{items:?}");
    }
}

#[tokio::test]
async fn what_was_deleted_and_worked_on_and_prices_that_lost_are_asked_about_with_the_same_ids() {
    let mut t = two().await;
    let second = UnitPatch { model: Some("iPhone 13".into()), ..UnitPatch::default() };
    let second = units::add(&t.all[0].store, &t.all[0].me, &second).await.unwrap().row.id;
    t.settle().await;
    t.edit(0, price(3_000)).await;
    t.edit(1, price(3_500)).await;
    units::delete(&t.all[0].store, &t.all[0].me, &ByIds { ids: vec![second] }).await.unwrap();
    let edit = UnitEdit { ids: vec![second], patch: note("还在") };
    units::edit(&t.all[1].store, &t.all[1].me, &edit).await.unwrap();
    t.settle().await;
    let items = t.all[0].store.sync_items().await.unwrap();
    assert_eq!(items, t.all[1].store.sync_items().await.unwrap());
    let kinds: std::collections::BTreeSet<Kind> = items.iter().map(|i| i.kind).collect();
    assert_eq!(kinds, [Kind::Guarded, Kind::DeleteEdit].into());
}

/// A unit's making by one whose clock is ahead, with or without its cost, and a cost by one who had not heard of it.
async fn made_and_priced(with_cost: bool) -> (Vec<Option<i64>>, i64, i64) {
    let dir = tempfile::tempdir().unwrap();
    let new = laptop(dir.path(), "小林", 0).await;
    let unit = "00000000-0000-7000-8000-000000000001".to_owned();
    let record = |change| Record { table: "units".into(), row: unit.clone(), change };
    let cost = |fen| record(Change::Set("cost".into(), Value::Int(fen)));
    let cells = [("id", Value::Text(unit.clone())), ("stock_no", Value::Text("1".into())), ("taken_in", Value::Int(1))];
    let mut made = vec![record(Change::Insert(cells.map(|(c, v)| (c.to_owned(), v)).to_vec()))];
    made.extend(with_cost.then(|| cost(1)));
    let page =
        [(1, 900, 7, made), (2, 500, 8, vec![record(Change::Touch), cost(2)])].map(|(seq, eff, who, records)| {
            Sequenced {
                write: Write { seq, eff: Hlc(eff), replica: stall_core::sync::Hex([who; 16]), base_seq: 0 },
                rseq: 1,
                by_owner: true,
                by: "阿强".into(),
                records: Some(records),
            }
        });
    new.store.sync_apply(&page[..1], &Scope::ALL, &[]).await.unwrap();
    let mut conn = new.store.read().await.unwrap();
    let cells = sqlx::query_scalar("SELECT count(*) FROM sync_cells").fetch_one(&mut *conn).await.unwrap();
    new.store.sync_apply(&page[1..], &Scope::ALL, &[]).await.unwrap();
    let costs = sqlx::query_scalar("SELECT cost FROM units").fetch_all(&mut *conn).await.unwrap();
    let lost = sqlx::query_scalar("SELECT count(*) FROM sync_shadows").fetch_one(&mut *conn).await.unwrap();
    (costs, cells, lost)
}

#[tokio::test]
async fn a_cost_is_as_old_as_its_unit_where_its_maker_said_it_and_nobodys_where_not() {
    assert_eq!(
        made_and_priced(true).await,
        (vec![Some(1)], 0, 1),
        "the later stamp holds it, the other is asked about"
    );
    assert_eq!(made_and_priced(false).await, (vec![Some(2)], 0, 0), "a helper's making says nothing of costs");
}
