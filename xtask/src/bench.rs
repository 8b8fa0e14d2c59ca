//! `bench`: the measurements of PERFORMANCE.md and SYNC.md, both sides in one run, with machine, data and ratios.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    postgres::Postgres,
    setup::npm_ci,
    sh::{Res, cargo, cmd, go, read, root, target},
};

/// Rounds taken in turns, ours then the peer, so that a busy moment falls on both.
const ROUNDS: usize = 3;
const PHOTOS: usize = 16;

type Part = (&'static str, fn() -> Res);

const PARTS: [Part; 7] = [
    ("photographs", photographs),
    ("labels", labels),
    ("passport", passport),
    ("ingest", ingest),
    ("store", store),
    ("hub", hub),
    ("sync", sync),
];

/// Everything, or the parts that are named.
pub fn bench(wanted: &[String]) -> Res {
    if let Some(odd) = wanted.iter().find(|w| PARTS.iter().all(|(name, _)| name != w)) {
        return Err(format!("there is no part `{odd}`"));
    }
    machine()?;
    let mut parts = PARTS.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| w == name));
    parts.try_for_each(|(_, part)| part())
}

/// 100 labels as PDF and as bits for a printer.
fn labels() -> Res {
    go(cargo(&["run", "--quiet", "--profile", "bench", "-p", "stall-print", "--example", "bench_labels"]))
}

/// A passport with twelve photographs as PDF and long picture.
fn passport() -> Res {
    println!();
    go(cargo(&["run", "--quiet", "--profile", "bench", "-p", "stall-passport", "--example", "bench_passport"]))
}

fn machine() -> Res {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map_or("unknown", |l| l.trim_start_matches([' ', '\t', ':']));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let rustc = read(cmd("rustc", &["--version"]))?;
    println!("machine: {model}, {cores} cores, load {}, {}", load.split(' ').next().unwrap_or("?"), rustc.trim());
    println!("commit: {}", read(cmd("git", &["rev-parse", "--short", "HEAD"]))?.trim());
    Ok(())
}

