//! Derived rows are the same whether kept up by each commit or made from nothing.

use stall_core::{
    Fen, Id, Ms,
    api::{ByIds, ItemsAdd, NewItem, PhotosOrder, ShowInput, UnitEdit, UnitPatch, UnitQuery, WithdrawInput},
    units_import,
};
use stall_store::{
    made,
    tables::{items, photos, shows, unit_import, units},
};

use super::{
    Dice, NOON, Stall, phone,
    photo::photo,
    rows::{dump, file},
};

/// What lists say of the stock: the answers of some queries, and all counts.
async fn glance(s: &Stall) -> Vec<String> {
    let mut out = Vec::new();
    for text in ["", "屏幕", "serial0", "pg13p", "4", "<1"] {
        let q = UnitQuery { text: text.into(), ..UnitQuery::default() };
        let all = units::matching(&s.store, &q).await.unwrap();
        let mut ids: Vec<String> = all.rows.iter().map(|u| u.id.to_string()).collect();
        ids.sort();
        out.push(format!("{text} {} {ids:?}", all.total));
        out.push(serde_json::to_string(&units::narrow(&s.store, &q).await.unwrap()).unwrap());
    }
    out.push(serde_json::to_string(&units::facets(&s.store).await.unwrap()).unwrap());
    out
}

#[tokio::test]
async fn after_random_actions_and_undos_every_derived_row_equals_a_rebuild() {
    for seed in [3, 17, 99] {
        let s = Stall::new().await;
        // The stock in memory is there from the start and has every commit to follow.
        glance(&s).await;
        let mut dice = Dice(seed);
        let mut ids: Vec<Id> = Vec::new();
        let show = ShowInput {
            title: "场".into(),
            starts_at: Ms(NOON),
            planned_minutes: 60,
            host: String::new(),
            note: String::new(),
        };
        let show = shows::add(&s.store, &s.me, &show).await.unwrap().id;
        for step in 0..120u8 {
            s.pass(1);
            let some = if ids.is_empty() { None } else { Some(*dice.pick(&ids)) };
            match (dice.roll(10), some) {
                (0..=1, _) | (_, None) => ids.push(s.add(phone()).await.unwrap()),
                (2, Some(id)) => {
                    let patch = UnitPatch {
                        note: Some(format!("屏幕{step}")),
                        price_list: Some(Some(Fen(i64::from(step)))),
                        serial: Some(format!("SERIAL{step:04}")),
                        ..UnitPatch::default()
                    };
                    let _ = units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch }).await;
                }
                (3, Some(id)) => {
                    let input = WithdrawInput { ids: vec![id], reason: String::new() };
                    let _ = units::withdraw(&s.store, &s.me, &input).await;
                }
                (4, Some(id)) => {
                    let _ = units::restore(&s.store, &s.me, &ByIds { ids: vec![id] }).await;
                }
                (5, Some(id)) => {
                    let _ = units::delete(&s.store, &s.me, &ByIds { ids: vec![id] }).await;
                }
                (6, Some(id)) => {
                    let _ = photos::add(&s.store, &s.me, id, vec![photo(step.into())], None).await;
                    if let Ok(u) = units::get(&s.store, id).await {
                        let ids = u.photos.iter().rev().map(|p| p.id).collect();
                        photos::reorder(&s.store, &s.me, &PhotosOrder { unit_id: id, ids }).await.unwrap();
                    }
                }
                (7, Some(id)) => {
                    let item =
                        NewItem { segment: "single".into(), unit_id: Some(id), title: String::new(), minutes: None };
                    let add = ItemsAdd { show_id: show, after: None, items: vec![item] };
                    let _ = items::add(&s.store, &s.me, &add).await;
                }
                (8, _) => {
                    let _ = s.store.redo(&s.me).await;
                }
                _ => {
                    let _ = s.store.undo(&s.me).await;
                }
            }
        }
        let (kept, seen) = (dump(s.dir.path()).await, glance(&s).await);
        assert!(kept.len() > 3);
        let s = s.rebuilt().await;
        assert_eq!(kept, dump(s.dir.path()).await, "seed {seed}");
        assert_eq!(seen, glance(&s).await, "seed {seed}");
    }
}

/// Everything the file has in it beside rows.
async fn schema(s: &Stall) -> Vec<String> {
    let mut conn = file(s.dir.path()).await;
    let sql = "SELECT name || coalesce(sql, '') FROM sqlite_schema
               UNION ALL SELECT 'hashsize ' || v FROM unit_text_config WHERE k = 'hashsize' ORDER BY 1";
    let all = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    all
}

#[tokio::test]
async fn what_is_filled_at_once_is_what_many_commits_kept_up() {
    // More than tables are filled of with their indexes on, and more than one batch of texts.
    const MANY: u32 = 9_000;
    let s = Stall::new().await;
    for from in (1..=MANY).step_by(1_000) {
        let table = made::units(from, from + 1_000);
        let plan = unit_import::UnitPlan::read(&table, &units_import::open(&table, None).unwrap());
        let plan = unit_import::preview(&s.store, plan).await.unwrap();
        unit_import::apply(&s.store, &s.me, plan, &Default::default(), &Default::default()).await.unwrap();
    }
    let (kept, laid) = (dump(s.dir.path()).await, schema(&s).await);
    assert!(kept.len() >= MANY as usize);
    let s = s.rebuilt().await;
    assert!(kept == dump(s.dir.path()).await, "rows or words differ");
    let now = schema(&s).await;
    assert_eq!(now.iter().filter(|l| !l.starts_with("hashsize")).collect::<Vec<_>>(), laid.iter().collect::<Vec<_>>());
    assert!(now.contains(&"hashsize 1048576".to_owned()), "{now:?}");
}
