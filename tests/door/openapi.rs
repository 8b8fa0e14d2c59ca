//! The description of the door.

use std::collections::BTreeSet;

use serde_json::Value;
use stall_core::api::COMMANDS;

use crate::app::{start, told};

#[tokio::test]
async fn the_description_lists_exactly_the_commands_with_roles_and_errors() {
    let app = start().await;
    let (_, doc) = told(app.get("/api/openapi.json").send().await.unwrap()).await;
    let paths = doc["paths"].as_object().unwrap();
    let described: BTreeSet<&str> = paths
        .iter()
        .filter(|(_, p)| p["post"]["x-roles"].is_array())
        .map(|(_, p)| p["post"]["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(described, COMMANDS.iter().map(|c| c.name).collect());
    for command in COMMANDS {
        let op = &paths[&format!("/api/{}", command.name)]["post"];
        let roles: Vec<&str> = op["x-roles"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
        assert_eq!(roles, command.roles.iter().map(|r| r.as_str()).collect::<Vec<_>>());
        for status in ["200", "400", "401", "403", "404", "409", "413", "415", "422", "500", "507"] {
            assert!(op["responses"][status].is_object(), "{} {status}", command.name);
        }
    }
    every_reference_leads_somewhere(&doc, &doc);
}

fn every_reference_leads_somewhere(part: &Value, doc: &Value) {
    match part {
        Value::Object(map) => {
            if let Some(to) = map.get("$ref").and_then(Value::as_str) {
                assert!(doc.pointer(to.trim_start_matches('#')).is_some(), "{to}");
            }
            map.values().for_each(|v| every_reference_leads_somewhere(v, doc));
        }
        Value::Array(all) => all.iter().for_each(|v| every_reference_leads_somewhere(v, doc)),
        _ => {}
    }
}

#[tokio::test]
async fn every_example_is_an_input_that_its_command_understands() {
    let app = start().await;
    let (_, doc) = told(app.get("/api/openapi.json").send().await.unwrap()).await;
    // Making the sample takes seconds and has a test of its own.
    for command in COMMANDS.iter().filter(|c| !c.window_only && !c.name.starts_with("sample.")) {
        let op = &doc["paths"][format!("/api/{}", command.name)]["post"];
        let example = op["requestBody"]["content"]["application/json"]["example"].clone();
        assert!(example.is_object(), "{}: {example}", command.name);
        let (status, body) = app.call(command.name, example.clone()).await;
        // A rule may refuse an example's values; the door must have read every field.
        let unread = body["code"] == "bad_input"
            && body["detail"].as_str().is_some_and(|d| d.starts_with("missing") || d.starts_with("expected"));
        assert!(status != 500 && !unread, "{} {example}: {status} {body}", command.name);
    }
}
