//! The stall's hub is lost for good: another place takes the order on, and nothing is lost or there twice.

use std::time::Duration;

use stall_core::Role;
use stall_store::sync::Keep;
use stall_sync::{Client, SyncError, arrive, found_second, goes_by};

use crate::{
    line::Line,
    two_hubs::{away, second},
    world::{Laptop, World},
};

/// A market whose laptops go by a line that can be cut, an owner's and two more.
struct Market {
    world: World,
    line: Line,
    boss: Laptop,
    wife: Laptop,
    packer: Laptop,
}

impl Market {
    /// `boss` is where the hub is; it is lost with it.
    async fn open() -> Self {
        let world = World::start().await;
        let line = Line::to(world.address).await;
        let mut boss = world.owner().await;
        let mut wife = world.join(&boss, "老板娘", Role::Owner, 0).await;
        let mut packer = world.join(&boss, "小李", Role::Packer, 0).await;
        for laptop in [&mut boss, &mut wife, &mut packer] {
            let mut me = laptop.client.identity().clone();
            me.hub = line.url();
            laptop.client = Client::new(laptop.store.clone(), me).unwrap();
            laptop.round().await;
        }
        Self { world, line, boss, wife, packer }
    }

    /// Everybody works and hears of it.
    async fn work(&mut self, day: &str) {
        for laptop in [&mut self.boss, &mut self.wife, &mut self.packer] {
            laptop.add(&format!("{} {day}", laptop.actor.name)).await;
            laptop.round().await;
        }
        for laptop in [&mut self.boss, &mut self.wife, &mut self.packer] {
            laptop.round().await;
        }
    }

    /// A server relays from now on, and everybody knows it.
    async fn gets(&mut self, server: &World) {
        second(&mut self.boss, server).await;
        let (line, at) = (self.line.url(), server.url());
        by(&mut self.wife, &line, Some(&at));
        by(&mut self.packer, &line, Some(&at));
    }

    fn is_lost(&self) {
        self.line.breaks_after(0);
    }
}

fn by(laptop: &mut Laptop, hub: &str, second: Option<&str>) {
    let me = goes_by(laptop.client.identity(), hub, second);
    laptop.client = Client::new(laptop.store.clone(), me).unwrap();
}

/// Scans where the hub is.
async fn comes(laptop: &mut Laptop, hub: &str) {
    let now = laptop.store.env().now();
    let me = arrive(laptop.client.identity(), hub, now).await.unwrap();
    laptop.client = Client::new(laptop.store.clone(), me).unwrap();
}

async fn alike(a: &mut Laptop, b: &mut Laptop) {
    a.round().await;
    b.round().await;
    a.round().await;
    assert_eq!(a.goods().await, b.goods().await);
}

async fn named(of: &Laptop, word: &str) -> usize {
    of.goods().await.iter().filter(|r| r.contains(word)).count()
}

