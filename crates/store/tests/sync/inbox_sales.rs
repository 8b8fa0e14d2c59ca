//! One unit in two orders, one line with two units: asked on both laptops, answered on one.

use stall_core::{
    ErrorCode, Id, Role,
    api::{
        AssignInput, BenchAnswer, BenchScan, Inbox, InboxCard, InboxChoice as C, InboxQuestion as Q, InboxResolve,
        OrderStage, SaleSide, ShipInput, UnitPatch, UnitStatus,
    },
    orders_import::{self, OrderFile},
    spreadsheet::Table,
    sync::conflicts::Kind,
};
use stall_store::{
    Actor, inbox,
    tables::{
        bench, order_import, orders,
        unit_import::{Choices, Watch},
        units,
    },
};

use crate::{
    actions::Stall,
    hub::{laptop, same, state},
    merge::{Two, two},
};

pub fn file(rows: &[(&str, &str)]) -> OrderFile {
    let head = ["订单号", "订单创建时间", "订单支付时间", "订单状态", "实付款", "成交数量", "商品名称", "SKU编码"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    for (no, code) in rows {
        let row = [*no, "2026-11-24 09:00:00", "2026-11-24 09:05:00", "待发货", "1999.00", "1", "iPhone 15", *code];
        cells.push(row.map(str::to_owned).to_vec());
    }
    let table = Table::from_texts(&cells);
    let layout = orders_import::open(&table, Some("kuaishou"), None).unwrap();
    orders_import::read_orders(&table, &layout, "老周")
}

pub async fn import(s: &Stall, rows: &[(&str, &str)]) {
    let plan = order_import::preview(&s.store, file(rows)).await.unwrap();
    order_import::apply(&s.store, &s.me, plan, &Choices::default(), &Watch::default()).await.unwrap();
}

const A: &str = "2530900012345600001";
const B: &str = "2530900012345600002";
const OTHER: &str = "2530900012345600009";

async fn order(s: &Stall, no: &str) -> Id {
    let mut conn = s.store.read().await.unwrap();
    sqlx::query_scalar("SELECT id FROM orders WHERE order_no = ?1").bind(no).fetch_one(&mut *conn).await.unwrap()
}

async fn stage(s: &Stall, no: &str) -> OrderStage {
    orders::get(&s.store, order(s, no).await).await.unwrap().row.stage
}

async fn add(s: &Stall, model: &str, grade: &str) -> Id {
    let patch = UnitPatch { model: Some(model.into()), grade: Some(grade.into()), ..UnitPatch::default() };
    units::add(&s.store, &s.me, &patch).await.unwrap().row.id
}

/// Each laptop sold the unit to its own order.
async fn sold_twice() -> Two {
    let mut t = two().await;
    let no = units::get(&t.all[0].store, t.unit).await.unwrap().row.stock_no;
    t.pass(1_000);
    import(&t.all[0], &[(A, &no)]).await;
    t.pass(1_000);
    import(&t.all[1], &[(B, &no)]).await;
    t.settle().await;
    t
}

pub async fn cards(s: &Stall) -> Vec<InboxCard> {
    inbox::list(&s.store, s.me.role).await.unwrap().cards
}

pub async fn answer(s: &Stall, card: &InboxCard, choice: C) -> Inbox {
    let input = InboxResolve { id: card.id.clone(), choice };
    inbox::resolve(&s.store, &s.me, &input).await.unwrap()
}

async fn refused(s: &Stall, me: &Actor, card: &InboxCard, choice: C) -> ErrorCode {
    inbox::resolve(&s.store, me, &InboxResolve { id: card.id.clone(), choice }).await.unwrap_err().code
}

fn sides(card: &InboxCard) -> &[SaleSide] {
    match &card.question {
        Q::Sale { sides, .. } | Q::Line { sides, .. } => sides,
        other => panic!("{other:?}"),
    }
}

/// The facts of the sales, that of `no` first.
fn of(card: &InboxCard, no: &str) -> (Id, Id) {
    let (k, o) = sides(card).iter().partition::<Vec<_>, _>(|s| s.order.order_no == no);
    (k[0].fact, o[0].fact)
}

async fn status(s: &Stall, unit: Id) -> UnitStatus {
    units::get(&s.store, unit).await.unwrap().row.status
}

async fn holder(s: &Stall, unit: Id) -> Option<String> {
    units::get(&s.store, unit).await.unwrap().order.map(|o| o.order_no)
}

/// Packs and ships an order's unit.
async fn leaves(s: &Stall, no: &str, unit: Id) -> Result<(), ErrorCode> {
    let order_id = order(s, no).await;
    let code = units::get(&s.store, unit).await.unwrap().row.stock_no;
    match bench::scan(&s.store, &s.me, &BenchScan { order_id: Some(order_id), code }).await.unwrap() {
        BenchAnswer::RightUnit { .. } => {}
        BenchAnswer::Refused { error, .. } => return Err(error.code),
        other => panic!("{other:?}"),
    }
    let tracking_no = format!("SF1{}", &no[no.len() - 12..]);
    let ship = ShipInput { order_id, carrier: "shunfeng".into(), tracking_no };
    bench::ship(&s.store, &s.me, &ship).await.map(drop).map_err(|e| e.code)
}

#[tokio::test]
async fn both_laptops_show_both_sales_and_one_answer_empties_both_inboxes() {
    let mut t = sold_twice().await;
    let (here, there) = (cards(&t.all[0]).await, cards(&t.all[1]).await);
    assert_eq!((here.len(), here[0].kind, &here[0].id), (1, Kind::DeviceDoubleSold, &there[0].id));
    let said: Vec<_> =
        sides(&here[0]).iter().map(|s| (s.told.by.as_str(), s.told.here, s.order.order_no.as_str())).collect();
    assert_eq!(said, [("周敏", true, A), ("阿强", false, B)]);
    assert!(!sides(&there[0])[0].told.here && sides(&there[0])[1].told.here);
    assert_eq!(leaves(&t.all[0], A, t.unit).await, Err(ErrorCode::UnitSoldTwice));
    assert_eq!(leaves(&t.all[1], B, t.unit).await, Err(ErrorCode::UnitSoldTwice));
    let (keep, _) = of(&here[0], A);
    let left = answer(&t.all[0], &here[0], C::Keep { keep }).await;
    assert!(left.cards.is_empty());
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty() && s.store.sync_items().await.unwrap().is_empty());
        assert_eq!(holder(s, t.unit).await.as_deref(), Some(A));
        assert_eq!(stage(s, B).await, OrderStage::ToMatch, "it waits for a unit again");
    }
    assert_eq!(leaves(&t.all[1], A, t.unit).await, Ok(()));
    assert_eq!(refused(&t.all[1], &t.all[1].me, &there[0], C::Neither).await, ErrorCode::InboxGone);
}

