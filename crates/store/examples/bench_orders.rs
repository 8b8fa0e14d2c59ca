//! Times the import of an order file and pages of the list. `cargo run -p stall-store --release --example bench_orders [orders] [units]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::time::Instant;

use stall_core::{Role, api::OrderQuery, orders_import, spreadsheet::Table};
use stall_store::{
    Actor, Env, Op, Store, Tx,
    tables::{
        order_import::{self, Choices, Watch},
        order_query,
    },
};

fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn table(orders: usize) -> Table {
    let mut t = Table::default();
    let head = [
        "订单号",
        "订单创建时间",
        "订单支付时间",
        "订单状态",
        "实付款",
        "成交数量",
        "订单备注",
        "售后状态",
        "预售/承诺发货时间",
        "商品名称",
        "SKU编码",
        "收货人姓名",
        "收货人电话",
        "收货地址-省",
        "收货地址-市",
        "收货地址-区",
        "收货地址",
        "快递公司",
        "快递单号",
        "商品规格",
        "商品单价",
        "快递费",
    ];
    for h in head {
        t.push(stall_core::spreadsheet::Cell::Text(h));
    }
    t.end_row(1);
    for n in 0..orders {
        let (day, hour) = (1 + n % 23, n % 24);
        let at = format!("2026-11-{day:02} {hour:02}:{:02}:07", n % 60);
        let status = ["待发货", "已发货", "交易成功", "待付款"][n % 4];
        let cells = [
            format!("2611{n:012}"),
            at.clone(),
            at,
            status.to_owned(),
            "¥2,299.00".into(),
            "1".into(),
            String::new(),
            String::new(),
            String::new(),
            format!("【{n:06}】苹果 iPhone 13 128G 国行 99新 二手孤品"),
            String::new(),
            format!("张三{n}"),
            format!("138{n:08}"),
            "广东省".into(),
            "东莞市".into(),
            "南城街道".into(),
            format!("建设路{n}号阳光花园三栋"),
            "顺丰速运".into(),
            String::new(),
            "粉色 128GB".into(),
            "2299".into(),
            "0".into(),
        ];
        for c in &cells {
            t.push(stall_core::spreadsheet::Cell::Text(c));
        }
        t.end_row(u32::try_from(n).unwrap() + 2);
    }
    t.finish();
    t
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1).map(|a| a.parse::<usize>().unwrap());
    let (orders, units) = (args.next().unwrap_or(100_000), args.next().unwrap_or(20_000));
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), Env::system()).await.unwrap();
    let me = Actor::new("bench", Role::Owner);
    store
        .transact(Op::ImportUnits, &me, async |tx: &mut Tx<'_>| {
            for n in 0..units {
                let (id, no, now) = (tx.new_id()?, format!("{n:06}"), tx.now);
                sqlx::query("INSERT INTO units(id,stock_no,model,taken_in) VALUES(?1,?2,'iPhone 13',1)")
                    .bind(id)
                    .bind(no)
                    .bind(now)
                    .execute(tx.conn())
                    .await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    println!("units in, peak {} MiB", peak_mib());
    let t = table(orders);
    println!("table made, peak {} MiB", peak_mib());
    let rate = |what: &str, since: Instant| {
        let s = since.elapsed().as_secs_f64();
        println!("{what}: {s:.2} s, {:.0} rows/s, peak {} MiB", orders as f64 / s, peak_mib());
    };
    for round in ["first", "again"] {
        let whole = Instant::now();
        let from = Instant::now();
        let layout = orders_import::open(&t, Some("kuaishou"), None).unwrap();
        let file = orders_import::read_orders(&t, &layout, "老周");
        rate("  read", from);
        let from = Instant::now();
        let plan = order_import::preview(&store, file).await.unwrap();
        rate("  judge and match", from);
        println!("  {:?}", plan.counts());
        let from = Instant::now();
        let done = order_import::apply(&store, &me, plan, &Choices::default(), &Watch::default()).await.unwrap();
        rate("  write", from);
        println!("  {done:?}");
        rate(round, whole);
    }
    for (what, query) in [
        ("newest", OrderQuery::default()),
        ("deadline", OrderQuery { by_deadline: true, ..OrderQuery::default() }),
        ("tail", OrderQuery { text: "012345".into(), ..OrderQuery::default() }),
        ("title, common", OrderQuery { text: "国行".into(), ..OrderQuery::default() }),
        ("title, none", OrderQuery { text: "没有这个".into(), ..OrderQuery::default() }),
    ] {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let from = Instant::now();
            order_query::list(&store, &query).await.unwrap();
            best = best.min(from.elapsed().as_secs_f64() * 1000.0);
        }
        println!("list, {what}: {best:.1} ms");
    }
}
