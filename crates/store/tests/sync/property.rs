//! Any actions on three laptops, exchanged in any order, with lost answers and clocks wrong by a day.

use std::{sync::atomic::Ordering, time::Duration};

use proptest::prelude::*;
use stall_store::sync::Keep;

use crate::{
    actions::{Step, act, units_step},
    cases::cases,
    hub::{Hub, laptop, same, state},
    state::ends_undo,
};

#[derive(Debug, Clone)]
enum Do {
    Act(usize, Step),
    Undo(usize),
    Push(usize, u32, bool),
    Pull(usize, usize),
    Prune(usize, u32),
}

fn one() -> impl Strategy<Value = Do> {
    let who = 0usize..3;
    prop_oneof![
        6 => (who.clone(), (0u8..30, any::<u16>(), any::<u16>())).prop_map(|(w, s)| Do::Act(w, s)),
        1 => who.clone().prop_map(Do::Undo),
        2 => (who.clone(), 1u32..6, any::<bool>()).prop_map(|(w, n, lost)| Do::Push(w, n, lost)),
        2 => (who.clone(), 1usize..8).prop_map(|(w, n)| Do::Pull(w, n)),
        1 => (who, 0u32..2).prop_map(|(w, history)| Do::Prune(w, history)),
    ]
}

async fn run(what: Vec<Do>) {
    let dirs = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let mut hub = Hub::new();
    let mut all = Vec::new();
    for (dir, (name, skew)) in dirs.iter().zip([("周敏", 0), ("阿强", 86_400_000), ("小林", -86_400_000)]) {
        all.push(laptop(dir.path(), name, skew).await);
    }
    for n in 0..4u16 {
        units_step(&all[0], (0, n, n)).await;
    }
    hub.settle(&all).await;
    for step in what {
        hub.now += 700;
        for s in &all {
            s.clock.fetch_add(700, Ordering::SeqCst);
        }
        match step {
            Do::Act(who, step) => act(&all[who], step).await,
            // Somebody else may have changed the row since: refused is right.
            Do::Undo(who) => drop(all[who].store.undo(&all[who].me).await),
            Do::Push(who, most, lost) => hub.push(&all[who], most, lost).await,
            Do::Pull(who, most) => hub.pull(&all[who], most).await,
            Do::Prune(who, history) => {
                ends_undo(&all[who].store).await;
                all[who].store.prune(Keep { said: 0, history, pause: Duration::ZERO }).await.unwrap();
            }
        }
    }
    hub.settle(&all).await;
    hub.settle(&all).await;
    let first = state(&all[0]).await;
    for s in &all[1..] {
        same(&first, &state(s).await);
    }
    // Begun again from the same order, a laptop is what it was.
    for (s, most) in all.iter().zip([7, 500]) {
        hub.again(s, most).await;
        same(&first, &state(s).await);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(24), max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn laptops_that_heard_the_same_hold_the_same(what in prop::collection::vec(one(), 1..60)) {
        let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        rt.block_on(run(what));
    }
}
