//! Measures the store on 200,000 units and 100,000 orders: `bench_store DIR [units] [orders]`.
//!
//! Every figure stands beside its peer in the same run on the same file: OFFSET paging, LIKE, the bare parse.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program")]

use std::{path::Path, time::Instant};

use sqlx::Row;
use stall_core::{
    Role,
    api::{UnitQuery, UnitSort, UnitStatus},
    orders_import, units_import,
};
use stall_store::{
    Actor, Env, Store, made,
    tables::{order_import, unit_import, units},
};

const CHUNK: u32 = 50_000;

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let dir = args.first().map_or("target/bench-stall", String::as_str);
    let number = |at: usize, default: u32| args.get(at).map_or(default, |a| a.parse().unwrap());
    let (n_units, n_orders) = (number(1, 200_000), number(2, 100_000));
    let store = Store::open(Path::new(dir), Env::system()).await.unwrap();
    let actor = Actor::new("bench", Role::Owner);
    println!("store: {n_units} units, {n_orders} orders, made by crates/store/src/made.rs, in {dir}");
    // A folder measured before is only read again.
    if units::list(&store, &UnitQuery::default()).await.unwrap().total == 0 {
        take_in(&store, &actor, n_units).await;
        import_orders(&store, &actor, n_orders).await;
    }
    pages(&store, n_units).await;
    tails(&store, n_units).await;
    words(&store).await;
    println!("  peak memory of the process: {} MB", peak_mb());
}

async fn take_in(store: &Store, actor: &Actor, n: u32) {
    let (mut spent, mut plain) = (0.0, 0.0);
    for from in (1..=n).step_by(CHUNK as usize) {
        let table = made::units(from, (from + CHUNK).min(n + 1));
        let clock = Instant::now();
        let layout = units_import::open(&table, None).unwrap();
        let plan = unit_import::UnitPlan::read(&table, &layout);
        plain += clock.elapsed().as_secs_f64();
        let plan = unit_import::preview(store, plan).await.unwrap();
        let done = unit_import::apply(store, actor, plan, &Default::default(), &Default::default()).await.unwrap();
        spent += clock.elapsed().as_secs_f64();
        assert_eq!(done.refused, 0);
    }
    row("unit import, rows/s (parse, judge, write, index)", f64::from(n) / spent, ">= 25,000");
    row("  of which reading alone, rows/s", f64::from(n) / plain, "-");
}

async fn import_orders(store: &Store, actor: &Actor, n: u32) {
    let bytes = stall_sheets_csv(&made::orders(1, n + 1, store.env().now()));
    let before = peak_mb();
    let clock = Instant::now();
    let book = stall_sheets::read(&bytes, "orders.csv", None).unwrap();
    let layout = orders_import::open(&book.table, None, None).unwrap();
    let file = orders_import::read_orders(&book.table, &layout, "");
    let parsed = clock.elapsed().as_secs_f64();
    assert!(file.refused.is_empty(), "{:?}", file.refused.first());
    let plan = order_import::preview(store, file).await.unwrap();
    let judged = clock.elapsed().as_secs_f64();
    let done = order_import::apply(store, actor, plan, &Default::default(), &Default::default()).await.unwrap();
    let all = clock.elapsed().as_secs_f64();
    assert_eq!(done.new, n);
    row("order import end to end, rows/s", f64::from(n) / all, ">= 20,000");
    println!("    read {parsed:.2} s, judge and match {:.2} s, write and index {:.2} s", judged - parsed, all - judged);
    println!("    matched {} of {n}; peak memory {before} -> {} MB", done.matched, peak_mb());
}

fn stall_sheets_csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = Vec::new();
    for r in rows {
        out.extend_from_slice(r.join(",").as_bytes());
        out.push(b'\n');
    }
    out
}

