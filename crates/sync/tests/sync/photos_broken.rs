//! Lines that break, programs that are killed, hubs that hand other bytes.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use serde_json::{Value, json};
use stall_core::Role;
use stall_hub::Limits;
use stall_media::{BlobStore, Size};
use stall_seal::{SealError, blob::HEAD};
use stall_sync::{Client, FileWish, Http, SyncError, Wanted};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{line::Line, world::World};

/// More than what a request costs beside its body.
const HEADS: u64 = 60_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_was_cut_goes_on_where_the_hub_has_it() {
    let world = World::start().await;
    let (mut a, line) = (world.owner().await, Line::to(world.address).await);
    a.photograph(a.add("iPhone 15").await, 1, 1_700).await;
    a.round().await;
    a.by(&line);
    a.files(FileWish::Small).await;
    line.counted();
    let whole = 1_700 * 1_700 * 3_u64;
    // The first request has 512 KiB, those after it what the line carries.
    line.breaks_after(5_000_000);
    let cut = a.try_files(FileWish::All).await;
    assert!(matches!(&cut, Ok(r) if r.waiting_up == 1) || matches!(cut, Err(SyncError::Offline(_))), "{cut:?}");
    let (before, _) = line.counted();
    line.mend();
    let rest = a.files(FileWish::All).await;
    assert_eq!((rest.up, rest.waiting_up), (1, 0));
    let (after, _) = line.counted();
    // What a request had sent when it was cut is sent again, nothing of those before.
    assert!(rest.bytes_up <= whole - (512 << 10), "{rest:?}");
    assert!(before + after < whole + (4 << 20) + HEADS, "{before} + {after} of {whole}");
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    b.both().await;
    assert!(a.has() == b.has());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_upload_sends_nothing_twice() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.photograph(a.add("iPhone 15").await, 1, 1_700).await;
    a.files(FileWish::Small).await;
    let carrier = a.client.files().await.unwrap();
    let stop = CancellationToken::new();
    let tell = |r: stall_sync::FilesRound| {
        if r.bytes_up > 0 {
            stop.cancel();
        }
    };
    let first = carrier.round(&a.media, FileWish::All, &stop, &tell).await.unwrap();
    assert_eq!((first.up, first.waiting_up), (0, 1), "{first:?}");
    let second = a.files(FileWish::All).await;
    assert_eq!((second.up, second.waiting_up), (1, 0));
    let sealed = stall_seal::blob::sealed_length(fs::metadata(file(&a)).unwrap().len());
    assert_eq!(first.bytes_up + second.bytes_up, sealed);
}

/// The one original.
fn file(laptop: &crate::world::Laptop) -> PathBuf {
    let mut folders = fs::read_dir(laptop.dir.path().join("blobs")).unwrap();
    fs::read_dir(folders.next().unwrap().unwrap().path()).unwrap().next().unwrap().unwrap().path()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_that_was_cut_and_killed_goes_on_where_it_was() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let line = Line::to(world.address).await;
    let blob = a.photograph(a.add("iPhone 15").await, 1, 1_700).await;
    a.both().await;
    b.by(&line);
    b.round().await;
    b.files(FileWish::Small).await;
    line.counted();
    line.breaks_after(5_000_000);
    b.try_files(FileWish::All).await.ok();
    assert!(!b.holds(&blob, Size::Full), "whole or not at all");
    assert_eq!(b.parts(), 1);
    // The program is killed and started again.
    b.media = Arc::new(BlobStore::open(b.dir.path()).unwrap());
    let (_, before) = line.counted();
    line.mend();
    let rest = b.files(FileWish::All).await;
    assert_eq!((rest.down, rest.waiting_down, b.parts()), (1, 0, 0));
    let (_, after) = line.counted();
    let whole = 1_700 * 1_700 * 3_u64;
    assert!(rest.bytes_down < whole - 4_500_000, "{rest:?}");
    assert!(before + after < whole + 400_000, "{before} + {after} of {whole}");
    assert!(a.has() == b.has());
    // The future is dropped in the middle: as good as killed.
    let mut c = world.join(&a, "小林", Role::Owner, 0).await;
    c.round().await;
    let carrier = c.client.files().await.unwrap();
    let wanted = Wanted::of(blob, Size::Full);
    for ms in [1, 5, 20] {
        tokio::time::timeout(Duration::from_millis(ms), carrier.one(&c.media, &wanted)).await.ok();
    }
    c.both().await;
    assert!(a.has() == c.has());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_stall_is_told_and_what_is_at_the_hub_still_comes() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    b.photograph(b.add("小米 15").await, 9, 300).await;
    b.both().await;
    a.photograph(a.add("iPhone 15").await, 1, 900).await;
    a.round().await;
    let stall = a.client.identity().stall.0;
    world.hub.storage().set_quota(&stall, 1_000_000).await.unwrap();
    let round = a.files(FileWish::All).await;
    assert!(round.full && round.waiting_up > 0, "{round:?}");
    assert_eq!((round.down, round.waiting_down), (3, 0), "{round:?}");
    world.hub.storage().set_quota(&stall, 1 << 30).await.unwrap();
    let round = a.files(FileWish::All).await;
    assert!(!round.full && round.waiting_up == 0, "{round:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_says_slowly_is_waited_for() {
    let world = World::start_with(Limits { burst: 25.0, per_second: 20.0, ..Limits::default() }).await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    for n in 0..15 {
        a.photograph(unit, n, 40).await;
    }
    let now = Arc::clone(&world.now);
    let clock = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            now.fetch_add(100, Ordering::SeqCst);
        }
    });
    let round = a.files(FileWish::All).await;
    clock.abort();
    assert_eq!((round.up, round.waiting_up), (45, 0), "{round:?}");
}

