//! Search, facets and sorts on a big made-up stall: `bench_search DIR [units] [queries]`.
//!
//! Each random query is answered by the list and by a scan of every unit with SQLite's `instr` over the raw fields in the
//! same run: the list must find all the scan finds. Where the rules of `stall_core::search` add nothing (no shorthand, no
//! pinyin, no code, no price), it must find nothing else; what it adds is held to the rules in `cargo test`.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measuring program")]

use std::{collections::BTreeMap, path::Path, time::Instant};

use stall_core::{
    Role,
    api::{UnitQuery, UnitRow, UnitSort, UnitStatus},
    search::squeeze,
    units_import,
};
use stall_store::{
    Actor, Env, Store, made,
    tables::{unit_import, units},
};

const CHUNK: u32 = 50_000;

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let dir = args.first().map_or("target/bench-stall", String::as_str);
    let number = |at: usize, default: u32| args.get(at).map_or(default, |a| a.parse().unwrap());
    let (n, queries) = (number(1, 200_000), number(2, 1_000));
    let store = Store::open(Path::new(dir), Env::system()).await.unwrap();
    let actor = Actor::new("bench", Role::Owner);
    let clock = Instant::now();
    if units::list(&store, &UnitQuery::default()).await.unwrap().total == 0 {
        take_in(&store, &actor, n).await;
        units::list(&store, &UnitQuery::default()).await.unwrap();
    } else {
        println!("  the first list, the stock read into memory: {:.0} ms", clock.elapsed().as_secs_f64() * 1e3);
    }
    println!(
        "search: {n} units made by crates/store/src/made.rs, {queries} random queries, in {dir}; {} MB",
        peak_mb()
    );
    recall(&store, n, queries).await;
    lists(&store).await;
    println!("  peak memory of the process: {} MB", peak_mb());
}

async fn take_in(store: &Store, actor: &Actor, n: u32) {
    for from in (1..=n).step_by(CHUNK as usize) {
        let table = made::units(from, (from + CHUNK).min(n + 1));
        let layout = units_import::open(&table, None).unwrap();
        let plan = unit_import::UnitPlan::read(&table, &layout);
        let plan = unit_import::preview(store, plan).await.unwrap();
        unit_import::apply(store, actor, plan, &Default::default(), &Default::default()).await.unwrap();
    }
}

/// Numbers that look random and are the same each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }

    fn piece(&mut self, text: &str, len: usize) -> String {
        let chars: Vec<char> = squeeze(text).chars().collect();
        let len = len.min(chars.len());
        let at = self.roll(chars.len() - len + 1);
        chars[at..at + len].iter().collect()
    }
}

/// A query: its class, its words, and whether the scan must find exactly the same.
fn query(dice: &mut Dice, rows: &[UnitRow], n: u32) -> (&'static str, String, bool) {
    let u = &rows[dice.roll(rows.len())];
    let plain = |t: &str| t.chars().all(|c| !c.is_ascii());
    let pick = dice.roll(10);
    match pick {
        0..=3 => {
            let field = [&u.model, &u.colour, &u.brand, &u.shelf][dice.roll(4)].clone();
            let len = pick + 1;
            let text = dice.piece(&field, len);
            let exact = plain(&text) && !"手机充新成靓准仅激活红米苹果".contains(&text);
            (["1 character", "2 characters", "3 characters", "4 characters"][pick], text, exact)
        }
        4 => (
            "IMEI tail, 4-8 digits",
            made::imei(1 + u32::try_from(dice.roll(n as usize)).unwrap())[7 + dice.roll(5)..].to_owned(),
            false,
        ),
        5 => (
            "IMEI piece, 5 digits",
            made::imei(1 + u32::try_from(dice.roll(n as usize)).unwrap())[5..10].to_owned(),
            false,
        ),
        6 => ("stock number", u.stock_no.clone(), false),
        7 => (
            "shorthand",
            ["14pm", "pg13", "m60p", "xm14u", "s23u", "k70", "hwp60p", "mi14u"][dice.roll(8)].into(),
            false,
        ),
        8 => ("two words", format!("{} {}", dice.piece(&u.model, 3), dice.piece(&u.colour, 2)), false),
        _ => ("price range", format!("{}-{}", 1000 + dice.roll(20) * 100, 3000 + dice.roll(20) * 100), false),
    }
}

