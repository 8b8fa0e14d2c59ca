//! Writing a batch.

use stall_core::{
    AppResult, ErrorCode,
    api::{BatchDone, ById},
};
use stall_store::tables::photo_batch::{self, Place, Taking};

use super::{Batch, row, tell};
use crate::ctx::{Caller, Ctx};

/// Gives the photographs to their units, those without one to the tray: one undo step. The batch is gone afterwards.
///
/// # Errors
/// `NotFound` when the batch or a unit is gone; `BatchReading` while it is still read.
pub async fn apply(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<BatchDone> {
    let stall = ctx.stall();
    // Taken out first: pressed twice, it is written once.
    let batch = {
        let mut open = stall.batch.lock();
        let found = open.as_ref().filter(|b| b.id == input.id).ok_or(ErrorCode::NotFound)?;
        if !found.jobs.is_empty() {
            return Err(ErrorCode::BatchReading.into());
        }
        open.take().ok_or(ErrorCode::NotFound)?
    };
    let written = match takings(ctx, &batch) {
        Ok((takings, left_out)) => {
            photo_batch::take(&stall.store, &caller.actor(), &takings).await.map(|out| (out, left_out))
        }
        Err(e) => Err(e),
    };
    let (out, left_out) = match written {
        Ok(done) => done,
        Err(e) => {
            stall.batch.lock().get_or_insert(batch);
            return Err(e);
        }
    };
    tell(ctx, &stall, caller.origin.clone());
    let n = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(BatchDone {
        photos: n(out.value.photos),
        units: n(out.value.units),
        tray: n(out.value.tray),
        left_out: n(left_out),
        duplicates: out.value.duplicates,
        step: out.changes.and_then(|c| c.step),
    })
}

/// What goes where, and how many go nowhere.
fn takings(ctx: &Ctx, batch: &Batch) -> AppResult<(Vec<Taking>, usize)> {
    let (mut takings, mut left_out) = (Vec::new(), 0);
    for g in &batch.groups {
        let held = g.photos.iter().filter_map(|p| batch.held(*p));
        let photos: Vec<_> = held.filter(|h| !h.out && !g.leave).map(|h| row(h, "")).collect();
        left_out += g.photos.len() - photos.len();
        if photos.is_empty() {
            continue;
        }
        let place = match g.unit {
            Some(unit) => Place::Unit(unit),
            None => Place::Tray(ctx.env().new_id()?.to_string()),
        };
        takings.push(Taking { place, photos });
    }
    Ok((takings, left_out))
}