/// Ours, the naive pipeline and libvips over the same made 12 MP photographs, in turns.
fn photographs() -> Res {
    let dir = target().join("bench-photos");
    let example = |args: &[&str]| {
        let mut all =
            vec!["run", "--quiet", "--profile", "bench", "-p", "stall-media", "--example", "bench_photos", "--"];
        all.extend(args);
        cargo(&all)
    };
    let folder = dir.to_string_lossy().into_owned();
    if fs::read_dir(&dir).map_or(0, Iterator::count) != PHOTOS {
        fs::remove_dir_all(&dir).ok();
        go(example(&["--make", &PHOTOS.to_string(), &folder]))?;
    }
    let python = peer()?;
    let script = root().join("crates/media/benches/vips_peer.py");
    let (mut ours, mut vips) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(json(&read(example(&[&folder, "2", "1"]))?)?);
        vips.push(json(&read(cmd(&python, &[&script.to_string_lossy(), &folder, "1"]))?)?);
    }
    let cpu = |all: &[Value], at: &str| {
        let mut v: Vec<f64> = all.iter().filter_map(|j| j.pointer(at).and_then(Value::as_f64)).collect();
        v.sort_by(f64::total_cmp);
        v.get(v.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let one = cpu(&ours, "/ours/cpu_ms_per_photo");
    let naive = cpu(&ours, "/naive_image/cpu_ms_per_photo");
    let (plain, shrink) = (cpu(&vips, "/default/cpu_ms_per_photo"), cpu(&vips, "/shrink2/cpu_ms_per_photo"));
    let wall = |at: &str| cpu(&ours, at);
    let scaling = wall("/ours/wall_ms_per_photo") / wall("/ours_threads/wall_ms_per_photo");
    let version = vips.first().and_then(|v| v["libvips"].as_str()).unwrap_or("?").to_owned();
    println!("\nphotographs: {PHOTOS} made JPEGs of 12 MP, medians of {ROUNDS} rounds in turns, CPU ms a photograph");
    println!(
        "  ours {one:.1} · libvips {version} default {plain:.1} · forced shrink 2 {shrink:.1} · naive image {naive:.1}"
    );
    row("CPU against libvips default", one / plain, "<= 0.70");
    row("CPU against libvips shrink 2", one / shrink, "<= 0.75");
    row("naive against ours", naive / one, ">= 7");
    row("two threads against one, by wall", scaling, ">= 1.8");
    let mb = cpu(&ours, "/rss_mb/per_worker");
    if mb.is_finite() {
        row("memory a worker, MB", mb, "<= 40");
    }
    Ok(())
}

/// 300 photographs of 12 MP read as a batch while the catalogue of 20,000 units is asked: the made ones over and over, each
/// a file of its own.
fn ingest() -> Res {
    let dir = target().join("bench-photos");
    println!();
    go(cargo(&[
        "run",
        "--quiet",
        "--profile",
        "bench",
        "--example",
        "bench_batch",
        "--",
        &dir.to_string_lossy(),
        "300",
        "20000",
    ]))
}

/// libvips 8.18 from PyPI in an environment of its own.
fn peer() -> Res<String> {
    let venv = target().join("bench-venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let python = python.to_string_lossy().into_owned();
    if !Path::new(&python).exists() {
        go(cmd(if cfg!(windows) { "python" } else { "python3" }, &["-m", "venv", &venv.to_string_lossy()]))?;
        go(cmd(&python, &["-m", "pip", "install", "--quiet", "pyvips", "pyvips-binary==8.18.*"]))?;
    }
    Ok(python)
}

/// Groups a second through the hub over HTTP on this machine, on SQLite and, where Debian's PostgreSQL is here, on that.
fn hub() -> Res {
    let bench_hub = |on: &str| {
        println!("\nhub on {}", on.split(':').next().unwrap_or(on));
        go(cargo(&["run", "--quiet", "--profile", "bench", "-p", "stall-hub", "--example", "bench_hub", "--", on]))
    };
    bench_hub("sqlite")?;
    match Postgres::start()? {
        Some(server) => bench_hub(&server.url()),
        None => {
            println!("\nhub on PostgreSQL: there is none here; not measured");
            Ok(())
        }
    }
}

/// First sync beside PouchDB, records a second, bytes on the line. The peer is installed by its lock file; where that cannot be
/// done, the rest is measured all the same.
fn sync() -> Res {
    const PEER: &str = "crates/sync/benches/pouchdb";
    let dir = target().join("bench-sync");
    let (folder, peer) = (dir.to_string_lossy().into_owned(), root().join(PEER).to_string_lossy().into_owned());
    println!();
    let mut args = vec!["run", "--quiet", "--profile", "bench", "-p", "stall-sync", "--example", "bench_sync", "--"];
    args.push(&folder);
    match npm_ci(PEER) {
        Ok(()) => args.extend(["--peer", &peer]),
        Err(e) => println!("PouchDB could not be installed ({e}): the peer of sync is not measured"),
    }
    go(cargo(&args))
}

/// Lists, tails and imports on 200,000 units and 100,000 orders.
fn store() -> Res {
    let dir = target().join("bench-stall");
    fs::remove_dir_all(&dir).ok();
    let folder = dir.to_string_lossy().into_owned();
    println!();
    let example = |name: &str| {
        go(cargo(&["run", "--quiet", "--profile", "bench", "-p", "stall-store", "--example", name, "--", &folder]))
    };
    example("bench_store")?;
    println!();
    example("bench_search")
}

fn row(what: &str, value: f64, reach: &str) {
    println!("  {what:<40} {value:>8.2}   reach {reach}");
}

fn json(text: &str) -> Res<Value> {
    serde_json::from_str(text).map_err(|e| format!("not JSON: {e}"))
}
