//! A receiver's data leaves the store by one door only.

use serde::Serialize;
use stall_core::api::{OrderQuery, Verdict};
use stall_store::tables::{
    bench as desk,
    order_import::{self, Choices, RowFilter},
    order_query, orders, ship_export,
};

use crate::{ADDRESS, NAME, PHONE, Stall, bench::scan, id, row};

const A: &str = "2611000000000001";

fn clean(what: &str, answer: &impl Serialize) {
    let json = serde_json::to_string(answer).unwrap();
    for secret in [NAME, &NAME.chars().skip(1).collect::<String>(), PHONE, &PHONE[3..9], ADDRESS] {
        assert!(!json.contains(secret), "{what} tells {secret}: {json}");
    }
}

#[tokio::test]
async fn no_answer_but_reveal_tells_a_receiver() {
    let s = Stall::new().await;
    s.unit("0371").await;
    s.unit("0372").await;
    let rows = [row(A, "【0371】苹果13"), row("2611000000000002", "苹果13")];
    let plan = s.plan(&rows).await;
    let all = RowFilter { limit: 500, ..RowFilter::default() };
    clean("preview", &order_import::rows(&s.store, &plan, &all).await.unwrap());
    s.apply(plan, &Choices::default()).await.unwrap();
    let plan = s.plan(&[row(A, "【0371】苹果13").address("白驼山路八号")]).await;
    let shown = order_import::rows(&s.store, &plan, &all).await.unwrap();
    assert_eq!(shown.rows[0].verdict, Verdict::Changed);
    assert!(!serde_json::to_string(&shown).unwrap().contains("白驼山路"));

    let page = order_query::list(&s.store, &OrderQuery::default()).await.unwrap();
    assert_eq!(page.rows[0].phone, "1******4321");
    assert_eq!(page.rows[0].receiver, "欧**");
    clean("list", &page);
    clean("get", &s.order(A).await);
    clean("facets", &order_query::facets(&s.store).await.unwrap());
    for code in ["0371", "0372", "nothing"] {
        clean("scan", &scan(&s, Some(A), code).await);
    }
    clean("queue", &desk::queue(&s.store).await.unwrap());
    clean("ship", &s.ship(A, "SF1234567890123").await.unwrap());
    let sheet = ship_export::export_rows(&s.store, "kuaishou").await.unwrap();
    clean("export", &(sheet.rows, sheet.checks));

    let args: Vec<String> = sqlx::query_scalar("SELECT args FROM change_groups")
        .fetch_all(&mut *s.store.read().await.unwrap())
        .await
        .unwrap();
    clean("change_groups.args", &args);
    clean("undo", &s.store.undo_state().await.unwrap());

    let full = orders::reveal(&s.store, &s.me, id(A)).await.unwrap();
    assert_eq!((full.name.as_str(), full.phone.as_str()), (NAME, PHONE));
    assert_eq!(full.address, format!("广东省 东莞市 {ADDRESS}"));
}
