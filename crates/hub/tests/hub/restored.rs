//! A hub that went back in time, or was lost. Laptops notice, send again what they kept, and go on.

use stall_core::{Role, sync::Hex};
use stall_hub::storage;

use crate::{
    laptop::Laptop,
    world::{Kind, World, both, hex},
};

both! {
    a_start_as_any_other_keeps_the_lineage
    a_hub_whose_database_is_older_than_its_objects_has_a_new_lineage
    a_laptop_that_is_ahead_of_the_hub_gives_it_a_new_lineage
    after_a_new_lineage_what_is_sent_again_comes_in_and_nothing_wedges
    a_wiped_hub_is_filled_again_by_its_laptops
}

async fn lineage(laptop: &Laptop) -> [u8; 16] {
    let said = laptop.hello(None, 0).await.ok();
    said["lineage"].as_str().unwrap().parse::<Hex<16>>().unwrap().0
}

async fn a_start_as_any_other_keeps_the_lineage(mut world: World) {
    let mut owner = world.stall(1).await;
    let before = lineage(&owner).await;
    for _ in 0..3 {
        world.stop().await;
        world.again().await;
    }
    owner.address = world.address;
    assert_eq!(lineage(&owner).await, before);
}

async fn a_hub_whose_database_is_older_than_its_objects_has_a_new_lineage(mut world: World) {
    let mut owner = world.stall(1).await;
    let before = lineage(&owner).await;
    // As if the database were put back and the objects were not: they remember more beats.
    world.hub.blobs().set_mark(1_000).await.unwrap();
    world.stop().await;
    world.again().await;
    owner.address = world.address;
    let after = lineage(&owner).await;
    assert_ne!(after, before);
    world.stop().await;
    world.again().await;
    owner.address = world.address;
    assert_eq!(lineage(&owner).await, after, "once");
}

async fn a_laptop_that_is_ahead_of_the_hub_gives_it_a_new_lineage(world: World) {
    let mut owner = world.stall(1).await;
    owner.write(&[0], &[0]).await.ok();
    let before = lineage(&owner).await;
    let said = owner.hello(Some(before), 1).await.ok();
    assert_eq!(said["lineage"], hex(&before), "at the head it is not ahead");
    owner.hello(Some([1; 16]), 500).await.ok();
    assert_eq!(lineage(&owner).await, before, "the cursor is of another lineage");
    let said = owner.hello(Some(before), 2).await.ok();
    assert_ne!(said["lineage"], hex(&before));
    // Who still speaks of the old one is told.
    let old = hex(&before);
    for path in [format!("/v1/pull?after=0&lineage={old}"), format!("/v1/pull?after=1&lineage={old}")] {
        assert_eq!(owner.get(&path).await.code(), "lineage");
    }
    let push = format!("/v1/push?clock=0&lineage={old}");
    assert_eq!(owner.send(reqwest::Method::POST, &push, None, Vec::new()).await.code(), "lineage");
}

async fn after_a_new_lineage_what_is_sent_again_comes_in_and_nothing_wedges(world: World) {
    let mut owner = world.stall(1).await;
    let mut helper = owner.add(2, Role::Owner, world.time()).await;
    let kept: Vec<_> = (0..3).map(|_| owner.envelope(&[0], &[0])).collect();
    let theirs = [helper.envelope(&[0], &[0]), helper.envelope(&[4], &[0])];
    // The hub that was put back has one of each only.
    owner.push(&kept[..1]).await.ok();
    helper.push(&theirs[..1]).await.ok();
    world.storage().renew_lineages(99).await.unwrap();
    // The helper's laptop is gone: the owner brings its envelopes too, in any order with its own.
    owner.push(&kept).await.ok();
    owner.push(&theirs).await.ok();
    owner.write(&[5], &[0]).await.ok();
    assert_eq!(helper.pull("after=0").await.1, 6);
    assert_eq!(helper.hello(None, 0).await.ok()["expect_rseq"], 3);
    helper.write(&[6], &[0]).await.ok();
}

async fn a_wiped_hub_is_filled_again_by_its_laptops(mut world: World) {
    let mut owner = world.stall(1).await;
    let mut helper = owner.add(2, Role::Host, world.time()).await;
    let kept = [owner.envelope(&[0], &[0]), owner.envelope(&[1], &[0])];
    owner.push(&kept).await.ok();
    helper.write(&[2], &[0]).await.ok();
    let members = owner.get("/v1/members").await.ok();
    let before = lineage(&owner).await;
    world.stop().await;
    let mut fresh = World::start(world.kind).await.unwrap();
    for laptop in [&mut owner, &mut helper] {
        laptop.address = fresh.address;
        assert_eq!(laptop.get("/v1/pull?after=0").await.code(), "no_token");
    }
    // The operator gives a code, the owner founds the stall again and brings the certificates; the helper proves its key.
    let code = fresh.code("again").await;
    let answer = owner.post("/v1/stalls", Some(&code), &owner.make_stall()).await.ok();
    owner.token = answer["token"].as_str().unwrap().into();
    owner.post("/v1/members", None, &members).await.ok();
    helper.prove(fresh.time()).await;
    assert_ne!(lineage(&owner).await, before);
    assert_eq!(helper.write(&[3], &[0]).await.code(), "gap");
    owner.push(&kept).await.ok();
    assert_eq!(helper.pull("after=0").await.1, 2);
    fresh.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_put_back_has_a_new_lineage_and_takes_what_is_sent_again() {
    let mut world = World::start(Kind::SqliteFolder).await.unwrap();
    let mut owner = world.stall(1).await;
    let kept = [owner.envelope(&[0], &[0]), owner.envelope(&[0], &[0])];
    owner.push(&kept[..1]).await.ok();
    let before = lineage(&owner).await;
    // While it runs.
    let copy = world.dir.path().join("copy.db");
    storage::copy_sqlite(&world.dir.path().join("hub.db"), &copy).await.unwrap();
    owner.push(&kept[1..]).await.ok();
    world.stop().await;
    for end in ["", "-wal", "-shm"] {
        std::fs::remove_file(world.dir.path().join(format!("hub.db{end}"))).ok();
    }
    std::fs::rename(&copy, world.dir.path().join("hub.db")).unwrap();
    world.again().await;
    owner.address = world.address;
    let said = owner.hello(Some(before), 2).await.ok();
    assert_ne!(said["lineage"], hex(&before));
    assert_eq!((&said["head"], &said["expect_rseq"]), (&1.into(), &2.into()));
    owner.push(&kept).await.ok();
    assert_eq!(owner.pull("after=0").await.1, 2);
    let after = lineage(&owner).await;
    world.stop().await;
    world.again().await;
    owner.address = world.address;
    assert_eq!(lineage(&owner).await, after, "once");
}