async fn recall(store: &Store, n: u32, queries: u32) {
    let mut dice = Dice(20_261_126);
    let sample = UnitQuery { limit: 200, ..UnitQuery::default() };
    let mut rows = units::list(store, &sample).await.unwrap().rows;
    rows.extend(units::list(store, &UnitQuery { sort: UnitSort::PriceUp, ..sample.clone() }).await.unwrap().rows);
    rows.extend(units::list(store, &UnitQuery { sort: UnitSort::Oldest, ..sample }).await.unwrap().rows);
    let mut conn = store.read().await.unwrap();
    let (mut ours, mut theirs) = (BTreeMap::<&str, Vec<f64>>::new(), BTreeMap::<&str, Vec<f64>>::new());
    let (mut all, mut exact, mut more) = (Vec::new(), 0_u32, 0_u32);
    for _ in 0..queries {
        let (class, text, same) = query(&mut dice, &rows, n);
        let q = UnitQuery { text: text.clone(), ..UnitQuery::default() };
        let clock = Instant::now();
        let page = units::list(store, &q).await.unwrap();
        let ms = clock.elapsed().as_secs_f64() * 1e3;
        ours.entry(class).or_default().push(ms);
        all.push(ms);
        let clock = Instant::now();
        let scan = scan(&mut conn, &text).await;
        theirs.entry(class).or_default().push(clock.elapsed().as_secs_f64() * 1e3);
        assert!(page.total >= scan, "{text}: the list finds {} and a scan {scan}", page.total);
        if same {
            assert_eq!(page.total, scan, "{text}");
        }
        exact += u32::from(page.total == scan);
        more += u32::from(page.total > scan);
    }
    println!("  recall: {queries} of {queries} queries find all a full scan of the raw fields finds;");
    println!(
        "    {exact} find exactly as many, {more} more (shorthand, pinyin, grade and category names, codes, prices)"
    );
    println!("  {:<40} {:>19}   {:>21}", "first page, whole command, ms", "ours p50 / p99", "instr() scan p50 / p99");
    for (class, times) in &mut ours {
        let (a, b) = spread(times);
        let (c, d) = spread(theirs.get_mut(class).unwrap());
        println!("  {class:<40} {a:>9.2} {b:>9.2}   {c:>10.1} {d:>10.1}   {} queries", times.len());
    }
    let (a, b) = spread(&mut all);
    println!("  {:<40} {a:>9.2} {b:>9.2}   reach <= 10 p99", "all classes");
}

/// A scan of every unit: every word is a piece of some raw field, or a price within the range.
async fn scan(conn: &mut sqlx::SqliteConnection, text: &str) -> u32 {
    const FIELDS: &str =
        "lower(replace(replace(brand||char(10)||model||char(10)||storage||char(10)||colour||char(10)||stock_no
        ||char(10)||shelf||char(10)||flaws||char(10)||note,' ',''),'-',''))";
    if let Some((from, to)) = text.split_once('-') {
        let sql = "SELECT count(*) FROM units WHERE price_list BETWEEN ?1 AND ?2 OR price_live BETWEEN ?1 AND ?2";
        let fen = |t: &str| t.parse::<i64>().unwrap() * 100;
        return sqlx::query_scalar(sql).bind(fen(from)).bind(fen(to)).fetch_one(conn).await.unwrap();
    }
    let mut qb = sqlx::QueryBuilder::<sqlx::Sqlite>::new("SELECT count(*) FROM units WHERE true");
    for word in text.split(' ') {
        qb.push(format!(" AND (instr({FIELDS}, ")).push_bind(word.to_lowercase()).push(") > 0");
        // Codes by pieces from four digits on.
        if word.len() > 3 && word.bytes().all(|b| b.is_ascii_digit()) {
            qb.push(" OR instr(imei, ").push_bind(word.to_owned()).push(") > 0");
        }
        qb.push(")");
    }
    qb.build_query_scalar().fetch_one(conn).await.unwrap()
}

async fn lists(store: &Store) {
    let stock = UnitQuery { status: vec![UnitStatus::InStock], limit: 50, ..UnitQuery::default() };
    for sort in [
        UnitSort::Newest,
        UnitSort::PriceUp,
        UnitSort::StockNo,
        UnitSort::ModelUp,
        UnitSort::GradeUp,
        UnitSort::BatteryUp,
        UnitSort::ShelfUp,
        UnitSort::CostUp,
    ] {
        let mut q = UnitQuery { sort, ..stock.clone() };
        let mut times = Vec::new();
        for _ in 0..60 {
            let clock = Instant::now();
            let page = units::list(store, &q).await.unwrap();
            times.push(clock.elapsed().as_secs_f64() * 1e3);
            q.after = page.next;
        }
        let (a, b) = spread(&mut times);
        println!("  page of 50 by {:<26} {a:>9.2} {b:>9.2}   reach <= 5 p99", format!("{sort:?}"));
    }
    for (name, text) in [("all in stock", ""), ("a common word", "iphone"), ("two filters and a word", "蓝")] {
        let mut q = UnitQuery { text: text.into(), ..stock.clone() };
        if text == "蓝" {
            q.brand = vec!["Apple".into()];
            q.grade = vec!["A1".into(), "A2".into()];
        }
        let mut times = Vec::new();
        for _ in 0..60 {
            let clock = Instant::now();
            units::narrow(store, &q).await.unwrap();
            times.push(clock.elapsed().as_secs_f64() * 1e3);
        }
        let (a, b) = spread(&mut times);
        println!("  all nine facets, {name:<23} {a:>9.2} {b:>9.2}");
    }
}

/// Median and p99.
fn spread(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    (at(50), at(99))
}

/// Highest resident memory so far, where the system tells (Linux).
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
