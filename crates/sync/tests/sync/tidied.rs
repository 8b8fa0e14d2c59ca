//! Files that no row names any more go from the hub, and none that a row names or may name again.

use std::sync::Arc;

use stall_core::{Id, Role, api::ByIds};
use stall_store::tables::{photos, units};
use stall_sync::Tidied;

use crate::world::{Laptop, World};

const DAY: i64 = 86_400_000;

impl Laptop {
    /// A day's last exchange.
    async fn day(&mut self, world: &World) -> Option<Tidied> {
        world.pass(DAY);
        self.both().await;
        let (files, media) = (self.client.files().await.unwrap(), Arc::clone(&self.media));
        // As the app does: beside everything else.
        tokio::spawn(async move { files.tidy(&media).await }).await.unwrap().unwrap()
    }

    async fn takes_off(&self, unit: Id) {
        let has = units::get(&self.store, unit).await.unwrap().photos;
        photos::delete(&self.store, &self.actor, &ByIds { ids: has.iter().map(|p| p.id).collect() }).await.unwrap();
        // What an undo would bring back is not needless.
        self.write("DELETE FROM undo_steps").await;
    }
}

async fn at_hub(world: &World, of: &Laptop) -> u64 {
    world.hub.storage().count(&of.client.identity().stall.0, stall_hub::storage::Kind::Blob).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_names_for_a_fortnight_goes_a_day_later() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "小李", Role::Photographer, 0).await;
    let (kept, gone) = (a.add("iPhone 15").await, a.add("小米 15").await);
    a.photograph(kept, 1, 300).await;
    a.photograph(gone, 2, 300).await;
    a.both().await;
    b.both().await;
    assert_eq!(at_hub(&world, &a).await, 6);
    a.takes_off(gone).await;
    for n in 1..14 {
        assert_eq!(a.day(&world).await, Some(Tidied { needless: 3, told: 0 }), "day {n}");
        assert_eq!(b.day(&world).await, None, "it is an owner's to say");
        world.pass(-DAY);
        // No oftener than once a day.
        let again = a.client.files().await.unwrap().tidy(&a.media).await.unwrap();
        assert_eq!(again, None);
    }
    world.hub.sweep().await.unwrap();
    assert_eq!(at_hub(&world, &a).await, 6);
    assert_eq!(a.day(&world).await, Some(Tidied { needless: 3, told: 3 }));
    world.hub.sweep().await.unwrap();
    assert_eq!(at_hub(&world, &a).await, 6, "it may be asked for yet");
    world.pass(DAY);
    assert_eq!(world.hub.sweep().await.unwrap(), 3);
    assert_eq!(at_hub(&world, &a).await, 3);
    assert_eq!(a.day(&world).await, Some(Tidied::default()));
    // Who was let in long ago comes for the first time: what welcomes it is no needless file.
    let mut c = world.join(&a, "阿强", Role::Owner, 0).await;
    for _ in 0..20 {
        a.day(&world).await;
        world.hub.sweep().await.unwrap();
    }
    c.both().await;
    assert_eq!(c.has().len(), 3);
    // The same picture again, by who still has its file.
    b.photograph(gone, 2, 300).await;
    b.both().await;
    a.both().await;
    c.both().await;
    assert_eq!((at_hub(&world, &a).await, c.has().len()), (6, 6));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_undo_brings_back_between_the_passes_is_still_there() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let unit = a.add("iPhone 15").await;
    a.photograph(unit, 1, 300).await;
    a.both().await;
    b.both().await;
    // Taken off by the other; this one's undo holds nothing of it.
    let has = units::get(&b.store, unit).await.unwrap().photos;
    photos::delete(&b.store, &b.actor, &ByIds { ids: has.iter().map(|p| p.id).collect() }).await.unwrap();
    b.both().await;
    assert_eq!(b.day(&world).await, Some(Tidied::default()), "who may undo it does not call it needless");
    a.write("DELETE FROM undo_steps").await;
    for _ in 0..14 {
        a.day(&world).await;
    }
    world.pass(DAY - 1);
    // The hub was told, and sweeps in a moment.
    b.store.undo(&b.actor).await.unwrap();
    b.both().await;
    world.pass(1);
    world.hub.sweep().await.unwrap();
    assert_eq!(at_hub(&world, &a).await, 3);
    assert_eq!(a.day(&world).await, Some(Tidied::default()));
    let mut c = world.join(&a, "小林", Role::Owner, 0).await;
    c.both().await;
    assert_eq!(c.has().len(), 3);
}

/// iroh-blobs #247: what was added and not yet named went.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_came_before_its_row_waits_for_it() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "小李", Role::Photographer, 0).await;
    let unit = a.add("iPhone 15").await;
    a.both().await;
    b.both().await;
    // The file goes, and the line is away before the row goes.
    b.photograph(unit, 1, 300).await;
    b.files(stall_sync::FileWish::All).await;
    assert_eq!(at_hub(&world, &a).await, 3);
    for _ in 0..13 {
        assert_eq!(a.day(&world).await, Some(Tidied { needless: 3, told: 0 }));
    }
    b.round().await;
    for _ in 0..16 {
        assert_eq!(a.day(&world).await, Some(Tidied::default()));
        world.hub.sweep().await.unwrap();
    }
    assert_eq!(a.has().len(), 3);
    // Away for longer still, and told needless: it asks again of all it has, and brings it anew.
    let late = b.photograph(unit, 2, 300).await;
    b.files(stall_sync::FileWish::All).await;
    for _ in 0..16 {
        a.day(&world).await;
        world.hub.sweep().await.unwrap();
    }
    assert_eq!(at_hub(&world, &a).await, 3, "the one of the second photograph is gone");
    b.both().await;
    a.both().await;
    assert!(a.holds(&late, stall_media::Size::Full));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_laptop_that_does_not_know_all_that_rows_say_calls_nothing_needless() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.photograph(unit, 1, 300).await;
    a.both().await;
    a.takes_off(unit).await;
    assert!(a.day(&world).await.is_some());
    let waits =
        "INSERT INTO sync_parked(seq,n,reason,tbl,row,change) VALUES(1,0,'unknown_table','films','x','\"touch\"')";
    a.write(waits).await;
    assert_eq!(a.day(&world).await, None);
    a.write("DELETE FROM sync_parked").await;
    assert!(a.day(&world).await.is_some());
}
