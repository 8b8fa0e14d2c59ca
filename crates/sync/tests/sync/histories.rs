//! Ring two: random histories of three laptops with real SQLite files at a real hub, over a line that fails in every way, with
//! programs and hubs that die, clocks that jump by a day, and disks put back to an earlier day. In the end all exchange over a
//! sound line, and must hold the same rows, clocks and questions, and every fact that was ever told.
//!
//! `STALL_HISTORY_SEED=7 cargo test -p stall-sync --test sync histories` replays one; `STALL_HISTORIES=2000` is the soak. What
//! people and faults do follows from the seed. At which byte the system's threads are meanwhile does not, so that a replay may
//! have to be asked for more than once.
//!
//! Not turmoil: it wants its own TcpStream on both sides, and reqwest and the hub's listener bring tokio's. The faults are those
//! it has: refused, cut, held back, repeated, slow, a host that dies.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};

use stall_core::{ErrorCode, Ms, Role};
use stall_hub::{Clock, Hub, Limits, blobs::Blobs, program::serve, storage};
use stall_store::{Actor, Env, Store, sync::Keep};
use stall_sync::{Audited, Client, Identity, SyncError};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};

use crate::{
    actions::{Stall, act},
    faults::{Cut, FaultyLine},
    rng::Rng,
    state,
    world::{START, World},
};

const EVERYDAY: u64 = 5;
/// How many of a long run end before it says how far it is.
const WORD: usize = 100;
const DAY: i64 = 86_400_000;
const NAMES: [&str; 3] = ["周敏", "阿强", "小林"];

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What a history met with.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    rounds: usize,
    /// Exchanges that the line, or the hub's end, broke off.
    offline: usize,
    /// Programs that died in an exchange, and in an action.
    killed: usize,
    killed_acting: usize,
    hubs_killed: usize,
    broken: usize,
    late: usize,
    /// Disks put back to an earlier day.
    restored: usize,
    /// Times at which something that nobody needed went.
    pruned: usize,
    facts: usize,
    groups: usize,
    questions: usize,
}

impl Seen {
    fn add(&mut self, o: Self) {
        self.rounds += o.rounds;
        self.offline += o.offline;
        self.killed += o.killed;
        self.killed_acting += o.killed_acting;
        self.hubs_killed += o.hubs_killed;
        self.broken += o.broken;
        self.late += o.late;
        self.restored += o.restored;
        self.pruned += o.pruned;
        self.facts += o.facts;
        self.groups += o.groups;
        self.questions += o.questions;
    }
}

#[test]
fn laptops_agree_and_lose_no_fact_whatever_dies_and_breaks() {
    if let Some(seed) = number("STALL_HISTORY_SEED") {
        say(&format!("{:?}", run(seed)));
        return;
    }
    let n = number("STALL_HISTORIES").unwrap_or(EVERYDAY);
    let first = number("STALL_HISTORIES_FROM").unwrap_or(0);
    // A history waits for its line half of the time.
    let hands = 2 * std::thread::available_parallelism().map_or(2, usize::from);
    let ended = AtomicUsize::new(0);
    let part = |hand: usize| {
        let mut sum = Seen::default();
        for seed in (first..first + n).skip(hand).step_by(hands) {
            let one = std::panic::catch_unwind(|| run(seed)).unwrap_or_else(|why| {
                say(&format!("STALL_HISTORY_SEED={seed} cargo test -p stall-sync --test sync histories"));
                std::panic::resume_unwind(why)
            });
            sum.add(one);
            let so_far = ended.fetch_add(1, Ordering::Relaxed) + 1;
            if so_far.is_multiple_of(WORD) {
                say(&format!("{so_far} of {n} histories from seed {first}"));
            }
        }
        sum
    };
    let mut seen = Seen::default();
    std::thread::scope(|s| {
        let parts: Vec<_> = (0..hands).map(|hand| s.spawn(move || part(hand))).collect();
        for one in parts {
            seen.add(one.join().unwrap_or_else(|why| std::panic::resume_unwind(why)));
        }
    });
    say(&format!("{n} histories: {seen:?}"));
    // A ring in which nothing ever goes wrong proves nothing.
    let met = [
        seen.offline,
        seen.killed,
        seen.killed_acting,
        seen.hubs_killed,
        seen.broken,
        seen.late,
        seen.restored,
        seen.pruned,
    ];
    assert!(met.iter().all(|n| *n as u64 * 4 >= EVERYDAY) && seen.facts > 0 && seen.questions > 0, "{seen:?}");
}

