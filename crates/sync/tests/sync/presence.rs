//! What laptops say of themselves, over a hub that may keep, repeat and swap it.

use stall_core::{
    Id, Ms, Role,
    api::{RecordKind, RecordRef},
    sync::wire::{HubCode, PresenceSaid},
};
use stall_seal::{SealError, presence::Opened};
use stall_sync::{Hearing, Presence, SyncError};

use crate::world::{Laptop, START, World};

async fn begin(laptop: &Laptop, now: i64) -> (Presence, Hearing) {
    Presence::begin(laptop.client.identity(), Ms(now)).await.unwrap()
}

fn opened(who: &str) -> Vec<Opened> {
    let at = RecordRef { kind: RecordKind::Unit, id: Id::v7(Ms(START), [3; 10]) };
    vec![Opened { at, editing: true, who: who.into() }]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_hub_repeats_or_kept_back_shows_nothing() {
    let world = World::start().await;
    let a = world.owner().await;
    let b = world.join(&a, "小李的电脑", Role::Owner, 0).await;
    let (mut says, _) = begin(&a, START).await;
    let (mut hears, mut line) = begin(&b, START).await;
    says.say(opened("周敏"), None, Ms(START)).await.unwrap();
    let first = line.next().await.unwrap();
    let read = hears.read(&first, Ms(START)).await.unwrap().unwrap();
    assert_eq!((read.laptop.as_str(), read.open), ("周敏的电脑", opened("周敏")));
    assert_eq!(hears.read(&first, Ms(START + 1)).await.unwrap(), None, "repeated");
    says.say(Vec::new(), None, Ms(START + 2)).await.unwrap();
    let closed = line.next().await.unwrap();
    assert_eq!(hears.read(&closed, Ms(START + 2)).await.unwrap().unwrap().open, []);
    assert_eq!(hears.read(&first, Ms(START + 3)).await.unwrap(), None, "older than what was said since");
    // One who begins to listen later knows nothing of the order, but of the time.
    let (mut later, _) = begin(&b, START).await;
    assert_eq!(later.read(&first, Ms(START + 60_001)).await.unwrap(), None);
    assert_eq!(later.read(&first, Ms(START - 60_001)).await.unwrap(), None);
    assert!(later.read(&first, Ms(START + 60_000)).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_makes_nobody_deaf() {
    let world = World::start().await;
    let a = world.owner().await;
    let b = world.join(&a, "小李的电脑", Role::Owner, 0).await;
    let (mut says, _) = begin(&a, START).await;
    let (mut hears, mut line) = begin(&b, START).await;
    for at in [START + 30_000, START] {
        says.say(opened("周敏"), None, Ms(at)).await.unwrap();
        let said = line.next().await.unwrap();
        assert!(hears.read(&said, Ms(START)).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helper_cannot_speak_as_another() {
    let world = World::start().await;
    let a = world.owner().await;
    let (mut hears, mut line) = begin(&a, START).await;
    // It joined after the owner began to listen.
    let helper = world.join(&a, "打包台", Role::Packer, 0).await;
    let (mut says, _) = begin(&helper, START).await;
    says.say(opened("周敏"), None, Ms(START)).await.unwrap();
    let said = line.next().await.unwrap();
    // Members are not asked for again with every word.
    let unknown = hears.read(&said, Ms(START + 1)).await.unwrap_err();
    assert!(matches!(unknown, SyncError::Seal(SealError::NoKey)), "{unknown:?}");
    let read = hears.read(&said, Ms(START + 2_000)).await.unwrap().unwrap();
    assert_eq!((read.laptop.as_str(), read.open), ("打包台", opened("打包台")));
    // A hub that gives it out as the owner's.
    let as_owner = PresenceSaid { replica: a.client.identity().replica, sealed: said.sealed };
    let refused = hears.read(&as_owner, Ms(START + 2_000)).await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(SealError::NotGenuine)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_taken_out_says_nothing_more() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.round().await;
    let helper = world.join(&a, "打包台", Role::Packer, 0).await;
    let (mut says, _) = begin(&helper, START).await;
    stall_sync::revoke(a.client.identity(), helper.client.identity().replica, Ms(START)).await.unwrap();
    let refused = says.say(opened("打包台"), None, Ms(START)).await.unwrap_err();
    assert!(matches!(&refused, SyncError::Hub(e) if e.code == HubCode::Revoked), "{refused:?}");
}
