//! The job that exports units: read some at a time, write them on a thread of their own, so that 200,000 take little memory.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use stall_core::{
    AppError, AppResult, ErrorCode, Id, datetime,
    api::{ExportChoices, ExportForm, ExportHow, Job, JobKind, JobProblem, Made, SheetLanguage, UnitExport, UnitQuery},
    units_export::{self, Column, UnitRecord},
};
use stall_store::tables::{
    unit_export::{self, UnitPhoto},
    units,
};
use tokio::sync::mpsc;

use super::{sheet::SheetFile, zip::ZipFile};
use crate::{
    ctx::{Caller, Ctx},
    jobs::Running,
    redact,
    stall::Stall,
};

/// Units read at a time.
const CHUNK: usize = 500;
/// Keys of a query read at a time.
const PAGE: u32 = 200;

/// Units and their photographs, on the way to the writer.
pub(super) struct Chunk {
    pub units: Vec<UnitRecord>,
    pub photos: HashMap<Id, Vec<UnitPhoto>>,
}

/// What the caller may export, and how it was done the last time.
///
/// # Errors
/// Store errors only.
pub async fn choices(ctx: &Ctx, caller: &Caller) -> AppResult<ExportChoices> {
    let role = caller.me.role;
    let last = unit_export::last(&ctx.stall().store, role.as_str()).await?.unwrap_or_default();
    let fields = units_export::COLUMNS.iter().map(|c| c.field).filter(|f| redact::may_set(role, f));
    Ok(ExportChoices { fields: fields.map(str::to_owned).collect(), last })
}

/// Begins the job.
///
/// # Errors
/// `BadInput` for a column that does not exist or that the role may not see.
pub async fn start(ctx: &Ctx, caller: &Caller, input: UnitExport) -> AppResult<Job> {
    let role = caller.me.role;
    let known = |f: &String| units_export::COLUMNS.iter().any(|c| c.field == f) && redact::may_set(role, f);
    if let Some(bad) = input.how.columns.iter().find(|f| !known(f)) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", bad));
    }
    let stall = ctx.stall();
    unit_export::keep(&stall.store, &caller.actor(), &input.how).await?;
    let mut columns = units_export::columns(&input.how.columns);
    columns.retain(|c| redact::may_set(role, c.field));
    if input.how.form == ExportForm::Zip && !columns.iter().any(|c| c.field == "stock_no") {
        // The manifest names units by it.
        columns.splice(0..0, units_export::columns(&["stock_no".to_owned()]));
    }
    let total = match input.ids.len() {
        0 => units::list(&stall.store, &UnitQuery { limit: 1, after: None, ..input.query.clone() }).await?.total,
        n => u32::try_from(n).unwrap_or(u32::MAX),
    };
    let id = ctx.env().new_id()?;
    let (job, running) = ctx.jobs().start(id, ctx.env().now(), JobKind::ExportUnits, total, None, stall.sample);
    let work = Work { ctx: ctx.clone(), stall, how: input.how, columns: columns.into(), path: ctx.staging().place(id) };
    let (ids, query) = (input.ids, input.query);
    tokio::spawn(async move {
        let done = work.run(&running, ids, query, total).await;
        if done.is_err() {
            // Half a file is worth nothing.
            tokio::fs::remove_file(&work.path).await.ok();
        }
        let made = done.and_then(|problems| {
            problems.into_iter().for_each(|p| running.problem(&p.name, p.error));
            ctx_made(&work, id)
        });
        match made {
            Ok(made) => {
                running.made(made, role);
                running.end(None);
            }
            Err(e) => running.end(Some(e)),
        }
    });
    Ok(job)
}

fn ctx_made(work: &Work, id: Id) -> AppResult<Made> {
    let file = work.ctx.staging().made(id, &work.name())?;
    Ok(Made { file: Some(file), folder: None })
}

struct Work {
    ctx: Ctx,
    stall: Arc<Stall>,
    how: ExportHow,
    columns: Arc<[Column]>,
    path: PathBuf,
}

impl Work {
    fn name(&self) -> String {
        let what = match self.how.language {
            SheetLanguage::Zh => "货架",
            SheetLanguage::En => "Stock",
        };
        let ext = match self.how.form {
            ExportForm::Xlsx => "xlsx",
            ExportForm::Csv => "csv",
            ExportForm::Zip => "zip",
        };
        format!("{what} {}.{ext}", datetime::format_day(self.ctx.env().now()))
    }

