//! Push and pull: one order, nothing twice, nothing lost.

use std::time::Duration;

use futures_util::StreamExt;
use stall_core::Role;

use crate::{
    laptop::Laptop,
    world::{START, World, both, hex},
};

both! {
    groups_get_one_order_and_come_back_to_the_others_in_it
    a_push_whose_answer_was_lost_is_acknowledged_again_and_kept_once
    a_gap_is_refused_with_the_rseq_that_is_expected
    other_bytes_for_a_known_rseq_are_a_fork
    an_envelope_that_does_not_name_the_one_before_is_refused
    stamps_are_held_to_now_and_to_what_the_author_had_seen
    a_laptop_gets_the_parts_of_its_scopes_and_its_own_headers_only
    pages_end_where_the_budget_does_and_come_to_the_end
    who_waits_hears_of_a_new_head_at_once
    hello_says_where_both_stand
}

async fn groups_get_one_order_and_come_back_to_the_others_in_it(world: World) {
    let mut owner = world.stall(1).await;
    let mut helper = owner.add(2, Role::Photographer, world.time()).await;
    let first = owner.envelope(&[0, 0, 0], &[0, 2]);
    let answer = owner.push(std::slice::from_ref(&first)).await.ok();
    assert_eq!((answer["acked_to"].as_i64(), answer["head"].as_i64()), (Some(3), Some(3)));
    let second = helper.envelope(&[3], &[0]);
    assert_eq!(helper.push(std::slice::from_ref(&second)).await.ok()["head"], 4);
    let (pulled, head) = owner.pull("after=0").await;
    assert_eq!(head, 4);
    assert_eq!(pulled.iter().map(|p| (p.seq0, p.effs.len(), p.own)).collect::<Vec<_>>(), [(1, 3, true), (4, 1, false)]);
    assert_eq!(pulled[1].header, second.header);
    assert_eq!(pulled[1].parts, [(0, second.parts[0].clone())]);
    // After a cursor only what is behind it; at the head nothing.
    assert_eq!(owner.pull("after=3").await.0.len(), 1);
    assert_eq!(owner.pull("after=4").await.0.len(), 0);
}

async fn a_push_whose_answer_was_lost_is_acknowledged_again_and_kept_once(world: World) {
    let mut owner = world.stall(1).await;
    let sent = [owner.envelope(&[0], &[0]), owner.envelope(&[0, 0], &[0])];
    for _ in 0..3 {
        assert_eq!(owner.push(&sent).await.ok()["acked_to"], 3);
    }
    // Also when the repeated ones come along with a new one, and twice in one push.
    let third = owner.envelope(&[3], &[0]);
    let again = [sent[1].clone(), third.clone(), third];
    assert_eq!(owner.push(&again).await.ok()["acked_to"], 4);
    let helper = owner.add(2, Role::Host, world.time()).await;
    assert_eq!(helper.pull("after=0").await.0.len(), 3);
}

async fn a_gap_is_refused_with_the_rseq_that_is_expected(world: World) {
    let mut owner = world.stall(1).await;
    let first = owner.envelope(&[0, 0], &[0]);
    let second = owner.envelope(&[0], &[0]);
    let answer = owner.push(std::slice::from_ref(&second)).await;
    assert_eq!((answer.code().as_str(), answer.arg("expect").as_str()), ("gap", "1"));
    assert_eq!(answer.status, 409);
    owner.push(&[first, second]).await.ok();
}

async fn other_bytes_for_a_known_rseq_are_a_fork(world: World) {
    let mut owner = world.stall(1).await;
    // The disk was cloned: two machines go on under one name.
    let mut clone = Laptop::founder(world.address, 1);
    clone.token.clone_from(&owner.token);
    owner.push(&[owner.peek(&[0], &[0])]).await.ok();
    owner.envelope(&[0], &[0]);
    clone.hlc += 77;
    let answer = clone.push(&[clone.peek(&[0], &[0])]).await;
    assert_eq!(answer.code(), "fork");
    // Cut anew over the same groups it is a fork too: what is not acknowledged is sent as it was.
    let answer = clone.push(&[clone.peek(&[0, 0], &[0])]).await;
    assert_eq!(answer.code(), "fork");
    owner.push(&[owner.peek(&[1], &[0])]).await.ok();
}

async fn an_envelope_that_does_not_name_the_one_before_is_refused(world: World) {
    let mut owner = world.stall(1).await;
    owner.push(&[owner.peek(&[0], &[0])]).await.ok();
    owner.envelope(&[0], &[0]);
    owner.prev = [8; 32];
    let answer = owner.push(&[owner.peek(&[0], &[0])]).await;
    assert_eq!((answer.code().as_str(), answer.arg("why").as_str()), ("bad_envelope", "chain"));
}

