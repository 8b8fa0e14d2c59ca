//! Orders: list, details, receiver, matching.

use stall_core::{
    AppResult,
    api::{
        AssignInput, ById, ByLine, Claimed, Empty, LineKindInput, OrderDetail, OrderFacets, OrderQuery, OrderRow, Page,
        Receiver,
    },
};
use stall_store::tables::{order_query, orders};

use crate::{
    ctx::{Caller, Ctx},
    sync,
};

pub async fn orders_list(ctx: &Ctx, _: &Caller, input: OrderQuery) -> AppResult<Page<OrderRow>> {
    order_query::list(&ctx.stall().store, &input).await
}

pub async fn orders_facets(ctx: &Ctx, _: &Caller, _: Empty) -> AppResult<OrderFacets> {
    order_query::facets(&ctx.stall().store).await
}

pub async fn orders_get(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<OrderDetail> {
    orders::get(&ctx.stall().store, input.id).await
}

pub async fn orders_reveal(ctx: &Ctx, caller: &Caller, input: ById) -> AppResult<Receiver> {
    orders::reveal(&ctx.stall().store, &caller.actor(), input.id).await
}

pub async fn orders_assign(ctx: &Ctx, caller: &Caller, input: AssignInput) -> AppResult<OrderDetail> {
    let AssignInput { line_id, unit_id } = input;
    let done = orders::assign(&ctx.stall().store, &caller.actor(), input).await;
    match &done {
        Ok(_) => sync::assigned(ctx, line_id, unit_id),
        // It stays on the shelf, or another order's: nobody need wait for this laptop.
        Err(_) => sync::let_go(ctx, unit_id),
    }
    done
}

pub async fn units_claim(ctx: &Ctx, _: &Caller, input: ById) -> AppResult<Claimed> {
    Ok(sync::claim(ctx, input.id).await)
}

pub async fn orders_unassign(ctx: &Ctx, caller: &Caller, input: ByLine) -> AppResult<OrderDetail> {
    let line = input.line_id;
    let done = orders::unassign(&ctx.stall().store, &caller.actor(), input).await?;
    sync::unassigned(ctx, line);
    Ok(done)
}

pub async fn orders_line_kind(ctx: &Ctx, caller: &Caller, input: LineKindInput) -> AppResult<OrderDetail> {
    orders::set_line_kind(&ctx.stall().store, &caller.actor(), input).await
}
