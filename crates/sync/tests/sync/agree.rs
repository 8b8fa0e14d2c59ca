//! What laptops hold after their exchanges, and what the hub holds.

use stall_core::{
    Fen, Role,
    api::{UnitEdit, UnitPatch},
};
use stall_store::tables::units;
use stall_sync::{Client, SyncError};
use tempfile::TempDir;

use crate::{
    line::Line,
    world::{Laptop, World},
};

fn price(yuan: i64) -> UnitPatch {
    UnitPatch { price_list: Some(Some(Fen(yuan * 100))), ..UnitPatch::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_laptops_that_worked_apart_agree_after_their_exchanges() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15 Pro").await;
    let done = a.round().await;
    assert_eq!((done.pushed, done.pulled, done.parked), (1, 1, 0));
    let mut b = world.join(&a, "阿强的电脑", Role::Owner, 86_400_000).await;
    assert_eq!(b.round().await.pulled, 1);
    assert_eq!(a.goods().await, b.goods().await);
    for n in 0..30 {
        a.add(&format!("甲 {n}")).await;
        b.add(&format!("乙 {n}")).await;
        world.pass(1_000);
    }
    let edit = |yuan| UnitEdit { ids: vec![unit], patch: price(yuan) };
    units::edit(&a.store, &a.actor, &edit(3_000)).await.unwrap();
    world.pass(5_000);
    units::edit(&b.store, &b.actor, &edit(3_500)).await.unwrap();
    a.round().await;
    b.round().await;
    a.round().await;
    assert_eq!(a.goods().await, b.goods().await);
    assert_eq!(a.one::<i64>("SELECT count(*) FROM units").await, 61);
    assert_eq!(a.one::<i64>("SELECT price_list FROM units WHERE model = 'iPhone 15 Pro'").await, 350_000);
    assert_eq!(a.one::<i64>("SELECT count(*) FROM sync_shadows").await, 1, "the lower price is kept to be shown");
    let idle = a.round().await;
    assert_eq!((idle.pushed, idle.pulled), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_laptop_that_was_away_for_long_gets_everything_in_pages() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "小林", Role::Owner, -3_600_000).await;
    b.round().await;
    for n in 0..900 {
        a.add(&format!("批 {n}")).await;
    }
    assert_eq!(a.round().await.pushed, 900);
    assert_eq!(b.round().await.pulled, 900);
    assert_eq!(a.goods().await, b.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_path_nothing_is_lost_and_the_next_exchange_goes_on() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.add("一").await;
    a.round().await;
    let mut lost = a.client.identity().clone();
    lost.hub = "http://127.0.0.1:9".into();
    let mut away = stall_sync::Client::new(a.store.clone(), lost).unwrap();
    a.add("二").await;
    assert!(matches!(away.round().await, Err(SyncError::Offline(_))));
    assert_eq!(a.store.sync_standing().await.unwrap().waiting, 1);
    assert_eq!(a.round().await.pushed, 1);
}

/// A consistent copy, as the backup makes it.
async fn backup(of: &Laptop) -> TempDir {
    let kept = tempfile::tempdir().unwrap();
    let sql = format!("VACUUM INTO '{}'", kept.path().join("stall.db").display());
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *of.store.read().await.unwrap()).await.unwrap();
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_laptop_put_back_from_a_backup_goes_on_under_a_new_id() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    a.add("备份之前").await;
    a.round().await;
    let kept = backup(&a).await;
    a.add("备份之后").await;
    a.round().await;
    b.round().await;
    let store = world.store_in(kept.path().into(), 0).await;
    let before = a.client.identity().clone();
    let mut again = Laptop::of(store, kept, before.clone());
    world.pass(60_000);
    again.add("恢复之后").await;
    again.round().await;
    assert_ne!(again.client.identity().replica, before.replica);
    b.round().await;
    again.round().await;
    assert_eq!(again.goods().await, b.goods().await);
    assert_eq!(b.one::<i64>("SELECT count(*) FROM units").await, 3);
}

/// A clock that is behind lets both count on from the last stamp they share.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_installs_of_one_backup_are_told_apart_though_they_stamp_alike() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    a.add("备份之前").await;
    a.round().await;
    let kept = backup(&a).await;
    a.add("备份之后").await;
    a.round().await;
    let store = world.store_in(kept.path().into(), 0).await;
    let mut again = Laptop::of(store, kept, a.client.identity().clone());
    again.add("恢复之后").await;
    let stamp = "SELECT max(hlc) FROM change_groups";
    assert_eq!(a.one::<i64>(stamp).await, again.one::<i64>(stamp).await);
    again.round().await;
    assert_ne!(again.client.identity().replica, a.client.identity().replica);
    b.round().await;
    assert_eq!(again.goods().await, b.goods().await);
    assert_eq!(b.one::<i64>("SELECT count(*) FROM units").await, 3);
    assert_eq!(again.one::<i64>("SELECT count(*) FROM sync_sent").await, 0, "what came back is not kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_a_new_id_goes_on_wherever_it_was_cut_off() {
    let (mut cut, mut renewed) = (0, 0);
    for bytes in (2_500..10_000).step_by(500) {
        let world = World::start().await;
        let mut a = world.owner().await;
        a.add("备份之前").await;
        a.round().await;
        let kept = backup(&a).await;
        a.add("备份之后").await;
        a.round().await;
        world.pass(60_000);
        let (line, before) = (Line::to(world.address).await, a.client.identity().replica);
        let store = world.store_in(kept.path().into(), 0).await;
        let mut again = Laptop::of(store, kept, a.client.identity().clone());
        again.by(&line);
        again.add("恢复之后").await;
        line.breaks_after(bytes);
        let broken = again.client.round().await.is_err();
        line.mend();
        cut += u32::from(broken);
        // The program kept who it was then, and is started again.
        renewed += u32::from(broken && again.client.identity().replica != before);
        again.client = Client::new(again.store.clone(), again.client.identity().clone()).unwrap();
        again.round().await;
        assert_ne!(again.client.identity().replica, before, "{bytes}");
        assert_eq!(again.store.sync_standing().await.unwrap().waiting, 0);
        a.round().await;
        assert_eq!(a.one::<i64>("SELECT count(*) FROM units").await, 3, "{bytes}");
    }
    assert!(cut > 5 && renewed > 0, "{cut} {renewed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_put_back_twice_goes_on_though_the_keychain_knows_a_later_id_than_the_disk() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    a.add("备份之前").await;
    a.round().await;
    let (first, second) = (backup(&a).await, backup(&a).await);
    a.add("备份之后").await;
    a.round().await;
    let before = a.client.identity().clone();
    let mut again = Laptop::of(world.store_in(first.path().into(), 0).await, first, before.clone());
    world.pass(60_000);
    again.add("恢复之后").await;
    again.round().await;
    let renewed = again.client.identity().clone();
    assert_ne!(renewed.replica, before.replica);
    let mut third = Laptop::of(world.store_in(second.path().into(), 0).await, second, renewed.clone());
    for n in 0..5 {
        third.add(&format!("再恢复 {n}")).await;
    }
    third.round().await;
    assert_ne!(third.client.identity().replica, renewed.replica);
    b.round().await;
    third.round().await;
    assert_eq!(third.goods().await, b.goods().await);
    assert_eq!(b.one::<i64>("SELECT count(*) FROM units").await, 8);
}