    async fn run(&self, running: &Running, ids: Vec<Id>, query: UnitQuery, total: u32) -> AppResult<Vec<JobProblem>> {
        let (send, mut received) = mpsc::channel::<Chunk>(2);
        let mut out = self.open()?;
        let writing = tokio::task::spawn_blocking(move || {
            while let Some(chunk) = received.blocking_recv() {
                out.write(&chunk)?;
            }
            Ok::<Out, AppError>(out)
        });
        let read = self.read(running, ids, query, total, send).await;
        let out = writing.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        // What the disk said explains why the reader could not hand over.
        let out = match (read, out) {
            (Ok(()), out) | (Err(Stopped::Writer), out) => out?,
            (Err(Stopped::Reader(e)), _) => return Err(e),
        };
        let finished = tokio::task::spawn_blocking(move || out.finish()).await;
        finished.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
    }

    fn open(&self) -> AppResult<Out> {
        Ok(match self.how.form {
            ExportForm::Zip => Out::Zip(Box::new(ZipFile::create(
                &self.path,
                self.stall.media.clone(),
                &self.how,
                &self.columns,
                self.ctx.env().now(),
            )?)),
            _ => Out::Sheet(SheetFile::create(&self.path, &self.how, &self.columns)?),
        })
    }

    /// Reads the units chunk by chunk and hands them over.
    async fn read(
        &self,
        running: &Running,
        ids: Vec<Id>,
        query: UnitQuery,
        mut total: u32,
        send: mpsc::Sender<Chunk>,
    ) -> Result<(), Stopped> {
        let ids = if ids.is_empty() { self.found(running, query).await? } else { ids };
        total = total.max(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let mut done = 0;
        for chunk in ids.chunks(CHUNK) {
            stop(running)?;
            let units = unit_export::records(&self.stall.store, chunk).await?;
            let photos = match self.how.form {
                ExportForm::Zip => unit_export::photos(&self.stall.store, chunk).await?,
                _ => HashMap::new(),
            };
            // Photographs take long: some units at a time, so that the bar moves and a stop is heard.
            for some in pieces(units, photos, if self.how.form == ExportForm::Zip { 8 } else { CHUNK }) {
                stop(running)?;
                let n = some.units.len() as u32;
                send.send(some).await.map_err(|_| Stopped::Writer)?;
                done += n;
                running.progress(done.min(total), total);
            }
        }
        if done == 0 {
            return Err(AppError::new(ErrorCode::NothingToExport).into());
        }
        running.progress(total, total);
        Ok(())
    }

    /// Ids of everything the query finds, in its order.
    async fn found(&self, running: &Running, query: UnitQuery) -> Result<Vec<Id>, Stopped> {
        let mut page = UnitQuery { after: None, limit: PAGE, ..query };
        let mut ids = Vec::new();
        loop {
            stop(running)?;
            let rows = units::list(&self.stall.store, &page).await?;
            ids.extend(rows.rows.iter().map(|r| r.id));
            match rows.next {
                Some(next) => page.after = Some(next),
                None => return Ok(ids),
            }
        }
    }
}

fn pieces(units: Vec<UnitRecord>, mut photos: HashMap<Id, Vec<UnitPhoto>>, size: usize) -> Vec<Chunk> {
    let mut out: Vec<Chunk> = Vec::new();
    for unit in units {
        if out.last().is_none_or(|c| c.units.len() >= size) {
            out.push(Chunk { units: Vec::new(), photos: HashMap::new() });
        }
        if let Some(chunk) = out.last_mut() {
            chunk.photos.extend(photos.remove(&unit.id).map(|p| (unit.id, p)));
            chunk.units.push(unit);
        }
    }
    out
}

fn stop(running: &Running) -> AppResult<()> {
    if running.cancelled() { Err(ErrorCode::Cancelled.into()) } else { Ok(()) }
}

/// Why the reader stopped early.
enum Stopped {
    Reader(AppError),
    /// The writer went away; it knows why.
    Writer,
}

impl From<AppError> for Stopped {
    fn from(e: AppError) -> Self {
        Self::Reader(e)
    }
}

enum Out {
    Sheet(SheetFile),
    Zip(Box<ZipFile>),
}

impl Out {
    fn write(&mut self, chunk: &Chunk) -> AppResult<()> {
        match self {
            Self::Sheet(sheet) => chunk.units.iter().try_for_each(|u| sheet.row(u)),
            Self::Zip(zip) => zip.write(chunk),
        }
    }

    /// Answers what had to be left out.
    fn finish(self) -> AppResult<Vec<JobProblem>> {
        match self {
            Self::Sheet(sheet) => sheet.finish().map(|()| Vec::new()),
            Self::Zip(zip) => zip.finish(),
        }
    }
}
