//! Bulk data for measuring: the same every time.

use std::{collections::BTreeSet, sync::Arc};

use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Role,
    api::{OrderStatus, UnitPatch},
    order_draft::{LineDraft, OrderDraft},
    orders_import::{FIELDS, OrderFile},
    time::{DAY, HOUR},
};
use stall_store::{
    Actor,
    tables::{
        order_import::{self, Choices, Watch},
        units,
    },
};

use crate::{ctx::Ctx, rng::Rng, sample};

const MODELS: [(&str, &str); 8] = [
    ("Apple", "iPhone 13"),
    ("Apple", "iPhone 14 Pro"),
    ("Apple", "iPhone 15"),
    ("华为", "Mate 60 Pro"),
    ("小米", "小米 14"),
    ("OPPO", "Find X7"),
    ("vivo", "X100"),
    ("三星", "Galaxy S24 Ultra"),
];
/// Orders imported at once.
const CHUNK: u32 = 20_000;

/// Fills an empty stall; every third order is for a unit of the stall.
///
/// # Errors
/// `BadInput` when the stall is not empty; what the store answers.
pub async fn fill(ctx: &Ctx, unit_count: u32, order_count: u32) -> AppResult<()> {
    let stall = ctx.stall();
    if !units::stall_is_empty(&stall.store).await? {
        return Err(AppError::new(ErrorCode::BadInput).detail("seed wants an empty stall"));
    }
    let actor = Actor::new("seed", Role::Owner);
    let mut rng = Rng(7);
    for i in 0..unit_count {
        units::add(&stall.store, &actor, &unit(&mut rng, i)).await?;
    }
    let mut done = 0;
    while done < order_count {
        let until = order_count.min(done + CHUNK);
        let orders = (done..until).map(|i| order(ctx, &mut rng, i, i - done)).collect();
        let file = OrderFile { orders, rows: until - done, ..OrderFile::default() };
        let plan = order_import::preview(&stall.store, file).await?;
        order_import::apply(&stall.store, &actor, plan, &Choices::default(), &Watch::default()).await?;
        done = until;
    }
    Ok(())
}

fn number(i: u32) -> String {
    format!("{:06}", 100_001 + i)
}

fn unit(rng: &mut Rng, i: u32) -> UnitPatch {
    let (brand, model) = *rng.pick(&MODELS);
    let price = 80_000 + i64::try_from(rng.below(600)).unwrap_or(0) * 1_000;
    UnitPatch {
        stock_no: Some(number(i)),
        brand: Some(brand.to_owned()),
        model: Some(model.to_owned()),
        storage: Some((*rng.pick(&["128GB", "256GB", "512GB"])).to_owned()),
        colour: Some((*rng.pick(&["黑色", "白色", "蓝色", "紫色"])).to_owned()),
        imei: Some(sample::imei(&format!("35{}", rng.digits(12)))),
        grade: Some((*rng.pick(&["S", "A1", "A2", "B1", "B2"])).to_owned()),
        battery: Some(Some(u8::try_from(75 + rng.below(26)).unwrap_or(90))),
        price_list: Some(Some(Fen(price))),
        price_live: Some(Some(Fen(price - 5_000))),
        cost: Some(Some(Fen(price * 8 / 10))),
        shelf: Some(format!("{}-{:02}", rng.pick(&["A", "B", "C"]), rng.below(40))),
        ..UnitPatch::default()
    }
}

fn order(ctx: &Ctx, rng: &mut Rng, i: u32, row: u32) -> OrderDraft {
    let at = ctx.env().now().plus(-i64::from(i % 90) * DAY - i64::try_from(rng.below(20)).unwrap_or(0) * HOUR);
    let mut order = OrderDraft::blank("kuaishou", "seed", &format!("26{:010}", i));
    order.status = if i.is_multiple_of(10) { OrderStatus::ToShip } else { OrderStatus::Completed };
    (order.created_at, order.paid_at) = (Some(at), Some(at.plus(60_000)));
    order.paid = Some(Fen(200_000));
    order.receiver_name = "测试".to_owned();
    order.province = "广东省".to_owned();
    order.from.row = row + 2;
    order.from.has = Arc::new(FIELDS.iter().copied().collect::<BTreeSet<_>>());
    let mut line = LineDraft::blank(order.line_id(0), 0);
    line.title = "二手手机".to_owned();
    line.row = row + 2;
    if i.is_multiple_of(3) {
        line.sku_code = number(i / 3);
    }
    order.lines.push(line);
    order
}
