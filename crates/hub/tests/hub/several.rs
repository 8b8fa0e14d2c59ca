//! Several laptops at once, and two processes at one database.

use std::{collections::BTreeSet, time::Duration};

use futures_util::StreamExt;
use stall_core::Role;

use crate::world::{World, both};

both! {
    pushes_at_once_get_an_order_without_holes
    two_processes_at_one_database_give_one_order
    a_pull_during_pushes_sees_no_hole
}

const EACH: i64 = 40;

async fn pushes_at_once_get_an_order_without_holes(world: World) {
    let owner = world.stall(1).await;
    let mut tasks = Vec::new();
    for n in 2..6 {
        let mut laptop = owner.add(n, Role::Host, world.time()).await;
        tasks.push(tokio::spawn(async move {
            for _ in 0..EACH {
                laptop.write(&[0, 0], &[0]).await.ok();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    whole(&owner, 4 * EACH * 2).await;
}

/// Every seq once and in order, stamps rising in each replica.
async fn whole(laptop: &crate::laptop::Laptop, groups: i64) {
    let (mut after, mut last) = (0, std::collections::BTreeMap::new());
    loop {
        let (page, head) = laptop.pull(&format!("after={after}")).await;
        if page.is_empty() {
            assert_eq!((after, head), (groups, groups));
            return;
        }
        for p in page {
            assert_eq!(p.seq0, after + 1);
            after += p.effs.len() as i64;
            for eff in p.effs {
                assert!(last.insert(p.header.replica, eff).is_none_or(|before| before < eff));
            }
        }
    }
}

async fn two_processes_at_one_database_give_one_order(world: World) {
    let owner = world.stall(1).await;
    let (hub, address) = world.another().await;
    let listener = owner.add(9, Role::Host, world.time()).await;
    let wait = format!("http://{address}/v1/wait?after=0");
    let answer = listener.client.get(wait).bearer_auth(&listener.token).send().await.unwrap();
    let mut events = answer.bytes_stream();
    let mut tasks = Vec::new();
    for n in 2..6 {
        let mut laptop = owner.add(n, Role::Host, world.time()).await;
        if n % 2 == 0 {
            laptop.address = address;
        }
        tasks.push(tokio::spawn(async move {
            for _ in 0..EACH {
                laptop.write(&[0], &[0]).await.ok();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    whole(&owner, 4 * EACH).await;
    // News of the other process come over too.
    let heard = tokio::time::timeout(Duration::from_secs(30), async {
        while let Some(Ok(event)) = events.next().await {
            if String::from_utf8_lossy(&event).contains(&format!("{}", 4 * EACH)) {
                return true;
            }
        }
        false
    });
    assert!(heard.await.unwrap());
    hub.stop();
}

async fn a_pull_during_pushes_sees_no_hole(world: World) {
    let owner = world.stall(1).await;
    let mut laptop = owner.add(2, Role::Host, world.time()).await;
    let pusher = tokio::spawn(async move {
        for _ in 0..EACH {
            let sent: Vec<_> = (0..5).map(|_| laptop.envelope(&[0], &[0])).collect();
            laptop.push(&sent).await.ok();
        }
    });
    let (mut after, mut seen) = (0, BTreeSet::new());
    while after < 5 * EACH {
        for p in owner.pull(&format!("after={after}")).await.0 {
            assert_eq!(p.seq0, after + 1);
            after += p.effs.len() as i64;
            seen.insert(p.seq0);
        }
    }
    pusher.await.unwrap();
    assert_eq!(seen.len() as i64, 5 * EACH);
}
