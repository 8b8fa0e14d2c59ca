//! Snapshots made by an owner's laptop and begun with by a new one, over a real hub.

use stall_core::{
    Fen, Role,
    api::{UnitEdit, UnitPatch},
    spreadsheet::Table,
    sync::Scope,
    units_import,
};
use stall_seal::{Reader, ReplicaKey, SealError, snapshot::SnapshotHeader};
use stall_store::tables::{
    unit_import::{self, Choices, UnitPlan, Watch},
    units,
};
use stall_sync::{Begun, Client, Http, Made, SyncError};

use crate::{
    forger::Forger,
    line::Line,
    world::{Laptop, World},
};

/// Rows enough for a snapshot.
const ENOUGH: u32 = 2_050;

/// Units, and characters of each, that make bytes enough to break off in.
const LONG: (u32, u32) = (420, 900);
/// Units of a stall where it does not matter how many there are.
const SOME: u32 = 60;

/// Units with a cost, a floor price and flaws that hardly compress, `long` characters each, numbered `from..to`.
async fn import(s: &Laptop, from: u32, to: u32, long: u32) {
    let mut rows = vec![["编号", "型号", "成本", "底价", "瑕疵"].map(str::to_owned).to_vec()];
    for n in from..to {
        let flaws: String = (0..u64::from(long))
            .filter_map(|i| u32::try_from((u64::from(n) * 7_919 + i * i * 104_729 + i * u64::from(n)) % 20_000).ok())
            .filter_map(|at| char::from_u32(0x4e00 + at))
            .collect();
        rows.push(vec![format!("{n:05}"), format!("iPhone {}", n % 9), "1234".into(), "2345".into(), flaws]);
    }
    let table = Table::from_texts(&rows);
    let layout = units_import::open(&table, None).unwrap();
    let plan = unit_import::preview(&s.store, UnitPlan::read(&table, &layout)).await.unwrap();
    let done = unit_import::apply(&s.store, &s.actor, plan, &Choices::default(), &Watch::default()).await.unwrap();
    assert_eq!(done.new, to - from);
}

async fn made(s: &Laptop) -> Made {
    s.client.snapshots().unwrap().round().await.unwrap()
}

/// An owner whose stall has a snapshot at the hub, and its seq.
async fn stocked(world: &World, units: u32, long: u32) -> (Laptop, i64) {
    let mut a = world.owner().await;
    import(&a, 1, units + 1, long).await;
    a.round().await;
    let snapshots = a.client.snapshots().unwrap();
    let Made::Sent(seq) = snapshots.now().await.unwrap() else { unreachable!("nothing is in its way") };
    (a, seq)
}

async fn whole(s: &Laptop) -> Vec<String> {
    let sql = "SELECT json_array(id, stock_no, model, flaws, cost, price_floor, note) FROM units
               UNION ALL SELECT json_array('row', n.name, row, made, last, other, tombs, parts) FROM sync_rows r
                 JOIN sync_names n ON n.n = r.tbl
               UNION ALL SELECT json_array('cell', c.name, row, seq) FROM sync_cells x JOIN sync_names c ON c.n = x.col
               UNION ALL SELECT json_array('chain', replica, envelope, rseq) FROM sync_chains
               UNION ALL SELECT json_array('state', unit_id, status, price) FROM unit_state ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(&mut *s.store.read().await.unwrap()).await.unwrap()
}

