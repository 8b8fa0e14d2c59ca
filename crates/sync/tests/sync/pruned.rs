//! Laptops whose logs do not reach back for ever: whatever a hub has lost or never heard, they say it all the same.

use std::{sync::atomic::Ordering, time::Duration};

use stall_core::Role;
use stall_store::sync::{Keep, Pruned};
use stall_sync::{Begun, Client, SyncError};

use crate::{
    restored::Restored,
    state,
    world::{Laptop, START, World},
};

const NOTHING: Keep = Keep { said: 0, history: 0, pause: Duration::ZERO };

/// Everything goes of which nobody needs more, as in a stall that worked for weeks.
async fn forgets(of: &Laptop) -> Pruned {
    // Undo holds what it may take back: it is let go.
    of.write("DELETE FROM undo_steps").await;
    of.add("iPhone SE").await;
    of.write("DELETE FROM undo_steps").await;
    of.store.prune(NOTHING).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_hub_gives_back_what_the_log_let_go() {
    let mut at = Restored::start().await;
    let mut owner = at.world.owner().await;
    let mut packer = at.world.join(&owner, "小李", Role::Packer, 0).await;
    for n in 0..12 {
        owner.add(&format!("iPhone {n}")).await;
        packer.add(&format!("小米 {n}")).await;
        owner.round().await;
        packer.round().await;
    }
    assert!(forgets(&owner).await.thinned >= 12);
    assert!(forgets(&packer).await.thinned >= 12);
    at.backup().await;
    owner.add("iPhone 15").await;
    owner.round().await;
    packer.round().await;
    owner.round().await;
    let before = owner.goods().await;
    assert_eq!(before.iter().filter(|r| r.contains("iPhone") || r.contains("小米")).count(), 27);
    at.put_back().await;
    for laptop in [&mut owner, &mut packer] {
        let round = laptop.round().await;
        assert!(round.pulled > 25, "it began again: {round:?}");
        assert_eq!(laptop.goods().await, before);
    }
    let cost: i64 = owner.one("SELECT count(*) FROM units WHERE cost = 31415926").await;
    assert!(cost >= 14, "its own prices came back too: {cost}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_of_before_the_log_is_told_all_that_is_here() {
    let mut at = Restored::start().await;
    let mut owner = at.world.owner().await;
    let mut other = at.world.join(&owner, "阿强", Role::Owner, 0).await;
    let gone = owner.add("iPhone 8").await;
    owner.round().await;
    other.round().await;
    at.backup().await;
    for n in 0..8 {
        owner.add(&format!("iPhone {n}")).await;
        other.add(&format!("小米 {n}")).await;
    }
    let ids = stall_core::api::ByIds { ids: vec![gone] };
    stall_store::tables::units::delete(&owner.store, &owner.actor, &ids).await.unwrap();
    for _ in 0..2 {
        owner.round().await;
        other.round().await;
    }
    for laptop in [&owner, &other] {
        assert!(forgets(laptop).await.thinned >= 8);
        // Nor is it on the shelf any more.
        std::fs::remove_dir_all(laptop.dir.path().join("sync/kept")).unwrap();
    }
    other.note(other.add("小米 15").await, "还没说").await;
    let id = owner.client.identity().replica;
    at.put_back().await;
    owner.round().await;
    assert_ne!(owner.client.identity().replica, id, "the hub knows other groups under the old one");
    other.round().await;
    owner.round().await;
    let held = state::rows(&owner.store).await;
    state::same(&held, &state::rows(&other.store).await);
    let units: i64 = owner.one("SELECT count(*) FROM units").await;
    // Eight of each, one that each forgot with, and the one nobody had heard of; not the deleted one.
    assert_eq!(units, 8 + 8 + 2 + 1);
    let rows = owner.goods().await;
    assert!(rows.iter().any(|r| r.contains("还没说")) && !rows.iter().any(|r| r.contains(&gone.to_string())));
    let mut third = at.world.join(&owner, "小林", Role::Owner, 0).await;
    third.round().await;
    state::same(&held, &state::rows(&third.store).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_that_was_alone_for_long_is_founded_whole() {
    let world = World::start().await;
    let (store, dir) = world.store(0).await;
    let me = store.sync_standing().await.unwrap().replica;
    let code = world.code().await;
    let made = stall_sync::found(&world.url(), &code, me, "周敏的电脑", stall_core::Ms(START)).await.unwrap();
    let mut owner = Laptop::of(store, dir, made.identity);
    for n in 0..30 {
        owner.add(&format!("iPhone {n}")).await;
    }
    assert!(forgets(&owner).await.thinned >= 30);
    owner.note(owner.add("iPhone 15").await, "今天").await;
    let before = owner.goods().await;
    owner.round().await;
    assert_eq!(owner.goods().await, before);
    let made = owner.client.snapshots().unwrap().now().await.unwrap();
    assert!(matches!(made, stall_sync::Made::Sent(_)), "{made:?}");
    for (name, role) in [("阿强", Role::Owner), ("小李", Role::Packer)] {
        let mut other = world.join(&owner, name, role, 0).await;
        assert!(matches!(other.round().await.begun, Begun::Snapshot(_)));
        assert_eq!(other.goods().await, before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_a_stall_founds_another_with_all_that_is_here() {
    let world = World::start().await;
    let mut owner = world.owner().await;
    let mut other = world.join(&owner, "阿强", Role::Owner, 0).await;
    owner.add("iPhone 15").await;
    other.add("小米 15").await;
    owner.round().await;
    other.round().await;
    owner.round().await;
    owner.store.sync_leave().await.unwrap();
    let alone = owner.add("OPPO Find").await;
    forgets(&owner).await;
    let before = owner.goods().await;
    assert!(before.iter().any(|r| r.contains("小米 15")));
    let new = World::start().await;
    new.now.store(world.now.load(Ordering::SeqCst), Ordering::SeqCst);
    let me = owner.store.sync_standing().await.unwrap().replica;
    let made = stall_sync::found(&new.url(), &new.code().await, me, "周敏的电脑", stall_core::Ms(START)).await.unwrap();
    owner.client = Client::new(owner.store.clone(), made.identity).unwrap();
    owner.round().await;
    assert_eq!(owner.goods().await, before, "what the others did is there too");
    let mut third = new.join(&owner, "小林", Role::Owner, 0).await;
    third.round().await;
    assert_eq!(third.goods().await, before);
    assert!(stall_store::tables::units::get(&third.store, alone).await.is_ok());
    state::same(&state::rows(&owner.store).await, &state::rows(&third.store).await);
    // And from here on it is as any other: what was not said is kept.
    owner.add("vivo").await;
    let waits = owner.store.sync_standing().await.unwrap().waiting;
    forgets(&owner).await;
    assert!(owner.store.sync_pending(10).await.unwrap().len() as i64 > waits);
    owner.round().await;
    third.round().await;
    assert_eq!(owner.goods().await, third.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_forgets_what_it_placed_is_not_told_it_anew() {
    let world = World::start().await;
    let mut owner = world.owner().await;
    for n in 0..6 {
        owner.add(&format!("iPhone {n}")).await;
    }
    owner.round().await;
    forgets(&owner).await;
    let me = owner.client.identity();
    let (stall, replica) = (me.stall, me.replica);
    // Of the same lineage and head, it expects groups that it gave their places.
    let file = world.dir.path().join("hub.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut conn = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("UPDATE replicas SET next_rseq = 2 WHERE stall = ?1 AND replica = ?2")
        .bind(&stall.0[..])
        .bind(&replica.0[..])
        .execute(&mut conn)
        .await
        .unwrap();
    let before = owner.store.sync_standing().await.unwrap();
    let refused = owner.client.round().await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(_)), "{refused:?}");
    assert_eq!(owner.store.sync_standing().await.unwrap(), before);
    assert!(world.hub.storage().stall(&stall.0).await.unwrap().unwrap().head > 0);
}
