//! What the log and sync keep does not grow for ever, and nobody misses what went.

use std::{sync::atomic::Ordering, time::Duration};

use stall_core::{
    Fen, Id, Ms,
    api::{ByIds, ShowInput, UnitEdit, UnitPatch},
    sync::Scope,
};
use stall_store::{
    sync::{Keep, Pruned},
    tables::{shows, units},
};

use crate::{
    actions::{Stall, act},
    hub::{Hub, laptop, same, state},
    merge::two,
};

const DAY: i64 = 86_400_000;
const DAYS: Keep = Keep { said: 14, history: 400, pause: Duration::ZERO };
const NOTHING: Keep = Keep { said: 0, history: 0, pause: Duration::ZERO };
const HISTORY: Keep = Keep { said: 0, ..DAYS };

async fn one<T>(s: &Stall, sql: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    sqlx::query_scalar(sql).fetch_one(&mut *s.store.read().await.unwrap()).await.unwrap()
}

async fn unit(s: &Stall, model: &str) -> Id {
    let patch = UnitPatch { model: Some(model.into()), ..UnitPatch::default() };
    units::add(&s.store, &s.me, &patch).await.unwrap().row.id
}

async fn price(s: &Stall, unit: Id, fen: i64) {
    let patch = UnitPatch { price_list: Some(Some(Fen(fen))), ..UnitPatch::default() };
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![unit], patch }).await.unwrap();
}

/// Ends what can be undone: only what comes after is held.
async fn forget_steps(s: &Stall, unit: Id) {
    for n in 0..200 {
        price(s, unit, n + 1).await;
    }
}

#[tokio::test]
async fn what_was_not_said_yet_stays_and_so_does_what_can_be_undone() {
    let mut t = two().await;
    let s = &t.all[0];
    price(s, t.unit, 100).await;
    // Neither in the hub's order nor at the hub.
    let whole = "SELECT count(*) FROM change_groups WHERE thin = 0";
    assert_eq!(s.store.prune(NOTHING).await.unwrap(), Pruned::default());
    assert_eq!(one::<i64>(s, whole).await, 2);
    t.settle().await;
    let s = &t.all[0];
    assert_eq!(s.store.prune(NOTHING).await.unwrap().thinned, 0, "a person may still undo them");
    s.store.undo(&s.me).await.unwrap();
    forget_steps(s, t.unit).await;
    assert_eq!(s.store.prune(NOTHING).await.unwrap().thinned, 2, "what has its place");
    t.settle().await;
    let s = &t.all[0];
    // The undo is no step of the history: what it did is held by nothing.
    assert_eq!(s.store.prune(NOTHING).await.unwrap().thinned, 1);
    for _ in 0..200 {
        s.store.undo(&s.me).await.unwrap();
    }
    t.settle().await;
    assert_eq!(t.one::<Option<i64>>(1, "SELECT price_list FROM units").await, None);
}

#[tokio::test]
async fn fourteen_days_of_work_can_be_said_again_whatever_the_clock_does() {
    let mut t = two().await;
    for day in 0..20 {
        // On one day the clock was a year ahead, on one it was 1970.
        let jump = [(7, 365 * DAY), (12, -50 * 365 * DAY)].iter().find(|j| j.0 == day).map_or(0, |j| j.1);
        t.all[0].clock.fetch_add(DAY + jump, Ordering::SeqCst);
        for n in 0..20 {
            price(&t.all[0], t.unit, day * 100 + n).await;
        }
        t.all[0].clock.fetch_sub(jump, Ordering::SeqCst);
    }
    t.settle().await;
    let done = t.all[0].store.prune(DAYS).await.unwrap();
    // The first unit, and the first six of twenty days, as far as no undo holds them: it holds the last ten days.
    assert_eq!(done.thinned, 1 + 6 * 20);
    let thinned = t.all[0].store.sync_standing().await.unwrap().thinned;
    assert_eq!(thinned, 121);
    let again = t.all[0].store.sync_pending_after(thinned, 1_000).await.unwrap();
    assert_eq!((again.len(), again.iter().all(|g| !g.records.is_empty())), (14 * 20, true));
    let short = t.all[0].store.sync_pending_after(thinned - 1, 1_000).await.unwrap_err();
    assert_eq!(short.args.get("why").map(String::as_str), Some("the log does not reach back"));
    t.hub.again(&t.all[0], 50).await;
    same(&state(&t.all[0]).await, &state(&t.all[1]).await);
}

