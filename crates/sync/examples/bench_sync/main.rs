//! Sync measured: a hub in a process of its own and laptops that go to it over HTTP on this machine.
//!
//! `bench_sync DIR [--peer FOLDER] [first] [large] [apply] [line]`: all parts unless some are named. FOLDER holds the peer, PouchDB
//! with its packages installed; without it the ratio is not measured. `UNITS`, `LARGE` and `RECORDS` in the environment make
//! the parts smaller.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program")]

mod apply;
mod first;
mod hub;
mod laptop;
mod line;
mod meter;
mod peer;
mod stock;

use std::path::{Path, PathBuf};

#[tokio::main]
async fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|a| a == hub::SERVE) {
        return hub::serve(Path::new(&args[1])).await;
    }
    let peer = args.iter().position(|a| a == "--peer").map(|at| PathBuf::from(args.drain(at..at + 2).nth(1).unwrap()));
    let dir = PathBuf::from(if args.is_empty() { "target/bench-sync".to_owned() } else { args.remove(0) });
    std::fs::remove_dir_all(&dir).ok();
    let wanted = |part: &str| args.is_empty() || args.iter().any(|a| a == part);
    let number = |name: &str, default: u32| std::env::var(name).map_or(default, |v| v.parse().unwrap());
    println!("sync: units made by crates/store/src/made.rs, taken in by imports of {} rows", stock::IMPORT);
    println!(
        "  hub: a process of its own, SQLite, plain HTTP over loopback; no limit of requests a second; in {}",
        dir.display()
    );
    if wanted("first") {
        first::several(&dir.join("first"), number("UNITS", 50_000), peer.as_deref()).await;
    }
    if wanted("large") {
        first::large(&dir.join("large"), number("LARGE", 200_000)).await;
    }
    if wanted("apply") {
        apply::measure(&dir.join("apply"), number("UNITS", 50_000), number("RECORDS", 1_000_000)).await;
    }
    if wanted("line") {
        line::measure(&dir.join("line")).await;
    }
}

/// Prints a figure beside what is to be reached.
fn row(what: &str, value: f64, reach: &str) {
    println!("  {what:<60} {value:>10.2}   reach {reach}");
}

/// Prints median and p99.
fn spread(what: &str, times: &mut [f64], reach: &str) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("  {what:<60} p50 {:>8.2}  p99 {:>8.2}  most {:>8.2}   reach {reach}", at(50), at(99), at(100));
}
