#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
//! Killed at random moments while writing: the stall opens, nothing acknowledged is lost, derived rows are right, undo
//! works. `STALL_KILL_ROUNDS` sets how often (20).

mod actions;
#[path = "actions/derived.rs"]
mod derived;

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use actions::{Stall, act};
use stall_core::Role;
use stall_store::{Actor, Env, Store};

const CHILD: &str = "the_writer_goes_on_until_it_is_killed";
const DIR: &str = "STALL_TORTURE_DIR";
const SEED: &str = "STALL_TORTURE_SEED";

fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// The process that is killed. Says each acknowledged change group and the facts it wrote.
#[tokio::test]
#[ignore = "run by the torture in a process of its own"]
async fn the_writer_goes_on_until_it_is_killed() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let mut seed: u64 = std::env::var(SEED).unwrap().parse().unwrap();
    let store = Store::open(Path::new(&dir), Env::system()).await.unwrap();
    let s = Stall { store, me: Actor::new("周敏", Role::Owner), clock: Arc::default() };
    let mut told: i64 = max(&s.store, "SELECT coalesce(max(rowid), 0) FROM facts").await;
    loop {
        let n = next(&mut seed);
        let (kind, a, b) = ((n % 30) as u8, (n >> 8) as u16, (n >> 24) as u16);
        match kind {
            28 => drop(s.store.undo(&s.me).await),
            29 => drop(s.store.redo(&s.me).await),
            _ => act(&s, (kind, a, b)).await,
        }
        let mut conn = s.store.read().await.unwrap();
        let facts: Vec<(i64, String)> = sqlx::query_as("SELECT rowid, id FROM facts WHERE rowid > ?1 ORDER BY rowid")
            .bind(told)
            .fetch_all(&mut *conn)
            .await
            .unwrap();
        drop(conn);
        told = facts.last().map_or(told, |f| f.0);
        let rseq = max(&s.store, "SELECT coalesce(max(rseq), 0) FROM change_groups").await;
        let ids: Vec<&str> = facts.iter().map(|f| f.1.as_str()).collect();
        let mut out = std::io::stdout().lock();
        writeln!(out, "ack {rseq} {}", ids.join(" ")).unwrap();
        out.flush().unwrap();
    }
}

async fn max(store: &Store, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut *store.read().await.unwrap()).await.unwrap()
}

/// Runs the writer and kills it a moment after it has acknowledged `acks` actions. Gives what it acknowledged.
fn run_and_kill(dir: &Path, seed: u64, acks: u64, moment: Duration) -> (i64, Vec<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", CHILD, "--nocapture", "--test-threads", "1"])
        .env(DIR, dir)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (mut rseq, mut facts, mut seen) = (0, Vec::new(), 0);
    let mut note = |line: String| {
        // The first line shares its place with the test harness's own words.
        let Some((_, said)) = line.split_once("ack ") else { return 0 };
        let mut words = said.split_whitespace();
        rseq = words.next().unwrap().parse().unwrap();
        facts.extend(words.map(str::to_owned));
        1
    };
    while seen < acks {
        let line = lines.next().expect("the writer ended by itself");
        seen += note(line);
    }
    // Not a wait for anything: the kill has to fall at a moment nobody chose.
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died is acknowledged too; a torn last line is not.
    for line in lines {
        note(line);
    }
    (rseq, facts)
}

#[tokio::test]
async fn killed_at_random_moments_nothing_acknowledged_is_lost_and_undo_still_works() {
    let rounds: u32 = std::env::var("STALL_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let dir = tempfile::tempdir().unwrap();
    let mut seed = 0x5EED_1234_5678_9ABC;
    let mut facts: HashSet<String> = HashSet::new();
    let me = Actor::new("周敏", Role::Owner);
    for round in 0..rounds {
        let (acks, moment) = (next(&mut seed) % 25 + 1, Duration::from_micros(next(&mut seed) % 9_000));
        let child = dir.path().to_owned();
        let start = next(&mut seed);
        let (rseq, new) = tokio::task::spawn_blocking(move || run_and_kill(&child, start, acks, moment)).await.unwrap();
        facts.extend(new);

        let store = Store::open(dir.path(), Env::system()).await.unwrap();
        let last = max(&store, "SELECT max(rseq) FROM change_groups").await;
        assert!(last >= rseq, "round {round}: acknowledged {rseq}, found {last}");
        assert_eq!(max(&store, "SELECT count(*) FROM change_groups").await, last, "round {round}: a gap");
        let known: Vec<String> =
            sqlx::query_scalar("SELECT id FROM facts").fetch_all(&mut *store.read().await.unwrap()).await.unwrap();
        let known: HashSet<String> = known.into_iter().collect();
        assert!(facts.is_subset(&known), "round {round}: a fact is lost");
        let broken = max(&store, "SELECT count(*) FROM pragma_foreign_key_check").await;
        assert_eq!(broken, 0, "round {round}: a row names nothing");
        store.close().await;
        drop(store);

        let kept = derived::dump(dir.path()).await;
        let store = derived::rebuilt(dir.path(), Env::system()).await.unwrap();
        assert_eq!(kept, derived::dump(dir.path()).await, "round {round}: derived rows");
        let state = store.undo_state().await.unwrap();
        if state.undo.is_some() {
            store.undo(&me).await.unwrap();
            store.redo(&me).await.unwrap();
        }
        store.close().await;
    }
    assert!(!facts.is_empty());
}
