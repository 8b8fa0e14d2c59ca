//! The batch as the review shows it.

use std::collections::{HashMap, HashSet};

use stall_core::{
    AppResult, Id,
    api::{BatchGroup, BatchPhoto, BatchState, PhotoBatch},
};
use stall_store::tables::photo_batch;

use super::Batch;
use crate::stall::Stall;

/// The open batch with its units' heads, and which pictures those have already.
///
/// # Errors
/// Store errors only.
pub async fn view(stall: &Stall) -> AppResult<BatchState> {
    let Some(batch) = stall.batch.lock().clone() else { return Ok(BatchState { batch: None }) };
    let units: Vec<Id> = batch.groups.iter().filter_map(|g| g.unit).collect();
    let heads = photo_batch::heads(&stall.store, &units).await?;
    let has = photo_batch::blobs(&stall.store, &units).await?;
    Ok(BatchState { batch: Some(shown(batch, &heads, &has)) })
}

fn shown(batch: Batch, heads: &HashMap<Id, stall_core::api::BatchUnit>, has: &HashSet<(Id, String)>) -> PhotoBatch {
    let mut unit_of: HashMap<u32, Id> = HashMap::new();
    for g in &batch.groups {
        unit_of.extend(g.unit.into_iter().flat_map(|u| g.photos.iter().map(move |p| (*p, u))));
    }
    let photos = batch.photos.iter().zip(0..).map(|(h, id)| {
        let blob = h.taken.blob.as_str().to_owned();
        BatchPhoto {
            id,
            name: h.shot.name.clone(),
            folder: h.shot.folder.clone(),
            at: h.shot.at,
            code: h.shot.codes.first().cloned(),
            label: h.label,
            out: h.out,
            has: unit_of.get(&id).is_some_and(|u| has.contains(&(*u, blob.clone()))),
            blob,
        }
    });
    let photos = photos.collect();
    let seconds = |gap: i64| u32::try_from(gap / 1000).unwrap_or(0);
    let groups = batch.groups.into_iter().map(|g| BatchGroup {
        id: g.id,
        // A unit that was deleted meanwhile has no head: its pictures wait in the tray.
        unit: g.unit.and_then(|u| heads.get(&u).cloned()),
        leave: g.leave,
        by: g.by,
        sure: g.sure,
        code: g.code,
        gap_s: g.gap.map(seconds),
        photos: g.photos,
    });
    PhotoBatch {
        id: batch.id,
        job: batch.jobs.first().copied(),
        rules: batch.rules,
        photos,
        groups: groups.collect(),
        problems: batch.problems,
    }
}
