//! The packing bench, carriers and bulk-ship files.

use stall_core::{
    AppResult,
    api::{BenchAnswer, BenchQueue, BenchScan, Carriers, CarrierGuesses, Empty, OrderDetail, ShipExport, ShipExportInput, ShipInput, ShipPreview, WaybillInput},
};
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

pub async fn bench_export(_: &Ctx, _: &Caller, _: ShipExportInput) -> AppResult<ShipExport> {
    super::pending()
}