async fn note(s: &Laptop, stock_no: &str, note: &str) {
    let id = sqlx::query_scalar("SELECT id FROM units WHERE stock_no = ?1").bind(stock_no);
    let id = id.fetch_one(&mut *s.store.read().await.unwrap()).await.unwrap();
    let patch = UnitPatch { note: Some(note.into()), price_list: Some(Some(Fen(100))), ..UnitPatch::default() };
    units::edit(&s.store, &s.actor, &UnitEdit { ids: vec![id], patch }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_laptop_begins_with_the_snapshot_and_pulls_only_what_came_after_it() {
    let world = World::start().await;
    let (mut a, seq) = stocked(&world, SOME, 20).await;
    note(&a, "00007", "后来").await;
    a.round().await;
    let mut b = world.join(&a, "阿强的电脑", Role::Owner, 0).await;
    b.add("加入之前").await;
    let begun = b.round().await;
    assert_eq!(begun.begun, Begun::Snapshot(seq));
    assert_eq!((begun.pushed, begun.pulled), (1, 2), "the edit after it, and ours");
    a.round().await;
    assert_eq!(whole(&a).await, whole(&b).await);
    assert!(!b.dir.path().join("snapshot/in").exists() && !a.dir.path().join("snapshot/out").exists());
    // Its words are found, and the chains go on.
    assert_eq!(b.one::<i64>("SELECT count(*) FROM unit_text WHERE unit_text MATCH 'iphone'").await, 0);
    assert_eq!(b.one::<i64>("SELECT count(*) FROM unit_text_docsize").await, i64::from(SOME) + 1);
    note(&b, "00008", "乙").await;
    note(&a, "00008", "甲").await;
    for _ in 0..2 {
        b.round().await;
        a.round().await;
    }
    assert_eq!(whole(&a).await, whole(&b).await);
    assert_eq!(b.round().await.begun, Begun::Groups, "it begins once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packers_laptop_begins_with_the_parts_of_its_role() {
    let world = World::start().await;
    let (mut a, _) = stocked(&world, SOME, 20).await;
    // Costs that were changed have clocks of their own.
    let ids = sqlx::query_scalar("SELECT id FROM units LIMIT 3");
    let ids = ids.fetch_all(&mut *a.store.read().await.unwrap()).await.unwrap();
    let patch = UnitPatch { cost: Some(Some(Fen(777))), price_floor: Some(Some(Fen(888))), ..UnitPatch::default() };
    units::edit(&a.store, &a.actor, &UnitEdit { ids, patch }).await.unwrap();
    a.round().await;
    let Made::Sent(seq) = a.client.snapshots().unwrap().now().await.unwrap() else { unreachable!("one group is new") };
    let mut b = world.join(&a, "打包台", Role::Packer, 0).await;
    assert_eq!(b.round().await.begun, Begun::Snapshot(seq));
    assert_eq!(a.goods().await, b.goods().await);
    let costs = "SELECT count(*) FROM units WHERE cost IS NOT NULL OR price_floor IS NOT NULL";
    assert_eq!((a.one::<i64>(costs).await, b.one::<i64>(costs).await), (i64::from(SOME), 0));
    let cells =
        "SELECT count(*) FROM sync_cells x JOIN sync_names c ON c.n = x.col WHERE c.name IN ('cost','price_floor')";
    assert_eq!((a.one::<i64>(cells).await, b.one::<i64>(cells).await), (6, 0));
    let parts = "SELECT count(*) FROM sync_rows WHERE parts <> 0";
    assert_eq!((a.one::<i64>(parts).await, b.one::<i64>(parts).await), (i64::from(SOME), 0));
    assert!(b.client.snapshots().is_none(), "only an owner's laptop makes one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_is_made_when_it_is_due_and_nothing_waits() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.add("一").await;
    a.round().await;
    assert_eq!(made(&a).await, Made::NotDue, "a small stall is pulled as fast");
    import(&a, 1, ENOUGH + 1, 9).await;
    let waiting = a.client.snapshots().unwrap();
    a.round().await;
    a.add("二").await;
    assert_eq!(made(&a).await, Made::NotNow, "something of ours has no place");
    a.round().await;
    let Made::Sent(seq) = made(&a).await else { unreachable!("it was due") };
    assert_eq!(seq, a.store.sync_standing().await.unwrap().cursor);
    // One that had not heard of it would send another of the same seq.
    assert_eq!(waiting.round().await.unwrap(), Made::Elsewhere);
    a.add("三").await;
    a.round().await;
    assert_eq!(made(&a).await, Made::NotDue);
    import(&a, ENOUGH + 1, 2 * ENOUGH + 99, 9).await;
    a.round().await;
    assert!(matches!(made(&a).await, Made::Sent(newer) if newer > seq), "half of the stall came after the last");
}

/// What lies at the hub of a snapshot, by scope.
async fn fetched(s: &Laptop, seq: i64) -> Vec<Vec<u8>> {
    let line = Http::new(&s.client.identity().hub, &s.client.identity().token).unwrap();
    let mut out = Vec::new();
    for scope in Scope::ALL {
        out.push(line.bytes(&format!("snapshots/{seq}/{}", scope.number())).await.unwrap());
    }
    out
}

fn split(part: &[u8]) -> (SnapshotHeader, &[u8]) {
    let mut r = Reader::new(part);
    let header = SnapshotHeader::read(&mut r).unwrap();
    (header, r.rest())
}

/// The parts under another header.
fn parts_under(parts: &[Vec<u8>], header: &SnapshotHeader) -> Vec<Vec<u8>> {
    parts.iter().map(|p| [header.encode().as_slice(), split(p).1].concat()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_owner_made_of_this_stall_is_refused_and_every_group_is_taken() {
    let world = World::start().await;
    let (mut a, seq) = stocked(&world, SOME, 20).await;
    let (other, at) = stocked(&world, SOME, 20).await;
    let packer = world.join(&a, "打包台", Role::Packer, 0).await;
    note(&a, "00007", "后来").await;
    a.round().await;
    let real = fetched(&a, seq).await;
    let (header, _) = split(&real[0]);
    let with = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut parts = real.clone();
        change(&mut parts);
        parts
    };
    let middle = real[0].len() / 2;
    let theirs = SnapshotHeader { replica: packer.client.identity().replica, ..header.clone() };
    let signed = |mut header: SnapshotHeader, key: &ReplicaKey| {
        header.sign(key);
        parts_under(&real, &header)
    };
    let (bad, key) = (SealError::NotGenuine, packer.client.identity().sign());
    let cases = [
        ("older, under a newer number", seq + 1, real.clone(), bad),
        ("a byte is another", seq, with(&|p| p[0][middle] ^= 1), bad),
        ("cut", seq, with(&|p| p[2].truncate(real[2].len() - 20)), bad),
        ("more behind it", seq, with(&|p| p[2].extend_from_slice(&real[2][40..])), bad),
        ("swapped", seq, with(&|p| p.swap(1, 3)), bad),
        ("goods for floors", seq, with(&|p| p[3] = real[0].clone()), bad),
        ("signed by a packer", seq, signed(theirs, &key), bad),
        ("signed by somebody", seq, signed(header.clone(), &key), bad),
        ("another stall's", at, fetched(&other, at).await, bad),
        ("no snapshot", seq, vec![b"SK".to_vec(); 4], SealError::Malformed),
        ("of a newer program", seq, vec![b"SKS\x02 and more of it".to_vec(); 4], SealError::Newer),
    ];
    let forger = Forger::before(world.url()).await;
    for (n, (why, seq, parts, error)) in cases.into_iter().enumerate() {
        forger.give(seq, &parts);
        let mut b = world.join(&a, &format!("新电脑 {n}"), Role::Owner, 0).await;
        forger.catch(&mut b);
        let begun = b.round().await;
        assert_eq!(begun.begun, Begun::Refused(error), "{why}");
        assert_eq!(begun.pulled, u64::try_from(seq_of(&a).await).unwrap(), "{why}");
        if n == 0 {
            assert_eq!(whole(&a).await, whole(&b).await, "{why}");
        }
    }
    // The same hub with the real parts.
    forger.give(seq, &real);
    let mut b = world.join(&a, "新电脑", Role::Owner, 0).await;
    forger.catch(&mut b);
    assert_eq!(b.round().await.begun, Begun::Snapshot(seq));
    assert_eq!(whole(&a).await, whole(&b).await);
}

async fn seq_of(s: &Laptop) -> i64 {
    s.store.sync_standing().await.unwrap().cursor
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_of_an_owner_who_was_taken_out_is_not_begun_with() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强的电脑", Role::Owner, 0).await;
    import(&b, 1, SOME + 1, 20).await;
    b.round().await;
    let snapshots = b.client.snapshots().unwrap();
    assert!(matches!(snapshots.now().await.unwrap(), Made::Sent(_)));
    a.round().await;
    let now = stall_core::Ms(crate::world::START);
    stall_sync::revoke(a.client.identity(), b.client.identity().replica, now).await.unwrap();
    let mut c = world.join(&a, "小林的电脑", Role::Owner, 0).await;
    assert_eq!(c.round().await.begun, Begun::Refused(SealError::NotGenuine));
    assert_eq!(a.goods().await, c.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_that_broke_goes_on_where_it_was() {
    let world = World::start().await;
    let (a, seq) = stocked(&world, LONG.0, LONG.1).await;
    let total: usize = fetched(&a, seq).await.iter().map(Vec::len).sum();
    assert!(total > 400 << 10, "{total} bytes are long enough to break in");
    let line = Line::to(world.address).await;
    let mut b = world.join(&a, "阿强的电脑", Role::Owner, 0).await;
    let through = |b: &mut Laptop| {
        let mut identity = b.client.identity().clone();
        identity.hub = line.url();
        b.client = Client::new(b.store.clone(), identity).unwrap();
    };
    through(&mut b);
    line.breaks_after(350 << 10);
    let broke = b.client.round().await.unwrap_err();
    assert!(matches!(broke, SyncError::Broken(_) | SyncError::Offline(_)), "{broke:?}");
    assert_eq!(b.one::<i64>("SELECT count(*) FROM units").await, 0, "nothing of half a snapshot");
    line.mend();
    line.counted();
    // Also by a program that was started anew.
    through(&mut b);
    assert_eq!(b.round().await.begun, Begun::Snapshot(seq));
    let (_, down) = line.counted();
    assert!(down < (total - (200 << 10)) as u64, "{down} of {total} bytes came the second time");
    assert_eq!(whole(&a).await, whole(&b).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_broke_goes_on_where_it_was() {
    let world = World::start().await;
    let mut a = world.owner().await;
    import(&a, 1, LONG.0 + 1, LONG.1).await;
    a.round().await;
    let line = Line::to(world.address).await;
    let mut identity = a.client.identity().clone();
    identity.hub = line.url();
    let mut through = Client::new(a.store.clone(), identity.clone()).unwrap();
    through.round().await.unwrap();
    let going = through.snapshots().unwrap();
    line.breaks_after(600 << 10);
    let broke = going.now().await.unwrap_err();
    assert!(matches!(broke, SyncError::Broken(_) | SyncError::Offline(_)), "{broke:?}");
    let hello = through.round().await;
    assert!(hello.is_err(), "the line is dead");
    line.mend();
    line.counted();
    // What happened meanwhile is not in it, and not in the way.
    a.add("后来").await;
    let mut again = Client::new(a.store.clone(), identity).unwrap();
    again.round().await.unwrap();
    line.counted();
    let Made::Sent(seq) = again.snapshots().unwrap().round().await.unwrap() else { unreachable!("it lay here") };
    assert!(seq < seq_of(&a).await);
    let (up, _) = line.counted();
    let total: usize = fetched(&a, seq).await.iter().map(Vec::len).sum();
    assert!(up < (total - (300 << 10)) as u64, "{up} of {total} bytes went the second time");
    let mut b = world.join(&a, "阿强的电脑", Role::Owner, 0).await;
    assert_eq!(b.round().await.begun, Begun::Snapshot(seq));
    assert_eq!(whole(&a).await, whole(&b).await);
}
