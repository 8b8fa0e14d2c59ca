//! Keyset pages: complete, without duplicates, in order, under every sort and filter.

use std::collections::HashSet;

use stall_core::{
    ErrorCode, Ms,
    api::{ByIds, Category, ItemsAdd, NewItem, ShowInput, UnitQuery, UnitRow, UnitSort, UnitStatus, WithdrawInput},
};
use stall_store::tables::{items, photos, shows, units};

use super::{Dice, NOON, Stall, head, imei};

const SORTS: [UnitSort; 5] =
    [UnitSort::Newest, UnitSort::Oldest, UnitSort::PriceUp, UnitSort::PriceDown, UnitSort::StockNo];

/// 240 units of four moments, some withdrawn, photographed, planned.
async fn mixed() -> Stall {
    let s = Stall::new().await;
    let mut dice = Dice(7);
    for batch in 0..4u32 {
        let mut rows = vec![head(&["编号", "品牌", "型号", "类目", "成色", "标价", "imei"])];
        for i in 0..60u32 {
            let n = batch * 60 + i;
            let price = if dice.roll(5) == 0 { String::new() } else { (dice.roll(9) * 100 + 500).to_string() };
            rows.push(vec![
                format!("{:04}", n * 7 % 1000),
                (*dice.pick(&["Apple", "华为", "Xiaomi"])).into(),
                "某机".into(),
                (*dice.pick(&["手机", "平板", "手表"])).into(),
                (*dice.pick(&["", "S", "A1", "B2"])).into(),
                price,
                imei(n),
            ]);
        }
        s.import(&rows).await;
        s.pass(1000);
    }
    let all = s.all(&UnitQuery { limit: 200, ..UnitQuery::default() }).await;
    let ids: Vec<_> = all.iter().map(|u| u.id).collect();
    let gone = WithdrawInput { ids: ids.iter().step_by(6).copied().collect(), reason: "自用".into() };
    units::withdraw(&s.store, &s.me, &gone).await.unwrap();
    for id in ids.iter().skip(1).step_by(4) {
        let p = photos::NewPhoto {
            blob: format!("{:064x}", id.0.as_u128()),
            file_name: "a.jpg".into(),
            width: 10,
            height: 10,
            bytes: 9,
            dhash: Some(u64::MAX),
            sharp: None,
            light: None,
            shot: String::new(),
            source: String::new(),
            taken_at: None,
        };
        photos::add(&s.store, &s.me, *id, vec![p], None).await.unwrap();
    }
    let show = ShowInput {
        title: "晚场".into(),
        starts_at: Ms(NOON + 86_400_000),
        planned_minutes: 120,
        host: "阿杰".into(),
        note: String::new(),
    };
    let show = shows::add(&s.store, &s.me, &show).await.unwrap();
    let planned = ids
        .iter()
        .enumerate()
        .filter(|(i, _)| i % 6 != 0 && i % 9 == 1)
        .map(|(_, id)| NewItem { segment: "single".into(), unit_id: Some(*id), title: String::new(), minutes: None })
        .collect();
    items::add(&s.store, &s.me, &ItemsAdd { show_id: show.id, after: None, items: planned }).await.unwrap();
    s
}

fn key(sort: UnitSort, u: &UnitRow) -> (i64, String) {
    match sort {
        UnitSort::Newest => (-u.taken_in.0, String::new()),
        UnitSort::Oldest => (u.taken_in.0, String::new()),
        UnitSort::PriceUp => (u.price_list.map_or(i64::MAX, |p| p.0), String::new()),
        UnitSort::PriceDown => (u.price_list.map_or(i64::MAX, |p| -p.0), String::new()),
        _ => (0, u.stock_no.clone()),
    }
}

type Case = (UnitQuery, fn(&UnitRow) -> bool);

