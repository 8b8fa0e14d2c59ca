//! Long work with progress, cancel and problems. A job belongs to the program, not to a screen.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms, Role,
    api::{Job, JobKind, JobProblem, JobState, Made, Push},
};
use tokio::sync::{broadcast, watch};

/// At most ten progress pushes a second.
const EVERY: Duration = Duration::from_millis(100);
/// Ended jobs kept for the list.
const KEPT: usize = 20;

/// The jobs of this run.
#[derive(Debug, Clone)]
pub struct Jobs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    list: Mutex<Vec<Entry>>,
    pushes: broadcast::Sender<Push>,
    running: watch::Sender<usize>,
}

#[derive(Debug)]
struct Entry {
    job: Job,
    cancel: Arc<AtomicBool>,
    /// Works on the sample stall.
    sample: bool,
    told: Instant,
    made: Option<(Made, Role)>,
}

/// A running job's own end. Dropping it unfinished (a panic) fails the job.
#[derive(Debug)]
pub struct Running {
    jobs: Jobs,
    id: Id,
    cancel: Arc<AtomicBool>,
    ended: bool,
}

impl Jobs {
    #[must_use]
    pub fn new(pushes: broadcast::Sender<Push>) -> Self {
        Self(Arc::new(Inner { list: Mutex::default(), pushes, running: watch::Sender::new(0) }))
    }

    /// Begins a job.
    #[must_use]
    pub fn start(&self, id: Id, now: Ms, kind: JobKind, total: u32, unit: Option<Id>, sample: bool) -> (Job, Running) {
        let job = Job {
            id,
            kind,
            state: JobState::Running,
            done: 0,
            total,
            started: now,
            problems: Vec::new(),
            error: None,
            unit,
            made: false,
        };
        let cancel = Arc::new(AtomicBool::new(false));
        let mut list = self.lock();
        let ended = list.iter().filter(|e| e.job.state != JobState::Running).count();
        if ended >= KEPT
            && let Some(oldest) = list.iter().position(|e| e.job.state != JobState::Running)
        {
            list.remove(oldest);
        }
        list.push(Entry { job: job.clone(), cancel: cancel.clone(), sample, told: Instant::now(), made: None });
        drop(list);
        self.0.running.send_modify(|n| *n += 1);
        self.tell(job.clone());
        (job, Running { jobs: self.clone(), id, cancel, ended: false })
    }

    /// Newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Job> {
        self.lock().iter().rev().map(|e| e.job.clone()).collect()
    }

    /// What a job has made.
    ///
    /// # Errors
    /// `NotFound` when there is nothing, `NotAllowed` for another role than that of who asked for it.
    pub fn made(&self, id: Id, role: Role) -> AppResult<Made> {
        let list = self.lock();
        let (made, by) =
            list.iter().find(|e| e.job.id == id).and_then(|e| e.made.as_ref()).ok_or(ErrorCode::NotFound)?;
        if role != Role::Owner && role != *by {
            return Err(AppError::new(ErrorCode::NotAllowed).arg("name", "jobs.made").arg("role", role.as_str()));
        }
        Ok(made.clone())
    }

    /// Asks a job to stop; one that has ended stays as it is.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn cancel(&self, id: Id) -> AppResult<()> {
        let list = self.lock();
        let entry = list.iter().find(|e| e.job.id == id).ok_or(ErrorCode::NotFound)?;
        entry.cancel.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Asks the sample stall's jobs to stop.
    pub fn cancel_sample(&self) {
        for e in self.lock().iter().filter(|e| e.sample) {
            e.cancel.store(true, Ordering::Relaxed);
        }
    }

    /// Asks every job to stop and waits until they have.
    pub async fn cancel_all(&self) {
        for e in self.lock().iter() {
            e.cancel.store(true, Ordering::Relaxed);
        }
        let mut running = self.0.running.subscribe();
        running.wait_for(|n| *n == 0).await.ok();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, job: Job) {
        // Nobody listening is no error.
        self.0.pushes.send(Push::Job { job }).ok();
    }

    fn change(&self, id: Id, at_once: bool, f: impl FnOnce(&mut Job)) {
        let mut list = self.lock();
        let Some(entry) = list.iter_mut().find(|e| e.job.id == id) else { return };
        f(&mut entry.job);
        if at_once || entry.told.elapsed() >= EVERY {
            entry.told = Instant::now();
            let job = entry.job.clone();
            drop(list);
            self.tell(job);
        }
    }
}

impl Running {
    /// Set when the person pressed stop.
    #[must_use]
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        self.cancel.clone()
    }

    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    pub fn progress(&self, done: u32, total: u32) {
        self.jobs.change(self.id, false, |j| (j.done, j.total) = (done, total));
    }

    /// What the job made, for those of `role` and the owner: an export may hold what others must not see.
    pub fn made(&self, made: Made, role: Role) {
        let mut list = self.jobs.lock();
        if let Some(entry) = list.iter_mut().find(|e| e.job.id == self.id) {
            entry.job.made = true;
            entry.made = Some((made, role));
        }
    }

    pub fn problem(&self, name: &str, error: AppError) {
        let name = name.to_owned();
        self.jobs.change(self.id, false, |j| j.problems.push(JobProblem { name, error }));
    }

    /// Ends the job: done, cancelled (when asked to stop), or failed with `error`.
    pub fn end(mut self, error: Option<AppError>) {
        self.finish(error);
    }

    fn finish(&mut self, error: Option<AppError>) {
        self.ended = true;
        let cancelled = self.cancelled();
        self.jobs.change(self.id, true, |j| {
            j.state = match &error {
                Some(e) if e.code != ErrorCode::Cancelled => JobState::Failed,
                Some(_) => JobState::Cancelled,
                None if cancelled && j.done < j.total => JobState::Cancelled,
                None => JobState::Done,
            };
            j.error = error;
        });
        self.jobs.0.running.send_modify(|n| *n = n.saturating_sub(1));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.finish(Some(AppError::new(ErrorCode::Internal).detail("the job broke off")));
        }
    }
}