/// The hub's files of at least so many bytes, in no order.
fn objects(world: &World, least: u64) -> Vec<PathBuf> {
    let (mut folders, mut all) = (vec![world.dir.path().join("objects")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::metadata(&path).unwrap().len() >= least {
                all.push(path);
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altered_and_exchanged_bytes_are_refused_and_the_other_files_come() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let unit = a.add("iPhone 15").await;
    let originals =
        [a.photograph(unit, 1, 400).await, a.photograph(unit, 2, 400).await, a.photograph(unit, 3, 400).await];
    a.both().await;
    // A bit of one, and two changed over. Originals have the most bytes of all here.
    let objects = objects(&world, 480_000);
    assert_eq!(objects.len(), 3);
    let mut bytes = fs::read(&objects[0]).unwrap();
    bytes[200_000] ^= 1;
    fs::write(&objects[0], bytes).unwrap();
    let other = fs::read(&objects[1]).unwrap();
    fs::copy(&objects[2], &objects[1]).unwrap();
    fs::write(&objects[2], other).unwrap();
    b.round().await;
    let round = b.files(FileWish::All).await;
    assert_eq!((round.down, round.refused, round.waiting_down), (6, 3, 3), "{round:?}");
    assert!(originals.iter().all(|o| !b.holds(o, Size::Full)));
    assert_eq!(b.parts(), 0);
    let again = b.files(FileWish::All).await;
    assert_eq!((again.bytes_down, again.refused), (0, 3), "not fetched again at once");
    let carrier = b.client.files().await.unwrap();
    let refused = carrier.one(&b.media, &Wanted::of(originals[0].clone(), Size::Full)).await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(SealError::NotGenuine)), "{refused:?}");
}

/// A hub that has everything, and cuts it short with a straight face.
#[derive(Clone)]
struct Liar {
    members: Value,
    keys: Value,
    real: Http,
    cut: fn(Vec<u8>) -> Vec<u8>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn truncated_lengthened_and_invented_files_are_refused() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    a.photograph(a.add("iPhone 15").await, 1, 900).await;
    a.both().await;
    b.round().await;
    let cuts: [fn(Vec<u8>) -> Vec<u8>; 4] = [
        |mut all| {
            // A whole piece less, or of a file of one piece its end.
            let keep = if all.len() > (1 << 20) + 100 { HEAD + (1 << 20) + 16 } else { all.len() / 2 };
            all.truncate(keep);
            all
        },
        |mut all| {
            all.extend_from_slice(&[0; 40]);
            all
        },
        |_| Vec::new(),
        |all| vec![7; all.len()],
    ];
    for (n, cut) in cuts.into_iter().enumerate() {
        let real = Http::new(&world.url(), &b.client.identity().token).unwrap();
        let liar =
            Liar { members: real.get("members").await.unwrap(), keys: real.get("keys").await.unwrap(), real, cut };
        let app = Router::new()
            .route("/v1/members", get(|State(l): State<Liar>| async move { Json(l.members) }))
            .route("/v1/keys", get(|State(l): State<Liar>| async move { Json(l.keys) }))
            .route("/v1/blobs/missing", post(|| async { Json(json!({ "missing": "000000" })) }))
            .route(
                "/v1/blobs/{name}",
                get(|State(l): State<Liar>, Path(name): Path<String>| async move {
                    (l.cut)(l.real.bytes(&format!("blobs/{name}")).await.unwrap()).into_response()
                }),
            )
            .with_state(liar);
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut identity = b.client.identity().clone();
        identity.hub = format!("http://{}", tcp.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(tcp, app).await });
        let mut client = Client::new(b.store.clone(), identity).unwrap();
        let carrier = client.files().await.unwrap();
        let round = carrier.round(&b.media, FileWish::All, &CancellationToken::new(), &|_| {}).await.unwrap();
        assert_eq!((round.down, round.refused, round.waiting_down), (0, 3, 3), "{n}: {round:?}");
        assert!(b.has().is_empty() && b.parts() == 0);
    }
    assert_eq!(b.files(FileWish::All).await.down, 3);
    assert!(a.has() == b.has());
}
