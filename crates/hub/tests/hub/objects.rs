//! Photographs and snapshots.

use reqwest::Method;
use serde_json::json;
use stall_core::Role;
use stall_hub::storage::Kind;

use crate::{
    laptop::{Answer, Laptop},
    world::{World, both, hex},
};

both! {
    a_photograph_goes_up_in_pieces_goes_on_where_it_stopped_and_comes_down_by_range
    bytes_other_than_announced_are_refused_and_forgotten
    two_laptops_with_one_photograph_do_not_mix_their_pieces
    a_stall_keeps_no_more_than_its_quota
    needless_photographs_go_a_day_later_unless_somebody_asks
    a_photograph_that_is_sent_again_between_the_two_passes_stays
    an_owner_is_told_which_photographs_are_here
    an_upload_nobody_goes_on_with_is_given_up
    a_snapshot_is_offered_when_every_part_of_a_role_is_whole
    a_truncated_snapshot_is_never_offered
    old_snapshots_give_way_to_the_two_newest
}

const PIECE: usize = 1 << 20;

fn photo(n: u8, size: usize) -> Vec<u8> {
    (0..size).map(|i| (i % 251) as u8 ^ n).collect()
}

async fn piece(laptop: &Laptop, name: &str, all: &[u8], from: usize, to: usize) -> Answer {
    let hash = hex(blake3::hash(all).as_bytes());
    let path = format!("/v1/blobs/{name}?offset={from}&size={}&hash={hash}", all.len());
    laptop.put(&path, &all[from..to]).await
}

async fn missing(laptop: &Laptop, names: &[&str]) -> String {
    let answer = laptop.post("/v1/blobs/missing", None, &json!({ "names": names })).await;
    answer.ok()["missing"].as_str().unwrap().to_owned()
}

async fn a_photograph_goes_up_in_pieces_goes_on_where_it_stopped_and_comes_down_by_range(mut world: World) {
    let mut owner = world.stall(1).await;
    let (name, other, all) = (hex(&[1; 32]), hex(&[2; 32]), photo(1, 2 * PIECE + 100));
    assert_eq!(missing(&owner, &[&name, &other]).await, "03");
    assert_eq!(owner.send(Method::HEAD, &format!("/v1/blobs/{name}"), None, Vec::new()).await.status, 404);
    let said = piece(&owner, &name, &all, 0, PIECE).await.ok();
    assert_eq!((said["received"].as_i64(), &said["whole"]), (Some(PIECE as i64), &json!(false)));
    // The hub goes down in between; the laptop forgot how far it was.
    world.stop().await;
    world.again().await;
    owner.address = world.address;
    let head = owner.send(Method::HEAD, &format!("/v1/blobs/{name}"), None, Vec::new()).await;
    assert_eq!((head.status, head.headers["x-received"].to_str().unwrap()), (202, PIECE.to_string().as_str()));
    let wrong = piece(&owner, &name, &all, 0, PIECE).await;
    assert_eq!((wrong.code().as_str(), wrong.arg("received")), ("bad_input", PIECE.to_string()));
    assert_eq!(owner.get(&format!("/v1/blobs/{name}")).await.code(), "not_found", "half a picture is none");
    piece(&owner, &name, &all, PIECE, 2 * PIECE).await.ok();
    assert_eq!(piece(&owner, &name, &all, 2 * PIECE, all.len()).await.ok()["whole"], true);
    assert_eq!(piece(&owner, &name, &all, 0, PIECE).await.ok()["whole"], true, "sent again it is simply here");
    assert_eq!(missing(&owner, &[&name, &other]).await, "02");
    let whole = owner.get(&format!("/v1/blobs/{name}")).await;
    assert!(whole.bytes == all);
    let part = range(&owner, &name, "bytes=1048570-1048585").await;
    assert_eq!(part.status, 206);
    assert_eq!(part.headers["content-range"], format!("bytes 1048570-1048585/{}", all.len()));
    assert!(part.bytes == all[1_048_570..1_048_586]);
    assert!(range(&owner, &name, "bytes=-7").await.bytes == all[all.len() - 7..]);
    assert_eq!(range(&owner, &name, "bytes=99999999-").await.status, 416);
    for bad in ["00", "../etc/passwd", &"g".repeat(64), &name.to_uppercase().replace('0', "A")] {
        let bad = bad.replace('/', "%2F");
        assert_eq!(owner.get(&format!("/v1/blobs/{bad}")).await.code(), "bad_input", "{bad}");
    }
}

