//! What other programs' sync was reported for: one test each, beside those that docs/sync.md names elsewhere.

use stall_core::{Role, api::ByIds, sync::wire::HubCode};
use stall_store::tables::units;
use stall_sync::{Client, SyncError};

use crate::{faults::Cut, line::Line, state, world::World};

const YEAR: i64 = 365 * 86_400_000;

/// actual #3786: clocks that disagreed by an hour stopped sync without a word.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_wrong_by_an_hour_or_by_years_stops_nothing_and_is_told() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.add("iPhone 15").await;
    a.round().await;
    for skew in [3_600_000, -3_600_000, 10 * YEAR, -10 * YEAR] {
        let mut b = world.join(&a, "阿强", Role::Owner, skew).await;
        b.add("小米 15").await;
        let round = b.round().await;
        assert_eq!((round.offset_ms, round.pushed), (-skew, 1));
        a.round().await;
        b.round().await;
        assert_eq!(a.goods().await, b.goods().await, "{skew}");
    }
}

/// actual #4873: the 65,536th stamp of a millisecond was an error, for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_counter_of_a_millisecond_goes_on_in_the_next_and_keeps_the_order() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.write("UPDATE replica SET last_hlc = ((SELECT min(at) FROM change_groups) << 16) + 65533").await;
    for n in 0..5 {
        a.note(unit, &format!("第 {n} 次")).await;
    }
    let over = "SELECT count(*) FROM change_groups WHERE hlc >> 16 = (SELECT min(at) FROM change_groups) + 1";
    assert_eq!(a.one::<i64>(over).await, 3, "two in the millisecond, three in the one that has not come yet");
    let falls = "SELECT count(*) FROM change_groups a JOIN change_groups b ON b.rseq = a.rseq + 1 AND b.hlc <= a.hlc";
    assert_eq!(a.one::<i64>(falls).await, 0);
    a.round().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    b.round().await;
    assert_eq!(b.one::<String>("SELECT note FROM units").await, "第 4 次");
}

/// actual #5619: the log outgrew the data, and every edit paid for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_costs_what_changed_and_not_what_the_log_holds() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let line = Line::to(world.address).await;
    a.by(&line);
    let unit = a.add("iPhone 15").await;
    a.note(unit, "起初").await;
    a.round().await;
    let mut cost = [0; 2];
    for (round, cost) in cost.iter_mut().enumerate() {
        line.counted();
        a.note(unit, &format!("量 {round}")).await;
        a.round().await;
        let (up, down) = line.counted();
        *cost = up + down;
        for n in 0..200 {
            a.note(unit, &format!("第 {n} 次，第 {round} 轮")).await;
        }
        a.round().await;
    }
    assert!(cost[0] > 300 && cost[1] <= cost[0] + 60, "bytes of one edit's exchange: {cost:?}");
    b.round().await;
    assert_eq!(b.one::<i64>("SELECT count(*) FROM sync_groups").await, 404);
    let cells = "SELECT count(*) FROM sync_cells";
    assert_eq!(b.one::<i64>(cells).await, 1, "400 edits are one cell; cost and floor are as old as their unit");
    assert_eq!(b.one::<i64>("SELECT count(*) FROM change_rows").await, 0, "others' work is not in this one's log");
}

/// The same while nothing happens: SYNC.md gives an idle laptop's question 300 bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_laptop_with_nothing_to_say_asks_in_less_than_300_bytes_and_hears_of_everything() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let line = Line::to(world.address).await;
    b.by(&line);
    let unit = a.add("iPhone 15").await;
    a.round().await;
    assert!(!b.client.idle().await.unwrap(), "it has heard nothing yet");
    b.round().await;
    line.counted();
    assert!(b.client.idle().await.unwrap());
    let (up, down) = line.counted();
    assert!(up > 100 && down > 50 && up + down <= 300, "bytes: {up} up, {down} down");
    a.note(unit, "屏幕有划痕").await;
    assert!(b.client.idle().await.unwrap(), "nobody was told");
    a.round().await;
    assert!(!b.client.idle().await.unwrap());
    b.round().await;
    b.note(unit, "屏幕换过").await;
    line.counted();
    assert!(!b.client.idle().await.unwrap(), "it has something to say itself");
    assert_eq!(line.counted(), (0, 0), "and needs no hub to know that");
    b.round().await;
    // The hub is another one: the same number says nothing there.
    let at = world.hub.storage().stall(&b.client.identity().stall.0).await.unwrap().unwrap();
    world.hub.storage().renew_lineage(&at.stall, &at.lineage).await.unwrap();
    assert!(!b.client.idle().await.unwrap());
}

