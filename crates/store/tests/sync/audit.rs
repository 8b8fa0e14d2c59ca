//! Sums of what laptops hold, and what of a file is not as the hub's order makes it.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use stall_core::{
    api::WithdrawInput,
    sync::{
        Change, Hex, Hlc, Record, Scope, Value, Write,
        audit::{Keys, Sums},
    },
};
use stall_store::{
    sync::{
        Sequenced,
        audit::{Difference, How},
    },
    tables::units,
};

use crate::{
    actions::{Stall, act},
    hub::{Hub, laptop},
    merge::{note, price, two},
};

fn keys(scopes: &[Scope]) -> Keys {
    Keys(scopes.iter().map(|s| (*s, [s.number() + 1; 32])).collect())
}

async fn sums_of(s: &Stall, scopes: &[Scope]) -> Sums {
    s.store.sync_moment().await.unwrap().unwrap().sums(&keys(scopes)).await.unwrap()
}

async fn sums(s: &Stall) -> Sums {
    sums_of(s, &Scope::ALL).await
}

/// Somebody with another program: no trigger, no log.
async fn by_hand(s: &Stall, sql: &'static str) {
    let file = SqliteConnectOptions::new().filename(s.store.dir().join("stall.db")).foreign_keys(false);
    let mut conn = file.connect().await.unwrap();
    let guards: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'facts_no_%'")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    for (name, _) in &guards {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP TRIGGER {name}"))).execute(&mut conn).await.unwrap();
    }
    assert!(sqlx::query(sql).execute(&mut conn).await.unwrap().rows_affected() > 0, "{sql}");
    for (_, guard) in guards {
        sqlx::raw_sql(sqlx::AssertSqlSafe(guard)).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
}

/// Two that sold, shipped, priced and wrote apart, and met.
async fn met() -> crate::merge::Two {
    let mut t = two().await;
    let away = WithdrawInput { ids: vec![t.unit], reason: "自用".into() };
    units::withdraw(&t.all[0].store, &t.all[0].me, &away).await.unwrap();
    for n in 0..90_u16 {
        t.pass(1_000);
        let step = (u8::try_from(n % 30).unwrap(), n.wrapping_mul(7_919), n.wrapping_mul(104));
        act(&t.all[usize::from(n % 2)], step).await;
    }
    t.settle().await;
    assert!(t.one::<i64>(0, "SELECT count(*) FROM facts").await > 0);
    t
}

#[tokio::test]
async fn they_are_the_same_in_whatever_order_and_pages_things_came() {
    let t = met().await;
    let (dir, later) = (tempfile::tempdir().unwrap(), t.hub.now);
    let c = laptop(dir.path(), "小林", 0).await;
    c.clock.store(later, Ordering::SeqCst);
    t.hub.pull(&c, 1).await;
    c.store.sync_set_lineage(t.all[0].store.sync_lineage().await.unwrap().unwrap()).await.unwrap();
    while c.store.sync_standing().await.unwrap().cursor < t.all[0].store.sync_standing().await.unwrap().cursor {
        t.hub.pull(&c, 3).await;
    }
    let all = [sums(&t.all[0]).await, sums(&t.all[1]).await, sums(&c).await];
    assert_eq!((&all[0], &all[1]), (&all[1], &all[2]));
    assert_eq!(all[0].of.len(), 4);
    // Nobody without the key knows what it is of.
    let other = Keys(BTreeMap::from([(Scope::Goods, [99; 32])]));
    let other = c.store.sync_moment().await.unwrap().unwrap().sums(&other).await.unwrap();
    assert_ne!(other.of[&Scope::Goods], all[0].of[&Scope::Goods]);
}

