//! Who has which record open now: this laptop's screens told to the others, the others' told to the screens here.
//!
//! All of it is in memory. A screen says again what it shows, or is taken for closed; so is a laptop.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
    time::Duration,
};

use stall_core::{
    Ms,
    api::{Presence, PresenceMark, PresenceSet, Push, RecordRef, SyncLine},
    sync::{ReplicaId, wire::HubCode},
};
use stall_seal::presence::Opened;
use stall_sync::{Other, SyncError};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Peers, lock};
use crate::ctx::{Caller, Ctx, Weak};

/// A screen that says nothing for so long shows nothing.
const SCREEN: Duration = Duration::from_secs(20);
/// So does a laptop: as long as the hub keeps what it said.
const LAPTOP: Duration = Duration::from_secs(30);
/// What stands is said again so often.
const BEAT: Duration = Duration::from_secs(10);
/// Between two looks at what has become too old.
const LOOK: Duration = Duration::from_secs(2);
/// Moving from one record to the next is one message, not two.
const TOGETHER: Duration = Duration::from_millis(200);
/// At the program's end, or when a laptop leaves: the others would find out by themselves.
const FAREWELL: Duration = Duration::from_secs(1);
/// After failures, one after the other; the last goes on.
const PATIENCE: [u64; 5] = [2, 5, 10, 20, 40];
/// A hub of an older version is not asked all the time.
const OLDER_HUB: Duration = Duration::from_secs(600);
/// Screens of this program at once; the one that said nothing for longest gives way.
const SCREENS: usize = 16;

/// Who is where, here and elsewhere.
#[derive(Debug, Default)]
pub struct Board {
    mine: Mutex<HashMap<String, Mine>>,
    others: Mutex<BTreeMap<ReplicaId, (Other, Instant)>>,
    /// A screen here shows something else.
    changed: Notify,
    /// Which laptop this is, or whether it exchanges, is another now.
    turned: Notify,
    /// The others were told that this program ends.
    left: CancellationToken,
}

#[derive(Debug, Clone)]
struct Mine {
    opened: Opened,
    until: Instant,
}

impl Board {
    /// Which laptop this is, or whether it exchanges, is another now.
    pub fn turn(&self) {
        self.turned.notify_one();
    }

    /// Waits until the others were told that this program ends.
    pub async fn left(&self) {
        tokio::time::timeout(FAREWELL, self.left.cancelled()).await.ok();
    }

    fn put(&self, screen: String, opened: Option<Opened>, now: Instant) {
        let mut mine = lock(&self.mine);
        let before = mine.get(&screen).map(|m| m.opened.clone());
        match &opened {
            None => {
                mine.remove(&screen);
            }
            Some(opened) => {
                let oldest = mine.iter().min_by_key(|(_, m)| m.until).map(|(s, _)| s.clone());
                if let Some(oldest) = oldest.filter(|_| mine.len() >= SCREENS && before.is_none()) {
                    mine.remove(&oldest);
                }
                mine.insert(screen, Mine { opened: opened.clone(), until: now + SCREEN });
            }
        }
        if before != opened {
            self.changed.notify_one();
        }
    }

    /// What is open here: being changed first, one line a person and record.
    fn mine(&self, now: Instant) -> Vec<Opened> {
        let mut mine = lock(&self.mine);
        mine.retain(|_, m| m.until > now);
        let mut all: Vec<Opened> = mine.values().map(|m| m.opened.clone()).collect();
        all.sort_by(|a, b| b.editing.cmp(&a.editing).then_with(|| (a.at, &a.who).cmp(&(b.at, &b.who))));
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|o| seen.insert((o.at, o.who.clone())));
        all
    }

    /// Takes what another laptop says.
    fn heard(&self, other: Other, now: Instant) {
        lock(&self.others).insert(other.replica, (other, now + LAPTOP));
    }

    fn forget(&self) {
        lock(&self.others).clear();
    }

    fn marks(&self, now: Instant) -> Vec<PresenceMark> {
        let mut others = lock(&self.others);
        others.retain(|_, (_, until)| *until > now);
        let of = |other: &Other| {
            let laptop = other.laptop.clone();
            let mark = move |o: &Opened| PresenceMark {
                at: o.at,
                editing: o.editing,
                who: o.who.clone(),
                laptop: laptop.clone(),
            };
            other.open.iter().map(mark).collect::<Vec<_>>()
        };
        let mut all: Vec<PresenceMark> = others.values().flat_map(|(other, _)| of(other)).collect();
        all.sort_by(|a, b| (a.at, &a.laptop, &a.who).cmp(&(b.at, &b.laptop, &b.who)));
        all
    }
}