#[expect(clippy::print_stderr, reason = "seeds and figures of a test")]
fn say(what: &str) {
    eprintln!("{what}");
}

/// A stall with three laptops that have met, closed: every history begins with a copy.
struct Origin {
    dir: TempDir,
    identities: Vec<Identity>,
}

fn origin() -> &'static Origin {
    static ORIGIN: OnceLock<Origin> = OnceLock::new();
    ORIGIN.get_or_init(|| {
        let rt = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        rt.block_on(async {
            let dir = TempDir::new().unwrap();
            let world = World::start().await;
            let mut all = vec![world.owner().await];
            for name in &NAMES[1..] {
                all.push(world.join(&all[0], name, Role::Owner, 0).await);
            }
            for n in 0..4 {
                all[0].add(&format!("iPhone {n}")).await;
            }
            let mut identities = Vec::new();
            for (n, laptop) in all.iter_mut().enumerate() {
                laptop.round().await;
                identities.push(laptop.client.identity().clone());
                laptop.store.close().await;
                copy(laptop.dir.path(), &dir.path().join(n.to_string()));
            }
            world.hub.stop();
            world.hub.storage().close().await;
            copy(world.dir.path(), &dir.path().join("hub"));
            Origin { dir, identities }
        })
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A hub with a runtime of its own, so that it can die at whatever await it is.
struct HubProcess {
    dir: PathBuf,
    now: Arc<AtomicI64>,
    port: Arc<AtomicU16>,
    running: Option<(Runtime, Hub)>,
}

impl HubProcess {
    fn start(&mut self) {
        let rt = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (dir, read) = (self.dir.clone(), Arc::clone(&self.now));
        let (hub, port) = rt.block_on(async move {
            let clock: Clock = Arc::new(move || read.load(Ordering::SeqCst));
            let storage = storage::open_sqlite(&dir.join("hub.db")).await.unwrap();
            let blobs = Blobs::folder(&dir.join("objects")).unwrap();
            let limits = Limits { burst: 1e9, ..Limits::default() };
            let hub = Hub::open(storage, blobs, limits, clock).await.unwrap();
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = tcp.local_addr().unwrap().port();
            tokio::spawn(serve::listen(tcp, hub.clone(), None, false));
            (hub, port)
        });
        self.port.store(port, Ordering::SeqCst);
        self.running = Some((rt, hub));
    }

    /// Dies; or ends gently.
    fn end(&mut self, gently: bool) {
        let Some((rt, hub)) = self.running.take() else { return };
        if gently {
            hub.stop();
            rt.block_on(hub.storage().close());
        }
        rt.shutdown_background();
    }
}

struct Laptop {
    dir: PathBuf,
    clock: Arc<AtomicI64>,
    /// As the program kept it after its last exchange.
    identity: Identity,
    open: Option<(Stall, Client)>,
    backups: Vec<PathBuf>,
}

impl Laptop {
    async fn open(&mut self, name: &str) {
        let clock = Arc::clone(&self.clock);
        let env = Env::with_clock(move || Ms(clock.load(Ordering::SeqCst)));
        let mut tried = 0;
        let store = loop {
            match Store::open(&self.dir, env.clone()).await {
                Ok(store) => break store,
                // Who died may still be on the way out.
                Err(e) if e.code == ErrorCode::StallBusy && tried < 500 => tried += 1,
                Err(e) => panic!("{e:?}"),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let client = Client::new(store.clone(), self.identity.clone()).unwrap();
        let stall = Stall { store, me: Actor::new(name, Role::Owner), clock: Arc::clone(&self.clock) };
        self.open = Some((stall, client));
    }

    fn stall(&self) -> &Stall {
        &self.open.as_ref().unwrap().0
    }

    async fn ids(&self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(&mut *self.stall().store.read().await.unwrap()).await.unwrap()
    }
}

struct Ring {
    rng: Rng,
    seed: u64,
    dir: TempDir,
    hub: HubProcess,
    line: FaultyLine,
    laptops: Vec<Laptop>,
    rough: bool,
    /// Every fact that an action of a laptop told and that no disk took with it.
    told: BTreeSet<String>,
    seen: Seen,
}

/// Runs the history of a seed; panics where a promise is broken.
fn run(seed: u64) -> Seen {
    let rt = Builder::new_current_thread().enable_all().build().unwrap();
    let mut ring = Ring::new(seed, &rt);
    let steps = 30 + ring.rng.below(40);
    for _ in 0..steps {
        let ms = ring.rng.pick(&[0, 1, 500, 60_000, DAY / 3]).unwrap_or(0);
        ring.pass(ms);
        ring.step(&rt);
    }
    rt.block_on(ring.settle());
    ring.seen.broken = ring.line.met.broken.load(Ordering::SeqCst);
    ring.seen.late = ring.line.met.late.load(Ordering::SeqCst);
    ring.hub.end(true);
    ring.seen
}

impl Ring {
    fn new(seed: u64, rt: &Runtime) -> Self {
        let (origin, dir) = (origin(), TempDir::new().unwrap());
        copy(origin.dir.path(), dir.path());
        let now = Arc::new(AtomicI64::new(START + 60_000));
        let port = Arc::new(AtomicU16::new(0));
        let mut hub = HubProcess { dir: dir.path().join("hub"), now, port: Arc::clone(&port), running: None };
        hub.start();
        let mut rng = Rng(seed);
        let line = rt.block_on(FaultyLine::to(port, rng.next()));
        let mut laptops = Vec::new();
        for (n, identity) in origin.identities.iter().enumerate() {
            let mut identity = identity.clone();
            identity.hub = line.url();
            let clock = Arc::new(AtomicI64::new(START + 60_000 + skew(&mut rng)));
            let dir = dir.path().join(n.to_string());
            let mut laptop = Laptop { dir, clock, identity, open: None, backups: Vec::new() };
            rt.block_on(laptop.open(NAMES[n]));
            laptops.push(laptop);
        }
        Self { rng, seed, dir, hub, line, laptops, rough: false, told: Default::default(), seen: Seen::default() }
    }

    fn pass(&self, ms: i64) {
        self.hub.now.fetch_add(ms, Ordering::SeqCst);
        for laptop in &self.laptops {
            laptop.clock.fetch_add(ms, Ordering::SeqCst);
        }
    }

    fn step(&mut self, rt: &Runtime) {
        let who = self.rng.below(3);
        match self.rng.below(100) {
            0..45 => rt.block_on(self.act(who)),
            45..50 => {
                rt.block_on(async { drop(self.laptops[who].stall().store.undo(&self.laptops[who].stall().me).await) })
            }
            50..53 => rt.block_on(self.prune(who)),
            53..78 => rt.block_on(self.exchange(who)),
            78..83 => rt.block_on(self.deliver()),
            83..87 => {
                let jump = skew(&mut self.rng);
                self.laptops[who].clock.store(self.hub.now.load(Ordering::SeqCst) + jump, Ordering::SeqCst);
            }
            87..90 => rt.block_on(self.again(who)),
            90..94 => {
                let gently = self.rng.one_in(3);
                self.hub.end(gently);
                self.hub.start();
                self.line.weather(self.rough);
                self.seen.hubs_killed += usize::from(!gently);
            }
            94..97 => rt.block_on(self.back_up(who)),
            _ => rt.block_on(self.restore(who)),
        }
    }

    /// A person does something, and now and then the program dies of it.
    async fn act(&mut self, who: usize) {
        let step = (self.rng.below(30) as u8, self.rng.next() as u16, self.rng.next() as u16);
        let polls = if self.rng.one_in(12) { 1 + self.rng.below(60) as u32 } else { u32::MAX };
        if Cut::after(polls, act(self.laptops[who].stall(), step)).await.is_none() {
            self.seen.killed_acting += 1;
            self.again(who).await;
        }
        self.told.extend(self.laptops[who].ids("SELECT id FROM facts").await);
    }

    /// The program is gone at once, and started again.
    async fn again(&mut self, who: usize) {
        self.laptops[who].open = None;
        self.laptops[who].open(NAMES[who]).await;
    }

    async fn exchange(&mut self, who: usize) {
        let rough = self.rng.one_in(2);
        if rough || self.rough {
            self.line.weather(rough);
        }
        self.rough = rough;
        let polls = if self.rng.one_in(3) { 1 << self.rng.below(9) } else { u32::MAX - 600 };
        let polls = polls + self.rng.below(polls.min(500) as usize) as u32;
        // Somebody else at the same time, over the same line.
        let other = self.rng.one_in(4).then(|| (who + 1) % 3);
        let mut two: Vec<&mut Laptop> = self
            .laptops
            .iter_mut()
            .enumerate()
            .filter(|(n, _)| *n == who || Some(*n) == other)
            .map(|(_, l)| l)
            .collect();
        let mut ends = Vec::new();
        match two.as_mut_slice() {
            [one] => ends.push(Cut::after(polls, one.open.as_mut().unwrap().1.round()).await),
            [one, two] => {
                let (one, two) = (&mut one.open.as_mut().unwrap().1, &mut two.open.as_mut().unwrap().1);
                let both = tokio::join!(Cut::after(polls, one.round()), Cut::after(polls, two.round()));
                ends.extend([both.0, both.1]);
            }
            _ => {}
        }
        let which: Vec<usize> = (0..3).filter(|n| *n == who || Some(*n) == other).collect();
        for (n, end) in which.into_iter().zip(ends) {
            let Some(end) = end else {
                self.seen.killed += 1;
                self.again(n).await;
                continue;
            };
            let laptop = &mut self.laptops[n];
            laptop.identity = laptop.open.as_ref().unwrap().1.identity().clone();
            match end {
                Ok(_) => self.seen.rounds += 1,
                Err(SyncError::Offline(_) | SyncError::Broken(_)) => self.seen.offline += 1,
                Err(e) => panic!("an exchange of {} in history {}: {e:?}", NAMES[n], self.seed),
            }
        }
    }

    /// What nobody needs any more goes, and now and then the program dies of it.
    async fn prune(&mut self, who: usize) {
        state::ends_undo(&self.laptops[who].stall().store).await;
        let keep = Keep { said: 0, history: self.rng.below(2) as u32, pause: Duration::ZERO };
        let polls = if self.rng.one_in(3) { 1 + self.rng.below(60) as u32 } else { u32::MAX };
        match Cut::after(polls, self.laptops[who].stall().store.prune(keep)).await {
            None => self.again(who).await,
            Some(pruned) => {
                let pruned = pruned.unwrap();
                self.seen.pruned += usize::from(pruned.thinned + pruned.groups > 0);
            }
        }
    }

    async fn deliver(&mut self) {
        self.line.deliver().await;
    }

    async fn back_up(&mut self, who: usize) {
        let laptop = &mut self.laptops[who];
        let to = self.dir.path().join(format!("backup-{who}-{}", self.rng.next()));
        let sql = format!("VACUUM INTO '{}'", to.display());
        let mut conn = laptop.open.as_ref().unwrap().0.store.read().await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *conn).await.unwrap();
        laptop.backups.push(to);
    }

    /// The disk burns and a backup is put back; who the laptop is lay in the keychain.
    async fn restore(&mut self, who: usize) {
        // The same one may come back again and again.
        let at = self.rng.below(self.laptops[who].backups.len());
        let Some(backup) = self.laptops[who].backups.get(at).cloned() else { return self.back_up(who).await };
        let sql = "SELECT row_id FROM change_rows, replica WHERE tbl = 'facts' AND kind = 'I' AND rseq > acked";
        for lost in self.laptops[who].ids(sql).await {
            self.told.remove(&lost);
        }
        let laptop = &mut self.laptops[who];
        let (stall, client) = laptop.open.take().unwrap();
        stall.store.close().await;
        drop((stall, client));
        // Another folder: who closes the old file takes the WAL of its name away.
        laptop.dir = self.dir.path().join(format!("restored-{who}-{}", self.seen.restored));
        fs::create_dir(&laptop.dir).unwrap();
        fs::copy(backup, laptop.dir.join("stall.db")).unwrap();
        self.seen.restored += 1;
        self.laptops[who].open(NAMES[who]).await;
    }

    /// Everything that is under way arrives, and all exchange over a sound line.
    async fn settle(&mut self) {
        self.line.weather(false);
        for _ in 0..3 {
            for laptop in &mut self.laptops {
                let client = &mut laptop.open.as_mut().unwrap().1;
                let mut tried = 0;
                loop {
                    match client.round().await {
                        Ok(_) => break,
                        // A connection that ended as it was taken out of the pool.
                        Err(SyncError::Offline(_)) if tried < 5 => tried += 1,
                        Err(e) => panic!("wedged: {e:?}"),
                    }
                }
            }
            self.line.deliver().await;
        }
        let held = state::rows(&self.laptops[0].stall().store).await;
        let asked = self.laptops[0].stall().store.sync_items().await.unwrap();
        self.audited().await;
        for laptop in &self.laptops {
            let store = &laptop.stall().store;
            state::same(&held, &state::rows(store).await);
            assert_eq!(asked, store.sync_items().await.unwrap());
            let at = store.sync_standing().await.unwrap();
            assert_eq!((at.waiting, at.acked), (0, at.seen));
            let parked =
                laptop.ids("SELECT reason || ' ' || tbl || ' ' || change || ' ' || detail FROM sync_parked").await;
            assert!(parked.is_empty(), "{parked:?}");
            let broken = laptop.ids("SELECT \"table\" FROM pragma_foreign_key_check").await;
            assert!(broken.is_empty(), "{broken:?}");
        }
        let facts: BTreeSet<String> = self.laptops[0].ids("SELECT id FROM facts").await.into_iter().collect();
        let lost: Vec<_> = self.told.difference(&facts).collect();
        assert!(lost.is_empty(), "facts that were told and are nowhere: {lost:?}");
        self.seen.facts = facts.len();
        self.seen.questions = asked.len();
        self.seen.groups = self.laptops[0].ids("SELECT CAST(seq AS TEXT) FROM sync_groups").await.len();
    }

    /// As laptops themselves compare what they hold; and one with what the hub's order makes.
    async fn audited(&mut self) {
        let mut sums = Vec::new();
        for laptop in &mut self.laptops {
            let (stall, client) = laptop.open.as_mut().unwrap();
            let keys = client.sum_keys().await.unwrap();
            sums.push(stall.store.sync_moment().await.unwrap().unwrap().sums(&keys).await.unwrap());
        }
        assert_eq!((sums[0].of.len(), &sums[0], &sums[0]), (4, &sums[1], &sums[2]));
        let (_, client) = self.laptops[0].open.as_mut().unwrap();
        let mut tried = 0;
        let done = loop {
            match client.audit().await {
                Err(SyncError::Offline(_)) if tried < 5 => tried += 1,
                other => break other.unwrap(),
            }
        };
        assert_eq!(done, Audited::Same);
    }
}

/// A clock wrong by up to a day.
fn skew(rng: &mut Rng) -> i64 {
    rng.below(2 * DAY as usize) as i64 - DAY
}