#[tokio::test]
async fn pages_are_complete_in_order_and_without_duplicates_under_every_sort_and_filter() {
    let s = mixed().await;
    let whole = s.all(&UnitQuery { limit: 200, ..UnitQuery::default() }).await;
    assert_eq!(whole.len(), 240);
    let q = UnitQuery::default;
    let cases: [Case; 11] = [
        (q(), |_| true),
        (UnitQuery { status: vec![UnitStatus::InStock], ..q() }, |u| u.status == UnitStatus::InStock),
        (UnitQuery { status: vec![UnitStatus::Withdrawn, UnitStatus::InStock], ..q() }, |_| true),
        (UnitQuery { category: vec![Category::Tablet, Category::Watch], ..q() }, |u| u.category != Category::Phone),
        (UnitQuery { grade: vec!["S".into(), "B2".into()], ..q() }, |u| matches!(u.grade.as_deref(), Some("S" | "B2"))),
        (UnitQuery { brand: vec!["华为".into()], ..q() }, |u| u.brand == "华为"),
        (UnitQuery { no_photos: true, ..q() }, |u| u.photos == 0),
        (UnitQuery { no_grade: true, ..q() }, |u| u.grade.is_none()),
        (UnitQuery { in_show: true, ..q() }, |u| u.show.is_some()),
        (UnitQuery { not_in_show: true, status: vec![UnitStatus::InStock], ..q() }, |u| {
            u.show.is_none() && u.status == UnitStatus::InStock
        }),
        (UnitQuery { taken_in_before: Some(Ms(NOON + 1000)), no_photos: true, ..q() }, |u| {
            u.taken_in.0 <= NOON + 1000 && u.photos == 0
        }),
    ];
    for (query, fits) in cases {
        let want: HashSet<_> = whole.iter().filter(|u| fits(u)).map(|u| u.id).collect();
        assert!(!want.is_empty());
        for sort in SORTS {
            for limit in [1, 7, 200] {
                if limit == 1 && sort != UnitSort::PriceUp {
                    continue;
                }
                let query = UnitQuery { sort, limit, ..query.clone() };
                let rows = s.all(&query).await;
                let got: HashSet<_> = rows.iter().map(|u| u.id).collect();
                assert_eq!(got.len(), rows.len(), "twice: {query:?}");
                assert_eq!(got, want, "{query:?}");
                assert!(rows.windows(2).all(|w| key(sort, &w[0]) <= key(sort, &w[1])), "{query:?}");
                let page = units::list(&s.store, &query).await.unwrap();
                assert_eq!((page.total as usize, page.total_capped), (want.len(), false), "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_no_rows_or_too_many_or_a_foreign_place_is_bad_input() {
    let s = Stall::new().await;
    for q in [
        UnitQuery { limit: 0, ..UnitQuery::default() },
        UnitQuery { limit: 201, ..UnitQuery::default() },
        UnitQuery { after: Some("x' OR 1".into()), ..UnitQuery::default() },
    ] {
        assert_eq!(units::list(&s.store, &q).await.unwrap_err().code, ErrorCode::BadInput);
    }
}

#[tokio::test]
async fn the_facets_count_what_the_list_shows() {
    let s = mixed().await;
    let f = units::facets(&s.store).await.unwrap();
    let stock = UnitQuery { status: vec![UnitStatus::InStock], limit: 200, ..UnitQuery::default() };
    let n = |rows: Vec<UnitRow>| u32::try_from(rows.len()).unwrap();
    assert_eq!(f.status[0].count, n(s.all(&stock).await));
    assert_eq!(f.status.iter().map(|f| f.count).sum::<u32>(), 240);
    assert_eq!(f.no_photos, n(s.all(&UnitQuery { no_photos: true, ..stock.clone() }).await));
    assert_eq!(f.no_grade, n(s.all(&UnitQuery { no_grade: true, ..stock.clone() }).await));
    assert_eq!(f.in_show, n(s.all(&UnitQuery { in_show: true, ..stock.clone() }).await));
    for b in &f.brand {
        assert_eq!(b.count, n(s.all(&UnitQuery { brand: vec![b.value.clone()], ..stock.clone() }).await));
    }
    s.pass(46 * 86_400_000);
    assert_eq!(units::facets(&s.store).await.unwrap().ageing, f.status[0].count);
}

#[tokio::test]
async fn a_unit_of_a_show_that_is_over_is_free_again() {
    let s = mixed().await;
    let q = UnitQuery { in_show: true, limit: 200, ..UnitQuery::default() };
    assert!(!s.all(&q).await.is_empty());
    s.pass(2 * 86_400_000);
    assert!(s.all(&q).await.is_empty());
    let one = s.all(&UnitQuery { limit: 200, ..UnitQuery::default() }).await;
    assert!(one.iter().all(|u| u.show.is_none()));
    let ids = vec![one[1].id];
    assert_eq!(units::delete(&s.store, &s.me, &ByIds { ids }).await.unwrap().count, 1);
}
