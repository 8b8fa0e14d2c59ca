//! The hub came back from a backup. Whatever any laptop still has comes to the hub again, and all agree.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use stall_core::{
    Fen, Ms, Role,
    api::{UnitEdit, UnitPatch},
};
use stall_hub::{Clock, Hub, Limits, blobs::Blobs, program::serve, storage};
use stall_store::tables::units;
use stall_sync::SyncError;
use tokio::net::TcpListener;

use crate::{
    line::Line,
    world::{Laptop, World},
};

/// A hub whose laptops find it again after it was put back: they go over a line.
pub struct Restored {
    pub world: World,
    line: Line,
}

impl Restored {
    pub async fn start() -> Self {
        let mut world = World::start().await;
        let line = Line::to(world.address).await;
        // Laptops are told the line's address.
        world.address = line.address;
        Self { world, line }
    }

    pub async fn backup(&self) {
        storage::copy_sqlite(&self.hub_file(), &self.copy()).await.unwrap();
    }

    fn hub_file(&self) -> std::path::PathBuf {
        self.world.dir.path().join("hub.db")
    }

    fn copy(&self) -> std::path::PathBuf {
        self.world.dir.path().join("backup.db")
    }

    /// Ends the hub and begins the one of the backup.
    pub async fn put_back(&mut self) {
        self.world.hub.stop();
        self.world.hub.storage().close().await;
        for end in ["", "-wal", "-shm"] {
            let file = self.world.dir.path().join(format!("hub.db{end}"));
            std::fs::remove_file(&file).ok();
        }
        std::fs::rename(self.copy(), self.hub_file()).unwrap();
        let read = Arc::clone(&self.world.now);
        let clock: Clock = Arc::new(move || read.load(Ordering::SeqCst));
        let storage = storage::open_sqlite(&self.hub_file()).await.unwrap();
        let blobs = Blobs::folder(&self.world.dir.path().join("objects")).unwrap();
        let limits = Limits { burst: 1e9, ..Limits::default() };
        self.world.hub = Hub::open(storage, blobs, limits, clock).await.unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.line.leads_to(tcp.local_addr().unwrap());
        tokio::spawn(serve::listen(tcp, self.world.hub.clone(), None, false));
    }
}

async fn price(of: &Laptop, id: stall_core::Id, fen: i64) {
    let patch = UnitPatch { price_list: Some(Some(Fen(fen))), ..UnitPatch::default() };
    units::edit(&of.store, &of.actor, &UnitEdit { ids: vec![id], patch }).await.unwrap();
}

fn kept(of: &Laptop) -> bool {
    Path::new(of.dir.path()).join("stall.before-restore.db").exists()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_after_the_backup_comes_to_the_hub_again() {
    let mut at = Restored::start().await;
    let mut owner = at.world.owner().await;
    let mut packer = at.world.join(&owner, "小李", Role::Packer, 0).await;
    let first = owner.add("iPhone 13").await;
    owner.round().await;
    packer.round().await;
    at.backup().await;

    let second = packer.add("iPhone 14").await;
    price(&owner, first, 280_000).await;
    owner.round().await;
    packer.round().await;
    owner.round().await;
    // Said while the hub was away.
    let third = owner.add("iPhone 15").await;
    let before = owner.goods().await;
    assert_eq!(before.iter().filter(|r| r.contains("iPhone")).count(), 3);

    at.put_back().await;
    // The owner brings what the packer said too: its laptop may never come back.
    owner.round().await;
    assert_eq!(owner.goods().await, before);
    assert!(kept(&owner));
    packer.round().await;
    assert_eq!(packer.goods().await, before);
    // And it goes on as ever.
    price(&packer, third, 410_000).await;
    packer.round().await;
    owner.round().await;
    assert_eq!(owner.goods().await, packer.goods().await);
    assert_ne!(owner.goods().await, before);
    for id in [first, second, third] {
        assert!(units::get(&packer.store, id).await.is_ok());
    }
    let cost: Option<i64> = owner.one("SELECT max(cost) FROM units").await;
    assert_eq!(cost, Some(31_415_926));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helper_that_comes_first_takes_nothing_from_the_owner() {
    let mut at = Restored::start().await;
    let mut owner = at.world.owner().await;
    let mut packer = at.world.join(&owner, "小李", Role::Packer, 0).await;
    owner.round().await;
    packer.round().await;
    at.backup().await;
    let lost = owner.add("iPhone 12").await;
    owner.round().await;
    packer.round().await;
    at.world.pass(1_000);
    price(&packer, lost, 190_000).await;
    packer.round().await;
    owner.round().await;
    let before = owner.goods().await;

    at.put_back().await;
    // The packer has no whole envelopes: it says its own price of a unit nobody has made yet in the new order.
    packer.round().await;
    owner.round().await;
    packer.round().await;
    assert_eq!(owner.goods().await, before);
    assert_eq!(packer.goods().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_came_after_the_backup_is_known_again_and_who_was_taken_out_stays_out() {
    let mut at = Restored::start().await;
    let mut owner = at.world.owner().await;
    let mut gone = at.world.join(&owner, "小王", Role::Packer, 0).await;
    owner.round().await;
    gone.round().await;
    at.backup().await;
    let theirs = gone.add("iPhone 11").await;
    gone.round().await;
    owner.round().await;
    stall_sync::revoke(owner.client.identity(), gone.client.identity().replica, Ms(0)).await.unwrap();
    let mut new = at.world.join(&owner, "小李", Role::Technician, 0).await;
    owner.add("iPhone 16").await;
    owner.round().await;
    new.round().await;

    at.put_back().await;
    assert!(matches!(new.client.round().await, Err(SyncError::Hub(_))), "not known to the backup");
    owner.round().await;
    new.round().await;
    assert_eq!(owner.goods().await, new.goods().await);
    assert!(units::get(&new.store, theirs).await.is_ok(), "said before it was taken out");
    let refused = gone.client.round().await;
    assert!(
        matches!(&refused, Err(SyncError::Hub(e)) if e.code == stall_core::sync::wire::HubCode::Revoked),
        "{refused:?}"
    );
    new.add("iPhone 8").await;
    new.round().await;
    owner.round().await;
    assert_eq!(owner.goods().await, new.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_anywhere_it_is_taken_up_again() {
    let mut at = Restored::start().await;
    let mut owner = at.world.owner().await;
    for n in 0..30 {
        owner.add(&format!("iPhone {n}")).await;
    }
    owner.round().await;
    at.backup().await;
    for n in 30..60 {
        owner.add(&format!("iPhone {n}")).await;
        owner.round().await;
    }
    let before = owner.goods().await;
    at.put_back().await;
    let mut cut = 0;
    for bytes in (0..).map(|n| 1_500 * (n + 1)) {
        at.line.breaks_after(bytes);
        let done = owner.client.round().await;
        at.line.mend();
        assert_eq!(owner.goods().await, before, "at no time is anything missing on the screens");
        if done.is_ok() {
            break;
        }
        assert!(matches!(done, Err(SyncError::Offline(_))), "{done:?}");
        cut += 1;
    }
    assert!(cut > 3, "it was cut off {cut} times");
    let mut second = at.world.join(&owner, "小李", Role::Owner, 0).await;
    second.round().await;
    assert_eq!(second.goods().await, before);
}
