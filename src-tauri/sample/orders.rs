//! 300 orders in every stage, through the real import; packed and shipped at the real bench.

use std::{collections::BTreeSet, sync::Arc};

use stall_core::{
    AppResult, Fen, Id, Ms,
    api::{Aftersale, BenchScan, LineKind, OrderStatus, ShipInput},
    datetime::day_start,
    order_draft::{LineDraft, OrderDraft},
    orders_import::{FIELDS, OrderFile},
    time::{DAY, HOUR},
};
use stall_store::{
    Store,
    tables::{
        bench,
        mappings::Mapping,
        order_import::{self, Choices, Watch},
    },
};

use super::{build::Builder, people, units::Made};

const MINUTE: i64 = 60_000;
/// Orders of the weeks before, long done.
const OLD: i64 = 240;
/// Units sold on each of the six days before today, oldest first; together [`EARLIER`].
const DAYS: [usize; 6] = [4, 6, 5, 7, 5, 5];
const EARLIER: usize = 32;
/// Minutes from now until today's parcels are due; the first is late.
const DUE: [i64; 14] = [-48, 44, 95, 144, 190, 300, 480, 660, 1200, 1320, 1560, 1800, 2400, 2640];
/// Of today's orders: shipped, then packed, then unmatched; the rest waits to be packed.
const SHIPPED: [usize; 2] = [9, 12];
const PACKED: [usize; 2] = [3, 8];
const UNMATCHED: [usize; 3] = [2, 5, 10];
const SHOPS: [(&str, &str); 4] =
    [("kuaishou", "老周数码"), ("kuaishou", "老周数码"), ("douyin", "老周二手优品"), ("xianyu", "周记数码")];

/// Whether the unit at this place is sold in an order.
pub fn sold(i: usize) -> bool {
    i < 115 && matches!(i % 5, 0 | 2) && i / 5 * 2 + usize::from(i % 5 == 2) < EARLIER + DUE.len()
}

/// Imports, packs and ships.
///
/// # Errors
/// What the store answers.
pub async fn add(b: &mut Builder<'_>, made: &[Made]) -> AppResult<()> {
    let mut sold = made.iter().enumerate().filter(|(i, _)| sold(*i)).map(|(_, m)| m);
    old(b).await?;
    b.step(70)?;
    let mut received = Vec::new();
    for (i, count) in DAYS.iter().enumerate() {
        let days = (DAYS.len() - i) as i64;
        let evening = Ms(day_start(b.now).plus(-days * DAY + 22 * HOUR).0.min(b.now.0 - 3 * HOUR));
        let units: Vec<&Made> = sold.by_ref().take(*count).collect();
        let orders: Vec<OrderDraft> = units.iter().map(|u| for_unit(b, u, evening.plus(-90 * MINUTE))).collect();
        import(b, evening, orders.clone()).await?;
        let morning = evening.plus(12 * HOUR).0.min(b.now.0 - 90 * MINUTE);
        for (n, (order, unit)) in orders.iter().zip(&units).enumerate() {
            let at = Ms(morning + n as i64 * 6 * MINUTE);
            pack(b, at, order.id, unit).await?;
            ship(b, at.plus(3 * MINUTE), order.id).await?;
        }
        if days > 3 {
            received.extend(orders);
        }
        b.step(72 + u32::try_from(i).unwrap_or(0) * 3)?;
    }
    for order in &mut received {
        order.status = OrderStatus::Received;
    }
    import(b, b.now.plus(-50 * MINUTE), received).await?;
    today(b, &mut sold).await
}

/// Today's orders in every state, and a few that need nothing or must wait.
async fn today<'m>(b: &mut Builder<'_>, sold: &mut (impl Iterator<Item = &'m Made> + Send)) -> AppResult<()> {
    let units: Vec<&Made> = sold.take(DUE.len()).collect();
    let mut orders = Vec::new();
    for (i, unit) in units.iter().enumerate() {
        let due = b.now.plus(DUE[i] * MINUTE);
        let mut order = for_unit(b, unit, Ms(due.plus(-48 * HOUR).0.min(b.now.0 - 45 * MINUTE)));
        order.ship_deadline = Some(due);
        if UNMATCHED.contains(&i) {
            // The shop's own code was forgotten in the listing.
            order.lines[0].sku_code.clear();
        }
        if i == 6 {
            let place = order.lines.len() as u32;
            let mut film = LineDraft::blank(order.line_id(place), place);
            film.kind = LineKind::Accessory;
            film.title = "钢化膜 全屏覆盖".to_owned();
            order.lines.push(film);
        }
        orders.push(order);
    }
    for i in 0..14 {
        let at = b.now.plus(-(60 + i * 25) * MINUTE);
        let mut order = gone(b, i, at);
        match i {
            0..4 => (order.status, order.paid_at) = (OrderStatus::Unpaid, None),
            4..8 => order.status = OrderStatus::Closed,
            8..10 => (order.status, order.aftersale) = (OrderStatus::ToShip, Aftersale::Processing),
            _ => {
                order.status = OrderStatus::Shipped;
                (order.shipped_at, order.carrier) = (Some(at.plus(20 * MINUTE)), "zhongtong".to_owned());
                order.tracking_no = format!("75{}", b.rng.digits(12));
            }
        }
        orders.push(order);
    }
    import(b, b.now.plus(-40 * MINUTE), orders.clone()).await?;
    for i in PACKED.iter().chain(&SHIPPED) {
        let Some(unit) = units.get(*i) else { continue };
        pack(b, b.now.plus(-30 * MINUTE), orders[*i].id, unit).await?;
    }
    for i in SHIPPED {
        ship(b, b.now.plus(-20 * MINUTE), orders[i].id).await?;
    }
    Ok(())
}

