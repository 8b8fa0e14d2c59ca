//! The sample stall beside the person's own.

use serde_json::json;

use stall_core::{Ms, datetime::day_start, time::HOUR};
use stall_store::Env;

use crate::app::{start, start_with};

#[tokio::test]
async fn the_sample_opens_beside_the_own_stall_and_goes_without_a_trace() {
    let app = start().await;
    app.unit(json!({ "model": "my own phone" })).await;
    let mut pushes = app.listen().await;
    let info = app.ok("sample.open", json!({})).await;
    assert_eq!((&info["sample"], &info["empty"]), (&json!(true), &json!(false)));
    let job = pushes.until(|p| p["type"] == "job" && p["job"]["state"] != "running").await;
    assert_eq!((&job["job"]["kind"], &job["job"]["state"]), (&json!("sample_stall"), &json!("done")));
    pushes.until(|p| p["type"] == "stall_switched").await;

    let today = app.ok("today.get", json!({})).await;
    assert_eq!(
        (&today["parcels_late"], &today["to_match_total"], &today["no_photos_total"]),
        (&json!(1), &json!(3), &json!(5))
    );
    assert_eq!(today["shows"].as_array().unwrap().len(), 2);
    let facets = app.ok("orders.facets", json!({})).await;
    let stages = facets["stage"].as_array().unwrap();
    for stage in ["unpaid", "to_match", "to_pack", "to_ship", "shipped", "done", "closed", "held"] {
        assert!(stages.iter().any(|s| s["value"] == stage && s["count"].as_u64().unwrap() > 0), "{stage}: {stages:?}");
    }
    assert_eq!(stages.iter().map(|s| s["count"].as_u64().unwrap()).sum::<u64>(), 300);
    let counts = app.ok("units.narrow", json!({})).await["inspection"].clone();
    let count =
        |state: &str| counts.as_array().unwrap().iter().find(|f| f["value"] == state).unwrap()["count"].as_u64();
    assert_eq!((count("blocked"), count("draft")), (Some(2), Some(2)), "{counts}");
    assert!(count("inspected") >= Some(70), "{counts}");
    // What is done in the sample stays there.
    app.ok("units.add", json!({ "model": "a try" })).await;
    let reopened = app.ok("sample.open", json!({})).await;
    assert_eq!(reopened["sample"], true);

    let own = app.ok("sample.remove", json!({})).await;
    assert_eq!(own["sample"], false);
    let units = app.ok("units.list", json!({})).await;
    assert_eq!((&units["total"], &units["rows"][0]["model"]), (&json!(1), &json!("my own phone")));
    assert!(!app.ctx.data().join("sample").exists());
    app.ok("sample.remove", json!({})).await;
}

#[tokio::test]
async fn the_sample_holds_the_same_work_at_any_hour_of_the_day() {
    for hours in [0, 8, 23] {
        // 2026-11-24 at 00:00, 08:00 and 23:00 in Shanghai.
        let now = day_start(Ms(1_795_500_000_000)).plus(hours * HOUR);
        let app = start_with(Env::with_clock(move || now)).await;
        app.ok("sample.open", json!({})).await;
        let today = app.ok("today.get", json!({})).await;
        let seen = [&today["parcels_total"], &today["parcels_late"], &today["to_match_total"], &today["held_total"]];
        assert_eq!(seen, [&json!(9), &json!(1), &json!(3), &json!(2)], "at {hours}:00");
        let show = &today["shows"][0]["show"];
        assert!(show["starts_at"].as_i64().unwrap() > now.0, "at {hours}:00");
        assert_eq!(show["problems"], 4, "at {hours}:00");
    }
}
