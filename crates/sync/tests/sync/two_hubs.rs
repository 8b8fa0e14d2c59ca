//! A stall with a hub in the market and one in the cloud. Who reaches only one of them loses nothing, and who reaches both carries.

use stall_core::{
    Fen, Id, Role,
    api::{UnitEdit, UnitPatch},
    sync::wire::HubCode,
};
use stall_store::tables::units;
use stall_sync::{Client, Identity, Second, SyncError, found_second, goes_by};

use crate::{
    line::Line,
    world::{Laptop, World},
};

async fn price(of: &Laptop, id: Id, fen: i64) {
    let patch = UnitPatch { price_list: Some(Some(Fen(fen))), ..UnitPatch::default() };
    units::edit(&of.store, &of.actor, &UnitEdit { ids: vec![id], patch }).await.unwrap();
}

/// The owner's laptop brings the stall to the cloud.
pub async fn second(owner: &mut Laptop, cloud: &World) {
    let code = cloud.code().await;
    let second = found_second(&owner.client, &cloud.url(), &code).await.unwrap();
    with(owner, second);
    owner.client.carry().await.unwrap();
}

fn with(laptop: &mut Laptop, second: Second) {
    let mut me = laptop.client.identity().clone();
    me.second = Some(second);
    laptop.client = Client::new(laptop.store.clone(), me).unwrap();
}

