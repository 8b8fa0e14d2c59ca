//! The list: pages, filters, search, deadlines.

use stall_core::{
    ErrorCode, Ms,
    api::{DeadlineSource, OrderQuery, OrderStage},
};
use stall_store::tables::{order_query, settings};

use crate::{ADDRESS, NAME, NOON, PHONE, Stall, bench::scan, hours, row};

fn q() -> OrderQuery {
    OrderQuery { limit: 200, ..OrderQuery::default() }
}

async fn numbers(s: &Stall, query: OrderQuery) -> Vec<String> {
    s.list(query).await.into_iter().map(|r| r.order_no).collect()
}

async fn search(s: &Stall, text: &str) -> Vec<String> {
    numbers(s, OrderQuery { text: text.to_owned(), ..q() }).await
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_repeats() {
    let s = Stall::new().await;
    let mut rows = Vec::new();
    for n in 0..97 {
        // Many at the same instant, and of four stages.
        let status = ["待发货", "待付款", "已发货", "交易成功"][n % 4];
        let paid = format!("2026-11-{:02} 10:00:00", 1 + n % 7);
        rows.push(row(&format!("2611000000000{n:03}"), "苹果13").status(status).paid_at(&paid));
    }
    s.import(&rows).await;
    let stages = vec![OrderStage::ToMatch, OrderStage::Unpaid, OrderStage::Done];
    for by_deadline in [false, true] {
        for stage in [vec![], stages.clone()] {
            let whole = numbers(&s, OrderQuery { by_deadline, stage: stage.clone(), ..q() }).await;
            assert_eq!(whole.len(), if stage.is_empty() { 97 } else { 73 });
            let mut paged = Vec::new();
            let mut query = OrderQuery { by_deadline, stage, limit: 10, ..OrderQuery::default() };
            loop {
                let page = order_query::list(&s.store, &query).await.unwrap();
                assert_eq!((page.total as usize, page.total_capped), (whole.len(), false));
                paged.extend(page.rows.into_iter().map(|r| r.order_no));
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
            assert_eq!(paged, whole);
        }
    }
}

#[tokio::test]
async fn the_newest_order_or_the_soonest_deadline_comes_first() {
    let s = Stall::new().await;
    let mut promised = row("2611000000000003", "苹果13").paid_at("2026-11-24 08:00:00");
    promised.promise = "2026-11-24 17:00:00".to_owned();
    s.import(&[
        row("2611000000000001", "苹果13").paid_at("2026-11-24 09:00:00"),
        row("2611000000000002", "苹果13").paid_at("2026-11-24 11:00:00"),
        promised,
        row("2611000000000004", "苹果13").status("待付款").paid_at("2026-11-24 11:30:00"),
    ])
    .await;
    let tails = |v: Vec<String>| v.iter().map(|n| n[15..].to_owned()).collect::<String>();
    assert_eq!(tails(numbers(&s, q()).await), "4213");
    // Without a deadline comes last.
    assert_eq!(tails(numbers(&s, OrderQuery { by_deadline: true, ..q() }).await), "3124");
}

#[tokio::test]
async fn the_deadline_is_the_files_promise_or_the_hours_of_the_settings() {
    let s = Stall::new().await;
    let mut promised = row("2611000000000001", "苹果13");
    promised.promise = "2026-11-24 17:00:00".to_owned();
    s.import(&[promised, row("2611000000000002", "苹果13"), row("2611000000000003", "苹果13").status("已发货")]).await;
    let paid = NOON - hours(2);
    let due = |d: stall_core::api::OrderDetail| d.row.deadline.map(|d| (d.at, d.source));
    assert_eq!(due(s.order("2611000000000001").await), Some((Ms(NOON + hours(5)), DeadlineSource::File)));
    assert_eq!(due(s.order("2611000000000002").await), Some((Ms(paid + hours(48)), DeadlineSource::Hours)));
    assert_eq!(due(s.order("2611000000000003").await), None);

    let mut all = settings::get(&s.store).await.unwrap();
    all.ship_hours.insert("kuaishou".into(), 24);
    settings::set(&s.store, &s.me, all).await.unwrap();
    assert_eq!(due(s.order("2611000000000001").await), Some((Ms(NOON + hours(5)), DeadlineSource::File)));
    assert_eq!(due(s.order("2611000000000002").await), Some((Ms(paid + hours(24)), DeadlineSource::Hours)));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(due(s.order("2611000000000002").await), Some((Ms(paid + hours(48)), DeadlineSource::Hours)));
}

#[tokio::test]
async fn an_order_is_found_by_its_numbers_its_unit_and_its_title() {
    let s = Stall::new().await;
    s.unit_with("0371", |p| {
        p.imei = Some("490154203237518".into());
        p.colour = Some("午夜色".into());
    })
    .await;
    let mut shipped = row("2611000000000002", "小米14 白色 100%正品").status("已发货");
    (shipped.carrier, shipped.tracking_no) = ("圆通速递", "YT1234567890123");
    s.import(&[row("2611000000000781", "【0371】二手好机"), shipped]).await;
    for text in [
        "2611000000000781",
        "0781",
        "0000781",
        "0371",
        "7518",
        "490154203237518",
        "好机",
        "iphone 13",
        "午夜",
        "午夜 0781",
    ] {
        assert_eq!(search(&s, text).await, ["2611000000000781"], "{text}");
    }
    for text in ["YT1234567890123", "yt1234567890123", "小米", "小米14 白", "100%"] {
        assert_eq!(search(&s, text).await, ["2611000000000002"], "{text}");
    }
    for text in ["小米 午夜", "_", "%%", "9999", "\\"] {
        assert!(search(&s, text).await.is_empty(), "{text}");
    }
    for text in [NAME, PHONE, "4321", ADDRESS] {
        assert!(search(&s, text).await.is_empty(), "a receiver must not be found: {text}");
    }
}

#[tokio::test]
async fn filters_and_counts_agree() {
    let s = Stall::new().await;
    s.unit("0371").await;
    s.import(&[
        row("2611000000000001", "【0371】苹果13"),
        row("2611000000000002", "苹果13"),
        row("2611000000000003", "苹果13").status("已发货"),
    ])
    .await;
    scan(&s, Some("2611000000000001"), "0371").await;
    let facets = order_query::facets(&s.store).await.unwrap();
    let all = |f: &[stall_core::api::Facet]| f.iter().map(|f| (f.value.clone(), f.count)).collect::<Vec<_>>();
    assert_eq!(all(&facets.platform), [("kuaishou".to_owned(), 3)]);
    assert_eq!(all(&facets.stage), [("shipped".to_owned(), 1), ("to_match".to_owned(), 1), ("to_ship".to_owned(), 1)]);
    let of = |stage| OrderQuery { stage: vec![stage], platform: vec!["kuaishou".into()], ..q() };
    assert_eq!(numbers(&s, of(OrderStage::ToShip)).await, ["2611000000000001"]);
    assert!(numbers(&s, OrderQuery { platform: vec!["douyin".into()], ..q() }).await.is_empty());
}

#[tokio::test]
async fn a_foreign_place_or_size_of_page_is_bad_input() {
    let s = Stall::new().await;
    for query in [
        OrderQuery { after: Some("x".into()), ..q() },
        OrderQuery { after: Some("1.2.3.4".into()), ..q() },
        OrderQuery { limit: 0, ..q() },
        OrderQuery { limit: 201, ..q() },
    ] {
        assert_eq!(order_query::list(&s.store, &query).await.unwrap_err().code, ErrorCode::BadInput);
    }
}
