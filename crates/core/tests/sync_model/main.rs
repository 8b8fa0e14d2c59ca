//! The convergence model: laptops and a hub in memory, random histories, the rules of `stall_core::sync`.
//!
//! `STALL_SEED=42 cargo test -p stall-core --test sync_model` replays one history; `STALL_HISTORIES=10000000` is the soak.
#![expect(clippy::print_stderr, reason = "seeds and figures of a test")]

mod check;
mod history;
mod hub;
mod laptop;
mod rng;
mod state;

use history::Seen;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs the histories from `first` on all cores; names the seed of one that fails.
fn many(first: u64, n: u64, without_floor: bool) -> Seen {
    let cores = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let part = |core: u64| {
        let mut sum = Seen::default();
        for seed in (first + core..first + n).step_by(cores as usize) {
            let one = std::panic::catch_unwind(|| history::run(seed, without_floor)).unwrap_or_else(|why| {
                eprintln!("STALL_SEED={seed} cargo test -p stall-core --test sync_model");
                std::panic::resume_unwind(why)
            });
            assert!(without_floor || one.inversions == 0, "STALL_SEED={seed}: an edit lost against what it replaced");
            sum.groups += one.groups;
            sum.inversions += one.inversions;
            sum.shadows += one.shadows;
            sum.disputes += one.disputes;
            sum.double_sold += one.double_sold;
            sum.proposals += one.proposals;
            sum.heirs += one.heirs;
            sum.twice += one.twice;
        }
        sum
    };
    std::thread::scope(|s| {
        let parts: Vec<_> = (0..cores).map(|core| s.spawn(move || part(core))).collect();
        parts.into_iter().map(|p| p.join().unwrap_or_else(|why| std::panic::resume_unwind(why))).fold(
            Seen::default(),
            |a, b| Seen {
                groups: a.groups + b.groups,
                inversions: a.inversions + b.inversions,
                shadows: a.shadows + b.shadows,
                disputes: a.disputes + b.disputes,
                double_sold: a.double_sold + b.double_sold,
                proposals: a.proposals + b.proposals,
                heirs: a.heirs + b.heirs,
                twice: a.twice + b.twice,
            },
        )
    })
}

#[test]
fn all_laptops_agree_and_nothing_is_lost_whatever_happens() {
    if let Some(seed) = number("STALL_SEED") {
        eprintln!("{:?}", history::run(seed, false));
        return;
    }
    let n = number("STALL_HISTORIES").unwrap_or(100_000);
    let seen = many(0, n, false);
    eprintln!("{n} histories: {seen:?}");
    // A model in which nothing ever goes wrong proves nothing.
    let often = n as usize / 100;
    assert!(
        seen.shadows > often && seen.disputes > often && seen.double_sold > often && seen.heirs > often,
        "{seen:?}"
    );
    assert!(seen.proposals > often / 10, "{seen:?}");
}

#[test]
fn without_the_floor_of_what_its_author_had_seen_edits_lose_against_what_they_replaced() {
    let seen = many(0, 2_000, true);
    eprintln!("2000 histories without the floor: {} inversions", seen.inversions);
    assert!(seen.inversions > 0);
}