async fn range(laptop: &Laptop, name: &str, range: &str) -> Answer {
    let url = format!("http://{}/v1/blobs/{name}", laptop.address);
    let answer = laptop.client.get(url).bearer_auth(&laptop.token).header("range", range).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
}

async fn bytes_other_than_announced_are_refused_and_forgotten(world: World) {
    let owner = world.stall(1).await;
    let (name, all) = (hex(&[1; 32]), photo(1, PIECE + 5));
    piece(&owner, &name, &all, 0, PIECE).await.ok();
    let hash = hex(blake3::hash(&all).as_bytes());
    let path = format!("/v1/blobs/{name}?offset={PIECE}&size={}&hash={hash}", all.len());
    let answer = owner.put(&path, b"other").await;
    assert_eq!((answer.code().as_str(), answer.arg("field").as_str()), ("bad_input", "hash"));
    assert_eq!(owner.send(Method::HEAD, &format!("/v1/blobs/{name}"), None, Vec::new()).await.status, 404);
    assert_eq!(world.storage().stalls().await.unwrap()[0].used, 0);
    piece(&owner, &name, &all, 0, PIECE).await.ok();
    assert_eq!(piece(&owner, &name, &all, PIECE, PIECE + 5).await.ok()["whole"], true);
    // More than announced, nothing, and impossible offsets.
    let other = hex(&[2; 32]);
    for (query, body) in [("size=2", &b"abc"[..]), ("size=2", b""), ("size=0", b"a"), ("size=2&offset=-1", b"a")] {
        let answer = owner.put(&format!("/v1/blobs/{other}?{query}&hash={hash}"), body).await;
        assert_eq!(answer.code(), "bad_input", "{query}");
    }
}

async fn two_laptops_with_one_photograph_do_not_mix_their_pieces(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Photographer, world.time()).await;
    let name = hex(&[1; 32]);
    // Sealed with other nonces: other bytes, another length even.
    let (one, two) = (photo(1, PIECE + 5), photo(2, PIECE + 9));
    piece(&owner, &name, &one, 0, PIECE).await.ok();
    assert_eq!(piece(&helper, &name, &two, 0, PIECE).await.code(), "busy");
    // The first never comes back: ten minutes later the second takes over.
    world.pass(10 * 60_000);
    piece(&helper, &name, &two, 0, PIECE).await.ok();
    assert_eq!(piece(&owner, &name, &one, PIECE, one.len()).await.code(), "busy");
    assert_eq!(piece(&helper, &name, &two, PIECE, two.len()).await.ok()["whole"], true);
    assert_eq!(piece(&owner, &name, &one, 0, PIECE).await.code(), "exists");
    assert!(owner.get(&format!("/v1/blobs/{name}")).await.bytes == two);
}

async fn a_stall_keeps_no_more_than_its_quota(world: World) {
    let mut owner = world.stall(1).await;
    world.storage().set_quota(&owner.stall, 3000).await.unwrap();
    let all = photo(1, 2000);
    piece(&owner, &hex(&[1; 32]), &all, 0, 2000).await.ok();
    let answer = piece(&owner, &hex(&[2; 32]), &all, 0, 2000).await;
    assert_eq!((answer.code().as_str(), answer.status), ("quota", 507));
    assert_eq!((answer.arg("quota").as_str(), answer.arg("used").as_str()), ("3000", "2000"));
    let envelopes: Vec<_> = (0..6).map(|_| owner.envelope(&[0], &[0])).collect();
    assert_eq!(owner.push(&envelopes).await.code(), "quota");
    world.storage().set_quota(&owner.stall, 9000).await.unwrap();
    owner.push(&envelopes).await.ok();
}

const DAY: i64 = 24 * 3600 * 1000;