/// Its log reaches back no further, as in a stall that worked for weeks.
async fn forgets(of: &Laptop) {
    of.write("DELETE FROM undo_steps").await;
    of.add("一台旧机").await;
    of.write("DELETE FROM undo_steps").await;
    let keep = Keep { said: 0, history: 0, pause: Duration::ZERO };
    assert!(of.store.prune(keep).await.unwrap().thinned > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owners_copy_of_the_order_goes_on_at_a_new_hub() {
    let mut market = Market::open().await;
    let cloud = World::start().await;
    market.work("一").await;
    assert!(market.wife.client.keep_order().await.unwrap() > 0);
    assert_eq!(market.wife.client.keep_order().await.unwrap(), 0, "nothing twice");
    // A helper's laptop lacks the prices' key: what it could keep would be no order.
    assert_eq!(market.packer.client.keep_order().await.unwrap(), 0);
    forgets(&market.packer).await;
    forgets(&market.wife).await;
    // After the copy: what the wife heard lies on her shelf, what she did not is on its maker's laptop.
    market.work("二").await;
    market.packer.add("小李 三").await;
    market.packer.round().await;
    market.is_lost();
    market.packer.add("小李 四").await;
    market.wife.add("老板娘 四").await;

    let Market { wife, packer, .. } = &mut market;
    let ids = (wife.client.identity().replica, packer.client.identity().replica);
    wife.client.promote_new(&cloud.url(), &cloud.code().await).await.unwrap();
    assert_eq!((wife.client.identity().hub.clone(), &wife.client.identity().second), (cloud.url(), &None));
    wife.round().await;
    comes(packer, &cloud.url()).await;
    packer.round().await;
    alike(wife, packer).await;
    for (word, n) in [("周敏的电脑 ", 2), ("老板娘 ", 3), ("小李 ", 4), ("旧机", 2)] {
        assert_eq!(named(wife, word).await, n, "{word}");
    }
    // The log needed not tell what it had let go: the copy has it, and nobody took a new id.
    assert_eq!((wife.client.identity().replica, packer.client.identity().replica), ids);
    let cost: i64 = wife.one("SELECT count(*) FROM units WHERE cost = 31415926").await;
    assert_eq!(cost, 6, "hers and the lost laptop's");
    // And on it goes.
    packer.add("小李 五").await;
    wife.add("老板娘 五").await;
    alike(packer, wife).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_copy_all_that_is_here_is_told() {
    let mut market = Market::open().await;
    let cloud = World::start().await;
    market.work("一").await;
    forgets(&market.wife).await;
    market.work("二").await;
    market.is_lost();
    market.packer.add("小李 三").await;
    let Market { wife, packer, .. } = &mut market;
    wife.client.promote_new(&cloud.url(), &cloud.code().await).await.unwrap();
    wife.round().await;
    comes(packer, &cloud.url()).await;
    packer.round().await;
    alike(wife, packer).await;
    for (word, n) in [("周敏的电脑 ", 2), ("老板娘 ", 2), ("小李 ", 3)] {
        assert_eq!(named(wife, word).await, n, "{word}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_takes_over_from_the_lost_market_and_others_follow_by_themselves() {
    let mut market = Market::open().await;
    let cloud = World::start().await;
    market.work("一").await;
    market.gets(&cloud).await;
    let at = cloud.url();
    market.work("二").await;
    let Market { world, line: cable, wife, packer, .. } = &mut market;
    // What waits at the server has nobody who would carry it, and its laptop burns, too.
    let mut gone = cloud_helper(world, wife, &at).await;
    gone.add("阿强 二").await;
    wife.client.carry().await.unwrap();
    away(&mut gone, &at).await;
    drop(gone);
    packer.add("小李 三").await;
    wife.add("老板娘 三").await;
    cable.breaks_after(0);

    wife.client.promote().await.unwrap();
    assert!(!wife.round().await.relayed);
    // It never heard of it: who does not reach the first goes by the second.
    let mut client = Client::away(packer.store.clone(), packer.client.identity().clone()).unwrap();
    let round = client.round().await.unwrap();
    assert!(!round.relayed && round.pulled > 0);
    by(packer, &at, None);
    packer.client = Client::new(packer.store.clone(), {
        let mut me = packer.client.identity().clone();
        me.token = client.identity().second.clone().unwrap().token;
        me
    })
    .unwrap();
    alike(wife, packer).await;
    for (word, n) in [("周敏的电脑 ", 2), ("老板娘 ", 3), ("小李 ", 3), ("阿强 ", 1)] {
        assert_eq!(named(packer, word).await, n, "{word}");
    }
}

/// Lets one more in, who reaches the market no more afterwards.
async fn cloud_helper(market: &World, owner: &Laptop, cloud: &str) -> Laptop {
    let mut laptop = market.join(owner, "阿强", Role::Packer, 0).await;
    laptop.round().await;
    let me = goes_by(laptop.client.identity(), &market.url(), Some(cloud));
    laptop.client = Client::new(laptop.store.clone(), me).unwrap();
    laptop
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_comes_back_is_not_gone_by_and_relays_when_it_is_wanted() {
    let mut market = Market::open().await;
    let cloud = World::start().await;
    market.work("一").await;
    market.gets(&cloud).await;
    let at = cloud.url();
    for laptop in [&mut market.boss, &mut market.wife, &mut market.packer] {
        laptop.round().await;
    }
    market.wife.client.carry().await.unwrap();
    market.is_lost();
    market.wife.client.promote().await.unwrap();
    market.wife.add("老板娘 二").await;
    market.wife.round().await;

    // The laptop with the hub was only switched off, and those beside it go by it again.
    market.line.mend();
    market.boss.add("周敏的电脑 二").await;
    market.boss.round().await;
    market.packer.round().await;
    let e = market.boss.client.carry().await.unwrap_err();
    assert!(matches!(e, SyncError::GivenUp), "{e}");
    assert!(market.packer.client.given_up().await.unwrap());
    let Market { world, boss, wife, packer, .. } = &mut market;
    for laptop in [&mut *boss, &mut *packer] {
        comes(laptop, &at).await;
        laptop.round().await;
    }
    alike(boss, wife).await;
    alike(packer, wife).await;
    assert_eq!((named(wife, "老板娘 ").await, named(wife, "周敏的电脑 ").await), (2, 2));

    // It is made the market's hub again: what it made of the order since is forgotten, and it takes its place as any.
    let code = world.code().await;
    let mut me = boss.client.identity().clone();
    me.second = Some(found_second(&boss.client, &world.url(), &code).await.unwrap());
    boss.client = Client::new(boss.store.clone(), me).unwrap();
    boss.client.carry().await.unwrap();
    boss.client.hand_over().await.unwrap();
    assert_eq!(boss.client.identity().hub, world.url());
    boss.add("周敏的电脑 三").await;
    boss.round().await;
    boss.client.carry().await.unwrap();
    by(packer, &world.url(), Some(&at));
    alike(boss, packer).await;
    assert!(!packer.client.given_up().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_answers_is_not_given_up() {
    let mut market = Market::open().await;
    let cloud = World::start().await;
    market.work("一").await;
    market.wife.client.keep_order().await.unwrap();
    let code = cloud.code().await;
    let e = market.wife.client.promote_new(&cloud.url(), &code).await.unwrap_err();
    assert!(matches!(e, SyncError::NotLost), "{e}");
    // One that is there again and has nothing of the stall is no hub of it; the line leads to it.
    let empty = World::start().await;
    market.line.leads_to(empty.address);
    market.wife.client.promote_new(&cloud.url(), &code).await.unwrap();
    market.wife.round().await;
    // A helper is refused by the new hub itself.
    comes(&mut market.packer, &cloud.url()).await;
    let e = market.packer.client.promote_new(&empty.url(), &empty.code().await).await.unwrap_err();
    assert!(matches!(e, SyncError::NotLost), "{e}");
    // Nobody arrives where the stall is not.
    let now = market.packer.store.env().now();
    assert!(matches!(arrive(market.packer.client.identity(), &empty.url(), now).await, Err(SyncError::Hub(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_anywhere_it_is_begun_again() {
    let mut market = Market::open().await;
    let cloud = World::start().await;
    let line = Line::to(cloud.address).await;
    for day in 0..12 {
        market.work(&day.to_string()).await;
        market.wife.client.keep_order().await.unwrap();
    }
    market.is_lost();
    market.wife.add("老板娘 后").await;
    let Market { wife, packer, .. } = &mut market;
    let code = cloud.code().await;
    let (mut cut, before) = (0, wife.goods().await);
    for n in 1.. {
        line.breaks_after(n * 3_000);
        let done = match wife.client.promote_new(&line.url(), &code).await {
            Ok(()) => wife.client.round().await.map(drop),
            Err(e) => Err(e),
        };
        line.mend();
        match done {
            Ok(()) => break,
            Err(SyncError::Offline(_) | SyncError::Broken(_)) => cut += 1,
            // It went so far that the next try finds the order begun.
            Err(SyncError::NotLost) => {
                wife.client.round().await.unwrap();
                break;
            }
            Err(e) => panic!("{e}"),
        }
        assert_eq!(wife.goods().await, before, "the screen shows all of it at all times");
    }
    assert!(cut > 5, "{cut}");
    comes(packer, &cloud.url()).await;
    alike(wife, packer).await;
    assert_eq!(wife.goods().await.len(), before.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_a_halt_cut_short_or_somebody_altered_does_no_harm() {
    let mut market = Market::open().await;
    market.work("一").await;
    market.wife.client.keep_order().await.unwrap();
    market.work("二").await;
    market.wife.client.keep_order().await.unwrap();
    let dir = market.wife.dir.path().join("sync").join("order");
    let file = std::fs::read_dir(&dir).unwrap().next().unwrap().unwrap().path();
    let whole = std::fs::read(&file).unwrap();
    // Cut short, it goes on from the last whole page.
    std::fs::write(&file, &whole[..whole.len() - 7]).unwrap();
    assert!(market.wife.client.keep_order().await.unwrap() > 0);
    assert_eq!(std::fs::read(&file).unwrap().len(), whole.len());
    market.is_lost();
    // Altered: the hub takes nothing that is not signed so, and says which.
    let mut altered = whole.clone();
    let at = altered.len() / 2;
    altered[at] ^= 1;
    std::fs::write(&file, &altered).unwrap();
    let cloud = World::start().await;
    market.wife.client.promote_new(&cloud.url(), &cloud.code().await).await.unwrap();
    market.wife.round().await;
    comes(&mut market.packer, &cloud.url()).await;
    alike(&mut market.wife, &mut market.packer).await;
    for (word, n) in [("周敏的电脑 ", 2), ("老板娘 ", 2), ("小李 ", 2)] {
        assert_eq!(named(&market.wife, word).await, n, "{word}");
    }
}
