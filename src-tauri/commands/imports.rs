//! Spreadsheets: read and judge, look at the judged rows, write.

use std::sync::Arc;

use stall_core::{
    AppResult, ErrorCode, Id,
    api::{ImportApply, ImportDone, ImportFile, ImportPreview, ImportRows, ImportRowsInput},
};
use stall_store::tables::{
    mappings::Mapping,
    order_import::{self, OrderPlan, RowFilter},
    unit_import::{self, UnitPlan},
};
use tokio::sync::RwLock;

use crate::{
    ctx::{Caller, Ctx},
    orders_file, units_file,
    units_zip::PhotoZip,
};

/// The last judged file of each kind; it lives until the next one.
#[derive(Debug, Default)]
pub struct Previews {
    pub orders: RwLock<Option<Preview<OrderPlan>>>,
    pub units: RwLock<Option<Preview<UnitPlan>>>,
}

/// A judged file.
#[derive(Debug)]
pub struct Preview<P> {
    pub id: Id,
    pub plan: P,
    /// What to read again when applying failed.
    pub source: ImportFile,
    pub headers: Vec<String>,
    pub mapping: Mapping,
    /// Photographs that came with it.
    pub photos: Option<Arc<PhotoZip>>,
    /// False while the columns do not suffice: there is nothing to write.
    pub usable: bool,
}

pub async fn imports_rows(ctx: &Ctx, caller: &Caller, input: ImportRowsInput) -> AppResult<ImportRows> {
    let stall = ctx.stall();
    let id = input.id;
    let filter =
        RowFilter { verdicts: input.verdicts, unmatched: input.unmatched, after: input.after, limit: input.limit };
    // Each kind's rows are for who may import it.
    let may = |command: &str| super::may(caller, command);
    if may("orders.import_preview")
        && let Some(found) = stall.previews.orders.read().await.as_ref().filter(|p| p.id == id)
    {
        return order_import::rows(&stall.store, &found.plan, &filter).await;
    }
    if may("units.import_preview")
        && let Some(found) = stall.previews.units.read().await.as_ref().filter(|p| p.id == id)
    {
        return Ok(unit_import::rows(&found.plan, &filter));
    }
    Err(ErrorCode::NotFound.into())
}

pub async fn orders_import_preview(ctx: &Ctx, _: &Caller, input: ImportFile) -> AppResult<ImportPreview> {
    let stall = ctx.stall();
    let (preview, shown) = orders_file::judge(ctx, &stall, ctx.env().new_id()?, input).await?;
    *stall.previews.orders.write().await = Some(preview);
    Ok(shown)
}

pub async fn orders_import_apply(ctx: &Ctx, caller: &Caller, input: ImportApply) -> AppResult<ImportDone> {
    orders_file::apply(ctx, caller, input).await
}

pub async fn units_import_preview(ctx: &Ctx, caller: &Caller, input: ImportFile) -> AppResult<ImportPreview> {
    let stall = ctx.stall();
    let (preview, shown) = units_file::judge(ctx, &stall, caller.me.role, ctx.env().new_id()?, input).await?;
    *stall.previews.units.write().await = Some(preview);
    Ok(shown)
}

pub async fn units_import_apply(ctx: &Ctx, caller: &Caller, input: ImportApply) -> AppResult<ImportDone> {
    units_file::apply(ctx, caller, input).await
}
