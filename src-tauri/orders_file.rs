//! An order file from staged bytes to judged rows, and from judged rows to the store.

use std::sync::Arc;

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{ImportApply, ImportDone, ImportFile, ImportPreview, JobKind},
    headers,
    orders_import::{self, FIELDS, Layout, OrderFile},
    platforms,
};
use stall_store::tables::{
    mappings::{self, Mapping},
    order_import::{self, Choices, OrderPlan, Watch},
};

use crate::{
    commands::imports::Preview,
    ctx::{Caller, Ctx},
    progress,
    sheet::{self, Sheet},
    stall::Stall,
};

/// Reads and judges a file; writes nothing.
///
/// # Errors
/// As `stall_sheets::read` and `orders_import::open`; `BadInput` for an unknown platform.
pub async fn judge(
    ctx: &Ctx,
    stall: &Stall,
    id: Id,
    source: ImportFile,
) -> AppResult<(Preview<OrderPlan>, ImportPreview)> {
    if source.platform.as_deref().is_some_and(|p| platforms::platform(p).is_none()) {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "platform"));
    }
    let sheet = sheet::read(ctx, source.file, source.sheet.clone()).await?;
    let (layout, saved) = match layout(stall, &sheet, &source).await {
        Ok(found) => found,
        Err(e) if e.code == ErrorCode::SheetColumnMissing => return unmapped(stall, id, source, &sheet, e).await,
        Err(e) => return Err(e.arg("name", &sheet.file_name)),
    };
    let headers = sheet::headers(&layout.header);
    let shop = match (&source.shop, &saved) {
        (Some(shop), _) => shop.trim().to_owned(),
        (None, Some(saved)) => saved.shop.clone(),
        (None, None) => mappings::last_shop(&stall.store, &layout.platform).await?,
    };
    let file = {
        let (sheet, layout, shop) = (sheet.clone(), layout.clone(), shop.clone());
        let read = move || orders_import::read_orders(&sheet.book.table, &layout, &shop);
        tokio::task::spawn_blocking(read).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
    };
    let plan = order_import::preview(&stall.store, file).await?;
    let (first, last) = plan.span();
    let shown = ImportPreview {
        id,
        file_name: sheet.file_name.clone(),
        sheets: sheet.book.sheets.clone(),
        sheet: sheet.book.sheet.clone(),
        samples: sheet::samples(&sheet.book.table, &layout.header, &layout.mapping),
        headers: headers.clone(),
        mapping: layout.mapping.clone(),
        fields: FIELDS.iter().map(|f| (*f).to_owned()).collect(),
        mapping_saved: saved.is_some(),
        platform: Some(layout.platform.clone()),
        platform_detected: layout.detected,
        shop: shop.clone(),
        rows: plan.row_count(),
        photos: 0,
        photos_new: 0,
        counts: plan.counts(),
        unmatched: plan.unmatched(),
        first,
        last,
        error: None,
    };
    let mapping = Mapping { platform: layout.platform, shop, mapping: layout.mapping };
    Ok((Preview { id, plan, source, headers, mapping, photos: None, usable: true }, shown))
}

/// The columns do not suffice: no row is judged, but the person sees the headers and can map them.
async fn unmapped(
    stall: &Stall,
    id: Id,
    source: ImportFile,
    sheet: &Sheet,
    error: AppError,
) -> AppResult<(Preview<OrderPlan>, ImportPreview)> {
    let table = &sheet.book.table;
    let header = headers::locate(table, platforms::knows)?;
    let names = sheet::headers(&header);
    let detected = platforms::detect(&header);
    let platform = source.platform.as_deref().or(detected).unwrap_or(platforms::GENERIC).to_owned();
    let shop = source.shop.clone().unwrap_or_default();
    let asked = source.mapping.clone().unwrap_or_default();
    let mapping: headers::Mapping = asked.into_iter().filter(|(_, h)| header.column(h).is_some()).collect();
    let plan = order_import::preview(&stall.store, OrderFile::default()).await?;
    let shown = ImportPreview {
        id,
        file_name: sheet.file_name.clone(),
        sheets: sheet.book.sheets.clone(),
        sheet: sheet.book.sheet.clone(),
        samples: sheet::samples(table, &header, &mapping),
        headers: names.clone(),
        mapping: mapping.clone(),
        fields: FIELDS.iter().map(|f| (*f).to_owned()).collect(),
        mapping_saved: false,
        platform_detected: detected == Some(platform.as_str()),
        platform: Some(platform.clone()),
        shop: shop.clone(),
        rows: 0,
        photos: 0,
        photos_new: 0,
        counts: plan.counts(),
        unmatched: 0,
        first: None,
        last: None,
        error: Some(error),
    };
    let mapping = Mapping { platform, shop, mapping };
    Ok((Preview { id, plan, source, headers: names, mapping, photos: None, usable: false }, shown))
}

/// What the person says, else what was used for these headers the last time, else a guess.
async fn layout(stall: &Stall, sheet: &Arc<Sheet>, source: &ImportFile) -> AppResult<(Layout, Option<Mapping>)> {
    let table = &sheet.book.table;
    let platform = source.platform.as_deref();
    let asked = orders_import::open(table, platform, source.mapping.as_ref())?;
    if source.mapping.is_some() {
        return Ok((asked, None));
    }
    let saved = mappings::get(&stall.store, "orders", &sheet::headers(&asked.header)).await?;
    let Some(saved) = saved.filter(|s| platform.is_none_or(|p| p == s.platform)) else { return Ok((asked, None)) };
    match orders_import::open(table, Some(&saved.platform), Some(&saved.mapping)) {
        Ok(layout) => Ok((layout, Some(saved))),
        Err(_) => Ok((asked, None)),
    }
}

/// Writes the judged file as one undo step. On an error nothing is written and the file is judged again, so that the
/// person can correct and go on.
///
/// # Errors
/// `NotFound` when the preview is not the last one; else as `order_import::apply`.
pub async fn apply(ctx: &Ctx, caller: &Caller, input: ImportApply) -> AppResult<ImportDone> {
    let stall = ctx.stall();
    let mut slot = stall.previews.orders.write().await;
    let preview = slot.take_if(|p| p.id == input.id && p.usable).ok_or(ErrorCode::NotFound)?;
    let Preview { id, plan, source, headers, mapping, .. } = preview;
    let choices = Choices { skip: input.skip, choose: input.choose, remember: Some((headers, mapping)) };
    let rows = plan.row_count();
    let watch = Arc::new(Watch::default());
    let shown =
        (rows > progress::LONG).then(|| progress::show(ctx, JobKind::ImportOrders, watch.clone(), rows)).transpose()?;
    let done = order_import::apply(&stall.store, &caller.actor(), plan, &choices, &watch).await;
    if let Some(progress) = shown {
        progress.send(done.as_ref().err().cloned()).ok();
    }
    if done.is_err() {
        *slot = judge(ctx, &stall, id, source).await.ok().map(|(preview, _)| preview);
    }
    done
}
