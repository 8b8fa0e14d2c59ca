//! Every public action of the store, chosen by numbers: what the property test and the torture do.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use stall_core::{
    Fen, Id, Ms, Role,
    api::{
        AnswerInput, AnswerValue, AnswersInput, AssignInput, ByIds, ByLine, ClearInput, EraseMethod, ErasureInput,
        FinishInput, InspectionOpen, ItemPatch, ItemsAdd, ItemsEdit, ItemsMove, LineKind, LineKindInput, MemberInput,
        NewItem, PhotosOrder, ShipInput, ShowEdit, ShowInput, UnitEdit, UnitPatch, WithdrawInput,
    },
    identity,
    orders_import::{self, OrderFile},
    spreadsheet::Table,
    units_import,
};
use stall_store::{
    Actor, Store,
    tables::{
        bench, erasures, inspection_finish, inspections, items, members, order_import, orders, photos, settings, shows,
        unit_import,
        unit_import::{Choices, UnitPlan, Watch},
        units,
    },
};

pub const NOON: i64 = 1_795_492_800_000;

/// One action: what kind, and numbers to choose its rows and values by.
pub type Step = (u8, u16, u16);

#[derive(Debug)]
pub struct Stall {
    pub store: Store,
    pub me: Actor,
    pub clock: Arc<AtomicI64>,
}

async fn ids(s: &Stall, sql: &'static str) -> Vec<Id> {
    sqlx::query_scalar(sql).fetch_all(&mut *s.store.read().await.unwrap()).await.unwrap()
}

fn pick(from: &[Id], n: u16) -> Option<Id> {
    (!from.is_empty()).then(|| from[usize::from(n) % from.len()])
}

