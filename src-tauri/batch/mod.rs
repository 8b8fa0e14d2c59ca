//! Photographs of many units at once: read as a job, looked at by a person, written as one action.
//!
//! Reading puts the originals and their copies on disk, so that the review shows real pictures and the writing is only rows.
//! What is never written is swept after a week like any photograph nobody names.

mod apply;
mod arrange;
mod read;
mod view;

use std::sync::{Mutex, MutexGuard, PoisonError};

use stall_core::{
    AppResult, Id,
    api::{BatchRules, FoundBy, JobProblem, Push, Sure},
    photo_groups::{self, Group, Grouping, Shot},
};
use stall_media::Taken;
use stall_store::{
    Store,
    tables::{photo_batch, photos::NewPhoto},
};

pub use apply::apply;
pub use arrange::{arrange, regroup};
pub use read::start;
pub use view::view;

use crate::{
    ctx::{Caller, Ctx},
    photos_job,
    stall::Stall,
};

/// The one batch of a stall that is being read or looked at.
#[derive(Debug, Default)]
pub struct Open(Mutex<Option<Batch>>);

/// Photographs read, and how they are parted.
#[derive(Debug, Clone)]
pub struct Batch {
    pub id: Id,
    pub rules: BatchRules,
    /// Jobs that are still reading.
    jobs: Vec<Id>,
    photos: Vec<Held>,
    groups: Vec<Parted>,
    problems: Vec<JobProblem>,
    next_group: u32,
}

/// A photograph on disk.
#[derive(Debug, Clone)]
struct Held {
    shot: Shot,
    taken: Taken,
    label: bool,
    out: bool,
}

/// Photographs of one device.
#[derive(Debug, Clone)]
struct Parted {
    id: u32,
    unit: Option<Id>,
    leave: bool,
    by: FoundBy,
    sure: Sure,
    code: Option<String>,
    gap: Option<i64>,
    photos: Vec<u32>,
}

impl Open {
    fn lock(&self) -> MutexGuard<'_, Option<Batch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    fn new(id: Id, rules: BatchRules) -> Self {
        Self {
            id,
            rules,
            jobs: Vec::new(),
            photos: Vec::new(),
            groups: Vec::new(),
            problems: Vec::new(),
            next_group: 0,
        }
    }

    /// Adds the groups of the photographs from `first` on; a unit that has a group already gets them there.
    fn part(&mut self, first: usize, found: Grouping) {
        for at in found.labels {
            // A label says which unit; where nobody knows it, the picture of it helps whoever names it.
            let named = found.groups.iter().any(|g| g.unit.is_some() && g.shots.contains(&at));
            if let Some(held) = self.photos.get_mut(first + at) {
                (held.label, held.out) = (true, named && !self.rules.keep_labels);
            }
        }
        let loose = Group {
            unit: None,
            by: FoundBy::Gap,
            sure: Sure::Guess,
            code: None,
            gap: None,
            shots: found.left,
            goes_on: false,
        };
        for g in found.groups.into_iter().chain([loose]).filter(|g| !g.shots.is_empty()) {
            let photos: Vec<u32> = g.shots.iter().filter_map(|i| u32::try_from(first + i).ok()).collect();
            let same = self.groups.iter_mut().find(|p| p.unit.is_some() && p.unit == g.unit);
            if let Some(there) = same {
                there.photos.extend(photos);
                continue;
            }
            let Group { unit, by, sure, code, gap, .. } = g;
            self.groups.push(Parted { id: self.next_group, unit, leave: false, by, sure, code, gap, photos });
            self.next_group += 1;
        }
    }

    fn held(&self, id: u32) -> Option<&Held> {
        self.photos.get(usize::try_from(id).ok()?)
    }
}

/// Looks codes up and parts photographs by the rules.
async fn parted(store: &Store, shots: &[Shot], rules: &BatchRules) -> AppResult<Grouping> {
    let known = photo_batch::known(store, &photo_groups::candidates(shots)).await?;
    Ok(photo_groups::group(shots, &known, rules, None))
}

/// Forgets the batch of this id.
///
/// # Errors
/// `NotFound` when it is not there any more.
pub fn drop_batch(ctx: &Ctx, caller: &Caller, id: Id) -> AppResult<()> {
    let stall = ctx.stall();
    let jobs = {
        let mut open = stall.batch.lock();
        let found = open.take_if(|b| b.id == id).ok_or(stall_core::ErrorCode::NotFound)?;
        found.jobs
    };
    for job in jobs {
        ctx.jobs().cancel(job).ok();
    }
    tell(ctx, &stall, caller.origin.clone());
    Ok(())
}

/// Says to every screen that the batch is another now.
fn tell(ctx: &Ctx, stall: &Stall, origin: Option<String>) {
    let open = stall.batch.lock().is_some();
    ctx.push(Push::Batch { open, origin });
}

/// A photograph as a row.
fn row(held: &Held, source: &str) -> NewPhoto {
    new_photo(&held.taken, &held.shot.name, source)
}

/// A photograph that is on disk, as a row.
#[must_use]
pub fn new_photo(t: &Taken, name: &str, source: &str) -> NewPhoto {
    NewPhoto { source: source.to_owned(), ..photos_job::row(t.clone(), name) }
}
