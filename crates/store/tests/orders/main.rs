#![expect(clippy::unwrap_used, reason = "tests")]
//! Orders through the store's public functions: import, matching, the bench, the list, derived rows.

mod assign;
mod bench;
mod derived;
mod export;
mod holds;
mod import;
mod import_units;
mod list;
mod masks;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use stall_core::{
    AppError, Id, Ms, Role,
    api::{ImportDone, OrderDetail, OrderQuery, OrderRow, OrderStage, ShipInput, UnitPatch, UnitStatus},
    orders_import::{self, OrderFile},
    spreadsheet::Table,
    time::{DAY, HOUR},
};
use stall_store::{
    Actor, Env, Store,
    tables::{
        order_import::{self, Choices, OrderPlan, Watch},
        order_query, orders, units,
    },
};

/// 2026-11-24 12:00 in Shanghai.
pub const NOON: i64 = 1_795_492_800_000;
/// What a receiver's data must never be found by, outside `reveal`.
pub const NAME: &str = "欧阳锋秘";
pub const PHONE: &str = "13987654321";
pub const ADDRESS: &str = "白驼山路七号";

#[derive(Debug)]
pub struct Stall {
    pub store: Store,
    pub me: Actor,
    clock: Arc<AtomicI64>,
    dir: tempfile::TempDir,
}

impl Stall {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(NOON));
        let read = Arc::clone(&clock);
        let env = Env::with_clock(move || Ms(read.load(Ordering::SeqCst)));
        let store = Store::open(dir.path(), env).await.unwrap();
        Self { store, me: Actor::new("周敏", Role::Owner), clock, dir }
    }

    /// The same stall, opened anew with every derived row made from nothing.
    pub async fn rebuilt(self) -> Self {
        let Self { store, me, clock, dir } = self;
        let env = store.env().clone();
        store.close().await;
        drop(store);
        let file = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("stall.db"));
        let mut conn = sqlx::ConnectOptions::connect(&file).await.unwrap();
        sqlx::raw_sql("PRAGMA user_version = 0").execute(&mut conn).await.unwrap();
        sqlx::Connection::close(conn).await.unwrap();
        let store = Store::open(dir.path(), env).await.unwrap();
        Self { store, me, clock, dir }
    }

    pub fn pass(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    /// Takes a unit in.
    pub async fn unit(&self, stock_no: &str) -> Id {
        self.unit_with(stock_no, |_| {}).await
    }

    pub async fn unit_with(&self, stock_no: &str, more: impl FnOnce(&mut UnitPatch)) -> Id {
        let mut patch = UnitPatch {
            stock_no: Some(stock_no.to_owned()),
            brand: Some("Apple".to_owned()),
            model: Some("iPhone 13".to_owned()),
            storage: Some("128GB".to_owned()),
            ..UnitPatch::default()
        };
        more(&mut patch);
        units::add(&self.store, &self.me, &patch).await.unwrap().row.id
    }

    pub async fn plan(&self, rows: &[Row]) -> OrderPlan {
        order_import::preview(&self.store, file(rows)).await.unwrap()
    }

    pub async fn apply(&self, plan: OrderPlan, choices: &Choices) -> Result<ImportDone, AppError> {
        order_import::apply(&self.store, &self.me, plan, choices, &Watch::default()).await
    }

    pub async fn import(&self, rows: &[Row]) -> ImportDone {
        let plan = self.plan(rows).await;
        self.apply(plan, &Choices::default()).await.unwrap()
    }

    pub async fn order(&self, order_no: &str) -> OrderDetail {
        orders::get(&self.store, id(order_no)).await.unwrap()
    }

    pub async fn stage(&self, order_no: &str) -> OrderStage {
        self.order(order_no).await.row.stage
    }

    pub async fn status(&self, unit: Id) -> UnitStatus {
        units::get(&self.store, unit).await.unwrap().row.status
    }

    pub async fn list(&self, query: OrderQuery) -> Vec<OrderRow> {
        order_query::list(&self.store, &query).await.unwrap().rows
    }

    pub async fn ship(&self, order_no: &str, tracking_no: &str) -> Result<OrderDetail, AppError> {
        let input = ShipInput { order_id: id(order_no), carrier: "shunfeng".into(), tracking_no: tracking_no.into() };
        stall_store::tables::bench::ship(&self.store, &self.me, &input).await
    }

    /// Change groups written so far.
    pub async fn groups(&self) -> i64 {
        self.count("SELECT count(*) FROM change_groups").await
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut *self.store.read().await.unwrap()).await.unwrap()
    }
}

pub fn id(order_no: &str) -> Id {
    Id::of_order("kuaishou", "老周", order_no)
}

/// One row of a Kuaishou file.
#[derive(Debug, Clone)]
pub struct Row {
    pub no: String,
    pub status: &'static str,
    pub aftersale: &'static str,
    pub title: String,
    pub sku_code: String,
    pub paid_at: String,
    pub promise: String,
    pub address: String,
    pub carrier: &'static str,
    pub tracking_no: &'static str,
    pub note: String,
}

/// A paid order of one phone.
pub fn row(no: &str, title: &str) -> Row {
    Row {
        no: no.to_owned(),
        status: "待发货",
        aftersale: "",
        title: title.to_owned(),
        sku_code: String::new(),
        paid_at: "2026-11-24 10:00:00".to_owned(),
        promise: String::new(),
        address: ADDRESS.to_owned(),
        carrier: "",
        tracking_no: "",
        note: String::new(),
    }
}

impl Row {
    pub fn status(mut self, status: &'static str) -> Self {
        self.status = status;
        self
    }
    pub fn aftersale(mut self, aftersale: &'static str) -> Self {
        self.aftersale = aftersale;
        self
    }
    pub fn paid_at(mut self, at: &str) -> Self {
        self.paid_at = at.to_owned();
        self
    }
    pub fn sku(mut self, code: &str) -> Self {
        self.sku_code = code.to_owned();
        self
    }
    pub fn address(mut self, address: &str) -> Self {
        self.address = address.to_owned();
        self
    }
}

const HEADERS: [&str; 18] = [
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
    "收货地址",
    "快递公司",
    "快递单号",
];

pub fn file(rows: &[Row]) -> OrderFile {
    let mut cells: Vec<Vec<String>> = vec![HEADERS.map(str::to_owned).to_vec()];
    for r in rows {
        let line: [&str; 18] = [
            &r.no,
            &r.paid_at,
            if r.status == "待付款" || (r.status, r.aftersale) == ("交易关闭", "") { "" } else { &r.paid_at },
            r.status,
            "¥2,299.00",
            "1",
            &r.note,
            r.aftersale,
            &r.promise,
            &r.title,
            &r.sku_code,
            NAME,
            PHONE,
            "广东省",
            "东莞市",
            &r.address,
            r.carrier,
            r.tracking_no,
        ];
        cells.push(line.map(str::to_owned).to_vec());
    }
    let table = Table::from_texts(&cells);
    let layout = orders_import::open(&table, Some("kuaishou"), None).unwrap();
    orders_import::read_orders(&table, &layout, "老周")
}

pub const fn hours(n: i64) -> i64 {
    n * HOUR
}
pub const fn days(n: i64) -> i64 {
    n * DAY
}