async fn pages(store: &Store, n: u32) {
    for (name, sort) in [("newest", UnitSort::Newest), ("price", UnitSort::PriceUp), ("stock no.", UnitSort::StockNo)] {
        let mut q = UnitQuery { status: vec![UnitStatus::InStock], sort, limit: 50, ..UnitQuery::default() };
        let mut times = Vec::new();
        for i in 0..400 {
            if i % 100 == 0 {
                q.after = None;
            }
            let clock = Instant::now();
            let page = units::list(store, &q).await.unwrap();
            times.push(clock.elapsed().as_secs_f64() * 1e3);
            q.after = page.next;
        }
        spread(&format!("page of 50 by {name}, ms (whole command)"), &mut times, "<= 5 p99");
    }
    let mut conn = store.read().await.unwrap();
    let mut times = Vec::new();
    for i in 0..50_u32 {
        let clock = Instant::now();
        let sql = "SELECT unit_id FROM unit_state WHERE status = 'in_stock' ORDER BY taken_in DESC LIMIT 50 OFFSET ?1";
        sqlx::query(sql).bind(i * (n / 60)).fetch_all(&mut *conn).await.unwrap();
        times.push(clock.elapsed().as_secs_f64() * 1e3);
    }
    spread("  peer: OFFSET, ids only, ms", &mut times, "-");
}

async fn tails(store: &Store, n: u32) {
    let mut conn = store.read().await.unwrap();
    let (mut ours, mut like) = (Vec::new(), Vec::new());
    for i in 0..60_u32 {
        let imei = made::imei(1 + (i * 7919) % n);
        let tail = &imei[9..];
        let rev: String = tail.chars().rev().collect();
        let clock = Instant::now();
        let sql = "SELECT unit_id FROM unit_state WHERE imei_rev >= ?1 AND imei_rev < ?2";
        let a = sqlx::query(sql).bind(&rev).bind(format!("{rev}:")).fetch_all(&mut *conn).await.unwrap();
        ours.push(clock.elapsed().as_secs_f64() * 1e3);
        let clock = Instant::now();
        let sql = "SELECT id FROM units WHERE imei LIKE ?1";
        let b = sqlx::query(sql).bind(format!("%{tail}")).fetch_all(&mut *conn).await.unwrap();
        like.push(clock.elapsed().as_secs_f64() * 1e3);
        assert_eq!(a.len(), b.len());
    }
    let (a, b) = (spread("IMEI tail of 6 digits, ms", &mut ours, "-"), spread("  peer: LIKE, ms", &mut like, "-"));
    row("  LIKE against ours, medians", b / a, ">= 1000");
    let mut whole = Vec::new();
    for i in 0..60_u32 {
        let text = made::imei(1 + (i * 104_729) % n)[9..].to_owned();
        let clock = Instant::now();
        let page = units::list(store, &UnitQuery { text, ..UnitQuery::default() }).await.unwrap();
        whole.push(clock.elapsed().as_secs_f64() * 1e3);
        assert!(!page.rows.is_empty());
    }
    spread("IMEI tail, whole command, ms", &mut whole, "-");
}

async fn words(store: &Store) {
    let texts =
        ["细划痕", "磕碰", "雅", "远峰蓝", "Ultra", "k70", "原色钛金属", "小米", "换过", "星光", "掉漆", "mate"];
    let mut times = Vec::new();
    let mut conn = store.read().await.unwrap();
    for round in 0..10 {
        for text in texts {
            let q = UnitQuery { text: text.to_owned(), ..UnitQuery::default() };
            let clock = Instant::now();
            let page = units::list(store, &q).await.unwrap();
            times.push(clock.elapsed().as_secs_f64() * 1e3);
            if std::env::var_os("EACH").is_some() {
                println!("{text} {:.1} ms total {}", clock.elapsed().as_secs_f64() * 1e3, page.total);
            }
            if round == 0 {
                let sql =
                    "SELECT count(*) FROM units WHERE instr(lower(brand||' '||model||' '||storage||' '||colour||' '||
                           stock_no||' '||shelf||' '||flaws||' '||note), lower(?1)) > 0";
                let scan: u32 = sqlx::query(sql).bind(text).fetch_one(&mut *conn).await.unwrap().get(0);
                assert_eq!(page.total, scan, "recall of {text} against a full scan");
            }
        }
    }
    spread("words of 1-5 characters, first page, ms", &mut times, "<= 10 p99");
}

/// Prints median and p99; returns the median.
fn spread(what: &str, times: &mut [f64], reach: &str) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("  {what:<52} p50 {:>9.3}  p99 {:>9.3}   reach {reach}", at(50), at(99));
    at(50)
}

fn row(what: &str, value: f64, reach: &str) {
    println!("  {what:<52} {value:>13.0}   reach {reach}");
}

/// Highest resident memory so far, where the system tells (Linux).
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
