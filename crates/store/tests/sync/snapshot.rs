//! A laptop that began with a snapshot holds what one holds that took every group.

use std::sync::atomic::Ordering;

use proptest::prelude::*;
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::UnitPatch,
    sync::{
        Change, Hex, Hlc, ReplicaId, Scope, Value, Write, record, scope,
        snapshot::{GROUPS, Step as Told},
    },
};
use stall_store::{sync::Sequenced, tables::units};
use tokio::sync::mpsc::channel;

use crate::{
    actions::{Stall, Step, act, units_step},
    cases::cases,
    hub::{Hub, laptop, same, state},
};

/// What a laptop tells as a snapshot.
pub async fn told(s: &Stall) -> Option<(i64, Vec<Told>)> {
    let telling = s.store.sync_snapshot().await.unwrap()?;
    let seq = telling.seq();
    let (to, mut from) = channel(1);
    let all = async {
        let mut all = Vec::new();
        while let Some(step) = from.recv().await {
            all.push(step);
        }
        all
    };
    let (done, all) = tokio::join!(async move { telling.tell(&to).await }, all);
    done.unwrap();
    Some((seq, all))
}

async fn take_all(s: &Stall, seq: i64, scopes: &[Scope], steps: Vec<Option<Told>>) -> AppResult<()> {
    let (to, mut from) = channel(steps.len() + 1);
    for step in steps {
        to.send(Ok(step)).await.unwrap();
    }
    drop(to);
    s.store.sync_take::<AppError>(seq, scopes, &mut from).await
}

/// Takes it, as far as the scopes go.
pub async fn take(s: &Stall, (seq, told): &(i64, Vec<Told>), scopes: &[Scope]) -> AppResult<()> {
    let mine = |t: &Told| Told(t.0.iter().filter(|(s, _)| scopes.contains(s)).cloned().collect());
    let steps = told.iter().map(mine).filter(|t| !t.0.is_empty()).map(Some).chain([None]).collect();
    take_all(s, *seq, scopes, steps).await
}

/// All groups after its cursor, as far as the scopes go.
async fn tail(hub: &Hub, s: &Stall, scopes: &[Scope], most: usize) {
    loop {
        let at = s.store.sync_standing().await.unwrap();
        let mut page: Vec<Sequenced> = hub.page(at.replica, at.cursor, most);
        for r in page.iter_mut().filter_map(|g| g.records.as_mut()) {
            let mine = |r: &record::Record| match &r.change {
                Change::Set(c, _) => scopes.contains(&scope::of_column(&r.table, c)),
                _ => true,
            };
            r.retain(mine);
        }
        if s.store.sync_apply(&page, scopes, &[]).await.unwrap().groups == 0 {
            return;
        }
    }
}

/// Every row and clock, the history, the groups, what waits, and the questions.
async fn whole(s: &Stall) -> Vec<String> {
    let mut out = state(s).await;
    let mut conn = s.store.read().await.unwrap();
    for sql in [
        "SELECT json_array('group', seq, eff, a.name, base_seq, rseq, coalesce(b.name, '')) FROM sync_groups g
           JOIN sync_names a ON a.n = g.replica LEFT JOIN sync_names b ON b.n = g.by ORDER BY seq",
        "SELECT json_array('value', t.name, c.name, x.row, seq, won, value) FROM sync_values x
           JOIN sync_names t ON t.n = x.tbl JOIN sync_names c ON c.n = x.col ORDER BY x.row, c.name, seq",
        "SELECT json_array('parked', seq, reason, tbl, row, change) AS j FROM sync_parked ORDER BY j",
        "SELECT json_array('at', base_seq, acked, seen) FROM replica",
    ] {
        out.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut *conn).await.unwrap());
    }
    out.extend(s.store.sync_items().await.unwrap().iter().map(|i| format!("{i:?}")));
    out
}

/// The same stall again: a copy of its file.
async fn twin(of: &Stall, dir: &std::path::Path) -> Stall {
    let sql = format!("VACUUM INTO '{}'", dir.join("stall.db").display());
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *of.store.read().await.unwrap()).await.unwrap();
    let skew = of.clock.load(Ordering::SeqCst) - crate::actions::NOON;
    laptop(dir, &of.me.name, skew).await
}

async fn world(dirs: &[tempfile::TempDir]) -> (Hub, Vec<Stall>) {
    let mut hub = Hub::new();
    let mut all = Vec::new();
    for (dir, name) in dirs.iter().zip(["周敏", "阿强"]) {
        all.push(laptop(dir.path(), name, 0).await);
    }
    for n in 0..4u16 {
        units_step(&all[0], (0, n, n)).await;
    }
    hub.settle(&all).await;
    (hub, all)
}

