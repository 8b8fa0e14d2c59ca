//! What laptops say of themselves: heard by their own stall only, forgotten soon, written nowhere.

use std::{path::Path, pin::Pin, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::Method;
use stall_core::{Role, sync::wire::PresenceSaid, sync::wire_trust::CertKind};

use crate::{
    laptop::{Answer, Laptop},
    postgres,
    world::{Kind, World, both, hex},
};

both! {
    what_is_said_is_heard_by_the_stall_and_by_nobody_else
    who_listens_later_hears_what_stands_and_not_what_is_too_old
    the_same_bytes_said_again_live_no_longer
    too_much_nothing_and_a_flood_are_refused
    who_was_removed_says_and_hears_nothing
}

async fn say(laptop: &Laptop, sealed: &[u8]) -> Answer {
    laptop.send(Method::POST, "/v1/presence", None, sealed.to_vec()).await
}

/// An open line.
struct Line {
    bytes: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    heard: String,
}

impl Line {
    async fn open(laptop: &Laptop) -> Self {
        let url = format!("http://{}/v1/presence", laptop.address);
        let answer = laptop.client.get(url).bearer_auth(&laptop.token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        Self { bytes: Box::pin(answer.bytes_stream()), heard: String::new() }
    }

    /// Who said what next; `None` when the line ends.
    async fn next(&mut self) -> Option<(String, Vec<u8>)> {
        let read = async {
            loop {
                if let Some((event, rest)) = self.heard.split_once("\n\n") {
                    let (event, rest) = (event.to_owned(), rest.to_owned());
                    self.heard = rest;
                    let Some(data) = event.lines().find_map(|l| l.strip_prefix("data:")) else { continue };
                    assert!(event.contains("event: presence"), "{event}");
                    let said: PresenceSaid = serde_json::from_str(data).unwrap();
                    return Some((said.replica.to_string(), said.sealed.0));
                }
                self.heard.push_str(&String::from_utf8_lossy(&self.bytes.next().await?.ok()?));
            }
        };
        tokio::time::timeout(Duration::from_secs(30), read).await.unwrap()
    }
}

fn by(laptop: &Laptop, sealed: &[u8]) -> Option<(String, Vec<u8>)> {
    Some((hex(&laptop.replica), sealed.to_vec()))
}

async fn what_is_said_is_heard_by_the_stall_and_by_nobody_else(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    let stranger = world.stall(9).await;
    let (mut at_owner, mut at_helper) = (Line::open(&owner).await, Line::open(&helper).await);
    let mut elsewhere = Line::open(&stranger).await;
    say(&owner, b"one").await.ok();
    say(&helper, b"two").await.ok();
    // Of its own words nobody hears.
    assert_eq!(at_helper.next().await, by(&owner, b"one"));
    assert_eq!(at_owner.next().await, by(&helper, b"two"));
    let third = stranger.add(3, Role::Host, world.time()).await;
    say(&third, b"three").await.ok();
    assert_eq!(elsewhere.next().await, by(&third, b"three"), "and nothing of the other stall before");
}

async fn who_listens_later_hears_what_stands_and_not_what_is_too_old(world: World) {
    let owner = world.stall(1).await;
    let (a, b) = (owner.add(2, Role::Host, world.time()).await, owner.add(3, Role::Host, world.time()).await);
    say(&a, b"old").await.ok();
    world.pass(world.limits.presence_ms - 1);
    assert_eq!(Line::open(&owner).await.next().await, by(&a, b"old"));
    say(&b, b"first").await.ok();
    say(&b, b"second").await.ok();
    world.pass(1);
    let mut line = Line::open(&owner).await;
    assert_eq!(line.next().await, by(&b, b"second"), "the last word of each, and a's is forgotten");
    say(&a, b"new").await.ok();
    assert_eq!(line.next().await, by(&a, b"new"));
}

async fn the_same_bytes_said_again_live_no_longer(world: World) {
    let owner = world.stall(1).await;
    let (a, b) = (owner.add(2, Role::Host, world.time()).await, owner.add(3, Role::Host, world.time()).await);
    say(&a, b"once").await.ok();
    world.pass(world.limits.presence_ms - 1);
    say(&a, b"once").await.ok();
    world.pass(1);
    say(&b, b"other").await.ok();
    assert_eq!(Line::open(&owner).await.next().await, by(&b, b"other"));
}

async fn too_much_nothing_and_a_flood_are_refused(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    let most = world.limits.presence_bytes as usize;
    assert_eq!(say(&owner, &vec![1; most + 1]).await.code(), "too_large");
    assert_eq!(say(&owner, b"").await.code(), "bad_input");
    say(&owner, &vec![1; most]).await.ok();
    let mut said = 0;
    let refused = loop {
        let answer = say(&owner, format!("{said}").as_bytes()).await;
        if answer.status >= 400 {
            break answer;
        }
        said += 1;
    };
    assert_eq!(refused.code(), "slow");
    assert!(said < world.limits.presence_burst as i32, "{said}");
    assert!(!refused.arg("after_ms").is_empty());
    // The others may speak, and it may when time has passed.
    say(&helper, b"mine").await.ok();
    world.pass(1000);
    say(&owner, b"again").await.ok();
}

async fn who_was_removed_says_and_hears_nothing(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    let mut line = Line::open(&helper).await;
    say(&owner, b"one").await.ok();
    assert_eq!(line.next().await, by(&owner, b"one"));
    owner.post("/v1/members", None, &owner.certificate(&helper, Role::Host, CertKind::Revoke)).await.ok();
    assert_eq!(say(&helper, b"two").await.code(), "revoked");
    assert_eq!(helper.get("/v1/presence").await.code(), "revoked");
    say(&owner, b"three").await.ok();
    assert_eq!(line.next().await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_written_to_no_file_and_gone_after_a_restart() {
    let mut world = World::start(Kind::SqliteFolder).await.unwrap();
    let mut owner = world.stall(1).await;
    let mut helper = owner.add(2, Role::Host, world.time()).await;
    let planted = b"planted word of a presence";
    say(&owner, planted).await.ok();
    // What is kept is found by the same look.
    helper.write(&[0], &[0]).await.ok();
    world.stop().await;
    assert!(contains(world.dir.path(), &helper.replica));
    for needle in [planted.to_vec(), hex(planted).into_bytes()] {
        assert!(!contains(world.dir.path(), &needle));
    }
    world.again().await;
    (owner.address, helper.address) = (world.address, world.address);
    let third = owner.add(3, Role::Host, world.time()).await;
    say(&third, b"after").await.ok();
    assert_eq!(Line::open(&helper).await.next().await, by(&third, b"after"));
}

fn contains(dir: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return contains(&path, needle);
        }
        std::fs::read(path).unwrap().windows(needle.len()).any(|w| w == needle)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_at_one_process_is_heard_at_another() {
    let Some(world) = World::start(Kind::PostgresS3).await else { return postgres::left_out() };
    let owner = world.stall(1).await;
    let (hub, address) = world.another().await;
    let mut far = owner.add(2, Role::Host, world.time()).await;
    far.address = address;
    let (mut here, mut there) = (Line::open(&owner).await, Line::open(&far).await);
    say(&owner, &[0, 1, 254, 255]).await.ok();
    assert_eq!(there.next().await, by(&owner, &[0, 1, 254, 255]));
    say(&far, b"back").await.ok();
    assert_eq!(here.next().await, by(&far, b"back"));
    hub.stop();
}
