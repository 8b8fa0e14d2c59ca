//! Spreadsheets: read and judge, look at the judged rows, write.

use stall_core::{
    AppResult, ErrorCode, Id,
    api::{ImportApply, ImportDone, ImportFile, ImportPreview, ImportRows, ImportRowsInput},
};
use stall_store::tables::{mappings::Mapping, order_import};
use tokio::sync::RwLock;

use crate::{
    ctx::{Caller, Ctx},
    orders_file,
};

/// The last judged file of each kind; it lives until the next one.
#[derive(Debug, Default)]
pub struct Previews {
    pub orders: RwLock<Option<OrdersPreview>>,
}

/// A judged order file.
#[derive(Debug)]
pub struct OrdersPreview {
    pub id: Id,
    pub plan: order_import::OrderPlan,
    /// What to read again when applying failed.
    pub source: ImportFile,
    pub headers: Vec<String>,
    pub mapping: Mapping,
    /// False while the columns do not suffice: there is nothing to write.
    pub usable: bool,
}

pub async fn imports_rows(ctx: &Ctx, _: &Caller, input: ImportRowsInput) -> AppResult<ImportRows> {
    let stall = ctx.stall();
    let orders = stall.previews.orders.read().await;
    let Some(found) = orders.as_ref().filter(|p| p.id == input.id) else { return Err(ErrorCode::NotFound.into()) };
    let filter = order_import::RowFilter {
        verdicts: input.verdicts,
        unmatched: input.unmatched,
        after: input.after,
        limit: input.limit,
    };
    order_import::rows(&stall.store, &found.plan, &filter).await
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

pub async fn units_import_preview(_: &Ctx, _: &Caller, _: ImportFile) -> AppResult<ImportPreview> {
    super::pending()
}

pub async fn units_import_apply(_: &Ctx, _: &Caller, _: ImportApply) -> AppResult<ImportDone> {
    super::pending()
}
