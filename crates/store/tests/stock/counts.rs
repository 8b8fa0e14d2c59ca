//! Every facet counts what the list would show; every sort is complete and in order.

use std::cmp::Ordering;

use stall_core::{
    Fen,
    api::{
        AgeBand, Category, Facet, Missing, PriceBand, UnitCounts, UnitPatch, UnitQuery, UnitRow, UnitSort, UnitStatus,
        WithdrawInput,
    },
    time::DAY,
};
use stall_store::tables::units;

use super::{Dice, Stall, imei};

/// 90 units of many kinds, some lacking this or that, taken in over four months.
async fn varied() -> Stall {
    let s = Stall::new().await;
    let mut dice = Dice(41);
    let mut ids = Vec::new();
    for n in 0..90_u32 {
        let some =
            |dice: &mut Dice, max: usize| (dice.roll(5) > 0).then(|| i64::try_from(dice.roll(max)).unwrap() * 10_000);
        let (list, live, cost) = (some(&mut dice, 95), some(&mut dice, 95), some(&mut dice, 60));
        let patch = UnitPatch {
            stock_no: Some(if n % 7 == 0 { format!("A{n}") } else { format!("{:04}", n * 13) }),
            category: Some(*dice.pick(&[Category::Phone, Category::Tablet, Category::Watch])),
            brand: Some((*dice.pick(&["Apple", "Huawei", "Xiaomi", ""])).into()),
            model: Some((*dice.pick(&["iPhone 9", "iPhone 13 Pro Max", "Mate 60 Pro", "小米14"])).into()),
            storage: Some((*dice.pick(&["64GB", "256GB"])).into()),
            grade: Some((*dice.pick(&["", "S", "A1", "C"])).into()),
            battery: Some(*dice.pick(&[None, Some(80), Some(99)])),
            shelf: Some((*dice.pick(&["", "A1-2", "A1-10", "B"])).into()),
            imei: Some(if n % 3 == 0 { String::new() } else { imei(n) }),
            price_list: Some(list.map(Fen)),
            price_live: Some(live.map(Fen)),
            cost: Some(cost.map(Fen)),
            ..UnitPatch::default()
        };
        ids.push(s.add(patch).await.unwrap());
        s.pass(DAY * 4 / 3);
    }
    let gone = WithdrawInput { ids: ids.iter().step_by(8).copied().collect(), reason: String::new() };
    units::withdraw(&s.store, &s.me, &gone).await.unwrap();
    s
}

async fn total(s: &Stall, q: &UnitQuery) -> u32 {
    units::list(&s.store, q).await.unwrap().total
}

fn parse<T: serde::de::DeserializeOwned>(word: &str) -> T {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).unwrap()
}

type Put = fn(&mut UnitQuery, &str);

/// Holds every count against a list asked with that one value.
async fn check(s: &Stall, q: &UnitQuery) -> UnitCounts {
    let c = units::narrow(&s.store, q).await.unwrap();
    assert_eq!(c.total, total(s, q).await);
    let table: [(&Vec<Facet>, Put); 9] = [
        (&c.status, |q, v| q.status = vec![parse(v)]),
        (&c.category, |q, v| q.category = vec![parse(v)]),
        (&c.grade, |q, v| q.grade = vec![v.to_owned()]),
        (&c.brand, |q, v| q.brand = vec![v.to_owned()]),
        (&c.model, |q, v| q.model = vec![v.to_owned()]),
        (&c.shelf, |q, v| q.shelf = vec![v.to_owned()]),
        (&c.age, |q, v| q.age = vec![parse(v)]),
        (&c.price, |q, v| q.price = vec![parse(v)]),
        (&c.missing, |q, v| q.missing.push(parse(v))),
    ];
    for (facets, put) in table {
        for f in facets {
            let mut one = q.clone();
            put(&mut one, &f.value);
            assert_eq!(f.count, total(s, &one).await, "{} of {q:?}", f.value);
        }
    }
    c
}

#[tokio::test]
async fn each_facet_is_counted_with_the_other_filters_applied() {
    let s = varied().await;
    let q = UnitQuery::default;
    let all = check(&s, &q()).await;
    assert_eq!(all.total, 90);
    assert!(all.age.iter().all(|f| f.count > 0));
    assert_eq!(all.shelf.len(), 3);
    for query in [
        UnitQuery { status: vec![UnitStatus::InStock], ..q() },
        UnitQuery { brand: vec!["Apple".into(), "Huawei".into()], grade: vec!["A1".into()], ..q() },
        UnitQuery { text: "13pm".into(), age: vec![AgeBand::D60, AgeBand::Older], ..q() },
        UnitQuery { price: vec![PriceBand::P1000, PriceBand::P3000], missing: vec![Missing::Cost], ..q() },
        UnitQuery { price_from: Some(Fen(200_000)), price_to: Some(Fen(600_000)), shelf: vec!["B".into()], ..q() },
        UnitQuery { model: vec!["小米14".into()], missing: vec![Missing::Code, Missing::Shelf], ..q() },
        UnitQuery { brand: vec!["没有这牌子".into()], text: "3000-5000".into(), ..q() },
    ] {
        check(&s, &query).await;
    }
}

