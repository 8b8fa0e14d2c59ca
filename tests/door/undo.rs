//! Undo and redo through the door.

use serde_json::json;

use crate::app::start;

#[tokio::test]
async fn undo_takes_the_last_action_back_and_redo_does_it_again() {
    let app = start().await;
    let id = app.unit(json!({ "model": "iPhone 13", "shelf": "A-01" })).await;
    app.ok("units.edit", json!({ "ids": [id], "patch": { "shelf": "B-02" } })).await;
    let shelf = async || app.ok("units.get", json!({ "id": id })).await["row"]["shelf"].clone();
    assert_eq!(app.ok("undo.undo", json!({})).await["op"], "edit_units");
    assert_eq!(shelf().await, "A-01");
    app.ok("undo.redo", json!({})).await;
    assert_eq!(shelf().await, "B-02");
    app.ok("undo.undo", json!({})).await;
    app.ok("undo.undo", json!({})).await;
    assert_eq!(app.refused("units.get", json!({ "id": id })).await, (404, "not_found".to_owned()));
    assert_eq!(app.refused("undo.undo", json!({})).await, (409, "undo_nothing".to_owned()));
}