/// corrosion #366: rows written beside the program were never sent, and whoever met a gap for them waited for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_written_past_the_door_stops_nobody_and_is_told_apart() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let past = "INSERT INTO units(id,stock_no,category,brand,model,storage,colour,badges,taken_in)
                VALUES('01a21526-0000-7000-8000-000000000001','9001','phone','','别的程序写的','','','[]',1)";
    let mut a = a.altered(&world, past).await;
    a.note(unit, "之后").await;
    a.write("UPDATE units SET note = '在门里改' WHERE stock_no = '9001'").await;
    let round = a.round().await;
    assert_eq!(round.pushed, 2, "what went by the door has gap-free numbers");
    let round = b.round().await;
    b.round().await;
    assert_eq!((round.parked, b.one::<String>("SELECT note FROM units").await), (0, "之后".to_owned()));
    assert_eq!(b.one::<i64>("SELECT count(*) FROM units").await, 1, "a row that nobody made is not half made");
    b.note(unit, "再之后").await;
    b.round().await;
    a.round().await;
    assert_eq!(a.one::<String>("SELECT note FROM units WHERE stock_no <> '9001'").await, "再之后");
    // Taken into hand in the program, it is told whole.
    a.write("DELETE FROM units WHERE stock_no = '9001'").await;
    a.store.undo(&a.actor).await.unwrap();
    a.round().await;
    b.round().await;
    assert_eq!(b.one::<String>("SELECT note FROM units WHERE stock_no = '9001'").await, "在门里改");
}

/// evolu #660: a relay whose database was wiped acknowledged everything and kept nothing.
/// joplin #883: an empty target emptied the laptop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_was_wiped_says_so_and_takes_nothing_from_anybody() {
    let (world, wiped) = (World::start().await, World::start().await);
    let mut a = world.owner().await;
    a.add("iPhone 15").await;
    a.round().await;
    let unit = a.add("小米 15").await;
    let held = state::rows(&a.store).await;
    let mut there = a.client.identity().clone();
    there.hub = wiped.url();
    let mut client = Client::new(a.store.clone(), there).unwrap();
    for _ in 0..2 {
        let refused = client.round().await.unwrap_err();
        assert!(matches!(&refused, SyncError::Hub(e) if e.code == HubCode::NoToken), "{refused:?}");
    }
    assert_eq!(a.store.sync_standing().await.unwrap().waiting, 1, "nothing counts as sent");
    state::same(&held, &state::rows(&a.store).await);
    // A laptop that is empty itself empties nobody either.
    let mut b = world.join(&a, "新电脑", Role::Owner, 0).await;
    b.round().await;
    a.round().await;
    b.round().await;
    assert!(a.goods().await.iter().any(|g| g.contains(&unit.to_string())));
    assert_eq!(a.goods().await, b.goods().await);
}

/// evolu #709: an honest laptop whose clock ran ahead was shut out, or held every cell it wrote until the others' clocks
/// came to its date.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_a_year_ahead_holds_no_cell_for_a_year() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let mut ahead = world.join(&a, "快一年的", Role::Owner, YEAR).await;
    ahead.round().await;
    ahead.note(unit, "明年写的").await;
    ahead.round().await;
    a.round().await;
    assert_eq!(a.one::<String>("SELECT note FROM units").await, "明年写的", "it is not refused");
    world.pass(1_000);
    a.note(unit, "一秒之后").await;
    a.round().await;
    ahead.round().await;
    for laptop in [&a, &ahead] {
        assert_eq!(laptop.one::<String>("SELECT note FROM units").await, "一秒之后");
    }
    // And not for who had not seen it either: an hour later is later.
    ahead.note(unit, "又快一年").await;
    ahead.round().await;
    world.pass(3_600_000);
    a.note(unit, "一小时之后").await;
    a.round().await;
    ahead.round().await;
    assert_eq!(ahead.one::<String>("SELECT note FROM units").await, "一小时之后");
}

/// powersync-sqlite-core #162: a crash between a write and its upload left a flag behind that stopped sync for good.
#[tokio::test]
async fn an_exchange_cut_off_at_any_await_wedges_nothing() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let (mut cuts, mut polls) = (0, 1);
    loop {
        a.note(unit, &format!("甲 {polls}")).await;
        a.add(&format!("甲 {polls}")).await;
        b.round().await;
        b.note(unit, &format!("乙 {polls}")).await;
        b.round().await;
        let done = Cut::after(polls, a.client.round()).await;
        if let Some(round) = done {
            round.unwrap();
            break;
        }
        cuts += 1;
        polls += 1 + polls / 8;
    }
    assert!(cuts > 10, "{cuts}");
    a.round().await;
    b.round().await;
    let at = a.store.sync_standing().await.unwrap();
    assert_eq!((at.waiting, at.acked, at.seen), (0, at.next_rseq - 1, at.next_rseq - 1));
    state::same(&state::rows(&a.store).await, &state::rows(&b.store).await);
}

