//! Builds the sample stall step by step, with the clock set back to when each thing happened.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use stall_core::{
    AppResult, ErrorCode, Ms, Role,
    api::{MemberInput, Settings},
};
use stall_media::BlobStore;
use stall_store::{
    Actor, Env, Store,
    tables::{members, settings},
};

use super::{inspections, orders, photos, shows, units};
use crate::{jobs::Running, rng::Rng};

/// A stall being made up.
pub struct Builder<'r> {
    pub store: Store,
    pub actor: Actor,
    pub rng: Rng,
    /// The instant everything is relative to.
    pub now: Ms,
    clock: Arc<AtomicI64>,
    running: &'r Running,
}

impl Builder<'_> {
    /// Sets the store's clock.
    pub fn at(&self, at: Ms) {
        self.clock.store(at.0, Ordering::Relaxed);
    }

    /// Moves the progress bar.
    ///
    /// # Errors
    /// `Cancelled` when the person pressed stop.
    pub fn step(&self, percent: u32) -> AppResult<()> {
        self.running.progress(percent, super::STEPS);
        if self.running.cancelled() { Err(ErrorCode::Cancelled.into()) } else { Ok(()) }
    }
}

/// Builds the stall in `dir`.
///
/// # Errors
/// `Cancelled`, or what the store answers.
pub async fn build(dir: &Path, now: Ms, running: &Running) -> AppResult<()> {
    let clock = Arc::new(AtomicI64::new(now.plus(-80 * stall_core::time::DAY).0));
    let set = clock.clone();
    let store = Store::open(dir, Env::with_clock(move || Ms(set.load(Ordering::Relaxed)))).await?;
    let actor = Actor::new(members::first_owner(&store, "老周").await?.name.as_str(), Role::Owner);
    let mut b = Builder { store, actor, rng: Rng(20_261_124), now, clock, running };
    let built = fill(&mut b, dir).await;
    b.store.close().await;
    built
}

async fn fill(b: &mut Builder<'_>, dir: &Path) -> AppResult<()> {
    for (name, role) in [
        ("小雅", Role::Host),
        ("阿杰", Role::Control),
        ("小林", Role::Photographer),
        ("陈姐", Role::Packer),
        ("刘师傅", Role::Technician),
    ] {
        members::add(&b.store, &b.actor, MemberInput { name: name.to_owned(), role }).await?;
    }
    let usual = settings::get(&b.store).await?;
    let gift_line = "随机送:钢化膜 1 张、手机壳 1 个、感谢卡".to_owned();
    let stall = Settings { stall_name: "老周数码(示例)".to_owned(), gift_line, ..usual };
    settings::set(&b.store, &b.actor, stall).await?;
    b.step(2)?;
    let media = BlobStore::open(dir)?;
    let taken = photos::take_in(media, |percent| b.step(2 + percent * 40 / 100)).await?;
    let made = units::add(b, &taken).await?;
    b.step(65)?;
    inspections::add(b, &made).await?;
    b.step(75)?;
    // Before the orders: a unit of the sheet is sold meanwhile.
    shows::add(b, &made).await?;
    orders::add(b, &made).await?;
    b.step(super::STEPS)
}
