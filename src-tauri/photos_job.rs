//! Taking photographs in: made small on blocking threads, written in the order they were handed in, one undo step.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{Job, JobKind, PhotosAdd},
};
use stall_media::{FileIn, Taken, default_workers, ingest_many};
use stall_store::{
    Actor,
    tables::{photos, photos::NewPhoto, units},
};
use tokio::sync::mpsc;

use crate::{
    ctx::{Caller, Ctx},
    jobs::Running,
    stall::Stall,
};

/// Photographs written at once, at most.
const BATCH: usize = 8;

/// Begins the job.
///
/// # Errors
/// `NotFound` when there is no such unit, `FileMissing` when a file is not staged, `BadInput` for no file at all.
pub async fn start(ctx: &Ctx, caller: &Caller, input: PhotosAdd) -> AppResult<Job> {
    if input.files.is_empty() {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "files"));
    }
    let stall = ctx.stall();
    let unit = units::get(&stall.store, input.unit_id).await?;
    let seen = unit.photos.into_iter().map(|p| p.blob).collect();
    let staged = input.files.iter().map(|id| ctx.staging().get(*id));
    let files = staged.map(|s| s.map(|s| FileIn { path: s.path, name: s.file.name })).collect::<AppResult<Vec<_>>>()?;
    let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
    let id = ctx.env().new_id()?;
    let (job, running) =
        ctx.jobs().start(id, ctx.env().now(), JobKind::Photos, total, Some(input.unit_id), stall.sample);
    let work = Work { stall, actor: caller.actor(), unit: input.unit_id, files: files.into(), seen, step: None };
    let (staging, staged) = (ctx.clone(), input.files);
    tokio::spawn(async move {
        work.run(running).await;
        // The originals are kept by now: our copies need not lie there until the program ends.
        staging.staging().forget(&staged);
    });
    Ok(job)
}

struct Work {
    stall: Arc<Stall>,
    actor: Actor,
    unit: Id,
    files: Arc<[FileIn]>,
    /// Names of the photographs the unit has.
    seen: HashSet<String>,
    step: Option<u32>,
}

impl Work {
    async fn run(mut self, running: Running) {
        let (tell, mut told) = mpsc::channel(BATCH);
        let (media, files, cancel) = (self.stall.media.clone(), self.files.clone(), running.cancel_flag());
        let making = tokio::task::spawn_blocking(move || {
            ingest_many(&media, &files, default_workers(), &cancel, |i, taken| {
                // The other end only goes away when writing failed; the flag then stops this loop.
                tell.blocking_send((i, taken)).ok();
            })
        });
        let written = self.write(&running, &mut told).await;
        if written.is_err() {
            running.cancel_flag().store(true, std::sync::atomic::Ordering::Relaxed);
            told.close();
        }
        let made = making.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e)).flatten();
        running.end(written.and(made).err());
    }

    /// Photographs are done in any order and written in the order they were handed in.
    async fn write(
        &mut self,
        running: &Running,
        told: &mut mpsc::Receiver<(usize, AppResult<Taken>)>,
    ) -> AppResult<()> {
        let total = self.files.len() as u32;
        let (mut waiting, mut next, mut done) = (BTreeMap::new(), 0, 0);
        let mut some = Vec::with_capacity(BATCH);
        while told.recv_many(&mut some, BATCH).await > 0 {
            done += some.len() as u32;
            waiting.extend(some.drain(..));
            let mut batch = Vec::new();
            while let Some(taken) = waiting.remove(&next) {
                batch.push((next, taken));
                next += 1;
            }
            self.add(running, batch).await?;
            running.progress(done, total);
        }
        // After a cancel there may be gaps: what was made is kept.
        self.add(running, waiting.into_iter().collect()).await
    }

    async fn add(&mut self, running: &Running, batch: Vec<(usize, AppResult<Taken>)>) -> AppResult<()> {
        let mut new = Vec::new();
        for (i, taken) in batch {
            let name = self.files.get(i).map_or("", |f| f.name.as_str());
            match taken {
                Ok(t) if self.seen.insert(t.blob.as_str().to_owned()) => new.push(row(t, name)),
                Ok(_) => running.problem(name, AppError::new(ErrorCode::PhotoDuplicate).arg("name", name)),
                // A full disk concerns the rest of the files too.
                Err(e) if e.code == ErrorCode::DiskFull => return Err(e),
                Err(e) => running.problem(name, e),
            }
        }
        if !new.is_empty() {
            let out = photos::add(&self.stall.store, &self.actor, self.unit, new, self.step).await?;
            self.step = out.changes.and_then(|c| c.step).or(self.step);
        }
        Ok(())
    }
}

/// A photograph that is on disk, as a row.
pub fn row(t: Taken, name: &str) -> NewPhoto {
    NewPhoto {
        blob: t.blob.as_str().to_owned(),
        file_name: name.to_owned(),
        width: t.width,
        height: t.height,
        bytes: u64::from(t.bytes),
        dhash: Some(t.dhash),
        sharp: Some(t.sharp),
        light: Some(t.light),
        shot: String::new(),
        source: String::new(),
        taken_at: t.taken_at,
    }
}
