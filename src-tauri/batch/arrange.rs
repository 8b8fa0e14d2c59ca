//! A person's say over the groups.

use std::collections::{HashMap, HashSet};

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{BatchArrange, BatchRegroup, BatchState, FoundBy, Sure},
    photo_groups::Shot,
};
use stall_store::tables::photo_batch;

use super::{Batch, Parted, parted, tell, view};
use crate::ctx::{Caller, Ctx};

/// Takes the arrangement as the person wants it.
///
/// # Errors
/// `NotFound` when the batch or a unit is gone; `BadInput` unless every photograph is in exactly one group.
pub async fn arrange(ctx: &Ctx, caller: &Caller, input: BatchArrange) -> AppResult<BatchState> {
    let stall = ctx.stall();
    let wanted: Vec<Id> = input.groups.iter().filter_map(|g| g.unit_id).collect();
    let heads = photo_batch::heads(&stall.store, &wanted).await?;
    if wanted.iter().any(|u| !heads.contains_key(u)) {
        return Err(ErrorCode::NotFound.into());
    }
    {
        let mut open = stall.batch.lock();
        let batch = open.as_mut().filter(|b| b.id == input.id).ok_or(ErrorCode::NotFound)?;
        put(batch, input)?;
    }
    tell(ctx, &stall, caller.origin.clone());
    view(&stall).await
}

fn put(batch: &mut Batch, input: BatchArrange) -> AppResult<()> {
    let bad = |field: &str| AppError::new(ErrorCode::BadInput).arg("field", field);
    let all = u32::try_from(batch.photos.len()).unwrap_or(u32::MAX);
    let named: Vec<u32> = input.groups.iter().flat_map(|g| g.photos.iter().copied()).collect();
    let once: HashSet<u32> = named.iter().copied().collect();
    if once.len() != named.len() || once.len() != batch.photos.len() || once.iter().any(|p| *p >= all) {
        return Err(bad("groups"));
    }
    let mut units = HashSet::new();
    if !input.groups.iter().filter_map(|g| g.unit_id).all(|u| units.insert(u)) {
        return Err(bad("groups"));
    }
    let before: HashMap<u32, Parted> = batch.groups.drain(..).map(|g| (g.id, g)).collect();
    for g in input.groups.into_iter().filter(|g| !g.photos.is_empty()) {
        batch.next_group = batch.next_group.max(g.id.saturating_add(1));
        let fresh = || Parted {
            id: g.id,
            unit: g.unit_id,
            leave: g.leave,
            by: FoundBy::Hand,
            sure: Sure::Sure,
            code: None,
            gap: None,
            photos: g.photos.clone(),
        };
        batch.groups.push(match before.get(&g.id) {
            Some(old) if old.unit == g.unit_id => Parted { leave: g.leave, photos: g.photos.clone(), ..old.clone() },
            _ => fresh(),
        });
    }
    let out: HashSet<u32> = input.out.into_iter().collect();
    for (held, id) in batch.photos.iter_mut().zip(0u32..) {
        held.out = out.contains(&id);
    }
    Ok(())
}

/// Parts everything anew by other rules; what was arranged by hand is given up.
///
/// # Errors
/// `NotFound` when the batch is gone.
pub async fn regroup(ctx: &Ctx, caller: &Caller, input: BatchRegroup) -> AppResult<BatchState> {
    let stall = ctx.stall();
    let shots: Vec<Shot> = {
        let open = stall.batch.lock();
        let batch = open.as_ref().filter(|b| b.id == input.id).ok_or(ErrorCode::NotFound)?;
        batch.photos.iter().map(|h| h.shot.clone()).collect()
    };
    let found = parted(&stall.store, &shots, &input.rules).await?;
    {
        let mut open = stall.batch.lock();
        let batch = open.as_mut().filter(|b| b.id == input.id && b.photos.len() == shots.len());
        let batch = batch.ok_or(ErrorCode::NotFound)?;
        batch.rules = input.rules;
        batch.groups.clear();
        for held in &mut batch.photos {
            (held.label, held.out) = (false, false);
        }
        batch.part(0, found);
    }
    tell(ctx, &stall, caller.origin.clone());
    view(&stall).await
}
