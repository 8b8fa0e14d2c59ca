//! Who may do what.

use serde_json::{Value, json};
use stall_core::{Role, api::COMMANDS};

use crate::app::start;

#[tokio::test]
async fn every_command_refuses_every_role_that_is_not_in_its_list() {
    let app = start().await;
    let mut refused = 0;
    for role in Role::ALL {
        let token = app.mint(role);
        for command in COMMANDS.iter().filter(|c| !c.allows(role)) {
            let (status, body) = app.call_as(&token, command.name, json!({})).await;
            assert_eq!((status, &body["code"]), (403, &json!("not_allowed")), "{} as {role:?}", command.name);
            refused += 1;
        }
    }
    assert!(refused > 50, "the list restricts something");
}

#[tokio::test]
async fn costs_and_floors_reach_only_the_roles_that_may_see_them() {
    let app = start().await;
    let id =
        app.unit(json!({ "model": "iPhone 13", "cost": 100_000, "price_floor": 120_000, "price_list": 150_000 })).await;
    for (role, cost, floor) in [
        (Role::Owner, json!(100_000), json!(120_000)),
        (Role::Control, Value::Null, json!(120_000)),
        (Role::Host, Value::Null, Value::Null),
        (Role::Photographer, Value::Null, Value::Null),
        (Role::Packer, Value::Null, Value::Null),
    ] {
        let token = app.mint(role);
        for (command, at) in [("units.list", "/rows/0"), ("units.get", "/row"), ("find.all", "/units/0")] {
            let input = json!({ "id": id, "text": "iPhone", "limit": 10 });
            let (status, body) = app.call_as(&token, command, input).await;
            assert_eq!(status, 200, "{command}: {body}");
            let row = body.pointer(at).unwrap();
            assert_eq!((&row["cost"], &row["price_floor"]), (&cost, &floor), "{command} as {role:?}");
            assert_eq!(row["price_list"], 150_000);
        }
    }
}

#[tokio::test]
async fn a_timeline_and_a_lot_say_no_cost_to_those_who_may_not_see_it() {
    let app = start().await;
    let lot = app
        .ok("lots.save", json!({ "id": null, "source": "老李", "note": "", "defaults": { "model": "iPhone 12" } }))
        .await;
    let scan = app.ok("lots.scan", json!({ "lot_id": lot["id"], "code": "490154203237518" })).await;
    assert_eq!(scan["outcome"], "new");
    let finish = json!({ "id": lot["id"], "cost_total": 123_456, "rule": "equal", "costs": [] });
    app.ok("lots.finish", finish.clone()).await;
    let id = &scan["unit"]["id"];
    app.ok("units.edit", json!({ "ids": [id], "patch": { "price_floor": 98_765 } })).await;
    let seen = |unit: &Value, field: &str| {
        let events = unit["timeline"].as_array().unwrap().clone();
        events.into_iter().find(|e| e["args"]["field"] == field).unwrap()["args"]["new"].clone()
    };
    let unit = app.ok("units.get", json!({ "id": id })).await;
    assert_eq!((seen(&unit, "cost"), seen(&unit, "price_floor")), (json!("123456"), json!("98765")));
    for role in [Role::Control, Role::Photographer, Role::Technician] {
        let token = app.mint(role);
        let (_, unit) = app.call_as(&token, "units.get", json!({ "id": id })).await;
        assert_eq!(seen(&unit, "cost"), "", "{role:?}");
        let (_, sheet) = app.call_as(&token, "lots.get", json!({ "id": lot["id"] })).await;
        assert!(!format!("{unit}{sheet}").contains("123456"), "{role:?}");
        assert_eq!(format!("{unit}").contains("98765"), role.sees_floor(), "{role:?}");
        assert_eq!(app.call_as(&token, "lots.finish", finish.clone()).await.0, 403, "{role:?}");
    }
}

#[tokio::test]
async fn a_role_cannot_change_a_price_it_cannot_see() {
    let app = start().await;
    let id = app.unit(json!({ "model": "iPhone 13", "cost": 100_000 })).await;
    let token = app.mint(Role::Photographer);
    let edit = |patch: Value| json!({ "ids": [id], "patch": patch });
    let (status, _) = app.call_as(&token, "units.edit", edit(json!({ "cost": 1 }))).await;
    assert_eq!(status, 403);
    let (status, _) = app.call_as(&token, "units.edit", edit(json!({ "cost": null, "shelf": "B-01" }))).await;
    assert_eq!(status, 200);
    let unit = app.ok("units.get", json!({ "id": id })).await;
    assert_eq!((&unit["row"]["cost"], &unit["row"]["shelf"]), (&json!(100_000), &json!("B-01")));
}

#[tokio::test]
async fn a_screen_handed_to_a_packer_has_a_packer_s_rights_and_can_be_handed_back() {
    let app = start().await;
    let me = app.ok("app.info", json!({})).await["me"].clone();
    let packer = app.ok("members.add", json!({ "name": "陈姐", "role": "packer" })).await;
    app.ok("members.use", json!({ "id": packer["id"] })).await;
    assert_eq!(app.ok("app.info", json!({})).await["me"]["name"], "陈姐");
    assert_eq!(app.refused("units.add", json!({ "model": "x" })).await.0, 403);
    app.ok("members.use", json!({ "id": me["id"] })).await;
    app.ok("units.add", json!({ "model": "iPhone 13" })).await;
    // A packer's own token cannot make itself the owner.
    let token = app.mint(Role::Packer);
    assert_eq!(app.call_as(&token, "members.use", json!({ "id": me["id"] })).await.0, 403);
}

#[tokio::test]
async fn many_first_questions_at_once_make_one_owner() {
    let app = start().await;
    let asked = futures_util::future::join_all((0..16).map(|_| app.ok("app.info", json!({})))).await;
    let first = &asked[0]["me"]["id"];
    assert!(asked.iter().all(|info| &info["me"]["id"] == first), "each was told the same person");
    let owners = app.ok("members.list", json!({})).await["members"].as_array().unwrap().len();
    assert_eq!(owners, 1);
}