fn orders_file(first: u16) -> OrderFile {
    let head = ["订单号", "订单创建时间", "订单支付时间", "订单状态", "实付款", "成交数量", "商品名称", "SKU编码"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    for i in 0..3u16 {
        let no = first % 20 + i;
        let status = if no.is_multiple_of(5) { "交易关闭" } else { "待发货" };
        cells.push(vec![
            format!("25309000123456{no:05}"),
            "2026-11-24 09:00:00".into(),
            "2026-11-24 09:05:00".into(),
            status.into(),
            "1999.00".into(),
            "1".into(),
            format!("iPhone {first}"),
            format!("{:04}", no % 12 + 1),
        ]);
    }
    let table = Table::from_texts(&cells);
    let layout = orders_import::open(&table, Some("kuaishou"), None).unwrap();
    orders_import::read_orders(&table, &layout, "老周")
}

pub async fn units_step(s: &Stall, (kind, a, b): Step) {
    let all = ids(s, "SELECT id FROM units ORDER BY id").await;
    let one = pick(&all, a).into_iter().collect::<Vec<_>>();
    match kind {
        0 | 1 => {
            let body = format!("35320911{:06}", b % 30);
            let patch = UnitPatch {
                model: Some(format!("iPhone {}", a % 7)),
                imei: Some(format!("{body}{}", identity::luhn_digit(&body).unwrap())),
                price_live: Some(Some(Fen(i64::from(b)))),
                badges: Some(vec!["国行".into(), "换电池".into()]),
                battery: Some(Some(91)),
                ..UnitPatch::default()
            };
            let _ = units::add(&s.store, &s.me, &patch).await;
        }
        2 => {
            let patch = UnitPatch {
                shelf: Some(format!("A{}", b % 4)),
                price_list: Some((b % 3 > 0).then_some(Fen(i64::from(b)))),
                grade: Some(if b % 2 == 0 { "S".into() } else { String::new() }),
                note: Some(["", "屏幕有划痕", "\"引号'"][usize::from(b % 3)].into()),
                in_box: Some(["", "B-1"][usize::from(a % 2)].into()),
                fields: Some([("ram".to_owned(), ["", "8", "16"][usize::from(b % 3)].to_owned())].into()),
                ..UnitPatch::default()
            };
            let ids = if b % 2 == 0 { one } else { all };
            let _ = units::edit(&s.store, &s.me, &UnitEdit { ids, patch }).await;
        }
        3 => drop(units::withdraw(&s.store, &s.me, &WithdrawInput { ids: one, reason: "自用".into() }).await),
        4 => drop(units::restore(&s.store, &s.me, &ByIds { ids: one }).await),
        5 => drop(units::delete(&s.store, &s.me, &ByIds { ids: one }).await),
        6 => {
            let rows = vec![
                vec!["编号".to_owned(), "型号".to_owned(), "标价".to_owned()],
                vec![format!("{:04}", a % 12 + 1), format!("小米 {}", b % 5), (b % 90).to_string()],
                vec![String::new(), "平板".to_owned(), "100".to_owned()],
            ];
            let table = Table::from_texts(&rows);
            let layout = units_import::open(&table, None).unwrap();
            let plan = unit_import::preview(&s.store, UnitPlan::read(&table, &layout)).await.unwrap();
            unit_import::apply(&s.store, &s.me, plan, &Choices::default(), &Watch::default()).await.unwrap();
        }
        _ => photos_step(s, kind, pick(&all, a), b).await,
    }
}

async fn photos_step(s: &Stall, kind: u8, unit: Option<Id>, b: u16) {
    let Some(unit) = unit else { return };
    let has = units::get(&s.store, unit).await.unwrap().photos;
    let mut mine: Vec<Id> = has.iter().map(|p| p.id).collect();
    match kind {
        7 => {
            let new = (0..b % 3 + 1).map(|i| photos::NewPhoto {
                blob: format!("{:064x}", b % 9 + i),
                file_name: "a.jpg".into(),
                width: 4032,
                height: 3024,
                bytes: 1 << 20,
                dhash: Some(u64::MAX - u64::from(b)),
                sharp: None,
                light: None,
                shot: String::new(),
                source: String::new(),
                taken_at: b.is_multiple_of(2).then_some(Ms(5)),
            });
            photos::add(&s.store, &s.me, unit, new.collect(), None).await.unwrap();
        }
        8 => {
            mine.reverse();
            let _ = photos::reorder(&s.store, &s.me, &PhotosOrder { unit_id: unit, ids: mine }).await;
        }
        _ => {
            mine.truncate(1);
            let _ = photos::delete(&s.store, &s.me, &ByIds { ids: mine }).await;
        }
    }
}

async fn shows_step(s: &Stall, (kind, a, b): Step) {
    let shows = ids(s, "SELECT id FROM shows ORDER BY id").await;
    let input = ShowInput {
        title: format!("场{}", a % 5),
        starts_at: Ms(NOON + i64::from(b) * 60_000),
        planned_minutes: u32::from(b % 300) + 1,
        host: String::new(),
        note: String::new(),
    };
    let Some(show) = pick(&shows, a).filter(|_| kind != 10) else {
        shows::add(&s.store, &s.me, &input).await.unwrap();
        return;
    };
    let on: Vec<Id> = shows::get(&s.store, show).await.unwrap().items.iter().map(|i| i.id).collect();
    let some: Vec<Id> = pick(&on, b).into_iter().collect();
    match kind {
        11 => drop(shows::edit(&s.store, &s.me, &ShowEdit { id: show, show: input }).await),
        12 if b % 4 == 0 => drop(shows::delete(&s.store, &s.me, show).await),
        12 | 13 => {
            let units = ids(s, "SELECT id FROM units ORDER BY id").await;
            let item = |unit_id| NewItem { segment: "single".into(), unit_id, title: "甲".into(), minutes: None };
            let add = ItemsAdd { show_id: show, after: pick(&on, a), items: vec![item(pick(&units, b)), item(None)] };
            let _ = items::add(&s.store, &s.me, &add).await;
        }
        14 => {
            let mv = ItemsMove { show_id: show, ids: some, after: pick(&on, a) };
            let _ = items::move_(&s.store, &s.me, &mv).await;
        }
        15 => {
            let patch =
                ItemPatch { minutes: Some(u32::from(b % 20)), talk: Some("讲".into()), ..ItemPatch::default() };
            let _ = items::edit(&s.store, &s.me, &ItemsEdit { ids: on, patch, more: vec![] }).await;
        }
        _ => drop(items::delete(&s.store, &s.me, &ByIds { ids: some }).await),
    }
}

async fn orders_step(s: &Stall, (kind, a, b): Step) {
    let lines = ids(s, "SELECT id FROM order_lines ORDER BY id").await;
    let (line, orders_) = (pick(&lines, a), ids(s, "SELECT id FROM orders ORDER BY id").await);
    match (kind, line) {
        (17..=18, _) | (_, None) => {
            let plan = order_import::preview(&s.store, orders_file(b)).await.unwrap();
            let _ = order_import::apply(&s.store, &s.me, plan, &Choices::default(), &Watch::default()).await;
        }
        (19, Some(line_id)) => {
            if let Some(unit_id) = pick(&ids(s, "SELECT id FROM units ORDER BY id").await, b) {
                let _ = orders::assign(&s.store, &s.me, AssignInput { line_id, unit_id }).await;
            }
        }
        (20, Some(line_id)) => drop(orders::unassign(&s.store, &s.me, ByLine { line_id }).await),
        (21, Some(line_id)) => {
            let kind = if b % 2 == 0 { LineKind::Accessory } else { LineKind::Unit };
            let _ = orders::set_line_kind(&s.store, &s.me, LineKindInput { line_id, kind }).await;
        }
        (22, _) => {
            let order_id = pick(&orders_, a);
            let unit = order_id.zip(pick(&ids(s, "SELECT id FROM units ORDER BY id").await, b));
            if let Some((_, unit)) = unit {
                let code = units::get(&s.store, unit).await.unwrap().row.stock_no;
                let scan = stall_core::api::BenchScan { order_id, code };
                let _ = bench::scan(&s.store, &s.me, &scan).await;
            }
        }
        _ => {
            if let Some(order_id) = pick(&orders_, a) {
                let input = ShipInput { order_id, carrier: "shunfeng".into(), tracking_no: format!("SF1{b:012}") };
                let _ = bench::ship(&s.store, &s.me, &input).await;
            }
        }
    }
}

/// Begins, answers, finishes, throws away inspections; erases and lifts.
async fn inspection_step(s: &Stall, (kind, a, b): Step) {
    let Some(unit_id) = pick(&ids(s, "SELECT id FROM units ORDER BY id").await, a) else { return };
    let text = |t: &str| Some(AnswerValue::Text(t.to_owned()));
    if kind == 29 {
        let input = ErasureInput { unit_id, method: EraseMethod::Block, photo_ids: vec![], note: String::new() };
        if b % 2 == 0 {
            let _ = erasures::record(&s.store, &s.me, &input).await;
        } else {
            let clear = ClearInput { unit_id, item_id: "account_lock".into(), note: "好了".into() };
            let _ = erasures::clear(&s.store, &s.me, &clear).await;
        }
        return;
    }
    let open = InspectionOpen { unit_id, again: b % 3 == 0 };
    let Ok(draft) = inspections::open(&s.store, &s.me, open).await else { return };
    let value = ["light", "none", "heavy"][usize::from(b % 3)];
    let lock = if b % 4 == 0 { "none" } else { "locked" };
    let answers =
        [("frame", text(value)), ("account_lock", text(lock)), ("back", (b % 5 > 0).then(|| text("light")).flatten())];
    let answers = answers.map(|(item, value)| AnswerInput { item_id: item.into(), value, note: Some("记".into()) });
    let input = AnswersInput { inspection_id: draft.id, answers: answers.into(), worked_ms: Some(u32::from(b)) };
    inspections::answer(&s.store, &s.me, &input).await.unwrap();
    if kind == 28 {
        let input = FinishInput { inspection_id: draft.id, worked_ms: 9, without_photos: true, take_codes: true };
        let _ = inspection_finish::finish(&s.store, &s.me, &input).await;
    } else if b % 4 == 1 {
        inspections::discard(&s.store, &s.me, draft.id).await.unwrap();
    }
}

pub async fn act(s: &Stall, step: Step) {
    s.clock.fetch_add(1000, Ordering::SeqCst);
    match step.0 {
        0..=9 => units_step(s, step).await,
        10..=16 => shows_step(s, step).await,
        17..=23 => orders_step(s, step).await,
        27..=29 => inspection_step(s, step).await,
        24 => {
            let input = MemberInput { name: format!("员工{}", step.1 % 9), role: Role::ALL[usize::from(step.2) % 6] };
            let _ = members::add(&s.store, &s.me, input).await;
        }
        25 => {
            if let Some(id) = pick(&ids(s, "SELECT id FROM members ORDER BY id").await, step.1) {
                let _ = members::remove(&s.store, &s.me, id).await;
            }
        }
        _ => {
            let mut all = settings::get(&s.store).await.unwrap();
            all.gift_line = format!("送膜{}", step.1 % 3);
            all.ageing_days = u32::from(step.2 % 60) + 1;
            settings::set(&s.store, &s.me, all).await.unwrap();
        }
    }
}