#[tokio::test]
async fn one_unit_sold_twice_stops_no_other_order() {
    // erpnext #12147: one serial number sold twice offline stopped every invoice after it.
    let mut t = two().await;
    let mine = add(&t.all[0], "配", "S").await;
    let theirs = add(&t.all[0], "配", "S").await;
    t.settle().await;
    let no = |id| units::get(&t.all[0].store, id);
    let (unit, mine_no, theirs_no) = (
        no(t.unit).await.unwrap().row.stock_no,
        no(mine).await.unwrap().row.stock_no,
        no(theirs).await.unwrap().row.stock_no,
    );
    import(&t.all[0], &[(A, &unit), (OTHER, &mine_no)]).await;
    import(&t.all[1], &[(B, &unit), ("2530900012345600010", &theirs_no)]).await;
    t.settle().await;
    assert_eq!(cards(&t.all[0]).await.len(), 1);
    assert_eq!(leaves(&t.all[1], OTHER, mine).await, Ok(()));
    assert_eq!(leaves(&t.all[0], "2530900012345600010", theirs).await, Ok(()));
    t.settle().await;
    assert_eq!(leaves(&t.all[0], A, t.unit).await, Err(ErrorCode::UnitSoldTwice));
    import(&t.all[0], &[("2530900012345600011", "")]).await;
    t.settle().await;
    assert_eq!(stage(&t.all[1], "2530900012345600011").await, OrderStage::ToMatch);
}

