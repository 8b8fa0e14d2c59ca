//! A few passports in the sample stall, as if each had been issued right after its inspection.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use stall_core::{
    AppResult, Ms, Role,
    api::{InspectionState, PassportSettings, UnitQuery},
};
use stall_store::{
    Actor, Env,
    tables::{passports as table, units},
};

use crate::{ctx::Ctx, passports, stall::Stall};

const COUNT: usize = 10;

/// Issues them in the stall that was just made in `dir`.
///
/// # Errors
/// What the store or the disk answers.
pub async fn add(ctx: &Ctx, dir: &Path, now: Ms) -> AppResult<()> {
    let clock = Arc::new(AtomicI64::new(now.0));
    let set = clock.clone();
    let stall = Stall::open(dir, Env::with_clock(move || Ms(set.load(Ordering::Relaxed))), true, ctx.pushes()).await?;
    let done = issue(&stall, &clock).await;
    stall.store.close().await;
    done
}

async fn issue(stall: &Arc<Stall>, clock: &AtomicI64) -> AppResult<()> {
    let actor = Actor::new(&stall.owner().await?.name, Role::Owner);
    let said = PassportSettings {
        address: "华强北远望 2 楼 C18".into(),
        signer: "周敏".into(),
        warranty_days: 90,
        returns_zh: "签收七天内，串号与防拆标一致可退".into(),
        returns_en: "Within seven days, when codes and seal match".into(),
    };
    table::set_settings(&stall.store, &actor, said).await?;
    let query = UnitQuery { inspection: vec![InspectionState::Inspected], limit: 200, ..UnitQuery::default() };
    let mut units = Vec::new();
    for row in units::list(&stall.store, &query).await?.rows {
        let unit = units::get(&stall.store, row.id).await?;
        if let Some(report) = unit.inspection.reports.first().filter(|r| r.blocked == 0 && !unit.photos.is_empty()) {
            units.push((report.at, row.id));
        }
    }
    units.truncate(COUNT);
    units.sort();
    for (at, unit) in units {
        clock.store(at.plus(20 * 60_000).0, Ordering::Relaxed);
        passports::issue_in(stall, &actor, unit).await?;
    }
    Ok(())
}
