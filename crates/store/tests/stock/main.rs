#![expect(clippy::unwrap_used, reason = "tests")]
//! Stock, photographs, shows and settings through the store's public functions.

mod batch;
mod bulk;
mod codes;
mod counts;
mod derived;
mod export;
mod fields;
mod import;
mod inspect;
mod labels;
mod life;
mod list;
mod lots;
mod opening;
#[path = "../actions/photo.rs"]
mod photo;
mod photos;
mod recall;
#[path = "../actions/derived.rs"]
mod rows;
mod search;
mod shows;
mod tray;
mod views;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use stall_core::{
    AppError, Fen, Id, Ms, Role,
    api::{ImportDone, UnitPatch, UnitQuery, UnitRow},
    identity,
    spreadsheet::Table,
    units_import,
};
use stall_store::{
    Actor, Env, Store,
    tables::{
        unit_import::{self, Choices, UnitPlan, Watch},
        units,
    },
};

/// 2026-11-24 12:00 in Shanghai.
pub const NOON: i64 = 1_795_492_800_000;

#[derive(Debug)]
pub struct Stall {
    pub store: Store,
    pub me: Actor,
    pub clock: Arc<AtomicI64>,
    pub dir: tempfile::TempDir,
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

    pub fn pass(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn add(&self, patch: UnitPatch) -> Result<Id, AppError> {
        Ok(units::add(&self.store, &self.me, &patch).await?.row.id)
    }

    /// A unit of this number.
    pub async fn unit(&self, stock_no: &str) -> Id {
        self.add(UnitPatch { stock_no: Some(stock_no.to_owned()), ..phone() }).await.unwrap()
    }

    /// Takes many units in as one import; the first row names the fields.
    pub async fn import(&self, rows: &[Vec<String>]) -> ImportDone {
        let plan = self.plan(rows).await;
        unit_import::apply(&self.store, &self.me, plan, &Choices::default(), &Watch::default()).await.unwrap()
    }

    pub async fn plan(&self, rows: &[Vec<String>]) -> UnitPlan {
        let table = Table::from_texts(rows);
        let layout = units_import::open(&table, None).unwrap();
        unit_import::preview(&self.store, UnitPlan::read(&table, &layout)).await.unwrap()
    }

    /// Every row of a query, page by page.
    pub async fn all(&self, query: &UnitQuery) -> Vec<UnitRow> {
        let mut q = query.clone();
        let mut out = Vec::new();
        loop {
            let page = units::list(&self.store, &q).await.unwrap();
            assert!(page.rows.len() <= q.limit as usize);
            out.extend(page.rows);
            match page.next {
                Some(next) => q.after = Some(next),
                None => return out,
            }
        }
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut *self.store.read().await.unwrap()).await.unwrap()
    }

    /// The same stall, opened anew with every derived row made from nothing.
    pub async fn rebuilt(self) -> Self {
        let Self { store, me, clock, dir } = self;
        let env = store.env().clone();
        store.close().await;
        drop(store);
        let store = rows::rebuilt(dir.path(), env).await.unwrap();
        Self { store, me, clock, dir }
    }
}

/// A phone with everything but a number and codes.
pub fn phone() -> UnitPatch {
    UnitPatch {
        brand: Some("Apple".into()),
        model: Some("iPhone 13 Pro".into()),
        storage: Some("256GB".into()),
        colour: Some("远峰蓝色".into()),
        price_list: Some(Some(Fen(429_900))),
        price_live: Some(Some(Fen(419_900))),
        ..UnitPatch::default()
    }
}

/// A valid IMEI of this serial.
pub fn imei(n: u32) -> String {
    let body = format!("35320911{n:06}");
    format!("{body}{}", identity::luhn_digit(&body).unwrap())
}

/// Numbers that look random and are the same each run.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

pub fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|s| (*s).to_owned()).collect()
}