#[tokio::test]
async fn a_like_unit_takes_the_place_of_the_one_that_is_gone() {
    let mut t = two().await;
    let grade = UnitPatch { grade: Some("A2".into()), ..UnitPatch::default() };
    t.edit(0, grade).await;
    let like = add(&t.all[0], "iPhone 15", "A1").await;
    let worse = add(&t.all[0], "iPhone 15", "B2").await;
    add(&t.all[0], "iPhone 14", "S").await;
    t.settle().await;
    let no = units::get(&t.all[0].store, t.unit).await.unwrap().row.stock_no;
    import(&t.all[0], &[(A, &no)]).await;
    import(&t.all[1], &[(B, &no)]).await;
    t.settle().await;
    let card = cards(&t.all[1]).await.remove(0);
    let Q::Sale { likes, .. } = &card.question else { panic!("{card:?}") };
    assert_eq!(likes.iter().map(|u| u.id).collect::<Vec<_>>(), [like], "no worse than what was sold");
    let (keep, other) = of(&card, B);
    let choice = C::Substitute { keep, other, unit_id: like };
    assert!(card.choices.contains(&choice));
    let taken = C::Substitute { keep, other, unit_id: t.unit };
    assert_eq!(refused(&t.all[1], &t.all[1].me, &card, taken).await, ErrorCode::BadInput);
    assert_eq!(status(&t.all[1], worse).await, UnitStatus::InStock);
    answer(&t.all[1], &card, choice).await;
    t.settle().await;
    for s in &t.all {
        assert_eq!(holder(s, t.unit).await.as_deref(), Some(B));
        assert_eq!(holder(s, like).await.as_deref(), Some(A));
        assert_eq!(stage(s, A).await, OrderStage::ToPack);
    }
    t.all[1].store.undo(&t.all[1].me).await.unwrap();
    t.settle().await;
    for s in &t.all {
        assert_eq!(status(s, like).await, UnitStatus::InStock);
        assert_eq!(cards(s).await.len(), 1, "undone, it is open again");
    }
}

#[tokio::test]
async fn the_other_order_is_closed_with_a_refund_entry_that_outlives_the_next_import() {
    let mut t = sold_twice().await;
    let card = cards(&t.all[0]).await.remove(0);
    let (keep, other) = of(&card, A);
    let packer = Actor::new("小林", Role::Packer);
    let seen = inbox::list(&t.all[0].store, Role::Packer).await.unwrap().cards.remove(0);
    assert!(!seen.choices.contains(&C::Cancel { keep, other }) && seen.choices.contains(&C::Keep { keep }));
    assert_eq!(refused(&t.all[0], &packer, &card, C::Cancel { keep, other }).await, ErrorCode::NotAllowed);
    answer(&t.all[0], &card, C::Cancel { keep, other }).await;
    t.settle().await;
    let amount = "SELECT json_extract(data, '$.amount') FROM facts WHERE kind = 'refunded'";
    for who in 0..2 {
        assert_eq!(t.one::<i64>(who, amount).await, 199_900);
        assert_eq!(stage(&t.all[who], B).await, OrderStage::Closed);
        assert_eq!(holder(&t.all[who], t.unit).await.as_deref(), Some(A));
    }
    // The platform has not heard of it.
    import(&t.all[1], &[(B, "")]).await;
    t.settle().await;
    assert_eq!(stage(&t.all[0], B).await, OrderStage::Closed);
    let events = orders::get(&t.all[1].store, order(&t.all[1], B).await).await.unwrap().timeline;
    assert!(events.iter().any(|e| e.what == "refunded"), "{events:?}");
}