/// turso #5640: values went by their column's position, and two laptops' columns stood in other places.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_are_known_by_their_names_in_whatever_order_they_stand() {
    let world = World::start().await;
    let (first, second) = ("scent TEXT NOT NULL DEFAULT ''", "shade TEXT NOT NULL DEFAULT ''");
    let add = |column: &str| format!("ALTER TABLE units ADD COLUMN {column};");
    let a = world.owner().await;
    let b = world.join(&a, "阿强", Role::Owner, 0).await;
    let mut a = a.altered(&world, &(add(first) + &add(second))).await;
    let mut b = b.altered(&world, &(add(second) + &add(first))).await;
    a.add("iPhone 15").await;
    a.write("UPDATE units SET scent = '玫瑰', shade = '蓝'").await;
    a.round().await;
    b.round().await;
    b.add("小米 15").await;
    b.write("UPDATE units SET shade = '绿', scent = '茶' WHERE model = '小米 15'").await;
    b.round().await;
    a.round().await;
    for laptop in [&a, &b] {
        let sql = "SELECT group_concat(model || scent || shade, ' ' ORDER BY model) FROM units";
        assert_eq!(laptop.one::<String>(sql).await, "iPhone 15玫瑰蓝 小米 15茶绿");
        assert_eq!(laptop.one::<i64>("SELECT count(*) FROM sync_parked").await, 0);
    }
}

/// spacedrive #3059: deletes never came into the log, so that what was deleted came back; and what every laptop is born with
/// was there twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_deleted_stays_deleted_and_what_laptops_are_born_with_is_not_doubled() {
    let world = World::start().await;
    let count = "SELECT (SELECT count(*) FROM fields) || ' ' || (SELECT count(*) FROM models) || ' '
                 || (SELECT count(*) FROM checklist_items) || ' ' || (SELECT count(*) FROM views) || ' '
                 || (SELECT count(*) FROM settings)";
    let mut a = world.owner().await;
    let born: String = a.one(count).await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    b.round().await;
    units::delete(&b.store, &b.actor, &ByIds { ids: vec![unit] }).await.unwrap();
    for _ in 0..3 {
        b.round().await;
        a.round().await;
    }
    // Who comes last hears of the row and of its end.
    let mut c = world.join(&a, "小林", Role::Owner, 0).await;
    c.round().await;
    for laptop in [&a, &b, &c] {
        assert_eq!(laptop.one::<i64>("SELECT count(*) FROM units").await, 0);
        assert_eq!(laptop.one::<String>(count).await, born);
    }
    state::same(&state::rows(&a.store).await, &state::rows(&c.store).await);
}

/// corrosion #352: of a row that two had deleted, a third never heard.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_two_deleted_apart_is_gone_for_the_third() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    let mut c = world.join(&a, "小林", Role::Owner, 0).await;
    b.round().await;
    c.round().await;
    for laptop in [&a, &b] {
        units::delete(&laptop.store, &laptop.actor, &ByIds { ids: vec![unit] }).await.unwrap();
    }
    b.round().await;
    a.round().await;
    c.round().await;
    b.round().await;
    let held = state::rows(&a.store).await;
    for laptop in [&b, &c] {
        state::same(&held, &state::rows(&laptop.store).await);
    }
    assert_eq!(c.one::<i64>("SELECT count(*) FROM units").await, 0);
    assert!(c.store.sync_items().await.unwrap().is_empty(), "both meant the same");
}

/// turso #6617, over the wire: an update pushed after a delete its author had not heard of was lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_pushed_after_a_delete_it_had_not_heard_of_brings_the_row_back() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    b.round().await;
    units::delete(&a.store, &a.actor, &ByIds { ids: vec![unit] }).await.unwrap();
    a.round().await;
    b.price(unit, 3_500).await;
    b.round().await;
    a.round().await;
    for laptop in [&a, &b] {
        assert_eq!(laptop.one::<i64>("SELECT price_list FROM units").await, 350_000);
        assert_eq!(laptop.store.sync_items().await.unwrap().len(), 1, "and a person is asked");
    }
}

/// anki #4467: files went 25 to a request, one request after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_small_files_are_asked_for_at_once_and_go_over_a_few_lines() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let line = Line::to(world.address).await;
    a.by(&line);
    for n in 0..12 {
        let unit = a.add("iPhone 15").await;
        for file in 0..10 {
            a.report(unit, format!("report {file} of {n}").as_bytes()).await;
        }
    }
    a.round().await;
    let before = answered(&world).await;
    let done = a.both().await;
    assert_eq!((done.up, done.waiting_up), (120, 0), "{done:?}");
    let asked = answered(&world).await - before;
    // A request a file, one question for all, and what an exchange of rows costs.
    assert!((121..=126).contains(&asked), "{asked} requests");
    assert!(line.opened() <= 8, "{} connections", line.opened());
}

/// How many requests the hub has answered, as it counts.
async fn answered(world: &World) -> u64 {
    let text = http_get(world, "/metrics").await;
    let counted = text.lines().filter(|l| l.starts_with("stall_hub_answers_total"));
    counted.filter_map(|l| l.rsplit_once(' ')?.1.parse::<f64>().ok()).sum::<f64>() as u64
}

async fn http_get(world: &World, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let ask = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    String::from_utf8(all).unwrap()
}