async fn stamps_are_held_to_now_and_to_what_the_author_had_seen(world: World) {
    let mut owner = world.stall(1).await;
    let mut helper = owner.add(2, Role::Host, world.time()).await;
    // A clock a year ahead: corrected by the difference, and never beyond now.
    let year = 365 * 24 * 3600 * 1000_i64;
    owner.hlc = (START + year) << 16;
    owner.push_at(&[owner.peek(&[0, 0], &[0])], START + year).await.ok();
    owner.envelope(&[0, 0], &[0]);
    // A clock ten years behind that says it is right: later than what it had seen all the same.
    helper.hlc = (START - 10 * year) << 16;
    let seen = helper.envelope(&[1, 2, 0, 2], &[0]);
    helper.push_at(&[seen], START).await.ok();
    let (pulled, _) = owner.pull("after=0").await;
    let effs: Vec<i64> = pulled.iter().flat_map(|p| p.effs.iter().map(|e| e.0)).collect();
    assert!(effs[0] <= START << 16 && effs[1] <= (START << 16) + 1, "{effs:?}");
    assert!(effs[1] > effs[0] && effs[2] == effs[0] + 1, "the author had seen the first only: {effs:?}");
    assert!(effs[3] > effs[1] && effs[4] > effs[3] && effs[5] > effs[4], "{effs:?}");
    // A base beyond the head, of another hub: counts as all there is.
    let far = helper.envelope(&[1_000_000], &[0]);
    helper.push_at(&[far], START).await.ok();
    let (pulled, _) = owner.pull("after=6").await;
    assert!(pulled[0].effs[0].0 > effs[5]);
    // Nonsense is no reason to refuse.
    helper.hlc = i64::MAX - 1;
    let last = helper.envelope(&[0], &[0]);
    helper.push_at(&[last], i64::MIN).await.ok();
    assert_eq!(owner.pull("after=7").await.0.len(), 1);
}

async fn a_laptop_gets_the_parts_of_its_scopes_and_its_own_headers_only(world: World) {
    let mut owner = world.stall(1).await;
    let packer = owner.add(2, Role::Packer, world.time()).await;
    let second = owner.add(3, Role::Owner, world.time()).await;
    // 40: a scope of a newer program.
    let sent = owner.envelope(&[0], &[0, 1, 2, 3, 40]);
    owner.push(std::slice::from_ref(&sent)).await.ok();
    let scopes = |pulled: &[stall_seal::frame::Pulled]| -> Vec<u8> {
        pulled[0].parts.iter().map(|(at, _)| pulled[0].header.parts[*at].scope).collect()
    };
    assert_eq!(scopes(&packer.pull("after=0").await.0), [0, 1]);
    assert_eq!(scopes(&packer.pull("after=0&scopes=0,1,2,3").await.0), [0, 1], "a role gets no part it cannot open");
    assert_eq!(scopes(&second.pull("after=0").await.0), [0, 1, 2, 3]);
    assert_eq!(scopes(&second.pull("after=0&scopes=2,40").await.0), [2, 40]);
    assert_eq!(scopes(&second.pull("after=0&scopes=").await.0), [0_u8; 0]);
    assert!(owner.pull("after=0").await.0[0].parts.is_empty());
    let other = owner.get(&format!("/v1/pull?after=0&replica={}", hex(&packer.replica))).await;
    assert_eq!(other.code(), "not_allowed");
}

async fn pages_end_where_the_budget_does_and_come_to_the_end(world: World) {
    let mut owner = world.stall(1).await;
    let other = owner.add(2, Role::Owner, world.time()).await;
    for round in 0..4 {
        let sent: Vec<_> = (0..300).map(|_| owner.envelope(&[round * 300], &[0, 2])).collect();
        owner.push(&sent).await.ok();
    }
    let (mut after, mut pages, mut got) = (0, 0, Vec::new());
    loop {
        let answer = other.get(&format!("/v1/pull?after={after}")).await;
        assert!(answer.bytes.len() <= 512 << 10, "{}", answer.bytes.len());
        let (page, end) = stall_seal::frame::page(&answer.bytes).unwrap();
        if page.is_empty() {
            assert_eq!((end.head, after), (1200, 1200));
            break;
        }
        after = page.last().map(|p| p.seq0 + p.effs.len() as i64 - 1).unwrap();
        got.extend(page.iter().map(|p| p.seq0));
        pages += 1;
    }
    assert_eq!(got, (1..=1200).collect::<Vec<i64>>());
    assert!(pages > 1, "{pages}");
}

async fn who_waits_hears_of_a_new_head_at_once(world: World) {
    let owner = world.stall(1).await;
    let other = owner.add(2, Role::Host, world.time()).await;
    let url = world.url("/v1/wait?after=0");
    let answer = other.client.get(url).bearer_auth(&other.token).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut events = answer.bytes_stream();
    owner.push(&[owner.peek(&[0, 0], &[0])]).await.ok();
    let heard = tokio::time::timeout(Duration::from_secs(10), events.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(String::from_utf8_lossy(&heard), "event: head\ndata: {\"head\":2}\n\n");
    // One that is behind hears at once without a push.
    let url = world.url("/v1/wait?after=1");
    let late = other.client.get(url).bearer_auth(&other.token).send().await.unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(10), late.bytes_stream().next()).await.unwrap();
    assert!(heard.unwrap().unwrap().starts_with(b"event: head"));
}

async fn hello_says_where_both_stand(world: World) {
    let mut owner = world.stall(1).await;
    owner.push(&[owner.peek(&[0, 0], &[0])]).await.ok();
    let sent = owner.envelope(&[0, 0], &[0]);
    let said = owner.hello(None, 0).await.ok();
    assert_eq!((said["head"].as_i64(), said["expect_rseq"].as_i64()), (Some(2), Some(3)));
    assert_eq!(said["last"], hex(&sent.header.id()));
    assert_eq!((&said["now"], &said["snapshot"]), (&START.into(), &serde_json::Value::Null));
    assert_eq!(said["limits"]["page"], 512 << 10);
    let mut hello = serde_json::json!({
        "proto": 99, "schema": 1, "replica": hex(&owner.replica), "lineage": null, "cursor": 0, "next_rseq": 1, "clock": 0
    });
    let answer = owner.post("/v1/hello", None, &hello).await;
    assert_eq!((answer.code().as_str(), answer.arg("proto").as_str(), answer.status), ("proto", "1", 426));
    (hello["proto"], hello["replica"]) = (1.into(), hex(&[3; 16]).into());
    assert_eq!(owner.post("/v1/hello", None, &hello).await.code(), "not_allowed");
}
