//! Files of rows on several laptops.

use std::{fs, sync::Mutex};

use stall_core::{
    Ms, Role,
    photo_edit::{Edit, EditRect, Edits},
    sync::{
        Scope,
        wire_trust::{Signer, WrapTo},
    },
};
use stall_media::{Blob, Size, Worker, make_edited};
use stall_seal::{
    ScopeKey, SealError,
    wrap::{Holder, Which, wrap},
};
use stall_store::tables::{photo_edits, units};
use stall_sync::{FileWish, Http, SyncError, Wanted};
use tokio_util::sync::CancellationToken;

use crate::{
    line::Line,
    world::{START, World},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_laptops_hold_the_same_files_byte_for_byte() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let unit = a.add("iPhone 15").await;
    let cover = a.photograph(unit, 1, 300).await;
    a.photograph(unit, 2, 1_700).await;
    let first = units::get(&a.store, unit).await.unwrap().photos[0].id;
    let edits = Edits::of(&[Edit::Blur { rect: EditRect { x: 0, y: 0, w: 5_000, h: 500 } }]).unwrap();
    let shown = make_edited(&a.media, &cover, &edits, &mut Worker::new().unwrap()).unwrap();
    photo_edits::set(&a.store, &a.actor, first, &edits).await.unwrap();
    let report = a.report(unit, &crate::album::picture(3, 1_300)).await;
    b.photograph(b.add("小米 15").await, 4, 900).await;
    let up = a.both().await;
    assert_eq!((up.up, up.down, up.waiting_up, up.waiting_down), (9, 0, 0, 0), "{up:?}");
    assert!(up.bytes_up > 8_600_000 + 5_000_000, "{up:?}");
    let down = b.both().await;
    assert_eq!((down.up, down.down, down.waiting_up, down.waiting_down), (3, 9, 0, 0), "{down:?}");
    assert_eq!(a.both().await.down, 3);
    assert!(a.has() == b.has(), "{:?} {:?}", a.has().keys(), b.has().keys());
    assert_eq!(a.has().len(), 12);
    assert!(b.holds(&shown, Size::Thumb) && !b.holds(&shown, Size::Full) && b.holds(&report, Size::Full));
    assert_eq!((a.parts(), b.parts()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_with_nothing_new_asks_for_nothing() {
    let world = World::start().await;
    let (mut a, line) = (world.owner().await, Line::to(world.address).await);
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    a.photograph(a.add("iPhone 15").await, 1, 300).await;
    a.both().await;
    b.both().await;
    b.by(&line);
    // Members and keys are read once.
    b.files(FileWish::All).await;
    line.counted();
    let idle = b.files(FileWish::All).await;
    assert_eq!((idle.up, idle.down, line.counted()), (0, 0, (0, 0)));
    // After a week everything is asked for again: a hub may lose something.
    world.pass(8 * 86_400_000);
    b.files(FileWish::All).await;
    assert!(line.counted().0 > 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_laptops_at_once_with_one_photograph_and_their_own() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let (on_a, on_b) = (a.add("iPhone 15").await, b.add("小米 15").await);
    for (n, side) in [(1, 1_500), (2, 400), (3, 400)] {
        a.photograph(on_a, n, side).await;
        // The large one is the same picture on both.
        b.photograph(on_b, if n == 1 { 1 } else { 10 + n }, side).await;
    }
    a.round().await;
    b.round().await;
    let mut working = Vec::new();
    for l in [&mut a, &mut b] {
        let (carrier, media) = (l.client.files().await.unwrap(), l.media.clone());
        // On threads of their own: an app carries files beside its rows.
        let round = async move { carrier.round(&media, FileWish::All, &CancellationToken::new(), &|_| {}).await };
        working.push(tokio::spawn(round));
    }
    let y = working.pop().unwrap().await.unwrap().unwrap();
    let x = working.pop().unwrap().await.unwrap().unwrap();
    assert_eq!((x.waiting_up, y.waiting_up, x.refused + y.refused), (0, 0, 0), "{x:?} {y:?}");
    for _ in 0..2 {
        // What the hub lacked is asked for again after a while.
        world.pass(5_000);
        a.both().await;
        b.both().await;
    }
    assert!(a.has() == b.has());
    assert_eq!(a.has().len(), 5 * 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_metered_line_originals_wait_and_one_comes_when_it_is_opened() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let unit = a.add("iPhone 15").await;
    let (one, two) = (a.photograph(unit, 1, 1_000).await, a.photograph(unit, 2, 1_000).await);
    a.round().await;
    let small = a.files(FileWish::Small).await;
    assert_eq!((small.up, small.waiting_up), (4, 2), "{small:?}");
    b.round().await;
    let small = b.files(FileWish::Small).await;
    assert_eq!((small.down, small.waiting_down), (4, 2), "{small:?}");
    assert!(b.holds(&one, Size::View) && !b.holds(&one, Size::Full));
    let carrier = b.client.files().await.unwrap();
    world.pass(5_000);
    let original = Wanted::of(one.clone(), Size::Full);
    let none = carrier.one(&b.media, &original).await.unwrap_err();
    assert!(matches!(none, SyncError::Hub(_)), "it is not at the hub yet: {none:?}");
    a.files(FileWish::All).await;
    carrier.one(&b.media, &original).await.unwrap();
    assert!(b.holds(&one, Size::Full) && !b.holds(&two, Size::Full));
    assert!(b.media.read(&one, Size::Full).unwrap() == a.media.read(&one, Size::Full).unwrap());
    // Two who open one picture at once: it comes once.
    let line = Line::to(world.address).await;
    b.by(&line);
    let carrier = b.client.files().await.unwrap();
    line.counted();
    let second = Wanted::of(two.clone(), Size::Full);
    let (x, y) = tokio::join!(carrier.one(&b.media, &second), carrier.one(&b.media, &second));
    x.and(y).unwrap();
    assert!(line.counted().1 < 3_100_000);
    assert_eq!(b.files(FileWish::All).await.waiting_down, 0);
    assert!(a.has() == b.has());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thumbnails_of_covers_go_first_and_originals_last() {
    let world = World::start().await;
    let mut a = world.owner().await;
    for n in 0..6 {
        let unit = a.add(&format!("机 {n}")).await;
        a.photograph(unit, n, 700).await;
    }
    let steps = Mutex::new(Vec::new());
    let carrier = a.client.files().await.unwrap();
    let tell = |r: stall_sync::FilesRound| steps.lock().unwrap().push((r.up, r.bytes_up));
    carrier.round(&a.media, FileWish::All, &CancellationToken::new(), &tell).await.unwrap();
    let steps = steps.into_inner().unwrap();
    // The six thumbnails of noise have some 50 KB each, a view ten times that, an original 1.4 MB.
    let at = |up| steps.iter().find(|s| s.0 == up).unwrap().1;
    assert!(at(2) < 800_000, "{steps:?}");
    assert!(at(12) < steps.last().unwrap().1 / 2, "{steps:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_helpers_laptop_gets_no_file_of_a_scope_it_holds_no_key_to() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut helper = world.join(&a, "小李", Role::Photographer, 0).await;
    let mut partner = world.join(&a, "阿强", Role::Owner, 0).await;
    let secret = a.media.put(b"what the lot cost, scanned").unwrap();
    let open = a.photograph(a.add("iPhone 15").await, 1, 300).await;
    a.both().await;
    // No table names files of money today: as one of tomorrow would.
    let named = vec![Wanted::in_scope(secret.clone(), Size::Full, Scope::Money)];
    let stop = CancellationToken::new();
    let exchange = async |l: &mut crate::world::Laptop| {
        let carrier = l.client.files().await.unwrap();
        carrier.exchange(&l.media, named.clone(), FileWish::All, &stop, &|_| {}).await.unwrap()
    };
    assert_eq!(exchange(&mut a).await.up, 1);
    let got = exchange(&mut helper).await;
    assert_eq!((got.down, got.waiting_down), (0, 0));
    let carrier = helper.client.files().await.unwrap();
    let refused = carrier.one(&helper.media, &named[0]).await.unwrap_err();
    assert!(matches!(refused, SyncError::Seal(SealError::NoKey)), "{refused:?}");
    let as_goods = carrier.one(&helper.media, &Wanted::of(secret.clone(), Size::Full)).await.unwrap_err();
    assert!(matches!(as_goods, SyncError::Hub(_)), "under the goods key it has another name: {as_goods:?}");
    helper.both().await;
    assert!(helper.holds(&open, Size::Full) && !helper.holds(&secret, Size::Full));
    assert_eq!(exchange(&mut partner).await.down, 1);
    assert!(partner.holds(&secret, Size::Full));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_epoch_of_keys_leaves_every_file_readable() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.photograph(unit, 1, 300).await;
    a.both().await;
    // What revoking a member does.
    let me = a.client.identity();
    let which = Which { stall: me.stall, scope: Scope::Goods, key_epoch: 2 };
    let holder = Holder { to: WrapTo::Replica(me.replica), x25519: me.wrap().public() };
    let by = (Signer::Replica(me.replica), &me.sign());
    let new = wrap(which, &ScopeKey::make().unwrap(), holder, by, Ms(START)).unwrap();
    Http::new(&me.hub, &me.token).unwrap().tell("keys", &new).await.unwrap();
    a.by(&Line::to(world.address).await);
    a.photograph(unit, 2, 300).await;
    a.both().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    assert_eq!(b.both().await.waiting_down, 0);
    assert!(a.has() == b.has() && a.has().len() == 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_side_never_empties_the_other() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    a.photograph(a.add("iPhone 15").await, 1, 700).await;
    a.both().await;
    b.both().await;
    let kept = a.has();
    // A laptop whose folder was emptied: nothing goes from the hub, everything comes back.
    fs::remove_dir_all(b.dir.path().join("blobs")).unwrap();
    fs::remove_dir_all(b.dir.path().join("copies")).unwrap();
    b.media = std::sync::Arc::new(stall_media::BlobStore::open(b.dir.path()).unwrap());
    assert_eq!(b.both().await.down, 3);
    assert!(b.has() == kept);
    // A hub whose folder was emptied, while its database says that everything is there.
    let objects = world.dir.path().join("objects");
    fs::remove_dir_all(&objects).unwrap();
    fs::create_dir_all(&objects).unwrap();
    let mut c = world.join(&a, "新电脑", Role::Owner, 0).await;
    world.pass(2 * 86_400_000);
    c.round().await;
    let round = c.files(FileWish::All).await;
    assert_eq!((round.down, round.waiting_down, round.refused), (0, 3, 0), "{round:?}");
    assert_eq!(c.one::<i64>("SELECT count(*) FROM photos").await, 1, "rows wait for no file");
    for laptop in [&mut a, &mut b] {
        laptop.both().await;
        assert!(laptop.has() == kept);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_original_goes_nowhere_and_is_mended_from_the_hub() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let blob: Blob = a.photograph(a.add("iPhone 15").await, 1, 300).await;
    let sound = a.has();
    let spoil = |size| {
        let path = a.media.path(&blob, size);
        let bytes = fs::read(&path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    };
    spoil(Size::Full);
    spoil(Size::Thumb);
    let round = a.both().await;
    assert_eq!((round.up, round.damaged, round.waiting_up), (1, 2, 0), "{round:?}");
    let round = b.both().await;
    assert_eq!((round.down, round.waiting_down), (1, 2), "{round:?}");
    assert_eq!(a.both().await.damaged, 2);
    world.pass(3_600_000);
    for (name, bytes) in &sound {
        let tree = if name.ends_with(".jpg") { "copies" } else { "blobs" };
        fs::write(a.dir.path().join(tree).join(&name[..2]).join(name), bytes).unwrap();
    }
    assert_eq!((a.both().await.up, b.both().await.down), (2, 2));
    assert!(b.has() == sound);
    fs::write(b.media.path(&blob, Size::Full), b"spoilt").unwrap();
    let carrier = b.client.files().await.unwrap();
    carrier.one(&b.media, &Wanted::of(blob, Size::Full)).await.unwrap();
    assert!(b.has() == sound);
}
