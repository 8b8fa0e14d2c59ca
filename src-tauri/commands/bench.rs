//! The packing bench, carriers and bulk-ship files.

use stall_core::{
    AppResult,
    api::{
        BenchAnswer, BenchQueue, BenchScan, CarrierGuesses, Carriers, Empty, OrderDetail, SheetFormat, ShipExport,
        ShipExportInput, ShipInput, ShipPreview, WaybillInput,
    },
    datetime, platforms,
};
use stall_sheets::{CsvEncoding, Value};
use stall_store::tables::{bench, ship_export};

use crate::ctx::{Caller, Ctx};

pub async fn bench_queue(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<BenchQueue> {
    bench::queue(&ctx.stall().store).await
}

pub async fn bench_scan(ctx: &Ctx, caller: &Caller, input: BenchScan) -> AppResult<BenchAnswer> {
    bench::scan(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn bench_ship(ctx: &Ctx, caller: &Caller, input: ShipInput) -> AppResult<OrderDetail> {
    bench::ship(&ctx.stall().store, &caller.actor(), &input).await
}

pub async fn carriers_suggest(_: &Ctx, _: &Caller, input: WaybillInput) -> AppResult<CarrierGuesses> {
    Ok(CarrierGuesses { guesses: stall_core::carrier::suggest(&input.tracking_no) })
}

pub async fn carriers_list(_: &Ctx, _: &Caller, _: Empty) -> AppResult<Carriers> {
    Ok(Carriers { carriers: stall_core::carrier::all() })
}

pub async fn bench_export_preview(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<ShipPreview> {
    ship_export::export_preview(&ctx.stall().store).await
}

pub async fn bench_export(ctx: &Ctx, _: &Caller, input: ShipExportInput) -> AppResult<ShipExport> {
    let made = ship_export::export_rows(&ctx.stall().store, &input.platform).await?;
    let headers: Vec<&str> = made.columns.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Value>> = made.rows.into_iter().map(|row| row.map(Value::Ident).to_vec()).collect();
    let (bytes, ext) = match input.format {
        SheetFormat::Xlsx => (stall_sheets::write_xlsx("发货", &headers, &rows)?, "xlsx"),
        SheetFormat::Csv => (stall_sheets::write_csv(&headers, &rows, CsvEncoding::Utf8Bom)?, "csv"),
    };
    let platform = platforms::platform(&input.platform).map_or(input.platform.as_str(), |p| p.zh.as_str());
    let name = format!("发货 {platform} {}.{ext}", datetime::format_day(ctx.env().now()));
    let file = ctx.staging().put(ctx.env().new_id()?, &name, &bytes)?;
    Ok(ShipExport { file, rows: u32::try_from(rows.len()).unwrap_or(u32::MAX), checks: made.checks })
}