#[derive(Debug, Clone)]
enum Do {
    Act(usize, Step),
    Undo(usize),
    Push(usize, u32),
    Pull(usize, usize),
    Tell,
}

fn one() -> impl Strategy<Value = Do> {
    let who = 0usize..2;
    prop_oneof![
        8 => (who.clone(), (0u8..30, any::<u16>(), any::<u16>())).prop_map(|(w, s)| Do::Act(w, s)),
        1 => who.clone().prop_map(Do::Undo),
        2 => (who.clone(), 1u32..6).prop_map(|(w, n)| Do::Push(w, n)),
        2 => (who, 1usize..8).prop_map(|(w, n)| Do::Pull(w, n)),
        1 => Just(Do::Tell),
    ]
}

/// The last snapshot that was told, and one at least.
async fn run(mut what: Vec<Do>, own: Vec<Step>, page: usize) {
    what.insert(what.len() / 2, Do::Tell);
    let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (mut hub, all) = world(&dirs).await;
    let mut snapshot = None;
    for step in what {
        hub.now += 700;
        for s in &all {
            s.clock.fetch_add(700, Ordering::SeqCst);
        }
        match step {
            Do::Act(who, step) => act(&all[who], step).await,
            Do::Undo(who) => drop(all[who].store.undo(&all[who].me).await),
            Do::Push(who, most) => hub.push(&all[who], most, false).await,
            Do::Pull(who, most) => hub.pull(&all[who], most).await,
            Do::Tell => {
                hub.push(&all[0], u32::MAX, false).await;
                tail(&hub, &all[0], &Scope::ALL, 500).await;
                snapshot = Some(told(&all[0]).await.unwrap());
            }
        }
    }
    hub.settle(&all).await;
    hub.settle(&all).await;
    let snapshot = snapshot.unwrap();
    for scopes in [&Scope::ALL[..], &Scope::ALL[..2], &Scope::ALL[..1]] {
        let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let (new, every) = (laptop(dirs[0].path(), "小林", 0).await, laptop(dirs[1].path(), "小林", 0).await);
        take(&new, &snapshot, scopes).await.unwrap();
        tail(&hub, &new, scopes, page).await;
        tail(&hub, &every, scopes, page).await;
        same(&whole(&every).await, &whole(&new).await);
    }
    let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let new = laptop(dirs[0].path(), "小林", 0).await;
    for step in own {
        act(&new, step).await;
    }
    let every = twin(&new, dirs[1].path()).await;
    match take(&new, &snapshot, &Scope::ALL).await {
        Ok(()) => {}
        Err(e) => assert_eq!(e.code, ErrorCode::SyncGap),
    }
    tail(&hub, &new, &Scope::ALL, page).await;
    tail(&hub, &every, &Scope::ALL, page).await;
    same(&whole(&every).await, &whole(&new).await);
    let mut all = all;
    all.push(new);
    hub.settle(&all).await;
    hub.settle(&all).await;
    same(&state(&all[0]).await, &state(&all[2]).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(8), max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_and_the_groups_after_it_are_all_the_groups(
        what in prop::collection::vec(one(), 1..60),
        own in prop::collection::vec((0u8..30, any::<u16>(), any::<u16>()), 0..8),
        page in 1usize..40,
    ) {
        let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        rt.block_on(run(what, own, page));
    }
}

/// A stall with something of everything, told; and a laptop that heard nothing yet.
async fn stocked(dirs: &[tempfile::TempDir]) -> (Hub, Stall, (i64, Vec<Told>)) {
    let (mut hub, mut all) = world(dirs).await;
    for n in 0..90u16 {
        act(&all[usize::from(n % 2)], ((n % 30) as u8, n * 7, n * 13)).await;
    }
    hub.settle(&all).await;
    hub.settle(&all).await;
    let snapshot = told(&all[0]).await.unwrap();
    (hub, all.remove(0), snapshot)
}

#[tokio::test]
async fn a_stall_with_something_of_everything_is_told_and_taken_with_its_words() {
    let dirs = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let (hub, a, snapshot) = stocked(&dirs).await;
    let new = laptop(dirs[2].path(), "小林", 0).await;
    take(&new, &snapshot, &Scope::ALL).await.unwrap();
    same(&state(&a).await, &state(&new).await);
    let words = |s: &Stall| {
        let store = s.store.clone();
        async move {
            let sql = "SELECT count(*) FROM unit_text WHERE unit_text MATCH '\"苹果\" OR \"小米\" OR \"iphone\"*'";
            sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *store.read().await.unwrap()).await.unwrap()
        }
    };
    assert_eq!(words(&a).await, words(&new).await);
    let units = "SELECT count(*) FROM unit_text_docsize";
    let n: i64 = sqlx::query_scalar(units).fetch_one(&mut *new.store.read().await.unwrap()).await.unwrap();
    assert!(n > 3, "{n} units are searched");
    let hears = new.store.sync_apply(&hub.page(ReplicaId::default(), snapshot.0, 9), &Scope::ALL, &[]).await.unwrap();
    assert_eq!(hears.groups, 0, "there is nothing after it");
    assert!(take(&new, &snapshot, &Scope::ALL).await.is_err_and(|e| e.code == ErrorCode::SyncGap), "it is not new now");
}

