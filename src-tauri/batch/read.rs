//! Reading a batch: copies, time, barcode, on blocking threads.

use std::{collections::HashSet, sync::Arc};

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{BatchRules, BatchStart, Job, JobKind, JobProblem},
    photo_groups::Shot,
};
use stall_media::{FileIn, Taken, default_workers, read_many};
use tokio::sync::mpsc;

use super::{Batch, Held, parted, tell};
use crate::{
    ctx::{Caller, Ctx},
    jobs::Running,
    staging::Staged,
    stall::Stall,
};

/// Files told of at once, at most.
const TOLD: usize = 8;

type Outcome = AppResult<(Taken, Vec<String>)>;

/// Begins to read. Files handed in while another batch waits are added to it.
///
/// # Errors
/// `FileMissing` when a file is not staged, `BadInput` for no file at all.
pub async fn start(ctx: &Ctx, caller: &Caller, input: BatchStart) -> AppResult<Job> {
    if input.files.is_empty() {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "files"));
    }
    let files = input.files.iter().map(|id| ctx.staging().get(*id)).collect::<AppResult<Vec<_>>>()?;
    let (stall, id, job_id) = (ctx.stall(), ctx.env().new_id()?, ctx.env().new_id()?);
    let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
    let (job, running) = ctx.jobs().start(job_id, ctx.env().now(), JobKind::ReadPhotos, total, None, stall.sample);
    let batch = {
        let mut open = stall.batch.lock();
        let rules = input.rules.or(open.as_ref().map(|b| b.rules)).unwrap_or_default();
        let batch = open.get_or_insert_with(|| Batch::new(id, rules));
        batch.jobs.push(job_id);
        batch.id
    };
    tell(ctx, &stall, caller.origin.clone());
    let work = Work { ctx: ctx.clone(), stall, batch, job: job_id, files: files.into(), staged: input.files };
    tokio::spawn(work.run(running));
    Ok(job)
}

struct Work {
    ctx: Ctx,
    stall: Arc<Stall>,
    batch: Id,
    job: Id,
    files: Arc<[Staged]>,
    staged: Vec<Id>,
}

impl Work {
    async fn run(self, running: Running) {
        let (tell_one, mut told) = mpsc::channel::<(usize, Outcome)>(TOLD);
        let (media, cancel) = (self.stall.media.clone(), running.cancel_flag());
        let files: Vec<FileIn> =
            self.files.iter().map(|s| FileIn { path: s.path.clone(), name: s.file.name.clone() }).collect();
        let reading = tokio::task::spawn_blocking(move || {
            read_many(&media, &files, default_workers(), &cancel, |i, outcome| {
                // The other end goes away only when the job is given up; the flag then stops this loop.
                tell_one.blocking_send((i, outcome)).ok();
            })
        });
        let mut outcomes: Vec<(usize, Outcome)> = Vec::with_capacity(self.files.len());
        let mut full = None;
        while let Some((i, outcome)) = told.recv().await {
            match &outcome {
                // A full disk concerns the rest of the files too.
                Err(e) if e.code == ErrorCode::DiskFull => {
                    full = Some(e.clone());
                    running.cancel_flag().store(true, std::sync::atomic::Ordering::Relaxed);
                }
                Err(e) => running.problem(&self.name(i), e.clone()),
                Ok(_) => {}
            }
            outcomes.push((i, outcome));
            running.progress(outcomes.len() as u32, self.files.len() as u32);
        }
        let read = reading.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e)).flatten();
        outcomes.sort_by_key(|(i, _)| *i);
        let kept = self.keep(&running, outcomes).await;
        self.ctx.staging().forget(&self.staged);
        tell(&self.ctx, &self.stall, None);
        running.end(full.or(kept.and(read).err()));
    }

    fn name(&self, i: usize) -> String {
        self.files.get(i).map_or_else(String::new, |s| s.file.name.clone())
    }

    /// Puts what was read into the batch. After a stop, what was read until then is kept.
    async fn keep(&self, running: &Running, outcomes: Vec<(usize, Outcome)>) -> AppResult<()> {
        let (mut held, mut problems) = (Vec::new(), Vec::new());
        for (i, outcome) in outcomes {
            let Some(staged) = self.files.get(i) else { continue };
            match outcome {
                Ok((taken, codes)) => {
                    let shot = Shot {
                        name: staged.file.name.clone(),
                        folder: staged.from.folder.clone(),
                        at: taken.taken_at.or(staged.from.modified),
                        codes,
                    };
                    held.push(Held { shot, taken, label: false, out: false });
                }
                Err(error) => problems.push(JobProblem { name: staged.file.name.clone(), error }),
            }
        }
        let rules = self.rules();
        let mut seen: HashSet<String> = self.blobs();
        held.retain(|h: &Held| {
            let first = seen.insert(h.taken.blob.as_str().to_owned());
            if !first {
                let error = AppError::new(ErrorCode::PhotoRepeated).arg("name", &h.shot.name);
                running.problem(&h.shot.name, error.clone());
                problems.push(JobProblem { name: h.shot.name.clone(), error });
            }
            first
        });
        let shots: Vec<Shot> = held.iter().map(|h| h.shot.clone()).collect();
        let found = parted(&self.stall.store, &shots, &rules).await;
        let mut open = self.stall.batch.lock();
        // A batch that a person has let go of meanwhile wants nothing more.
        let Some(batch) = open.as_mut().filter(|b| b.id == self.batch) else { return Ok(()) };
        batch.jobs.retain(|j| *j != self.job);
        let found = found?;
        batch.problems.extend(problems);
        let first = batch.photos.len();
        batch.photos.extend(held);
        batch.part(first, found);
        // Stopped before anything was read: there is nothing to look at.
        open.take_if(|b| b.photos.is_empty() && b.problems.is_empty() && b.jobs.is_empty());
        Ok(())
    }

    fn rules(&self) -> BatchRules {
        self.stall.batch.lock().as_ref().map(|b| b.rules).unwrap_or_default()
    }

    fn blobs(&self) -> HashSet<String> {
        let open = self.stall.batch.lock();
        open.iter().flat_map(|b| &b.photos).map(|h| h.taken.blob.as_str().to_owned()).collect()
    }
}