/// Values in order; none last.
fn by<T: Ord>(a: Option<T>, b: Option<T>, down: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => {
            if down {
                b.cmp(&a)
            } else {
                a.cmp(&b)
            }
        }
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn grade(u: &UnitRow) -> Option<u32> {
    u.grade.as_deref().and_then(stall_core::grades::by_id).map(|g| g.rank)
}

fn ordered(sort: UnitSort, a: &UnitRow, b: &UnitRow) -> Ordering {
    use UnitSort as S;
    let name =
        |s: &str| (!s.is_empty()).then(|| s.replace("A1-2", "A1-02").replace("iPhone 9", "iPhone 09").to_lowercase());
    let no = |u: &UnitRow| {
        let letters: String = u.stock_no.chars().take_while(char::is_ascii_alphabetic).collect();
        Some((letters.clone(), u.stock_no[letters.len()..].parse::<u32>().unwrap()))
    };
    let shown = |u: &UnitRow| u.price_list.or(u.price_live);
    match sort {
        S::Newest | S::Oldest => by(Some(a.taken_in), Some(b.taken_in), sort == S::Newest),
        S::PriceUp | S::PriceDown => by(shown(a), shown(b), sort == S::PriceDown),
        S::LiveUp | S::LiveDown => by(a.price_live, b.price_live, sort == S::LiveDown),
        S::CostUp | S::CostDown => by(a.cost, b.cost, sort == S::CostDown),
        S::StockNo | S::StockNoDown => by(no(a), no(b), sort == S::StockNoDown),
        S::ModelUp | S::ModelDown => by(name(&a.model), name(&b.model), sort == S::ModelDown),
        S::BrandUp | S::BrandDown => by(name(&a.brand), name(&b.brand), sort == S::BrandDown),
        S::ShelfUp | S::ShelfDown => by(name(&a.shelf), name(&b.shelf), sort == S::ShelfDown),
        S::GradeUp | S::GradeDown => by(grade(a), grade(b), sort == S::GradeDown),
        S::BatteryUp | S::BatteryDown => by(a.battery, b.battery, sort == S::BatteryDown),
        S::StatusUp | S::StatusDown => by(Some(a.status), Some(b.status), sort == S::StatusDown),
        S::PhotosUp | S::PhotosDown => by(Some(a.photos), Some(b.photos), sort == S::PhotosDown),
    }
}

#[tokio::test]
async fn every_sort_pages_through_all_in_order_with_what_has_no_value_last() {
    use UnitSort as S;
    let s = varied().await;
    for sort in [
        S::Newest,
        S::Oldest,
        S::PriceUp,
        S::PriceDown,
        S::StockNo,
        S::StockNoDown,
        S::LiveUp,
        S::LiveDown,
        S::CostUp,
        S::CostDown,
        S::ModelUp,
        S::ModelDown,
        S::BrandUp,
        S::BrandDown,
        S::GradeUp,
        S::GradeDown,
        S::BatteryUp,
        S::BatteryDown,
        S::ShelfUp,
        S::ShelfDown,
        S::StatusUp,
        S::StatusDown,
        S::PhotosUp,
        S::PhotosDown,
    ] {
        let rows = s.all(&UnitQuery { sort, limit: 11, ..UnitQuery::default() }).await;
        let mut ids: Vec<_> = rows.iter().map(|u| u.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((rows.len(), ids.len()), (90, 90), "{sort:?}");
        for w in rows.windows(2) {
            assert_ne!(ordered(sort, &w[0], &w[1]), Ordering::Greater, "{sort:?}: {:?} {:?}", w[0], w[1]);
        }
    }
}

#[tokio::test]
async fn a_new_name_between_two_pages_neither_repeats_nor_loses_a_unit() {
    let s = varied().await;
    let q = UnitQuery { sort: UnitSort::ShelfUp, limit: 40, ..UnitQuery::default() };
    let first = units::list(&s.store, &q).await.unwrap();
    // Stands before all that were seen, and moves every rank.
    let new = UnitPatch { model: Some("新机".into()), shelf: Some("A0".into()), ..UnitPatch::default() };
    s.add(new).await.unwrap();
    let rest = s.all(&UnitQuery { after: first.next.clone(), ..q }).await;
    assert_eq!(first.rows.len() + rest.len(), 90);
    assert!(rest.iter().all(|u| first.rows.iter().all(|f| f.id != u.id)));
}

#[tokio::test]
async fn a_unit_named_by_its_number_stands_before_those_that_only_have_it_in_them() {
    let s = Stall::new().await;
    let exact = s.unit("0387").await;
    s.pass(1);
    let tail = s.add(UnitPatch { imei: Some(imei_ending("0387")), ..super::phone() }).await.unwrap();
    s.pass(1);
    let piece = s.unit("10387").await;
    let rows = s.all(&UnitQuery { text: "0387".into(), limit: 1, ..UnitQuery::default() }).await;
    assert_eq!(rows.iter().map(|u| u.id).collect::<Vec<_>>(), [exact, tail, piece]);
}

/// A valid IMEI that ends so.
fn imei_ending(tail: &str) -> String {
    (0..2_000_000).map(imei).find(|i| i.ends_with(tail)).unwrap()
}
