//! The job that exports units: read some at a time, write them on a thread of their own, so that 200,000 take little memory.

use std::{path::PathBuf, sync::Arc};

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{ExportChoices, ExportForm, ExportHow, Job, JobKind, JobProblem, Made, SheetLanguage, UnitExport},
    datetime,
    units_export::{self, Column},
};
use stall_store::tables::unit_export::{self, UNITS};

use super::{
    feed::{Chunk, Chunks, Feed, Source},
    sheet::SheetFile,
    zip::ZipFile,
};
use crate::{
    ctx::{Caller, Ctx},
    jobs::Running,
    redact,
    stall::Stall,
};

/// What the caller may export, and how it was done the last time.
///
/// # Errors
/// Store errors only.
pub async fn choices(ctx: &Ctx, caller: &Caller) -> AppResult<ExportChoices> {
    let role = caller.me.role;
    let last = unit_export::last(&ctx.stall().store, UNITS, role.as_str()).await?.unwrap_or_default();
    let columns = unit_export::columns(&ctx.stall().store).await?;
    let fields = columns.into_iter().map(|c| c.field.into_owned()).filter(|f| redact::may_set(role, f));
    Ok(ExportChoices { fields: fields.collect(), last })
}

/// Begins the job.
///
/// # Errors
/// `BadInput` for a column that does not exist or that the role may not see.
pub async fn start(ctx: &Ctx, caller: &Caller, input: UnitExport) -> AppResult<Job> {
    let role = caller.me.role;
    let stall = ctx.stall();
    let mut every = unit_export::columns(&stall.store).await?;
    every.retain(|c| redact::may_set(role, &c.field));
    let known = |f: &String| every.iter().any(|c| c.field == *f);
    if let Some(bad) = input.how.columns.iter().find(|f| !known(f)) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", bad));
    }
    unit_export::keep(&stall.store, &caller.actor(), UNITS, &input.how).await?;
    let mut columns = units_export::columns(&input.how.columns, &every);
    if input.how.form == ExportForm::Zip && !columns.iter().any(|c| c.field == "stock_no") {
        // The manifest names units by it.
        columns.splice(0..0, units_export::columns(&["stock_no".to_owned()], &every));
    }
    let source = Source::new(input.ids, input.query);
    let total = source.guess(&stall).await?;
    let id = ctx.env().new_id()?;
    let (job, running) = ctx.jobs().start(id, ctx.env().now(), JobKind::ExportUnits, total, None, stall.sample);
    let work = Work { ctx: ctx.clone(), stall, how: input.how, columns: columns.into(), path: ctx.staging().place(id) };
    tokio::spawn(async move {
        let done = work.run(&running, source).await;
        if done.is_err() {
            // Half a file is worth nothing.
            tokio::fs::remove_file(&work.path).await.ok();
        }
        let made = done.and_then(|problems| {
            problems.into_iter().for_each(|p| running.problem(&p.name, p.error));
            work.made(id)
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

struct Work {
    ctx: Ctx,
    stall: Arc<Stall>,
    how: ExportHow,
    columns: Arc<[Column]>,
    path: PathBuf,
}

impl Work {
    fn made(&self, id: Id) -> AppResult<Made> {
        let file = self.ctx.staging().made(id, &self.name())?;
        Ok(Made { file: Some(file), folder: None })
    }

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

    async fn run(&self, running: &Running, source: Source) -> AppResult<Vec<JobProblem>> {
        let zip = self.how.form == ExportForm::Zip;
        // Photographs take long: some units at a time, so that the bar moves and a stop is heard.
        let feed = Feed { stall: self.stall.clone(), photos: zip, piece: if zip { 8 } else { 500 } };
        let mut out = self.open()?;
        let writing = move |mut chunks: Chunks| -> AppResult<Vec<JobProblem>> {
            while let Some(chunk) = chunks.next() {
                out.write(&chunk)?;
            }
            chunks.check()?;
            out.finish()
        };
        feed.through(running, source, writing).await
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