#[tokio::test]
async fn a_missing_a_changed_and_an_extra_fact_and_one_fen_make_another() {
    let t = met().await;
    let (a, b) = (&t.all[0], &t.all[1]);
    let right = sums(b).await;
    let mut seen = vec![right.of[&Scope::Goods]];
    for (sql, how, more) in [
        ("UPDATE facts SET by = by || '!' WHERE id = (SELECT min(id) FROM facts)", How::Changed(vec!["by".into()]), 0),
        ("DELETE FROM facts WHERE id = (SELECT min(id) FROM facts)", How::Missing, 0),
        (
            "INSERT INTO facts(id,kind,at,by) VALUES('00000000-0000-7000-8000-000000000000','restored',1,'x')",
            How::Extra,
            1,
        ),
        (
            "UPDATE units SET price_list = coalesce(price_list,0) + 1 WHERE id = (SELECT min(id) FROM units)",
            How::Changed(vec!["price_list".into()]),
            2,
        ),
    ] {
        by_hand(a, sql).await;
        let wrong = sums(a).await;
        assert_eq!(wrong.same(&right), Some(false), "{sql}");
        assert_eq!(wrong.of[&Scope::Money], right.of[&Scope::Money]);
        assert!(!seen.contains(&wrong.of[&Scope::Goods]), "{sql}");
        seen.push(wrong.of[&Scope::Goods]);
        let (here, there) =
            (a.store.sync_moment().await.unwrap().unwrap(), b.store.sync_moment().await.unwrap().unwrap());
        let found = here.differences(there, &Scope::ALL, 10).await.unwrap();
        assert_eq!(found.total, more + 1);
        assert!(found.rows.iter().any(|d| d.how == how), "{sql}: {found:?}");
    }
    let (here, there) = (a.store.sync_moment().await.unwrap().unwrap(), b.store.sync_moment().await.unwrap().unwrap());
    let found = here.differences(there, &Scope::ALL, 1).await.unwrap();
    assert_eq!((found.total, found.rows.len()), (3, 1), "so many by name");
    let Difference { table, row, unit, .. } = &found.rows[0];
    assert_eq!((table.as_str(), unit.as_ref()), ("units", Some(row)));
}

#[tokio::test]
async fn who_may_not_see_costs_is_compared_in_goods_alone() {
    let t = met().await;
    let (a, b) = (&t.all[0], &t.all[1]);
    by_hand(a, "UPDATE units SET cost = 1 WHERE id = (SELECT min(id) FROM units)").await;
    let (owner, helper) = (sums(a).await, sums_of(b, &[Scope::Goods]).await);
    assert_eq!(owner.same(&helper), Some(true));
    assert_eq!(owner.same(&sums(b).await), Some(false));
    let (here, there) = (a.store.sync_moment().await.unwrap().unwrap(), b.store.sync_moment().await.unwrap().unwrap());
    assert_eq!(here.differences(there, &[Scope::Goods], 9).await.unwrap().total, 0);
    let (here, there) = (a.store.sync_moment().await.unwrap().unwrap(), b.store.sync_moment().await.unwrap().unwrap());
    assert_eq!(here.differences(there, &Scope::ALL, 9).await.unwrap().total, 1);
}

#[tokio::test]
async fn what_stays_on_a_laptop_is_no_difference() {
    let t = met().await;
    by_hand(&t.all[0], "INSERT INTO settings(id,value) VALUES('watch.folder','\"here\"')").await;
    assert_eq!(sums(&t.all[0]).await, sums(&t.all[1]).await);
}

#[tokio::test]
async fn no_sums_are_taken_while_something_has_no_place_or_waits_for_a_newer_program() {
    let mut t = two().await;
    let before = sums(&t.all[0]).await;
    t.edit(0, note("还没传")).await;
    assert!(t.all[0].store.sync_moment().await.unwrap().is_none());
    assert_eq!(sums(&t.all[1]).await, before, "another's change that has no place is nobody's");
    t.edit(1, price(2_000)).await;
    t.settle().await;
    assert_eq!(sums(&t.all[0]).await, sums(&t.all[1]).await);
    // A program of tomorrow.
    let at = t.all[0].store.sync_standing().await.unwrap();
    let write = Write { seq: at.cursor + 1, eff: Hlc(i64::MAX >> 8), replica: Hex([7; 16]), base_seq: at.cursor };
    let records = vec![Record {
        table: "units".into(),
        row: t.unit.to_string(),
        change: Change::Set("of_tomorrow".into(), Value::Int(1)),
    }];
    let group = Sequenced { write, rseq: 1, by_owner: true, by: String::new(), records: Some(records) };
    assert_eq!(t.all[0].store.sync_apply(&[group], &Scope::ALL, &[]).await.unwrap().parked, 1);
    assert!(t.all[0].store.sync_moment().await.unwrap().is_none());
}

#[tokio::test]
async fn a_stall_that_never_met_a_hub_has_none() {
    let dir = tempfile::tempdir().unwrap();
    let s = laptop(dir.path(), "周敏", 0).await;
    assert!(s.store.sync_moment().await.unwrap().is_none());
    let mut hub = Hub::new();
    hub.push(&s, 10, false).await;
    assert!(s.store.sync_moment().await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_written_meanwhile_is_in_no_sum() {
    let mut t = met().await;
    let before = sums(&t.all[0]).await;
    let moment = t.all[0].store.sync_moment().await.unwrap().unwrap();
    t.edit(0, note("在算的时候改的")).await;
    assert_eq!(moment.sums(&keys(&Scope::ALL)).await.unwrap(), before);
}
