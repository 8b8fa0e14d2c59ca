//! Laptops that notice by themselves that they do not hold the same, find out who is wrong, and mend it.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use stall_core::{
    Ms, Role,
    sync::{
        audit::{Ledger, Sums},
        wire::PresenceSaid,
    },
};
use stall_seal::SealError;
use stall_store::sync::audit::How;
use stall_sync::{AUDIT, Audited, BEFORE_AUDIT, Client, Hearing, Presence, SyncError};

use crate::{
    between::{Said, between},
    state,
    world::{Laptop, START, World},
};

const HOUR: i64 = 3_600_000;

/// A laptop that tells what it holds and is told.
struct Watched {
    laptop: Laptop,
    ledger: Ledger,
    presence: Presence,
    line: Hearing,
}

impl Watched {
    async fn new(laptop: Laptop) -> Self {
        let (presence, line) = Presence::begin(laptop.client.identity(), Ms(START)).await.unwrap();
        Self { laptop, ledger: Ledger::default(), presence, line }
    }

    async fn sums(&mut self) -> Sums {
        let keys = self.laptop.client.sum_keys().await.unwrap();
        self.laptop.store.sync_moment().await.unwrap().unwrap().sums(&keys).await.unwrap()
    }

    async fn take(&mut self, now: i64) {
        let sums = self.sums().await;
        self.ledger.take(sums, Ms(now));
    }

    async fn say(&mut self, now: i64) -> bool {
        let told = self.ledger.say();
        let owed = told.is_some();
        if owed {
            self.presence.say(Vec::new(), told, Ms(now)).await.unwrap();
        }
        owed
    }

    /// What one that spoke said.
    async fn hear(&mut self, from: &Laptop, now: i64) {
        loop {
            let said: PresenceSaid = self.line.next().await.unwrap();
            let Some(other) = self.presence.read(&said, Ms(now)).await.unwrap() else { continue };
            if other.replica == from.client.identity().replica {
                self.ledger.hear(other.replica, &other.laptop, other.ledger.unwrap(), Ms(now));
                return;
            }
        }
    }

    /// What the program does of it.
    async fn audit(&mut self, now: i64) -> Audited {
        assert!(self.ledger.in_doubt(Ms(now)));
        self.ledger.tries(Ms(now));
        let done = self.laptop.client.audit().await.unwrap();
        if done != Audited::Later {
            self.ledger.made_sure(Ms(now));
            self.take(now).await;
        }
        done
    }
}

/// Both take sums and tell each other.
async fn compare(a: &mut Watched, b: &mut Watched, now: i64) {
    a.take(now).await;
    b.take(now).await;
    if a.say(now).await {
        b.hear(&a.laptop, now).await;
    }
    if b.say(now).await {
        a.hear(&b.laptop, now).await;
    }
}

