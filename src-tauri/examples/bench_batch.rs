//! Measures the catalogue while photographs of many units are read: `bench_batch DIR [photos=300] [units=20000]`.
//!
//! DIR holds JPEGs (`bench_photos --make`); they are handed in over and over, each made another file by a comment of its own.
//! Prints photographs a second, and p50, p99 and the longest answer of `units.list` and `units.get` meanwhile.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measuring program"
)]

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use stall_core::{Id, Role, api::Door};
use stall_store::Env;
use stallkeeper::{Caller, Ctx, dispatch, seed};

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| args.get(at).map_or(default, |v| v.parse().expect("a number"));
    let Some(dir) = args.first() else { return println!("bench_batch DIR [photos=300] [units=20000]") };
    run(Path::new(dir), number(1, 300), number(2, 20_000)).await;
}

async fn run(dir: &Path, photos: usize, units: usize) {
    let data = tempfile::tempdir().unwrap();
    let ctx = Ctx::open(data.path(), Env::system()).await.unwrap();
    seed::fill(&ctx, u32::try_from(units).unwrap(), 0).await.unwrap();
    let token = ctx.mint(Role::Owner).unwrap();
    let me = ctx.caller(&token, Door::Browser, None).await.unwrap();
    let files = stage(&ctx, &originals(dir), photos);
    println!("photographs while the catalogue is asked: {photos} of 12 MP, {units} units");
    let begun = Instant::now();
    let job = call(&ctx, &me, "batch.start", json!({ "files": files })).await;
    let (mut list, mut get) = (Vec::new(), Vec::new());
    loop {
        let at = Instant::now();
        let page = call(&ctx, &me, "units.list", json!({ "limit": 100, "text": "13" })).await;
        list.push(at.elapsed());
        let row = page["rows"].as_array().and_then(|r| r.get(list.len() % r.len().max(1))).expect("a unit");
        let at = Instant::now();
        call(&ctx, &me, "units.get", json!({ "id": row["id"] })).await;
        get.push(at.elapsed());
        let jobs = call(&ctx, &me, "jobs.list", json!({})).await;
        let mine =
            jobs["jobs"].as_array().and_then(|j| j.iter().find(|j| j["id"] == job["id"])).expect("the job").clone();
        if mine["state"] != "running" {
            assert_eq!((&mine["state"], mine["problems"].as_array().map(Vec::len)), (&json!("done"), Some(0)));
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    println!("  read in {:.1} s: {:.1} photographs a second", took.as_secs_f64(), photos as f64 / took.as_secs_f64());
    told("units.list", list);
    told("units.get", get);
    let batch = call(&ctx, &me, "batch.get", json!({})).await["batch"].clone();
    let at = Instant::now();
    call(&ctx, &me, "batch.apply", json!({ "id": batch["id"] })).await;
    println!("  written in {:.0} ms", at.elapsed().as_secs_f64() * 1000.0);
    ctx.close().await;
}

fn told(what: &str, mut all: Vec<Duration>) {
    all.sort();
    let at = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1000.0;
    println!(
        "  {what}: {} answers, p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms   reach p99 <= 50",
        all.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn originals(dir: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "jpg"));
    all.sort();
    assert!(!all.is_empty(), "no photographs in {}", dir.display());
    all
}

/// Each file another original: a JPEG comment with its number right behind the first two bytes.
fn stage(ctx: &Ctx, from: &[PathBuf], photos: usize) -> Vec<Id> {
    let one = |n: usize| {
        let jpeg = std::fs::read(&from[n % from.len()]).unwrap();
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xfe, 0, 10];
        bytes.extend_from_slice(format!("{n:08}").as_bytes());
        bytes.extend_from_slice(&jpeg[2..]);
        ctx.staging().put(ctx.env().new_id().unwrap(), &format!("IMG_{n:04}.jpg"), &bytes).unwrap().id
    };
    (0..photos).map(one).collect()
}

async fn call(ctx: &Ctx, me: &Caller, name: &str, input: Value) -> Value {
    dispatch(ctx, me, name, input).await.unwrap_or_else(|e| panic!("{name}: {e}"))
}
