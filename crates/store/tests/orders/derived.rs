//! Derived rows agree with those made anew, whatever happened before.

use proptest::prelude::*;
use stall_core::{
    Id,
    api::{AssignInput, ByLine, LineKind, LineKindInput},
};
use stall_store::tables::{orders, settings};

use crate::{Row, Stall, bench::scan, hours, row};

const STATES: [(&str, &str); 7] = [
    ("待付款", ""),
    ("待发货", ""),
    ("待发货", "售后处理中"),
    ("待发货", "退款成功"),
    ("已发货", ""),
    ("交易成功", ""),
    ("交易关闭", "退款成功"),
];

#[derive(Debug, Clone)]
enum Act {
    Import(Vec<(u8, u8, u8)>),
    Assign(u8, u8),
    Unassign(u8),
    Kind(u8, bool),
    Scan(u8, u8),
    Ship(u8),
    Hours(u8),
    Undo,
    Redo,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => prop::collection::vec((0u8..6, 0u8..7, 0u8..4), 1..4).prop_map(Act::Import),
        3 => (0u8..6, 0u8..4).prop_map(|(o, u)| Act::Assign(o, u)),
        2 => (0u8..6).prop_map(Act::Unassign),
        1 => (0u8..6, any::<bool>()).prop_map(|(o, k)| Act::Kind(o, k)),
        3 => (0u8..6, 0u8..4).prop_map(|(o, u)| Act::Scan(o, u)),
        2 => (0u8..6).prop_map(Act::Ship),
        1 => (1u8..90).prop_map(Act::Hours),
        3 => Just(Act::Undo),
        2 => Just(Act::Redo),
    ]
}

fn number(n: u8) -> String {
    format!("261100000000000{n}")
}

async fn line(s: &Stall, n: u8) -> Option<Id> {
    Some(orders::get(&s.store, crate::id(&number(n))).await.ok()?.lines[0].id)
}

/// Refusals are part of the game: only the state afterwards counts.
async fn play(s: &Stall, units: &[Id], act: &Act) {
    s.pass(hours(1));
    match act {
        Act::Import(list) => {
            let rows: Vec<Row> = list
                .iter()
                .map(|(n, state, unit)| {
                    let (status, aftersale) = STATES[usize::from(*state)];
                    row(&number(*n), &format!("【037{unit}】苹果13")).status(status).aftersale(aftersale)
                })
                .collect();
            let plan = s.plan(&rows).await;
            s.apply(plan, &stall_store::tables::order_import::Choices::default()).await.unwrap();
        }
        Act::Assign(n, u) => {
            if let Some(line_id) = line(s, *n).await {
                let input = AssignInput { line_id, unit_id: units[usize::from(*u)] };
                orders::assign(&s.store, &s.me, input).await.ok();
            }
        }
        Act::Unassign(n) => {
            if let Some(line_id) = line(s, *n).await {
                orders::unassign(&s.store, &s.me, ByLine { line_id }).await.ok();
            }
        }
        Act::Kind(n, unit) => {
            if let Some(line_id) = line(s, *n).await {
                let kind = if *unit { LineKind::Unit } else { LineKind::Accessory };
                orders::set_line_kind(&s.store, &s.me, LineKindInput { line_id, kind }).await.ok();
            }
        }
        Act::Scan(n, u) => {
            if line(s, *n).await.is_some() {
                scan(s, Some(&number(*n)), &format!("037{u}")).await;
            }
        }
        Act::Ship(n) => _ = s.ship(&number(*n), &format!("SF12345678901{n:02}")).await,
        Act::Hours(n) => {
            let mut all = settings::get(&s.store).await.unwrap();
            all.ship_hours.insert("kuaishou".into(), u32::from(*n));
            settings::set(&s.store, &s.me, all).await.unwrap();
        }
        Act::Undo => _ = s.store.undo(&s.me).await,
        Act::Redo => _ = s.store.redo(&s.me).await,
    }
}

async fn dump(s: &Stall) -> Vec<String> {
    let mut out = Vec::new();
    for sql in [
        "SELECT json_array(order_id,stage,deadline,deadline_source,created_at,paid_at,platform,carrier,tracking_no,
           shipped_at,order_tail) FROM order_state ORDER BY order_id",
        "SELECT json_array(unit_id,status,order_id,line_id) FROM unit_state ORDER BY unit_id",
    ] {
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *s.store.read().await.unwrap()).await.unwrap();
        out.extend(rows);
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn derived_rows_equal_a_rebuild_after_any_actions(acts in prop::collection::vec(act(), 1..25)) {
        let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        rt.block_on(async {
            let s = Stall::new().await;
            let mut units = Vec::new();
            for n in 0..4 {
                units.push(s.unit(&format!("037{n}")).await);
            }
            for act in &acts {
                play(&s, &units, act).await;
            }
            let kept = dump(&s).await;
            let s = s.rebuilt().await;
            assert_eq!(kept, dump(&s).await);
            // No unit is in two open parcels.
            let twice = s.count(
                "SELECT count(*) FROM (SELECT f.unit_id FROM facts f JOIN order_state s ON s.order_id = f.order_id
                 WHERE f.kind = 'assigned' AND s.stage IN ('to_match','to_pack','to_ship')
                   AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)
                 GROUP BY f.unit_id HAVING count(*) > 1)",
            ).await;
            assert_eq!(twice, 0);
        });
    }
}
