//! A spreadsheet of units from staged bytes to judged rows, and from judged rows to the store.

use std::sync::Arc;

use stall_core::{
    AppError, AppResult, ErrorCode, Id, Role,
    api::{FieldDef, ImportApply, ImportDone, ImportFile, ImportPreview, JobKind},
    headers::{self, HeaderRow},
    spreadsheet::Table,
    unit_fields,
    units_import::{self, UnitLayout},
};
use stall_store::tables::{
    fields,
    mappings::{self, Mapping},
    order_import::{Choices, Watch},
    unit_import::{self, UnitPlan},
};

use crate::{
    commands::imports::Preview,
    ctx::{Caller, Ctx},
    progress, redact, sheet,
    stall::Stall,
    units_zip::PhotoZip,
};

/// Reads and judges a file; writes nothing. Columns the role may not set are left out.
///
/// # Errors
/// As `stall_sheets::read` and `units_import::open`.
pub async fn judge(
    ctx: &Ctx,
    stall: &Stall,
    role: Role,
    id: Id,
    source: ImportFile,
) -> AppResult<(Preview<UnitPlan>, ImportPreview)> {
    let sheet = sheet::read(ctx, source.file, source.sheet.clone()).await?;
    let table = &sheet.book.table;
    let named = |e: AppError| e.arg("name", &sheet.file_name);
    let defs = fields::list(&stall.store).await?.fields;
    let (header, mapping, saved, plan, error) = match layout(stall, table, role, &source, &defs).await {
        Ok((layout, saved)) => {
            let (sheet, header, mapping) = (sheet.clone(), layout.header.clone(), layout.mapping.clone());
            let read = move || UnitPlan::read(&sheet.book.table, &layout);
            let plan =
                tokio::task::spawn_blocking(read).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
            (header, mapping, saved, unit_import::preview(&stall.store, plan).await?, None)
        }
        // The columns do not suffice: no row is judged, but the person sees the headers and can map them.
        Err(e) if e.code == ErrorCode::SheetColumnMissing => {
            let header = headers::locate(table, |_| true).map_err(named)?;
            let asked = source.mapping.clone().unwrap_or_default();
            let mapping = asked.into_iter().filter(|(_, h)| header.column(h).is_some()).collect();
            (header, mapping, false, UnitPlan::default(), Some(e))
        }
        Err(e) => return Err(named(e)),
    };
    let names = sheet::headers(&header);
    // A hidden field is offered only where the file brings it.
    let offered = defs.iter().map(|d| (d.hidden, unit_fields::key(&d.id)));
    let offered = offered.filter(|(hidden, f)| !hidden || mapping.contains_key(f)).map(|(_, f)| f);
    let fields = units_import::fields().into_iter().map(str::to_owned).chain(offered);
    let shown = ImportPreview {
        id,
        file_name: sheet.file_name.clone(),
        sheets: sheet.book.sheets.clone(),
        sheet: sheet.book.sheet.clone(),
        samples: sheet::samples(table, &header, &mapping),
        headers: names.clone(),
        mapping: mapping.clone(),
        fields: fields.filter(|f| redact::may_set(role, f)).collect(),
        mapping_saved: saved,
        platform: None,
        platform_detected: false,
        shop: String::new(),
        rows: plan.row_count(),
        photos: sheet.photos.as_ref().map_or(0, |z| z.count()),
        photos_new: new_photos(stall, sheet.photos.as_deref(), &plan).await?,
        counts: plan.counts(),
        unmatched: 0,
        first: None,
        last: None,
        error: error.clone(),
    };
    let mapping = Mapping { platform: String::new(), shop: String::new(), mapping };
    let photos = sheet.photos.clone();
    Ok((Preview { id, plan, source, headers: names, mapping, photos, usable: error.is_none() }, shown))
}

/// Photographs of the zip whose units lack them.
async fn new_photos(stall: &Stall, zip: Option<&PhotoZip>, plan: &UnitPlan) -> AppResult<u32> {
    match zip {
        Some(zip) => Ok(zip.wanted(&unit_import::photos_there(&stall.store, plan).await?)),
        None => Ok(0),
    }
}

/// What the person says, else what was used for these headers the last time, else a guess.
async fn layout(
    stall: &Stall,
    table: &Table,
    role: Role,
    source: &ImportFile,
    defs: &[FieldDef],
) -> AppResult<(UnitLayout, bool)> {
    let asked = open(table, role, source.mapping.as_ref(), defs);
    if source.mapping.is_some() {
        return Ok((asked?, false));
    }
    let header: Option<HeaderRow> = match &asked {
        Ok(layout) => Some(layout.header.clone()),
        Err(_) => headers::locate(table, |_| true).ok(),
    };
    if let Some(header) = header
        && let Some(saved) = mappings::get(&stall.store, "units", &sheet::headers(&header)).await?
        && let Ok(layout) = open(table, role, Some(&saved.mapping), defs)
    {
        return Ok((layout, true));
    }
    Ok((asked?, false))
}

fn open(table: &Table, role: Role, mapping: Option<&headers::Mapping>, defs: &[FieldDef]) -> AppResult<UnitLayout> {
    let layout = units_import::open_with(table, mapping, defs)?;
    if layout.mapping.keys().all(|f| redact::may_set(role, f)) {
        return Ok(layout);
    }
    let own: headers::Mapping = layout.mapping.into_iter().filter(|(f, _)| redact::may_set(role, f)).collect();
    units_import::open_with(table, Some(&own), defs)
}

/// Writes the judged file as one undo step. On an error nothing is written and the file is judged again.
///
/// # Errors
/// `NotFound` when the preview is not the last one; else as `unit_import::apply`.
pub async fn apply(ctx: &Ctx, caller: &Caller, input: ImportApply) -> AppResult<ImportDone> {
    let stall = ctx.stall();
    let mut slot = stall.previews.units.write().await;
    let preview = slot.take_if(|p| p.id == input.id && p.usable).ok_or(ErrorCode::NotFound)?;
    let Preview { id, plan, source, headers, mapping, photos, .. } = preview;
    let choices = Choices { skip: input.skip, choose: input.choose, remember: Some((headers, mapping)) };
    let rows = plan.row_count();
    let watch = Arc::new(Watch::default());
    let wanted = new_photos(&stall, photos.as_deref(), &plan).await?;
    let shown = (rows > progress::LONG || wanted > 0)
        .then(|| progress::show(ctx, JobKind::ImportUnits, watch.clone(), rows.saturating_add(wanted)))
        .transpose()?;
    // Files before rows: a photograph that is not what it should be stops everything before a row is written.
    let taken = match photos {
        Some(zip) => {
            let there = unit_import::photos_there(&stall.store, &plan).await?;
            let (media, watch) = (stall.media.clone(), watch.clone());
            let take = move || zip.take(&media, &there, &watch);
            tokio::task::spawn_blocking(take).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
        }
        None => Ok(Vec::new()),
    };
    let done = match taken {
        Ok(taken) => unit_import::apply_with(&stall.store, &caller.actor(), plan, &choices, &watch, &taken).await,
        Err(e) => Err(e),
    };
    if let Some(progress) = shown {
        progress.send(done.as_ref().err().cloned()).ok();
    }
    if done.is_err() {
        *slot = judge(ctx, &stall, caller.me.role, id, source).await.ok().map(|(preview, _)| preview);
    }
    done
}
