//! How many records a second a laptop takes from the tail, and whether that falls.

use std::{path::Path, time::Instant};

use stall_core::{
    Fen,
    api::{UnitEdit, UnitPatch},
};
use stall_store::tables::units;

use crate::{first, laptop::Laptop, row, stock};

/// Cells of one edit: one column of so many units.
const TOGETHER: usize = 1_000;

/// `records` edited cells of `n` units into a laptop that has the units.
pub async fn measure(dir: &Path, n: u32, records: u32) {
    let (hub, mut owner) = first::stall(dir, n).await;
    let mut second = Laptop::join(&hub.url(), &owner, &dir.join("second")).await;
    second.first().await;
    let began = second.store.sync_standing().await.unwrap().cursor;
    let ids = stock::ids(&owner.store).await;
    let clock = Instant::now();
    let all = records as usize / TOGETHER;
    for at in 0..all {
        // The window moves on by a third of itself, so that every unit is edited in every column.
        let ids = (0..TOGETHER).map(|i| ids[(at * TOGETHER / 3 + i) % ids.len()]).collect();
        units::edit(&owner.store, &owner.actor, &UnitEdit { ids, patch: patch(at) }).await.unwrap();
    }
    let written = clock.elapsed().as_secs_f64();
    owner.round().await;
    println!(
        "  {records} records: a cell each, {all} edits of {TOGETHER} units, two of five of prices; written in {written:.0} s"
    );
    let (store, mut commits) = (second.store.clone(), second.store.subscribe());
    let watching = tokio::spawn(async move {
        let clock = Instant::now();
        let mut pages = vec![(0.0, 0)];
        while commits.recv().await.is_ok() {
            let at = store.sync_standing().await.unwrap().cursor - began;
            pages.push((clock.elapsed().as_secs_f64(), at));
            if at >= i64::try_from(all).unwrap() {
                break;
            }
        }
        pages
    });
    let clock = Instant::now();
    second.round().await;
    let took = clock.elapsed().as_secs_f64();
    let pages = watching.await.unwrap();
    assert_eq!(stock::digest(&second.store).await, stock::digest(&owner.store).await, "all rows are alike");
    row("applied from the tail, records/s (pulled, opened, written)", f64::from(records) / took, ">= 10,000");
    let last = pages.len() - 1;
    let tenth = (pages.len() / 10).max(1);
    let rate = |from: usize, to: usize| {
        let (a, b) = (pages[from], pages[to]);
        (b.1 - a.1) as f64 * TOGETHER as f64 / (b.0 - a.0)
    };
    row("  the first tenth of its pages, records/s", rate(0, tenth), "-");
    row("  the last tenth of its pages, records/s", rate(last - tenth, last), "no fall");
}

fn patch(at: usize) -> UnitPatch {
    let fen = Some(Some(Fen(100_000 + i64::try_from(at).unwrap() * 100)));
    match at % 5 {
        0 => UnitPatch { price_list: fen, ..UnitPatch::default() },
        1 => UnitPatch { shelf: Some(format!("A{}-{:02}", at % 9, at % 40)), ..UnitPatch::default() },
        2 => UnitPatch { price_live: fen, ..UnitPatch::default() },
        3 => UnitPatch { note: Some(format!("第 {at} 次查看")), ..UnitPatch::default() },
        _ => UnitPatch { battery: Some(Some(u8::try_from(70 + at / 5 % 31).unwrap())), ..UnitPatch::default() },
    }
}
