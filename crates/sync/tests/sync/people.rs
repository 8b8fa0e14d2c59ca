//! Who may read what, and hubs and guests that are not honest.

use stall_core::{Ms, Role, sync::wire::HubCode};
use stall_seal::{SealError, invite::InviteCode};
use stall_sync::SyncError;

use crate::world::{START, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helpers_laptop_never_holds_a_cost_or_a_floor() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.add("iPhone 15").await;
    a.round().await;
    let mut helper = world.join(&a, "小李的手机", Role::Photographer, 0).await;
    helper.round().await;
    assert_eq!(helper.one::<i64>("SELECT count(*) FROM units").await, 1);
    assert_eq!(helper.one::<i64>("SELECT price_list FROM units").await, 399_900);
    assert_eq!(
        helper.one::<i64>("SELECT count(*) FROM units WHERE cost IS NOT NULL OR price_floor IS NOT NULL").await,
        0
    );
    // Its own work travels all the same.
    let patch = stall_core::api::UnitPatch { model: Some("小李收的".into()), ..Default::default() };
    stall_store::tables::units::add(&helper.store, &helper.actor, &patch).await.unwrap();
    helper.round().await;
    a.round().await;
    assert_eq!(a.one::<i64>("SELECT count(*) FROM units").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_not_let_in_pulls_nothing() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.add("iPhone 15").await;
    a.round().await;
    let (store, dir) = world.store(0).await;
    let replica = store.sync_standing().await.unwrap().replica;
    let code = stall_sync::invite(a.client.identity(), "客", Role::Owner).await.unwrap();
    let identity = stall_sync::ask(&world.url(), &code, replica, "客", Role::Owner).await.unwrap();
    let mut guest = crate::world::Laptop::of(store, dir, identity);
    let refused = guest.client.round().await.unwrap_err();
    let hub = matches!(&refused, SyncError::Hub(e) if matches!(e.code, HubCode::NotAllowed | HubCode::NotFound));
    assert!(hub, "{refused:?}");
    assert_eq!(guest.one::<i64>("SELECT count(*) FROM units").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_code_is_refused_by_the_hub_and_other_keys_by_the_owner() {
    let world = World::start().await;
    let a = world.owner().await;
    let (store, _dir) = world.store(0).await;
    let replica = store.sync_standing().await.unwrap().replica;
    let wrong = InviteCode::make().unwrap();
    let refused = stall_sync::ask(&world.url(), &wrong, replica, "客", Role::Owner).await.unwrap_err();
    assert!(matches!(&refused, SyncError::Hub(e) if e.code == HubCode::InviteGone), "{refused:?}");
    let me = a.client.identity();
    let code = stall_sync::invite(me, "客", Role::Owner).await.unwrap();
    stall_sync::ask(&world.url(), &code, replica, "客", Role::Owner).await.unwrap();
    let mut join = stall_sync::waiting(me).await.unwrap().remove(0).join;
    join.x25519.0[0] ^= 1;
    let refused = stall_sync::let_in(me, &code, &join, Role::Owner, Ms(START)).await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(SealError::NotGenuine)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_phrase_brings_a_stall_back_whose_every_laptop_is_gone() {
    let world = World::start().await;
    let (store, dir) = world.store(0).await;
    let replica = store.sync_standing().await.unwrap().replica;
    let code = world.code().await;
    let made = stall_sync::found(&world.url(), &code, replica, "周敏", Ms(START)).await.unwrap();
    let mut a = crate::world::Laptop::of(store, dir, made.identity);
    a.add("iPhone 15").await;
    a.round().await;
    let goods = a.goods().await;
    drop(a);
    let (store, dir) = world.store(0).await;
    let replica = store.sync_standing().await.unwrap().replica;
    let identity =
        stall_sync::recover(&world.url(), &made.phrase, replica, "周敏的新电脑", Ms(START + 1)).await.unwrap();
    let mut b = crate::world::Laptop::of(store, dir, identity);
    b.round().await;
    assert_eq!(b.goods().await, goods);
    assert_eq!(b.one::<i64>("SELECT cost FROM units").await, 31_415_926);
}
