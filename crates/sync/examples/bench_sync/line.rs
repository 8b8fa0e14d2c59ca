//! What passes on the line in a day's work, at rest, and how soon another laptop knows.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use stall_core::{
    Fen, Id,
    api::{UnitEdit, UnitPatch},
};
use stall_store::tables::units;

use crate::{first, laptop::Laptop, meter::Meter, row, spread, stock};

/// Units that a day's work touches, and its edits.
const UNITS: u32 = 1_500;
const EDITS: usize = 2_000;
const SEEN: usize = 50;
/// The hub breathes every 25 s.
const LISTEN: Duration = Duration::from_secs(60);

pub async fn measure(dir: &Path) {
    let (hub, mut owner) = first::stall(dir, UNITS).await;
    let ids = stock::ids(&owner.store).await;
    let mut second = Laptop::join(&hub.url(), &owner, &dir.join("second")).await;
    second.round().await;
    let (meter, down) = (Meter::before(&hub.address).await, Meter::before(&hub.address).await);
    owner = owner.by(&meter.url);
    second = second.by(&down.url);
    owner.round().await;
    second.round().await;
    meter.take();
    down.take();
    let mut at = 0;
    for together in [1, 10, 100, EDITS] {
        for _ in 0..EDITS / together {
            for _ in 0..together {
                edit(&owner, &ids, at).await;
                at += 1;
            }
            owner.round().await;
        }
        let (up, back) = meter.take();
        assert_eq!(second.round().await.pulled, EDITS as u64);
        let (_, pulled) = down.take();
        println!(
            "  {EDITS} edits of a cell each, {together} an exchange: {up} bytes up, {back} back; {pulled} down to another laptop"
        );
        if together == EDITS {
            row("a day's 2,000 edits sent together, KB up", up as f64 / 1e3, "<= 60");
            row("bytes a record in a page, heads and hello counted", pulled as f64 / EDITS as f64, "<= 40");
        } else {
            row(
                &format!("  an edit, {together} an exchange, bytes up and back"),
                (up + back) as f64 / EDITS as f64,
                "-",
            );
        }
    }
    idle(&mut owner, &meter).await;
    seen(&mut owner, second, &ids, at).await;
}

/// One edit of a person: a cell of a unit.
async fn edit(laptop: &Laptop, ids: &[Id], at: usize) -> i64 {
    let price = 100_000 + i64::try_from(at).unwrap() * 100;
    let patch = match at % 4 {
        0 => UnitPatch { price_list: Some(Some(Fen(price))), ..UnitPatch::default() },
        1 => UnitPatch { shelf: Some(format!("C{}-{:02}", at % 9, at / 7 % 40)), ..UnitPatch::default() },
        2 => UnitPatch { price_live: Some(Some(Fen(price))), ..UnitPatch::default() },
        _ => UnitPatch { note: Some(format!("客户问过 {at}")), ..UnitPatch::default() },
    };
    let ids = vec![ids[at * 7919 % ids.len()]];
    units::edit(&laptop.store, &laptop.actor, &UnitEdit { ids, patch }).await.unwrap();
    price
}

/// Nothing new on either side.
async fn idle(owner: &mut Laptop, meter: &Meter) {
    owner.round().await;
    meter.take();
    let done = owner.round().await;
    assert_eq!((done.pushed, done.pulled), (0, 0));
    let (up, back) = meter.take();
    println!("  an exchange with nothing new, without TLS: {up} bytes up, {back} back");
    assert!(owner.client.idle().await.unwrap());
    let (up, back) = meter.take();
    row("idle check (GET /v1/head), bytes up and back", (up + back) as f64, "<= 300");
    assert!(tokio::time::timeout(LISTEN, owner.client.news()).await.is_err(), "there are no news");
    let (up, back) = meter.take();
    println!(
        "  a minute of listening for the hub's word: {up} bytes up (the question), {back} back (its head, and breath)"
    );
}

/// From an edit on one laptop until another holds it, told by the hub.
async fn seen(owner: &mut Laptop, mut second: Laptop, ids: &[Id], from: usize) {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let listening = tokio::spawn(async move {
        loop {
            second.client.news().await.unwrap();
            second.round().await;
            let mut conn = second.store.read().await.unwrap();
            let prices: Vec<i64> =
                sqlx::query_scalar("SELECT DISTINCT price_list FROM units WHERE price_list IS NOT NULL")
                    .fetch_all(&mut *conn)
                    .await
                    .unwrap();
            if tell.send((Instant::now(), prices)).is_err() {
                break;
            }
        }
    });
    let mut times = Vec::new();
    for n in 0..SEEN {
        // It listens again.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let clock = Instant::now();
        let price = edit(owner, ids, from.next_multiple_of(4) + n * 4).await;
        owner.round().await;
        let (at, prices) = told.recv().await.unwrap();
        assert!(prices.contains(&price), "the edit is there");
        times.push(at.duration_since(clock).as_secs_f64() * 1e3);
    }
    listening.abort();
    spread("an edit until a second laptop holds it, ms", &mut times, "< 1,000");
    println!("    (the console gathers a person's edits for 150 ms before an exchange: to be added)");
}