/// A day of a stall: a unit comes with its photographs and its show, is worked on and goes.
async fn day(s: &Stall, n: u16) {
    s.clock.fetch_add(DAY, Ordering::SeqCst);
    let all: Vec<Id> = sqlx::query_scalar("SELECT id FROM units ORDER BY id")
        .fetch_all(&mut *s.store.read().await.unwrap())
        .await
        .unwrap();
    for kind in [0, 7, 2, 8, 10, 13, 16, 17, 26] {
        act(s, (kind, n, n)).await;
    }
    for id in all.iter().take(3) {
        for cut in 0..6 {
            price(s, *id, i64::from(n) * 100 + cut).await;
        }
    }
    if let Some(id) = all.get(9) {
        let _ = units::delete(&s.store, &s.me, &ByIds { ids: vec![*id] }).await;
    }
}

/// Rows of every table that grows with what is done, but not with what is there.
async fn kept(s: &Stall) -> [i64; 4] {
    [
        one(s, "SELECT count(*) FROM change_rows").await,
        one(s, "SELECT count(*) FROM change_groups").await,
        one(s, "SELECT count(*) FROM sync_groups").await,
        one(s, "SELECT count(*) FROM sync_values").await,
    ]
}

#[tokio::test]
async fn a_year_of_days_keeps_no_more_than_the_last_of_them() {
    let dirs = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let mut all = Vec::new();
    for (dir, name) in dirs.iter().zip(["周敏", "阿强", "单干"]) {
        all.push(laptop(dir.path(), name, 0).await);
    }
    let alone = all.pop().unwrap();
    let mut hub = Hub::new();
    let keep = Keep { said: 4, history: 12, pause: Duration::ZERO };
    let (mut early, mut late) = ([[0; 4]; 3], [[0; 4]; 3]);
    for n in 0..60u16 {
        hub.now += DAY;
        all[1].clock.fetch_add(DAY, Ordering::SeqCst);
        day(&all[0], n).await;
        day(&alone, n).await;
        hub.settle(&all).await;
        for (at, s) in all.iter().chain([&alone]).enumerate() {
            s.store.prune(keep).await.unwrap();
            let most = if n < 30 { &mut early[at] } else { &mut late[at] };
            let now = kept(s).await;
            most.iter_mut().zip(now).for_each(|(most, now)| *most = now.max(*most));
        }
    }
    let said: i64 = one(&alone, "SELECT next_rseq - 1 FROM replica").await;
    assert!(said > 60 * 20, "{said} groups were said");
    for (early, late) in early.iter().zip(late) {
        for (early, late) in early.iter().zip(late) {
            assert!(late <= early * 5 / 4 + 40, "it grows: {early} in the first month, {late} in the second");
        }
    }
    assert!(late[0][1] < said / 2 && late[2][1] < said / 2, "{late:?}");
    same(&state(&all[0]).await, &state(&all[1]).await);
}

#[tokio::test]
async fn histories_show_what_they_showed() {
    let t = two().await;
    let s = &t.all[0];
    let show = ShowInput {
        title: "双十一".into(),
        starts_at: Ms(1),
        planned_minutes: 60,
        host: String::new(),
        note: String::new(),
    };
    shows::add(&s.store, &s.me, &show).await.unwrap();
    for step in [(7, 0, 1), (7, 0, 2), (8, 0, 0), (13, 0, 0), (15, 0, 7), (2, 0, 4), (9, 0, 0), (17, 0, 3), (16, 0, 0)]
    {
        act(s, step).await;
    }
    price(s, t.unit, 5_000).await;
    let history = async || {
        let of = units::get(&s.store, t.unit).await.unwrap();
        format!("{:#?}", of.timeline.iter().filter(|e| e.what != "edit_units").collect::<Vec<_>>())
    };
    forget_steps(s, t.unit).await;
    let (before, rows) = (history().await, kept(s).await[0]);
    for what in ["photos_added", "photos_removed", "item_added", "add_unit"] {
        assert!(before.contains(what), "{what} in {before}");
    }
    let mut hub = t.hub;
    hub.settle(&t.all).await;
    assert!(s.store.prune(HISTORY).await.unwrap().thinned > 8);
    assert_eq!(history().await, before);
    assert!(kept(s).await[0] < rows);
    let fat = "SELECT count(*) FROM change_rows c JOIN change_groups g ON g.rseq = c.rseq
               WHERE g.thin = 1 AND length(coalesce(new, old)) > 150 AND kind <> 'U'";
    assert_eq!(one::<i64>(s, fat).await, 0, "no whole row is left");
    // And where histories end, who took it in is left.
    assert!(s.store.prune(NOTHING).await.unwrap().histories > 0);
    let left = history().await;
    assert!(left.contains("add_unit") && !left.contains("photos_removed"), "{left}");
}