/// As if it were at home: it reaches the cloud only.
pub async fn away(laptop: &mut Laptop, cloud: &str) -> Identity {
    let me = goes_by(laptop.client.identity(), &laptop.client.identity().hub.clone(), Some(cloud));
    let mut client = Client::away(laptop.store.clone(), me).unwrap();
    let round = client.round().await.unwrap();
    assert!(round.relayed);
    // What it learned of its tokens stays.
    laptop.client = Client::new(laptop.store.clone(), client.identity().clone()).unwrap();
    client.identity().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_at_home_and_who_is_in_the_market_agree_through_who_reaches_both() {
    let (market, cloud) = (World::start().await, World::start().await);
    let mut owner = market.owner().await;
    let mut packer = market.join(&owner, "小李", Role::Packer, 0).await;
    let unit = owner.add("iPhone 13").await;
    owner.round().await;
    packer.round().await;
    second(&mut owner, &cloud).await;

    let at_home = packer.add("iPhone 14").await;
    price(&packer, unit, 210_000).await;
    away(&mut packer, &cloud.url()).await;
    let standing = packer.store.sync_standing().await.unwrap();
    assert_eq!((standing.waiting, standing.acked - standing.seen), (0, 2), "handed over, and without a place yet");
    // Once more: nothing twice.
    away(&mut packer, &cloud.url()).await;
    let in_market = owner.add("iPhone 15").await;
    owner.round().await;
    assert!(units::get(&owner.store, at_home).await.is_err());

    let carried = owner.client.carry().await.unwrap();
    assert_eq!((carried.brought, carried.refused), (1, 0), "two edits, one envelope");
    owner.round().await;
    away(&mut packer, &cloud.url()).await;
    assert_eq!(owner.goods().await, packer.goods().await);
    for id in [unit, at_home, in_market] {
        assert!(units::get(&packer.store, id).await.is_ok());
    }
    let standing = packer.store.sync_standing().await.unwrap();
    assert_eq!(standing.acked, standing.seen);
    // Nothing more to carry.
    assert_eq!(owner.client.carry().await.unwrap(), stall_sync::Carried::default());
    // And the packer comes to the market again.
    packer.add("iPhone 16").await;
    packer.round().await;
    owner.round().await;
    assert_eq!(owner.goods().await, packer.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_in_the_cloud_and_said_again_in_the_market_is_there_once() {
    let (market, cloud) = (World::start().await, World::start().await);
    let mut owner = market.owner().await;
    let mut packer = market.join(&owner, "小李", Role::Packer, 0).await;
    owner.add("iPhone 13").await;
    owner.round().await;
    packer.round().await;
    second(&mut owner, &cloud).await;
    packer.add("iPhone 14").await;
    away(&mut packer, &cloud.url()).await;
    packer.add("iPhone 15").await;
    away(&mut packer, &cloud.url()).await;
    packer.add("iPhone 16").await;
    // Sealed anew, in one envelope: the two that wait in the cloud do not fit any more.
    packer.round().await;
    let carried = owner.client.carry().await.unwrap();
    assert_eq!((carried.brought, carried.refused), (0, 2));
    owner.round().await;
    assert_eq!(owner.goods().await, packer.goods().await);
    assert_eq!(owner.goods().await.iter().filter(|r| r.contains("iPhone")).count(), 4);
    // What waited is let go, and the packer can go on in the cloud.
    assert_eq!(owner.client.carry().await.unwrap(), stall_sync::Carried::default());
    packer.add("iPhone 17").await;
    away(&mut packer, &cloud.url()).await;
    assert_eq!(owner.client.carry().await.unwrap().brought, 1);
    owner.round().await;
    away(&mut packer, &cloud.url()).await;
    assert_eq!(owner.goods().await, packer.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_wrong_by_a_year_is_corrected_at_the_relay() {
    let (market, cloud) = (World::start().await, World::start().await);
    let mut owner = market.owner().await;
    const YEAR: i64 = 365 * 86_400_000;
    let mut late = market.join(&owner, "小李", Role::Owner, -YEAR).await;
    let unit = owner.add("iPhone 13").await;
    owner.round().await;
    late.round().await;
    second(&mut owner, &cloud).await;
    for world in [&market, &cloud] {
        world.pass(60_000);
    }
    price(&owner, unit, 100_000).await;
    owner.round().await;
    for world in [&market, &cloud] {
        world.pass(60_000);
    }
    // Later by the hub's clock, though a year earlier by its own; it has not seen the owner's.
    price(&late, unit, 200_000).await;
    away(&mut late, &cloud.url()).await;
    owner.client.carry().await.unwrap();
    owner.round().await;
    away(&mut late, &cloud.url()).await;
    assert_eq!(owner.one::<i64>("SELECT price_list FROM units").await, 200_000);
    assert_eq!(owner.goods().await, late.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn carrying_that_is_cut_off_anywhere_goes_on() {
    let (market, cloud) = (World::start().await, World::start().await);
    let line = Line::to(cloud.address).await;
    let mut owner = market.owner().await;
    let mut packer = market.join(&owner, "小李", Role::Packer, 0).await;
    owner.add("iPhone 1").await;
    owner.round().await;
    packer.round().await;
    let code = cloud.code().await;
    let made = found_second(&owner.client, &line.url(), &code).await.unwrap();
    with(&mut owner, made);
    owner.client.carry().await.unwrap();
    for n in 0..20 {
        owner.add(&format!("市场 {n}")).await;
        owner.round().await;
        packer.add(&format!("家里 {n}")).await;
        away(&mut packer, &cloud.url()).await;
    }
    let mut cut = 0;
    for n in 1.. {
        line.breaks_after(n * 1_200);
        let done = owner.client.carry().await;
        line.mend();
        match done {
            Ok(_) => break,
            Err(SyncError::Offline(_)) => cut += 1,
            Err(e) => panic!("{e}"),
        }
    }
    assert!(cut > 3, "{cut}");
    owner.client.carry().await.unwrap();
    owner.round().await;
    away(&mut packer, &cloud.url()).await;
    assert_eq!(owner.goods().await, packer.goods().await);
    assert_eq!(owner.goods().await.iter().filter(|r| r.contains("市场") || r.contains("家里")).count(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stall_of_the_cloud_gets_a_hub_in_the_market_while_others_work() {
    let (market, cloud) = (World::start().await, World::start().await);
    let mut owner = cloud.owner().await;
    let mut packer = cloud.join(&owner, "小李", Role::Packer, 0).await;
    owner.add("iPhone 1").await;
    owner.round().await;
    packer.round().await;
    second(&mut owner, &market).await;
    packer.add("iPhone 2").await;
    packer.round().await;
    owner.client.hand_over().await.unwrap();
    assert_eq!(owner.client.identity().hub, market.url());
    // The packer still goes to the cloud, which relays now.
    packer.add("iPhone 3").await;
    assert!(packer.round().await.relayed);
    owner.add("iPhone 4").await;
    assert!(!owner.round().await.relayed);
    assert_eq!(owner.client.carry().await.unwrap().brought, 1);
    owner.round().await;
    owner.client.carry().await.unwrap();
    packer.round().await;
    assert_eq!(owner.goods().await, packer.goods().await);
    assert_eq!(owner.goods().await.iter().filter(|r| r.contains("iPhone")).count(), 4);
    // Told where the hubs are, it comes to the market.
    let me = goes_by(packer.client.identity(), &market.url(), Some(&cloud.url()));
    packer.client = Client::new(packer.store.clone(), me).unwrap();
    packer.add("iPhone 5").await;
    assert!(!packer.round().await.relayed);
    owner.round().await;
    assert_eq!(owner.goods().await, packer.goods().await);
    // And back again.
    owner.client.hand_over().await.unwrap();
    assert_eq!(owner.client.identity().hub, cloud.url());
    assert!(packer.round().await.relayed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_owners_carry_and_a_hub_that_orders_is_given_no_other_order() {
    let (market, cloud) = (World::start().await, World::start().await);
    let mut owner = market.owner().await;
    let mut packer = market.join(&owner, "小李", Role::Packer, 0).await;
    owner.add("iPhone 1").await;
    owner.round().await;
    packer.round().await;
    second(&mut owner, &cloud).await;
    away(&mut packer, &cloud.url()).await;
    let me = packer.client.identity().clone();
    let line = stall_sync::Http::new(&cloud.url(), &me.second.unwrap().token).unwrap();
    let refused = |e: SyncError| matches!(e, SyncError::Hub(e) if e.code == HubCode::NotAllowed);
    assert!(refused(line.bytes("held").await.unwrap_err()));
    let ask = serde_json::json!({ "relay": false, "head": 1 });
    assert!(refused(line.tell("relay", &ask).await.unwrap_err()));
    let place = format!("place?lineage={}", "00".repeat(16));
    assert!(refused(line.octets::<serde_json::Value>(&place, Vec::new()).await.unwrap_err()));
    assert_eq!(packer.client.carry().await.unwrap(), stall_sync::Carried::default());
    // The owner cannot put another order into the hub that orders either.
    let me = owner.client.identity();
    let line = stall_sync::Http::new(&market.url(), &me.token).unwrap();
    let page = line.bytes("pull?after=0&whole=true").await.unwrap();
    let lineage = owner.store.sync_lineage().await.unwrap().unwrap();
    let e = line.octets::<serde_json::Value>(&format!("place?lineage={lineage}"), page.clone()).await.unwrap_err();
    assert!(refused(e));
    // Nor a page with a hole, or altered, into the relay.
    let line = stall_sync::Http::new(&cloud.url(), &me.second.clone().unwrap().token).unwrap();
    let mut altered = page.clone();
    let at = altered.len() - 60;
    altered[at] ^= 1;
    for (body, code) in [(altered, HubCode::BadEnvelope), (page[..page.len() - 1].to_vec(), HubCode::BadEnvelope)] {
        let e = line.octets::<serde_json::Value>(&format!("place?lineage={lineage}"), body).await.unwrap_err();
        assert!(matches!(&e, SyncError::Hub(e) if e.code == code), "{e}");
    }
}
