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