#[tokio::test]
async fn a_write_does_not_wait_until_all_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let s = laptop(dir.path(), "周敏", 0).await;
    let id = unit(&s, "iPhone 15").await;
    forget_steps(&s, id).await;
    for n in 0..2 {
        unit(&s, &format!("iPhone {n}")).await;
        forget_steps(&s, id).await;
    }
    let keep = Keep { pause: Duration::from_millis(200), ..NOTHING };
    let store = s.store.clone();
    let pruning = tokio::spawn(async move { store.prune(keep).await.unwrap() });
    tokio::task::yield_now().await;
    price(&s, id, 7).await;
    assert!(!pruning.is_finished(), "it was between two steps");
    assert!(pruning.await.unwrap().thinned > 400);
}

#[tokio::test]
async fn a_stall_that_was_alone_for_long_is_told_as_it_is() {
    let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let all = vec![laptop(dirs[0].path(), "周敏", 0).await, laptop(dirs[1].path(), "阿强", 0).await];
    let s = &all[0];
    for n in 0..6u16 {
        day(s, n).await;
    }
    let id = unit(s, "iPhone 15").await;
    forget_steps(s, id).await;
    assert!(s.store.prune(NOTHING).await.unwrap().thinned > 100);
    let (held, at) = (state(s).await, s.store.sync_standing().await.unwrap());
    assert!(at.thinned > 100 && at.cursor == 0);
    let history = format!("{:?}", units::get(&s.store, id).await.unwrap().timeline);
    assert_eq!(s.store.sync_tell(false).await.unwrap(), at.replica);
    let after = format!("{:?}", units::get(&s.store, id).await.unwrap().timeline);
    assert_eq!(after, history, "nothing happened to it");
    let mut hub = Hub::new();
    hub.settle(&all).await;
    assert_eq!(all[1].store.sync_standing().await.unwrap().thinned, 0);
    let rows = |of: Vec<String>| of.into_iter().filter(|r| !r.starts_with("[\"row\"")).collect::<Vec<_>>();
    same(&rows(held.clone()), &rows(state(&all[1]).await));
    same(&state(s).await, &state(&all[1]).await);
    // It goes on as ever, and an undo of before reaches both.
    s.store.undo(&s.me).await.unwrap();
    price(&all[1], id, 9).await;
    hub.settle(&all).await;
    same(&state(s).await, &state(&all[1]).await);
    assert_ne!(rows(state(s).await), rows(held));
    s.store.prune(NOTHING).await.unwrap();
    hub.again(s, 3).await;
    same(&state(s).await, &state(&all[1]).await);
}

#[tokio::test]
async fn a_snapshot_of_a_laptop_that_forgot_is_whole() {
    let mut t = two().await;
    for n in 0..30 {
        let who = n % 2;
        t.edit(who, UnitPatch { note: Some(format!("{n}")), ..UnitPatch::default() }).await;
        price(&t.all[0], t.unit, n as i64 + 1).await;
    }
    t.settle().await;
    let done = t.all[0].store.prune(Keep { said: 0, history: 0, pause: Duration::ZERO }).await.unwrap();
    assert!(done.groups > 20 && done.heard > 20, "{done:?}");
    let dir = tempfile::tempdir().unwrap();
    let new = laptop(dir.path(), "小林", 0).await;
    let told = crate::snapshot::told(&t.all[0]).await.unwrap();
    crate::snapshot::take(&new, &told, &Scope::ALL).await.unwrap();
    same(&state(&t.all[1]).await, &state(&new).await);
    t.edit(1, UnitPatch { note: Some("后来".into()), ..UnitPatch::default() }).await;
    price(&new, t.unit, 77).await;
    let mut all = std::mem::take(&mut t.all);
    all.push(new);
    t.hub.settle(&all).await;
    same(&state(&all[0]).await, &state(&all[2]).await);
    same(&state(&all[1]).await, &state(&all[2]).await);
}