#[tokio::test]
async fn nothing_is_told_while_something_of_ours_has_no_place() {
    let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (mut hub, all) = world(&dirs).await;
    assert!(told(&all[0]).await.is_some());
    units_step(&all[0], (0, 9, 9)).await;
    assert!(told(&all[0]).await.is_none(), "not sent");
    hub.push(&all[0], 9, false).await;
    assert!(told(&all[0]).await.is_none(), "not come back");
    hub.pull(&all[0], 9).await;
    assert!(told(&all[0]).await.is_some());
    let dir = tempfile::tempdir().unwrap();
    assert!(told(&laptop(dir.path(), "小林", 0).await).await.is_none(), "of nothing there is no snapshot");
}

#[tokio::test]
async fn what_is_not_whole_even_or_for_us_is_refused_and_leaves_nothing() {
    let dirs = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let (_, a, (seq, told)) = stocked(&dirs).await;
    let new = laptop(dirs[2].path(), "小林", 0).await;
    let empty = whole(&new).await;
    let all: Vec<Option<Told>> = told.iter().cloned().map(Some).chain([None]).collect();
    let at = |name: &str| told.iter().position(|t| t.0[0].1.name == name).unwrap();
    let change = |at: usize, how: &dyn Fn(&mut Told)| {
        let mut all = all.clone();
        how(all[at].as_mut().unwrap());
        all
    };
    let units = at("units");
    let broken = [
        ("cut", all[..all.len() - 1].to_vec()),
        ("a step less", all.iter().enumerate().filter(|(n, _)| *n != at(GROUPS)).map(|(_, s)| s.clone()).collect()),
        ("no costs", change(units, &|t| t.0.retain(|(s, _)| *s != Scope::Money))),
        ("uneven", change(units, &|t| t.0[0].1.rows += 1)),
        ("another table's", change(units, &|t| t.0[1].1.name = "lots".into())),
        ("a column less", change(units, &|t| drop(t.0[0].1.columns.pop()))),
        ("unknown", change(units, &|t| t.0.iter_mut().for_each(|(_, b)| b.name = "sqlite_schema".into()))),
    ];
    for (why, steps) in broken {
        let e = take_all(&new, seq, &Scope::ALL, steps).await.unwrap_err();
        assert_eq!(e.code, ErrorCode::SyncGap, "{why}");
        same(&empty, &whole(&new).await);
    }
    assert!(take_all(&new, seq + 1, &Scope::ALL, all.clone()).await.is_err(), "an older one under a newer number");
    assert!(take_all(&new, seq, &Scope::ALL[..1], all.clone()).await.is_err(), "parts that are not ours");
    let replica: ReplicaId = new.store.sync_standing().await.unwrap().replica;
    let ours = change(at(GROUPS), &|t| {
        let replicas = &mut t.0[0].1.columns.iter_mut().find(|(c, _)| c == "replica").unwrap().1;
        replicas[0] = Value::Text(replica.to_string());
    });
    assert!(take_all(&new, seq, &Scope::ALL, ours).await.is_err(), "groups of ours");
    same(&empty, &whole(&new).await);
    take_all(&new, seq, &Scope::ALL, all).await.unwrap();
    same(&state(&a).await, &state(&new).await);
}

/// The indexes in the order of each table, and what the log has of one more unit.
async fn indexes_and_logged(s: &Stall) -> (Vec<String>, usize) {
    let before = s.store.sync_pending(99).await.unwrap().len();
    let patch = UnitPatch { model: Some("又一台".into()), ..UnitPatch::default() };
    units::add(&s.store, &s.me, &patch).await.unwrap();
    let groups = s.store.sync_pending(99).await.unwrap();
    let made =
        groups[before..].iter().flat_map(|g| &g.records).filter(|r| matches!(r.change, Change::Insert(_))).count();
    let sql = "SELECT tbl_name || ' ' || name || ' ' || sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL
               ORDER BY tbl_name, rowid";
    (sqlx::query_scalar(sql).fetch_all(&mut *s.store.read().await.unwrap()).await.unwrap(), made)
}

