//! First syncs: a second laptop joins a stall that is there, with the peer and a copy of the file beside it.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use stall_core::api::{UnitQuery, UnitSort};
use stall_store::{Store, tables::units};

use crate::{
    hub::HubProcess,
    laptop::{First, Laptop},
    meter::Meter,
    peer, row, spread, stock,
};

/// Between two readings of a person's screens.
const PAUSE: Duration = Duration::from_millis(2);

/// A stall of `n` units, the peer, and several laptops that join one after the other.
pub async fn several(dir: &Path, n: u32, peer: Option<&Path>) {
    let (hub, mut owner) = stall(dir, n).await;
    let docs = dir.join("units.ndjson");
    let fields = stock::documents(&owner.store, &docs).await;
    let mut second = Laptop::join(&hub.url(), &owner, &dir.join("second")).await;
    let tail = joined(&owner, &mut second, n, "second laptop").await;
    owner.snapshot().await;
    let mut third = Laptop::join(&hub.url(), &owner, &dir.join("third")).await;
    let again = joined(&owner, &mut third, n, "third laptop, by the owner's snapshot").await;
    let ours = tail.ready.min(again.ready);
    match peer {
        Some(peer) => {
            let theirs = peer::seconds(peer, &docs, &dir.join("pouchdb"), n);
            row("first sync against PouchDB's replication (search counted in ours)", ours / theirs, "<= 0.25");
        }
        None => println!("  peer: PouchDB is not installed here; the ratio was not measured"),
    }
    share(&owner, "the owner's, where all was written").await;
    share(&second, "the second laptop's").await;
    let copied = copy(&second.store, dir).await;
    row("first sync against a copy of the file, times", ours / copied, "-");
    read_meanwhile(&hub, &owner, dir, (n, fields)).await;
}

/// A stall of `n` units, and one laptop that joins.
pub async fn large(dir: &Path, n: u32) {
    let (hub, mut owner) = stall(dir, n).await;
    owner.snapshot().await;
    let mut second = Laptop::join(&hub.url(), &owner, &dir.join("second")).await;
    let first = joined(&owner, &mut second, n, "second laptop").await;
    row(&format!("first sync of {n} units, search ready, s"), first.ready, "<= 15 (200,000 units)");
}

/// A founded stall whose goods are at the hub.
pub async fn stall(dir: &Path, n: u32) -> (HubProcess, Laptop) {
    let hub = HubProcess::start(&dir.join("hub"));
    let mut owner = Laptop::found(&hub, &dir.join("owner")).await;
    stock::fill(&owner.store, &owner.actor, n).await;
    let clock = Instant::now();
    let round = owner.round().await;
    println!(
        "\n{n} units: the owner's first exchange {:.2} s ({} groups up, their places back)",
        clock.elapsed().as_secs_f64(),
        round.pushed
    );
    (hub, owner)
}

/// The first exchange of a laptop, checked.
async fn joined(owner: &Laptop, laptop: &mut Laptop, n: u32, who: &str) -> First {
    let first = laptop.first().await;
    assert_eq!(first.round.parked, 0);
    assert_eq!(stock::digest(&laptop.store).await.1, n);
    assert_eq!(stock::digest(&laptop.store).await, stock::digest(&owner.store).await, "all rows are alike");
    let head = owner.store.sync_standing().await.unwrap().cursor.unsigned_abs();
    let way = match first.round.pulled {
        all if all == head => format!("all {head} groups, no snapshot"),
        tail => format!("a snapshot, then {tail} of {head} groups"),
    };
    println!(
        "  {who}: rows {:.2} s, search ready {:.2} s, {:.0} units/s; by {way}",
        first.seconds,
        first.ready,
        f64::from(n) / first.ready
    );
    first
}

async fn share(laptop: &Laptop, whose: &str) {
    let (file, sync, log) = stock::shares(&laptop.store).await;
    let percent = |part: i64| part as f64 / file as f64 * 100.0;
    println!("  the store's file, {whose}: {:.1} MB", file as f64 / 1e6);
    row("  books of sync (sync_*, replica), % of it", percent(sync), "<= 10");
    row("  change log and undo steps, % of it", percent(log), "-");
}

/// Copies a store's file, to the disk; returns the seconds.
async fn copy(store: &Store, dir: &Path) -> f64 {
    store.close().await;
    let (from, to) = (store.dir().join("stall.db"), dir.join("copy.db"));
    let clock = Instant::now();
    let bytes = std::fs::copy(from, &to).unwrap();
    std::fs::File::open(&to).unwrap().sync_all().unwrap();
    let took = clock.elapsed().as_secs_f64();
    println!("  limit: a copy of the second laptop's file, {:.1} MB, synced: {took:.3} s", bytes as f64 / 1e6);
    took
}

/// A laptop that is read while its first exchange runs, and whose bytes are counted.
async fn read_meanwhile(hub: &HubProcess, owner: &Laptop, dir: &Path, (n, fields): (u32, u64)) {
    let mut laptop = Laptop::join(&hub.url(), owner, &dir.join("fourth")).await;
    let meter = Meter::before(&hub.address).await;
    laptop = laptop.by(&meter.url);
    let store = laptop.store.clone();
    let (done, stop) = tokio::sync::oneshot::channel::<()>();
    let reading = tokio::spawn(read(store, stop));
    laptop.round().await;
    done.send(()).ok();
    let (mut lists, mut gets) = reading.await.unwrap();
    println!("  read while the first exchange runs, one reader, {} ms between two", PAUSE.as_millis());
    spread("  units.list, first page, ms", &mut lists, "< 20 p99");
    spread("  units.get, ms", &mut gets, "< 20 p99");
    let (up, down) = meter.take();
    println!("  on the line: {up} bytes up, {down} down, every byte of the sockets");
    row("  bytes a unit", down as f64 / f64::from(n), "-");
    row("  bytes a field of a unit that is not empty", down as f64 / fields as f64, "<= 40");
}

type Times = Vec<f64>;

async fn read(store: Store, mut stop: tokio::sync::oneshot::Receiver<()>) -> (Times, Times) {
    let (mut lists, mut gets) = (Vec::new(), Vec::new());
    let sorts = [UnitSort::Newest, UnitSort::PriceUp, UnitSort::StockNo];
    while stop.try_recv().is_err() {
        let q = UnitQuery { sort: sorts[lists.len() % sorts.len()], limit: 50, ..UnitQuery::default() };
        let clock = Instant::now();
        let page = units::list(&store, &q).await.unwrap();
        lists.push(clock.elapsed().as_secs_f64() * 1e3);
        tokio::time::sleep(PAUSE).await;
        if let Some(unit) = page.rows.get(lists.len() % 50) {
            let clock = Instant::now();
            units::get(&store, unit.id).await.unwrap();
            gets.push(clock.elapsed().as_secs_f64() * 1e3);
            tokio::time::sleep(PAUSE).await;
        }
    }
    (lists, gets)
}
