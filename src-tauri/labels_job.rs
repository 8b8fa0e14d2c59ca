//! Sending labels to a label printer: one after another, stoppable between and within, marked as printed as they go.

use std::sync::Arc;

use crate::{
    ctx::{Caller, Ctx},
    jobs::Running,
    labels::{self, Order, away},
    printer::{Line, Patience},
    stall::Stall,
};
use stall_core::{
    AppResult, ErrorCode,
    api::{Job, JobKind, LabelPrint, LabelPrinter},
};
use stall_store::{
    Actor,
    tables::labels::{self as table, Printed},
};

/// Labels marked by one write.
const MARK_EACH: usize = 20;

/// Begins the job.
///
/// # Errors
/// `PrinterUnknown`; as [`labels::order`].
pub async fn start(ctx: &Ctx, caller: &Caller, input: LabelPrint) -> AppResult<Job> {
    let stall = ctx.stall();
    let settings = table::settings(&stall.store).await?;
    let printer = settings.printers.iter().find(|p| p.id == input.printer).cloned().ok_or(ErrorCode::PrinterUnknown)?;
    let copies = labels::checked_copies(input.copies)?;
    let order = labels::order(ctx, &input.what, &settings.show, settings.language).await?;
    let total = u32::try_from(order.words.len()).unwrap_or(u32::MAX);
    let (job, running) =
        ctx.jobs().start(ctx.env().new_id()?, ctx.env().now(), JobKind::Labels, total, None, stall.sample);
    let work = Work { stall, actor: caller.actor(), printer, copies };
    tokio::spawn(async move {
        let end = work.run(order, &running).await;
        running.end(end.err());
    });
    Ok(job)
}

struct Work {
    stall: Arc<Stall>,
    actor: Actor,
    printer: LabelPrinter,
    copies: u8,
}

impl Work {
    async fn run(&self, order: Order, running: &Running) -> AppResult<()> {
        let mut waiting = Vec::new();
        let sent = self.send(order, running, &mut waiting).await;
        // What came out before it went wrong is printed all the same.
        let marked = self.mark(&mut waiting).await;
        sent.map_err(|e| e.arg("name", &self.printer.name)).and(marked)
    }

    async fn send(&self, order: Order, running: &Running, waiting: &mut Vec<Printed>) -> AppResult<()> {
        let total = u32::try_from(order.words.len()).unwrap_or(u32::MAX);
        let mut line = Line::open(&self.printer.at, Patience::default(), running).await?;
        let mut prints = order.prints.into_iter();
        for (done, words) in (1..).zip(order.words) {
            if running.cancelled() {
                return Err(ErrorCode::Cancelled.into());
            }
            let (printer, copies) = (self.printer.clone(), self.copies);
            let bytes = away(move || labels::for_printer(&words, &printer, copies)).await?;
            line.send(bytes, running).await?;
            waiting.extend(prints.next());
            running.progress(done, total);
            if waiting.len() >= MARK_EACH {
                self.mark(waiting).await?;
            }
        }
        line.finish(running).await
    }

    async fn mark(&self, waiting: &mut Vec<Printed>) -> AppResult<()> {
        if waiting.is_empty() {
            return Ok(());
        }
        table::mark(&self.stall.store, &self.actor, waiting).await?;
        waiting.clear();
        Ok(())
    }
}