/// The weeks before: received, completed, a few closed or paid back.
async fn old(b: &mut Builder<'_>) -> AppResult<()> {
    let mut orders = Vec::new();
    for i in 0..OLD {
        let at = day_start(b.now).plus(-(9 + i / 11) * DAY + 20 * HOUR - i % 11 * 9 * MINUTE);
        let mut order = gone(b, i, at);
        order.status = match i % 20 {
            7 => OrderStatus::Closed,
            _ if i < 60 => OrderStatus::Received,
            _ => OrderStatus::Completed,
        };
        if i % 40 == 7 {
            order.aftersale = Aftersale::Refunded;
        }
        if order.status != OrderStatus::Closed {
            order.shipped_at = Some(at.plus(15 * HOUR));
            order.carrier = "shunfeng".to_owned();
            order.tracking_no = waybill(b);
        }
        orders.push(order);
    }
    import(b, b.now.plus(-8 * DAY), orders).await
}

/// An order of something that was never in this book.
fn gone(b: &mut Builder<'_>, i: i64, at: Ms) -> OrderDraft {
    let (model, yuan) = *b.rng.pick(&[
        ("二手 Apple iPhone XR 128GB 黑色", 899),
        ("二手 Apple iPhone 11 Pro 256GB 暗夜绿", 1599),
        ("二手 华为 nova 9 256GB", 799),
        ("二手 小米 12S 256GB", 1099),
        ("二手 Apple iPad 9 64GB", 1299),
    ]);
    let mut order = blank(b, at, model, yuan * 100);
    order.lines[0].sku_code = format!("9{:03}", i);
    if i % 12 == 5 {
        let line = &mut order.lines[0];
        (line.kind, line.title) = (LineKind::Accessory, "20W 快充充电器 套装".to_owned());
    }
    order
}

fn for_unit(b: &mut Builder<'_>, unit: &Made, at: Ms) -> OrderDraft {
    let jitter = i64::try_from(b.rng.below(50)).unwrap_or(0);
    let mut order = blank(b, at.plus(-jitter * MINUTE), &unit.title, unit.live);
    order.lines[0].sku_code.clone_from(&unit.stock_no);
    order
}

fn blank(b: &mut Builder<'_>, at: Ms, title: &str, fen: i64) -> OrderDraft {
    let (platform, shop) = *b.rng.pick(&SHOPS);
    let day = stall_core::datetime::format_day(at).replace('-', "");
    let order_no = format!("{}{}", &day[2..], b.rng.digits(if platform == "douyin" { 13 } else { 10 }));
    let who = people::person(&mut b.rng);
    let mut order = OrderDraft::blank(platform, shop, &order_no);
    order.created_at = Some(at);
    order.paid_at = Some(at.plus(2 * MINUTE));
    (order.paid, order.freight) = (Some(Fen(fen)), Some(Fen(0)));
    (order.receiver_name, order.receiver_phone, order.address) = (who.name, who.phone, who.address);
    (order.province, order.city) = (who.province.to_owned(), who.city.to_owned());
    (order.district, order.town) = (who.district.to_owned(), who.town.to_owned());
    let mut line = LineDraft::blank(order.line_id(0), 0);
    line.title = title.to_owned();
    line.unit_price = Some(Fen(fen));
    order.lines.push(line);
    if b.rng.below(6) == 0 {
        order.buyer_note =
            (*b.rng.pick(&["麻烦发顺丰", "送的膜要高清的", "晚上直播间拍的", "请包严实一点"])).to_owned();
    }
    order
}

async fn import(b: &Builder<'_>, at: Ms, mut orders: Vec<OrderDraft>) -> AppResult<()> {
    b.at(at);
    let has: Arc<BTreeSet<&'static str>> = Arc::new(FIELDS.iter().copied().collect());
    let mut row = 1;
    for order in &mut orders {
        order.from.has = has.clone();
        order.from.row = row + 1;
        for line in &mut order.lines {
            row += 1;
            line.row = row;
        }
    }
    write(&b.store, b, OrderFile { rows: row - 1, orders, ..OrderFile::default() }).await
}

async fn write(store: &Store, b: &Builder<'_>, file: OrderFile) -> AppResult<()> {
    let plan = order_import::preview(store, file).await?;
    let headers = ["订单号", "商品标题", "商家编码"].map(str::to_owned).to_vec();
    let used = Mapping { platform: "kuaishou".into(), shop: "老周数码".into(), mapping: Default::default() };
    let choices = Choices { remember: Some((headers, used)), ..Choices::default() };
    order_import::apply(store, &b.actor, plan, &choices, &Watch::default()).await.map(|_| ())
}

async fn pack(b: &Builder<'_>, at: Ms, order: Id, unit: &Made) -> AppResult<()> {
    b.at(at);
    let scan = BenchScan { order_id: Some(order), code: unit.stock_no.clone() };
    bench::scan(&b.store, &b.actor, &scan).await.map(|_| ())
}

async fn ship(b: &mut Builder<'_>, at: Ms, order_id: Id) -> AppResult<()> {
    b.at(at);
    let input = ShipInput { order_id, carrier: "shunfeng".to_owned(), tracking_no: waybill(b) };
    bench::ship(&b.store, &b.actor, &input).await.map(|_| ())
}

fn waybill(b: &mut Builder<'_>) -> String {
    format!("SF1{}", b.rng.digits(12))
}
