//! The process ring: real programs, a real hub, and what markets do to them. Laptops and the hub are killed in the middle of
//! whatever they do, stopped and continued; their lines are cut and their clocks put wrong. At the end all laptops hold the same
//! rows, and every acknowledged unit, order, fact and fen is on all of them.
//!
//! On Linux, as root and with iproute2 and libfaketime, every program is in a network namespace of its own and the clocks are up
//! to a day off; elsewhere the ring says that it runs without, or fails where `STALL_RING_NAMESPACES=must`.
//!
//! `STALL_RING_SECONDS` says how long (30), `STALL_RING_SEED` which; the seed is printed.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod acts;
mod clock;
mod line;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(not(target_os = "linux"))]
#[path = "no_namespace.rs"]
mod namespace;
mod process;
mod same;

use std::{
    io::{Read, Write},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use acts::Said;
use fastrand::Rng;
use line::Line;
use namespace::Market;
use process::{Hub, Laptop};
use serde_json::json;

const NAMES: [&str; 3] = ["A", "B", "C"];
/// So far a laptop's clock is off, either way.
const DAY: i64 = 24 * 60 * 60;

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// The namespaces and libfaketime; `None` where the machine does not allow them and nobody insists.
fn apart() -> Option<(Market, PathBuf)> {
    let laid = Market::lay(3);
    let why = match (laid, clock::library()) {
        (Ok(market), Some(library)) => return Some((market, library)),
        (Ok(_), None) => "libfaketime is not installed".to_owned(),
        (Err(why), _) => why,
    };
    assert!(std::env::var_os("STALL_RING_NAMESPACES").is_none_or(|v| v != "must"), "the ring must run apart: {why}");
    println!("ring: WITHOUT network namespaces and shifted clocks: {why}");
    None
}

/// A hub and laptops, each with its line.
async fn machines(apart: Option<(Market, PathBuf)>) -> (Hub, Vec<(Laptop, Line)>) {
    let hub = Hub::start(apart.as_ref().map(|(m, _)| Arc::clone(&m.hub))).await;
    let mut laptops = Vec::new();
    for (n, name) in (0_u8..).zip(NAMES) {
        laptops.push(match &apart {
            Some((market, library)) => {
                let place = Arc::clone(&market.laptops[usize::from(n)]);
                let line = Line::cable(n, Arc::clone(&market.hub), Arc::clone(&place), hub.port);
                (Laptop::start(name, Some(place), Some(library)).await, line)
            }
            None => (Laptop::start(name, None, None).await, Line::relay(hub.port).await),
        });
    }
    (hub, laptops)
}

/// What is done to them.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    KillLaptop,
    KillHub,
    FreezeLaptop,
    FreezeHub,
    Cut,
    Mend,
    Clock,
    SoldTwice,
}