/// What people at other laptops have open; nothing while this one is paused, has no line, or shows the sample.
pub fn presence(ctx: &Ctx) -> Presence {
    let sync = ctx.sync();
    if ctx.stall().sample || wanted(sync).is_none() {
        return Presence::default();
    }
    let cut = matches!(sync.seen().line, SyncLine::Offline | SyncLine::Trouble);
    Presence { on: true, here: if cut { Vec::new() } else { sync.0.presence.marks(Instant::now()) } }
}

/// One screen says what it shows.
pub fn set_presence(ctx: &Ctx, caller: &Caller, input: PresenceSet) -> Presence {
    let screen = caller.origin.clone().unwrap_or_else(|| caller.token.clone());
    let opened = |at: RecordRef| Opened { at, editing: input.editing, who: caller.me.name.clone() };
    // Records of the sample are nobody's.
    let open = input.open.filter(|_| !ctx.stall().sample);
    ctx.sync().0.presence.put(screen, open.map(opened), Instant::now());
    presence(ctx)
}

/// This laptop, while it tells and is told.
fn wanted(sync: &Peers) -> Option<stall_sync::Identity> {
    sync.me().filter(|me| !me.asked() && !sync.kept().paused)
}

/// How a time on the line ended.
enum End {
    /// The program ends.
    Over,
    /// It is another laptop now, or none.
    Turned,
    Failed(SyncError),
}