#[tokio::test]
async fn neither_gets_it_and_both_wait() {
    let mut t = sold_twice().await;
    let card = cards(&t.all[0]).await.remove(0);
    answer(&t.all[0], &card, C::Neither).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!(status(s, t.unit).await, UnitStatus::InStock);
        assert_eq!((stage(s, A).await, stage(s, B).await), (OrderStage::ToMatch, OrderStage::ToMatch));
    }
}

#[tokio::test]
async fn what_has_left_is_sold_to_who_has_it() {
    let mut t = two().await;
    let no = units::get(&t.all[0].store, t.unit).await.unwrap().row.stock_no;
    import(&t.all[0], &[(A, &no)]).await;
    import(&t.all[1], &[(B, &no)]).await;
    leaves(&t.all[1], B, t.unit).await.unwrap();
    t.settle().await;
    let card = cards(&t.all[0]).await.remove(0);
    let (a, b) = of(&card, A);
    assert!(!card.choices.contains(&C::Keep { keep: a }) && card.choices.contains(&C::Keep { keep: b }));
    assert!(!card.choices.contains(&C::Neither));
    assert_eq!(refused(&t.all[0], &t.all[0].me, &card, C::Keep { keep: a }).await, ErrorCode::AlreadyShipped);
    answer(&t.all[0], &card, C::Keep { keep: b }).await;
    t.settle().await;
    assert_eq!(status(&t.all[0], t.unit).await, UnitStatus::Shipped);
}

#[tokio::test]
async fn two_answers_that_take_from_each_other_are_asked_about_once_more() {
    let mut t = sold_twice().await;
    let (here, there) = (cards(&t.all[0]).await.remove(0), cards(&t.all[1]).await.remove(0));
    answer(&t.all[0], &here, C::Keep { keep: of(&here, A).0 }).await;
    t.pass(1_000);
    answer(&t.all[1], &there, C::Keep { keep: of(&there, B).0 }).await;
    t.settle().await;
    let (a, b) = (cards(&t.all[0]).await, cards(&t.all[1]).await);
    assert_eq!((a.len(), &a[0].id), (1, &b[0].id), "both ask the same again");
    assert_eq!(a[0].again.iter().map(|x| x.by.as_str()).collect::<Vec<_>>(), ["周敏", "阿强"]);
    assert_eq!(status(&t.all[0], t.unit).await, UnitStatus::InStock, "and nobody has it meanwhile");
    answer(&t.all[1], &b[0], C::Keep { keep: of(&b[0], A).0 }).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!(holder(s, t.unit).await.as_deref(), Some(A));
    }
    assert_eq!(leaves(&t.all[0], A, t.unit).await, Ok(()));
    t.settle().await;
}

#[tokio::test]
async fn two_answers_that_agree_are_one() {
    let mut t = sold_twice().await;
    let (here, there) = (cards(&t.all[0]).await.remove(0), cards(&t.all[1]).await.remove(0));
    let (keep, other) = of(&here, A);
    answer(&t.all[0], &here, C::Keep { keep }).await;
    // Who waits and who is cancelled do not take from each other: the unit is with A either way.
    answer(&t.all[1], &there, C::Cancel { keep, other }).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!(holder(s, t.unit).await.as_deref(), Some(A));
        assert_eq!(stage(s, B).await, OrderStage::Closed);
    }
}