async fn needless_photographs_go_a_day_later_unless_somebody_asks(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Photographer, world.time()).await;
    let names: Vec<String> = (1..4).map(|n| hex(&[n; 32])).collect();
    for (n, name) in (1..).zip(&names) {
        piece(&owner, name, &photo(n, 1000), 0, 1000).await.ok();
    }
    let needless = json!({ "names": names[..2] });
    assert_eq!(helper.post("/v1/blobs/needless", None, &needless).await.code(), "not_allowed");
    assert_eq!(owner.post("/v1/blobs/needless", None, &needless).await.ok()["marked"], 2);
    world.pass(DAY - 1);
    assert_eq!(world.hub.sweep().await.unwrap(), 0);
    // Marked again it is not marked later; asked for it stays.
    assert_eq!(owner.post("/v1/blobs/needless", None, &needless).await.ok()["marked"], 0);
    assert_eq!(missing(&helper, &[&names[1]]).await, "00");
    world.pass(1);
    assert_eq!(world.hub.sweep().await.unwrap(), 1);
    assert_eq!(missing(&helper, &[&names[0], &names[1], &names[2]]).await, "01");
    assert_eq!(world.hub.blobs().list(&owner.stall).await.unwrap().len(), 2);
    assert_eq!(world.storage().stalls().await.unwrap()[0].used, 2000);
    // It may come again.
    piece(&helper, &names[0], &photo(9, 1000), 0, 1000).await.ok();
}

/// iroh-blobs #247: what was added between the two passes went with the second.
async fn a_photograph_that_is_sent_again_between_the_two_passes_stays(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Photographer, world.time()).await;
    let (name, all) = (hex(&[1; 32]), photo(1, 1000));
    piece(&owner, &name, &all, 0, 1000).await.ok();
    let needless = json!({ "names": [name] });
    assert_eq!(owner.post("/v1/blobs/needless", None, &needless).await.ok()["marked"], 1);
    world.pass(DAY - 1);
    // A laptop that photographs the same again, and does not ask first whether it is here.
    assert_eq!(piece(&helper, &name, &all, 0, 1000).await.ok()["whole"], true);
    world.pass(DAY);
    assert_eq!(world.hub.sweep().await.unwrap(), 0);
    assert!(owner.get(&format!("/v1/blobs/{name}")).await.bytes == all);
    // Marked again it goes, and may come again whole.
    assert_eq!(owner.post("/v1/blobs/needless", None, &needless).await.ok()["marked"], 1);
    world.pass(DAY);
    assert_eq!(world.hub.sweep().await.unwrap(), 1);
    assert_eq!(owner.get(&format!("/v1/blobs/{name}")).await.code(), "not_found");
    assert_eq!(piece(&helper, &name, &all, 0, 1000).await.ok()["whole"], true);
}

async fn an_owner_is_told_which_photographs_are_here(world: World) {
    let owner = world.stall(1).await;
    let helper = owner.add(2, Role::Photographer, world.time()).await;
    let other = world.stall(3).await;
    for n in [3, 1, 2] {
        piece(&owner, &hex(&[n; 32]), &photo(n, 1000), 0, 1000).await.ok();
    }
    // Not whole yet, and another stall's.
    piece(&owner, &hex(&[4; 32]), &photo(4, 2 * PIECE), 0, PIECE).await.ok();
    piece(&other, &hex(&[5; 32]), &photo(5, 1000), 0, 1000).await.ok();
    // What welcomes a laptop is no file.
    piece(&owner, &hex(&[6; 32]), &photo(6, 32), 0, 32).await.ok();
    assert_eq!(owner.get("/v1/blobs").await.ok()["count"], 3);
    let named = |after: u8| format!("/v1/blobs/names?after={}", hex(&[after; 32]));
    assert_eq!(owner.get("/v1/blobs/names").await.bytes, [[1; 32], [2; 32], [3; 32]].concat());
    assert_eq!(owner.get(&named(2)).await.bytes, [3; 32]);
    assert!(owner.get(&named(3)).await.bytes.is_empty());
    for path in ["/v1/blobs", "/v1/blobs/names"] {
        assert_eq!(helper.get(path).await.code(), "not_allowed");
    }
}