#[tokio::test]
async fn a_snapshot_that_was_taken_or_broken_off_leaves_the_indexes_and_the_log_as_they_were() {
    let dirs = [(); 4].map(|()| tempfile::tempdir().unwrap());
    let (_, _, (seq, told)) = stocked(&dirs).await;
    let (new, broken) = (laptop(dirs[2].path(), "小林", 0).await, laptop(dirs[3].path(), "阿芳", 0).await);
    let all: Vec<Option<Told>> = told.iter().cloned().map(Some).collect();
    assert!(take_all(&broken, seq, &Scope::ALL, all).await.is_err());
    take(&new, &(seq, told), &Scope::ALL).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let fresh = indexes_and_logged(&laptop(dir.path(), "小林", 0).await).await;
    assert!(fresh.0.len() > 30 && fresh.1 > 0);
    assert_eq!(indexes_and_logged(&new).await, fresh);
    assert_eq!(indexes_and_logged(&broken).await, fresh);
}

#[tokio::test]
async fn settings_and_orders_of_ours_stay_on_the_screen_until_they_are_sent() {
    let dirs = [(); 4].map(|()| tempfile::tempdir().unwrap());
    let (mut hub, a, snapshot) = stocked(&dirs).await;
    let new = laptop(dirs[2].path(), "小林", 60_000).await;
    // Settings, a member, and a file of orders that the stall has too.
    for step in [(26, 2, 50), (24, 3, 0), (17, 13 * 17, 13 * 17)] {
        act(&new, step).await;
    }
    let every = twin(&new, dirs[3].path()).await;
    take(&new, &snapshot, &Scope::ALL).await.unwrap();
    tail(&hub, &every, &Scope::ALL, 7).await;
    same(&whole(&every).await, &whole(&new).await);
    let hidden = "SELECT count(*) FROM sync_cells WHERE hidden IS NOT NULL";
    let n: i64 = sqlx::query_scalar(hidden).fetch_one(&mut *new.store.read().await.unwrap()).await.unwrap();
    assert!(n > 0, "what the stall has is kept under ours");
    assert!(told(&new).await.is_none());
    let all = [a, new];
    hub.settle(&all).await;
    hub.settle(&all).await;
    same(&state(&all[0]).await, &state(&all[1]).await);
}

#[tokio::test]
async fn what_waits_what_is_held_and_what_lies_in_a_grave_travels_too() {
    let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (told_by, new) = (laptop(dirs[0].path(), "周敏", 0).await, laptop(dirs[1].path(), "小林", 0).await);
    let text = |t: &str| Value::Text(t.to_owned());
    let record = |table: &str, row: String, change| record::Record { table: table.to_owned(), row, change };
    let unit = |n: i64| format!("00000000-0000-7000-8000-{n:012}");
    let made = (0..40).map(|n| {
        let cells = [("id", text(&unit(n))), ("stock_no", text(&n.to_string())), ("taken_in", Value::Int(n))];
        record("units", unit(n), Change::Insert(cells.map(|(c, v)| (c.to_owned(), v)).to_vec()))
    });
    let page: Vec<Sequenced> = [
        made.collect::<Vec<_>>(),
        (0..25).map(|n| record("units", unit(n), Change::Delete)).collect(),
        (30..33).map(|n| record("units", unit(n), Change::Delete)).collect(),
        vec![
            record("comets", "halley".into(), Change::Insert(vec![("id".into(), text("halley"))])),
            record("units", unit(39), Change::Set("nebula".into(), Value::Int(7))),
            record("units", unit(39), Change::Set("cost".into(), Value::Int(8))),
        ],
    ]
    .into_iter()
    .zip(1..)
    .map(|(records, seq)| Sequenced {
        write: Write { seq, eff: Hlc(seq << 20), replica: Hex([9; 16]), base_seq: seq - 1 },
        rseq: seq,
        by_owner: false,
        by: "阿强".into(),
        records: Some(records),
    })
    .collect();
    let done = told_by.store.sync_apply(&page, &Scope::ALL, &[]).await.unwrap();
    assert_eq!(done.parked, 2);
    let snapshot = told(&told_by).await.unwrap();
    take(&new, &snapshot, &Scope::ALL).await.unwrap();
    let all = whole(&told_by).await;
    same(&all, &whole(&new).await);
    assert_eq!(told_by.store.sync_items().await.unwrap().len(), 1, "deletes that wait for an owner");
    let graves = "SELECT group_concat(row || grave) FROM sync_rows WHERE grave IS NOT NULL";
    let mut lie = Vec::new();
    for s in [&told_by, &new] {
        lie.push(sqlx::query_scalar::<_, String>(graves).fetch_one(&mut *s.store.read().await.unwrap()).await.unwrap());
    }
    assert_eq!(lie[0].matches("stock_no").count(), 3);
    assert_eq!(lie[0], lie[1]);
}
