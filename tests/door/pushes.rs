//! What every open screen hears.

use serde_json::json;

use crate::app::start;

#[tokio::test]
async fn a_change_reaches_every_listening_screen_with_the_name_of_the_one_that_made_it() {
    let app = start().await;
    let (mut a, mut b) = (app.listen().await, app.listen().await);
    let add = app.post(&app.token, "units.add", &json!({ "model": "iPhone 13" })).header("x-origin", "screen-1");
    assert_eq!(add.send().await.unwrap().status(), 200);
    for pushes in [&mut a, &mut b] {
        let push = pushes.until(|p| p["op"] == "add_unit").await;
        assert_eq!((&push["type"], &push["origin"]), (&json!("changed"), &json!("screen-1")));
        assert_eq!((&push["flags"]["units"], &push["flags"]["orders"]), (&json!(true), &json!(false)));
        assert!(push["step"].is_number());
    }
}

#[tokio::test]
async fn a_browser_that_goes_away_does_not_cut_a_write_in_the_middle() {
    let app = start().await;
    let mut pushes = app.listen().await;
    let post = tokio::spawn(app.post(&app.token, "units.add", &json!({ "model": "iPhone 13" })).send());
    tokio::task::yield_now().await;
    post.abort();
    // Whether it came through or never began: the store answers, and a second write works.
    app.ok("units.add", json!({ "model": "iPhone 14" })).await;
    pushes.until(|p| p["op"] == "add_unit").await;
    let rows = app.ok("units.list", json!({})).await["rows"].as_array().unwrap().len();
    assert!((1..=2).contains(&rows));
}