async fn an_upload_nobody_goes_on_with_is_given_up(world: World) {
    let owner = world.stall(1).await;
    let (name, all) = (hex(&[1; 32]), photo(1, 2 * PIECE));
    piece(&owner, &name, &all, 0, PIECE).await.ok();
    world.pass(7 * DAY);
    assert_eq!(world.hub.sweep().await.unwrap(), 1);
    assert_eq!(world.storage().stalls().await.unwrap()[0].used, 0);
    assert!(world.hub.blobs().list(&owner.stall).await.unwrap().is_empty());
}

async fn snapshot(laptop: &Laptop, seq: i64, scope: u8) -> Answer {
    let all = photo(scope, 500);
    let hash = hex(blake3::hash(&all).as_bytes());
    laptop.put(&format!("/v1/snapshots/{seq}/{scope}?size=500&hash={hash}&epoch=3"), &all).await
}

async fn a_snapshot_is_offered_when_every_part_of_a_role_is_whole(world: World) {
    let mut owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    owner.write(&[0; 9], &[0]).await.ok();
    assert_eq!(snapshot(&owner, 10, 0).await.code(), "bad_input", "beyond the head");
    assert_eq!(snapshot(&helper, 9, 0).await.code(), "not_allowed");
    snapshot(&owner, 9, 0).await.ok();
    assert!(owner.hello(None, 0).await.ok()["snapshot"].is_null());
    let offered = helper.hello(None, 0).await.ok();
    assert_eq!(offered["snapshot"]["seq"], 9);
    assert_eq!(offered["snapshot"]["parts"][0]["key_epoch"], 3);
    assert_eq!(offered["snapshot"]["parts"][0]["bytes"], 500);
    for scope in 1..4 {
        snapshot(&owner, 9, scope).await.ok();
    }
    assert_eq!(owner.hello(None, 0).await.ok()["snapshot"]["parts"].as_array().unwrap().len(), 4);
    assert_eq!(helper.hello(None, 0).await.ok()["snapshot"]["parts"].as_array().unwrap().len(), 1);
    assert!(helper.get("/v1/snapshots/9/0").await.bytes == photo(0, 500));
    assert_eq!(helper.get("/v1/snapshots/9/2").await.code(), "not_allowed");
    assert_eq!(owner.get("/v1/snapshots/9/9").await.code(), "bad_input");
}

async fn a_truncated_snapshot_is_never_offered(world: World) {
    let mut owner = world.stall(1).await;
    let helper = owner.add(2, Role::Host, world.time()).await;
    owner.write(&[0], &[0]).await.ok();
    let all = photo(0, 500);
    let hash = hex(blake3::hash(&all).as_bytes());
    owner.put(&format!("/v1/snapshots/1/0?size=500&hash={hash}"), &all[..400]).await.ok();
    assert!(helper.hello(None, 0).await.ok()["snapshot"].is_null());
    assert_eq!(helper.get("/v1/snapshots/1/0").await.code(), "not_found");
    let head = owner.send(Method::HEAD, "/v1/snapshots/1/0", None, Vec::new()).await;
    assert_eq!((head.status, head.headers["x-received"].to_str().unwrap()), (202, "400"));
    // The end of it that is not the end of it.
    let answer = owner.put(&format!("/v1/snapshots/1/0?offset=400&size=500&hash={hash}"), &[0; 100]).await;
    assert_eq!(answer.arg("field"), "hash");
    assert!(helper.hello(None, 0).await.ok()["snapshot"].is_null());
}

async fn old_snapshots_give_way_to_the_two_newest(world: World) {
    let mut owner = world.stall(1).await;
    owner.write(&[0; 9], &[0]).await.ok();
    for seq in [2, 4, 6] {
        for scope in 0..4 {
            snapshot(&owner, seq, scope).await.ok();
        }
    }
    assert_eq!(world.hub.sweep().await.unwrap(), 0);
    world.pass(DAY);
    assert_eq!(world.hub.sweep().await.unwrap(), 4);
    assert_eq!(world.storage().objects(&owner.stall, Kind::Snapshot).await.unwrap().len(), 8);
    assert_eq!(owner.hello(None, 0).await.ok()["snapshot"]["seq"], 6);
}
