//! Units reserved at a hub while they are given to orders: two laptops, and hubs that are gone, hang or say nonsense.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use stall_core::{
    Id, Role,
    sync::{Hex, ReplicaId},
};
use stall_sync::{Claims, Client, Hubs};
use tokio::{net::TcpListener, time::timeout};

use crate::{
    between::between,
    line::Line,
    two_hubs::{away, second},
    world::{Laptop, World},
};

/// Two laptops of a stall, and a unit of theirs.
async fn two(world: &World) -> (Laptop, Laptop, Id) {
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let mut b = world.join(&a, "打包台", Role::Packer, 0).await;
    b.round().await;
    (a, b, unit)
}

async fn claims(client: &mut Client) -> Claims {
    client.claims().await.unwrap().unwrap()
}

/// The same laptop, to which the hub is somewhere else.
async fn by(of: &Laptop, hub: String) -> Claims {
    let mut me = of.client.identity().clone();
    me.hub = hub;
    let mut client = Client::new(of.store.clone(), me).unwrap();
    client.round().await.unwrap();
    claims(&mut client).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_is_told_who_holds_a_unit_until_that_is_over_or_taken_back() {
    let world = World::start().await;
    let (mut a, mut b, unit) = two(&world).await;
    let (first, second) = (claims(&mut a.client).await, claims(&mut b.client).await);
    assert_eq!(first.take(unit, Hubs::Near).await, None);
    assert_eq!(second.take(unit, Hubs::Near).await.as_deref(), Some("周敏的电脑"));
    assert_eq!(first.take(unit, Hubs::Near).await, None, "its own claim is in nobody's way");
    // Another unit is another thing, and what the hub sees of either is no id.
    assert_eq!(second.take(Id::of_order("", "", ""), Hubs::Near).await, None);
    first.release(unit).await;
    assert_eq!(second.take(unit, Hubs::Near).await, None);
    assert_eq!(first.take(unit, Hubs::Near).await.as_deref(), Some("打包台"));
    world.pass(60_000);
    assert_eq!(first.take(unit, Hubs::Near).await, None, "nobody let it go, its time is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joined_since_is_told_by_its_name() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let first = claims(&mut a.client).await;
    let mut b = world.join(&a, "打包台", Role::Packer, 0).await;
    b.round().await;
    assert_eq!(claims(&mut b.client).await.take(unit, Hubs::Near).await, None);
    assert_eq!(first.take(unit, Hubs::Near).await.as_deref(), Some("打包台"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_older_or_says_nonsense_keeps_nobody() {
    let world = World::start().await;
    let (mut a, b, unit) = two(&world).await;
    let holder = a.client.identity().replica;
    assert_eq!(claims(&mut a.client).await.take(unit, Hubs::Near).await, None);
    let held = |held: bool, by: Option<ReplicaId>| json!({ "held": held, "by": by, "until": 1 });
    let stranger: ReplicaId = Hex([9; 16]);
    let me = b.client.identity().replica;
    let lies: [(StatusCode, Value); 8] = [
        (StatusCode::NOT_FOUND, json!({ "code": "not_found" })),
        (StatusCode::TOO_MANY_REQUESTS, json!({ "code": "slow" })),
        (StatusCode::INTERNAL_SERVER_ERROR, json!("?")),
        (StatusCode::OK, json!("<html>")),
        (StatusCode::OK, held(false, None)),
        (StatusCode::OK, held(false, Some(me))),
        (StatusCode::OK, held(true, Some(holder))),
        (StatusCode::OK, held(false, Some(stranger))),
    ];
    for (status, body) in lies {
        let said = body.to_string();
        let hub = between(world.address, move |path, honest| match path {
            "/v1/claim" => (status, said.clone().into_bytes()),
            _ => honest,
        });
        assert_eq!(by(&b, hub.await).await.take(unit, Hubs::Near).await, None, "{body}");
    }
    let honest = between(world.address, |_, said| said).await;
    assert_eq!(by(&b, honest).await.take(unit, Hubs::Near).await.as_deref(), Some("周敏的电脑"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_is_gone_or_hangs_keeps_nobody_waiting() {
    let world = World::start().await;
    let (mut a, b, unit) = two(&world).await;
    assert_eq!(claims(&mut a.client).await.take(unit, Hubs::Near).await, None);
    let line = Line::to(world.address).await;
    let second = by(&b, line.url()).await;
    assert_eq!(second.take(unit, Hubs::Near).await.as_deref(), Some("周敏的电脑"));
    line.breaks_after(0);
    assert_eq!(second.take(unit, Hubs::Near).await, None);
    // The line looks every 20 ms whether it is to break: none of the old connections may outlive that.
    tokio::time::sleep(Duration::from_millis(300)).await;
    // It takes the question and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    line.leads_to(silent.local_addr().unwrap());
    line.mend();
    // Half of what the line itself would wait.
    let told = timeout(Duration::from_secs(15), second.take(unit, Hubs::Near)).await;
    assert_eq!(told, Ok(None), "it waits for the hub");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reaches_both_hubs_holds_it_for_who_reaches_one() {
    let (market, cloud) = (World::start().await, World::start().await);
    let (mut owner, mut packer, unit) = two(&market).await;
    second(&mut owner, &cloud).await;
    let at_home = away(&mut packer, &cloud.url()).await;
    let mut at_home = Client::away(packer.store.clone(), at_home).unwrap();
    let far = claims(&mut at_home).await;
    let near = claims(&mut owner.client).await;
    assert_eq!(near.take(unit, Hubs::Near).await, None);
    assert_eq!(far.take(unit, Hubs::Near).await, None, "the market's hub alone was asked");
    assert_eq!(near.take(unit, Hubs::Both).await.as_deref(), Some("打包台"));
    far.release(unit).await;
    assert_eq!(near.take(unit, Hubs::Both).await, None);
    assert_eq!(far.take(unit, Hubs::Near).await.as_deref(), Some("周敏的电脑"));
}