/// Somebody with another program: no trigger, no log.
async fn by_hand(of: &Laptop, sql: &'static str) {
    let file = SqliteConnectOptions::new().filename(of.dir.path().join("stall.db")).foreign_keys(false);
    let mut conn = file.connect().await.unwrap();
    let guard: String = sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE name = 'facts_no_delete'")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    sqlx::raw_sql("DROP TRIGGER facts_no_delete").execute(&mut conn).await.unwrap();
    assert!(sqlx::query(sql).execute(&mut conn).await.unwrap().rows_affected() > 0, "{sql}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(guard)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

async fn apart(of: &Laptop) -> bool {
    Path::new(of.dir.path()).join(AUDIT).exists()
}

/// Two owners' laptops that hold the same.
async fn two(world: &World) -> (Laptop, Laptop) {
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let unit = a.add("iPhone 15 Pro").await;
    a.add("Mate 60").await;
    a.round().await;
    b.round().await;
    b.price(unit, 3_500).await;
    b.round().await;
    a.round().await;
    a.write("INSERT INTO facts(id,kind,at,by,unit_id) SELECT '0199a000-0000-7000-8000-000000000001','restored',5,'周敏',id FROM units WHERE model = 'Mate 60'").await;
    a.round().await;
    b.round().await;
    (a, b)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_changed_by_hand_is_noticed_found_and_mended_and_nothing_else_is_lost() {
    let world = World::start().await;
    let (a, b) = two(&world).await;
    let right = state::rows(&a.store).await;
    let (mut a, mut b) = (Watched::new(a).await, Watched::new(b).await);
    compare(&mut a, &mut b, START).await;
    assert_eq!((a.ledger.standing(Ms(START)).same, b.ledger.standing(Ms(START)).same), (1, 1));

    by_hand(&b.laptop, "DELETE FROM facts").await;
    by_hand(&b.laptop, "UPDATE units SET cost = 1 WHERE model = 'Mate 60'").await;
    // It goes on, and does not know.
    a.laptop.add("Pixel 9").await;
    a.laptop.round().await;
    b.laptop.round().await;
    compare(&mut a, &mut b, START + 1).await;
    assert_eq!((a.ledger.standing(Ms(START + 1)).differ, b.ledger.standing(Ms(START + 1)).differ), (1, 1));

    // Who is right finds that, and is left as it is.
    assert_eq!(a.audit(START + 2).await, Audited::Same);
    assert!(!a.laptop.dir.path().join(BEFORE_AUDIT).exists());
    // Something of this laptop's that the hub has not heard of.
    b.laptop.add("还没传的").await;
    let Audited::Mended(found) = b.audit(START + 2).await else { panic!("it was wrong") };
    let mut what: Vec<_> = found.rows.iter().map(|d| (d.table.as_str(), &d.how)).collect();
    what.sort_by_key(|(table, _)| *table);
    assert_eq!(what, [("facts", &How::Missing), ("units", &How::Changed(vec!["cost".into()]))]);
    assert!(found.rows.iter().all(|d| d.unit.is_some()));
    assert!(b.laptop.dir.path().join(BEFORE_AUDIT).exists(), "the file as it was");
    assert!(!apart(&a.laptop).await && !apart(&b.laptop).await);

    a.laptop.round().await;
    state::same(&state::rows(&a.laptop.store).await, &state::rows(&b.laptop.store).await);
    let now = state::rows(&b.laptop.store).await;
    let lost = right.iter().filter(|r| r.contains("[\"facts\"") && !now.contains(r)).count();
    assert_eq!((lost, now.iter().any(|r| r.contains("还没传的"))), (0, true));
    compare(&mut a, &mut b, START + 3).await;
    for one in [&a, &b] {
        let at = one.ledger.standing(Ms(START + 3));
        assert_eq!((at.same, at.differ), (1, 0));
        assert!(!one.ledger.in_doubt(Ms(START + 3)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helper_without_costs_compares_goods_and_mends_its_own() {
    let world = World::start().await;
    let (a, mut b) = two(&world).await;
    b.round().await;
    let mut helper = world.join(&a, "打包台", Role::Packer, 0).await;
    helper.round().await;
    by_hand(&a, "UPDATE units SET cost = 2 WHERE model = 'Mate 60'").await;
    let (mut a, mut helper) = (Watched::new(a).await, Watched::new(helper).await);
    compare(&mut a, &mut helper, START).await;
    assert_eq!(a.ledger.standing(Ms(START)).same, 1, "it sees no cost, and says nothing of it");
    by_hand(&helper.laptop, "UPDATE units SET note = 'x' WHERE model = 'Mate 60'").await;
    a.laptop.note(a.laptop.add("Pixel 9").await, "新").await;
    a.laptop.round().await;
    helper.laptop.round().await;
    compare(&mut a, &mut helper, START + 1).await;
    let Audited::Mended(found) = helper.audit(START + 2).await else { panic!("it was wrong") };
    assert_eq!((found.total, &found.rows[0].how), (1, &How::Changed(vec!["note".into()])));
    assert_eq!(a.laptop.goods().await, helper.laptop.goods().await);
    assert_eq!(helper.laptop.one::<i64>("SELECT count(*) FROM units WHERE cost IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_hub_repeats_or_makes_up_puts_nobody_in_doubt() {
    let world = World::start().await;
    let (a, b) = two(&world).await;
    let (mut a, mut b) = (Watched::new(a).await, Watched::new(b).await);
    a.take(START).await;
    a.say(START).await;
    let old = b.line.next().await.unwrap();
    let first = b.presence.read(&old, Ms(START)).await.unwrap().unwrap();
    b.ledger.hear(first.replica, &first.laptop, first.ledger.unwrap(), Ms(START));
    a.laptop.add("Pixel 9").await;
    a.laptop.round().await;
    b.laptop.round().await;
    // Old sums of another place, once more.
    b.take(START + 1).await;
    assert_eq!(b.presence.read(&old, Ms(START + 1)).await.unwrap(), None);
    // Bytes of its own, and another's name on what was said.
    let mut made_up = old.sealed.0.clone();
    made_up[60] ^= 1;
    let made_up = PresenceSaid { replica: old.replica, sealed: stall_core::sync::HexBytes(made_up) };
    let renamed = PresenceSaid { replica: b.laptop.client.identity().replica, sealed: old.sealed.clone() };
    for lie in [made_up, renamed] {
        let refused = b.presence.read(&lie, Ms(START + 2)).await.unwrap_err();
        assert!(matches!(refused, SyncError::Seal(SealError::NotGenuine)), "{refused:?}");
    }
    assert!(!b.ledger.in_doubt(Ms(START + 2)));
    assert_eq!(b.ledger.standing(Ms(START + 2)).differ, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_leaves_something_out_cannot_have_it_taken_away() {
    let world = World::start().await;
    let (a, b) = two(&world).await;
    by_hand(&b, "UPDATE units SET note = 'x' WHERE model = 'Mate 60'").await;
    let held = state::rows(&b.store).await;
    let alter = |path: &str, (status, bytes): Said| match path {
        "/v1/pull" => {
            let (mut page, end) = stall_seal::frame::page(&bytes).unwrap();
            if page.is_empty() {
                return (status, bytes);
            }
            // The first that was said is left out, the rest moves up.
            page.remove(0);
            let (mut out, mut next) = (stall_seal::frame::PageWriter::default(), 1);
            for p in &page {
                let parts = p.parts.iter().map(|(i, bytes)| (*i, bytes.as_slice()));
                out.add(next, p.own, &p.header.encode(), &p.effs, parts).unwrap();
                next += p.effs.len() as i64;
            }
            (status, out.finish(end.head))
        }
        _ => (status, bytes),
    };
    let mut identity = b.client.identity().clone();
    identity.hub = between(world.address, alter).await;
    let refused = Client::new(b.store.clone(), identity).unwrap().audit().await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(SealError::Chain)), "{refused:?}");
    state::same(&held, &state::rows(&b.store).await);
    assert!(!apart(&b).await);
    drop(a);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_do_not_know_the_same_are_not_compared() {
    let world = World::start().await;
    let (a, b) = two(&world).await;
    let b = b.altered(&world, "ALTER TABLE units ADD COLUMN of_tomorrow TEXT").await;
    let (mut a, mut b) = (Watched::new(a).await, Watched::new(b).await);
    compare(&mut a, &mut b, START).await;
    let (of_a, of_b) = (a.sums().await, b.sums().await);
    assert_eq!((of_a.seq, of_a.same(&of_b)), (of_b.seq, None));
    for one in [&a, &b] {
        let at = one.ledger.standing(Ms(START));
        assert_eq!((at.same, at.differ), (0, 0));
        assert!(!one.ledger.in_doubt(Ms(START)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_both_made_sure_and_differ_again_they_say_so_and_wait_for_the_next_day() {
    let world = World::start().await;
    let (a, b) = two(&world).await;
    by_hand(&b, "UPDATE units SET note = 'x' WHERE model = 'Mate 60'").await;
    let (mut a, mut b) = (Watched::new(a).await, Watched::new(b).await);
    compare(&mut a, &mut b, START).await;
    assert_eq!(a.audit(START + 1).await, Audited::Same);
    assert!(matches!(b.audit(START + 1).await, Audited::Mended(_)));
    // A fault that comes back at once, as one of the program would.
    by_hand(&b.laptop, "UPDATE units SET note = 'y' WHERE model = 'Mate 60'").await;
    a.laptop.add("Pixel 9").await;
    a.laptop.round().await;
    b.laptop.round().await;
    compare(&mut a, &mut b, START + 2).await;
    assert_eq!((a.ledger.stuck(), b.ledger.stuck()), (vec!["阿强".to_owned()], vec!["周敏的电脑".to_owned()]));
    for one in [&a, &b] {
        assert_eq!(one.ledger.standing(Ms(START + 2)).stuck, 1);
        for now in [START + 3, START + HOUR * 2, START + HOUR * 23] {
            assert!(!one.ledger.in_doubt(Ms(now)));
        }
    }
    // A day later it may try once more.
    let (day, now) = (HOUR * 24, HOUR * 25);
    world.pass(now);
    b.laptop.add("Pixel 9 Pro").await;
    b.laptop.round().await;
    a.laptop.round().await;
    compare(&mut a, &mut b, START + now).await;
    assert!(b.ledger.in_doubt(Ms(START + now)) && now > day);
    assert!(matches!(b.audit(START + now).await, Audited::Mended(_)));
    assert_eq!(a.laptop.goods().await, b.laptop.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_stall_that_is_never_quiet_all_take_sums_at_the_same_places() {
    let world = World::start().await;
    let (mut a, mut b) = two(&world).await;
    let (to_a, mut of_a) = tokio::sync::mpsc::unbounded_channel();
    let (to_b, mut of_b) = tokio::sync::mpsc::unbounded_channel();
    a.client.sums_to(to_a);
    b.client.sums_to(to_b);
    for n in 0..70 {
        a.add(&format!("甲 {n}")).await;
        a.round().await;
        // It comes now and then, and has work of its own; at the cut it has none, or it would take no sums there.
        if n % 9 == 4 && n < 40 {
            b.add(&format!("乙 {n}")).await;
            b.round().await;
        }
    }
    a.round().await;
    b.round().await;
    let (first, second) = (of_a.recv().await.unwrap(), of_b.recv().await.unwrap());
    assert_eq!(first, second);
    assert_eq!(first.seq, 64);
    assert!(a.store.sync_standing().await.unwrap().cursor > 64);
}
