#![expect(clippy::unwrap_used, reason = "tests")]
//! Any sequence of actions, undone in full, gives the first state; redone, the last.

mod actions;
#[path = "actions/cases.rs"]
mod cases;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use actions::{NOON, Stall, Step, act, units_step};
use proptest::prelude::*;
use stall_core::{Ms, Role};
use stall_store::{Actor, Env, Store};

async fn open(dir: &Path) -> Stall {
    let clock = Arc::new(AtomicI64::new(NOON));
    let read = Arc::clone(&clock);
    let store = Store::open(dir, Env::with_clock(move || Ms(read.load(Ordering::SeqCst)))).await.unwrap();
    Stall { store, me: Actor::new("周敏", Role::Owner), clock }
}

/// Every column of every captured table as people see it: attributes as they are, live facts without their own ids.
async fn state(s: &Stall) -> Vec<String> {
    let mut conn = s.store.read().await.unwrap();
    let mut out = Vec::new();
    for table in [
        "units",
        "photos",
        "shows",
        "show_items",
        "orders",
        "order_lines",
        "members",
        "settings",
        "unit_fields",
        "inspections",
        "inspection_answers",
        "inspection_photos",
        "checklist_items",
        "third_party_reports",
    ] {
        let cols: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1) ORDER BY cid")
            .bind(table)
            .fetch_all(&mut *conn)
            .await
            .unwrap();
        let sql = format!("SELECT json_array('{table}', {}) FROM {table} ORDER BY id", cols.join(","));
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *conn).await.unwrap();
        out.extend(rows);
    }
    let facts: Vec<String> = sqlx::query_scalar(
        "SELECT json_array('fact', kind, at, by, unit_id, order_id, line_id, json_remove(data, '$.root')) AS j FROM facts f
         WHERE kind <> 'void' AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id) ORDER BY j",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    out.extend(facts);
    // What is derived must follow.
    let derived: Vec<String> = sqlx::query_scalar(
        "SELECT json_array('state', unit_id, status, price, photos, cover, order_id, line_id, show_until, imei_rev)
         FROM unit_state ORDER BY unit_id",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    out.extend(derived);
    let inspected: Vec<String> = sqlx::query_scalar(
        "SELECT json_array('inspection', unit_id, report, grade, badges, blocked, draft, erasure)
         FROM unit_inspections ORDER BY unit_id",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    out.extend(inspected);
    out
}

/// Compares two states and names only what differs: a whole state is unreadable.
fn same(now: &[String], then: &[String]) {
    let more: Vec<_> = now.iter().filter(|r| !then.contains(r)).collect();
    let less: Vec<_> = then.iter().filter(|r| !now.contains(r)).collect();
    assert!(more.is_empty() && less.is_empty() && now == then, "now has {more:#?}, had {less:#?}");
}

async fn walk(steps: Vec<Step>, reopen: bool) {
    let dir = tempfile::tempdir().unwrap();
    let mut s = open(dir.path()).await;
    // The first state is not empty: undo must stop at it and not at nothing.
    for n in 0..4u16 {
        units_step(&s, (0, n, n)).await;
    }
    let base = s.store.undo_state().await.unwrap().undo.map(|u| u.id);
    let first = state(&s).await;
    for step in steps {
        act(&s, step).await;
    }
    let last = state(&s).await;
    if reopen {
        let env = s.store.env().clone();
        let Stall { store, me, clock } = s;
        store.close().await;
        drop(store);
        let store = Store::open(dir.path(), env).await.unwrap();
        s = Stall { store, me, clock };
        same(&state(&s).await, &last);
    }
    let mut n = 0;
    while s.store.undo_state().await.unwrap().undo.map(|u| u.id) != base {
        s.clock.fetch_add(1000, Ordering::SeqCst);
        s.store.undo(&s.me).await.unwrap();
        n += 1;
    }
    same(&state(&s).await, &first);
    for _ in 0..n {
        s.clock.fetch_add(1000, Ordering::SeqCst);
        s.store.redo(&s.me).await.unwrap();
    }
    assert!(s.store.undo_state().await.unwrap().redo.is_none());
    same(&state(&s).await, &last);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases::cases(24), max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_actions_undone_in_full_give_the_first_state_and_redone_the_last(
        steps in prop::collection::vec((0u8..30, any::<u16>(), any::<u16>()), 1..40),
        reopen in any::<bool>(),
    ) {
        let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        rt.block_on(walk(steps, reopen));
    }
}
