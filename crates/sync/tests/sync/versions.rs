//! Programs and hubs of other days: what one does not know waits or is left alone, and nothing stops.

use axum::http::StatusCode;
use serde_json::{Value, json};
use stall_core::{
    Ms, Role,
    api::{ByIds, WithdrawInput},
    sync::{
        Change, Group, Hex, Hlc, Record, Said as Sentence, Value as Cell,
        wire::{HubCode, PROTO},
        wire_trust::{Wrap, WrapTo},
    },
};
use stall_seal::{PartHead, Place, VerifyKey, frame, keys::Ring, wrap::unwrap};
use stall_store::tables::units;
use stall_sync::{Client, Http, SyncError};

use crate::{
    between::{Said, between},
    state,
    world::{Laptop, START, World},
};

/// Every object says something more. One of a single field is a choice of several, and no object.
fn more(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(more),
        Value::Object(fields) => {
            fields.values_mut().for_each(more);
            if fields.len() > 1 {
                fields.insert("of_tomorrow".into(), json!({ "x": [1, null] }));
            }
        }
        _ => {}
    }
}

fn newer_hub(path: &str, (status, bytes): Said) -> Said {
    let Ok(mut said) = serde_json::from_slice::<Value>(&bytes) else { return (status, bytes) };
    more(&mut said);
    if let ("/v1/keys", Some(keys)) = (path, said.as_array_mut())
        && let Some(mut key) = keys.first().cloned()
    {
        key["scope"] = "ledger".into();
        keys.insert(0, key);
    }
    (status, serde_json::to_vec(&said).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_hub_may_say_more_and_know_keys_of_other_scopes() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.add("iPhone 15").await;
    a.round().await;
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    for laptop in [&mut a, &mut b] {
        let mut identity = laptop.client.identity().clone();
        identity.hub = between(world.address, newer_hub).await;
        laptop.client = Client::new(laptop.store.clone(), identity).unwrap();
    }
    b.round().await;
    b.add("小米 15").await;
    b.round().await;
    a.round().await;
    assert_eq!(a.one::<i64>("SELECT count(*) FROM units").await, 2);
    assert_eq!(a.goods().await, b.goods().await);
    // Others may be let in and taken out by way of it.
    let helper = world.join(&a, "小李", Role::Photographer, 0).await;
    stall_sync::revoke(a.client.identity(), helper.client.identity().replica, Ms(START)).await.unwrap();
    a.add("华为").await;
    a.round().await;
    b.round().await;
    assert_eq!(a.goods().await, b.goods().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_protocol_and_a_refusal_of_tomorrow_are_told_and_lose_nothing() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.round().await;
    a.add("iPhone 15").await;
    let refusals: [(u16, Value, HubCode); 2] = [
        (426, json!({ "code": "proto", "args": { "proto": "2" } }), HubCode::Proto),
        (451, json!({ "code": "too_blue", "args": { "why": "x" }, "since": 7 }), HubCode::Unknown),
    ];
    for (status, body, code) in refusals {
        let alter = move |path: &str, said: Said| match path {
            "/v1/hello" => (StatusCode::from_u16(status).unwrap(), serde_json::to_vec(&body).unwrap()),
            _ => said,
        };
        let mut identity = a.client.identity().clone();
        identity.hub = between(world.address, alter).await;
        let refused = Client::new(a.store.clone(), identity).unwrap().round().await.unwrap_err();
        let SyncError::Hub(e) = refused else { panic!("{refused:?}") };
        assert_eq!((e.code, e.args.len()), (code, 1), "with what the hub said of it");
        assert_eq!(a.store.sync_standing().await.unwrap().waiting, 1);
    }
    assert_eq!(a.round().await.pushed, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_hub_hears_what_it_knows_of_a_newer_laptop_and_refuses_another_protocol() {
    let world = World::start().await;
    let a = world.owner().await;
    let me = a.client.identity();
    let line = Http::new(&me.hub, &me.token).unwrap();
    let mut hello = json!({
        "proto": PROTO, "schema": 999, "replica": me.replica, "lineage": null, "cursor": 0, "next_rseq": 1, "clock": START,
        "of_tomorrow": { "x": 1 }
    });
    let said: Value = line.post("hello", &hello).await.unwrap();
    assert_eq!((&said["head"], &said["expect_rseq"]), (&0.into(), &1.into()));
    let invite =
        json!({ "invite": Hex([7; 32]), "role": "host", "name": "小李", "until": START + 1_000, "colour": "red" });
    line.tell("invites", &invite).await.unwrap();
    let names = json!({ "names": [Hex([1; 32])], "since": 3 });
    let missing: Value = line.post("blobs/missing", &names).await.unwrap();
    assert_eq!(missing["missing"], "01");
    hello["proto"] = (PROTO + 1).into();
    let refused = line.post::<Value>("hello", &hello).await.unwrap_err();
    let SyncError::Hub(e) = refused else { panic!("{refused:?}") };
    assert_eq!((e.code, e.args["proto"].clone()), (HubCode::Proto, PROTO.to_string()));
}

/// The keys of a laptop, as it opens them.
async fn ring(of: &Laptop, owner: &Laptop) -> Ring {
    let me = of.client.identity();
    let kept: Vec<Wrap> = Http::new(&me.hub, &me.token).unwrap().get("keys").await.unwrap();
    let by = VerifyKey::from_bytes(&owner.client.identity().sign().public()).unwrap();
    let mut ring = Ring::default();
    for w in kept.iter().filter(|w| w.to == WrapTo::Replica(me.replica)) {
        ring.add(w.scope, w.key_epoch, unwrap(w, &by, &me.wrap()).unwrap());
    }
    ring
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_envelope_with_a_part_of_another_scope_and_a_table_of_tomorrow_goes_through_old_hub_and_old_laptop() {
    let world = World::start().await;
    let mut a = world.owner().await;
    let unit = a.add("iPhone 15").await;
    a.round().await;
    // Its program is never started here: what it would send is made by hand.
    let newer = world.join(&a, "明年的电脑", Role::Owner, 0).await;
    let set = |table: &str, row: &str, column: &str, text: &str| Record {
        table: table.into(),
        row: row.into(),
        change: Change::Set(column.into(), Cell::Text(text.into())),
    };
    let unit = unit.to_string();
    let records = vec![
        set("perfumes", "p1", "name", "玫瑰"),
        set("units", &unit, "note", "明年写的"),
        set("units", &unit, "scent", "茶"),
    ];
    let said = Sentence { op: "perfume_unit".into(), args: "{}".into(), by: "周敏".into(), at: Ms(START) };
    let groups = [Group { rseq: 1, hlc: Hlc::at(Ms(START)), base_seq: 1, said, records }];
    let (me, key) = (newer.client.identity(), newer.client.identity().sign());
    let place = Place { stall: me.stall, replica: me.replica, prev: [0; 32] };
    let mut envelope = stall_seal::seal(place, &groups, &ring(&newer, &a).await, &key).unwrap();
    let sealed = b"nothing this year's programs could open".to_vec();
    envelope.header.parts.push(PartHead::of(40, 1, &sealed));
    envelope.parts.push(sealed);
    // The count of parts is not under the seals, the signature is over all.
    envelope.header.sign(&key);
    let line = Http::new(&me.hub, &me.token).unwrap();
    let pushed: Value = line.octets(&format!("push?clock={START}"), frame::push_all([&envelope])).await.unwrap();
    assert_eq!(pushed["acked_to"], 1);
    let round = a.round().await;
    assert_eq!((round.pulled, round.parked), (1, 2));
    assert_eq!(a.one::<String>("SELECT note FROM units").await, "明年写的");
    a.add("小米 15").await;
    assert_eq!(a.round().await.pushed, 1, "and goes on");
}

/// Takes of the stock: a table that the older laptop's schema has not.
const TAKE: &str =
    "INSERT INTO stock_takes(id,at,by,scope) VALUES('0199e0c0-0000-7000-8000-000000000001', 1, '周敏', 'all')";
const SCAN: &str = "INSERT INTO take_scans(id,take_id,at,by,code)
    SELECT '0199e0c0-0000-7000-8000-000000000002', id, 2, '周敏', 'A1' FROM stock_takes";
const LATER: &str = "ALTER TABLE units ADD COLUMN scent TEXT NOT NULL DEFAULT '';";

async fn reasons(of: &Laptop) -> Vec<String> {
    let sql = "SELECT DISTINCT reason FROM sync_parked ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(&mut *of.store.read().await.unwrap()).await.unwrap()
}

/// All that both schemas know.
async fn common(of: &Laptop) -> Vec<String> {
    let mut all = of.goods().await;
    for item in of.store.sync_items().await.unwrap() {
        all.push(format!("{item:?}"));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_laptop_two_schema_versions_behind_parks_what_it_does_not_know_and_equals_the_newer_after_its_upgrade() {
    let world = World::start().await;
    let a = world.owner().await;
    let sql = "SELECT group_concat(sql, ';') FROM sqlite_schema WHERE tbl_name IN ('stock_takes','take_scans')";
    let earlier: String = a.one(sql).await;
    let mut a = a.altered(&world, LATER).await;
    let first = a.add("iPhone 15").await;
    a.round().await;
    let b = world.join(&a, "旧电脑", Role::Owner, 0).await;
    let mut b = b.altered(&world, "DROP TABLE take_scans; DROP TABLE stock_takes").await;
    b.round().await;
    assert_eq!(reasons(&b).await, ["unknown_column"]);
    // Work on both of what only one knows and of what both know, facts and questions among it.
    a.write("UPDATE units SET scent = '玫瑰'").await;
    a.write(TAKE).await;
    a.write(SCAN).await;
    let second = a.add("小米 15").await;
    a.price(first, 3_000).await;
    world.pass(5_000);
    b.price(first, 3_500).await;
    b.note(first, "旧电脑写的").await;
    let third = b.add("华为").await;
    let away = WithdrawInput { ids: vec![third], reason: "自用".into() };
    units::withdraw(&b.store, &b.actor, &away).await.unwrap();
    for _ in 0..2 {
        b.round().await;
        a.round().await;
    }
    b.round().await;
    assert_eq!(reasons(&b).await, ["unknown_column", "unknown_table"]);
    assert_eq!(a.one::<i64>("SELECT count(*) FROM sync_parked").await, 0);
    assert_eq!(common(&a).await, common(&b).await);
    assert_eq!(a.store.sync_items().await.unwrap().len(), 1, "the price");
    // Deleted by the older one, which had heard that somebody worked on it and not what.
    let fourth = a.add("荣耀").await;
    a.write("UPDATE units SET scent = '松' WHERE model = '荣耀'").await;
    a.round().await;
    b.round().await;
    units::delete(&b.store, &b.actor, &ByIds { ids: vec![fourth] }).await.unwrap();
    b.round().await;
    a.round().await;
    // It goes on in the middle of it.
    a.write("UPDATE units SET scent = '茶', note = note || '，' WHERE model = '小米 15'").await;
    a.write("DELETE FROM take_scans").await;
    b.price(second, 2_000).await;
    a.round().await;
    b.round().await;
    a.round().await;
    assert_eq!(common(&a).await, common(&b).await);
    assert_eq!(a.one::<i64>("SELECT count(*) FROM units").await, 3);
    // Upgraded: the tables and the column are there, and what waited is applied.
    let mut b = b.altered(&world, &format!("{earlier};{LATER}")).await;
    assert!(b.store.sync_replay().await.unwrap() > 8);
    assert_eq!(b.one::<i64>("SELECT count(*) FROM sync_parked").await, 0);
    b.round().await;
    state::same(&state::rows(&a.store).await, &state::rows(&b.store).await);
    assert_eq!(a.store.sync_items().await.unwrap(), b.store.sync_items().await.unwrap());
    // And what it does now with the new things reaches the other.
    b.write("UPDATE units SET scent = '檀' WHERE model = 'iPhone 15'").await;
    b.write("UPDATE stock_takes SET done_at = 9").await;
    b.round().await;
    a.round().await;
    assert_eq!(a.one::<String>("SELECT scent FROM units WHERE model = 'iPhone 15'").await, "檀");
    state::same(&state::rows(&a.store).await, &state::rows(&b.store).await);
    assert_eq!(b.one::<i64>("SELECT count(*) FROM take_scans").await, 0, "deleted while it was not known");
}