/// A deck of them: each comes up before any comes again.
const DECK: [Fault; 10] = [
    Fault::KillLaptop,
    Fault::KillHub,
    Fault::FreezeLaptop,
    Fault::FreezeHub,
    Fault::Cut,
    Fault::Cut,
    Fault::Mend,
    Fault::Mend,
    Fault::Clock,
    Fault::SoldTwice,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_stopped_and_cut_all_laptops_agree_and_nothing_is_lost() {
    let seed = asked("STALL_RING_SEED", u64::from(std::process::id()));
    let long = Duration::from_secs(asked("STALL_RING_SECONDS", 30));
    println!("ring: STALL_RING_SEED={seed} STALL_RING_SECONDS={}", long.as_secs());
    let mut rng = Rng::with_seed(seed);
    let (mut hub, mut laptops) = machines(apart()).await;
    for (laptop, _) in &laptops {
        jump(laptop, &mut rng).await;
    }
    let mut said = Said::default();
    found(&hub, &laptops).await;
    begin(&mut said, &mut laptops, &mut rng).await;
    let (mut deck, mut faults, mut shifts) = (Vec::new(), 0, 0);
    let until = Instant::now() + long;
    while Instant::now() < until || faults < DECK.len() {
        let n = rng.usize(0..laptops.len());
        if rng.u32(0..6) > 0 {
            said.act(n, &laptops[n].0, &mut rng).await;
            continue;
        }
        if deck.is_empty() {
            deck = DECK.to_vec();
            rng.shuffle(&mut deck);
        }
        faults += 1;
        match deck.pop().unwrap() {
            Fault::KillLaptop => {
                laptops[n].0.kill().await;
                tokio::time::sleep(Duration::from_millis(rng.u64(0..800))).await;
                laptops[n].0.again().await;
            }
            Fault::KillHub => {
                hub.kill().await;
                tokio::time::sleep(Duration::from_millis(rng.u64(0..800))).await;
                hub.again().await;
            }
            Fault::FreezeLaptop => laptops[n].0.freeze(Duration::from_millis(rng.u64(200..1500))).await,
            Fault::FreezeHub => hub.freeze(Duration::from_millis(rng.u64(200..1500))).await,
            Fault::Cut => laptops[n].1.cut(true),
            Fault::Mend => laptops[n].1.cut(false),
            Fault::Clock => shifts += u32::from(jump(&laptops[n].0, &mut rng).await),
            Fault::SoldTwice => {
                let other = (n + 1) % laptops.len();
                said.sold_twice([&laptops[n], &laptops[other]]).await;
            }
        }
    }
    let wrong: Vec<i64> = laptops.iter().filter_map(|(l, _)| l.clock.as_ref()).map(clock::Clock::shift).collect();
    end(&mut said, &mut laptops).await;
    let (paid, back) = said.money();
    let counts = (said.words(), said.facts(), said.refunds());
    println!(
        "ring: seed {seed}: {} words of people ({} facts, {} refunds; {paid} fen paid, {back} fen back), {faults} faults, \
         clocks put {shifts} times, at the end {wrong:?} s off",
        counts.0, counts.1, counts.2
    );
    let shifted = !wrong.is_empty();
    assert!(counts.0 > 20 && back > 0 && (shifts > 0) == shifted, "too little happened: {counts:?}, {shifts} shifts");
}

/// Puts a laptop's clock somewhere within a day of the right time; false where clocks cannot be put.
async fn jump(laptop: &Laptop, rng: &mut Rng) -> bool {
    let Some(clock) = &laptop.clock else { return false };
    clock.jump(laptop, rng.i64(-DAY..=DAY)).await;
    true
}

/// The first founds the stall, the others join.
async fn found(hub: &Hub, laptops: &[(Laptop, Line)]) {
    let (first, line) = &laptops[0];
    let founding = json!({ "hub": line.url(), "code": hub.code().await, "name": "A" });
    first.must("sync.found", founding).await;
    for (laptop, line) in &laptops[1..] {
        let invite = first.must("sync.invite", json!({ "name": laptop.name, "role": "owner" })).await;
        let ask = json!({ "hub": line.url(), "code": invite["code"], "name": laptop.name });
        laptop.must("sync.join", ask).await;
        laptop.until_on().await;
    }
}

/// Units and orders on all of them, and the first unit that is sold twice.
async fn begin(said: &mut Said, laptops: &mut [(Laptop, Line)], rng: &mut Rng) {
    for _ in 0..8 {
        said.take_in(0, &laptops[0].0, rng).await;
        said.import(0, &laptops[0].0, rng).await;
    }
    same::agreed(laptops).await;
    said.sold_twice([&laptops[0], &laptops[1]]).await;
}

/// All lines are whole and all questions answered: nothing may be lost then.
async fn end(said: &mut Said, laptops: &mut [(Laptop, Line)]) {
    for (laptop, line) in laptops.iter() {
        line.cut(false);
        laptop.call("sync.now", json!({})).await.unwrap();
    }
    same::agreed(laptops).await;
    while said.answer(&laptops[0].0).await {}
    let rows = same::agreed(laptops).await;
    println!("ring: {} rows on each of three laptops", rows.len());
    for (laptop, _) in laptops.iter() {
        said.kept(laptop).await;
    }
}

/// What the faults are made with works: else the ring would show nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_cut_hangs_and_a_clock_that_is_put_goes_on_from_there() {
    let Some(apart) = apart() else { return };
    let (hub, laptops) = machines(Some(apart)).await;
    let (laptop, line) = &laptops[0];
    let place = laptop.place().unwrap();
    let mut open = place.connect(line.at, Duration::from_secs(5)).unwrap();
    line.cut(true);
    // What was open stays open, and nothing comes; the other laptops' lines are whole.
    open.write_all(b"GET /v1/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    open.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let kind = open.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(kind, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{kind:?}");
    let (other, whole) = &laptops[1];
    assert!(other.place().unwrap().connect(whole.at, Duration::from_secs(5)).is_some());
    // The same connection carries on.
    line.cut(false);
    open.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    for seconds in [DAY, -DAY, 0] {
        laptop.clock.as_ref().unwrap().jump(laptop, seconds).await;
    }
    drop(hub);
}