#[tokio::test]
async fn an_answer_does_not_cover_who_comes_later_and_its_undo_opens_the_question() {
    let mut t = two().await;
    let dir = tempfile::tempdir().unwrap();
    t.all.push(laptop(dir.path(), "小林", -5_000).await);
    t.settle().await;
    let no = units::get(&t.all[0].store, t.unit).await.unwrap().row.stock_no;
    import(&t.all[0], &[(A, &no)]).await;
    import(&t.all[1], &[(B, &no)]).await;
    import(&t.all[2], &[(OTHER, &no)]).await;
    // The third has not heard of them, nor they of it.
    let third = t.all.pop().unwrap();
    t.settle().await;
    let card = cards(&t.all[0]).await.remove(0);
    answer(&t.all[0], &card, C::Keep { keep: of(&card, A).0 }).await;
    t.settle().await;
    assert!(cards(&t.all[1]).await.is_empty());
    t.all.push(third);
    t.settle().await;
    let later = cards(&t.all[1]).await;
    assert_eq!(later.len(), 1);
    assert_ne!(later[0].id, card.id);
    let mut nos: Vec<_> = sides(&later[0]).iter().map(|s| s.order.order_no.as_str()).collect();
    nos.sort_unstable();
    assert_eq!(nos, [A, OTHER]);
    assert_eq!(leaves(&t.all[2], OTHER, t.unit).await, Err(ErrorCode::UnitSoldTwice));
    answer(&t.all[1], &later[0], C::Keep { keep: of(&later[0], OTHER).0 }).await;
    t.settle().await;
    same(&state(&t.all[0]).await, &state(&t.all[2]).await);
    assert!(cards(&t.all[2]).await.is_empty());
    t.all[1].store.undo(&t.all[1].me).await.unwrap();
    t.settle().await;
    for s in &t.all {
        assert_eq!(cards(s).await.len(), 1);
        assert_eq!(leaves(s, A, t.unit).await, Err(ErrorCode::UnitSoldTwice));
    }
}

/// One order that both laptops have, each with its own unit on the line.
async fn two_on_a_line() -> (Two, [Id; 2]) {
    let mut t = two().await;
    let second = add(&t.all[0], "iPhone 15", "S").await;
    import(&t.all[0], &[(A, "")]).await;
    t.settle().await;
    let pair = [t.unit, second];
    for (s, unit_id) in t.all.iter().zip(pair) {
        let line_id = orders::get(&s.store, order(s, A).await).await.unwrap().lines[0].id;
        orders::assign(&s.store, &s.me, AssignInput { line_id, unit_id }).await.unwrap();
    }
    t.settle().await;
    (t, pair)
}

#[tokio::test]
async fn a_line_with_two_units_keeps_the_one_a_person_says() {
    let (mut t, [first, second]) = two_on_a_line().await;
    let card = cards(&t.all[0]).await.remove(0);
    assert_eq!(card.kind, Kind::LineTwoDevices);
    let keep = sides(&card).iter().find(|s| s.unit.id == second).unwrap().fact;
    answer(&t.all[0], &card, C::Keep { keep }).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!((status(s, first).await, status(s, second).await), (UnitStatus::InStock, UnitStatus::Sold));
    }
    t.all[0].store.undo(&t.all[0].me).await.unwrap();
    t.settle().await;
    let card = cards(&t.all[1]).await.remove(0);
    answer(&t.all[1], &card, C::Neither).await;
    t.settle().await;
    assert_eq!(stage(&t.all[0], A).await, OrderStage::ToMatch);
    assert_eq!(status(&t.all[0], second).await, UnitStatus::InStock);
}

#[tokio::test]
async fn a_line_whose_answers_cross_is_asked_about_again() {
    let (mut t, [first, second]) = two_on_a_line().await;
    for (s, unit) in t.all.iter().zip([first, second]) {
        let card = cards(s).await.remove(0);
        let keep = sides(&card).iter().find(|x| x.unit.id == unit).unwrap().fact;
        answer(s, &card, C::Keep { keep }).await;
    }
    t.settle().await;
    let card = cards(&t.all[1]).await.remove(0);
    assert_eq!(card.again.len(), 2);
    let keep = sides(&card).iter().find(|s| s.unit.id == first).unwrap().fact;
    answer(&t.all[1], &card, C::Keep { keep }).await;
    t.settle().await;
    for s in &t.all {
        assert!(cards(s).await.is_empty());
        assert_eq!((status(s, first).await, status(s, second).await), (UnitStatus::Sold, UnitStatus::InStock));
    }
}