/// Tells and is told until the program ends.
pub async fn run(weak: Weak) {
    let Some(sync) = weak.up().map(|ctx| ctx.sync().clone()) else { return };
    let board = &sync.0.presence;
    let mut failed = 0;
    loop {
        let end = match wanted(&sync).filter(|_| sync.seen().last.is_some()) {
            Some(me) => line(&weak, &sync, &me, &mut failed).await,
            None => End::Turned,
        };
        let shown = !board.marks(Instant::now()).is_empty();
        board.forget();
        match weak.up() {
            Some(ctx) if shown => ctx.push(Push::Presence),
            Some(_) => {}
            None => break,
        }
        let rest = match &end {
            End::Over => break,
            // Its first exchange is not done yet.
            End::Turned if wanted(&sync).is_some() => LOOK,
            End::Turned => Duration::MAX,
            End::Failed(SyncError::Hub(e)) if e.code == HubCode::NotFound => OLDER_HUB,
            End::Failed(e) => {
                tracing::debug!(%e, "nobody is told who has what open");
                failed += 1;
                Duration::from_secs(PATIENCE.get(failed - 1).or(PATIENCE.last()).copied().unwrap_or(40))
            }
        };
        tokio::select! {
            () = sync.0.stop.cancelled() => break,
            () = board.turned.notified() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
    board.left.cancel();
}

/// The hub's time, as far as this laptop knows it; `None` when the program is gone.
fn hub_time(weak: &Weak) -> Option<Ms> {
    let ctx = weak.up()?;
    Some(Ms(ctx.env().now().0.saturating_add(ctx.sync().seen().offset_ms)))
}

/// One time on the line to the hub.
async fn line(weak: &Weak, sync: &Peers, me: &stall_sync::Identity, failed: &mut usize) -> End {
    let board = &sync.0.presence;
    let Some(now) = hub_time(weak) else { return End::Over };
    let begun = tokio::select! {
        () = sync.0.stop.cancelled() => return End::Over,
        begun = stall_sync::Presence::begin(me, now) => begun,
    };
    let (mut presence, mut hearing) = match begun {
        Ok(both) => both,
        Err(e) => return End::Failed(e),
    };
    *failed = 0;
    let (mut told, mut at): (Vec<Opened>, Instant) = (Vec::new(), Instant::now());
    loop {
        let Some(now) = hub_time(weak) else { return End::Over };
        let over = sync.0.stop.is_cancelled();
        if over || wanted(sync).as_ref() != Some(me) {
            if !told.is_empty() {
                tokio::time::timeout(FAREWELL, presence.say(Vec::new(), None, now)).await.ok();
            }
            return if over { End::Over } else { End::Turned };
        }
        let mine = board.mine(Instant::now());
        let ledger = sync.0.audit.say();
        if mine != told || (!mine.is_empty() && at.elapsed() >= BEAT) || ledger.is_some() {
            let owed = ledger.is_some();
            let said = presence.say(mine.clone(), ledger, now).await;
            if said.is_err() && owed {
                sync.0.audit.unsaid();
            }
            match said {
                Ok(()) => (told, at) = (mine, Instant::now()),
                // Said at the next look.
                Err(SyncError::Hub(e)) if e.code == HubCode::Slow => {}
                Err(e) => return End::Failed(e),
            }
        }
        let before = board.marks(Instant::now());
        tokio::select! {
            () = sync.0.stop.cancelled() => {}
            () = board.turned.notified() => {}
            () = board.changed.notified() => tokio::time::sleep(TOGETHER).await,
            () = tokio::time::sleep(LOOK) => {}
            said = hearing.next() => {
                let Some(now) = hub_time(weak) else { return End::Over };
                let read = match said {
                    Ok(said) => presence.read(&said, now).await,
                    Err(e) => return End::Failed(e),
                };
                match read {
                    Ok(Some(mut other)) => {
                        if let Some(told) = other.ledger.take() {
                            let here = weak.up().map_or(now, |ctx| ctx.env().now());
                            sync.0.audit.hear(other.replica, &other.laptop, told, here);
                        }
                        board.heard(other, Instant::now());
                    }
                    Ok(None) => {}
                    Err(SyncError::Seal(e)) => tracing::debug!(%e, "who has what open was not believed"),
                    Err(e) => return End::Failed(e),
                }
            }
        }
        if board.marks(Instant::now()) != before
            && let Some(ctx) = weak.up()
        {
            ctx.push(Push::Presence);
        }
    }
}

#[cfg(test)]
mod tests {
    use stall_core::{Id, api::RecordKind, sync::Hex};

    use super::*;

    fn opened(n: u8, editing: bool) -> Opened {
        let at = RecordRef { kind: RecordKind::Unit, id: Id::v7(Ms(1), [n; 10]) };
        Opened { at, editing, who: "小李".to_owned() }
    }

    #[test]
    fn a_screen_and_a_laptop_that_say_nothing_more_are_taken_for_closed() {
        let (board, now) = (Board::default(), Instant::now());
        board.put("a".into(), Some(opened(1, false)), now);
        board
            .heard(Other { replica: Hex([1; 16]), laptop: "x".into(), open: vec![opened(2, true)], ledger: None }, now);
        let seen = |at| (board.mine(at).len(), board.marks(at).len());
        assert_eq!(seen(now + SCREEN - Duration::from_millis(1)), (1, 1));
        assert_eq!(seen(now + SCREEN), (0, 1));
        assert_eq!(seen(now + LAPTOP), (0, 0));
    }

    #[test]
    fn two_screens_at_one_record_are_one_line_and_changing_comes_first() {
        let (board, now) = (Board::default(), Instant::now());
        board.put("a".into(), Some(opened(1, false)), now);
        board.put("b".into(), Some(opened(1, true)), now);
        board.put("c".into(), Some(opened(0, false)), now);
        assert_eq!(board.mine(now), [opened(1, true), opened(0, false)]);
        board.put("b".into(), None, now);
        assert_eq!(board.mine(now), [opened(0, false), opened(1, false)]);
    }

    #[test]
    fn screens_without_number_do_not_pile_up() {
        let (board, now) = (Board::default(), Instant::now());
        (0..200).for_each(|n| board.put(format!("{n}"), Some(opened(n, false)), now));
        assert_eq!(board.mine(now).len(), SCREENS);
    }
}
