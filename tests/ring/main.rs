//! The process ring: real programs, a real hub, and what markets do to them. Laptops and the hub are killed in the middle of
//! whatever they do, stopped and continued, and their lines are cut; at the end all laptops hold the same rows and every
//! acknowledged word is on all of them.
//!
//! `STALL_RING_SECONDS` says how long (30), `STALL_RING_SEED` which; the seed is printed.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod line;
mod process;
mod same;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use fastrand::Rng;
use line::Line;
use process::{Hub, Laptop};
use serde_json::json;

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_stopped_and_cut_all_laptops_agree_and_nothing_is_lost() {
    let seed = asked("STALL_RING_SEED", u64::from(std::process::id()));
    let long = Duration::from_secs(asked("STALL_RING_SECONDS", 30));
    println!("ring: STALL_RING_SEED={seed} STALL_RING_SECONDS={}", long.as_secs());
    let mut rng = Rng::with_seed(seed);
    let mut hub = Hub::start().await;
    let mut laptops = Vec::new();
    for name in ["A", "B", "C"] {
        laptops.push((Laptop::start(name).await, Line::to(hub.port).await));
    }
    stall(&hub, &laptops).await;
    let mut said: Vec<String> = Vec::new();
    let mut mine: Vec<BTreeSet<String>> = vec![BTreeSet::new(); laptops.len()];
    let mut faults = 0;
    let until = Instant::now() + long;
    while Instant::now() < until {
        let n = rng.usize(0..laptops.len());
        match rng.u32(0..40) {
            0 => {
                laptops[n].0.kill().await;
                tokio::time::sleep(Duration::from_millis(rng.u64(0..800))).await;
                laptops[n].0.again().await;
                faults += 1;
            }
            1 => {
                hub.kill().await;
                tokio::time::sleep(Duration::from_millis(rng.u64(0..800))).await;
                hub.again().await;
                faults += 1;
            }
            2 => {
                laptops[n].0.freeze(Duration::from_millis(rng.u64(200..1500))).await;
                faults += 1;
            }
            3 => {
                hub.freeze(Duration::from_millis(rng.u64(200..1500))).await;
                faults += 1;
            }
            4..=6 => {
                laptops[n].1.cut(rng.bool());
                faults += 1;
            }
            _ => act(&laptops[n].0, &mut rng, &mut said, &mut mine[n]).await,
        }
    }
    for (laptop, line) in &laptops {
        line.cut(false);
        laptop.call("sync.now", json!({})).await.unwrap();
    }
    let rows = same::agreed(&mut laptops).await;
    for id in &said {
        assert!(rows.iter().any(|r| r.contains(id.as_str())), "{id} was acknowledged and is lost; seed {seed}");
    }
    println!("ring: {} words of people, {faults} faults, {} rows on each of three laptops", said.len(), rows.len());
    assert!(said.len() > 20 && faults > 0, "too little happened: {} words, {faults} faults", said.len());
}

/// The first founds the stall, the others join.
async fn stall(hub: &Hub, laptops: &[(Laptop, Line)]) {
    let (first, line) = &laptops[0];
    let founding = json!({ "hub": line.url(), "code": hub.code().await, "name": "A" });
    first.call("sync.found", founding).await.unwrap();
    for (laptop, line) in &laptops[1..] {
        let invite = first.call("sync.invite", json!({ "name": laptop.name, "role": "owner" })).await.unwrap();
        let ask = json!({ "hub": line.url(), "code": invite["code"], "name": laptop.name });
        laptop.call("sync.join", ask).await.unwrap();
        laptop.until_on().await;
    }
}

/// One thing a person does. What is acknowledged is remembered: the ids of units and of facts.
async fn act(at: &Laptop, rng: &mut Rng, said: &mut Vec<String>, mine: &mut BTreeSet<String>) {
    let Some(list) = at.call("units.list", json!({})).await else { return };
    let rows: Vec<&serde_json::Value> = list["rows"].as_array().unwrap().iter().collect();
    let unit = rng.choice(rows).map(|r| r["id"].clone());
    let price = rng.i64(1000..9000) * 100;
    match (rng.u32(0..10), unit) {
        (0..=3, _) | (_, None) => {
            let patch = json!({ "model": format!("iPhone {}", rng.u32(11..17)), "price_list": price });
            if let Some(made) = at.call("units.add", patch).await {
                let id = made["row"]["id"].as_str().unwrap().to_owned();
                mine.insert(id.clone());
                said.push(id);
            }
        }
        (4..=6, Some(id)) => {
            at.call("units.edit", json!({ "ids": [id], "patch": { "price_list": price } })).await;
        }
        (7, Some(id)) => {
            at.call("units.edit", json!({ "ids": [id], "patch": { "note": format!("n{price}"), "storage": "256GB" } }))
                .await;
        }
        (8, Some(id)) => {
            at.call("erasures.record", json!({ "unit_id": id, "method": "crypto", "note": format!("e{price}") })).await;
        }
        _ => {
            if at.call("undo.undo", json!({})).await.is_none() {
                return;
            }
            // What was taken back is no loss.
            let mut kept = Vec::new();
            for id in said.drain(..) {
                let here = at.call("units.get", json!({ "id": id })).await.is_some();
                let elsewhere = !here && !mine.contains(&id);
                if here || elsewhere {
                    kept.push(id);
                }
            }
            *said = kept;
        }
    }
}
