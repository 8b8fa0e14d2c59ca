//! A hub that does not give what others said as they said it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::http::StatusCode;
use stall_core::Role;
use stall_seal::{
    SealError,
    frame::{self, PageWriter, Pulled},
};
use stall_sync::{Client, SyncError};

use crate::{
    between::{Said, between},
    state,
    world::World,
};

/// What it does to a page of three envelopes of one author.
type Lie = fn(&mut Vec<Pulled>);

const LIES: [(&str, Lie); 8] = [
    ("the first is left out", |page| drop(page.remove(0))),
    ("one in the middle is left out", |page| drop(page.remove(1))),
    ("one is left out and the rest moves up", |page| {
        page.remove(0);
        number(page);
    }),
    ("two are swapped", |page| {
        page.swap(0, 1);
        number(page);
    }),
    ("one comes again under the next number", |page| {
        page.insert(1, page[0].clone());
        number(page);
    }),
    ("a stamp of the author is another", |page| page[2].header.groups[0].hlc.0 += 1),
    ("a byte of what is sealed is another", |page| page[0].parts[0].1[40] ^= 1),
    ("it is called the asker's own", |page| page[0].own = true),
];

fn number(page: &mut [Pulled]) {
    let mut next = 1;
    for p in page {
        p.seq0 = next;
        next += p.effs.len() as i64;
    }
}

fn told(lie: Lie, (status, bytes): Said) -> Said {
    let (mut page, end) = frame::page(&bytes).unwrap();
    if page.is_empty() {
        return (status, bytes);
    }
    lie(&mut page);
    let mut out = PageWriter::default();
    for p in &page {
        let parts = p.parts.iter().map(|(i, bytes)| (*i, bytes.as_slice()));
        out.add(p.seq0, p.own, &p.header.encode(), &p.effs, parts).unwrap();
    }
    (status, out.finish(end.head))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_out_swapped_repeated_or_altered_is_refused_whole_and_the_honest_hub_goes_on() {
    let world = World::start().await;
    let mut a = world.owner().await;
    for n in 0..3 {
        a.add(&format!("iPhone {n}")).await;
        a.round().await;
    }
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let held = state::rows(&b.store).await;
    let which = Arc::new(AtomicUsize::new(0));
    let told_which = Arc::clone(&which);
    let alter = move |path: &str, said: Said| match path {
        "/v1/pull" => told(LIES[told_which.load(Ordering::SeqCst)].1, said),
        _ => said,
    };
    let mut identity = b.client.identity().clone();
    identity.hub = between(world.address, alter).await;
    for (n, (what, _)) in LIES.iter().enumerate() {
        which.store(n, Ordering::SeqCst);
        let mut client = Client::new(b.store.clone(), identity.clone()).unwrap();
        let refused = client.round().await.unwrap_err();
        let noticed = matches!(refused, SyncError::Seal(SealError::Chain | SealError::NotGenuine));
        assert!(noticed, "{what}: {refused:?}");
        assert_eq!(b.store.sync_standing().await.unwrap().cursor, 0, "{what}");
        state::same(&held, &state::rows(&b.store).await);
    }
    assert_eq!(b.round().await.pulled, 3);
    assert_eq!(a.goods().await, b.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_breaks_off_or_is_empty_before_the_end_is_not_taken_for_the_end() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.add("iPhone 15").await;
    a.round().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let lies: [fn(Vec<u8>) -> Vec<u8>; 3] =
        [|bytes| bytes[..bytes.len() / 2].to_vec(), |_| PageWriter::default().finish(1), |_| Vec::new()];
    for (n, lie) in lies.into_iter().enumerate() {
        let alter = move |path: &str, (status, bytes): (StatusCode, Vec<u8>)| {
            if path == "/v1/pull" { (status, lie(bytes)) } else { (status, bytes) }
        };
        let mut identity = b.client.identity().clone();
        identity.hub = between(world.address, alter).await;
        let refused = Client::new(b.store.clone(), identity).unwrap().round().await.unwrap_err();
        assert!(matches!(refused, SyncError::Seal(_)), "{n}: {refused:?}");
    }
    assert_eq!(b.round().await.pulled, 1);
}
